"""What the lists of grants give as files."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stations.core import formatting
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.money import Yen
from stations.core.tables import Cells, Column, Kind
from stations.grants.rules import OVER, SETTLING

if TYPE_CHECKING:
    from stations.grants.books.rules.bookkeeping import GrantBalance
    from stations.grants.pages.late_reports import AwaitedReport
    from stations.grants.queries.lists import GrantLine

    Balances = Mapping[int, GrantBalance]


def grants(balances: "Balances", *, inside: bool) -> "tuple[Column[GrantLine], ...]":
    """``inside``: the reader knows what has not gone out yet."""
    return (
        Column(_l("ステーション"), lambda one: one.station),
        Column(_l("年度"), lambda one: formatting.fiscal_year(one.fiscal_year)),
        Column(_l("計画"), lambda one: one.title),
        Column(_l("地区"), lambda one: one.district),
        Column(_l("状態"), lambda one: str(label(one.status))),
        Column(_l("申請額"), lambda one: one.requested_yen, Kind.YEN),
        Column(_l("決定額"), lambda one: awarded(one, balances[one.id], inside=inside), Kind.YEN),
        Column(_l("支払済"), lambda one: balances[one.id].paid, Kind.YEN),
        Column(_l("支出済"), lambda one: balances[one.id].spent, Kind.YEN),
        Column(_l("残り"), lambda one: left(one, balances[one.id]), Kind.YEN),
    )


def awarded(one: "GrantLine", books: "GrantBalance", *, inside: bool) -> Yen | None:
    """決定額 of a grant in the list; None before an award, and for one that has ended without any."""
    if books.awarded or one.status not in OVER:
        return books.awarded or None
    return 0 if inside and one.fixed_yen is not None else None


def left(one: "GrantLine", books: "GrantBalance") -> Yen | None:
    """残り; None where there is no award, and where what is left can no longer be used."""
    return books.left if books.awarded and one.status not in OVER | SETTLING else None


def sums(lines: "Sequence[GrantLine]", balances: "Balances") -> tuple[Yen, ...]:
    """申請額・決定額・支払済・支出済・残り of all: what one spent beyond its award takes nothing from another."""
    books = [balances[one.id] for one in lines]
    return (
        sum(one.requested_yen for one in lines),
        sum(one.awarded for one in books),
        sum(one.paid for one in books),
        sum(one.spent for one in books),
        sum(max(0, left(one, balances[one.id]) or 0) for one in lines),
    )


def total_row(sums: tuple[Yen, ...], lines: int) -> Cells:
    """`sums` as the last row of the list."""
    return (_("合計（%(n)s件）", n=lines), None, None, None, None, *sums)


AWAITED: "tuple[Column[AwaitedReport], ...]" = (
    Column(_l("ステーション・計画"), lambda row: row.name),
    Column(_l("地区"), lambda row: row.district),
    Column(_l("電話"), lambda row: row.phone or None),
    Column(_l("状態"), lambda row: str(label(row.status))),
    Column(_l("提出期限"), lambda row: row.due_on, Kind.DATE),
    Column(_l("期限まで"), lambda row: lateness(row)),
    Column(_l("手元の残高"), lambda row: row.cash, Kind.YEN),
    Column(_l("最後の催促"), lambda row: row.reminded_on, Kind.DATE),
    Column(_l("催促の届き方"), lambda row: _reached(row)),
)


def lateness(row: "AwaitedReport") -> str:
    """How many days a report is late, or has."""
    if row.days_late > 0:
        return _("%(n)s日超過", n=row.days_late)
    return _("あと%(n)s日", n=-row.days_late) if row.days_late else _("今日まで")


def _reached(row: "AwaitedReport") -> str:
    if not row.reminded_on:
        return _("まだ")
    return _("メール") if row.mailed else _("メールの届く人がいません。電話か文書で知らせてください")
