"""A tablet becomes a station's: a code is shown to it once, and it keeps a token.

Codes are guessed at by nobody for long: wrong ones are counted by the network they come from and in all.
"""

import base64
import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from stations.attendance.devices import rules
from stations.attendance.devices.models import Device, DeviceCode
from stations.attendance.devices.queries import devices as device_queries
from stations.attendance.devices.rules import CodeAct, DeviceAct, DeviceStatus
from stations.committees.models import Station
from stations.committees.rules import StationStage
from stations.core import access, audit, clock
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, RuleBroken
from stations.people import keys, queries
from stations.people.rules import plain_code
from stations.people.services import failures

TOKEN_BYTES = 32
_TRYING = 0x6D745F64  # a number of our own among PostgreSQL's advisory locks


@dataclass(frozen=True)
class Attempt:
    """What came of a try: ``device`` and its ``token`` when the code was right.

    ``wait`` until another is looked at; ``checked`` is False when this one was not.
    """

    device: Device | None = None
    token: str = ""
    wait: dt.timedelta = dt.timedelta()
    checked: bool = True


def show_code(*, station: Station, by: Actor) -> tuple[str, DeviceCode]:
    """A new code for one more tablet, which ends the one before; its eight digits are known only now.

    `RuleBroken` for a station that has closed.
    """
    lock(station)
    access.demand(by, Permission.DEVICE_MANAGE, station)
    if station.stage is StationStage.CLOSED:
        raise RuleBroken(None, N_("このステーションは終了しているため、端末を登録できません。"))
    now = clock.now()
    for earlier in device_queries.live_codes_of(station):
        earlier.expires_at = now
    code = _new_code()
    made = add(
        DeviceCode(
            station=station,
            code_hash=device_queries.code_hash(code),
            made_by_id=by.id,
            made_at=now,
            expires_at=now + rules.CODE_LIFE,
        )
    )
    audit.record(made, act=CodeAct.SHOW, by=by)
    return code, made


def _new_code() -> str:
    while True:
        code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
        if not device_queries.is_given_out(code):
            return code


def enrol(*, code: str, name: str, pin: str, address: str, old_token: str | None = None) -> Attempt:
    """Make the tablet that types a code its station's; a wrong code is counted, not raised, so that it is committed.

    ``old_token``: what the same browser held before; that device is revoked, and what it counted stays.
    `RuleBroken` on "name" and "pin" before any code is looked at.
    """
    name, pin = name.strip(), rules.plain_pin(pin)
    rules.check_name(name)
    rules.check_pin(pin)
    salt = secrets.token_bytes(rules.SALT_BYTES)
    hashed = rules.pin_hash(pin, salt)
    _one_at_a_time()
    counted = (
        keys.keyed_hash("device code address", failures.network(address)),
        keys.keyed_hash("device code", "all"),
    )
    since = clock.now() - rules.TRY_WINDOW
    if rules.is_spent(*(failures.of(key, since)[0] for key in counted)):
        return Attempt(wait=rules.TRY_WINDOW, checked=False)
    found = device_queries.live_code(plain_code(code))
    if found is None and (just := device_queries.enrolled_by(plain_code(code), old_token or "")) is not None:
        return Attempt(just, old_token or "")  # the same press, arrived twice
    if found is None:
        failures.note(*counted)
        return Attempt()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = add(
        Device(
            station=found.station,
            public_id=str(uuid.uuid4()),
            name=name,
            token_hash=keys.token_hash(token),
            pin_salt=base64.b64encode(salt).decode(),
            pin_hash=hashed,
            enrolled_at=clock.now(),
            enrolled_by_id=found.made_by_id,
        )
    )
    found.used_at, found.device_id = clock.now(), device.id
    shown_by = queries.person(found.made_by_id)
    audit.record(device, act=DeviceAct.ENROL, by=shown_by, to_status=DeviceStatus.ENROLLED)
    _replace(old_token, shown_by)
    return Attempt(device, token)


def _one_at_a_time() -> None:
    """Many tries at once must not slip past the count. SQLite lets one writer in at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_TRYING)))


def _replace(token: str | None, shown_by: Actor | None) -> None:
    """Revoke what this browser was until now: its cookie is about to be another device's."""
    old = device_queries.by_token(token) if token else None
    if old is not None and shown_by is not None and lock(old).status is DeviceStatus.ENROLLED:
        end(old, reason=rules.REPLACED, by=shown_by)


def end(device: Device, *, reason: str, by: Actor) -> None:
    """The tablet's token opens nothing from now on. Whoever calls this holds the row and has asked who may."""
    device.revoked_at, device.revoked_by_id, device.revoked_reason = clock.now(), by.id, reason
    audit.record(
        device,
        act=DeviceAct.REVOKE,
        by=by,
        from_status=DeviceStatus.ENROLLED,
        to_status=DeviceStatus.REVOKED,
        reason=reason,
    )
