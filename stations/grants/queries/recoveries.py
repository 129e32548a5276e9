"""Findings about closed grants (返還 after 完結), and what a committee keeps after them."""

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Permission, can
from stations.core.database import db, fetch_all
from stations.core.language import gettext as _
from stations.core.money import Yen
from stations.core.tasks import Task
from stations.grants import recovering
from stations.grants.models import Grant
from stations.grants.queries.disclosure import sees_drafts
from stations.grants.queries.facts import Calculation, calculation
from stations.grants.queries.names import OpenGrant
from stations.grants.queries.reports import process_by
from stations.grants.queries.turns import Turn, turn
from stations.grants.recoveries import GrantRecovery
from stations.grants.recovering import COUNTS, TOLD, RecoveryStatus
from stations.grants.workflow import RECOVERY
from stations.people.models import Person


def recovery_turn(recovery: GrantRecovery) -> Turn | None:
    """What comes next for a finding, or how the record of its money is corrected."""
    return next((turn(step) for step in RECOVERY.steps_from(recovery.status)), None)


def recovery(grant_recovery_id: int) -> GrantRecovery | None:
    behind = orm.joinedload(GrantRecovery.grant)
    return db.session.get(
        GrantRecovery,
        grant_recovery_id,
        options=[behind.joinedload(Grant.plan), behind.joinedload(Grant.setting)],
    )


def recoveries(grant: Grant) -> list[GrantRecovery]:
    """All findings about a grant, oldest first."""
    return fetch_all(
        sa.select(GrantRecovery).where(GrantRecovery.grant_id == grant.id).order_by(GrantRecovery.id)
    )


def shown_recoveries(person: Person, grant: Grant) -> list[GrantRecovery]:
    """Those that ``person`` may know of: outside the city, those whose letter has gone out."""
    found = grant.recoveries
    return found if sees_drafts(person) else [one for one in found if one.status in TOLD]


def kept_now(grant: Grant) -> Yen:
    """What a committee keeps of a closed grant, what findings asked back taken off."""
    counted = [one for one in recoveries(grant) if one.status in COUNTS]
    return (grant.fixed_yen or 0) - sum(one.amount_yen for one in counted)


def left_after(grant: Grant, disallowed_yen: Yen) -> tuple[Yen, Yen]:
    """(costs that still count, what may be kept) when a further ``disallowed_yen`` do not count."""
    known = calculation(grant)
    before = sum(one.disallowed_yen for one in recoveries(grant) if one.status in COUNTS)
    eligible = known.eligible - before
    return eligible, recovering.left(
        eligible, known.income, known.terms, known.awarded, kept=kept_now(grant), disallowed=disallowed_yen
    )


def recalculation(recovery: GrantRecovery) -> Calculation:
    """The 額の確定 as it is without the costs that do not count, those of earlier findings left out too."""
    earlier = [one for one in recoveries(recovery.grant) if one.status in COUNTS and one.id < recovery.id]
    without = recovery.disallowed_yen + sum(one.disallowed_yen for one in earlier)
    known = calculation(recovery.grant)
    return replace(known, eligible=known.eligible - without, disallowed=known.disallowed + without)


def recovery_tasks(person: Person, at: OpenGrant) -> Iterable[Task]:
    """What waits for ``person`` about the finding that is open; the committee is asked to pay."""
    one = at.recovery
    if one is None:
        return
    turn = recovery_turn(one)
    if turn is not None and can(person, turn.permission, one):
        yield Task(
            label=_("%(act)s：%(name)s", act=turn.label, name=at.name),
            endpoint=turn.endpoint,
            values={"grant_recovery_id": one.id},
            due_on=one.due_on or process_by(one.grant, one.drafted_at),
        )
    pays = (Permission.ADVANCE_REQUEST, Permission.REPORT_SUBMIT)
    if one.status is RecoveryStatus.ORDERED and any(can(person, each, one) for each in pays):
        yield Task(
            label=_("返還金を納める：%(name)s", name=at.name),
            endpoint="grants.grant",
            values={"grant_id": one.grant_id},
            due_on=one.due_on,
        )
