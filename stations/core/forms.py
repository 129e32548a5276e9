"""Form base and the fields that this programme needs: yen, dates in three boxes, tidy text, uploads.

Typed text always survives: a field that cannot read what was typed shows it again with a sentence on what to do.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from flask import has_request_context, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField, validators
from wtforms.fields import FieldList
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import TextInput

from stations.core import clock, documents, edit_conflicts, formatting, money, once, text
from stations.core.database import SAFE_METHODS, db
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import EditConflict, Refusal, RuleBroken

HELD_FIELD = "held_form_id"  # of a form that was kept when its session ended
# What stands on pages beside the fields of form classes: buttons, choices of a row or a member.
CONTROLS = frozenset(
    {
        once.FIELD,
        "act",
        "add_row",
        "remove_row",
        "next",
        "language",
        "person_id",
        "discard",
        "everybody",
        "member",
        "plan_id",
    }
)
NEVER_REPEATED = frozenset({"csrf_token", "secret", "code", "pin", "pin_again", HELD_FIELD})
_CODE_WORD = re.compile(r"[a-z][a-z0-9_:-]*")


def fields_sent() -> list[tuple[str, str]]:
    """The fields of a form of this package that came with the request, without files, passwords, codes and tokens."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NEVER_REPEATED and "password" not in name and knows(request.blueprint, name)
    ]


def knows(package: str | None, name: str) -> bool:
    """Whether a field of this name, also of a row or one of a date's boxes, stands in a form of the package."""
    names = CONTROLS | names_of(package) if package else CONTROLS
    return all(part in names or part.isdecimal() for part in name.split("-"))


@cache
def names_of(package: str) -> frozenset[str]:
    """The names of all fields of the package's forms and rows."""
    found = set(DateField.PARTS)
    waiting: list[type] = [Form, Row]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith((f"stations.{package}.", "stations.core.")):
            found |= {name for name in dir(form) if isinstance(getattr(form, name), UnboundField)}
            found |= getattr(form, "prefixes", frozenset())
    return frozenset(found)


def typed_words(fields: Iterable[tuple[str, str]]) -> list[str]:
    """What the writer will recognise of a form: words and numbers, not the values of buttons and boxes."""
    return [value for _name, value in fields if value.strip() and not _CODE_WORD.fullmatch(value)]


def say(refusal: Refusal) -> str:
    """The sentence of a refusal in the reader's language."""
    params = {
        name: formatting.date(value) if isinstance(value, dt.date) else label(value)
        for name, value in refusal.params.items()
    }
    return str(_(refusal.message, **params) if params else _(refusal.message))


class Form(FlaskForm):
    """Base of every form; CSRF is on (flask-wtf). ``prefixes``: those that it is made with, where it has any."""

    prefixes: ClassVar[frozenset[str]] = frozenset()

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: BaseForm, formdata: object) -> Any:
            """What a page sent: nothing that is not a form, and also when it sent no field at all.

            flask-wtf would take JSON, whose values may be anything, and for an empty form what is stored.
            """
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if not has_request_context() or request.method in SAFE_METHODS:
                return None
            return CombinedMultiDict((request.files, request.form))

    def show(self, *problems: Refusal) -> None:
        """Put refusals beside their fields (or on top) and give up what the act had started to change."""
        db.session.rollback()
        for refusal in problems:
            field = self._fields.get(refusal.field or "")
            if field is None:
                self.form_errors.append(say(refusal))
            else:
                field.errors = [*field.errors, say(refusal)]


class SharedForm(Form):
    """A form that two people may have open at once, of facts that either may change (`core.edit_conflicts`).

    The one who saves second keeps what they typed, sees what the first one saved, and may save again knowingly.
    """

    loaded = HiddenField(default="")
    saved_first: Mapping[str, object] | None = None  # by field: what somebody else saved first

    @property
    def own(self) -> list[str]:
        """The names of the fields that people fill in."""
        return [name for name in self._fields if name not in {"csrf_token", "loaded"}]

    def share(self, stored: Callable[[], Mapping[str, object]]) -> None:
        """``stored`` reads, by field, what the database holds and the service will compare; a new page is marked."""
        self._stored = stored
        if not self.is_submitted():
            self.loaded.data = edit_conflicts.mark(*stored().values())

    def show(self, *problems: Refusal) -> None:
        """As every form; after a lost race also what stands there now, and its mark for the next try."""
        super().show(*problems)
        if any(isinstance(refusal, EditConflict) for refusal in problems):
            self.saved_first = self._stored()  # read after the rollback: what the other one saved
            self.loaded.data = edit_conflicts.mark(*self.saved_first.values())


def succeeds(form: Form, act: Callable[[], object]) -> bool:
    """Run an act; a broken rule, or what another writer saved first, is shown in the form. All else has its page."""
    try:
        act()
    except (RuleBroken, EditConflict) as refusal:
        form.show(refusal)
        return False
    return True


class Row(FlaskForm):
    """Base of a sub-form in a FieldList (a FlaskForm, so that its messages are translated)."""

    class Meta(FlaskForm.Meta):
        csrf = False


