"""制度設定 of a fiscal year: entered by the approver, changed until the first application."""

from dataclasses import asdict, replace
from typing import Any

from stations.core import audit
from stations.core.access import Actor, Permission, demand
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict
from stations.grants import queries, settlement
from stations.grants.labels import SettingsAct
from stations.grants.settings import FiscalYearSetting
from stations.grants.settlement import FiscalTerms


def save_settings(
    *,
    terms: FiscalTerms,
    by: Actor,
    programme_item: str = "第2号",
    scheme: str = "まつどDEつながるステーション事業補助金",
    ordinance: str = "まつどDEつながるステーション事業補助金交付要綱",
) -> FiscalYearSetting:
    """Enter or change the settings of ``terms.fiscal_year``; the event tells each from what ("" at first) to what.

    `RuleBroken` on what could not work; `Conflict` once somebody has applied under them.
    """
    setting = queries.settings(terms.fiscal_year)
    demand(by, Permission.GRANT_SETTINGS, setting)
    settlement.check_terms(terms)
    if setting is not None:
        lock(setting)
    if queries.settings_settled(terms.fiscal_year):
        raise Conflict(None, N_("この年度の交付申請を受け付けたため、制度設定を変えられません。"))
    values = {
        **asdict(terms),
        "programme_item": programme_item,
        "scheme": scheme,
        "ordinance": ordinance,
    }
    values["reminder_days"] = settlement.format_reminder_days(terms.reminder_days)
    values["report_latest_month"], values["report_latest_day"] = values.pop("report_latest")
    if setting is None:
        setting = add(FiscalYearSetting(**values))
        moved = {name: ("", value) for name, value in values.items()}
    else:
        moved = _change(setting, values)
    audit.record(setting, act=SettingsAct.SAVE, by=by, detail=moved)
    return setting


def _change(setting: FiscalYearSetting, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write the values that differ; name → (before, after)."""
    moved = {
        name: (getattr(setting, name), value)
        for name, value in values.items()
        if getattr(setting, name) != value
    }
    for name, (_before, value) in moved.items():
        setattr(setting, name, value)
    db.session.flush()
    return moved


def change_deadlines(
    *,
    setting: FiscalYearSetting,
    processing_days: int,
    resubmit_days: int,
    reminder_days: tuple[int, ...],
    by: Actor,
) -> None:
    """Change what the city sets itself and when it reminds, at any time: no amount and no letter rests on it.

    `RuleBroken` on "processing_days" or "resubmit_days" beyond a year.
    """
    lock(setting)
    demand(by, Permission.GRANT_SETTINGS, setting)
    settlement.check_terms(
        replace(setting.terms, processing_days=processing_days, resubmit_days=resubmit_days)
    )
    values = {
        "processing_days": processing_days,
        "resubmit_days": resubmit_days,
        "reminder_days": settlement.format_reminder_days(reminder_days),
    }
    if moved := _change(setting, values):
        audit.record(setting, act=SettingsAct.SAVE, by=by, detail=moved)
