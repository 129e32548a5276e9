"""Taking a step of a grant, of one of its payments, or of a finding after 完結."""

from collections.abc import Iterator
from contextlib import contextmanager

from stations.core import steps
from stations.core.access import Actor
from stations.core.steps import Taking
from stations.grants import notices
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.rules import (
    Act,
    InPlaceAct,
    PaymentAct,
    PaymentStatus,
    RecoveryAct,
    RecoveryStatus,
    Status,
)
from stations.grants.settlement.models import GrantRecovery
from stations.grants.workflow import GRANT, PAYMENT, RECOVERY


@contextmanager
def taking(
    grant: Grant, act: Act | InPlaceAct, *, by: Actor, reason: str = "", follows: bool = False
) -> Iterator[Taking[Status]]:
    """Take a step of `workflow.GRANT` (`core.steps.taking`)."""
    with steps.taking(
        GRANT, grant, act, by=by, reason=reason, follows=follows, notify=notices.about_grant
    ) as taken:
        yield taken


@contextmanager
def taking_payment(
    request: PaymentRequest, act: PaymentAct, *, by: Actor, reason: str = "", follows: bool = False
) -> Iterator[Taking[PaymentStatus]]:
    """Take a step of `workflow.PAYMENT`; its grant is held first, always in this order."""
    with steps.taking(
        PAYMENT,
        request,
        act,
        by=by,
        reason=reason,
        under=[request.grant],
        follows=follows,
        notify=notices.about_payment,
    ) as taken:
        taken.detail = {"amount_yen": request.amount_yen, "instalment": request.instalment}
        yield taken


@contextmanager
def taking_recovery(
    recovery: GrantRecovery, act: RecoveryAct, *, by: Actor, reason: str = ""
) -> Iterator[Taking[RecoveryStatus]]:
    """Take a step of `workflow.RECOVERY`; its grant is held first."""
    with steps.taking(
        RECOVERY, recovery, act, by=by, reason=reason, under=[recovery.grant], notify=notices.about_recovery
    ) as taken:
        yield taken
        taken.detail = {"amount_yen": recovery.amount_yen}
        if recovery.received_on is not None:
            received = {"received_on": recovery.received_on.isoformat(), "reference": recovery.reference}
            taken.detail = taken.detail | received
