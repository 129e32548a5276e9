"""Rules of a station's tablets: the one-time code that enrols one, its PIN, what its screen calls people, how often it may ask."""

import base64
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from stations.core.messages import N_, Conflict, RuleBroken

CODE_DIGITS = 8
CODE_LIFE = timedelta(minutes=10)

# Wrong codes that are looked at: of one network, which a whole city hall may share, and of everybody together. Of the
# hundred million codes a handful hold at a time: whoever uses up all tries of a day finds one with odds of a thousandth.
TRY_WINDOW = timedelta(minutes=10)
TRIES_OF_AN_ADDRESS = 10
TRIES_IN_ALL = 100

NAME_LONGEST = 20

# As WebCrypto computes it on the tablet, which must know its PIN without a network.
PIN_ITERATIONS = 100_000
PIN_BYTES = 32
SALT_BYTES = 16

SEEN_EVERY = timedelta(minutes=1)
"""When a tablet was last heard of is written down at most this often."""

REQUESTS, REQUESTS_SECONDS = 600, 60.0
"""How many requests of one tablet a worker answers in so many seconds; one that works asks twice a minute, or per touch."""
REFUSALS, REFUSALS_SECONDS = 60, 60.0
"""The same for requests from one address whose token is not known or revoked."""


class DeviceStatus(StrEnum):
    """Enrolled, until somebody revokes it or it is enrolled again."""

    ENROLLED = "enrolled"
    REVOKED = "revoked"


class DeviceAct(StrEnum):
    """What is done to a tablet; each leaves an event."""

    ENROL = "enrol"
    RENAME = "rename"
    REVOKE = "revoke"


class CodeAct(StrEnum):
    """What is done with an enrolment code."""

    SHOW = "show"


REPLACED = N_("再登録")
"""Why the device that a browser was before it was enrolled again is revoked."""


def spaced(code: str) -> str:
    """「1234 5678」: as it is read out and typed."""
    return f"{code[: CODE_DIGITS // 2]} {code[CODE_DIGITS // 2 :]}"


def is_spent(tries_of_address: int, tries_in_all: int) -> bool:
    """Whether so many codes were wrong that no other is looked at for a while."""
    return tries_of_address >= TRIES_OF_AN_ADDRESS or tries_in_all >= TRIES_IN_ALL


def plain_pin(typed: str) -> str:
    """A typed PIN in plain digits, without blanks around it."""
    return unicodedata.normalize("NFKC", typed).strip()


def check_pin(pin: str) -> None:
    """`RuleBroken` on "pin" unless it is 4 to 8 digits."""
    if not re.fullmatch("[0-9]{4,8}", pin):
        raise RuleBroken("pin", N_("暗証番号は、4けたから8けたの数字にしてください。"))


def check_name(name: str) -> None:
    """`RuleBroken` on "name" unless it has 1 to `NAME_LONGEST` characters."""
    if not name.strip():
        raise RuleBroken("name", N_("端末の名前を入力してください。"))
    if len(name) > NAME_LONGEST:
        raise RuleBroken("name", N_("端末の名前は%(most)s文字までです。"), most=NAME_LONGEST)


def check_enrolled(status: DeviceStatus) -> None:
    """`Conflict` for an act on a tablet that was revoked: it is enrolled again instead."""
    if status is DeviceStatus.REVOKED:
        raise Conflict(None, N_("この端末の登録は、もう取り消されています。"))


def pin_hash(pin: str, salt: bytes) -> str:
    """PBKDF2-HMAC-SHA-256 of a PIN in base64 (RFC 8018), to be computed again by WebCrypto."""
    derived = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, PIN_ITERATIONS, PIN_BYTES)
    return base64.b64encode(derived).decode()


def was_seen_lately(last_seen_at: datetime | None, now: datetime) -> bool:
    """Whether it is too early to write down again that a tablet was heard of."""
    return last_seen_at is not None and now - last_seen_at < SEEN_EVERY


_LETTERS_OF_A_NAME = 2
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff々〆ヶ]+")


def family_name(name: str) -> str:
    """What stands before the first blank. Without one, the first two letters of a Japanese name: no guest reads a whole one."""
    first, *rest = name.split() or [""]
    if not rest and _JAPANESE.fullmatch(first):
        return first[:_LETTERS_OF_A_NAME]
    return first


def short_names(people: Iterable[tuple[int, str]]) -> dict[int, str]:
    """By id, what a tablet calls each of ``people`` (id, whole name): the family name, numbered where several share it."""
    families = {person_id: family_name(name) for person_id, name in people}
    several = {family for family, number in Counter(families.values()).items() if number > 1}
    numbers: Counter[str] = Counter()
    called = {}
    for person_id, family in sorted(families.items()):
        numbers[family] += 1
        called[person_id] = f"{family}{numbers[family]}" if family in several else family
    return called
