"""The pages of what letters say: one official writes and looks, another reads what changes and decides."""

from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.grants.letters import queries
from stations.grants.letters.letter_data import standard
from stations.grants.letters.services import texts as letter_texts
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import Page, PageClient

ASKED = "{事業名}のことは、担当にお尋ねください。"


def this_year() -> int:
    return clock.fiscal_year(clock.today())


def typed_in(page: Page, field: str) -> str:
    return str(dict(page.form_with(field=field).filled({}, None))[field])


def test_one_official_writes_a_sentence_and_another_approves_it(
    client: PageClient, db_session: Session
) -> None:
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    client.sign_in(officer)
    page = client.click(client.get("/grants/settings"), "通知書の文")
    page = client.click(page, "交付決定通知書")
    assert "はじめからある文" in page.text and "下記のとおり交付することに決定した" in page.text
    page = client.click(page, "通知書の文の変更を起案する")
    assert "{申請日}" in typed_in(page, "opening")
    assert "{保存年数}" in page.text, "the list of placeholders"
    page = client.submit(page, "文を見本で確かめる", {"closing": ASKED})
    assert "昔遊びと茶話会（例示つながるステーション）のことは、担当に" in page.text
    assert queries.waiting_text_drafts() == [], "looking is not drafting"
    page = client.submit(page, "起案して決裁に回す")
    assert "決裁をお待ちください" in page.text and "加える：" in page.text
    assert not page.has_link("通知書の文を決裁する")
    client.sign_in(approver)
    page = client.click(client.get("/home"), "交付決定通知書の文")
    assert "加える：" in page.text and "変わりません" in page.text
    page = client.submit(page, "決裁する")
    assert "通知書の文を決裁しました" in page.text and "この年度に決裁した文" in page.text
    assert queries.texts_of("award", this_year())["closing"] == ASKED
    assert approver.name in page.text and officer.name in page.text, "its history"


def test_what_is_wrong_stands_beside_its_text_and_nothing_typed_is_lost(
    client: PageClient, db_session: Session
) -> None:
    client.sign_in(cast.person(Role.OFFICER))
    page = client.get("/grants/settings/letters/draft?kind=refund")
    typed = {"reason": "{知らない}", "closing": "閉じない{", "opening": "", "paying_back": "\ue000"}
    for button in ("起案して決裁に回す", "文を見本で確かめる"):
        page = client.submit(page, button, typed)
        assert "この文書にない差し込みです：{知らない}" in page.text
        assert "{ と } で囲んで" in page.text and "文を入力してください" in page.text
        assert "印刷できない文字があります" in page.text
        assert [typed_in(page, name) for name in ("reason", "closing")] == ["{知らない}", "閉じない{"]
    assert queries.waiting_text_drafts() == []


def test_the_approver_returns_a_draft_with_a_reason_which_its_writer_reads(
    app: Flask, client: PageClient, db_session: Session
) -> None:
    officer = cast.person(Role.OFFICER)
    draft = letter_texts.draft_texts(
        year=this_year(), kind="award", texts=standard("award") | {"closing": ASKED}, by=officer
    )
    here = f"/grants/settings/letters/drafts/{draft.id}"
    client.sign_in(cast.person(Role.APPROVER))
    page = client.submit(client.get(here), "起案を差し戻す")
    assert "理由を入力してください" in page.text
    page = client.submit(page, "起案を差し戻す", reason="電話番号を書いてください。")
    assert "起案を差し戻しました" in page.text and "電話番号を書いてください。" in page.text
    client.sign_in(officer)
    page = client.get("/grants/settings/letters/draft")
    assert "差し戻した理由：電話番号を書いてください。" in page.text
    assert typed_in(page, "closing") == ASKED


def test_the_sample_is_a_draft_letter_in_the_words_that_are_looked_at(
    app: Flask, client: PageClient, db_session: Session
) -> None:
    draft = letter_texts.draft_texts(
        year=this_year(),
        kind="award",
        texts=standard("award") | {"closing": "起案した文"},
        by=cast.person(Role.OFFICER),
    )
    client.sign_in(cast.person(Role.APPROVER))

    def words(address: str) -> str:
        answer = client.open(address)
        assert answer.content_type == "application/pdf"
        return "".join(PdfReader(BytesIO(answer.data)).pages[0].extract_text().split())

    assert "起案した文" in words(f"/grants/settings/letters/drafts/{draft.id}/sample")
    assert "起案した文" not in words("/grants/settings/letters/sample?kind=award")


def test_a_committee_reads_what_letters_say_and_no_draft(client: PageClient, db_session: Session) -> None:
    made = grants.team()
    letter_texts.draft_texts(
        year=this_year(),
        kind="award",
        texts=standard("award") | {"closing": "まだ決まらない文"},
        by=cast.person(Role.OFFICER),
    )
    client.sign_in(made.chair)
    page = client.get("/grants/settings/letters")
    assert "決裁待ち" not in page.text
    page = client.get("/grants/settings/letters/texts?kind=award")
    assert "まだ決まらない文" not in page.text and "下記のとおり" in page.text
    assert not page.has_link("通知書の文の変更を起案する")
    assert "交付決定通知書" in client.get("/grants/settings/letters/texts?kind=unknown&year=x").heading
