"""Each act on a grant by who may do it, by its name: what tables and walks over whole lives choose from."""

from collections.abc import Callable
from dataclasses import dataclass

from stations.core import clock
from stations.core.access import Role
from stations.grants.awards.services import awards, cancellations, changes
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.rules import paying
from stations.grants.payments.services import corrections, payments
from stations.grants.reports.services import inspections, reports
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.queries import recoveries as recovery_queries
from stations.grants.settlement.services import determinations, recoveries, refunds
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast


@dataclass
class Case:
    """One grant and its people. ``payment``: the instalment that is acted on, the newest."""

    made: grants.Team
    auditor: Person

    @property
    def grant(self) -> Grant:
        return self.made.grant

    @property
    def payment(self) -> PaymentRequest:
        return max(self.grant.payment_requests, key=lambda one: one.instalment)

    @property
    def recovery(self) -> GrantRecovery:
        """The newest finding after 完結."""
        return max(recovery_queries.recoveries(self.grant), key=lambda one: one.id)


def case(made: grants.Team) -> Case:
    return Case(made, cast.person(Role.COMMITTEE_AUDITOR, of=made.plan.committee))


def moved(made: grants.Team) -> dict[int, int]:
    """Budgets that need the city's approval."""
    moves = (20_000, -20_000, 0, 0)
    lines = zip(made.grant.lines, moves, strict=True)
    return {line.id: line.awarded_yen + move for line, move in lines}


def ask_change(made: grants.Team) -> None:
    changes.request_change(grant=made.grant, budgets=moved(made), reason="広い部屋", by=made.chair)


def submit_report(case: Case) -> None:
    """Written, audited and handed in."""
    grant = case.grant
    if not grant.report_summary:
        last = clock.fiscal_year_period(grant.fiscal_year)[1]
        day = grant.completed_on or min(clock.today(), last)
        reports.save_report(grant=grant, summary="開いた。", completed_on=day, by=case.made.chair)
    if grant.accounts_audited_at is None:
        reports.audit_accounts(grant=grant, by=case.auditor)
    reports.submit_report(grant=grant, by=case.made.chair)


def _order(case: Case) -> object:
    payments.order_payment(request=case.payment, by=case.made.approver)
    return case.payment


def _draft_order(case: Case) -> object:
    payments.draft_order(request=case.payment, by=case.made.officer)
    return case.payment


def _pay(case: Case) -> object:
    payments.record_payment(request=case.payment, paid_on=clock.today(), by=case.made.cashier)
    return case.payment


def _fail(case: Case) -> object:
    corrections.fail_payment(
        request=case.payment, returned_on=clock.today(), reason="口座なし", by=case.made.cashier
    )
    return paying.receiving_year(case.payment.fiscal_year, clock.today())


def _record_recovery(case: Case) -> object:
    recoveries.record(recovery=case.recovery, received_on=clock.today(), by=case.made.cashier)
    return case.recovery.budget_year


def _inspect(case: Case) -> object:
    inspections.inspect(grant=case.grant, by=case.made.officer)
    return None


