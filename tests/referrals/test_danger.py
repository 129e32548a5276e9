"""What stops a memo until somebody was telephoned, and what a call must say."""

from datetime import UTC, datetime, timedelta

import pytest

from stations.referrals.danger import Call, CallOutcome, call_faults, needs_call

NOW = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)  # a Saturday, 15 o'clock


def test_words_of_danger_are_telephoned_urgent_or_not() -> None:
    assert needs_call(False, "もう死にたい") and not needs_call(False, "必死に練習している")


def test_what_is_urgent_is_telephoned_whatever_it_says() -> None:
    assert needs_call(True, "2週つづけて顔色が悪い")


REACHED = Call(outcome=CallOutcome.REACHED, whom="119", at=NOW)


@pytest.mark.parametrize(
    ("call", "danger_only", "fields"),
    [
        (REACHED, False, []),
        (Call(outcome=CallOutcome.NOT_REACHED, whom="窓口", at=NOW - timedelta(hours=2)), False, []),
        (Call(outcome=CallOutcome.REACHED, whom=" ", at=NOW), False, ["whom"]),
        (Call(outcome=CallOutcome.REACHED, whom="119", at=None), False, ["at"]),
        (Call(outcome=CallOutcome.NOT_REACHED, whom="", at=None), False, ["whom", "at"]),
        (Call(outcome=CallOutcome.REACHED, whom="119", at=NOW + timedelta(minutes=20)), False, ["at"]),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason="去年の話だった"), True, []),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason=" "), True, ["reason"]),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason="去年の話だった"), False, ["outcome"]),
    ],
)
def test_a_call_says_whom_and_when(call: Call, danger_only: bool, fields: list[str]) -> None:
    """``danger_only``: only words stopped it. What is marked urgent is telephoned without exception."""
    assert [one.field for one in call_faults(call, NOW, urgent=not danger_only)] == fields
