import datetime as dt
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader
from sqlalchemy.orm import Session

from stations.applications import queries as plan_queries
from stations.applications.rules import Status
from stations.applications.services import submission
from stations.core import audit, clock, outbox
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.meetings import minutes, queries, services
from stations.meetings.models import AgendaItem, Meeting
from stations.meetings.rules import Attendance, MeetingStatus, Resolution
from tests.applications import cast as plans
from tests.applications.test_services import at_once
from tests.meetings.conftest import Hall
from tests.support import cast
from tests.support.refusals import refused


def tabled(hall: Hall, *, attend: int = 3, opened: bool = True) -> AgendaItem:
    item = services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat)
    hall.attend(attend)
    if opened:
        services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    return item


def resolve(
    hall: Hall, item: AgendaItem, resolution: Resolution = Resolution.APPROVED, **given: object
) -> None:
    values: dict[str, object] = {"votes_for": 2, "by": hall.secretariat} | given
    services.resolve(item=item, resolution=resolution, **values)  # type: ignore[arg-type]  # given by each test


def move(hall: Hall, held_on: dt.date, *, place: str = "会議室") -> None:
    services.edit(
        meeting=hall.meeting,
        title="第1回",
        held_on=held_on,
        starts_at=dt.time(14),
        place=place,
        by=hall.secretariat,
    )


def test_a_confirmed_plan_comes_before_the_meeting_in_its_frozen_version(hall: Hall):
    assert queries.candidates() == [hall.plan]
    item = tabled(hall)
    assert hall.plan.status is Status.TABLED
    assert item.version is plan_queries.current_version(hall.plan)
    assert queries.candidates() == []


def test_approval_makes_the_version_the_approved_one(hall: Hall):
    item = tabled(hall)
    resolve(hall, item)
    db.session.flush()
    assert hall.plan.status is Status.APPROVED
    assert plan_queries.approved_version(hall.plan) is item.version
    assert submission.verify_version(item.version)
    assert (item.votes_for, item.resolved_by_id) == (2, hall.secretariat.id)


def test_everybody_concerned_is_notified(hall: Hall):
    hall.chair.email = "chair@stations.example"
    resolve(hall, tabled(hall))
    assert outbox.waiting()[-1].subject == "全体会議の結果が出ました"


@pytest.mark.parametrize(
    ("resolution", "votes_for", "field"),
    [
        (Resolution.DEFERRED, 1, "reason"),
        (Resolution.REJECTED, 0, "reason"),
        (Resolution.APPROVED_WITH_CONDITIONS, 2, "conditions"),
    ],
)
def test_what_a_resolution_must_say(hall: Hall, resolution: Resolution, votes_for: int, field: str):
    item = tabled(hall)
    votes = {"votes_for": votes_for, "votes_against": 2 - votes_for}
    with pytest.raises(RuleBroken) as caught:
        resolve(hall, item, resolution, **votes)
    assert caught.value.field == field
    resolve(hall, item, resolution, **votes, reason="理由", conditions="条件")
    db.session.flush()
    assert hall.plan.status.value == resolution.value


def test_an_approval_needs_a_majority(hall: Hall):
    item = tabled(hall)
    with pytest.raises(RuleBroken) as caught:
        resolve(hall, item, votes_for=1, votes_against=1)
    assert caught.value.field == "votes_for"


def test_members_of_the_committee_leave_the_item(hall: Hall):
    item = tabled(hall)
    voters = queries.eligible_voters(item)
    assert [member.name for member in voters.eligible] == ["構成 一", "構成 二"]
    assert [member.name for member in voters.recused] == ["構成 三"]
    with pytest.raises(RuleBroken, match="2"):
        resolve(hall, item, votes_for=3)


