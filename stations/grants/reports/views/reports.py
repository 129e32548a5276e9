"""Pages of the 実績報告 for the committee: writing it, 監査, handing it in, the PDF."""

from typing import TYPE_CHECKING

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import clock, files
from stations.core.access import Permission, can
from stations.core.database import writes
from stations.core.errors import back_with
from stations.core.forms import Form
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.grants import disclosure
from stations.grants.books.queries import cash_book
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.forms import DecideForm
from stations.grants.pages.act import before_the_letter, perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.trail import of_report, trail
from stations.grants.queries import grants
from stations.grants.reports.forms import ConfirmForm, QuestionForm, ReportForm
from stations.grants.reports.queries import disallowances
from stations.grants.reports.queries import reports as report_queries
from stations.grants.reports.services import reports as services
from stations.grants.rules import Status

if TYPE_CHECKING:
    from stations.grants.models import Grant
    from stations.grants.reports.models import ReceiptDisallowance


def _writes(grant: "Grant") -> bool:
    """Whether the reader may write this report now; the service asks again."""
    may = can(current_user, Permission.RECEIPT_ENTER, grant) or can(
        current_user, Permission.REPORT_SUBMIT, grant
    )
    return bool(may) and grant.status in BOOKS_OPEN


def _page(template: str, grant: "Grant", form: Form | None, here: str, *between: tuple[str, str]) -> str:
    found = report_queries.report(grant, settled=disclosure.may_know_settlement(current_user, grant))
    returned = grant.status is Status.REPORT_RETURNED
    return render_template(
        template,
        grant=grant,
        form=form,
        report=found,
        today=clock.today(),
        open=grant.status in BOOKS_OPEN,
        return_reason=found.returned if returned else "",
        question=report_queries.question_of(grant) if grant.status in BOOKS_OPEN else "",
        pointed_out=receipt_queries.pointed_out(grant) if returned else [],
        disallowed=[part for parts in _disallowed(grant).values() for part in parts],
        activity=report_queries.activity(grant),
        last_receipt_on=report_queries.last_receipt_on(grant),
        audited_by=grants.name_of(grant.accounts_audited_by_id),
        breadcrumb=trail(grant, here, *between),
    )


def _disallowed(grant: "Grant") -> dict[int, list["ReceiptDisallowance"]]:
    return disallowances.in_force(disallowances.of_grant(grant))


@blueprint.route("/grants/<int:grant_id>/report", methods=["GET", "POST"])
@requires(Permission.GRANT_READ, of=grants.grant)
@writes
def report(grant: "Grant") -> ResponseReturnValue:
    """The text, the statement as the books have it now, and what is missing; read-only for everybody else."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = ReportForm(data=_written(grant))
    form.share(lambda: _written(grant))
    if perform(form, lambda: _save(form, grant)):
        flash(_("実績報告を保存しました。"), "success")
        return redirect(url_for(".report", grant_id=grant.id))
    return _page("grants/report.html", grant, form if _writes(grant) else None, _("実績報告"))


def _written(grant: "Grant") -> dict[str, object]:
    """What is stored of the report, by field of its form."""
    return dict(zip(("summary", "results", "completed_on"), report_queries.report_text(grant), strict=True))


def _save(form: ReportForm, grant: "Grant") -> None:
    services.save_report(
        grant=grant,
        summary=form.summary.data or "",
        results=form.results.data or "",
        completed_on=form.completed_on.data,
        loaded=form.loaded.data,
        by=current_user,
    )


@blueprint.route("/grants/<int:grant_id>/report/audit", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_AUDIT, of=grants.grant, personal=N_("会計の監査（領収書の内容）"))
@writes
def audit_accounts(grant: "Grant") -> ResponseReturnValue:
    """監査 sees the statement, the book and every receipt, and confirms."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = DecideForm(data={"mark": services.mark_of_accounts(grant)})
    if form.validate_on_submit():
        try:
            services.audit_accounts(grant=grant, mark=form.mark.data or "", by=current_user)
        except RuleBroken as broken:
            return back_with(broken, url_for(".audit_accounts", grant_id=grant.id))
        flash(_("会計の監査を記録しました。"), "success")
        return redirect(url_for(".report", grant_id=grant.id))
    open_ = grant.status in BOOKS_OPEN
    own = open_ and current_user.id in cash_book.keeper_ids(grant)
    return render_template(
        "grants/report_audit.html",
        grant=grant,
        form=form,
        own=own,
        report=report_queries.report(grant, settled=disclosure.may_know_settlement(current_user, grant)),
        book=cash_book.cash_book(grant),
        audited_by=grants.name_of(grant.accounts_audited_by_id),
        open=open_,
        breadcrumb=trail(grant, _("会計の監査"), of_report(grant)),
    )


@blueprint.route("/grants/<int:grant_id>/report/audit/question", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_AUDIT, of=grants.grant)
@writes
def question_accounts(grant: "Grant") -> ResponseReturnValue:
    """監査 asks 会計 to correct something."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = QuestionForm()
    if perform(
        form,
        lambda: services.question_accounts(grant=grant, reason=form.reason.data or "", by=current_user),
    ):
        flash(_("会計と代表の方に伝えました。"), "success")
        return redirect(url_for(".report", grant_id=grant.id))
    return render_template(
        "grants/report_question.html",
        grant=grant,
        form=form,
        breadcrumb=trail(grant, _("会計に直してもらう"), of_report(grant)),
    )


@blueprint.route("/grants/<int:grant_id>/report/submit", methods=["GET", "POST"])
@requires(Permission.REPORT_SUBMIT, of=grants.grant)
@writes
def submit_report(grant: "Grant") -> ResponseReturnValue:
    """The check page before the report goes to the city."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            services.submit_report(grant=grant, by=current_user)
        except RuleBroken as broken:
            return back_with(broken, url_for(".submit_report", grant_id=grant.id))
        flash(_("実績報告を提出しました。市の検査が終わるまでお待ちください。"), "success")
        return redirect(url_for(".report", grant_id=grant.id))
    return _page("grants/report_submit.html", grant, form, _("提出する"), of_report(grant))


@blueprint.get("/grants/<int:grant_id>/report.pdf")
@requires(Permission.GRANT_READ, of=grants.grant, personal=N_("実績報告書（代表者の氏名）"))
def report_file(grant: "Grant") -> Response:
    """The PDF as it was handed in last."""
    file = files.find(grant.report_file_id) if grant.report_file_id is not None else None
    return files.send(file) if file is not None else abort(404)
