"""The pages of receipts as a 会計 at home uses them."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from stations.core.audit import PersonalDataView
from stations.core.database import db
from stations.core.files import StoredFile
from stations.grants.books.queries import receipts
from stations.grants.books.services import receipts as receipt_services
from stations.grants.rules import Status
from tests.grants.active_grant import Team, enter, picture, team
from tests.support.client import Page, PageClient
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("db_session")

VIEWS = sa.select(sa.func.count(PersonalDataView.id))


@pytest.fixture
def made() -> Team:
    return team()


@pytest.fixture
def home(client: PageClient, made: Team) -> PageClient:
    """The treasurer's browser."""
    client.sign_in(made.treasurer)
    return client


def entry(made: Team, **more: object) -> dict[str, object]:
    return {
        "file": (picture(exif=True), "IMG_0001.jpg"),
        "dated_on-year": "2026",
        "dated_on-month": "10",
        "dated_on-day": "３",
        "amount_yen": "３，２４０円",
        "line_id": str(made.food),
        "payee": "架空商店",
        "description": "調理実習の食材代",
    } | more


def send(client: PageClient, page: Page, fields: dict[str, object], status: int = 200) -> Page:
    return client.submit(page, "登録する", fields, status=status)  # type: ignore[arg-type]  # several types


def new_receipt(client: PageClient, made: Team) -> Page:
    return client.get(f"/grants/{made.grant.id}/receipts/new")


def test_a_receipt_is_entered_from_the_list_and_the_next_one_is_at_hand(home: PageClient, made: Team) -> None:
    page = home.get(f"/grants/{made.grant.id}/receipts")
    page = home.click(page, "領収書を登録する")
    assert page.one("input", name="addressee").get("value") == made.grant.committee.name
    assert page.one("select", name="line_id").get("required") is None and "※どちらかが必須" in page.text
    page = send(home, page, entry(made))
    assert page.heading == "領収書1"
    assert "領収書1を登録しました。" in page.text
    assert "は予算まであと" in page.text and "手元のお金は96,760円です" in page.text
    assert page.has_link("もう1枚登録する")
    page = home.click(page, "領収書の一覧へ")
    assert "架空商店" in page.text and "3,240円" in page.text


def test_the_photo_survives_mistakes_and_is_shown_again(home: PageClient, made: Team) -> None:
    page = send(home, new_receipt(home, made), entry(made, description="品代", amount_yen=""))
    assert page.title.startswith("エラー：")
    assert "IMG_0001.jpg" in page.text
    kept = page.one("img", alt="選んだ領収書の写真").get("src") or ""
    assert home.download(kept).mimetype == "image/jpeg"
    page = send(home, page, {"amount_yen": "3240"})
    assert "但し書き" in page.text and "IMG_0001.jpg" in page.text
    page = send(home, page, {"description": "調理実習の食材代"})
    assert page.heading == "領収書1"


def test_findings_stand_beside_their_fields_all_at_once(home: PageClient, made: Team) -> None:
    page = send(
        home, new_receipt(home, made), entry(made, addressee="上様", payee="", description="一式", line_id="")
    )
    for name in ("addressee", "payee", "description", "line_id"):
        assert page.all("div", id=f"{name}-error"), name


def test_a_blank_amount_hides_nothing_else(home: PageClient, made: Team) -> None:
    wrong = entry(made, amount_yen="", addressee="上様", description="品代", **{"dated_on-year": "2024"})
    page = send(home, new_receipt(home, made), wrong)
    for name in ("amount_yen", "addressee", "description", "dated_on"):
        assert page.all("div", id=f"{name}-error"), name
    assert "領収書の写真を選んでください" not in page.text


def test_a_blank_total_does_not_blame_the_splits(home: PageClient, made: Team) -> None:
    rows = {"splits-0-line_id": str(made.food), "splits-0-amount_yen": "3000"}
    page = send(home, new_receipt(home, made), entry(made, line_id="", amount_yen="", **rows))
    assert "領収書の金額を入力してください" in page.text
    assert "内訳の合計が" not in page.text and "どの費用の支払いかを" not in page.text
    page = send(home, page, {"splits-0-amount_yen": "", "amount_yen": "3240"})
    assert "金額を入力してください" in page.text and "内訳の合計が" not in page.text


