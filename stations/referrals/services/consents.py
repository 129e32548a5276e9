"""Acts on consents: what the person answered is added, never overwritten; the latest record counts."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import assert_never

from stations.core import access, audit, clock
from stations.core import seen as two_writers
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict
from stations.referrals import queries, rules
from stations.referrals.models import OWN_TO_THE_STATION, ConsentRecord, Observation, Referral
from stations.referrals.rules import Act, Consent, ConsentAnswer, SheetAct, Status
from stations.referrals.services import steps


def answered(consent: Consent | None) -> dict[str, object]:
    """A consent by field, as pages show it and marks cover it; one that was taken back says only that."""
    if consent is None:
        return {}
    if consent.withdrawn_on is not None:
        return {"answer": N_("撤回")}
    return asdict(consent) | {"scope": sorted(consent.scope)}


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
    rules.check_consent(consent, clock.today())
    return _add(subject, consent, SheetAct.RECORD_CONSENT, by)


def add_answer(subject: Referral | Observation, consent: Consent | None, *, by: Actor) -> None:
    """Write down what a page says of the consent, unless nobody asked there or the same stands already."""
    if consent is not None and consent != queries.latest_consent(subject):
        record_consent(subject=subject, consent=consent, by=by)


def withdraw_consent(*, subject: Referral | Observation, by: Actor) -> ConsentRecord:
    """The person takes the consent back from today on; a referral that is under way ends with it (取下げ).

    The right does not end with the case: after 終結 or 不調 the other side loses sight of what it could still read.
    `Conflict` when no consent holds that could be taken back.
    """
    over = _begin(subject, by)
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
        ),
        SheetAct.WITHDRAW_CONSENT,
        by,
    )
    if isinstance(subject, Referral):
        if not over:
            _end(subject, by)
    elif subject.status not in OWN_TO_THE_STATION:
        steps.tell(queries.agency_people(subject.agency_id), steps.MEMO_CONCEALED, subject, by=by)
    return record


def _begin(subject: Referral | Observation, by: Actor) -> bool:
    """Hold a sheet or memo for whoever asks the person. Returns whether the case is over."""
    lock(subject)
    if isinstance(subject, Referral):
        access.demand(by, Permission.REFERRAL_MAKE, subject)
        return subject.status in rules.FINAL
    if isinstance(subject, Observation):
        access.demand(by, Permission.OBSERVATION_WRITE, subject)
        return subject.status in rules.OBSERVATION_FINAL
    assert_never(subject)


def _end(referral: Referral, by: Actor) -> None:
    if referral.status is Status.DRAFT:
        return  # nothing was told to anybody: the agency may ask again
    to = rules.next_status(referral.status, Act.WITHDRAW)
    steps.move(referral, Act.WITHDRAW, to, by=by, reason=str(N_("ご本人が同意を撤回しました。")))
    steps.tell(queries.station_leaders(referral.station_id), steps.ENDED, referral, by=by)


def _add(subject: Referral | Observation, consent: Consent, act: SheetAct, by: Actor) -> ConsentRecord:
    given = consent.answer is ConsentAnswer.GIVEN
    memo = isinstance(subject, Observation)
    record = add(
        ConsentRecord(
            referral_id=None if memo else subject.id,
            observation_id=subject.id if memo else None,
            answer=consent.answer,
            scope=sorted(consent.scope) if given else None,
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