def test_without_a_quorum_nothing_is_resolved(hall: Hall):
    item = tabled(hall, attend=1)
    assert not queries.quorum(hall.meeting).holds
    with pytest.raises(RuleBroken, match="定足数"):
        resolve(hall, item, votes_for=1)
    services.record_presence(meeting=hall.meeting, present={hall.members[1].id: "proxy"}, by=hall.secretariat)
    assert queries.quorum(hall.meeting).holds
    resolve(hall, item)


def test_presence_stands_once_something_is_resolved(hall: Hall):
    item = tabled(hall, attend=2)
    hall.attend(3)
    resolve(hall, item)
    with pytest.raises(Conflict, match="出席"):
        services.record_presence(
            meeting=hall.meeting, present=dict.fromkeys(m.id for m in hall.members), by=hall.secretariat
        )
    assert queries.quorum(hall.meeting).holds


def test_a_meeting_is_opened_on_its_day(hall: Hall):
    hall.meeting.held_on += dt.timedelta(days=1)
    with pytest.raises(RuleBroken, match="開催日"):
        services.open_meeting(meeting=hall.meeting, by=hall.secretariat)
    assert hall.meeting.status is MeetingStatus.PLANNED
    hall.meeting.held_on -= dt.timedelta(days=2)
    services.open_meeting(meeting=hall.meeting, by=hall.secretariat)


def test_a_meeting_is_convened_and_moved_to_today_or_later(hall: Hall):
    yesterday, tomorrow = (clock.today() + dt.timedelta(days=by) for by in (-1, 1))
    with pytest.raises(RuleBroken, match="今日") as caught:
        services.plan_meeting(
            title="第2回",
            held_on=yesterday,
            starts_at=dt.time(14),
            place="会議室",
            by=hall.secretariat,
        )
    assert caught.value.field == "held_on"
    with pytest.raises(RuleBroken, match="今日"):
        move(hall, yesterday)
    move(hall, tomorrow)
    with clock.frozen_at(clock.now() + dt.timedelta(days=3)):
        move(hall, tomorrow, place="体育館")
    assert (hall.meeting.held_on, hall.meeting.place) == (tomorrow, "体育館")


def test_presence_is_recorded_from_the_day_on_and_is_of_that_day(hall: Hall):
    day = hall.meeting.held_on
    hall.meeting.held_on = day + dt.timedelta(days=1)
    with pytest.raises(RuleBroken, match="開催日から"):
        hall.attend()
    assert queries.attendance(hall.meeting) == {}
    hall.meeting.held_on = day
    hall.attend()
    with pytest.raises(RuleBroken, match="出席が記録") as caught:
        move(hall, day + dt.timedelta(days=7))
    assert caught.value.field == "held_on"
    services.record_presence(
        meeting=hall.meeting, present=dict.fromkeys(m.id for m in hall.members), by=hall.secretariat
    )
    move(hall, day + dt.timedelta(days=7))


@pytest.mark.parametrize("opened", [False, True])
def test_a_meeting_is_called_off_and_its_plans_wait_for_a_later_one(hall: Hall, opened: bool):
    before = hall.plan.status
    tabled(hall, attend=1, opened=opened)
    services.cancel(meeting=hall.meeting, reason="　台風のため ", by=hall.secretariat)
    db.session.flush()
    assert hall.meeting.status is MeetingStatus.CANCELLED
    assert hall.meeting.cancelled_reason == "台風のため" and hall.meeting.cancelled_at
    assert hall.plan.status is before is Status.CONFIRMED
    assert queries.agenda(hall.meeting) == [] and queries.candidates() == [hall.plan]
    newest = audit.timeline(hall.plan)[0]
    assert (newest.act, newest.reason) == ("untable", "台風のため")
    for inside in (True, False):
        shown = queries.timeline(hall.meeting, [], inside=inside)[0]
        assert (str(shown.label), shown.reason) == ("会議を中止にしました", "台風のため")


