"""A realistic, invented plan for printing."""

from stations.applications.letter_data import CostLine, IncomeLine, PlanPrint, Section

PLAN = PlanPrint(
    fiscal_year="令和8年度（2026年度）",
    name="昔遊びと茶話会の計画",
    district="例示地区",
    committee="例示地区つながるステーション実行委員会",
    representative="代表　見本　花子",
    station="例示つながるステーション",
    kind="固定型",
    revision="第2版（差戻し後の再提出）",
    dated="令和8年3月2日",
    number="計画第8-07号",
    sections=[
        Section(
            title="目的・内容",
            text="だれでも立ち寄れる場所をつくり、昔遊びと茶話会を通じて、ゆるやかなつながりを育てる。\n"
            "相談があったときは、地域包括支援センターなどにつなぐ。",
        ),
        Section(title="対象", text="年齢や住んでいる地区を問わない。"),
        Section(title="会場", text="例示市民センター　和室（松戸市例示町1丁目2番地の3）"),
        Section(title="開催予定", text="毎月第2土曜日　午前10時から正午まで　年12回"),
        Section(title="体制・安全管理", text=""),
    ],
    cost_lines=[
        CostLine(
            category="場所使用料",
            content="例示市民センター和室　午前",
            quantity="12回",
            unit_price_yen=3_000,
            amount_yen=36_000,
        ),
        CostLine(
            category="報償費",
            content="昔遊びの講師謝礼",
            quantity="6回",
            unit_price_yen=10_000,
            amount_yen=60_000,
        ),
        CostLine(
            category="使用料及び賃借料",
            content="もちつき用の臼と杵の借上げ（運搬を含む）",
            quantity="1式",
            unit_price_yen=12_500,
            amount_yen=12_500,
        ),
        CostLine(
            category="需用費",
            content="食材、紙コップ、折り紙",
            quantity="12回",
            unit_price_yen=6_000,
            amount_yen=72_000,
        ),
    ],
    income_lines=[IncomeLine(category="参加費", content="100円×180人", amount_yen=18_000)],
    rent_total_yen=36_000,
    activity_total_yen=144_500,
    sha256="3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
)
