"""One example of each document of grants: the letters of the application with all that may stand in their head, and more."""

from dataclasses import replace

from stations.grants.letters import samples
from stations.grants.letters.letter_data import (
    AccountLine,
    Cancellation,
    CashLine,
    Figure,
    FinalReport,
    Letter,
)

AWARDED = samples.AWARDED
CITY = samples.CITY | {"form": "様式第3号（第7条関係）", "seal_note": "（公印省略）"}

LETTERS: dict[str, Letter | FinalReport] = {
    **{
        kind: replace(letter, form=CITY["form"], seal_note=CITY["seal_note"])
        for kind, letter in samples.LETTERS.items()
    },
    "partial_cancellation": Cancellation(
        **CITY | {"number": "松地共第151号", "dated": "令和8年11月20日"},
        **AWARDED,
        award_yen=180_000,
        kept_yen=36_000,
        paid_yen=62_000,
        reason="会場の使用許可が取り消され、\n事業を続けられなくなったため。",
        final=False,
        report_due="令和8年12月21日",
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