def test_calling_off_says_why_and_comes_before_any_resolution(hall: Hall):
    item = tabled(hall)
    with pytest.raises(RuleBroken) as caught:
        services.cancel(meeting=hall.meeting, reason=" ", by=hall.secretariat)
    assert caught.value.field == "reason"
    for who in (hall.officer, hall.chair, hall.members[0]):
        with pytest.raises(NotAllowed):
            services.cancel(meeting=hall.meeting, reason="台風のため", by=who)
    resolve(hall, item)
    with pytest.raises(RuleBroken, match="議決した議案"):
        services.cancel(meeting=hall.meeting, reason="台風のため", by=hall.secretariat)
    assert hall.plan.status is Status.APPROVED


def test_nothing_happens_to_a_meeting_that_was_called_off(hall: Hall):
    services.cancel(meeting=hall.meeting, reason="台風のため", by=hall.secretariat)
    for act in (
        lambda: services.table(meeting=hall.meeting, plan=hall.plan, by=hall.secretariat),
        lambda: move(hall, hall.meeting.held_on),
        lambda: hall.attend(1),
        lambda: services.open_meeting(meeting=hall.meeting, by=hall.secretariat),
        lambda: services.write_minutes(meeting=hall.meeting, text="議事録", by=hall.secretariat),
        lambda: services.cancel(meeting=hall.meeting, reason="もう一度", by=hall.secretariat),
    ):
        with pytest.raises(Conflict, match=r"cancelled|開いている間"):
            act()
    assert [task.label for task in queries.waiting_for(hall.secretariat)] == [
        "全体会議にかける計画を選ぶ（1件）"
    ]
    assert queries.waiting_for(hall.members[0]) == []


def test_the_database_knows_no_calling_off_without_a_reason(hall: Hall, db_session: Session):
    for facts in ({}, {"cancelled_at": clock.now()}, {"cancelled_reason": "台風のため"}):
        with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
            db_session.execute(
                sa.update(Meeting)
                .where(Meeting.id == hall.meeting.id)
                .values(status=MeetingStatus.CANCELLED, **facts)
            )


def test_a_meeting_that_is_not_open_resolves_nothing(hall: Hall):
    item = tabled(hall, opened=False)
    with pytest.raises(Conflict):
        resolve(hall, item)


def test_nobody_resolves_twice(hall: Hall):
    item = tabled(hall)
    resolve(hall, item)
    with pytest.raises(Conflict):
        resolve(hall, item)


@pytest.mark.parametrize("who", ["chair", "officer"])
def test_only_the_secretariat_resolves(hall: Hall, who: str):
    item = tabled(hall)
    with pytest.raises(NotAllowed):
        resolve(hall, item, by=getattr(hall, who))


