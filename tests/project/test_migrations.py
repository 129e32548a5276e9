"""Migrations: up, down and up again on both databases, and what they build is what the models say."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.attendance.band_rules import STANDARD
from stations.attendance.queries import bands
from stations.attendance.rules import totals_of_tiles
from stations.attendance.services import day
from stations.committees.models import Opening, Station
from stations.committees.rules import OpeningAct, StationAct
from stations.core import audit, clock, sealed
from stations.core.access import Role
from stations.core.database import Model, append_only_tables, db
from stations.core.drafts import DraftStatus
from stations.core.migrations import alembic
from stations.grants.settings.models import SettingsDraft
from stations.meetings import services as meetings
from stations.people import queries as people
from stations.people.models import Person
from stations.referrals.consent_rules import Recipient
from stations.referrals.models import ConsentRecord, Observation
from stations.referrals.services import observations
from tests.attendance.ages import decided
from tests.core.test_sealed import SAID, found_in, lives
from tests.referrals import cast as referrals
from tests.support import cast
from tests.support.databases import fresh_postgres, replaced_sqlite, shared_sqlite_template
from tests.support.old_rows import everything, insert_into_every_table
from tests.support.schema import migrate


@pytest.fixture
def engine_url(request: pytest.FixtureRequest, run_folder: Path, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own: what is taken down here must not be missed elsewhere."""
    if request.param == "sqlite":
        yield replaced_sqlite(shared_sqlite_template(run_folder), tmp_path / "own.sqlite3")
    else:
        with fresh_postgres(request.getfixturevalue("postgres"), f"own_{uuid4().hex}") as url:
            yield url


@pytest.fixture
def engine(app: Flask) -> sa.Engine:
    """The test database, without taking SQLite's only write lock for looking at it."""
    with app.app_context():
        return db.engine.execution_options(reads_only=True)


def shape(engine: sa.Engine) -> dict[str, Any]:
    """Columns, keys, indexes and checks of every table, comparable between two databases of one kind."""
    inspector = sa.inspect(engine)
    given_once = ids_given_once(engine)
    tables = [table for table in inspector.get_table_names() if not table.startswith("alembic")]
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "an id is given once": table in given_once,
            "foreign keys": sorted(
                (key["name"] or "", key["constrained_columns"], key["referred_table"], str(key["options"]))
                for key in inspector.get_foreign_keys(table)
            ),
            "unique": sorted(
                (key["name"] or "", key["column_names"]) for key in inspector.get_unique_constraints(table)
            ),
            "indexes": sorted(
                (index["name"] or "", index["column_names"], index["unique"])
                for index in inspector.get_indexes(table)
            ),
            "checks": sorted(
                (check["name"] or "", "".join(check["sqltext"].split()))
                for check in inspector.get_check_constraints(table)
            ),
        }
        for table in sorted(tables)
    }


def ids_given_once(engine: sa.Engine) -> set[str]:
    """Tables of SQLite that never give an id again; PostgreSQL's all do not, so none is named."""
    if engine.dialect.name != "sqlite":
        return set()
    with engine.connect() as connection:
        return set(
            connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"))
        )


