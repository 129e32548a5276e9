"""The page of one act: what it is about, a reason where one is due, one button, and what comes after."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Required, TypedDict, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.core import database
from stations.core.access import Permission
from stations.core.forms import Form, succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict
from stations.grants import disclosure
from stations.grants.awards.queries import drafts
from stations.grants.forms import ActForm, PressForm
from stations.grants.pages import available_acts
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, about, fact
from stations.grants.pages.trail import trail
from stations.grants.queries import grants

if TYPE_CHECKING:
    from stations.grants.awards.models import GrantCancellation, GrantChange
    from stations.grants.models import Grant, GrantLine
    from stations.grants.settlement.models import RefundOrder

__all__ = ["Facts", "before_the_letter", "came_back", "fact", "not_now", "number", "page", "perform"]

T = TypeVar("T")


class Shown(TypedDict, total=False):
    """What the page of an act shows, beside the form: as `page` takes it; other keys are for its template."""

    heading: Required[str]
    action: Required[str]
    done: Required[str]
    facts: Facts
    lead: str
    kind: str
    template: str
    back: "drafts.SentBack | None"
    other: tuple[str, str] | None
    hints: dict[str, str]
    stopped: str
    lines: "Sequence[GrantLine]"
    waiting: "GrantChange | None"


def before_the_letter(grant: "Grant") -> Response | None:
    """For a reader outside the city while the decision is not published: back to the grant; None for everybody else.

    Budgets, and what the state allows, would disclose what has been drafted.
    """
    if disclosure.may_know(current_user, grant):
        return None
    flash(_("審査中です。領収書や実績報告は、交付決定の通知が届いてから使えます。"), "info")
    return redirect(url_for("grants.grant", grant_id=grant.id))


def not_now(grant: "Grant", form: Form) -> Response | None:
    """For somebody who opens the page of an act that the state does not offer: back to the grant; None if it does.

    Pressing a button too late is another matter: the service answers with `Conflict`. It is not asked about a form that
    is not valid, which would be drawn once more: that is the same `Conflict` here.
    """
    offered = {one.endpoint for one in available_acts.available_acts(grant, available_acts.facts(grant))}
    if request.endpoint in offered or (form.is_submitted() and form.validate()):
        return None
    if form.is_submitted():
        state = disclosure.shown_status(current_user, grant)
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=state)
    if request.endpoint in available_acts.ended_with_the_year(grant):
        flash(_("年度が終わったため、この手続きはできません。"), "info")
        return redirect(url_for("grants.grant", grant_id=grant.id))
    flash(
        _(
            "いまの状態（%(state)s）では、その操作はありません。",
            state=label(disclosure.shown_status(current_user, grant)),
        ),
        "info",
    )
    return redirect(url_for("grants.grant", grant_id=grant.id))


def number(mark: str | None) -> int:
    """The draft that stood on the page, from its mark; 0, which is none, for anything else."""
    return int(mark) if mark and mark.isdecimal() else 0


def came_back(draft: "GrantCancellation | RefundOrder | None") -> drafts.SentBack | None:
    """Why the last draft of a decision was returned, by whom and when; None without one."""
    if draft is None:
        return None
    return drafts.SentBack(draft.decision_reason, grants.name_of(draft.decided_by_id), draft.decided_at)


def perform(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was sent and the act done; a broken rule is shown in the form, a conflict answers 409."""
    return form.validate_on_submit() and succeeds(form, act)


def at(
    rule: str,
    permission: Permission,
    of: Callable[..., T | None],
    service: Callable[..., object],
    form: type[ActForm],
    *,
    named: str,
    creates: bool,
    page: Callable[[T, Form, Callable[[], object], Shown], ResponseReturnValue],
) -> Callable[[Callable[[T], Shown]], Callable[..., ResponseReturnValue]]:
    """Makes a view of an act that asks for no more than ``form``: the decorated function says what its page shows.

    What ``of`` finds is given to ``service`` as ``named``, with what the form gives; ``page`` draws it.
    """

    def decorate(shown: Callable[[T], Shown]) -> Callable[..., ResponseReturnValue]:
        def view(thing: T) -> ResponseReturnValue:
            filled = form()
            about = {named: thing}
            return page(
                thing, filled, lambda: service(**about, **filled.given, by=current_user), shown(thing)
            )

        view.__name__, view.__doc__ = shown.__name__, shown.__doc__
        guarded = requires(permission, of=of)(database.creates(view) if creates else database.writes(view))
        return blueprint.route(rule, methods=["GET", "POST"])(guarded)

    return decorate


def on_grant(
    address: str,
    permission: Permission,
    service: Callable[..., object],
    form: type[ActForm] = PressForm,
    *,
    creates: bool = False,
) -> Callable[[Callable[["Grant"], Shown]], Callable[..., ResponseReturnValue]]:
    """`at` an ``address`` of a grant."""
    return at(
        f"/grants/<int:grant_id>/{address}",
        permission,
        grants.grant,
        service,
        form,
        named="grant",
        creates=creates,
        page=lambda grant, filled, act, shown: page(grant, filled, act, **shown),
    )


def page(
    grant: "Grant",
    form: Form,
    act: Callable[[], object],
    *,
    heading: str,
    action: str,
    done: str,
    facts: Sequence[dict[str, object]] = (),
    lead: str = "",
    kind: str = "primary",
    template: str = "grants/act.html",
    offered: bool = False,
    **more: object,
) -> ResponseReturnValue:
    """Show the act with what the grant is and ``facts``; when it is done, say so on the grant's page.

    ``offered``: not an act on the grant itself, and its state is known to allow it.
    """
    if not offered and (elsewhere := not_now(grant, form)) is not None:
        return elsewhere
    if perform(form, act):
        flash(done, "success")
        return redirect(url_for("grants.grant", grant_id=grant.id))
    return render_template(
        template,
        grant=grant,
        form=form,
        heading=heading,
        action=action,
        facts=[*about(grant), *facts],
        lead=lead,
        kind=kind,
        breadcrumb=trail(grant, heading),
        **more,
    )
