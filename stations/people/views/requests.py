"""What one administrator asks another for: the list, agreeing, declining, taking back."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import formatting, list_files, lists
from stations.core.access import Permission
from stations.core.database import writes
from stations.core.errors import back_with
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.people import columns, queries, request_queries
from stations.people.services import requests as request_services
from stations.people.views import blueprint

if TYPE_CHECKING:
    from stations.people.models import AdministratorRequest
    from stations.people.queries import RoleRow


@blueprint.get("/people/requests")
@requires(Permission.PEOPLE_MANAGE, personal=N_("利用者の一覧"))
def requests() -> ResponseReturnValue:
    """What waits for a second administrator."""
    found = lists.page_of(queries.open_requests(), lists.asked_page())
    roles = queries.asked_roles(found.rows)
    what = {one.id: _what(one, roles.get(one.id)) for one in found.rows}
    written = request_queries.newly_written(one.person for one in found.rows)
    return list_files.saved(
        columns.requests(what, written), found.rows, _("確認を待っている操作")
    ) or render_template(
        "people/requests.html",
        found=found,
        what=what,
        written=written,
        breadcrumb=[(_("利用者の管理"), url_for("people.index")), (_("確認の依頼"), None)],
    )


def _what(asked: "AdministratorRequest", role: "RoleRow | None") -> str:
    if role is None:
        return str(label(asked.kind))
    begins, ends = (formatting.date(day) if day else "" for day in (role.from_on, role.to_on))
    words = {"role": label(role.role), "body": role.body_name, "begins": begins}
    if ends:
        return str(
            _("「%(role)s」の役割を加える（%(body)s、%(begins)sから%(ends)sまで）", ends=ends, **words)
        )
    return str(_("「%(role)s」の役割を加える（%(body)s、%(begins)sから）", **words))


@blueprint.post("/people/requests/<int:administrator_request_id>")
@requires(Permission.PEOPLE_MANAGE, of=queries.administrator_request)
@writes
def decide_request(asked: "AdministratorRequest") -> ResponseReturnValue:
    """Agree, or not; the one who asked may take it back."""
    page = url_for("people.requests")
    try:
        if request.form.get("act") == "accept":
            request_services.accept_request(asked, by=current_user)
            flash(_("確認して実行しました。"), "success")
        else:
            request_services.decline_request(asked, by=current_user)
            flash(_("依頼を終えました。何も変わっていません。"), "success")
    except RuleBroken as broken:
        answer: ResponseReturnValue = back_with(broken, page)
        return answer
    return redirect(page)
