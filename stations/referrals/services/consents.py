"""Acts on consents: what the person answered is added, never overwritten; the latest record counts."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import assert_never

from flask import current_app

from stations.core import audit, clock
from stations.core import seen as two_writers
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict
from stations.referrals import consent_rules, queries, rules
from stations.referrals.consent_rules import Consent, ConsentAnswer
from stations.referrals.models import ConsentRecord, Observation, Referral
from stations.referrals.rules import Act, SheetAct, Status
from stations.referrals.services import steps
from stations.referrals.visibility import OWN_TO_THE_STATION


def answered(consent: Consent | None) -> dict[str, object]:
    """A consent by field, as pages show it and marks cover it; one that was taken back says only that."""
    if consent is None:
        return {}
    if consent.withdrawn_on is not None:
        return {"answer": N_("撤回")}
    return asdict(consent) | {"scope": sorted(consent.scope), "agencies": sorted(consent.agencies)}


def standing(
    subject: Referral | Observation, names: Iterable[str], *, consent: bool = False
) -> dict[str, object]:
    """What stands on a sheet or memo in the fields of one page; ``consent``: with the answer that counts now."""
    return two_writers.stored(subject, names) | (answered(queries.latest_consent(subject)) if consent else {})


def check_standing(
    seen: str | None, subject: Referral | Observation, typed: dict[str, object], consent: Consent | None
) -> None:
    """`Overtaken` when others wrote in the fields of a page since; not when the same stands there already."""
    now = standing(subject, typed, consent=consent is not None)
    if typed | answered(consent) != now:
        two_writers.check(seen, *now.values())


def record_consent(
    *, subject: Referral | Observation, consent: Consent, by: Actor, seen: str | None = None
) -> ConsentRecord:
    """Write down what the person answered. `RuleBroken` on "method", "given_on", "scope" or "expires_on".

    A referral's consent is asked by its agency, a memo's by its station. ``seen``: the mark (`core.seen`) of the
    answer on the writer's page; `Overtaken` when another one stands there now, as after a withdrawal.
    """
    if _begin(subject, by):
        raise Conflict(None, N_("終わった案件には、同意を書き足せません。"))
    check_standing(seen, subject, {}, consent)
    consent_rules.check_consent(consent, clock.today(), current_app.config["STATIONS"].consent_months)
    return _add(subject, consent, SheetAct.RECORD_CONSENT, by)


def add_answer(subject: Referral | Observation, consent: Consent | None, *, by: Actor) -> None:
    """Write down what a page says of the consent, unless nobody asked there or the same stands already."""
    if consent is not None and consent != queries.latest_consent(subject):
        record_consent(subject=subject, consent=consent, by=by)


def withdraw_consent(*, subject: Referral | Observation, by: Actor) -> ConsentRecord:
    """The person takes the consent back from today on; a referral that is under way ends with it (取下げ).

    Either side takes it down, the one that the person says it to; the other side hears of it. The right does not end with
    the case: after 終結 of a memo its receiver loses sight of what it could still read.
    `Conflict` when no consent holds that could be taken back.
    """
    over = _begin(subject, by, withdrawing=True)
    before, today = queries.latest_consent(subject), clock.today()
    if before is None or before.answer is not ConsentAnswer.GIVEN or before.withdrawn_on is not None:
        raise Conflict(None, N_("撤回できる同意がありません。"))
    record = _add(
        subject,
        Consent(
            answer=ConsentAnswer.GIVEN,
            scope=before.scope,
            method=before.method,
            given_on=before.given_on,
            expires_on=before.expires_on,
            withdrawn_on=today,
            agencies=before.agencies,
        ),
        SheetAct.WITHDRAW_CONSENT,
        by,
    )
    both = queries.agency_people(subject.agency_id) + queries.station_leaders(subject.station_id)
    if isinstance(subject, Referral):
        if (
            subject.status is not Status.DRAFT
        ):  # of a draft nobody was told anything: the agency may ask again
            if not over:
                _end(subject, by)
            steps.tell(both, steps.CONSENT_WITHDRAWN, subject, by=by)
    elif subject.status not in OWN_TO_THE_STATION:
        steps.tell(both, steps.MEMO_CONCEALED, subject, by=by)
    return record


def _begin(subject: Referral | Observation, by: Actor, *, withdrawing: bool = False) -> bool:
    """Hold a sheet or memo for those who ask the person, or were told by the person. Returns whether the case is over."""
    lock(subject)
    if isinstance(subject, Referral):
        heard = {Permission.REFERRAL_ANSWER} if withdrawing else set()
        steps.demand_one(by, {Permission.REFERRAL_MAKE} | heard, subject)
        return subject.status in rules.FINAL
    if isinstance(subject, Observation):
        heard = {Permission.OBSERVATION_ANSWER} if withdrawing else set()
        steps.demand_one(by, {Permission.OBSERVATION_WRITE} | heard, subject)
        return subject.status in rules.OBSERVATION_FINAL
    assert_never(subject)


def _end(referral: Referral, by: Actor) -> None:
    to = rules.next_status(referral.status, Act.WITHDRAW)
    steps.move(referral, Act.WITHDRAW, to, by=by, reason=str(N_("ご本人が同意を撤回しました。")))


def _add(subject: Referral | Observation, consent: Consent, act: SheetAct, by: Actor) -> ConsentRecord:
    given = consent.answer is ConsentAnswer.GIVEN
    memo = isinstance(subject, Observation)
    record = add(
        ConsentRecord(
            referral_id=None if memo else subject.id,
            observation_id=subject.id if memo else None,
            answer=consent.answer,
            scope=sorted(consent.scope) if given else None,
            named_agency_ids=sorted(consent.agencies) if given else None,
            method=consent.method if given else None,
            given_on=consent.given_on if given else None,
            expires_on=consent.expires_on if given else None,
            withdrawn_on=consent.withdrawn_on if given else None,
            recorded_by_id=by.id,
            recorded_at=clock.now(),
        )
    )
    db.session.expire(subject, ["consents"])
    audit.record(subject, act=act, by=by)
    return record
