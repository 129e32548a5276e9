"""People who sign in, the roles they hold for a time, and what protects their sign-in."""

import datetime as dt
from enum import StrEnum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import clock, text
from stations.core.access import SECOND_FACTOR_ROLES, Body, Held, Role
from stations.core.database import AppendOnly, Model, enum_column
from stations.people import labels as labels  # registers what roles and states are called
from stations.people.rules import AccountStatus, RequestKind, RequestStatus, term_active


class Person(Model):
    """Somebody who signs in: a committee officer, an official, a volunteer, a case worker.

    Never deleted while history names them; `disabled_at` ends every access. Visitors and the people who are
    referred are not Persons. Written by `people.services`.
    """

    __tablename__ = "person"
    __table_args__ = (sa.CheckConstraint("length(login) >= 3", name="login"),)

    login: orm.Mapped[str] = orm.mapped_column(unique=True, comment="typed at sign-in; lower case")
    name: orm.Mapped[str]
    kana: orm.Mapped[str] = orm.mapped_column(default="", comment="ふりがな")
    searched: orm.Mapped[str] = orm.mapped_column(
        server_default=sa.text("''"), comment="name, reading and login as `text.for_searching` has them"
    )
    email: orm.Mapped[str | None]
    phone: orm.Mapped[str | None]
    language: orm.Mapped[str] = orm.mapped_column(default="ja")
    password_hash: orm.Mapped[str | None] = orm.mapped_column(
        comment="Argon2id; NULL until the invitation is used"
    )
    totp_secret: orm.Mapped[str | None] = orm.mapped_column(
        comment="encrypted with the secret key; NULL: not enrolled"
    )
    totp_last_step: orm.Mapped[int | None] = orm.mapped_column(
        comment="30-second step last accepted: never twice"
    )
    session_epoch: orm.Mapped[int] = orm.mapped_column(default=0, comment="raised by 'sign out everywhere'")
    ended_sessions: orm.Mapped[str] = orm.mapped_column(
        default="", comment="'key:seconds' of sessions signed out while they could still last"
    )
    disabled_at: orm.Mapped[dt.datetime | None]
    created_at: orm.Mapped[dt.datetime] = orm.mapped_column(default=clock.now)

    roles: orm.Mapped[list["RoleAssignment"]] = orm.relationship(
        back_populates="person", foreign_keys="RoleAssignment.person_id", lazy="selectin"
    )

    # What flask-login asks for.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return f"{self.id}.{self.session_epoch}"

    def has_left(self, key: str | None) -> bool:
        """Whether the session of this key was signed out."""
        return key is not None and any(one.startswith(f"{key}:") for one in self.ended_sessions.split())

    @cached_property
    def held_roles(self) -> tuple[Held, ...]:
        """Roles whose term covers today; an ended term gives nothing."""
        return self.held_on(clock.today())

    def held_on(self, day: dt.date) -> tuple[Held, ...]:
        """Roles whose term covers a day."""
        return tuple(role.held for role in self.roles if role.active_on(day))

    @property
    def needs_second_factor(self) -> bool:
        return any(held.role in SECOND_FACTOR_ROLES for held in self.held_roles)

    @property
    def status(self) -> AccountStatus:
        if self.disabled_at is not None:
            return AccountStatus.DISABLED
        return AccountStatus.INVITED if self.password_hash is None else AccountStatus.ACTIVE

    def body(self) -> Body:
        return Body()


@sa.event.listens_for(Person, "before_insert")
@sa.event.listens_for(Person, "before_update")
def _keep_searched(_mapper: object, _connection: object, person: Person) -> None:
    person.searched = "\n".join(
        text.for_searching(one) for one in (person.name, person.kana or "", person.login)
    )


