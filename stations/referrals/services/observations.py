"""Acts on 気づきメモ (station → agency), and the gate in front of their receiver."""

import datetime as dt
from dataclasses import asdict, dataclass

from flask import current_app

from stations.committees.models import Station
from stations.core import access, audit, clock, numbering
from stations.core.access import Actor, Permission
from stations.core.database import add, db
from stations.core.messages import N_, NotAllowed, RuleBroken
from stations.referrals import consent_rules, danger, deadlines, rules
from stations.referrals.consent_rules import Consent
from stations.referrals.danger import Call, CallOutcome
from stations.referrals.models import Agency, Observation, ObservationCall
from stations.referrals.queries import sheets
from stations.referrals.rules import AgeGroup, ObservationAct, ObservationStatus, SheetAct
from stations.referrals.services import consents, contents, steps


@dataclass(frozen=True, kw_only=True)
class Memo:
    """What was seen and heard; no guesses. ``urgent``: within days (danger to life is telephoned at once)."""

    facts: str
    observed_on: dt.date
    age_group: AgeGroup = AgeGroup.UNKNOWN
    alias: str = ""
    urgent: bool = False


def create_observation(
    *, station: Station, memo: Memo, by: Actor, agency: Agency | None = None
) -> Observation:
    """A draft that only the station sees. Without a receiver yet it points to 福祉まるごと相談窓口, the safe one."""
    access.demand(by, Permission.OBSERVATION_WRITE, station)
    receiver = agency or _desk()
    _check(memo)
    year = clock.fiscal_year(clock.today())
    number = numbering.next_number(fiscal_year=year, series="observation")
    observation = add(
        Observation(
            number=rules.sheet_number(year, number, memo=True),
            station=station,
            agency=receiver,
            status=ObservationStatus.DRAFT,
            made_by_id=by.id,
            made_at=clock.now(),
            **asdict(memo),
        )
    )
    audit.record(observation, act=SheetAct.CREATE, by=by, to_status=observation.status)
    return observation


def save_observation(
    *,
    observation: Observation,
    by: Actor,
    memo: Memo | None = None,
    consent: Consent | None = None,
    agency: Agency | None = None,
    loaded: str | None = None,
) -> None:
    """Change what a draft, or a memo that came back, says or to whom it goes; an answer that is new is added.

    ``loaded``: the mark (`stored`) of memo and consent on the writer's page; `EditConflict` when others stand there now.
    """
    with steps.taking(observation, SheetAct.SAVE, by=by) as taken:
        if memo is not None:
            _check(memo)
            facts = asdict(memo)
            consents.check_unchanged(loaded, observation, facts, consent, by=by)
            taken.detail["changed"] = consents.changed(observation, facts)
            for name, value in facts.items():
                setattr(observation, name, value)
        if agency is not None:
            observation.agency = agency
    consents.add_answer(observation, consent, by=by)


def send_observation(*, observation: Observation, by: Actor) -> None:
    """Through the gate: without a valid consent only to 福祉まるごと相談窓口. `RuleBroken` on "consent"."""
    with steps.taking(observation, ObservationAct.SEND, by=by):
        today = clock.today()
        consent_rules.check_gate(
            sheets.latest_consent(observation),
            observation.recipient,
            today,
            agency_id=observation.agency.id,
        )
        if observation.agency.closed_on is not None and observation.agency.closed_on < today:
            raise RuleBroken("agency_id", N_("この相談機関は廃止されています。ほかを選んでください。"))
        contents.check_confirmed(observation)
        if sheets.lacks_call(observation):
            raise RuleBroken("call", N_("送る前に電話して、だれに、いつ電話したかを記録してください。"))
        _deliver(observation)


def call_faults(observation: Observation, call: Call) -> list[RuleBroken]:
    """All that is wrong with a call about a memo."""
    return danger.call_faults(call, clock.now(), urgent=observation.urgent)


