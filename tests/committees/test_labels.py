"""Everything that is shown has a name of its own."""

from enum import StrEnum

import pytest

from stations.committees import labels as _labels
from stations.committees.rules import (
    CommitteeAct,
    Frequency,
    OpeningAct,
    OpeningStatus,
    StationAct,
    StationKind,
    StationStage,
)
from stations.core.labels import label

ENUMS: list[type[StrEnum]] = [
    StationKind,
    StationStage,
    StationAct,
    CommitteeAct,
    OpeningStatus,
    OpeningAct,
    Frequency,
]


@pytest.mark.parametrize("members", ENUMS)
def test_every_member_is_called_something(members: type[StrEnum]):
    assert [member for member in members if label(member) == member.value] == []


def test_chips_have_a_tone():
    assert set(_labels.TONES) == {*StationStage, *OpeningStatus}
