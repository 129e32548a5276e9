"""A grant through two years, whatever happens on whatever day: its books, its budgets, and always a way on."""

import datetime as dt
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.database import db
from stations.core.messages import Refusal
from stations.grants.awards.queries import decisions
from stations.grants.books.queries import ledger
from stations.grants.letters import queries as letters
from stations.grants.models import Grant
from stations.grants.pages import available_acts
from stations.grants.payments.queries import payments
from stations.grants.rules import FINAL, PaymentStatus, RecoveryStatus, Status
from stations.grants.settlement.queries import recoveries
from stations.grants.settlement.rules.recovering import OPEN
from stations.grants.settlement.services import determinations
from tests.grants import acts
from tests.grants import cast as grants
from tests.grants.states import STATES

YEAR = 2026
FIRST, LAST = dt.date(2026, 5, 7), dt.date(2028, 6, 30)
LAST_DAYS = [dt.date(2027, 3, 30), dt.date(2027, 3, 31)]
BEGINNINGS = sorted(set(STATES) - {"plan approved", "withdrawn", "closed", "finding repaid"})
MOST_SPENT = 60_000  # what a cut award leaves its supplies: more would first have to be moved there

# The page that offers an act → what may be done there.
ON_PAGE = {
    "grants.begin_review": ["begin_review"],
    "grants.withdraw": ["withdraw"],
    "grants.draft_award": ["draft_award"],
    "grants.draft_refusal": ["draft_refusal"],
    "grants.decide": ["approve_decision"],
    "grants.send_back": ["send_back"],
    "grants.issue": ["issue"],
    "grants.advance": ["request_advance"],
    "grants.change": ["request_change"],
    "grants.decide_change": ["approve_change", "refuse_change"],
    "grants.withdraw_change": ["withdraw_change"],
    "grants.issue_change": ["issue_change"],
    "grants.report": ["submit_report"],
    "grants.discontinue": ["discontinue"],
    "grants.draft_cancellation": ["draft_cancellation"],
    "grants.cancel": ["cancel"],
    "grants.return_cancellation": ["return_cancellation"],
    "grants.issue_cancellation": ["issue_cancellation"],
    "grants.inspect": ["inspect", "return_report"],
    "grants.return_report": ["return_report"],
    "grants.draft_determination": ["draft_determination"],
    "grants.determine": ["determine"],
    "grants.issue_determination": ["issue_determination"],
    "grants.draft_refund": ["draft_refund"],
    "grants.order_refund": ["order_refund"],
    "grants.return_refund": ["return_refund"],
    "grants.issue_refund": ["issue_refund"],
    "grants.record_refund": ["record_refund"],
    "grants.reverse_refund": ["reverse_refund"],
    "grants.order_balance": ["order_balance"],
    "grants.close": ["close"],
    "grants.draft_recovery": ["draft_recovery"],
    "grants.draft_order": ["draft_order", "return_request"],
    "grants.order": ["order_payment", "send_back_order"],
    "grants.record_payment": ["record_payment", "withdraw_order"],
    "grants.reverse_payment": ["reverse_payment", "fail_payment"],
}
# A finding after 完結 has pages of its own.
FINDINGS = {
    RecoveryStatus.DRAFTED: ["approve_recovery", "send_back_recovery"],
    RecoveryStatus.DECIDED: ["issue_recovery"],
    RecoveryStatus.ORDERED: ["record_recovery"],
    RecoveryStatus.REPAID: ["reverse_recovery"],
}
# These bring a grant no nearer to its end.
_ASIDE = {
    "withdraw",
    "discontinue",
    "draft_cancellation",
    "return_cancellation",
    "return_refund",
    "return_report",
    "request_advance",
    "request_change",
    "withdraw_change",
    "reverse_payment",
    "fail_payment",
    "reverse_refund",
    "draft_recovery",
    "reverse_recovery",
}


