"""支出命令 by two people, and transfers that failed: who drafted the order, and when the money came back.

Revision ID: 0006_two_people_order
Revises: 0005_named_agencies
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from stations.core.migrations import without_foreign_keys

revision = "0006_two_people_order"
down_revision = "0005_named_agencies"

BEFORE = {
    "ck_payment_request_grants_paymentstatus": "status IN "
    "('requested', 'ordered', 'paid', 'returned', 'cancelled')",
    "ck_payment_request_ordered": "status NOT IN ('ordered','paid') OR ordered_by_id IS NOT NULL",
}
AFTER = {
    "ck_payment_request_grants_paymentstatus": "status IN "
    "('requested', 'drafted', 'ordered', 'paid', 'failed', 'returned', 'cancelled')",
    "ck_payment_request_ordered": "status NOT IN ('ordered','paid','failed') OR ordered_by_id IS NOT NULL",
    "ck_payment_request_drafted": "status <> 'drafted' OR drafted_by_id IS NOT NULL",
    "ck_payment_request_failed": "(status = 'failed') = (returned_on IS NOT NULL)",
    "ck_payment_request_four_eyes_order": "ordered_by_id IS NULL OR ordered_by_id <> drafted_by_id",
}
DRAFTER = "fk_payment_request_drafted_by_id"


def upgrade() -> None:
    with _changed(BEFORE, AFTER) as requests:
        requests.add_column(
            sa.Column(
                "drafted_by_id",
                sa.Integer(),
                nullable=True,
                comment="起案 of the 支出命令; NULL: ordered before two people did so",
            )
        )
        requests.add_column(sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True))
        requests.add_column(
            sa.Column(
                "returned_on",
                sa.Date(),
                nullable=True,
                comment="組戻し: when the money of a failed transfer came back",
            )
        )
        requests.create_foreign_key(op.f(DRAFTER), "person", ["drafted_by_id"], ["id"])


def downgrade() -> None:
    """The nearest states: a draft is a request again; a failed payment is one whose record was cancelled."""
    op.execute("UPDATE payment_request SET status = 'requested' WHERE status = 'drafted'")
    op.execute("UPDATE payment_request SET status = 'cancelled', returned_on = NULL WHERE status = 'failed'")
    with _changed(AFTER, BEFORE) as requests:
        requests.drop_constraint(op.f(DRAFTER), type_="foreignkey")
        for name in ("drafted_by_id", "drafted_at", "returned_on"):
            requests.drop_column(name)


@contextmanager
def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[BatchOperations]:
    """The table with other CHECKs; SQLite builds it again for that."""
    with without_foreign_keys(), op.batch_alter_table("payment_request") as requests:
        for name in before:
            requests.drop_constraint(op.f(name), type_="check")
        yield requests
        for name, rule in after.items():
            requests.create_check_constraint(op.f(name), rule)
