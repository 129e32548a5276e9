"""Invented figures for the three charts: fifteen districts, one fiscal year."""

from stations.reports.charts import DistrictMoney, DistrictMonths, MonthVisits

MONTHS = [f"{month}月" for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
BANDS = ["未就学", "小学生", "中高生", "18〜39歳", "40〜64歳", "65歳以上", "不明"]
DISTRICTS = [f"例示{number}地区" for number in range(1, 15)] + ["六実六高台例示地区"]

VISITS = [
    MonthVisits(
        month=month,
        visits={
            band: (place * 37 + index * 53) % 160 + 20 * (band == "65歳以上")
            for index, band in enumerate(BANDS)
        },
    )
    for place, month in enumerate(MONTHS)
]
HEAT = [
    DistrictMonths(
        district=district,
        visits=[
            None if row >= 13 or (row + place) % 11 == 0 else (row * 17 + place * 29) % 240
            for place in range(12)
        ],
    )
    for row, district in enumerate(DISTRICTS)
]
MONEY = [
    DistrictMoney(
        district=district,
        award_yen=None if row >= 13 else 150_000 + row * 10_000,
        paid_yen=0 if row >= 13 else 100_000 + row * 5_000,
        spent_yen=0 if row >= 13 else (row * 41_000) % 160_000,
    )
    for row, district in enumerate(DISTRICTS)
]
