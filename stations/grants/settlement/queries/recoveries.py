"""Findings about closed grants (返還 after 完結), and what a committee keeps after them."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.disclosure import sees_drafts
from stations.grants.models import Grant
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.queries.calculation import Calculation, calculation
from stations.grants.settlement.rules import recovering
from stations.grants.settlement.rules.recovering import COUNTS, TOLD
from stations.people.models import Person


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
