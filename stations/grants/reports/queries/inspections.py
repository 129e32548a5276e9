"""How far the inspection of a grant's receipts is, and what counts of them."""

from dataclasses import dataclass

import sqlalchemy as sa

from stations.core.database import db
from stations.core.money import Yen
from stations.grants.books.models import Receipt
from stations.grants.books.rules import eligibility
from stations.grants.books.rules.eligibility import eligible
from stations.grants.models import Grant
from stations.grants.reports.queries.disallowances import amounts, of_grant


@dataclass(frozen=True)
class ReceiptCounts:
    """Receipts that stand; those ticked as in order; those with a finding.

    ``eligible``: yen that count of all ticked ones; ``entered``: of all that stand. ``disallowed`` (対象外) is taken
    off both already.
    """

    active: int
    inspected: int
    found: int
    eligible: Yen
    entered: Yen
    disallowed: Yen


def receipt_counts(grant: Grant) -> ReceiptCounts:
    rows = db.session.execute(
        sa.select(Receipt.id, Receipt.amount_yen, Receipt.inspected_at.is_not(None), Receipt.finding != "")
        .where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
        .order_by(Receipt.id)
    ).all()
    taken = amounts(of_grant(grant)) if any(ticked for _id, _yen, ticked, _found in rows) else {}
    counting = [(eligible(yen, taken.get(i, ())), ticked) for i, yen, ticked, _found in rows]
    return ReceiptCounts(
        active=len(rows),
        inspected=sum(ticked and not found for _id, _yen, ticked, found in rows),
        found=sum(found for _id, _yen, _ticked, found in rows),
        eligible=sum(counts for counts, ticked in counting if ticked),
        entered=sum(counts for counts, _ticked in counting),
        disallowed=sum(sum(taken.get(i, ())) for i, _yen, ticked, _found in rows if ticked),
    )


def tick_counts(grant: Grant) -> tuple[int, int, int]:
    """How many active receipts are not ticked yet, have a finding left, and wait for a second official."""
    unconfirmed = db.session.scalars(
        sa.select(Receipt.amount_yen).where(
            Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None), Receipt.confirmed_at.is_(None)
        )
    )
    waits = sum(eligibility.needs_second_look(amount, grant.awarded_yen) for amount in unconfirmed)
    row = db.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((Receipt.inspected_at.is_(None), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((Receipt.finding != "", 1), else_=0)), 0),
        ).where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
    ).one()
    return int(row[0]), int(row[1]), waits
