"""Letters: 施行, and the PDF as it went out."""

from typing import TYPE_CHECKING

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from stations.core import files
from stations.core.access import Permission
from stations.core.formatting import date, yen
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.grants.awards.queries import changes, decisions
from stations.grants.books.queries import ledger
from stations.grants.forms import IssueForm
from stations.grants.letters import queries
from stations.grants.letters.labels import LETTERS
from stations.grants.letters.services import letters
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import fact
from stations.grants.queries import grants
from stations.grants.rules import Act, Status
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.letters.models import Letter
    from stations.grants.models import Grant

LETTER = N_("通知書（代表者の氏名と住所）")


@blueprint.get("/grants/letters/<int:letter_id>")
@requires(Permission.GRANT_READ, of=queries.letter, personal=LETTER)
def letter(letter: "Letter") -> Response:
    """The PDF/A of an issued letter."""
    return files.send(letter.file)


@blueprint.get("/grants/<int:grant_id>/draft-letter")
@requires(Permission.GRANT_APPROVE, of=grants.grant, personal=LETTER)
def draft_letter(grant: "Grant") -> ResponseReturnValue:
    """The letter of what is drafted, marked 「案」, for the approver."""
    drafted = {Status.DECIDING, Status.AWARDED, Status.DETERMINING, Status.DETERMINED}
    if grant.status not in drafted or queries.letter_of(grant, "determination") is not None:
        return redirect(url_for("grants.grant", grant_id=grant.id))
    return Response(
        letters.draft_pdf(grant),
        content_type="application/pdf",
        headers={"Content-Disposition": "inline", "Cache-Control": "private, no-store"},
    )


@act.on_grant("issue", GRANT.permission(Act.ISSUE_AWARD), letters.issue, IssueForm, creates=True)
def issue(grant: "Grant") -> act.Shown:
    """施行 of the decision's letter."""
    return act.Shown(
        heading=_("決定通知書を施行しますか"),
        action=_("施行する"),
        done=_("通知書を施行しました。実行委員会に知らせました。"),
        lead=_(
            "この操作で文書番号が付き、日付の入った通知書（PDF）が保存されます。番号と日付は後から変えられません。"
        ),
        facts=[
            fact(_("状態"), label(grant.status)),
            fact(_("交付決定額"), yen(decisions.decided_award(grant))),
            fact(_("決裁日"), date(grant.decided_on)),
            *([fact(_("不交付の理由"), grant.refusal_reason)] if grant.refusal_reason else []),
            fact(_("送り先"), grant.committee.name),
            *presenters.letter_year(grant),
        ],
    )


@act.on_grant("issue-change", Permission.GRANT_ISSUE, letters.issue_change, IssueForm, creates=True)
def issue_change(grant: "Grant") -> act.Shown:
    """施行 of the letter about a decided change, approved or not."""
    waiting = changes.changes_without_letter(grant)
    name = LETTERS[changes.change_letter(waiting[0])] if waiting else _("変更の通知書")
    return act.Shown(
        heading=_("%(letter)sを施行しますか", letter=name),
        action=_("施行する"),
        done=_("%(letter)sを施行しました。", letter=name),
        lead=_(
            "この操作で文書番号が付き、日付の入った通知書（PDF）が保存されます。番号と日付は後から変えられません。"
        ),
        facts=[
            one
            for change in waiting[:1]
            for one in (
                fact(_("変更の理由"), change.reason),
                fact(_("決定"), _("承認") if change.approved else _("不承認")),
                fact(_("決定の理由"), change.decision_reason or "—"),
            )
        ]
        + presenters.letter_year(grant),
    )


@act.on_grant(
    "issue-determination", Permission.GRANT_ISSUE, letters.issue_determination, IssueForm, creates=True
)
def issue_determination(grant: "Grant") -> act.Shown:
    """施行 of the 額の確定通知書."""
    return act.Shown(
        heading=_("額の確定通知書を施行しますか"),
        action=_("施行する"),
        done=_("額の確定通知書を施行しました。"),
        lead=_(
            "この操作で文書番号が付き、日付の入った通知書（PDF）が保存されます。番号と日付は後から変えられません。"
        ),
        facts=[
            fact(_("交付決定額"), yen(decisions.decided_award(grant))),
            fact(_("確定額"), yen(grant.fixed_yen)),
            fact(_("支払済"), yen(ledger.balance(grant).paid)),
            *presenters.letter_year(grant),
        ],
    )
