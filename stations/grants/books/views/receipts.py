"""Pages of receipts: the list with what is left, entering one, one with its photo, taking one back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import audit, clock, files, list_files, lists
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.formatting import yen
from stations.core.forms import say
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.grants.books import columns
from stations.grants.books.forms import AnswerForm, CorrectionForm, ReasonForm, ReceiptForm
from stations.grants.books.queries import ledger
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.queries.cash_book import grant_above
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.books.rules.receipts import Level, ReceiptKind
from stations.grants.books.services import photos
from stations.grants.books.services import receipts as services
from stations.grants.books.services.receipts import ReceiptRefused
from stations.grants.pages import presenters
from stations.grants.pages.act import before_the_letter, perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.trail import of_receipts, trail
from stations.grants.queries import grants
from stations.grants.reports.queries import disallowances
from stations.grants.reports.services import inspections
from stations.grants.rules import Status

if TYPE_CHECKING:
    from stations.core.files import StoredFile
    from stations.grants.books.models import Receipt
    from stations.grants.models import Grant


@blueprint.app_template_global()
def books_are_open(grant: "Grant") -> bool:
    """Whether receipts may be entered now."""
    return grant.status in BOOKS_OPEN


@blueprint.get("/grants/<int:grant_id>/receipts", endpoint="receipts")
@requires(Permission.GRANT_READ, of=grants.grant, personal=N_("領収書の一覧"))
def receipt_list(grant: "Grant") -> ResponseReturnValue:
    """予算・支出・残り of each line, then the receipts, the newest first."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    chosen = lists.chosen("q", "state")
    rows, balance = receipt_queries.receipts(grant), ledger.balance(grant)
    corrected = {row.replaces_id for row in rows}
    disallowed = disallowances.in_force(disallowances.of_grant(grant))
    narrowed = _narrowed(rows[::-1], chosen)
    return list_files.saved(
        columns.receipts(corrected, disallowed),
        narrowed,
        _("領収書の一覧"),
        grants.called(grant),
        chosen.get("q"),
        columns.STATES.get(chosen.get("state", "")),
    ) or render_template(
        "grants/receipts.html",
        grant=grant,
        found=lists.page_of(narrowed, lists.asked_page()),
        chosen=chosen,
        states=columns.STATES,
        any=bool(rows),
        corrected=corrected,
        disallowed=disallowed,
        active=sum(row.cancelled_at is None for row in rows),
        gone=sum(row.cancelled_at is not None for row in rows),
        lines=receipt_queries.line_totals(grant),
        name=grants.called(grant),
        balance=balance,
        said=presenters.money_in_words(grant, balance, balance.awarded, None),
        open=grant.status in BOOKS_OPEN,
        breadcrumb=trail(grant, _("領収書")),
    )


def _narrowed(rows: list["Receipt"], chosen: dict[str, str]) -> list["Receipt"]:
    """The receipts that fit the words and the state of the address."""
    states: dict[str, Callable[[Receipt], bool]] = {
        "live": lambda row: row.cancelled_at is None,
        "found": lambda row: row.cancelled_at is None and bool(row.finding),
        "cancelled": lambda row: row.cancelled_at is not None,
    }
    fits: Callable[[Receipt], bool] = states.get(chosen.get("state", ""), lambda row: True)
    words = chosen.get("q", "")
    return lists.holding(
        [row for row in rows if fits(row)],
        words,
        lambda row: (str(row.number), row.payee, row.description, str(row.amount_yen)),
    )


@blueprint.route("/grants/<int:grant_id>/receipts/new", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=grants.grant)
@files.takes_file
@creates
def new_receipt(grant: "Grant") -> ResponseReturnValue:
    """Photo → date → amount → 費目 → check. The photo is kept at once, whatever else is wrong."""
    if (elsewhere := before_the_letter(grant)) is not None:
        return elsewhere
    form = ReceiptForm(lines=receipt_queries.line_choices(grant), data={"addressee": grant.committee.name})
    photo, receipt = entered(form, grant, lambda photo: _enter(form, grant, photo))
    if receipt is not None:
        flash(_entered(receipt), "success")
        return redirect(url_for(".receipt", receipt_id=receipt.id, entered=1))
    return render_template(
        "grants/new_receipt.html",
        grant=grant,
        form=form,
        photo=photo,
        open=grant.status in BOOKS_OPEN,
        today=clock.today(),
        breadcrumb=trail(grant, _("領収書を登録する"), of_receipts(grant)),
    )


