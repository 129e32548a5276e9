"""The settings of a fiscal year (制度設定): those in force, those that are drafted, and what grants take from them."""

import datetime as dt
from functools import cache

import sqlalchemy as sa

from stations.core import clock, drafted
from stations.core.database import db
from stations.core.messages import N_, RuleBroken
from stations.grants.models import Grant
from stations.grants.rules import Status
from stations.grants.settings import rules
from stations.grants.settings.models import FiscalYearSetting, SettingsDraft
from stations.grants.settings.rules import FiscalTerms, ReallocationRule


def settings(fiscal_year: int) -> FiscalYearSetting | None:
    return db.session.scalars(_settings(), {"fiscal_year": fiscal_year}).one_or_none()


@cache  # built once: writing down such a statement takes longer than asking it
def _settings() -> sa.Select[FiscalYearSetting]:
    return sa.select(FiscalYearSetting).where(FiscalYearSetting.fiscal_year == sa.bindparam("fiscal_year"))


def reallocation_rule(grant: Grant) -> ReallocationRule:
    """How far 流用 is free in the grant's year; the stricter default while the year has no settings."""
    return grant.setting.reallocation_rule if grant.setting is not None else ReallocationRule.SMALLER20


def settings_draft(settings_draft_id: int) -> SettingsDraft | None:
    return drafted.draft(SettingsDraft, settings_draft_id)


def settings_drafts(fiscal_year: int) -> list[SettingsDraft]:
    """All drafts of a year's 制度設定, oldest first."""
    return drafted.drafts(SettingsDraft, fiscal_year=fiscal_year)


def settings_settled(fiscal_year: int) -> bool:
    """Whether a grant of the year has been applied for: what its amount was computed by then stands."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Grant)
            .where(Grant.fiscal_year == fiscal_year, Grant.status != Status.WITHDRAWN)
        )
    )


def terms_of(grant: Grant, setting: FiscalYearSetting | None = None) -> FiscalTerms:
    """The terms of the grant's year; the defaults while it has none."""
    known = setting or grant.setting
    return known.terms if known is not None else FiscalTerms(fiscal_year=grant.fiscal_year)


def process_by(grant: Grant, received_at: dt.datetime | None) -> dt.date | None:
    """Until when the city deals with what it received from the committee (標準処理期間); None for nothing."""
    if received_at is None or (setting := grant.setting) is None:
        return None
    return rules.processing_deadline(clock.local_date(received_at), setting.processing_days)


def settings_of(fiscal_year: int) -> FiscalYearSetting:
    """The year's 制度設定; `RuleBroken` when the city has not set them."""
    found = settings(fiscal_year)
    if found is None:
        raise RuleBroken(
            None,
            N_(
                "%(year)s年度の制度設定がまだありません。担当が起案し、課長が決裁すると、この手続きに進めます。"
            ),
            year=fiscal_year,
        )
    return found
