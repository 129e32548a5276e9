"""Mails about a grant: whom the tables of steps name, in their own language, without anything about a person."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import force_locale

from stations.core import outbox
from stations.core.access import Actor, Role
from stations.core.formatting import date, fiscal_year, yen
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.money import Yen
from stations.core.notices import link_to
from stations.core.workflow import Step
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.queries import grants
from stations.grants.rules import Act, InPlaceAct, PaymentAct, RecoveryAct
from stations.grants.settlement.models import GrantRecovery


@dataclass(frozen=True)
class News:
    """What is said about an act, marked with `N_`; ``amount``: the name of the amount that it is about."""

    sentence: str
    amount: str = ""


_SENT_BACK = N_("起案が差し戻されました")
_ORDER_DRAFTED = N_("返還命令の決裁をお願いします")
_ORDERED = N_("返還命令の決裁が済みました。返還命令書を施行してください")
_RECEIVED = N_("返還金の入金を確認しました")
_RECORD_CORRECTED = N_("返還金の入金の記録を訂正しています")

GRANT_NEWS: dict[StrEnum, News] = {
    Act.DRAFT_AWARD: News(N_("交付決定の決裁をお願いします")),
    Act.DRAFT_REFUSAL: News(N_("不交付決定の決裁をお願いします")),
    Act.SEND_BACK: News(_SENT_BACK),
    Act.APPROVE_AWARD: News(N_("決裁が済みました。通知書を施行してください")),
    Act.APPROVE_REFUSAL: News(N_("決裁が済みました。通知書を施行してください")),
    Act.ISSUE_AWARD: News(N_("助成金の決定通知書が届きました")),
    Act.REQUEST_CHANGE: News(N_("経費の配分の変更がありました")),
    Act.APPROVE_CHANGE: News(N_("変更の申請が承認されました")),
    Act.REFUSE_CHANGE: News(N_("変更の申請は承認されませんでした")),
    Act.WITHDRAW_CHANGE: News(N_("変更の申請が取り下げられました")),
    Act.REPORT: News(N_("実績報告が提出されました。検査してください。")),
    Act.RETURN_REPORT: News(N_("実績報告が差し戻されました。理由を確認してください。")),
    Act.DRAFT_DETERMINATION: News(N_("額の確定の決裁をお願いします")),
    Act.DETERMINE: News(N_("額が確定しました。通知書を施行してください"), "fixed_yen"),
    Act.ORDER_REFUND: News(_ORDERED),
    Act.RECORD_REFUND: News(_RECEIVED, "refund_yen"),
    Act.REVERSE_REFUND: News(_RECORD_CORRECTED),
    Act.CLOSE: News(N_("助成金の手続きが完結しました")),
    InPlaceAct.REALLOCATE: News(N_("経費の配分の変更がありました")),
    InPlaceAct.DRAFT_CANCELLATION: News(N_("交付決定の取消しの決裁をお願いします")),
    InPlaceAct.RETURN_CANCELLATION: News(_SENT_BACK),
    InPlaceAct.RETURN_REFUND: News(_SENT_BACK),
    Act.WITHDRAW: News(N_("交付申請が取り下げられました")),
    Act.DISCONTINUE: News(N_("事業の中止・廃止の届出がありました")),
}
PAYMENT_NEWS: dict[StrEnum, News] = {
    PaymentAct.DRAFT: News(N_("支出命令の決裁をお願いします"), "amount_yen"),
    PaymentAct.WITHDRAW: News(N_("概算払の請求が取り下げられました"), "amount_yen"),
    PaymentAct.RETURN: News(N_("概算払の請求が差し戻されました"), "amount_yen"),
    PaymentAct.ORDER: News(N_("支出命令がありました。支払をお願いします"), "amount_yen"),
    PaymentAct.SEND_BACK: News(_SENT_BACK, "amount_yen"),
    PaymentAct.PAY: News(N_("助成金を支払いました"), "amount_yen"),
    PaymentAct.WITHDRAW_ORDER: News(
        N_("支払えなかった支出命令があります。確かめて、起案し直してください"), "amount_yen"
    ),
    PaymentAct.REVERSE: News(N_("支払の記録を訂正しています"), "amount_yen"),
    PaymentAct.FAIL: News(
        N_("助成金の振込ができず、お金が市に戻りました。振込先をお確かめください"), "amount_yen"
    ),
}
RECOVERY_NEWS: dict[StrEnum, News] = {
    RecoveryAct.APPROVE: News(_ORDERED),
    RecoveryAct.SEND_BACK: News(_SENT_BACK),
    RecoveryAct.ISSUE: News(N_("返還命令書を出しました"), "amount_yen"),
    RecoveryAct.RECORD: News(_RECEIVED, "amount_yen"),
    RecoveryAct.REVERSE: News(_RECORD_CORRECTED),
}


def about_grant(grant: Grant, step: Step[Any], by: Actor | None) -> None:
    """The mails that `workflow.GRANT` names for a step."""
    _send(grant, GRANT_NEWS.get(step.act), grant, step, by)


def about_payment(request: PaymentRequest, step: Step[Any], by: Actor | None) -> None:
    """The mails that `workflow.PAYMENT` names for a step."""
    _send(request.grant, PAYMENT_NEWS.get(step.act), request, step, by)


def about_recovery(recovery: GrantRecovery, step: Step[Any], by: Actor | None) -> None:
    """The mails that `workflow.RECOVERY` names for a step."""
    _send(recovery.grant, RECOVERY_NEWS.get(step.act), recovery, step, by)


def _send(grant: Grant, news: News | None, about: object, step: Step[Any], by: Actor | None) -> None:
    if news is not None:
        amount_yen = getattr(about, news.amount) if news.amount else None
        notify(grant, step.notifies, news.sentence, by=by, amount_yen=amount_yen)


def notify(
    grant: Grant,
    roles: Collection[Role],
    subject: str,
    *,
    by: Actor | None,
    amount_yen: Yen | None = None,
    due_on: dt.date | None = None,
) -> int:
    """Mail the holders of ``roles`` (not who acted) in their language; how many mails. ``subject`` is marked with `N_`.

    The mail says of which plan's grant, and of which amount or deadline where the news is about one.
    """
    mails = 0
    for person in grants.holders(grant, roles):
        if by is not None and person.id == by.id:
            continue
        with force_locale(person.language):
            news = _(subject)
            if amount_yen is not None:
                news = _("%(news)s（金額 %(amount)s）", news=news, amount=yen(amount_yen))
            if due_on is not None:
                news = _("%(news)s（提出期限 %(day)s）", news=news, day=date(due_on))
            body = _(
                "%(name)s（%(year)s）の助成金について、お知らせします。\n\n%(subject)s\n%(url)s",
                name=grants.called(grant),
                year=fiscal_year(grant.fiscal_year),
                subject=news,
                url=link_to(person, "grants.grant", grant, grant_id=grant.id),
            ).rstrip()
            mails += outbox.queue(to=person, subject=_(subject), body=body) is not None
    return mails
