import io
import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from stations.applications import content, queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import SECTION_FIELDS, Act, CostCategory, IncomeKind, Section, Status
from stations.applications.services import drafting, meeting, review, submission
from stations.applications.services.drafting import CostInput, IncomeInput
from stations.core import audit, edit_conflicts, outbox
from stations.core.access import Role
from stations.core.database import AppendOnlyError, db
from stations.core.messages import Conflict, EditConflict, NotAllowed, Refusal, RuleBroken
from stations.people.models import Person
from tests.applications import cast as plans
from tests.applications.cast import LINES
from tests.applications.conftest import Street
from tests.support import cast

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def save(
    street: Street, plan: Plan, section: Section, by=None, loaded: str | None = None, **values: object
) -> None:
    drafting.save_section(
        plan=plan,
        section=section,
        values=values,
        loaded=loaded,
        by=by or street.drafter,
    )


def save_costs(
    street: Street,
    plan: Plan,
    lines: list[CostInput],
    by: Person | None = None,
    loaded: str | None = None,
) -> None:
    drafting.save_costs(plan=plan, lines=lines, incomes=plans.INCOMES, loaded=loaded, by=by or street.drafter)


def mails() -> list[tuple[str, str]]:
    return [(mail.to_name, mail.subject) for mail in outbox.waiting()]


def test_a_draft_is_written_section_by_section(street: Street):
    plan = plans.draft(street.station, street.drafter)
    assert plan.status is Status.DRAFT
    assert {gap.section for gap in queries.gaps(plan)} == set(Section) - {Section.ATTACHMENTS}
    save(street, plan, Section.PURPOSE, purpose="目的", activities="内容")
    assert queries.started(plan, Section.PURPOSE)
    assert not queries.started(plan, Section.AUDIENCE)
    assert Section.PURPOSE not in {gap.section for gap in queries.gaps(plan)}
    assert plan.saved_by_id == street.drafter.id


def test_amounts_are_computed_and_totals_agree(street: Street):
    plan = plans.written(street.station, street.drafter)
    assert [line.amount_yen for line in plan.cost_lines] == [36_000, 60_000, 72_000]
    sums = queries.plan_totals(plan)
    assert (sums.rent, sums.activity, sums.income, sums.requested) == (36_000, 132_000, 18_000, 150_000)


def test_costs_are_replaced_as_a_whole(street: Street):
    plan = plans.written(street.station, street.drafter)
    drafting.save_costs(
        plan=plan,
        lines=[CostInput(category=CostCategory.RENT, content="会場", quantity=2, unit_price_yen=500)],
        incomes=[IncomeInput(kind=IncomeKind.DONATION, amount_yen=100)],
        by=street.drafter,
    )
    db.session.flush()
    db.session.expire_all()
    assert [(line.position, line.amount_yen) for line in plan.cost_lines] == [(1, 1_000)]
    assert [line.kind for line in plan.income_lines] == [IncomeKind.DONATION]


def test_last_years_plan_is_copied_with_its_lines(street: Street):
    old = plans.written(street.station, street.drafter, year=2025)
    new = drafting.create_plan(
        station=street.station, fiscal_year=2026, title="今年の計画", by=street.drafter, copy_of=old
    )
    assert (new.purpose, new.openings_planned, new.venues) == (old.purpose, 12, old.venues)
    assert [line.amount_yen for line in new.cost_lines] == [36_000, 60_000, 72_000]
    assert new.number is None
    assert not set(new.cost_lines) & set(old.cost_lines)


def test_another_committees_plan_is_not_copied(street: Street):
    elsewhere = cast.station(cast.committee("別"))
    other = cast.person(Role.DRAFTER, of=elsewhere.committee)
    theirs = plans.draft(elsewhere, other)
    with pytest.raises(RuleBroken) as caught:
        drafting.create_plan(
            station=street.station, fiscal_year=2026, title="写し", by=street.drafter, copy_of=theirs
        )
    assert caught.value.field == "copy_of"


