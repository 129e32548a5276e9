"""What a set of events says: by hand for each rule, and the same for any order, repetition and way of sending."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.attendance.projection import EventKind, Fact, Projection, Unclear, project
from stations.attendance.rules import MAX_COUNT, Counter, tile, tile_key

NOON = dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC)
CASES = json.loads((Path(__file__).parent / "projection_cases.json").read_text())
"""Shared with the tablet's script, which shows the same numbers (`test_tablet_scripts`)."""


def fact(said: dict[str, Any]) -> Fact:
    """An event as the cases write it: as a device sends it, with the minute after noon for its time."""
    counter, band = tile(said["tile"]) if "tile" in said else (None, None)
    return Fact(
        event_id=said["id"],
        opening_id=said.get("opening", 1),
        kind=EventKind(said["kind"]),
        made_at=NOON + dt.timedelta(minutes=said.get("at", 0)),
        counter=counter,
        band=band,
        delta=said.get("delta", 0),
        undoes=said.get("undoes"),
        moved_from=said.get("moved_from"),
        after=tuple(said.get("after", ())),
        totals=said.get("totals"),
    )


def numbers(says: Projection) -> dict[str, int]:
    return {tile_key(*one): number for one, number in says.totals.items() if number}


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_cases(case: dict[str, Any]) -> None:
    said = project([fact(one) for one in case["events"]])
    for opening, expected in case["openings"].items():
        says = said[int(opening)]
        assert numbers(says) == expected["totals"]
        assert (not says.is_closed) is expected.get("open", True)
        assert [one.unclear for one in says.questions] == expected.get("questions", [])
        corrections = {tile_key(*one): list(heads) for one, heads in says.corrections.items()}
        assert corrections == expected.get("corrections", {})
        assert list(says.closings) == expected.get("closings", [])


TILES = ("elementary", "teen", "unknown", "staff")
IDS = [f"e{number:02}" for number in range(12)]


@st.composite
def events(draw: st.DrawFn) -> list[Fact]:
    """Any events of two openings: undos of what is not there, corrections that know some of each other, moves."""
    made = []
    for number in range(draw(st.integers(1, len(IDS)))):
        said: dict[str, Any] = {
            "id": IDS[number],
            "opening": draw(st.integers(1, 2)),
            "kind": draw(
                st.sampled_from(
                    ["count", "count", "count", "undo", "moved", "correction", "closed", "reopened"]
                )
            ),
            "at": draw(st.integers(0, 5)),
        }
        match said["kind"]:
            case "count":
                moved = draw(st.sampled_from([None, None, None, *IDS]))
                said |= {
                    "tile": draw(st.sampled_from(TILES)),
                    "delta": draw(st.sampled_from([1, 1, -1, 300])),
                }
                said |= {"moved_from": moved}
            case "undo" | "moved":
                said |= {"undoes": draw(st.sampled_from(IDS))}
            case "correction":
                said |= {"tile": draw(st.sampled_from(TILES)), "delta": draw(st.sampled_from([-2, 0, 1, 3]))}
                said |= {"after": draw(st.lists(st.sampled_from(IDS), max_size=3))}
            case "closed":
                said |= {
                    "totals": {"teen": draw(st.integers(0, 2))},
                    "after": draw(st.lists(st.sampled_from(IDS), max_size=2)),
                }
            case _:
                said |= {"after": draw(st.lists(st.sampled_from(IDS), max_size=2))}
        made.append(fact(said))
    return made


@given(made=events(), seed=st.integers(0, 99))
def test_order_and_repetition_change_nothing(made: list[Fact], seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  (a play, no secret)
    again = made + dice.choices(made, k=len(made))
    dice.shuffle(again)
    assert project(again) == project(made)


@given(made=events())
def test_no_number_is_below_zero_and_none_is_made_up(made: list[Fact]) -> None:
    for opening_id, says in project(made).items():
        here = [one for one in made if one.opening_id == opening_id]
        named = {(one.counter, one.band) for one in here if one.counter is not None}
        assert set(says.totals) == named
        assert all(number >= 0 for number in says.totals.values())
        most = sum(abs(one.delta) for one in here)
        assert sum(says.totals.values()) <= most


@given(made=events())
def test_without_corrections_a_tile_is_the_sum_of_what_nobody_took_back(made: list[Fact]) -> None:
    """Added up here another way: each undo is looked for from the count, not the other way round."""
    made = [one for one in made if one.kind is not EventKind.CORRECTION]
    for opening_id, says in project(made).items():
        for (counter, band), number in says.totals.items():
            left = 0
            for one in made:
                if one.opening_id != opening_id or (one.counter, one.band) != (counter, band):
                    continue
                named = [other.kind for other in made if other.undoes == one.event_id]
                first = [o.kind for o in made if one.moved_from and o.undoes == one.moved_from]
                if not named and EventKind.UNDO not in first:
                    left += one.delta
            assert number == max(0, left)


def test_a_number_above_the_most_is_said_and_stands() -> None:
    made = fact({"id": "a", "kind": "count", "tile": "teen", "delta": MAX_COUNT + 1})
    says = project([made])[1]
    assert numbers(says) == {"teen": MAX_COUNT + 1}
    assert [one.unclear for one in says.questions] == [Unclear.ABOVE_MOST] and not says.asks()


def test_who_is_asked_reads_both_sides() -> None:
    sides = [
        fact({"id": one, "kind": "correction", "tile": "staff", "delta": n})
        for one, n in (("a", 1), ("b", 2))
    ]
    [question] = project(sides)[1].questions
    assert (question.tile, question.events) == ((Counter.STAFF, None), ("a", "b"))
    assert project(sides)[1].asks()
