"""What letters say is data of a fiscal year: drafts of the texts of each kind of letter.

Revision ID: 0029_letter_texts
Revises: 0028_age_bands
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import choice, integer, json, make_table, moment, refers, text, unique_where

revision = "0029_letter_texts"
down_revision = "0028_age_bands"

STATES = ("waiting", "approved", "returned", "replaced")
WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    make_table(
        "letter_text_draft",
        integer("fiscal_year", comment="of the grants that the letters are about"),
        text("kind", comment="as in labels.LETTERS: award, change, cancellation …"),
        json("texts", comment="by name, as in wording.KINDS, with placeholders"),
        choice("status", ("waiting", "approved", "returned", "replaced"), "grants_textstatus"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        text("decision_reason", comment="why it was returned"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "decided": "(status = 'waiting') = (decided_at IS NULL)",
            "decided_by": "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
        },
    )
    unique_where("uq_letter_text_draft_waiting", "letter_text_draft", ["fiscal_year", "kind"], WAITING)


def downgrade() -> None:
    """Texts that letters say are not thrown away."""
    found = op.get_bind().scalar(sa.text("SELECT count(*) FROM letter_text_draft WHERE status = 'approved'"))
    if found:
        raise RuntimeError(f"approved texts of letters, which an older version would not print: {found}")
    op.drop_table("letter_text_draft")
