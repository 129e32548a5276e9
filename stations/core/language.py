"""`_` in templates: flask-babel's gettext at a tenth of its cost, for pages with a hundred sentences."""

from flask import Flask, g
from flask_babel import get_translations
from markupsafe import Markup


def translate(text: str, **variables: object) -> Markup:
    """``text`` in the reader's language with ``variables`` escaped into it; as jinja2's newstyle gettext.

    flask-babel looks the catalogue up anew for each sentence (27 µs of Python; 70 µs with jinja2's own
    wrapper): here once per request.
    """
    gettext = g.get("gettext")
    if gettext is None:
        gettext = g.gettext = get_translations().gettext
    sentence = Markup(gettext(text))  # noqa: S704  (our own catalogue; what people typed comes in escaped below)
    return sentence % variables if "%" in sentence else sentence


def init_app(app: Flask) -> None:
    app.jinja_env.globals["_"] = translate
