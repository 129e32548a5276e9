"""What one official drafts for a fiscal year and another approves or sends back; who decides, and then who drafts, gets a mail."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask_babel import force_locale

from stations.core import audit, clock, drafted, outbox
from stations.core.access import Actor
from stations.core.database import Model, add
from stations.core.drafted import Drafted
from stations.core.drafts import DraftAct, DraftStatus
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.notices import link_to
from stations.core.steps import Taking, taking
from stations.core.workflow import Step
from stations.people.role_queries import holders

D = TypeVar("D", bound=Drafted)

_NEWS = {
    DraftAct.DRAFT: N_("%(what)sの決裁をお願いします"),
    DraftAct.APPROVE: N_("%(what)sが決裁されました"),
    DraftAct.RETURN: N_("%(what)sの起案が差し戻されました"),
}


def begin(draft: D, *, by: Actor) -> D:
    """起案. One that waits for the same already is replaced by this one. The caller has asked who may, and what is drafted."""
    for earlier in drafted.waiting(type(draft), **draft.subject):
        with taking(draft.STEPS, earlier, DraftAct.DRAFT, by=by):
            earlier.decided_at = clock.now()
    draft.drafted_by_id, draft.drafted_at = by.id, clock.now()
    audit.record(add(draft), act=DraftAct.DRAFT, by=by, to_status=draft.status)
    _tell(draft, draft.STEPS.row(DraftAct.DRAFT), by)
    return draft


@contextmanager
def approving(draft: Drafted, *, by: Actor, under: Collection[Model] = ()) -> Iterator[Taking[DraftStatus]]:
    """決裁 by another official: what is drafted comes into force inside the ``with``. `Conflict` when it is decided already."""
    with taking(draft.STEPS, draft, DraftAct.APPROVE, by=by, under=under, notify=_tell) as taken:
        yield taken
        draft.decided_by_id, draft.decided_at = by.id, clock.now()


def send_back(draft: Drafted, *, reason: str, by: Actor) -> None:
    """差戻し with its reason; what is in force stays. `Conflict` when it is decided already."""
    with taking(draft.STEPS, draft, DraftAct.RETURN, by=by, reason=reason, notify=_tell):
        draft.decision_reason = reason.strip()
        draft.decided_by_id, draft.decided_at = by.id, clock.now()


def _tell(draft: Drafted, step: Step[DraftStatus], by: Actor | None) -> None:
    """Mail those whom the table names, but not who acted, in their language."""
    for person in holders(step.notifies):
        if by is not None and person.id == by.id:
            continue
        with force_locale(person.language):
            subject = _(_NEWS[DraftAct(step.act)], what=draft.called)
            link = link_to(person, draft.PAGE, **draft.place)
            outbox.queue(to=person, subject=subject, body=f"{subject}\n{link}".rstrip())
