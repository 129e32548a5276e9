"""検査: the officer looks at every receipt beside its entry, ticks it or says what is wrong, and ends.

A part that does not count is disallowed, a finding is answered by the committee in words, and what is above the
whole award is confirmed by a second official: for none of these the report goes back.
"""

from stations.core import access, audit, clock
from stations.core.access import Actor, Permission, Role
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import notices, steps
from stations.grants.books.models import Receipt
from stations.grants.books.rules import eligibility
from stations.grants.books.rules.accounts import ReceiptAct
from stations.grants.models import Grant
from stations.grants.reports import rules
from stations.grants.reports.models import ReceiptDisallowance
from stations.grants.reports.queries import disallowances as disallowed
from stations.grants.reports.queries import inspections
from stations.grants.rules import Act, Status
from stations.people.rules import check_four_eyes

_COMMITTEE = (Role.CHAIR, Role.TREASURER)
_TAKES_TWO = N_(
    "交付決定額を超える領収書の対象外は、検査を終えた後は1人では取り消せません。実績報告を差し戻して、2人で確認してください。"
)


def tick(*, receipt: Receipt, ok: bool, finding: str = "", by: Actor) -> Receipt:
    """Note that a receipt is in order (``ok``), or what is to be corrected (``finding``, then compulsory).

    May be done again while the report is with the city. `RuleBroken` on "finding"; `Conflict` otherwise.
    """
    grant = _begin(receipt, by=by)
    _check_with_city(grant)
    if not ok and not finding.strip():
        raise RuleBroken("finding", N_("何を直すかを入力してください。"))
    asked_again = not ok and finding != receipt.finding
    _looked_at(receipt, finding="" if ok else finding, by=by)
    if asked_again:
        receipt.answer, receipt.answered_at, receipt.answered_by_id = "", None, None
    audit.record(receipt, act=ReceiptAct.TICK if ok else ReceiptAct.FIND, by=by, reason=receipt.finding)
    if asked_again:
        notices.notify(grant, _COMMITTEE, N_("領収書に市から指摘があります。お答えください"), by=by)
    elif ok and eligibility.needs_second_look(receipt.amount_yen, grant.awarded_yen):
        notices.notify(grant, [Role.OFFICER], N_("もう1人の担当が確認する領収書があります"), by=by)
    return receipt


def disallow(
    *, receipt: Receipt, line_id: int, amount_yen: Yen, reason: str, by: Actor
) -> ReceiptDisallowance:
    """対象外: a part of a receipt does not count for the grant; the rest stands, and with that it is looked at.

    What two officials have said of the receipt's own amount stays said: less of it counts, no other amount.
    `RuleBroken` on "line_id", "amount_yen" (above what still counts on that line) or "reason"; `Conflict` unless
    the report is with the city and no 額の確定 is drafted.
    """
    grant = _begin(receipt, by=by)
    eligibility.check_open(grant.status)
    part = next((part for part in receipt.splits if part.line_id == line_id), None)
    if part is None:
        raise RuleBroken("line_id", N_("この領収書の費目を選んでください。"))
    already = sum(row.amount_yen for row in disallowed.of_receipt(receipt) if row.line_id == line_id)
    eligibility.check_disallowed(amount_yen, paid=part.amount_yen, already=already, reason=reason)
    made = add(
        ReceiptDisallowance(
            receipt=receipt,
            line_id=line_id,
            amount_yen=amount_yen,
            reason=reason.strip(),
            by_id=by.id,
            at=clock.now(),
        )
    )
    if receipt.inspected_at is None or receipt.finding:
        _looked_at(receipt, finding="", by=by)
    detail = {"line_id": line_id, "amount_yen": amount_yen}
    audit.record(receipt, act=ReceiptAct.DISALLOW, by=by, reason=made.reason, detail=detail)
    subject = N_("領収書の一部が、助成金の対象外になりました。理由を確かめてください")
    notices.notify(grant, _COMMITTEE, subject, by=by, amount_yen=amount_yen)
    return made


