"""People are found however their names are typed: width, kana, blanks and old kanji make no difference."""

import pytest
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.people import queries
from stations.people.models import Person
from stations.people.services import accounts
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import text_of


def someone(login: str, name: str, kana: str) -> Person:
    return accounts.create_person(by=None, login=login, name=name, kana=kana, email=None)


def found(words: str) -> set[str]:
    return {row.person.login for row in queries.people(search=words).rows}


@pytest.fixture
def everybody(db_session: Session) -> None:
    someone("demo.kiyoshi", "架空 清", "かくう きよし")
    someone("takasaki", "髙﨑　花子", "たかさき はなこ")
    someone("yoshino", "𠮷野 桜", "よしの さくら")
    someone("cafe", "カフェ 店長", "かふぇ てんちょう")
    someone("katsuragi", "葛\U000e0100城 邊", "かつらぎ わたなべ")
    someone("percent", "百％ 花", "ひゃく はな")


@pytest.mark.parametrize(
    ("words", "logins"),
    [
        ("架空清", {"demo.kiyoshi"}),
        ("架空　清", {"demo.kiyoshi"}),
        ("清 架空", {"demo.kiyoshi"}),
        ("ＤＥＭＯ", {"demo.kiyoshi"}),
        ("カクウ", {"demo.kiyoshi"}),
        ("ｶｸｳ", {"demo.kiyoshi"}),
        ("高崎", {"takasaki"}),
        ("髙崎花子", {"takasaki"}),
        ("吉野 櫻", {"yoshino"}),
        ("かふぇ", {"cafe"}),
        ("葛城 辺", {"katsuragi"}),
        ("百%", {"percent"}),
        ("%", {"percent"}),
        ("_", set()),
        ("架空 花子", set()),
    ],
)
def test_however_it_is_typed(everybody: None, words: str, logins: set[str]) -> None:
    assert found(words) == logins


def test_a_changed_name_is_found_by_its_new_form(db_session: Session) -> None:
    person = someone("hanako", "見本 花子", "みほん はなこ")
    accounts.change_profile(
        person,
        name="濵田 花子",
        kana="はまだ はなこ",
        email=None,
        phone=None,
        by=cast.person(Role.ADMINISTRATOR),
    )
    assert found("浜田") == {"hanako"} and found("見本花子") == set()
    assert person.name == "濵田 花子", "the name itself stays as it was typed"


def test_a_name_that_turns_around_leaves_the_page_as_it_is(client: PageClient, db_session: Session) -> None:
    """Entered before such marks were dropped; a name of right-to-left letters is as good as any."""
    administrator = cast.person(Role.ADMINISTRATOR)
    person = someone("latifa", "لطيفة", "らてぃふぁ")
    person.name = "\u202e子花 本見"
    client.sign_in(administrator)
    page = client.get(f"/people/{person.id}")
    assert any(text_of(bdi) == person.name for bdi in page.all("bdi"))
    (asked,) = [text_of(h1) for h1 in client.get(f"/people/{person.id}/disable").all("h1")]
    assert f"\u2068{person.name}\u2069" in asked
