"""通知書の文: what each letter says in a fiscal year, its drafts, and the decision on one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from stations.core import clock
from stations.core.access import Permission
from stations.core.database import creates
from stations.core.drafts import DraftStatus
from stations.core.formatting import fiscal_year
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants import disclosure
from stations.grants.letters import letter_data, queries, samples, wording
from stations.grants.letters.forms import TextsForm
from stations.grants.letters.labels import LETTERS, TEXTS
from stations.grants.letters.services import texts as letter_texts
from stations.grants.pages.act import perform
from stations.grants.pages.blueprint import blueprint
from stations.people import deciding

if TYPE_CHECKING:
    from stations.grants.letters.models import LetterTextDraft

Texts = Mapping[str, str]


@blueprint.get("/grants/settings/letters")
@requires(Permission.GRANT_READ)
def letters_of_year() -> str:
    """What each kind of letter says about the year's grants: whose words they are, and what waits."""
    year = _asked_year()
    approved = queries.approved_texts(year)
    waiting = {one.kind for one in queries.waiting_text_drafts() if one.fiscal_year == year}
    return render_template(
        "grants/letters_of_year.html",
        year=year,
        years=_years(),
        rows=[
            {
                "kind": kind,
                "name": name,
                "source": _source(approved.get(kind), year),
                "waiting": kind in waiting and disclosure.sees_drafts(current_user),
            }
            for kind, name in LETTERS.items()
        ],
        breadcrumb=_trail(year),
    )


@blueprint.get("/grants/settings/letters/texts")
@requires(Permission.GRANT_READ)
def texts_of_letter() -> str:
    """What one kind of letter says; for the city also what is drafted, and who decided what."""
    year, kind = _asked_year(), _asked_kind()
    inside = disclosure.sees_drafts(current_user)
    approved = queries.approved_texts(year).get(kind)
    return render_template(
        "grants/letter_texts.html",
        year=year,
        kind=kind,
        name=LETTERS[kind],
        source=_source(approved, year),
        rows=_filled(kind, queries.in_full(approved, kind)),
        open_for_drafts=wording.is_open(year, clock.fiscal_year(clock.today())),
        changes=_changes,
        **deciding.standing(queries.text_drafts(year, kind) if inside else []),
        breadcrumb=_trail(year, kind),
    )


@blueprint.get("/grants/settings/letters/sample")
@requires(Permission.GRANT_READ)
def sample_letter() -> Response:
    """An invented letter in the words that stand, as PDF."""
    kind = _asked_kind()
    return _sample(kind, queries.texts_of(kind, _asked_year()))


@blueprint.get("/grants/settings/letters/drafts/<int:letter_text_draft_id>/sample")
@requires(Permission.GRANT_SETTINGS, of=queries.text_draft)
def sample_of_draft(draft: "LetterTextDraft") -> Response:
    """The same in the words of a draft, for who decides on it."""
    return _sample(draft.kind, queries.in_full(draft, draft.kind))


@blueprint.route("/grants/settings/letters/draft", methods=["GET", "POST"])
@requires(Permission.GRANT_REVIEW)
@creates
def draft_letter_texts() -> ResponseReturnValue:
    """起案 of the texts of one kind of letter, beginning with what waits, else with what stands."""
    year, kind = _asked_year(), _asked_kind()
    there = url_for("grants.texts_of_letter", year=year, kind=kind)
    if request.method == "GET" and not wording.is_open(year, clock.fiscal_year(clock.today())):
        return redirect(there)
    last = next(reversed(queries.text_drafts(year, kind)), None)
    open_draft = (
        last if last is not None and last.status in {DraftStatus.WAITING, DraftStatus.RETURNED} else None
    )
    stands = queries.texts_of(kind, year)
    form = TextsForm(kind, data=queries.in_full(open_draft, kind) if open_draft is not None else stands)
    act, previewed = request.form.get("act"), None
    if act in {"preview", "pdf"}:
        if form.validate_on_submit():
            if act == "pdf":
                return _sample(kind, form.typed)
            previewed = _filled(kind, form.typed)
    elif perform(
        form, lambda: letter_texts.draft_texts(year=year, kind=kind, texts=form.typed, by=current_user)
    ):
        flash(
            _("%(letter)sの文を起案しました。ほかの方の決裁をお待ちください。", letter=LETTERS[kind]),
            "success",
        )
        return redirect(there, 303)
    return render_template(
        "grants/letter_texts_form.html",
        form=form,
        year=year,
        name=LETTERS[kind],
        open_draft=open_draft,
        previewed=previewed,
        placeholders=letter_data.said(samples.LETTERS[kind]).items(),
        breadcrumb=_trail(year, kind, _("起案")),
    )


