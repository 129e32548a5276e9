"""The page-reading client refuses what it says it refuses; every other view test leans on this."""

import pytest

from tests.support.client import Page
from tests.support.html_page import HtmlPage

SOUND = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>見本</title></head><body>
<main><h1>見本</h1>{}</main></body></html>"""


def faults(body: str, **how: frozenset[str]) -> list[str]:
    return HtmlPage(SOUND.format(body)).faults(**how)


def test_a_sound_page_has_no_faults():
    assert (
        faults(
            """<form method="post" action="/x"><label for="name">名前</label><input id="name" name="name">
            <label>数 <input name="count"></label><input type="hidden" name="token" value="1">
            <button>送る</button></form><img src="/x.png" alt=""><ruby>共<rt>きょう</rt></ruby>
            <svg role="img" aria-label="図"><title>図</title><path d="M0 0"/></svg>
            <script src="/static/built/x.0123456789ab.js" type="module"></script><script type="application/json">{"a": "<b>"}</script>"""
        )
        == []
    )


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p>開いたまま<div>", "not HTML5"),
        ('<p id="a">1</p><p id="a">2</p>', "'a' stands 2 times"),
        ('<input name="q">', "has no label"),
        ('<label for="q"></label><input id="q" name="q">', "has no label"),
        ('<select name="s"><option>1</option></select>', "has no label"),
        ('<p style="color:red">赤</p>', "inline style"),
        ('<button onclick="go()">行く</button>', "inline onclick"),
        ('<a href="javascript:go()">行く</a>', "javascript: address"),
        ("<script>go()</script>", "inline script"),
        ('<img src="/x.png">', "img without alt"),
        ('<script src="/static/js/main.js" type="module"></script>', "no name of its content"),
        ("<h1>もう一つ</h1>", "2 h1"),
        ('<label for="nobody">名前</label>', "points to nothing"),
        ('<p aria-describedby="nobody">文</p>', "points to nothing"),
        ('<a href="/x"></a>', "no words"),
        (
            '<form method="post" action="/x"><label>理由 <textarea name="r"></textarea></label></form>',
            "lost by Back",
        ),
        (
            '<form><button formnovalidate name="remove_row">削除</button><button>送る</button></form>',
            "Enter presses",
        ),
    ],
)
def test_an_unsound_page_is_refused(body: str, complaint: str):
    assert any(complaint in fault for fault in faults(body)), faults(body)


def test_japanese_source_text_is_refused_on_an_english_page_unless_marked():
    english = SOUND.replace('lang="ja"', 'lang="en"').replace("見本", "Sample")
    known = frozenset({"提出する", "計画"})
    page = HtmlPage(english.format('<p lang="ja">計画</p><p>見本地区</p><button>提出する</button>'))
    assert page.faults(known) == ["untranslated in <button>: 提出する"]


def test_a_form_is_filled_as_a_browser_fills_it():
    page = Page(
        SOUND.format(
            """<form method="post" id="f"><input type="hidden" name="csrf_token" value="t">
            <label>題 <input name="title" value="前の題"></label>
            <label>文 <textarea name="text">前の文</textarea></label>
            <label>区分 <select name="kind"><option value="a">A</option>
            <option value="b" selected>B</option></select></label>
            <label><input type="checkbox" name="agree" value="y">同意</label>
            <label><input type="radio" name="age" value="1" checked>子</label>
            <label><input type="radio" name="age" value="2">大人</label>
            <label>休み <input name="off" value="x" disabled></label>
            <button name="act" value="save">保存</button>
            <button name="act" value="send">送る</button></form>"""
        ),
        "/plans/1",
    )
    form = page.form_with(button="送る")
    assert form.action == "/plans/1"
    assert form.filled({"agree": True, "title": "新しい題"}, form.button("送る")) == [
        ("csrf_token", "t"),
        ("title", "新しい題"),
        ("text", "前の文"),
        ("kind", "b"),
        ("agree", "y"),
        ("age", "1"),
        ("act", "send"),
    ]
    with pytest.raises(AssertionError, match="no fields"):
        form.filled({"titel": "x"}, None)
    with pytest.raises(AssertionError, match="offers no"):
        form.filled({"age": "3"}, None)
