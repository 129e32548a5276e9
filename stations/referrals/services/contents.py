"""What a sheet or memo carries although it could point at the person: somebody says why it must be there."""

from stations.core.access import Actor
from stations.core.messages import N_, RuleBroken
from stations.referrals.models import Observation, Referral
from stations.referrals.queries import sheets
from stations.referrals.rules import SheetAct
from stations.referrals.services import steps


def confirm_content(*, subject: Referral | Observation, reason: str, by: Actor) -> None:
    """「はい、必要です」 with the reason, which both sides read in the history. `RuleBroken` on "needed" without one."""
    with steps.taking(subject, SheetAct.CONFIRM_CONTENT, by=by, reason=reason) as taken:
        if not reason.strip():
            raise needed()
        kinds = {str(one.kind) for found in sheets.personal_in(subject).values() for one in found}
        taken.detail = {"kinds": sorted(kinds)}


def check_confirmed(subject: Referral | Observation) -> None:
    """`RuleBroken` on "needed" while nobody said why what was found must be there."""
    if sheets.lacks_confirmation(subject):
        raise needed()


def needed() -> RuleBroken:
    return RuleBroken(
        "needed", N_("必要でなければ消してください。必要なときは、その理由を入力してください。")
    )
