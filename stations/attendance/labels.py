"""What the members of attendance's enums are called. Words a guest may read on the tablet."""

import datetime as dt

from stations.attendance.rules import AgeBand, Counter, RecordAct, RecordStatus
from stations.core import audit, labels
from stations.core.disclosures import Kind
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l

labels.register(
    {
        AgeBand.PRESCHOOL: _l("未就学"),
        AgeBand.ELEMENTARY: _l("小学生"),
        AgeBand.TEEN: _l("中高生"),
        AgeBand.AGE_18_39: _l("18–39歳"),
        AgeBand.AGE_40_64: _l("40–64歳"),
        AgeBand.AGE_65_PLUS: _l("65歳以上"),
        AgeBand.UNKNOWN: _l("年代不明"),
    }
)
labels.register(
    {
        Counter.VISIT: _l("参加"),
        Counter.FIRST_TIMER: _l("初めての方"),
        Counter.STAFF: _l("スタッフ"),
        Counter.VOLUNTEER: _l("ボランティア"),
        Counter.CONSULTATION: _l("相談"),
        Counter.CONNECTED: _l("つなぎ"),
    }
)
labels.register(
    {
        Kind.ADDRESS: _l("住所"),
        Kind.PHONE: _l("電話番号・メールアドレス"),
        Kind.BIRTH: _l("生年月日"),
        Kind.HEALTH: _l("病気や障害"),
        Kind.CIRCUMSTANCES: _l("収入や家族などの事情"),
        Kind.NAME: _l("氏名"),
    }
)
labels.register({RecordStatus.OPEN: _l("記録中"), RecordStatus.CLOSED: _l("確定")})
labels.register(
    {
        RecordAct.SAVE_DETAILS: _l("天気・メモの保存"),
        RecordAct.CORRECT: _l("人数の訂正"),
        RecordAct.CLOSE: _l("記録の確定"),
        RecordAct.REOPEN: _l("記録を開き直し"),
        RecordAct.MOVE_OUT: _l("入力を別の回へ移す"),
        RecordAct.MOVE_IN: _l("別の回の入力を受け入れ"),
    }
)

TONES: dict[RecordStatus, str] = {RecordStatus.OPEN: "yellow", RecordStatus.CLOSED: "green"}

audit.register("opening_record", acts=RecordAct, statuses=RecordStatus)


def format_ahead(ahead: dt.timedelta) -> str:
    """「約2日進んでいます」, 「約40分遅れています」: how far a clock is ahead, or behind when negative."""
    far = abs(ahead)
    if far >= dt.timedelta(days=1):
        much = _("約%(n)s日", n=round(far / dt.timedelta(days=1)))
    elif far >= dt.timedelta(hours=1):
        much = _("約%(n)s時間", n=round(far / dt.timedelta(hours=1)))
    else:
        much = _("約%(n)s分", n=round(far / dt.timedelta(minutes=1)))
    if ahead > dt.timedelta(0):
        return _("%(much)s進んでいます", much=much)
    return _("%(much)s遅れています", much=much)
