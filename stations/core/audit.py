"""History: what was done to an object, by whom and why; and who looked at personal data."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import g, request
from sqlalchemy import orm

from stations.core import clock
from stations.core.access import Actor
from stations.core.database import AppendOnly, Model, db
from stations.core.labels import label
from stations.core.sealed import SealedText

SAME_VIEW = dt.timedelta(minutes=5)


class Event(AppendOnly, Model):
    """One act on one object: who, when, what, from which state to which, and why.

    Written in the same transaction as the act itself by `record`, never changed or deleted.
    Carries no personal data: names are looked up from `by_id` when the timeline is read.
    """

    __tablename__ = "event"
    __table_args__ = (sa.Index("ix_event_object", "object_type", "object_id"),)

    at: orm.Mapped[dt.datetime]
    by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), index=True, comment="NULL: done by the system, such as an expiry"
    )
    object_type: orm.Mapped[str] = orm.mapped_column(comment="table name of the object")
    object_id: orm.Mapped[int]
    act: orm.Mapped[str]
    from_status: orm.Mapped[str | None]
    to_status: orm.Mapped[str | None]
    reason: orm.Mapped[str | None] = orm.mapped_column(SealedText("event.reason"))
    detail: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)


class PersonalDataView(AppendOnly, Model):
    """Somebody opened or exported a page that shows personal data, or tried to (個人情報保護法 66条: 安全管理措置).

    Written by the access layer before the page is made, in a transaction of its own. Never changed.
    """

    __tablename__ = "personal_data_view"
    __table_args__ = (
        sa.Index("ix_personal_data_view_object", "object_type", "object_id"),
        sa.Index("ix_personal_data_view_by", "by_id", "at"),
    )

    at: orm.Mapped[dt.datetime]
    by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    object_type: orm.Mapped[str]
    object_id: orm.Mapped[int | None]
    purpose: orm.Mapped[str] = orm.mapped_column(comment="what was shown, as named by the page")
    endpoint: orm.Mapped[str]
    refused: orm.Mapped[bool] = orm.mapped_column(
        default=False, server_default=sa.false(), comment="somebody tried, and was not let in"
    )
    exported: orm.Mapped[bool] = orm.mapped_column(
        default=False, server_default=sa.false(), comment="taken along as a file of the list"
    )


def record(
    obj: Model,
    *,
    act: str,
    by: Actor | None,
    from_status: str | None = None,
    to_status: str | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append what was done to ``obj``; the caller's transaction carries it."""
    db.session.flush()
    event = Event(
        at=clock.now(),
        by_id=by.id if by is not None else None,
        object_type=obj.__tablename__,
        object_id=obj.id,
        act=str(act),
        from_status=str(from_status) if from_status is not None else None,
        to_status=str(to_status) if to_status is not None else None,
        reason=reason or None,
        detail=detail or {},
    )
    db.session.add(event)
    return event


def since(model: type[Model]) -> sa.ScalarSelect[dt.datetime]:
    """A column beside ``model``'s own: when each row came to its present state; NULL when no event tells."""
    of_row = (Event.object_type == model.__tablename__, Event.object_id == model.id)
    moved = sa.or_(Event.from_status.is_(None), Event.from_status != Event.to_status)  # a save does not
    last = sa.select(sa.func.max(Event.at)).where(*of_row, Event.to_status.is_not(None), moved)
    return last.correlate(model).scalar_subquery()


def since_of(obj: Model) -> dt.datetime | None:
    """`since` of one row."""
    model = type(obj)
    return db.session.scalar(sa.select(since(model)).where(model.id == obj.id))


def changes(model: type[Model], ids: Collection[int]) -> dict[int, tuple[int, dt.datetime]]:
    """By id of a row: how many acts were done to it, and when the last was; rows without one are missing."""
    rows = db.session.execute(
        sa.select(Event.object_id, sa.func.count(), sa.func.max(Event.at))
        .where(Event.object_type == model.__tablename__, Event.object_id.in_(ids))
        .group_by(Event.object_id)
    )
    return {object_id: (number, last) for object_id, number, last in rows}


def details(obj: Model, *, acts: Collection[str]) -> list[tuple[dt.datetime, dict[str, Any]]]:
    """When such acts were done to ``obj``, and what was kept of each beside its reason; the oldest first."""
    rows = db.session.execute(
        sa.select(Event.at, Event.detail)
        .where(Event.object_type == obj.__tablename__, Event.object_id == obj.id, Event.act.in_(acts))
        .order_by(Event.id)
    )
    return [(at, detail) for at, detail in rows]


@dataclass(frozen=True)
class Doer:
    """Who did an act, by the name that the person has now."""

    id: int
    name: str


