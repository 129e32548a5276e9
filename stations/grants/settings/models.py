"""制度設定: what holds for every grant of a fiscal year."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import Model, enum_column
from stations.core.drafted import Drafted
from stations.core.language import lazy_gettext as _l
from stations.grants.settings import labels as labels  # registers what the enums are called
from stations.grants.settings.rules import FiscalTerms, ReallocationRule, parse_reminder_days
from stations.grants.settings.workflow import SETTINGS


class FiscalYearSetting(Model):
    """The 制度設定 of one fiscal year: rate, cap, rounding, deadlines, document prefix. Data of the city.

    Drafted by one official and in force when another has approved it (`SettingsDraft`); changed only until the first
    application of the year. Each change is an event. Demo values are fictional.
    """

    __tablename__ = "fiscal_year_setting"
    __table_args__ = (
        sa.CheckConstraint("rate_numerator BETWEEN 1 AND rate_denominator", name="rate"),
        sa.CheckConstraint("unit_yen >= 1", name="unit"),
        sa.CheckConstraint("cap_yen IS NULL OR cap_yen >= 1", name="cap"),
        sa.CheckConstraint("processing_days >= 1", name="processing"),
        sa.CheckConstraint("resubmit_days >= 1", name="resubmit"),
    )

    fiscal_year: orm.Mapped[int] = orm.mapped_column(unique=True)
    rate_numerator: orm.Mapped[int]
    rate_denominator: orm.Mapped[int]
    cap_yen: orm.Mapped[int | None]
    unit_yen: orm.Mapped[int]
    report_days: orm.Mapped[int] = orm.mapped_column(comment="days after completion")
    report_latest_month: orm.Mapped[int]
    report_latest_day: orm.Mapped[int]
    refund_days: orm.Mapped[int] = orm.mapped_column(default=20, comment="from the order to its due date")
    processing_days: orm.Mapped[int] = orm.mapped_column(
        default=30, server_default="30", comment="標準処理期間 of what a committee hands in"
    )
    resubmit_days: orm.Mapped[int] = orm.mapped_column(
        default=14, server_default="14", comment="in which a report that was sent back is due again"
    )
    reminder_days: orm.Mapped[str] = orm.mapped_column(
        default="-7, 0, 7, 14",
        server_default="-7, 0, 7, 14",
        comment="when to remind of a report: days beside its deadline",
    )
    reallocation_rule: orm.Mapped[ReallocationRule] = orm.mapped_column(enum_column(ReallocationRule))
    document_prefix: orm.Mapped[str] = orm.mapped_column(comment="課記号, as in 松地共第12号")
    retention_years: orm.Mapped[int]
    programme_item: orm.Mapped[str] = orm.mapped_column(default="第2号", comment="重層 item of payments")
    scheme: orm.Mapped[str] = orm.mapped_column(
        default="まつどDEつながるステーション事業補助金", comment="name of the grant on letters"
    )
    ordinance: orm.Mapped[str] = orm.mapped_column(
        default="まつどDEつながるステーション事業補助金交付要綱", comment="what letters rest on"
    )

    @property
    def report_latest(self) -> tuple[int, int]:
        """Month and day of the following year."""
        return self.report_latest_month, self.report_latest_day

    @property
    def terms(self) -> FiscalTerms:
        """The same settings as the pure rules take them."""
        return FiscalTerms(
            fiscal_year=self.fiscal_year,
            rate_numerator=self.rate_numerator,
            rate_denominator=self.rate_denominator,
            cap_yen=self.cap_yen,
            unit_yen=self.unit_yen,
            report_days=self.report_days,
            report_latest=self.report_latest,
            refund_days=self.refund_days,
            processing_days=self.processing_days,
            resubmit_days=self.resubmit_days,
            reminder_days=parse_reminder_days(self.reminder_days),
            reallocation_rule=self.reallocation_rule,
            document_prefix=self.document_prefix,
            retention_years=self.retention_years,
        )

    def body(self) -> Body:
        return Body()


class SettingsDraft(Drafted):
    """起案 of a year's 制度設定, all values. Written by `settings.services`."""

    __tablename__ = "settings_draft"
    STEPS = SETTINGS
    PAGE = "grants.settings"

    values: orm.Mapped[dict[str, Any]] = orm.mapped_column(comment="column of fiscal_year_setting → value")

    @property
    def called(self) -> Any:
        return _l("制度設定")