class Required(InputRequired):
    """``Required(_l("名称を入力してください"))``: the sentence says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)

    def __call__(self, form: BaseForm, field: Field) -> None:
        if isinstance(field.data, str) and not field.data.strip():
            field.errors = []
            raise StopValidation(str(self.message))
        if isinstance(field, DateField | ReadField) and field.data is None and not field.errors:
            raise StopValidation(str(self.message))
        if not isinstance(field, DateField):
            super().__call__(form, field)


class Length(validators.Length):
    """``Length(max=200)``; somebody who wrote more hears by how much.

    Never the browser's maxlength: it cuts off what is pasted without a word, and counts 𠮷 as two. Counted here and
    by the page's counter (`counter.js`): one per code point.
    """

    def __init__(self, *, max: int) -> None:
        super().__init__(max=max)
        self.field_flags = {"limit": max}

    def __call__(self, form: BaseForm, field: StringField) -> None:
        over = len(field.data or "") - self.max
        if self.max > 0 and over > 0:
            limit, over_by = f"{self.max:,}", f"{over:,}"
            raise ValidationError(
                _("%(limit)s文字までです。あと%(over)s文字減らしてください。", limit=limit, over=over_by)
            )
        super().__call__(form, field)


class Tidy(StringField):
    """Text that may be printed one day: what no font of the letters has is refused here, where it can be corrected."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = text.normalise(valuelist[0]) if valuelist else self.data

    def pre_validate(self, form: BaseForm) -> None:
        if missing := documents.missing_glyphs(self.data or ""):
            raise ValidationError(
                _(
                    "印刷できない文字があります：%(characters)s。別の字に直してください。",
                    characters=documents.named(sorted(missing)),
                )
            )


class TidyText(Tidy):
    """One line of text; spaces trimmed, look-alike hyphens left alone (names keep their kanji)."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:  # no browser sends a line break, and what takes the text for a line would break
            self.data = " ".join(part.strip() for part in self.data.splitlines())


class TidyTextArea(Tidy, TextAreaField):
    """Several lines of text."""


class PhoneField(StringField):
    """Telephone number; full-width digits and every look-alike hyphen become plain."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = text.normalise_phone(valuelist[0]) if valuelist else self.data


class ReadField(Field):
    """A text box whose words are read as something else; what cannot be read stays, with one sentence about it."""

    widget = TextInput()

    def __init__(self, label: str | None = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.typed: str | None = None

    def read(self, typed: str) -> object:
        """What ``typed`` means; `RuleBroken` when it cannot be read."""
        raise NotImplementedError

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        self.typed = valuelist[0] if valuelist else ""
        if self.typed.strip():
            try:
                self.data = self.read(self.typed)
            except RuleBroken as broken:
                raise ValueError(say(broken)) from broken

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.write(self.data)

    def write(self, data: Any) -> str:
        """How what is stored stands in the box."""
        return f"{data:,}"

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation  # the one who must write it again need not hear what else would be wrong with it


class MailField(ReadField):
    """A mail address; full width and blanks become plain. ``data`` is text or None."""

    def read(self, typed: str) -> str:
        address = text.normalise_mail(typed)
        text.check_mail(address)
        return address

    def write(self, data: str) -> str:
        return data


class YenField(ReadField):
    """Whole yen; accepts １，２００ and ¥1,200円. ``data`` is int or None."""

    def read(self, typed: str) -> int:
        return money.parse_yen(typed)


class WholeNumberField(ReadField):
    """A count; accepts ２０, 20人 and 約1,200人. ``data`` is int or None."""

    def read(self, typed: str) -> int:
        return text.parse_count(typed)


class DateField(Field):
    """A date in three boxes ``name-year``, ``name-month``, ``name-day``; accepts full-width digits, R8, 令和8.

    The year of today stands there before anything is typed; alone it is no date. A whole date may be pasted into the
    first box.
    """

    PARTS = clock.DATE_BOXES

    def __init__(self, label: str | None = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.typed: dict[str, str] | None = None
        self._wrong_box = ""

    @property
    def raw(self) -> dict[str, str]:
        """What stands in the three boxes."""
        if self.typed is not None:
            return self.typed
        on: dt.date | None = self.data
        if on is None:
            return dict.fromkeys(self.PARTS, "") | {"year": str(clock.today().year)}
        return {"year": str(on.year), "month": str(on.month), "day": str(on.day)}

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        if data is None or not isinstance(data, dt.date):
            data = self.default() if callable(self.default) else self.default
        self.data = data
        self.process_errors = []
        self.object_data = data
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in self.PARTS):
            return
        self.typed = {part: formdata.get(f"{self.name}-{part}", "") for part in self.PARTS}
        year, month, day = clock.date_pieces(*self.typed.values())
        self.raw_data = [value for value in self.typed.values() if value] if month or day or year else []
        self.data = None
        if self.raw_data:
            try:
                self.data = clock.parse_date(year, month, day)
            except clock.DateBroken as broken:
                self.process_errors.append(say(broken))
                self._wrong_box = broken.box

    @property
    def box(self) -> str:
        """The id of the box that a link of the error summary leads to: the first that is wrong, else the first empty one."""
        empty = (part for part in self.PARTS if not self.raw[part].strip())
        return f"{self.id}-{self._wrong_box or next(empty, self.PARTS[0])}"


class TimeField(ReadField):
    """A time of day as people type it: 10:00, １０時, 午後1時半. ``data`` is a time or None."""

    def read(self, typed: str) -> dt.time:
        return clock.parse_time(typed)

    def write(self, data: dt.time) -> str:
        return f"{data:%H:%M}"


class MarkField(HiddenField):
    """The mark of what stood on the page; a form that comes without one has seen nothing."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class UploadField(FileField):
    """A file; the content is checked by core.uploads when it is stored."""


class NotRequired(Optional):
    """The field may stay empty; what is typed must still be readable."""


def problems(form: Form | Row, prefix: str = "") -> list[tuple[str, str]]:
    """(field id, sentence) of everything that is wrong in ``form``, rows included; for the summary on top."""
    found: list[tuple[str, str]] = [("", str(error)) for error in form.form_errors]
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                if hasattr(entry, "form"):
                    found += problems(entry.form)
            continue
        anchor = field.box if isinstance(field, DateField) else field.id
        found += [(anchor, str(error)) for error in field.errors]
    return found
