"""A fiscal year's age bands: drafted by one, approved by another, fixed once somebody is counted."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.attendance.band_rules import STANDARD, Band
from stations.attendance.device_events import DeviceEvent
from stations.attendance.models import AgeBand, AgeBandDraft, OpeningCount
from stations.attendance.queries import bands as band_queries
from stations.attendance.queries import counts
from stations.attendance.rules import Counter, Verdict
from stations.attendance.services import bands as attendance_bands
from stations.attendance.services import counting, day, moving
from stations.attendance.services import events as attendance_events
from stations.committees.models import Opening, Station
from stations.core import audit, clock
from stations.core import drafted as drafted_rows
from stations.core.access import Role
from stations.core.database import db
from stations.core.drafts import DraftStatus
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.people.models import Person
from stations.people.services import drafts
from tests.attendance.ages import FEWER, decided, drafted
from tests.support import cast
from tests.support.refusals import refused

NOW = dt.datetime(2027, 3, 20, 3, tzinfo=dt.UTC)  # noon in Matsudo, in the fiscal year 2026
CODES = ["age_65_plus", "fy2027_1", "fy2027_2", "unknown"]


@pytest.fixture(autouse=True)
def _late_in_the_year() -> Iterator[None]:
    with clock.frozen_at(NOW):
        yield


@pytest.fixture
def station(db_session: object) -> Station:
    return cast.station(cast.committee())


@pytest.fixture
def volunteer(station: Station) -> Person:
    return cast.person(Role.VOLUNTEER, of=station)


def count(opening: Opening, by: Person, band: str, event: str | None = None) -> Verdict:
    return counting.tap(
        opening=opening,
        client_event_id=event or str(uuid.uuid4()),
        counter=Counter.VISIT,
        band=band,
        delta=1,
        tapped_at=clock.now(),
        by=by,
    )


def codes(year: int) -> list[str]:
    return [band.code for band in band_queries.bands_of(year)]


def stored(year: int) -> list[tuple[str, int, int]]:
    rows = db.session.scalars(
        sa.select(AgeBand).where(AgeBand.fiscal_year == year).order_by(AgeBand.position)
    )
    return [(row.code, row.position, row.colour) for row in rows]


def test_a_city_that_decides_nothing_counts_by_the_bands_of_the_programme(
    station: Station, volunteer: Person
) -> None:
    assert band_queries.bands_of(2026) == STANDARD and stored(2026) == []
    count(cast.opening(station, starts_at=cast.STARTED), volunteer, "teen")
    assert band_queries.bands_of(2026) == STANDARD
    assert stored(2026) == [(band.code, n, n) for n, band in enumerate(STANDARD, start=1)]


def test_one_drafts_and_another_approves(db_session: object) -> None:
    draft = drafted(2027)
    assert codes(2027) == codes(2026) == [band.code for band in STANDARD], "a draft changes nothing"
    approver = cast.person(Role.APPROVER)
    attendance_bands.approve_bands(draft=draft, by=approver)
    assert stored(2027) == [
        ("age_65_plus", 1, 6),
        ("fy2027_1", 2, 2),
        ("fy2027_2", 3, 4),
        ("unknown", 7, 7),
    ]
    assert [(band.label, band.label_en) for band in band_queries.bands_of(2027)] == [
        ("65歳以上", "65 and over"),
        ("子ども", "Children"),
        ("18–64歳", "18–64"),
        ("年代不明", "Age not known"),
    ]
    assert codes(2026) == [band.code for band in STANDARD], "old years keep theirs"
    assert codes(2028) == codes(2027), "and a year to come begins with those of the year before"
    last, first = audit.timeline(draft)
    assert (first.act, last.act, last.by_name) == ("draft", "approve", approver.name)
    assert last.detail["age_65_plus"] == "65歳以上"


def test_nobody_approves_or_returns_what_they_drafted(db_session: object) -> None:
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.APPROVER)
    draft = drafted(2027, by=both)
    for decide in (
        lambda: attendance_bands.approve_bands(draft=draft, by=both),
        lambda: drafts.send_back(draft, reason="違う", by=both),
    ):
        with refused(NotAllowed, None, "ご自分で起案"):
            decide()
    assert draft.status is DraftStatus.WAITING


def test_an_officer_drafts_and_the_section_head_decides(db_session: object) -> None:
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    with refused(NotAllowed, None):
        drafted(2027, by=approver)
    draft = drafted(2027)
    with refused(NotAllowed, None):
        attendance_bands.approve_bands(draft=draft, by=officer)


def test_a_draft_is_returned_with_a_reason(db_session: object) -> None:
    draft, approver = drafted(2027), cast.person(Role.APPROVER)
    with refused(RuleBroken, "reason"):
        drafts.send_back(draft, reason=" ", by=approver)
    drafts.send_back(draft, reason=" 75歳で分けてください ", by=approver)
    assert (draft.status, draft.decision_reason) == (DraftStatus.RETURNED, "75歳で分けてください")
    assert stored(2027) == []
    with refused(Conflict, None, "いまの状態"):
        attendance_bands.approve_bands(draft=draft, by=approver)


def test_drafting_again_takes_the_place_of_what_waits(db_session: object) -> None:
    first, approver = drafted(2027), cast.person(Role.APPROVER)
    second = drafted(2027, FEWER[:2])
    assert (first.status, second.status) == (DraftStatus.REPLACED, DraftStatus.WAITING)
    assert (
        drafted_rows.waiting(AgeBandDraft) == drafted_rows.waiting(AgeBandDraft, fiscal_year=2027) == [second]
    )
    with refused(Conflict, None):
        attendance_bands.approve_bands(draft=first, by=approver)
    attendance_bands.approve_bands(draft=second, by=approver)
    assert codes(2027) == ["age_65_plus", "fy2027_1", "unknown"]
    decided(2027, FEWER[1:])  # and once more, before anybody is counted
    assert codes(2027) == ["fy2027_1", "fy2027_2", "unknown"]


def test_only_what_could_be_counted_is_drafted(db_session: object) -> None:
    with refused(RuleBroken, None, "1つから6つまで"):
        drafted(2027, ())
    for year in (2025, 2028):
        with refused(RuleBroken, None, "今年度と来年度"):
            drafted(year)


def test_once_somebody_is_counted_the_years_bands_stand(station: Station, volunteer: Person) -> None:
    waiting = drafted(2026)
    day.begin(opening=cast.opening(station, starts_at=cast.STARTED), by=volunteer)
    with refused(Conflict, None, "数えはじめた"):
        drafted(2026)
    with refused(Conflict, None, "数えはじめた"):
        attendance_bands.approve_bands(draft=waiting, by=cast.person(Role.APPROVER))
    decided(2027)


def test_a_name_that_comes_back_has_its_code_again(db_session: object) -> None:
    decided(2026, FEWER)
    decided(2027, (Band("", "おとな", "Adults", 1), Band("", "18-64歳", "18–64", 2)))
    assert codes(2026) == ["age_65_plus", "fy2026_1", "fy2026_2", "unknown"]
    assert codes(2027) == ["fy2027_1", "fy2026_2", "unknown"]


def two_years(station: Station, volunteer: Person) -> tuple[Opening, Opening]:
    """Openings on the last day of 2026, with the programme's bands, and on the first of 2027, with others."""
    decided(2027)
    last, first = (
        cast.opening(station, on, starts_at=cast.STARTED)
        for on in (dt.date(2027, 3, 31), dt.date(2027, 4, 1))
    )
    with clock.frozen_at(clock.instant(dt.date(2027, 4, 1), dt.time(12))):
        for opening, bands in ((last, ("teen", "age_65_plus")), (first, CODES)):
            for band in bands:
                assert count(opening, volunteer, band) is Verdict.ACCEPTED
    return last, first


