"""A form acts once: sent again it leads to what it did; on both databases, also of two requests at once."""

import contextvars
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock, once
from stations.core.access import Role
from stations.core.database import db
from stations.meetings.models import Meeting
from stations.people.models import Person
from tests.support import cast
from tests.support.client import Page, PageClient, hand_over_database


@pytest.fixture
def secretary(db_session: Session) -> Person:
    return cast.person(Role.SECRETARIAT)


def sent(page: Page) -> dict[str, Any]:
    """What the browser sends of the page's form."""
    on = clock.today()
    days = {"held_on-year": str(on.year), "held_on-month": str(on.month), "held_on-day": str(on.day)}
    form = page.form_with(field="title")
    typed = {"title": "第1回全体会議", "starts_at": "23:00", "place": "市役所"} | days
    return {name: str(value) for name, value in form.filled(typed, form.button(None))}


def meetings() -> list[str]:
    hand_over_database()
    return list(db.session.scalars(sa.select(Meeting.title).order_by(Meeting.id)))


def test_sent_again_it_leads_to_the_first_ones_result(client: PageClient, secretary: Person) -> None:
    client.sign_in(secretary)
    form = sent(client.get("/meetings/new"))
    first = client.post("/meetings/new", **form)
    again = client.post("/meetings/new", **form)
    assert again.url == first.url and "もう処理が済んでいます" in again.text
    assert meetings() == ["第1回全体会議"]


def test_each_page_has_a_mark_of_its_own(client: PageClient, secretary: Person) -> None:
    client.sign_in(secretary)
    for _time in range(2):
        client.post("/meetings/new", **sent(client.get("/meetings/new")))
    assert len(meetings()) == 2


def test_a_form_that_was_refused_may_be_sent_again(client: PageClient, secretary: Person) -> None:
    client.sign_in(secretary)
    form = sent(client.get("/meetings/new"))
    client.post("/meetings/new", **(form | {"title": ""}))
    client.post("/meetings/new", **form)
    assert meetings() == ["第1回全体会議"]


def test_other_words_from_the_same_form_are_given_back_and_not_registered(
    client: PageClient, secretary: Person
) -> None:
    client.sign_in(secretary)
    form = sent(client.get("/meetings/new"))
    first = client.post("/meetings/new", **form)
    page = client.post("/meetings/new", status=409, **(form | {"title": "第2回全体会議"}))
    assert "第2回全体会議" in page.text and page.link("登録したものを開く").endswith(first.url)
    assert meetings() == ["第1回全体会議"]


def test_somebody_elses_mark_is_another_one(client: PageClient, secretary: Person) -> None:
    mark = f"m{'0a' * 16}"
    for person in (secretary, cast.person(Role.SECRETARIAT)):
        client.sign_in(person)
        client.post("/meetings/new", **(sent(client.get("/meetings/new")) | {"once": mark}))
    assert len(meetings()) == 2


def test_nothing_typed_is_kept(client: PageClient, secretary: Person) -> None:
    client.sign_in(secretary)
    client.post("/meetings/new", **sent(client.get("/meetings/new")))
    (use,) = db.session.scalars(sa.select(once.FormUse)).all()
    assert "全体会議" not in f"{use.fingerprint}{use.location}{use.mark}"


def test_two_at_once_are_one(app: Flask, client: PageClient, secretary: Person) -> None:
    client.sign_in(secretary)
    form = sent(client.get("/meetings/new"))
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.http.get_cookie(name)
    assert cookie is not None
    hand_over_database()
    start, answers = threading.Barrier(4), list[Any]()

    def send() -> None:
        browser = app.test_client()
        browser.set_cookie(name, cookie.value)
        start.wait()
        answers.append(browser.post("/meetings/new", data=form))

    threads = [threading.Thread(target=contextvars.Context().run, args=(send,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(answer.status_code in {302, 303} for answer in answers)
    assert len({answer.location for answer in answers}) == 1
    assert meetings() == ["第1回全体会議"]
