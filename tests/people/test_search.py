"""People are found however their names are typed: width, kana, blanks and old kanji make no difference."""

import pytest
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.people import queries, services
from stations.people.models import Person
from tests.support import cast


def someone(login: str, name: str, kana: str) -> Person:
    return services.create_person(by=None, login=login, name=name, kana=kana, email=None)


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
    services.change_profile(
        person,
        name="濵田 花子",
        kana="はまだ はなこ",
        email=None,
        phone=None,
        by=cast.person(Role.ADMINISTRATOR),
    )
    assert found("浜田") == {"hanako"} and found("見本花子") == set()
    assert person.name == "濵田 花子", "the name itself stays as it was typed"
