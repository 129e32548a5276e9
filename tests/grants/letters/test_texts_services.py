"""What letters say in a year: drafted by one official, approved by another, said by letters from then on."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.drafts import DraftStatus
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.letters import queries
from stations.grants.letters.letter_data import standard
from stations.grants.letters.models import LetterTextDraft
from stations.grants.letters.services import letters
from stations.grants.letters.services import texts as letter_texts
from stations.grants.letters.wording import is_open
from stations.grants.pages import tasks
from stations.people.models import Person
from stations.people.services import drafts
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused

ASKED = "担当がお答えします。"


def this_year() -> int:
    return clock.fiscal_year(clock.today())


def drafted(year: int | None = None, closing: str = ASKED, by: Person | None = None) -> LetterTextDraft:
    return letter_texts.draft_texts(
        year=year or this_year(),
        kind="award",
        texts=standard("award") | {"closing": closing},
        by=by or cast.person(Role.OFFICER),
    )


def decided(year: int | None = None, closing: str = ASKED) -> LetterTextDraft:
    draft = drafted(year, closing)
    letter_texts.approve_texts(draft=draft, by=cast.person(Role.APPROVER))
    return draft


def closing(year: int) -> str:
    return queries.texts_of("award", year)["closing"]


def words_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_text_holds_when_another_official_has_approved_it(db_session: Session):
    draft, approver = drafted(), cast.person(Role.APPROVER)
    assert (closing(this_year()), draft.status) == ("", DraftStatus.WAITING)
    assert any(task.values == {"letter_text_draft_id": draft.id} for task in tasks.waiting_for(approver))
    letter_texts.approve_texts(draft=draft, by=approver)
    assert (closing(this_year()), draft.status) == (ASKED, DraftStatus.APPROVED)
    (approved, first) = audit.timeline(draft)
    assert approved.detail == {"closing": ""}, "what was said before"
    assert first.by_name != approved.by_name
    assert not any(task.endpoint == "grants.decide_letter_texts" for task in tasks.waiting_for(approver))
    with pytest.raises(Conflict):
        letter_texts.approve_texts(draft=draft, by=approver)


def test_nobody_approves_what_they_drafted_and_nobody_else_drafts(db_session: Session):
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.APPROVER)
    draft = drafted(by=both)
    with refused(NotAllowed, None, "ご自分で起案"):
        letter_texts.approve_texts(draft=draft, by=both)
    for role in (Role.OFFICER, Role.CASHIER, Role.ADMINISTRATOR, Role.EXTERNAL_AUDITOR):
        with pytest.raises(NotAllowed):
            letter_texts.approve_texts(draft=draft, by=cast.person(role))
    for role in (Role.APPROVER, Role.CASHIER, Role.ADMINISTRATOR, Role.EXTERNAL_AUDITOR):
        with pytest.raises(NotAllowed):
            drafted(by=cast.person(role))
    assert closing(this_year()) == ""


def test_a_draft_is_returned_with_a_reason_or_replaced(db_session: Session):
    approver = cast.person(Role.APPROVER)
    first = drafted()
    with refused(RuleBroken, "reason"):
        drafts.send_back(first, reason=" ", by=approver)
    drafts.send_back(first, reason="電話番号を書いてください", by=approver)
    assert (first.status, first.decision_reason) == (DraftStatus.RETURNED, "電話番号を書いてください")
    second, third = drafted(closing="二つめ"), drafted(closing="三つめ")
    assert (second.status, third.status) == (DraftStatus.REPLACED, DraftStatus.WAITING)
    assert queries.waiting_text_drafts() == [third]
    with pytest.raises(Conflict):
        letter_texts.approve_texts(draft=second, by=approver)


def test_a_year_without_texts_takes_those_of_the_nearest_year_before(db_session: Session):
    year = this_year()
    decided(year - 1, "前の年度の文")
    assert [closing(one) for one in (year - 2, year - 1, year, year + 1)] == ["", *["前の年度の文"] * 3]
    decided(year + 1, "次の年度の文")
    decided(year - 1, "直した前の年度の文")
    assert [closing(one) for one in (year - 1, year, year + 1)] == [
        "直した前の年度の文", "直した前の年度の文", "次の年度の文",
    ]  # fmt: skip
    assert queries.texts_of("refusal", year) == standard("refusal"), "other letters say what they said"


def test_what_could_not_be_printed_or_changes_nothing_is_not_drafted(db_session: Session):
    with refused(RuleBroken, "closing", "この文書にない"):
        drafted(closing="{返還額}")
    with refused(RuleBroken, None, "印刷できない"):
        drafted(closing="\ue000")
    with refused(RuleBroken, None, "いまの文と同じ"):
        drafted(closing="")
    for year in (this_year() - 2, this_year() + 2):
        assert not is_open(year, this_year())
        with refused(RuleBroken, None, "前年度、今年度、来年度"):
            drafted(year)


def test_a_text_of_before_a_new_one_came_keeps_its_own_words(db_session: Session):
    draft = decided()
    draft.texts = {"closing": ASKED}
    db.session.flush()
    assert queries.texts_of("award", this_year()) == standard("award") | {"closing": ASKED}


def test_letters_say_what_was_approved_and_those_that_went_out_keep_their_words(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    decided(grant.fiscal_year, "{事業名}を応援します。#panic()")
    issued = letters.issue(grant=grant, by=made.officer)
    sha = issued.file.sha256
    assert "を応援します。#panic()" in words_of(letters.draft_pdf(grant))
    decided(grant.fiscal_year, "別の文")
    assert "別の文" in words_of(letters.draft_pdf(grant))
    db.session.refresh(issued)
    assert issued.file.sha256 == sha


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": DraftStatus.APPROVED},
        {"status": DraftStatus.RETURNED, "decided_at": clock.now()},
        {"decided_at": clock.now()},
    ],
)
def test_the_database_holds_a_decision_to_its_facts(db_session: Session, wrong: dict[str, object]):
    drafted()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(sa.update(LetterTextDraft).values(**wrong))
    drafter = sa.update(LetterTextDraft).values(
        status=DraftStatus.APPROVED, decided_at=clock.now(), decided_by_id=LetterTextDraft.drafted_by_id
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(drafter)
