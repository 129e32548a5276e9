"""Sentences in the reader's language: flask-babel's catalogues, at a tenth of the cost, for pages with hundreds."""

import re
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, current_app, g, has_app_context
from flask_babel import get_locale, get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape


def _found(what: str) -> Any:
    """What flask-babel keeps for this request (None at first, or when a block forces another language)."""
    try:
        return getattr(g._get_current_object()._flask_babel, what, None)
    except (AttributeError, RuntimeError):  # nothing kept yet; no application
        return None


def _catalogue() -> NullTranslations:
    """The catalogue, found once per request: flask-babel parses and prints the locale again for each sentence."""
    catalogue: NullTranslations | None = _found("babel_translations")
    if catalogue is None:
        catalogue = get_translations()
        if has_app_context():
            g._flask_babel.babel_translations = catalogue
    return catalogue


def current() -> str:
    """The code of the reader's language; asked for each date, amount and label of a page."""
    try:
        return str(g._get_current_object()._flask_babel.babel_locale.language)
    except (AttributeError, RuntimeError):  # nothing kept yet; no application
        locale = get_locale() if has_app_context() else None
    return locale.language if locale is not None else "ja"


_GRANT_WORDS = re.compile("助成金|補助金")


def grant_word() -> str:
    """What this installation calls its money: 補助金 or 助成金."""
    return str(current_app.config["STATIONS"].grant_word) if has_app_context() else "補助金"


def with_grant_word(sentence: str) -> str:
    """A sentence of ours, with the one word for its money; never for what somebody wrote."""
    return _GRANT_WORDS.sub(grant_word(), sentence) if "成金" in sentence or "助金" in sentence else sentence


def gettext(text: str, /, **variables: object) -> str:
    """``text`` in the reader's language, with ``variables`` in their places."""
    sentence = _worded(*_speech(), text)
    return sentence % variables if variables else sentence


def lazy_gettext(text: str, /, **variables: object) -> Any:
    """``text`` in the language of its later reader."""
    return LazyString(gettext, text, **variables)


def translate(text: str, /, **variables: object) -> Markup:
    """``_`` in templates: ``text`` in the reader's language with ``variables`` escaped into it."""
    sentence = _sentence(*_speech(), text)
    if "%" not in sentence:
        return sentence
    escaped = {name: escape(isolated(value)) for name, value in variables.items()}
    return Markup(str.__mod__(sentence, escaped))  # noqa: S704  (all of it is escaped above)


def counted(text: str, /, *, n: int, **variables: object) -> str:
    """``text`` about ``n`` of something, in the reader's language: English has another sentence for one."""
    return _of_count(text, n) % {"n": f"{n:,}", **variables}


def translate_counted(text: str, /, *, n: int, **variables: object) -> Markup:
    """`counted` in templates, with ``variables`` escaped into it."""
    escaped = {name: escape(isolated(value)) for name, value in variables.items()}
    return Markup(str.__mod__(escape(_of_count(text, n)), {"n": f"{n:,}", **escaped}))  # noqa: S704  (all of it is escaped)


def _of_count(text: str, n: int) -> str:
    return with_grant_word(_catalogue().ungettext(text, text, n))


# Arabic, Hebrew and their relatives, and the marks that turn a text around.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]"
)


def isolated(value: object) -> object:
    """A name that runs from right to left, marked so that it does not turn the sentence it stands in around.

    The characters of `<bdi>` (FSI … PDI) instead of the element: sentences also stand in titles and attributes.
    """
    if isinstance(value, str) and not isinstance(value, Markup) and _RIGHT_TO_LEFT.search(value):
        return f"\u2068{value}\u2069"
    return value


def _speech() -> tuple[NullTranslations, str]:
    """The catalogue and, kept beside it, the word for the money: a page asks for both more than a hundred times."""
    try:
        kept = g._get_current_object()._flask_babel
        if kept.babel_translations is not None:
            return kept.babel_translations, kept.grant_word
    except (AttributeError, RuntimeError):  # nothing kept yet; no application
        pass
    catalogue, word = _catalogue(), grant_word()
    if has_app_context():
        g._flask_babel.grant_word = word
    return catalogue, word


@lru_cache(maxsize=4_096)  # more than the catalogue holds
def _worded(catalogue: NullTranslations, word: str, text: str) -> str:
    return _GRANT_WORDS.sub(word, catalogue.gettext(text))


@lru_cache(maxsize=4_096)
def _sentence(catalogue: NullTranslations, word: str, text: str) -> Markup:
    return escape(
        _worded(catalogue, word, text)
    )  # no sentence holds markup, and some pages ask for stored words


def init_app(app: Flask) -> None:
    app.jinja_env.globals["_"] = translate
    app.jinja_env.globals["counted"] = translate_counted
