"""What the lists of meetings, of their items and of the plans for them give as files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_login import current_user

from stations.core import formatting
from stations.core.access import Permission, can
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.applications.models import Plan
    from stations.applications.rules import Totals
    from stations.meetings.models import AgendaItem, Meeting
    from stations.meetings.rules import Attendance
    from stations.people.models import Person

    Numbered = tuple[int, AgendaItem, tuple[int, int]]

MEETINGS: "tuple[Column[Meeting], ...]" = (
    Column(_l("会議"), lambda one: one.title),
    Column(_l("年度"), lambda one: formatting.fiscal_year(one.fiscal_year)),
    Column(_l("日"), lambda one: one.held_on, Kind.DATE),
    Column(_l("時刻"), lambda one: formatting.time(one.starts_at)),
    Column(_l("場所"), lambda one: one.place),
    Column(_l("状態"), lambda one: str(label(one.status))),
    Column(_l("議案"), lambda one: len(one.items), Kind.COUNT),
)


def candidates(totals: "Mapping[int, Totals]") -> "tuple[Column[Plan], ...]":
    """``totals``: by the plan's id."""
    return (
        Column(_l("計画"), lambda plan: plan.title),
        Column(_l("実行委員会"), lambda plan: plan.committee.name),
        Column(_l("状態"), lambda plan: str(label(plan.status))),
        Column(_l("市への申請額"), lambda plan: totals[plan.id].requested, Kind.YEN),
    )


def items(*, everything: bool) -> "tuple[Column[Numbered], ...]":
    """A committee reads of others' plans no more than their names; ``everything``: the reader sees the running total."""
    running: tuple[Column[Numbered], ...] = (Column(_l("累計"), lambda row: row[2][1], Kind.YEN),)
    return (
        Column(_l("議案"), lambda row: _("第%(n)s号", n=row[0])),
        Column(_l("計画"), lambda row: row[1].plan.title),
        Column(_l("実行委員会"), lambda row: row[1].plan.committee.name),
        Column(_l("版"), lambda row: _("第%(n)s版", n=row[1].version.revision)),
        Column(_l("市への申請額"), lambda row: row[2][0] if _known(row) else None, Kind.YEN),
        *(running if everything else ()),
        Column(_l("結果"), lambda row: _result(row[1]) if _known(row) else None),
        Column(_l("賛成"), lambda row: row[1].votes_for if _resolved(row) else None, Kind.COUNT),
        Column(_l("反対"), lambda row: row[1].votes_against if _resolved(row) else None, Kind.COUNT),
        Column(_l("棄権"), lambda row: row[1].abstentions if _resolved(row) else None, Kind.COUNT),
        Column(_l("条件"), lambda row: row[1].conditions or None if _resolved(row) else None),
        Column(_l("理由"), lambda row: row[1].reason or None if _resolved(row) else None),
    )


def _known(row: "Numbered") -> bool:
    return bool(can(current_user, Permission.PLAN_READ, row[1].plan))


def _resolved(row: "Numbered") -> bool:
    return row[1].resolution is not None and _known(row)


def _result(item: "AgendaItem") -> str:
    if item.resolution is not None:
        return str(label(item.resolution))
    return _("これから") if item.pending else _("取下げ")


def members(taking_part: "Mapping[int, Attendance]") -> "tuple[Column[Person], ...]":
    """``taking_part``: by the person's id; who is not in it is absent."""
    words = {"present": _("出席"), "proxy": _("委任状"), "": _("欠席")}
    return (
        Column(_l("氏名"), lambda one: one.name),
        Column(_l("出席"), lambda one: words[taking_part.get(one.id, "")]),
    )
