"""Agencies: the city keeps the list."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.committees import queries as committees
from stations.core import audit, edit_conflicts, list_files, lists
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.referrals import columns
from stations.referrals.forms import AgencyForm, DeskForm
from stations.referrals.queries import sheets
from stations.referrals.services import agencies as referral_agencies
from stations.referrals.views.pages import blueprint

if TYPE_CHECKING:
    from stations.referrals.models import Agency


def _trail(here: str | None = None) -> list[tuple[str, str | None]]:
    agencies = url_for("referrals.agencies") if here else None
    steps = [(_("相談機関"), agencies)]
    return [*steps, (here, None)] if here else steps


@blueprint.get("/agencies")
@requires(Permission.AGENCY_MANAGE)
def agencies() -> ResponseReturnValue:
    names = {one.id: one.name for one in committees.districts()}
    chosen = lists.chosen("q", "district")
    district = chosen.get("district")
    rows = [one for one in sheets.agencies(closed=True) if district in (None, str(one.district_id))]
    rows = lists.holding(rows, chosen.get("q", ""), lambda one: (one.name, one.kind, one.phone))
    return list_files.saved(
        columns.agencies(names), rows, _("相談機関の一覧"), names.get(int(district or 0)), chosen.get("q")
    ) or render_template(
        "referrals/agencies.html",
        found=lists.page_of(rows, lists.asked_page()),
        chosen=chosen,
        desk=sheets.desk_name(),
        districts=names,
        breadcrumb=_trail(),
    )


@blueprint.route("/agencies/new", methods=["GET", "POST"])
@requires(Permission.AGENCY_MANAGE)
@creates
def new_agency() -> ResponseReturnValue:
    form = AgencyForm()
    return _page(
        form,
        None,
        lambda: referral_agencies.create_agency(facts=_facts(form), by=current_user),
        _("相談機関を登録する"),
    )


@blueprint.route("/agencies/<int:agency_id>/edit", methods=["GET", "POST"])
@requires(Permission.AGENCY_MANAGE, of=sheets.agency)
@writes
def edit_agency(agency: "Agency") -> ResponseReturnValue:
    form = AgencyForm(obj=agency, data={"district_id": agency.district_id or 0})
    form.share(lambda: edit_conflicts.stored(agency, _facts(form).editable))
    return _page(
        form,
        agency,
        lambda: referral_agencies.edit_agency(
            agency=agency, facts=_facts(form), loaded=form.loaded.data, by=current_user
        ),
        _("相談機関を変更する"),
    )


@blueprint.route("/agencies/<int:agency_id>/desk", methods=["GET", "POST"])
@requires(Permission.AGENCY_MANAGE, of=sheets.agency)
@writes
def appoint_desk(agency: "Agency") -> ResponseReturnValue:
    """This agency becomes 福祉まるごと相談窓口: a page says what that means and asks why."""
    if request.method == "GET" and (agency.is_marugoto_desk or agency.closed_on):
        return redirect(url_for(".edit_agency", agency_id=agency.id))
    act = referral_agencies.appoint_desk
    return _desk_page(agency, act, _("%(name)sを福祉まるごと相談窓口にする", name=agency.name))


@blueprint.route("/agencies/<int:agency_id>/desk/end", methods=["GET", "POST"])
@requires(Permission.AGENCY_MANAGE, of=sheets.agency)
@writes
def relieve_desk(agency: "Agency") -> ResponseReturnValue:
    """This agency is 福祉まるごと相談窓口 no longer; another address than the one above, so that no press does both."""
    if request.method == "GET" and not agency.is_marugoto_desk:
        return redirect(url_for(".edit_agency", agency_id=agency.id))
    act = referral_agencies.relieve_desk
    return _desk_page(agency, act, _("%(name)sを福祉まるごと相談窓口でなくする", name=agency.name))


def _desk_page(agency: "Agency", act: Callable[..., None], heading: str) -> ResponseReturnValue:
    form = DeskForm()
    form.share(lambda: {"desk": sheets.desk_name()})
    if form.validate_on_submit() and succeeds(
        form,
        lambda: act(agency=agency, reason=form.reason.data or "", loaded=form.loaded.data, by=current_user),
    ):
        flash(_("福祉まるごと相談窓口を変更しました。"), "success")
        return redirect(url_for(".agencies"), 303)
    return render_template(
        "referrals/desk.html",
        form=form,
        agency=agency,
        appoints=act is referral_agencies.appoint_desk,
        desk=sheets.desk_name(),
        heading=heading,
        breadcrumb=_trail(heading),
    )


def _page(
    form: AgencyForm, agency: "Agency | None", act: Callable[[], object], heading: str
) -> ResponseReturnValue:
    form.offer([(one.id, one.name) for one in committees.districts()])
    if form.validate_on_submit() and succeeds(form, act):
        flash(_("相談機関を保存しました。"), "success")
        return redirect(url_for(".agencies"), 303)
    return render_template(
        "referrals/agency.html",
        form=form,
        agency=agency,
        heading=heading,
        events=audit.timeline(agency) if agency else [],
        breadcrumb=_trail(heading),
    )


def _facts(form: AgencyForm) -> referral_agencies.AgencyFacts:
    return referral_agencies.AgencyFacts(
        name=form.name.data or "",
        kind=form.kind.data or "",
        phone=form.phone.data or "",
        district_id=form.district_id.data or None,
        closed_on=form.closed_on.data,
    )
