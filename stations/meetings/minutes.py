"""A first draft of the minutes, made from what was decided; the secretariat finishes it by hand."""

from flask_babel import gettext as _

from stations.applications import queries as plan_queries
from stations.core import formatting
from stations.core.labels import label
from stations.core.money import format_yen
from stations.meetings import queries
from stations.meetings.models import AgendaItem, Meeting


def draft(meeting: Meeting) -> str:
    """Date, place, attendance and each decision, as text to be edited."""
    state = queries.quorum(meeting)
    lines = [
        meeting.title,
        _(
            "日時：%(day)s %(time)s",
            day=formatting.date_era(meeting.held_on),
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
    for number, item in enumerate(queries.agenda(meeting), 1):
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
            amount=format_yen(sums["requested_yen"]),
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