def test_only_venues_of_the_station_are_taken(street: Street):
    plan = plans.draft(street.station, street.drafter)
    elsewhere = cast.venue(cast.station(street.committee, "別のステーション"))
    with pytest.raises(RuleBroken) as caught:
        save(street, plan, Section.VENUES, venues=[elsewhere.id])
    assert caught.value.field == "venues"


def page_of(plan: Plan, section: Section) -> str:
    """The mark of a section on a page that is opened now."""
    return edit_conflicts.mark(*content.stored(plan, section).values())


def test_two_editors_of_one_section_are_noticed(street: Street):
    plan = plans.draft(street.station, street.drafter)
    loaded = page_of(plan, Section.PURPOSE)
    save(street, plan, Section.PURPOSE, loaded=loaded, purpose="先に書いた")
    with pytest.raises(EditConflict) as caught:
        save(street, plan, Section.PURPOSE, by=street.chair, loaded=loaded, purpose="あとから書いた")
    assert caught.value.params == {"name": "下書 文子"}
    assert plan.purpose == "先に書いた"
    now = page_of(plan, Section.PURPOSE)
    save(street, plan, Section.PURPOSE, by=street.chair, loaded=now, purpose="あとから書いた")
    assert plan.purpose == "あとから書いた"


def test_two_editors_of_different_sections_do_not_disturb_each_other(street: Street):
    plan = plans.draft(street.station, street.drafter)
    loaded = {section: page_of(plan, section) for section in Section}
    save(street, plan, Section.PURPOSE, loaded=loaded[Section.PURPOSE], purpose="目的")
    save(
        street,
        plan,
        Section.AUDIENCE,
        by=street.chair,
        loaded=loaded[Section.AUDIENCE],
        audience="どなたでも",
    )
    save_costs(street, plan, LINES, loaded=loaded[Section.COSTS])
    assert (plan.purpose, plan.audience, len(plan.cost_lines)) == ("目的", "どなたでも", 3)


@pytest.mark.parametrize("first", ["drafter", "chair"])
def test_who_saved_first_is_who_saved_this_section_whoever_saved_another_since(street: Street, first: str):
    """The drafter saves her page of the purpose, and another section in between."""
    plan = plans.draft(street.station, street.drafter)
    loaded = page_of(plan, Section.PURPOSE)
    save(street, plan, Section.PURPOSE, by=getattr(street, first), purpose="先に書いた")
    other = street.chair if first == "drafter" else street.drafter
    save(street, plan, Section.AUDIENCE, by=other, audience="どなたでも")
    with pytest.raises(EditConflict) as caught:
        save(street, plan, Section.PURPOSE, loaded=loaded, purpose="あとから書いた")
    assert caught.value.params == ({} if first == "drafter" else {"name": "代表 守"})


def test_a_cost_line_that_was_taken_out_meanwhile_is_not_brought_back_unnoticed(street: Street):
    plan = plans.written(street.station, street.drafter)
    loaded = page_of(plan, Section.COSTS)
    save_costs(street, plan, LINES[:2], by=street.chair, loaded=loaded)
    dearer = replace(LINES[2], unit_price_yen=7_000)
    with pytest.raises(EditConflict):
        save_costs(street, plan, [*LINES[:2], dearer], loaded=loaded)
    db.session.flush()
    db.session.expire_all()
    assert [line.content for line in plan.cost_lines] == [line.content for line in LINES[:2]]
    save_costs(street, plan, [*LINES[:2], dearer], loaded=page_of(plan, Section.COSTS))
    assert plan.cost_lines[2].amount_yen == 84_000


