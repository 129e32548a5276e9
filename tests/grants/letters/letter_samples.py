"""One realistic, invented example of each letter."""

from typing import Any

from stations.grants.letters.letter_data import (
    AccountLine,
    Award,
    Cancellation,
    CashLine,
    ChangeApproval,
    ChangedLine,
    ChangeRefusal,
    CostLine,
    Determination,
    Disallowed,
    Figure,
    FinalReport,
    Letter,
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
    "form": "様式第3号（第7条関係）",
    "seal_note": "（公印省略）",
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

LETTERS: dict[str, Letter | FinalReport] = {
    "award": Award(
        **CITY,
        applied_dated="令和8年4月10日",
        period="令和8年4月1日から令和9年3月31日まで",
        award_yen=180_000,
        payment_method="概算払（請求により2回に分けて支払う。）",
        report_due="事業完了の日から30日以内又は令和9年4月10日のいずれか早い日",
        lines=COSTS,
        income_total_yen=18_000,
        conditions=[
            "補助事業の内容又は経費の配分を変更しようとするときは、あらかじめ市長の承認を受けること。",
            "補助金は、補助事業の目的以外に使用しないこと。",
            "補助事業に係る帳簿及び証拠書類を、補助事業の完了後5年間保存すること。",
        ],
    ),
    "refusal": Refusal(
        **CITY,
        applied_dated="令和8年4月10日",
        applied_yen=180_000,
        reason="計画に記載された経費の全額が、他の補助金の交付の対象とされているため。",
        appeal="この決定について不明な点があるときは、下記の問合せ先にお尋ねください。",
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
        reason="額の確定により、支払済額が確定額を超えたため。",
        payment_method="同封の納入通知書により、納期限までに取扱金融機関で納付してください。",
    ),
    "recovery": Refund(
        **CITY | {"number": "松地共第87号", "dated": "令和10年7月3日"},
        **AWARDED,
        paid_yen=163_000,
        fixed_yen=151_000,
        refund_yen=12_000,
        due="令和10年7月24日",
        reason="額の確定の後に、補助の対象と認められない支出が判明したため。\n領収書5番の品物が、補助事業では使われていなかったため",
        payment_method="同封の納入通知書により、納期限までに取扱金融機関で納付してください。",
    ),
    "partial_cancellation": Cancellation(
        **CITY | {"number": "松地共第151号", "dated": "令和8年11月20日"},
        **AWARDED,
        award_yen=180_000,
        kept_yen=36_000,
        paid_yen=62_000,
        reason="会場の使用許可が取り消され、\n事業を続けられなくなったため。",
        final=False,
        report_due="令和8年12月21日",
        appeal="この決定について不明な点があるときは、下記の問合せ先にお尋ねください。",
    ),
    "cancellation": Cancellation(
        **CITY | {"number": "松地共第150号", "dated": "令和8年11月20日"},
        **AWARDED,
        award_yen=180_000,
        kept_yen=30_000,
        paid_yen=100_000,
        reason="会場の使用許可が取り消され、\n事業を続けられなくなったため。",
        appeal="この決定について不明な点があるときは、下記の問合せ先にお尋ねください。",
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
        conditions=["変更後も、開催の回数を当初の計画から減らさないこと。"],
    ),
    "change_refusal": ChangeRefusal(
        **CITY | {"number": "松地共第99号", "dated": "令和8年9月14日"},
        **AWARDED,
        requested_dated="令和8年9月1日",
        change="講師の回数を6回から12回に増やす。",
        reason="参加者の数に比べて、\n講師の謝礼の割合が大きくなるため。",
        appeal="この決定について不明な点があるときは、下記の問合せ先にお尋ねください。",
    ),
    "report": FinalReport(
        **{key: CITY[key] for key in ("fiscal_year", "scheme", "basis", "project")},
        **AWARDED,
        form="様式第8号（第12条関係）",
        dated="令和9年4月8日",
        applicant_address="松戸市例示町1丁目2番地の3",
        applicant_name="例示地区つながるステーション実行委員会",
        applicant_representative="代表　見本　花子",
        applicant_phone="047-000-0001",
        period="令和8年4月1日から令和9年3月31日まで",
        award_yen=180_000,
        paid_yen=180_000,
        activities="毎月第2土曜日の午前に、昔遊びと茶話会を開いた。\n夏休みには小学生と一緒に流しそうめんを行った。",
        results="初めて来た人の4割が2回以上参加した。冬の参加者が少なく、来年度は時間を見直す。",
        figures=[
            Figure(label="開催回数", value=12, unit="回"),
            Figure(label="延べ参加者数", value=1_312, unit="人"),
            Figure(label="初参加", value=58, unit="人"),
            Figure(label="相談", value=21, unit="件"),
            Figure(label="つなぎ", value=6, unit="件"),
        ],
        attachments=["収支決算書", "出納帳"],
        income=[
            AccountLine(category="市補助金", budget_yen=180_000, actual_yen=180_000, note="概算払　2回"),
            AccountLine(category="参加費", budget_yen=18_000, actual_yen=19_400, note="100円×194人"),
            AccountLine(category="自己資金", budget_yen=980, actual_yen=0),
        ],
        expenses=[
            AccountLine(category="場所使用料", budget_yen=56_000, actual_yen=56_000, note="大会議室　12回"),
            AccountLine(
                category="報償費", budget_yen=40_000, actual_yen=30_000, note="講師　3回（1回は雪のため中止）"
            ),
            AccountLine(category="需用費", budget_yen=84_500, actual_yen=78_020, note="食材、消耗品、印刷"),
            AccountLine(category="役務費", budget_yen=18_480, actual_yen=18_480, note="行事保険料、郵便料"),
        ],
        cash_book=[
            CashLine(
                dated=f"{8 + (month > 8)}.{(month + 3) % 12 + 1}.{10 + day}",
                text="参加費（当日分）" if day % 3 == 0 else "例示商店　折り紙、紙コップほか",
                voucher=str(month * 4 + day + 1),
                in_yen=5_000 if day % 3 == 0 else 0,
                out_yen=0 if day % 3 == 0 else 1_250,
                balance_yen=sum(
                    5_000 if (row % 4) % 3 == 0 else -1_250 for row in range(month * 4 + day + 1)
                ),
            )
            for month in range(12)
            for day in range(4)
        ],
        audit_note="上記のとおり相違ないことを確認しました。\n令和9年4月5日　監査　例示　次郎",
    ),
}
