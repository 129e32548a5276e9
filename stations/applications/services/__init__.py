"""What is done to plans: one function per act."""

from stations.applications.services.drafting import (
    CostInput,
    IncomeInput,
    attach,
    create_plan,
    keep_typed,
    mark_mended,
    remove_attachment,
    save_costs,
    save_section,
)
from stations.applications.services.meeting import resolve, table, untable
from stations.applications.services.review import (
    change_comment,
    comment,
    confirm,
    receive,
    remove_comment,
    return_for_correction,
)
from stations.applications.services.submission import recall, submit, verify_version, withdraw

__all__ = [
    "CostInput",
    "IncomeInput",
    "attach",
    "change_comment",
    "comment",
    "confirm",
    "create_plan",
    "keep_typed",
    "mark_mended",
    "recall",
    "receive",
    "remove_attachment",
    "remove_comment",
    "resolve",
    "return_for_correction",
    "save_costs",
    "save_section",
    "submit",
    "table",
    "untable",
    "verify_version",
    "withdraw",
]
