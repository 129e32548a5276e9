"""制度設定 of a fiscal year."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from stations.core import audit, clock
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.grants import queries, services
from stations.grants.forms.settings import ProcessingForm, SettingsForm
from stations.grants.settlement import FiscalTerms, ReallocationRule
from stations.grants.views import blueprint
from stations.grants.views.act import perform

UNITS = {
    "cap_yen": _l("円"),
    "unit_yen": _l("円"),
    "report_days": _l("日"),
    "report_latest_month": _l("月"),
    "report_latest_day": _l("日"),
    "refund_days": _l("日"),
    "processing_days": _l("日"),
    "retention_years": _l("年"),
}


@blueprint.route("/grants/settings", methods=["GET", "POST"])
@requires(Permission.GRANT_SETTINGS)
@writes
def settings() -> Any:
    """The terms of one year: shown, and changed until the first application; the 標準処理期間 also after it."""
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    if not this_year - 20 <= year <= this_year + 1:
        year = this_year
    known = queries.settings(year)
    settled = known is not None and queries.settings_settled(year)
    # Whoever still sends the whole form of a year that is settled by now is told so by the service (409).
    whole = not settled or "unit_yen" in request.form
    form: Any = SettingsForm(data=_values(year)) if whole else ProcessingForm(data=_values(year))
    shown = form if whole else SettingsForm(formdata=None, data=_values(year))

    def save() -> None:
        if known is not None and not whole:
            services.change_processing_days(setting=known, days=form.processing_days.data, by=current_user)
        else:
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
        shown=shown,
        year=year,
        years=sorted({this_year + 1, this_year, this_year - 1, year}, reverse=True),
        known=known,
        settled=settled,
        units=UNITS,
        events=_history(known, shown) if known is not None else [],
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("制度設定"), None)],
    )


def _history(known: Any, form: SettingsForm) -> list[audit.Entry]:
    """Who saved the settings, and which of them to what."""

    def words(name: str, value: Any) -> str:
        if name == "reallocation_rule":
            value = label(ReallocationRule(value))
        shown = "—" if value in {None, ""} else f"{value:,}{UNITS[name]}" if name in UNITS else value
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
