"""Templates say in our environment what they say in Flask's: what is left out may not be missed."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, pass_context, pass_environment
from jinja2.runtime import Context
from markupsafe import Markup

from stations.core.templating import PlainEnvironment

SNIPPETS = {
    "text": "{{ typed }} {{ number }} {{ nothing }} {{ missing }} {{ typed|upper }} {{ typed ~ marked }}",
    "markup": "{{ marked }}{{ shown }}{{ like_text }}{{ marked + typed }}{{ typed|safe }}",
    "sentence": "{{ sentence(name=typed) }}{{ sentence(name=marked) }}",
    "loop": "{% for one in [typed, marked, shown] %}<li>{{ one }}{{ plain(one, twice=one) }}</li>{% endfor %}",
    "condition": "{{ typed if number else marked }}{{ marked if number else typed }}{{ typed if false }}",
    "macro": "{% macro b(x) %}<b>{{ x }}{{ caller() if caller }}</b>{% endmacro %}{{ b(typed) }}{{ b(marked) }}"
    "{% call b(shown) %}{{ typed }}{% endcall %}",
    "macro in a loop": "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{% for x in [typed] %}{{ b(b(x)) }}{% endfor %}",
    "imported beside text": "{% from 'parts.html' import b %}{{ typed + b(typed) }}",
    "imported": "{% from 'parts.html' import b %}{{ b(typed) }}{{ b(marked) }}",
    "block": "{% extends 'parent.html' %}{% block one %}{{ super() }}{{ typed }}{{ marked }}{% endblock %}",
    "set block": "{% set said %}{{ typed }}{{ marked }}{% endset %}{{ said }}",
    "not escaped": "{% autoescape false %}{{ typed }}{{ marked }}{% endautoescape %}",
    "escaped or not": "{% autoescape number == 7 %}{{ typed }}{{ marked }}{% endautoescape %}",
    "context": "{% for one in [typed] %}{{ looked_up('one') }}{{ looked_up('number') }}{% endfor %}",
    "context in a block": "{% extends 'parent.html' %}{% block one %}{% set one = typed %}{{ looked_up('one') }}{% endblock %}",
    "environment": "{{ of_environment() }}",
    "methods": "{{ typed.strip('<') }}{{ words.get('a') }}{{ words.items()|list }}{{ range(3)|join }}",
}
PARTS = {
    "parts.html": "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}",
    "parent.html": "{{ typed }}{% block one %}{{ marked }}{% endblock %}{{ self.one() }}",
}


class Shown:
    """Not markup itself, but something that knows its markup."""

    def __html__(self) -> str:
        return "<u>shown</u>"


class LikeText(str):
    """A text of its own kind, which nobody has escaped."""


@pass_context
def looked_up(context: Context, name: str) -> object:
    return context.get(name)


@pass_environment
def of_environment(environment: Environment) -> bool:
    return isinstance(environment, Environment)


VALUES = {
    "typed": "<script>'a' & \"b\"</script>",
    "marked": Markup("<i>marked &amp; kept</i>"),
    "shown": Shown(),
    "like_text": LikeText("<like>"),
    "number": 7,
    "nothing": None,
    "words": {"a": "<a>"},
    "sentence": lambda name: Markup("<em>%s</em>") % name,
    "plain": lambda one, twice: f"{one}{twice}",
    "looked_up": looked_up,
    "of_environment": of_environment,
}


@pytest.fixture(name="site")
def _site() -> Iterator[Flask]:
    site = Flask(__name__)
    with site.app_context():
        yield site


def rendered(kind: type[Environment], site: Flask, name: str) -> str:
    environment = kind(site, loader=DictLoader(PARTS | {name: SNIPPETS[name.rpartition(".")[0]]}))
    environment.autoescape = site.select_jinja_autoescape
    return environment.get_template(name).render(VALUES)


@pytest.mark.parametrize("ending", ["html", "txt"])
@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_way_of_showing_something_gives_what_flask_gives(site: Flask, snippet: str, ending: str):
    name = f"{snippet}.{ending}"
    assert rendered(PlainEnvironment, site, name) == rendered(Environment, site, name)


def test_only_markup_is_shown_as_it_is(site: Flask):
    assert rendered(PlainEnvironment, site, "loop.html").count("<script>") == 0
    assert "&lt;like&gt;" in rendered(PlainEnvironment, site, "markup.html")
    assert rendered(PlainEnvironment, site, "markup.html").startswith("<i>marked &amp; kept</i><u>shown</u>")


def test_the_application_uses_it(app: Flask):
    assert type(app.jinja_env) is PlainEnvironment
