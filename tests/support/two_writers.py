"""Two people with one page open: the second to save keeps the words, sees the first one's, and may save knowingly."""

from collections.abc import Iterable, Mapping

from flask import Flask

from stations.core.database import Model
from stations.people.models import Person
from tests.support.client import Page, PageClient, hand_over_database
from tests.support.html_page import text_of

Fields = Mapping[str, str]


def filled_in(page: Page, button: str) -> dict[str, str]:
    """What stands in the fields of the form that has a button."""
    form = page.form_with(button=button)
    return {name: str(value) for name, value in form.filled({}, form.button(button))}


def saved_first(page: Page) -> str:
    """What the page shows of what somebody else saved."""
    return text_of(page.one("div", class_="mt-banner", text="先に保存された内容"))


def check_both_are_kept(
    app: Flask,
    writers: tuple[Person, Person],
    url: str,
    button: str,
    first: Fields,
    second: Fields,
    row: Model,
    *,
    shown: Iterable[str] = (),
) -> None:
    """Both open ``url`` (one person: in two tabs), the first saves, the second saves, and saves again.

    ``row`` has the fields of ``first`` and ``second``, as they were typed.
    ``shown``: the first one's words as the page says them; those typed unless said otherwise.
    """
    saved = "別の画面で、あなた" if writers[0] == writers[1] else f"{writers[0].name}さん"
    one, other = (PageClient(app) for _ in writers)
    one.sign_in(writers[0])
    other.sign_in(writers[1])
    early, late = one.get(url), other.get(url)
    assert "先に保存" not in one.submit(early, button, first).text
    page = other.submit(late, button, second)
    assert f"{saved}が先に保存しました" in page.text
    for words in shown or first.values():
        assert words in saved_first(page)
    kept = filled_in(page, button)
    assert {name: kept.get(name) for name in second} == dict(second)
    hand_over_database()
    assert {name: str(getattr(row, name)) for name in first} == dict(first), "nothing was overwritten"
    assert "先に保存" not in other.submit(page, button).text
    hand_over_database()
    assert {name: str(getattr(row, name)) for name in second} == dict(second)
