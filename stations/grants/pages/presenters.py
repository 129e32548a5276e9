"""What pages say about a grant: what it is called, where its money stands, how its amount was fixed, its history."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import url_for
from markupsafe import Markup

from stations.core import clock
from stations.core.audit import Entry
from stations.core.formatting import date, fiscal_year, yen
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.grants import disclosure
from stations.grants.awards.queries import applying, decisions
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.letters.labels import LETTERS
from stations.grants.pages.available_acts import Facts as Known
from stations.grants.payments.queries import payments
from stations.grants.payments.rules.budget_years import Received
from stations.grants.reports.queries import disallowances, reports
from stations.grants.rules import SPENDABLE, Act, InPlaceAct, PaymentAct, Status, year_over
from stations.grants.settings import queries as settings
from stations.grants.settlement.queries import calculation as calculating
from stations.grants.settlement.rules.amounts import refund_due_on

if TYPE_CHECKING:
    from stations.grants.models import Grant
    from stations.grants.payments.models import PaymentRequest
    from stations.grants.settlement.models import GrantRecovery

Facts = list[dict[str, object]]

_BEFORE_AWARD = frozenset({Status.APPLIED, Status.REVIEWING, Status.DECIDING})
_UNDER_INSPECTION = frozenset({Status.REPORTED, Status.INSPECTED, Status.DETERMINING})
_MOVES = frozenset(Act) - frozenset(PaymentAct)
# What an act moved or decided, as `audit.record` keeps it.
_AMOUNTS = ("awarded_yen", "fixed_yen", "refund_yen", "balance_yen", "kept_yen", "amount_yen")


def fact(key: str, value: object) -> dict[str, object]:
    """One line of what an act is about."""
    return {"key": key, "value": value}


def reminder_days(days: Iterable[int]) -> str:
    """「7日前、当日、7日後」: days beside a deadline."""

    def beside(number: int) -> str:
        if number == 0:
            return str(_("当日"))
        return str(counted("%(n)s日前", n=-number) if number < 0 else counted("%(n)s日後", n=number))

    return _("、").join(beside(number) for number in days)


def plan_link(grant: "Grant") -> Markup:
    """The title of the grant's plan, leading to it."""
    address = url_for("applications.plan", plan_id=grant.plan_id)
    return Markup('<a href="{}">{}</a>').format(address, grant.plan.title)


def about(grant: "Grant") -> Facts:
    """Which grant it is: on top of every page of an act."""
    return [
        fact(_("ステーション"), grant.station.name),
        fact(_("計画"), plan_link(grant)),
        fact(_("実行委員会"), grant.committee.name),
        fact(_("年度"), fiscal_year(grant.fiscal_year)),
    ]


def budget(request: "PaymentRequest") -> str:
    """The budget that a payment burdens; from the budget of a later year it is 過年度支出."""
    year = fiscal_year(request.fiscal_year)
    late = request.fiscal_year != request.grant.fiscal_year
    return str(_("%(year)sの予算（過年度支出）", year=year) if late else _("%(year)sの予算", year=year))


def receiving_budget(part: Received) -> str:
    """The budget that receives a part of what was paid back."""
    return str(_("%(year)sの予算", year=fiscal_year(part.budget)))


def conditions(grant: "Grant") -> Facts:
    """On what conditions the meeting approved (条件付承認) and the city awarded; nothing where there are none."""
    rows = (
        (_("全体会議の承認の条件"), applying.conditions_of_meeting(grant.plan)),
        (_("交付の条件"), grant.award_conditions),
    )
    return [fact(name, words) for name, words in rows if words]


def disallowed(grant: "Grant") -> Facts:
    """Which parts of which receipts do not count, and why."""
    rows = []
    for parts in disallowances.in_force(disallowances.of_grant(grant)).values():
        said = [
            _("%(amount)s：%(reason)s", amount=yen(part.amount_yen), reason=part.reason) for part in parts
        ]
        number = parts[0].receipt.number
        rows.append(fact(_("領収書%(n)sの対象外", n=number), Markup("<br>").join(said)))
    return rows


