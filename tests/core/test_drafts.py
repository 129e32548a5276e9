"""What one official drafts and another decides on: the table of steps that all kinds share."""

import pytest

from stations.attendance.workflow import BANDS
from stations.core.access import Role
from stations.core.drafts import DraftAct, DraftStatus
from stations.core.workflow import Workflow
from stations.grants.letters.workflow import TEXTS
from stations.grants.settings.workflow import SETTINGS
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    waiting approve approved
    waiting return returned
    waiting draft replaced
""")
each_table = pytest.mark.parametrize("table", [BANDS, TEXTS, SETTINGS], ids=["bands", "texts", "settings"])


@each_table
@every_pair(DraftStatus, DraftAct)
def test_every_act_in_every_state(table: Workflow[DraftStatus], status: DraftStatus, act: DraftAct) -> None:
    check_step(table.next_status, status, act, STEPS)


@each_table
def test_the_table_as_a_whole(table: Workflow[DraftStatus]) -> None:
    check_whole(DraftStatus, DraftAct, STEPS, start="waiting", ends=("approved", "returned", "replaced"))
    assert {act for act in DraftAct if table.row(act).needs_reason} == {DraftAct.RETURN}
    assert {act for act in DraftAct if table.row(act).four_eyes} == {DraftAct.APPROVE, DraftAct.RETURN}
    assert {act: table.row(act).notifies for act in DraftAct} == {
        DraftAct.DRAFT: (Role.APPROVER,),
        DraftAct.APPROVE: (Role.OFFICER,),
        DraftAct.RETURN: (Role.OFFICER,),
    }
