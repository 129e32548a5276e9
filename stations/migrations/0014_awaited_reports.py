"""Reports that do not come: reminders, their days as a setting, and a deadline of its own after 差戻し.

Revision ID: 0014_awaited_reports
Revises: 0013_printed_as
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers

revision = "0014_awaited_reports"
down_revision = "0013_printed_as"


def upgrade() -> None:
    op.add_column(
        "fiscal_year_setting",
        sa.Column(
            "resubmit_days",
            sa.Integer(),
            sa.CheckConstraint("resubmit_days >= 1", name=op.f("ck_fiscal_year_setting_resubmit")),
            server_default="14",
            nullable=False,
            comment="in which a report that was sent back is due again",
        ),
    )
    op.add_column(
        "fiscal_year_setting",
        sa.Column(
            "reminder_days",
            sa.Text(),
            server_default="-7, 0, 7, 14",
            nullable=False,
            comment="when to remind of a report: days beside its deadline",
        ),
    )
    op.add_column(
        "grant",
        sa.Column(
            "report_due_on",
            sa.Date(),
            nullable=True,
            comment="a deadline of its own, after 差戻し or 一部取消し; NULL: by the year's settings",
        ),
    )
    op.create_table(
        "report_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column(
            "remind_on", sa.Date(), nullable=False, comment="the day that was due, not that of the job"
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="the deadline as it was then"),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False, comment="0: nobody of the committee has an address"),
        sa.CheckConstraint("mails >= 0", name=op.f("ck_report_reminder_mails")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_report_reminder_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reminder")),
        sa.UniqueConstraint("grant_id", "remind_on", name=op.f("uq_report_reminder_grant_id_remind_on")),
    )
    for statement in append_only_triggers("report_reminder", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("report_reminder")
    op.drop_column("grant", "report_due_on")
    op.drop_column("fiscal_year_setting", "reminder_days")
    op.drop_column("fiscal_year_setting", "resubmit_days")
