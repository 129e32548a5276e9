"""Drafts of every kind: who decides is asked by mail, who drafted reads why one came back, and Enter never approves."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.attendance.models import AgeBandDraft
from stations.attendance.services import bands as attendance_bands
from stations.core import clock
from stations.core.access import Role
from stations.core.drafted import Drafted
from stations.core.drafts import DraftStatus
from stations.core.outbox import OutboxMail
from stations.grants.letters.letter_data import standard
from stations.grants.letters.models import LetterTextDraft
from stations.grants.letters.services import texts
from stations.grants.settings import services as settings
from stations.grants.settings.models import SettingsDraft
from stations.grants.settings.rules import FiscalTerms
from stations.people.models import Person
from stations.people.services import drafts
from tests.attendance import ages
from tests.support import cast
from tests.support.client import PageClient


def next_year() -> int:
    return clock.fiscal_year(clock.today()) + 1


def bands(by: Person) -> Drafted:
    return ages.drafted(next_year(), by=by)


def letter(by: Person) -> Drafted:
    said = standard("award") | {"closing": "担当がお答えします。"}
    return texts.draft_texts(year=next_year(), kind="award", texts=said, by=by)


def terms(by: Person) -> Drafted:
    return settings.draft_settings(
        terms=FiscalTerms(fiscal_year=next_year(), document_prefix="見本共"), by=by
    )


APPROVE: dict[type[Drafted], Callable[..., object]] = {
    AgeBandDraft: attendance_bands.approve_bands,
    LetterTextDraft: texts.approve_texts,
    SettingsDraft: settings.approve_settings,
}
each_kind = pytest.mark.parametrize(
    ("draft", "called", "page"),
    [
        (bands, "年代の区分", "/attendance/bands?year={year}"),
        (letter, "交付決定通知書の文", "/grants/settings/letters/texts?year={year}&kind=award"),
        (terms, "制度設定", "/grants/settings?year={year}"),
    ],
    ids=["bands", "texts", "settings"],
)


def mails(db_session: Session) -> list[tuple[str, str, str]]:
    found = db_session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))
    return [(one.to_name, one.subject, one.body) for one in found]


@each_kind
def test_who_decides_is_asked_and_who_drafts_is_told(
    db_session: Session, draft: Callable[[Person], Drafted], called: str, page: str
) -> None:
    people = [cast.person(role) for role in (Role.OFFICER, Role.OFFICER, Role.APPROVER, Role.CASHIER)]
    for number, one in enumerate(people):
        one.email = f"one{number}@example.jp"
    officer, colleague, approver, _cashier = people
    made = draft(officer)
    [(name, subject, body)] = mails(db_session)
    assert (name, subject) == (approver.name, f"{called}の決裁をお願いします")
    assert body.endswith(page.format(year=next_year()))
    drafts.send_back(made, reason="書き直してください", by=approver)
    back = mails(db_session)[1:]
    assert {name for name, _subject, _body in back} == {officer.name, colleague.name}
    for _name, subject, body in back:
        assert subject == f"{called}の起案が差し戻されました"
        assert "書き直してください" not in body and body.endswith(page.format(year=next_year()))


@each_kind
def test_who_drafts_is_told_what_was_approved(
    db_session: Session, draft: Callable[[Person], Drafted], called: str, page: str
) -> None:
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    officer.email = "officer@example.jp"
    made = draft(officer)
    assert mails(db_session) == []
    APPROVE[type(made)](draft=made, by=approver)
    assert [(name, subject) for name, subject, _body in mails(db_session)] == [
        (officer.name, f"{called}が決裁されました")
    ]


@each_kind
def test_enter_in_the_reason_sends_back(
    client: PageClient, db_session: Session, draft: Callable[[Person], Drafted], called: str, page: str
) -> None:
    made = draft(cast.person(Role.OFFICER))
    client.sign_in(cast.person(Role.APPROVER))
    asked = client.get(client.get(page.format(year=next_year())).link("を決裁する"))
    first = asked.form_with(field="reason").buttons[0]
    assert (first.get("name"), first.get("value")) == ("act", "return")
    shown = client.submit(asked, "Enterキーで送る", reason="書き直してください")
    assert "起案が差し戻されています" in shown.text and made.status is DraftStatus.RETURNED


@each_kind
def test_who_drafted_opens_no_page_to_decide(
    client: PageClient, db_session: Session, draft: Callable[[Person], Drafted], called: str, page: str
) -> None:
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.APPROVER)
    draft(both)
    client.sign_in(both)
    assert not client.get(page.format(year=next_year())).has_link("を決裁する")
    assert not client.get("/home").has_link("を決裁する")
