"""Agencies, and the stories of referrals and of memos: one of each state, twice; the people are nobody."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from stations.committees.models import District
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.demo.diary import Story
from stations.demo.town import Town
from stations.people.models import Person
from stations.people.services import roles
from stations.referrals import deadlines
from stations.referrals.consent_rules import Consent, ConsentAnswer, ConsentMethod, Recipient
from stations.referrals.danger import Call, CallOutcome
from stations.referrals.models import Agency, Observation, Referral
from stations.referrals.rules import AgeGroup, ObservationStatus, Outcome, Status
from stations.referrals.services import agencies, consents, escalation, observations, referrals
from stations.referrals.services.agencies import AgencyFacts
from stations.referrals.services.observations import Memo

_CENTRES = "地域包括支援センター"
_STATIONS = ("farm", "mabashi", "hidamari", "sakura", "meguru", "yorimichi", "kokage", "mutsumi")
_ALIASES = ("Aさん", "Bさん", "Cさん", "みーさん", "たけさん", "ゆうさん", "すみれさん", "ケンさん")
_ADULTS = frozenset({AgeGroup.AGE_18_39, AgeGroup.AGE_40_64, AgeGroup.AGE_65_74, AgeGroup.AGE_75_PLUS})
_CHILDREN = frozenset({AgeGroup.UNDER_18})
_WORKING = frozenset({AgeGroup.AGE_18_39, AgeGroup.AGE_40_64})
_RETIRED = frozenset({AgeGroup.AGE_65_74, AgeGroup.AGE_75_PLUS})
_ALL = _ADULTS | _CHILDREN


@dataclass(frozen=True)
class Said:
    """A sentence, and of whom it can be said: people of these ages, and at these stations only if any are named."""

    text: str
    ages: frozenset[AgeGroup]
    stations: frozenset[str] = frozenset()


WISHES = (
    Said("人の多くないところで、手を動かすことから始めたい。", _ADULTS),
    Said("土にさわるのが好き。午前中なら出かけられる。", _ADULTS, frozenset({"farm"})),
    Said("だれかと将棋やこまで遊びたい。", _ALL, frozenset({"mabashi"})),
    Said("家の外で過ごす時間を少しずつ増やしたい。", _ALL),
    Said("学校のあと、宿題のできる場所がほしい。", _CHILDREN, frozenset({"sakura"})),
)
CARE = (
    Said("大きな音が苦手。", _ALL),
    Said("長い距離を歩くのはつらい。", _RETIRED | {AgeGroup.AGE_40_64}),
    Said("はじめは近くに座ってくれる人がいると安心。", _ALL),
    Said("", _ALL),
)
FACTS = (
    Said("先月まで毎回来ていた方が、2回続けて来ていない。前回は元気がない様子だった。", _ADULTS),
    Said("帰りの道が分からなくなったと話し、スタッフが家の近くまで送った。", _RETIRED),
    Said("食事を一日一回しかとっていないと話していた。", _ADULTS),
    Said("仕事をやめてから、家族のほかにはだれとも話していないと言っていた。", _WORKING),
    Said("こどもだけで夜まで過ごしていると聞いた。", _CHILDREN),
)
_ORDER = (
    Status.SENT,
    Status.ACCEPTED,
    Status.ARRANGING,
    Status.VISITED,
    Status.JOINED,
    Status.SETTLED,
    Status.CLOSED,
)
# Where a referral leaves the way, and after which step.
_EXITS = {
    Status.RETURNED: Status.SENT,
    Status.FAILED: Status.ARRANGING,
    Status.SUSPENDED: Status.JOINED,
    Status.WITHDRAWN: Status.ACCEPTED,
    Status.EXPIRED: Status.SENT,
}

# Office days from one state to the next, and for how long a sheet has been where it ends.
_AFTER = dict.fromkeys(Status, 3) | {Status.JOINED: 8, Status.SETTLED: 20, Status.CLOSED: 30}
_LATELY = 0.5
_LATE = {
    Status.DRAFT: 14,
    Status.SENT: 8,
    Status.RETURNED: 8,
    Status.ACCEPTED: 8,
    Status.ARRANGING: 24,
    Status.VISITED: 14,
    Status.JOINED: 16,
    Status.SETTLED: 20,
    Status.SUSPENDED: 12,
}
_LONG_AGO = 50
_MEMO_LATE = {
    ObservationStatus.DRAFT: 7,
    ObservationStatus.SENT: 7,
    ObservationStatus.RETURNED: 7,
    ObservationStatus.ACKNOWLEDGED: 7,
    ObservationStatus.IN_PROGRESS: 12,
}


@dataclass(frozen=True)
class Desk:
    """An agency and the person who works there."""

    agency: Agency
    worker: Person


def found_agencies(town: Town) -> list[Desk]:
    """The 15 centres by district, 基幹相談支援センター, 自立相談支援センター, the section's workers, the one desk."""
    districts = db.session.scalars(sa.select(District).order_by(District.number)).all()
    order = sorted(districts, key=lambda one: one.code != "kogane")
    desks = [
        _found(
            town,
            f"houkatsu-{district.code}",
            AgencyFacts(
                name=f"{district.name}{_CENTRES}",
                kind=_CENTRES,
                phone=town.phone(),
                district_id=district.id,
            ),
        )
        for district in order
    ]
    kinds = (
        ("kikan-chuo", "中央基幹相談支援センター", "基幹相談支援センター"),
        ("kikan-kogane", "小金基幹相談支援センター", "基幹相談支援センター"),
        ("kikan-tokiwadaira", "常盤平基幹相談支援センター", "基幹相談支援センター"),
        ("jiritsu", "自立相談支援センター", "自立相談支援センター"),
        ("seikatsu", "生活支援の窓口", "庁内の窓口"),
    )
    for login, name, kind in kinds:
        desks.append(_found(town, login, AgencyFacts(name=name, kind=kind, phone=town.phone())))
    marugoto = AgencyFacts(
        name="福祉まるごと相談窓口", kind="福祉まるごと相談窓口", phone=town.phone(), is_marugoto_desk=True
    )
    desks.append(_found(town, "marugoto", marugoto))
    return desks