def receipts_link(grant: "Grant") -> Facts:
    """The way to the evidence."""
    address = url_for("grants.receipts", grant_id=grant.id)
    return [fact(_("証拠書類"), Markup('<a href="{}">{}</a>').format(address, _("領収書を見る")))]


def due_when_issued(grant: "Grant") -> Facts:
    """納期限 of a 返還命令 whose letter would go out today."""
    if grant.setting is None:
        return []
    due = refund_due_on(clock.open_day(clock.today()), grant.setting.refund_days)
    return [fact(_("納期限（今日施行するとき）"), date(due))]


def letter_year(grant: "Grant") -> Facts:
    """The year of a letter's number and date, where it is not the grant's; and whether that year has its settings."""
    year = clock.fiscal_year(clock.open_day(clock.today()))
    if year == grant.fiscal_year:
        return []
    said = Markup("{}").format(fiscal_year(year))
    if settings.settings(year) is None:
        said += Markup('<br>{} <a href="{}">{}</a>').format(
            _("この年度の制度設定がまだないため、施行できません。担当が起案し、課長が決裁します。"),
            url_for("grants.settings", year=year),
            _("制度設定"),
        )
    return [fact(_("番号と日付の年度"), said)]


def after_the_year(grant: "Grant") -> list[str]:
    """What the end of the year leaves of a grant that was not decided, or not published, in time."""
    if not year_over(grant.fiscal_year, clock.today()):
        return []
    award = grant.status is Status.DECIDING and grant.refusal_reason is None
    if award or grant.status in {Status.APPLIED, Status.REVIEWING}:
        words = _(
            "年度が終わったため、交付は決定できません。理由を付けて不交付とするか、実行委員会が申請を取り下げます。"
        )
        return [str(words)]
    if grant.status is Status.CHANGE_REQUESTED:
        return [str(_("年度が終わったため、変更は承認できません。理由を付けて不承認とします。"))]
    if grant.status is Status.AWARDED:
        return [str(_("年度が終わったため、概算払はありません。確定した額を精算払で支払います。"))]
    return []


def calculation(known: calculating.Calculation, *, inspected: bool = True, ends: str | None = None) -> Facts:
    """How the fixed amount comes about, in the order of the rule; ``ends``: what its last line is called instead."""
    terms = known.terms
    rate = f"{terms.rate_numerator}/{terms.rate_denominator}"
    cap = yen(terms.cap_yen) if terms.cap_yen else _("なし")
    return [
        *(
            [
                fact(_("検査済の領収書の合計"), yen(known.eligible + known.disallowed)),
                fact(_("対象外（検査で認められなかった額）"), yen(-known.disallowed)),
                fact(_("対象経費（領収書の合計 − 対象外）"), yen(known.eligible)),
            ]
            if known.disallowed
            else [
                fact(
                    _("対象経費（検査済の領収書の合計）")
                    if inspected
                    else _("登録済の領収書の合計（検査はまだ済んでいません）"),
                    yen(known.eligible),
                )
            ]
        ),
        fact(_("収入（参加費・寄附金など）"), yen(-known.income)),
        fact(_("差引（対象経費 − 収入）"), yen(known.net)),
        fact(
            _("補助率・端数・上限"),
            _(
                "補助率 %(rate)s、%(unit)s未満は切捨て、上限 %(cap)s",
                rate=rate,
                unit=yen(terms.unit_yen),
                cap=cap,
            ),
        ),
        fact(_("差引に補助率・端数・上限を当てはめた額"), yen(known.allowed)),
        fact(_("交付決定額（取消しがあったときは、その後の額）"), yen(known.awarded)),
        fact(_("%(what)s（上の2つの小さいほう）", what=ends or _("確定額")), yen(known.fixed)),
    ]


