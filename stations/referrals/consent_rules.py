"""Rules of consent: what the person answered, when it holds, and the gate in front of every receiver."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from stations.core import clock
from stations.core.messages import N_, RuleBroken


class ConsentAnswer(StrEnum):
    GIVEN = "given"
    NOT_GIVEN = "not_given"
    UNCONFIRMED = "unconfirmed"


class ConsentMethod(StrEnum):
    WRITTEN = "written"
    ORAL = "oral"


class Recipient(StrEnum):
    """Who may know. The desk (福祉まるごと相談窓口) may know without consent, for the 支援会議."""

    STATION = "station"
    AGENCY = "agency"
    MARUGOTO_DESK = "marugoto_desk"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One consent record: never overwritten; a later record or a withdrawal answers it (programme rule).

    scope: who may know; of agencies only those that were named to the person (``agencies``, their ids).
    expires_on: the last day on which it holds; without one it holds on no day.
    withdrawn_on: the first day on which it no longer holds.
    """

    answer: ConsentAnswer
    scope: frozenset[Recipient]
    method: ConsentMethod | None = None
    given_on: date | None = None
    expires_on: date | None = None
    withdrawn_on: date | None = None
    agencies: frozenset[int] = frozenset()


CONSENT_MONTHS = 12


def consent_end(given_on: date, months: int = CONSENT_MONTHS) -> date:
    """The last day of a consent of so many months (programme rule: it is asked again after a year)."""
    return clock.add_months(given_on, months)


def consent_faults(consent: Consent, today: date, months: int = CONSENT_MONTHS) -> list[RuleBroken]:
    """A given consent needs its scope, method and day, not one to come; it ends after it began, not before today,

    and ``months`` after it began at the latest.
    """
    if consent.answer is not ConsentAnswer.GIVEN:
        return []
    given, ends = consent.given_on, consent.expires_on
    to_agencies = Recipient.AGENCY in consent.scope
    too_long = given is not None and ends is not None and ends > consent_end(given, months)
    late = given is not None and given > today
    turned = given is not None and ends is not None and ends < given
    over = not turned and ends is not None and ends < today
    faults = (
        (
            not consent.scope and not consent.agencies,
            "scope",
            N_("どこまで伝えてよいか（同意の範囲）を選んでください。"),
        ),
        (
            bool(consent.agencies) and not to_agencies,
            "scope",
            N_("相談機関の名前を選んだときは、同意の範囲の「相談機関」も選んでください。"),
        ),
        (
            to_agencies and not consent.agencies,
            "agencies",
            N_("ご本人に名前を伝えて、同意を得た相談機関を選んでください。"),
        ),
        (consent.method is None, "method", N_("同意の方法（書面・口頭）を選んでください。")),
        (given is None, "given_on", N_("同意を得た日を入力してください。")),
        (late, "given_on", N_("同意を得た日は、今日か、それより前の日を入力してください。")),
        (turned, "expires_on", N_("同意の期限は、同意を得た日か、それより後にしてください。")),
        (
            over,
            "expires_on",
            N_("同意の期限が過ぎています。ご本人に確かめて、新しい期限を入力してください。"),
        ),
        (ends is None, "expires_on", N_("同意の期限を入力してください。")),
        (
            too_long,
            "expires_on",
            N_("同意の期限は、同意を得た日から%(months)sか月以内の日にしてください。"),
        ),
    )
    return [RuleBroken(field, message, months=months) for wrong, field, message in faults if wrong]


def check_consent(consent: Consent, today: date, months: int = CONSENT_MONTHS) -> None:
    """`RuleBroken` on the first field of a consent that is wrong (`consent_faults`)."""
    for fault in consent_faults(consent, today, months):
        raise fault


def valid(consent: Consent | None, on: date) -> bool:
    """Whether a consent holds on a day: given by then, not expired, not withdrawn."""
    return (
        consent is not None
        and consent.answer is ConsentAnswer.GIVEN
        and consent.given_on is not None
        and consent.given_on <= on
        and consent.expires_on is not None
        and on <= consent.expires_on
        and (consent.withdrawn_on is None or on < consent.withdrawn_on)
    )


def run_out_on(consent: Consent | None, on: date) -> date | None:
    """The last day of a consent that would hold but for its end; None for any other."""
    if consent is None or consent.expires_on is None or valid(consent, on):
        return None
    return consent.expires_on if valid(replace(consent, expires_on=on), on) else None


def may_disclose(
    consent: Consent | None, recipient: Recipient, on: date, *, agency_id: int | None = None
) -> bool:
    """The gate: without a valid consent that covers it, only to 福祉まるごと相談窓口.

    ``agency_id``: which agency, where the recipient is one; it must have been named to the person.
    社会福祉法106条の6 gives the 支援会議 its duty of secrecy; 個人情報保護法69条 is why nobody else may know.
    """
    if recipient is Recipient.MARUGOTO_DESK:
        return True
    if consent is None or not valid(consent, on) or recipient not in consent.scope:
        return False
    return recipient is not Recipient.AGENCY or agency_id in consent.agencies


def check_gate(
    consent: Consent | None, recipient: Recipient, on: date, *, agency_id: int | None = None
) -> None:
    """`RuleBroken` on "consent" when the gate is shut."""
    if not may_disclose(consent, recipient, on, agency_id=agency_id):
        raise RuleBroken(
            "consent",
            N_(
                "ご本人の同意がないため、ここには送れません。同意のないまま相談できるのは、福祉まるごと相談窓口だけです。"
            ),
        )


def check_still_agreed(consent: Consent | None, on: date) -> None:
    """`RuleBroken` on "consent" when the consent under which a person was referred no longer holds."""
    if not may_disclose(consent, Recipient.STATION, on):
        raise RuleBroken(
            "consent",
            N_("同意の期限が過ぎたか、同意が撤回されています。相談機関に連絡し、同意を確認してください。"),
        )


class Conference(StrEnum):
    """重層的支援会議 with the person's consent, 支援会議 without (社会福祉法106条の4, 106条の6)."""

    SUPPORT_PLANNING = "support_planning"
    CONFIDENTIAL = "confidential"


def conference(consent: Consent | None, on: date) -> Conference:
    """Which conference may take the case up on a day."""
    return Conference.SUPPORT_PLANNING if valid(consent, on) else Conference.CONFIDENTIAL
