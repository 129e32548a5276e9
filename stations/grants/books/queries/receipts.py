"""Receipts of a grant: loaders, what they are checked against, and the totals per line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.audit import Event
from stations.core.database import db, fetch_all
from stations.core.files import StoredFile
from stations.core.money import Yen
from stations.grants.awards.rules.budgets import by_category
from stations.grants.books.models import Receipt, ReceiptSplit
from stations.grants.books.queries.ledger import spent_by_line
from stations.grants.books.rules import receipts as rules
from stations.grants.books.rules.accounts import ReceiptAct
from stations.grants.models import Grant, GrantLine
from stations.grants.queries.grants import begins_on
from stations.grants.rules import project_period
from stations.grants.settings.queries import reallocation_rule


@dataclass(frozen=True)
class LineTotal:
    """予算・支出・残り of one cost line."""

    line: GrantLine
    spent: Yen

    @property
    def budget(self) -> Yen:
        return self.line.awarded_yen

    @property
    def left(self) -> Yen:
        return self.budget - self.spent


class Found(NamedTuple):
    """A finding of an earlier inspection; ``cancelled``: its receipt was dropped since (a corrected one was not)."""

    number: int
    cancelled: bool
    finding: str


def receipt(receipt_id: int) -> Receipt | None:
    """A receipt with its grant, photo and split."""
    return db.session.scalar(
        sa.select(Receipt)
        .where(Receipt.id == receipt_id)
        .options(orm.joinedload(Receipt.grant), _splits_with_lines())
    )


def receipts(grant: Grant, *, active_only: bool = False, and_corrections: bool = False) -> list[Receipt]:
    """The grant's receipts by number, cancelled ones included unless ``active_only``.

    ``and_corrections``: each with the entry that corrected it.
    """
    find = sa.select(Receipt).where(Receipt.grant_id == grant.id).order_by(Receipt.number, Receipt.id)
    if and_corrections:
        find = find.options(orm.selectinload(Receipt.replaced_by))
    if active_only:
        find = find.where(Receipt.cancelled_at.is_(None))
    return fetch_all(find.options(_splits_with_lines()))


def with_findings(grant: Grant) -> list[Receipt]:
    """The receipts that stand and in which the inspection found something."""
    return [row for row in receipts(grant, active_only=True) if row.finding]


def unanswered(grant_ids: Collection[int]) -> list[Receipt]:
    """The receipts of grants whose finding the committee has not answered yet."""
    if not grant_ids:
        return []
    return fetch_all(
        sa.select(Receipt)
        .where(
            Receipt.grant_id.in_(grant_ids),
            Receipt.finding != "",
            Receipt.answer == "",
            Receipt.cancelled_at.is_(None),
        )
        .options(orm.lazyload(Receipt.file), orm.lazyload(Receipt.splits))
        .order_by(Receipt.grant_id, Receipt.number)
    )


def pointed_out(grant: Grant) -> list[Receipt]:
    """The receipts in which the last inspection found something, also those cancelled or corrected since."""
    return [
        row
        for row in receipts(grant, and_corrections=True)
        if row.finding
        and (row.cancelled_at is None or (grant.reported_at and row.cancelled_at > grant.reported_at))
    ]


def found_before(grant: Grant) -> list[Found]:
    """What stood pointed out when the report went back, by receipt, also at those replaced since."""
    newer = orm.aliased(Receipt)
    corrected = sa.exists().where(newer.replaces_id == Receipt.id)
    gone = sa.and_(Receipt.cancelled_at.is_not(None), ~corrected)
    rows = db.session.execute(
        sa.select(Receipt.number, gone, Event.act, Event.reason)
        .join(Event, sa.and_(Event.object_type == Receipt.__tablename__, Event.object_id == Receipt.id))
        .where(
            Receipt.grant_id == grant.id,
            Event.act.in_([ReceiptAct.FIND.value, ReceiptAct.TICK.value, ReceiptAct.DISALLOW.value]),
            Event.at < grant.reported_at,
        )
        .order_by(Receipt.number, Event.id)
    )
    last = {number: (Found(number, cancelled, said or ""), act) for number, cancelled, act, said in rows}
    return [found for found, act in last.values() if act == ReceiptAct.FIND.value]


def line_totals(grant: Grant) -> list[LineTotal]:
    """One row for each line of the grant, in its order."""
    spent = spent_by_line(grant)
    return [LineTotal(line, spent.get(line.id, 0)) for line in grant.lines]


def line_choices(grant: Grant, *, without: Receipt | None = None) -> list[tuple[int, object, str, Yen]]:
    """(line id, category, content, left) of each line: what a receipt can be charged to. ``without``: as in `award`."""
    freed = {part.line_id: part.amount_yen for part in without.splits} if without is not None else {}
    return [
        (total.line.id, total.line.category, total.line.content, total.left + freed.get(total.line.id, 0))
        for total in line_totals(grant)
    ]


def award(grant: Grant, *, without: Receipt | None = None) -> rules.Award:
    """What a receipt of this grant is held against. ``without``: an entry of which nothing is spent any more."""
    category_of = {line.id: line.category for line in grant.lines}
    spent = spent_by_line(grant)
    for part in without.splits if without is not None else ():
        spent[part.line_id] -= part.amount_yen
    return rules.Award(
        group_name=grant.committee.name,
        fiscal_year=grant.fiscal_year,
        period=project_period(grant.fiscal_year),
        lines=category_of,
        budgets=rules.Budgets(
            decided=by_category((line.category, line.decided_yen) for line in grant.lines),
            spent=by_category((category_of[line_id], amount) for line_id, amount in spent.items()),
            rule=reallocation_rule(grant),
        ),
        awarded=grant.awarded_yen,
        begins_on=begins_on(grant),
    )


def as_rule(row: Receipt) -> rules.Receipt:
    """A stored receipt as the pure rules take it."""
    return rules.Receipt(
        kind=rules.ReceiptKind(row.kind),
        addressee=row.addressee,
        issuer=row.payee,
        purpose=row.description,
        dated_on=row.dated_on,
        amount=row.amount_yen,
        splits=tuple(rules.Split(split.line_id, split.amount_yen) for split in row.splits),
        used_on=row.used_on,
    )


def with_same_picture(file: StoredFile) -> list[Receipt]:
    """Live receipts, of any grant, that show the very same picture."""
    return fetch_all(
        sa.select(Receipt)
        .join(StoredFile, StoredFile.id == Receipt.file_id)
        .where(StoredFile.sha256 == file.sha256, Receipt.cancelled_at.is_(None))
        .order_by(Receipt.id)
    )


def of_other_grants(grant: Grant, entry: rules.Receipt) -> list[Receipt]:
    """Live receipts of the committee's other grants with the date and amount of ``entry``."""
    return fetch_all(
        sa.select(Receipt)
        .join(Grant, Grant.id == Receipt.grant_id)
        .where(
            Grant.committee_id == grant.committee_id,
            Grant.id != grant.id,
            Receipt.dated_on == entry.dated_on,
            Receipt.amount_yen == entry.amount,
            Receipt.cancelled_at.is_(None),
        )
    )


