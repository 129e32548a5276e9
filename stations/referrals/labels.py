"""What the members of referrals' enums are called, and the tone of their chips."""

from typing import Any

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.referrals.agencies import AgencyAct, AgencyStatus
from stations.referrals.consent_rules import ConsentAnswer, ConsentMethod, Recipient
from stations.referrals.danger import CallOutcome
from stations.referrals.rules import (
    Act,
    AgeGroup,
    ObservationAct,
    ObservationStatus,
    Outcome,
    SheetAct,
    Status,
)

labels.register(
    {
        Status.DRAFT: _l("下書き"),
        Status.SENT: _l("送付"),
        Status.ACCEPTED: _l("受理"),
        Status.ARRANGING: _l("調整中"),
        Status.VISITED: _l("見学・初回同行"),
        Status.JOINED: _l("参加開始"),
        Status.SETTLED: _l("定着"),
        Status.CLOSED: _l("終結"),
        Status.RETURNED: _l("差戻し"),
        Status.FAILED: _l("不調"),
        Status.SUSPENDED: _l("中断"),
        Status.WITHDRAWN: _l("取下げ"),
        Status.EXPIRED: _l("期限切れ"),
    }
)
labels.register(
    {
        Act.SEND: _l("ステーションへ送る"),
        Act.ACCEPT: _l("受理する"),
        Act.RETURN: _l("差し戻す"),
        Act.ARRANGE: _l("見学の調整を始める"),
        Act.AGREE_VISIT: _l("見学の日程を記録する"),
        Act.RECORD_FIRST_VISIT: _l("見学・初回同行を記録する"),
        Act.START: _l("参加開始にする"),
        Act.SETTLE: _l("定着にする"),
        Act.CLOSE: _l("終結にする"),
        Act.FAIL: _l("不調にする"),
        Act.SUSPEND: _l("中断する"),
        Act.RESUME: _l("再開する"),
        Act.WITHDRAW: _l("取り下げる"),
        Act.EXPIRE: _l("同意の期限切れ"),
    }
)
labels.register(
    {
        ObservationStatus.DRAFT: _l("下書き"),
        ObservationStatus.SENT: _l("送付"),
        ObservationStatus.ACKNOWLEDGED: _l("受付"),
        ObservationStatus.IN_PROGRESS: _l("対応中"),
        ObservationStatus.CLOSED: _l("終結"),
        ObservationStatus.RETURNED: _l("差戻し"),
        ObservationStatus.WITHDRAWN: _l("取下げ"),
    }
)
labels.register(
    {
        ObservationAct.SEND: _l("相談機関へ送る"),
        ObservationAct.ACKNOWLEDGE: _l("受け付ける"),
        ObservationAct.START: _l("対応を始める"),
        ObservationAct.CLOSE: _l("回答して終結にする"),
        ObservationAct.RETURN: _l("差し戻す"),
        ObservationAct.REDIRECT: _l("福祉まるごと相談窓口に送り直す"),
        ObservationAct.ESCALATE: _l("受付がないため、次の窓口へ"),
        ObservationAct.ALERT_SECTION: _l("受付がないため、地域共生課へ知らせた"),
        ObservationAct.WITHDRAW: _l("取り下げる"),
    }
)
labels.register(
    {
        ConsentAnswer.GIVEN: _l("同意あり"),
        ConsentAnswer.NOT_GIVEN: _l("同意なし"),
        ConsentAnswer.UNCONFIRMED: _l("未確認"),
    }
)
labels.register(
    {
        CallOutcome.REACHED: _l("話せた"),
        CallOutcome.NOT_REACHED: _l("つながらなかった"),
        CallOutcome.NOT_NEEDED: _l("いま命の危険はないので、電話していない"),
    }
)
labels.register({ConsentMethod.WRITTEN: _l("書面"), ConsentMethod.ORAL: _l("口頭")})
labels.register(
    {
        Recipient.STATION: _l("ステーション"),
        Recipient.AGENCY: _l("相談機関"),
        Recipient.MARUGOTO_DESK: _l("福祉まるごと相談窓口"),
    }
)
labels.register(
    {
        AgeGroup.UNDER_18: _l("18歳未満"),
        AgeGroup.AGE_18_39: _l("18–39歳"),
        AgeGroup.AGE_40_64: _l("40–64歳"),
        AgeGroup.AGE_65_74: _l("65–74歳"),
        AgeGroup.AGE_75_PLUS: _l("75歳以上"),
        AgeGroup.UNKNOWN: _l("わからない"),
    }
)
labels.register(
    {
        Outcome.CONTINUING: _l("続けて来ている"),
        Outcome.LESS: _l("来る回数が減った"),
        Outcome.STOPPED: _l("来なくなった"),
        Outcome.MOVED_ON: _l("ほかの場所や活動へ移った"),
    }
)

