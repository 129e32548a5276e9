"""制度設定 of a fiscal year."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from stations.core import audit, clock
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.formatting import fiscal_year, yen
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.grants import queries, services
from stations.grants.forms.settings import DeadlinesForm, SettingsForm
from stations.grants.settlement import (
    FiscalTerms,
    ReallocationRule,
    format_reminder_days,
    parse_reminder_days,
)
from stations.grants.views import blueprint, words
from stations.grants.views.act import perform

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
    inside = queries.sees_drafts(current_user)
    return render_template(
        "grants/settings.html",
        known=known,
        rows=_rows(known, shown) if shown is not None else [],
        year=year,
        years=_years(year),
        events=_history(known, shown) if shown is not None and inside else [],
        breadcrumb=_trail(),
    )


@blueprint.route("/grants/settings/edit", methods=["GET", "POST"])
@requires(Permission.GRANT_SETTINGS)
@writes
def edit_settings() -> Any:
    """All terms are changed until the first application of their year, the city's own deadlines also after it."""
    year = _asked_year()
    known = queries.settings(year)
    settled = known is not None and queries.settings_settled(year)
    # Whoever still sends the whole form of a year that is settled by now is told so by the service (409).
    whole = not settled or "unit_yen" in request.form
    values = _values(known or queries.settings(year - 1))
    form: Any = SettingsForm(data=values) if whole else DeadlinesForm(data=values)

    def save() -> None:
        if known is not None and not whole:
            services.change_deadlines(
                setting=known,
                processing_days=form.processing_days.data,
                resubmit_days=form.resubmit_days.data,
                reminder_days=form.read_reminder_days(),
                by=current_user,
            )
        else:
            services.save_settings(
                terms=form.terms(year),
                programme_item=form.programme_item.data or "",
                scheme=form.scheme.data or "",
                ordinance=form.ordinance.data or "",
                by=current_user,
            )

    if perform(form, save):
        flash(_("%(year)sの制度設定を保存しました。", year=fiscal_year(year)), "success")
        return redirect(url_for("grants.settings", year=year))
    return render_template(
        "grants/settings_form.html",
        form=form,
        whole=whole,
        known=known,
        year=year,
        units=UNITS,
        breadcrumb=_trail(_("変更") if known is not None else _("入力")),
    )


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


def _rows(known: Any, form: SettingsForm) -> list[dict[str, Any]]:
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
        return words.reminder_days(parse_reminder_days(value)) or "—"
    if name.endswith("_days"):
        return _("%(n)s日間", n=value)
    return f"{value}{UNITS[name]}" if name in UNITS else str(value)


def _history(known: Any, form: SettingsForm) -> list[audit.Entry]:
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
            changes="、".join(
                moved_words(name, moved) for name, moved in entry.detail.items() if name in form
            ),
        )
        for entry in audit.timeline(known)
    ]


def _values(known: Any) -> dict[str, Any]:
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
