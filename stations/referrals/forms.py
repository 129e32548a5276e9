"""Forms of referrals, memos, consents and agencies. They ask for no more than the sheet may hold."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import current_app
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import CheckboxInput, ListWidget

from stations.core import clock
from stations.core.danger import danger_words
from stations.core.disclosures import Found, find_personal
from stations.core.forms import (
    DateField,
    Form,
    Length,
    NotRequired,
    PhoneField,
    Required,
    SharedForm,
    TidyText,
    TidyTextArea,
    TimeField,
    say,
)
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.referrals import consent_rules
from stations.referrals.consent_rules import Consent, ConsentAnswer, ConsentMethod, Recipient, run_out_on
from stations.referrals.danger import Call, CallOutcome
from stations.referrals.rules import AgeGroup, Outcome

SHORT, LONG = 20, 500


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """(value, label) pairs as choices of a field."""
    return [SelectChoice(value, text) for value, text in pairs]


def _choices(members: Iterable[StrEnum]) -> list[SelectChoice]:
    return options((str(member), label(member)) for member in members)


class Checkboxes(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ConsentFields(Form):
    """What the person answered, how, to whom it may be disclosed, and until when.

    A page that shows it calls `offer_agencies` and then `show_consent`.
    """

    answer = RadioField(
        _l("ご本人の同意"),
        [Required(_l("ご本人の同意について、あてはまるものを選んでください。"))],
        choices=_choices(ConsentAnswer),
    )
    scope = Checkboxes(
        _l("どこまで伝えてよいか"),
        [NotRequired()],
        choices=_choices(Recipient),
        description=_l("ご本人が認めた相手をすべて選びます。"),
    )
    agencies = Checkboxes(
        _l("伝えてよい相談機関"),
        [NotRequired()],
        coerce=int,
        choices=[],
        description=_l("ご本人に名前を伝えて、同意を得たところだけを選びます。"),
    )
    method = RadioField(_l("同意の方法"), [NotRequired()], choices=_choices(ConsentMethod))
    given_on = DateField(_l("同意を得た日"), [NotRequired()])
    expires_on = DateField(_l("同意の期限（この日まで）"), [NotRequired()])

    def validate(self, extra_validators: object = None) -> bool:
        """Everything that is wrong with the consent at once, beside its fields."""
        sound: bool = super().validate(extra_validators)
        if self.answer.errors:
            return False
        for broken in consent_rules.consent_faults(self.consent, clock.today(), self.months):
            field = self[broken.field]
            if not field.errors:
                field.errors, sound = [say(broken)], False
        return sound

    @property
    def months(self) -> int:
        months: int = current_app.config["STATIONS"].consent_months
        return months

    def offer_agencies(self, agencies: Iterable[tuple[int, str]]) -> None:
        """The agencies that could be named to the person, in the order of the list."""
        self.agencies.choices = options(agencies)

    def show_consent(self, consent: Consent | None) -> None:
        """Begin with the latest record; one that was taken back or has run out is asked for again."""
        if self.is_submitted():
            return
        self.expires_on.data = consent_rules.consent_end(clock.today(), self.months)
        if consent is None or consent.withdrawn_on is not None or run_out_on(consent, clock.today()):
            return
        self.answer.data, self.scope.data = str(consent.answer), sorted(consent.scope)
        self.agencies.data = sorted(consent.agencies)
        self.method.data = str(consent.method) if consent.method else None
        self.given_on.data = consent.given_on
        self.expires_on.data = consent.expires_on or self.expires_on.data

    @property
    def _ends_on(self) -> dt.date | None:
        """As typed; the end that the page proposed is counted from the day of the consent, whatever that is."""
        ends: dt.date | None = self.expires_on.data
        given_on: dt.date | None = self.given_on.data
        if given_on is not None and ends == consent_rules.consent_end(clock.today(), self.months):
            return consent_rules.consent_end(given_on, self.months)
        return ends

    @property
    def consent(self) -> Consent:
        """The answer as the rules read it; how, when and to whom count only for a given one."""
        answer = ConsentAnswer(self.answer.data)
        if answer is not ConsentAnswer.GIVEN:
            return Consent(answer=answer, scope=frozenset())
        return Consent(
            answer=answer,
            scope=frozenset(Recipient(one) for one in self.scope.data or ()),
            method=ConsentMethod(self.method.data) if self.method.data else None,
            given_on=self.given_on.data,
            expires_on=self._ends_on,
            agencies=frozenset(self.agencies.data or ()),
        )


class ConsentForm(ConsentFields, SharedForm):
    """A further record; never over an answer that the writer has not seen, least of all a withdrawal."""


class StationForm(SharedForm):
    """Page 1: from which agency, to which station."""

    agency_id = SelectField(
        _l("相談機関"), [Required(_l("相談機関を選んでください。"))], coerce=int, choices=[]
    )
    station_id = RadioField(
        _l("ステーション"), [Required(_l("ステーションを選んでください。"))], coerce=int, choices=[]
    )


class PersonForm(ConsentFields, SharedForm):
    """Page 2: the person, as little as possible, and the consent."""

    alias = TidyText(
        _l("ステーションでの呼び名"),
        [Required(_l("ステーションでの呼び名を入力してください。")), Length(max=SHORT)],
        description=_l("本名でなくてかまいません。例：はるさん"),
    )
    age_group = RadioField(_l("年代"), [Required(_l("年代を選んでください。"))], choices=_choices(AgeGroup))


class WishesForm(SharedForm):
    """Page 3: what the person would like, what the station should know, whom to call."""

    wishes = TidyTextArea(
        _l("ご本人の希望"),
        [Required(_l("ご本人の希望を入力してください。")), Length(max=LONG)],
        description=_l("したいこと、行きたい曜日など。ご本人の言葉で。"),
    )
    considerations = TidyTextArea(
        _l("配慮してほしいこと"),
        [NotRequired(), Length(max=LONG)],
        description=_l("その場で役に立つことだけ。病名・収入・家族の事情は書きません。"),
    )
    accompanied = RadioField(
        _l("初回は相談機関の担当者が同行しますか"),
        [Required(_l("初回に同行するかどうかを選んでください。"))],
        choices=options([(True, _l("はい、同行します")), (False, _l("いいえ、同行しません"))]),
        coerce=lambda value: str(value) == str(True),
    )
    contact_name = TidyText(
        _l("相談機関の担当者"), [Required(_l("相談機関の担当者を入力してください。")), Length(max=40)]
    )
    contact_phone = PhoneField(
        _l("相談機関の電話番号"), [Required(_l("相談機関の電話番号を入力してください。")), Length(max=20)]
    )

    @property
    def facts(self) -> dict[str, Any]:
        """Arguments of `services.save_referral`."""
        return {name: self[name].data for name in self.own}

    def begin(self, *, written: bool) -> None:
        """Whether somebody comes along is asked, never taken for granted, until the page was ``written`` once."""
        if not written and not self.accompanied.raw_data:
            self.accompanied.data = None


class NeededField(Form):
    """「はい、必要です」: why a text holds what could point at the person."""

    needed = TidyTextArea(
        _l("必要な理由"),
        [NotRequired(), Length(max=200)],
        description=_l("例：迎えに行くために、住んでいる場所が必要なため"),
    )


class AskingForm(NeededField):
    """A form with a text that is asked about before it is kept: what points at the person, and words of danger."""

    asks_about: tuple[str, ...] = ()

    def texts(self) -> list[str]:
        return [self[name].data or "" for name in self.asks_about if name in self]

    @property
    def found(self) -> list[Found]:
        return [one for text in self.texts() for one in find_personal(text)]

    @property
    def danger(self) -> list[str]:
        return danger_words(*self.texts())

    @property
    def questionable(self) -> bool:
        return bool(self.found or self.danger)

    def validate(self, extra_validators: object = None) -> bool:
        """Asked once, when everything else is right; a reason is the answer."""
        sound: bool = super().validate(extra_validators)
        if sound and self.questionable and not (self.needed.data or "").strip():
            self.needed.errors = [
                _("必要でなければ消してください。必要なときは、その理由を入力してください。")
            ]
            return False
        return sound


class SendForm(NeededField):
    """Page 4: the button, and the question about what could point at the person; broken rules are shown on top."""


class ActForm(AskingForm):
    """One act: a reason, a day or an answer, where the act asks for it."""

    asks_about = ("reason", "answer")

    reason = TidyTextArea(
        _l("理由"),
        [NotRequired(), Length(max=LONG)],
        description=_l("どなたか分かることや、病名・家族の事情は書かないでください。"),
    )
    first_visit_on = DateField(_l("見学・初回同行の日"), [NotRequired()])
    answer = TidyTextArea(
        _l("ステーションへの回答"),
        [NotRequired(), Length(max=LONG)],
        description=_l("ステーションに伝えてよいことだけを、一文で。"),
    )


class FollowUpForm(AskingForm):
    """How it goes, one and three months after the first visit."""

    asks_about = ("note",)

    outcome = RadioField(
        _l("いまの様子"), [Required(_l("いまの様子を選んでください。"))], choices=_choices(Outcome)
    )
    note = TidyTextArea(_l("メモ"), [NotRequired(), Length(max=LONG)])


class MemoForm(ConsentFields, SharedForm):
    """A 気づきメモ: facts, urgency, and whether the person agrees that an agency knows."""

    station_id = SelectField(
        _l("ステーション"), [Required(_l("ステーションを選んでください。"))], coerce=int, choices=[]
    )
    observed_on = DateField(_l("気づいた日"), [Required(_l("気づいた日を入力してください。"))])
    facts = TidyTextArea(
        _l("見たこと・聞いたこと"),
        [Required(_l("見たこと・聞いたことを入力してください。")), Length(max=1000)],
        description=_l("事実だけを書きます。推測や診断は書きません。"),
    )
    urgent = BooleanField(_l("急ぎ（数日のうちに連絡してほしい）"))
    alias = TidyText(
        _l("呼び名"),
        [NotRequired(), Length(max=SHORT)],
        description=_l("ステーションでの呼び名。わからなければ空欄で。"),
    )
    age_group = RadioField(_l("年代"), [Required(_l("年代を選んでください。"))], choices=_choices(AgeGroup))

    def begin(self) -> None:
        """What an empty memo starts with."""
        if not self.is_submitted():
            self.observed_on.data = clock.today()
            self.age_group.data = str(AgeGroup.UNKNOWN)


class CallForm(Form):
    """Whom one telephoned before a memo is sent, when, and what came of it."""

    outcome = RadioField(
        _l("電話はつながりましたか"),
        [Required(_l("電話がつながったかどうかを選んでください。"))],
        choices=_choices(CallOutcome),
    )
    whom = TidyText(
        _l("電話した相手"),
        [NotRequired(), Length(max=60)],
        description=_l("例：119、福祉まるごと相談窓口の当番の方"),
    )
    on = DateField(_l("電話した日"), [NotRequired()], default=clock.today)
    at = TimeField(_l("電話した時刻"), [NotRequired()], description=_l("例：15:30、午後3時半"))
    reason = TidyTextArea(
        _l("電話しない理由"),
        [NotRequired(), Length(max=LONG)],
        description=_l("「電話していない」を選んだときに書きます。例：去年のことを話していた。"),
    )

    def offer(self, *, urgent: bool) -> None:
        """What is urgent is telephoned: nobody is offered to say that it need not be."""
        outcomes = [one for one in CallOutcome if not urgent or one is not CallOutcome.NOT_NEEDED]
        self.outcome.choices = _choices(outcomes)
        if urgent:
            del self.reason

    @property
    def call(self) -> Call:
        """The call as the rules read it."""
        outcome = CallOutcome(self.outcome.data)
        if outcome is CallOutcome.NOT_NEEDED:
            return Call(outcome=outcome, reason=self.reason.data or "")
        day, time = self.on.data, self.at.data
        at = None if day is None or time is None else clock.instant(day, time)
        return Call(outcome=outcome, whom=self.whom.data or "", at=at)


class ReceiverForm(NeededField):
    """To whom a memo goes, of those the gate lets it through to."""

    agency_id = RadioField(_l("送り先"), [Required(_l("送り先を選んでください。"))], coerce=int, choices=[])

    def offer(self, receivers: Iterable[tuple[int, str]]) -> None:
        """Where there is a choice, the writer makes it; the only receiver is chosen already."""
        self.agency_id.choices = options(receivers)
        if not self.is_submitted() and len(self.agency_id.choices) == 1:
            self.agency_id.data = self.agency_id.choices[0].value


class AgencyForm(SharedForm):
    name = TidyText(_l("名称"), [Required(_l("名称を入力してください。")), Length(max=60)])
    kind = TidyText(
        _l("種類"),
        [Required(_l("種類を入力してください。")), Length(max=40)],
        description=_l("例：地域包括支援センター、自立相談支援センター"),
    )
    district_id = SelectField(_l("地区"), coerce=int, choices=[])
    phone = PhoneField(_l("電話番号"), [NotRequired(), Length(max=20)])
    closed_on = DateField(_l("廃止した日"), [NotRequired()])

    def offer(self, districts: list[tuple[int, str]]) -> None:
        self.district_id.choices = options([(0, _("市全域")), *districts])


class DeskForm(SharedForm):
    """Another 福祉まるごと相談窓口, or none: why. Never over a change that the writer has not seen."""

    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=LONG)])
