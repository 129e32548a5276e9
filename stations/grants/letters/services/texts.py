"""What letters say: drafted by an officer, approved by another official, said in letters that go out from then on."""

from collections.abc import Mapping

from stations.core import clock, documents
from stations.core.access import Actor, Permission, demand
from stations.core.messages import N_, RuleBroken
from stations.grants.letters import queries, wording
from stations.grants.letters.models import LetterTextDraft
from stations.people.services import drafts


def draft_texts(*, year: int, kind: str, texts: Mapping[str, str], by: Actor) -> LetterTextDraft:
    """起案 of all texts of one kind of letter for a year. A draft that waits already is replaced by this one.

    `RuleBroken` on the text that could not be printed, or when nothing would change.
    """
    demand(by, Permission.GRANT_REVIEW)
    wording.check_year(year, clock.fiscal_year(clock.today()))
    tidy = {name: texts.get(name, "").strip() for name in wording.KINDS[kind].texts}
    for problem in wording.check_texts(kind, tidy):
        raise problem
    documents.check_printable(tidy)
    if tidy == queries.texts_of(kind, year):
        raise RuleBroken(None, N_("いまの文と同じです。変えるところを書き直してから起案してください。"))
    return drafts.begin(LetterTextDraft(fiscal_year=year, kind=kind, texts=tidy), by=by)


def approve_texts(*, draft: LetterTextDraft, by: Actor) -> None:
    """決裁 by another official: letters that go out from now on say this. Its event keeps what they said before.

    `Conflict` when the draft is decided already.
    """
    with drafts.approving(draft, by=by) as taken:
        before = queries.texts_of(draft.kind, draft.fiscal_year)
        taken.detail = {name: text for name, text in before.items() if text != draft.texts.get(name)}