def record_call(*, observation: Observation, call: Call, by: Actor) -> ObservationCall:
    """Whom ``by`` telephoned about a memo, of either side or of the section. `RuleBroken` on a field of `Call`.
    `NotAllowed` when the memo is concealed from ``by``, `Conflict` when it is over.

    Where somebody was telephoned because of its words the memo is urgent, whatever box was ticked.
    """
    with steps.taking(observation, SheetAct.RECORD_CALL, by=by) as taken:
        if not sheets.takes_calls(by, observation):
            raise NotAllowed(None, N_("このメモには、電話の記録を書き足せません。"))
        for fault in call_faults(observation, call):
            raise fault
        record = add(
            ObservationCall(
                observation_id=observation.id,
                outcome=call.outcome,
                whom=call.whom.strip(),
                called_at=call.at,
                reason=call.reason.strip(),
                recorded_by_id=by.id,
                recorded_at=clock.now(),
            )
        )
        observation.urgent = observation.urgent or call.outcome is not CallOutcome.NOT_NEEDED
        taken.detail = {"outcome": str(call.outcome)}
    db.session.expire(observation, ["calls"])
    return record


def redirect_observation(*, observation: Observation, by: Actor) -> None:
    """To 福祉まるごと相談窓口, who need no consent (支援会議): the receiver may no longer read it.

    `Conflict` while the receiver may.
    """
    with steps.taking(observation, ObservationAct.REDIRECT, by=by):
        observation.agency = _desk()
        _deliver(observation)


def acknowledge_observation(*, observation: Observation, by: Actor) -> None:
    """受付: the station learns that it arrived and is read."""
    with steps.taking(observation, ObservationAct.ACKNOWLEDGE, by=by):
        observation.acknowledged_at = clock.now()


def start_observation(*, observation: Observation, by: Actor) -> None:
    """対応中."""
    steps.take(observation, ObservationAct.START, by=by)


def close_observation(*, observation: Observation, answer: str, by: Actor) -> None:
    """終結, with the sentence the station is answered with. `RuleBroken` on "answer" when it is empty."""
    with steps.taking(observation, ObservationAct.CLOSE, by=by):
        if not answer.strip():
            raise RuleBroken("answer", N_("ステーションへの回答を入力してください。"))
        observation.answer = answer.strip()


def return_observation(*, observation: Observation, reason: str, by: Actor) -> None:
    """差戻し: another desk is the right one, or something is missing."""
    with steps.taking(observation, ObservationAct.RETURN, by=by, reason=reason):
        observation.acknowledged_at = clock.now()


def withdraw_observation(*, observation: Observation, reason: str, by: Actor) -> None:
    """取下げ by the station, before an agency takes it up, or when its consent is gone."""
    steps.take(observation, ObservationAct.WITHDRAW, by=by, reason=reason)


def _deliver(observation: Observation) -> None:
    observation.sent_at = now = clock.now()
    observation.escalate_at = deadlines.answer_by(now, urgent_hours()) if observation.urgent else None
    observation.section_alerted_at = None
    observation.acknowledge_by_on = (
        clock.local_date(observation.escalate_at)
        if observation.escalate_at is not None
        else deadlines.memo_step_by(ObservationStatus.SENT, clock.today(), urgent=False)
    )
    observation.acknowledged_at = None


def urgent_hours() -> int:
    """After how many hours an urgent memo goes on to the next in line (a setting)."""
    hours: int = current_app.config["STATIONS"].urgent_hours
    return hours


def _desk() -> Agency:
    found = sheets.desk()
    if found is None:
        raise RuleBroken(None, N_("福祉まるごと相談窓口が登録されていません。地域共生課に連絡してください。"))
    return found


def _check(memo: Memo) -> None:
    if not memo.facts.strip():
        raise RuleBroken("facts", N_("見たこと・聞いたことを入力してください。"))
    if memo.observed_on > clock.today():
        raise RuleBroken("observed_on", N_("気づいた日は、今日か、それより前の日を入力してください。"))