def accepted_warnings(row: Receipt) -> list[str]:
    """What the treasurer was warned of when the receipt was entered, and accepted."""
    detail = db.session.scalar(
        sa.select(Event.detail).where(
            Event.object_type == row.__tablename__,
            Event.object_id == row.id,
            Event.act.in_([ReceiptAct.ENTER.value, ReceiptAct.CORRECT.value]),
        )
    )
    return list((detail or {}).get("accepted_warnings", ()))


def kind_of(row: Receipt) -> rules.ReceiptKind:
    """What the paper is, as the member whose label a page shows."""
    return rules.ReceiptKind(row.kind)


def next_number(grant: Grant) -> int:
    """The number of the grant's next receipt; cancelled ones keep theirs. The caller holds the grant's lock."""
    last = db.session.scalar(sa.select(sa.func.max(Receipt.number)).where(Receipt.grant_id == grant.id))
    return (last or 0) + 1


def next_unticked(grant: Grant, number: int) -> int | None:
    """The number of the next active receipt to inspect after ``number``, then from the start; None when none is left."""
    left = db.session.scalars(
        sa.select(Receipt.number)
        .where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None), Receipt.inspected_at.is_(None))
        .order_by(Receipt.number)
    ).all()
    return next((one for one in left if one > number), left[0] if left else None)


def neighbours(rows: Sequence[Receipt], number: int) -> tuple[Receipt | None, Receipt | None]:
    """The receipts before and after the one with ``number``."""
    before = [row for row in rows if row.number < number]
    after = [row for row in rows if row.number > number]
    return (before[-1] if before else None, after[0] if after else None)


def _splits_with_lines() -> orm.interfaces.ORMOption:
    return orm.selectinload(Receipt.splits).joinedload(ReceiptSplit.line)