def allow_again(*, disallowance: ReceiptDisallowance, reason: str, by: Actor) -> ReceiptDisallowance:
    """A disallowed part counts again, once, with a reason; the receipt waits for another look.

    `RuleBroken` on "reason", and once the inspection has ended for a receipt that takes two officials; `Conflict` when
    it was taken back already, or as `disallow`.
    """
    receipt = disallowance.receipt
    grant = _begin(receipt, by=by)
    eligibility.check_open(grant.status)
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    if disallowance.reverses_id is not None or disallowed.is_taken_back(disallowance):
        raise Conflict(None, N_("この対象外は、すでに取り消されています。"))
    if grant.status is Status.INSPECTED and eligibility.needs_second_look(
        receipt.amount_yen, grant.awarded_yen
    ):
        raise RuleBroken(None, _TAKES_TWO)
    made = add(
        ReceiptDisallowance(
            receipt=receipt,
            line_id=disallowance.line_id,
            amount_yen=-disallowance.amount_yen,
            reason=reason.strip(),
            reverses_id=disallowance.id,
            by_id=by.id,
            at=clock.now(),
        )
    )
    if grant.status is Status.REPORTED:
        receipt.inspected_at = receipt.inspected_by_id = None
        _unconfirm(receipt)
    detail = {"line_id": made.line_id, "amount_yen": disallowance.amount_yen}
    audit.record(receipt, act=ReceiptAct.ALLOW_AGAIN, by=by, reason=made.reason, detail=detail)
    subject = N_("対象外になっていた領収書の一部が、対象に戻りました")
    notices.notify(grant, _COMMITTEE, subject, by=by, amount_yen=disallowance.amount_yen)
    return made


def answer(*, receipt: Receipt, text: str, by: Actor) -> Receipt:
    """The committee (会計, 代表) answers a finding in words; the finding stays until an inspector ticks the receipt.

    `RuleBroken` on "answer" without words; `Conflict` without a finding, or when the accounts are settled.
    """
    grant = lock(receipt.grant)
    lock(receipt)
    access.demand(by, Permission.FINDING_ANSWER, receipt)
    _check_not_cancelled(receipt)
    if not receipt.finding or grant.status not in {Status.REPORTED, Status.REPORT_RETURNED}:
        raise Conflict(None, N_("この領収書には、答えを待っている指摘がありません。"))
    if not text.strip():
        raise RuleBroken("answer", N_("指摘への答えを入力してください。"))
    receipt.answer = text.strip()
    receipt.answered_at = clock.now()
    receipt.answered_by_id = by.id
    audit.record(receipt, act=ReceiptAct.ANSWER, by=by, reason=receipt.answer)
    notices.notify(grant, [Role.OFFICER], N_("領収書の指摘に、実行委員会から答えがありました"), by=by)
    return receipt


def confirm(*, receipt: Receipt, by: Actor) -> Receipt:
    """A second official looks at a receipt above the whole award, after the first one ticked it.

    `RuleBroken` for who ticked it, and for a receipt that needs no second look or is not in order yet.
    """
    grant = _begin(receipt, by=by)
    _check_with_city(grant)
    if not eligibility.needs_second_look(receipt.amount_yen, grant.awarded_yen):
        raise RuleBroken(None, N_("もう1人の確認が要るのは、交付決定額を超える領収書だけです。"))
    if receipt.inspected_by_id is None or receipt.finding:
        raise RuleBroken(None, N_("先に、1人目の担当が領収書を確認してください。"))
    check_four_eyes(by.id, {receipt.inspected_by_id})
    receipt.confirmed_at = clock.now()
    receipt.confirmed_by_id = by.id
    audit.record(receipt, act=ReceiptAct.CONFIRM, by=by)
    return receipt


def inspect(*, grant: Grant, by: Actor) -> Grant:
    """End the 検査; only when every active receipt is ticked, confirmed where it must be, and none has a finding left.

    `RuleBroken` with how many are left; `Conflict` from another state.
    """
    with steps.taking(grant, Act.INSPECT, by=by):
        rules.check_inspected(*inspections.tick_counts(grant))
        grant.inspected_by_id, grant.inspected_at = by.id, clock.now()
    return grant


def _begin(receipt: Receipt, *, by: Actor) -> Grant:
    """Hold grant and receipt, and make sure that ``by`` may inspect it and that it stands."""
    grant = lock(receipt.grant)
    lock(receipt)
    access.demand(by, Permission.REPORT_INSPECT, receipt)
    _check_not_cancelled(receipt)
    return grant


def _check_not_cancelled(receipt: Receipt) -> None:
    if receipt.cancelled_at is not None:
        raise Conflict(None, N_("この領収書は、すでに取り消されています。"))


def _check_with_city(grant: Grant) -> None:
    if grant.status is not Status.REPORTED:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)


def _looked_at(receipt: Receipt, *, finding: str, by: Actor) -> None:
    receipt.inspected_at = clock.now()
    receipt.inspected_by_id = by.id
    receipt.finding = finding
    _unconfirm(receipt)


def _unconfirm(receipt: Receipt) -> None:
    """A second official confirms what the first one last said."""
    receipt.confirmed_at = receipt.confirmed_by_id = None
