"""Letters: what they say, their numbers without gaps, and that they are kept as they went out."""

import datetime as dt
import io

import pypdf
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import clock, files
from stations.core.database import AppendOnlyError
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.awards.queries import applying
from stations.grants.awards.services import awards
from stations.grants.letters.models import Letter
from stations.grants.letters.services import letters
from stations.grants.reports.services import inspections, report_pdf
from stations.grants.settlement.services import determinations
from tests.grants import cast as grants
from tests.support.refusals import refused


def words(letter: Letter) -> str:
    """The text of a letter's PDF, without spaces."""
    return words_of(files.content(letter.file))


def words_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def test_the_award_letter_says_what_was_decided(db_session: Session):
    made = grants.team(conditions="毎月開くこと。")
    grant = grants.reviewing(made)
    awards.draft_award(
        grant=grant,
        awarded_yen=170_000,
        conditions=applying.conditions_of_meeting(made.plan),
        by=made.officer,
    )
    awards.approve_decision(grant=grant, by=made.approver)
    letter = letters.issue(grant=grant, by=made.officer)
    text = words(letter)
    for said in (
        "見本共第1号",
        "見本花子",
        "170,000",
        "毎月開くこと",
        clock.format_era(clock.today()),
        "場所使用料",
    ):
        assert said in text


def test_every_letter_and_the_report_name_the_approved_plan(db_session: Session):
    made = grants.team()
    made.plan.title = "書き換えられた名前"
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refund_due(made)
    named = f"見本の居場所（{grant.station.name}）"
    assert [letter.kind for letter in grant.letters] == ["award", "determination", "refund"]
    for text in [*map(words, grant.letters), words_of(report_pdf.make(grant, dated=clock.today()))]:
        assert "".join(named.split()) in text


def test_draft_letter_and_report_speak_of_one_period(db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    first, last = (clock.format_era(day) for day in clock.fiscal_year_period(grant.fiscal_year))
    assert f"{first}から{last}まで" in words_of(letters.draft_pdf(grant))
    awards.approve_decision(grant=grant, by=made.approver)
    assert f"{first}から{last}まで" in words(letters.issue(grant=grant, by=made.officer))
    assert f"{first}から" in words_of(report_pdf.make(grant, dated=clock.today()))


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (0, ("全部を取り消した", "180,000円", "90,000円は")),
        (30_000, ("一部を取り消した", "150,000円", "60,000円は")),
    ],
)
def test_a_cancellation_is_published_once_with_its_reason_and_what_goes_back(
    db_session: Session, kept: int, said: tuple[str, ...]
):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 95_000, line=2)
    grants.inspected(made)
    with pytest.raises(Conflict):
        letters.issue_cancellation(grant=grant, by=made.officer)
    grants.cancelled(made, reason="目的の外に使われたため", kept_yen=kept)
    with pytest.raises(NotAllowed):
        letters.issue_cancellation(grant=grant, by=made.approver)
    letter = letters.issue_cancellation(grant=grant, by=made.officer)
    assert (letter.kind, letter.number) == ("cancellation", 2)
    text = words(letter)
    for part in ("見本共第2号", "見本共第1号", "目的の外に使われたため", "別に通知する返還命令書", *said):
        assert part in text
    with pytest.raises(Conflict):
        letters.issue_cancellation(grant=grant, by=made.officer)


def test_the_letter_of_the_fixed_amount_names_what_a_cancellation_has_left_of_the_award(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 62_000)
    grants.spent(made, 36_480, line=2)
    grants.cancelled(made, kept_yen=36_000)
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    determinations.determine(grant=grant, by=made.approver)
    said = words(letters.issue_determination(grant=grant, by=made.officer))
    assert "36,000円" in said and "180,000円" not in said


def test_numbers_run_through_all_letters_of_a_year(db_session: Session):
    numbers = []
    for _ in range(3):
        made = grants.team()
        grants.active(made)
        numbers.append(made.grant.letters[0].number)
    assert numbers == [1, 2, 3]


def test_a_new_fiscal_year_begins_with_one(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 10_000, line=2)
    grants.determined(made, published=False)
    grants.settings(grant.fiscal_year + 1, by=made.approver, document_prefix="新共")
    spring = dt.datetime(grant.fiscal_year + 1, 4, 20, 3, tzinfo=dt.UTC)
    with clock.frozen_at(spring):
        letter = letters.issue_determination(grant=grant, by=made.officer)
    assert (letter.fiscal_year, letter.number) == (grant.fiscal_year + 1, 1)
    assert "新共第1号" in words(letter) and "見本共第1号" in words(letter), "its own number and the award's"


