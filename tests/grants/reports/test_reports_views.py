"""The 実績報告 through its pages: written, audited, handed in, inspected, returned."""

import datetime as dt

import pytest
from flask import Flask

from stations.core.access import Role
from stations.core.database import db
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services import ledger
from stations.grants.reports.services import reports
from stations.grants.rules import Status
from tests.grants.active_grant import Team, enter, reported, team, written
from tests.grants.books.test_receipts_services import take_in
from tests.support import cast
from tests.support.client import PageClient
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def made() -> Team:
    return team()


def as_(person: object, app: Flask) -> PageClient:
    client = PageClient(app)
    client.sign_in(person)  # type: ignore[arg-type]  # a Person
    return client


def test_the_whole_way_of_a_report(app: Flask, made: Team) -> None:
    enter(made)
    address = f"/grants/{made.grant.id}/report"
    treasurer, auditor, chair = (as_(p, app) for p in (made.treasurer, made.auditor, made.chair))

    page = treasurer.get(address)
    assert "提出までに必要なこと" in page.text
    page = treasurer.submit(
        page,
        "保存する",
        {
            "summary": "料理の会を開いた。",
            "results": "参加者が増えた。",
            "completed_on-year": "2026",
            "completed_on-month": "11",
            "completed_on-day": "14",
        },
    )
    assert "監査の確認を受けてください" in page.text
    assert not page.has_link("提出前の確認へ進む")

    page = auditor.click(auditor.get(address), "会計の監査をする")
    [number] = [link for link in page.all("a") if link.get("aria-label") == "領収書1"]
    assert auditor.get(number.get("href") or "").heading == "領収書1"
    assert "架空商店" in page.text
    page = auditor.submit(page, "相違ないことを確認しました")
    assert made.auditor.name in page.text

    page = chair.click(chair.get(address), "提出前の確認へ進む")
    page = chair.submit(page, "この内容で提出する")
    assert "提出しました" in page.text
    db.session.expire_all()
    assert made.grant.status is Status.REPORTED
    pdf = chair.download(f"/grants/{made.grant.id}/report.pdf")
    assert pdf.data.startswith(b"%PDF") and pdf.mimetype == "application/pdf"
    page = chair.get(address)
    assert not page.all("textarea")
    assert "に提出した実績報告書（PDF）と同じ数字です" in page.text
    assert "提出した後の入金と出金は、ありません" in page.text and "額は、市の検査の後に確定" in page.text


def test_what_came_after_the_report_stands_beside_it(app: Flask, made: Team) -> None:
    enter(made)
    reported(made)
    ledger.book(
        grant=made.grant,
        postings=bookkeeping.refund(97_000),
        happened_on=dt.date(2026, 11, 20),
        description="市への返還",
        by=made.officer,
    )
    made.grant.fixed_yen, made.grant.determination_drafted_by_id = 3_000, made.officer.id
    made.grant.determined_on = dt.date(2026, 11, 19)
    db.session.commit()
    chair, auditor = as_(made.chair, app), as_(made.auditor, app)
    page = chair.get(f"/grants/{made.grant.id}/report")
    statement, _heading, since = page.text.partition("提出した後の動き")
    assert "100,000円" in statement and "市への返還" not in statement
    assert "市への返還" in since and "△97,000円" in since and "確定額" in since
    for path in ("audit", "submit"):
        text = auditor.get(f"/grants/{made.grant.id}/report/audit").text if path == "audit" else ""
        text = text or chair.get(f"/grants/{made.grant.id}/report/submit").text
        assert "に提出した実績報告書（PDF）と同じ数字です" in text


def test_an_impossible_day_is_said_beside_it_and_the_text_stays(app: Flask, made: Team) -> None:
    chair = as_(made.chair, app)
    page = chair.submit(
        chair.get(f"/grants/{made.grant.id}/report"),
        "保存する",
        {
            "summary": "まだ途中",
            "completed_on-year": "2025",
            "completed_on-month": "1",
            "completed_on-day": "5",
        },
    )
    assert page.all("div", id="completed_on-error")
    assert page.one("textarea", name="summary").text == "まだ途中"


