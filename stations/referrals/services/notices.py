"""Mails about a referral or a memo: whom the tables of steps name, by number and link alone, in their own language."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_babel import force_locale

from stations.core import outbox
from stations.core.access import CITY_ROLES, Actor
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.notices import link_to
from stations.core.workflow import Step
from stations.people.models import Person
from stations.referrals.models import Observation, Referral
from stations.referrals.queries import sheets
from stations.referrals.rules import Act, ObservationAct, SheetAct
from stations.referrals.visibility import OWN_TO_THE_STATION

_ANSWERED = N_("つなぎ %(number)s が進みました")
_ENDED = N_("つなぎ %(number)s が終わりました")
_MEMO_SENT = N_("気づきメモ %(number)s が届きました")
_MEMO_ANSWERED = N_("気づきメモ %(number)s に返事がありました")
MEMO_ESCALATED = N_("気づきメモ %(number)s に受付がないため、福祉まるごと相談窓口に回りました")

REFERRAL_NEWS: dict[StrEnum, str] = dict.fromkeys(Act, _ANSWERED) | {
    Act.SEND: N_("つなぎ %(number)s が届きました"),
    Act.RETURN: N_("つなぎ %(number)s が差し戻されました"),
    Act.CLOSE: _ENDED,
    Act.FAIL: _ENDED,
    Act.WITHDRAW: _ENDED,
    Act.EXPIRE: _ENDED,
    SheetAct.RECORD_FOLLOW_UP: _ANSWERED,
    SheetAct.WITHDRAW_CONSENT: N_("つなぎ %(number)s の同意が撤回されました"),
}
MEMO_NEWS: dict[StrEnum, str] = {
    ObservationAct.SEND: _MEMO_SENT,
    ObservationAct.REDIRECT: _MEMO_SENT,
    ObservationAct.ACKNOWLEDGE: _MEMO_ANSWERED,
    ObservationAct.START: _MEMO_ANSWERED,
    ObservationAct.CLOSE: _MEMO_ANSWERED,
    ObservationAct.RETURN: N_("気づきメモ %(number)s が差し戻されました"),
    ObservationAct.ESCALATE: MEMO_ESCALATED,
    ObservationAct.ALERT_SECTION: N_("気づきメモ %(number)s に、まだ受付がありません"),
    SheetAct.WITHDRAW_CONSENT: N_("気づきメモ %(number)s の同意が撤回されました"),
}


def about_referral(referral: Referral, step: Step[Any], by: Actor | None) -> None:
    """The mails that `workflow.REFERRAL` names for a step; of one that was never sent its station does not know."""
    if step.notifies and referral.sent_at is not None:
        notify(sheets.people_of(referral, step.notifies), REFERRAL_NEWS[step.act], referral, by=by)


def about_memo(memo: Observation, step: Step[Any], by: Actor | None) -> None:
    """The mails that `workflow.OBSERVATION` names for a step; its receiver does not know what is the station's own."""
    if not step.notifies or (step.act is SheetAct.WITHDRAW_CONSENT and memo.status in OWN_TO_THE_STATION):
        return
    for section in (True, False):
        roles = [role for role in step.notifies if (role in CITY_ROLES) is section]
        if roles:
            notify(sheets.people_of(memo, roles), MEMO_NEWS[step.act], memo, by=by, alerted=section)


def notify(
    people: Iterable[Person],
    subject: str,
    about: Referral | Observation,
    *,
    by: Actor | None,
    alerted: bool = False,
) -> None:
    """Mail people, but who acted: nothing about the person. ``subject`` is marked with `N_`.

    What is urgent says so in the subject, but for an answer to it. ``alerted``: the link of the section, who may not
    read the memo. Who may not open the page (any more) gets no link.
    """
    memo = isinstance(about, Observation)
    endpoint, key = (
        ("referrals.observation", "observation_id") if memo else ("referrals.referral", "referral_id")
    )
    if alerted:
        endpoint = "referrals.alerted_observation"
    urgent = isinstance(about, Observation) and about.urgent and subject != _MEMO_ANSWERED
    for person in people:
        if by is not None and person.id == by.id:
            continue
        with force_locale(person.language):
            words = _(subject, number=about.number)
            link = link_to(person, endpoint, about, **{key: about.id})
            outbox.queue(
                to=person,
                subject=_("【至急】%(subject)s", subject=words) if urgent else words,
                body=_(
                    "%(subject)s。\n内容は、サインインしてご確認ください。\n\n%(link)s",
                    subject=words,
                    link=link,
                )
                if link
                else _("%(subject)s。\n内容は、いま担当している機関だけがご覧になれます。", subject=words),
            )
