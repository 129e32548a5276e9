"""The making of a payment request, and of one that follows another."""

from stations.core import audit, clock
from stations.core.access import Actor
from stations.core.database import add
from stations.core.money import Yen
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.queries import payments
from stations.grants.payments.rules import paying
from stations.grants.rules import PaymentStart, PaymentStatus
from stations.grants.settings.queries import settings_of


def new_request(grant: Grant, *, kind: str, amount_yen: Yen, by: Actor, purpose: str = "") -> PaymentRequest:
    """The grant's next instalment; the caller holds the grant. A balance has no asker: it follows from the rules."""
    request = add(
        PaymentRequest(
            grant=grant,
            instalment=payments.next_instalment(grant),
            kind=kind,
            amount_yen=amount_yen,
            purpose=purpose,
            fiscal_year=paying.budget_year(kind, grant.fiscal_year, clock.today()),
            programme_item=settings_of(grant.fiscal_year).programme_item,
            requested_by_id=by.id if kind == "advance" else None,
            requested_at=clock.now(),
        )
    )
    audit.record(
        request,
        act=PaymentStart.REQUEST,
        by=by,
        to_status=request.status,
        detail={"amount_yen": amount_yen, "kind": kind, "instalment": request.instalment},
    )
    return request


def again(request: PaymentRequest, *, by: Actor, ordered: bool) -> PaymentRequest:
    """The same payment under the grant's next number: as it was ordered, or (not ``ordered``) to be ordered once more."""
    kept = ["kind", "amount_yen", "purpose", "fiscal_year", "programme_item"]
    kept += ["requested_by_id", "requested_at"]
    if ordered:
        kept += ["drafted_by_id", "drafted_at", "ordered_by_id", "ordered_at"]
    made = add(
        PaymentRequest(
            grant=request.grant,
            instalment=payments.next_instalment(request.grant),
            status=PaymentStatus.ORDERED if ordered else PaymentStatus.REQUESTED,
            **{name: getattr(request, name) for name in kept},
        )
    )
    detail = {"amount_yen": made.amount_yen, "instead_of": request.instalment}
    act = PaymentStart.RECORD_AGAIN if ordered else PaymentStart.PAY_AGAIN
    audit.record(made, act=act, by=by, to_status=made.status, detail=detail)
    return made
