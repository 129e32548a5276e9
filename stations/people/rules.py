"""Rules of accounts and offices: passwords, waiting after failures, terms, four eyes."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from stations.core.messages import N_, RuleBroken
from stations.core.text import without_marks

PASSWORD_LENGTH = 12
# Argon2 reads the whole password: without an upper limit a long one costs the server dear.
PASSWORD_LONGEST = 256

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=24)

# A shared or forgotten machine: even a busy session ends after a working day.
LONGEST_SESSION = timedelta(hours=12)
# Between the password and the second factor.
PENDING_LIFE = timedelta(minutes=10)
HELD_FORM_LIFE = timedelta(days=1)
# For so long a typed password also stands for acts that a session left open must not allow.
PASSWORD_FRESH = timedelta(minutes=10)

# Tries that are free of waiting: of an account at one place (a device that signed in before, else a network), of an
# account at all places together, and of one network, which a whole office may share.
FREE_FAILURES = 3
FREE_FAILURES_ACCOUNT = 20
FREE_FAILURES_ADDRESS = 100
FAILURE_WINDOW = timedelta(hours=24)
ADDRESS_WINDOW = timedelta(hours=1)
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)
# Where others use the free tries up, everybody new waits this long for one try, counted from when they asked for it:
# whatever the others do meanwhile, it comes.
TURN_DELAY = timedelta(seconds=30)
TURN_LIFE = timedelta(minutes=10)
KNOWN_DEVICE_LIFE = timedelta(days=365)

TOTP_SECONDS = 30  # RFC 6238
TOTP_DIGITS = 6
# For so long an administrator sends no link to an address that they wrote themselves; until then its owner, who was
# notified at the old one, may object.
OWN_ADDRESS = timedelta(days=7)
# By when a second administrator should have looked at what the first one asked for.
REQUEST_DUE = timedelta(days=7)

RECOVERY_CODES = 10
RECOVERY_DIGITS = 12  # digits only: one field and one number pad take both kinds of code
FEW_RECOVERY_CODES = 3

# A code by mail, for who reads sheets about people and has no authenticator app.
CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_PAUSE = timedelta(minutes=1)
CODES_AT_MOST = 5
CODE_WINDOW = timedelta(hours=1)
DEVICE_LIFE = timedelta(days=30)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class AccountStatus(StrEnum):
    """What an account is at: invited until its first password, then active, until it is disabled."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class PersonAct(StrEnum):
    """What is done to an account; each leaves an event."""

    CREATE = "create"
    INVITE = "invite"
    ISSUE_RESET = "issue_reset"
    ACCEPT_LINK = "accept_link"
    CHANGE_PASSWORD = "change_password"  # noqa: S105  (the name of an act)
    CHANGE_PROFILE = "change_profile"
    CHANGE_EMAIL = "change_email"
    ENROL = "enrol"
    NEW_RECOVERY_CODES = "new_recovery_codes"
    RESET_SECOND_FACTOR = "reset_second_factor"
    GIVE_ROLE = "give_role"
    END_ROLE = "end_role"
    REVOKE_ROLE = "revoke_role"
    DISABLE = "disable"
    ENABLE = "enable"
    START_AGAIN = "begin_anew"
    SIGN_OUT_EVERYWHERE = "sign_out_everywhere"
    TRUST_DEVICE = "trust_device"
    REVOKE_DEVICE = "revoke_device"
    ASK_ROLE = "ask_role"
    ASK_RESET = "ask_reset"
    ASK_LINK = "ask_link"
    ASK_ENABLE = "ask_enable"
    ACCEPT_REQUEST = "accept_request"
    DECLINE_REQUEST = "decline_request"


class RequestKind(StrEnum):
    """What one administrator asks another for."""

    ROLE = "role"
    RESET = "reset"
    LINK = "link"
    ENABLE = "enable"