# The official words, said plainly beside the chip.
PLAINLY: dict[Status, Any] = {
    Status.DRAFT: _l("まだ送っていません"),
    Status.SENT: _l("ステーションの受理を待っています"),
    Status.ACCEPTED: _l("ステーションが引き受けました"),
    Status.ARRANGING: _l("見学の日を決めています"),
    Status.VISITED: _l("見学に来ました"),
    Status.JOINED: _l("通い始めました"),
    Status.SETTLED: _l("続けて通えています"),
    Status.CLOSED: _l("見守りを終えました"),
    Status.RETURNED: _l("相談機関が書き直しています"),
    Status.FAILED: _l("参加に至りませんでした"),
    Status.SUSPENDED: _l("いったん休んでいます"),
    Status.WITHDRAWN: _l("取りやめになりました"),
    Status.EXPIRED: _l("同意の期限が過ぎました"),
}
OBSERVATION_PLAINLY: dict[ObservationStatus, Any] = {
    ObservationStatus.DRAFT: _l("まだ送っていません"),
    ObservationStatus.SENT: _l("送り先の受付を待っています"),
    ObservationStatus.ACKNOWLEDGED: _l("送り先が読みました"),
    ObservationStatus.IN_PROGRESS: _l("送り先が動いています"),
    ObservationStatus.CLOSED: _l("送り先から回答がありました"),
    ObservationStatus.RETURNED: _l("ステーションが書き直しています"),
    ObservationStatus.WITHDRAWN: _l("ステーションが取りやめました"),
}
# Why the station does not see what the sheet says of the person.
_GONE = _l("ご本人の同意がないか、期限が過ぎたため、ご本人についての内容は見られません。")
_OVER = _l("つなぎが終わったため、ご本人についての内容は見られません。")
CONCEALED_BECAUSE: dict[Status, Any] = dict.fromkeys(Status, _GONE) | {
    Status.RETURNED: _l("相談機関が書き直しているため、ご本人についての内容は見られません。"),
    Status.SUSPENDED: _l(
        "つなぎを休んでいるため、ご本人についての内容は見られません。相談機関が再開すると、また見られます。"
    ),
    Status.CLOSED: _OVER,
    Status.FAILED: _OVER,
    Status.WITHDRAWN: _l("つなぎが取りやめになったため、ご本人についての内容は見られません。"),
}
# What a step means, on the page that asks whether to take it.
MEANS: dict[Act, Any] = {
    Act.AGREE_VISIT: _l("決まった日程を、相談機関とステーションの両方が見られるように書きます。"),
    Act.START: _l("ご本人が、見学のあと、これから通うことになったときに記録します。相談機関に知らせます。"),
    Act.SETTLE: _l("1か月後・3か月後の様子を確かめ、続けて通えていると分かったときに記録します。"),
    Act.CLOSE: _l(
        "このつなぎの見守りを終えます。ステーションからはご本人の内容が見えなくなり、あとから戻すことはできません。"
    ),
    Act.FAIL: _l(
        "参加に至らないまま終わります。ステーションからはご本人の内容が見えなくなり、あとから戻すことはできません。"
    ),
    Act.SUSPEND: _l(
        "しばらく休みます。そのあいだ、ステーションからはご本人の内容が見えません。相談機関が再開すると、見学の調整からになります。"
    ),
    Act.WITHDRAW: _l("このつなぎを取りやめます。ステーションからは、ご本人の内容が見えなくなります。"),
}
OBSERVATION_MEANS: dict[ObservationAct, Any] = {
    ObservationAct.REDIRECT: _l(
        "福祉まるごと相談窓口が、秘密を守る義務のある支援会議で話し合います。いまの送り先からは見えなくなります。"
    ),
    ObservationAct.WITHDRAW: _l("このメモを取りやめます。書かれた心配ごとは、どこにも伝わりません。"),
}

TONES: dict[Status, str] = {
    Status.DRAFT: "grey",
    Status.SENT: "blue",
    Status.ACCEPTED: "blue",
    Status.ARRANGING: "blue",
    Status.VISITED: "green",
    Status.JOINED: "green",
    Status.SETTLED: "green",
    Status.CLOSED: "grey",
    Status.RETURNED: "orange",
    Status.FAILED: "grey",
    Status.SUSPENDED: "yellow",
    Status.WITHDRAWN: "grey",
    Status.EXPIRED: "red",
}
OBSERVATION_TONES: dict[ObservationStatus, str] = {
    ObservationStatus.DRAFT: "grey",
    ObservationStatus.SENT: "blue",
    ObservationStatus.ACKNOWLEDGED: "blue",
    ObservationStatus.IN_PROGRESS: "blue",
    ObservationStatus.CLOSED: "green",
    ObservationStatus.RETURNED: "orange",
    ObservationStatus.WITHDRAWN: "grey",
}

labels.register(
    {
        SheetAct.CREATE: _l("作成"),
        SheetAct.SAVE: _l("内容の保存"),
        SheetAct.RECORD_CONSENT: _l("同意の記録"),
        SheetAct.WITHDRAW_CONSENT: _l("同意の撤回"),
        SheetAct.RECORD_FOLLOW_UP: _l("その後の様子の記録"),
        SheetAct.RECORD_CALL: _l("電話の記録"),
        SheetAct.CONFIRM_CONTENT: _l("必要な内容であることの確認"),
    }
)
labels.register(
    {
        AgencyAct.CREATE: _l("登録"),
        AgencyAct.EDIT: _l("変更"),
        AgencyAct.APPOINT_DESK: _l("福祉まるごと相談窓口の指定"),
        AgencyAct.RELIEVE_DESK: _l("福祉まるごと相談窓口の解除"),
    }
)
labels.register(
    {
        AgencyStatus.OPEN: _l("開設中"),
        AgencyStatus.CLOSED: _l("廃止"),
    }
)

audit.register("referral", acts=(Act, SheetAct), statuses=Status)
audit.register("observation", acts=(ObservationAct, SheetAct), statuses=ObservationStatus)
audit.register("agency", acts=AgencyAct, statuses=AgencyStatus)
