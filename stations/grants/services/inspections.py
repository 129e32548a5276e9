"""検査: the officer looks at every receipt beside its entry, ticks it or says what is wrong, and ends."""

from stations.core import access, audit, clock
from stations.core.access import Actor, Permission
from stations.core.database import lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.grants import reporting
from stations.grants.models import Grant, Receipt
from stations.grants.queries import reports as queries
from stations.grants.reporting import ReceiptAct
from stations.grants.rules import Act, Status
from stations.grants.services import steps


def tick(*, receipt: Receipt, ok: bool, finding: str = "", by: Actor) -> Receipt:
    """Note that a receipt is in order (``ok``), or what is to be mended (``finding``, then compulsory).

    May be done again while the report is with the city. `RuleBroken` on "finding"; `Conflict` otherwise.
    """
    grant = lock(receipt.grant)
    lock(receipt)
    access.demand(by, Permission.REPORT_INSPECT, receipt)
    if grant.status is not Status.REPORTED:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)
    if receipt.cancelled_at is not None:
        raise Conflict(None, N_("この領収書は、すでに取り消されています。"))
    if not ok and not finding.strip():
        raise RuleBroken("finding", N_("何を直すかを入力してください。"))
    receipt.inspected_at = clock.now()
    receipt.inspected_by_id = by.id
    receipt.finding = "" if ok else finding
    audit.record(receipt, act=ReceiptAct.TICK if ok else ReceiptAct.FIND, by=by, reason=receipt.finding)
    return receipt


def inspect(*, grant: Grant, by: Actor) -> Grant:
    """End the 検査; only when every live receipt is ticked and none has a finding left.

    `RuleBroken` with how many are left; `Conflict` from another state.
    """
    after = steps.begin(grant, Act.INSPECT, Permission.REPORT_INSPECT, by=by)
    reporting.check_inspected(*queries.tick_counts(grant))
    grant.inspected_by_id = by.id
    grant.inspected_at = clock.now()
    steps.finish(grant, Act.INSPECT, after, by=by)
    return grant