def settled(grant: "Grant", known: calculating.Settled) -> Facts:
    """The fixed amount, or what a 取消し left, against what was paid; and how the difference was made good."""
    rows = []
    if grant.kept_yen is not None:
        rows = [
            fact(_("取消しの前の交付決定額"), yen(decisions.first_award(grant))),
            fact(_("取消しの後に残る額"), yen(grant.kept_yen)),
        ]
    if grant.determined_on is not None:
        rows.append(fact(_("確定額"), yen(known.fixed)))
    rows.append(fact(_("概算払で支払った額"), yen(known.advanced)))
    if known.refund:
        if known.balance_paid:
            rows.append(fact(_("精算払で支払った額"), yen(known.balance_paid)))
        back = _("（まだ）") if known.repaid_on is None else _("（%(day)s）", day=date(known.repaid_on))
        rows += [
            fact(_("返還額"), yen(known.refund)),
            fact(_("返還済"), f"{yen(known.repaid)}{back}"),
        ]
    elif known.balance:
        day = known.balance_paid_on
        out = _("（まだ）") if day is None else _("（%(day)s）", day=date(day))
        rows += [
            fact(_("精算払の額"), yen(known.balance)),
            fact(_("精算払済"), f"{yen(known.balance_paid)}{out}"),
        ]
    else:
        rows.append(fact(_("差額"), _("なし")))
    return rows


def settlement(grant: "Grant") -> Facts:
    """What is decided, what was paid, and what of the difference has moved already."""
    known = calculating.settled(grant, payments.repayments(grant))
    awarded = [fact(_("交付決定額"), yen(grant.awarded_yen))] if grant.determined_on else []
    return awarded + (settled(grant, known) if known else [])


def drafted(grant: "Grant") -> list[str]:
    """What waits for a decision; only for those who may see drafts (`disclosure.sees_drafts`)."""
    if grant.status is Status.DECIDING and grant.refusal_reason is not None:
        return [_("不交付が起案されています（決裁待ち）。")]
    if grant.status is Status.DECIDING:
        return [_("起案額 %(amount)s（決裁待ち）。", amount=yen(grant.awarded_yen))]
    if grant.status is Status.DETERMINING:
        return [_("起案された確定額 %(amount)s（決裁待ち）。", amount=yen(grant.fixed_yen))]
    return []


def money_in_words(
    grant: "Grant", balance: GrantBalance, award: int | None, known: calculating.Settled | None
) -> list[str]:
    """What the four figures alone would hide: what was fixed, repaid or paid at last, and why 残額 is below zero."""
    said = [] if known is None else [_fixed(grant, known), _difference(grant, known)]
    if award is not None and award < balance.spent and grant.status in SPENDABLE:
        said.append(_("残りの△は、決定額を超えて、収入や自己資金で支払った分です。"))
    return said


def letter_comes(grant: "Grant") -> list[str]:
    """To a committee, between a decision on its money and the letter: that one is being prepared, and no more."""
    if not disclosure.letter_comes(grant):
        return []
    return [_("市がこの助成金についての決定を準備しています。通知書が届くまで、お待ちください。")]


def recovered(found: Iterable["GrantRecovery"]) -> list[str]:
    """What came back after 完結: taken off 支払済, although the closed books do not have it."""
    return [
        str(
            _(
                "完結の後に %(amount)s が返還されました（%(day)s）。支払済は、それを引いた額です。",
                amount=yen(one.amount_yen),
                day=date(one.received_on),
            )
        )
        for one in found
        if one.received_on is not None
    ]


def awaited_report(grant: "Grant", *, published: bool) -> list[str]:
    """What is kept after a 一部取消し, and until when the report is due.

    ``published``: the reader may know the 取消し, and with it the deadline that it set.
    """
    due = reports.due_on(grant)
    if not published or grant.status not in BOOKS_OPEN or due is None:
        return []
    said = []
    if grant.status is Status.PARTLY_CANCELLED:
        said.append(
            _(
                "交付決定の一部が取り消されました（%(before)s → %(left)s）。実績報告の検査で認めた額が、この額を上限に残ります。",
                before=yen(decisions.first_award(grant)),
                left=yen(grant.kept_yen),
            )
        )
    late = (clock.today() - due).days
    if late > 0:
        said.append(counted("実績報告の提出期限（%(day)s）を%(n)s日過ぎています。", day=date(due), n=late))
    else:
        said.append(_("実績報告の提出期限は%(day)sです。", day=date(due)))
    return said


