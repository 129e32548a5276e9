"""What the kinds of payments are called, and the tones of their chips."""

from stations.core.language import lazy_gettext as _l
from stations.grants.rules import PaymentStatus

PAYMENT_KINDS = {"advance": _l("概算払"), "balance": _l("精算払")}

PAYMENT_TONES: dict[PaymentStatus, str] = {
    PaymentStatus.REQUESTED: "blue",
    PaymentStatus.DRAFTED: "yellow",
    PaymentStatus.ORDERED: "yellow",
    PaymentStatus.PAID: "green",
    PaymentStatus.FAILED: "red",
    PaymentStatus.RETURNED: "orange",
    PaymentStatus.CANCELLED: "grey",
}
