"""One realistic, invented letter of each kind, in which drafted texts are shown before they are approved."""

from typing import Any

from stations.grants.letters.letter_data import (
    Award,
    Cancellation,
    ChangeApproval,
    ChangedLine,
    ChangeRefusal,
    CostLine,
    Determination,
    Disallowed,
    Letter,
    Recovery,
    Refund,
    Refusal,
)

CITY: dict[str, Any] = {
    "number": "松地共第12号",
    "dated": "令和8年5月1日",
    "addressee_lines": ["例示地区つながるステーション実行委員会"],
    "addressee_name": "代表　見本　花子",
    "sender_name": "見本　太郎",
    "fiscal_year": "令和8年度",
    "scheme": "まつどDEつながるステーション事業補助金",
    "basis": "まつどDEつながるステーション事業補助金交付要綱第7条",
    "project": "昔遊びと茶話会（例示つながるステーション）",
    "contact_lines": ["問合せ先", "松戸市総合政策部地域共生課", "電話　047-000-0000"],
}
AWARDED: dict[str, Any] = {"award_dated": "令和8年5月1日", "award_number": "松地共第12号"}

COSTS = [
    CostLine(category="場所使用料", content="例示市民センター和室　午前　12回", amount_yen=36_000),
    CostLine(category="報償費", content="昔遊び講師謝礼　6回", amount_yen=60_000),
    CostLine(
        category="需用費",
        content="食材、紙コップ、折り紙などの消耗品と、年4回発行する案内ちらしの印刷製本",
        amount_yen=84_500,
    ),
    CostLine(category="役務費", content="行事保険料、郵便料", amount_yen=18_480),
]

LETTERS: dict[str, Letter] = {
    "award": Award(
        **CITY,
        applied_dated="令和8年4月10日",
        period="令和8年4月1日から令和9年3月31日まで",
        award_yen=180_000,
        report_due="事業完了の日から30日以内又は令和9年4月10日のいずれか早い日",
        lines=COSTS,
        income_total_yen=18_000,
        decided_dated="令和8年4月24日",
        retention_years=5,
        conditions=["毎月1回は、夜に開くこと。"],
    ),
    "refusal": Refusal(
        **CITY,
        applied_dated="令和8年4月10日",
        applied_yen=180_000,
        reason="計画に記載された経費の全額が、他の補助金の交付の対象とされているため。",
    ),
    "determination": Determination(
        **CITY | {"number": "松地共第210号", "dated": "令和9年4月28日"},
        **AWARDED,
        reported_dated="令和9年4月8日",
        award_yen=180_000,
        fixed_yen=163_000,
        paid_yen=180_000,
        disallowed=[
            Disallowed(
                receipt="第3号",
                category="需用費（消耗品・食材・印刷製本）",
                amount_yen=1_980,
                reason="酒類は補助の対象になりません。",
            ),
            Disallowed(
                receipt="第12号",
                category="報償費（講師謝礼）",
                amount_yen=15_000,
                reason="講座の日付が交付決定の期間の前です。",
            ),
        ],
    ),
    "refund": Refund(
        **CITY | {"number": "松地共第211号", "dated": "令和9年4月28日"},
        **AWARDED,
        paid_yen=180_000,
        fixed_yen=163_000,
        refund_yen=17_000,
        due="令和9年5月20日",
    ),
    "recovery": Recovery(
        **CITY | {"number": "松地共第87号", "dated": "令和10年7月3日"},
        **AWARDED,
        paid_yen=163_000,
        fixed_yen=151_000,
        refund_yen=12_000,
        due="令和10年7月24日",
        found="領収書5番の品物が、補助事業では使われていなかったため",
    ),
    "cancellation": Cancellation(
        **CITY | {"number": "松地共第150号", "dated": "令和8年11月20日"},
        **AWARDED,
        award_yen=180_000,
        kept_yen=30_000,
        report_due="令和8年12月21日",
        paid_yen=100_000,
        reason="会場の使用許可が取り消され、\n事業を続けられなくなったため。",
    ),
    "change": ChangeApproval(
        **CITY | {"number": "松地共第98号", "dated": "令和8年9月14日"},
        **AWARDED,
        requested_dated="令和8年9月1日",
        award_yen=180_000,
        change="参加者が増えたため、会場を和室から大会議室に変更し、\n講師の回数を6回から4回に減らす。",
        lines=[
            ChangedLine(category="場所使用料", before_yen=36_000, after_yen=56_000),
            ChangedLine(category="報償費", before_yen=60_000, after_yen=40_000),
            ChangedLine(category="需用費", before_yen=84_500, after_yen=84_500),
            ChangedLine(category="役務費", before_yen=18_480, after_yen=18_480),
        ],
    ),
    "change_refusal": ChangeRefusal(
        **CITY | {"number": "松地共第99号", "dated": "令和8年9月14日"},
        **AWARDED,
        requested_dated="令和8年9月1日",
        change="講師の回数を6回から12回に増やす。",
        reason="参加者の数に比べて、\n講師の謝礼の割合が大きくなるため。",
    ),
}
