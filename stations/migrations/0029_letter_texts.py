"""What letters say is data of a fiscal year: drafts of the texts of each kind of letter.

Revision ID: 0029_letter_texts
Revises: 0028_age_bands
"""

import sqlalchemy as sa
from alembic import op

revision = "0029_letter_texts"
down_revision = "0028_age_bands"

STATES = ("waiting", "approved", "returned", "replaced")
WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "letter_text_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "fiscal_year", sa.Integer(), nullable=False, comment="of the grants that the letters are about"
        ),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="as in labels.LETTERS: award, change, cancellation …"
        ),
        sa.Column(
            "texts", sa.JSON(), nullable=False, comment="by name, as in wording.KINDS, with placeholders"
        ),
        sa.Column(
            "status",
            sa.Enum(
                *STATES,
                name="grants_textstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False, comment="why it was returned"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_letter_text_draft_decided")
        ),
        sa.CheckConstraint(
            "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_letter_text_draft_decided_by"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
            name=op.f("ck_letter_text_draft_four_eyes"),
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_letter_text_draft_{column}"))
            for column in ("drafted_by_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text_draft")),
    )
    op.create_index(
        "uq_letter_text_draft_waiting",
        "letter_text_draft",
        ["fiscal_year", "kind"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Texts that letters say are not thrown away."""
    found = op.get_bind().scalar(sa.text("SELECT count(*) FROM letter_text_draft WHERE status = 'approved'"))
    if found:
        raise RuntimeError(f"approved texts of letters, which an older version would not print: {found}")
    op.drop_table("letter_text_draft")
