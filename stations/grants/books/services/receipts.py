"""Entering and cancelling receipts: checked while the paper is at hand, booked in the same act."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import force_locale

from stations.applications.rules import CostCategory
from stations.core import access, audit, clock, files
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.files import StoredFile
from stations.core.labels import label
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.books.models import LedgerTransaction, Receipt, ReceiptSplit
from stations.grants.books.queries import cash_book, receipts
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules import receipts as rules
from stations.grants.books.rules.accounts import ReceiptAct
from stations.grants.books.rules.receipts import Finding, Level, ReceiptKind, Split
from stations.grants.books.services import accounts, ledger
from stations.grants.models import Grant

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

# The rules' names of what stands on the paper → the names it is entered under.
_ENTERED_AS = {"issuer": "payee", "purpose": "description"}


_SAME_PICTURE = N_(
    "同じ写真の領収書が、すでに登録されています。"
    "1枚の写真に領収書が2枚写っているとき以外は、別の写真を選んでください。"
)


class ReceiptRefused(RuleBroken):
    """The receipt cannot be entered as it is: every finding at once, with the names of `enter_receipt`.

    Raised before anything is written. Warnings alone refuse it only until they are accepted.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(entered_as(first.field), first.message, **dict(first.params))
        self.findings = tuple(findings)

    def of(self, level: Level) -> list[RuleBroken]:
        """The findings of one level, as broken rules beside their fields."""
        return [
            RuleBroken(entered_as(finding.field), finding.message, **dict(finding.params))
            for finding in self.findings
            if finding.level is level
        ]


def entered_as(field: str | None) -> str | None:
    """The name under which `enter_receipt` takes what the rules call ``field``."""
    return _ENTERED_AS.get(field or "", field)


def enter_receipt(
    *,
    grant: Grant,
    upload: "StoredFile | FileStorage",
    kind: ReceiptKind,
    dated_on: dt.date,
    used_on: dt.date | None,
    payee: str,
    addressee: str,
    description: str,
    amount_yen: Yen,
    splits: Mapping[int, Yen],
    by: Actor,
    accept_warnings: bool = False,
) -> Receipt:
    """Enter one 領収書 and book its expense. ``splits``: yen by id of the grant's lines.

    ``upload``: a photo kept before (`keep_photo`), or the file as it was sent. Raises `ReceiptRefused` with
    all findings when there is an error, or a warning that was not accepted; `Conflict` when the books are closed.
    """
    accounts.begin_change(grant, by=by)
    file = upload if isinstance(upload, StoredFile) else files.store_upload(upload, by=by)
    entry = rules.Receipt(
        kind=kind,
        addressee=addressee,
        issuer=payee,
        purpose=description,
        dated_on=dated_on,
        amount=amount_yen,
        splits=tuple(Split(line_id, amount) for line_id, amount in splits.items()),
        used_on=used_on,
    )
    findings = find(grant, entry, file)
    _check_findings(findings, accept_warnings=accept_warnings)
    receipt = _add(grant, entry, file, by=by)
    ledger.book(
        grant=grant,
        postings=_expense(grant, receipt),
        happened_on=receipt.dated_on,
        description=_said(receipt),
        by=by,
        receipt=receipt,
    )
    audit.record(receipt, act=ReceiptAct.ENTER, by=by, detail=_accepted(findings))
    accounts.void_audit(grant, by=by)
    return receipt


def _check_findings(findings: Sequence[Finding], *, accept_warnings: bool) -> None:
    if findings and not (accept_warnings and all(found.level is Level.WARNING for found in findings)):
        raise ReceiptRefused(findings)


def cancel_receipt(*, receipt: Receipt, reason: str, by: Actor) -> Receipt:
    """Take a mistaken receipt out of the accounts: its booking is reversed, the row and its number stay.

    `RuleBroken` on "reason" without one; `Conflict` when it is cancelled already or the books are closed.
    """
    grant = receipt.grant
    accounts.begin_change(grant, by=by)
    lock(receipt)
    access.demand(by, Permission.RECEIPT_ENTER, receipt)
    _check_not_cancelled(receipt)
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    ledger.reverse(
        grant=grant,
        transaction=_booking(receipt),
        reason=reason,
        happened_on=clock.today(),
        by=by,
    )
    receipt.cancelled_at = clock.now()
    receipt.cancelled_reason = reason
    audit.record(receipt, act=ReceiptAct.CANCEL, by=by, reason=reason)
    accounts.void_audit(grant, by=by)
    return receipt


