import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.applications.rules import Status
from stations.core import clock
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db
from stations.meetings import queries, services
from stations.meetings.rules import MeetingStatus, Resolution
from tests.applications import cast as plans
from tests.meetings.conftest import Hall
from tests.support import cast
from tests.support.client import PageClient
from tests.support.statements import recorded
from tests.support.two_writers import check_both_are_kept

BUDGET = 15


def test_the_secretariat_holds_a_meeting(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    page = client.click(client.get("/meetings"), "第1回全体会議")
    page = client.submit(page, fields={"plan_id": str(hall.plan.id)}, form=page.form_with(field="plan_id"))
    assert "150,000円" in page.text
    page = client.click(page, "出席を記録する")
    ways = {f"member-{member.id}": "present" for member in hall.members[:2]}
    page = client.submit(page, "出席を保存する", ways)
    assert "定足数を満たしています" in page.text
    page = client.submit(client.click(page, "開会する"), "開会する")
    page = client.click(page, "議決する")
    page = client.submit(page, "確認へ進む", {"resolution": "rejected", "votes_for": "０"})
    assert "理由を入力してください" in page.text
    page = client.submit(
        page,
        "確認へ進む",
        {"resolution": "approved_with_conditions", "votes_for": "2", "conditions": "保険の証書を出すこと"},
    )
    page = client.submit(page, "この内容で記録する")
    assert "条件：保険の証書を出すこと" in page.text
    assert "議決を記録しました：昔遊びと茶話会の計画（条件付承認）" in page.text
    page = client.submit(
        client.click(page, "議事録を書く"), "議事録を保存する", {"minutes": "会場の鍵を話した。"}
    )
    page = client.submit(client.click(page, "閉会する"), "閉会する")
    assert "閉会" in page.text
    assert hall.plan.status is Status.APPROVED_WITH_CONDITIONS
    assert hall.meeting.status is MeetingStatus.CLOSED


def test_a_meeting_is_planned_and_moved(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    day = {"held_on-year": "令和9", "held_on-month": "2", "held_on-day": "10"}
    page = client.submit(
        client.get("/meetings/new"),
        "保存する",
        {"title": "第2回全体会議", "place": "会議室", "starts_at": "14:00", **day},
    )
    assert page.heading == "第2回全体会議"
    page = client.submit(client.click(page, "予定を変える"), "保存する", {"place": "市役所"})
    assert "市役所" in page.text
    assert "令和9年2月10日" in page.text


def test_no_meeting_is_of_a_year_that_is_none(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    for year in ("x", "9", "9" * 30):
        assert not client.get(f"/meetings?year={year}").has_link("第1回全体会議")


def test_who_looks_at_the_names_of_the_members_is_logged(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    for page in ("", "/presence"):
        before = db.session.scalar(sa.select(sa.func.count(PersonalDataView.id))) or 0
        client.get(f"/meetings/{hall.meeting.id}{page}")
        assert db.session.scalar(sa.select(sa.func.count(PersonalDataView.id))) == before + 1


def test_who_reads_the_minutes_is_logged(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    client.download(f"/meetings/{hall.meeting.id}/minutes.pdf")
    looks = db.session.scalars(sa.select(PersonalDataView.purpose)).all()
    assert looks == ["全体会議の議事録"]


def test_before_its_day_a_meeting_cannot_be_opened(client: PageClient, hall: Hall):
    hall.meeting.held_on = clock.today() + dt.timedelta(days=1)
    client.sign_in(hall.secretariat)
    page = client.get(f"/meetings/{hall.meeting.id}")
    assert not page.has_link("開会する")
    assert "開催日から" in client.get(f"/meetings/{hall.meeting.id}/open").text
    assert "開催日から" in client.post(f"/meetings/{hall.meeting.id}/open", token_from=page).text
    assert hall.meeting.status is MeetingStatus.PLANNED


def test_before_its_day_the_page_says_from_when_presence_is_recorded(client: PageClient, hall: Hall):
    hall.meeting.held_on = dt.date(2999, 2, 10)
    client.sign_in(hall.secretariat)
    page = client.get(f"/meetings/{hall.meeting.id}")
    assert not page.has_link("出席を記録する")
    assert "出席の記録と開会は、令和981年2月10日" in page.text and "の開催日からできます" in page.text
    there = client.get(f"/meetings/{hall.meeting.id}/presence")
    assert there.heading == "第1回全体会議" and "開催日から" in there.text
    present: dict[str, Any] = {f"member-{hall.members[0].id}": "present"}
    assert (
        "開催日から" in client.post(f"/meetings/{hall.meeting.id}/presence", token_from=page, **present).text
    )
    assert queries.attendance(hall.meeting) == {}


def test_a_past_day_is_refused_beside_its_field_and_nothing_typed_is_lost(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    day = {"held_on-year": "2020", "held_on-month": "2", "held_on-day": "10"}
    said = {"title": "第2回全体会議", "place": "会議室", "starts_at": "14:00", **day}
    for url in ("/meetings/new", f"/meetings/{hall.meeting.id}/edit"):
        page = client.submit(client.get(url), "保存する", said)
        assert "今日より後の日を入力してください" in page.text
        typed = dict(page.form_with(field="place").filled({}, None))
        assert {name: typed[name] for name in said} == said
        assert len(queries.meetings()) == 1


def test_a_meeting_is_called_off(client: PageClient, hall: Hall):
    services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    page = client.click(client.get(f"/meetings/{hall.meeting.id}"), "会議を中止する")
    assert page.heading == "会議を中止しますか" and "昔遊びと茶話会の計画" in page.text
    page = client.submit(page, "会議を中止する", {"reason": "　"})
    assert "中止の理由を入力してください" in page.text
    page = client.submit(page, "会議を中止する", {"reason": "台風のため"})
    assert "この会議は中止になりました" in page.text and "理由：台風のため" in page.text
    for link in ("会議を中止する", "開会する", "出席を記録する", "予定を変える", "議事録の案をPDFで見る"):
        assert not page.has_link(link)
    assert "議題に加える" not in page.text
    for there in ("cancel", "edit", "presence", "open", "minutes", "minutes.pdf", "close"):
        assert "いま「中止」です" in client.get(f"/meetings/{hall.meeting.id}/{there}").text
    assert "中止" in client.get("/meetings").text
    client.post(f"/meetings/{hall.meeting.id}/cancel", token_from=page, status=409, reason="もう一度")
    db.session.expire_all()
    assert (hall.plan.status, hall.meeting.cancelled_reason) == (Status.CONFIRMED, "台風のため")


def test_a_meeting_that_resolved_something_is_not_called_off(client: PageClient, hall: Hall):
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    services.resolve(item=item, resolution=Resolution.APPROVED, votes_for=2, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    page = client.get(f"/meetings/{hall.meeting.id}")
    assert not page.has_link("会議を中止する")
    for answer in (
        client.get(f"/meetings/{hall.meeting.id}/cancel"),
        client.post(f"/meetings/{hall.meeting.id}/cancel", token_from=page, reason="台風のため"),
    ):
        assert answer.heading == "第1回全体会議" and "中止にできません" in answer.text
    assert hall.meeting.status is MeetingStatus.OPEN


def test_after_a_resolution_presence_is_closed(client: PageClient, hall: Hall):
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    services.resolve(item=item, resolution=Resolution.APPROVED, votes_for=2, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    assert not client.get(f"/meetings/{hall.meeting.id}").has_link("出席を記録する")
    page = client.get(f"/meetings/{hall.meeting.id}/presence")
    assert page.heading == "第1回全体会議" and "出席は変えられません" in page.text


def test_members_read_the_agenda_and_change_nothing(client: PageClient, hall: Hall):
    services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    client.sign_in(hall.members[0])
    page = client.get(f"/meetings/{hall.meeting.id}")
    assert not page.has_link("開会する")
    page = client.click(page, "昔遊びと茶話会の計画")
    assert "照合済み" in page.text
    client.post(f"/meetings/{hall.meeting.id}/open", token_from=page, status=403)


def test_committees_read_the_meeting_on_their_plan_but_not_who_came(client: PageClient, hall: Hall):
    services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    other = cast.committee("よそ")
    station = cast.station(other, name="よその家")
    theirs = plans.confirmed(station, cast.person(Role.CHAIR, of=other), hall.officer, title="よその計画")
    services.table(meeting=hall.meeting, plan=theirs, by=hall.secretariat)
    client.sign_in(hall.chair)
    page = client.click(client.get(f"/plans/{hall.plan.id}"), "第1回全体会議")
    assert page.url == f"/meetings/{hall.meeting.id}"
    assert page.has_link(hall.plan.title)
    assert "よその計画" in page.text and not page.has_link("よその計画")
    assert [row[1:] for row in page.rows() if "よその計画" in row[0]] == [["—", "—"]]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PersonalDataView)) == 0
    assert "構成員の出席" not in page.text and hall.secretariat.name not in page.text
    assert not page.has_link("議題から外す")
    client.get(f"/meetings/{hall.meeting.id}/minutes.pdf", status=404)
    client.sign_in(cast.person(Role.VOLUNTEER, of=station))
    client.get(f"/meetings/{hall.meeting.id}", status=404)


def test_a_resolution_that_happened_meanwhile_answers_409(client: PageClient, hall: Hall):
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    page = client.get(f"/agenda-items/{item.id}/resolve")
    services.resolve(item=item, resolution=Resolution.APPROVED, votes_for=2, by=hall.secretariat)
    client.submit(page, "確認へ進む", {"resolution": "approved", "votes_for": "2"}, status=409)
    assert client.get(f"/agenda-items/{item.id}/resolve").heading == "第1回全体会議"


def test_a_resolution_is_shown_once_more_before_it_is_final(client: PageClient, hall: Hall):
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    said = {
        "resolution": "rejected",
        "votes_for": "0",
        "votes_against": "2",
        "reason": "目的と違うため\n再考を",
    }
    page = client.submit(client.get(f"/agenda-items/{item.id}/resolve"), "確認へ進む", said)
    assert page.heading == "この議決を記録しますか" and "賛成0・反対2・棄権0" in page.text
    assert hall.plan.status is Status.TABLED
    page = client.submit(page, "書き直す")
    page = client.submit(page, "確認へ進む", {"reason": "目的と違うため"})
    client.submit(page, "この内容で記録する")
    db.session.expire_all()
    assert (item.resolution, item.votes_against, item.reason) == (Resolution.REJECTED, 2, "目的と違うため")


def test_everybody_is_ticked_and_nothing_saved_yet(client: PageClient, hall: Hall):
    client.sign_in(hall.secretariat)
    page = client.submit(client.get(f"/meetings/{hall.meeting.id}/presence"), "全員を出席にする")
    assert "まだ保存していません" in page.text
    assert queries.attendance(hall.meeting) == {}
    client.submit(page, "出席を保存する", {f"member-{hall.members[2].id}": "proxy"})
    db.session.expire_all()
    assert sorted(queries.attendance(hall.meeting).values()) == ["present", "present", "proxy"]


def test_the_minutes_say_what_was_resolved_after_they_were_written(client: PageClient, hall: Hall):
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    page = client.get(f"/meetings/{hall.meeting.id}/minutes")
    assert "結果：未決" in page.text
    assert client.download(f"/meetings/{hall.meeting.id}/minutes.pdf").data.startswith(b"%PDF")
    client.submit(page, "議事録を保存する", {"minutes": "会場の鍵について話した。"})
    services.resolve(item=item, resolution=Resolution.APPROVED, votes_for=2, by=hall.secretariat)
    page = client.get(f"/meetings/{hall.meeting.id}/close")
    assert "結果：承認（賛成2、反対0、棄権0）" in page.text
    page = client.submit(page, "閉会する")
    assert "結果：承認（賛成2、反対0、棄権0）" in page.text
    assert "会場の鍵について話した。" in page.text
    assert client.download(page.link("議事録をPDFで見る")).data.startswith(b"%PDF")
    assert "未決" not in page.text


def test_an_item_is_taken_off(client: PageClient, hall: Hall):
    services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    page = client.click(client.get(f"/meetings/{hall.meeting.id}"), "議題から外す")
    page = client.submit(page, "議題から外す", {"reason": "書類を待つため"})
    assert "議案はまだありません" in page.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_pages_ask_the_database_little(app: Flask, client: PageClient, hall: Hall):
    for number in range(8):
        station = cast.station(cast.committee(f"例{number}"))
        chair = cast.person(Role.CHAIR, of=station.committee)
        plan = plans.confirmed(station, chair, hall.officer, title=f"計画{number}")
        if number % 2:
            item = services.table(meeting=hall.meeting, plan=plan, by=hall.secretariat)
    hall.attend()
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    client.sign_in(hall.secretariat)
    paths = [f"/meetings/{hall.meeting.id}{path}" for path in ("", "/presence", "/minutes", "/close")]
    for path in ["/meetings", "/meetings/new", *paths, f"/agenda-items/{item.id}/resolve"]:
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, len(statements), statements)


def test_two_who_change_a_meeting_both_keep_their_words(app: Flask, hall: Hall):
    check_both_are_kept(
        app,
        (hall.secretariat, cast.person(Role.SECRETARIAT)),
        f"/meetings/{hall.meeting.id}/edit",
        "保存する",
        {"place": "市役所 大会議室"},
        {"title": "臨時全体会議", "place": "市民会館 ホール"},
        hall.meeting,
    )


def test_two_who_write_the_minutes_both_keep_their_words(app: Flask, hall: Hall):
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    check_both_are_kept(
        app,
        (hall.secretariat, cast.person(Role.SECRETARIAT)),
        f"/meetings/{hall.meeting.id}/minutes",
        "議事録を保存する",
        {"minutes": "先に書いた議事録"},
        {"minutes": "あとから書いた議事録"},
        hall.meeting,
    )
