"""Rules of accounts and offices: passwords, waiting after failures, terms, four eyes."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from stations.core.messages import N_, RuleBroken

PASSWORD_LENGTH = 12
# Argon2 reads the whole password: without an upper limit a long one costs the server dear.
PASSWORD_LONGEST = 256

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=24)

IDLE_LIMIT_STAFF = timedelta(minutes=30)
IDLE_LIMIT_RESIDENTS = timedelta(minutes=60)
IDLE_WARNING = timedelta(minutes=5)

# A whole office may share one address, so an address is given more tries than an account.
FREE_FAILURES_ACCOUNT = 3
FREE_FAILURES_ADDRESS = 20
FAILURE_WINDOW = timedelta(hours=24)
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)


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


def delay_after(failures: int, *, free: int = FREE_FAILURES_ACCOUNT) -> timedelta:
    """How long to wait after the latest of `failures` in the window.

    Nothing while there are fewer than `free`, then 5 s, doubling with each, up to 15 minutes.
    """
    if failures < free:
        return timedelta()
    # The exponent is bounded only so that the number stays small; the longest delay is reached before.
    return min(FIRST_DELAY * (1 << min(failures - free, 16)), LONGEST_DELAY)


def sign_in_delay(account_failures: int, address_failures: int) -> timedelta:
    """The longer of the account's wait and the address's wait."""
    return max(
        delay_after(account_failures, free=FREE_FAILURES_ACCOUNT),
        delay_after(address_failures, free=FREE_FAILURES_ADDRESS),
    )


def check_four_eyes(actor_id: int, maker_ids: Collection[int]) -> None:
    """Nobody approves what they drafted, submitted or ordered (programme rule). `RuleBroken` otherwise."""
    if actor_id in maker_ids:
        raise RuleBroken(None, N_("ご自分が起案・提出したものは決裁できません。ほかの方に依頼してください。"))


def term_active(from_on: date, to_on: date | None, on: date) -> bool:
    """Whether a term holds on a day; both ends belong to it, and None is open-ended."""
    return from_on <= on and (to_on is None or on <= to_on)


def terms_overlap(a_from: date, a_to: date | None, b_from: date, b_to: date | None) -> bool:
    """Whether two terms share a day."""
    return a_from <= (b_to or date.max) and b_from <= (a_to or date.max)


def check_term(from_on: date, to_on: date | None) -> None:
    """`RuleBroken` on "to_on" when a term ends before it begins."""
    if to_on is not None and to_on < from_on:
        raise RuleBroken("to_on", N_("任期の終わりは、始まりと同じ日か、それより後にしてください。"))


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


def check_offices(offices: Iterable[OfficeTerm]) -> None:
    """会計 and 監査 of one committee are never the same person on any day (programme rule).

    `offices`: all terms of one committee. Raises `RuleBroken` on "office".
    """
    terms = list(offices)
    for treasurer in (term for term in terms if term.office is Office.TREASURER):
        for auditor in (term for term in terms if term.office is Office.AUDITOR):
            if treasurer.person_id == auditor.person_id and terms_overlap(
                treasurer.from_on, treasurer.to_on, auditor.from_on, auditor.to_on
            ):
                raise RuleBroken("office", N_("会計と監査は、同じ人が兼ねることはできません。"))
