"""制度設定: entered by the approver, changed until somebody applies under it."""

import pytest
from sqlalchemy.orm import Session

from stations.core import audit
from stations.core.access import NotAllowed, Role
from stations.core.messages import Conflict, RuleBroken
from stations.grants import queries, services
from stations.grants.settlement import FiscalTerms
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast


def test_settings_are_entered_and_changed(db_session: Session):
    approver = cast.person(Role.APPROVER)
    services.save_settings(terms=FiscalTerms(fiscal_year=2026, document_prefix="見本共"), by=approver)
    services.save_settings(
        terms=FiscalTerms(fiscal_year=2026, unit_yen=100, document_prefix="見本共"), by=approver
    )
    found = queries.settings(2026)
    assert found is not None
    assert found.terms == FiscalTerms(fiscal_year=2026, unit_yen=100, document_prefix="見本共")


def test_settings_that_cannot_work_are_refused(db_session: Session):
    approver = cast.person(Role.APPROVER)
    for bad in ({"rate_numerator": 2}, {"unit_yen": 0}, {"report_latest": (2, 30)}, {"cap_yen": 0}):
        with pytest.raises(RuleBroken):
            services.save_settings(
                terms=FiscalTerms(fiscal_year=2026, **bad),
                by=approver,
            )


def test_only_the_approver_sets_the_terms(db_session: Session):
    for role in (Role.OFFICER, Role.CASHIER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            services.save_settings(terms=FiscalTerms(fiscal_year=2026), by=cast.person(role))


def test_what_was_applied_for_under_the_terms_is_settled_under_them(db_session: Session):
    made = grants.team()
    terms = FiscalTerms(fiscal_year=made.plan.fiscal_year, rate_numerator=9, rate_denominator=10)
    services.save_settings(terms=terms, by=made.approver)
    grant = grants.applied(made)
    for changed in (FiscalTerms(fiscal_year=grant.fiscal_year), terms):
        with pytest.raises(Conflict):
            services.save_settings(terms=changed, by=made.approver)


def test_a_withdrawn_application_leaves_the_terms_open(db_session: Session):
    made = grants.team()
    grant = grants.applied(made)
    services.withdraw(grant=grant, by=made.chair)
    services.save_settings(terms=FiscalTerms(fiscal_year=grant.fiscal_year), by=made.approver)


def test_the_processing_time_may_change_after_the_first_application(db_session: Session):
    made = grants.team()
    grants.applied(made)
    setting = queries.settings(made.plan.fiscal_year)
    assert setting is not None

    def change(days: int, by: Person) -> None:
        terms = setting.terms
        services.change_deadlines(
            setting=setting,
            processing_days=days,
            resubmit_days=terms.resubmit_days,
            reminder_days=terms.reminder_days,
            by=by,
        )

    change(45, made.approver)
    change(45, made.approver)
    assert setting.processing_days == 45
    assert [one.detail for one in audit.timeline(setting)[:-1]] == [{"processing_days": [30, 45]}]
    with pytest.raises(RuleBroken) as broken:
        change(0, made.approver)
    assert broken.value.field == "processing_days"
    with pytest.raises(NotAllowed):
        change(10, made.officer)
