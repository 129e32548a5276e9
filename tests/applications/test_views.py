import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.applications import queries
from stations.applications.models import Plan
from stations.applications.rules import Act, Section, Status
from stations.applications.services import drafting, meeting, review, submission
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db
from tests.applications import cast as plans
from tests.applications.conftest import Street
from tests.applications.test_services import picture
from tests.support import cast
from tests.support.client import PageClient
from tests.support.statements import recorded
from tests.support.two_writers import saved_first

BUDGET = 15


def the_plan() -> Plan:
    plan = db.session.get(Plan, 1)
    assert plan is not None
    return plan


def test_a_second_plan_of_a_stations_year_is_warned_of(client: PageClient, street: Street):
    plan = plans.submitted(street.station, street.chair, title="承認された計画")
    client.sign_in(street.drafter)
    plan.status = Status.APPROVED
    db.session.commit()
    title, station_id = "春の別の企画", street.station.id
    page = client.get("/plans/new")
    assert not page.has_link("承認された計画")
    late = client.get("/plans/new")
    next_year = client.submit(late, title=title, station_id=station_id, fiscal_year=plan.fiscal_year + 1)
    assert next_year.heading == "春の別の企画", "no plan of that year is approved"
    page = client.submit(page, title=title, station_id=station_id, fiscal_year=plan.fiscal_year)
    assert "承認された計画があります" in page.text and page.has_link("承認された計画")
    page = client.submit(page, another=True)
    assert page.heading == "春の別の企画"


def test_no_plan_is_of_a_year_without_an_era(client: PageClient, street: Street):
    plan = plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    assert client.get("/plans").has_link(plan.title)
    assert not client.get("/plans?year=9").has_link(plan.title)


def test_submitting_twice_tells_the_number_again(client: PageClient, street: Street):
    plans.written(street.station, street.chair)
    client.sign_in(street.chair)
    page = client.get("/plans/1/check")
    client.submit(page, "この内容で提出する")
    again = client.submit(page, "この内容で提出する")
    assert again.heading == "計画を提出しました"
    assert "2026-1" in again.text


def test_the_check_shows_words_kept_half_way_and_names_only_what_is_missing(
    client: PageClient, street: Street
):
    plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    typed = {"purpose": "居場所をつくりたい", "activities": ""}
    page = client.submit(client.get("/plans/1/sections/purpose"), "保存して中断する", typed)
    assert "入力の途中" in page.text and "あと7つ" in page.text
    costs = {"lines-0-content": "和室", "lines-0-unit_price_yen": "三千円くらい"}
    client.submit(client.get("/plans/1/sections/costs"), "保存して中断する", costs)
    page = client.get("/plans/1/check")
    assert "居場所をつくりたい 入力の途中" in page.text
    assert "目的を入力してください" not in page.text and "内容を入力してください" in page.text
    assert "和室" in page.text and "三千円くらい" in page.text
    assert "費用の明細 1行目：費目を選んでください" in page.text


