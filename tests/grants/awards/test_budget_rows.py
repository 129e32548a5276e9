"""What is wrong with the budget of a line stands beside that line, and the summary names it."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core.messages import RuleBroken
from stations.grants.awards.rules.budgets import check_award, check_change
from tests.grants import cast as grants
from tests.support.client import PageClient
from tests.support.html_page import text_of


def test_the_line_above_its_plan_is_named() -> None:
    with pytest.raises(RuleBroken) as broken:
        check_award({1: 500, 2: 901}, {1: 500, 2: 900}, 0)
    assert broken.value.field == "lines-2" and "900円" in str(broken.value)


def test_the_line_with_less_than_was_spent_is_named() -> None:
    with pytest.raises(RuleBroken) as broken:
        check_change({1: 700, 2: 300}, {1: 500, 2: 500}, {2: 400})
    assert broken.value.field == "lines-2" and "400円" in str(broken.value)


def test_on_the_page_of_a_change(client: PageClient, db_session: Session, app: Flask) -> None:
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 3_000, line=1)
    client.sign_in(made.chair)
    page = client.get(f"/grants/{grant.id}/change")
    budgets = [line.awarded_yen for line in grant.lines]
    typed = {f"lines-{place}-budget_yen": str(amount) for place, amount in enumerate(budgets)}
    typed |= {"lines-0-budget_yen": str(budgets[0] + budgets[1]), "lines-1-budget_yen": "0", "reason": "変更"}
    page = client.submit(page, "この内容で届け出る", typed)
    assert "3,000円" in text_of(page.one("div", id="lines-1-budget_yen-error"))
    assert grant.lines[1].content in text_of(page.one("div", class_="mt-error-summary"))
    typed |= {"lines-1-budget_yen": "千円"}
    page = client.submit(page, "変更の承認を申請する", typed)
    assert grant.lines[1].content in text_of(page.one("div", class_="mt-error-summary"))