def test_each_year_is_counted_by_its_own(station: Station, volunteer: Person) -> None:
    last, first = two_years(station, volunteer)
    assert counts.totals(last).by_band == {"teen": 1, "age_65_plus": 1}
    assert counts.totals(first).by_band == dict.fromkeys(CODES, 1)
    assert set(counts.visits_of_year(2026).by_band) == {(3, "teen"), (3, "age_65_plus"), (3, "unknown")}
    assert set(counts.visits_of_year(2027).by_band) == {(4, code) for code in CODES}
    assert attendance_events.recount() == []


def test_a_band_of_another_year_is_refused_row_by_row_and_nothing_is_written(
    station: Station, volunteer: Person
) -> None:
    _last, first = two_years(station, volunteer)
    with clock.frozen_at(clock.instant(dt.date(2027, 4, 1), dt.time(12))):
        events = [
            DeviceEvent(client_event_id=str(uuid.uuid4()), tapped_at=clock.now(), band=band, delta=1)
            for band in ("fy2027_1", "teen", "fy2099_1", "unknown")
        ]
        before = counts.totals(first)
        answers = counting.receive(opening=first, events=events, by=volunteer)
        again = counting.receive(opening=first, events=events[1:2], by=volunteer)
    assert [one.verdict for one in answers] == [
        Verdict.ACCEPTED,
        Verdict.REFUSED,
        Verdict.REFUSED,
        Verdict.ACCEPTED,
    ]
    assert "この年度にはない年代" in str(answers[1].problem)
    assert again[0].verdict is Verdict.REFUSED, "sent again, it is no duplicate: it was never taken"
    assert counts.totals(first).visits == before.visits + 2
    assert attendance_events.recount() == []


