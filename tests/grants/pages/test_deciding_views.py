"""What those who decide, pay and audit must see on the pages of a grant."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.grants.awards.services import awards, cancellations
from stations.grants.letters.services import letters
from stations.grants.payments.services import payments
from stations.grants.reports.services import inspections
from stations.grants.reports.services import reports as report_services
from stations.grants.settlement.services import determinations, refunds
from tests.grants import active_grant
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import Page, PageClient

ON_EVERY_ACT = ("居場所づくりステーション", "見本の居場所")


def as_(app: Flask, person: object) -> PageClient:
    client = PageClient(app)
    client.sign_in(person)  # type: ignore[arg-type]  # a Person
    return client


def filled(page: Page, field: str) -> dict[str, object]:
    """What stands in the boxes of the form that has ``field``."""
    return dict(page.form_with(field=field).filled({}, None))


def facts(page: Page) -> dict[str, str]:
    """What stands in the lists of the page: name → value; the first of a name."""
    found: dict[str, str] = {}
    for row in page.all("div"):
        children = list(row)
        if [child.tag.rpartition("}")[2] for child in children[:2]] == ["dt", "dd"]:
            key, value = (" ".join("".join(child.itertext()).split()) for child in children[:2])
            found.setdefault(key, value)
    return found


def test_a_draft_that_came_back_is_filled_in_again_with_why(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    budgets = {line.id: line.planned_yen for line in grant.lines}
    first = grant.lines[0].id
    budgets[first] -= 1_000
    awards.draft_award(
        grant=grant, awarded_yen=150_000, conditions="毎月開くこと。", budgets=budgets, by=made.officer
    )
    awards.send_back(grant=grant, reason="条件を書き足してください", by=made.approver)
    officer = as_(app, made.officer)
    page = officer.get(f"/grants/{grant.id}/award")
    assert "条件を書き足してください" in page.text
    form = filled(page, "awarded_yen")
    assert form["awarded_yen"] == "150,000"
    assert form["conditions"] == "毎月開くこと。"
    assert form["lines-0-budget_yen"] == f"{budgets[first]:,}"
    assert "条件を書き足してください" in officer.get(f"/grants/{grant.id}").text
    assert "条件を書き足してください" in officer.get(f"/grants/{grant.id}/refusal").text
    committee = as_(app, made.chair).get(f"/grants/{grant.id}")
    assert "条件を書き足してください" not in committee.text


def test_lines_that_followed_the_amount_stay_free_to_follow(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made, 150_000)
    awards.send_back(grant=grant, reason="額を下げてください", by=made.approver)
    page = as_(app, made.officer).get(f"/grants/{grant.id}/award")
    form = filled(page, "awarded_yen")
    assert (form["awarded_yen"], form["lines-0-budget_yen"]) == ("150,000", "")


def test_a_refusal_that_came_back_keeps_its_words(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    awards.draft_refusal(grant=grant, reason="ほかの補助金と重なる", by=made.officer)
    awards.send_back(grant=grant, reason="根拠を書いてください", by=made.approver)
    page = as_(app, made.officer).get(f"/grants/{grant.id}/refusal")
    assert filled(page, "reason")["reason"] == "ほかの補助金と重なる"


def test_a_cancellation_that_came_back_keeps_its_words(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    cancellations.draft_cancellation(grant=grant, reason="目的外の使用", kept_yen=30_000, by=made.officer)
    cancellations.return_cancellation(grant=grant, reason="根拠を書いてください", by=made.approver)
    page = as_(app, made.officer).get(f"/grants/{grant.id}/draft-cancellation")
    form = filled(page, "kept_yen")
    assert (form["kept_yen"], form["reason"]) == ("30,000", "目的外の使用")
    assert "根拠を書いてください" in page.text


def test_the_cashier_corrects_a_recorded_repayment(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refund_due(made)
    refunds.record_refund(grant=grant, received_on=clock.today(), reference="納0008", by=made.cashier)
    cashier = as_(app, made.cashier)
    page = cashier.get(f"/grants/{grant.id}")
    assert page.has_link("戻入の記録を訂正する") and "納0008" in page.text
    page = cashier.get(f"/grants/{grant.id}/refund/reverse")
    page = cashier.submit(page, reason="納入番号の誤り")
    assert page.has_link("戻入を記録する") and "納0008" not in page.text
    book = cashier.get(f"/grants/{grant.id}/books").text
    assert "納入番号の誤り" in book and "納0008" in book


def test_the_drafted_amount_is_for_officials_only(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made, 150_000)
    assert "起案額 150,000円" in as_(app, made.officer).get(f"/grants/{grant.id}").text
    assert "150,000円" not in as_(app, made.chair).get(f"/grants/{grant.id}").text


def test_who_orders_and_pays_sees_whose_money_and_what_is_left(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 60_000)
    request = grants.requested(made, 50_000)
    page = as_(app, made.officer).get(f"/grants/payments/{request.id}/draft-order")
    shown = facts(page)
    assert shown["ステーション"] == grant.station.name
    assert shown["計画"] == "見本の居場所"
    assert [
        shown[key]
        for key in ("決定額", "これまでの支払済", "今回の額", "今回の支払の後の未払額（決定額−支払）")
    ] == [
        "180,000円",
        "60,000円",
        "50,000円",
        "70,000円",
    ]
    assert shown["請求した人"] == made.treasurer.name
    assert page.has_link("請求を差し戻す")
    grants.order(made, request)
    page = as_(app, made.cashier).get(f"/grants/payments/{request.id}/pay")
    assert facts(page)["支出命令を起案した人"] == made.officer.name
    assert facts(page)["支出を命令した人"] == made.approver.name
    assert f"支出命令の日（{clock.format_era(clock.today())}（" in page.text


def test_the_cashiers_number_and_the_names_stand_by_the_payment(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.ordered(made, 60_000)
    payments.record_payment(request=request, paid_on=clock.today(), reference="振込0077", by=made.cashier)
    auditor = as_(app, cast.person(Role.EXTERNAL_AUDITOR))
    page = auditor.get(f"/grants/{grant.id}")
    assert "支払番号 振込0077" in page.text
    assert all(one.name in page.text for one in (made.treasurer, made.officer, made.cashier))
    assert not page.all("th", text="操作")
    assert "支払番号 振込0077" in auditor.get(f"/grants/{grant.id}/books").text
    assert "振込0077" in auditor.download(f"/grants/{grant.id}/books?file=csv").get_data(as_text=True)
    assert page.has_link("第1回全体会議")


def test_how_the_amount_was_fixed_is_read_on_the_grants_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 40_500, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    page = as_(app, made.approver).get(f"/grants/{grant.id}/determine")
    shown = facts(page)
    assert (shown["ステーション"], shown["実行委員会"]) == (grant.station.name, grant.committee.name)
    assert all(page.has_link(words) for words in ("領収書を見る", "出納帳を見る", "差し戻す"))
    treasurer = as_(app, made.treasurer)
    assert "額の確定の計算" not in treasurer.get(f"/grants/{grant.id}").text
    determinations.determine(grant=grant, by=made.approver)
    letters.issue_determination(grant=grant, by=made.officer)
    grants.refund_due(made)
    refunds.record_refund(grant=grant, received_on=clock.today(), reference="納0008", by=made.cashier)
    page = as_(app, cast.person(Role.EXTERNAL_AUDITOR)).get(f"/grants/{grant.id}")
    shown = facts(page)
    assert shown["対象経費（検査済の領収書の合計）"] == "40,500円"
    assert shown["差引に補助率・端数・上限を当てはめた額"] == "40,000円"
    assert shown["確定額（上の2つの小さいほう）"] == "40,000円"
    assert shown["返還済"].startswith("60,000円")
    assert "返還済" in page.text and "納入番号 納0008" in page.text
    closing = facts(as_(app, made.officer).get(f"/grants/{grant.id}/close"))
    assert (closing["概算払で支払った額"], closing["返還額"]) == ("100,000円", "60,000円")


def test_money_beyond_the_award_is_explained(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made, 100_000)
    grants.spent(made, 100_400, line=2)
    page = as_(app, made.officer).get(f"/grants/{grant.id}")
    assert "収入や自己資金で支払った分です" in page.text
    assert "予算の合計" in page.text


def test_the_history_tells_amounts_and_numbers(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 30_000)
    page = as_(app, made.officer).get(f"/grants/{grant.id}")
    for words in (
        "請求する（第1回 30,000円）",
        "支払を記録する（第1回 30,000円）",
        "交付決定通知書を施行する（第1号",
    ):
        assert words in page.text


def test_closed_grants_are_not_in_the_sum_of_what_is_left(app: Flask, db_session: Session):
    officer = cast.person(Role.OFFICER)
    made, other = grants.team(), grants.team()
    grants.active(made)
    grants.active(other)
    grants.cancelled(other, reason="目的外の使用")
    page = as_(app, officer).get("/grants")
    assert "見本の居場所" in page.text
    assert page.rows()[-1][-1] == "180,000円"


@pytest.mark.parametrize("found", [False, True])
def test_the_button_for_a_sound_receipt_throws_no_finding_away(
    app: Flask, db_session: Session, found: bool
) -> None:
    made = active_grant.team()
    receipt = active_grant.enter(made)
    active_grant.reported(made)
    if found:
        inspections.tick(receipt=receipt, ok=False, finding="宛名が読めません。", by=made.officer)
    officer = as_(app, made.officer)
    page = officer.get(f"/grants/{made.grant.id}/inspection?receipt=1")
    page = officer.submit(page, "確認した", {"finding": "金額が違います。"})
    assert page.all("div", id="finding-error")
    assert filled(page, "finding")["finding"] == "金額が違います。"
    page = officer.submit(page, "確認した", {"finding": receipt.finding})
    assert "確認済 1／1枚" in page.text


def test_a_receipt_with_a_finding_does_not_count_as_inspected(app: Flask, db_session: Session):
    made = active_grant.team()
    first = active_grant.enter(made)
    second = active_grant.enter(made, 900)
    active_grant.reported(made)
    inspections.tick(receipt=first, ok=True, by=made.officer)
    inspections.tick(receipt=second, ok=False, finding="宛名が読めません。", by=made.officer)
    page = as_(app, made.officer).get(f"/grants/{made.grant.id}")
    assert "2枚、うち検査済1枚" in page.text
    assert "指摘あり1枚" in page.text
    report_services.return_report(grant=made.grant, reason="直してください", by=made.officer)
