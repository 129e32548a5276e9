"""A committee, how it is reached, and its officers with their terms."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.committees import columns, queries
from stations.committees.forms import AppointForm, CommitteeForm, EndTermForm
from stations.committees.labels import TONES
from stations.committees.services import districts
from stations.committees.services import officers as officer_services
from stations.committees.views import history
from stations.committees.views.pages import blueprint, trail
from stations.core import edit_conflicts, list_files, lists
from stations.core.access import Permission, Role
from stations.core.database import writes
from stations.core.forms import Form, succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken

if TYPE_CHECKING:
    from stations.committees.models import Committee

SHOWN = N_("役員の氏名")


@blueprint.get("/committees/<int:committee_id>")
@requires(Permission.COMMITTEE_READ, of=queries.committee, personal=SHOWN)
def committee(committee: "Committee") -> ResponseReturnValue:
    officers = queries.officers(committee)
    stations = lists.page_of(committee.stations, lists.asked_page("stations"))
    following = queries.next_by_station(station.id for station in stations.rows)
    return list_files.saved(
        columns.stations(following), stations.rows, _("ステーション"), committee.name, part="stations"
    ) or render_template(
        "committees/committee.html",
        committee=committee,
        officers=[one for one in officers if one.active],
        stations=stations,
        next_by_station=following,
        events=history.of_committee(committee, officers),
        tones=TONES,
        breadcrumb=trail(committee=committee),
    )


@blueprint.route("/committees/<int:committee_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_MANAGE, of=queries.committee)
@writes
def edit_committee(committee: "Committee") -> ResponseReturnValue:
    form = CommitteeForm(obj=committee)
    form.share(lambda: edit_conflicts.stored(committee, form.own))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: districts.edit_committee(
            committee=committee, loaded=form.loaded.data, by=current_user, **form.facts
        ),
    ):
        flash(_("連絡先を変更しました。"), "success")
        return redirect(url_for(".committee", committee_id=committee.id))
    return _form(form, committee, _("委員会の連絡先を変える"), _("変更する"), back=".committee")


@blueprint.get("/committees/<int:committee_id>/officers")
@requires(Permission.COMMITTEE_READ, of=queries.committee, personal=SHOWN)
def officers(committee: "Committee") -> ResponseReturnValue:
    officers, chosen = queries.officers(committee), lists.chosen("q")
    fitting = lists.holding(officers, chosen.get("q", ""), lambda one: (one.name, str(label(one.role))))
    return list_files.saved(
        columns.OFFICERS, fitting, _("役員と任期"), committee.name, chosen.get("q")
    ) or render_template(
        "committees/officers.html",
        committee=committee,
        officers=officers,
        found=lists.page_of(fitting, lists.asked_page()),
        chosen=chosen,
        breadcrumb=trail(committee=committee, here=_("役員")),
    )


@blueprint.route("/committees/<int:committee_id>/officers/appoint", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_MANAGE, of=queries.committee)
@writes
def appoint(committee: "Committee") -> ResponseReturnValue:
    form = AppointForm()
    form.offer(queries.OFFICE_ORDER)
    if form.validate_on_submit() and succeeds(form, lambda: _appoint(committee, form)):
        flash(_("役員を選任しました。"), "success")
        return redirect(url_for(".officers", committee_id=committee.id))
    return _form(form, committee, _("役員を選任する"), _("選任する"))


def _appoint(committee: "Committee", form: AppointForm) -> None:
    person = queries.person_by_login(form.login.data or "")
    if person is None:
        raise RuleBroken(
            "login", N_("このログイン名の利用者は見つかりません。先に利用者の登録を済ませてください。")
        )
    officer_services.appoint(
        committee=committee,
        person=person,
        role=Role(form.role.data),
        from_on=form.from_on.data,
        to_on=form.to_on.data,
        by=current_user,
    )


@blueprint.route("/committees/<int:committee_id>/officers/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_MANAGE, of=queries.committee, personal=SHOWN)
@writes
def end_term(committee: "Committee") -> ResponseReturnValue:
    """End one of the terms that hold now; ``?term=`` chooses it beforehand."""
    form = EndTermForm(term_id=request.args.get("term", ""))
    current = [one for one in queries.officers(committee) if one.active]
    form.term_id.choices = [
        ("", _("選んでください")),
        *((str(one.term_id), f"{label(one.role)}　{one.name}") for one in current),
    ]
    if form.validate_on_submit() and succeeds(form, lambda: _end_term(committee, form)):
        flash(_("任期の終わりを決めました。"), "success")
        return redirect(url_for(".officers", committee_id=committee.id))
    return _form(form, committee, _("役員の任期を終える"), _("任期を終える"))


def _end_term(committee: "Committee", form: EndTermForm) -> None:
    term = queries.term(int(form.term_id.data))
    assert term is not None  # it was among the choices
    officer_services.end_term(committee=committee, term=term, on=form.to_on.data, by=current_user)


def _form(
    form: Form, committee: "Committee", title: str, submit_label: str, *, back: str = ".officers"
) -> str:
    """The page of a form about a committee."""
    return render_template(
        "committees/form.html",
        form=form,
        title=title,
        lead=committee.name,
        submit_label=submit_label,
        cancel_url=url_for(back, committee_id=committee.id),
        breadcrumb=trail(committee=committee, here=title),
    )
