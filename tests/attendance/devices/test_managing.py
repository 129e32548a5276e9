"""Renaming and revoking a tablet, and who may; what it reports."""

import datetime as dt

import pytest

from stations.attendance.devices.queries import devices
from stations.attendance.devices.rules import DeviceAct, DeviceStatus
from stations.attendance.devices.services import managing
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.refusals import refused
from tests.support.tablet import enrolled


def test_another_name_stands_in_the_history(door: Door):
    managing.rename(device=door.device, name=" 入口 ", by=door.leader)
    assert door.device.name == "入口"
    entry = audit.timeline(door.device)[0]
    assert (entry.act, entry.detail) == (DeviceAct.RENAME, {"before": "受付1", "after": "入口"})


def test_the_same_name_is_no_change(door: Door):
    managing.rename(device=door.device, name="受付1", by=door.leader)
    assert len(audit.timeline(door.device)) == 1


def test_without_a_name_nothing_is_renamed(door: Door):
    with refused(RuleBroken, "name"):
        managing.rename(device=door.device, name=" ", by=door.leader)


def test_a_revoked_tablet_says_by_whom_when_and_why(door: Door):
    managing.revoke(device=door.device, reason=" なくした ", by=door.leader)
    assert door.device.status is DeviceStatus.REVOKED
    assert (door.device.revoked_by_id, door.device.revoked_reason) == (door.leader.id, "なくした")
    entry = audit.timeline(door.device)[0]
    assert (entry.act, entry.reason) == (DeviceAct.REVOKE, "なくした")
    assert (str(entry.from_label), str(entry.to_label)) == ("登録中", "取消し済み")


def test_nothing_is_revoked_without_a_reason(door: Door):
    with refused(RuleBroken, "reason"):
        managing.revoke(device=door.device, reason=" ", by=door.leader)


def test_nothing_more_is_done_to_a_revoked_tablet(door: Door):
    managing.revoke(device=door.device, reason="なくした", by=door.leader)
    with refused(Conflict, None):
        managing.revoke(device=door.device, reason="もう一度", by=door.leader)
    with refused(Conflict, None):
        managing.rename(device=door.device, name="入口", by=door.leader)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.CHAIR, Role.APPROVER, Role.ADMINISTRATOR])
def test_others_do_neither(door: Door, role: Role):
    of = {Role.VOLUNTEER: door.station, Role.CHAIR: door.station.committee}.get(role)
    person = cast.person(role, of=of)
    with refused(NotAllowed, None):
        managing.rename(device=door.device, name="入口", by=person)
    with refused(NotAllowed, None):
        managing.revoke(device=door.device, reason="なくした", by=person)


def test_an_officer_does_both_at_every_station(door: Door):
    officer = cast.person(Role.OFFICER)
    managing.rename(device=door.device, name="入口", by=officer)
    managing.revoke(device=door.device, reason="なくした", by=officer)


def test_what_a_tablet_reports_is_kept(door: Door):
    managing.note_synced(
        device=door.device, version="v" * 99, unsent=7, clock_ahead=dt.timedelta(days=999_999_999)
    )
    assert (door.device.unsent, door.device.clock_ahead_seconds) == (7, 2**31 - 1)
    assert door.device.app_version == "v" * 40
    assert door.device.last_synced_at is not None and clock.now() - door.device.last_synced_at < dt.timedelta(
        minutes=1
    )


def test_a_leader_finds_the_own_stations_tablets_and_the_city_all(door: Door):
    elsewhere = cast.station(cast.committee("別"), "別のステーション")
    other, _token = enrolled(elsewhere, cast.person(Role.OFFICER), "会場")
    managing.revoke(device=door.device, reason="なくした", by=door.leader)
    again, _token = enrolled(door.station, door.leader, "受付3")
    officer = cast.person(Role.OFFICER)

    def found(person: object, **asked: object) -> list[int]:
        return [one.id for one in devices.found_for(person, **asked).rows]  # type: ignore[arg-type]  # of the test

    assert found(door.leader) == [again.id, door.device.id]
    assert found(officer) == [again.id, door.device.id, other.id]
    assert found(officer, status=DeviceStatus.REVOKED) == [door.device.id]
    assert found(officer, status=DeviceStatus.ENROLLED) == [again.id, other.id]
    assert found(officer, words="別の") == [other.id]
    assert found(officer, words="受付３") == [again.id], "in whatever width"
    assert found(door.volunteer) == []
