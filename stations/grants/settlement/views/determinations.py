"""From the inspected report to 完結."""

from typing import TYPE_CHECKING

from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.database import writes
from stations.core.formatting import yen
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants.awards.queries import drafts
from stations.grants.forms import DecideForm
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.queries import grants
from stations.grants.rules import Act
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.services import determinations
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.models import Grant


def _difference(known: calculation.Calculation) -> Facts:
    """What the fixed amount means for the money that was paid."""
    return [
        fact(_("支払済"), yen(known.paid)),
        fact(_("返還額"), yen(max(0, known.paid - known.fixed))),
        fact(_("精算払の額"), yen(max(0, known.fixed - known.paid))),
    ]


def _own_funds(grant: "Grant") -> Facts:
    """What closing will enter in the books: what the committee spent beyond all it received, or had only advanced."""
    own = determinations.own_funds_at_the_end(grant)
    if own < 0:
        return [fact(_("自己資金の戻しとして出納帳に記録する額（立て替えていた分）"), yen(-own))]
    return [fact(_("自己資金として出納帳に記録する額"), yen(own))] if own else []


@act.on_grant("determination", GRANT.permission(Act.DRAFT_DETERMINATION), determinations.draft_determination)
def draft_determination(grant: "Grant") -> act.Shown:
    known = calculation.calculation(grant)
    return act.Shown(
        heading=_("額の確定を起案しますか"),
        action=_("起案して決裁に回す"),
        done=_("額の確定を起案しました。ほかの方の決裁をお待ちください。"),
        lead=_("確定額は、検査済の領収書と出納帳から計算されます。手で直すことはできません。"),
        facts=[*presenters.calculation(known), *presenters.disallowed(grant), *_difference(known)],
        back=drafts.sent_back([grant]).get(grant.id),
    )


@blueprint.route("/grants/<int:grant_id>/determine", methods=["GET", "POST"])
@requires(GRANT.permission(Act.DETERMINE), of=grants.grant)
@writes
def determine(grant: "Grant") -> ResponseReturnValue:
    """決裁 of the 額の確定, beside everything that it rests on."""
    known = calculation.calculation(grant)
    form = DecideForm(data={"mark": determinations.mark_of_determination(grant)})
    return act.page(
        grant,
        form,
        lambda: determinations.determine(grant=grant, mark=form.mark.data or "", by=current_user),
        heading=_("額を確定しますか"),
        action=_("額を確定する"),
        done=_("額を確定しました。担当が通知書を施行します。"),
        facts=[
            *presenters.calculation(known),
            *presenters.disallowed(grant),
            *_difference(known),
            fact(_("起案された確定額"), yen(grant.fixed_yen)),
            fact(_("起案した人"), grants.name_of(grant.determination_drafted_by_id)),
        ],
        template="grants/determine.html",
    )


@act.on_grant("balance", GRANT.permission(Act.ORDER_BALANCE), determinations.order_balance, creates=True)
def order_balance(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("精算払の手続きを始めますか"),
        action=_("支出命令を起案する"),
        done=_("精算払の支出命令を起案しました。課長の決裁を待っています。"),
        facts=presenters.settlement(grant),
    )


@act.on_grant("close", GRANT.permission(Act.CLOSE), determinations.close, creates=True)
def close(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("助成金の手続きを完結しますか"),
        action=_("完結する"),
        done=_("助成金の手続きが完結しました。"),
        lead=_("完結すると、この助成金の記録はもう変わりません。"),
        facts=[*presenters.settlement(grant), *_own_funds(grant)],
    )
