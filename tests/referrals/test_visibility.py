"""Who may see a referral, a memo and its consents: the Python answer and the SQL filter, over every row and person."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import pytest
import sqlalchemy as sa

from stations.core import clock
from stations.core.access import Held, Permission, Role, can
from stations.core.database import add, db
from stations.referrals.consent_rules import Recipient
from stations.referrals.models import Agency, Observation, Referral
from stations.referrals.rules import ObservationStatus, Status
from stations.referrals.services import consents, observations
from stations.referrals.visibility import OWN_TO_THE_STATION
from tests.referrals.cast import Town, agency, consent, town
from tests.support import cast
from tests.support.client import PageClient


@dataclass(frozen=True)
class Somebody:
    held_roles: tuple[Held, ...]
    id: int = 1
    is_authenticated: bool = True


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def everybody(here: Town, elsewhere: int, other: Agency) -> Iterator[Somebody]:
    """Nobody's, one, and any two of the roles that have to do with one of two stations and of two agencies."""
    held = [
        *(Held(role, agency_id=one) for role in (Role.CASE_WORKER, Role.MARUGOTO_DESK) for one in (here.agency.id, other.id)),
        *(Held(role, station_id=one) for role in (Role.STATION_LEADER, Role.VOLUNTEER) for one in (here.station.id, elsewhere)),
        Held(Role.CHAIR, committee_id=here.station.committee_id),
        Held(Role.OFFICER),
        Held(Role.EXTERNAL_AUDITOR),
    ]  # fmt: skip
    for number in (0, 1, 2):
        yield from (Somebody(roles) for roles in combinations(held, number))


def test_of_every_referral_python_and_the_database_answer_the_same(here: Town) -> None:
    elsewhere, other = cast.station(here.station.committee, "よそ"), agency("よその相談機関")
    now = clock.now()
    for station, of, status, sent in product(
        (here.station, elsewhere), (here.agency, other), Status, (False, True)
    ):
        if status is Status.WITHDRAWN or sent is (status is not Status.DRAFT):
            add(
                Referral(
                    number=f"{station.id}-{of.id}-{status}-{sent}",
                    agency=of,
                    station=station,
                    status=status,
                    alias="",
                    contact_name="",
                    contact_phone="",
                    made_by_id=here.worker.id,
                    made_at=now,
                    sent_at=now if sent else None,
                )
            )
    rows = db.session.scalars(sa.select(Referral)).all()
    assert len(rows) == 4 * (len(Status) + 1)
    read = 0
    for person in everybody(here, elsewhere.id, other):
        found = db.session.scalars(sa.select(Referral.id).where(Referral.readable_by(person)))
        answered = {one.id for one in rows if can(person, Permission.REFERRAL_READ, one)}
        assert set(found) == answered, person
        read += len(answered)
    assert read


def test_of_every_memo_python_and_the_database_answer_the_same(here: Town) -> None:
    elsewhere, other = cast.station(here.station.committee, "よそ"), agency("よその相談機関")
    now = clock.now()
    for station, of, status in product((here.station, elsewhere), (here.agency, other), ObservationStatus):
        add(
            Observation(
                number=f"{station.id}-{of.id}-{status}",
                agency=of,
                station=station,
                status=status,
                facts="",
                observed_on=clock.today(),
                made_by_id=here.leader.id,
                made_at=now,
                sent_at=None if status is ObservationStatus.DRAFT else now,
            )
        )
    rows = db.session.scalars(sa.select(Observation)).all()
    for person in everybody(here, elsewhere.id, other):
        found = db.session.scalars(sa.select(Observation.id).where(Observation.readable_by(person)))
        assert set(found) == {one.id for one in rows if can(person, Permission.OBSERVATION_READ, one)}, person
    received = db.session.scalars(sa.select(Observation).where(Observation.received_by([other.id]))).all()
    assert {one.agency for one in received} == {other}
    assert {one.status for one in received} == set(ObservationStatus) - OWN_TO_THE_STATION


def test_consents_are_seen_by_both_sides_also_when_the_rest_is_concealed(
    client: PageClient, here: Town
) -> None:
    sheet = here.sent()
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    for subject, path, said in (
        (sheet, f"/referrals/{sheet.id}", "畑仕事"),
        (memo, f"/observations/{memo.id}", "顔色が悪い"),
    ):
        consents.withdraw_consent(subject=subject, by=here.leader)
        db.session.commit()
        for person in (here.leader, here.worker):
            client.sign_in(person)
            page = client.get(path)
            assert "同意の記録（新しい順）" in page.text and "撤回" in page.text
            assert (said in page.text) is not subject.concealed_from(person)
        assert subject.concealed_from(here.leader) is not subject.concealed_from(here.worker)
        for person in (
            here.desk_worker,
            cast.person(Role.VOLUNTEER, of=here.station),
            cast.person(Role.OFFICER),
        ):
            client.sign_in(person)
            client.get(path, status=404)