@pytest.mark.parametrize("half_written", ["first", "second"])
def test_what_was_kept_half_written_counts_as_saved(street: Street, half_written: str):
    plan = plans.written(street.station, street.drafter)
    loaded, typed = page_of(plan, Section.COSTS), {"lines-0-unit_price_yen": ["三千円"]}

    def keep(by: Person) -> None:
        drafting.keep_typed(plan=plan, section=Section.COSTS, typed=typed, loaded=loaded, by=by)

    def take_out(by: Person) -> None:
        save_costs(street, plan, LINES[:2], by=by, loaded=loaded)

    first, second = (keep, take_out) if half_written == "first" else (take_out, keep)
    first(street.chair)
    with pytest.raises(EditConflict) as caught:
        second(street.drafter)
    assert caught.value.params == {"name": "代表 守"}
    assert plan.unfinished == ({"costs": typed} if half_written == "first" else {})
    assert len(plan.cost_lines) == (3 if half_written == "first" else 2)


def test_the_same_again_is_no_race_and_nothing_to_record(street: Street):
    plan = plans.written(street.station, street.drafter)
    loaded, before = page_of(plan, Section.PURPOSE), len(audit.timeline(plan))
    save(street, plan, Section.PURPOSE, purpose="新しい目的")
    save(street, plan, Section.PURPOSE, by=street.chair, loaded=loaded, purpose="新しい目的")
    save_costs(street, plan, LINES, by=street.chair, loaded=page_of(plan, Section.COSTS))
    assert (len(audit.timeline(plan)) - before, plan.saved_by_id) == (1, street.drafter.id)


def test_a_section_of_a_copy_is_done_once_it_was_saved_unchanged(street: Street):
    old = plans.written(street.station, street.drafter, year=2025)
    new = drafting.create_plan(
        station=street.station, fiscal_year=2026, title="今年の計画", by=street.drafter, copy_of=old
    )
    assert not any(queries.started(new, section) for section in Section)
    loaded = page_of(new, Section.PURPOSE)
    save(street, new, Section.PURPOSE, loaded=loaded, purpose=old.purpose, activities=old.activities)
    assert queries.started(new, Section.PURPOSE) and not queries.started(new, Section.COSTS)
    save(street, old, Section.AUDIENCE, audience="去年の対象")
    save(street, new, Section.AUDIENCE, loaded=page_of(new, Section.AUDIENCE), audience="今年の対象")
    assert (old.audience, new.audience) == ("去年の対象", "今年の対象")


def test_what_cannot_be_read_yet_is_kept_and_blocks_submission(street: Street):
    plan = plans.written(street.station, street.drafter)
    typed = {"lines-0-content": ["和室"], "lines-0-unit_price_yen": ["三千円"]}
    drafting.keep_typed(plan=plan, section=Section.COSTS, typed=typed, by=street.drafter)
    assert plan.unfinished["costs"] == typed
    assert len(plan.cost_lines) == 3
    with pytest.raises(RuleBroken, match="途中"):
        submission.submit(plan=plan, by=street.chair)
    drafting.save_costs(plan=plan, lines=plans.LINES, incomes=[], by=street.drafter)
    assert plan.unfinished == {}
    submission.submit(plan=plan, by=street.chair)


def test_the_chair_submits_and_the_version_is_frozen(street: Street):
    plan = plans.written(street.station, street.drafter)
    version = submission.submit(plan=plan, by=street.chair)
    assert (plan.status, plan.number, plan.revision) == (Status.SUBMITTED, 1, 1)
    assert re.fullmatch("[0-9a-f]{64}", version.sha256)
    db.session.flush()
    db.session.expire_all()
    kept = queries.current_version(plan)
    assert kept is not None and submission.verify_version(kept)
    assert queries.version_totals(kept)["requested_yen"] == plans.REQUESTED
    assert [line.amount_yen for line in queries.version_lines(kept)] == [36_000, 60_000, 72_000]
    assert kept.content["representative"] == "代表 守"
    assert mails() == [("担当 直", "計画が提出されました")]
    assert queries.approved_version(plan) is None


