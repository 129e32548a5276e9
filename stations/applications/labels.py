"""What the states, acts, sections and categories of plans are called, and the colour of each state."""

from stations.applications.rules import (
    Act,
    CostCategory,
    CostGroup,
    History,
    IncomeKind,
    Section,
    Status,
)
from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l

STATUSES = {
    Status.DRAFT: _l("下書き"),
    Status.SUBMITTED: _l("提出"),
    Status.RECEIVED: _l("受付"),
    Status.RETURNED: _l("差戻し"),
    Status.CONFIRMED: _l("事務局確認済"),
    Status.TABLED: _l("付議"),
    Status.APPROVED: _l("承認"),
    Status.APPROVED_WITH_CONDITIONS: _l("条件付承認"),
    Status.DEFERRED: _l("継続審議"),
    Status.REJECTED: _l("不承認"),
    Status.WITHDRAWN: _l("取下げ"),
}

TONES: dict[Status, str] = {
    Status.DRAFT: "grey",
    Status.SUBMITTED: "blue",
    Status.RECEIVED: "blue",
    Status.RETURNED: "orange",
    Status.CONFIRMED: "blue",
    Status.TABLED: "blue",
    Status.APPROVED: "green",
    Status.APPROVED_WITH_CONDITIONS: "green",
    Status.DEFERRED: "yellow",
    Status.REJECTED: "red",
    Status.WITHDRAWN: "grey",
}

ACTS = {
    Act.SUBMIT: _l("提出する"),
    Act.RECALL: _l("提出を取り消す"),
    Act.RECALL_CORRECTED: _l("直した計画の提出を取り消す"),
    Act.RECEIVE: _l("受け付ける"),
    Act.RETURN: _l("差し戻す"),
    Act.CONFIRM: _l("事務局の確認を終える"),
    Act.TABLE: _l("全体会議の議題にする"),
    Act.UNTABLE: _l("全体会議の議題から外す"),
    Act.UNTABLE_DEFERRED: _l("全体会議の議題から外し、継続審議に戻す"),
    Act.APPROVE: _l("承認する"),
    Act.APPROVE_WITH_CONDITIONS: _l("条件付きで承認する"),
    Act.DEFER: _l("継続審議にする"),
    Act.REJECT: _l("不承認にする"),
    Act.WITHDRAW: _l("取り下げる"),
}

HISTORY = {
    History.CREATE: _l("計画をつくる"),
    History.SAVE: _l("保存する"),
    History.ATTACH: _l("添付する"),
    History.REMOVE_ATTACHMENT: _l("添付を外す"),
    History.COMMENT: _l("コメントを書く"),
    History.CHANGE_COMMENT: _l("コメントを直す"),
    History.REMOVE_COMMENT: _l("コメントを消す"),
}

SECTIONS = {
    Section.PURPOSE: _l("目的・内容"),
    Section.AUDIENCE: _l("対象"),
    Section.VENUES: _l("会場"),
    Section.OPENINGS: _l("開催予定"),
    Section.ORGANISATION: _l("体制・安全管理"),
    Section.COSTS: _l("費用と収入"),
    Section.ATTACHMENTS: _l("添付資料"),
}

# The inputs of a section, as forms, comments and the frozen version call them.
FIELDS = {
    "purpose": _l("目的"),
    "activities": _l("内容"),
    "audience": _l("対象"),
    "expected_visits": _l("1回あたりの見込み人数"),
    "venues": _l("使う会場"),
    "venues_note": _l("会場についての説明"),
    "openings_planned": _l("1年の開催回数"),
    "openings_note": _l("開催の予定"),
    "organisation": _l("体制"),
    "safety": _l("安全管理"),
    "cost_lines": _l("費用の明細"),
    "income_lines": _l("収入の明細"),
    "attachments": _l("添付資料"),
}

CATEGORIES = {
    CostCategory.RENT: _l("場所使用料"),
    CostCategory.HONORARIUM: _l("報償費"),
    CostCategory.SUPPLIES: _l("需用費"),
    CostCategory.SERVICES: _l("役務費"),
    CostCategory.HIRE: _l("使用料及び賃借料"),
    CostCategory.EQUIPMENT: _l("備品購入費"),
}

CATEGORY_EXAMPLES = {
    CostCategory.HONORARIUM: _l("講師・協力者への謝礼"),
    CostCategory.SUPPLIES: _l("消耗品、食材、印刷"),
    CostCategory.SERVICES: _l("保険、切手、振込手数料"),
    CostCategory.HIRE: _l("機材や車の借上げ"),
    CostCategory.EQUIPMENT: _l("くり返し使う道具"),
}

GROUPS = {CostGroup.RENT: _l("場所使用料"), CostGroup.ACTIVITY: _l("活動費")}

INCOMES = {
    IncomeKind.FEES: _l("参加費"),
    IncomeKind.DONATION: _l("寄附金"),
    IncomeKind.OTHER_GRANT: _l("他補助金"),
    IncomeKind.OWN_FUNDS: _l("自己資金"),
    IncomeKind.OTHER: _l("その他"),
}

labels.register(STATUSES)
labels.register(ACTS)
labels.register(HISTORY)
labels.register(SECTIONS)
labels.register(CATEGORIES)
labels.register(GROUPS)
labels.register(INCOMES)
audit.register("plan", acts=(Act, History), statuses=Status)