def test_saving_half_a_report_is_fine(app: Flask, made: Team) -> None:
    chair = as_(made.chair, app)
    page = chair.submit(chair.get(f"/grants/{made.grant.id}/report"), "保存する", {"summary": "まだ途中"})
    assert "保存しました" in page.text


def test_two_who_write_one_report_both_keep_their_words(app: Flask, made: Team) -> None:
    address = f"/grants/{made.grant.id}/report"
    chair, treasurer = as_(made.chair, app), as_(made.treasurer, app)
    first, second = chair.get(address), treasurer.get(address)
    chair.submit(first, "保存する", {"summary": "料理の会を10回開いた。"})
    page = treasurer.submit(second, "保存する", {"results": "参加者が増えた。"})
    assert f"{made.chair.name}さんが先に保存しました" in page.text and "料理の会を10回開いた。" in page.text
    assert page.one("textarea", name="results").text == "参加者が増えた。"
    db.session.expire_all()
    assert (made.grant.report_summary, made.grant.report_results) == ("料理の会を10回開いた。", "")
    page = treasurer.submit(page, "保存する", {"summary": "料理の会を10回開いた。"})
    assert "保存しました" in page.text and "先に保存" not in page.text
    db.session.expire_all()
    assert (made.grant.report_summary, made.grant.report_results) == (
        "料理の会を10回開いた。",
        "参加者が増えた。",
    )


def test_who_kept_the_books_reads_so_instead_of_offered_the_audit(app: Flask, made: Team) -> None:
    from stations.core.access import Role
    from tests.support import cast

    cast.give(made.treasurer, Role.COMMITTEE_AUDITOR, of=made.grant.committee)
    enter(made)
    written(made)
    page = as_(made.treasurer, app).get(f"/grants/{made.grant.id}/report/audit")
    assert "ご自分で記録した会計の監査はできません" in page.text


def test_nobody_else_writes_audits_or_hands_in(app: Flask, made: Team) -> None:
    written(made)
    grant_id = made.grant.id
    officer, other = as_(made.officer, app), as_(team("別").chair, app)
    page = officer.get(f"/grants/{grant_id}/report")
    assert not page.all("textarea")
    officer.post(f"/grants/{grant_id}/report", token_from=page, summary="x", status=403)
    other.get(f"/grants/{grant_id}/report", status=404)
    other.download(f"/grants/{grant_id}/report.pdf", status=404)
    for person in (made.treasurer, made.auditor):
        as_(person, app).get(f"/grants/{grant_id}/report/submit", status=404)
    as_(made.chair, app).get(f"/grants/{grant_id}/report/audit", status=404)


def test_the_audit_that_was_made_tells_by_whom(app: Flask, made: Team) -> None:
    enter(made)
    reported(made)
    page = as_(made.auditor, app).get(f"/grants/{made.grant.id}/report/audit")
    assert f"{made.auditor.name}さんが" in page.text


