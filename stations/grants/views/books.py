"""Pages of the 出納帳: the book, its CSV, recording an income and taking one back."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from stations.applications.rules import IncomeKind
from stations.core import clock, files, lists
from stations.core.access import Permission, requires
from stations.core.database import creates
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.grants import queries
from stations.grants.cash_book_csv import csv_bytes
from stations.grants.forms.receipts import IncomeForm, ReasonForm
from stations.grants.queries import books as book_queries
from stations.grants.reporting import BOOKS_OPEN
from stations.grants.services import incomes
from stations.grants.views import blueprint, words
from stations.grants.views.act import before_the_letter, perform
from stations.grants.views.trail import of_books, trail

BOOKS = N_("出納帳（支払先）")


@blueprint.get("/grants/<int:grant_id>/books")
@requires(Permission.GRANT_READ, of=queries.grant, personal=BOOKS)
def books(grant: Any) -> Any:
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    standing, book = queries.standing(grant), book_queries.cash_book(grant)
    return render_template(
        "grants/books.html",
        grant=grant,
        book=book,
        shown=lists.page_of(book.lines, lists.asked_page()) if "all" not in request.args else None,
        name=queries.called(grant),
        standing=standing,
        said=words.money_in_words(grant, standing, standing.awarded, None),
        open=grant.status in BOOKS_OPEN,
        breadcrumb=trail(grant, _("出納帳")),
    )


@blueprint.get("/grants/<int:grant_id>/books.csv")
@requires(Permission.GRANT_READ, of=queries.grant, personal=BOOKS)
def books_csv(grant: Any) -> Response:
    """The book for a spreadsheet; dates as 2026-10-03, amounts as numbers."""
    heading = [
        _("日付"),
        _("摘要"),
        _("証拠番号"),
        _("収入（円）"),
        _("支出（円）"),
        _("残高（円）"),
        _("取消しの理由"),
        _("支払番号・納入番号"),
    ]
    rows = (
        (
            line.happened_on.isoformat(),
            line.description,
            line.voucher if line.voucher is not None else "",
            line.in_yen,
            line.out_yen,
            line.balance_yen,
            line.transaction.reason or "",
            line.reference,
        )
        for line in book_queries.cash_book(grant).lines
    )
    name = _("出納帳_%(station)s_%(year)s.csv", station=grant.station.name, year=grant.fiscal_year)
    response = Response(csv_bytes(heading, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = files.content_disposition("attachment", name)
    return response


@blueprint.route("/grants/<int:grant_id>/books/new", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=queries.grant)
@creates
def new_income(grant: Any) -> Any:
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = IncomeForm()
    if perform(form, lambda: _record(form, grant)):
        flash(_("収入を出納帳に記録しました。"), "success")
        return redirect(url_for(".books", grant_id=grant.id))
    return render_template(
        "grants/new_income.html",
        grant=grant,
        form=form,
        open=grant.status in BOOKS_OPEN,
        today=clock.today(),
        breadcrumb=trail(grant, _("収入を記録する"), of_books(grant)),
    )


def _record(form: IncomeForm, grant: Any) -> None:
    incomes.record_income(
        grant=grant,
        kind=IncomeKind(form.kind.data),
        amount_yen=form.amount_yen.data,
        happened_on=form.happened_on.data,
        description=form.description.data or "",
        by=current_user,
        client_event_id=form.event.data,
    )


@blueprint.route("/grants/<int:grant_id>/books/<int:transaction_id>/cancel", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=book_queries.grant_above)
@creates
def cancel_income(grant: Any, transaction_id: int) -> Any:
    transaction = book_queries.transaction(grant, transaction_id)
    if transaction is None or not book_queries.is_income(transaction):
        abort(404)
    form = ReasonForm()
    if perform(
        form,
        lambda: incomes.cancel_income(
            grant=grant, transaction=transaction, reason=form.reason.data or "", by=current_user
        ),
    ):
        flash(_("収入の記録を取り消しました。"), "success")
        return redirect(url_for(".books", grant_id=grant.id))
    return render_template(
        "grants/cancel_income.html",
        form=form,
        grant=grant,
        transaction=transaction,
        amount_yen=abs(book_queries.cash(transaction)),
        breadcrumb=trail(grant, _("取り消す"), of_books(grant)),
    )