def _found(town: Town, login: str, facts: AgencyFacts) -> Desk:
    agency = agencies.create_agency(facts=facts, by=town.officer())
    administrator, second = town.city[Role.ADMINISTRATOR]
    worker = town.person(login, by=administrator)
    roles.give_role(
        person=worker,
        role=Role.MARUGOTO_DESK if facts.is_marugoto_desk else Role.CASE_WORKER,
        agency_id=agency.id,
        from_on=dt.date(town.days.year - 2, 4, 1),
        by=administrator,
        second=second,
    )
    town.ready(worker)
    return Desk(agency, worker)


def referral_story(town: Town, desk: Desk, nth: int, wanted: Status) -> Story:
    """One referral, up to the state ``wanted``; of two in a state, one came to it lately and one is late."""
    days = town.days
    station = _STATIONS[nth // len(Status) % 2 if nth % 3 else nth % len(_STATIONS)]
    leader = town.crew[station][Role.STATION_LEADER]
    expires = wanted is Status.EXPIRED
    way = _way(wanted)
    ago = (_LATE.get(wanted, _LONG_AGO) if nth % 2 == 0 else _LATELY) + sum(_AFTER[step] for step in way)
    made = days.winter(2, 9, of=days.year) if expires else days.ago(ago)
    yield made
    referral = referrals.create_referral(
        agency=desk.agency, station=town.stations[station], contact_name=desk.worker.name, by=desk.worker
    )
    _fill(town, desk, referral, station, until=dt.date(days.year, 3, 10) if expires else None)
    for passed, step in enumerate(way, start=1):
        ago -= _AFTER[step]
        if expires:
            yield days.shift(made, passed) if step in _ORDER else days.share(0.1)
        else:
            yield days.ago(ago)
        if step in _ORDER:
            _go_on(referral, step, desk.worker, leader)
        else:
            _leave(referral, step, desk.worker, leader)


def _way(wanted: Status) -> list[Status]:
    """The states a referral passes through from its draft to ``wanted``."""
    if wanted is Status.DRAFT:
        return []
    last = _EXITS.get(wanted, wanted)
    along = list(_ORDER[: _ORDER.index(last) + 1])
    return along if last is wanted else [*along, wanted]


def _fill(town: Town, desk: Desk, referral: Referral, station: str, *, until: dt.date | None) -> None:
    dice, today = town.dice, clock.today()
    wish = dice.choice([said for said in WISHES if not said.stations or station in said.stations])
    age = _age(town, wish)
    referrals.save_referral(
        referral=referral,
        alias=dice.choice(_ALIASES),
        age_group=age,
        wishes=wish.text,
        considerations=dice.choice([said.text for said in CARE if age in said.ages]),
        accompanied=dice.random() < 0.7,
        contact_name=desk.worker.name,
        contact_phone=desk.agency.phone,
        by=desk.worker,
    )
    consents.record_consent(
        subject=referral,
        consent=Consent(
            answer=ConsentAnswer.GIVEN,
            scope=frozenset({Recipient.STATION, Recipient.AGENCY}),
            method=dice.choice(list(ConsentMethod)),
            given_on=today,
            expires_on=until or clock.add_months(today, 12),
            agencies=frozenset({desk.agency.id}),
        ),
        by=desk.worker,
    )


def _age(town: Town, said: Said) -> AgeGroup:
    """One of those of whom it can be said."""
    return town.dice.choice([group for group in AgeGroup if group in said.ages])


def _go_on(referral: Referral, to: Status, worker: Person, leader: Person) -> None:
    """One step along the way."""
    match to:
        case Status.SENT:
            referrals.send(referral=referral, by=worker)
        case Status.ACCEPTED:
            referrals.accept(referral=referral, by=leader)
        case Status.ARRANGING:
            referrals.arrange(referral=referral, by=leader)
        case Status.VISITED:
            referrals.record_first_visit(referral=referral, on=clock.today(), by=leader)
        case Status.JOINED:
            referrals.start(referral=referral, by=leader)
        case Status.SETTLED:
            _follow_up_once(referral, leader)
            referrals.settle(referral=referral, by=leader)
        case _:
            referrals.close(referral=referral, reason="自分で通えるようになったため", by=worker)


def _follow_up_once(referral: Referral, leader: Person) -> None:
    """How it goes, once it is time to say so: where the year so far is short, the way was too quick for it."""
    follow_up = referral.follow_ups[0]
    if deadlines.may_follow_up(follow_up.due_on, clock.today()):
        referrals.record_follow_up(
            referral=referral,
            follow_up_id=follow_up.id,
            outcome=Outcome.CONTINUING,
            note="毎回来ている。顔なじみができた。",
            by=leader,
        )


def _leave(referral: Referral, wanted: Status, worker: Person, leader: Person) -> None:
    """One way out."""
    match wanted:
        case Status.RETURNED:
            referrals.return_(referral=referral, reason="送迎が必要かどうかを書き添えてください。", by=leader)
        case Status.FAILED:
            referrals.fail(referral=referral, reason="日程が合わず、見学に至らなかったため", by=leader)
        case Status.SUSPENDED:
            referrals.suspend(referral=referral, reason="体調がととのうまで休むため", by=leader)
        case Status.WITHDRAWN:
            referrals.withdraw(referral=referral, reason="引っ越しが決まったため", by=worker)
        case _:
            referrals.expire(referral=referral)


def memo_story(town: Town, desk: Desk, marugoto: Desk, nth: int, wanted: ObservationStatus) -> Story:
    """One memo: with consent to an agency, without to 福祉まるごと相談窓口."""
    days, dice = town.days, town.dice
    station = _STATIONS[nth % 4]
    leader = town.crew[station][Role.STATION_LEADER]
    answer = list(ConsentAnswer)[nth % 3]
    receiver = desk if answer is ConsentAnswer.GIVEN else marugoto
    way = _MEMO_WAYS[wanted]
    ago = (_MEMO_LATE.get(wanted, _LONG_AGO) if nth % 2 else _LATELY) + 2 * len(way)
    yield days.ago(ago)
    seen = dice.choice(FACTS)
    memo = observations.create_observation(
        station=town.stations[station],
        memo=Memo(
            facts=seen.text,
            observed_on=clock.today(),
            age_group=_age(town, seen),
            alias=dice.choice(_ALIASES),
            urgent=nth % 4 == 0,
        ),
        agency=receiver.agency,
        by=leader,
    )
    given = answer is ConsentAnswer.GIVEN
    consents.record_consent(
        subject=memo,
        consent=Consent(
            answer=answer,
            scope=frozenset({Recipient.AGENCY, Recipient.MARUGOTO_DESK}) if given else frozenset(),
            method=ConsentMethod.ORAL if given else None,
            given_on=clock.today() if given else None,
            expires_on=clock.add_months(clock.today(), 12) if given else None,
            agencies=frozenset({desk.agency.id}) if given else frozenset(),
        ),
        by=leader,
    )
    for passed, step in enumerate(way, start=1):
        yield days.ago(ago - 2 * passed)
        _answer(memo, step, leader, receiver.worker)
    while memo.status is ObservationStatus.SENT and memo.escalate_at is not None:
        yield memo.escalate_at
        escalation.escalate(observation=memo)


_MEMO_WAYS = {
    ObservationStatus.DRAFT: (),
    ObservationStatus.SENT: (ObservationStatus.SENT,),
    ObservationStatus.ACKNOWLEDGED: (ObservationStatus.SENT, ObservationStatus.ACKNOWLEDGED),
    ObservationStatus.IN_PROGRESS: (
        ObservationStatus.SENT,
        ObservationStatus.ACKNOWLEDGED,
        ObservationStatus.IN_PROGRESS,
    ),
    ObservationStatus.CLOSED: (
        ObservationStatus.SENT,
        ObservationStatus.ACKNOWLEDGED,
        ObservationStatus.IN_PROGRESS,
        ObservationStatus.CLOSED,
    ),
    ObservationStatus.RETURNED: (ObservationStatus.SENT, ObservationStatus.RETURNED),
    ObservationStatus.WITHDRAWN: (ObservationStatus.SENT, ObservationStatus.WITHDRAWN),
}


def _answer(memo: Observation, to: ObservationStatus, leader: Person, worker: Person) -> None:
    """One step of a memo."""
    match to:
        case ObservationStatus.SENT:
            if memo.urgent:
                called = Call(outcome=CallOutcome.REACHED, whom="送り先の当番の方", at=clock.now())
                observations.record_call(observation=memo, call=called, by=leader)
            observations.send_observation(observation=memo, by=leader)
        case ObservationStatus.WITHDRAWN:
            observations.withdraw_observation(
                observation=memo, reason="ご家族といっしょに相談の窓口へ行かれたため", by=leader
            )
        case ObservationStatus.RETURNED:
            observations.return_observation(
                observation=memo, reason="いつごろの様子か、もう少し詳しく書いてください。", by=worker
            )
        case ObservationStatus.ACKNOWLEDGED:
            observations.acknowledge_observation(observation=memo, by=worker)
        case ObservationStatus.IN_PROGRESS:
            observations.start_observation(observation=memo, by=worker)
        case _:
            observations.close_observation(
                observation=memo,
                answer="訪ねてお話を聞きました。これからも見守りをお願いします。",
                by=worker,
            )