@blueprint.route("/grants/settings/letters/drafts/<int:letter_text_draft_id>", methods=["GET", "POST"])
@requires(Permission.GRANT_APPROVE, of=queries.text_draft)
@creates
def decide_letter_texts(draft: "LetterTextDraft") -> ResponseReturnValue:
    """決裁 of a draft, with what it changes of what stands."""
    return deciding.decide(
        draft,
        lambda: letter_texts.approve_texts(draft=draft, by=current_user),
        done=_("通知書の文を決裁しました。これから出す通知書に使います。"),
        template="grants/letter_texts_decide.html",
        name=LETTERS[draft.kind],
        changes=_changes,
        breadcrumb=_trail(draft.fiscal_year, draft.kind, _("決裁")),
    )


def _sample(kind: str, texts: Texts) -> Response:
    with force_locale("ja"):
        pdf = letter_data.pdf(samples.LETTERS[kind], issued_on=None, texts=texts)
    return Response(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": "inline", "Cache-Control": "private, no-store"},
    )


def _filled(kind: str, texts: Texts) -> list[dict[str, object]]:
    """Each text, as it is kept and as the sample letter says it."""
    said = letter_data.said(samples.LETTERS[kind])
    return [
        {"name": TEXTS[name], "text": text, "plain": wording.plain(kind, text, said)}
        for name, text in texts.items()
    ]


def _changes(draft: "LetterTextDraft") -> list[dict[str, object]]:
    """What a draft changes, text by text and piece by piece."""
    stands, drafted = queries.texts_of(draft.kind, draft.fiscal_year), queries.in_full(draft, draft.kind)
    said = letter_data.said(samples.LETTERS[draft.kind])
    return [
        {
            "name": TEXTS[name],
            "differs": text != stands[name],
            "pieces": wording.differences(stands[name], text),
            "plain": wording.plain(draft.kind, text, said),
        }
        for name, text in drafted.items()
    ]


def _source(approved: "LetterTextDraft | None", year: int) -> str:
    """Whose words stand."""
    if approved is None:
        return _("はじめからある文")
    if approved.fiscal_year == year:
        return _("この年度に決裁した文")
    return _("%(year)sの文", year=fiscal_year(approved.fiscal_year))


def _asked_year() -> int:
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    return year if this_year - 20 <= year <= this_year + 1 else this_year


def _asked_kind() -> str:
    kind = request.args.get("kind", "")
    return kind if kind in LETTERS else "award"


def _years() -> list[int]:
    this_year = clock.fiscal_year(clock.today())
    return sorted({this_year + 1, this_year, this_year - 1, _asked_year()}, reverse=True)


def _trail(year: int, kind: str = "", step: str = "") -> list[tuple[str, str | None]]:
    trail: list[tuple[str, str | None]] = [
        (_("助成金"), url_for("grants.index")),
        (_("制度設定"), url_for("grants.settings", year=year)),
        (_("通知書の文"), url_for("grants.letters_of_year", year=year) if kind else None),
    ]
    if kind:
        there = url_for("grants.texts_of_letter", year=year, kind=kind) if step else None
        trail.append((str(LETTERS[kind]), there))
    return [*trail, (step, None)] if step else trail
