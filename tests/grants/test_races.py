"""Two people press the same button at once (PostgreSQL): it happens once, the other one gets `Conflict`."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db, lock
from stations.core.messages import Conflict
from stations.grants.awards.queries import applying
from stations.grants.awards.rules.granting import award_amount
from stations.grants.awards.services import awards
from stations.grants.books.models import LedgerTransaction
from stations.grants.letters.models import Letter
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.models import Payment
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import payments
from stations.grants.queries import grants as grant_queries
from stations.grants.rules import Status
from stations.grants.settings import queries as year_settings
from stations.grants.settings import services as settings
from stations.grants.settings.rules import FiscalTerms
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast

on_postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Run the acts at the same moment, each as a request would: own context, own session, commit or roll back."""
    start = threading.Barrier(len(acts))
    outcomes = ["never ran"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                db.session.commit()
                outcomes[place] = "done"
            except Conflict:
                db.session.rollback()
                outcomes[place] = "conflict"
            except Exception as error:
                db.session.rollback()
                outcomes[place] = repr(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def grant_of(grant_id: int) -> Grant:
    found = grant_queries.grant(grant_id)
    assert found is not None
    return found


def person(person_id: int) -> Person:
    return db.session.get_one(Person, person_id)


@on_postgresql
def test_two_approvers_approve_one_award(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    approvers = [made.approver.id, cast.person(Role.APPROVER).id]
    grant_id = grant.id
    db_session.commit()
    outcomes = at_once(
        app,
        *(
            lambda who=who: awards.approve_decision(grant=grant_of(grant_id), by=person(who))
            for who in approvers
        ),
    )
    assert outcomes == ["conflict", "done"]
    db_session.expire_all()
    assert grant.status is Status.AWARDED


@on_postgresql
def test_two_officers_issue_one_letter(app: Flask, db_session: Session):
    made = grants.team()
    grant_id = grants.awarded(made).id
    officers = [made.officer.id, made.other_officer.id]
    db_session.commit()
    outcomes = at_once(
        app,
        *(lambda who=who: letters.issue(grant=grant_of(grant_id), by=person(who)) for who in officers),
    )
    assert outcomes == ["conflict", "done"]
    assert db_session.scalars(sa.select(Letter.number)).all() == [1]


@on_postgresql
def test_two_cashiers_record_one_payment(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    request_id = grants.ordered(made, 50_000).id
    cashiers = [made.cashier.id, cast.person(Role.CASHIER).id]
    db_session.commit()

    def record(who: int) -> None:
        request = payment_queries.payment_request(request_id)
        assert request is not None
        payments.record_payment(request=request, paid_on=clock.today(), by=person(who))

    outcomes = at_once(app, *(lambda who=who: record(who) for who in cashiers))
    assert outcomes == ["conflict", "done"]
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1
    assert db_session.scalar(sa.select(sa.func.count()).select_from(LedgerTransaction)) == 1


@on_postgresql
def test_one_plan_becomes_one_grant(app: Flask, db_session: Session):
    made = grants.team()
    plan_id, chairs = made.plan.id, [made.chair.id, cast.person(Role.CHAIR, of=made.plan.committee).id]
    db_session.commit()

    def apply(who: int) -> None:
        plan = applying.plan(plan_id)
        assert plan is not None
        awards.apply(plan=plan, by=person(who))

    outcomes = at_once(app, *(lambda who=who: apply(who) for who in chairs))
    assert outcomes == ["conflict", "done"]


@on_postgresql
def test_an_application_and_a_change_of_the_terms_never_miss_each_other(app: Flask, db_session: Session):
    """Whoever is first: what is asked for is what the year's settings then give."""
    made = grants.team()
    plan_id, chair, approver = made.plan.id, made.chair.id, made.approver.id
    lower = FiscalTerms(fiscal_year=made.plan.fiscal_year, rate_numerator=1, rate_denominator=2)
    draft_id = settings.draft_settings(terms=lower, by=made.officer).id
    db_session.commit()

    def apply() -> None:
        plan = applying.plan(plan_id)
        assert plan is not None
        awards.apply(plan=plan, by=person(chair))

    def approve() -> None:
        drafted = year_settings.settings_draft(draft_id)
        assert drafted is not None
        settings.approve_settings(draft=drafted, by=person(approver))

    outcomes = at_once(app, apply, approve)
    assert outcomes in (["conflict", "done"], ["done", "done"])
    db_session.expire_all()
    setting = year_settings.settings(lower.fiscal_year)
    assert setting is not None
    assert made.grant.requested_yen == award_amount(grants.ASKED, setting.terms)


@on_postgresql
def test_letters_issued_at_once_are_numbered_without_a_gap(app: Flask, db_session: Session):
    teams = [grants.team() for _ in range(4)]
    pairs = [(grants.awarded(made).id, made.officer.id) for made in teams]
    db_session.commit()
    outcomes = at_once(
        app,
        *(
            lambda grant_id=grant_id, who=who: letters.issue(grant=grant_of(grant_id), by=person(who))
            for grant_id, who in pairs
        ),
    )
    assert outcomes == ["done"] * 4
    assert sorted(db_session.scalars(sa.select(Letter.number))) == [1, 2, 3, 4]


@on_postgresql
def test_work_on_two_grants_of_one_committee_does_not_wait(app: Flask, db_session: Session):
    """A lock holds the grant itself, never the committee that stands behind it."""
    made = grants.team()
    other = grants.team()
    first, second = grants.applied(made), grants.applied(other)
    second.committee_id = first.committee_id
    second.station_id = first.station_id
    first_id, second_id = first.id, second.id
    db_session.commit()
    lock(grant_of(first_id))
    outcomes = at_once(app, lambda: lock(grant_of(second_id)))
    assert outcomes == ["done"]