def test_who_submitted_does_not_resolve(hall: Hall):
    item = tabled(hall)
    cast.give(hall.chair, Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        resolve(hall, item, by=hall.chair)


def test_a_secretary_on_the_committee_is_recused(hall: Hall):
    item = tabled(hall)
    cast.give(hall.secretariat, Role.DRAFTER, of=hall.station.committee)
    with pytest.raises(NotAllowed, match="除斥"):
        resolve(hall, item)


def test_presence_is_recorded_changed_and_taken_back(hall: Hall):
    first, second, third = (member.id for member in hall.members)
    services.record_presence(
        meeting=hall.meeting, present={first: "present", second: "proxy", third: None}, by=hall.secretariat
    )
    assert queries.attendance(hall.meeting) == {first: Attendance.PRESENT, second: Attendance.PROXY}
    services.record_presence(
        meeting=hall.meeting, present={first: None, second: "present"}, by=hall.secretariat
    )
    assert queries.attendance(hall.meeting) == {second: Attendance.PRESENT}
    with refused(RuleBroken, None, "構成員ではない"):
        services.record_presence(
            meeting=hall.meeting, present={hall.chair.id: "present"}, by=hall.secretariat
        )


def test_members_are_those_of_the_day(hall: Hall):
    cast.give(hall.officer, Role.GENERAL_MEMBER, until=hall.meeting.held_on - dt.timedelta(days=1))
    assert queries.members(hall.meeting.held_on) == sorted(hall.members, key=lambda member: member.name)


def test_an_item_is_taken_off_the_agenda(hall: Hall):
    item = tabled(hall)
    services.untable(item=item, reason="書類が間に合わないため", by=hall.secretariat)
    assert hall.plan.status is Status.CONFIRMED
    assert queries.agenda(hall.meeting) == []
    assert queries.candidates() == [hall.plan]


def test_a_deferred_plan_taken_off_the_agenda_stays_deferred(hall: Hall):
    resolve(hall, tabled(hall), Resolution.DEFERRED, votes_for=0, reason="会場を確かめるため")
    later = services.plan_meeting(
        title="第2回全体会議",
        held_on=hall.meeting.held_on + dt.timedelta(days=30),
        starts_at=dt.time(14),
        place="市役所",
        by=hall.secretariat,
    )
    item = services.table(meeting=later, plan=hall.plan, by=hall.secretariat)
    services.untable(item=item, reason="資料が間に合わないため", by=hall.secretariat)
    assert hall.plan.status is Status.DEFERRED
    assert queries.candidates() == [hall.plan]


def test_a_deferred_plan_comes_back_in_a_later_meeting(hall: Hall):
    resolve(hall, tabled(hall), Resolution.DEFERRED, votes_for=0, reason="会場を確かめるため")
    later = services.plan_meeting(
        title="第2回",
        held_on=hall.meeting.held_on,
        starts_at=dt.time(14),
        place="会議室",
        by=hall.secretariat,
    )
    item = services.table(meeting=later, plan=hall.plan, by=hall.secretariat)
    assert item.position == 1
    assert hall.plan.status is Status.TABLED


def test_a_meeting_closes_when_nothing_is_left(hall: Hall):
    item = tabled(hall)
    with pytest.raises(RuleBroken, match="1件"):
        services.close(meeting=hall.meeting, by=hall.secretariat)
    resolve(hall, item)
    services.close(meeting=hall.meeting, by=hall.secretariat)
    assert hall.meeting.status is MeetingStatus.CLOSED
    assert "結果：承認（賛成2、反対0、棄権0）" in hall.meeting.minutes
    for act in (
        lambda: services.write_minutes(meeting=hall.meeting, text="別の議事録", by=hall.secretariat),
        lambda: services.open_meeting(meeting=hall.meeting, by=hall.secretariat),
        lambda: hall.attend(1),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_withdrawn_plan_does_not_keep_the_meeting_open(hall: Hall):
    tabled(hall)
    submission.withdraw(plan=hall.plan, by=hall.chair)
    db.session.flush()
    services.close(meeting=hall.meeting, by=hall.secretariat)
    assert "結果：取下げ" in hall.meeting.minutes


def test_minutes_are_the_record_and_then_what_was_written_by_hand(hall: Hall):
    resolve(hall, tabled(hall))
    record = minutes.record(hall.meeting)
    assert "構成員3人のうち3人、委任状0人" in record
    services.write_minutes(meeting=hall.meeting, text="閉会の挨拶", by=hall.secretariat)
    services.close(meeting=hall.meeting, by=hall.secretariat)
    assert hall.meeting.minutes == f"{record}\n\n話し合われたこと\n閉会の挨拶"


def test_no_minutes_contradict_a_resolution(hall: Hall):
    item = tabled(hall)
    services.write_minutes(meeting=hall.meeting, text="鍵の預かりを話した。", by=hall.secretariat)
    resolve(hall, item)
    services.close(meeting=hall.meeting, by=hall.secretariat)
    assert "未決" not in hall.meeting.minutes
    assert "結果：承認（賛成2、反対0、棄権0）" in hall.meeting.minutes
    assert hall.meeting.minutes.endswith("鍵の預かりを話した。")


def test_only_the_secretariat_convenes(hall: Hall):
    for who in (hall.chair, hall.officer, hall.members[0]):
        with pytest.raises(NotAllowed):
            services.plan_meeting(
                title="会議", held_on=hall.meeting.held_on, starts_at=dt.time(14), place="場所", by=who
            )


def test_the_plan_that_is_not_confirmed_is_not_tabled(hall: Hall):
    early = plans.submitted(hall.station, hall.chair)
    with pytest.raises(Conflict):
        services.table(meeting=hall.meeting, plan=early, by=hall.secretariat)


def test_the_history_of_a_meeting(hall: Hall):
    resolve(hall, tabled(hall))
    assert [str(entry.label) for entry in audit.timeline(hall.meeting)] == [
        "議決を記録しました",
        "開会しました",
        "出席を記録しました",
        "議題を加えました",
        "会議を計画しました",
    ]


def test_minutes_are_in_japanese_whatever_the_secretary_reads(hall: Hall):
    resolve(hall, tabled(hall))
    with force_locale("en"):
        assert "Result" in minutes.record(hall.meeting) and "¥150,000" in minutes.record(hall.meeting)
        services.close(meeting=hall.meeting, by=hall.secretariat)
    assert "結果：承認" in hall.meeting.minutes and "150,000円" in hall.meeting.minutes


def test_the_timeline_names_the_plan_also_when_it_is_off_the_agenda(hall: Hall):
    item = tabled(hall)
    services.untable(item=item, reason="書類を待つため", by=hall.secretariat)
    shown = [
        str(entry.label)
        for entry in queries.timeline(hall.meeting, queries.agenda(hall.meeting), inside=True)
    ]
    title = hall.plan.title
    assert shown[0] == f"議題から外しました：{title}"
    assert f"議題を加えました：{title}" in shown
    others = queries.timeline(hall.meeting, queries.agenda(hall.meeting), inside=False)
    assert not any(title in str(entry.label) or entry.reason for entry in others), "it is off the agenda"


def test_what_waits_for_whom(hall: Hall):
    assert [task.label for task in queries.waiting_for(hall.members[0])] == [
        "全体会議の議案を読む：第1回全体会議"
    ]
    assert [task.label for task in queries.waiting_for(hall.secretariat)] == [
        "全体会議の準備をする：第1回全体会議",
        "全体会議にかける計画を選ぶ（1件）",
    ]
    assert queries.waiting_for(hall.chair) == []


def test_the_database_refuses_a_rejection_without_a_reason(hall: Hall, db_session: Session):
    item = tabled(hall)
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.execute(
            sa.update(AgendaItem)
            .where(AgendaItem.id == item.id)
            .values(resolution=Resolution.REJECTED, resolved_at=hall.meeting.opened_at)
        )


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_people_resolve_at_once_and_it_happens_once(app: Flask, hall: Hall, db_session: Session):
    item = tabled(hall)
    item_id, secretary_id = item.id, hall.secretariat.id
    db_session.commit()

    def press() -> None:
        item = db.session.get(AgendaItem, item_id)
        secretary = db.session.get(type(hall.secretariat), secretary_id)
        assert item is not None and secretary is not None
        services.resolve(item=item, resolution=Resolution.APPROVED, votes_for=2, by=secretary)

    assert at_once(app, press) == ["Conflict", "done"]
    db_session.expire_all()
    assert (hall.plan.status, item.resolution) == (Status.APPROVED, Resolution.APPROVED)


def test_one_bad_plan_never_takes_the_minutes_with_it(hall: Hall):
    item = tabled(hall)
    resolve(hall, item)
    hall.plan.title = "花\ue000の計画"  # entered before such characters were refused
    db.session.flush()
    for closed in (False, True):
        if closed:
            services.close(meeting=hall.meeting, by=hall.secretariat)
        reader = PdfReader(BytesIO(minutes.pdf(hall.meeting)))
        text = "".join("".join(page.extract_text() for page in reader.pages).split())
        assert "花〓の計画" in text and "結果：承認" in text
