import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications.rules import (
    FINAL,
    GRANTABLE,
    Act,
    CostCategory,
    CostGroup,
    IncomeKind,
    PlanContent,
    Section,
    Status,
    Totals,
    check_complete,
    cost_group,
    draft_by,
    fingerprint,
    freeze,
    line_amount,
    may_edit,
    missing,
    totals,
)
from stations.applications.workflow import PLAN
from stations.core.messages import RuleBroken
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    draft|returned submit submitted
    submitted receive received
    received|deferred return returned
    received confirm confirmed
    confirmed|deferred table tabled
    tabled approve approved
    tabled approve_with_conditions approved_with_conditions
    tabled defer deferred
    tabled reject rejected
    tabled untable confirmed
    tabled untable_deferred deferred
    submitted recall draft
    submitted recall_mended returned
    draft|submitted|received|returned|confirmed|tabled|deferred withdraw withdrawn
""")
ENDS = {"approved", "approved_with_conditions", "rejected", "withdrawn"}


@every_pair(Status, Act)
def test_every_act_in_every_state(status: Status, act: Act) -> None:
    check_step(PLAN.next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(Status, Act, STEPS, start="draft", ends=ENDS)
    assert set(FINAL) == ENDS
    assert set(GRANTABLE) == {"approved", "approved_with_conditions"}


def test_the_committee_writes_only_in_drafts_and_returned_plans() -> None:
    assert {status for status in Status if may_edit(status)} == {"draft", "returned"}
    # What can be written in is what can be submitted.
    assert {source for source, act in STEPS if act == "submit"} == {"draft", "returned"}


@pytest.mark.parametrize("act", Act)
def test_reasons(act: Act) -> None:
    row = PLAN.row(act)
    row.check_reason("予算の内訳が足りないため")
    if act in {"return", "defer", "reject"}:
        with pytest.raises(RuleBroken) as caught:
            row.check_reason(" \n　")
        assert caught.value.field == "reason"
    else:
        row.check_reason("")
    assert row.needs_reason == (act in {"return", "defer", "reject"})


def test_rent_stands_alone() -> None:
    assert [c for c in CostCategory if cost_group(c) is CostGroup.RENT] == [CostCategory.RENT]


def test_line_amount() -> None:
    assert line_amount(12, 2_500) == 30_000
    for quantity, price, field in [
        (0, 100, "quantity"),
        (-1, 100, "quantity"),
        (1, 0, "unit_price_yen"),
        (1, -5, "unit_price_yen"),
        (2, 500_000_000, "unit_price_yen"),
    ]:
        with pytest.raises(RuleBroken) as caught:
            line_amount(quantity, price)
        assert caught.value.field == field


yen = st.integers(0, 10_000_000)


@given(
    st.lists(st.tuples(st.sampled_from(CostCategory), yen)),
    st.lists(st.tuples(st.sampled_from(IncomeKind), yen)),
)
def test_totals_lose_and_invent_nothing(
    lines: list[tuple[CostCategory, int]], incomes: list[tuple[IncomeKind, int]]
) -> None:
    sums = totals(lines, incomes)
    cost, income = sum(a for _, a in lines), sum(a for _, a in incomes)
    assert sums.cost == cost
    assert sums.rent == sum(a for c, a in lines if c == "rent")
    assert sums.income == income
    assert sums.requested == (cost - income if cost > income else 0)


FULL = PlanContent(
    purpose="多世代の居場所",
    activities="昔あそび",
    audience="どなたでも",
    venue_count=1,
    opening_count=12,
    organisation="委員8人",
    safety="保険に加入",
    totals=Totals(rent=12_000, activity=48_000, income=10_000),
)


def test_a_full_plan_can_be_submitted() -> None:
    assert missing(FULL) == []
    check_complete(FULL)


@pytest.mark.parametrize(
    ("change", "section", "field"),
    [
        ({"purpose": "　"}, Section.PURPOSE, "purpose"),
        ({"activities": ""}, Section.PURPOSE, "activities"),
        ({"audience": ""}, Section.AUDIENCE, "audience"),
        ({"venue_count": 0}, Section.VENUES, "venues"),
        ({"opening_count": 0}, Section.OPENINGS, "openings"),
        ({"organisation": ""}, Section.ORGANISATION, "organisation"),
        ({"safety": ""}, Section.ORGANISATION, "safety"),
        ({"totals": Totals(0, 0, 0)}, Section.COSTS, "costs"),
        ({"totals": Totals(1_000, 0, 1_000)}, Section.COSTS, "incomes"),
    ],
)
def test_each_gap_is_named_once(change: dict[str, object], section: Section, field: str) -> None:
    content = replace(FULL, **change)  # type: ignore[arg-type]  # one field of several types at a time
    assert [(gap.section, gap.field) for gap in missing(content)] == [(section, field)]
    with pytest.raises(RuleBroken) as caught:
        check_complete(content)
    assert caught.value.field == field


def test_an_empty_plan_lacks_every_compulsory_section() -> None:
    gaps = missing(PlanContent())
    assert {gap.section for gap in gaps} == set(Section) - {Section.ATTACHMENTS}
    assert [gap.section for gap in gaps] == sorted((g.section for g in gaps), key=list(Section).index)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("目的対象費用"), json_values))
def test_the_same_content_freezes_to_the_same_bytes(content: dict[str, object]) -> None:
    turned = dict(reversed(content.items()))
    assert freeze(turned) == freeze(content)
    assert json.loads(freeze(content)) == content


def test_frozen_form_is_fixed() -> None:
    frozen = freeze({"費用": [{"kind": CostCategory.RENT, "amount": 1000}], "目的": "髙砂"})
    assert frozen == '{"目的":"髙砂","費用":[{"amount":1000,"kind":"rent"}]}'.encode()
    assert fingerprint(frozen) == hashlib.sha256(frozen).hexdigest()
    assert fingerprint(frozen) != fingerprint(frozen + b" ")


@pytest.mark.parametrize("content", [{"a": 1.0}, [{"b": [0.5]}], {1: "a"}, {"a": {1}}])
def test_what_has_no_one_form_is_not_frozen(content: object) -> None:
    with pytest.raises(TypeError):
        freeze(content)


def test_a_draft_is_due_before_its_year_begins_or_ends() -> None:
    assert draft_by(2027, date(2027, 1, 10)) == date(2027, 3, 31)
    assert draft_by(2026, date(2026, 3, 31)) == date(2026, 3, 31)
    assert draft_by(2026, date(2026, 4, 1)) == date(2027, 3, 31)