class RoleAssignment(Model):
    """One role of one person in one body, from a day to a day (both included); 役員の任期.

    Ended by setting `to_on`, never deleted: history must tell who held what. One that was given by mistake and has
    not held before today is revoked: it ends on the eve of its beginning. Written by `people.services`.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        # A revoked term ends on the eve of its beginning. The two databases reckon with dates each in its own way.
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on - 1", name="term").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("to_on IS NULL OR to_on >= date(from_on, '-1 day')", name="term").ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint(
            "(role IN ('drafter','chair','treasurer','committee_auditor')) = (committee_id IS NOT NULL)",
            name="committee",
        ),
        sa.CheckConstraint(
            "(role IN ('station_leader','volunteer')) = (station_id IS NOT NULL)", name="station"
        ),
        sa.CheckConstraint(
            "(role IN ('case_worker','marugoto_desk')) = (agency_id IS NOT NULL)", name="agency"
        ),
        sa.Index("ix_role_assignment_committee", "committee_id", "role"),
    )

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    role: orm.Mapped[Role] = orm.mapped_column(enum_column(Role))
    committee_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("committee.id"))
    station_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    agency_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("agency.id"), index=True)
    from_on: orm.Mapped[dt.date]
    to_on: orm.Mapped[dt.date | None]
    given_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    person: orm.Mapped[Person] = orm.relationship(back_populates="roles", foreign_keys=[person_id])

    @property
    def held(self) -> Held:
        return Held(self.role, self.committee_id, self.station_id, self.agency_id)

    def active_on(self, day: dt.date) -> bool:
        return term_active(self.from_on, self.to_on, day)

    def body(self) -> Body:
        agency_ids = frozenset({self.agency_id} if self.agency_id is not None else ())
        return Body(self.committee_id, self.station_id, agency_ids)


class RecoveryCode(Model):
    """A one-time code that stands in for the authenticator app; used once, kept as a hash."""

    __tablename__ = "recovery_code"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: orm.Mapped[str]
    used_at: orm.Mapped[dt.datetime | None]


class SignInFailure(AppendOnly, Model):
    """A refused sign-in, counted per account, place and address (in the database: workers share no memory).

    `key` is a keyed hash of what is counted, so the table names nobody. Never changed.
    """

    __tablename__ = "sign_in_failure"

    key: orm.Mapped[str] = orm.mapped_column(index=True)
    at: orm.Mapped[dt.datetime]


class SignInSuccess(AppendOnly, Model):
    """A sign-in that worked: failures of the account before it no longer count, and its device is known."""

    __tablename__ = "sign_in_success"

    key: orm.Mapped[str] = orm.mapped_column(index=True)
    at: orm.Mapped[dt.datetime]


class LinkKind(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class OneTimeLink(Model):
    """An invitation or password reset issued by an administrator; works once, until it expires.

    Only the hash of its token is stored. A newer link for the same person makes older ones void.
    """

    __tablename__ = "one_time_link"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: orm.Mapped[LinkKind] = orm.mapped_column(enum_column(LinkKind))
    token_hash: orm.Mapped[str] = orm.mapped_column(unique=True)
    issued_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    issued_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    used_at: orm.Mapped[dt.datetime | None]
    voided_at: orm.Mapped[dt.datetime | None]
    mail_id: orm.Mapped[int | None] = orm.mapped_column(
        comment="outbox_mail that brings it; it ends with the link"
    )

    person: orm.Mapped[Person] = orm.relationship(foreign_keys=[person_id])


class MailCode(Model):
    """A code of six digits that was mailed to somebody without an authenticator app; used once, kept as a hash.

    Ended when it is used, tried too often, or followed by another. Written by `people.services`.
    """

    __tablename__ = "mail_code"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: orm.Mapped[str]
    sent_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    tries: orm.Mapped[int]
    ended_at: orm.Mapped[dt.datetime | None]
    mail_id: orm.Mapped[int | None] = orm.mapped_column(
        comment="outbox_mail that brings it; it ends with the code"
    )


class TrustedDevice(Model):
    """A device on which somebody has shown a code by mail and reads sheets without another one until it expires.

    The device keeps a token, of which only the hash is stored. A new password and 「すべての端末からサインアウト」 raise the
    person's epoch and so end every one of them.
    """

    __tablename__ = "trusted_device"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: orm.Mapped[str] = orm.mapped_column(unique=True)
    name: orm.Mapped[str] = orm.mapped_column(comment="kind of device and browser, as its owner knows it")
    session_epoch: orm.Mapped[int]
    trusted_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    revoked_at: orm.Mapped[dt.datetime | None]


class HeldForm(Model):
    """What somebody had typed when their session had timed out, kept for them until they sign in again.

    Fields only (no files, no passwords), encrypted with the secret key, deleted when given back or after a day.
    """

    __tablename__ = "held_form"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    path: orm.Mapped[str]
    fields: orm.Mapped[str] = orm.mapped_column(comment="encrypted JSON list of [name, value]")
    held_at: orm.Mapped[dt.datetime]


class AdministratorRequest(Model):
    """What one administrator asks another for: a role that decides on money or reads about people, or to open an
    account that holds one (a new app, a link to a new address, an end of its being stopped).

    Nothing holds before somebody else accepts it. Kept as it was asked. Written by `people.services`.
    """

    __tablename__ = "administrator_request"
    __table_args__ = (
        sa.CheckConstraint("(status = 'waiting') = (decided_by_id IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_at"),
        # Whoever asked may only take it back; who is concerned decides nothing.
        sa.CheckConstraint(
            "status <> 'accepted' OR (decided_by_id <> asked_by_id AND decided_by_id <> person_id)",
            name="four_eyes",
        ),
    )

    kind: orm.Mapped[RequestKind] = orm.mapped_column(enum_column(RequestKind))
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    detail: orm.Mapped[dict[str, Any]] = orm.mapped_column(
        default=dict,
        comment="`person`: name and address as asked for; of a role: its name, body and term, as history keeps them",
    )
    status: orm.Mapped[RequestStatus] = orm.mapped_column(
        enum_column(RequestStatus), default=RequestStatus.WAITING
    )
    asked_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    asked_at: orm.Mapped[dt.datetime]
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]

    person: orm.Mapped[Person] = orm.relationship(foreign_keys=[person_id])
    asked_by: orm.Mapped[Person] = orm.relationship(foreign_keys=[asked_by_id])

    @property
    def of_person(self) -> dict[str, str | None]:
        """Name and mail address of the person as they were when it was asked: what the second one agrees to."""
        return dict(self.detail.get("person", {}))

    def is_about(self, person: Person) -> bool:
        """Whether the person is still called and reached as when it was asked."""
        return self.of_person == {"name": person.name, "email": person.email}

    def asked_role(self) -> dict[str, Any]:
        """The role that is asked for, its body and its term; of a request of another kind there is none."""
        detail = self.detail
        return {
            "role": Role(detail["role"]),
            "agency_id": detail.get("agency_id"),
            "from_on": dt.date.fromisoformat(detail["from_on"]),
            "to_on": dt.date.fromisoformat(detail["to_on"]) if "to_on" in detail else None,
        }

    def asks_for(self, role: Role, agency_id: int | None) -> bool:
        """Whether it asks for this role in this body, from whatever day."""
        return self.kind is RequestKind.ROLE and (self.detail["role"], self.detail.get("agency_id")) == (
            role,
            agency_id,
        )

    def body(self) -> Body:
        return Body()
