"""Handing a plan in, taking it back, and proving that what was handed in is still the same."""

from stations.applications import content, queries, rules
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import Act, Status
from stations.applications.services.steps import taking
from stations.core import clock, documents, numbering
from stations.core.database import add
from stations.core.messages import N_, RuleBroken
from stations.people.models import Person

SERIES = "plan"


def submit(*, plan: Plan, by: Person) -> PlanVersion:
    """提出 by the chair: freezes this revision with its SHA-256; the first time it also gives the number.

    Raises Conflict (not a draft), RuleBroken on the first thing missing.
    """
    with taking(plan, Act.SUBMIT, by=by) as taken:
        if plan.unfinished:
            raise RuleBroken(None, N_("入力の途中の項目があります。その項目を開いて、保存し直してください。"))
        rules.check_complete(content.checked(plan))
        if plan.number is None:
            plan.number = numbering.next_number(fiscal_year=plan.fiscal_year, series=SERIES)
        document = content.document(plan, representative=by.name)
        documents.check_printable(document)
        sha256 = rules.fingerprint(rules.freeze(document))
        plan.submitted_by_id, plan.submitted_at = by.id, clock.now()
        taken.detail = {"revision": plan.revision, "sha256": sha256}
    return add(
        PlanVersion(
            plan=plan,
            revision=plan.revision,
            content=document,
            sha256=sha256,
            submitted_by_id=by.id,
            submitted_at=plan.submitted_at,
        )
    )


def recall(*, plan: Plan, by: Person, reason: str = "") -> None:
    """提出の取消し by the chair, before 受付: the plan may be written again, and its number stays.

    What was handed in stays a frozen version; the next submission is revision + 1. Raises Conflict once the officials
    have received it.
    """
    corrected = queries.submitted_from(plan) is Status.RETURNED
    with taking(plan, Act.RECALL_CORRECTED if corrected else Act.RECALL, by=by, reason=reason) as taken:
        if not corrected:  # a draft was never handed in; the database holds both together
            plan.submitted_at = plan.submitted_by_id = None
        taken.detail = {"revision": plan.revision}
        plan.revision += 1


def withdraw(*, plan: Plan, by: Person, reason: str = "") -> None:
    """取下げ by the chair, before a final resolution."""
    with taking(plan, Act.WITHDRAW, by=by, reason=reason):
        pass


def verify_version(version: PlanVersion) -> bool:
    """Whether the stored content still has the SHA-256 that was written at its submission."""
    return queries.is_true_to_itself(version)
