"""検査 for officials: the paper on the left, the entry on the right, one ✓ after the other."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.errors import back_with
from stations.core.formatting import yen
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.grants.books.forms import ReasonForm
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules import eligibility
from stations.grants.pages import presenters
from stations.grants.pages.act import perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.trail import trail
from stations.grants.queries import grants
from stations.grants.reports.forms import ConfirmForm, DisallowForm, ReturnForm, TickForm
from stations.grants.reports.queries import disallowances
from stations.grants.reports.queries import reports as report_queries
from stations.grants.reports.services import inspections
from stations.grants.reports.services import reports as report_services
from stations.grants.rules import Act, Status
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.books.models import Receipt
    from stations.grants.models import Grant
    from stations.grants.reports.models import ReceiptDisallowance


@blueprint.route("/grants/<int:grant_id>/inspection", methods=["GET", "POST"])
@requires(GRANT.permission(Act.INSPECT), of=grants.grant, personal=N_("検査（領収書の内容）"))
@writes
def inspect(grant: "Grant") -> ResponseReturnValue:
    """GET: one receipt (``?receipt=`` its number) among all. POST: the inspection is done."""
    if ConfirmForm().validate_on_submit():
        try:
            inspections.inspect(grant=grant, by=current_user)
        except RuleBroken as broken:
            return back_with(broken, url_for(".inspect", grant_id=grant.id))
        flash(_("検査を終えました。次は額の確定です。"), "success")
        return redirect(url_for(".grant", grant_id=grant.id))
    return _page(grant, request.args.get("receipt", type=int), TickForm(formdata=None))


@blueprint.post("/grants/receipts/<int:receipt_id>/tick")
@requires(Permission.REPORT_INSPECT, of=receipt_queries.receipt)
@writes
def tick(receipt: "Receipt") -> ResponseReturnValue:
    """``act`` ok: in order; anything else: the finding that was typed. Goes on to the next open receipt."""
    grant, number, form = receipt.grant, receipt.number, TickForm()
    ok = request.form.get("act") == "ok"
    if perform(
        form,
        lambda: _tick(receipt, ok=ok, finding=form.finding.data or ""),
    ):
        if not ok:
            flash(_("領収書%(number)sに指摘をつけました。", number=number), "success")
        following = receipt_queries.next_unticked(grant, number)
        return redirect(url_for(".inspect", grant_id=grant.id, receipt=following or number))
    return _page(grant, number, form)


@blueprint.post("/grants/receipts/<int:receipt_id>/disallow")
@requires(Permission.REPORT_INSPECT, of=receipt_queries.receipt)
@creates
def disallow(receipt: "Receipt") -> ResponseReturnValue:
    """対象外 of a part of a receipt; the report stays with the city."""
    grant, number, form = receipt.grant, receipt.number, DisallowForm()
    form.offer(receipt.splits)
    if perform(
        form,
        lambda: inspections.disallow(
            receipt=receipt,
            line_id=form.line_id.data,
            amount_yen=form.amount_yen.data,
            reason=form.reason.data or "",
            by=current_user,
        ),
    ):
        amount = yen(form.amount_yen.data)
        flash(
            _("領収書%(number)sのうち%(amount)sを対象外にしました。", number=number, amount=amount), "success"
        )
        return redirect(url_for(".inspect", grant_id=grant.id, receipt=number))
    return _page(grant, number, TickForm(formdata=None), form)


@blueprint.route("/grants/disallowances/<int:receipt_disallowance_id>/allow", methods=["GET", "POST"])
@requires(Permission.REPORT_INSPECT, of=disallowances.disallowance)
@creates
def allow_again(disallowance: "ReceiptDisallowance") -> ResponseReturnValue:
    """A disallowed part counts again, with a reason."""
    receipt, form = disallowance.receipt, ReasonForm()
    grant, back = receipt.grant, url_for(".inspect", grant_id=receipt.grant_id, receipt=receipt.number)
    if perform(
        form,
        lambda: inspections.allow_again(
            disallowance=disallowance, reason=form.reason.data or "", by=current_user
        ),
    ):
        flash(_("対象外を取り消しました。領収書をもう一度確認してください。"), "success")
        return redirect(back)
    return render_template(
        "grants/allow_again.html",
        grant=grant,
        form=form,
        receipt=receipt,
        disallowance=disallowance,
        back=back,
        breadcrumb=trail(grant, _("対象外を取り消す"), (_("検査"), back)),
    )


@blueprint.post("/grants/receipts/<int:receipt_id>/confirm")
@requires(Permission.REPORT_INSPECT, of=receipt_queries.receipt)
@writes
def confirm_receipt(receipt: "Receipt") -> ResponseReturnValue:
    """The second official looked at a receipt above the whole award."""
    back = url_for(".inspect", grant_id=receipt.grant_id, receipt=receipt.number)
    if ConfirmForm().validate_on_submit():
        try:
            inspections.confirm(receipt=receipt, by=current_user)
        except RuleBroken as broken:
            return back_with(broken, back)
        flash(_("領収書%(number)sを、もう1人の担当として確認しました。", number=receipt.number), "success")
    return redirect(back)


def _tick(receipt: "Receipt", *, ok: bool, finding: str) -> None:
    """A finding that was typed is never thrown away by the other button; one that was noted before is answered by it."""
    if ok and finding.strip() not in {"", receipt.finding.strip()}:
        raise RuleBroken(
            "finding",
            N_(
                "指摘が書かれています。「指摘をつける」を押すか、指摘を消してから「確認した」を押してください。"
            ),
        )
    inspections.tick(receipt=receipt, ok=ok, finding=finding, by=current_user)


@blueprint.route("/grants/<int:grant_id>/inspection/return", methods=["GET", "POST"])
@requires(GRANT.permission(Act.RETURN_REPORT), of=grants.grant)
@writes
def return_report(grant: "Grant") -> ResponseReturnValue:
    form = ReturnForm()
    if perform(
        form,
        lambda: report_services.return_report(grant=grant, reason=form.reason.data or "", by=current_user),
    ):
        flash(_("実績報告を差し戻しました。"), "success")
        return redirect(url_for(".grant", grant_id=grant.id))
    found = receipt_queries.with_findings(grant)
    return render_template(
        "grants/inspect_return.html",
        grant=grant,
        form=form,
        found=found,
        open=grant.status in {Status.REPORTED, Status.INSPECTED},
        breadcrumb=trail(grant, _("差し戻す"), (_("検査"), url_for(".inspect", grant_id=grant.id))),
    )


def _page(grant: "Grant", number: int | None, form: TickForm, disallowing: DisallowForm | None = None) -> str:
    rows = receipt_queries.receipts(grant, active_only=True)
    shown = next((row for row in rows if row.number == number), None)
    if shown is None:
        shown = next((row for row in rows if row.inspected_at is None), rows[0] if rows else None)
    if shown is not None and not form.is_submitted():
        form.finding.data = shown.finding
    disallowing = disallowing or DisallowForm(formdata=None)
    disallowing.offer(shown.splits if shown is not None else ())
    entries = disallowances.of_grant(grant)
    before, after = receipt_queries.neighbours(rows, shown.number) if shown is not None else (None, None)
    report = report_queries.report(grant)
    balance = report.balance
    returned = report.returned
    return render_template(
        "grants/inspect.html",
        grant=grant,
        form=form,
        disallowing=disallowing,
        disallowed=disallowances.in_force(entries),
        twice=shown is not None and eligibility.needs_second_look(shown.amount_yen, grant.awarded_yen),
        people=grants.names([shown.inspected_by_id, shown.confirmed_by_id, shown.answered_by_id])
        if shown is not None
        else {},
        said=presenters.money_in_words(grant, balance, balance.awarded, None),
        rows=rows,
        shown=shown,
        warned=receipt_queries.accepted_warnings(shown) if shown is not None else [],
        kind=receipt_queries.kind_of(shown) if shown is not None else None,
        before=before,
        after=after,
        report=report,
        activity=report_queries.activity(grant),
        returned=returned,
        found_before=receipt_queries.found_before(grant) if returned else [],
        ticked=sum(row.inspected_at is not None and not row.finding for row in rows),
        found=sum(bool(row.finding) for row in rows),
        open=grant.status is Status.REPORTED,
        may_disallow=grant.status in eligibility.OPEN,
        breadcrumb=trail(grant, _("検査")),
    )