def test_going_over_a_budget_is_said_with_the_category_and_the_excess(home: PageClient, made: Team) -> None:
    page = send(home, new_receipt(home, made), entry(made, amount_yen="100000"))
    assert (
        "費目のあいだで予算を動かせるのは" in page.text
        and "需用費の支出が、予算（84,000円）を16,000円超えます" in page.text
    )
    banner = page.one("div", class_="mt-banner--warning")
    assert "accept_warnings" in [box.get("name") for box in banner.iter("input")]
    page = send(home, page, {"accept_warnings": True})
    assert page.heading == "領収書1"
    [warned] = receipts.accepted_warnings(receipts.receipts(made.grant)[0])
    assert warned.startswith("需用費の支出が、予算（")


def test_a_picture_that_is_registered_is_not_said_to_be_fine(home: PageClient, made: Team) -> None:
    data = picture()
    for _press in range(2):
        page = send(home, new_receipt(home, made), entry(made, file=(data, "a.jpg")))
    assert "もう登録されています" in page.text and "下で、別の写真を選び直してください" in page.text
    assert "もう一度選ぶ必要はありません" not in page.text


def test_a_kept_photo_is_nobody_elses(home: PageClient, made: Team, app: Flask) -> None:
    page = send(home, new_receipt(home, made), entry(made, amount_yen=""))
    mark = page.one("input", name="photo").get("value") or ""
    other = team("別")
    stranger = PageClient(app)
    stranger.sign_in(other.treasurer)
    stranger.download(f"/grants/{other.grant.id}/receipts/photo/{mark}", status=404)
    stranger.download(f"/grants/{made.grant.id}/receipts/photo/{mark}", status=404)
    fields = entry(other, photo=mark)
    fields.pop("file")
    page = send(stranger, new_receipt(stranger, other), fields)
    assert "領収書の写真を選んでください" in page.text


def test_a_bad_file_is_refused_with_words(home: PageClient, made: Team) -> None:
    page = send(home, new_receipt(home, made), entry(made, file=(b"MZ not a picture", "a.jpg")))
    assert "この種類のファイルは使えません" in page.text
    assert page.one("input", name="payee").get("value") == "架空商店"


def test_the_camera_leaves_no_trace_in_what_is_stored_and_served(home: PageClient, made: Team) -> None:
    send(home, new_receipt(home, made), entry(made))
    receipt = receipts.receipts(made.grant)[0]
    for query in ("", "?size=small"):
        served = home.download(f"/grants/receipts/{receipt.id}/file{query}")
        assert b"SECRETCAMERA" not in served.data
        assert not Image.open(io.BytesIO(served.data)).getexif()
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Cache-Control"] == "private, no-store"


def test_every_look_at_a_paper_is_logged_a_thumbnail_too(home: PageClient, made: Team) -> None:
    send(home, new_receipt(home, made), entry(made))
    receipt = receipts.receipts(made.grant)[0]
    for path, logged in (
        (f"/grants/receipts/{receipt.id}/file?size=small", 1),
        (f"/grants/receipts/{receipt.id}/file", 0),  # the same paper again, within five minutes
        (f"/grants/{made.grant.id}/receipts", 1),
    ):
        before = db.session.scalar(VIEWS)
        home.download(path)
        assert db.session.scalar(VIEWS) == (before or 0) + logged, path


def test_a_japanese_file_name_fits_into_the_header(home: PageClient, made: Team) -> None:
    send(home, new_receipt(home, made), entry(made, file=(picture(), "領収書 10月.jpg")))
    header = home.download(f"/grants/receipts/{receipts.receipts(made.grant)[0].id}/file").headers
    header["Content-Disposition"].encode("latin-1")
    assert "filename*=UTF-8''%E9%A0%98" in header["Content-Disposition"]


