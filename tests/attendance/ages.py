"""A year with bands of its own, for tests."""

from stations.attendance.band_rules import Band
from stations.attendance.models import AgeBandDraft
from stations.attendance.services import bands as attendance_bands
from stations.core.access import Role
from stations.people.models import Person
from tests.support import cast

FEWER = (
    Band("", "65歳以上", "65 and over", 6),
    Band("", "子ども", "Children", 2),
    Band("", "18–64歳", "18–64", 4),
)
"""Another order, another label, and one band where the programme has two: elders first, then children, then grown-ups."""


def drafted(year: int, bands: tuple[Band, ...] = FEWER, by: Person | None = None) -> AgeBandDraft:
    return attendance_bands.draft_bands(year=year, bands=bands, by=by or cast.person(Role.OFFICER))


def decided(year: int, bands: tuple[Band, ...] = FEWER) -> None:
    """Bands of a year that is not counted in yet, drafted by one official and approved by another."""
    attendance_bands.approve_bands(draft=drafted(year, bands), by=cast.person(Role.APPROVER))
