"""制度設定 of a fiscal year."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from stations.core import audit, clock
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.formatting import yen
from stations.core.labels import label
from stations.grants import queries, services
from stations.grants.forms.settings import SettingsForm
from stations.grants.settlement import FiscalTerms, ReallocationRule
from stations.grants.views import blueprint
from stations.grants.views.act import perform


@blueprint.route("/grants/settings", methods=["GET", "POST"])
@requires(Permission.GRANT_SETTINGS)
@writes
def settings() -> Any:
    """The terms of one year: shown, and changed until the first application."""
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    if not this_year - 20 <= year <= this_year + 1:
        year = this_year
    known = queries.settings(year)
    form = SettingsForm(data=_values(year))

    def save() -> None:
        services.save_settings(
            terms=form.terms(year),
            programme_item=form.programme_item.data or "",
            scheme=form.scheme.data or "",
            ordinance=form.ordinance.data or "",
            by=current_user,
        )

    if perform(form, save):
        flash(_("%(year)s年度の制度設定を保存しました。", year=year), "success")
        return redirect(url_for("grants.settings", year=year))
    return render_template(
        "grants/settings.html",
        form=form,
        year=year,
        years=sorted({this_year + 1, this_year, this_year - 1, year}, reverse=True),
        known=known,
        settled=queries.settings_settled(year),
        events=_history(known, form) if known is not None else [],
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("制度設定"), None)],
    )


def _history(known: Any, form: SettingsForm) -> list[audit.Entry]:
    """Who saved the settings, and which of them to what."""

    def words(name: str, value: Any) -> str:
        if name == "reallocation_rule":
            value = label(ReallocationRule(value))
        shown = yen(value) if name.endswith("_yen") else value or "—"
        return str(_("%(name)s：%(value)s", name=form[name].label.text, value=shown))

    return [
        replace(entry, reason="、".join(words(*one) for one in entry.detail.items() if one[0] in form))
        for entry in audit.timeline(known)
    ]


def _values(year: int) -> dict[str, Any]:
    """What stands in the boxes: the year's settings, else those of the year before, else the defaults."""
    known = queries.settings(year) or queries.settings(year - 1)
    if known is not None:
        names = (
            "rate_numerator rate_denominator cap_yen unit_yen report_days report_latest_month "
            "report_latest_day refund_days processing_days document_prefix retention_years programme_item "
            "scheme ordinance"
        )
        values = {name: getattr(known, name) for name in names.split()}
        return values | {"reallocation_rule": known.reallocation_rule.value}
    default = FiscalTerms(fiscal_year=year)
    return {
        "rate_numerator": default.rate_numerator,
        "rate_denominator": default.rate_denominator,
        "unit_yen": default.unit_yen,
        "report_days": default.report_days,
        "report_latest_month": default.report_latest[0],
        "report_latest_day": default.report_latest[1],
        "refund_days": default.refund_days,
        "processing_days": default.processing_days,
        "reallocation_rule": default.reallocation_rule.value,
        "retention_years": default.retention_years,
        "programme_item": "第2号",
        "scheme": _("まつどDEつながるステーション事業補助金"),
        "ordinance": _("まつどDEつながるステーション事業補助金交付要綱"),
    }
