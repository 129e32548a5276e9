"""What the lists of receipts and the 出納帳 give as files."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.formatting import yen
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Cells, Column, Kind

if TYPE_CHECKING:
    from stations.grants.books.models import Receipt
    from stations.grants.books.queries.cash_book import BookLine, CashBook
    from stations.grants.reports.models import ReceiptDisallowance

    Disallowed = Mapping[int, list[ReceiptDisallowance]]


STATES = {"live": _l("有効なもの"), "found": _l("指摘あり"), "cancelled": _l("取消し")}
"""What the list of receipts is narrowed by."""


def book(called: str) -> "tuple[Column[BookLine], ...]":
    """``called``: the grant, named in each line, so that books of several can be put together."""
    return (
        Column(_l("助成金"), lambda line: called),
        Column(_l("日付"), lambda line: line.happened_on, Kind.DATE),
        Column(_l("摘要"), lambda line: line.description),
        Column(_l("費目"), _kinds),
        Column(_l("証拠番号"), lambda line: line.voucher, Kind.NUMBER),
        Column(_l("収入（円）"), lambda line: line.in_yen, Kind.YEN),
        Column(_l("支出（円）"), lambda line: line.out_yen, Kind.YEN),
        Column(_l("残高（円）"), lambda line: line.balance_yen, Kind.YEN),
        Column(_l("訂正前の記録"), _before),
        Column(_l("取消し・訂正の理由"), _reasons),
        Column(_l("支払番号・納入番号"), lambda line: line.reference or None),
    )


def book_total(book: "CashBook") -> Cells:
    """The last row of the book."""
    sums = (book.total_in, book.total_out, book.balance)
    return (_("合計"), None, None, None, None, *sums, None, None, None)


def _kinds(line: "BookLine") -> str:
    """費目 of an expense (with amounts, when one paper is split), 収入の種類 of an income, or the city's grant."""
    parts = line.transaction.postings
    spent = [(part.category, part.amount_yen) for part in parts if part.category]
    if len(spent) > 1:
        return "・".join(f"{label(CostCategory(category))} {yen(amount)}" for category, amount in spent)
    kinds: list[CostCategory | IncomeKind] = [CostCategory(part.category) for part in parts if part.category]
    kinds += [IncomeKind(part.income_kind) for part in parts if part.income_kind]
    return "・".join(str(label(kind)) for kind in kinds) or _("市の助成金")


def _before(line: "BookLine") -> str | None:
    stood = [f"{one.happened_on.isoformat()}　{one.description}　{yen(one.yen)}" for one in line.corrections]
    return "、".join(stood) or None


def _reasons(line: "BookLine") -> str | None:
    given = [*(one.reason for one in line.corrections), line.transaction.reason]
    return "、".join(filter(None, given)) or None


def receipts(corrected: Collection[int | None], disallowed: "Disallowed") -> "tuple[Column[Receipt], ...]":
    """``corrected``: ids of receipts that others replace; ``disallowed``: by id, what of it does not count."""

    def state(row: "Receipt") -> str | None:
        for holds, words in (
            (row.id in corrected, _("訂正前")),
            (row.cancelled_at is not None, _("取消し")),
            (bool(row.finding), _("指摘に回答済") if row.answer else _("指摘あり")),
            (row.id in disallowed, _("一部対象外")),
            (row.inspected_at is not None, _("確認済")),
        ):
            if holds:
                return words
        return None

    return (
        Column(_l("番号"), lambda row: row.number, Kind.NUMBER),
        Column(_l("支払先"), lambda row: row.payee),
        Column(_l("日付"), lambda row: row.dated_on, Kind.DATE),
        Column(_l("内容"), lambda row: row.description),
        Column(_l("費目"), _splits),
        Column(_l("金額"), lambda row: row.amount_yen, Kind.YEN),
        Column(_l("状態"), state),
        Column(_l("対象外"), lambda row: _not_counted(disallowed.get(row.id, []))),
    )


def _splits(row: "Receipt") -> str:
    several = len(row.splits) > 1
    return "、".join(
        f"{label(one.line.category)}：{one.line.content}" + (f" {yen(one.amount_yen)}" if several else "")
        for one in row.splits
    )


def _not_counted(parts: "list[ReceiptDisallowance]") -> str | None:
    said = [_("対象外 %(yen)s：%(reason)s", yen=yen(one.amount_yen), reason=one.reason) for one in parts]
    return "、".join(said) or None
