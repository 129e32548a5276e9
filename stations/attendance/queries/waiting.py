"""What waits for somebody who records visits, or decides on age bands, for the home page."""

from stations.attendance.models import AgeBandDraft, TallyDevice
from stations.attendance.queries.counts import records, to_record
from stations.attendance.queries.questions import openings_that_ask
from stations.attendance.queries.tablets import left_after_closing
from stations.committees.models import Opening
from stations.core import clock, drafted
from stations.core.access import Actor, Permission, can
from stations.core.formatting import hours, short_date
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.core.tasks import Task


def waiting_for(person: Actor) -> list[Task]:
    """Drafted age bands; today's openings, past ones whose record nobody has closed, touches that reached a closed one."""
    return [*_of_the_year(person), *(_of_the_door(person) if records(person) else ())]


def _of_the_year(person: Actor) -> list[Task]:
    if not can(person, Permission.VISIT_APPROVE_BANDS):
        return []
    return [
        _decide(draft)
        for draft in drafted.waiting(AgeBandDraft)
        if can(person, Permission.VISIT_APPROVE_BANDS, draft)
    ]


def _decide(draft: AgeBandDraft) -> Task:
    return drafted.decide_task(
        draft,
        due_on=clock.fiscal_year_period(draft.fiscal_year)[0],
        hint=_("この年度に来場者を数えはじめると、変えられなくなります。"),
    )


def _of_the_door(person: Actor) -> list[Task]:
    return [
        *(_record(row.opening) for row in to_record(person)),
        *(_open_again(device) for device in left_after_closing(person)),
        *(_decide_numbers(opening) for opening in openings_that_ask(person)),
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


def _decide_numbers(opening: Opening) -> Task:
    """Tablets that did not know of each other said different things, or something arrived after the closing."""
    return Task(
        label=_(
            "%(day)sの人数を確かめて決める（%(opening)s）",
            day=short_date(opening.on),
            opening=_which(opening),
        ),
        endpoint="attendance.totals",
        values={"opening_id": opening.id},
        due_on=opening.on,
        hint=_("端末どうしの食い違いや、確定のあとに届いた入力があります。"),
    )


def _open_again(device: TallyDevice) -> Task:
    """Touches that a tablet sent after the closing are counted once the record is opened again."""
    opening = device.opening
    return Task(
        label=counted(
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