@blueprint.route("/grants/receipts/<int:receipt_id>/correct", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=receipt_queries.receipt)
@files.takes_file
@creates
def correct_receipt(receipt: "Receipt") -> ResponseReturnValue:
    """訂正 in one step: the form stands as the receipt was entered; its photo stays."""
    grant = receipt.grant
    form = CorrectionForm.filled(receipt, lines=receipt_queries.line_choices(grant, without=receipt))
    photo, new = entered(
        form,
        grant,
        lambda photo: services.correct_receipt(
            receipt=receipt,
            entry=form.as_read(),
            upload=photo,
            reason=form.reason.data or "",
            by=current_user,
            accept_warnings=form.accept_warnings.data,
        ),
        instead_of=receipt,
    )
    if new is not None:
        flash(_("領収書%(number)sを訂正しました。", number=new.number), "success")
        return redirect(url_for(".receipt", receipt_id=new.id))
    if not form.is_submitted() and receipt.cancelled_at is not None:
        return redirect(url_for(".receipt", receipt_id=receipt.id))
    here = (_("領収書%(number)s", number=receipt.number), url_for(".receipt", receipt_id=receipt.id))
    return render_template(
        "grants/correct_receipt.html",
        grant=grant,
        receipt=receipt,
        form=form,
        photo=photo,
        open=grant.status in BOOKS_OPEN,
        today=clock.today(),
        breadcrumb=trail(grant, _("訂正する"), of_receipts(grant), here),
    )


def entered(
    form: ReceiptForm,
    grant: "Grant",
    enter: Callable[["StoredFile | None"], "Receipt"],
    *,
    instead_of: "Receipt | None" = None,
) -> tuple["StoredFile | None", "Receipt | None"]:
    """The photo that is kept for the page, and the receipt if ``enter`` made one; else all findings are in the form.

    ``instead_of``: the entry that is corrected, whose photo needs no other.
    """
    rows_changed = "add_row" in request.form or "remove_row" in request.form
    sound = form.is_submitted() and not rows_changed and form.validate()
    photo = _photo(form, grant)
    if rows_changed:
        form.change_rows(add="add_row" in request.form, remove=request.form.get("remove_row"))
    elif sound and (photo is not None or (instead_of is not None and not form.file.errors)):
        try:
            return photo, enter(photo)
        except ReceiptRefused as refused:
            form.show_findings(refused.of(Level.ERROR), refused.of(Level.WARNING))
        except RuleBroken as broken:
            form.show_findings([broken], [])
    elif form.is_submitted():
        _tell_all(form, grant, photo, instead_of)
    return photo, None


def _tell_all(
    form: ReceiptForm, grant: "Grant", photo: "StoredFile | None", instead_of: "Receipt | None"
) -> None:
    """What else is wrong with an entry that cannot be read as a whole, so that nobody corrects it one by one."""
    if photo is None and instead_of is None and not form.file.errors:
        form.file.errors = [_("領収書の写真を選んでください。")]
    if found := services.find(grant, form.as_read(), photo, instead_of=instead_of):
        refused = ReceiptRefused(found)
        form.show_findings(refused.of(Level.ERROR), refused.of(Level.WARNING))


def _entered(receipt: "Receipt") -> str:
    """That the receipt is booked, and what remains now of its lines and in the cash box."""
    charged = {part.line_id for part in receipt.splits}
    left = _("、").join(
        _(
            "%(category)s「%(content)s」は予算まであと%(left)s",
            category=label(total.line.category),
            content=total.line.content,
            left=yen(total.left),
        )
        for total in receipt_queries.line_totals(receipt.grant)
        if total.line.id in charged
    )
    return str(
        _(
            "領収書%(number)sを登録しました。%(left)s、手元のお金は%(cash)sです。",
            number=receipt.number,
            left=left,
            cash=yen(ledger.balance(receipt.grant).cash),
        )
    )


def _photo(form: ReceiptForm, grant: "Grant") -> "StoredFile | None":
    """The photo sent now, else the one kept at an earlier try; its mark goes into the form."""
    if not form.is_submitted():
        return None
    if form.file.data:
        try:
            sent, form.photo.data = photos.keep_photo(grant=grant, upload=form.file.data, by=current_user)
        except RuleBroken as broken:
            form.file.errors = [say(broken)]
        else:
            return sent
    kept = photos.kept_photo(grant=grant, mark=form.photo.data or "", by=current_user)
    if kept is None:
        form.photo.data = ""
    return kept