@pytest.mark.parametrize("role", ["drafter", "officer", "secretariat"])
def test_only_the_chair_submits(street: Street, role: str):
    plan = plans.written(street.station, street.drafter)
    with pytest.raises(NotAllowed):
        submission.submit(plan=plan, by=getattr(street, role))
    assert plan.status is Status.DRAFT


def test_an_unfinished_plan_is_not_submitted(street: Street):
    plan = plans.draft(street.station, street.drafter)
    with pytest.raises(RuleBroken) as caught:
        submission.submit(plan=plan, by=street.chair)
    assert caught.value.field == "purpose"
    assert plan.number is None


def test_numbers_have_no_gaps_in_a_year(street: Street):
    numbers = [plans.submitted(street.station, street.chair).number for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_a_returned_plan_keeps_its_number_and_gets_a_new_revision(street: Street):
    plan = plans.received(street.station, street.chair, street.officer)
    review.comment(
        plan=plan, section=Section.COSTS, field="cost_lines", text="内訳を書いてください。", by=street.officer
    )
    assert queries.open_comments(plan) == []
    review.return_for_correction(plan=plan, reason="費用の内訳が足りません。", by=street.officer)
    assert (plan.status, plan.number, plan.revision) == (Status.RETURNED, 1, 2)
    db.session.expire(plan, ["comments"])
    assert [comment.text for comment in queries.open_comments(plan)] == ["内訳を書いてください。"]
    drafting.mark_corrected(plan=plan, section=Section.COSTS, by=street.drafter)
    assert queries.open_comments(plan) == []
    save(street, plan, Section.PURPOSE, purpose="書き直した目的")
    submission.submit(plan=plan, by=street.chair)
    db.session.expire(plan)
    assert (plan.number, plan.revision) == (1, 2)
    assert [version.revision for version in plan.versions] == [1, 2]
    assert plan.versions[0].content["purpose"] != plan.versions[1].content["purpose"]
    assert all(submission.verify_version(version) for version in plan.versions)
    assert ("代表 守", "計画が差し戻されました") in mails()


def test_a_return_needs_a_reason(street: Street):
    plan = plans.received(street.station, street.chair, street.officer)
    with pytest.raises(RuleBroken) as caught:
        review.return_for_correction(plan=plan, reason=" 　", by=street.officer)
    assert caught.value.field == "reason"
    assert (plan.status, plan.revision) == (Status.RECEIVED, 1)


def test_the_history_tells_who_when_and_why(street: Street):
    plan = plans.received(street.station, street.chair, street.officer)
    review.return_for_correction(plan=plan, reason="足りません。", by=street.officer)
    entries = [entry for entry in audit.timeline(plan) if entry.to_label]
    assert [(entry.by_name, str(entry.to_label)) for entry in entries] == [
        ("担当 直", "差戻し"),
        ("担当 直", "受付"),
        ("代表 守", "提出"),
        ("代表 守", "下書き"),
    ]
    assert entries[0].reason == "足りません。"


def test_a_confirmed_plan_is_notified_to_its_committee_and_to_the_secretariat_and_then_its_meeting(
    street: Street,
):
    street.secretariat.email = "shakyo@stations.example"
    plan = plans.confirmed(street.station, street.chair, street.officer)
    assert plan.status is Status.CONFIRMED
    shown = [("代表 守", "計画の確認が終わりました"), ("社協 結", "計画の確認が終わりました")]
    assert mails()[-2:] == shown
    meeting.table(plan=plan, by=street.secretariat)
    assert mails()[-1] == ("代表 守", "計画が全体会議の議題になりました")
    meeting.untable(plan=plan, by=street.secretariat)
    assert mails()[-1] == ("代表 守", "計画が全体会議の議題から外れました")


ACTS: dict[str, Callable[[Plan, Street], object]] = {
    "save": lambda plan, street: save(street, plan, Section.PURPOSE, purpose="書き換え"),
    "submit": lambda plan, street: submission.submit(plan=plan, by=street.chair),
    "receive": lambda plan, street: review.receive(plan=plan, by=street.officer),
    "return": lambda plan, street: review.return_for_correction(plan=plan, reason="理由", by=street.officer),
    "confirm": lambda plan, street: review.confirm(plan=plan, by=street.officer),
    "comment": lambda plan, street: review.comment(
        plan=plan, section=Section.PURPOSE, text="コメント", by=street.officer
    ),
    "table": lambda plan, street: meeting.table(plan=plan, by=street.secretariat),
    "resolve": lambda plan, street: meeting.resolve(plan=plan, act=Act.APPROVE, by=street.secretariat),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_happens_to_a_withdrawn_plan(street: Street, act: str):
    plan = plans.submitted(street.station, street.chair)
    submission.withdraw(plan=plan, reason="会場が使えなくなったため", by=street.chair)
    assert plan.status is Status.WITHDRAWN
    with pytest.raises(Conflict):
        ACTS[act](plan, street)
    assert plan.status is Status.WITHDRAWN


@pytest.mark.parametrize("act", ["save", "confirm", "return", "table"])
def test_no_state_is_skipped(street: Street, act: str):
    plan = plans.submitted(street.station, street.chair)
    with pytest.raises(Conflict):
        ACTS[act](plan, street)


@pytest.mark.parametrize(
    "act", [review.receive, review.confirm, lambda plan, by: meeting.table(plan=plan, by=by)]
)
def test_the_committee_does_not_do_the_officials_work(street: Street, act):
    plan = plans.submitted(street.station, street.chair)
    with pytest.raises(NotAllowed):
        act(plan=plan, by=street.chair)


def test_who_submitted_does_not_review_even_as_an_official(street: Street):
    plan = plans.submitted(street.station, street.chair)
    for role in (Role.OFFICER, Role.SECRETARIAT):
        cast.give(street.chair, role)
    with pytest.raises(NotAllowed):
        review.receive(plan=plan, by=street.chair)
    review.receive(plan=plan, by=street.officer)
    review.confirm(plan=plan, by=street.officer)
    meeting.table(plan=plan, by=street.secretariat)
    with pytest.raises(NotAllowed):
        meeting.resolve(plan=plan, act=Act.APPROVE, by=street.chair)


def test_an_official_on_the_committee_is_recused(street: Street):
    plan = plans.submitted(street.station, street.chair)
    cast.give(street.officer, Role.TREASURER, of=street.committee)
    with pytest.raises(NotAllowed, match="除斥"):
        review.receive(plan=plan, by=street.officer)
    assert queries.waiting_for(street.officer) == [
        task for task in queries.waiting_for(street.officer) if task.hint == ""
    ]


def test_people_of_another_committee_know_of_nothing(street: Street):
    plan = plans.submitted(street.station, street.chair)
    stranger = cast.person(Role.CHAIR, of=cast.committee("別"))
    assert queries.plans_for(stranger) == []
    with pytest.raises(NotAllowed):
        submission.withdraw(plan=plan, by=stranger)


def test_officials_see_a_plan_from_its_submission_on(street: Street):
    plan = plans.written(street.station, street.drafter)
    assert queries.plans_for(street.officer) == []
    assert [one.id for one in queries.plans_for(street.drafter)] == [plan.id]
    (line,) = queries.plans_for(street.drafter)
    assert line.requested == queries.plan_totals(plan).requested > 0
    submission.submit(plan=plan, by=street.chair)
    assert [one.id for one in queries.plans_for(street.officer)] == [plan.id]
    assert [(one.status, one.plans) for one in queries.tallies(street.officer)] == [(Status.SUBMITTED, 1)]


def test_members_of_the_meeting_see_what_comes_before_them(street: Street):
    member = cast.person(Role.GENERAL_MEMBER)
    plan = plans.confirmed(street.station, street.chair, street.officer)
    assert queries.plans_for(member) == []
    meeting.table(plan=plan, by=street.secretariat)
    assert [one.id for one in queries.plans_for(member)] == [plan.id]


def test_what_waits_for_whom(street: Street):
    plan = plans.submitted(street.station, street.chair)
    plans.draft(street.station, street.drafter, title="別の計画")
    tasks = queries.waiting_for(street.officer)
    assert [task.label for task in tasks] == ["提出された計画を受け付ける：昔遊びと茶話会の計画"]
    assert tasks[0].due_on is not None
    review.receive(plan=plan, by=street.officer)
    review.return_for_correction(plan=plan, reason="理由", by=street.officer)
    assert queries.waiting_for(street.officer) == []
    assert [task.label for task in queries.waiting_for(street.drafter)] == [
        "差し戻された計画を直す：昔遊びと茶話会の計画",
        "計画を書き上げて提出する：別の計画",
    ]


def test_a_frozen_version_is_never_changed(street: Street):
    plan = plans.submitted(street.station, street.chair)
    version = queries.current_version(plan)
    assert version is not None
    version.sha256 = "0" * 64
    with pytest.raises(AppendOnlyError):
        db.session.flush()
    db.session.rollback()


def test_the_database_itself_refuses_to_change_a_frozen_version(street: Street, db_session: Session):
    plans.submitted(street.station, street.chair)
    for statement in ("UPDATE plan_version SET sha256 = sha256", "DELETE FROM plan_version"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db_session.begin_nested():
            db_session.execute(sa.text(statement))


def test_a_version_that_was_tampered_with_is_noticed(street: Street):
    plan = plans.submitted(street.station, street.chair)
    kept = queries.current_version(plan)
    assert kept is not None
    forged = PlanVersion(content=kept.content | {"purpose": "別の目的"}, sha256=kept.sha256)
    assert not submission.verify_version(forged)
    db.session.rollback()


def test_an_attachment_stays_in_the_version_that_names_it(street: Street):
    plan = plans.written(street.station, street.drafter)
    kept = drafting.attach(
        plan=plan,
        upload=FileStorage(io.BytesIO(picture()), filename="間取り.png"),
        caption="会場の間取り",
        by=street.drafter,
    )
    version = submission.submit(plan=plan, by=street.chair)
    review.receive(plan=plan, by=street.officer)
    review.return_for_correction(plan=plan, reason="理由", by=street.officer)
    drafting.remove_attachment(attachment=kept, by=street.drafter)
    with pytest.raises(Conflict):
        drafting.remove_attachment(attachment=kept, by=street.drafter)
    assert [file.caption for file in queries.files_of(version)] == ["会場の間取り"]
    again = submission.submit(plan=plan, by=street.chair)
    assert queries.files_of(again) == []


def picture() -> bytes:
    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(kept, "PNG")
    return kept.getvalue()


def at_once(app: Flask, act: Callable[[], object]) -> list[str]:
    """Let two threads do the same act, each in a transaction of its own; what came of each, sorted."""
    start = threading.Barrier(2)
    results: list[str] = []

    def press() -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                db.session.commit()
                results.append("done")
            except Refusal as refusal:
                db.session.rollback()
                results.append(type(refusal).__name__)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_people_submit_at_once_and_it_happens_once(app: Flask, street: Street, db_session: Session):
    plan = plans.written(street.station, street.drafter)
    plan_id, chair_id = plan.id, street.chair.id
    db_session.commit()

    def press() -> None:
        plan = db.session.get(Plan, plan_id)
        chair = db.session.get(type(street.chair), chair_id)
        assert plan is not None and chair is not None
        submission.submit(plan=plan, by=chair)

    assert at_once(app, press) == ["Conflict", "done"]
    db_session.expire_all()
    assert (plan.status, plan.number, len(plan.versions)) == (Status.SUBMITTED, 1, 1)


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("sections", "outcome"),
    [
        ((Section.PURPOSE, Section.PURPOSE), ["EditConflict", "done"]),
        ((Section.COSTS, Section.COSTS), ["EditConflict", "done"]),
        ((Section.PURPOSE, Section.AUDIENCE), ["done", "done"]),
    ],
    ids=["one text", "one table of costs", "two sections"],
)
def test_two_people_save_at_once(
    app: Flask,
    street: Street,
    db_session: Session,
    sections: tuple[Section, Section],
    outcome: list[str],
):
    plan = plans.written(street.station, street.drafter)
    plan_id, writers = plan.id, iter([street.drafter.id, street.chair.id])
    loaded, pages = {section: page_of(plan, section) for section in sections}, iter(sections)
    db_session.commit()

    def press() -> None:
        section, by = next(pages), db.session.get_one(Person, next(writers))
        plan = db.session.get_one(Plan, plan_id)
        assert (
            len(plan.cost_lines) == 3 and plan.venues
        )  # the page was drawn in this session: it has read them
        if section is Section.COSTS:
            lines = [replace(LINES[0], content=by.name)]
            save_costs(street, plan, lines, by=by, loaded=loaded[section])
        else:
            field = SECTION_FIELDS[section][0]
            save(street, plan, section, by=by, loaded=loaded[section], **{field: by.name})

    assert at_once(app, press) == outcome
    db_session.expire_all()
    first = plan.saved_by.name
    match sections:
        case (Section.COSTS, _):
            assert [line.content for line in plan.cost_lines] == [first]
        case (_, Section.PURPOSE):
            assert plan.purpose == first
        case _:
            assert {plan.purpose, plan.audience} == {street.drafter.name, street.chair.name}


def test_a_plan_with_a_character_that_no_letter_can_print_is_not_handed_in(street: Street):
    plan = plans.written(street.station, street.chair)
    plan.activities = "秋に\ue000まつり"  # entered before such characters were refused
    with pytest.raises(RuleBroken) as broken:
        submission.submit(plan=plan, by=street.chair)
    assert "U+E000" in str(broken.value)
    assert plan.status is Status.DRAFT


def test_what_was_sent_is_taken_back_before_it_is_received_and_sent_again(street: Street):
    plan = plans.submitted(street.station, street.chair)
    number = plan.number
    for person in (street.drafter, street.officer):
        with pytest.raises(NotAllowed):
            submission.recall(plan=plan, by=person)
    submission.recall(plan=plan, reason="金額を間違えたため", by=street.chair)
    assert (plan.status, plan.number, plan.submitted_at) == (Status.DRAFT, number, None)
    assert queries.plans_for(street.officer) == []
    assert mails()[-1][1] == "計画の提出が取り消されました"
    with pytest.raises(Conflict):
        review.receive(plan=plan, by=street.officer)
    with pytest.raises(Conflict):
        submission.recall(plan=plan, by=street.chair)
    save(street, plan, Section.PURPOSE, purpose="直した目的", activities="内容")
    version = submission.submit(plan=plan, by=street.chair)
    assert (version.revision, plan.number) == (2, number)
    assert [kept.content["purpose"] for kept in plan.versions][-1] == "直した目的"
    review.receive(plan=plan, by=street.officer)
    with pytest.raises(Conflict):
        submission.recall(plan=plan, by=street.chair)
    assert plan.status is Status.RECEIVED


def test_a_corrected_plan_that_is_taken_back_is_still_one_to_correct(street: Street):
    plan = plans.submitted(street.station, street.chair)
    review.receive(plan=plan, by=street.officer)
    review.return_for_correction(plan=plan, reason="費用を直してください。", by=street.officer)
    submission.submit(plan=plan, by=street.chair)
    submission.recall(plan=plan, by=street.chair)
    assert plan.status is Status.RETURNED and plan.submitted_at is not None
    assert [one.id for one in queries.plans_for(street.officer)] == [plan.id]
    assert submission.submit(plan=plan, by=street.chair).revision == 3
