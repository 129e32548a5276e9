"""Acts on referrals (agency → station), from the draft to the end."""

import datetime as dt
from typing import TypedDict, Unpack

from stations.committees.models import Station
from stations.core import access, audit, clock, numbering, text
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.referrals import consent_rules, deadlines, queries, rules
from stations.referrals.consent_rules import Consent, Recipient
from stations.referrals.models import Agency, FollowUp, Referral
from stations.referrals.rules import Act, AgeGroup, Outcome, SheetAct, Status
from stations.referrals.services import consents, contents, steps
from stations.referrals.visibility import CONCEALED


class SheetFacts(TypedDict, total=False):
    """The thin sheet: no diagnosis, income or family history (programme rule)."""

    alias: str
    age_group: AgeGroup
    wishes: str
    considerations: str
    accompanied: bool
    contact_name: str
    contact_phone: str


def create_referral(
    *, agency: Agency, station: Station, by: Actor, contact_name: str = "", contact_phone: str = ""
) -> Referral:
    """A draft that only the agency sees, with its number."""
    access.demand(by, Permission.REFERRAL_MAKE, agency)
    if agency.closed_on is not None and agency.closed_on < clock.today():
        raise RuleBroken("agency_id", N_("廃止された相談機関からは送れません。"))
    year = clock.fiscal_year(clock.today())
    number = numbering.next_number(fiscal_year=year, series="referral")
    referral = add(
        Referral(
            number=rules.sheet_number(year, number),
            agency=agency,
            station=station,
            status=Status.DRAFT,
            made_by_id=by.id,
            made_at=clock.now(),
            alias="",
            contact_name=contact_name,
            contact_phone=contact_phone or agency.phone,
        )
    )
    audit.record(referral, act=SheetAct.CREATE, by=by, to_status=Status.DRAFT)
    return referral


def save_referral(
    *,
    referral: Referral,
    by: Actor,
    station: Station | None = None,
    consent: Consent | None = None,
    seen: str | None = None,
    **facts: Unpack[SheetFacts],
) -> Referral:
    """Change facts of a draft, or of a sheet that came back; nothing need be complete yet. A new answer is added.

    Only a draft can still choose another station: a sheet that came back is known to one already.
    ``seen``: the mark (`standing`) of what one page holds; `Overtaken` when others wrote on this page since.
    """
    lock(referral)
    access.demand(by, Permission.REFERRAL_MAKE, referral)
    if referral.status not in rules.EDITABLE:
        raise Conflict(None, N_("送ったあとの内容は、差し戻されたときだけ直せます。"))
    typed: dict[str, object] = {"station_id": station.id} if station is not None else {}
    consents.check_standing(seen, referral, typed | facts, consent)
    if station is not None and station.id != referral.station_id:
        if referral.status is not Status.DRAFT:
            raise RuleBroken("station_id", N_("送り先を変えるときは、取り下げて新しく作ってください。"))
        referral.station = station
    if phone := facts.get("contact_phone"):
        text.check_phone(phone, field="contact_phone")
    for name, value in facts.items():
        setattr(referral, name, value)
    audit.record(referral, act=SheetAct.SAVE, by=by, from_status=referral.status, to_status=referral.status)
    consents.add_answer(referral, consent, by=by)
    return referral


def send(*, referral: Referral, by: Actor) -> None:
    """Through the gate to the station: a valid consent must cover it. `RuleBroken` on "consent" or a field."""
    to = steps.begin(referral, Act.SEND, by=by)
    consent_rules.check_gate(queries.latest_consent(referral), Recipient.STATION, clock.today())
    rules.check_sheet(
        alias=referral.alias,
        wishes=referral.wishes,
        contact_name=referral.contact_name,
        contact_phone=referral.contact_phone,
    )
    contents.check_confirmed(referral)
    referral.sent_at = clock.now()
    referral.acknowledge_by_on = deadlines.step_by(Status.SENT, clock.today())
    referral.acknowledged_at = None
    steps.move(referral, Act.SEND, to, by=by)
    steps.tell(queries.station_leaders(referral.station_id), steps.SENT, referral, by=by)


def accept(*, referral: Referral, by: Actor) -> None:
    """受理: the station takes it on."""
    to = steps.begin(referral, Act.ACCEPT, by=by)
    consent_rules.check_still_agreed(queries.latest_consent(referral), clock.today())
    referral.acknowledged_at = clock.now()
    _answer(referral, Act.ACCEPT, to, by)


def return_(*, referral: Referral, reason: str, by: Actor) -> None:
    """差戻し to the agency, with what is missing."""
    to = steps.begin(referral, Act.RETURN, by=by)
    referral.acknowledged_at = clock.now()
    steps.move(referral, Act.RETURN, to, by=by, reason=reason)
    steps.tell(queries.agency_people(referral.agency_id), steps.RETURNED, referral, by=by)


def arrange(*, referral: Referral, by: Actor) -> None:
    """調整中: the first visit is being arranged with the agency."""
    to = steps.begin(referral, Act.ARRANGE, by=by)
    consent_rules.check_still_agreed(queries.latest_consent(referral), clock.today())
    _answer(referral, Act.ARRANGE, to, by)