def _enter(form: ReceiptForm, grant: "Grant", photo: "StoredFile | None") -> "Receipt":
    assert photo is not None  # `entered` enters nothing without one
    return services.enter_receipt(
        grant=grant,
        upload=photo,
        kind=ReceiptKind(form.kind.data),
        dated_on=form.dated_on.data,
        used_on=form.used_on.data,
        payee=form.payee.data or "",
        addressee=form.addressee.data or "",
        description=form.description.data or "",
        amount_yen=form.amount_yen.data,
        splits=form.entered_splits(),
        by=current_user,
        accept_warnings=form.accept_warnings.data,
    )


@blueprint.get("/grants/<int:grant_id>/receipts/photo/<mark>")
@requires(Permission.RECEIPT_ENTER, of=grant_above, personal=N_("領収書の写真"))
def kept_photo(grant: "Grant", mark: str) -> Response:
    """The photo of a receipt that is still being entered, for who sent it."""
    photo = photos.kept_photo(grant=grant, mark=mark, by=current_user)
    return files.send(photo, small=_small()) if photo is not None else abort(404)


@blueprint.get("/grants/receipts/<int:receipt_id>")
@requires(Permission.GRANT_READ, of=receipt_queries.receipt, personal=N_("領収書"))
def receipt(receipt: "Receipt") -> str:
    grant = receipt.grant
    return render_template(
        "grants/receipt.html",
        receipt=receipt,
        kind=receipt_queries.kind_of(receipt),
        grant=grant,
        open=grant.status in BOOKS_OPEN,
        replaced_by=receipt.replaced_by,
        disallowed=disallowances.in_force(disallowances.of_receipt(receipt)).get(receipt.id, []),
        answered_by=grants.name_of(receipt.answered_by_id),
        answers=receipt.finding and grant.status in {Status.REPORTED, Status.REPORT_RETURNED},
        entered="entered" in request.args,
        events=audit.timeline(receipt),
        breadcrumb=trail(grant, _("領収書%(number)s", number=receipt.number), of_receipts(grant)),
    )


@blueprint.get("/grants/receipts/<int:receipt_id>/file")
@requires(Permission.GRANT_READ, of=receipt_queries.receipt, personal=N_("領収書の写真"))
def receipt_file(receipt: "Receipt") -> Response:
    """The paper as it was stored; ``?size=small``: a thumbnail of a picture, which says as much."""
    return files.send(receipt.file, small=_small())


def _small() -> bool:
    return request.args.get("size") == "small"


@blueprint.route("/grants/receipts/<int:receipt_id>/cancel", methods=["GET", "POST"])
@requires(Permission.RECEIPT_ENTER, of=receipt_queries.receipt)
@creates
def cancel_receipt(receipt: "Receipt") -> ResponseReturnValue:
    grant = receipt.grant
    form = ReasonForm()
    if perform(
        form,
        lambda: services.cancel_receipt(receipt=receipt, reason=form.reason.data or "", by=current_user),
    ):
        flash(_("領収書%(number)sを取り消しました。", number=receipt.number), "success")
        return redirect(url_for(".receipts", grant_id=grant.id))
    here = (_("領収書%(number)s", number=receipt.number), url_for(".receipt", receipt_id=receipt.id))
    return render_template(
        "grants/cancel_receipt.html",
        form=form,
        receipt=receipt,
        grant=grant,
        breadcrumb=trail(grant, _("取り消す"), of_receipts(grant), here),
    )


@blueprint.route("/grants/receipts/<int:receipt_id>/answer", methods=["GET", "POST"])
@requires(Permission.FINDING_ANSWER, of=receipt_queries.receipt)
@writes
def answer_finding(receipt: "Receipt") -> ResponseReturnValue:
    """The committee answers a finding in words, while the report stays where it is."""
    grant = receipt.grant
    form = AnswerForm(data={"answer": receipt.answer})
    if perform(
        form,
        lambda: inspections.answer(receipt=receipt, text=form.answer.data or "", by=current_user),
    ):
        flash(_("指摘に答えました。市の担当に知らせました。"), "success")
        return redirect(url_for(".receipt", receipt_id=receipt.id))
    if not form.is_submitted() and not receipt.finding:
        return redirect(url_for(".receipt", receipt_id=receipt.id))
    here = (_("領収書%(number)s", number=receipt.number), url_for(".receipt", receipt_id=receipt.id))
    return render_template(
        "grants/answer_finding.html",
        form=form,
        receipt=receipt,
        kind=receipt_queries.kind_of(receipt),
        grant=grant,
        open=grant.status in BOOKS_OPEN,
        breadcrumb=trail(grant, _("指摘に答える"), of_receipts(grant), here),
    )
