"""Every act of a referral and a memo, the gate in front of them, and consents that are only ever added."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core import audit, clock, edit_conflicts
from stations.core.access import Permission, Role
from stations.core.database import AppendOnlyError, add, db, fetch_all
from stations.core.messages import Conflict, EditConflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.people.models import Person
from stations.referrals import consent_rules, deadlines, rules
from stations.referrals.consent_rules import ConsentAnswer, Recipient
from stations.referrals.models import Agency, ConsentRecord, Observation, Referral
from stations.referrals.queries import lists, sheets
from stations.referrals.queries import waiting as referral_tasks
from stations.referrals.rules import Act, ObservationAct, ObservationStatus, Outcome, Status
from stations.referrals.services import agencies, consents, contents, observations, referrals
from stations.referrals.workflow import OBSERVATION, REFERRAL
from tests.grants.test_races import at_once
from tests.referrals.cast import ALIAS, SHEET, Town, agency, consent, town
from tests.support import cast
from tests.support.refusals import refused

YESTERDAY = dt.timedelta(days=1)


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def do(act: Act, referral: Referral, by: Person) -> None:
    """One act with everything it asks for."""
    acts: dict[Act, Callable[[], object]] = {
        Act.SEND: lambda: referrals.send(referral=referral, by=by),
        Act.ACCEPT: lambda: referrals.accept(referral=referral, by=by),
        Act.RETURN: lambda: referrals.return_(referral=referral, reason="連絡先がない", by=by),
        Act.ARRANGE: lambda: referrals.arrange(referral=referral, by=by),
        Act.AGREE_VISIT: lambda: referrals.agree_visit(referral=referral, reason="月曜の10時、入口で", by=by),
        Act.RECORD_FIRST_VISIT: lambda: referrals.record_first_visit(
            referral=referral, on=clock.today(), by=by
        ),
        Act.START: lambda: referrals.start(referral=referral, by=by),
        Act.SETTLE: lambda: referrals.settle(referral=referral, by=by),
        Act.CLOSE: lambda: referrals.close(referral=referral, reason="ひとりで通える", by=by),
        Act.FAIL: lambda: referrals.fail(referral=referral, reason="合わなかった", by=by),
        Act.SUSPEND: lambda: referrals.suspend(referral=referral, reason="入院", by=by),
        Act.RESUME: lambda: referrals.resume(referral=referral, by=by),
        Act.WITHDRAW: lambda: referrals.withdraw(referral=referral, reason="本人の都合", by=by),
    }
    acts[act]()


# How each state is reached, from a complete draft.
WAYS: dict[Status, tuple[Act, ...]] = {
    Status.DRAFT: (),
    Status.SENT: (Act.SEND,),
    Status.RETURNED: (Act.SEND, Act.RETURN),
    Status.ACCEPTED: (Act.SEND, Act.ACCEPT),
    Status.ARRANGING: (Act.SEND, Act.ACCEPT, Act.ARRANGE),
    Status.VISITED: (Act.SEND, Act.ACCEPT, Act.ARRANGE, Act.RECORD_FIRST_VISIT),
    Status.JOINED: (Act.SEND, Act.ACCEPT, Act.ARRANGE, Act.RECORD_FIRST_VISIT, Act.START),
    Status.SETTLED: (Act.SEND, Act.ACCEPT, Act.ARRANGE, Act.RECORD_FIRST_VISIT, Act.START, Act.SETTLE),
    Status.SUSPENDED: (Act.SEND, Act.ACCEPT, Act.SUSPEND),
    Status.FAILED: (Act.SEND, Act.ACCEPT, Act.FAIL),
    Status.CLOSED: (Act.SEND, Act.ACCEPT, Act.SUSPEND, Act.CLOSE),
    Status.WITHDRAWN: (Act.WITHDRAW,),
}


def of_the_act(here: Town, act: Act) -> Person:
    return here.worker if rules_of_agency(act) else here.leader


def rules_of_agency(act: Act) -> bool:
    return act in {Act.SEND, Act.WITHDRAW, Act.RESUME}


def in_state(here: Town, status: Status) -> Referral:
    referral = here.referral()
    for act in WAYS[status]:
        do(act, referral, of_the_act(here, act))
    assert referral.status is status
    return referral


def test_every_act_in_every_state(here: Town) -> None:
    for status, act in product(WAYS, set(Act) - {Act.EXPIRE}):
        with db.session.begin_nested() as attempt:
            referral = in_state(here, status)
            if REFERRAL.allows(status, act):
                assert sheets.available_steps(of_the_act(here, act), referral, {act})
                do(act, referral, of_the_act(here, act))
                assert referral.status is REFERRAL.next_status(status, act)
                assert audit.timeline(referral)[0].to_label
            else:
                # The station does not even know of a sheet that was never sent.
                unknown = Act.SEND not in WAYS[status] and not rules_of_agency(act)
                with refused(NotAllowed if unknown else Conflict, None):
                    do(act, referral, of_the_act(here, act))
            attempt.rollback()


def test_every_act_by_the_wrong_side_or_somebody_else(here: Town) -> None:
    others = {
        cast.person(Role.OFFICER),
        cast.person(Role.CHAIR, of=here.station.committee),
        cast.person(Role.VOLUNTEER, of=here.station),
        cast.person(Role.STATION_LEADER, of=cast.station(here.station.committee, "よそ")),
        here.desk_worker,
    }
    for act in set(Act) - {Act.EXPIRE}:
        status = next(status for status in WAYS if REFERRAL.allows(status, act))
        referral = in_state(here, status)
        other_side = (
            {here.leader if rules_of_agency(act) else here.worker}
            if len(REFERRAL.row(act).permissions) == 1
            else set()
        )
        for person in others | other_side:
            with pytest.raises(NotAllowed):
                do(act, referral, person)
            assert not sheets.available_steps(person, referral, {act})
        assert referral.status is status


def test_the_gate_to_a_station(here: Town) -> None:
    today = clock.today()
    scopes = [{Recipient.STATION}, {Recipient.AGENCY}, {Recipient.MARUGOTO_DESK}, set(Recipient)]
    for answer, scope, days in product(ConsentAnswer, scopes, [None, 0, -1]):
        expires_on = None if days is None else today + dt.timedelta(days=days)
        named = here.agency if Recipient.AGENCY in scope else None
        started = today - 9 * YESTERDAY
        given = consent(*scope, answer=answer, given_on=started, expires_on=expires_on, to=named)
        with clock.frozen_at(clock.now() - 2 * YESTERDAY):  # while it still held
            referral = here.referral(given)
        if answer is ConsentAnswer.GIVEN and Recipient.STATION in scope and days != -1:
            referrals.send(referral=referral, by=here.worker)
            assert referral.status is Status.SENT
            continue
        with pytest.raises(RuleBroken) as broken:
            referrals.send(referral=referral, by=here.worker)
        assert broken.value.field == "consent" and referral.status is Status.DRAFT


def test_nobody_asked_is_no_consent(here: Town) -> None:
    referral = referrals.create_referral(agency=here.agency, station=here.station, by=here.worker)
    referrals.save_referral(referral=referral, by=here.worker, **SHEET)
    with pytest.raises(RuleBroken) as broken:
        referrals.send(referral=referral, by=here.worker)
    assert broken.value.field == "consent"


def test_the_gate_of_a_memo(here: Town) -> None:
    answers = [None, *ConsentAnswer]
    for answer, scope, to_desk in product(answers, [Recipient.STATION, Recipient.AGENCY], [False, True]):
        named = here.agency if scope is Recipient.AGENCY else None
        given = None if answer is None else consent(scope, answer=answer, to=named)
        memo = here.memo(given, to=here.desk if to_desk else here.agency)
        allowed = to_desk or (answer is ConsentAnswer.GIVEN and scope is Recipient.AGENCY)
        offered = sheets.receivers(memo, clock.today())
        assert (memo.agency in offered) is allowed and here.desk in offered
        if allowed:
            observations.send_observation(observation=memo, by=here.leader)
            assert memo.status is ObservationStatus.SENT
            continue
        with pytest.raises(RuleBroken) as broken:
            observations.send_observation(observation=memo, by=here.leader)
        assert broken.value.field == "consent" and memo.status is ObservationStatus.DRAFT


def test_a_memo_without_a_receiver_points_to_the_desk(here: Town) -> None:
    assert here.memo().agency == here.desk


def test_consents_are_added_and_never_changed(here: Town) -> None:
    referral = here.referral()
    consents.record_consent(subject=referral, consent=consent(*Recipient, to=here.agency), by=here.worker)
    assert [len(record.scope or ()) for record in referral.consents] == [1, 3]
    referral.consents[0].answer = ConsentAnswer.NOT_GIVEN
    with pytest.raises(AppendOnlyError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("verb", ["UPDATE consent_record SET answer = answer", "DELETE FROM consent_record"])
def test_the_database_itself_keeps_consents(here: Town, verb: str) -> None:
    here.referral()
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text(verb))
    db.session.rollback()


def test_a_consent_that_is_taken_back_ends_the_referral(here: Town) -> None:
    referral = here.sent()
    consents.withdraw_consent(subject=referral, by=here.worker)
    assert referral.status is Status.WITHDRAWN
    assert [record.withdrawn_on for record in referral.consents] == [None, clock.today()]
    assert referral.concealed_from(here.leader) and not referral.concealed_from(here.worker)
    with pytest.raises(Conflict):
        consents.record_consent(subject=referral, consent=consent(), by=here.worker)


def test_a_consent_taken_back_before_sending_shuts_the_gate(here: Town) -> None:
    referral = here.referral()
    consents.withdraw_consent(subject=referral, by=here.worker)
    assert referral.status is Status.DRAFT
    with refused(RuleBroken, "consent"):
        referrals.send(referral=referral, by=here.worker)
    with pytest.raises(Conflict):
        consents.withdraw_consent(subject=referral, by=here.worker)


def test_a_receiver_loses_sight_of_a_memo_whose_consent_is_taken_back(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    assert not memo.concealed_from(here.worker)
    consents.withdraw_consent(subject=memo, by=here.leader)
    assert memo.concealed_from(here.worker)


UNDER_WAY = [Status.SENT, Status.ACCEPTED, Status.ARRANGING, Status.VISITED, Status.JOINED, Status.SETTLED]


def test_the_station_reads_a_sheet_no_longer_than_it_does_something_for_the_person(here: Town) -> None:
    for status in (Status.CLOSED, Status.FAILED, Status.SUSPENDED):
        referral = in_state(here, status)
        assert referral.concealed_from(here.leader), status
        assert not referral.concealed_from(here.worker), status
    with pytest.raises(NotAllowed):
        referrals.resume(referral=referral, by=here.leader)
    referrals.resume(referral=referral, by=here.worker)
    assert not referral.concealed_from(here.leader)


def test_a_consent_has_an_end_of_a_year_at_most(here: Town) -> None:
    referral, today = here.referral(), clock.today()
    for end in (None, clock.add_months(today, 12) + dt.timedelta(days=1)):
        with pytest.raises(RuleBroken) as broken:
            consents.record_consent(
                subject=referral, consent=replace(consent(), expires_on=end), by=here.worker
            )
        assert broken.value.field == "expires_on"
    consents.record_consent(
        subject=referral, consent=consent(expires_on=clock.add_months(today, 12)), by=here.worker
    )


def test_a_consent_of_the_time_before_ends_a_year_after_it_was_given(here: Town) -> None:
    old, lasting = here.sent(), here.sent()
    for referral, given_on in (
        (old, clock.add_months(clock.today(), -12) - YESTERDAY),
        (lasting, clock.add_months(clock.today(), -12)),
    ):
        add(
            ConsentRecord(
                referral_id=referral.id,
                answer=ConsentAnswer.GIVEN,
                scope=[Recipient.STATION],
                method=consent_rules.ConsentMethod.ORAL,
                given_on=given_on,
                recorded_by_id=here.worker.id,
                recorded_at=clock.now(),
            )
        )
        db.session.expire(referral, ["consents"])
    assert old.concealed_from(here.leader) and not lasting.concealed_from(here.leader)
    assert [one.id for one in lists.expiring(clock.today())] == [old.id]


def test_a_memo_goes_only_to_agencies_that_were_named_to_the_person(here: Town) -> None:
    other = agency("見本自立相談支援センター")
    memo = here.memo(consent(Recipient.AGENCY, to=other), to=here.agency)
    assert set(sheets.receivers(memo, clock.today())) == {here.desk, other}
    with pytest.raises(RuleBroken) as broken:
        observations.send_observation(observation=memo, by=here.leader)
    assert broken.value.field == "consent" and memo.concealed_from(here.worker)
    observations.save_observation(observation=memo, agency=other, by=here.leader)
    observations.send_observation(observation=memo, by=here.leader)
    assert memo.status is ObservationStatus.SENT


def test_the_leader_takes_down_that_the_person_took_the_consent_back(here: Town) -> None:
    referral = here.visited()
    consents.withdraw_consent(subject=referral, by=here.leader)
    assert referral.status is Status.WITHDRAWN and referral.concealed_from(here.leader)
    assert referral.consents[-1].recorded_by_id == here.leader.id
    (mail,) = fetch_all(sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1))
    assert mail.to_name == here.worker.name and referral.number in mail.subject


def test_so_does_the_agency_that_received_a_memo(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    consents.withdraw_consent(subject=memo, by=here.worker)
    assert sheets.is_stranded(memo) and memo.concealed_from(here.worker)
    (mail,) = fetch_all(sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1))
    assert mail.to_name == here.leader.name and memo.number in mail.subject


def test_so_does_the_agency_when_the_station_takes_it_down(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    consents.withdraw_consent(subject=memo, by=here.leader)
    (mail,) = fetch_all(sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1))
    assert mail.to_name == here.worker.name and "撤回" in mail.subject and memo.number in mail.subject


def test_nobody_hears_of_a_consent_that_was_never_disclosed_to_them(here: Town) -> None:
    drafted, withdrawn, memo = here.referral(), here.referral(), here.memo(consent())
    referrals.withdraw(referral=withdrawn, reason="引っ越し", by=here.worker)
    for subject, by in ((drafted, here.worker), (withdrawn, here.worker), (memo, here.leader)):
        consents.withdraw_consent(subject=subject, by=by)
    assert fetch_all(sa.select(OutboxMail)) == []


def test_what_the_person_said_last_closes_the_sheet_in_every_state(here: Town) -> None:
    later = [
        consent(answer=ConsentAnswer.NOT_GIVEN),
        consent(answer=ConsentAnswer.UNCONFIRMED),
        consent(Recipient.AGENCY, to=here.agency),
    ]
    for status in UNDER_WAY:
        referral = in_state(here, status)
        for record in later:
            assert not referral.concealed_from(here.leader)
            consents.record_consent(subject=referral, consent=record, by=here.worker)
            assert referral.concealed_from(here.leader), (status, record)
            assert not referral.concealed_from(here.worker)
            consents.record_consent(subject=referral, consent=consent(), by=here.worker)


def test_a_consent_that_runs_out_closes_the_sheet_and_is_not_recorded_any_more(here: Town) -> None:
    referral = in_state(here, Status.SENT)
    consents.record_consent(subject=referral, consent=consent(expires_on=clock.today()), by=here.worker)
    assert not referral.concealed_from(here.leader)
    with clock.frozen_at(clock.now() + 2 * YESTERDAY):
        assert referral.concealed_from(here.leader)
        over = consent(given_on=clock.today() - 9 * YESTERDAY, expires_on=clock.today() - YESTERDAY)
        with pytest.raises(RuleBroken) as broken:
            consents.record_consent(subject=referral, consent=over, by=here.worker)
        assert broken.value.field == "expires_on"


@pytest.mark.parametrize("status", [Status.CLOSED, Status.FAILED])
def test_a_consent_is_taken_back_after_the_end_too(here: Town, status: Status) -> None:
    referral = in_state(here, status)
    consents.withdraw_consent(subject=referral, by=here.leader)
    assert referral.status is status and not consent_rules.valid(referral.consent, clock.today())
    with pytest.raises(Conflict):
        consents.withdraw_consent(subject=referral, by=here.worker)


def test_nothing_more_is_written_about_who_took_the_consent_back(here: Town) -> None:
    kinds = {"withdrawn": (Conflict, None), "not given": (RuleBroken, "consent")}
    for ending, (kind, field) in kinds.items():
        referral = here.visited()
        if ending == "withdrawn":
            referrals.withdraw(referral=referral, reason="引っ越し", by=here.worker)
        else:
            consents.record_consent(
                subject=referral, consent=consent(answer=ConsentAnswer.NOT_GIVEN), by=here.worker
            )
        for person in (here.leader, here.worker):
            with refused(kind, field):
                referrals.record_follow_up(
                    referral=referral,
                    follow_up_id=referral.follow_ups[0].id,
                    outcome=Outcome.STOPPED,
                    note="入院した",
                    by=person,
                )


def test_the_agency_is_reminded_of_a_consent_that_is_gone(here: Town) -> None:
    referral = here.visited()
    assert referral_tasks.waiting_for(here.worker) == []
    _run_out(referral)
    (task,) = referral_tasks.waiting_for(here.worker)
    assert "同意を確かめる" in task.label and referral.number in task.label
    assert not any("その後の様子" in task.label for task in referral_tasks.waiting_for(here.leader))


def test_a_memo_is_closed_to_its_agency_by_what_the_person_said_last(here: Town) -> None:
    for answer in (ConsentAnswer.NOT_GIVEN, ConsentAnswer.UNCONFIRMED):
        memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
        observations.send_observation(observation=memo, by=here.leader)
        consents.record_consent(subject=memo, consent=consent(answer=answer), by=here.leader)
        assert memo.concealed_from(here.worker)
        assert not memo.concealed_from(here.leader)
    unasked = here.memo()
    observations.send_observation(observation=unasked, by=here.leader)
    assert not unasked.concealed_from(here.desk_worker), "支援会議 needs no consent"


def test_the_consent_to_a_closed_memo_is_taken_back(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    observations.acknowledge_observation(observation=memo, by=here.worker)
    observations.close_observation(observation=memo, answer="訪ねました", by=here.worker)
    consents.withdraw_consent(subject=memo, by=here.leader)
    assert memo.status is ObservationStatus.CLOSED and memo.concealed_from(here.worker)


def test_the_other_side_does_not_record_consents(here: Town) -> None:
    with pytest.raises(NotAllowed):
        consents.record_consent(subject=here.sent(), consent=consent(), by=here.leader)
    memo = here.memo()
    with pytest.raises(NotAllowed):
        consents.record_consent(subject=memo, consent=consent(), by=here.desk_worker)


def test_a_consent_that_ran_out_expires_the_referral(here: Town) -> None:
    referral, lasting = here.sent(), here.sent()
    _run_out(referral)
    with pytest.raises(RuleBroken, match="同意の期限"):
        referrals.accept(referral=referral, by=here.leader)
    with pytest.raises(Conflict):
        referrals.expire(referral=lasting)
    (due,) = lists.expiring(clock.today())
    referrals.expire(referral=due)
    assert (referral.status, lasting.status) == (Status.EXPIRED, Status.SENT)
    assert audit.timeline(referral)[0].by_name == "—"
    assert lists.expiring(clock.today()) == []


def test_who_comes_already_is_not_expired(here: Town) -> None:
    referral = here.visited()
    _run_out(referral)
    assert lists.expiring(clock.today()) == []
    referrals.start(referral=referral, by=here.leader)


def _run_out(referral: Referral) -> None:
    """A later record whose last day was yesterday."""
    yesterday = clock.today() - YESTERDAY
    add(
        ConsentRecord(
            referral_id=referral.id,
            answer=ConsentAnswer.GIVEN,
            scope=[Recipient.STATION],
            method=consent_rules.ConsentMethod.ORAL,
            given_on=yesterday - YESTERDAY,
            expires_on=yesterday,
            recorded_by_id=referral.made_by_id,
            recorded_at=clock.now(),
        )
    )
    db.session.expire(referral, ["consents"])


def test_the_first_visit_lays_out_follow_ups(here: Town) -> None:
    referral = here.visited()
    assert [one.due_on for one in referral.follow_ups] == list(deadlines.follow_ups(clock.today()))
    first = referral.follow_ups[0]
    first.due_on = clock.today()
    referrals.record_follow_up(
        referral=referral, follow_up_id=first.id, outcome=Outcome.CONTINUING, note="", by=here.leader
    )
    assert first.outcome is Outcome.CONTINUING and first.done_by_id == here.leader.id
    with pytest.raises(Conflict):
        referrals.record_follow_up(
            referral=referral, follow_up_id=first.id, outcome=Outcome.LESS, note="", by=here.leader
        )


def test_there_is_one_desk_and_every_change_has_its_reason(here: Town) -> None:
    officer = cast.person(Role.OFFICER)
    for act, made in ((agencies.appoint_desk, here.agency), (agencies.relieve_desk, here.desk)):
        with pytest.raises(NotAllowed):
            act(agency=made, reason="理由", by=here.desk_worker)
        with pytest.raises(RuleBroken) as broken:
            act(agency=made, reason=" ", by=officer)
        assert broken.value.field == "reason"
    for act, made in ((agencies.appoint_desk, here.desk), (agencies.relieve_desk, here.agency)):
        with pytest.raises(Conflict):
            act(agency=made, reason="理由", by=officer)
    agencies.appoint_desk(agency=here.agency, reason="組織の見直し", by=officer)
    assert [one for one in sheets.agencies() if one.is_marugoto_desk] == [here.agency]
    entries = [audit.timeline(made)[0] for made in (here.agency, here.desk)]
    assert [(entry.act, entry.reason) for entry in entries] == [
        ("appoint_desk", "組織の見直し"),
        ("relieve_desk", "組織の見直し"),
    ]
    agencies.relieve_desk(agency=here.agency, reason="移転", by=officer)
    assert sheets.desk() is None
    here.agency.closed_on = clock.today()
    with pytest.raises(Conflict):
        agencies.appoint_desk(agency=here.agency, reason="理由", by=officer)


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_officers_appoint_two_desks_at_once_and_there_is_one(app: Flask, here: Town) -> None:
    officers = [cast.person(Role.OFFICER).id for _ in range(2)]
    chosen = [here.agency.id, agency("見本相談所").id]
    db.session.commit()

    def appoint(agency_id: int, officer_id: int) -> None:
        agencies.appoint_desk(
            agency=db.session.get_one(Agency, agency_id),
            reason="組織の見直し",
            by=db.session.get_one(Person, officer_id),
        )

    acts = [partial(appoint, *each) for each in zip(chosen, officers, strict=True)]
    assert at_once(app, *acts) == ["done", "done"], "one after the other"
    db.session.expire_all()
    assert len([one for one in sheets.agencies() if one.is_marugoto_desk]) == 1


def test_who_is_the_desk_is_no_fact_that_editing_changes(here: Town) -> None:
    officer = cast.person(Role.OFFICER)
    second = agencies.AgencyFacts(name="二つめの窓口", kind="窓口", is_marugoto_desk=True)
    with pytest.raises(Conflict):
        agencies.create_agency(facts=second, by=officer)
    agencies.edit_agency(agency=here.agency, facts=second, by=officer)
    agencies.edit_agency(agency=here.desk, facts=agencies.AgencyFacts(name="窓口", kind="窓口"), by=officer)
    assert (here.agency.name, sheets.desk()) == ("二つめの窓口", here.desk)


def test_a_memo_without_consent_leaves_the_desk_that_was(here: Town) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    agencies.appoint_desk(agency=here.agency, reason="組織の見直し", by=cast.person(Role.OFFICER))
    assert memo.concealed_from(here.desk_worker) and sheets.is_stranded(memo)
    observations.redirect_observation(observation=memo, by=here.leader)
    assert memo.agency == here.agency and not memo.concealed_from(here.worker)


def test_how_it_goes_is_not_written_down_before_its_time(here: Town) -> None:
    referral = here.visited()
    follow_up = referral.follow_ups[0]

    def record() -> None:
        referrals.record_follow_up(
            referral=referral, follow_up_id=follow_up.id, outcome=Outcome.CONTINUING, note="", by=here.leader
        )

    follow_up.due_on = clock.today() + deadlines.FOLLOW_UP_EARLY + dt.timedelta(days=1)
    with pytest.raises(RuleBroken, match="7日前"):
        record()
    assert follow_up.done_at is None
    follow_up.due_on -= dt.timedelta(days=1)
    record()
    assert follow_up.outcome is Outcome.CONTINUING


def test_a_first_visit_is_neither_to_come_nor_before_the_sheet(here: Town) -> None:
    referral = here.arranging()
    for days in (1, -1):
        with pytest.raises(RuleBroken) as broken:
            referrals.record_first_visit(
                referral=referral, on=clock.today() + dt.timedelta(days=days), by=here.leader
            )
        assert broken.value.field == "first_visit_on"


@pytest.mark.parametrize("field", ["alias", "wishes", "contact_name", "contact_phone"])
def test_a_sheet_is_complete_before_it_is_sent(here: Town, field: str) -> None:
    referral = here.referral()
    setattr(referral, field, " ")
    with pytest.raises(RuleBroken) as broken:
        referrals.send(referral=referral, by=here.worker)
    assert broken.value.field == field


def test_a_sheet_that_came_back_stays_with_its_station(here: Town) -> None:
    referral = here.sent()
    with pytest.raises(Conflict):
        referrals.save_referral(referral=referral, by=here.worker, **SHEET)
    referrals.return_(referral=referral, reason="曜日が合わない", by=here.leader)
    elsewhere = cast.station(here.station.committee, "よそ")
    with refused(RuleBroken, "station_id"):
        referrals.save_referral(referral=referral, station=elsewhere, by=here.worker, **SHEET)
    assert referral.concealed_from(here.leader)
    referrals.send(referral=referral, by=here.worker)
    assert not referral.concealed_from(here.leader)


def test_numbers_follow_one_another_by_year(here: Town) -> None:
    first, second, memo = here.referral(), here.referral(), here.memo()
    year = clock.fiscal_year(clock.today())
    assert [first.number, second.number] == [rules.sheet_number(year, n) for n in (1, 2)]
    assert memo.number == rules.sheet_number(year, 1, memo=True)
    assert rules.sheet_number(2026, 1) == "R8-0001" and rules.sheet_number(2018, 12) == "H30-0012"


def test_mail_and_tasks_name_the_number_and_never_the_person(here: Town) -> None:
    referral = here.sent()
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    mails = fetch_all(sa.select(OutboxMail))
    assert {mail.to_name for mail in mails} == {here.leader.name, here.desk_worker.name}
    tasks = [
        task for person in (here.leader, here.desk_worker) for task in referral_tasks.waiting_for(person)
    ]
    texts = [mail.subject + mail.body for mail in mails] + [task.label + task.hint for task in tasks]
    assert len(texts) == 4
    assert all(referral.number in text or memo.number in text for text in texts)
    assert not any(ALIAS in text or "畑仕事" in text for text in texts)


def test_everybody_sees_their_own_lists(here: Town) -> None:
    draft, sent = here.referral(), here.sent()
    memo = here.memo()

    def numbers(person: Person) -> set[str]:
        return {row.number for row in lists.referrals(person)}

    assert numbers(here.worker) == {draft.number, sent.number}
    assert numbers(here.leader) == {sent.number}
    for person in (
        here.desk_worker,
        cast.person(Role.OFFICER),
        cast.person(Role.VOLUNTEER, of=here.station),
    ):
        assert numbers(person) == set()
    assert lists.observations(here.desk_worker) == []
    assert [row.number for row in lists.observations(here.leader)] == [memo.number]
    observations.send_observation(observation=memo, by=here.leader)
    assert [row.number for row in lists.observations(here.desk_worker)] == [memo.number]
    assert lists.observations(here.worker) == []


def test_what_is_late_is_listed(here: Town) -> None:
    late, visited, fine = here.sent(), here.visited(), here.sent()
    late.acknowledge_by_on = clock.today() - YESTERDAY
    visited.follow_ups[0].due_on = clock.today() - YESTERDAY
    db.session.flush()
    assert {row.number for row in lists.referrals(here.leader) if row.overdue} == {
        late.number,
        visited.number,
    }
    assert [row.number for row in lists.referrals(here.leader)][-1] == fine.number
    labels = [task.label for task in referral_tasks.waiting_for(here.leader)]
    assert any("その後の様子" in label and visited.number in label for label in labels)


BY_SYSTEM = {ObservationAct.ESCALATE, ObservationAct.ALERT_SECTION}
MEMO_WAYS: dict[ObservationStatus, tuple[ObservationAct, ...]] = {
    ObservationStatus.DRAFT: (),
    ObservationStatus.SENT: (ObservationAct.SEND,),
    ObservationStatus.RETURNED: (ObservationAct.SEND, ObservationAct.RETURN),
    ObservationStatus.ACKNOWLEDGED: (ObservationAct.SEND, ObservationAct.ACKNOWLEDGE),
    ObservationStatus.IN_PROGRESS: (
        ObservationAct.SEND,
        ObservationAct.ACKNOWLEDGE,
        ObservationAct.START,
    ),
    ObservationStatus.CLOSED: (ObservationAct.SEND, ObservationAct.ACKNOWLEDGE, ObservationAct.CLOSE),
    ObservationStatus.WITHDRAWN: (ObservationAct.WITHDRAW,),
}


def of_station(act: ObservationAct) -> bool:
    return act in {ObservationAct.SEND, ObservationAct.REDIRECT, ObservationAct.WITHDRAW}


def do_memo(here: Town, memo: Observation, act: ObservationAct, *, wrong: bool = False) -> None:
    """One act on a memo by the side it belongs to, or by the other one."""
    by = here.leader if of_station(act) is not wrong else here.desk_worker
    acts: dict[ObservationAct, Callable[[], None]] = {
        ObservationAct.SEND: lambda: observations.send_observation(observation=memo, by=by),
        ObservationAct.ACKNOWLEDGE: lambda: observations.acknowledge_observation(observation=memo, by=by),
        ObservationAct.START: lambda: observations.start_observation(observation=memo, by=by),
        ObservationAct.CLOSE: lambda: observations.close_observation(
            observation=memo, answer="訪ねました", by=by
        ),
        ObservationAct.RETURN: lambda: observations.return_observation(
            observation=memo, reason="担当外", by=by
        ),
        ObservationAct.REDIRECT: lambda: observations.redirect_observation(observation=memo, by=by),
        ObservationAct.WITHDRAW: lambda: observations.withdraw_observation(
            observation=memo, reason="解決", by=by
        ),
    }
    acts[act]()


def moves(person: Person, memo: Observation) -> list[str]:
    """What ``person`` can do to a memo beside what is written on it."""
    return [step.act for step in sheets.available_steps(person, memo, set(ObservationAct))]


def test_every_act_on_a_memo_in_every_state(here: Town) -> None:
    for status, act in product(MEMO_WAYS, set(ObservationAct) - BY_SYSTEM):
        memo = here.memo()
        for step in MEMO_WAYS[status]:
            do_memo(here, memo, step)
        assert memo.status is status
        with pytest.raises(NotAllowed):
            do_memo(here, memo, act, wrong=True)
        # The desk needs no consent: it may know whatever the person says.
        fits = rules.observation_act_fits(status, act, may_know=True)
        if OBSERVATION.allows(status, act) and fits:
            do_memo(here, memo, act)
            assert memo.status is OBSERVATION.next_status(status, act)
        else:
            # The desk does not even know of a memo that is the station's own.
            own = {ObservationStatus.DRAFT, ObservationStatus.RETURNED, ObservationStatus.WITHDRAWN}
            unknown = status in own and not of_station(act)
            with refused(NotAllowed if unknown else Conflict, None):
                do_memo(here, memo, act)
            assert memo.status is status


def test_a_memo_that_came_back_may_go_elsewhere_but_only_through_the_gate(here: Town) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    observations.return_observation(observation=memo, reason="担当外", by=here.desk_worker)
    observations.save_observation(observation=memo, agency=here.agency, by=here.leader)
    assert memo.hidden_from(here.worker, Permission.OBSERVATION_READ)
    with refused(RuleBroken, "consent"):
        observations.send_observation(observation=memo, by=here.leader)
    consents.record_consent(subject=memo, consent=consent(Recipient.AGENCY, to=here.agency), by=here.leader)
    observations.send_observation(observation=memo, by=here.leader)
    assert not memo.hidden_from(here.worker, Permission.OBSERVATION_READ)


CONCEALED_AFTER: list[tuple[Callable[[Town, Observation], object], ...]] = [
    (),
    (lambda here, memo: observations.acknowledge_observation(observation=memo, by=here.worker),),
    (
        lambda here, memo: observations.acknowledge_observation(observation=memo, by=here.worker),
        lambda here, memo: observations.start_observation(observation=memo, by=here.worker),
    ),
]


def stranded(here: Town, done: tuple[Callable[[Town, Observation], object], ...]) -> Observation:
    """A memo that an agency had, until the person took the consent back."""
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    for act in done:
        act(here, memo)
    consents.withdraw_consent(subject=memo, by=here.leader)
    return memo


@pytest.mark.parametrize("done", CONCEALED_AFTER)
def test_a_concern_whose_consent_is_gone_goes_to_the_desk(
    here: Town, done: tuple[Callable[[Town, Observation], object], ...]
) -> None:
    memo = stranded(here, done)
    assert moves(here.worker, memo) == []
    for act in (observations.acknowledge_observation, observations.start_observation):
        with pytest.raises(Conflict):
            act(observation=memo, by=here.worker)
    with pytest.raises(Conflict):
        observations.close_observation(observation=memo, answer="訪ねました", by=here.worker)
    assert referral_tasks.waiting_for(here.worker) == []
    (task,) = referral_tasks.waiting_for(here.leader)
    assert memo.number in task.label and "同意がなくなった" in task.label
    observations.redirect_observation(observation=memo, by=here.leader)
    assert memo.agency == here.desk and memo.status is ObservationStatus.SENT
    assert lists.observations(here.worker) == []
    assert not memo.concealed_from(here.desk_worker)
    assert referral_tasks.waiting_for(here.leader) == []
    assert memo.number in referral_tasks.waiting_for(here.desk_worker)[0].label
    observations.acknowledge_observation(observation=memo, by=here.desk_worker)
    with pytest.raises(Conflict):
        observations.redirect_observation(observation=memo, by=here.leader)


@pytest.mark.parametrize("done", CONCEALED_AFTER)
def test_a_concern_whose_consent_is_gone_may_be_taken_back(
    here: Town, done: tuple[Callable[[Town, Observation], object], ...]
) -> None:
    memo = stranded(here, done)
    observations.withdraw_observation(observation=memo, reason="ご本人の希望", by=here.leader)
    assert memo.status is ObservationStatus.WITHDRAWN and referral_tasks.waiting_for(here.leader) == []


def test_a_concern_that_may_be_read_is_not_taken_from_its_receiver(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    with pytest.raises(Conflict):
        observations.redirect_observation(observation=memo, by=here.leader)
    observations.acknowledge_observation(observation=memo, by=here.worker)
    with pytest.raises(Conflict):
        observations.withdraw_observation(observation=memo, reason="解決", by=here.leader)
    assert moves(here.leader, memo) == []


def test_agencies_of_the_district_are_offered_first(here: Town) -> None:
    local = agency("ほかの包括")
    local.district_id = here.station.committee.district_id
    named = replace(consent(Recipient.AGENCY), agencies=frozenset({here.agency.id, local.id}))
    memo = here.memo(named)
    assert sheets.receivers(memo, clock.today()) == [local, here.desk, here.agency]
    consents.withdraw_consent(subject=memo, by=here.leader)
    assert sheets.receivers(memo, clock.today()) == [here.desk]


def test_a_consent_of_tomorrow_is_none(here: Town) -> None:
    with pytest.raises(RuleBroken) as broken:
        consents.record_consent(
            subject=here.referral(), consent=consent(given_on=clock.today() + YESTERDAY), by=here.worker
        )
    assert broken.value.field == "given_on"


def test_nobody_follows_up_after_the_end(here: Town) -> None:
    referral = here.visited()
    referral.follow_ups[0].due_on = clock.today()
    assert sheets.due_follow_ups(here.leader, referral) == [referral.follow_ups[0]]
    referrals.start(referral=referral, by=here.leader)
    referrals.close(referral=referral, reason="ひとりで通える", by=here.leader)
    assert sheets.due_follow_ups(here.leader, referral) == []
    with pytest.raises(Conflict, match="closed"):
        referrals.record_follow_up(
            referral=referral,
            follow_up_id=referral.follow_ups[0].id,
            outcome=Outcome.CONTINUING,
            note="",
            by=here.leader,
        )


def test_two_due_follow_ups_are_distinguished(here: Town) -> None:
    referral = here.visited()
    for follow_up, due_on in zip(
        referral.follow_ups, (dt.date(2026, 9, 1), dt.date(2026, 11, 1)), strict=True
    ):
        follow_up.due_on = due_on
    labels = [task.label for task in referral_tasks.waiting_for(here.leader)]
    assert [label.split("（")[-1] for label in labels] == ["9月）", "11月）"]


def test_an_answer_has_words(here: Town) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    observations.acknowledge_observation(observation=memo, by=here.desk_worker)
    with pytest.raises(RuleBroken) as broken:
        observations.close_observation(observation=memo, answer=" ", by=here.desk_worker)
    assert broken.value.field == "answer"


def test_the_city_keeps_the_agencies(here: Town) -> None:
    officer = cast.person(Role.OFFICER)
    facts = agencies.AgencyFacts(name="見本相談所", kind="自立相談支援センター", phone="047-000-3333")
    made = agencies.create_agency(facts=facts, by=officer)
    with pytest.raises(RuleBroken) as broken:
        agencies.create_agency(facts=facts, by=officer)
    assert broken.value.field == "name"
    for person in (here.leader, here.worker):
        with pytest.raises(NotAllowed):
            agencies.edit_agency(agency=made, facts=facts, by=person)
    agencies.edit_agency(
        agency=made,
        facts=agencies.AgencyFacts(name="見本相談所", kind="x", closed_on=clock.today()),
        by=officer,
    )
    assert made not in sheets.agencies() and made in sheets.agencies(closed=True)


def test_a_stale_page_of_consent_does_not_undo_a_withdrawal(here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency))
    given = sheets.latest_consent(memo)
    assert given is not None
    loaded = edit_conflicts.mark(*consents.stored(memo, (), consent=True).values())
    consents.withdraw_consent(subject=memo, by=here.leader)
    with pytest.raises(EditConflict):
        consents.record_consent(subject=memo, consent=given, loaded=loaded, by=here.leader)
    assert not consent_rules.valid(sheets.latest_consent(memo), clock.today())


def test_saving_a_sheet_again_does_not_move_its_day(here: Town) -> None:
    started = clock.now() - dt.timedelta(days=20)
    with clock.frozen_at(started):
        draft = referrals.create_referral(agency=here.agency, station=here.station, by=here.worker)
    referrals.save_referral(referral=draft, wishes="畑", by=here.worker)
    assert audit.since_of(draft) == started
    (task,) = referral_tasks.waiting_for(here.worker)
    assert task.late and task.due_on == deadlines.step_by(Status.DRAFT, clock.local_date(started))


def test_what_points_at_the_person_is_sent_only_with_a_reason(here: Town) -> None:
    referral, memo = here.referral(), here.memo()
    referral.wishes = "松戸市小金1-2-3まで迎えに来てほしい"
    memo.facts = "電話は047-000-1234"
    sends: tuple[tuple[Referral | Observation, Person, Callable[[], None]], ...] = (
        (referral, here.worker, lambda: referrals.send(referral=referral, by=here.worker)),
        (memo, here.leader, lambda: observations.send_observation(observation=memo, by=here.leader)),
    )
    for subject, by, send in sends:
        with pytest.raises(RuleBroken) as broken:
            send()
        assert broken.value.field == "needed"
        with refused(RuleBroken, "needed"):
            contents.confirm_content(subject=subject, reason=" ", by=by)
        contents.confirm_content(subject=subject, reason="迎えに行くため", by=by)
        send()
        shown = [one for one in audit.timeline(subject) if one.act == "confirm_content"]
        assert [one.reason for one in shown] == ["迎えに行くため"]


def test_a_reason_holds_for_the_words_it_was_given_for(here: Town) -> None:
    referral = here.referral()
    referrals.save_referral(referral=referral, wishes="うつ病があるが畑仕事をしたい", by=here.worker)
    contents.confirm_content(subject=referral, reason="疲れやすいので休めるように", by=here.worker)
    referrals.save_referral(referral=referral, wishes="認知症があるが畑仕事をしたい", by=here.worker)
    with pytest.raises(RuleBroken) as broken:
        referrals.send(referral=referral, by=here.worker)
    assert broken.value.field == "needed"


def test_a_full_name_is_no_alias(here: Town) -> None:
    referral = here.referral()
    for alias, found in (("見本 花子", True), ("佐藤花子", True), ("佐藤さん", False), (ALIAS, False)):
        referral.alias = alias
        assert ("alias" in sheets.personal_in(referral)) is found, alias