def test_a_receipt_is_split_over_several_lines(home: PageClient, made: Team) -> None:
    rows = {
        "splits-0-line_id": str(made.food),
        "splits-0-amount_yen": "3000",
        "splits-1-line_id": str(made.printing),
        "splits-1-amount_yen": "200",
    }
    page = send(home, new_receipt(home, made), entry(made, line_id="", **rows))
    assert "内訳の合計が、領収書の金額に40円足りません" in page.text
    page = send(home, page, {"splits-1-amount_yen": "240"})
    assert page.heading == "領収書1"
    spent = {total.line.id: total.spent for total in receipts.line_totals(made.grant)}
    assert (spent[made.food], spent[made.printing]) == (3_000, 240)


def test_rows_are_added_and_removed_without_losing_the_photo(home: PageClient, made: Team) -> None:
    page = new_receipt(home, made)
    page = home.submit(page, "行を追加", entry(made))  # type: ignore[arg-type]  # several types
    assert page.all("select", name="splits-2-line_id")
    assert "IMG_0001.jpg" in page.text
    amounts = {f"splits-{row}-amount_yen": str(row + 1) for row in range(3)}
    mark = page.one("input", name="photo").get("value")
    page = home.post(page.url, token_from=page, status=200, remove_row="splits-1", photo=mark, **amounts)
    assert not page.all("select", name="splits-1-line_id")
    assert page.one("input", name="splits-2-amount_yen").get("value") == "3"


def test_a_warning_is_shown_and_must_be_ticked(home: PageClient, made: Team) -> None:
    enter(made)
    page = send(home, new_receipt(home, made), entry(made))
    assert "同じ日付・相手・金額" in page.text
    page = send(home, page, {"accept_warnings": True})
    assert page.heading == "領収書2"


def test_pressing_twice_enters_once(home: PageClient, made: Team) -> None:
    page = send(home, new_receipt(home, made), entry(made, amount_yen=""))
    send(home, page, {"amount_yen": "3240"})
    again = send(home, page, {"amount_yen": "3240"})
    assert "もう処理が済んでいます" in again.text
    assert len(receipts.receipts(made.grant)) == 1


def test_a_receipt_is_taken_back_with_a_reason(home: PageClient, made: Team) -> None:
    receipt = enter(made)
    page = home.get(f"/grants/receipts/{receipt.id}")
    page = home.click(page, "この領収書を取り消す")
    page = home.submit(page, "取り消す", {"reason": ""})
    assert "理由を入力してください" in page.text
    page = home.submit(page, "取り消す", {"reason": "金額の読み違い"})
    assert "取り消しました" in page.text and "登録した領収書" in page.text
    assert "金額の読み違い" in home.get(f"/grants/receipts/{receipt.id}").text


def test_another_committees_receipts_do_not_exist(client: PageClient, made: Team) -> None:
    receipt = enter(made)
    client.sign_in(team("別").treasurer)
    client.download(f"/grants/receipts/{receipt.id}/file", status=404)
    for address in (
        f"/grants/receipts/{receipt.id}",
        f"/grants/receipts/{receipt.id}/cancel",
        f"/grants/{made.grant.id}/receipts",
        f"/grants/{made.grant.id}/receipts/new",
    ):
        client.get(address, status=404)


def test_officials_read_and_do_not_enter(client: PageClient, made: Team) -> None:
    receipt = enter(made)
    client.sign_in(made.officer)
    assert not client.get(f"/grants/{made.grant.id}/receipts").has_link("領収書を登録する")
    client.download(f"/grants/receipts/{receipt.id}/file")
    client.get(f"/grants/{made.grant.id}/receipts/new", status=404)


def test_closed_books_offer_nothing_and_refuse(home: PageClient, made: Team) -> None:
    page = new_receipt(home, made)
    made.grant.status = Status.REPORTED
    assert "登録できません" in new_receipt(home, made).text
    assert not home.get(f"/grants/{made.grant.id}/receipts").has_link("領収書を登録する")
    send(home, page, entry(made), status=409)


def test_the_list_asks_few_questions_whatever_its_length(home: PageClient, made: Team) -> None:
    for number in range(60):
        enter(made, 100 + number)
    for address in (
        f"/grants/{made.grant.id}/receipts",
        f"/grants/{made.grant.id}/books",
        f"/grants/{made.grant.id}/report",
        f"/grants/receipts/{receipts.receipts(made.grant)[30].id}",
        f"/grants/{made.grant.id}/receipts/new",
    ):
        with recorded(db.engine) as statements:
            home.get(address)
        assert len(statements) <= 15, (address, statements)