def test_too_long_words_kept_half_way_are_shown_with_what_to_do(client: PageClient, street: Street):
    plans.written(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.get("/plans/1/sections/purpose")
    client.submit(page, "保存して中断する", {"purpose": "あ" * 4010})
    client.submit(client.get("/plans/1/sections/venues"), "保存して中断する", {"venues": []})
    page = client.get("/plans/1/check")
    assert "目的：4,000文字までです。あと10文字減らしてください。" in page.text
    assert "内容を入力してください" not in page.text
    assert "会場を1つ以上選んでください" in page.text


def test_a_committee_writes_its_plan_and_the_chair_submits(client: PageClient, app: Flask, street: Street):
    client.sign_in(street.drafter)
    page = client.submit(client.get("/plans/new"), title="昔遊びと茶話会の計画", station_id=street.station.id)
    assert page.heading == "昔遊びと茶話会の計画"
    assert "あと8つ" in page.text
    page = client.click(page, "目的・内容")
    page = client.submit(page, "保存して次へ", {"purpose": "居場所をつくる", "activities": "茶話会"})
    assert page.heading == "対象"
    page = client.submit(page, "保存して次へ", {"audience": "どなたでも", "expected_visits": "２５"})
    assert page.heading == "会場"
    page = client.submit(page, "保存して次へ", {"venues": [str(street.station.venues[0].id)]})
    page = client.submit(page, "保存して次へ", {"openings_planned": "12"})
    page = client.submit(page, "保存して次へ", {"organisation": "委員6人", "safety": "保険に加入"})
    assert page.heading == "費用と収入"
    line = {
        "category": "rent",
        "content": "和室",
        "quantity": "12",
        "unit": "回",
        "unit_price_yen": "３，０００",
    }
    page = client.submit(page, "保存して次へ", {f"lines-0-{name}": value for name, value in line.items()})
    assert page.heading == "添付資料"
    page = client.submit(page, "添付する", {"file": (picture(), "間取り.png"), "caption": "会場の間取り"})
    assert "会場の間取り" in page.text
    client.download("/plan-attachments/1")
    page = client.submit(page, "保存して次へ")
    assert page.heading == "内容を確認してください"
    assert page.has_link("会場の間取り")
    assert "36,000円" in page.text
    assert "代表が行います" in page.text

    chair = PageClient(app)
    chair.sign_in(street.chair)
    page = chair.submit(chair.get("/plans/1/check"), "この内容で提出する")
    assert page.heading == "計画を提出しました"
    assert "2027-1" in page.text or "2026-1" in page.text
    assert chair.download("/plans/1/print.pdf").data.startswith(b"%PDF")
    looks = db.session.scalars(sa.select(PersonalDataView.endpoint).order_by(PersonalDataView.id)).all()
    assert looks == ["applications.attachment", "applications.print_pdf"]
    assert the_plan().status is Status.SUBMITTED


def test_the_secretariat_reviews_returns_and_confirms(client: PageClient, app: Flask, street: Street):
    plans.submitted(street.station, street.chair)
    client.sign_in(street.officer)
    page = client.get("/plans")
    assert "要対応" in page.text
    page = client.click(page, "昔遊びと茶話会の計画")
    page = client.submit(client.click(page, "受け付ける"), "受け付ける")
    assert "受付" in page.text
    form = page.form(action="/plans/1/sections/costs/comment")
    page = client.submit(
        page, form=form, fields={"costs-field": "cost_lines", "costs-text": "講師の内訳を書いてください。"}
    )
    assert "講師の内訳" in page.text
    page = client.click(page, "差し戻す")
    page = client.submit(page, "差し戻す", {"reason": ""})
    assert "理由を入力してください" in page.text
    page = client.submit(page, "差し戻す", {"reason": "内訳が足りません。"})
    assert "第1版の内容です" in page.text

    committee = PageClient(app)
    committee.sign_in(street.chair)
    page = committee.get("/plans/1")
    assert "内訳が足りません。" in page.text
    assert "要修正" in page.text
    page = committee.click(page, "費用と収入")
    assert "講師の内訳を書いてください。" in page.text
    page = committee.submit(page, "保存して次へ", {"lines-1-content": "講師の謝礼（2人）", "corrected": True})
    committee.submit(committee.get("/plans/1/check"), "この内容で提出する")

    page = client.submit(client.get("/plans/1/receive"), "受け付ける")
    page = client.click(page, "第2版")
    assert "照合済み" in page.text
    assert "第1版から変わった項目：費用と収入" in page.text
    assert "講師の謝礼（2人）" in page.text
    client.submit(client.get("/plans/1/confirm"), "確認済みにする")
    assert the_plan().status is Status.CONFIRMED


def test_a_comment_is_corrected_and_taken_back_until_the_plan_is_returned(client: PageClient, street: Street):
    plan = plans.received(street.station, street.chair, street.officer)
    for text, field in (("内訳をお願いします。\n2人分ですか。", "cost_lines"), ("消すコメント", "")):
        review.comment(plan=plan, section=Section.COSTS, text=text, field=field, by=street.officer)
    client.sign_in(cast.person(Role.OFFICER, name="別の 担当"))
    assert not client.get("/plans/1").has_link("コメントを直す")
    assert client.get("/plans/comments/1").heading == "昔遊びと茶話会の計画"
    client.sign_in(street.officer)
    page = client.get("/plans/1")
    assert "「費用の明細」の欄について" in page.text
    page = client.submit(
        client.click(page, "コメントを直す"), "コメントを保存する", {"costs-text": "講師の内訳を。"}
    )
    assert "講師の内訳を。" in page.text and "2人分" not in page.text
    page = client.submit(client.get("/plans/comments/2/remove"), "コメントを消す")
    assert "消すコメント" not in page.text
    review.return_for_correction(plan=the_plan(), reason="理由", by=street.officer)
    assert not client.get("/plans/1").has_link("コメントを直す")
    client.post("/plans/comments/1/remove", token_from=page, status=409)


@pytest.mark.parametrize("who", ["chair", "officer", "secretariat"])
def test_the_plan_says_what_the_meeting_resolved_and_on_which_condition(
    client: PageClient, street: Street, who: str
):
    plan = plans.confirmed(street.station, street.chair, street.officer)
    meeting.table(plan=plan, by=street.secretariat)
    meeting.resolve(
        plan=plan,
        act=Act.APPROVE_WITH_CONDITIONS,
        conditions="保険の証書を出すこと",
        where={"meeting_id": 7, "meeting": "第2回全体会議"},
        by=street.secretariat,
    )
    client.sign_in(getattr(street, who))
    page = client.get("/plans/1")
    assert "保険の証書を出すこと" in page.text and "第2回全体会議" in page.text
    assert page.has_link("第2回全体会議")


def test_pausing_keeps_what_cannot_be_read_yet(client: PageClient, street: Street):
    plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.get("/plans/1/sections/costs")
    page = client.submit(
        page, "保存して中断する", {"lines-0-content": "和室", "lines-0-unit_price_yen": "三千円くらい"}
    )
    assert page.heading == "昔遊びと茶話会の計画"
    assert "入力の途中" in page.text
    page = client.get("/plans/1/sections/costs")
    assert page.one("input", name="lines-0-content").get("value") == "和室"
    assert page.one("input", name="lines-0-unit_price_yen").get("value") == "三千円くらい"


def test_calculating_again_says_that_it_saved(client: PageClient, street: Street):
    plans.written(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.get("/plans/1/sections/costs")
    assert "最後に保存したときの金額のまとめ" in page.text
    page = client.submit(page, "保存して計算し直す", {"lines-0-quantity": "13"})
    assert page.heading == "費用と収入"
    assert "保存しました。" in page.text and "171,000円" in page.text


def test_errors_keep_every_entry(client: PageClient, street: Street):
    plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.submit(
        client.get("/plans/1/sections/costs"),
        "保存して次へ",
        {"lines-0-category": "supplies", "lines-0-content": "食材", "lines-0-quantity": "たくさん"},
    )
    assert page.title.startswith("エラー：")
    assert page.one("input", name="lines-0-quantity").get("value") == "たくさん"
    assert page.one("input", name="lines-0-content").get("value") == "食材"
    assert the_plan().cost_lines == []


def test_rows_come_and_go_without_javascript(client: PageClient, street: Street):
    plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.get("/plans/1/sections/costs")
    form = page.form_with(field="lines-0-content")
    page = client.submit(page, "lines", {"lines-0-content": "和室"}, form=form)
    assert page.one("input", name="lines-0-content").get("value") == "和室"
    form = page.form_with(field="lines-1-content")
    page = client.submit(page, "lines-0", {"lines-1-content": "食材"}, form=form)
    assert page.all("input", name="lines-0-content") == []
    assert page.one("input", name="lines-1-content").get("value") == "食材"


def test_two_editors_see_both_texts(client: PageClient, street: Street):
    plan = plans.draft(street.station, street.drafter)
    client.sign_in(street.chair)
    page = client.get("/plans/1/sections/purpose")
    drafting.save_section(
        plan=plan,
        section=Section.PURPOSE,
        values={"purpose": "先に書いた目的"},
        by=street.drafter,
    )
    page = client.submit(page, "保存して次へ", {"purpose": "あとから書いた目的", "activities": "内容"})
    assert "下書 文子さんが先に保存しました" in page.text
    assert "先に書いた目的" in page.text
    assert "あとから書いた目的" in page.text
    client.submit(page, "保存して次へ")
    assert the_plan().purpose == "あとから書いた目的"


def test_who_wrote_in_two_windows_is_not_called_somebody_else(client: PageClient, street: Street):
    plans.draft(street.station, street.drafter)
    client.sign_in(street.drafter)
    early, late = client.get("/plans/1/sections/purpose"), client.get("/plans/1/sections/purpose")
    client.submit(early, "保存して次へ", {"purpose": "ひとつめ", "activities": "内容"})
    page = client.submit(late, "保存して次へ", {"purpose": "ふたつめ", "activities": "内容"})
    assert "別の画面で、あなたが先に保存しました" in page.text and "さんが先に" not in page.text
    assert "ひとつめ" in saved_first(page)
    assert page.one("textarea", name="purpose").text == "ふたつめ"


def test_two_who_write_different_sections_are_not_stopped(client: PageClient, app: Flask, street: Street):
    plans.draft(street.station, street.drafter)
    other = PageClient(app)
    client.sign_in(street.drafter)
    other.sign_in(street.chair)
    early, late = client.get("/plans/1/sections/purpose"), other.get("/plans/1/sections/audience")
    client.submit(early, "保存して次へ", {"purpose": "目的", "activities": "内容"})
    assert other.submit(late, "保存して次へ", {"audience": "どなたでも"}).heading == "会場"
    assert (the_plan().purpose, the_plan().audience) == ("目的", "どなたでも")


def test_a_line_taken_out_while_another_edits_it_is_shown_as_taken_out(client: PageClient, street: Street):
    plan = plans.written(street.station, street.drafter)
    client.sign_in(street.chair)
    page = client.get("/plans/1/sections/costs")
    drafting.save_costs(plan=plan, lines=plans.LINES[:2], incomes=[], by=street.drafter)
    page = client.submit(page, "保存して次へ", {"lines-2-unit_price_yen": "7000"})
    assert "下書 文子さんが先に保存しました" in page.text
    assert "講師の謝礼" in saved_first(page) and "食材と折り紙" not in saved_first(page)
    assert page.one("input", name="lines-2-content").get("value") == "食材と折り紙"
    assert [line.content for line in the_plan().cost_lines] == ["和室の使用料", "講師の謝礼"]
    client.submit(page, "保存して次へ")
    assert [line.amount_yen for line in the_plan().cost_lines] == [36_000, 60_000, 84_000]


def test_words_that_somebody_kept_half_written_are_shown_and_not_lost(client: PageClient, street: Street):
    plan = plans.draft(street.station, street.drafter)
    client.sign_in(street.chair)
    costs, purpose = client.get("/plans/1/sections/costs"), client.get("/plans/1/sections/purpose")
    for section, typed in (
        (Section.COSTS, {"lines-0-content": ["和室"], "lines-0-unit_price_yen": ["三千円くらい"]}),
        (Section.PURPOSE, {"purpose": ["居場所をつくりたい"]}),
    ):
        drafting.keep_typed(plan=plan, section=section, typed=typed, by=street.drafter)
    line = {"category": "rent", "content": "和室", "quantity": "12", "unit_price_yen": "3000"}
    page = client.submit(costs, "保存して次へ", {f"lines-0-{name}": value for name, value in line.items()})
    assert "三千円くらい" in saved_first(page)
    page = client.submit(costs, "保存して中断する", {"lines-0-unit_price_yen": "四千円くらい"})
    assert "三千円くらい" in saved_first(page)
    assert page.one("input", name="lines-0-unit_price_yen").get("value") == "四千円くらい"
    page = client.submit(purpose, "保存して次へ", {"purpose": "つくる", "activities": "茶話会"})
    assert "居場所をつくりたい" in saved_first(page)
    assert set(the_plan().unfinished) == {"costs", "purpose"}


def test_what_is_saved_after_the_plan_was_handed_in_is_given_back(client: PageClient, street: Street):
    plan = plans.written(street.station, street.drafter)
    client.sign_in(street.drafter)
    page = client.get("/plans/1/sections/purpose")
    submission.submit(plan=plan, by=street.chair)
    page = client.submit(page, "保存して次へ", {"purpose": "間に合わなかった目的"}, status=409)
    assert "間に合わなかった目的" in page.text
    assert the_plan().purpose == plans.WORDS[Section.PURPOSE]["purpose"]


def test_an_act_that_happened_meanwhile_answers_409(client: PageClient, street: Street):
    plan = plans.submitted(street.station, street.chair)
    client.sign_in(street.officer)
    page = client.get("/plans/1/receive")
    review.receive(plan=plan, by=street.officer)
    client.submit(page, "受け付ける", status=409)
    page = client.get("/plans/1/receive")
    assert page.heading == "昔遊びと茶話会の計画"


def test_a_forged_post_is_refused(client: PageClient, street: Street):
    plans.received(street.station, street.chair, street.officer)
    client.sign_in(street.chair)
    page = client.get("/plans/1")
    client.post("/plans/1/confirm", token_from=page, status=403)
    assert the_plan().status is Status.RECEIVED


def test_a_plan_of_others_is_not_there(client: PageClient, street: Street):
    from stations.core.access import Role

    plans.submitted(street.station, street.chair)
    client.sign_in(cast.person(Role.CHAIR, of=cast.committee("別")))
    for path in ("", "/check", "/sections/purpose", "/versions/1", "/print.pdf", "/withdraw"):
        client.get(f"/plans/1{path}", status=404)


def test_an_unsent_draft_is_not_there_for_officials(client: PageClient, street: Street):
    plans.written(street.station, street.drafter)
    client.sign_in(street.officer)
    client.get("/plans/1", status=404)


def test_the_chair_takes_back_what_was_sent_and_writes_again(client: PageClient, street: Street):
    plans.submitted(street.station, street.chair)
    client.sign_in(street.chair)
    page = client.click(client.get("/plans/1"), "提出を取り消して書き直す")
    page = client.submit(page, "提出を取り消す")
    assert "もう一度提出してください" in page.text
    assert the_plan().status is Status.DRAFT


def test_the_chair_withdraws(client: PageClient, street: Street):
    plans.submitted(street.station, street.chair)
    client.sign_in(street.chair)
    page = client.click(client.get("/plans/1"), "取り下げる")
    page = client.submit(page, "取り下げる", {"reason": "会場が使えないため"})
    assert "取下げ" in page.text
    assert the_plan().status is Status.WITHDRAWN


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["officer", "chair", "drafter"])
def test_pages_ask_the_database_little(
    app: Flask, client: PageClient, street: Street, db_session: Session, who: str
):
    for number in range(12):
        plan = plans.received(street.station, street.chair, street.officer, title=f"計画{number}")
    review.comment(plan=plan, section=Section.COSTS, text="内訳", by=street.officer)
    review.return_for_correction(plan=plan, reason="理由", by=street.officer)
    other = queries.plans_for(street.officer)[-1].id
    paths = ["/plans", f"/plans/{plan.id}", f"/plans/{other}", f"/plans/{other}/versions/1"]
    if who != "officer":
        paths += [f"/plans/{plan.id}/check", "/plans/new"]
        paths += [f"/plans/{plan.id}/sections/{section.value}" for section in Section]
    client.sign_in(getattr(street, who))
    for path in paths:
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, len(statements), statements)


def test_two_plans_of_one_name_have_titles_of_their_own(client: PageClient, street: Street):
    first, second = (plans.draft(street.station, street.drafter, title="同じ名の計画") for _ in range(2))
    client.sign_in(street.drafter)
    for address in ("/plans/{}", "/plans/{}/sections/purpose", "/plans/{}/check"):
        one, other = (client.get(address.format(plan.id)).title for plan in (first, second))
        assert one != other and "同じ名の計画" in one, address
