"""Acts on referrals (agency → station), from the draft to the end."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict, Unpack

from stations.committees.models import Station
from stations.core import access, audit, clock, numbering, text
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.steps import Taking
from stations.referrals import consent_rules, deadlines, rules
from stations.referrals.consent_rules import Consent, Recipient
from stations.referrals.models import Agency, FollowUp, Referral
from stations.referrals.queries import sheets
from stations.referrals.rules import Act, AgeGroup, Outcome, SheetAct, Status
from stations.referrals.services import consents, contents, steps


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
    loaded: str | None = None,
    **facts: Unpack[SheetFacts],
) -> Referral:
    """Change facts of a draft, or of a sheet that came back; nothing need be complete yet. A new answer is added.

    Only a draft can still choose another station: a sheet that came back is known to one already.
    ``loaded``: the mark (`stored`) of what one page holds; `EditConflict` when others wrote on this page since.
    """
    with steps.taking(referral, SheetAct.SAVE, by=by) as taken:
        typed: dict[str, object] = {"station_id": station.id} if station is not None else {}
        typed |= facts
        consents.check_unchanged(loaded, referral, typed, consent, by=by)
        taken.detail["changed"] = consents.changed(referral, typed)
        if station is not None and station.id != referral.station_id:
            if referral.status is not Status.DRAFT:
                raise RuleBroken("station_id", N_("送り先を変えるときは、取り下げて新しく作ってください。"))
            referral.station = station
        if phone := facts.get("contact_phone"):
            text.check_phone(phone, field="contact_phone")
        for name, value in facts.items():
            setattr(referral, name, value)
    consents.add_answer(referral, consent, by=by)
    return referral


def send(*, referral: Referral, by: Actor) -> None:
    """Through the gate to the station: a valid consent must cover it. `RuleBroken` on "consent" or a field."""
    with steps.taking(referral, Act.SEND, by=by):
        consent_rules.check_gate(sheets.latest_consent(referral), Recipient.STATION, clock.today())
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


def accept(*, referral: Referral, by: Actor) -> None:
    """受理: the station takes it on."""
    with _agreed(referral, Act.ACCEPT, by=by):
        referral.acknowledged_at = clock.now()


def return_(*, referral: Referral, reason: str, by: Actor) -> None:
    """差戻し to the agency, with what is missing."""
    with steps.taking(referral, Act.RETURN, by=by, reason=reason):
        referral.acknowledged_at = clock.now()


def arrange(*, referral: Referral, by: Actor) -> None:
    """調整中: the first visit is being arranged with the agency."""
    with _agreed(referral, Act.ARRANGE, by=by):
        pass


def agree_visit(*, referral: Referral, reason: str, by: Actor) -> None:
    """Either side writes down what was agreed: when, where, whom to meet. `RuleBroken` on "reason" without it."""
    with _agreed(referral, Act.AGREE_VISIT, by=by, reason=reason):
        rules.check_agreed_visit(reason)


def record_first_visit(*, referral: Referral, on: dt.date, by: Actor) -> None:
    """見学・初回同行 took place on a day; follow-ups one and three months later are laid out."""
    with _agreed(referral, Act.RECORD_FIRST_VISIT, by=by):
        if referral.sent_at is not None:
            rules.check_first_visit(on, clock.local_date(referral.sent_at), clock.today())
        if referral.first_visit_on is None:  # after a suspension the person may come a second "first" time
            for due_on in deadlines.follow_ups(on):
                db.session.add(FollowUp(referral_id=referral.id, due_on=due_on))
        referral.first_visit_on = on
    db.session.expire(referral, ["follow_ups"])


def start(*, referral: Referral, by: Actor) -> None:
    """参加開始."""
    steps.take(referral, Act.START, by=by)


def settle(*, referral: Referral, by: Actor) -> None:
    """定着."""
    steps.take(referral, Act.SETTLE, by=by)


def close(*, referral: Referral, reason: str, by: Actor) -> None:
    """終結, by either side, with how it came to its end."""
    steps.take(referral, Act.CLOSE, by=by, reason=reason)


def fail(*, referral: Referral, reason: str, by: Actor) -> None:
    """不調: it did not come about."""
    steps.take(referral, Act.FAIL, by=by, reason=reason)


def suspend(*, referral: Referral, reason: str, by: Actor) -> None:
    """中断."""
    steps.take(referral, Act.SUSPEND, by=by, reason=reason)


def resume(*, referral: Referral, by: Actor) -> None:
    """再開: back to arranging; the consent must still hold."""
    with _agreed(referral, Act.RESUME, by=by):
        pass


def withdraw(*, referral: Referral, reason: str, by: Actor) -> None:
    """取下げ by the agency."""
    steps.take(referral, Act.WITHDRAW, by=by, reason=reason)


def expire(*, referral: Referral) -> None:
    """期限切れ: the consent ran out before the person came. The system's own act.

    `Conflict` when the consent still holds or the state does not end with it.
    """
    with steps.taking(referral, Act.EXPIRE, by=None):
        consent = sheets.latest_consent(referral)
        if consent is None or consent.expires_on is None or consent.expires_on >= clock.today():
            raise Conflict(None, N_("同意の期限は過ぎていません。"))


def record_follow_up(
    *, referral: Referral, follow_up_id: int, outcome: Outcome, note: str, by: Actor
) -> FollowUp:
    """How it goes, one or three months after the first visit. `Conflict` when it is recorded already, or the case over.

    Nothing more is written when the consent is gone, nor before it is time: `RuleBroken`.
    """
    with _agreed(referral, SheetAct.RECORD_FOLLOW_UP, by=by) as taken:
        found = lock(next(one for one in referral.follow_ups if one.id == follow_up_id))
        deadlines.check_unrecorded(found.done_at)
        deadlines.check_follow_up(found.due_on, clock.today())
        found.outcome, found.note = outcome, note
        found.done_at, found.done_by_id = clock.now(), by.id
        taken.detail = {"due_on": found.due_on.isoformat()}
    return found


@contextmanager
def _agreed(referral: Referral, act: Act | SheetAct, *, by: Actor, reason: str = "") -> Iterator[Taking[Any]]:
    """Take a step that only a consent that still holds allows; `RuleBroken` on "consent"."""
    with steps.taking(referral, act, by=by, reason=reason) as taken:
        consent_rules.check_still_agreed(sheets.latest_consent(referral), clock.today())
        yield taken
