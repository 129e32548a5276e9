"""A plan from its first word to 承認, page by page."""

from playwright.sync_api import expect

from stations.core import clock
from tests.browser.journey import CHAIR, DRAFTER, OFFICER, STATION, VENUE, Company, Fields, Someone, of, on

TITLE = "小金原 冬のもちつきの会"

SECTIONS: tuple[Fields, ...] = (
    {
        "purpose": "年の瀬に、ひとりで過ごす方もこどもも、いっしょに餅をついて顔なじみになる。",
        "activities": "午前に餅をつき、昼にみんなで食べる。つき手の順番はくじで決める。",
    },
    {"audience": "年齢や住まいを問わず、どなたでも。", "expected_visits": "６０"},
    {"venues": [VENUE], "venues_note": "1階の広間と調理室を借りる。"},
    {"openings_planned": "2", "openings_note": "11月と12月に1回ずつ"},
    {"organisation": "委員6人と学生ボランティア4人。", "safety": "行事保険に入る。餅は小さく切って出す。"},
)
COSTS: Fields = {
    "lines-0-category": "rent",
    "lines-0-content": "会館の広間と調理室",
    "lines-0-quantity": "2",
    "lines-0-unit": "回",
    "lines-0-unit_price_yen": "5,000",
    "lines-1-category": "supplies",
    "lines-1-content": "もち米と野菜",
    "lines-1-quantity": "10",
    "lines-1-unit": "kg",
    "lines-1-unit_price_yen": "３，０００",
    "incomes-0-kind": "fees",
    "incomes-0-content": "参加費 100円×40人",
    "incomes-0-amount_yen": "4000",
}


def draft(drafter: Someone) -> int:
    """起案: section by section, until everything is there for the chair."""
    drafter.go("/plans/new")
    drafter.main.locator('[name="station_id"]').select_option(label=STATION)
    drafter.fill({"title": TITLE, "fiscal_year": str(clock.fiscal_year(clock.today()))})
    drafter.press("つくって書き始める")
    drafter.sees("もう1つ計画をつくるとき")
    drafter.main.get_by_label("承認された計画とは別の計画をつくります").check()
    drafter.press("つくって書き始める")
    drafter.sees("下書き")
    plan_id = drafter.number_in_address()
    drafter.follow("目的・内容")
    for fields in SECTIONS:
        drafter.fill(fields)
        drafter.press("保存して次へ")
    drafter.main.locator('[data-lines="lines"] [data-line-add]').click()
    drafter.fill(COSTS)
    expect(drafter.main.locator('[data-lines="lines"] [data-total]')).to_have_text("40,000円")
    drafter.press("保存して次へ")
    drafter.press("保存して次へ")
    drafter.sees_heading("内容を確認してください")
    drafter.sees("36,000円", "提出は、実行委員会の代表が行います")
    return plan_id


def submit(chair: Someone, plan_id: int) -> None:
    chair.go(f"/plans/{plan_id}")
    chair.follow("内容を確認して提出に進む")
    chair.press("この内容で提出する")
    chair.sees("受付番号")


def review(everybody: Company, plan_id: int) -> None:
    """受付 → 差戻し with a comment on a section → corrected → 確認済."""
    officer, drafter, chair = everybody[OFFICER], everybody[DRAFTER], everybody[CHAIR]
    officer.go(f"/plans/{plan_id}")
    officer.follow("受け付ける")
    officer.press("受け付ける")
    officer.main.get_by_text("体制・安全管理にコメントを書く").click()
    officer.fill({"organisation-text": "餅をのどに詰まらせたときの手順を書いてください。"})
    officer.main.locator("#section-organisation").get_by_role("button", name="コメントを保存する").click()
    officer.page.wait_for_url("**#section-organisation")
    officer.follow("差し戻す")
    officer.fill({"reason": "安全管理を1か所、書き足してください。"})
    officer.press("差し戻す")
    officer.sees("差戻し")
    drafter.go(f"/plans/{plan_id}")
    drafter.sees("安全管理を1か所、書き足してください。", "要修正")
    drafter.follow("体制・安全管理")
    drafter.sees("餅をのどに詰まらせたときの手順を書いてください。")
    drafter.fill({"safety": "行事保険に入る。餅は小さく切って出し、詰まったときの手順を壁に貼る。"})
    drafter.main.get_by_label("コメントに対応しました").check()
    drafter.press("保存して次へ")
    submit(chair, plan_id)
    officer.go(f"/plans/{plan_id}")
    officer.sees("第2版")
    officer.follow("受け付ける")
    officer.press("受け付ける")
    officer.follow("確認済みにする")
    officer.press("確認済みにする")
    officer.sees("事務局確認済")


def approve(secretariat: Someone, plan_id: int) -> None:
    """付議 → presence → 開会 → 承認 → 閉会."""
    secretariat.go("/meetings")
    secretariat.follow("会議を計画する")
    secretariat.fill({"title": "臨時の全体会議", "starts_at": "午後2時", "place": "見本市民会館 第1会議室"})
    secretariat.fill(on("held_on", clock.today()))
    secretariat.press("保存する")
    secretariat.press(of("議題に加える", TITLE))
    secretariat.follow("出席を記録する")
    for row in secretariat.main.get_by_role("radio", name="出席").all()[:12]:
        row.check()
    secretariat.press("出席を保存する")
    secretariat.sees("定足数を満たしています")
    if not secretariat.main.get_by_role("link", name="開会する").count():
        secretariat.go("/meetings")
        secretariat.follow("臨時の全体会議")
    secretariat.follow("開会する")
    secretariat.press("開会する")
    secretariat.follow(of("議決する", TITLE))
    secretariat.fill({"resolution": "approved", "votes_for": "12", "votes_against": "0", "abstentions": "0"})
    secretariat.press("確認へ進む")
    secretariat.press("この内容で記録する")
    secretariat.sees("賛成12・反対0・棄権0")
    secretariat.follow("閉会する")
    secretariat.press("閉会する")
    secretariat.sees("閉会")
