"""What waits for somebody who records visits, for the home page."""

from stations.attendance.models import TallyDevice
from stations.attendance.queries.counts import records, to_record
from stations.attendance.queries.tablets import left_after_closing
from stations.committees.models import Opening
from stations.core import clock
from stations.core.access import Actor
from stations.core.formatting import hours, short_date
from stations.core.language import gettext as _
from stations.core.tasks import Task


def waiting_for(person: Actor) -> list[Task]:
    """Today's openings, past ones whose record nobody has closed, and touches that reached a closed one."""
    if not records(person):
        return []
    return [
        *(_record(row.opening) for row in to_record(person)),
        *(_open_again(device) for device in left_after_closing(person)),
    ]


def _which(opening: Opening) -> str:
    """The station and the hours: a station may open twice on one day."""
    return f"{opening.station.name} {hours(opening.starts_at, opening.ends_at)}"


def _record(opening: Opening) -> Task:
    if opening.on == clock.today():
        label, endpoint = (
            _("今日の参加者を数える（%(opening)s）", opening=_which(opening)),
            "attendance.tally",
        )
    else:
        day = short_date(opening.on)
        label = _("%(day)sの記録をつける（%(opening)s）", day=day, opening=_which(opening))
        endpoint = "attendance.details"
    return Task(label=label, endpoint=endpoint, values={"opening_id": opening.id}, due_on=opening.on)


def _open_again(device: TallyDevice) -> Task:
    """Touches that a tablet sent after the closing are counted once the record is opened again."""
    opening = device.opening
    return Task(
        label=_(
            "%(day)sの、まだ数えられていない%(n)s件を確かめる（%(opening)s）",
            day=short_date(opening.on),
            n=device.unsent,
            opening=_which(opening),
        ),
        endpoint="attendance.totals",
        values={"opening_id": opening.id},
        due_on=opening.on,
        hint=_("記録を確定したあとに、端末から届きました。"),
    )