def triggers(engine: sa.Engine) -> set[str]:
    """Tables that have a trigger."""
    query = {
        "sqlite": "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT DISTINCT event_object_table FROM information_schema.triggers",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return set(connection.scalars(sa.text(query)))


def test_down_to_nothing_and_up_again(app: Flask, engine: sa.Engine):
    before = shape(engine)
    migrate(app, down=True)
    assert shape(engine) == {}
    migrate(app)
    assert shape(engine) == before


def test_migrations_are_equal_to_the_models(
    app: Flask, engine: sa.Engine, request: pytest.FixtureRequest, tmp_path
):
    with app.app_context():
        assert alembic().compare_metadata() == []
    # Alembic's comparison is blind to CHECKs, so a second database is built from the models themselves.
    if engine.dialect.name == "sqlite":
        assert_same_as_models(engine, f"sqlite:///{tmp_path / 'models.sqlite3'}")
    else:
        cluster = request.getfixturevalue("postgres")
        with fresh_postgres(cluster, f"models_{uuid4().hex}", template="template0") as url:
            assert_same_as_models(engine, url)


def assert_same_as_models(migrated: sa.Engine, url: str) -> None:
    from_models = sa.create_engine(url)
    Model.metadata.create_all(from_models)
    wanted, found = shape(from_models), shape(migrated)
    from_models.dispose()
    assert sorted(found) == sorted(wanted)
    for table in wanted:
        assert found[table] == wanted[table], table


def test_append_only_tables_have_their_triggers(engine: sa.Engine):
    assert set(append_only_tables()) <= triggers(engine)


def test_each_migration_has_the_name_of_its_file_and_one_is_the_newest(app: Flask):
    with app.app_context():
        revisions = list(alembic().script_directory.walk_revisions())
        revisions_newest_first = [revision.revision for revision in revisions]
        assert revisions_newest_first == sorted((Path(one.path).stem for one in revisions), reverse=True)
        assert len(alembic().script_directory.get_heads()) == 1
        # `flask db revision` goes on with the branch of this name, and would begin a second one without it.
        assert all("default" in one.branch_labels for one in revisions)


def test_a_year_entered_before_there_was_a_processing_time_gets_one(app: Flask, engine: sa.Engine):
    before = {
        "fiscal_year": 2025,
        "rate_numerator": 1,
        "rate_denominator": 1,
        "unit_yen": 1000,
        "report_days": 30,
        "report_latest_month": 4,
        "report_latest_day": 10,
        "refund_days": 20,
        "reallocation_rule": "smaller20",
        "document_prefix": "見本共",
        "retention_years": 5,
        "programme_item": "第2号",
        "scheme": "見本補助金",
        "ordinance": "見本要綱",
    }
    with app.app_context():
        alembic().downgrade("0001_initial")
        names = ", ".join(before)
        places = ", ".join(f":{name}" for name in before)
        db.session.execute(sa.text(f"INSERT INTO fiscal_year_setting ({names}) VALUES ({places})"), before)
        db.session.commit()
    migrate(app)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT processing_days FROM fiscal_year_setting")) == 30


def test_two_desks_stop_the_upgrade_with_their_names(app: Flask):
    one = sa.text(
        "INSERT INTO agency (name, kind, phone, is_marugoto_desk) VALUES (:name, '窓口', '', :desk)"
    )
    with app.app_context():
        alembic().downgrade("0003_cancelled_meetings")
        for name in ("第一窓口", "第二窓口"):
            db.session.execute(one, {"name": name, "desk": True})
        db.session.commit()
        with pytest.raises(RuntimeError, match="第一窓口、第二窓口"):
            alembic().upgrade()
        db.session.execute(sa.text("DELETE FROM agency WHERE name = '第二窓口'"))
        db.session.commit()
    migrate(app)


def test_a_meeting_keeps_its_presences_while_its_table_is_built_again(app: Flask):
    """SQLite rebuilds the table to change its CHECKs; one that was called off is a closed one for older versions."""
    look = sa.text(
        "SELECT title, status, (SELECT count(*) FROM presence WHERE meeting_id = meeting.id) FROM meeting"
    )
    kept = {("第1回", "planned", 1), ("第2回", "closed", 0)}
    with app.app_context():
        secretariat, member = cast.person(Role.SECRETARIAT), cast.person(Role.GENERAL_MEMBER)
        held, off = (
            meetings.plan_meeting(
                title=title, held_on=clock.today(), starts_at=dt.time(14), place="会議室", by=secretariat
            )
            for title in ("第1回", "第2回")
        )
        meetings.record_presence(meeting=held, present={member.id: "present"}, by=secretariat)
        meetings.cancel(meeting=off, reason="台風のため", by=secretariat)
        db.session.commit()
        alembic().downgrade("0002_processing_days")
        assert set(db.session.execute(look).all()) == kept
        db.session.rollback()
    migrate(app)
    with app.app_context():
        assert set(db.session.execute(look).all()) == kept
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_a_memo_sent_before_agencies_were_named_stays_with_its_receiver(app: Flask):
    with app.app_context():
        here = referrals.town()
        memos = {}
        for sent in (True, False):
            given = referrals.consent(Recipient.AGENCY, to=here.agency)
            memos[sent] = here.memo(given, to=here.agency)
        observations.send_observation(observation=memos[True], by=here.leader)
        ids = {sent: memo.id for sent, memo in memos.items()}
        named = {here.agency.id}
        db.session.commit()
        alembic().downgrade("0004_one_desk")
    migrate(app)
    with app.app_context():
        found = db.session.scalars(sa.select(ConsentRecord)).all()
        assert {one.observation_id: one.consent.agencies for one in found} == {
            ids[True]: named,
            ids[False]: frozenset(),
        }
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(sa.text("UPDATE consent_record SET answer = answer"))
        db.session.rollback()


def test_what_was_said_before_it_was_sealed_is_sealed_and_comes_back(app: Flask):
    with app.app_context():
        lives(referrals.town())
        alembic().downgrade("0010_kept_money")
        assert found_in(db.engine, SAID) == SAID
        sealed.check_keys()  # what is not sealed yet keeps nobody from upgrading
    migrate(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert found_in(db.engine, SAID) == set()
        assert {one.facts for one in db.session.scalars(sa.select(Observation))} == {"顔色が悪いという事実"}


def test_people_entered_before_are_found_in_any_form(app: Flask):
    with app.app_context():
        cast.person(name="髙﨑 花子", login="takasaki")
        db.session.commit()
        alembic().downgrade("0014_awaited_reports")
    migrate(app)
    with app.app_context():
        assert [row.person.login for row in people.people(search="高崎").rows] == ["takasaki"]


@pytest.mark.parametrize("kept_in", ["an event of its own", "a rule's end", "the station's event"])
def test_an_opening_that_was_removed_before_lends_its_id_to_none(app: Flask, kept_in: str):
    with app.app_context():
        station = cast.station(of=cast.committee())
        kept, gone = (cast.opening(of=station, starts_at=dt.time(hour)) for hour in (8, 9))
        kept_id, gone_id, station_id = kept.id, gone.id, station.id
        match kept_in:
            case "an event of its own":
                audit.record(gone, act=OpeningAct.CANCEL, by=None)
            case "a rule's end":
                removed = [{"opening_id": gone_id, **gone.in_history}]
                audit.record(station, act=StationAct.END_RULE, by=None, detail={"openings": removed})
            case _:
                detail = {"opening_id": gone_id}
                audit.record(station, act=StationAct.ADD_OPENING, by=None, detail=detail)
        audit.record(station, act=StationAct.ADD_RULE, by=None, detail={"openings": 12})
        db.session.delete(gone)
        db.session.commit()
        alembic().downgrade("0025_opening_counts")
    migrate(app)
    with app.app_context():
        station = db.session.get_one(Station, station_id)
        assert db.session.get_one(Opening, kept_id).station is station
        assert cast.opening(of=station, starts_at=dt.time(9)).id > gone_id


def test_years_that_were_counted_keep_the_age_bands_that_there_were(app: Flask):
    """Old counts stay in theirs; what was counted in others since is not thrown away by going back."""
    look = sa.text("SELECT band, number FROM opening_count WHERE counter = 'visit' ORDER BY month, band")
    years = (2023, 2024)
    with app.app_context():
        station = cast.station(of=cast.committee())
        volunteer = cast.person(Role.VOLUNTEER, of=station)
        for on in (dt.date(2024, 3, 31), dt.date(2024, 4, 1)):
            opening = cast.opening(of=station, on=on)
            typed = totals_of_tiles({"teen": 2, "age_65_plus": 3})
            day.correct(opening=opening, typed=typed, reason="紙の記録から", by=volunteer)
        station_id, by_id = station.id, volunteer.id
        db.session.commit()
        before = db.session.execute(look).all()
        db.session.rollback()
        alembic().downgrade("0027_asked_keys")
        assert db.session.execute(look).all() == before
        db.session.rollback()
    migrate(app)
    with app.app_context():
        assert db.session.execute(look).all() == before
        of_year = sa.text("SELECT DISTINCT fiscal_year FROM opening_count ORDER BY 1")
        assert tuple(db.session.scalars(of_year)) == tuple(bands.years_with_bands()) == years
        assert [bands.bands_of(year) for year in years] == [STANDARD, STANDARD]
        db.session.rollback()
        decided(clock.fiscal_year(clock.today()))
        opening = cast.opening(of=db.session.get_one(Station, station_id))
        other = bands.bands_of(clock.fiscal_year(opening.on))[1].code
        by = db.session.get_one(Person, by_id)
        day.correct(opening=opening, typed=totals_of_tiles({other: 1}), reason="紙の記録から", by=by)
        db.session.commit()
        with pytest.raises(RuntimeError, match="does not know: 1"):
            alembic().downgrade("0027_asked_keys")
        db.session.rollback()
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM age_band")) > 0


def test_drafted_settings_of_before_keep_what_was_decided(app: Flask):
    """They said it in a column of their own, before all drafts had the same states."""
    look = sa.text("SELECT fiscal_year, status FROM settings_draft ORDER BY fiscal_year")
    with app.app_context():
        officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
        for year, status in enumerate(DraftStatus, start=2030):
            by = approver.id if status in {DraftStatus.APPROVED, DraftStatus.RETURNED} else None
            at = clock.now() if status is not DraftStatus.WAITING else None
            row = SettingsDraft(fiscal_year=year, values={}, status=status, decided_by_id=by, decided_at=at)
            row.drafted_by_id, row.drafted_at = officer.id, clock.now()
            db.session.add(row)
        db.session.commit()
        before = db.session.execute(look).all()
        db.session.rollback()
        alembic().downgrade("0032_started")
        old = db.session.scalars(sa.text("SELECT approved FROM settings_draft ORDER BY fiscal_year")).all()
        assert [None if one is None else bool(one) for one in old] == [None, True, False, False]
        db.session.rollback()
    migrate(app)
    with app.app_context():
        assert db.session.execute(look).all() == before
        db.session.rollback()
        waiting = sa.text(
            "UPDATE settings_draft SET fiscal_year = 2030, status = 'waiting', decided_at = NULL"
        )
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(waiting)
        db.session.rollback()


@pytest.mark.timeout(600)  # all migrations but four, three times over
def test_a_row_of_every_table_comes_up_and_goes_down_again_as_it_was(app: Flask, engine: sa.Engine):
    """From the last version before anything was sealed, with real rows in every table that it had."""
    with app.app_context():
        alembic().downgrade("0004_one_desk")
        insert_into_every_table(db.session.connection())
        before = everything(db.session.connection())
        db.session.commit()
        assert all(before.values())
    migrate(app)
    with app.app_context():
        after = everything(db.session.connection())
        kept = {table: len(rows) for table, rows in before.items()}
        # Taps became events, and what closed a record another one.
        kept["attendance_event"] = kept.pop("tap") + len(
            [one for one in before["opening_record"] if one["closed_at"]]
        )
        assert {table: len(after[table]) for table in kept} == kept
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert set(append_only_tables()) <= triggers(engine)
        for mapper in Model.registry.mappers:  # every sealed column opens
            table = mapper.local_table
            rows = db.session.execute(sa.select(*table.columns)).all()
            assert len(rows) == len(after[str(table.description)])
        db.session.rollback()
        alembic().downgrade("0004_one_desk")
        assert everything(db.session.connection()) == before
