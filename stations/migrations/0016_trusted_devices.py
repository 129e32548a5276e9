"""Codes by mail, and devices that need none for a while.

Revision ID: 0016_trusted_devices
Revises: 0015_searched_people
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import UtcDateTime
from stations.core.schema import integer, make_table, moment, refers, text

revision = "0016_trusted_devices"
down_revision = "0015_searched_people"


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    make_table(
        "mail_code",
        refers("person_id", "person", index=True),
        text("code_hash"),
        moment("sent_at"),
        moment("expires_at"),
        integer("tries"),
        moment("ended_at", null=True),
        integer("mail_id", null=True, comment="outbox_mail that brings it; it ends with the code"),
    )
    make_table(
        "trusted_device",
        refers("person_id", "person", index=True),
        text("token_hash", unique=True),
        text("name", comment="kind of device and browser, as its owner knows it"),
        integer("session_epoch"),
        moment("trusted_at"),
        moment("expires_at"),
        moment("revoked_at", null=True),
    )


def downgrade() -> None:
    op.drop_table("trusted_device")
    op.drop_table("mail_code")
