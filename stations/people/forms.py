"""Forms of sign-in, of one's own account and of the administration of people."""

from typing import Any

from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import EqualTo

from stations.core import clock
from stations.core.access import Role, Scope, scope_of
from stations.core.forms import (
    DateField,
    Form,
    Length,
    MailField,
    NotRequired,
    PhoneField,
    Required,
    SharedForm,
    TidyText,
    TidyTextArea,
)
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.people.queries import GUESSED_AT
from stations.people.rules import DEVICE_LIFE, PASSWORD_LENGTH, AccountStatus


class SignInForm(Form):
    login = StringField(_l("ログイン名"), [Required(_l("ログイン名を入力してください。"))])
    password = PasswordField(_l("パスワード"), [Required(_l("パスワードを入力してください。"))])


class SendBackForm(Form):
    """Beside the button that approves."""

    reason = TidyTextArea(_l("差し戻す理由"), [NotRequired(), Length(max=1000)])


class CodeForm(Form):
    """Six digits of the app, or a recovery code."""

    code = StringField(_l("確認コード"), [Required(_l("確認コードを入力してください。"))])


class MailCodeForm(Form):
    """Six digits that came by mail, and whether this device is trusted for a while."""

    code = StringField(_l("メールで届いた確認コード"), [Required(_l("確認コードを入力してください。"))])
    remember = BooleanField(_l("この端末では、%(n)s日間コードを聞かない", n=DEVICE_LIFE.days))


class PasswordForm(Form):
    """Whoever sits at a session left open must not be able to take over the account."""

    current_password = PasswordField(
        _l("いまのパスワード"), [Required(_l("いまのパスワードを入力してください。"))]
    )


class MailCodeLaterForm(MailCodeForm, PasswordForm):
    """The same, once the password was typed a while ago."""


class EnrolForm(Form):
    code = StringField(
        _l("アプリに表示された6けたのコード"),
        [Required(_l("アプリに表示された6けたのコードを入力してください。"))],
    )


class EnrolLaterForm(EnrolForm, PasswordForm):
    """A new app instead of an old one, or a first one once the password was typed a while ago."""


class NewPasswordForm(Form):
    password = PasswordField(
        _l("新しいパスワード"),
        [Required(_l("新しいパスワードを入力してください。"))],
        description=_l("%(n)s文字以上。長い文や、単語をいくつか並べたものが安全です", n=PASSWORD_LENGTH),
    )
    password_again = PasswordField(
        _l("新しいパスワード（確認）"),
        [
            Required(_l("確認のため、もう一度同じパスワードを入力してください。")),
            EqualTo("password", _l("2つのパスワードが同じではありません。もう一度入力してください。")),
        ],
    )


class ChangePasswordForm(NewPasswordForm, PasswordForm):
    """A new password in place of one's own."""


class ProfileFields(Form):
    """What is known of somebody who signs in."""

    name = TidyText(_l("氏名"), [Required(_l("氏名を入力してください。")), Length(max=80)])
    kana = TidyText(_l("ふりがな"), [Required(_l("ふりがなを入力してください。")), Length(max=80)])
    email = MailField(_l("メールアドレス"), [NotRequired(), Length(max=200)])
    phone = PhoneField(_l("電話番号"), [NotRequired(), Length(max=20)])

    @property
    def facts(self) -> dict[str, Any]:
        """Arguments of `services.change_profile` and `services.create_person`."""
        return {
            "name": self.name.data or "",
            "kana": self.kana.data or "",
            "email": self.email.data,
            "phone": self.phone.data,
        }


class ProfileForm(ProfileFields, SharedForm):
    """A profile that its owner and an administrator may have open at once."""


class OwnProfileForm(ProfileForm):
    """One's own profile: reset links go to the mail address, so a session left open must not change it."""

    current_password = PasswordField(
        _l("いまのパスワード"),
        [NotRequired()],
        description=_l("メールアドレスを変えるときだけ入力してください"),
    )


class RoleForm(Form):
    """A role, the body it is held in, and its term."""

    role = SelectField(_l("役割"), [Required(_l("役割を選んでください。"))])
    body = SelectField(_l("団体"), description=_l("地区・ステーション・相談機関の役割のときに選びます"))
    from_on = DateField(
        _l("始まりの日"), [Required(_l("始まりの日を入力してください。"))], default=clock.today
    )
    to_on = DateField(
        _l("終わりの日"), description=_l("この日まで有効です。決まっていなければ空けておきます")
    )

    def offer(self, bodies: dict[Scope, list[tuple[int, str]]]) -> None:
        """Fill the two lists; ``bodies`` are (id, name) by kind."""
        self.role.choices = [
            SelectChoice("", _l("選んでください")),
            *(SelectChoice(role.value, label(role), optgroup=str(label(scope_of(role)))) for role in Role),
        ]
        self.body.choices = [
            SelectChoice("", _l("市全体の役割（団体なし）")),
            *(
                SelectChoice(f"{scope.value}:{body_id}", name, optgroup=str(label(scope)))
                for scope, rows in bodies.items()
                for body_id, name in rows
            ),
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """Arguments of `services.give_role`; a body of another kind than the role's is its business to refuse."""
        scope, _colon, body_id = (self.body.data or "").partition(":")
        body = {f"{scope}_id": int(body_id)} if scope else {}
        return {"role": Role(self.role.data), "from_on": self.from_on.data, "to_on": self.to_on.data, **body}


class InviteForm(ProfileFields, RoleForm):
    """A new person and their first role."""

    login = StringField(
        _l("ログイン名"),
        [Required(_l("ログイン名を入力してください。")), Length(max=40)],
        description=_l("半角の英小文字・数字・「.」「_」「-」で3文字以上。例：hanako.m"),
    )


class EndRoleForm(Form):
    to_on = DateField(
        _l("終わりの日"),
        [Required(_l("終わりの日を入力してください。"))],
        default=clock.today,
        description=_l(
            "この日まで有効で、翌日から使えなくなります。すぐに止めるときは、きのうの日付にします。"
        ),
    )


class ReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=200)])


class SearchForm(Form):
    """A search line for people; sent by GET, so without a CSRF token."""

    class Meta(Form.Meta):
        csrf = False

    q = TidyText(_l("名前・ふりがな・ログイン名"))


class ViewLogForm(SearchForm):
    """The search lines of the view log: who looked, and at which sheet."""

    sheet = TidyText(_l("つなぎ・気づきメモの番号"))


class FilterForm(SearchForm):
    """The search line of the list of people."""

    role = SelectField(_l("役割"))
    status = SelectField(_l("状態"))

    def offer(self) -> None:
        self.role.choices = [
            SelectChoice("", _l("すべての役割")),
            *(SelectChoice(role.value, label(role)) for role in Role),
        ]
        self.status.choices = [
            SelectChoice("", _l("すべての状態")),
            *(SelectChoice(status.value, label(status)) for status in AccountStatus),
            SelectChoice(GUESSED_AT, _l("サインインの失敗が続いている")),
        ]

    @property
    def narrowed(self) -> list[str]:
        """The role and the state that are chosen, in words."""
        chosen = {self.role.data, self.status.data}
        words = [str(label(one)) for one in (*Role, *AccountStatus) if one.value in chosen]
        return [*words, *([_("サインインの失敗が続いている")] if GUESSED_AT in chosen else [])]
