"""対象外: the entries of receipts, and what they come to."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.books.models import Receipt
from stations.grants.models import Grant
from stations.grants.reports.models import ReceiptDisallowance


def disallowance(receipt_disallowance_id: int) -> ReceiptDisallowance | None:
    """One entry with its receipt and grant."""
    behind = orm.joinedload(ReceiptDisallowance.receipt).joinedload(Receipt.grant)
    return db.session.get(ReceiptDisallowance, receipt_disallowance_id, options=[behind])


def of_receipt(receipt: Receipt) -> list[ReceiptDisallowance]:
    """All entries of a receipt, oldest first; those that take one back among them."""
    return fetch_all(_entries().where(ReceiptDisallowance.receipt_id == receipt.id))


def of_grant(grant: Grant) -> list[ReceiptDisallowance]:
    """All entries of a grant's receipts that stand, by receipt, oldest first."""
    active = sa.and_(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
    return fetch_all(_entries().join(Receipt, Receipt.id == ReceiptDisallowance.receipt_id).where(active))


def in_force(entries: Iterable[ReceiptDisallowance]) -> dict[int, list[ReceiptDisallowance]]:
    """Receipt id → its parts that do not count now: neither taken back nor the answer to one."""
    entries = list(entries)
    taken_back = {entry.reverses_id for entry in entries}
    found: defaultdict[int, list[ReceiptDisallowance]] = defaultdict(list)
    for entry in entries:
        if entry.reverses_id is None and entry.id not in taken_back:
            found[entry.receipt_id].append(entry)
    return dict(found)


def amounts(entries: Iterable[ReceiptDisallowance]) -> dict[int, list[Yen]]:
    """Receipt id → the yen of its entries, as `eligibility.eligible` takes them."""
    found: defaultdict[int, list[Yen]] = defaultdict(list)
    for entry in entries:
        found[entry.receipt_id].append(entry.amount_yen)
    return dict(found)


def is_taken_back(entry: ReceiptDisallowance) -> bool:
    """Whether a later entry answers this one."""
    answer = sa.select(ReceiptDisallowance.id).where(ReceiptDisallowance.reverses_id == entry.id)
    return db.session.scalar(answer) is not None


def _entries() -> sa.Select[ReceiptDisallowance]:
    return (
        sa.select(ReceiptDisallowance)
        .options(orm.joinedload(ReceiptDisallowance.line))
        .order_by(ReceiptDisallowance.receipt_id, ReceiptDisallowance.id)
    )
