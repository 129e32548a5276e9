"""The administrator's pages: people, their roles and terms, links, and the log of views of personal data."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import edit_conflicts, list_files, lists, once
from stations.core.access import TWO_ADMINISTRATORS, Permission
from stations.core.database import creates, writes
from stations.core.errors import back_with
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, NotAllowed, RuleBroken
from stations.people import columns, queries, request_queries, viewed
from stations.people.forms import (
    EndRoleForm,
    FilterForm,
    InviteForm,
    ProfileForm,
    ReasonForm,
    RoleForm,
    ViewLogForm,
)
from stations.people.labels import TONES
from stations.people.services import accounts, links, requests, roles, second_factor
from stations.people.views import blueprint

if TYPE_CHECKING:
    from stations.people.models import Person, RoleAssignment

manages = requires(Permission.PEOPLE_MANAGE, of=queries.person, personal=N_("利用者の登録内容"))


def _trail(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("利用者の管理"), url_for("people.index")), *steps]


def _trail_of(person: "Person", here: str) -> list[tuple[str, str | None]]:
    return _trail((person.name, url_for("people.show", person_id=person.id)), (here, None))


@blueprint.get("/people")
@requires(Permission.PEOPLE_MANAGE, personal=N_("利用者の一覧"))
def index() -> ResponseReturnValue:
    """Everybody who signs in, with search, filters and pages."""
    form = FilterForm(request.args)
    form.offer()
    found = queries.people(
        search=form.q.data or "",
        role=form.role.data or "",
        status=form.status.data or "",
        page=lists.asked_page(),
    )
    narrowed = form.q.data, *form.narrowed
    return list_files.saved(columns.PEOPLE, found.rows, _("利用者の一覧"), *narrowed) or render_template(
        "people/index.html",
        form=form,
        found=found,
        tones=TONES,
        chosen=lists.chosen("q", "role", "status"),
        breadcrumb=[(_("利用者の管理"), None)],
    )


@blueprint.get("/people/<int:person_id>")
@requires(Permission.PEOPLE_MANAGE, of=queries.person, personal=N_("利用者の登録内容"))
def show(person: "Person") -> ResponseReturnValue:
    """One account: its state, roles with terms, and what was done to it."""
    return render_template(
        "people/show.html",
        person=person,
        roles=queries.role_rows(person),
        link=queries.open_link_of(person),
        codes_left=queries.recovery_codes_left(person),
        failed=queries.failed_sign_ins(person),
        asked=queries.open_requests(person),
        written=request_queries.newly_written([person]).get(person.id),
        events=queries.timeline(person),
        tones=TONES,
        own=person.id == current_user.id,
        breadcrumb=_trail((person.name, None)),
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@creates
def invite() -> ResponseReturnValue:
    """A new person, their first role, and the link they begin with."""
    form = InviteForm()
    form.offer(queries.bodies())
    if form.validate_on_submit():
        try:
            person = accounts.create_person(by=current_user, login=form.login.data or "", **form.facts)
            asked = _give_or_ask(person, form)
        except RuleBroken as broken:
            form.show(broken)
        else:
            if asked:
                return redirect(url_for(".show", person_id=person.id))
            once.leads_to(url_for(".show", person_id=person.id))  # the link itself is shown only now
            return _issue(person)
    return render_template("people/invite.html", form=form, breadcrumb=_trail((_("招待"), None)))


@blueprint.post("/people/<int:person_id>/link")
@manages
@writes
def issue_link(person: "Person") -> ResponseReturnValue:
    """A new invitation or reset link, shown this once to hand over; also mailed.

    To an address of a guarded account that one administrator wrote, another one sends it.
    """
    try:
        if accounts.guarded(person) and not request_queries.address_stands(person):
            requests.ask_for_link(person, by=current_user)
            flash(
                _(
                    "メールアドレスの確認を、ほかのシステム管理者に依頼しました。確認されるとリンクを送ります。"
                ),
                "success",
            )
            return redirect(url_for("people.show", person_id=person.id))
        return _issue(person)
    except RuleBroken as broken:
        answer: ResponseReturnValue = back_with(broken, url_for("people.show", person_id=person.id))
        return answer


def _give_or_ask(person: "Person", form: RoleForm) -> bool:
    """Give the role, or ask another administrator to agree to one that nobody gives alone; whether it was asked for."""
    chosen = form.chosen
    if chosen["role"] not in TWO_ADMINISTRATORS:
        made = roles.give_role(person=person, by=current_user, **chosen)
        flash(_("「%(role)s」の役割を加えました。", role=label(made.role)), "success")
        return False
    requests.ask_for_role(person=person, by=current_user, **chosen)
    flash(_("ほかのシステム管理者の確認を依頼しました。確認されると有効になります。"), "success")
    return True


def _issue(person: "Person") -> ResponseReturnValue:
    kind = queries.link_kind_for(person)
    url = links.issue_link(person, kind=kind, by=current_user)
    if accounts.guarded(person):
        flash(_("登録のメールアドレスにリンクを送りました。この画面には表示しません。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/link_issued.html",
        person=person,
        url=url,
        link=queries.open_link_of(person),
        breadcrumb=_trail_of(person, _("リンクの受け渡し")),
    )


@blueprint.route("/people/<int:person_id>/roles", methods=["GET", "POST"])
@manages
@creates
def give_role(person: "Person") -> ResponseReturnValue:
    """One more role for somebody, in a body, for a term."""
    form = RoleForm()
    form.offer(queries.bodies())
    if form.validate_on_submit():
        try:
            _give_or_ask(person, form)
        except (RuleBroken, NotAllowed) as refusal:
            form.show(refusal)
        else:
            return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/give_role.html", form=form, person=person, breadcrumb=_trail_of(person, _("役割を加える"))
    )


@blueprint.route("/people/roles/<int:role_assignment_id>/end", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, of=queries.role_assignment)
@writes
def end_role(assignment: "RoleAssignment") -> ResponseReturnValue:
    """The last day of a role; the role stays in history."""
    form = EndRoleForm()
    person = assignment.person
    if form.validate_on_submit():
        try:
            roles.end_role(assignment, on=form.to_on.data, by=current_user)
        except (RuleBroken, NotAllowed) as refusal:
            form.show(refusal)
        else:
            flash(_("役割の終わりの日を決めました。"), "success")
            return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/end_role.html",
        form=form,
        person=person,
        role=queries.role_row(assignment),
        breadcrumb=_trail_of(person, _("役割を終える")),
    )


@blueprint.route("/people/roles/<int:role_assignment_id>/revoke", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, of=queries.role_assignment)
@writes
def revoke_role(assignment: "RoleAssignment") -> ResponseReturnValue:
    """A role given by mistake: it stops at once, with a reason; asked twice."""
    form, person = ReasonForm(), assignment.person
    if form.validate_on_submit() and succeeds(
        form, lambda: roles.revoke_role(assignment, reason=form.reason.data or "", by=current_user)
    ):
        flash(_("役割を取り消しました。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/revoke_role.html",
        form=form,
        person=person,
        role=queries.role_row(assignment),
        breadcrumb=_trail_of(person, _("役割の取消し")),
    )


@blueprint.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@manages
@writes
def edit(person: "Person") -> ResponseReturnValue:
    """Somebody's name, reading and addresses, put right by an administrator."""
    form = ProfileForm(obj=person)
    form.share(lambda: edit_conflicts.stored(person, form.facts))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: accounts.change_profile(person, by=current_user, loaded=form.loaded.data, **form.facts),
    ):
        flash(_("登録内容を変更しました。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/edit.html", form=form, person=person, breadcrumb=_trail_of(person, _("登録内容の変更"))
    )


@blueprint.route("/people/<int:person_id>/disable", methods=["GET", "POST"])
@manages
@writes
def disable(person: "Person") -> ResponseReturnValue:
    """Stop an account, with a reason; asked twice."""
    form = ReasonForm()
    if form.validate_on_submit():
        accounts.disable(person, by=current_user, reason=form.reason.data or "")
        flash(_("利用を停止しました。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/disable.html", form=form, person=person, breadcrumb=_trail_of(person, _("利用停止"))
    )


@blueprint.post("/people/<int:person_id>/enable")
@manages
@creates
def enable(person: "Person") -> ResponseReturnValue:
    """Let a stopped account sign in again, or ask another administrator to agree."""
    if accounts.guarded(person):
        requests.ask_for_enabling(person, by=current_user)
        flash(_("ほかのシステム管理者の確認を依頼しました。確認されると再開します。"), "success")
    else:
        accounts.enable(person, by=current_user)
        flash(_("利用を再開しました。"), "success")
    return redirect(url_for("people.show", person_id=person.id))


@blueprint.route("/people/<int:person_id>/authenticator", methods=["GET", "POST"])
@manages
@creates
def reset_second_factor(person: "Person") -> ResponseReturnValue:
    """For somebody who lost both the app and the recovery codes; asked twice, or of two administrators."""
    by_two = accounts.guarded(person)
    if request.method == "POST" and by_two:
        requests.ask_for_reset(person, by=current_user)
        flash(_("ほかのシステム管理者の確認を依頼しました。確認されると解除されます。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    if request.method == "POST":
        second_factor.reset_second_factor(person, by=current_user)
        flash(_("認証アプリの登録を解除しました。次のサインインのときに登録し直します。"), "success")
        return redirect(url_for("people.show", person_id=person.id))
    return render_template(
        "people/reset_second_factor.html",
        person=person,
        by_two=by_two,
        breadcrumb=_trail_of(person, _("認証アプリの登録解除")),
    )


@blueprint.get("/people/view-log")
@requires(Permission.AUDIT_READ)
def view_log() -> ResponseReturnValue:
    """Who looked at which personal data, and when."""
    by = request.args.get("by", type=int)
    form = ViewLogForm(request.args)
    search, sheet = form.q.data or "", form.sheet.data or ""
    found = viewed.view_log(by=by, search=search, sheet=sheet, page=lists.asked_page())
    person = queries.person(by) if by is not None else None
    return list_files.saved(
        columns.VIEWS,
        found.rows,
        _("閲覧の一覧"),
        person and person.name,
        search,
        sheet,
        personal=N_("個人情報の閲覧記録"),
    ) or render_template(
        "people/view_log.html",
        found=found,
        form=form,
        chosen=lists.chosen("by", "q", "sheet"),
        person=person,
        breadcrumb=[(_("個人情報の閲覧記録"), None)],
    )
