"""The two halves of every act on a grant, and the news of it."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from flask_babel import force_locale

from stations.core import audit, outbox
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import lock
from stations.core.formatting import date, fiscal_year, yen
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.core.notices import link_to
from stations.grants import queries, rules
from stations.grants.models import Grant
from stations.grants.rules import Act, Status
from stations.grants.settings import FiscalYearSetting


def begin(grant: Grant, act: Act, permission: Permission, *, by: Actor, reason: str = "") -> Status:
    """Hold the grant and ask: may this person, does the state allow it, is there a reason. Answers the next state."""
    lock(grant)
    demand(by, permission, grant)
    after = rules.next_status(grant.status, act)
    rules.require_reason(act, reason)
    return after


def finish(
    grant: Grant,
    act: StrEnum,
    after: Status,
    *,
    by: Actor,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Move to the next state (its facts are set already) and append the event."""
    before, grant.status = grant.status, after
    audit.record(
        grant,
        act=act,
        by=by,
        from_status=before,
        to_status=after,
        reason=reason.strip() or None,
        detail=detail,
    )


def tell(
    grant: Grant,
    roles: Collection[Role],
    subject: str,
    *,
    by: Actor | None,
    amount_yen: Yen | None = None,
    due_on: dt.date | None = None,
) -> int:
    """Mail the holders of ``roles`` (not who acted) in their language; how many mails. ``subject`` is marked with `N_`.

    The mail says of which plan's grant, and of which amount or deadline where the news is about one.
    """
    mails = 0
    for person in queries.holders(grant, roles):
        if by is not None and person.id == by.id:
            continue
        with force_locale(person.language):
            news = _(subject)
            if amount_yen is not None:
                news = _("%(news)s（金額 %(amount)s）", news=news, amount=yen(amount_yen))
            if due_on is not None:
                news = _("%(news)s（提出期限 %(day)s）", news=news, day=date(due_on))
            body = _(
                "%(name)s（%(year)s）の助成金について、お知らせします。\n\n%(subject)s\n%(url)s",
                name=queries.called(grant),
                year=fiscal_year(grant.fiscal_year),
                subject=news,
                url=link_to(person, "grants.grant", grant, grant_id=grant.id),
            ).rstrip()
            mails += outbox.queue(to=person, subject=_(subject), body=body) is not None
    return mails


def settings_of(fiscal_year: int) -> FiscalYearSetting:
    """The year's 制度設定; `RuleBroken` when the city has not set them."""
    found = queries.settings(fiscal_year)
    if found is None:
        raise RuleBroken(
            None,
            N_(
                "%(year)s年度の制度設定がまだありません。担当が起案し、課長が決裁すると、この手続きに進めます。"
            ),
            year=fiscal_year,
        )
    return found
