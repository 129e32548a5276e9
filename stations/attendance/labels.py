"""What the members of attendance's enums are called. Words a guest may read on the tablet."""

import datetime as dt
from collections.abc import Iterable

from stations.attendance.band_rules import Band
from stations.attendance.rules import OTHERS, Counter, RecordAct, RecordStatus
from stations.core import audit, labels, language
from stations.core.disclosures import Kind
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l

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

COLOURS = (_l("紺"), _l("青"), _l("えんじ"), _l("オレンジ"), _l("黒"), _l("灰色"), _l("斜線"))
"""What the palette's colours are called on the tablet; in figures a higher place is a darker blue."""

TONES: dict[RecordStatus, str] = {RecordStatus.OPEN: "yellow", RecordStatus.CLOSED: "green"}

audit.register("opening_record", acts=RecordAct, statuses=RecordStatus)


def band_name(band: Band) -> str:
    """What the reader calls an age band."""
    return band.label_en if language.current() == "en" else band.label


def tile_names(bands: Iterable[Band]) -> dict[str, str]:
    """What the reader calls every tile of a year with these bands, by their keys and in their order."""
    others = {key: str(labels.label(Counter(key))) for key in OTHERS}
    return {band.code: band_name(band) for band in bands} | others


def format_ahead(ahead: dt.timedelta) -> str:
    """「約2日進んでいます」, 「約40分遅れています」: how far a clock is ahead, or behind when negative."""
    far = abs(ahead)
    if far >= dt.timedelta(days=1):
        much = counted("約%(n)s日", n=round(far / dt.timedelta(days=1)))
    elif far >= dt.timedelta(hours=1):
        much = counted("約%(n)s時間", n=round(far / dt.timedelta(hours=1)))
    else:
        much = counted("約%(n)s分", n=round(far / dt.timedelta(minutes=1)))
    if ahead > dt.timedelta(0):
        return _("%(much)s進んでいます", much=much)
    return _("%(much)s遅れています", much=much)
