"""A page of sums shows one moment: a payment made between two of its statements is on it as a whole or not at all."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.database import db
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.services import payments
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support.client import PageClient
from tests.support.html_page import HtmlPage

PAID = 54_321
# Each page reads some of its figures before these words come in a statement, and the others there or later.
PAGES = {
    "/overview": "FROM payment JOIN payment_request",
    "/overview?file=budget.csv": "FROM payment JOIN payment_request",
    "/grants/{grant_id}": "FROM ledger_posting",
    "/grants/{grant_id}/books": "FROM ledger_transaction \nWHERE",
}


@contextmanager
def meanwhile(engine: sa.Engine, words: str, act: Callable[[], object]) -> Iterator[list[str]]:
    """Just before the first statement with ``words`` another thread does ``act``; what failed in it is collected."""
    failed: list[str] = []
    left = [act]

    def run() -> None:
        try:
            left.pop()()
        except Exception as error:
            failed.append(repr(error))

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if left and words in statement:
            other = threading.Thread(target=run)
            other.start()
            other.join(30)

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield failed
    finally:
        event.remove(engine, "before_cursor_execute", look)
        assert not left, f"no statement has {words!r}"


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("address", PAGES)
def test_a_payment_between_two_statements_is_not_shown_by_halves(
    app: Flask, db_session: Session, client: PageClient, address: str
):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, PAID)
    request_id, cashier_id, url = request.id, made.cashier.id, address.format(grant_id=made.grant.id)
    client.sign_in(made.officer)
    db_session.commit()

    def pay() -> None:
        with app.app_context():
            payments.record_payment(
                request=db.session.get_one(PaymentRequest, request_id),
                paid_on=clock.today(),
                reference="1",
                by=db.session.get_one(Person, cashier_id),
            )
            db.session.commit()

    before = said(client, url)
    with meanwhile(db.engine, PAGES[address], pay) as failed:
        shown = said(client, url)
    assert (failed, shown) == ([], before)
    assert said(client, url) != before


def said(client: PageClient, url: str) -> str:
    """The words of a page, or of a file for spreadsheets."""
    return HtmlPage(client.download(url).get_data(as_text=True)).text
