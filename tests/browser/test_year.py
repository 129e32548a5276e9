"""The whole year of one station: a plan becomes a grant, visits, receipts, a report, closed accounts; then referrals."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from stations.core import clock
from stations.demo import receipt_photos
from tests.browser.conftest import VisitorMaker
from tests.browser.journey import Album, Fields, Someone, of, on, sign_in, sign_in_by_button
from tests.support.demo_site import Site

STATION = "小金原おしゃべりベンチ"
COMMITTEE = "小金原地区実行委員会"
TITLE = "小金原 冬のもちつきの会"

SECTIONS: tuple[Fields, ...] = (
    {
        "purpose": "年の瀬に、ひとりで過ごす方もこどもも、いっしょに餅をついて顔なじみになる。",
        "activities": "午前に餅をつき、昼にみんなで食べる。つき手の順番はくじで決める。",
    },
    {"audience": "年齢や住まいを問わず、どなたでも。", "expected_visits": "６０"},
    {"venues": ["小金原仮想会館"], "venues_note": "1階の広間と調理室を借りる。"},
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


@dataclass
class People:
    """Who takes part; each has a window of their own and signs in when first needed."""

    arrive: Callable[[str], Someone]
    here: dict[str, Someone]

    def __getitem__(self, name: str) -> Someone:
        if name not in self.here:
            self.here[name] = self.arrive(name)
        return self.here[name]


def people(site: Site, visitor: VisitorMaker, pictures: Path, width: int = 1280, height: int = 900) -> People:
    album = Album(pictures)

    def arrive(name: str) -> Someone:
        someone = Someone(visitor(site, width, height), f"{width}-{name}", album)
        if name in {"課長", "事務局（社協）"}:
            return sign_in_by_button(someone, name)
        return sign_in(someone, site, f"demo-{name}")

    return People(arrive, {})


DRAFTER, CHAIR, TREASURER, AUDITOR = "koganehara-drafter", "koganehara-chair", "koganehara-treasurer", "koganehara-auditor"
OFFICER, OTHER_OFFICER, CASHIER = "officer1", "officer2", "cashier1"
APPROVER, SECRETARIAT = "課長", "事務局（社協）"
LEADER, VOLUNTEER, CASE_WORKER = "bench-leader", "bench-volunteer", "houkatsu-koganehara"


def draft_a_plan(drafter: Someone, title: str = TITLE) -> int:
    """起案: section by section, until everything is there for the chair."""
    drafter.go("/plans/new")
    drafter.main.locator('[name="station_id"]').select_option(label=STATION)
    drafter.fill({"title": title, "fiscal_year": str(clock.fiscal_year(clock.today()))})
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
    drafter.sees_heading("内容を確認して提出してください")
    drafter.sees("36,000円", "提出は、実行委員会の代表が行います")
    return plan_id


def submit(chair: Someone, plan_id: int) -> None:
    chair.go(f"/plans/{plan_id}")
    chair.follow("内容を確認して提出に進む")
    chair.press("この内容で提出する")
    chair.sees("受付番号")


def review_the_plan(everybody: People, plan_id: int) -> None:
    """受付 → 差戻し with a comment on a section → mended → 確認済."""
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


def approve_the_plan(secretariat: Someone, plan_id: int) -> None:
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
    secretariat.press("議決を記録する")
    secretariat.sees("賛成12・反対0・棄権0")
    secretariat.follow("閉会する")
    secretariat.press("閉会する")
    secretariat.sees("閉会")


def award_the_grant(everybody: People, plan_id: int) -> int:
    """交付申請 → 審査 → 起案 → 決裁 → 施行."""
    chair, officer, approver = everybody[CHAIR], everybody[OFFICER], everybody[APPROVER]
    chair.go(f"/plans/{plan_id}")
    chair.sees("承認")
    chair.follow("交付申請に進む")
    chair.sees("36,000円")
    chair.press("この内容で申請する")
    chair.sees("交付申請")
    chair.sees_money("未定", "0円", "0円", "未定")
    grant_id = chair.number_in_address()
    officer.go(f"/grants/{grant_id}")
    officer.follow("審査を始める")
    officer.press("審査を始める")
    officer.follow("交付決定を起案する")
    officer.press("起案して決裁に回す")
    officer.sees("決裁中")
    assert not officer.main.get_by_role("link", name="交付決定を承認する").count()
    approver.go(f"/grants/{grant_id}")
    approver.follow("交付決定を承認する")
    approver.sees("起案された交付決定額", "36,000円")
    approver.press("承認する")
    officer.go(f"/grants/{grant_id}")
    officer.follow("交付決定通知書を施行する")
    officer.press("施行する")
    officer.sees("実施中")
    officer.sees_money("36,000円", "0円", "0円", "36,000円")
    chair.go(f"/grants/{grant_id}")
    assert chair.download("交付決定通知書 第").startswith(b"%PDF")
    return grant_id


def pay_in_advance(everybody: People, grant_id: int) -> None:
    """概算払請求 → 支出命令 by somebody else → 支払済."""
    treasurer, other, cashier = everybody[TREASURER], everybody[OTHER_OFFICER], everybody[CASHIER]
    treasurer.go(f"/grants/{grant_id}")
    treasurer.follow("概算払を請求する")
    treasurer.fill({"amount_yen": "36,000", "purpose": "もち米を年内にまとめて買うため"})
    treasurer.press("請求する")
    treasurer.sees_money("36,000円", "0円", "0円", "36,000円")
    other.go(f"/grants/{grant_id}")
    other.follow("支出を命令する")
    other.press("支出を命令する")
    cashier.go(f"/grants/{grant_id}")
    cashier.follow("支払を記録する")
    cashier.press("支払済にする")
    cashier.sees("支払済")
    cashier.sees_money("36,000円", "36,000円", "0円", "36,000円")


def count_visits(everybody: People) -> None:
    """An extra opening of today; a volunteer counts at its door and closes it."""
    drafter, volunteer = everybody[DRAFTER], everybody[VOLUNTEER]
    drafter.go("/districts")
    drafter.follow(STATION)
    drafter.follow("開催予定")
    drafter.follow("臨時の開催日を追加する")
    drafter.fill({"starts_at": "10:00", "ends_at": "午後3時"} | on("on", clock.today()))
    drafter.press("追加する")
    tally(volunteer)


def tally(volunteer: Someone) -> None:
    """＋1, ＋1, undo; then the end of the day."""
    page = volunteer.page
    volunteer.go("/attendance")
    volunteer.follow(of("来た人を数える", STATION))
    total = page.locator("[data-tally-total]")
    for key, times in {"elementary": 3, "age_65_plus": 2, "first_timer": 1}.items():
        for _ in range(times):
            page.locator(f'[data-tally="{key}"] .mt-tile__plus').click()
    expect(total).to_have_text("5")
    page.get_by_role("button", name="1つ取り消す").click()
    page.get_by_role("button", name="1つ取り消す").click()
    expect(total).to_have_text("4")
    expect(page.locator("[data-sync]")).to_contain_text("送信済み")
    volunteer.look()
    volunteer.follow("終了")
    volunteer.sees("いまの合計 4人")
    volunteer.fill({"weather": "晴れ", "note": "はじめて餅をついた子がいた。"})
    volunteer.press("この内容で確定する")
    volunteer.sees("確定")


def photo(folder: Path, *, payee: str, amount_yen: int, purpose: str) -> Path:
    """A receipt as a treasurer would photograph it."""
    file = folder / f"{payee}.jpg"
    file.write_bytes(
        receipt_photos.draw(
            number=1,
            payee=payee,
            addressee=COMMITTEE,
            amount_yen=amount_yen,
            purpose=purpose,
            on=clock.today(),
            dice=random.Random(1),
        )
    )
    return file


def enter_receipts(treasurer: Someone, grant_id: int, folder: Path) -> None:
    """One with mistakes first, whose words and photo are kept; one for the hall; what the guests paid."""
    paper = photo(folder, payee="架空米店", amount_yen=28_000, purpose="もち米と野菜")
    treasurer.go(f"/grants/{grant_id}/receipts/new")
    entries: Fields = {"amount_yen": "28,000", "payee": "架空米店", "kind": "receipt"}
    treasurer.fill(entries | on("dated_on", clock.today()))
    choose_line(treasurer, "もち米と野菜")
    treasurer.fill({"file": paper, "description": "お品代", "addressee": "上様"})
    treasurer.press("確かめて登録する")
    treasurer.sees(f"宛名が「{COMMITTEE}」の領収書をもらってください。", "写真を預かっています", "但し書き")
    for name in ("amount_yen", "payee"):
        expect(treasurer.main.locator(f'[name="{name}"]')).to_have_value(str(entries[name]))
    treasurer.fill({"description": "もち米と野菜の代金", "addressee": COMMITTEE})
    treasurer.press("確かめて登録する")
    treasurer.sees("登録しました", "28,000円")
    treasurer.follow("もう1枚登録する")
    hall = photo(folder, payee="仮想町会", amount_yen=5_000, purpose="広間の使用料")
    treasurer.fill({"file": hall, "amount_yen": "5000", "payee": "仮想町会", "description": "広間の使用料"})
    treasurer.fill(on("dated_on", clock.today()))
    choose_line(treasurer, "会館の広間と調理室")
    treasurer.press("確かめて登録する")
    treasurer.sees("登録しました")


def choose_line(treasurer: Someone, content: str) -> None:
    option = treasurer.main.locator('[name="line_id"] option').filter(has_text=content).first
    treasurer.fill({"line_id": str(option.get_attribute("value"))})


def record_fees(treasurer: Someone, grant_id: int) -> None:
    treasurer.go(f"/grants/{grant_id}/books")
    treasurer.follow("収入を記録する")
    treasurer.fill({"kind": "fees", "amount_yen": "3,000", "description": "参加費 100円×30人"})
    treasurer.fill(on("happened_on", clock.today()))
    treasurer.press("記録する")
    treasurer.sees("6,000円")
    treasurer.go(f"/grants/{grant_id}")
    treasurer.sees_money("36,000円", "36,000円", "33,000円", "3,000円")


def report(everybody: People, grant_id: int) -> None:
    """実績報告 written by the treasurer, 監査, handed in by the chair."""
    treasurer, auditor, chair = everybody[TREASURER], everybody[AUDITOR], everybody[CHAIR]
    treasurer.go(f"/grants/{grant_id}/report")
    treasurer.fill({"summary": "11月に餅つきの会を開き、こどもからお年寄りまで集まった。", "results": "顔なじみが増えた。"})
    treasurer.fill(on("completed_on", clock.today()))
    treasurer.press("保存する")
    auditor.go(f"/grants/{grant_id}/report")
    auditor.follow("会計の監査をする")
    auditor.press("相違ないことを確認しました")
    auditor.sees("監査済")
    chair.go(f"/grants/{grant_id}/report")
    chair.follow("提出前の確認へ進む")
    chair.press("この内容で提出する")
    assert chair.download("提出した実績報告書").startswith(b"%PDF")


def settle(everybody: People, grant_id: int) -> None:
    """検査 by ticking → 額の確定 → 返還 → 完結."""
    officer, approver, cashier = everybody[OFFICER], everybody[APPROVER], everybody[CASHIER]
    officer.go(f"/grants/{grant_id}/inspection")
    officer.press("確認した")
    officer.press("確認した")
    officer.press("検査を終える")
    officer.sees("検査済")
    officer.follow("額の確定を起案する")
    officer.sees("30,000円")
    officer.press("起案して決裁に回す")
    approver.go(f"/grants/{grant_id}")
    approver.follow("額を確定する")
    approver.press("額を確定する")
    officer.go(f"/grants/{grant_id}")
    officer.follow("額の確定通知書を施行する")
    officer.press("施行する")
    officer.follow("返還を命じる")
    officer.press("返還命令書を施行する")
    officer.sees("返還する額：6,000円")
    cashier.go(f"/grants/{grant_id}")
    cashier.follow("戻入を記録する")
    cashier.press("入金を記録する")
    cashier.sees("戻入済")
    cashier.sees_money("36,000円", "30,000円", "33,000円", "3,000円")
    officer.go(f"/grants/{grant_id}")
    officer.follow("完結する")
    officer.press("完結する")
    officer.sees("完結", "出納帳の貸借の差")


def see_that_the_books_are_even(treasurer: Someone, grant_id: int) -> None:
    treasurer.go(f"/grants/{grant_id}/books")
    expect(treasurer.main.locator("tfoot td")).to_have_text(["39,000円", "39,000円", "0円"])


def refer_somebody(everybody: People) -> None:
    """つなぎ: a case worker sends the thin sheet, the leader receives it, up to the first visit."""
    worker, leader = everybody[CASE_WORKER], everybody[LEADER]
    worker.go("/referrals/new")
    worker.main.get_by_label(STATION).check()
    worker.press("保存して次へ")
    worker.fill({"alias": "もちさん", "age_group": "age_40_64", "answer": "given", "method": "oral"})
    worker.press("保存して次へ")
    worker.fill({"wishes": "人の多すぎない日に、話し相手がほしい。", "contact_phone": "047-000-0000"})
    worker.press("保存して次へ")
    worker.press("この内容で送る")
    worker.sees("ステーションへ送りました")
    referral_id = worker.number_in_address()
    leader.go(f"/referrals/{referral_id}")
    leader.sees("もちさん")
    leader.press("受理する")
    leader.press("見学の調整を始める")
    leader.follow("見学・初回同行を記録する")
    leader.press("見学・初回同行を記録する")
    leader.sees("その後の様子")
    worker.go(f"/referrals/{referral_id}")
    worker.sees("見学・初回同行")


def observe_without_consent(leader: Someone) -> None:
    """気づきメモ: without consent only 福祉まるごと相談窓口 is offered."""
    leader.go("/observations/new")
    leader.fill({"facts": "3回続けて、同じ服で来ている。昼に何も食べていないと話した。", "answer": "not_given"})
    leader.press("保存して送り先を選ぶ")
    leader.sees("福祉まるごと相談窓口にだけ送れます")
    assert leader.main.get_by_role("radio").count() == 1
    leader.main.get_by_label("福祉まるごと相談窓口").check()
    leader.press("この内容で送る")
    leader.sees("送付")


@pytest.mark.timeout(600)
def test_one_stations_whole_year(own_site: Site, visitor: VisitorMaker, pictures: Path, tmp_path: Path) -> None:
    everybody = people(own_site, visitor, pictures)
    plan_id = draft_a_plan(everybody[DRAFTER])
    submit(everybody[CHAIR], plan_id)
    review_the_plan(everybody, plan_id)
    approve_the_plan(everybody[SECRETARIAT], plan_id)
    grant_id = award_the_grant(everybody, plan_id)
    pay_in_advance(everybody, grant_id)
    count_visits(everybody)
    enter_receipts(everybody[TREASURER], grant_id, tmp_path)
    record_fees(everybody[TREASURER], grant_id)
    report(everybody, grant_id)
    settle(everybody, grant_id)
    see_that_the_books_are_even(everybody[TREASURER], grant_id)
    refer_somebody(everybody)
    observe_without_consent(everybody[LEADER])
    assert len(everybody.here) >= 10
