"""What the states and resolutions of general meetings are called."""

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.meetings.rules import History, MeetingAct, MeetingStatus, Resolution

STATUSES = {
    MeetingStatus.PLANNED: _l("開催予定"),
    MeetingStatus.OPEN: _l("開会中"),
    MeetingStatus.CLOSED: _l("閉会"),
    MeetingStatus.CANCELLED: _l("中止"),
}

TONES: dict[MeetingStatus, str] = {
    MeetingStatus.PLANNED: "blue",
    MeetingStatus.OPEN: "yellow",
    MeetingStatus.CLOSED: "grey",
    MeetingStatus.CANCELLED: "red",
}

RESOLUTIONS = {
    Resolution.APPROVED: _l("承認"),
    Resolution.APPROVED_WITH_CONDITIONS: _l("条件付承認"),
    Resolution.DEFERRED: _l("継続審議"),
    Resolution.REJECTED: _l("不承認"),
}

RESOLUTION_TONES: dict[Resolution, str] = {
    Resolution.APPROVED: "green",
    Resolution.APPROVED_WITH_CONDITIONS: "green",
    Resolution.DEFERRED: "yellow",
    Resolution.REJECTED: "red",
}

HISTORY = {
    History.PLAN: _l("会議を計画しました"),
    History.EDIT: _l("会議の予定を変えました"),
    History.TABLE: _l("議題を加えました"),
    History.UNTABLE: _l("議題から外しました"),
    History.PRESENCE: _l("出席を記録しました"),
    History.OPEN: _l("開会しました"),
    History.RESOLVE: _l("議決を記録しました"),
    History.MINUTES: _l("議事録を保存しました"),
    History.CLOSE: _l("閉会しました"),
    History.CANCEL: _l("会議を中止にしました"),
}

labels.register(STATUSES)
labels.register({MeetingAct.OPEN: _l("開会"), MeetingAct.CLOSE: _l("閉会"), MeetingAct.CANCEL: _l("中止")})
labels.register(RESOLUTIONS)
labels.register(HISTORY)
audit.register("meeting", acts=History, statuses=MeetingStatus)
