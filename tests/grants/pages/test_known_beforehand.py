"""What a page of an act says before somebody presses: that the year is over, until when, and what else rests on it."""

import datetime as dt

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.drafted import last_waiting
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.services import corrections, payments
from stations.grants.reports.services import inspections
from stations.grants.settings import queries as settings
from stations.grants.settlement.services import determinations, recoveries, refunds
from tests.grants import active_grant
from tests.grants import cast as grants
from tests.grants.pages.test_deciding_views import as_, facts
from tests.support.html_page import text_of

YEAR = 2026
APRIL = dt.datetime(2027, 4, 1, 3, tzinfo=dt.UTC)
JUNE = dt.datetime(2027, 6, 1, 3, tzinfo=dt.UTC)


def test_an_advance_that_can_no_longer_be_ordered_offers_no_order(app: Flask, db_session: Session):
    asked, drafted, ordered = (grants.team(year=YEAR) for _ in range(3))
    for made in (asked, drafted, ordered):
        grants.active(made)
    waits, draft = grants.requested(asked, 50_000), grants.requested(drafted, 50_000)
    payments.draft_order(request=draft, by=drafted.officer)
    sent = grants.ordered(ordered, 50_000)
    pages = (
        (asked.officer, f"/grants/payments/{waits.id}/draft-order", "支出命令を起案する", "請求を差し戻す"),
        (drafted.approver, f"/grants/payments/{draft.id}/order", "支出を命令する", "起案を差し戻す"),
    )
    for person, path, button, instead in pages:
        page = as_(app, person).get(path)
        assert page.all("button", text=button) and "出納整理期間" not in page.text
        with time_machine.travel(JUNE):
            page = as_(app, person).get(path)
            assert not page.all("button", text=button)
            assert "出納整理期間" in page.text and instead in page.text
    with time_machine.travel(JUNE):
        page = as_(app, ordered.cashier).get(f"/grants/payments/{sent.id}/pay")
        assert "令和9年5月31日（月）までの日" in page.text


def test_a_grant_that_the_year_left_undecided_says_so(app: Flask, db_session: Session):
    reviewing, deciding, awarded = (grants.team(year=YEAR) for _ in range(3))
    grants.reviewing(reviewing)
    grants.deciding(deciding)
    grants.awarded(awarded)
    said = "年度が終わったため、交付は決定できません"
    officer = as_(app, reviewing.officer)
    assert said not in officer.get(f"/grants/{reviewing.grant.id}").text
    with time_machine.travel(APRIL):
        for made in (reviewing, deciding):
            assert said in as_(app, made.officer).get(f"/grants/{made.grant.id}").text
            assert said not in as_(app, made.chair).get(f"/grants/{made.grant.id}").text
        page = as_(app, reviewing.officer).get(f"/grants/{reviewing.grant.id}/award")
        assert "年度が終わったため" in page.text and "いまの状態（審査）" not in page.text
        page = as_(app, awarded.officer).get(f"/grants/{awarded.grant.id}/issue")
        assert facts(page)["番号と日付の年度"].startswith("令和9年度（2027年度）")
        assert "制度設定がまだ" in facts(page)["番号と日付の年度"]
        grants.settings(YEAR + 1, by=awarded.approver)
        page = as_(app, awarded.officer).get(f"/grants/{awarded.grant.id}/issue")
        assert facts(page)["番号と日付の年度"] == "令和9年度（2027年度）"


def closed(made: grants.Team) -> Grant:
    grant = grants.active(made)
    grants.paid(made, 60_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    determinations.close(grant=grant, by=made.officer)
    return grant


def test_a_finding_says_until_when_it_will_be_paid_and_leads_to_the_receipts(app: Flask, db_session: Session):
    made = grants.team()
    grant = closed(made)
    due = clock.open_day(clock.open_day(clock.today()) + dt.timedelta(days=20))
    officer, receipts = as_(app, made.officer), f"/grants/{grant.id}/receipts"
    assert officer.get(f"/grants/{grant.id}/recovery").link("領収書を見る") == receipts
    found = recoveries.draft(grant=grant, disallowed_yen=12_000, reason="架空", by=made.officer)
    path = f"/grants/recoveries/{found.id}"
    page = as_(app, made.approver).get(f"{path}/approve")
    assert page.link("領収書を見る") == receipts
    assert f"{due:%-d}日" in facts(page)["納期限（今日施行するとき）"]
    assert not officer.get(f"/grants/{grant.id}").has_link("完結後の返還を起案する")  # one at a time
    recoveries.approve(recovery=found, by=made.approver)
    assert f"{due:%-d}日" in facts(officer.get(f"{path}/issue"))["納期限（今日施行するとき）"]


def test_a_refund_is_decided_with_its_deadline_its_reason_and_a_way_back(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 60_000)
    grants.cancelled(made, reason="目的と違う使い方", kept_yen=0)
    letters.issue_cancellation(grant=made.grant, by=made.officer)
    refunds.draft_refund(grant=made.grant, by=made.officer)
    page = as_(app, made.approver).get(f"/grants/{made.grant.id}/refund-order")
    assert facts(page)["取消しの理由"] == "目的と違う使い方"
    assert "納期限（今日施行するとき）" in facts(page)
    assert page.link("起案を差し戻す") == f"/grants/{made.grant.id}/refund-order/return"


def test_the_amount_is_fixed_beside_what_does_not_count_and_why(app: Flask, db_session: Session):
    made = active_grant.team()
    receipt = active_grant.enter(made, 60_000)
    active_grant.reported(made)
    inspections.disallow(
        receipt=receipt, line_id=made.food, amount_yen=480, reason="個人の飲み物", by=made.officer
    )
    inspections.inspect(grant=made.grant, by=made.officer)
    page = as_(app, made.officer).get(f"/grants/{made.grant.id}/determination")
    assert "480円：個人の飲み物" in facts(page)[f"領収書{receipt.number}の対象外"]


def test_a_payment_that_was_repeated_says_of_which_and_why(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 50_000)
    corrections.fail_payment(
        request=request, returned_on=clock.today(), reason="口座の名義が違った", by=made.cashier
    )
    page = as_(app, made.officer).get(f"/grants/{grant.id}")
    row = next(row for row in page.all("tr") if "振込不能（組戻し）" in text_of(row))
    assert "口座の名義が違った" in text_of(row)
    assert "第1回をやり直すものです" in page.text


def test_settings_of_a_new_year_stand_beside_those_of_the_last(app: Flask, db_session: Session):
    made = grants.team(year=YEAR)
    officer = as_(app, made.officer)
    officer.submit(
        officer.get(f"/grants/settings/edit?year={YEAR + 1}"), "起案して決裁に回す", cap_yen="123,000"
    )
    draft = last_waiting(settings.settings_drafts(YEAR + 1))
    assert draft is not None
    page = as_(app, made.approver).get(f"/grants/settings/drafts/{draft.id}")
    rows = {row[0]: row for row in page.rows()}
    changed = rows["1件の上限額"][2]
    assert "123,000円" in changed and "変わる" in changed
    assert "変わる" not in rows["端数処理の単位"][2]
    assert "令和8年度（2026年度）の設定" in page.text
