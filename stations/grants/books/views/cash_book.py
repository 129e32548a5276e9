"""Pages of the 出納帳: the book, recording an income and taking one back."""

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.applications.rules import IncomeKind
from stations.core import clock, list_files, lists
from stations.core.access import Permission
from stations.core.database import creates, one_snapshot
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.grants.books import columns
from stations.grants.books.forms import IncomeCorrectionForm, IncomeForm, ReasonForm
from stations.grants.books.queries import cash_book, ledger
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.books.services import incomes
from stations.grants.pages import presenters
from stations.grants.pages.act import before_the_letter, perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.trail import of_books, trail
from stations.grants.queries import grants

if TYPE_CHECKING:
    from stations.grants.books.models import LedgerTransaction
    from stations.grants.models import Grant

BOOKS = N_("出納帳（支払先）")


@blueprint.get("/grants/<int:grant_id>/books")
@one_snapshot
@requires(Permission.GRANT_READ, of=grants.grant, personal=BOOKS)
def books(grant: "Grant") -> ResponseReturnValue:
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    balance, book = ledger.balance(grant), cash_book.cash_book(grant)
    return list_files.saved(
        columns.book(grants.called(grant)),
        book.lines,
        _("出納帳_%(station)s_%(year)s", station=grant.station.name, year=grant.fiscal_year),
        total=columns.book_total(book),
    ) or render_template(
        "grants/books.html",
        grant=grant,
        book=book,
        shown=lists.page_of(book.lines, lists.asked_page()) if "all" not in request.args else None,
        name=grants.called(grant),
        balance=balance,
        said=presenters.money_in_words(grant, balance, balance.awarded, None),
        open=grant.status in BOOKS_OPEN,
        breadcrumb=trail(grant, _("出納帳")),
    )


@blueprint.route("/grants/<int:grant_id>/books/new", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=grants.grant)
@creates
def new_income(grant: "Grant") -> ResponseReturnValue:
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
        heading=_("収入を記録する"),
        action=_("記録する"),
        breadcrumb=trail(grant, _("収入を記録する"), of_books(grant)),
    )


def _record(form: IncomeForm, grant: "Grant") -> None:
    incomes.record_income(
        grant=grant,
        kind=IncomeKind(form.kind.data),
        amount_yen=form.amount_yen.data,
        happened_on=form.happened_on.data,
        description=form.description.data or "",
        by=current_user,
        client_event_id=form.event.data,
    )


@blueprint.route("/grants/<int:grant_id>/books/<int:transaction_id>/correct", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=cash_book.grant_above)
@creates
def correct_income(grant: "Grant", transaction_id: int) -> ResponseReturnValue:
    """訂正 of an income in one step."""
    transaction = cash_book.transaction(grant, transaction_id)
    if transaction is None or not cash_book.is_income(transaction):
        abort(404)
    form = IncomeCorrectionForm(data=_entered(transaction))
    if perform(form, lambda: _correct(form, grant, transaction)):
        flash(_("収入の記録を訂正しました。"), "success")
        return redirect(url_for(".books", grant_id=grant.id))
    return render_template(
        "grants/new_income.html",
        grant=grant,
        form=form,
        open=grant.status in BOOKS_OPEN,
        today=clock.today(),
        heading=_("収入の記録を訂正する"),
        action=_("訂正する"),
        breadcrumb=trail(grant, _("訂正する"), of_books(grant)),
    )


def _entered(transaction: "LedgerTransaction") -> dict[str, object]:
    """An income as the form takes it."""
    return {
        "kind": next(part.income_kind for part in transaction.postings if part.income_kind),
        "happened_on": transaction.happened_on,
        "amount_yen": abs(cash_book.cash(transaction)),
        "description": transaction.description,
    }


def _correct(form: IncomeCorrectionForm, grant: "Grant", transaction: "LedgerTransaction") -> None:
    incomes.correct_income(
        grant=grant,
        transaction=transaction,
        kind=IncomeKind(form.kind.data),
        amount_yen=form.amount_yen.data,
        happened_on=form.happened_on.data,
        description=form.description.data or "",
        reason=form.reason.data or "",
        by=current_user,
    )


@blueprint.route("/grants/<int:grant_id>/books/<int:transaction_id>/cancel", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=cash_book.grant_above)
@creates
def cancel_income(grant: "Grant", transaction_id: int) -> ResponseReturnValue:
    transaction = cash_book.transaction(grant, transaction_id)
    if transaction is None or not cash_book.is_income(transaction):
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
        amount_yen=abs(cash_book.cash(transaction)),
        breadcrumb=trail(grant, _("取り消す"), of_books(grant)),
    )
