"""The step that every act on a plan takes, and the notice that goes out about it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_babel import force_locale

from stations.applications import queries
from stations.applications.models import Plan
from stations.applications.rules import Act, Status
from stations.applications.workflow import PLAN
from stations.core import clock, outbox, steps
from stations.core.access import Permission, demand
from stations.core.database import lock
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.notices import link_to
from stations.core.steps import Taking
from stations.people.models import Person


def begin(plan: Plan, permission: Permission, *, by: Person) -> Plan:
    """Hold the plan's row and ask whether ``by`` may; raises NotAllowed."""
    lock(plan)
    demand(by, permission, plan)
    return plan


@contextmanager
def taking(plan: Plan, act: Act, *, by: Person, reason: str = "") -> Iterator[Taking[Status]]:
    """Take a step of `workflow.PLAN` (`core.steps.taking`); whom the table names gets a mail."""
    with steps.taking(PLAN, plan, act, by=by, reason=reason) as taken:
        unheard_of = taken.before is Status.DRAFT and act is Act.WITHDRAW
        yield taken
        plan.status_since = clock.now()
    if not unheard_of:
        notify(queries.notified_of(plan, taken.step.notifies), plan, act)


def notify(people: Iterable[Person], plan: Plan, act: Act) -> None:
    """Notify people of what happened to a plan, in their own language, without any reason or name in the mail."""
    for person in people:
        with force_locale(person.language):
            subject, sentence = _sentences(plan, act)
            link = link_to(person, "applications.plan", plan, plan_id=plan.id)
            outbox.queue(to=person, subject=subject, body=f"{sentence}\n\n{link}".rstrip())


def _sentences(plan: Plan, act: Act) -> tuple[str, str]:
    subject, sentence = _NOTICES.get(act, _RESULT)
    return _(subject), _(sentence, title=plan.title)


_UNTABLED = (
    N_("計画が全体会議の議題から外れました"),
    N_("「%(title)s」が、全体会議の議題から外れました。また議題になるときは、お知らせします。"),
)
_RECALLED = (
    N_("計画の提出が取り消されました"),
    N_("「%(title)s」の提出が、受付の前に取り消されました。提出し直されると、またお知らせします。"),
)
# Subject and sentence.
_NOTICES: dict[Act, tuple[str, str]] = {
    Act.SUBMIT: (N_("計画が提出されました"), N_("「%(title)s」が提出されました。受付をお願いします。")),
    Act.RECALL: _RECALLED,
    Act.RECALL_CORRECTED: _RECALLED,
    Act.RETURN: (
        N_("計画が差し戻されました"),
        N_(
            "「%(title)s」に直していただきたいところがあります。コメントを見て直し、もう一度提出してください。"
        ),
    ),
    Act.CONFIRM: (
        N_("計画の確認が終わりました"),
        N_("「%(title)s」の事務局の確認が終わりました。次の全体会議で話し合われます。"),
    ),
    Act.TABLE: (
        N_("計画が全体会議の議題になりました"),
        N_("「%(title)s」が、全体会議の議題になりました。日にちと場所は、全体会議のページにあります。"),
    ),
    Act.UNTABLE: _UNTABLED,
    Act.UNTABLE_DEFERRED: _UNTABLED,
    Act.WITHDRAW: (N_("計画が取り下げられました"), N_("「%(title)s」は取り下げられました。")),
}
_RESULT = (
    N_("全体会議の結果が出ました"),
    N_("「%(title)s」についての全体会議の結果が出ました。次のページでお確かめください。"),
)