ACTS: dict[str, Callable[[Case], object]] = {
    "apply": lambda case: awards.apply(plan=case.made.plan, by=case.made.chair),
    "begin_review": lambda case: awards.begin_review(grant=case.grant, by=case.made.officer),
    "withdraw": lambda case: awards.withdraw(grant=case.grant, by=case.made.chair),
    "draft_award": lambda case: awards.draft_award(
        grant=case.grant, awarded_yen=100_000, by=case.made.officer
    ),
    "draft_refusal": lambda case: awards.draft_refusal(
        grant=case.grant, reason="年度が終わったため", by=case.made.officer
    ),
    "approve_decision": lambda case: awards.approve_decision(grant=case.grant, by=case.made.approver),
    "send_back": lambda case: awards.send_back(grant=case.grant, reason="直す", by=case.made.approver),
    "issue": lambda case: letters.issue(grant=case.grant, by=case.made.officer),
    "draft_cancellation": lambda case: cancellations.draft_cancellation(
        grant=case.grant, reason="目的外", by=case.made.officer
    ),
    "request_advance": lambda case: grants.requested(case.made, 10_000),
    "request_change": lambda case: ask_change(case.made),
    "submit_report": submit_report,
    "approve_change": lambda case: changes.decide_change(
        grant=case.grant, approve=True, by=case.made.approver
    ),
    "withdraw_change": lambda case: changes.withdraw_change(grant=case.grant, by=case.made.chair),
    "refuse_change": lambda case: changes.decide_change(
        grant=case.grant, approve=False, reason="年度が終わったため", by=case.made.approver
    ),
    "withdraw_advance": lambda case: payments.withdraw_advance(request=case.payment, by=case.made.treasurer),
    "draft_recovery": lambda case: recoveries.draft(
        grant=case.grant, disallowed_yen=10_000, reason="対象外の支出", by=case.made.officer
    ),
    "approve_recovery": lambda case: recoveries.approve(recovery=case.recovery, by=case.made.approver),
    "send_back_recovery": lambda case: recoveries.send_back(
        recovery=case.recovery, reason="直す", by=case.made.approver
    ),
    "issue_recovery": lambda case: recoveries.issue(recovery=case.recovery, by=case.made.officer),
    "record_recovery": _record_recovery,
    "reverse_recovery": lambda case: recoveries.reverse(
        recovery=case.recovery, reason="番号の誤り", by=case.made.cashier
    ),
    "issue_change": lambda case: letters.issue_change(grant=case.grant, by=case.made.officer),
    "draft_order": _draft_order,
    "return_request": lambda case: payments.return_request(
        request=case.payment, reason="年度が終わったため", by=case.made.officer
    ),
    "order_payment": _order,
    "send_back_order": lambda case: payments.send_back_order(
        request=case.payment, reason="直す", by=case.made.approver
    ),
    "record_payment": _pay,
    "withdraw_order": lambda case: corrections.withdraw_order(
        request=case.payment, reason="出納閉鎖", by=case.made.cashier
    ),
    "reverse_payment": lambda case: corrections.reverse_payment(
        request=case.payment, reason="番号の誤り", by=case.made.cashier
    ),
    "fail_payment": _fail,
    "return_report": lambda case: reports.return_report(
        grant=case.grant, reason="写真がない", by=case.made.officer
    ),
    "inspect": _inspect,
    "draft_determination": lambda case: determinations.draft_determination(
        grant=case.grant, by=case.made.officer
    ),
    "determine": lambda case: determinations.determine(grant=case.grant, by=case.made.approver),
    "issue_determination": lambda case: letters.issue_determination(grant=case.grant, by=case.made.officer),
    "draft_refund": lambda case: refunds.draft_refund(grant=case.grant, by=case.made.officer),
    "order_refund": lambda case: refunds.order_refund(grant=case.grant, by=case.made.approver),
    "return_refund": lambda case: refunds.return_refund(
        grant=case.grant, reason="直す", by=case.made.approver
    ),
    "issue_refund": lambda case: refunds.issue_refund(grant=case.grant, by=case.made.officer),
    "record_refund": lambda case: refunds.record_refund(
        grant=case.grant, received_on=clock.today(), by=case.made.cashier
    ),
    "reverse_refund": lambda case: refunds.reverse_refund(
        grant=case.grant, reason="日付の誤り", by=case.made.cashier
    ),
    "order_balance": lambda case: determinations.order_balance(grant=case.grant, by=case.made.officer),
    "issue_cancellation": lambda case: letters.issue_cancellation(grant=case.grant, by=case.made.officer),
    "close": lambda case: determinations.close(grant=case.grant, by=case.made.officer),
    "discontinue": lambda case: awards.discontinue(grant=case.grant, reason="会場がない", by=case.made.chair),
    "cancel": lambda case: cancellations.cancel(grant=case.grant, by=case.made.approver),
    "return_cancellation": lambda case: cancellations.return_cancellation(
        grant=case.grant, reason="直す", by=case.made.approver
    ),
}
