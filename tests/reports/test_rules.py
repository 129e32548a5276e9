"""Every state of a plan and of a grant stands in one stage of the overview."""

from stations.applications import rules as plans
from stations.core.labels import label
from stations.grants import rules as grants
from stations.reports import labels, rules
from stations.reports.rules import Stage


def test_every_state_has_a_stage():
    assert set(rules.OF_PLAN) == set(plans.Status)
    assert set(rules.OF_GRANT) == set(grants.Status)
    assert {*rules.OF_PLAN.values(), *rules.OF_GRANT.values()} == set(Stage)


def test_a_grant_speaks_for_its_plan():
    assert rules.stage(plans.Status.APPROVED, None) is Stage.APPROVED
    assert rules.stage(plans.Status.APPROVED, grants.Status.ACTIVE) is Stage.RUNNING


def test_every_stage_has_a_name():
    assert labels is not None
    assert all(label(stage) != stage.value for stage in Stage)
