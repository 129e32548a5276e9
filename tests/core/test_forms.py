"""Fields keep what was typed and say what to do; text is tidied, never rewritten."""

import datetime as dt

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from stations.core import clock
from stations.core.forms import (
    DateField,
    Form,
    Length,
    MailField,
    PhoneField,
    Required,
    TidyText,
    TidyTextArea,
    WholeNumberField,
    YenField,
    problems,
    succeeds,
)
from stations.core.messages import Conflict, EditConflict, NotAllowed, Refusal, RuleBroken
from tests.support.refusals import refused

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


class Sample(Form):
    class Meta:
        csrf = False

    title = TidyText("名称", [Required("名称を入力してください"), Length(max=40)])
    note = TidyTextArea("メモ")
    phone = PhoneField("電話")
    amount_yen = YenField("金額", [Required("金額を入力してください")])
    count = WholeNumberField("人数")
    mail = MailField("メール")
    ends_on = DateField("終わりの日")
    dated_on = DateField("日付", [Required("日付を入力してください")])


def filled(app: Flask, **typed: str) -> Sample:
    data = {
        "title": "見本",
        "amount_yen": "1200",
        "dated_on-year": "2026",
        "dated_on-month": "10",
        "dated_on-day": "3",
    } | {name.replace("__", "-"): value for name, value in typed.items()}
    with app.test_request_context("/", method="POST"):
        form = Sample(MultiDict(data))
        form.validate()
        return form


@pytest.mark.parametrize("typed", ["小金\nのわ", "小金\r\nのわ", "小金 \r のわ\n"])
def test_one_line_of_text_holds_no_line_break(app: Flask, typed: str):
    assert filled(app, title=typed).title.data == "小金 のわ"


@pytest.mark.parametrize("typed", ["1200", "1,200", "１，２００", "¥1,200", "1200円"])
def test_amounts_are_read_as_people_type_them(app: Flask, typed: str):
    form = filled(app, amount_yen=typed)
    assert form.amount_yen.data == 1200
    assert not form.errors


def test_an_unreadable_amount_stays_in_its_box_with_one_sentence(app: Flask):
    form = filled(app, amount_yen="千二百円")
    assert form.amount_yen._value() == "千二百円"
    assert len(form.amount_yen.errors) == 1


@pytest.mark.parametrize("year", ["2026", "２０２６", "R8", "令和8", "令和８年"])
def test_dates_are_read_in_both_calendars(app: Flask, year: str):
    assert filled(app, dated_on__year=year).dated_on.data == dt.date(2026, 10, 3)


def test_an_impossible_date_stays_in_its_boxes_with_one_sentence(app: Flask):
    form = filled(app, dated_on__month="2", dated_on__day="30")
    assert form.dated_on.raw == {"year": "2026", "month": "2", "day": "30"}
    assert form.dated_on.data is None
    assert len(form.dated_on.errors) == 1


def test_empty_required_fields_say_what_to_do(app: Flask):
    empty = {"dated_on__year": "", "dated_on__month": "", "dated_on__day": ""}
    form = filled(app, title="　", amount_yen="", **empty)
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        "title": ["名称を入力してください"],
        "amount_yen": ["金額を入力してください"],
        "dated_on": ["日付を入力してください"],
    }


def test_names_keep_their_old_kanji_and_phones_get_plain_hyphens(app: Flask):
    form = filled(app, title="　髙﨑ー㈱ ", phone="０４７ー０００－１２３４")
    assert form.title.data == "髙﨑ー㈱"
    assert form.phone.data == "047-000-1234"


def test_a_broken_rule_stands_beside_its_field_or_on_top(app: Flask):
    with app.test_request_context("/", method="POST"):
        form = Sample(MultiDict({"title": "見本", "amount_yen": "1"}))
        form.show(
            RuleBroken("amount_yen", "残額は%(left)s円です", left=5), RuleBroken(None, "期限を過ぎています")
        )
        assert form.amount_yen.errors == ["残額は5円です"]
        assert problems(form) == [("", "期限を過ぎています"), ("amount_yen", "残額は5円です")]


def _refuse(kind: type[Refusal]) -> None:
    raise kind(None, "できません")


@pytest.mark.parametrize("kind", [RuleBroken, EditConflict])
def test_what_the_writer_can_put_right_is_shown_in_the_form(app: Flask, kind: type[Refusal]):
    with app.test_request_context("/", method="POST"):
        form = Sample(MultiDict({"title": "見本"}))
        assert not succeeds(form, lambda: _refuse(kind))
        assert problems(form) == [("", "できません")]