class RequestStatus(StrEnum):
    """Where such a request stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


def address_settled(written_at: datetime, now: datetime, *, has_app: bool) -> bool:
    """Whether an address that an administrator wrote has stood long enough to be believed without another's look.

    Never for an account without an app: a link opens it whole, and nobody may have read the old address.
    """
    return has_app and written_at <= now - OWN_ADDRESS


def normalise_login(text: str) -> str:
    """The login as it is stored and looked up: plain width, lower case, no blanks."""
    return unicodedata.normalize("NFKC", without_marks(text)).lower()


def check_login(login: str) -> None:
    """`RuleBroken` on "login" unless it is 3 to 40 small letters, digits, ".", "_" or "-"."""
    if not _LOGIN.fullmatch(login):
        raise RuleBroken(
            "login",
            N_("ログイン名は、半角の英小文字・数字・「.」「_」「-」で、3文字から40文字にしてください。"),
        )


def totp_steps(at: datetime) -> tuple[int, ...]:
    """The 30-second steps whose code is accepted at an instant: this one, and one to either side (RFC 6238 5.2)."""
    step = int(at.timestamp()) // TOTP_SECONDS
    return step, step - 1, step + 1


def plain_code(text: str) -> str:
    """A typed code without blanks and hyphens, full-width digits made plain."""
    return re.sub(r"[\s\-‐−ー]", "", unicodedata.normalize("NFKC", without_marks(text)))


def check_code_sending(sent: Iterable[datetime], now: datetime) -> None:
    """`RuleBroken` when a code was mailed a minute ago, or five were within the hour (``sent``: when)."""
    times = sorted(sent)
    if times and now - times[-1] < CODE_PAUSE:
        raise RuleBroken(
            None, N_("いま送ったところです。届かないときは、1分ほど待ってから送り直してください。")
        )
    if len(times) >= CODES_AT_MOST:
        raise RuleBroken(None, N_("コードを何度も送りました。1時間ほど待ってから、もう一度お試しください。"))


_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac", "Mac"),
)
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def device_name(user_agent: str) -> str:
    """What a person will recognise a device by: 「Windows・Edge」; empty for one that says nothing known."""
    found = (
        next((name for mark, name in names if mark in user_agent), None) for names in (_SYSTEMS, _BROWSERS)
    )
    return "・".join(name for name in found if name)


def check_password(password: str, login: str) -> None:
    """`RuleBroken` on "password" unless it is 12 to 256 long, without the login name, not one letter."""
    if len(password) < PASSWORD_LENGTH:
        raise RuleBroken(
            "password", N_("パスワードは%(length)s文字以上にしてください。"), length=PASSWORD_LENGTH
        )
    if len(password) > PASSWORD_LONGEST:
        raise RuleBroken(
            "password", N_("パスワードは%(length)s文字以内にしてください。"), length=PASSWORD_LONGEST
        )
    if login and login.casefold() in password.casefold():
        raise RuleBroken("password", N_("パスワードにログイン名を含めないでください。"))
    if len(set(password)) == 1:
        raise RuleBroken("password", N_("同じ文字だけのパスワードは使えません。"))


def delay_after(failures: int) -> timedelta:
    """How long to wait after the latest of `failures` of an account at one place.

    Nothing while there are fewer than `FREE_FAILURES`, then 5 s, doubling with each, up to 15 minutes.
    """
    if failures < FREE_FAILURES:
        return timedelta()
    # The exponent is bounded only so that the number stays small; the longest delay is reached before.
    return min(FIRST_DELAY * (1 << min(failures - FREE_FAILURES, 16)), LONGEST_DELAY)


def is_crowded(account_failures: int, address_failures: int) -> bool:
    """Whether so many failed on an account, or from a network, that a place which is new to it must wait its turn."""
    return account_failures >= FREE_FAILURES_ACCOUNT or address_failures >= FREE_FAILURES_ADDRESS


def check_four_eyes(actor_id: int, maker_ids: Collection[int]) -> None:
    """Nobody approves what they drafted, submitted or ordered (programme rule). `RuleBroken` otherwise."""
    if actor_id in maker_ids:
        raise RuleBroken(None, N_("ご自分が起案・提出したものは決裁できません。ほかの方に依頼してください。"))


def term_active(from_on: date, to_on: date | None, on: date) -> bool:
    """Whether a term holds on a day; both ends belong to it, and None is open-ended."""
    return from_on <= on and (to_on is None or on <= to_on)


def term_revoked(from_on: date, to_on: date | None) -> bool:
    """Whether a term was taken back before it held for a day: it ends on the eve of its beginning."""
    return to_on is not None and to_on < from_on


def terms_overlap(a_from: date, a_to: date | None, b_from: date, b_to: date | None) -> bool:
    """Whether two terms share a day; a revoked one has no day."""
    if term_revoked(a_from, a_to) or term_revoked(b_from, b_to):
        return False
    return a_from <= (b_to or date.max) and b_from <= (a_to or date.max)


def check_term(from_on: date, to_on: date | None) -> None:
    """`RuleBroken` on "to_on" when a term ends before it begins."""
    if to_on is not None and to_on < from_on:
        raise RuleBroken("to_on", N_("任期の終わりは、始まりと同じ日か、それより後にしてください。"))


def check_revoking(from_on: date, to_on: date | None, today: date) -> None:
    """取消し is for a role given by mistake that began today at the earliest; `RuleBroken` for one that has held.

    What held on earlier days stays in the record: it is ended instead, if need be with yesterday.
    """
    if from_on < today:
        raise RuleBroken(
            None,
            N_("きのうまで有効だった役割は取り消せません。「終える」で、終わりの日をきのうにしてください。"),
        )
    if term_revoked(from_on, to_on):
        raise RuleBroken(None, N_("この役割は、すでに取り消されています。"))


class Office(StrEnum):
    """役員 of a committee (programme rule)."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    TREASURER = "treasurer"
    AUDITOR = "auditor"
    MEMBER = "member"


class OfficeTerm(NamedTuple):
    """One person's office in one committee, from a day to a day (None: open-ended)."""

    person_id: int
    office: Office
    from_on: date
    to_on: date | None


def check_offices(new: OfficeTerm, held: Iterable[OfficeTerm]) -> None:
    """会計 and 監査 of one committee are never the same person on any day, and it has one 代表 (programme rule).

    The city's letters are addressed to that one. `held`: the committee's other terms. `RuleBroken` on "office".
    """
    for other in held:
        if not terms_overlap(new.from_on, new.to_on, other.from_on, other.to_on):
            continue
        offices = {new.office, other.office}
        if offices == {Office.CHAIR}:
            raise RuleBroken("office", N_("代表は1人です。先に、いまの代表の任期を終えてください。"))
        if offices == {Office.TREASURER, Office.AUDITOR} and new.person_id == other.person_id:
            raise RuleBroken("office", N_("会計と監査は、同じ人が兼ねることはできません。"))
