"""Tablets of stations, enrolled by a one-time code.

Revision ID: 0030_devices
Revises: 0029_letter_texts
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_devices"
down_revision = "0029_letter_texts"


def _time(name: str, comment: str | None = None, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def _number(name: str, comment: str | None = None, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, comment=comment)


def _text(name: str, comment: str | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def upgrade() -> None:
    op.create_table(
        "device",
        _number("id"),
        _number("station_id"),
        _text("public_id", "UUID by which the tablet knows itself"),
        _text("name"),
        _text("token_hash", "SHA-256 of 32 random bytes"),
        _text("pin_salt", "base64"),
        _text("pin_hash", "PBKDF2-HMAC-SHA-256 in base64, for the tablet to compare with"),
        _time("enrolled_at"),
        _number("enrolled_by_id", "who showed the code"),
        _time("revoked_at", nullable=True),
        _number("revoked_by_id", nullable=True),
        _text("revoked_reason", nullable=True),
        _time("last_seen_at", "to the minute", nullable=True),
        _time("last_synced_at", "when it last sent its events", nullable=True),
        _text("app_version", "of the page on the tablet"),
        _number("unsent", "events it still held when it last sent"),
        _number("clock_ahead_seconds"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 20", name=op.f("ck_device_name")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_device_revoked_by")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason IS NULL)", name=op.f("ck_device_revoked_reason")
        ),
        sa.CheckConstraint("unsent >= 0", name=op.f("ck_device_unsent")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_device_station_id")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_device_{column}"))
            for column in ("enrolled_by_id", "revoked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("public_id", name=op.f("uq_device_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_index(op.f("ix_device_station_id"), "device", ["station_id"])
    op.create_table(
        "device_code",
        _number("id"),
        _number("station_id"),
        _text("code_hash", "keyed: eight digits can be guessed"),
        _number("made_by_id"),
        _time("made_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        _number("device_id", "the tablet that it enrolled", nullable=True),
        sa.CheckConstraint("(used_at IS NULL) = (device_id IS NULL)", name=op.f("ck_device_code_used")),
        sa.CheckConstraint("expires_at >= made_at", name=op.f("ck_device_code_life")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_device_code_station_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_device_code_made_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_code_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_device_code_code_hash")),
        sa.UniqueConstraint("device_id", name=op.f("uq_device_code_device_id")),
    )
    op.create_index(op.f("ix_device_code_station_id"), "device_code", ["station_id"])


def downgrade() -> None:
    """Tablets are enrolled anew after another upgrade: their tokens are nothing that anybody could have kept."""
    op.drop_table("device_code")
    op.drop_table("device")