def agree_visit(*, referral: Referral, reason: str, by: Actor) -> None:
    """Either side writes down what was agreed: when, where, whom to meet. `RuleBroken` on "reason" without it."""
    to = steps.begin(referral, Act.AGREE_VISIT, by=by)
    consent_rules.check_still_agreed(queries.latest_consent(referral), clock.today())
    steps.move(referral, Act.AGREE_VISIT, to, by=by, reason=reason)
    _tell_both(referral, steps.ANSWERED, by)


def record_first_visit(*, referral: Referral, on: dt.date, by: Actor) -> None:
    """見学・初回同行 took place on a day; looks back one and three months later are laid out."""
    to = steps.begin(referral, Act.RECORD_FIRST_VISIT, by=by)
    today = clock.today()
    consent_rules.check_still_agreed(queries.latest_consent(referral), today)
    if referral.sent_at is not None:
        rules.check_first_visit(on, clock.local_date(referral.sent_at), today)
    if referral.first_visit_on is None:  # after a suspension the person may come a second "first" time
        for due_on in deadlines.follow_ups(on):
            db.session.add(FollowUp(referral_id=referral.id, due_on=due_on))
    referral.first_visit_on = on
    _answer(referral, Act.RECORD_FIRST_VISIT, to, by)
    db.session.expire(referral, ["follow_ups"])


def start(*, referral: Referral, by: Actor) -> None:
    """参加開始."""
    _answer(referral, Act.START, steps.begin(referral, Act.START, by=by), by)


def settle(*, referral: Referral, by: Actor) -> None:
    """定着."""
    _answer(referral, Act.SETTLE, steps.begin(referral, Act.SETTLE, by=by), by)


def close(*, referral: Referral, reason: str, by: Actor) -> None:
    """終結, by either side, with how it came to its end."""
    _both_sides(referral, Act.CLOSE, by, reason)


def fail(*, referral: Referral, reason: str, by: Actor) -> None:
    """不調: it did not come about."""
    _both_sides(referral, Act.FAIL, by, reason)


def suspend(*, referral: Referral, reason: str, by: Actor) -> None:
    """中断."""
    _both_sides(referral, Act.SUSPEND, by, reason)


def resume(*, referral: Referral, by: Actor) -> None:
    """再開: back to arranging; the consent must still hold."""
    to = steps.begin(referral, Act.RESUME, by=by)
    consent_rules.check_still_agreed(queries.latest_consent(referral), clock.today())
    steps.move(referral, Act.RESUME, to, by=by)
    _tell_both(referral, steps.ANSWERED, by)


def withdraw(*, referral: Referral, reason: str, by: Actor) -> None:
    """取下げ by the agency."""
    to = steps.begin(referral, Act.WITHDRAW, by=by)
    sent = referral.sent_at is not None
    steps.move(referral, Act.WITHDRAW, to, by=by, reason=reason)
    if sent:
        steps.tell(queries.station_leaders(referral.station_id), steps.ENDED, referral, by=by)


def expire(*, referral: Referral) -> None:
    """期限切れ: the consent ran out before the person came. The system's own act.

    `Conflict` when the consent still holds or the state does not end with it.
    """
    lock(referral)
    to = rules.next_status(referral.status, Act.EXPIRE)
    consent = queries.latest_consent(referral)
    if consent is None or consent.expires_on is None or consent.expires_on >= clock.today():
        raise Conflict(None, N_("同意の期限は過ぎていません。"))
    steps.move(referral, Act.EXPIRE, to, by=None)
    _tell_both(referral, steps.ENDED, None)


def record_follow_up(
    *, referral: Referral, follow_up_id: int, outcome: Outcome, note: str, by: Actor
) -> FollowUp:
    """How it goes, one or three months after the first visit. `Conflict` when it is recorded already.

    Nothing more is written when the case is over or the consent is gone, nor before it is time: `RuleBroken`.
    """
    lock(referral)
    steps.demand_one(by, {Permission.REFERRAL_ANSWER, Permission.REFERRAL_MAKE}, referral)
    if referral.status in rules.FINAL | CONCEALED:
        raise RuleBroken(
            None, N_("「%(state)s」のつなぎには、その後の様子を記録できません。"), state=referral.status
        )
    consent_rules.check_still_agreed(queries.latest_consent(referral), clock.today())
    found = next((one for one in referral.follow_ups if one.id == follow_up_id), None)
    if found is None or lock(found).done_at is not None:
        raise Conflict(None, N_("この様子は、もう記録されています。"))
    deadlines.check_follow_up(found.due_on, clock.today())
    found.outcome, found.note = outcome, note
    found.done_at, found.done_by_id = clock.now(), by.id
    audit.record(referral, act=SheetAct.RECORD_FOLLOW_UP, by=by, detail={"due_on": found.due_on.isoformat()})
    _tell_both(referral, steps.ANSWERED, by)
    return found


def _answer(referral: Referral, act: Act, to: Status, by: Actor) -> None:
    steps.move(referral, act, to, by=by)
    steps.tell(queries.agency_people(referral.agency_id), steps.ANSWERED, referral, by=by)


def _both_sides(referral: Referral, act: Act, by: Actor, reason: str) -> None:
    to = steps.begin(referral, act, by=by)
    steps.move(referral, act, to, by=by, reason=reason)
    _tell_both(referral, steps.ENDED if to in rules.FINAL else steps.ANSWERED, by)


def _tell_both(referral: Referral, subject: str, by: Actor | None) -> None:
    people = queries.agency_people(referral.agency_id) + queries.station_leaders(referral.station_id)
    steps.tell(people, subject, referral, by=by)
