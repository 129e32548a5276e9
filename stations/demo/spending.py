"""What committees spend: receipts with their photos over the lines of the grant, fees taken in, own money."""

import dataclasses
import datetime as dt
import itertools

from stations.applications import queries as plan_queries
from stations.applications.rules import CostCategory, IncomeKind
from stations.core import clock, files
from stations.core.access import Role
from stations.core.database import db
from stations.core.money import Yen
from stations.demo import receipt_photos
from stations.demo.diary import Story
from stations.demo.timetable import Timetable, When
from stations.demo.town import Town
from stations.demo.undertakings import Settlement, Undertaking
from stations.grants.books.models import Receipt
from stations.grants.books.queries import ledger
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules.receipts import ReceiptKind
from stations.grants.books.services import incomes, receipts
from stations.grants.models import Grant, GrantLine
from stations.grants.reports.queries import reports as report_queries
from stations.grants.rules import Status, project_period
from stations.grants.settlement.rules.amounts import fixed_amount

_SHOPS: dict[CostCategory, tuple[tuple[str, str], ...]] = {
    CostCategory.RENT: (("見本会館", "会場使用料"), ("架空センター", "部屋の使用料")),
    CostCategory.HONORARIUM: (("例示音楽教室", "講師謝礼"), ("仮名体操クラブ", "体操指導の謝礼")),
    CostCategory.SUPPLIES: (
        ("見本文具店", "画用紙・のり・色紙の代金"),
        ("架空青果店", "調理用の野菜と米の代金"),
        ("想定ホームセンター", "軍手と苗の代金"),
    ),
    CostCategory.SERVICES: (("空想損害保険", "行事保険料"),),
    CostCategory.HIRE: (("試作レンタル", "テントの借上料"),),
    CostCategory.EQUIPMENT: (("作例家具", "折りたたみ机の代金"),),
}
_PRINTERS = (("模擬印刷所", "ちらしの印刷代"), ("例示プリント", "ちらしのコピー代"))
# How many receipts a line of this year's work gives; other lines give one.
_PIECES = {CostCategory.RENT: 2, CostCategory.SUPPLIES: 2}
_LAST_PIECE = 0.97
# What is over early, by 中止 or 取消し, has cost only its preparations.
_STOPPED = 0.35
# The year's work lives on its first advance, six tenths of the award, until the second is paid.
_FIRST_ADVANCE = 0.58
_INCOMES = {IncomeKind.FEES: "参加費", IncomeKind.OWN_FUNDS: "実行委員会の自己資金（立替を含む）"}
# Part of the time, line (None: fees taken in), yen.
_Piece = tuple[float, GrantLine | None, Yen]


