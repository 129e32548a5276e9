"""制度設定 of a fiscal year: drafted by an officer, approved by another official, changed until the first application."""

from dataclasses import asdict, replace
from typing import Any

from stations.core import audit
from stations.core.access import Actor, Permission, demand
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict
from stations.grants.settings import queries, rules
from stations.grants.settings.labels import SettingsAct
from stations.grants.settings.models import FiscalYearSetting, SettingsDraft
from stations.grants.settings.rules import FiscalTerms, ReallocationRule
from stations.people.services import drafts


def draft_settings(
    *,
    terms: FiscalTerms,
    by: Actor,
    programme_item: str = "第2号",
    scheme: str = "まつどDEつながるステーション事業補助金",
    ordinance: str = "まつどDEつながるステーション事業補助金交付要綱",
) -> SettingsDraft:
    """起案 of the settings of ``terms.fiscal_year`` by an officer; they hold when another official has approved them.

    A draft that waits already is ended by this one. `RuleBroken` on what could not work; `Conflict` once somebody
    has applied under the year's settings.
    """
    setting = queries.settings(terms.fiscal_year)
    demand(by, Permission.GRANT_REVIEW)
    rules.check_terms(terms)
    if setting is not None:
        lock(setting)
    _check_open(terms.fiscal_year)
    values = {
        **asdict(terms),
        "programme_item": programme_item,
        "scheme": scheme,
        "ordinance": ordinance,
    }
    values["reminder_days"] = rules.format_reminder_days(terms.reminder_days)
    values["report_latest_month"], values["report_latest_day"] = values.pop("report_latest")
    return drafts.begin(SettingsDraft(fiscal_year=terms.fiscal_year, values=values), by=by)


def approve_settings(*, draft: SettingsDraft, by: Actor) -> FiscalYearSetting:
    """決裁 by another official: the drafted values are in force; the event names each value before ("" at first) and after.

    `Conflict` when the draft is decided already, or somebody has applied.
    """
    setting = queries.settings(draft.fiscal_year)
    with drafts.approving(draft, by=by, under=[setting] if setting is not None else ()) as taken:
        _check_open(draft.fiscal_year)
        values = draft.values | {"reallocation_rule": ReallocationRule(draft.values["reallocation_rule"])}
        if setting is None:
            setting = add(FiscalYearSetting(**values))
            taken.detail = {name: ("", value) for name, value in values.items()}
        else:
            taken.detail = _change(setting, values)
    return setting


def _check_open(fiscal_year: int) -> None:
    if queries.settings_settled(fiscal_year):
        raise Conflict(None, N_("この年度の交付申請を受け付けたため、制度設定を変えられません。"))


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
    rules.check_terms(replace(setting.terms, processing_days=processing_days, resubmit_days=resubmit_days))
    values = {
        "processing_days": processing_days,
        "resubmit_days": resubmit_days,
        "reminder_days": rules.format_reminder_days(reminder_days),
    }
    if moved := _change(setting, values):
        audit.record(setting, act=SettingsAct.SAVE, by=by, detail=moved)
