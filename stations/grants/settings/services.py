"""制度設定 of a fiscal year: drafted by an officer, approved by another official, changed until the first application."""

from dataclasses import asdict, replace
from typing import Any

from flask_babel import force_locale

from stations.applications import queries as plan_queries
from stations.core import audit, clock, outbox
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, db, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.notices import link_to
from stations.grants.settings import queries, rules
from stations.grants.settings.labels import SettingsAct
from stations.grants.settings.models import FiscalYearSetting, SettingsDraft
from stations.grants.settings.rules import FiscalTerms, ReallocationRule
from stations.people.rules import check_four_eyes


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
    earlier = queries.pending_settings(terms.fiscal_year)
    if earlier is not None:
        lock(earlier).approved = False
        earlier.decided_at = clock.now()
        db.session.flush()
    draft = add(
        SettingsDraft(
            fiscal_year=terms.fiscal_year, values=values, drafted_by_id=by.id, drafted_at=clock.now()
        )
    )
    audit.record(draft, act=SettingsAct.DRAFT, by=by)
    _notify(Role.APPROVER, draft, N_("制度設定の決裁をお願いします"), by=by)
    return draft


def approve_settings(*, draft: SettingsDraft, by: Actor) -> FiscalYearSetting:
    """決裁 by another official: the drafted values are in force; the event names each value before ("" at first) and after.

    `RuleBroken` for who drafted them; `Conflict` when the draft is decided already, or somebody has applied.
    """
    setting = queries.settings(draft.fiscal_year)
    _begin(draft, setting, by=by)
    check_four_eyes(by.id, draft.maker_ids())
    _check_open(draft.fiscal_year)
    _decide(draft, approved=True, by=by)
    values = draft.values | {"reallocation_rule": ReallocationRule(draft.values["reallocation_rule"])}
    if setting is None:
        setting = add(FiscalYearSetting(**values))
        moved = {name: ("", value) for name, value in values.items()}
    else:
        moved = _change(setting, values)
    audit.record(setting, act=SettingsAct.APPROVE, by=by, detail=moved)
    _notify(Role.OFFICER, draft, N_("制度設定が決裁されました"), by=by)
    return setting


def return_settings(*, draft: SettingsDraft, reason: str, by: Actor) -> None:
    """差戻し of a draft, with its reason; what is in force stays. `Conflict` when it is decided already."""
    _begin(draft, queries.settings(draft.fiscal_year), by=by)
    check_four_eyes(by.id, draft.maker_ids())
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    draft.decision_reason = reason.strip()
    _decide(draft, approved=False, by=by)
    audit.record(draft, act=SettingsAct.RETURN, by=by, reason=draft.decision_reason)
    _notify(Role.OFFICER, draft, N_("制度設定の起案が差し戻されました"), by=by)


def _begin(draft: SettingsDraft, setting: FiscalYearSetting | None, *, by: Actor) -> None:
    """Hold the settings, then the draft, and make sure that ``by`` may decide and that nobody has yet."""
    if setting is not None:
        lock(setting)
    lock(draft)
    demand(by, Permission.GRANT_SETTINGS)
    if draft.decided_at is not None:
        raise Conflict(None, N_("この起案は、もう決裁を待っていません。制度設定を開き直してください。"))


def _check_open(fiscal_year: int) -> None:
    if queries.settings_settled(fiscal_year):
        raise Conflict(None, N_("この年度の交付申請を受け付けたため、制度設定を変えられません。"))


def _decide(draft: SettingsDraft, *, approved: bool, by: Actor) -> None:
    draft.approved = approved
    draft.decided_by_id = by.id
    draft.decided_at = clock.now()


def _notify(role: Role, draft: SettingsDraft, subject: str, *, by: Actor) -> None:
    """Mail who holds a role in the city, in their language."""
    for person in plan_queries.holders(role):
        if person.id == by.id:
            continue
        with force_locale(person.language):
            body = f"{_(subject)}\n{link_to(person, 'grants.settings', year=draft.fiscal_year)}".rstrip()
            outbox.queue(to=person, subject=_(subject), body=body)


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
