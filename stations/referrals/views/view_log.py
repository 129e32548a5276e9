"""Who looked at sheets and memos, for whom they concern: their agency, the desk that received them, their station."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import list_files, lists
from stations.core.access import Permission
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.people import viewed
from stations.referrals import columns
from stations.referrals.queries import lists as referral_lists
from stations.referrals.views.pages import blueprint, trail


@blueprint.get("/referrals/view-log")
@requires(Permission.REFERRAL_READ)
def view_log() -> ResponseReturnValue:
    """Views, and tries that were refused; ``?sheet=``: of one number."""
    chosen = lists.chosen("sheet")
    within = referral_lists.views_concerning(current_user)
    found = viewed.view_log(sheet=chosen.get("sheet", ""), within=within, page=lists.asked_page())
    return list_files.saved(
        columns.VIEWS, found.rows, _("閲覧の一覧"), *chosen.values(), personal=N_("閲覧の記録")
    ) or render_template(
        "referrals/view_log.html",
        found=found,
        chosen=chosen,
        breadcrumb=trail((_("閲覧の記録"), None)),
    )
