"""What the lists of referrals, memos and agencies give as files: numbers as on the pages, never what a person is called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.people.viewed import ViewRow
    from stations.referrals.models import Agency
    from stations.referrals.queries.lists import ObservationRow, ReferralRow

REFERRALS: "tuple[Column[ReferralRow], ...]" = (
    Column(_l("番号"), lambda row: row.number),
    Column(_l("状態"), lambda row: str(label(row.status))),
    Column(_l("相談機関"), lambda row: row.agency),
    Column(_l("ステーション"), lambda row: row.station),
    Column(_l("送った日時"), lambda row: row.sent_at, Kind.DATE),
    Column(_l("次の期限"), lambda row: row.due_on, Kind.DATE),
    Column(_l("期限超過"), lambda row: _("期限超過") if row.overdue else None),
)

OBSERVATIONS: "tuple[Column[ObservationRow], ...]" = (
    Column(_l("番号"), lambda row: row.number),
    Column(_l("状態"), lambda row: str(label(row.status))),
    Column(_l("急ぎ"), lambda row: _("急ぎ") if row.urgent else None),
    Column(_l("ステーション"), lambda row: row.station),
    Column(_l("送り先"), lambda row: row.agency),
    Column(_l("送った日時"), lambda row: row.sent_at, Kind.DATE),
    Column(_l("受付の期限"), lambda row: row.due_on, Kind.DATE),
    Column(_l("期限超過"), lambda row: _("期限超過") if row.overdue else None),
)

VIEWS: "tuple[Column[ViewRow], ...]" = (
    Column(_l("日時"), lambda row: row.view.at, Kind.DATE),
    Column(_l("だれが"), lambda row: row.name),
    Column(_l("見た対象"), lambda row: row.what or None),
    Column(_l("見られなかった"), lambda row: _("見られなかった") if row.view.refused else None),
    Column(_l("ファイルに保存"), lambda row: _("ファイルに保存") if row.view.exported else None),
)


def agencies(districts: Mapping[int, str]) -> "tuple[Column[Agency], ...]":
    """``districts``: names by id."""
    return (
        Column(_l("名称"), lambda one: one.name),
        Column(_l("種類"), lambda one: one.kind),
        Column(
            _l("地区"),
            lambda one: (districts.get(one.district_id) if one.district_id else None) or _("市全域"),
        ),
        Column(_l("電話番号"), lambda one: one.phone or None),
        Column(_l("状態"), lambda one: str(label(one.status))),
        Column(_l("まるごと窓口"), lambda one: _("まるごと窓口") if one.is_marugoto_desk else None),
    )
