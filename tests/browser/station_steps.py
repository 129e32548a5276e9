"""What happens at a station: an opening of today, its visitors, who is sent there, what is noticed there."""

from playwright.sync_api import expect

from stations.core import clock
from tests.browser import city_hall as city
from tests.browser.journey import CASE_WORKER, LEADER, STATION, Company, Someone, of, on
from tests.support.demo_site import Site


def open_today(drafter: Someone) -> None:
    """An extra opening of today, which has started whatever time of day it is."""
    drafter.go("/districts")
    drafter.follow(STATION)
    drafter.follow("開催予定")
    drafter.follow("臨時の開催日を追加する")
    drafter.fill({"starts_at": "0:00", "ends_at": "午後11時"} | on("on", clock.today()))
    drafter.press("追加する")
    drafter.sees("（臨時）")


def count_visits(volunteer: Someone) -> None:
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


def show_a_mailed_code(leader: Someone, site: Site) -> None:
    """Before the first sheet about a person: the second factor of those who have no authenticator app."""
    leader.sees_heading("ご本人の内容を見る前の確認")
    leader.press("コードを送る")
    leader.fill({"code": city.mailed_code(site, LEADER)})
    leader.press("確認して進む")


def refer_somebody(everybody: Company, site: Site) -> None:
    """つなぎ: a case worker sends the thin sheet, the leader receives it, up to the first visit."""
    worker, leader = everybody[CASE_WORKER], everybody[LEADER]
    worker.go("/referrals/new")
    worker.main.get_by_label(STATION).check()
    worker.press("保存して次へ")
    worker.fill(
        {
            "alias": "もちさん",
            "age_group": "age_40_64",
            "answer": "given",
            "scope": "station",
            "method": "oral",
        }
    )
    worker.press("保存して次へ")
    worker.fill(
        {
            "wishes": "人の多すぎない日に、話し相手がほしい。",
            "accompanied": "False",
            "contact_phone": "047-000-0000",
        }
    )
    worker.press("保存して次へ")
    worker.press("この内容で送る")
    worker.sees("ステーションへ送りました")
    referral_id = worker.number_in_address()
    leader.go(f"/referrals/{referral_id}")
    show_a_mailed_code(leader, site)
    leader.sees("もちさん")
    leader.press("受理する")
    leader.press("見学の調整を始める")
    leader.follow("見学・初回同行を記録する")
    leader.press("見学・初回同行を記録する")
    leader.sees("その後の様子")
    worker.go(f"/referrals/{referral_id}")
    worker.sees("見学・初回同行")


def observe_without_consent(leader: Someone) -> None:
    """気づきメモ: without consent only 福祉まるごと相談窓口 is offered; words of danger ask for a telephone call first."""
    leader.go("/observations/new")
    leader.fill(
        {"facts": "3回続けて、同じ服で来ている。昼に何も食べていないと話した。", "answer": "not_given"}
    )
    leader.press("保存して送り先を選ぶ")
    leader.sees("福祉まるごと相談窓口にだけ送れます")
    assert leader.main.get_by_role("radio").count() == 1
    leader.main.get_by_label("福祉まるごと相談窓口").check()
    leader.press("この内容で送る")
    leader.sees_heading("送る前に電話してください")
    now = clock.now().astimezone(clock.TOKYO)
    leader.sees("メモに「何も食べていない」という言葉があります。")
    leader.fill({"outcome": "reached", "whom": "福祉まるごと相談窓口の当番の方", "at": f"{now:%H:%M}"})
    leader.press("電話を記録して、メモを送る")
    leader.sees("送付")