def test_two_presses_hand_in_once(app: Flask, made: Team) -> None:
    written(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    chair = as_(made.chair, app)
    page = chair.get(f"/grants/{made.grant.id}/report/submit")
    first = chair.submit(page, "この内容で提出する")
    assert chair.submit(page, "この内容で提出する").url == first.url


def test_the_officer_ticks_one_after_the_other_and_ends(app: Flask, made: Team) -> None:
    enter(made)
    enter(made, 900)
    reported(made)
    officer = as_(made.officer, app)
    page = officer.get(f"/grants/{made.grant.id}/inspection")
    assert page.all("h2", text="領収書1")
    assert not page.all("button", text="検査を終える")
    page = officer.submit(page, "確認した")
    assert page.all("h2", text="領収書2") and "確認済 1／2枚" in page.text
    page = officer.click(page, "前の領収書")
    assert page.all("h2", text="領収書1")
    page = officer.click(page, "次の領収書")
    page = officer.submit(page, "確認した")
    page = officer.submit(page, "検査を終える")
    db.session.expire_all()
    assert made.grant.status is Status.INSPECTED


def test_the_inspector_reads_what_the_treasurer_was_warned_of(app: Flask, made: Team) -> None:
    enter(made)
    enter(made)
    reported(made)
    officer = as_(made.officer, app)
    warning = "同じ日付・相手・金額の領収書が、すでにあります。"
    assert warning not in officer.get(f"/grants/{made.grant.id}/inspection?receipt=1").text
    assert warning in officer.get(f"/grants/{made.grant.id}/inspection?receipt=2").text


def test_a_finding_needs_words_and_goes_back_with_the_report(app: Flask, made: Team) -> None:
    receipt = enter(made)
    reported(made)
    officer, treasurer = as_(made.officer, app), as_(made.treasurer, app)
    page = officer.get(f"/grants/{made.grant.id}/inspection")
    page = officer.submit(page, "指摘をつける", {"finding": ""})
    assert page.all("div", id="finding-error")
    page = officer.submit(page, "指摘をつける", {"finding": "宛名が読めません。"})
    assert "指摘 1枚" in page.text
    page = officer.click(page, "差し戻す")
    assert "宛名が読めません" in page.text
    page = officer.submit(page, "差し戻す", {"reason": ""})
    assert "理由を入力してください" in page.text
    officer.submit(page, "差し戻す", {"reason": "領収書1を直してください。"})
    page = treasurer.get(f"/grants/{made.grant.id}/report")
    assert "領収書1を直してください" in page.text and "宛名が読めません" in page.text
    assert "すべてそろっています" not in page.text
    page = treasurer.get(f"/grants/receipts/{receipt.id}")
    assert "宛名が読めません" in page.text
    treasurer.submit(treasurer.click(page, "取り消す"), "取り消す", reason="撮り直す")
    page = treasurer.get(f"/grants/{made.grant.id}/report")
    assert "宛名が読めません" in page.text and "代わりの領収書" in page.text
    enter(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    page = officer.get(f"/grants/{made.grant.id}/inspection")
    assert "領収書1を直してください" in page.text and "領収書1（取消済）：宛名が読めません" in page.text


def test_a_report_for_the_first_time_tells_of_no_return(app: Flask, made: Team) -> None:
    enter(made)
    reported(made)
    page = as_(made.officer, app).get(f"/grants/{made.grant.id}/inspection")
    assert "一度差し戻した" not in page.text


def test_a_tick_after_the_return_is_a_conflict(app: Flask, made: Team) -> None:
    enter(made)
    reported(made)
    officer = as_(made.officer, app)
    page = officer.get(f"/grants/{made.grant.id}/inspection")
    reports.return_report(grant=made.grant, reason="確認", by=made.officer)
    officer.submit(page, "確認した", status=409)
    assert "検査の記録はできません" in officer.get(f"/grants/{made.grant.id}/inspection").text


def test_the_committee_never_sees_the_inspectors_page(app: Flask, made: Team) -> None:
    receipt = enter(made)
    reported(made)
    for person in (made.chair, made.treasurer):
        client = as_(person, app)
        page = client.get(f"/grants/{made.grant.id}/report")
        client.get(f"/grants/{made.grant.id}/inspection", status=404)
        client.post(f"/grants/receipts/{receipt.id}/tick", token_from=page, act="ok", status=404)


def test_the_pages_ask_few_questions_with_sixty_receipts(app: Flask, made: Team) -> None:
    for number in range(60):
        enter(made, 100 + number)
    written(made)
    auditor, officer = as_(made.auditor, app), as_(made.officer, app)
    with recorded(db.engine) as statements:
        auditor.get(f"/grants/{made.grant.id}/report/audit")
    assert len(statements) <= 15, statements
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    with recorded(db.engine) as statements:
        officer.get(f"/grants/{made.grant.id}/inspection?receipt=30")
    assert len(statements) <= 15, statements


def test_a_part_is_disallowed_and_a_finding_answered_without_returning_the_report(
    app: Flask, made: Team
) -> None:
    receipt, other = enter(made), enter(made, 900)
    reported(made)
    officer, treasurer = as_(made.officer, app), as_(made.treasurer, app)
    page = officer.get(f"/grants/{made.grant.id}/inspection?receipt=1")
    page = officer.submit(page, "対象外にする", {"amount_yen": "99,999", "reason": "酒類のため"})
    assert page.all("div", id="amount_yen-error") and "3,240円まで" in page.text
    page = officer.submit(page, "対象外にする", {"amount_yen": "240"})
    assert "対象外 240円：酒類のため" in page.text
    for path in (
        f"/grants/receipts/{receipt.id}",
        f"/grants/{made.grant.id}/receipts",
        f"/grants/{made.grant.id}/report",
    ):
        assert "対象外 240円：酒類のため" in treasurer.get(path).text
    page = officer.submit(
        officer.get(f"/grants/{made.grant.id}/inspection?receipt=2"),
        "指摘をつける",
        {"finding": "誰の分ですか。"},
    )
    page = treasurer.click(
        treasurer.get("/home"), "領収書2への指摘に答える：見本ステーション（見本の居場所）"
    )
    page = treasurer.submit(page, "この内容で答える", {"answer": ""})
    assert page.all("div", id="answer-error")
    page = treasurer.submit(page, "この内容で答える", {"answer": "参加者24人の分です。"})
    assert "参加者24人の分です。" in page.text
    page = officer.get(f"/grants/{made.grant.id}/inspection?receipt=2")
    assert "参加者24人の分です。" in page.text
    officer.submit(page, "確認した", {"finding": "誰の分ですか。"})
    page = officer.submit(officer.get(f"/grants/{made.grant.id}/inspection"), "検査を終える")
    page = officer.get(f"/grants/{made.grant.id}/determination")
    assert "△240円" in page.text and "3,900円" in page.text
    assert other.finding == ""


def test_a_disallowed_part_is_allowed_again(app: Flask, made: Team) -> None:
    enter(made)
    reported(made)
    officer = as_(made.officer, app)
    page = officer.get(f"/grants/{made.grant.id}/inspection?receipt=1")
    page = officer.submit(page, "対象外にする", {"amount_yen": "240", "reason": "酒類のため"})
    page = officer.click(page, "対象外を取り消す")
    page = officer.submit(page, "対象に戻す", {"reason": ""})
    assert page.all("div", id="reason-error")
    page = officer.submit(page, "対象に戻す", {"reason": "料理酒でした。"})
    assert "対象外 240円" not in page.text and "未確認" in page.text


def test_the_second_official_confirms_what_is_above_the_award(app: Flask, made: Team) -> None:
    for line in made.grant.lines:
        line.decided_yen = line.awarded_yen = 100_000
    enter(made, 100_001)
    take_in(made, 20_000)
    reported(made)
    second = cast.person(Role.OFFICER)
    db.session.commit()
    one, two = as_(made.officer, app), as_(second, app)
    page = one.get(f"/grants/{made.grant.id}/inspection")
    page = one.submit(page, "確認した")
    assert "もう1人の担当の確認が要ります" in page.text and not page.all(
        "button", text="もう1人の担当として確認した"
    )
    page = one.submit(page, "検査を終える")
    assert "もう1人の担当の確認を受けてください" in page.text
    page = two.submit(two.get(f"/grants/{made.grant.id}/inspection"), "もう1人の担当として確認した")
    page = two.submit(page, "検査を終える")
    assert "検査を終えました" in page.text
