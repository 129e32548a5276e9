"""The rows of `core.drafts`: what every table of drafts has, and how they are found."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.schema import SchemaItem

from stations.core import audit, labels
from stations.core.access import Body
from stations.core.database import Model, db, enum_column, fetch_all
from stations.core.drafts import DraftAct, DraftStatus
from stations.core.formatting import fiscal_year
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tasks import Task
from stations.core.workflow import Workflow

labels.register(
    {
        DraftStatus.WAITING: _l("決裁待ち"),
        DraftStatus.APPROVED: _l("決裁済み"),
        DraftStatus.RETURNED: _l("差戻し"),
        DraftStatus.REPLACED: _l("起案し直し"),
    }
)
labels.register(
    {
        DraftAct.DRAFT: _l("起案"),
        DraftAct.APPROVE: _l("決裁"),
        DraftAct.RETURN: _l("起案の差戻し"),
    }
)

_WAITING = sa.text("status = 'waiting'")


class Drafted(Model):
    """起案 of what holds for a fiscal year: one official drafts all of it, another approves or returns it, once.

    What is in force stays in force until then, and a draft is never changed. Of one subject at most one waits; drafting
    again replaces it. Each kind has a table of its own with its content; written by `people.services.drafts`.
    """

    __abstract__ = True

    STEPS: ClassVar[Workflow[DraftStatus]]
    SUBJECT: ClassVar[tuple[str, ...]] = ("fiscal_year",)
    """The columns that say what is drafted."""
    PAGE: ClassVar[str]
    """The endpoint that shows what is in force and what waits, by `place`."""

    fiscal_year: orm.Mapped[int]
    status: orm.Mapped[DraftStatus] = orm.mapped_column(enum_column(DraftStatus), default=DraftStatus.WAITING)
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was returned")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        audit.register(cls.__tablename__, acts=DraftAct, statuses=DraftStatus)

    @orm.declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        return (
            sa.CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided"),
            sa.CheckConstraint(
                "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)", name="decided_by"
            ),
            sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
            sa.Index(
                f"uq_{cls.__tablename__}_waiting",
                *cls.SUBJECT,
                unique=True,
                sqlite_where=_WAITING,
                postgresql_where=_WAITING,
            ),
        )

    @property
    def called(self) -> Any:
        """What is drafted, as people say it; translatable."""
        raise NotImplementedError

    @property
    def subject(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.SUBJECT}

    @property
    def place(self) -> dict[str, Any]:
        """The values of `PAGE` and of the page that drafts."""
        named = self.subject
        return {"year": named.pop("fiscal_year")} | named

    @property
    def decide_page(self) -> tuple[str, dict[str, Any]]:
        """The endpoint on which it is decided, and its value."""
        return self.STEPS.row(DraftAct.APPROVE).endpoint, {f"{self.__tablename__}_id": self.id}

    def body(self) -> Body:
        return Body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset({self.drafted_by_id})


D = TypeVar("D", bound=Drafted)


def drafts(model: type[D], **subject: object) -> list[D]:
    """All drafts of a subject, the oldest first."""
    return fetch_all(sa.select(model).filter_by(**subject).order_by(model.fiscal_year, model.id))


def waiting(model: type[D], **subject: object) -> list[D]:
    """Those that wait for their decision; of a whole subject at most one."""
    return drafts(model, status=DraftStatus.WAITING, **subject)


def last_waiting(found: Sequence[D]) -> D | None:
    """The last of a subject's drafts if it waits: a newer one ends those before."""
    return found[-1] if found and found[-1].status is DraftStatus.WAITING else None


def draft(model: type[D], draft_id: int) -> D | None:
    return db.session.get(model, draft_id)


def decide_task(draft: Drafted, *, due_on: dt.date, hint: str = "") -> Task:
    """What waits for those who may decide."""
    endpoint, values = draft.decide_page
    label = _("%(year)sの%(what)sを決裁する", year=fiscal_year(draft.fiscal_year), what=draft.called)
    return Task(label=label, endpoint=endpoint, values=values, due_on=due_on, hint=hint)
