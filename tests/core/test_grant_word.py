"""One of 補助金 and 助成金 stands on pages and letters: which one, the installation says."""

import dataclasses
import io

import pytest
from flask import Flask
from pypdf import PdfReader

from stations.core.config import Config, ConfigError
from stations.core.language import gettext, translate
from stations.grants.letters import letter_data
from tests.grants.letters.letter_samples import LETTERS


@pytest.mark.parametrize(("word", "other"), [("補助金", "助成金"), ("助成金", "補助金")])
def test_pages_say_the_one_word(app: Flask, monkeypatch: pytest.MonkeyPatch, word: str, other: str):
    monkeypatch.setitem(app.config, "STATIONS", dataclasses.replace(app.config["STATIONS"], grant_word=word))
    with app.test_request_context():
        for said in (gettext("助成金の一覧"), str(translate("助成金の一覧"))):
            assert word in said and other not in said
        assert translate("%(x)s", x=f"{other}の計画") == f"{other}の計画", "what somebody wrote stays"


def test_letters_say_it_too(app: Flask, monkeypatch: pytest.MonkeyPatch):
    changed = dataclasses.replace(app.config["STATIONS"], grant_word="助成金")
    monkeypatch.setitem(app.config, "STATIONS", changed)
    with app.app_context():
        made = letter_data.pdf(LETTERS["determination"], issued_on=None)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "助成金の額の確定通知書" in text and "助成金の確定額" in text


def test_another_word_is_refused():
    with pytest.raises(ConfigError, match="STATIONS_GRANT_WORD"):
        Config(grant_word="奨励金")
