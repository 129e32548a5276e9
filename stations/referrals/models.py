"""Agencies, consents, referrals to a station and observations from it. The most private rows of the project."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.committees.models import Station
from stations.core.access import Body
from stations.core.database import AppendOnly, Model, enum_column
from stations.core.sealed import SealedText
from stations.referrals import (
    consent_rules,
    labels,  # noqa: F401  (registers what the enums are called)
)
from stations.referrals.agencies import AgencyStatus
from stations.referrals.consent_rules import Consent, ConsentAnswer, ConsentMethod, Recipient
from stations.referrals.danger import CallOutcome
from stations.referrals.rules import AgeGroup, ObservationStatus, Outcome, Status
from stations.referrals.visibility import ObservationVisibility, ReferralVisibility


def said(place: str, *, comment: str | None = None, **options: Any) -> orm.MappedColumn[str]:
    """A column that says something about a person: sealed, and read only where it is shown (lists do without)."""
    return orm.mapped_column(
        SealedText(place), deferred=True, deferred_group="said", comment=comment, **options
    )


class Agency(Model):
    """A desk that refers people and receives observations: 地域包括支援センター, 基幹相談支援センター, … Data."""

    __tablename__ = "agency"
    __table_args__ = (
        sa.Index(
            "uq_agency_marugoto_desk",
            "is_marugoto_desk",
            unique=True,
            postgresql_where=sa.text("is_marugoto_desk"),
            sqlite_where=sa.text("is_marugoto_desk"),
        ),
    )

    name: orm.Mapped[str] = orm.mapped_column(unique=True)
    kind: orm.Mapped[str] = orm.mapped_column(comment="地域包括支援センター, 自立相談支援センター …")
    district_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("district.id"))
    phone: orm.Mapped[str] = orm.mapped_column(default="")
    is_marugoto_desk: orm.Mapped[bool] = orm.mapped_column(
        default=False,
        comment="福祉まるごと相談窓口: the only receiver without consent (支援会議, 社会福祉法106条の6)",
    )
    closed_on: orm.Mapped[dt.date | None]

    @property
    def status(self) -> AgencyStatus:
        return AgencyStatus.OPEN if self.closed_on is None else AgencyStatus.CLOSED

    @property
    def recipient(self) -> Recipient:
        """What it is to the gate in front of a memo."""
        return Recipient.MARUGOTO_DESK if self.is_marugoto_desk else Recipient.AGENCY

    def body(self) -> Body:
        return Body(agency_ids=frozenset({self.id}))


class Referral(ReferralVisibility, Model):
    """A つなぎ(紹介) of one person from an agency to a station. A thin sheet: no diagnosis, income or family history.

    The station sees it only once it is sent, and only its leader does (`visibility`). Written by `referrals.services`.
    """

    __tablename__ = "referral"
    __table_args__ = (
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'", name="sent"),
        sa.Index("ix_referral_station_status", "station_id", "status"),
        sa.Index("ix_referral_agency_status", "agency_id", "status"),
    )

    number: orm.Mapped[str] = orm.mapped_column(
        unique=True, comment="what lists and mail show instead of a person"
    )
    agency_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("agency.id"))
    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"))
    status: orm.Mapped[Status] = orm.mapped_column(enum_column(Status), default=Status.DRAFT)
    alias: orm.Mapped[str] = said("referral.alias", comment="呼び名, never the full name")
    age_group: orm.Mapped[AgeGroup] = orm.mapped_column(
        enum_column(AgeGroup), default=AgeGroup.UNKNOWN, comment="年代 as a band"
    )
    wishes: orm.Mapped[str] = said("referral.wishes", default="", comment="希望")
    considerations: orm.Mapped[str] = said("referral.considerations", default="", comment="配慮事項")
    accompanied: orm.Mapped[bool] = orm.mapped_column(default=True, comment="初回同行")
    contact_name: orm.Mapped[str] = orm.mapped_column(comment="who at the agency")
    contact_phone: orm.Mapped[str]
    made_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    made_at: orm.Mapped[dt.datetime]
    sent_at: orm.Mapped[dt.datetime | None]
    acknowledge_by_on: orm.Mapped[dt.date | None]
    acknowledged_at: orm.Mapped[dt.datetime | None]
    first_visit_on: orm.Mapped[dt.date | None]

    agency: orm.Mapped[Agency] = orm.relationship(lazy="joined", innerjoin=True)
    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)
    consents: orm.Mapped[list["ConsentRecord"]] = orm.relationship(
        foreign_keys="ConsentRecord.referral_id", order_by="ConsentRecord.id", viewonly=True
    )
    follow_ups: orm.Mapped[list["FollowUp"]] = orm.relationship(
        back_populates="referral", order_by="FollowUp.due_on"
    )

    @property
    def consent(self) -> Consent | None:
        """The latest consent record; None when nobody asked yet."""
        return self.consents[-1].consent if self.consents else None

    def body(self) -> Body:
        return Body(
            committee_id=self.station.committee_id,
            station_id=self.station_id,
            agency_ids=frozenset({self.agency_id}),
        )

    def maker_ids(self) -> frozenset[int]:
        return frozenset({self.made_by_id})


class Observation(ObservationVisibility, Model):
    """A 気づきメモ from a station: facts, urgency, and whether the person consents that an agency knows.

    Without consent its only receiver is 福祉まるごと相談窓口. Written by `referrals.services`.
    """

    __tablename__ = "observation"
    __table_args__ = (
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'", name="sent"),
        sa.Index("ix_observation_agency_status", "agency_id", "status"),
        sa.Index("ix_observation_station", "station_id"),
    )

    number: orm.Mapped[str] = orm.mapped_column(unique=True)
    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"))
    agency_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("agency.id"), comment="the receiver")
    status: orm.Mapped[ObservationStatus] = orm.mapped_column(
        enum_column(ObservationStatus), default=ObservationStatus.DRAFT
    )
    alias: orm.Mapped[str] = said("observation.alias", default="", comment="呼び名, if there is one")
    age_group: orm.Mapped[AgeGroup] = orm.mapped_column(enum_column(AgeGroup), default=AgeGroup.UNKNOWN)
    facts: orm.Mapped[str] = said("observation.facts", comment="what was seen and heard; no guesses")
    urgent: orm.Mapped[bool] = orm.mapped_column(
        default=False, comment="within days; danger to life is telephoned"
    )
    observed_on: orm.Mapped[dt.date]
    made_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    made_at: orm.Mapped[dt.datetime]
    sent_at: orm.Mapped[dt.datetime | None]
    acknowledge_by_on: orm.Mapped[dt.date | None]
    acknowledged_at: orm.Mapped[dt.datetime | None]
    escalate_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(
        comment="urgent and sent: when it goes on to the next in line unless somebody acknowledges it"
    )
    section_alerted_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(
        comment="地域共生課, the last in line, was told by number that nobody acknowledged it"
    )
    answer: orm.Mapped[str] = said(
        "observation.answer", default="", comment="what the agency tells the station, in a sentence"
    )

    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)
    agency: orm.Mapped[Agency] = orm.relationship(lazy="joined", innerjoin=True)
    consents: orm.Mapped[list["ConsentRecord"]] = orm.relationship(
        foreign_keys="ConsentRecord.observation_id", order_by="ConsentRecord.id", viewonly=True
    )

    calls: orm.Mapped[list["ObservationCall"]] = orm.relationship(
        order_by="ObservationCall.id", viewonly=True
    )

    @property
    def consent(self) -> Consent | None:
        """The latest consent record; None when nobody asked yet."""
        return self.consents[-1].consent if self.consents else None

    @property
    def recipient(self) -> Recipient:
        """What the receiver is to the gate."""
        return self.agency.recipient

    def body(self) -> Body:
        return Body(
            committee_id=self.station.committee_id,
            station_id=self.station_id,
            agency_ids=frozenset({self.agency_id}),
        )

    def maker_ids(self) -> frozenset[int]:
        return frozenset({self.made_by_id})


class ObservationCall(AppendOnly, Model):
    """Whom somebody telephoned about a memo, when, and whether they were reached; or why no call was needed.

    Asked for before a memo with words of danger or 急ぎ is sent; later calls are added. Never changed.
    """

    __tablename__ = "observation_call"
    __table_args__ = (sa.CheckConstraint("(outcome = 'not_needed') = (called_at IS NULL)", name="called"),)

    observation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("observation.id"), index=True)
    outcome: orm.Mapped[CallOutcome] = orm.mapped_column(enum_column(CallOutcome))
    whom: orm.Mapped[str] = said(
        "observation_call.whom", default="", comment="an office, or who answered there"
    )
    called_at: orm.Mapped[dt.datetime | None]
    reason: orm.Mapped[str] = said("observation_call.reason", default="", comment="why no call was needed")
    recorded_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    recorded_at: orm.Mapped[dt.datetime]


class ConsentRecord(AppendOnly, Model):
    """What the person answered when asked: to whom, how, when, until when. Withdrawing adds a row.

    Never changed, never deleted before its retention ends. The latest row counts. A consent written down before ends
    were asked for ends as if it had been given for the usual time.
    """

    __tablename__ = "consent_record"
    __table_args__ = (
        sa.CheckConstraint("(referral_id IS NULL) <> (observation_id IS NULL)", name="subject"),
        sa.CheckConstraint(
            "answer <> 'given' OR (method IS NOT NULL AND given_on IS NOT NULL AND scope IS NOT NULL)",
            name="given",
        ),
        sa.CheckConstraint("withdrawn_on IS NULL OR answer = 'given'", name="withdrawn"),
    )

    referral_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("referral.id"), index=True)
    observation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("observation.id"), index=True)
    answer: orm.Mapped[ConsentAnswer] = orm.mapped_column(enum_column(ConsentAnswer))
    scope: orm.Mapped[list[str] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True), comment="values of rules.Recipient: to whom it may be told"
    )
    named_agency_ids: orm.Mapped[list[int] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True),
        comment="agencies that were named to the person, where the scope holds agencies",
    )
    method: orm.Mapped[ConsentMethod | None] = orm.mapped_column(enum_column(ConsentMethod))
    given_on: orm.Mapped[dt.date | None]
    expires_on: orm.Mapped[dt.date | None]
    withdrawn_on: orm.Mapped[dt.date | None]
    recorded_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    recorded_at: orm.Mapped[dt.datetime]

    @property
    def consent(self) -> Consent:
        """The record as the rules read it."""
        return Consent(
            answer=self.answer,
            scope=frozenset(Recipient(value) for value in self.scope or ()),
            method=self.method,
            given_on=self.given_on,
            expires_on=self.expires_on
            or (consent_rules.consent_end(self.given_on) if self.given_on else None),
            withdrawn_on=self.withdrawn_on,
            agencies=frozenset(self.named_agency_ids or ()),
        )


class FollowUp(Model):
    """A follow-up after the first visit (1 and 3 months): still coming, changed, stopped."""

    __tablename__ = "follow_up"
    __table_args__ = (sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="done"),)

    referral_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("referral.id"), index=True)
    due_on: orm.Mapped[dt.date]
    outcome: orm.Mapped[Outcome | None] = orm.mapped_column(enum_column(Outcome))
    note: orm.Mapped[str] = said("follow_up.note", default="")
    done_at: orm.Mapped[dt.datetime | None]
    done_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    referral: orm.Mapped[Referral] = orm.relationship(back_populates="follow_ups")

    def body(self) -> Body:
        return self.referral.body()
