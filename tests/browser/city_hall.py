"""What the city and the general meeting do meanwhile, through the services: their own pages are walked at a desk."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.applications.services import review
from stations.core import clock
from stations.core.config import Config
from stations.core.database import db
from stations.core.outbox import OutboxMail
from stations.grants.awards.services import awards
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import payments
from stations.meetings import queries as hall
from stations.meetings import services as meetings
from stations.meetings.rules import Resolution
from stations.people.models import Person
from tests.support.demo_site import Site


@contextmanager
def _at_work(site: Site) -> Iterator[None]:
    from stations.app import create_app  # here, as for the tests' own application

    app = create_app(Config.from_environment(site.environment))
    with app.app_context():
        yield
        db.session.commit()
        db.engine.dispose()


def mailed_code(site: Site, login: str) -> str:
    """The code of six digits in the last mail to one of the demonstration's people."""
    with _at_work(site):
        newest = sa.select(OutboxMail.body).where(OutboxMail.to_address == _called(login).email)
        body = db.session.scalars(newest.order_by(OutboxMail.id.desc())).first()
    (code,) = re.findall(r"\b\d{6}\b", str(body))
    return str(code)


def _called(login: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.login == f"demo-{login}")).one()


def approve(site: Site, plan_id: int) -> None:
    """受付 → 確認済 → 付議 → 承認 at a meeting of today."""
    with _at_work(site):
        plan, officer, secretariat = (
            db.session.get_one(Plan, plan_id),
            _called("officer1"),
            _called("secretariat1"),
        )
        review.receive(plan=plan, by=officer)
        review.confirm(plan=plan, by=officer)
        today = clock.today()
        meeting = meetings.plan_meeting(
            title="臨時の全体会議", held_on=today, starts_at=dt.time(14), place="見本会議室", by=secretariat
        )
        item = meetings.table(meeting=meeting, plan=plan, by=secretariat)
        present = {member.id: "present" for member in hall.members(today)}
        meetings.record_presence(meeting=meeting, present=present, by=secretariat)
        meetings.open_meeting(meeting=meeting, by=secretariat)
        meetings.resolve(item=item, resolution=Resolution.APPROVED, votes_for=len(present), by=secretariat)
        meetings.close(meeting=meeting, by=secretariat)


def award(site: Site, grant_id: int) -> None:
    """審査 → 起案 → 決裁 → 施行, of all that was asked for."""
    with _at_work(site):
        grant, officer = db.session.get_one(Grant, grant_id), _called("officer1")
        awards.begin_review(grant=grant, by=officer)
        awards.draft_award(grant=grant, awarded_yen=grant.requested_yen, by=officer)
        awards.approve_decision(grant=grant, by=_called("approver1"))
        letters.issue(grant=grant, by=officer)


def pay(site: Site, grant_id: int) -> None:
    """支出命令 → 支払済 of the advance that was asked for."""
    with _at_work(site):
        (request,) = payment_queries.pending(db.session.get_one(Grant, grant_id))
        payments.draft_order(request=request, by=_called("officer2"))
        payments.order_payment(request=request, by=_called("approver1"))
        _on_a_bank_day(request)
        paid_on = clock.last_bank_day(clock.today())
        payments.record_payment(request=request, paid_on=paid_on, by=_called("cashier1"))


def order_on_a_bank_day(site: Site, grant_id: int) -> None:
    """At a weekend nothing could be paid: the order is then one of the last bank day."""
    with _at_work(site):
        for request in payment_queries.pending(db.session.get_one(Grant, grant_id)):
            _on_a_bank_day(request)


def _on_a_bank_day(request: PaymentRequest) -> None:
    day = clock.last_bank_day(clock.today())
    if day < clock.today():
        request.ordered_at = dt.datetime.combine(day, dt.time(12), clock.TOKYO)
