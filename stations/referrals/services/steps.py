"""What every act on a referral or a memo has in common: the lock, the permission, the step, the notice."""

from collections.abc import Collection, Iterable

from flask_babel import force_locale

from stations.core import access, audit, clock, outbox
from stations.core.access import Actor, Permission
from stations.core.database import lock
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.notices import link_to
from stations.people.models import Person
from stations.referrals import queries, rules
from stations.referrals.models import Observation, Referral
from stations.referrals.rules import Act, ObservationAct


def demand_one(by: Actor, permissions: Collection[Permission], row: Referral | Observation) -> None:
    """One of several permissions is enough; raises NotAllowed with the last one's reason."""
    *others, last = sorted(permissions)
    if not any(access.can(by, permission, row) for permission in others):
        access.demand(by, last, row)


def begin(referral: Referral, act: Act, *, by: Actor) -> rules.Status:
    """Hold a referral for an act: who may, and whether its state allows it. Returns the state to come."""
    lock(referral)
    demand_one(by, queries.PERMISSIONS[act], referral)
    return rules.next_status(referral.status, act)


def move(referral: Referral, act: Act, to: rules.Status, *, by: Actor | None, reason: str = "") -> None:
    """Take the step and write it down; reasons are compulsory where the rules say so."""
    rules.require_reason(act, reason)
    before, referral.status = referral.status, to
    audit.record(referral, act=act, by=by, from_status=before, to_status=to, reason=reason.strip())


def begin_memo(observation: Observation, act: ObservationAct, *, by: Actor) -> rules.ObservationStatus:
    """Hold a memo for an act: who may, and whether its state and the consent allow it. Returns the state to come."""
    lock(observation)
    access.demand(by, queries.OBSERVATION_PERMISSIONS[act], observation)
    to = rules.next_observation_status(observation.status, act)
    told = observation.may_be_told(queries.latest_consent(observation), clock.today())
    rules.check_observation_act(observation.status, act, told=told)
    return to


def move_memo(
    observation: Observation,
    act: ObservationAct,
    to: rules.ObservationStatus,
    *,
    by: Actor,
    reason: str = "",
) -> None:
    """Take a memo's step and write it down."""
    rules.require_observation_reason(act, reason)
    before, observation.status = observation.status, to
    audit.record(observation, act=act, by=by, from_status=before, to_status=to, reason=reason.strip())


SENT = N_("つなぎ %(number)s が届きました")
ANSWERED = N_("つなぎ %(number)s が進みました")
RETURNED = N_("つなぎ %(number)s が差し戻されました")
ENDED = N_("つなぎ %(number)s が終わりました")
CONSENT_WITHDRAWN = N_("つなぎ %(number)s の同意が撤回されました")
MEMO_SENT = N_("気づきメモ %(number)s が届きました")
MEMO_CONCEALED = N_("気づきメモ %(number)s の同意が撤回されました")
MEMO_RETURNED = N_("気づきメモ %(number)s が差し戻されました")
MEMO_ESCALATED = N_("気づきメモ %(number)s に受付がないため、福祉まるごと相談窓口に回りました")
MEMO_UNANSWERED = N_("気づきメモ %(number)s に、まだ受付がありません")
MEMO_ANSWERED = N_("気づきメモ %(number)s に返事がありました")


def tell(
    people: Iterable[Person],
    subject: str,
    about: Referral | Observation,
    *,
    by: Actor | None,
    alerted: bool = False,
) -> None:
    """Notify people by number and link alone, in their own language: mail carries nothing about the person.

    What is urgent says so in the subject, but for an answer to it. ``alerted``: the link of the section, who may not
    read the memo. Who may not open the page (any more) gets no link.
    """
    memo = isinstance(about, Observation)
    endpoint, key = (
        ("referrals.observation", "observation_id") if memo else ("referrals.referral", "referral_id")
    )
    if alerted:
        endpoint = "referrals.alerted_observation"
    urgent = isinstance(about, Observation) and about.urgent and subject != MEMO_ANSWERED
    for person in dict.fromkeys(people):  # who is on both sides gets one mail
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
