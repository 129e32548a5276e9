"""The story of the age bands: last year told grown-ups apart less finely, and the next year's wait for their decision."""

from stations.attendance.band_rules import STANDARD, Band, with_codes
from stations.attendance.services import bands as attendance_bands
from stations.core.access import Role
from stations.demo.diary import Days, Story
from stations.demo.town import Town

_CHILD, _PUPIL, _TEEN, _YOUNG, _MIDDLE, _OLD, _unknown = STANDARD
_TOGETHER = Band("", "18–64歳", "18–64", 4)
_BEFORE = (_CHILD, _PUPIL, _TEEN, _TOGETHER, _OLD)
_NEXT = (
    Band("", "小学生まで", "Up to primary school", 1),
    Band("", "中高生", "Secondary school", 3),
    Band("", "18–39歳", "18–39", 4),
    Band("", "40–64歳", "40–64", 5),
    Band("", "65–74歳", "65–74", 2),
    Band("", "75歳以上", "75 and over", 6),
)


def story(days: Days, town: Town) -> Story:
    """Drafted by an officer and approved by the section head before each year begins."""
    for year, bands, entered in (
        (days.year - 1, _BEFORE, days.winter(2, 3, of=days.year - 1)),
        (days.year, STANDARD[:-1], days.before(2, 3)),
    ):
        yield entered
        draft = attendance_bands.draft_bands(year=year, bands=bands, by=town.officer())
        attendance_bands.approve_bands(draft=draft, by=town.city[Role.APPROVER][0])
    yield days.share(0.96)
    attendance_bands.draft_bands(year=days.year + 1, bands=_NEXT, by=town.officer())


def code(band: Band, year: int, days: Days) -> str:
    """By what a visit of somebody in a band of the programme is counted in a fiscal year."""
    if year < days.year and band in (_YOUNG, _MIDDLE):
        return next(one.code for one in with_codes(_BEFORE, year, ()) if one.label == _TOGETHER.label)
    return band.code
