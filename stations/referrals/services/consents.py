"""Acts on consents: what the person answered is added, never overwritten; the latest record counts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from flask import current_app

from stations.core import audit, clock, edit_conflicts
from stations.core.access import Actor
from stations.core.database import add, db
from stations.core.messages import N_, Conflict
from stations.referrals import consent_rules
from stations.referrals.consent_rules import Consent, ConsentAnswer
from stations.referrals.models import ConsentRecord, Observation, Referral
from stations.referrals.queries import sheets
from stations.referrals.rules import Act, SheetAct, Status
from stations.referrals.services import steps
from stations.referrals.workflow import REFERRAL


def answered(consent: Consent | None) -> dict[str, object]:
    """A consent by field, as pages show it and marks cover it; one that was taken back says only that."""
    if consent is None:
        return {}
    if consent.withdrawn_on is not None:
        return {"answer": N_("撤回")}
    return asdict(consent) | {"scope": sorted(consent.scope), "agencies": sorted(consent.agencies)}


def stored(
    subject: Referral | Observation, names: Iterable[str], *, consent: bool = False
) -> dict[str, object]:
    """What stands on a sheet or memo in the fields of one page; ``consent``: with the answer that counts now."""
    return edit_conflicts.stored(subject, names) | (
        answered(sheets.latest_consent(subject)) if consent else {}
    )


def changed(subject: Referral | Observation, typed: Mapping[str, object]) -> list[str]:
    """The names of the fields in which what was typed is not what stands there; for the history."""
    return [name for name, value in typed.items() if getattr(subject, name) != value]


def check_unchanged(
    loaded: str | None,
    subject: Referral | Observation,
    typed: dict[str, object],
    consent: Consent | None,
    *,
    by: Actor,
) -> None:
    """`EditConflict` when others wrote in the fields of a page since; not when the same stands there already."""
    now = stored(subject, typed, consent=consent is not None)
    if typed | answered(consent) != now:
        acts = [SheetAct.SAVE] if typed else []
        if consent is not None:
            acts += [SheetAct.RECORD_CONSENT, SheetAct.WITHDRAW_CONSENT]

        def wrote_here(detail: Mapping[str, Any]) -> bool:
            return "changed" not in detail or not typed.keys().isdisjoint(detail["changed"])

        edit_conflicts.check(
            loaded, *now.values(), by=by, first=lambda: audit.last_doer(subject, acts, wrote_here)
        )


def record_consent(
    *, subject: Referral | Observation, consent: Consent, by: Actor, loaded: str | None = None
) -> ConsentRecord:
    """Write down what the person answered. `RuleBroken` on "method", "given_on", "scope" or "expires_on".

    A referral's consent is asked by its agency, a memo's by its station. ``loaded``: the mark (`core.edit_conflicts`) of the
    answer on the writer's page; `EditConflict` when another one stands there now, as after a withdrawal.
    """
    with steps.taking(subject, SheetAct.RECORD_CONSENT, by=by):
        check_unchanged(loaded, subject, {}, consent, by=by)
        consent_rules.check_consent(consent, clock.today(), current_app.config["STATIONS"].consent_months)
        return _add(subject, consent, by)


def add_answer(subject: Referral | Observation, consent: Consent | None, *, by: Actor) -> None:
    """Write down what a page says of the consent, unless nobody asked there or the same stands already."""
    if consent is not None and consent != sheets.latest_consent(subject):
        record_consent(subject=subject, consent=consent, by=by)


def withdraw_consent(*, subject: Referral | Observation, by: Actor) -> ConsentRecord:
    """The person takes the consent back from today on; a referral that is under way ends with it (取下げ).

    Either side takes it down, the one that the person says it to; the other side hears of it. The right does not end with
    the case: after 終結 of a memo its receiver loses sight of what it could still read.
    `Conflict` when no consent holds that could be taken back.
    """
    with steps.taking(subject, SheetAct.WITHDRAW_CONSENT, by=by):
        before = sheets.latest_consent(subject)
        if before is None or before.answer is not ConsentAnswer.GIVEN or before.withdrawn_on is not None:
            raise Conflict(None, N_("撤回できる同意がありません。"))
        record = _add(subject, replace(before, withdrawn_on=clock.today()), by)
    # Of a draft nobody was notified: the agency may ask again.
    if isinstance(subject, Referral) and subject.status in REFERRAL.sources(Act.WITHDRAW) - {Status.DRAFT}:
        reason = str(N_("ご本人が同意を撤回しました。"))
        steps.take(subject, Act.WITHDRAW, by=by, reason=reason, follows=True)
    return record


def _add(subject: Referral | Observation, consent: Consent, by: Actor) -> ConsentRecord:
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
    return record
