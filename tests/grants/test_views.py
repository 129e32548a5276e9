"""The pages of a grant, walked by the people who use them."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db
from stations.grants.awards.services import awards, changes
from stations.grants.letters.services import letters
from stations.grants.payments.services import payments
from stations.grants.rules import Status
from stations.grants.settlement.services import refunds
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.statements import recorded

QUERY_BUDGET = 15


def signed_in(app: Flask, person: object) -> PageClient:
    client = PageClient(app)
    client.sign_in(person)  # type: ignore[arg-type]  # a Person
    return client


def test_a_grants_whole_life_through_its_pages(app: Flask, db_session: Session):
    made = grants.team()
    db_session.commit()
    chair, treasurer, officer, approver, cashier = (
        signed_in(app, one) for one in (made.chair, made.treasurer, made.officer, made.approver, made.cashier)
    )
    page = chair.click(chair.get("/grants"), "見本の居場所")
    page = chair.submit(page, "この内容で申請する")
    grant = made.grant
    here = f"/grants/{grant.id}"
    assert page.url == here
    officer.submit(officer.click(officer.get(here), "審査を始める"), "審査を始める")
    page = officer.click(officer.get(here), "交付決定を起案する")
    officer.submit(page, "起案して決裁に回す", awarded_yen="170,000", conditions="毎月開くこと。")
    page = approver.click(approver.get(here), "交付決定を承認する")
    assert "170,000円" in page.text
    approver.submit(page, "承認する")
    page = officer.submit(officer.click(officer.get(here), "交付決定通知書を施行する"), "施行する")
    assert page.has_link("交付決定通知書 第1号")
    letter = chair.download(chair.get(here).link("交付決定通知書"))
    assert letter.mimetype == "application/pdf"
    assert letter.data.startswith(b"%PDF")
    page = treasurer.click(treasurer.get(here), "概算払を請求する")
    page = treasurer.submit(page, "請求する", amount_yen="200,000", purpose="会場", status=200)
    assert "170,000円まで" in page.text
    treasurer.submit(page, "請求する", amount_yen="170,000")
    officer.submit(officer.click(officer.get(here), "支出命令を起案する"), "支出命令を起案する")
    approver.submit(approver.click(approver.get(here), "支出命令を決裁する"), "支出を命令する")
    page = cashier.submit(cashier.click(cashier.get(here), "支払を記録する"), "支払済にする", reference="12")
    assert "支払済" in page.text
    grants.spent(made, 150_000, line=2)
    grants.inspected(made)
    officer.submit(officer.click(officer.get(here), "額の確定を起案する"), "起案して決裁に回す")
    approver.submit(approver.click(approver.get(here), "額を確定する"), "額を確定する")
    officer.submit(officer.click(officer.get(here), "額の確定通知書を施行する"), "施行する")
    officer.submit(officer.click(officer.get(here), "返還命令を起案する"), "起案して決裁に回す")
    approver.submit(approver.click(approver.get(here), "返還命令を決裁する"), "返還を命じる")
    page = officer.submit(officer.click(officer.get(here), "返還命令書を施行する"), "返還命令書を施行する")
    assert "20,000円" in page.text
    cashier.submit(cashier.click(cashier.get(here), "戻入を記録する"), "入金を記録する")
    page = officer.submit(officer.click(officer.get(here), "完結する"), "完結する")
    db_session.expire_all()
    assert made.grant.status is Status.CLOSED
    assert "完結" in page.text


@pytest.mark.parametrize(
    ("path", "person"),
    [
        ("", "chair"),
        ("", "officer"),
        ("/advance", "treasurer"),
        ("/change", "chair"),
        ("/discontinue", "chair"),
        ("/draft-cancellation", "officer"),
    ],
)
def test_pages_ask_the_database_little(app: Flask, db_session: Session, path: str, person: str):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 50_000)
    grants.requested(made, 50_000)
    grants.spent(made, 10_000)
    client = signed_in(app, getattr(made, person))
    db_session.commit()
    with recorded(db.engine) as statements:
        client.get(f"/grants/{grant.id}{path}")
    assert len(statements) <= QUERY_BUDGET, "\n".join(statements)


def test_the_list_asks_no_more_for_more_grants(app: Flask, db_session: Session):
    officer = cast.person(Role.OFFICER)
    for _ in range(4):
        made = grants.team()
        grants.active(made)
        grants.paid(made, 50_000)
    client = signed_in(app, officer)
    db_session.commit()
    with recorded(db.engine) as statements:
        page = client.get("/grants")
    assert len(statements) <= QUERY_BUDGET
    assert "4件" in page.text
    assert "720,000円" in page.text
    assert (
        "合計（1件）" in client.get("/grants?status=requested").text
        or "条件に合うものはありません" in client.get("/grants?status=requested").text
    )


def test_each_reader_reads_who_asks_for_the_advance(app: Flask, db_session: Session):
    made = grants.team()
    here = f"/grants/{grants.active(made).id}"
    chair, treasurer = signed_in(app, made.chair), signed_in(app, made.treasurer)
    assert "概算払（前払い）は、会計が請求します" in chair.get(here).text
    page = treasurer.get(here)
    assert "会計が請求します" not in page.text and page.has_link("領収書を登録する")
    assert not chair.get(here).has_link("領収書を登録する")


def test_the_advance_shows_why_the_last_request_came_back(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.requested(made, 50_000)
    payments.return_request(request=request, reason="使いみちをくわしく", by=made.officer)
    treasurer = signed_in(app, made.treasurer)
    page = treasurer.get(f"/grants/{grant.id}/advance")
    assert "前の請求（第1回）は差し戻されました" in page.text and "使いみちをくわしく" in page.text
    grants.requested(made, 40_000)
    assert "差し戻されました" not in treasurer.get(f"/grants/{grant.id}/advance").text


def test_what_was_to_be_applied_for_is_not_done_at_once(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    chair = signed_in(app, made.chair)
    over = {"lines-0-budget_yen": "57000", "lines-1-budget_yen": "39000", "reason": "参加者が増えた"}
    page = chair.submit(chair.get(f"/grants/{grant.id}/change"), "この内容で届け出る", over)
    assert "動かす額は21,000円、届け出るだけで動かせるのは7,200円まで" in page.text
    free = {"lines-0-budget_yen": "37000", "lines-1-budget_yen": "59000"}
    page = chair.submit(page, "変更の承認を申請する", free)
    assert "承認が要りません" in page.text and grant.changes == [], (
        "the sender thought that nothing changes yet"
    )
    chair.submit(page, "この内容で届け出る")
    assert grant.changes[0].approved is True


def test_a_change_adds_up_says_what_needs_approval_and_then_waits(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    here = f"/grants/{grant.id}"
    chair, treasurer = signed_in(app, made.chair), signed_in(app, made.treasurer)
    page = chair.get(f"{here}/change")
    assert "市の承認が要る変更" in page.text and "場所使用料 7,200円" in page.text
    more = {"lines-0-budget_yen": "57000", "reason": "参加者が増えた"}
    page = chair.submit(page, "この内容で届け出る", more)
    assert "いまの予算より21,000円多すぎます" in page.text
    page = chair.submit(page, "この内容で届け出る", {"lines-1-budget_yen": "39000"})
    assert "この変更は、市の承認が要ります" in page.text and page.all("div", id="knows-error")
    assert grant.status is Status.ACTIVE and grant.changes == []
    page = chair.submit(page, "変更の承認を申請する", {"knows": "y"})
    assert "承認されるまで、予算はいまのままです" in page.text
    for reader in (chair, treasurer):
        assert "変更の申請の回答を待っています" in reader.get(here).text
    assert "変更の申請の回答を待っています" not in signed_in(app, made.officer).get(here).text


def test_somebody_elses_grant_is_not_found(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    stranger = signed_in(app, cast.person(Role.CHAIR, of=cast.committee("別")))
    for path in ("", "/advance", "/change", "/receipts"):
        stranger.get(f"/grants/{grant.id}{path}", status=404)
    stranger.get(f"/grants/letters/{grant.letters[0].id}", status=404)
    assert "まだありません" in stranger.get("/grants").text


def test_every_look_at_a_letter_is_logged(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    chair = signed_in(app, made.chair)
    chair.download(f"/grants/letters/{grant.letters[0].id}")
    looks = db.session.scalars(sa.select(PersonalDataView.endpoint)).all()
    assert looks.count("grants.letter") == 1


def test_a_role_without_the_act_is_refused(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    signed_in(app, made.officer).get(f"/grants/{grant.id}/decide", status=403)
    signed_in(app, made.chair).get(f"/grants/{grant.id}/decide", status=403)
    assert not signed_in(app, made.officer).get(f"/grants/{grant.id}").has_link("承認する")


@pytest.mark.parametrize(
    ("role", "path", "button", "state"),
    [
        (Role.APPROVER, "/grants/{grant}/decide", "承認する", "交付決定（施行待ち）"),
        (Role.OFFICER, "/grants/{grant}/issue", "施行する", "実施中"),
        (Role.OFFICER, "/grants/payments/{request}/draft-order", "支出命令を起案する", "支出命令の決裁中"),
        (Role.APPROVER, "/grants/payments/{request}/order", "支出を命令する", "支出命令"),
        (Role.CASHIER, "/grants/payments/{request}/pay", "支払済にする", "支払済"),
    ],
)
def test_of_two_who_press_the_same_button_the_later_gets_409_with_the_present_state(
    app: Flask, db_session: Session, role: Role, path: str, button: str, state: str
):
    made = grants.team()
    if button == "承認する":
        grants.deciding(made)
    elif button == "施行する":
        grants.awarded(made)
    else:
        grants.active(made)
    request_id = 0
    if "request" in path:
        request = (grants.ordered if role is Role.CASHIER else grants.requested)(made, 50_000)
        if role is Role.APPROVER:
            payments.draft_order(request=request, by=made.officer)
        request_id = request.id
    address = path.format(grant=made.grant.id, request=request_id)
    first, second = (signed_in(app, cast.person(role)) for _ in range(2))
    mine, theirs = first.get(address), second.get(address)
    first.submit(mine, button)
    page = second.submit(theirs, button, status=409)
    assert state in page.text


def test_opening_an_act_that_is_past_leads_back_to_the_grant(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    page = signed_in(app, made.officer).get(f"/grants/{grant.id}/review")
    assert page.url == f"/grants/{grant.id}"
    assert "その操作はありません" in page.text


def test_a_change_and_its_decision_on_the_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    chair, approver = signed_in(app, made.chair), signed_in(app, made.approver)
    page = chair.click(chair.get(f"/grants/{grant.id}"), "変更を申請する")
    moved = {"lines-0-budget_yen": "66,000", "lines-2-budget_yen": "54,000", "reason": "会場を大きくする"}
    page = chair.submit(page, "この内容で届け出る", moved)
    chair.submit(page, "変更の承認を申請する", {"knows": "y"})
    page = approver.click(approver.get(f"/grants/{grant.id}"), "変更の申請を決裁する")
    page = approver.submit(page, "決定する", decision="refuse")
    assert "理由を入力してください" in page.text
    page = approver.submit(page, "決定する", decision="approve", reason="")
    assert "実施中" in page.text
    officer = signed_in(app, made.officer)
    page = officer.submit(
        officer.click(officer.get(f"/grants/{grant.id}"), "変更承認通知書を施行する"), "施行する"
    )
    assert page.has_link("変更承認通知書 第2号")


def test_who_sent_a_claim_or_a_change_withdraws_it_on_a_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.requested(made, 50_000)
    db_session.commit()
    here = f"/grants/{grant.id}"
    treasurer, chair = signed_in(app, made.treasurer), signed_in(app, made.chair)
    page = treasurer.submit(treasurer.click(treasurer.get(here), "取り下げる（第1回）"), "取り下げる")
    assert "概算払の請求を取り下げました。" in page.text and page.has_link("概算払を請求する")
    moved = {
        "lines-0-budget_yen": "66,000",
        "lines-2-budget_yen": "54,000",
        "reason": "広い部屋",
    }
    page = chair.submit(chair.get(f"{here}/change"), "この内容で届け出る", moved)
    chair.submit(page, "変更の承認を申請する", {"knows": "y"})
    page = chair.submit(chair.click(chair.get(here), "変更の申請を取り下げる"), "取り下げる")
    assert "予算は変わっていません" in page.text and "実施中" in page.text


def test_a_refused_change_gets_its_letter_on_the_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    moved = {line.id: line.awarded_yen for line in grant.lines}
    moved[grant.lines[0].id] += 20_000
    moved[grant.lines[1].id] -= 20_000
    changes.request_change(grant=grant, budgets=moved, reason="広い部屋", by=made.chair)
    changes.decide_change(grant=grant, approve=False, reason="必要が認められない", by=made.approver)
    officer = signed_in(app, made.officer)
    page = officer.click(officer.get(f"/grants/{grant.id}"), "変更不承認通知書を施行する")
    assert "必要が認められない" in page.text
    page = officer.submit(page, "施行する")
    assert page.has_link("変更不承認通知書 第2号")


def test_other_acts_have_their_pages(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    chair, officer, approver = (signed_in(app, one) for one in (made.chair, made.officer, made.approver))
    page = officer.click(officer.get(f"/grants/{grant.id}"), "不交付を起案する")
    officer.submit(page, "起案して決裁に回す", reason="他の補助金と重なる")
    page = approver.get(f"/grants/{grant.id}/decide")
    assert "他の補助金と重なる" in page.text
    page = approver.submit(approver.click(page, "差し戻す"), "差し戻す", reason="")
    assert "理由を入力してください" in page.text
    approver.submit(page, "差し戻す", reason="交付を検討する")
    chair.submit(chair.click(chair.get(f"/grants/{grant.id}"), "申請を取り下げる"), "取り下げる")
    db_session.expire_all()
    assert made.grant.status is Status.WITHDRAWN


def test_cancelling_and_discontinuing_through_the_pages(app: Flask, db_session: Session):
    made, other = grants.team(), grants.team()
    grants.active(made)
    grants.active(other)
    grants.paid(made, 80_000)
    grants.spent(made, 36_480, line=2)
    db_session.commit()
    approver, chair = signed_in(app, made.approver), signed_in(app, other.chair)
    officer = signed_in(app, made.officer)
    page = officer.click(officer.get(f"/grants/{made.grant.id}"), "取消しを起案する")
    page = officer.submit(page, "起案して決裁に回す", kept_yen="90,000", reason="目的外の使用")
    assert "残せる額は36,000円まで" in page.text
    officer.submit(page, "起案して決裁に回す", kept_yen="10,000")
    page = approver.click(approver.get(f"/grants/{made.grant.id}"), "取消しの起案を差し戻す")
    assert "目的外の使用" in page.text
    assert "全部にする" in approver.submit(page, "差し戻す", reason="全部にする").text
    page = officer.click(officer.get(f"/grants/{made.grant.id}"), "取消しを起案する")
    officer.submit(page, "起案して決裁に回す", kept_yen="0", reason="目的外の使用")
    page = approver.click(approver.get(f"/grants/{made.grant.id}"), "取消しを決裁する")
    assert "80,000円" in page.text and made.officer.name in page.text
    assert "取消し" in approver.submit(page, "取り消す").text
    page = officer.click(officer.get(f"/grants/{made.grant.id}"), "交付決定取消通知書を施行する")
    assert "目的外の使用" in page.text and "80,000円" in page.text
    page = officer.submit(page, "施行する")
    assert page.has_link("返還命令を起案する") and "交付決定取消通知書 第3号" in page.text
    page = chair.click(chair.get(f"/grants/{other.grant.id}"), "事業を中止・廃止する")
    assert "中止・廃止" in chair.submit(page, "中止・廃止を届け出る", reason="担い手がいない").text


def test_a_request_is_returned_with_its_reason(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.requested(made, 50_000)
    officer = signed_in(app, made.officer)
    page = officer.click(officer.get(f"/grants/{grant.id}"), "差し戻す")
    page = officer.submit(page, "差し戻す", reason="使いみちをくわしく")
    assert "使いみちをくわしく" in page.text
    steps = [" ".join("".join(item.itertext()).split()) for item in page.all("li")]
    shown = [one for one in steps if made.officer.name in one and "使いみちをくわしく" in one]
    assert len(shown) == 2, "beside the request and in the history"


def test_a_transfer_that_did_not_leave_goes_back_by_the_cashier(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 50_000)
    cashier = signed_in(app, made.cashier)
    page = cashier.get(f"/grants/payments/{request.id}/pay")
    page = cashier.click(page, "支払えないことを記録する")
    assert "理由を入力してください" in cashier.submit(page, "支払えないことを記録する", reason="").text
    page = cashier.submit(page, "支払えないことを記録する", reason="口座番号の誤り")
    assert "口座番号の誤り" in page.text
    page = signed_in(app, made.chair).get(f"/grants/{made.grant.id}/discontinue")
    assert "中止・廃止を届け出る" in page.text


def test_an_inspected_report_goes_back_from_the_grants_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 50_000, line=2)
    grants.inspected(made)
    officer = signed_in(app, made.officer)
    page = officer.click(officer.get(f"/grants/{grant.id}"), "実績報告を差し戻す")
    page = officer.submit(page, "差し戻す", reason="領収書1の宛名を確かめてください")
    assert "報告差戻し" in page.text


def test_closing_says_what_the_committee_bears_itself(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 60_000)
    grants.spent(made, 60_986, line=2)
    grants.determined(made)
    officer = signed_in(app, made.officer)
    page = officer.click(officer.get(f"/grants/{grant.id}"), "完結する")
    assert "986円" in page.text
    officer.submit(page, "完結する")
    assert "自己負担" in signed_in(app, made.treasurer).get(f"/grants/{grant.id}/books").text


def test_at_a_weekend_the_letter_asks_for_its_day(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    db_session.commit()
    with time_machine.travel(dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)):
        officer = signed_in(app, made.officer)
        page = officer.get(f"/grants/{grant.id}/issue")
        assert "次の開庁日" in page.text
        page = officer.submit(page, "施行する", {"issued_on-day": "27"})
        assert "次の開庁日" in page.text and grant.letters == []
        officer.submit(page, "施行する", {"issued_on-day": "30"})
    db_session.expire_all()
    assert [letter.issued_on for letter in grant.letters] == [dt.date(2026, 11, 30)]
    grants.awarded(other := grants.team())
    db_session.commit()
    assert "施行日）" not in signed_in(app, made.officer).get(f"/grants/{other.grant.id}/issue").text


def test_after_the_year_a_pending_change_can_only_be_refused(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    moved = dict(zip([line.id for line in grant.lines], (56_000, 40_000, 84_000, 20_000), strict=True))
    changes.request_change(grant=grant, budgets=moved, reason="広い部屋", by=made.chair)
    db_session.commit()
    with time_machine.travel(dt.datetime(2027, 4, 1, 3, tzinfo=dt.UTC)):
        approver = signed_in(app, made.approver)
        page = approver.get(f"/grants/{grant.id}/decide-change")
        assert "年度が終わったため、承認はできません" in page.text
        page = approver.submit(page, "決定する", decision="approve")
        assert "変更は承認できません" in page.text
        approver.submit(page, "決定する", decision="refuse", reason="年度が終わったため")
    db_session.expire_all()
    assert grant.status is Status.ACTIVE


def test_the_balance_is_paid_through_the_pages(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 50_000)
    grants.spent(made, 80_000, line=2)
    grants.determined(made)
    officer, cashier = signed_in(app, made.officer), signed_in(app, made.cashier)
    here = f"/grants/{grant.id}"
    officer.submit(officer.click(officer.get(here), "精算払の手続きを始める"), "支出命令を起案する")
    approver = signed_in(app, made.approver)
    approver.submit(approver.click(approver.get(here), "支出命令を決裁する"), "支出を命令する")
    cashier.submit(cashier.click(cashier.get(here), "支払を記録する"), "支払済にする")
    db_session.expire_all()
    assert made.grant.status is Status.BALANCE_PAID


DRAFT = "起案して決裁に回す"


def test_the_years_settings_are_drafted_approved_and_then_stand(app: Flask, db_session: Session):
    officer, approver = (signed_in(app, cast.person(role)) for role in (Role.OFFICER, Role.APPROVER))
    page = officer.get("/grants/settings/edit")
    page = officer.submit(page, DRAFT, rate_numerator="0", document_prefix="見本共")
    assert "補助率は" in page.text
    page = officer.submit(page, DRAFT, rate_numerator="9", rate_denominator="10")
    assert "決裁を待っている起案" in page.text and "まだ保存されていません" in page.text
    page = approver.click(approver.get("/grants/settings"), "制度設定を決裁する")
    assert "見本共" in page.text
    page = approver.submit(page, "起案を差し戻す")
    assert "理由を入力してください" in page.text
    page = approver.submit(page, "起案を差し戻す", reason="補助率は10分の10です。")
    assert "補助率は10分の10です。" in officer.get("/grants/settings").text
    page = officer.submit(officer.get("/grants/settings/edit"), DRAFT, document_prefix="見本共")
    page = approver.submit(approver.click(approver.get("/grants/settings"), "制度設定を決裁する"), "決裁する")
    assert "いまから有効です" in page.text and "決裁を待っている起案" not in page.text
    grants.active(grants.team())
    assert not officer.get("/grants/settings").has_link("制度設定の変更を起案する")
    approver.get("/grants/settings/edit", status=403)


def test_the_terms_are_read_by_all_whose_money_they_decide_on(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    for person in (made.officer, made.cashier, made.treasurer, cast.person(Role.EXTERNAL_AUDITOR)):
        page = signed_in(app, person).get("/grants/settings")
        assert "1,000円" in page.text and not page.has_link("制度設定を決裁する")
        inside = person is not made.treasurer
        assert bool(page.all("li", class_="mt-timeline__item")) is inside
    assert "まだ保存されていません" in signed_in(app, made.officer).get("/grants/settings?year=2010").text


def test_the_draft_of_the_letter_is_for_those_who_decide(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    assert signed_in(app, made.approver).download(f"/grants/{grant.id}/draft-letter").data.startswith(b"%PDF")
    signed_in(app, made.chair).download(f"/grants/{grant.id}/draft-letter", status=403)


def test_an_auditor_reads_everything_and_does_nothing(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 50_000)
    auditor = signed_in(app, cast.person(Role.EXTERNAL_AUDITOR))
    page = auditor.get(f"/grants/{grant.id}")
    assert grant.version.sha256 in page.text
    assert "できること" not in page.text
    assert auditor.download(page.link("交付決定通知書")).mimetype == "application/pdf"


def test_english_pages_are_english(app: Flask, db_session: Session):
    """The letter stays Japanese whatever language the official reads in."""
    made = grants.team()
    grant = grants.awarded(made)
    officer = signed_in(app, made.officer)
    officer.http.set_cookie("language", "en")
    token = officer.http.get(f"/grants/{grant.id}/issue").get_data(as_text=True)
    assert token
    letters.issue(grant=grant, by=made.officer)
    assert grant.letters[0].file.original_name == "交付決定通知書_1.pdf"
    assert grant.letters[0].issued_on <= dt.date.today() + dt.timedelta(days=1)
    assert db_session.scalar(sa.text("SELECT count(*) FROM letter")) == 1


def test_a_wrong_record_of_a_payment_is_corrected_by_the_cashier(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 50_000)
    db_session.commit()
    officer, cashier = signed_in(app, made.officer), signed_in(app, made.cashier)
    assert not officer.get(f"/grants/{grant.id}").has_link("支払の記録を訂正する（第1回）")
    page = cashier.click(cashier.get(f"/grants/{grant.id}"), "支払の記録を訂正する（第1回）")
    page = cashier.submit(page, "この記録を取り消して、記録し直す", reason="")
    assert "理由を入力してください" in page.text
    page = cashier.submit(page, "この記録を取り消して、記録し直す", reason="支払番号の誤り")
    assert "正しい支払日と支払番号を記録してください" in page.text
    again = grant.payment_requests[-1]
    assert page.url == f"/grants/payments/{again.id}/pay"
    page = cashier.get(f"/grants/{grant.id}")
    assert page.has_link("支払を記録する（第2回）") and "支払番号の誤り" in page.text
    assert "いま「取消」です" in cashier.get(f"/grants/payments/{request.id}/reverse").text


def test_the_settings_of_a_year_tell_who_drafted_and_approved_what(app: Flask, db_session: Session):
    officer = signed_in(app, cast.person(Role.OFFICER, name="見本 担当"))
    approver = signed_in(app, cast.person(Role.APPROVER, name="見本 課長"))
    page = officer.get("/grants/settings/edit")
    for days in ("２５", "20"):
        officer.submit(page, DRAFT, document_prefix="見本共", processing_days=days)
        approver.submit(approver.click(approver.get("/grants/settings"), "制度設定を決裁する"), "決裁する")
        page = officer.click(officer.get("/grants/settings"), "制度設定の変更を起案する")
    page = officer.submit(page, DRAFT, processing_days="0")
    assert "1から366まで" in page.text
    page = officer.get("/grants/settings")
    shown = [
        " ".join("".join(item.itertext()).split()) for item in page.all("li", class_="mt-timeline__item")
    ]
    assert len(shown) == 4
    assert "25日間 → 20日間" in shown[0] and "見本 課長" in shown[0] and "見本 担当" in shown[1]
    assert "見本共" not in shown[0], "only what changed"
    assert all(words in shown[2] for words in ("見本 課長", "見本共", "25日", "1,000円"))


def test_of_a_settled_year_only_the_citys_deadlines_are_changed(app: Flask, db_session: Session):
    made = grants.team()
    officer, approver = signed_in(app, made.officer), signed_in(app, made.approver)
    early = officer.get("/grants/settings/edit")
    grants.applied(made)
    officer.submit(early, DRAFT, unit_yen="500", processing_days="60", status=409)
    page = approver.get("/grants/settings/deadlines")
    assert "市の仕事の期限と催促の日だけです" in page.text
    page = approver.submit(page, "期限と催促の日を保存する", processing_days="")
    assert "）を入力してください" in page.text and "保存しました" not in page.text
    page = approver.submit(page, "期限と催促の日を保存する", processing_days="60")
    db_session.expire_all()
    setting = made.grant.setting
    assert setting is not None
    assert (setting.processing_days, setting.unit_yen) == (60, 1_000)


def strip(page: Page) -> list[str]:
    """決定額・支払済・支出済・残額 as the page shows them."""
    return [" ".join("".join(item.itertext()).split()) for item in page.all("dd")][:4]


@pytest.mark.parametrize("path", ["", "/receipts", "/receipts/new", "/books", "/report", "/advance"])
def test_the_money_is_in_sight_on_every_page_of_a_grant(app: Flask, db_session: Session, path: str):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 12_345)
    page = signed_in(app, made.treasurer).get(f"/grants/{made.grant.id}{path}")
    assert strip(page) == ["180,000円", "90,000円", "12,345円", "167,655円"]


def test_an_unpublished_refusal_looks_like_an_application_under_review(app: Flask, db_session: Session):
    """To the committee; the city sees that nothing is left to decide."""
    reviewed, refused = grants.team(), grants.team()
    grants.reviewing(reviewed)
    grants.reviewing(refused)
    awards.draft_refusal(grant=refused.grant, reason="予算がない", by=refused.officer)
    awards.approve_decision(grant=refused.grant, by=refused.approver)
    seen = []
    for made in (reviewed, refused):
        client = signed_in(app, made.chair)
        row = client.get("/grants").rows()[1]
        seen.append((strip(client.get(f"/grants/{made.grant.id}")), row[1], row[3:]))
    assert seen[0] == seen[1]
    assert strip(signed_in(app, refused.officer).get(f"/grants/{refused.grant.id}"))[3] == "—"


def test_nothing_is_left_to_use_once_the_amount_is_fixed(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    page = f"/grants/{made.grant.id}"
    assert strip(signed_in(app, made.treasurer).get(page))[3] == "40,000円", "to be refunded"
    grants.refund_due(made)
    refunds.record_refund(grant=made.grant, received_on=clock.today(), by=made.cashier)
    assert strip(signed_in(app, made.treasurer).get(page))[3] == "—"


def test_a_plan_leads_on_to_its_grant(app: Flask, db_session: Session):
    made = grants.team()
    chair = signed_in(app, made.chair)
    assert chair.get(f"/plans/{made.plan.id}").has_link("交付申請に進む")
    grants.applied(made)
    page = chair.get(f"/plans/{made.plan.id}")
    assert not page.has_link("交付申請に進む")
    assert chair.click(page, "補助金のページを見る").url == f"/grants/{made.grant.id}"


def test_the_meetings_conditions_are_in_sight_where_money_is_decided_ordered_and_paid(
    app: Flask, db_session: Session
):
    conditions = "毎月1回は夜に開くこと。"
    made = grants.team(conditions=conditions)
    grant = grants.deciding(made)
    db_session.commit()
    officer, approver, cashier = (signed_in(app, one) for one in (made.officer, made.approver, made.cashier))
    assert conditions in approver.get(f"/grants/{grant.id}/decide").text
    awards.approve_decision(grant=grant, by=made.approver)
    letters.issue(grant=grant, by=made.officer)
    request = grants.requested(made, 50_000)
    here = f"/grants/payments/{request.id}"
    assert conditions in officer.get(f"{here}/draft-order").text
    payments.draft_order(request=request, by=made.officer)
    assert conditions in approver.get(f"{here}/order").text
    payments.order_payment(request=request, by=made.approver)
    assert conditions in cashier.get(f"{here}/pay").text
    assert conditions in signed_in(app, made.treasurer).get(f"/grants/{grant.id}").text
