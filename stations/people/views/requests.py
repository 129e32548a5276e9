"""What one administrator asks another for: the list, agreeing, declining, taking back."""

import datetime as dt
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import formatting
from stations.core.access import Permission, Role, requires
from stations.core.database import writes
from stations.core.errors import back_with
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.people import queries, services
from stations.people.views import blueprint

if TYPE_CHECKING:
    from stations.people.models import AdministratorRequest


@blueprint.get("/people/requests")
@requires(Permission.PEOPLE_MANAGE, personal=N_("利用者の一覧"))
def requests() -> ResponseReturnValue:
    """What waits for a second administrator."""
    found = queries.open_requests()
    return render_template(
        "people/requests.html",
        found=found,
        what={one.id: _what(one) for one in found},
        breadcrumb=[(_("利用者の管理"), url_for("people.index")), (_("確認の依頼"), None)],
    )


def _what(asked: "AdministratorRequest") -> str:
    if "role" not in asked.detail:
        return str(_("認証アプリの登録を解除する"))
    role = label(Role(asked.detail["role"]))
    begins = formatting.date(dt.date.fromisoformat(asked.detail["from_on"]))
    return str(_("「%(role)s」の役割を加える（%(day)sから）", role=role, day=begins))


@blueprint.post("/people/requests/<int:administrator_request_id>")
@requires(Permission.PEOPLE_MANAGE, of=queries.administrator_request)
@writes
def decide_request(asked: "AdministratorRequest") -> ResponseReturnValue:
    """Agree, or not; whoever asked may take it back."""
    page = url_for("people.requests")
    try:
        if request.form.get("act") == "accept":
            services.accept_request(asked, by=current_user)
            flash(_("確認して実行しました。"), "success")
        else:
            services.decline_request(asked, by=current_user)
            flash(_("依頼を終えました。何も変わっていません。"), "success")
    except RuleBroken as broken:
        answer: ResponseReturnValue = back_with(broken, page)
        return answer
    return redirect(page)