def on(day: dt.date) -> Any:
    return clock.frozen_at(dt.datetime.combine(day, dt.time(3), dt.UTC))


class Life(RuleBasedStateMachine):
    """One grant of 2026, in some state on some day of its year, and what becomes of it in the hands of its people."""

    case: ClassVar[acts.Case]

    def __init__(self) -> None:
        super().__init__()
        self.before = db.session.begin_nested()
        self.today = FIRST
        self.acts_done = 0
        self._grant: Grant | None = None
        self._looked: dict[str, object] = {}

    def teardown(self) -> None:
        try:
            self._comes_to_an_end()
        finally:
            self.before.rollback()
            db.session.expire_all()

    @property
    def grant(self) -> Grant:
        """Asked for once, and again when the session no longer has it."""
        if self._grant is None or self._grant not in db.session:
            self._grant = self.case.grant
        return self._grant

    # ---- what happens

    @initialize(state=st.sampled_from(BEGINNINGS), day=st.sampled_from([FIRST, *LAST_DAYS]))
    def it_has_come_this_far(self, state: str, day: dt.date) -> None:
        self.today = day
        with on(day):
            STATES[state](self.case.made)

    @rule(days=st.sampled_from([1, 1, 2, 9, 30, 90]))
    def time_passes(self, days: int) -> None:
        self.today = min(self.today + dt.timedelta(days=days), LAST)

    @rule()
    def the_year_comes_to_its_end(self) -> None:
        ends = [dt.date(2027, month, day) for month, day in ((3, 31), (4, 1), (5, 31), (6, 1))]
        self.today = next((day for day in ends if day > self.today), self.today)

    @rule(nth=st.integers(min_value=0, max_value=9))
    def somebody_acts(self, nth: int) -> None:
        offered = self._offered()
        if nth < len(offered):
            self._does(offered[nth])

    @rule(steps=st.integers(min_value=1, max_value=3))
    def the_work_goes_on(self, steps: int) -> None:
        for _step in range(steps):
            self._does_first(self._offered())

    @rule(amount=st.sampled_from([10_000, 25_000]))
    def the_committee_spends(self, amount: int) -> None:
        spent = ledger.balance(self.grant).spent
        if self.grant.status is Status.ACTIVE and spent + amount <= MOST_SPENT:
            with on(self.today):
                grants.spent(self.case.made, amount, line=2)
            self.acts_done += 1

    # ---- what always holds (looked at again only when something has happened since)

    def _is_news(self, invariant: str, *facts: object) -> bool:
        """Whether an act was done, or ``facts`` changed, since this was asked last."""
        now = (self.acts_done, *facts)
        before, self._looked[invariant] = self._looked.get(invariant), now
        return before != now

    @invariant()
    def the_books_sum_to_zero_and_say_what_was_paid(self) -> None:
        if not self._is_news("books"):
            return
        postings = ledger.postings_of(self.grant)
        assert sum(posting.amount for posting in postings) == 0
        assert ledger.balance(self.grant).paid == payments.paid_by_rows(self.grant) >= 0

    @invariant()
    def nothing_is_paid_from_a_closed_year_or_beyond_the_award(self) -> None:
        if not self._is_news("payments"):
            return
        for request in self.grant.payment_requests:
            if request.payment is None:
                continue
            first, last = clock.cash_period(request.fiscal_year)
            assert first <= request.payment.paid_on <= last
            assert clock.is_bank_day(request.payment.paid_on)
            assert request.kind == "balance" or request.fiscal_year == YEAR
            assert len({request.requested_by_id, request.drafted_by_id, request.ordered_by_id}) == 3
        assert ledger.balance(self.grant).paid <= (self.grant.awarded_yen or 0)
        assert decisions.first_award(self.grant) is None or clock.fiscal_year(self.grant.decided_on) == YEAR  # type: ignore[arg-type]  # an award has its day

    @invariant()
    def letters_carry_the_year_of_their_day(self) -> None:
        if not self._is_news("letters"):
            return
        for letter in self.grant.letters:
            assert letter.fiscal_year == clock.fiscal_year(letter.issued_on)
            assert clock.is_business_day(letter.issued_on)

    @invariant()
    def somebody_can_go_on_today(self) -> None:
        """Or, at a weekend, on the next day on which city hall is open: a letter may be dated on it."""
        if not self._is_news("a way on", self.today) or self._ended():
            return
        today = self.today
        offered = [name for name in self._offered() if name not in _ASIDE - {"withdraw"}]
        for self.today in (today, clock.open_day(today)):
            if any(self._works(name) for name in offered):
                break
        else:
            raise AssertionError(f"{self.grant.status} on {today}: {offered}")
        self.today = today

    # ---- how it is done

    def _ended(self) -> bool:
        grant = self.grant
        published = grant.status is not Status.REFUSED or letters.letter_of(grant, "refusal") is not None
        found = any(one.status in OPEN for one in recoveries.recoveries(grant))
        return grant.status in FINAL and published and not found

    def _offered(self) -> list[str]:
        """What the grant's page offers today: the payments first, then the acts in their order."""
        with on(self.today):
            pages = [available_acts.request_act(one) for one in self.grant.payment_requests]
            pending = [act for act in pages if act is not None and act.endpoint != "grants.reverse_payment"]
            paid = [act for act in pages if act is not None and act.endpoint == "grants.reverse_payment"]
            found = [
                *pending,
                *available_acts.available_acts(self.grant, available_acts.facts(self.grant)),
                *paid[-1:],
            ]
            findings = [
                name for one in recoveries.recoveries(self.grant) for name in FINDINGS.get(one.status, [])
            ]
        return [*findings, *(name for act in found for name in ON_PAGE[act.endpoint])]

    def _does(self, name: str) -> bool:
        """Whether the act was done; a refused one leaves nothing behind."""
        attempt = db.session.begin_nested()
        try:
            with on(self.today):
                acts.ACTS[name](self.case)
                db.session.flush()
        except Refusal:
            attempt.rollback()
            db.session.expire_all()
            return False
        attempt.commit()
        self.acts_done += 1
        return True

    def _works(self, name: str) -> bool:
        attempt, acts_done = db.session.begin_nested(), self.acts_done
        done = self._does(name)
        attempt.rollback()
        self.acts_done = acts_done
        db.session.expire_all()
        return done

    def _does_first(self, names: list[str]) -> bool:
        return any(self._does(name) for name in names if name not in _ASIDE)

    def _comes_to_an_end(self) -> None:
        """From wherever it is: people go on from the next day on which banks are open, and the grant is settled."""
        self.today = clock.bank_day(self.today)
        for _step in range(40):
            if self._ended():
                break
            assert self._does_first(self._offered()), f"{self.grant.status} on {self.today}"
        assert self._ended()
        with on(self.today):
            if self.grant.status is Status.CLOSED:
                determinations.check_books(self.grant)
                assert ledger.balance(self.grant).paid == self.grant.fixed_yen
                open_ones = {PaymentStatus.REQUESTED, PaymentStatus.DRAFTED, PaymentStatus.ORDERED}
                assert not open_ones & {one.status for one in self.grant.payment_requests}


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)
def test_every_life_of_a_grant_comes_to_an_end(db_session: Session):
    with on(FIRST):
        made = grants.team(year=YEAR)
        for year in (YEAR + 1, YEAR + 2):
            grants.settings(year, by=made.approver, document_prefix=f"見本{year}")
        case = acts.case(made)
    walk: type[RuleBasedStateMachine] = type("OneLife", (Life,), {"case": case})
    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=60,
            stateful_step_count=12,
            phases=[
                Phase.generate
            ],  # a dozen steps are read as they are, and shrinking them would take minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
