"""What the states, kinds and acts of committees and stations are called."""

from stations.committees.rules import (
    CommitteeAct,
    Frequency,
    OpeningAct,
    OpeningStatus,
    StationAct,
    StationKind,
    StationStage,
)
from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l

# One call for each enum: members of two enums with the same value are the same key of a dict.
labels.register(
    {
        StationKind.FIXED: _l("固定型"),
        StationKind.ROVING: _l("巡回型"),
        StationKind.FARM: _l("農園型"),
        StationKind.CAFE: _l("食堂・カフェ型"),
    }
)
labels.register(
    {
        StationStage.PREPARING: _l("準備中"),
        StationStage.RUNNING: _l("開設中"),
        StationStage.CLOSED: _l("終了"),
    }
)
labels.register(
    {
        StationAct.CREATE: _l("ステーションを登録"),
        StationAct.EDIT: _l("内容を変更"),
        StationAct.OPEN: _l("活動を開始"),
        StationAct.CLOSE: _l("活動を終了"),
        StationAct.ADD_VENUE: _l("会場を追加"),
        StationAct.EDIT_VENUE: _l("会場を変更"),
        StationAct.ADD_RULE: _l("開催のきまりを追加"),
        StationAct.END_RULE: _l("開催のきまりを終了"),
        StationAct.ADD_OPENING: _l("臨時の開催日を追加"),
    }
)
labels.register(
    {
        CommitteeAct.FOUND: _l("委員会を登録"),
        CommitteeAct.EDIT: _l("連絡先を変更"),
        CommitteeAct.APPOINT: _l("役員を選任"),
        CommitteeAct.END_TERM: _l("役員の任期を終了"),
    }
)
labels.register(
    {
        OpeningStatus.PLANNED: _l("予定"),
        OpeningStatus.CANCELLED: _l("中止"),
        OpeningStatus.HELD: _l("開催済み"),
    }
)
labels.register(
    {
        OpeningAct.HOLD: _l("開催"),
        OpeningAct.CANCEL: _l("中止"),
        OpeningAct.RESTORE: _l("中止の取消し"),
    }
)
labels.register(
    {
        Frequency.WEEKLY: _l("毎週"),
        Frequency.MONTHLY_WEEKDAY: _l("毎月 第何曜日"),
        Frequency.MONTHLY_DAY: _l("毎月 何日"),
    }
)
audit.register("committee", acts=CommitteeAct, statuses=StationStage)
audit.register("station", acts=StationAct, statuses=StationStage)
audit.register("opening", acts=OpeningAct, statuses=OpeningStatus)

TONES: dict[StationStage | OpeningStatus, str] = {
    StationStage.PREPARING: "grey",
    StationStage.RUNNING: "green",
    StationStage.CLOSED: "grey",
    OpeningStatus.PLANNED: "blue",
    OpeningStatus.CANCELLED: "red",
    OpeningStatus.HELD: "green",
}
