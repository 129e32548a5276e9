"""What came to a committee lately: letters that were issued, money that was paid."""

import datetime as dt
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, PaymentRequest
from stations.grants.rules import PaymentStatus


class News(NamedTuple):
    """A letter (``letter_id``, ``letter``, ``number``) or a payment (``payment``, ``amount_yen``) of a grant."""

    on: dt.date
    grant_id: int
    title: str
    letter_id: int | None
    letter: str | None
    number: int | None
    payment: str | None
    amount_yen: Yen | None


def news(committee_ids: Collection[int], *, since: dt.date, limit: int = 5) -> list[News]:
    """The latest letters and payments of these committees, newest first."""
    asked = {"committee_ids": list(committee_ids), "since": since}
    return [News(*row) for row in db.session.execute(_letters_and_payments().limit(limit), asked)]


@cache  # built once: writing down such a statement takes longer than asking it
def _letters_and_payments() -> sa.CompoundSelect[Any]:
    """The columns of `News`, newest first."""
    since: sa.BindParameter[dt.date] = sa.bindparam("since")
    theirs = Grant.committee_id.in_(sa.bindparam("committee_ids", expanding=True))
    none = sa.cast(sa.null(), sa.Integer)
    letters = (
        sa.select(Letter.issued_on.label("on"), Grant.id, Plan.title, Letter.id, Letter.kind, Letter.number)
        .add_columns(sa.cast(sa.null(), sa.String), none)
        .join(Grant, Grant.id == Letter.grant_id)
        .join(Plan, Plan.id == Grant.plan_id)
        .where(theirs, Letter.issued_on >= since)
    )
    payments = (
        sa.select(Payment.paid_on, Grant.id, Plan.title, none, sa.cast(sa.null(), sa.String), none)
        .add_columns(sa.cast(PaymentRequest.kind, sa.String), PaymentRequest.amount_yen)
        .join(PaymentRequest, PaymentRequest.id == Payment.request_id)
        .join(Grant, Grant.id == PaymentRequest.grant_id)
        .join(Plan, Plan.id == Grant.plan_id)
        .where(theirs, Payment.paid_on >= since, PaymentRequest.status == PaymentStatus.PAID)
    )
    return sa.union_all(letters, payments).order_by(sa.desc("on"))
