"""What the members of attendance's enums are called. Words a guest may read on the tablet."""

from stations.attendance.rules import AgeBand, Counter, RecordAct, RecordStatus
from stations.core import audit, labels
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
labels.register({RecordStatus.OPEN: _l("記録中"), RecordStatus.CLOSED: _l("確定")})
labels.register(
    {
        RecordAct.SAVE_DETAILS: _l("天気・メモの保存"),
        RecordAct.CORRECT: _l("人数の訂正"),
        RecordAct.CLOSE: _l("記録の確定"),
        RecordAct.REOPEN: _l("記録を開き直し"),
    }
)

TONES: dict[RecordStatus, str] = {RecordStatus.OPEN: "yellow", RecordStatus.CLOSED: "green"}

audit.register("opening_record", acts=RecordAct, statuses=RecordStatus)
