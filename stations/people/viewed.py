"""The log of views of personal data as it is read: who looked at what, said in words."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stations.core import text
from stations.core.audit import PersonalDataView
from stations.core.database import Model, db
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.lists import Paged, paged
from stations.people.models import Person
from stations.people.queries import matching


@dataclass(frozen=True)
class Kind:
    """A kind of object that is looked at: its name, and where its number and title stand.

    ``via``: the foreign keys that lead to the table with the title.
    """

    name: Any
    number: str | None = None
    title: str | None = None
    via: Sequence[str] = ()


# The objects belong to higher packages; here only their tables' numbers and titles are read.
KINDS = {
    "committee": Kind(_l("地区実行委員会"), title="name"),
    "grant": Kind(_l("助成金"), title="title", via=("plan_id",)),
    "letter": Kind(_l("通知書"), number="number", title="title", via=("grant_id", "plan_id")),
    "meeting": Kind(_l("全体会議"), title="title"),
    "opening": Kind(_l("開催"), title="name", via=("station_id",)),
    "observation": Kind(_l("気づきメモ"), number="number"),
    "person": Kind(_l("利用者"), title="name"),
    "plan": Kind(_l("計画"), title="title"),
    "plan_attachment": Kind(_l("計画の添付ファイル"), title="title", via=("plan_id",)),
    "receipt": Kind(_l("領収書"), number="number", title="title", via=("grant_id", "plan_id")),
    "referral": Kind(_l("つなぎ"), number="number"),
}


@dataclass(frozen=True)
class ViewRow:
    """Who looked at which personal data; ``what`` is empty for a list."""

    view: PersonalDataView
    name: str
    what: str


# Sheets about people, which are looked for by their number.
SHEETS = ("referral", "observation")


def view_log(
    *,
    by: int | None = None,
    search: str = "",
    sheet: str = "",
    within: sa.ColumnElement[bool] | None = None,
    page: int = 1,
) -> Paged[ViewRow]:
    """Views of personal data, the latest first; ``by``: of one person, ``search``: of people of such a name.

    ``sheet``: of the sheet or memo of this number; ``within``: only those that the reader may know of (`views_of`).
    """
    asked = sa.select(PersonalDataView).order_by(PersonalDataView.at.desc(), PersonalDataView.id.desc())
    if by is not None:
        asked = asked.where(PersonalDataView.by_id == by)
    if search:
        asked = asked.where(PersonalDataView.by_id.in_(sa.select(Person.id).where(matching(search))))
    if sheet:
        asked = asked.where(sa.or_(*(_of_number(one, sheet) for one in SHEETS)))
    if within is not None:
        asked = asked.where(within)
    found = paged(asked, page)
    ids = {view.by_id for view in found.rows}
    names = dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    words = _words(found.rows)
    return dataclasses.replace(
        found,
        rows=[
            ViewRow(view, names.get(view.by_id, "—"), words.get((view.object_type, view.object_id), ""))
            for view in found.rows
        ],
    )


def views_of(object_type: str, ids: sa.Select[int]) -> sa.ColumnElement[bool]:
    """Views of some objects of a table."""
    return sa.and_(PersonalDataView.object_type == object_type, PersonalDataView.object_id.in_(ids))


def _of_number(object_type: str, number: str) -> sa.ColumnElement[bool]:
    table = Model.metadata.tables[object_type]
    plain = text.normalise(number).upper()
    return views_of(object_type, sa.select(table.c.id).where(table.c.number == plain))


def _words(views: Iterable[PersonalDataView]) -> dict[tuple[str, int | None], str]:
    """(type, id) → what the object is called: one query for each kind that occurs."""
    wanted: dict[str, set[int]] = {}
    for view in views:
        if view.object_id is not None:
            wanted.setdefault(view.object_type, set()).add(view.object_id)
    words: dict[tuple[str, int | None], str] = {}
    for object_type, ids in wanted.items():
        kind = KINDS.get(object_type, Kind(object_type))
        words |= {
            (object_type, object_id): _("%(kind)s %(id)s", kind=kind.name, id=object_id) for object_id in ids
        }
        if kind.number or kind.title:
            for object_id, number, title in db.session.execute(_named(object_type, kind, ids)):
                words[object_type, object_id] = _called(kind, number, title)
    return words


def _named(object_type: str, kind: Kind, ids: set[int]) -> sa.Select[Any]:
    table = Model.metadata.tables[object_type]
    number = table.c[kind.number] if kind.number else sa.null()
    joined: sa.FromClause = table
    here = table
    for key in kind.via:
        (reference,) = here.c[key].foreign_keys
        there = reference.column.table
        joined, here = joined.join(there, here.c[key] == reference.column), there
    title = here.c[kind.title] if kind.title else sa.null()
    return sa.select(table.c.id, number, title).select_from(joined).where(table.c.id.in_(ids))


def _called(kind: Kind, number: Any, title: str | None) -> str:
    if isinstance(number, str):  # of a sheet: 「R8-0001」
        numbered = f"{kind.name} {number}"
    else:
        numbered = (
            _("%(kind)s 第%(number)s号", kind=kind.name, number=number)
            if number is not None
            else str(kind.name)
        )
    return _("%(what)s「%(title)s」", what=numbered, title=title) if title else numbered
