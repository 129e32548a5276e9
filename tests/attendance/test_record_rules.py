"""Rules of a day's record and of what a device sends."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.attendance.band_rules import STANDARD
from stations.attendance.rules import (
    MAX_COUNT,
    OTHERS,
    Counter,
    RecordAct,
    RecordStatus,
    Totals,
    check_countable,
    differences,
    tile,
    tile_key,
    totals,
    totals_of_tiles,
)
from stations.attendance.workflow import RECORD
from stations.core.messages import Conflict, RuleBroken
from tests.support.refusals import refused
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    open save_details open
    open correct open
    open close closed
    open move_out open
    open move_in open
    closed reopen open
""")
NOTHING = totals(())
TILES = [*(band.code for band in STANDARD), "fy2027_1", *OTHERS]
numbers = st.fixed_dictionaries({key: st.integers(0, MAX_COUNT) for key in TILES}).map(totals_of_tiles)


@every_pair(RecordStatus, RecordAct)
def test_every_act_in_every_state(status: RecordStatus, act: RecordAct) -> None:
    check_step(RECORD.next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(RecordStatus, RecordAct, STEPS, start="open", ends=())


def test_corrections_and_reopening_need_a_reason() -> None:
    for act in RecordAct:
        RECORD.row(act).check_reason("紙の記録から")
        if act in {RecordAct.CORRECT, RecordAct.REOPEN, RecordAct.MOVE_OUT}:
            with refused(RuleBroken, "reason"):
                RECORD.row(act).check_reason(" ")


def test_a_closed_record_takes_no_tap() -> None:
    check_countable(RecordStatus.OPEN)
    with pytest.raises(Conflict):
        check_countable(RecordStatus.CLOSED)


def test_a_tile_and_its_key_name_each_other() -> None:
    assert [tile_key(*tile(key)) for key in TILES] == TILES
    assert len(OTHERS) == len(Counter) - 1
    for key in ("visit", "", "Child", "a-b", "1st", "ä", "x" * 41):
        with refused(RuleBroken, None, "数える欄"):
            tile(key)


@given(counted=numbers, typed=numbers)
def test_differences_lead_from_what_is_counted_to_what_was_typed(counted: Totals, typed: Totals) -> None:
    before = [(*key, number) for key, number in counted.counts().items()]
    assert totals([*before, *differences(counted, typed)]) == typed
    assert differences(typed, typed) == []


def test_typed_numbers_stay_on_a_tile() -> None:
    with refused(RuleBroken, "count"):
        differences(NOTHING, replace(NOTHING, staff=MAX_COUNT + 1))
