"""A grant from 交付申請 to 完結, page by page."""

import random
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from stations.core import clock
from stations.demo import receipt_photos
from tests.browser.journey import (
    APPROVER,
    AUDITOR,
    CASHIER,
    CHAIR,
    COMMITTEE,
    OFFICER,
    OTHER_OFFICER,
    TREASURER,
    Company,
    Someone,
    on,
)


def apply(chair: Someone, plan_id: int) -> int:
    """交付申請 with an approved plan."""
    chair.go(f"/plans/{plan_id}")
    chair.sees("承認")
    chair.follow("交付申請に進む")
    chair.sees("36,000円")
    chair.press("この内容で申請する")
    chair.sees("交付申請")
    chair.sees_money("未定", "0円", "0円", "未定")
    return chair.number_in_address()


def award(everybody: Company, grant_id: int) -> None:
    """審査 → 起案 → 決裁 → 施行."""
    chair, officer, approver = everybody[CHAIR], everybody[OFFICER], everybody[APPROVER]
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


def ask_for_advance(treasurer: Someone, grant_id: int) -> None:
    """概算払請求."""
    treasurer.go(f"/grants/{grant_id}")
    treasurer.follow("概算払を請求する")
    treasurer.fill({"amount_yen": "36,000", "purpose": "もち米を年内にまとめて買うため"})
    treasurer.press("請求する")
    treasurer.sees_money("36,000円", "0円", "0円", "36,000円")


def order(everybody: Company, grant_id: int) -> None:
    """支出命令: drafted by an officer, given by the approver."""
    other, approver = everybody[OTHER_OFFICER], everybody[APPROVER]
    other.go(f"/grants/{grant_id}")
    other.follow("支出命令を起案する")
    other.press("支出命令を起案する")
    approver.go(f"/grants/{grant_id}")
    approver.follow("支出命令を決裁する")
    approver.press("支出を命令する")


def pay(everybody: Company, grant_id: int) -> None:
    """支払 by the cashier."""
    cashier = everybody[CASHIER]
    cashier.go(f"/grants/{grant_id}")
    cashier.follow("支払を記録する")
    cashier.press("支払済にする")
    cashier.sees("支払済")
    cashier.sees_money("36,000円", "36,000円", "0円", "36,000円")


@dataclass(frozen=True)
class Paper:
    """A receipt: who gave it, for what, and the grant's line it belongs to."""

    payee: str
    amount_yen: int
    purpose: str
    line: str

    def photo(self, folder: Path) -> Path:
        """As a treasurer would photograph it."""
        file = folder / f"{self.payee}.jpg"
        drawn = receipt_photos.draw(
            number=1,
            payee=self.payee,
            addressee=COMMITTEE,
            amount_yen=self.amount_yen,
            purpose=self.purpose,
            on=clock.today(),
            dice=random.Random(1),  # noqa: S311  (colours of the paper)
        )
        file.write_bytes(drawn)
        return file


RICE = Paper("架空米店", 28_000, "もち米と野菜の代金", line="もち米と野菜")
HALL = Paper("仮想町会", 5_000, "広間の使用料", line="会館の広間と調理室")


def type_in(treasurer: Someone, paper: Paper, folder: Path) -> None:
    """Photo, date, amount, line, payee, purpose: what stands on the paper."""
    treasurer.fill({"file": paper.photo(folder), "amount_yen": f"{paper.amount_yen:,}"})
    treasurer.fill(on("dated_on", clock.today()))
    line = treasurer.main.locator('[name="line_id"] option').filter(has_text=paper.line).first
    treasurer.fill({"line_id": line.get_attribute("value") or ""})
    treasurer.fill({"payee": paper.payee, "description": paper.purpose})


def enter_with_a_mistake(treasurer: Someone, grant_id: int, paper: Paper, folder: Path) -> None:
    """上様 and お品代 are refused; words and photo are kept, and the right ones go through."""
    treasurer.go(f"/grants/{grant_id}/receipts/new")
    type_in(treasurer, paper, folder)
    treasurer.fill({"description": "お品代", "addressee": "上様"})
    treasurer.press("登録する")
    treasurer.sees(
        f"宛名が「{COMMITTEE}」の領収書をもらってください。", "写真を預かっています", "但し書きにしてください"
    )
    for name, value in {
        "amount_yen": f"{paper.amount_yen:,}",
        "payee": paper.payee,
        "addressee": "上様",
    }.items():
        expect(treasurer.main.locator(f'[name="{name}"]')).to_have_value(value)
    treasurer.fill({"description": paper.purpose, "addressee": COMMITTEE})
    treasurer.press("登録する")
    treasurer.sees("登録しました", f"{paper.amount_yen:,}円")


def enter_receipts(treasurer: Someone, grant_id: int, folder: Path) -> None:
    enter_with_a_mistake(treasurer, grant_id, RICE, folder)
    treasurer.follow("もう1枚登録する")
    type_in(treasurer, HALL, folder)
    treasurer.press("登録する")
    treasurer.sees("登録しました", "5,000円")


def record_fees(treasurer: Someone, grant_id: int) -> None:
    treasurer.go(f"/grants/{grant_id}/books")
    treasurer.follow("収入を記録する")
    treasurer.fill({"kind": "fees", "amount_yen": "3,000", "description": "参加費 100円×30人"})
    treasurer.fill(on("happened_on", clock.today()))
    treasurer.press("記録する")
    treasurer.sees("6,000円")
    treasurer.go(f"/grants/{grant_id}")
    treasurer.sees_money("36,000円", "36,000円", "33,000円", "3,000円")


def report(everybody: Company, grant_id: int) -> None:
    """実績報告 written by the treasurer, 監査, handed in by the chair."""
    treasurer, auditor, chair = everybody[TREASURER], everybody[AUDITOR], everybody[CHAIR]
    treasurer.go(f"/grants/{grant_id}/report")
    treasurer.fill(
        {
            "summary": "11月に餅つきの会を開き、こどもからお年寄りまで集まった。",
            "results": "顔なじみが増えた。",
        }
    )
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


def settle(everybody: Company, grant_id: int) -> None:
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
    officer.follow("返還命令を起案する")
    officer.press("起案して決裁に回す")
    approver.go(f"/grants/{grant_id}")
    approver.follow("返還命令を決裁する")
    approver.sees("6,000円")
    approver.press("返還を命じる")
    officer.go(f"/grants/{grant_id}")
    officer.follow("返還命令書を施行する")
    officer.press("返還命令書を施行する")
    officer.sees("返還する額：6,000円")
    cashier.go(f"/grants/{grant_id}")
    cashier.follow("戻入を記録する")
    cashier.press("入金を記録する")
    cashier.sees("戻入済")
    cashier.sees_money("36,000円", "30,000円", "33,000円", "—")
    officer.go(f"/grants/{grant_id}")
    officer.follow("完結する")
    officer.press("完結する")
    officer.sees("完結", "出納帳の貸借の差")


def see_even_books(treasurer: Someone, grant_id: int) -> None:
    treasurer.go(f"/grants/{grant_id}/books")
    expect(treasurer.main.locator("tfoot td")).to_have_text(["39,000円", "39,000円", "0円"])
