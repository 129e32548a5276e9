"""Agencies, referrals and memos to begin with, built through the services."""

import datetime as dt
from dataclasses import dataclass

from stations.committees.models import Station
from stations.core import clock
from stations.core.access import Role
from stations.core.database import add
from stations.people.models import Person
from stations.referrals.consent_rules import Consent, ConsentAnswer, ConsentMethod, Recipient
from stations.referrals.models import Agency, Observation, Referral
from stations.referrals.rules import AgeGroup
from stations.referrals.services import consents, observations, referrals
from tests.support import cast

ALIAS = "はるさん"
SHEET = referrals.SheetFacts(
    alias=ALIAS,
    age_group=AgeGroup.AGE_65_74,
    wishes="畑仕事をしてみたい",
    considerations="大きな音が苦手",
    contact_name="見本 担当",
    contact_phone="047-000-1111",
)


def consent(
    *scope: Recipient,
    answer: ConsentAnswer = ConsentAnswer.GIVEN,
    given_on: dt.date | None = None,
    expires_on: dt.date | None = None,
    to: Agency | None = None,
) -> Consent:
    """A consent given today for half a year, to the station unless said otherwise; ``to``: the agency named."""
    begins = given_on or clock.today()
    return Consent(
        answer=answer,
        scope=frozenset(scope or (Recipient.STATION,)),
        method=ConsentMethod.WRITTEN,
        given_on=begins,
        expires_on=expires_on or clock.add_months(begins, 6),
        agencies=frozenset({to.id} if to is not None else ()),
    )


def agency(name: str = "見本地域包括支援センター", *, desk: bool = False) -> Agency:
    return add(Agency(name=name, kind="地域包括支援センター", phone="047-000-2222", is_marugoto_desk=desk))


@dataclass
class Town:
    """One station with its leader, one agency with its case worker, and 福祉まるごと相談窓口 with its worker."""

    station: Station
    leader: Person
    agency: Agency
    worker: Person
    desk: Agency
    desk_worker: Person

    def referral(self, given: Consent | None = None) -> Referral:
        """A complete draft with the person's consent."""
        made = referrals.create_referral(agency=self.agency, station=self.station, by=self.worker)
        referrals.save_referral(referral=made, by=self.worker, **SHEET)
        consents.record_consent(subject=made, consent=given or consent(), by=self.worker)
        return made

    def sent(self) -> Referral:
        made = self.referral()
        referrals.send(referral=made, by=self.worker)
        return made

    def arranging(self) -> Referral:
        made = self.sent()
        referrals.accept(referral=made, by=self.leader)
        referrals.arrange(referral=made, by=self.leader)
        return made

    def visited(self) -> Referral:
        made = self.arranging()
        referrals.record_first_visit(referral=made, on=clock.today(), by=self.leader)
        return made

    def memo(self, given: Consent | None = None, to: Agency | None = None) -> Observation:
        """A memo of today; without ``given`` nobody asked the person."""
        made = observations.create_observation(
            station=self.station,
            agency=to,
            by=self.leader,
            memo=observations.Memo(facts="2週つづけて顔色が悪い", observed_on=clock.today(), alias=ALIAS),
        )
        if given is not None:
            consents.record_consent(subject=made, consent=given, by=self.leader)
        return made


def town() -> Town:
    station = cast.station(cast.committee())
    own, desk = agency(), agency("福祉まるごと相談窓口", desk=True)
    return Town(
        station,
        with_mail(cast.person(Role.STATION_LEADER, of=station, name="責任 花子")),
        own,
        with_mail(cast.person(Role.CASE_WORKER, of=own, name="相談 太郎")),
        desk,
        with_mail(cast.person(Role.MARUGOTO_DESK, of=desk, name="窓口 次郎")),
    )


def with_mail(person: Person) -> Person:
    person.email = f"{person.login}@example.jp"
    return person
