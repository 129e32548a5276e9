"""A browser without a screen: it reads every page it opens and refuses an unsound one."""

import contextvars
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, has_app_context
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import TestResponse

from stations.core.database import db
from stations.core.forms import NEVER_REPEATED, knows
from stations.people.models import Person
from tests.support.catalogue import source_texts
from tests.support.html_form import Form, Sent, Value
from tests.support.html_page import HtmlPage, text_of
from tests.support.session import session_of

MAXIMUM_REDIRECTS = 5


@dataclass
class Page(HtmlPage):
    """A page that was opened: ``url`` (path and query), ``status``, ``headers``, and HtmlPage's questions."""

    status: int = 200
    headers: Headers = field(default_factory=Headers)

    def form(self, **attributes: str) -> Form:
        """The only form with these attributes (id, action, class_ …)."""
        return Form(self, self.one("form", **attributes))

    def form_with(self, *, button: str | None = None, field: str | None = None) -> Form:
        """The first form with such a button or field; without either, the main content's only POST form."""
        forms = [Form(self, element) for element in self.all("form")]
        if button is None and field is None:
            main = self.root.find(".//main")
            inside = set() if main is None else set(main.iter())
            forms = [form for form in forms if form.element in inside and form.method == "POST"]
            if len(forms) != 1:
                raise AssertionError(f"{len(forms)} POST forms in main on {self.url}; name a button or field")
            return forms[0]
        for form in forms:
            buttons = {text_of(one) or one.get("value") for one in form.buttons}
            fields = {control.get("name") for control in form.controls}
            if (button is not None and button in buttons) or (field is not None and field in fields):
                return form
        raise AssertionError(f"no form with {button or field!r} on {self.url}:\n{self.excerpt}")

    def link(self, words: str) -> str:
        """The address of the first link with these words (a part is enough)."""
        for anchor in self.all("a", text=words):
            if address := anchor.get("href"):
                return address
        raise AssertionError(f"no link {words!r} on {self.url}:\n{self.excerpt}")

    def has_link(self, words: str) -> bool:
        return any(anchor.get("href") for anchor in self.all("a", text=words))

    def rows(self, **table: str) -> list[list[str]]:
        """The texts of a table's cells, row by row, heading included."""
        element = self.one("table", **table)
        return [[text_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in element.iter("tr")]


class PageClient:
    """Opens pages of ``app`` with cookies and real CSRF tokens, one person at a time.

    Each request gets an application context of its own, as in production. Before it, the test's own
    session is committed and forgotten, so that both see what the other wrote.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()

    def get(self, url: str, *, status: int = 200) -> Page:
        """Open a page, follow redirects, expect ``status``; PageFault when the page is unsound."""
        return self._page(self.open(url), status)

    def download(self, url: str, *, status: int = 200) -> TestResponse:
        """Fetch something that is not a page (PDF, CSV, JSON, SVG), redirects not followed."""
        response = self.open(url, follow_redirects=False)
        assert response.status_code == status, f"{url}: {response.status_code}, expected {status}"
        return response

    def click(self, page: Page, words: str, *, status: int = 200) -> Page:
        """Follow the first link with these words."""
        return self.get(urljoin(page.url, page.link(words)), status=status)

    def submit(
        self,
        page: Page,
        button: str | None = None,
        fields: Mapping[str, Value] | None = None,
        *,
        form: Form | None = None,
        status: int = 200,
        **more: Value,
    ) -> Page:
        """Fill the form that has ``button`` and press it; what is not named keeps the page's value.

        Without ``button``: the form that holds the first of the fields, else the only POST form in main,
        and its first button. The CSRF token goes along because it stands in the form.
        """
        typed = {**(fields or {}), **more}
        form = form or page.form_with(button=button, field=None if button else next(iter(typed), None))
        pressed = form.button(button)
        sent = form.filled(typed, pressed)
        address = urljoin(page.url, (pressed is not None and pressed.get("formaction")) or form.action)
        if form.method == "GET":
            return self._page(self.open(urlsplit(address).path, query_string=MultiDict(sent)), status)
        return self._page(self.open(address, method="POST", data=_by_name(sent)), status)

    def post(
        self,
        url: str,
        *,
        token_from: Page | None = None,
        status: int = 200,
        **data: Any,
    ) -> Page:
        """Send a POST that no form on a page offers (a forged or repeated one), with a page's CSRF token."""
        if token_from is not None:
            data["csrf_token"] = csrf_token(token_from)
        return self._page(self.open(url, method="POST", data=data), status)

    def sign_in(self, person: Person) -> None:
        """Sign a person in without the sign-in page (which tests/people covers)."""
        with self.http.session_transaction() as session:
            session.clear()
            session.update(session_of(person))

    def sign_out(self) -> None:
        with self.http.session_transaction() as session:
            session.clear()

    def open(self, url: str, *, follow_redirects: bool = True, **arguments: Any) -> TestResponse:
        """One raw request (werkzeug's arguments), redirects followed but nothing checked."""
        hand_over_database()
        for _ in range(MAXIMUM_REDIRECTS):
            # An empty context: a request must not borrow the application context the test stands in.
            # Buffered: read to its end as by a browser, so that a file that is streamed is closed.
            response: TestResponse = contextvars.Context().run(
                self.http.open, url, buffered=True, **arguments
            )
            if not follow_redirects or response.status_code not in {
                301,
                302,
                303,
                307,
                308,
            }:
                return response
            if response.status_code in {301, 302, 303}:
                arguments = {}
            url = urljoin(url, response.location or "")
        raise AssertionError(f"more than {MAXIMUM_REDIRECTS} redirects, last to {url}")

    def _page(self, response: TestResponse, status: int) -> Page:
        query = response.request.query_string.decode()
        url = response.request.path + (f"?{query}" if query else "")
        body = response.get_data(as_text=True)
        if response.mimetype != "text/html":
            raise AssertionError(
                f"{url} is {response.status_code} {response.mimetype}, not a page: {body[:300]}"
            )
        page = Page(body, url, response.status_code, response.headers)
        if response.status_code != status:
            raise AssertionError(f"{url}: {response.status_code}, expected {status}:\n{page.excerpt}")
        page.check(source_texts())
        self._check_fields(page)
        return page

    def _check_fields(self, page: Page) -> None:
        """Every field of a form on the page is known where the form goes (others are not kept or shown again).

        A form with a file goes where one is taken.
        """
        routes = self.app.url_map.bind("localhost")
        for form in (Form(page, element) for element in page.all("form", method="post")):
            endpoint, _values = routes.match(urlsplit(urljoin(page.url, form.action)).path, method="POST")
            names = {control.get("name", "") for control in form.controls} - NEVER_REPEATED - {""}
            view = self.app.view_functions[endpoint]
            if form.element.get("enctype") == "multipart/form-data" and not hasattr(view, "takes_file"):
                raise AssertionError(f"{page.url}: {endpoint} gets a file and lacks @files.takes_file")
            package = view.__module__.split(".")[1]
            unknown = sorted(name for name in names if not knows(package, name))
            if unknown:
                raise AssertionError(
                    f"{page.url}: {package} knows no field {unknown}: give it to a form class,"
                    " or to CONTROLS of core/forms.py"
                )


def hand_over_database() -> None:
    """Commit and forget the test's own session: SQLite lets one writer in, and nothing may be stale."""
    if has_app_context():
        db.session.commit()
        db.session.expire_all()


def csrf_token(page: Page) -> str:
    """The CSRF token of the page's first form that has one."""
    for control in page.all("input", name="csrf_token"):
        return control.get("value", "")
    raise AssertionError(f"no CSRF token on {page.url}")


def _by_name(sent: list[tuple[str, Sent]]) -> dict[str, list[Sent]]:
    data: dict[str, list[Sent]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return data
