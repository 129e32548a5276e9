"""The pages of what is drafted (`core.drafts`): what waits and what came back, and the decision."""

from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import audit
from stations.core.access import can
from stations.core.drafted import Drafted, last_waiting
from stations.core.drafts import DraftAct, DraftStatus
from stations.core.forms import succeeds
from stations.core.language import gettext as _
from stations.people import queries
from stations.people.forms import SendBackForm
from stations.people.services import drafts


def standing(found: Sequence[Drafted]) -> dict[str, object]:
    """For a page that shows a subject with its drafts, the oldest first: what `core/drafts.html` draws, and the history.

    ``decide_url`` is empty for who may not decide.
    """
    waits, last = last_waiting(found), found[-1] if found else None
    return {
        "waiting": waits,
        "returned": last if last is not None and last.status is DraftStatus.RETURNED else None,
        "drafted_by": _drafter(waits) if waits is not None else "",
        "decide_url": _decide_url(waits) if waits is not None else "",
        "events": audit.timeline(*found),
    }


def decide(
    draft: Drafted, approve: Callable[[], object], *, done: str, template: str, **shown: object
) -> ResponseReturnValue:
    """決裁 of a draft, or 差戻し with a reason; then what is in force. ``done``: what is said when it was approved."""
    form, there = SendBackForm(), url_for(draft.PAGE, **draft.place)
    returned = request.form.get("act") == DraftAct.RETURN

    def act() -> None:
        if returned:
            drafts.send_back(draft, reason=form.reason.data or "", by=current_user)
        else:
            approve()

    if form.validate_on_submit() and succeeds(form, act):
        flash(_("起案を差し戻しました。") if returned else done, "success")
        return redirect(there, 303)
    if request.method == "GET" and draft.status is not DraftStatus.WAITING:
        flash(_("この起案は、もう決裁を待っていません。"), "info")
        return redirect(there)
    return render_template(
        template, form=form, draft=draft, year=draft.fiscal_year, drafted_by=_drafter(draft), **shown
    )


def _drafter(draft: Drafted) -> str:
    found = queries.person(draft.drafted_by_id)
    return found.name if found is not None else ""


def _decide_url(draft: Drafted) -> str:
    endpoint, values = draft.decide_page
    may = can(current_user, draft.STEPS.permission(DraftAct.APPROVE), draft)
    return url_for(endpoint, **values) if may else ""
