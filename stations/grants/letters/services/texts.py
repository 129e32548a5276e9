"""What letters say: drafted by an officer, approved by another official, said in letters that go out from then on."""

from collections.abc import Mapping

from stations.core import audit, clock, documents
from stations.core.access import Actor, Permission, demand
from stations.core.database import add
from stations.core.messages import N_, RuleBroken
from stations.core.steps import taking
from stations.grants.letters import queries, wording
from stations.grants.letters.models import LetterTextDraft
from stations.grants.letters.wording import TextAct, TextStatus
from stations.grants.letters.workflow import TEXTS


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
    for earlier in queries.text_drafts(year, kind):
        if earlier.status is TextStatus.WAITING:
            with taking(TEXTS, earlier, TextAct.DRAFT, by=by):
                earlier.decided_at = clock.now()
    draft = add(
        LetterTextDraft(fiscal_year=year, kind=kind, texts=tidy, drafted_by_id=by.id, drafted_at=clock.now())
    )
    audit.record(draft, act=TextAct.DRAFT, by=by, to_status=draft.status)
    return draft


def approve_texts(*, draft: LetterTextDraft, by: Actor) -> None:
    """決裁 by another official: letters that go out from now on say this. Its event keeps what they said before.

    `Conflict` when the draft is decided already.
    """
    with taking(TEXTS, draft, TextAct.APPROVE, by=by) as taken:
        before = queries.texts_of(draft.kind, draft.fiscal_year)
        taken.detail = {name: text for name, text in before.items() if text != draft.texts.get(name)}
        draft.decided_by_id, draft.decided_at = by.id, clock.now()


def return_texts(*, draft: LetterTextDraft, reason: str, by: Actor) -> None:
    """差戻し of a draft, with its reason; letters say what they said. `Conflict` when it is decided already."""
    with taking(TEXTS, draft, TextAct.RETURN, by=by, reason=reason):
        draft.decision_reason = reason.strip()
        draft.decided_by_id, draft.decided_at = by.id, clock.now()
