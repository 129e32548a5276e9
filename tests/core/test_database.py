"""The last guards: append-only rows, times with a zone, one writer at a time."""

import datetime as dt
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import audit, clock
from stations.core.audit import Event
from stations.core.database import AppendOnlyError, NotRemovableError, add, db
from stations.core.numbering import DocumentSeries, next_number
from tests.support import cast


def an_event(db_session: Session) -> Event:
    committee = cast.committee()
    event = audit.record(committee, act="found", by=None, reason="開設")
    db_session.flush()
    return event


def test_history_is_not_changed_through_the_session(db_session: Session):
    event = an_event(db_session)
    event.reason = "別の理由"
    with pytest.raises(AppendOnlyError):
        db_session.flush()


def test_history_is_not_deleted_through_the_session(db_session: Session):
    db_session.delete(an_event(db_session))
    with pytest.raises(AppendOnlyError):
        db_session.flush()


def test_what_might_lend_its_id_to_another_is_not_deleted(db_session: Session):
    db_session.delete(cast.committee())
    with pytest.raises(NotRemovableError):
        db_session.flush()


@pytest.mark.parametrize("statement", [sa.update(Event).values(reason=""), sa.delete(Event)])
def test_history_is_not_changed_in_bulk(db_session: Session, statement: sa.Update | sa.Delete):
    an_event(db_session)
    with pytest.raises(AppendOnlyError):
        db_session.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE event SET reason = ''", "DELETE FROM event"])
def test_history_is_not_changed_by_hand(db_session: Session, statement: str):
    an_event(db_session)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db_session.execute(sa.text(statement))


def test_times_come_back_in_utc(db_session: Session):
    event = an_event(db_session)
    db_session.commit()
    db_session.expire_all()
    assert event.at.tzinfo == dt.UTC
    assert abs(event.at - clock.now()) < dt.timedelta(minutes=1)


def test_a_time_without_a_zone_is_refused(db_session: Session):
    person = cast.person()
    person.disabled_at = dt.datetime(2026, 4, 1)
    with pytest.raises(sa.exc.StatementError):
        db_session.flush()


def test_the_timeline_reads_newest_first_with_names(db_session: Session):
    committee, person = cast.committee(), cast.person(name="見本 太郎")
    audit.record(committee, act="first", by=person)
    audit.record(committee, act="second", by=None, reason="理由")
    entries = audit.timeline(committee)
    assert [(entry.label, entry.by_name, entry.reason) for entry in entries] == [
        ("second", "—", "理由"),
        ("first", "見本 太郎", None),
    ]


def test_numbers_run_without_gaps_from_one_in_each_year_and_series(db_session: Session):
    taken = [next_number(fiscal_year=2026, series="letter") for _ in range(3)]
    assert taken == [1, 2, 3]
    assert next_number(fiscal_year=2027, series="letter") == 1
    assert next_number(fiscal_year=2026, series="plan") == 1


def test_a_number_that_was_rolled_back_is_given_again(db_session: Session):
    next_number(fiscal_year=2026, series="letter")
    db_session.commit()
    next_number(fiscal_year=2026, series="letter")
    db_session.rollback()
    assert next_number(fiscal_year=2026, series="letter") == 2


def test_many_at_once_get_different_numbers_without_a_gap(app: Flask):
    """Eight writers, the first of them racing to begin the series."""
    from stations.core.database import db

    taken: list[int] = []
    ready = threading.Barrier(8)

    def take() -> None:
        with app.app_context():
            ready.wait()
            number = next_number(fiscal_year=2026, series="letter")
            db.session.commit()
            taken.append(number)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 9))


def test_a_series_counts_from_zero(db_session: Session):
    with pytest.raises(sa.exc.IntegrityError):
        add(DocumentSeries(fiscal_year=2026, series="letter", last_number=-1))


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_a_request_that_reads_opens_no_transaction_and_one_that_writes_does(app: Flask):
    def commits_by_itself(method: str) -> object:
        with app.test_request_context(method=method):
            driver: Any = db.session.connection().connection.driver_connection
            return driver.autocommit

    assert [commits_by_itself(method) for method in ("GET", "POST", "GET")] == [True, False, True]