def last_doer(
    of: Model | type[Model],
    acts: Collection[str],
    about: Callable[[Mapping[str, Any]], bool] = lambda _detail: True,
) -> Doer | None:
    """Who did one of ``acts`` last, to an object or to any of its kind; ``about``: among those with such a detail.

    None when nobody did, or the system itself.
    """
    person = Model.metadata.tables["person"]
    done = (
        sa.select(Event.by_id, person.c.name, Event.detail)
        .outerjoin(person, person.c.id == Event.by_id)
        .where(Event.object_type == of.__tablename__, Event.act.in_(acts))
        .order_by(Event.id.desc())
    )
    if isinstance(of, Model):
        done = done.where(Event.object_id == of.id)
    for by_id, name, detail in db.session.execute(done):
        if about(detail):
            return Doer(by_id, name) if by_id is not None else None
    return None


def log_view(
    obj: Model | None, *, by: Actor, purpose: str, refused: bool = False, exported: bool = False
) -> None:
    """Append to the view log, committed at once: the page is not made if this fails.

    ``refused``: it was not shown, and no page comes of it. ``exported``: it leaves as a file; each one is logged.
    Somebody who opens the same page of the same object again within `SAME_VIEW` is still looking at what was logged. A list
    (no ``obj``) may show others each time, so each is logged.
    """
    columns = PersonalDataView.__table__.c
    now = clock.now()
    view = {
        "by_id": by.id,
        "object_type": obj.__tablename__ if obj is not None else "list",
        "object_id": obj.id if obj is not None else None,
        "purpose": purpose,
        "endpoint": request.endpoint or "",
        "refused": refused,
        "exported": exported,
    }
    if refused:
        db.session.rollback()  # a form that is refused holds SQLite's write lock already
    row = {name: sa.literal(value, columns[name].type) for name, value in view.items()}
    # "= NULL" is never true, so a list equals no list.
    same = [columns[name] == value for name, value in row.items()] + [columns.at > now - SAME_VIEW]
    row["at"] = sa.literal(now, columns.at.type)
    fresh = sa.select(*row.values())
    if not exported:
        fresh = fresh.where(~sa.exists().where(*same))
    # One statement: the page's budget of queries is spent on the page.
    statement = sa.insert(PersonalDataView).from_select(list(row), fresh)
    with db.sessionmaker() as session:
        session.connection(execution_options={"reads_only": False})
        session.execute(statement)
        session.commit()
    g.view_logged = True


@dataclass(frozen=True)
class Entry:
    """One line of a timeline, ready to show. ``label``, ``from_label`` and ``to_label`` are translatable."""

    object_id: int
    at: dt.datetime
    by_name: str
    act: str
    label: Any
    from_label: Any
    to_label: Any
    reason: str | None
    detail: dict[str, Any]
    changes: str = ""
    """What ``detail`` says in words, where a page puts it so."""


Enums = tuple[type[StrEnum], ...]

_enums: dict[str, tuple[Enums, Enums]] = {}


def register(object_type: str, *, acts: type[StrEnum] | Enums, statuses: type[StrEnum] | None = None) -> None:
    """Tell timelines which enums the acts and statuses of ``object_type`` (a table name) belong to.

    What their members are called is registered in `core.labels`.
    """
    _enums[object_type] = (acts if isinstance(acts, tuple) else (acts,), (statuses,) if statuses else ())


def timeline(*objects: Model, without: Collection[str] = ()) -> list[Entry]:
    """What was done to ``objects``, newest first, leaving out the acts named in ``without``."""
    keys = [(obj.__tablename__, obj.id) for obj in objects]
    if not keys:
        return []
    person = Model.metadata.tables["person"]
    rows = db.session.execute(
        sa.select(Event, person.c.name)
        .outerjoin(person, person.c.id == Event.by_id)
        .where(sa.tuple_(Event.object_type, Event.object_id).in_(keys), Event.act.not_in(without))
        .order_by(Event.at.desc(), Event.id.desc())
    )
    return [_entry(event, name) for event, name in rows]


def _entry(event: Event, name: str | None) -> Entry:
    acts, statuses = _enums.get(event.object_type, ((), ()))
    return Entry(
        object_id=event.object_id,
        at=event.at,
        by_name=name or "—",
        act=event.act,
        label=_called(acts, event.act),
        from_label=_called(statuses, event.from_status),
        to_label=_called(statuses, event.to_status),
        reason=event.reason,
        detail=event.detail,
    )


def _called(enums: Enums, value: str | None) -> Any:
    for members in enums:
        if value is not None and value in members._value2member_map_:
            return label(members(value))
    return value or ""
