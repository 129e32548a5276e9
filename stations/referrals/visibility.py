"""Who may see a referral, a memo and the consents on them: the Python answer and the SQL filter of each, side by side.

First comes a role in the agency or the station that the sheet is between (`core.access`); here stands what such a role
does not see:

- A referral is its agency's own until it is sent.
- A memo is its station's own while it is a draft, came back or was taken back.
- What a sheet says of the person is concealed from its station, and what a memo says from its receiver, as soon as the
  consent does not cover them, and a sheet whenever the station does nothing for the person.
- The consents are seen with their sheet or memo, by both sides, also when the rest is concealed: each side has to know
  what the person said last.

地域共生課 knows of a memo that it was alerted to, by number alone (`queries.alerted_observation`).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import access, clock
from stations.core.access import Actor, Permission
from stations.referrals import consent_rules
from stations.referrals.consent_rules import Consent, Recipient
from stations.referrals.rules import ObservationStatus, Status

# The station reads a sheet while it does something for the person. After 終結 and 不調, during 中断, once the consent is
# gone and while the agency is writing again it does not (個人情報保護法61条: no more than the duty needs).
CONCEALED = frozenset(
    {
        Status.RETURNED,
        Status.SUSPENDED,
        Status.CLOSED,
        Status.FAILED,
        Status.WITHDRAWN,
        Status.EXPIRED,
    }
)
# Of one that came back or was taken back the station may have changed the receiver without passing the gate yet.
OWN_TO_THE_STATION = frozenset(
    {ObservationStatus.DRAFT, ObservationStatus.RETURNED, ObservationStatus.WITHDRAWN}
)


def _agencies(person: Actor, permission: Permission) -> frozenset[int]:
    return access.agency_ids(person, permission) or frozenset()


def _stations(person: Actor, permission: Permission) -> frozenset[int]:
    return access.station_ids(person, permission) or frozenset()


class ReferralVisibility:
    """Who sees a referral; `models.Referral` is the only one."""

    if TYPE_CHECKING:
        agency_id: orm.Mapped[int]
        station_id: orm.Mapped[int]
        status: orm.Mapped[Status]
        sent_at: orm.Mapped[datetime | None]

        @property
        def consent(self) -> Consent | None: ...

    def hidden_from(self, person: Actor, permission: Permission) -> bool:
        """Whether ``person``, with a role over it, may not even know of it (asked by `access.holds`)."""
        return self.sent_at is None and self.agency_id not in _agencies(person, Permission.REFERRAL_READ)

    @classmethod
    def readable_by(cls, person: Actor) -> sa.ColumnElement[bool]:
        """Those that ``person`` may read: their agency's, and those sent to their station."""
        to_station = cls.station_id.in_(_stations(person, Permission.REFERRAL_READ))
        return sa.or_(
            cls.agency_id.in_(_agencies(person, Permission.REFERRAL_READ)),
            sa.and_(to_station, cls.sent_at.is_not(None)),
        )

    def concealed_from(self, person: Actor) -> bool:
        """Whether what it says of the person is kept from ``person``, who is only on the station's side.

        The latest record counts at every look, in every state: a later 「なし」 or 「未確認」 closes the sheet as a
        withdrawal or the end of the consent does.
        """
        if access.can(person, Permission.REFERRAL_MAKE, self):
            return False
        return self.status in CONCEALED or not consent_rules.may_disclose(
            self.consent, Recipient.STATION, clock.today()
        )


class ObservationVisibility:
    """Who sees a memo; `models.Observation` is the only one."""

    if TYPE_CHECKING:
        agency_id: orm.Mapped[int]
        station_id: orm.Mapped[int]
        status: orm.Mapped[ObservationStatus]

        @property
        def consent(self) -> Consent | None: ...
        @property
        def recipient(self) -> Recipient: ...

    def hidden_from(self, person: Actor, permission: Permission) -> bool:
        """Whether ``person``, with a role over it, may not even know of it (asked by `access.holds`)."""
        stations = _stations(person, Permission.OBSERVATION_READ)
        return self.status in OWN_TO_THE_STATION and self.station_id not in stations

    @classmethod
    def received_by(cls, agency_ids: Collection[int]) -> sa.ColumnElement[bool]:
        """Those that lie, or lay until their end, with some agencies."""
        return sa.and_(cls.agency_id.in_(agency_ids), cls.status.not_in(OWN_TO_THE_STATION))

    @classmethod
    def readable_by(cls, person: Actor) -> sa.ColumnElement[bool]:
        """Those that ``person`` may read: their station's, and those that their agency received."""
        return sa.or_(
            cls.station_id.in_(_stations(person, Permission.OBSERVATION_READ)),
            cls.received_by(_agencies(person, Permission.OBSERVATION_READ)),
        )

    def may_be_disclosed(self, consent: Consent | None, on: date) -> bool:
        """Whether ``consent`` lets its receiver know of the person on a day."""
        return consent_rules.may_disclose(consent, self.recipient, on, agency_id=self.agency_id)

    def concealed_from(self, person: Actor) -> bool:
        """Whether what it says is kept from ``person``, who is only on its receiver's side.

        The desk of the 支援会議 needs no consent.
        """
        if access.can(person, Permission.OBSERVATION_WRITE, self):
            return False
        return not self.may_be_disclosed(self.consent, clock.today())
