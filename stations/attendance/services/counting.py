"""Counting: one touch after the other, each exactly once; taking back; a device's whole queue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from stations.attendance import authors, rules
from stations.attendance.device_events import DeviceEvent, happened_at
from stations.attendance.models import OpeningRecord
from stations.attendance.projection import EventKind
from stations.attendance.queries import counts
from stations.attendance.queries import events as stored
from stations.attendance.rules import Counter, Verdict
from stations.attendance.services.day import begin
from stations.attendance.services.events import Author, write
from stations.committees.models import Opening
from stations.core import access, clock
from stations.core.access import Actor, Held, Permission
from stations.core.database import db
from stations.core.messages import N_, Conflict, RuleBroken
from stations.people import queries as people


@dataclass(frozen=True)
class Received:
    """The answer to one event of a device: what became of it, and why not when it was refused."""

    client_event_id: str
    verdict: Verdict
    problem: Conflict | RuleBroken | None = None


def tap(
    *,
    opening: Opening,
    client_event_id: str,
    counter: Counter,
    band: str | None,
    delta: int,
    tapped_at: dt.datetime,
    by: Actor,
    author: Author | None = None,
    happened: dt.datetime | None = None,
) -> Verdict:
    """Count one tap exactly once: an id that is stored already is acknowledged and changes nothing.

    ``author``: who tapped, if that is not ``by``; ``happened``: when, as judged by the time of receipt.

    `RuleBroken` on "count" below zero or above the most a tile can hold, and for an age band that the year does not have;
    `Conflict` once the day is closed.
    """
    record = begin(opening=opening, by=by)
    if _is_known(client_event_id, record):
        return Verdict.DUPLICATE
    rules.check_countable(record.status)
    rules.check_tap(counts.count(record, counter, band), delta)
    write(
        record,
        EventKind.COUNT,
        author or Author(by.id),
        tile=(counter, band),
        delta=delta,
        event_id=client_event_id,
        made_at=tapped_at,
        happened_at=happened,
    )
    return Verdict.ACCEPTED


def undo(
    *,
    opening: Opening,
    client_event_id: str,
    by: Actor,
    undoes: str | None = None,
    tapped_at: dt.datetime | None = None,
    author: Author | None = None,
    happened: dt.datetime | None = None,
) -> Verdict:
    """Take back the last tap that still counts, or the one whose client_event_id is ``undoes``.

    One that was moved to another opening meanwhile is taken back there: the same person counts once, or not at all.
    A tap that another device took back meanwhile is acknowledged: what was wanted has happened.
    """
    made_at, record = _records(opening, undoes, by)
    if _is_known(client_event_id, made_at, record):
        return Verdict.DUPLICATE
    rules.check_undoable(record.status, None if record is made_at else record.opening)
    wanted = counts.stands_for(undoes) if undoes else next(iter(stored.in_force(record.opening_id, 1)), None)
    if wanted is None or wanted.opening_id != record.opening_id or wanted.kind is not EventKind.COUNT:
        raise RuleBroken(None, N_("取り消せる入力はありません。"))
    if counts.is_undone(wanted):
        return Verdict.DUPLICATE
    fact = wanted.fact
    if fact.counter is not None:
        rules.check_tap(counts.count(record, fact.counter, fact.band), -fact.delta)
    write(
        record,
        EventKind.UNDO,
        author or Author(by.id),
        event_id=client_event_id,
        made_at=tapped_at or clock.now(),
        happened_at=happened,
        undoes=wanted.event_id,
    )
    return Verdict.ACCEPTED


def receive(
    *, opening: Opening, events: Sequence[DeviceEvent], by: Actor, sent_at: dt.datetime | None = None
) -> list[Received]:
    """Take a device's queue, in its order; an empty one writes nothing. One refused event does not hold the others up.

    ``sent_at``: when it was sent by the device's clock, by which its other times are judged. Each event is stored under
    the name of who tapped, as far as its mark proves that (`attendance.authors`).
    """
    answers = []
    authors_of = _Authors(opening, by)
    for event in events:
        try:
            with db.session.begin_nested():
                happened = happened_at(event.tapped_at, sent_at, clock.now())
                verdict = _take(opening, event, by, authors_of(event, happened), happened)
        except Conflict as closed:
            answers.append(Received(event.client_event_id, Verdict.CLOSED, closed))
        except RuleBroken as broken:
            answers.append(Received(event.client_event_id, Verdict.REFUSED, broken))
        else:
            answers.append(Received(event.client_event_id, verdict))
    return answers


def _take(opening: Opening, event: DeviceEvent, by: Actor, author: Author, happened: dt.datetime) -> Verdict:
    if event.undo:
        return undo(
            opening=opening,
            client_event_id=event.client_event_id,
            undoes=event.undoes,
            tapped_at=event.tapped_at,
            by=by,
            author=author,
            happened=happened,
        )
    return tap(
        opening=opening,
        client_event_id=event.client_event_id,
        counter=event.counter,
        band=event.band,
        delta=event.delta,
        tapped_at=event.tapped_at,
        by=by,
        author=author,
        happened=happened,
    )


@dataclass(frozen=True)
class _Then:
    """Somebody as they were on a day."""

    id: int
    held_roles: tuple[Held, ...]
    is_authenticated: bool = True


class _Authors:
    """Who made each touch of one batch, which ``sender`` sent."""

    def __init__(self, opening: Opening, sender: Actor) -> None:
        self.opening, self.sender = opening, sender
        self.may_record: dict[tuple[int, dt.date], bool] = {}

    def __call__(self, event: DeviceEvent, happened: dt.datetime) -> Author:
        mark = authors.read(event.author)
        if mark is None or not mark.holds_for(self.opening.id, happened):
            return Author(self.sender.id, unsure=True)
        if mark.person_id == self.sender.id:
            return Author(self.sender.id)
        if not self._might_record(mark.person_id, clock.local_date(happened)):
            return Author(self.sender.id, unsure=True)
        return Author(mark.person_id, sent_by_id=self.sender.id)

    def _might_record(self, person_id: int, on: dt.date) -> bool:
        """Whether somebody had a role on that day that lets them count at this station."""
        if (person_id, on) not in self.may_record:
            person = people.person_with_roles(person_id)
            then = _Then(person_id, person.held_on(on) if person is not None else ())
            self.may_record[person_id, on] = bool(access.can(then, Permission.VISIT_RECORD, self.opening))
        return self.may_record[person_id, on]


def _records(opening: Opening, undoes: str | None, by: Actor) -> tuple[OpeningRecord, OpeningRecord]:
    """The record that a device counts for, and the one in which what it takes back stands now; often the same."""
    made, now = (stored.event(undoes), counts.stands_for(undoes)) if undoes else (None, None)
    place = opening
    if made is not None and now is not None and made.opening_id == opening.id:
        place = counts.opening_of(now)
    # In the order in which `moving.move` holds them.
    started = {one.id: begin(opening=one, by=by) for one in sorted({opening, place}, key=lambda one: one.id)}
    return started[opening.id], started[place.id]


def _is_known(client_event_id: str, *records: OpeningRecord) -> bool:
    known = stored.event(client_event_id)
    if known is not None and known.opening_id not in {one.opening_id for one in records}:
        raise RuleBroken(None, N_("この入力は、別の開催回の記録として届いています。"))
    return known is not None
