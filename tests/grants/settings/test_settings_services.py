"""制度設定: drafted by one official, approved by another, changed until somebody applies under them."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import audit
from stations.core.access import Role
from stations.core.drafted import last_waiting
from stations.core.drafts import DraftStatus
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.awards.services import awards
from stations.grants.pages import tasks
from stations.grants.settings import queries as year_settings
from stations.grants.settings import services as settings
from stations.grants.settings.models import SettingsDraft
from stations.grants.settings.rules import FiscalTerms
from stations.people.models import Person
from stations.people.services import drafts
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused


def draft(terms: FiscalTerms, by: Person | None = None) -> SettingsDraft:
    return settings.draft_settings(terms=terms, by=by or cast.person(Role.OFFICER))


def pending(year: int) -> SettingsDraft | None:
    return last_waiting(year_settings.settings_drafts(year))


def test_settings_hold_when_another_official_has_approved_them(db_session: Session):
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    approver.email = "approver@example.jp"
    first = FiscalTerms(fiscal_year=2026, document_prefix="見本共")
    one = draft(first, officer)
    assert year_settings.settings(2026) is None
    assert pending(2026) is one
    assert "制度設定" in db_session.scalars(sa.select(OutboxMail)).one().subject
    settings.approve_settings(draft=one, by=approver)
    found = year_settings.settings(2026)
    assert found is not None and found.terms == first and pending(2026) is None
    other = FiscalTerms(fiscal_year=2026, unit_yen=100, document_prefix="見本共")
    two = draft(other, officer)
    assert found.terms == first, "what is in force stays in force"
    settings.approve_settings(draft=two, by=approver)
    assert found.terms == other
    said = [entry.detail for entry in audit.timeline(two) if "unit_yen" in entry.detail]
    assert said[0]["unit_yen"] == [1_000, 100]


def test_nobody_approves_the_terms_they_drafted(db_session: Session):
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.APPROVER)
    made = draft(FiscalTerms(fiscal_year=2026), both)
    with refused(NotAllowed, None, "ご自分で起案"):
        settings.approve_settings(draft=made, by=both)
    for role in (Role.OFFICER, Role.CASHIER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            settings.approve_settings(draft=made, by=cast.person(role))
    assert year_settings.settings(2026) is None
    settings.approve_settings(draft=made, by=cast.person(Role.APPROVER))
    with pytest.raises(Conflict):
        settings.approve_settings(draft=made, by=cast.person(Role.APPROVER))


def test_a_draft_is_sent_back_with_a_reason_or_followed_by_another(db_session: Session):
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    one = draft(FiscalTerms(fiscal_year=2026, unit_yen=100), officer)
    with pytest.raises(RuleBroken) as broken:
        drafts.send_back(one, reason=" ", by=approver)
    assert broken.value.field == "reason"
    drafts.send_back(one, reason="単位は千円です。", by=approver)
    assert (one.status, one.decision_reason) == (DraftStatus.RETURNED, "単位は千円です。")
    two = draft(FiscalTerms(fiscal_year=2026), officer)
    three = draft(FiscalTerms(fiscal_year=2026, unit_yen=10), cast.person(Role.OFFICER))
    assert (two.status, pending(2026)) == (DraftStatus.REPLACED, three)
    with pytest.raises(Conflict):
        settings.approve_settings(draft=two, by=approver)


def test_settings_that_cannot_work_are_refused(db_session: Session):
    wrong: dict[str, Any] = {"rate_numerator": 2, "unit_yen": 0, "report_latest": (2, 30), "cap_yen": 0}
    for field, value in wrong.items():
        with refused(RuleBroken, field):
            draft(FiscalTerms(fiscal_year=2026, **{field: value}))
    assert pending(2026) is None


def test_only_an_officer_drafts_the_terms(db_session: Session):
    for role in (Role.APPROVER, Role.CASHIER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            draft(FiscalTerms(fiscal_year=2026), cast.person(role))


def test_what_was_applied_for_under_the_terms_is_settled_under_them(db_session: Session):
    made = grants.team()
    terms = FiscalTerms(fiscal_year=made.plan.fiscal_year, rate_numerator=9, rate_denominator=10)
    waiting = draft(terms, made.officer)
    grant = grants.applied(made)
    with pytest.raises(Conflict):
        settings.approve_settings(draft=waiting, by=made.approver)
    with pytest.raises(Conflict):
        draft(FiscalTerms(fiscal_year=grant.fiscal_year), made.officer)
    assert grant.requested_yen == grants.ASKED


def test_a_withdrawn_application_leaves_the_terms_open(db_session: Session):
    made = grants.team()
    grant = grants.applied(made)
    awards.withdraw(grant=grant, by=made.chair)
    draft(FiscalTerms(fiscal_year=grant.fiscal_year), made.officer)


def test_the_draft_waits_for_whom_may_approve_it(db_session: Session):
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    draft(FiscalTerms(fiscal_year=2026), officer)

    def waits(person: Person) -> list[str]:
        return [task.endpoint for task in tasks.waiting_for(person)]

    assert "grants.approve_settings" in waits(approver)
    assert "grants.approve_settings" not in waits(officer)


def test_the_processing_time_may_change_after_the_first_application(db_session: Session):
    made = grants.team()
    grants.applied(made)
    setting = year_settings.settings(made.plan.fiscal_year)
    assert setting is not None

    def change(days: int, by: Person) -> None:
        terms = setting.terms
        settings.change_deadlines(
            setting=setting,
            processing_days=days,
            resubmit_days=terms.resubmit_days,
            reminder_days=terms.reminder_days,
            by=by,
        )

    change(45, made.approver)
    change(45, made.approver)
    assert setting.processing_days == 45
    assert [one.detail for one in audit.timeline(setting)] == [{"processing_days": [30, 45]}]
    with pytest.raises(RuleBroken) as broken:
        change(0, made.approver)
    assert broken.value.field == "processing_days"
    with pytest.raises(NotAllowed):
        change(10, made.officer)
