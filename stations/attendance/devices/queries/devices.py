"""Which tablets there are, whose token one is, and which code enrols one."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.devices.models import Device, DeviceCode
from stations.attendance.devices.rules import DeviceStatus
from stations.committees.models import Committee, District, Station
from stations.core import access, audit, clock, lists, text
from stations.core.access import Actor, Permission
from stations.core.database import db, fetch_all
from stations.people import keys

CODES_TOLD = 100
"""So many of a station's codes, the last ones, stand in its timeline."""


def device(device_id: int) -> Device | None:
    """Loader of views, with its station and who showed its code."""
    asked = sa.select(Device).where(Device.id == device_id)
    return db.session.scalar(asked.options(orm.joinedload(Device.enrolled_by)))


def by_token(token: str) -> Device | None:
    """The tablet that holds a token, revoked or not, with its station."""
    return db.session.scalar(_by_token(), {"token_hash": keys.token_hash(token)})


@cache  # each request of a tablet begins with it
def _by_token() -> sa.Select[Device]:
    of_token = sa.select(Device).where(Device.token_hash == sa.bindparam("token_hash"))
    station = orm.joinedload(Device.station, innerjoin=True)
    return of_token.options(station.lazyload(Station.committee))


def code_hash(code: str) -> str:
    """Under which a code is stored."""
    return keys.keyed_hash("device code", code)


def live_code(code: str) -> DeviceCode | None:
    """The code that can be used now, held until the transaction ends: whoever waits for it then finds it used."""
    return db.session.scalar(
        sa.select(DeviceCode)
        .where(
            DeviceCode.code_hash == code_hash(code),
            DeviceCode.used_at.is_(None),
            DeviceCode.expires_at > clock.now(),
        )
        .with_for_update(of=DeviceCode)
    )


def enrolled_by(code: str, token: str) -> Device | None:
    """The tablet with this token, if it is this code that enrolled it within the code's life."""
    return db.session.scalar(
        sa.select(Device)
        .join(DeviceCode, DeviceCode.device_id == Device.id)
        .where(
            DeviceCode.code_hash == code_hash(code),
            DeviceCode.expires_at > clock.now(),
            Device.token_hash == keys.token_hash(token),
            Device.revoked_at.is_(None),
        )
    )


def live_codes_of(station: Station) -> list[DeviceCode]:
    """A station's codes that can be used now; more than one only while a new one is made."""
    return fetch_all(
        sa.select(DeviceCode).where(
            DeviceCode.station_id == station.id,
            DeviceCode.used_at.is_(None),
            DeviceCode.expires_at > clock.now(),
        )
    )


def is_given_out(code: str) -> bool:
    """Whether a code was ever shown before: none is shown twice."""
    return (
        db.session.scalar(sa.select(DeviceCode.id).where(DeviceCode.code_hash == code_hash(code))) is not None
    )


def devices_of(station: Station) -> list[Device]:
    """A station's tablets: those that count first, then those revoked, the latest first."""
    revoked_last = sa.case((Device.revoked_at.is_(None), 0), else_=1)
    of_station = sa.select(Device).where(Device.station_id == station.id)
    return fetch_all(of_station.order_by(revoked_last, Device.id.desc()))


def found_for(
    person: Actor, *, words: str = "", status: DeviceStatus | None = None, page: int = 1
) -> lists.Paged[Device]:
    """The tablets that ``person`` looks after, by district: those of a state, and with words in their or their station's name."""
    stations = access.station_ids(person, Permission.DEVICE_MANAGE)
    asked = (
        sa.select(Device)
        .join(Device.station)
        .join(Station.committee)
        .join(Committee.district)
        .options(orm.contains_eager(Device.station, Station.committee, Committee.district))
        .order_by(District.number, Station.id, Device.revoked_at.is_not(None), Device.id.desc())
    )
    if stations is not None:
        asked = asked.where(Device.station_id.in_(stations))
    if status is not None:
        asked = asked.where(
            Device.revoked_at.is_(None) if status is DeviceStatus.ENROLLED else Device.revoked_at.is_not(None)
        )
    if not words:
        found: lists.Paged[Device] = lists.paged(asked, page)
        return found
    fitting = lists.holding(fetch_all(asked), text.normalise(words), lambda one: (one.name, one.station.name))
    return lists.page_of(fitting, page)


def timeline_of(station: Station) -> list[audit.Entry]:
    """What was done to a station's tablets and which codes were shown for them lately, newest first."""
    of_station = sa.select(DeviceCode).where(DeviceCode.station_id == station.id)
    codes = fetch_all(of_station.order_by(DeviceCode.id.desc()).limit(CODES_TOLD))
    return audit.timeline(*devices_of(station), *codes)
