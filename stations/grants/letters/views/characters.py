"""The page of what letters print for characters that no font has."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import documents, printed_as
from stations.core.access import Permission
from stations.core.database import creates
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants.letters.forms import CharacterForm
from stations.grants.letters.services import characters as character_services
from stations.grants.pages.act import perform
from stations.grants.pages.blueprint import blueprint
from stations.grants.queries.grants import names


@blueprint.route("/grants/characters", methods=["GET", "POST"])
@requires(Permission.GRANT_ISSUE)
@creates
def characters() -> ResponseReturnValue:
    """What counts now, and a new decision."""
    form = CharacterForm()
    if perform(
        form,
        lambda: character_services.print_as(
            character=form.character.data or "",
            printed=form.printed.data or "",
            reason=form.reason.data or "",
            by=current_user,
        ),
    ):
        flash(_("代わりに印刷する文字を決めました。通知書をもう一度作れます。"), "success")
        return redirect(url_for("grants.characters"))
    decisions = printed_as.decisions()
    return render_template(
        "grants/characters.html",
        form=form,
        decisions=[(decision, documents.named([decision.character])) for decision in decisions],
        names=names(decision.by_id for decision in decisions),
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("印刷できない文字"), None)],
    )