def story(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """Receipts and fees between the first and the last day of the work, in the order of their days."""
    first, last = times.at(When.SPEND_FROM), times.at(When.SPEND_TO)
    spread = sorted(_pieces(town, task, grant), key=lambda piece: piece[0])
    for nth, (part, line, amount) in enumerate(spread):
        yield town.days.leisure(town.days.between(first, last, part))
        if line is None:
            _take_in(town, task, grant, IncomeKind.FEES, amount)
            continue
        _put_in_lacking(town, task, grant, spread[nth:])
        misread = nth == 1 and task.whole_year and task.place.key in {"farm", "sakura"}
        receipt = _enter(town, task, grant, line, amount, on=clock.today(), misread=misread)
        if misread:
            _correct(town, task, receipt, on=clock.today())
        elif nth == 0 and task.whole_year and task.place.key in {"farm", "mabashi"}:
            _mistaken(town, task, grant, receipt)


def _put_in_lacking(town: Town, task: Undertaking, grant: Grant, coming: list[_Piece]) -> None:
    """自己資金 for all that is still to be spent, on the day on which the cash no longer suffices."""
    cash = ledger.balance(grant).cash
    if cash >= coming[0][2]:
        return
    moves = (amount if line is None else -amount for _part, line, amount in coming)
    _take_in(town, task, grant, IncomeKind.OWN_FUNDS, -min(itertools.accumulate(moves, initial=cash)))


def _pieces(town: Town, task: Undertaking, grant: Grant) -> list[_Piece]:
    """What is spent on each line, cut into receipts, and the fees, which help to pay the later ones."""
    share, dice = _share(town, task), town.dice
    planned = sum(amount for _kind, _content, amount in plan_queries.version_incomes(grant.version))
    fees = int(planned * share)
    found: list[_Piece] = [(0.3, None, fees // 2), (0.6, None, fees - fees // 2)] if fees > 1 else []
    for line in grant.lines:
        pieces = _PIECES.get(line.category, 1) if task.whole_year and not task.last_year else 1
        whole = int(line.awarded_yen * share)
        amount = max(whole // pieces, 1)
        for nth in range(pieces):
            rest = whole - amount * (pieces - 1) if nth == pieces - 1 else amount
            found.append(((nth + dice.random()) / pieces * _LAST_PIECE, line, max(rest, 1)))
    return found


def _share(town: Town, task: Undertaking) -> float:
    """Which part of its budget an undertaking spends: all, less where it stops or pays back, this year's by time."""
    if task.cancelled_part or task.grant in {Status.DISCONTINUED, Status.CANCELLED}:
        return _STOPPED
    if task.settlement is Settlement.REFUND:
        return 0.8
    if task.last_year or not task.whole_year:
        return 1
    passed = (town.days.today - town.days.first).days / 365
    return min(max(0.05, passed * 0.9), _FIRST_ADVANCE)


def _enter(
    town: Town,
    task: Undertaking,
    grant: Grant,
    line: GrantLine,
    amount: Yen,
    *,
    on: dt.date,
    misread: bool = False,
) -> Receipt:
    payee, purpose = town.dice.choice(_PRINTERS if "印刷" in line.content else _SHOPS[line.category])
    by = town.of(task.place)[Role.TREASURER]
    addressee = grant.committee.name
    photo = receipt_photos.draw(
        number=town.dice.randint(1, 9999),
        payee=payee,
        addressee=addressee,
        amount_yen=amount,
        purpose=purpose,
        on=on,
        dice=town.dice,
    )
    kind = ReceiptKind.BANK_SLIP if line.category is CostCategory.SERVICES else ReceiptKind.RECEIPT
    return receipts.enter_receipt(
        grant=grant,
        upload=files.store_bytes(photo, name=f"領収書{on:%m%d}.jpg", by=by),
        kind=kind,
        dated_on=_day_before(grant, on) if misread else on,
        used_on=None,
        payee=payee,
        addressee=addressee,
        description=purpose,
        amount_yen=amount,
        splits={line.id: amount},
        by=by,
        accept_warnings=True,
    )


def _mistaken(town: Town, task: Undertaking, grant: Grant, receipt: Receipt) -> None:
    """Photographed wrongly: cancelled, and entered again with the right photo."""
    line, amount = receipt.splits[0].line, receipt.amount_yen
    receipts.cancel_receipt(
        receipt=receipt,
        reason="別の領収書の写真を付けてしまったため",
        by=town.of(task.place)[Role.TREASURER],
    )
    _enter(town, task, grant, line, amount, on=receipt.dated_on)


def _day_before(grant: Grant, on: dt.date) -> dt.date:
    """As somebody misreads a receipt, within the grant's year."""
    return max(on - dt.timedelta(days=1), project_period(grant.fiscal_year)[0])


def _correct(town: Town, task: Undertaking, receipt: Receipt, *, on: dt.date) -> None:
    """The day was misread: corrected in one step, the photo stays."""
    if receipt.dated_on == on:
        return
    receipts.correct_receipt(
        receipt=receipt,
        entry=dataclasses.replace(receipt_queries.as_rule(receipt), dated_on=on),
        reason="領収書の日付を読み違えたため",
        by=town.of(task.place)[Role.TREASURER],
        accept_warnings=True,
    )


def enter_again(town: Town, task: Undertaking, grant: Grant) -> None:
    """The receipt that the city could not read, photographed again."""
    _mistaken(town, task, grant, unreadable(grant))


def unreadable(grant: Grant) -> Receipt:
    """The smallest one: until the old entry is taken back, the books hold it twice."""
    db.session.expire(grant, ["receipts"])
    return min(grant.receipts, key=lambda receipt: (receipt.amount_yen, receipt.number))


def bear_rest(town: Town, task: Undertaking, grant: Grant) -> None:
    """自己資金 for what the city's money and the fees will not cover: the rounding, costs above the award."""
    accounts = report_queries.accounts(grant)
    assert grant.setting is not None
    fixed = fixed_amount(accounts.spent, accounts.income, grant.setting.terms, accounts.awarded)
    own = accounts.spent - accounts.income - fixed
    if own > accounts.own_funds:
        _take_in(town, task, grant, IncomeKind.OWN_FUNDS, own - accounts.own_funds)


def _take_in(town: Town, task: Undertaking, grant: Grant, kind: IncomeKind, amount: Yen) -> None:
    incomes.record_income(
        grant=grant,
        kind=kind,
        amount_yen=amount,
        happened_on=clock.today(),
        description=_INCOMES[kind],
        by=town.of(task.place)[Role.TREASURER],
    )


def spent(line: GrantLine) -> Yen:
    """What has been spent on a line so far."""
    return ledger.spent_by_line(line.grant).get(line.id, 0)
