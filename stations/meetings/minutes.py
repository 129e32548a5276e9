"""The minutes (議事録): the record of what was decided, which nobody types, and what people add to it."""

from collections.abc import Sequence
from pathlib import Path

from flask_babel import force_locale

from stations.applications import queries as plan_queries
from stations.core import clock, documents, formatting, printed_as
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.meetings import queries
from stations.meetings.models import AgendaItem, Meeting

_TEMPLATE = Path(__file__).parent / "letters" / "minutes.typ"


def whole(meeting: Meeting) -> str:
    """What is kept at 閉会: the record as it stands, then the words of the secretariat.

    In Japanese, whatever language the page was read in: it is the city's document.
    """
    with force_locale("ja"):
        parts = [record(meeting)]
        if meeting.minutes:
            parts.append(f"{_('話し合われたこと')}\n{meeting.minutes}")
    return "\n\n".join(parts)


def pdf(meeting: Meeting) -> bytes:
    """The minutes as PDF/A; before 閉会 as they would be now, marked 「案」.

    Never refused for one plan's title: a character that no font has is printed as the city decided, else as 〓.
    """
    closed_on = clock.local_date(meeting.closed_at) if meeting.closed_at is not None else None
    text = meeting.minutes if closed_on is not None else whole(meeting)
    shape = {
        "title": f"{meeting.title}　議事録",
        "author": "松戸市居場所づくり全体会議",
        "parts": text.split("\n\n"),
    }
    return documents.render(
        _TEMPLATE, shape, issued_on=closed_on, printed_as=printed_as.current(), whatever_is_missing=True
    )


def record(
    meeting: Meeting,
    *,
    of: Sequence[AgendaItem] | None = None,
    state: queries.Quorum | None = None,
) -> str:
    """Date, place, attendance and each decision, read from the tables: it cannot contradict them.

    ``of``: the agenda, ``state``: the quorum, both asked for unless given.
    """
    items = queries.agenda(meeting) if of is None else of
    state = state or queries.quorum(meeting)
    lines = [
        meeting.title,
        _(
            "日時：%(day)s %(time)s",
            day=clock.format_era(meeting.held_on),
            time=formatting.time(meeting.starts_at),
        ),
        _("場所：%(place)s", place=meeting.place),
        _(
            "出席：構成員%(members)s人のうち%(present)s人、委任状%(proxy)s人（定足数%(needed)s人）",
            members=state.members,
            present=state.present,
            proxy=state.by_proxy,
            needed=state.needed,
        ),
    ]
    for number, item in enumerate(items, 1):
        lines += ["", *_decision(number, item)]
    return "\n".join(str(line) for line in lines)


def _decision(number: int, item: AgendaItem) -> list[str]:
    sums = plan_queries.version_totals(item.version)
    lines = [
        _("議案第%(number)s号　%(title)s", number=number, title=item.plan.title),
        _(
            "（%(committee)s、第%(revision)s版、申請額 %(amount)s）",
            committee=item.plan.committee.name,
            revision=item.version.revision,
            amount=formatting.yen(sums["requested_yen"]),
        ),
    ]
    if item.resolution is None:
        return [*lines, _("結果：取下げ") if not item.pending else _("結果：未決")]
    lines.append(
        _(
            "結果：%(resolution)s（賛成%(votes_for)s、反対%(votes_against)s、棄権%(abstentions)s）",
            resolution=label(item.resolution),
            votes_for=item.votes_for,
            votes_against=item.votes_against,
            abstentions=item.abstentions,
        )
    )
    if item.conditions:
        lines.append(_("条件：%(words)s", words=item.conditions))
    if item.reason:
        lines.append(_("理由：%(words)s", words=item.reason))
    return lines