def correct_receipt(
    *,
    receipt: Receipt,
    entry: rules.Receipt,
    reason: str,
    by: Actor,
    upload: StoredFile | None = None,
    accept_warnings: bool = False,
) -> Receipt:
    """訂正 in one step: the entry is reversed and a new one of the same paper stands behind it, with its number.

    ``entry``: all that stands on the paper; ``upload`` None: its photo stays. It is checked as every other, the old
    entry left aside. `RuleBroken` on "reason" without one, or when nothing differs; `ReceiptRefused` as
    `enter_receipt`; `Conflict` when it was cancelled or corrected already, or the books are closed.
    """
    grant, file = receipt.grant, upload or receipt.file
    accounts.begin_change(grant, by=by)
    lock(receipt)
    access.demand(by, Permission.RECEIPT_ENTER, receipt)
    _check_not_cancelled(receipt)
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    if (entry, file.id) == (receipts.as_rule(receipt), receipt.file_id):
        raise RuleBroken(None, N_("変わったところがありません。訂正するところを直してください。"))
    findings = find(grant, entry, file, instead_of=receipt)
    _check_findings(findings, accept_warnings=accept_warnings)
    receipt.cancelled_at = clock.now()
    receipt.cancelled_reason = reason.strip()
    db.session.flush()  # the number is free before the new entry takes it
    new = _add(grant, entry, file, by=by, replaces=receipt)
    ledger.correct(
        grant=grant,
        transaction=_booking(receipt),
        postings=_expense(grant, new),
        happened_on=new.dated_on,
        description=_said(new),
        receipt=new,
        reason=reason.strip(),
        by=by,
    )
    audit.record(new, act=ReceiptAct.CORRECT, by=by, reason=reason, detail=_accepted(findings))
    accounts.void_audit(grant, by=by)
    return new


def _check_not_cancelled(receipt: Receipt) -> None:
    if receipt.cancelled_at is not None:
        raise Conflict(None, N_("この領収書は、すでに取り消されているか、訂正されています。"))


def _accepted(findings: Sequence[Finding]) -> dict[str, list[str]] | None:
    return {"accepted_warnings": _in_japanese(findings)} if findings else None


def _in_japanese(findings: Sequence[Finding]) -> list[str]:
    """Findings as the inspector reads them later, whatever language they were accepted in."""
    with force_locale("ja"):
        return [
            found.message % {name: str(label(value)) for name, value in found.params}
            if found.params
            else found.message
            for found in findings
        ]


def find(
    grant: Grant, entry: rules.Receipt, file: StoredFile | None, *, instead_of: Receipt | None = None
) -> list[Finding]:
    """Everything there is to say about a receipt that is being entered, also while parts of it are missing.

    ``instead_of``: the entry that it corrects, which is left aside.
    """
    active = [row for row in receipts.receipts(grant, active_only=True) if row is not instead_of]
    found = rules.check_receipt(
        entry,
        receipts.award(grant, without=instead_of),
        today=clock.today(),
        others=[receipts.as_rule(row) for row in active],
        elsewhere=[receipts.as_rule(row) for row in receipts.of_other_grants(grant, entry)],
    )
    same = receipts.with_same_picture(file) if file is not None else []
    same = [row for row in same if row is not instead_of]
    if file is not None and any(
        row.file_id == file.id or receipts.as_rule(row).sameness() == entry.sameness() for row in same
    ):
        # The same sending twice (a second press), or one paper in two grants: never two receipts of it.
        found.insert(0, Finding(Level.ERROR, "file", N_("この写真の領収書は、もう登録されています。")))
    elif same:
        found.append(Finding(Level.WARNING, "file", _SAME_PICTURE))
    return found


def _add(
    grant: Grant, entry: rules.Receipt, file: StoredFile, *, by: Actor, replaces: Receipt | None = None
) -> Receipt:
    return add(
        Receipt(
            grant=grant,
            number=replaces.number if replaces is not None else receipts.next_number(grant),
            replaces=replaces,
            kind=entry.kind.value,
            file=file,
            dated_on=entry.dated_on,
            used_on=entry.used_on,
            payee=entry.issuer,
            addressee=entry.addressee,
            description=entry.purpose,
            amount_yen=entry.amount,
            entered_by_id=by.id,
            entered_at=clock.now(),
            splits=[ReceiptSplit(line_id=part.line_id, amount_yen=part.amount) for part in entry.splits],
        )
    )


def _expense(grant: Grant, receipt: Receipt) -> bookkeeping.Transaction:
    """One cash movement with one posting per category: two lines of one category are one expense."""
    category_of = {line.id: line.category for line in grant.lines}
    by_category: dict[CostCategory, Yen] = {}
    for part in receipt.splits:
        category = category_of[part.line_id]
        by_category[category] = by_category.get(category, 0) + part.amount_yen
    return bookkeeping.expense(list(by_category.items()))


def _said(receipt: Receipt) -> str:
    """摘要 in the 出納帳."""
    return f"{receipt.payee}　{receipt.description}"


def _booking(receipt: Receipt) -> LedgerTransaction:
    transaction = cash_book.booking_of(receipt)
    if transaction is None:
        raise LookupError(f"receipt {receipt.id} was never booked")
    return transaction