def test_a_letter_waits_for_the_settings_of_its_year(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    with clock.frozen_at(dt.datetime(2027, 4, 20, 3, tzinfo=dt.UTC)):
        with pytest.raises(RuleBroken, match="2027年度の制度設定"):
            letters.issue(grant=grant, by=made.officer)
        grants.settings(2027, by=made.approver, document_prefix="新共")
        letters.issue(grant=grant, by=made.officer)


def test_an_award_published_after_its_year_names_its_day_and_promises_no_advance(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    grants.settings(2027, by=made.approver, document_prefix="新共")
    with clock.frozen_at(dt.datetime(2027, 4, 20, 3, tzinfo=dt.UTC)):
        letter = letters.issue(grant=grant, by=made.officer)
    assert grant.decided_on is not None
    text = words(letter)
    assert "新共第1号" in text and clock.format_era(grant.decided_on) in text
    assert "概算払はしない" in text and "請求により概算払をする" not in text


SATURDAY = dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)


def test_a_letter_is_dated_on_a_day_on_which_city_hall_is_open(db_session: Session):
    made, other = grants.team(), grants.team()
    grants.awarded(made)
    grants.awarded(other)
    with clock.frozen_at(SATURDAY):
        assert letters.issue(grant=made.grant, by=made.officer).issued_on == dt.date(2026, 11, 30)
        for day in (27, 29):
            with pytest.raises(RuleBroken) as broken:
                letters.issue(grant=other.grant, by=other.officer, on=dt.date(2026, 11, day))
            assert broken.value.field == "issued_on"
        letter = letters.issue(grant=other.grant, by=other.officer, on=dt.date(2026, 11, 28))
    assert (letter.issued_on, letter.number) == (dt.date(2026, 11, 28), 2)


def test_a_number_that_was_rolled_back_is_given_again(db_session: Session, monkeypatch: pytest.MonkeyPatch):
    made, other = grants.team(), grants.team()
    grant, second = grants.awarded(made), grants.awarded(other)
    db_session.commit()

    def unprintable(*_args: object, **_named: object) -> bytes:
        raise RuleBroken(None, "文書に印刷できない文字があります")

    with monkeypatch.context() as patched:
        patched.setattr("stations.grants.letters.letter_data.pdf", unprintable)
        with refused(RuleBroken, None, "印刷できない文字"):
            letters.issue(grant=grant, by=made.officer)
    db_session.rollback()
    assert letters.issue(grant=second, by=other.officer).number == 1
    assert letters.issue(grant=grant, by=made.officer).number == 2


def test_no_letter_goes_out_without_somebody_to_address(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    (chair,) = made.chair.roles
    chair.to_on = clock.today() - dt.timedelta(days=1)
    db_session.flush()
    with pytest.raises(RuleBroken, match="代表がいない"):
        letters.issue(grant=grant, by=made.officer)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_a_chair_who_cannot_sign_in_is_still_addressed(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    made.chair.disabled_at = clock.now()
    db_session.flush()
    assert made.chair.name.replace(" ", "") in words(letters.issue(grant=grant, by=made.officer))


def test_a_letter_is_never_changed(db_session: Session):
    made = grants.team()
    letter = grants.active(made).letters[0]
    letter.number = 9
    with pytest.raises(AppendOnlyError):
        db_session.flush()


def test_only_an_officer_issues(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    for person in (made.approver, made.chair, made.cashier):
        with pytest.raises(NotAllowed):
            letters.issue(grant=grant, by=person)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_the_refund_letter_names_the_amount_and_the_day(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refund_due(made)
    (letter,) = [one for one in grant.letters if one.kind == "refund"]
    text = words(letter)
    assert grant.refund_due_on is not None
    assert "40,000" in text
    assert clock.format_era(grant.refund_due_on) in text


def test_the_approver_reads_the_letter_of_the_fixed_amount_before_it_goes_out(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    draft = words_of(letters.draft_pdf(grant))
    assert "額の確定通知書" in draft and "60,000" in draft and "施行時に付番" in draft
    assert [letter.kind for letter in grant.letters] == ["award"]


def test_the_letter_of_the_fixed_amount_lists_what_did_not_count_and_why(db_session: Session):
    """An auditor and the committee read what lies between the reported costs and the fixed amount."""
    made = grants.team()
    grant = grants.active(made)
    receipt = grants.spent(made, 60_000, line=2)
    grants.inspected(made)
    line = receipt.splits[0].line_id
    parts = [
        inspections.disallow(receipt=receipt, line_id=line, amount_yen=yen, reason=why, by=made.officer)
        for yen, why in ((1_980, "酒類は対象外です。"), (700, "数え間違い"))
    ]
    inspections.allow_again(disallowance=parts[1], reason="対象でした。", by=made.officer)
    determinations.draft_determination(grant=grant, by=made.officer)
    determinations.determine(grant=grant, by=made.approver)
    text = words(letters.issue_determination(grant=grant, by=made.officer))
    for said in ("対象経費と認めなかったもの", "1,980", "酒類は対象外です。", "第1号", "58,000"):
        assert said in text
    assert "数え間違い" not in text
    plain = grants.team()
    grants.spent(grants_of(plain), 60_000, line=2)
    grants.determined(plain)
    (letter,) = [one for one in plain.grant.letters if one.kind == "determination"]
    assert "認めなかった" not in words(letter)


def grants_of(made: grants.Team) -> grants.Team:
    grants.active(made)
    return made


def test_a_draft_is_marked_and_has_no_number(db_session: Session):
    grant = grants.deciding(grants.team())
    assert letters.draft_pdf(grant).startswith(b"%PDF")
    assert grant.letters == []
