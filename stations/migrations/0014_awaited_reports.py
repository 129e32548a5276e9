"""Reports that do not come: reminders, their days as a setting, and a deadline of its own after 差戻し.

Revision ID: 0014_awaited_reports
Revises: 0013_printed_as
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers
from stations.core.schema import day, integer, make_table, moment, refers

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
    make_table(
        "report_reminder",
        refers("grant_id", "grant"),
        day("remind_on", comment="the day that was due, not that of the job"),
        day("due_on", comment="the deadline as it was then"),
        moment("sent_at"),
        integer("mails", comment="0: nobody of the committee has an address"),
        unique=[("grant_id", "remind_on")],
        checks={"mails": "mails >= 0"},
    )
    for statement in append_only_triggers("report_reminder", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("report_reminder")
    op.drop_column("grant", "report_due_on")
    op.drop_column("fiscal_year_setting", "reminder_days")
    op.drop_column("fiscal_year_setting", "resubmit_days")