def test_touches_are_not_moved_into_a_year_that_has_no_such_band(station: Station, volunteer: Person) -> None:
    last, first = two_years(station, volunteer)
    with clock.frozen_at(clock.instant(dt.date(2027, 4, 1), dt.time(12))):
        with refused(RuleBroken, None, "この年度にはない年代"):
            moving.move(opening=last, to=first, reason="別の回だった", by=volunteer)
        db.session.rollback()


def test_a_correction_names_the_band_that_another_tablet_counted(station: Station, volunteer: Person) -> None:
    _last, first = two_years(station, volunteer)
    with clock.frozen_at(clock.instant(dt.date(2027, 4, 1), dt.time(12))):
        loaded = counts.totals(first)
        count(first, volunteer, "fy2027_1")
        typed = replace(loaded, by_band=loaded.by_band | {"fy2027_1": 9})
        with refused(RuleBroken, None, "「子ども」は"):
            day.correct(opening=first, typed=typed, loaded=loaded, reason="数え間違い", by=volunteer)


@pytest.mark.parametrize(
    "change",
    [
        sa.delete(AgeBand).where(AgeBand.code == "fy2027_1"),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(code="other"),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(fiscal_year=2030),
        sa.update(AgeBand).where(AgeBand.code == "unknown").values(position=4),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(colour=7),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(position=1),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(colour=6),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(label=""),
        sa.update(AgeBand).where(AgeBand.code == "fy2027_1").values(label_en=""),
        sa.update(OpeningCount).where(OpeningCount.band == "fy2027_1").values(band="nobody"),
        sa.update(OpeningCount).where(OpeningCount.band == "fy2027_1").values(fiscal_year=2026),
    ],
    ids=str,
)
def test_the_database_keeps_what_was_counted_in(
    station: Station, volunteer: Person, change: sa.Update
) -> None:
    two_years(station, volunteer)
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(change.execution_options(synchronize_session=False))


def test_the_database_holds_that_two_decide(db_session: object) -> None:
    draft = drafted(2027)
    for wrong in (
        {"status": DraftStatus.APPROVED, "decided_at": clock.now(), "decided_by_id": draft.drafted_by_id},
        {"status": DraftStatus.APPROVED, "decided_at": clock.now()},
        {"status": DraftStatus.RETURNED},
    ):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.update(AgeBandDraft).values(**wrong))


@pytest.mark.parametrize("approved", [False, True])
def test_the_first_records_of_a_year_at_the_same_moment_begin_with_the_same_bands(
    app: Flask, station: Station, volunteer: Person, approved: bool
) -> None:
    """Also while a draft is approved: it comes before all of them, or not at all."""
    draft, approver = drafted(2026), cast.person(Role.APPROVER)
    openings = [cast.opening(station, starts_at=dt.time(0, n)) for n in range(4)]
    ids, begin = [one.id for one in openings], threading.Barrier(5 if approved else 4)
    draft_id, refusals, broken = draft.id, [], []
    db.session.commit()

    def first(opening_id: int) -> None:
        day.begin(
            opening=db.session.get_one(Opening, opening_id), by=db.session.get_one(Person, volunteer.id)
        )

    def approve(draft_id: int) -> None:
        try:
            attendance_bands.approve_bands(
                draft=db.session.get_one(AgeBandDraft, draft_id), by=db.session.get_one(Person, approver.id)
            )
        except Conflict as conflict:
            refusals.append(conflict)
            db.session.rollback()

    def run(act: Callable[[int], None], number: int) -> None:
        with app.app_context(), clock.frozen_at(NOW):
            begin.wait()
            try:
                act(number)
                db.session.commit()
            except Exception as problem:
                broken.append(problem)
                db.session.rollback()

    threads = [threading.Thread(target=run, args=(first, one)) for one in ids]
    threads += [threading.Thread(target=run, args=(approve, draft_id))] * approved
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert broken == []
    taken = approved and not refusals
    assert codes(2026) == (
        ["age_65_plus", "fy2026_1", "fy2026_2", "unknown"] if taken else [b.code for b in STANDARD]
    )


def test_no_record_is_started_while_its_years_bands_are_approved(
    app: Flask, station: Station, volunteer: Person
) -> None:
    """It waits, and then has the bands that were approved; the database alone would let both through."""
    decided(2026, FEWER[:1])
    draft, approver = drafted(2026), cast.person(Role.APPROVER)
    opening_id, started = cast.opening(station, starts_at=cast.STARTED).id, threading.Event()
    db.session.commit()

    def begin() -> None:
        with app.app_context(), clock.frozen_at(NOW):
            opening, by = db.session.get_one(Opening, opening_id), db.session.get_one(Person, volunteer.id)
            day.begin(opening=opening, by=by)
            started.set()
            db.session.commit()

    attendance_bands.approve_bands(draft=draft, by=approver)
    other = threading.Thread(target=begin)
    other.start()
    assert not started.wait(0.5)
    db.session.commit()
    other.join()
    assert started.is_set() and codes(2026) == ["age_65_plus", "fy2026_1", "fy2026_2", "unknown"]