@pytest.mark.parametrize("kind", [Conflict, NotAllowed])
def test_what_no_form_can_put_right_has_a_page_of_its_own(app: Flask, kind: type[Refusal]):
    with app.test_request_context("/", method="POST"):
        form = Sample(MultiDict({"title": "見本"}))
        with refused(kind, None):
            succeeds(form, lambda: _refuse(kind))
        assert problems(form) == []


@pytest.mark.parametrize(
    ("typed", "count"), [("20", 20), ("２０人", 20), ("約1,200人", 1200), ("２４回", 24)]
)
def test_counts_are_read_as_people_write_them(app: Flask, typed: str, count: int):
    form = filled(app, count=typed)
    assert form.count.data == count and not form.count.errors


def test_what_is_no_count_stays_with_one_sentence(app: Flask):
    form = filled(app, count="月2回")
    assert form.count.data is None and form.count._value() == "月2回"
    assert len(form.count.errors) == 1 and "円" not in form.count.errors[0]


def test_too_long_a_text_says_by_how_much(app: Flask):
    with app.test_request_context("/", method="POST"):
        form = Sample(MultiDict({"title": "あ" * 41}))
        form.validate()
    assert any("あと1文字" in error for error in form.title.errors)


def test_a_limit_never_cuts_and_counts_every_letter_once(app: Flask):
    """maxlength swallows the rest of what is pasted without a word, and counts 𠮷 twice."""
    form = filled(app, title="𠮷" * 40)
    assert not form.title.errors
    assert "maxlength" not in form.title()


@pytest.mark.parametrize(
    ("typed", "mail"),
    [("ｎａｍｅ＠example.jp　", "name@example.jp"), ("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"), ("", None)],
)
def test_mail_addresses_are_read_as_people_type_them(app: Flask, typed: str, mail: str | None):
    form = filled(app, mail=typed)
    assert form.mail.data == mail and not form.mail.errors


def test_what_is_no_mail_address_stays_with_one_sentence(app: Flask):
    form = filled(app, mail="名前＠example")
    assert form.mail._value() == "名前＠example" and len(form.mail.errors) == 1


def test_a_new_date_begins_with_the_year_and_the_year_alone_is_no_date(app: Flask):
    year = str(clock.today().year)
    with app.test_request_context("/"):
        assert Sample().ends_on.raw == {"year": year, "month": "", "day": ""}
        assert Sample(ends_on=dt.date(2020, 5, 1)).ends_on.raw["year"] == "2020"
    form = filled(app, ends_on__year=year, ends_on__month="", ends_on__day="")
    assert form.ends_on.data is None and not form.ends_on.errors
    form = filled(app, dated_on__year=year, dated_on__month="", dated_on__day="")
    assert form.dated_on.errors == ["日付を入力してください"]
    assert filled(app, ends_on__year="1999", ends_on__month="", ends_on__day="").ends_on.errors


@pytest.mark.parametrize(
    "pasted",
    [
        "2026年11月23日",
        "2026/11/23",
        "2026-11-23",
        "令和８年１１月２３日",
        "R8.11.23",
        "2026年11月23日（月）",
    ],
)
def test_a_whole_date_pasted_into_the_year_is_read(app: Flask, pasted: str):
    form = filled(app, dated_on__year=pasted, dated_on__month="", dated_on__day="")
    assert form.dated_on.data == dt.date(2026, 11, 23)


def test_what_cannot_be_printed_is_refused_beside_its_field_by_name(app: Flask):
    form = filled(app, title="花\ue000会", note="けむり\U000f0001")
    assert "U+E000" in form.title.errors[0] and len(form.title.errors) == 1
    assert "U+F0001" in form.note.errors[0]
    assert form.title.data == "花\ue000会", "nothing typed is lost"


@pytest.mark.parametrize("name", ["花火🎆大会", "김민준", "张伟", "❤\ufe0f会", "葛\U000e0100城㈱～"])
def test_names_people_really_have_are_taken(app: Flask, name: str):
    form = filled(app, title=name)
    assert form.title.data == name and not form.title.errors


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"day": "31", "month": "2"}, "day"),
        ({"month": "13"}, "month"),
        ({"year": "26"}, "year"),
        ({"month": "", "day": ""}, "month"),
        ({"year": "", "month": "", "day": ""}, "year"),
    ],
)
def test_the_summary_leads_to_the_box_that_is_wrong(app: Flask, typed: dict[str, str], box: str):
    form = filled(app, **{f"dated_on__{part}": value for part, value in typed.items()})
    assert form.dated_on.errors and form.dated_on.box == f"dated_on-{box}"
    with app.test_request_context():
        summary = render_template_string(
            '{% from "core/forms.html" import error_summary %}{{ error_summary(form) }}', form=form
        )
    assert f'href="#dated_on-{box}"' in summary
