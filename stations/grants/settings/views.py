"""制度設定 of a fiscal year."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.drafted import last_waiting
from stations.core.drafts import DraftAct
from stations.core.formatting import fiscal_year, yen
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.grants import disclosure
from stations.grants.pages import presenters
from stations.grants.pages.act import perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.settings import queries, services
from stations.grants.settings.forms import DeadlinesForm, SettingsForm
from stations.grants.settings.rules import (
    FiscalTerms,
    ReallocationRule,
    format_reminder_days,
    parse_reminder_days,
)
from stations.grants.settings.workflow import SETTINGS
from stations.people import deciding

if TYPE_CHECKING:
    from stations.grants.settings.models import FiscalYearSetting, SettingsDraft

UNITS = {
    "cap_yen": _l("円"),
    "unit_yen": _l("円"),
    "report_days": _l("日"),
    "report_latest_month": _l("月"),
    "report_latest_day": _l("日"),
    "refund_days": _l("日"),
    "processing_days": _l("日"),
    "resubmit_days": _l("日"),
    "retention_years": _l("年"),
}


@blueprint.get("/grants/settings")
@requires(Permission.GRANT_READ)
def settings() -> str:
    """The terms of one year, for everybody whose money they decide on; who changed them, for the city."""
    year = _asked_year()
    known = queries.settings(year)
    shown = SettingsForm(formdata=None, data=_values(known)) if known is not None else None
    inside = disclosure.sees_drafts(current_user)
    return render_template(
        "grants/settings.html",
        known=known,
        rows=_rows(known, shown) if known is not None and shown is not None else [],
        year=year,
        years=_years(year),
        compared=_compared,
        against=_against(year),
        settled=queries.settings_settled(year),
        breadcrumb=_trail(),
        **deciding.standing(queries.settings_drafts(year) if inside else [])
        | {"events": _history(known, shown) if known is not None and shown is not None and inside else []},
    )


@blueprint.route("/grants/settings/edit", methods=["GET", "POST"])
@requires(Permission.GRANT_REVIEW)
@creates
def edit_settings() -> ResponseReturnValue:
    """起案 of all terms, until the first application of their year; they hold when another official approves them."""
    year = _asked_year()
    known, waiting = queries.settings(year), last_waiting(queries.settings_drafts(year))
    if request.method == "GET" and known is not None and queries.settings_settled(year):
        return redirect(url_for("grants.settings", year=year))
    drafted = waiting.values if waiting is not None else None
    form = SettingsForm(data=drafted or _values(known or queries.settings(year - 1)))

    def save() -> None:
        services.draft_settings(
            terms=form.terms(year),
            programme_item=form.programme_item.data or "",
            scheme=form.scheme.data or "",
            ordinance=form.ordinance.data or "",
            by=current_user,
        )

    if perform(form, save):
        flash(
            _("%(year)sの制度設定を起案しました。ほかの方の決裁をお待ちください。", year=fiscal_year(year)),
            "success",
        )
        return redirect(url_for("grants.settings", year=year))
    return render_template(
        "grants/settings_form.html",
        form=form,
        known=known,
        waiting=waiting,
        year=year,
        units=UNITS,
        breadcrumb=_trail(_("起案")),
    )


@blueprint.route("/grants/settings/deadlines", methods=["GET", "POST"])
@requires(Permission.GRANT_SETTINGS)
@writes
def edit_deadlines() -> ResponseReturnValue:
    """The city's own deadlines and reminders, at any time: no amount rests on them."""
    year = _asked_year()
    known = queries.settings(year)
    if known is None:
        return redirect(url_for("grants.settings", year=year))
    form = DeadlinesForm(data=_values(known))

    def save() -> None:
        services.change_deadlines(
            setting=known,
            processing_days=form.processing_days.data,
            resubmit_days=form.resubmit_days.data,
            reminder_days=form.read_reminder_days(),
            by=current_user,
        )

    if perform(form, save):
        flash(_("%(year)sの制度設定を保存しました。", year=fiscal_year(year)), "success")
        return redirect(url_for("grants.settings", year=year))
    return render_template(
        "grants/deadlines_form.html",
        form=form,
        settled=queries.settings_settled(year),
        year=year,
        units=UNITS,
        breadcrumb=_trail(_("期限と催促の日")),
    )


@blueprint.route("/grants/settings/drafts/<int:settings_draft_id>", methods=["GET", "POST"])
@requires(SETTINGS.permission(DraftAct.APPROVE), of=queries.settings_draft)
@creates
def approve_settings(draft: "SettingsDraft") -> ResponseReturnValue:
    """決裁 of a draft, beside what is in force."""
    there = url_for("grants.settings", year=draft.fiscal_year)
    return deciding.decide(
        draft,
        lambda: services.approve_settings(draft=draft, by=current_user),
        done=_("制度設定を決裁しました。いまから有効です。"),
        template="grants/settings_approve.html",
        rows=_compared(draft),
        against=_against(draft.fiscal_year),
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("制度設定"), there), (_("決裁"), None)],
    )


