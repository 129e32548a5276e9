"""A consent names the agencies that were named to the person.

Revision ID: 0005_named_agencies
Revises: 0004_one_desk
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers

revision = "0005_named_agencies"
down_revision = "0004_one_desk"

FILL = {
    "sqlite": """
        UPDATE consent_record SET named_agency_ids = (
            SELECT '[' || agency_id || ']' FROM observation WHERE id = consent_record.observation_id)
        WHERE scope LIKE '%"agency"%'
            AND observation_id IN (SELECT id FROM observation WHERE sent_at IS NOT NULL)""",
    "postgresql": """
        UPDATE consent_record SET named_agency_ids = (
            SELECT json_build_array(agency_id) FROM observation WHERE id = consent_record.observation_id)
        WHERE scope::text LIKE '%"agency"%'
            AND observation_id IN (SELECT id FROM observation WHERE sent_at IS NOT NULL)""",
}


def upgrade() -> None:
    op.add_column(
        "consent_record",
        sa.Column(
            "named_agency_ids",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="agencies that were named to the person, where the scope holds agencies",
        ),
    )
    # Of a memo that was sent under such a consent its receiver is known: it keeps reading it. The records say what they
    # said; only the new column is filled, and only here.
    _lift()
    op.execute(FILL[_dialect()])
    for statement in append_only_triggers("consent_record", _dialect()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("consent_record", "named_agency_ids")


def _lift() -> None:
    if _dialect() == "sqlite":
        op.execute("DROP TRIGGER consent_record_no_update")
        op.execute("DROP TRIGGER consent_record_no_delete")
    else:
        op.execute("DROP TRIGGER consent_record_append_only ON consent_record")


def _dialect() -> str:
    return op.get_bind().dialect.name
