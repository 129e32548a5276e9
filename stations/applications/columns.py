"""What the list of plans gives as a file."""

from typing import TYPE_CHECKING

from stations.applications.rules import Status
from stations.core import formatting
from stations.core.labels import label
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.applications.queries import PlanLine

PLANS: "tuple[Column[PlanLine], ...]" = (
    Column(_l("計画"), lambda plan: plan.title),
    Column(_l("地区"), lambda plan: plan.district),
    Column(_l("ステーション"), lambda plan: plan.station),
    Column(_l("年度"), lambda plan: formatting.fiscal_year(plan.fiscal_year)),
    Column(_l("状態"), lambda plan: str(label(plan.status))),
    Column(_l("市への申請額"), lambda plan: plan.requested, Kind.YEN),
    Column(_l("期限"), lambda plan: None if _drafting(plan) else plan.due_on, Kind.DATE),
    Column(
        _l("最後の動き"),
        lambda plan: plan.saved_at if _drafting(plan) else None if plan.due_on else plan.status_since,
        Kind.DATE,
    ),
    Column(_l("最後に保存した人"), lambda plan: plan.saved_by if _drafting(plan) else None),
)


def _drafting(plan: "PlanLine") -> bool:
    return plan.status is Status.DRAFT