def _against(year: int) -> "FiscalYearSetting | None":
    """What a draft of the year is compared with: what is in force, else the year before's; None without either."""
    return queries.settings(year) or queries.settings(year - 1)


def _compared(draft: "SettingsDraft") -> list[dict[str, object]]:
    """Each setting: as it is, as drafted, and whether the two differ; those on which amounts rest come first."""
    known, form = _against(draft.fiscal_year), SettingsForm(formdata=None)
    return [
        {
            "name": field.label.text,
            "now": _words(field.name, getattr(known, field.name)) if known is not None else "—",
            "then": (then := _words(field.name, draft.values[field.name])),
            "differs": known is None or _words(field.name, getattr(known, field.name)) != then,
        }
        for field in sorted(form, key=lambda field: hasattr(DeadlinesForm, field.name))
        if field.name in draft.values
    ]


def _asked_year() -> int:
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    return year if this_year - 20 <= year <= this_year + 1 else this_year


def _years(year: int) -> list[int]:
    this_year = clock.fiscal_year(clock.today())
    return sorted({this_year + 1, this_year, this_year - 1, year}, reverse=True)


def _trail(step: str = "") -> list[tuple[str, str | None]]:
    here = (_("制度設定"), url_for("grants.settings", year=_asked_year()) if step else None)
    return [(_("助成金"), url_for("grants.index")), here, *([(step, None)] if step else [])]


def _rows(known: "FiscalYearSetting", form: SettingsForm) -> list[dict[str, object]]:
    """The terms in words; those that only say something together stand in one row."""
    together = {
        "rate_numerator": (_("補助率"), f"{known.rate_numerator}/{known.rate_denominator}"),
        "rate_denominator": None,
        "report_days": (
            _("実績報告の期限"),
            _(
                "事業完了から%(days)s日。ただし、翌年度の%(month)s月%(day)s日まで",
                days=known.report_days,
                month=known.report_latest_month,
                day=known.report_latest_day,
            ),
        ),
        "report_latest_month": None,
        "report_latest_day": None,
    }
    own = {
        field.name: (field.label.text, _words(field.name, getattr(known, field.name)))
        for field in form
        if hasattr(known, field.name)
    }
    return [{"key": row[0], "value": row[1]} for row in (own | together).values() if row is not None]


def _words(name: str, value: Any) -> str:
    """A setting as people read it."""
    if value is None or value == "":
        return "—"
    if name == "reallocation_rule":
        return str(label(ReallocationRule(value)))
    if name.endswith("_yen"):
        return yen(value)
    if name == "reminder_days":
        return presenters.reminder_days(parse_reminder_days(value)) or "—"
    if name.endswith("_days"):
        return counted("%(n)s日間", n=value)
    return f"{value}{UNITS[name]}" if name in UNITS else str(value)


def _history(known: "FiscalYearSetting", form: SettingsForm) -> list[audit.Entry]:
    """Who saved the settings, and which of them from what to what."""

    def moved_words(name: str, moved: Any) -> str:
        before, after = (
            moved if isinstance(moved, list) else ("", moved)
        )  # early events kept the new value only
        said = {"name": form[name].label.text, "before": _words(name, before), "after": _words(name, after)}
        return (
            _("%(name)s：%(before)s → %(after)s", **said)
            if before != ""
            else _("%(name)s：%(after)s", **said)
        )

    return [
        replace(
            entry,
            changes=_("、").join(
                moved_words(name, moved) for name, moved in entry.detail.items() if name in form
            ),
        )
        for entry in audit.timeline(known, *queries.settings_drafts(known.fiscal_year))
    ]


def _values(known: "FiscalYearSetting | None") -> dict[str, object]:
    """What stands in the boxes: the year's settings, or those of the year before, else the defaults."""
    if known is not None:
        names = (
            "rate_numerator rate_denominator cap_yen unit_yen report_days report_latest_month "
            "report_latest_day refund_days processing_days resubmit_days document_prefix retention_years programme_item "
            "scheme ordinance"
        )
        values = {name: getattr(known, name) for name in names.split()}
        return values | {
            "reallocation_rule": known.reallocation_rule.value,
            "reminder_days": known.reminder_days,
        }
    default = FiscalTerms(fiscal_year=0)
    return {
        "rate_numerator": default.rate_numerator,
        "rate_denominator": default.rate_denominator,
        "unit_yen": default.unit_yen,
        "report_days": default.report_days,
        "report_latest_month": default.report_latest[0],
        "report_latest_day": default.report_latest[1],
        "refund_days": default.refund_days,
        "processing_days": default.processing_days,
        "resubmit_days": default.resubmit_days,
        "reminder_days": format_reminder_days(default.reminder_days),
        "reallocation_rule": default.reallocation_rule.value,
        "retention_years": default.retention_years,
        "programme_item": "第2号",
        "scheme": _("まつどDEつながるステーション事業補助金"),
        "ordinance": _("まつどDEつながるステーション事業補助金交付要綱"),
    }