def test_nothing_but_pictures_and_pdfs_is_kept(home: PageClient, made: Team) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile))
    send(home, new_receipt(home, made), entry(made, file=(b"<svg/>", "a.svg")))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == before


def test_a_wrong_date_is_corrected_on_one_page_and_the_photo_stays(home: PageClient, made: Team) -> None:
    old = enter(made)
    page = home.click(home.get(f"/grants/receipts/{old.id}"), "この領収書を訂正する")
    assert page.one("input", name="dated_on-day").get("value") == "3"
    assert page.one("input", name="payee").get("value") == old.payee
    page = home.submit(page, "訂正する", {"dated_on-day": "13"})
    assert page.all("div", id="reason-error")
    page = home.submit(page, "訂正する", {"dated_on-month": "12", "reason": "読み違い"})
    assert page.all("div", id="dated_on-error"), "checked as every other receipt"
    page = home.submit(page, "訂正する", {"dated_on-month": "10", "dated_on-day": "13"})
    assert "領収書1を訂正しました。" in page.text
    db.session.expire_all()
    (new,) = receipts.receipts(made.grant, active_only=True)
    assert (new.dated_on.day, new.file_id, new.number) == (13, old.file_id, 1)
    assert "訂正前" in home.get(f"/grants/{made.grant.id}/receipts").text
    page = home.get(f"/grants/receipts/{old.id}")
    assert "読み違い" in page.text and page.has_link("訂正の後の内容を見る")
    book = home.get(f"/grants/{made.grant.id}/books")
    assert [row[0] for row in book.rows() if row[2] == "1"] == ["2026年10月13日（火）"]
    assert "訂正の理由：読み違い" in book.text


def test_another_photo_may_be_chosen_at_a_correction_and_survives_a_mistake(
    home: PageClient, made: Team
) -> None:
    old = enter(made)
    page = home.get(f"/grants/receipts/{old.id}/correct")
    page = home.submit(page, "訂正する", {"file": (picture(), "右.jpg")})
    assert "新しい写真を預かっています" in page.text
    home.submit(page, "訂正する", {"reason": "別の写真を付けていた"})
    db.session.expire_all()
    (new,) = receipts.receipts(made.grant, active_only=True)
    assert new.file_id != old.file_id


def test_too_many_digits_are_refused_and_more_than_the_award_is_asked_about(
    home: PageClient, made: Team
) -> None:
    page = send(home, new_receipt(home, made), entry(made, amount_yen="32,400,000"))
    assert page.all("div", id="amount_yen-error") and "9,999,999円まで" in page.text
    page = send(home, page, {"amount_yen": "324,000"})
    assert "2人の担当が確かめます" in page.text


def test_each_number_of_receipts_says_what_it_counts(home: PageClient, made: Team) -> None:
    kept, gone = enter(made), enter(made)
    receipt_services.cancel_receipt(receipt=gone, reason="二重に登録した", by=made.treasurer)
    address = f"/grants/{made.grant.id}/receipts"
    page = home.get(address)
    assert "有効な領収書は1枚です。ほかに、取消しや訂正前のものが1枚あります。" in page.text
    assert "2枚（取消し・訂正前のものも含む）" in page.text
    assert "1枚（有効なものだけ）" in home.get(f"{address}?state=live").text
    assert "1枚（取消し・訂正前のもの）" in home.get(f"{address}?state=cancelled").text
    assert "領収書（有効なもの1枚、うち検査済0枚）" in home.get(f"/grants/{made.grant.id}").text
    assert kept.cancelled_at is None


@pytest.mark.parametrize(
    ("typed", "said", "unsaid"),
    [
        ("0", "0円の領収書は登録できません", "マイナス"),
        ("-500", "マイナスの金額は入力できません", "0円の領収書"),
    ],
)
def test_an_amount_of_nothing_and_one_below_are_two_mistakes(
    home: PageClient, made: Team, typed: str, said: str, unsaid: str
) -> None:
    page = send(home, new_receipt(home, made), entry(made, amount_yen=typed))
    assert said in page.text and unsaid not in page.text
