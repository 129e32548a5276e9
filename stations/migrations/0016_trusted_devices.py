"""Codes by mail, and devices that need none for a while.

Revision ID: 0016_trusted_devices
Revises: 0015_searched_people
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import UtcDateTime

revision = "0016_trusted_devices"
down_revision = "0015_searched_people"


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "mail_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        _time("sent_at"),
        _time("expires_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _time("ended_at", nullable=True),
        sa.Column(
            "mail_id",
            sa.Integer(),
            nullable=True,
            comment="outbox_mail that brings it; it ends with the code",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_code")),
    )
    op.create_index(op.f("ix_mail_code_person_id"), "mail_code", ["person_id"])
    op.create_table(
        "trusted_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="kind of device and browser, as its owner knows it"
        ),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        _time("trusted_at"),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trusted_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_trusted_device_token_hash")),
    )
    op.create_index(op.f("ix_trusted_device_person_id"), "trusted_device", ["person_id"])


def downgrade() -> None:
    op.drop_table("trusted_device")
    op.drop_table("mail_code")
