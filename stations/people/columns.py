"""What the lists of people, of what waits for a second administrator and of views give as files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stations.core import formatting
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.people.models import AdministratorRequest, Person
    from stations.people.queries import PersonRow
    from stations.people.request_queries import Written
    from stations.people.viewed import ViewRow


def _roles(row: "PersonRow") -> str | None:
    held = [f"{label(role.role)}{_('（%(body)s）', body=role.body_name)}" for role in row.roles]
    return "、".join(held) or None


def _second_factor(person: "Person") -> str | None:
    if person.totp_secret:
        return _("登録済み")
    return _("未登録") if person.needs_second_factor else None


PEOPLE: "tuple[Column[PersonRow], ...]" = (
    Column(_l("氏名"), lambda row: row.person.name),
    Column(_l("ふりがな"), lambda row: row.person.kana or None),
    Column(_l("ログイン名"), lambda row: row.person.login),
    Column(_l("いまの役割"), _roles),
    Column(_l("状態"), lambda row: str(label(row.person.status))),
    Column(_l("認証アプリ"), lambda row: _second_factor(row.person)),
)

VIEWS: "tuple[Column[ViewRow], ...]" = (
    Column(_l("日時"), lambda row: row.view.at, Kind.DATE),
    Column(_l("だれが"), lambda row: row.name),
    Column(_l("見た内容"), lambda row: _(row.view.purpose)),
    Column(_l("見た対象"), lambda row: row.what or None),
    Column(_l("見られなかった"), lambda row: _("見られなかった") if row.view.refused else None),
    Column(_l("ファイルに保存"), lambda row: _("ファイルに保存") if row.view.exported else None),
)


def requests(
    what: Mapping[int, str], written: "Mapping[int, Written]"
) -> "tuple[Column[AdministratorRequest], ...]":
    """``what`` each asks for, by its id; ``written``: who wrote an address lately, by the person's id."""

    def warning(one: "AdministratorRequest") -> str | None:
        if not one.is_about(one.person):
            return _(
                "依頼のあとで、氏名かメールアドレスが変わりました。見送って、依頼し直してもらってください。"
            )
        lately = written.get(one.person_id)
        if lately is None:
            return None
        at, name = formatting.datetime(lately.at), lately.by_name
        return _("%(at)sに、%(name)sが登録・変更したアドレスです", at=at, name=name)

    return (
        Column(_l("利用者"), lambda one: one.of_person.get("name") or one.person.name),
        Column(_l("ログイン名"), lambda one: one.person.login),
        Column(_l("メールアドレス"), lambda one: one.of_person.get("email") or None),
        Column(_l("注意"), warning),
        Column(_l("操作"), lambda one: what[one.id]),
        Column(_l("依頼した人"), lambda one: one.asked_by.name),
        Column(_l("依頼した日時"), lambda one: one.asked_at, Kind.DATE),
    )