def awaited_answer(grant: "Grant", known: Known) -> list[str]:
    """For a committee that waits: until when the city means to answer what it received (標準処理期間)."""
    since: dt.datetime | None
    if grant.status in _BEFORE_AWARD:
        what, since = _("申請への回答"), grant.applied_at
    elif grant.status is Status.CHANGE_REQUESTED:
        what, since = _("変更の申請への回答"), known.change_asked_at
    elif grant.status in _UNDER_INSPECTION:
        what, since = _("検査と額の確定"), grant.reported_at
    else:
        return []
    by = settings.process_by(grant, since)
    if by is None:
        return []
    if by < clock.today():
        return [
            _(
                "%(what)sのめやす（%(day)s）を過ぎています。お急ぎのときは、下の連絡先にお電話ください。",
                what=what,
                day=date(by),
            )
        ]
    return [_("%(what)sは、%(day)sまでがめやすです。", what=what, day=date(by))]


def _fixed(grant: "Grant", known: calculating.Settled) -> str:
    if grant.determined_on is None:
        return str(_("取消しの後に残る額 %(amount)s。", amount=yen(known.fixed)))
    return str(_("確定額 %(amount)s（%(day)s）。", amount=yen(known.fixed), day=date(grant.determined_on)))


def _difference(grant: "Grant", known: calculating.Settled) -> str:
    if known.refund and known.repaid_on is not None:
        return str(
            _(
                "概算払との差額 %(amount)s は、%(day)sに返還されました（返還済）。支払済は、それを引いた額です。",
                amount=yen(known.repaid),
                day=date(known.repaid_on),
            )
        )
    if known.refund and grant.refund_due_on is not None:
        return str(
            _(
                "概算払との差額 %(amount)s は、まだ返還されていません（納期限 %(day)s）。",
                amount=yen(known.refund),
                day=date(grant.refund_due_on),
            )
        )
    if known.refund:
        return str(_("概算払との差額 %(amount)s は、これから返還を命じます。", amount=yen(known.refund)))
    if known.balance_paid_on is not None:
        return str(
            _(
                "差額 %(amount)s は、%(day)sに精算払で支払いました（精算済）。",
                amount=yen(known.balance_paid),
                day=date(known.balance_paid_on),
            )
        )
    if known.balance:
        return str(_("差額 %(amount)s は、これから精算払で支払います。", amount=yen(known.balance)))
    return str(_("概算払との差額はありません。"))


def history(entries: Iterable[Entry]) -> list[Entry]:
    """A timeline whose acts also say the amount, the instalment or the letter's number, where they were recorded.

    交付決定通知書を施行する names its letter already; that is no second line.
    """
    return [
        _with_details(entry)
        for entry in entries
        if not (entry.act == InPlaceAct.ISSUE_LETTER and entry.detail.get("kind") == "award")
    ]


def sent_back(grant: "Grant", entries: Iterable[Entry]) -> Entry | None:
    """The 差戻し that waits for a new draft, read off the grant's timeline, newest first; None without one."""
    if grant.status not in {Status.REVIEWING, Status.INSPECTED}:
        return None
    last = next((entry for entry in entries if entry.act in _MOVES), None)
    return last if last is not None and last.act == Act.SEND_BACK else None


def _with_details(entry: Entry) -> Entry:
    detail = entry.detail
    said = []
    if (kind := detail.get("kind")) in LETTERS:
        said.append(str(LETTERS[kind]))
    if "number" in detail:
        said.append(_("第%(n)s号", n=detail["number"]))
    if "instalment" in detail:
        said.append(_("第%(n)s回", n=detail["instalment"]))
    said += [yen(detail[key]) for key in _AMOUNTS if isinstance(detail.get(key), int)]
    if (own := detail.get("own_funds_yen", 0)) > 0:
        said.append(_("自己資金 %(amount)s", amount=yen(own)))
    elif own < 0:
        said.append(_("自己資金の戻し %(amount)s", amount=yen(-own)))
    if not said:
        return entry
    return replace(entry, label=_("%(act)s（%(what)s）", act=entry.label, what=" ".join(said)))
