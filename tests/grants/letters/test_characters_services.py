"""What no font has is printed as the city says, with a reason: nothing that was approved is stuck for one character."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from stations.core import audit, files, printed_as
from stations.core.messages import NotAllowed, RuleBroken
from stations.grants.awards.services import awards
from stations.grants.letters.models import Letter
from stations.grants.letters.services import characters, letters
from tests.grants import cast as grants
from tests.grants.cast import Team
from tests.support.client import PageClient

OWN = "\ue000"  # a character of somebody's own PC (外字)


def words(letter: Letter) -> str:
    reader = PdfReader(BytesIO(files.content(letter.file)))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def made(db_session: Session) -> Team:
    team = grants.team()
    grant = grants.deciding(team)
    awards.approve_decision(grant=grant, by=team.approver)
    grant.committee.name = f"見本{OWN}実行委員会"  # entered before such characters were refused
    return team


def test_a_letter_is_refused_by_name_until_the_city_says_what_is_printed(made: Team) -> None:
    with pytest.raises(RuleBroken) as broken:
        letters.issue(grant=made.grant, by=made.officer)
    assert "U+E000" in str(broken.value)
    kept = characters.print_as(character=OWN, printed="髙", reason="名簿と照合した", by=made.officer)
    assert "見本髙実行委員会" in words(letters.issue(grant=made.grant, by=made.officer))
    assert made.grant.committee.name == f"見本{OWN}実行委員会", "what was approved stays as it is"
    (event,) = audit.timeline(kept)
    assert event.reason == "名簿と照合した"


def test_the_latest_word_counts_and_none_is_lost(made: Team) -> None:
    characters.print_as(character=OWN, printed="高", reason="仮", by=made.officer)
    characters.print_as(character=OWN, printed="", reason="記号なので省く", by=made.officer)
    assert printed_as.current() == {OWN: ""}
    assert "見本実行委員会" in words(letters.issue(grant=made.grant, by=made.officer))


@pytest.mark.parametrize(
    ("character", "printed", "reason", "field"),
    [
        ("高", "髙", "字体", "character"),  # a name that can be printed is never printed otherwise
        ("🎆", "花火", "絵文字", "character"),
        (OWN * 2, "髙", "二字", "character"),
        ("", "髙", "空", "character"),
        (OWN, "\ue001", "別の外字", "printed"),
        (OWN, "あ" * 21, "長い", "printed"),
        (OWN, "髙", " ", "reason"),
    ],
)
def test_what_must_be_said(made: Team, character: str, printed: str, reason: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        characters.print_as(character=character, printed=printed, reason=reason, by=made.officer)
    assert broken.value.field == field


def test_only_who_issues_letters_may(made: Team) -> None:
    with pytest.raises(NotAllowed):
        characters.print_as(character=OWN, printed="髙", reason="名簿", by=made.chair)


def test_the_page_takes_the_number_that_the_error_names(client: PageClient, made: Team) -> None:
    client.sign_in(made.officer)
    page = client.submit(
        client.get("/grants/characters"), "決める", {"character": "U+E000", "printed": "\ue001"}
    )
    assert page.all("div", id="printed-error") and page.all("div", id="reason-error")
    page = client.submit(page, "決める", {"character": "U+E000", "printed": "髙", "reason": "名簿と照合した"})
    assert page.rows()[1][0].endswith("（U+E000）") and page.rows()[1][1:3] == ["髙", "名簿と照合した"]
    assert printed_as.current() == {OWN: "髙"}
