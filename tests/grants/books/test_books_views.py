"""The 出納帳 on the screen and as CSV, and incomes."""

import csv
import io

import pytest

from stations.grants.books.queries import cash_book
from stations.grants.books.services import receipts
from tests.grants.active_grant import Team, enter, team
from tests.support.client import PageClient

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def made() -> Team:
    return team()


@pytest.fixture
def home(client: PageClient, made: Team) -> PageClient:
    client.sign_in(made.treasurer)
    return client


def fees(**more: object) -> dict[str, str]:
    typed = {
        "kind": "fees",
        "happened_on-year": "令和8",
        "happened_on-month": "10",
        "happened_on-day": "10",
        "amount_yen": "5,000",
        "description": "参加費 100円×50人",
    }
    return typed | {name: str(value) for name, value in more.items()}


def test_an_income_is_recorded_and_taken_back(home: PageClient, made: Team) -> None:
    page = home.click(home.get(f"/grants/{made.grant.id}/books"), "収入を記録する")
    page = home.submit(page, "記録する", fees())
    assert "105,000円" in page.text
    page = home.click(page, "取り消す")
    page = home.submit(page, "取り消す", {"reason": "二重に記録した"})
    assert "△5,000円" in page.text and "二重に記録した" in page.text
    assert not page.has_link("取り消す")
    assert cash_book.cash_book(made.grant).balance == 100_000


def test_the_same_page_sent_twice_records_one_income(home: PageClient, made: Team) -> None:
    page = home.get(f"/grants/{made.grant.id}/books/new")
    home.submit(page, "記録する", fees())
    home.submit(page, "記録する", fees())
    assert cash_book.cash_book(made.grant).balance == 105_000
    page = home.submit(page, "記録する", fees(amount_yen="6,000"), status=409)
    assert page.has_link("登録したものを開く") and "6,000" in page.text
    assert cash_book.cash_book(made.grant).balance == 105_000


def test_what_is_wrong_with_an_income_stands_beside_its_field(home: PageClient, made: Team) -> None:
    page = home.submit(
        home.get(f"/grants/{made.grant.id}/books/new"), "記録する", fees(amount_yen="0", description="")
    )
    assert page.all("div", id="description-error")
    page = home.submit(page, "記録する", fees(amount_yen="0"))
    assert page.all("div", id="amount_yen-error")
    page = home.submit(page, "記録する", fees(**{"happened_on-year": "2030"}))
    assert page.all("div", id="happened_on-error")


def test_the_book_runs_a_balance_and_shows_reversals(home: PageClient, made: Team) -> None:
    receipts.cancel_receipt(receipt=enter(made), reason="読み違い", by=made.treasurer)
    page = home.get(f"/grants/{made.grant.id}/books")
    amounts = [[cell for cell in row[2:] if cell] for row in page.rows()]
    assert ["1", "3,240円", "96,760円"] in amounts
    assert ["1", "△3,240円", "100,000円"] in amounts
    assert page.rows()[-1] == ["合計", "100,000円", "0円", "100,000円"]


def test_the_csv_opens_in_excel_and_runs_nothing(home: PageClient, made: Team) -> None:
    enter(made, payee="=HYPERLINK(1)")
    response = home.download(f"/grants/{made.grant.id}/books?file=csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["補助金", "日付", "摘要", "費目"]
    assert {row[0] for row in rows[1:-1]} == {"見本ステーション（見本の居場所）"}
    assert rows[2][2].startswith("'=HYPERLINK")
    assert rows[2][3:8] == ["需用費", "1", "0", "3240", "96760"]
    assert rows[1][3] == "市の補助金"
    assert rows[-1][:1] + rows[-1][5:8] == ["合計", "100000", "3240", "96760"]
    assert "attachment" in response.headers["Content-Disposition"]


def test_another_committees_book_and_movements_do_not_exist(client: PageClient, made: Team) -> None:
    other = team("別")
    foreign = cash_book.cash_book(made.grant).lines[0].transaction.id
    client.sign_in(other.treasurer)
    client.get(f"/grants/{made.grant.id}/books", status=404)
    client.download(f"/grants/{made.grant.id}/books?file=csv", status=404)
    client.get(f"/grants/{other.grant.id}/books/{foreign}/cancel", status=404)


def test_the_citys_payment_is_not_the_committees_to_take_back(home: PageClient, made: Team) -> None:
    page = home.get(f"/grants/{made.grant.id}/books")
    assert page.all("td", text="概算払") and not page.all("a", text="取り消す：概算払")


def test_the_csv_names_every_category_of_a_split_and_the_kind_of_an_income(
    home: PageClient, made: Team
) -> None:
    enter(made, 5_000, splits={made.rent: 3_000, made.food: 1_500, made.printing: 500})
    page = home.get(f"/grants/{made.grant.id}/books/new")
    home.submit(page, "記録する", fees())
    text = home.download(f"/grants/{made.grant.id}/books?file=csv").data.decode("utf-8-sig")
    kinds = [row[3] for row in csv.reader(io.StringIO(text))]
    assert kinds == ["費目", "市の補助金", "場所使用料 3,000円・需用費 2,000円", "参加費", ""]


def test_the_csv_says_what_stood_there_before_a_correction(home: PageClient, made: Team) -> None:
    home.submit(home.get(f"/grants/{made.grant.id}/books/new"), "記録する", fees())
    page = home.click(home.get(f"/grants/{made.grant.id}/books"), "訂正する：参加費 100円×50人")
    home.submit(page, "訂正する", {"amount_yen": "5,500", "reason": "数え違い"})
    text = home.download(f"/grants/{made.grant.id}/books?file=csv").data.decode("utf-8-sig")
    (row,) = [row for row in csv.DictReader(io.StringIO(text)) if row["費目"] == "参加費"]
    assert row["収入（円）"] == "5500" and "5,000円" in row["訂正前の記録"]
    assert [heading for heading in row if "訂正前" in heading] == ["訂正前の記録"], "told once"


def test_an_income_is_corrected_on_one_page(home: PageClient, made: Team) -> None:
    page = home.get(f"/grants/{made.grant.id}/books/new")
    home.submit(page, "記録する", fees())
    page = home.get(f"/grants/{made.grant.id}/books")
    page = home.click(page, "訂正する：参加費 100円×50人")
    assert page.one("input", name="amount_yen").get("value") == "5,000"
    page = home.submit(page, "訂正する", {"amount_yen": "5,500"})
    assert "訂正の理由を入力してください。" in page.text
    page = home.submit(page, "訂正する", {"reason": "数え直したため"})
    assert "5,500円" in page.text and "訂正の理由：数え直したため" in page.text
    assert len([row for row in page.rows() if "参加費" in row[1]]) == 1
    text = home.download(f"/grants/{made.grant.id}/books?file=csv").data.decode("utf-8-sig")
    before = next(csv.DictReader([line for line in text.splitlines() if not line.count("概算払")]))
    assert "5,000円" in before["訂正前の記録"] and before["取消し・訂正の理由"] == "数え直したため"
