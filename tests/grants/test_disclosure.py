"""What a committee may know of its grant's decision before the letter has gone out."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core.database import db
from stations.grants import disclosure
from stations.grants.awards.services import awards
from stations.grants.books.queries import ledger
from stations.grants.letters.services import letters
from stations.grants.queries import lists
from stations.grants.rules import Status
from tests.grants import cast as grants
from tests.support.client import PageClient

CONDITIONS = "毎月開くことが条件です。"


@pytest.fixture
def made(db_session: Session) -> grants.Team:
    return grants.team()


def pages(app: Flask, person: object, grant_id: int) -> dict[str, str]:
    """The texts of the pages on which a decision could be read."""
    client = PageClient(app)
    client.sign_in(person)  # type: ignore[arg-type]  # a Person
    paths = {"grant": f"/grants/{grant_id}", "list": "/grants", "home": "/home"}
    paths |= {name: f"/grants/{grant_id}/{name}" for name in ("receipts", "books", "report")}
    return {name: client.get(path).text for name, path in paths.items()}


def drafted(made: grants.Team) -> None:
    grant = grants.reviewing(made)
    awards.draft_award(grant=grant, awarded_yen=123_000, conditions=CONDITIONS, by=made.officer)


def draft_of(text: str) -> list[str]:
    disclosing = (
        "123,000円",
        CONDITIONS,
        "決裁",
        "交付決定（施行待ち）",
        "起案",
        "不交付決定",
        "予算不足のため",
    )
    return [words for words in disclosing if words in text.replace("決裁日", "").replace("決裁・施行", "")]


def test_a_drafted_award_is_for_the_city_until_its_letter_is_out(app: Flask, made: grants.Team) -> None:
    drafted(made)
    grant = made.grant
    awards.send_back(grant=grant, reason="予算不足のため減らしてください。", by=made.approver)
    awards.draft_award(grant=grant, awarded_yen=123_000, conditions=CONDITIONS, by=made.officer)
    db.session.commit()
    for _step in ("drafted", "approved"):
        for name, text in pages(app, made.chair, grant.id).items():
            assert draft_of(text) == [], (grant.status, name)
        assert "審査中" in pages(app, made.chair, grant.id)["grant"]
        seen = pages(app, made.officer, grant.id)["grant"]
        assert CONDITIONS in seen and "予算不足のため" in seen
        if grant.status is Status.DECIDING:
            awards.approve_decision(grant=grant, by=made.approver)
            db.session.commit()
    letters.issue(grant=grant, by=made.officer)
    db.session.commit()
    shown = pages(app, made.chair, grant.id)
    assert CONDITIONS in shown["grant"] and "123,000円" in shown["home"]
    assert "予算不足のため" not in shown["grant"]


def test_a_drafted_refusal_is_for_the_city_until_its_letter_is_out(app: Flask, made: grants.Team) -> None:
    grant = grants.reviewing(made)
    awards.draft_refusal(grant=grant, reason="予算不足のため", by=made.officer)
    awards.approve_decision(grant=grant, by=made.approver)
    db.session.commit()
    assert grant.status is Status.REFUSED
    for name, text in pages(app, made.chair, grant.id).items():
        assert draft_of(text) == [], name
    letters.issue(grant=grant, by=made.officer)
    db.session.commit()
    assert "予算不足のため" in pages(app, made.chair, grant.id)["grant"]


def as_published(app: Flask, made: grants.Team, *words: str) -> list[str]:
    """Which of the words the chair reads on any page of the grant, or as its state in a list."""
    db.session.commit()
    (listed,) = lists.in_year(made.chair, made.grant.fiscal_year)
    assert listed.status is disclosure.shown_status(made.chair, made.grant), (
        "a list tells what the page tells"
    )
    assert lists.counts(made.chair, made.grant.fiscal_year) == {listed.status: 1}
    (books,) = ledger.balances([made.grant.id], award=disclosure.published_award()).values()
    assert books.awarded == disclosure.shown_award(made.chair, made.grant)
    texts = pages(app, made.chair, made.grant.id)
    return [one for one in words if any(one in text for text in texts.values())]


COMES = "市がこの補助金についての決定を準備しています"


def test_a_fixed_amount_is_for_the_city_until_its_letter_is_out(app: Flask, made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 61_500, line=2)
    grant = grants.determined(made, published=False)
    amounts = ("61,000円", "39,000円")
    assert as_published(app, made, *amounts, COMES) == [COMES]
    assert disclosure.shown_status(made.chair, grant) is Status.DETERMINING
    assert "61,000円" in pages(app, made.officer, grant.id)["grant"]
    letters.issue_determination(grant=grant, by=made.officer)
    assert as_published(app, made, *amounts, COMES) == list(amounts)
    assert disclosure.shown_status(made.chair, grant) is Status.DETERMINED


def partly(made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 45_500, line=2)
    grants.cancelled(made, kept_yen=37_000)


def wholly(made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 37_000)
    grants.cancelled(made)


def after_the_fixed_amount(made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_500, line=2)
    grants.determined(made)
    grants.cancelled(made, kept_yen=37_000)


@pytest.mark.parametrize(
    ("cancel", "before", "after", "amounts"),
    [
        (partly, Status.ACTIVE, Status.PARTLY_CANCELLED, ("37,000円",)),
        (wholly, Status.ACTIVE, Status.CANCELLED, ("返還額",)),
        (after_the_fixed_amount, Status.DETERMINED, Status.CANCELLED, ("37,000円", "63,000円")),
    ],
)
def test_a_cancellation_is_for_the_city_until_its_letter_is_out(
    app: Flask,
    made: grants.Team,
    cancel: Callable[[grants.Team], None],
    before: Status,
    after: Status,
    amounts: tuple[str, ...],
) -> None:
    cancel(made)
    grant = made.grant
    assert as_published(app, made, *amounts, "「取消し」", "目的外", COMES) == [COMES]
    assert disclosure.shown_status(made.chair, grant) is before
    assert disclosure.shown_award(made.chair, grant) == grant.awarded_yen
    assert disclosure.shown_status(made.officer, grant) is after
    assert "目的外" in pages(app, made.officer, grant.id)["grant"]
    letters.issue_cancellation(grant=grant, by=made.officer)
    assert as_published(app, made, *amounts, "目的外", COMES) == [*amounts, "目的外"]
    assert disclosure.shown_status(made.chair, grant) is after


def test_lists_and_counts_tell_no_more_than_pages(made: grants.Team) -> None:
    drafted(made)
    awards.approve_decision(grant=made.grant, by=made.approver)
    year, grant_id = made.grant.fiscal_year, made.grant.id
    assert lists.counts(made.chair, year) == {Status.REVIEWING: 1}
    assert lists.counts(made.officer, year) == {Status.AWARDED: 1}
    assert lists.in_year(made.chair, year, frozenset({Status.AWARDED})) == []
    listed = lists.in_year(made.chair, year, frozenset({Status.REVIEWING}))
    assert [(one.id, one.status) for one in listed] == [(grant_id, Status.REVIEWING)]
    assert [one.status for one in lists.in_year(made.officer, year)] == [Status.AWARDED]
    assert ledger.balances([grant_id], award=disclosure.published_award())[grant_id].awarded == 0
    assert ledger.balances([grant_id])[grant_id].awarded == 123_000
