"""Danger to life: a call before a memo is sent, what its mail says, and who hears of it when nobody answers."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db, fetch_all
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.core.sealed import UnreadableError
from stations.people.models import Person
from stations.referrals.consent_rules import Recipient
from stations.referrals.danger import Call, CallOutcome
from stations.referrals.models import Observation
from stations.referrals.queries import lists, sheets
from stations.referrals.queries import waiting as referral_tasks
from stations.referrals.rules import ObservationStatus
from stations.referrals.services import consents, escalation, observations
from tests.referrals.cast import ALIAS, Town, consent, town, with_mail
from tests.support import cast
from tests.support.client import PageClient
from tests.support.refusals import refused

SATURDAY = clock.instant(dt.date(2026, 11, 28), dt.time(15, 0))
HOUR = dt.timedelta(hours=1)
FACTS = "もう死にたい、と話していた"


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def memo(here: Town, facts: str = FACTS, *, urgent: bool = True, to_desk: bool = False) -> Observation:
    """Not sent yet; with consent to the agency, so that it may go there."""
    made = observations.create_observation(
        station=here.station,
        agency=here.desk if to_desk else here.agency,
        by=here.leader,
        memo=observations.Memo(facts=facts, observed_on=clock.today(), alias=ALIAS, urgent=urgent),
    )
    consents.record_consent(subject=made, consent=consent(Recipient.AGENCY, to=here.agency), by=here.leader)
    return made


def call(outcome: CallOutcome = CallOutcome.REACHED) -> Call:
    return Call(outcome=outcome, whom="119", at=clock.now())


def sent(here: Town, *, to_desk: bool = False) -> Observation:
    made = memo(here, to_desk=to_desk)
    observations.record_call(observation=made, call=call(), by=here.leader)
    observations.send_observation(observation=made, by=here.leader)
    return made


def mails() -> list[tuple[str, str, str]]:
    """(to, subject, body), emptied after reading."""
    found = fetch_all(sa.select(OutboxMail).order_by(OutboxMail.id))
    mailed = [(one.to_name, one.subject, one.body) for one in found]
    db.session.execute(sa.delete(OutboxMail))
    return mailed


@pytest.mark.parametrize(("facts", "urgent"), [(FACTS, False), ("2週つづけて顔色が悪い", True)])
def test_words_of_danger_or_urgency_stop_a_memo_until_somebody_was_telephoned(
    here: Town, facts: str, urgent: bool
) -> None:
    made = memo(here, facts, urgent=urgent)
    with pytest.raises(RuleBroken) as broken:
        observations.send_observation(observation=made, by=here.leader)
    assert broken.value.field == "call" and made.sent_at is None
    observations.record_call(observation=made, call=call(CallOutcome.NOT_REACHED), by=here.leader)
    observations.send_observation(observation=made, by=here.leader)
    assert made.status is ObservationStatus.SENT and made.urgent
    assert [(one.whom, one.outcome) for one in made.calls] == [("119", CallOutcome.NOT_REACHED)]


def test_a_word_that_means_no_danger_is_explained_and_the_memo_is_no_more_urgent_for_it(here: Town) -> None:
    made = memo(here, urgent=False)
    explained = Call(outcome=CallOutcome.NOT_NEEDED, reason="亡くなった方の日記の言葉だった")
    observations.record_call(observation=made, call=explained, by=here.leader)
    observations.send_observation(observation=made, by=here.leader)
    assert not made.urgent and made.escalate_at is None


def test_a_memo_that_came_back_is_telephoned_again(here: Town) -> None:
    made = sent(here)
    with clock.frozen_at(clock.now() + HOUR):
        observations.return_observation(observation=made, reason="担当外", by=here.worker)
        with refused(RuleBroken, "call"):
            observations.send_observation(observation=made, by=here.leader)


def test_on_a_saturday_nobody_is_asked_to_wait_until_monday(here: Town) -> None:
    with clock.frozen_at(SATURDAY):
        made = sent(here)
        assert made.acknowledge_by_on == dt.date(2026, 11, 28)
        assert made.escalate_at == SATURDAY + 2 * HOUR
        assert sheets.memo_due_on(made, audit.since_of(made)) == dt.date(2026, 11, 28)


def test_its_mail_says_so_in_the_subject_and_nothing_of_the_person(here: Town) -> None:
    made = sent(here)
    ((name, subject, body),) = mails()
    assert name == here.worker.name
    assert subject == f"【至急】気づきメモ {made.number} が届きました"
    assert not any(word in subject + body for word in (ALIAS, "死にたい", "119"))


def test_unanswered_it_goes_to_the_desk_and_then_to_the_section(here: Town) -> None:
    officer = with_mail(cast.person(Role.OFFICER, name="地域 共生"))
    with clock.frozen_at(SATURDAY):
        made = sent(here)
        mails()
    with clock.frozen_at(SATURDAY + 2 * HOUR - dt.timedelta(seconds=1)):
        assert lists.unanswered(clock.now()) == [] and not escalation.escalate(observation=made)
    with clock.frozen_at(SATURDAY + 2 * HOUR):
        assert lists.unanswered(clock.now()) == [made]
        assert escalation.escalate(observation=made) and not escalation.escalate(observation=made)
        assert made.agency == here.desk and made.status is ObservationStatus.SENT
        assert not made.concealed_from(here.desk_worker)
        mailed = mails()
        assert {name for name, _, _ in mailed} == {here.worker.name, here.desk_worker.name, here.leader.name}
        assert all(subject.startswith("【至急】") for _, subject, _ in mailed)
        assert sheets.alerted_observation(made.id) is None
    with clock.frozen_at(SATURDAY + 4 * HOUR):
        assert escalation.escalate(observation=made) and not escalation.escalate(observation=made)
        assert lists.unanswered(clock.now() + 99 * HOUR) == []
        mailed = mails()
        assert {name for name, _, _ in mailed} == {officer.name, here.desk_worker.name, here.leader.name}
        (task,) = referral_tasks.waiting_for(officer)
        assert made.number in task.label and task.urgent
    assert [entry.act for entry in audit.timeline(made)][:2] == ["alert_section", "escalate"]
    assert all(ALIAS not in text and "死にたい" not in text for row in mailed for text in row)
    observations.acknowledge_observation(observation=made, by=here.desk_worker)
    assert referral_tasks.waiting_for(officer) == []


def test_the_agency_that_lost_a_memo_hears_of_it_without_a_link_that_it_may_not_open(
    app: Flask, here: Town
) -> None:
    with_mail(cast.person(Role.OFFICER, name="地域 共生"))
    everybody = {one.name: one for one in fetch_all(sa.select(Person))}
    with clock.frozen_at(SATURDAY):
        made = sent(here)
        mails()
    mailed = []
    for hours in (2, 4):
        with clock.frozen_at(SATURDAY + hours * HOUR):
            escalation.escalate(observation=made)
            mailed += mails()
    db.session.commit()
    leads = {name: re.findall(r"http://[^/]+(/\S+)", body) for name, _subject, body in mailed}
    assert leads.pop(here.worker.name) == []
    assert len(leads) == 3
    for name, links in leads.items():
        client = PageClient(app)
        client.sign_in(everybody[name])
        for link in links:
            assert client.get(link).status == 200
        assert links


def test_who_is_the_desk_already_is_followed_by_the_section(here: Town) -> None:
    made = sent(here, to_desk=True)
    with clock.frozen_at(clock.now() + 3 * HOUR):
        assert escalation.escalate(observation=made)
    assert made.agency == here.desk and made.section_alerted_at is not None


def test_what_was_acknowledged_or_is_not_urgent_goes_nowhere(here: Town) -> None:
    answered, calm = sent(here), memo(here, "2週つづけて顔色が悪い", urgent=False)
    observations.send_observation(observation=calm, by=here.leader)
    observations.acknowledge_observation(observation=answered, by=here.worker)
    with clock.frozen_at(clock.now() + 99 * HOUR):
        assert lists.unanswered(clock.now()) == []
        assert not escalation.escalate(observation=answered) and not escalation.escalate(observation=calm)


def test_nobody_else_writes_calls_down(here: Town) -> None:
    made = sent(here)
    for person in (here.desk_worker, cast.person(Role.VOLUNTEER, of=here.station)):
        with pytest.raises(NotAllowed):
            observations.record_call(observation=made, call=call(), by=person)


def test_the_command_passes_on_once(app: Flask, here: Town) -> None:
    with clock.frozen_at(clock.now() - 3 * HOUR):
        sent(here)
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["referrals", "escalate"]).output == "passed on 1\n"
    assert run(args=["referrals", "escalate"]).output == "passed on 0\n"


def test_a_memo_that_cannot_be_passed_on_does_not_keep_the_others(
    app: Flask, here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen_at(clock.now() - 3 * HOUR):
        broken, whole = sent(here).id, sent(here).id
    db.session.commit()
    escalate = escalation.escalate

    def fails_for_one(*, observation: Observation) -> bool:
        if observation.id == broken:
            raise UnreadableError("observation.facts")
        return escalate(observation=observation)

    monkeypatch.setattr(escalation, "escalate", fails_for_one)
    run = app.test_cli_runner().invoke(args=["referrals", "escalate"])
    assert "passed on 1" in run.output and run.exit_code == 1
    assert [one.id for one in lists.unanswered(clock.now())] == [broken]
    assert db.session.get_one(Observation, whole).agency.name == "福祉まるごと相談窓口"


def test_who_works_on_both_sides_gets_one_mail(here: Town) -> None:
    cast.give(here.worker, Role.MARUGOTO_DESK, of=here.desk)
    with clock.frozen_at(clock.now() - 3 * HOUR):
        made = sent(here)
    mails()
    assert escalation.escalate(observation=made)
    assert [name for name, _, _ in mails()].count(here.worker.name) == 1


def test_who_may_not_read_a_memo_any_more_neither_sees_its_words_nor_adds_calls(
    client: PageClient, here: Town
) -> None:
    made = sent(here)
    consents.withdraw_consent(subject=made, by=here.leader)
    client.sign_in(here.worker)
    token = client.get("/account")
    page = client.post(f"/observations/{made.id}/telephone", token_from=token)
    assert "死にたい" not in page.text and page.url == f"/observations/{made.id}"
    with pytest.raises(NotAllowed):
        observations.record_call(observation=made, call=call(), by=here.worker)


def test_a_memo_that_is_over_takes_no_calls(here: Town) -> None:
    made = sent(here, to_desk=True)
    observations.acknowledge_observation(observation=made, by=here.desk_worker)
    observations.start_observation(observation=made, by=here.desk_worker)
    observations.close_observation(observation=made, answer="訪問しました", by=here.desk_worker)
    with pytest.raises(Conflict):
        observations.record_call(observation=made, call=call(), by=here.leader)


def test_the_section_does_not_read_why_no_call_was_needed(client: PageClient, here: Town) -> None:
    made = memo(here, urgent=False)
    explained = Call(outcome=CallOutcome.NOT_NEEDED, reason="亡くなった方の日記の言葉だった")
    observations.record_call(observation=made, call=explained, by=here.leader)
    observations.record_call(observation=made, call=call(), by=here.leader)
    observations.send_observation(observation=made, by=here.leader)
    for hours in (3, 6):
        with clock.frozen_at(clock.now() + hours * HOUR):
            escalation.escalate(observation=made)
    client.sign_in(cast.person(Role.OFFICER))
    page = client.get(f"/observations/{made.id}/alerted")
    assert "119" in page.text and "日記" not in page.text


def test_the_section_sees_whom_to_telephone_and_not_the_memo(client: PageClient, here: Town) -> None:
    made = sent(here)
    client.sign_in(cast.person(Role.OFFICER))
    client.get(f"/observations/{made.id}/alerted", status=404)
    for hours in (3, 6):
        with clock.frozen_at(clock.now() + hours * HOUR):
            escalation.escalate(observation=made)
    page = client.get(client.get("/home").link(made.number))
    assert here.desk.phone in page.text and "119" in page.text
    assert ALIAS not in page.text and "死にたい" not in page.text
    client.get(f"/observations/{made.id}", status=404)
    page = client.submit(
        page, "電話を記録する", {"outcome": "reached", "whom": "窓口の当番の方", "at": "0:00"}
    )
    assert "窓口の当番の方" in page.text
    client.sign_in(here.leader)
    page = client.get(f"/observations/{made.id}")
    assert "窓口の当番の方" in page.text and "地域共生課へ知らせた" in page.text
    assert f"{here.agency.name}から{here.desk.name}へ" in page.text


def test_a_word_of_danger_without_the_box_stops_too(client: PageClient, here: Town) -> None:
    made = memo(here, urgent=False)
    client.sign_in(here.leader)
    page = client.get(f"/observations/{made.id}/receiver")
    page = client.submit(page, "この内容で送る", {"agency_id": str(here.agency.id)})
    assert "「死にたい」という言葉" in page.text
    page = client.submit(page, "電話を記録して、メモを送る", {"outcome": "not_needed"})
    assert "電話しない理由を入力" in page.text
    typed = {"outcome": "reached", "whom": "119", "at": "0:00"}
    client.submit(page, "電話を記録して、メモを送る", typed)
    db.session.expire_all()
    assert made.status is ObservationStatus.SENT and made.urgent and made.agency == here.agency
