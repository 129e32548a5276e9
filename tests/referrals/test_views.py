"""The pages of referrals: four pages to write one, the sheet, who sees what, and what is logged."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db, fetch_all
from stations.referrals.consent_rules import ConsentAnswer, Recipient
from stations.referrals.models import Observation, Referral
from stations.referrals.queries import lists, sheets
from stations.referrals.rules import ObservationStatus, Status
from stations.referrals.services import agencies, consents, observations, referrals
from tests.referrals.cast import ALIAS, Town, agency, consent, town
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.html_page import text_of
from tests.support.statements import recorded
from tests.support.two_writers import check_both_are_kept, saved_first

BUDGET = 15
THEN = {"given_on-year": "R8", "given_on-month": "4", "given_on-day": "１"}


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def on(name: str, day: dt.date) -> dict[str, str]:
    """The three boxes of a date."""
    return {f"{name}-year": str(day.year), f"{name}-month": str(day.month), f"{name}-day": str(day.day)}


def only(model: type[Referral] | type[Observation]):
    return db.session.scalars(sa.select(model)).one()


def views() -> int:
    return len(fetch_all(sa.select(PersonalDataView)))


def write(client: PageClient, here: Town, answer: ConsentAnswer) -> Page:
    """Pages 1 to 3."""
    client.sign_in(here.worker)
    page = client.click(client.get("/referrals"), "新しいつなぎを作る")
    page = client.submit(page, "保存して次へ", {"station_id": str(here.station.id)})
    assert "利用目的" in page.text
    page = client.submit(
        page,
        "保存して次へ",
        {
            "alias": ALIAS,
            "age_group": "age_65_74",
            "answer": answer,
            "method": "oral",
            "scope": "station",
            **THEN,
        },
    )
    return client.submit(
        page,
        "保存して次へ",
        {"wishes": "畑仕事をしたい", "considerations": "服薬あり", "accompanied": "True"},
    )


def test_from_four_pages_to_the_end(client: PageClient, here: Town) -> None:
    page = write(client, here, ConsentAnswer.GIVEN)
    assert "病気や障害：服薬" in page.text and "書かなくてよいこと" in page.text
    page = client.submit(page, "この内容で送る")
    assert "その理由を入力してください" in page.text and only(Referral).status is Status.DRAFT
    page = client.submit(page, "この内容で送る", {"needed": "昼に薬の時間があるため"})
    assert "昼に薬の時間があるため" in page.text
    assert "ステーションへ送りました" in page.text
    referral = only(Referral)
    client.sign_in(here.leader)
    sheet = f"/referrals/{referral.id}"
    page = client.submit(client.get(sheet), "受理する")
    page = client.submit(page, "見学の調整を始める")
    page = client.submit(client.click(page, "見学・初回同行を記録する"), "見学・初回同行を記録する")
    assert not page.has_link("様子を記録する"), "too early"
    only(Referral).follow_ups[0].due_on = clock.today()
    page = client.submit(
        client.click(client.get(sheet), "様子を記録する"), "記録する", {"outcome": "continuing"}
    )
    assert "続けて来ている" in page.text
    page = client.submit(client.click(page, "参加開始にする"), "参加開始にする")
    assert "通い始めました" in page.text
    page = client.submit(client.click(page, "中断する"), "中断する")
    assert "理由を入力してください" in page.text
    page = client.submit(page, "中断する", {"reason": "しばらく休むため"})
    assert only(Referral).status is Status.SUSPENDED


def test_without_consent_the_last_page_does_not_send(client: PageClient, here: Town) -> None:
    page = write(client, here, ConsentAnswer.UNCONFIRMED)
    assert "このままでは送れません" in page.text and here.desk.phone in page.text
    assert not page.all("button", text="この内容で送る")
    forged = client.post(page.url, token_from=page)
    assert "同意がないため" in forged.text and only(Referral).status is Status.DRAFT
    page = client.click(page, "同意を記録する")
    page = client.submit(page, "記録を追加する", {"answer": "given"})
    for words in ("どこまで伝えてよいか（同意の範囲）", "同意の方法（書面・口頭）を", "同意を得た日を入力"):
        assert words in page.text
    tomorrow = clock.today() + dt.timedelta(days=1)
    page = client.submit(
        page, "記録を追加する", {"method": "written", "scope": ["station"], **on("given_on", tomorrow)}
    )
    assert "今日か、それより前の日" in page.text
    page = client.submit(page, "記録を追加する", THEN)
    page = client.click(page, "続きを書いて送る")
    client.submit(page, "この内容で送る", {"needed": "昼に薬の時間があるため"})
    assert only(Referral).status is Status.SENT


def test_a_draft_waits_between_pages(client: PageClient, here: Town) -> None:
    client.sign_in(here.worker)
    page = client.get("/referrals/new")
    page = client.submit(page, "保存して次へ", {"station_id": str(here.station.id)})
    page = client.submit(
        page, "保存して中断する", {"alias": ALIAS, "age_group": "unknown", "answer": "unconfirmed"}
    )
    assert "続きを書いて送る" in page.text
    page = client.click(client.click(page, "続きを書いて送る"), "希望を入力する")
    assert page.heading == "希望と配慮"


def test_a_consent_is_taken_back(client: PageClient, here: Town) -> None:
    referral = here.sent()
    client.sign_in(here.worker)
    page = client.click(client.get(f"/referrals/{referral.id}"), "同意の撤回を記録する")
    page = client.submit(page, "撤回を記録する")
    assert "取下げ" in page.text
    client.sign_in(here.leader)
    page = client.get(f"/referrals/{referral.id}")
    assert ALIAS not in page.text and "内容は表示していません" in page.text


def test_a_concealed_sheet_does_not_tell_by_its_history(client: PageClient, here: Town) -> None:
    referral, reason = here.visited(), "入院したため"
    referrals.withdraw(referral=referral, reason=reason, by=here.worker)
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    observations.return_observation(observation=memo, reason=reason, by=here.worker)
    observations.send_observation(observation=memo, by=here.leader)
    consents.withdraw_consent(subject=memo, by=here.leader)
    sheet, other = f"/referrals/{referral.id}", f"/observations/{memo.id}"
    for person, path, shown in (
        (here.worker, sheet, True),
        (here.leader, sheet, False),
        (here.leader, other, True),
        (here.worker, other, False),
    ):
        client.sign_in(person)
        page = client.get(path)
        assert (reason in page.text) is shown, (person.name, path)
        assert ("内容は表示していません" in page.text) is not shown
    client.sign_in(here.leader)
    follow_up = referral.follow_ups[0].id
    assert client.get(f"{sheet}/follow-ups/{follow_up}").heading == f"つなぎ {referral.number}"


def test_after_the_end_the_leader_reads_nothing_and_still_takes_a_withdrawal_down(
    client: PageClient, here: Town
) -> None:
    referral = here.visited()
    client.sign_in(here.leader)
    own = f"/referrals/{referral.id}"
    assert ALIAS in client.get(own).text
    referrals.suspend(referral=referral, reason="しばらく遠くへ", by=here.worker)
    page = client.get(own)
    assert ALIAS not in page.text and "しばらく遠くへ" not in page.text
    assert here.agency.phone in page.text and not page.all("button", text="再開する")
    page = client.submit(client.click(page, "同意の撤回を記録する"), "撤回を記録する")
    assert "取下げ" in page.text and only(Referral).status is Status.WITHDRAWN


def test_a_consent_to_agencies_names_them(client: PageClient, here: Town) -> None:
    other = agency("見本自立相談支援センター")
    memo = here.memo()
    client.sign_in(here.leader)
    page = client.get(f"/observations/{memo.id}/consent")
    typed = {"answer": "given", "scope": ["agency"], "method": "oral", **on("given_on", clock.today())}
    page = client.submit(page, "記録を追加する", typed)
    assert "名前を伝えて、同意を得た相談機関を選んで" in page.text
    page = client.submit(page, "記録を追加する", {"agencies": [str(other.id)]})
    assert f"相談機関（{other.name}）" in page.text
    page = client.get(f"/observations/{memo.id}/receiver")
    assert other.name in page.text and here.agency.name not in page.text


def test_a_consent_is_taken_back_after_the_end(client: PageClient, here: Town) -> None:
    referral = here.arranging()
    referrals.fail(referral=referral, reason="日程が合わない", by=here.leader)
    client.sign_in(here.worker)
    page = client.get(f"/referrals/{referral.id}")
    assert not page.has_link("同意を記録する")
    client.submit(client.click(page, "同意の撤回を記録する"), "撤回を記録する")
    client.sign_in(here.leader)
    assert ALIAS not in client.get(f"/referrals/{referral.id}").text


def test_words_typed_into_a_sheet_that_moved_on_are_given_back(client: PageClient, here: Town) -> None:
    referral, memo = here.referral(), here.memo()
    client.sign_in(here.worker)
    pages = {
        f"/referrals/{referral.id}/edit/person": ("保存して次へ", {"alias": "なつさん"}),
        f"/referrals/{referral.id}/edit/wishes": ("保存して次へ", {"wishes": "将棋を指したい"}),
        f"/referrals/{referral.id}/check": ("この内容で送る", {}),
    }
    opened = {path: client.get(path) for path in pages}
    referrals.send(referral=referral, by=here.worker)
    for path, (button, typed) in pages.items():
        page = client.submit(opened[path], button, typed, status=409)
        assert all(words in page.text for words in typed.values()), path
        assert client.get(path).heading == f"つなぎ {referral.number}"
    client.sign_in(here.leader)
    edit, receiver = (client.get(f"/observations/{memo.id}/{page}") for page in ("edit", "receiver"))
    observations.send_observation(observation=memo, by=here.leader)
    typed = {"facts": "声をかけても返事がない", "answer": ConsentAnswer.UNCONFIRMED}
    page = client.submit(edit, "保存して送り先を選ぶ", typed, status=409)
    assert "声をかけても返事がない" in page.text
    client.submit(receiver, "この内容で送る", {"agency_id": str(here.desk.id)}, status=409)


def test_a_memo_pointed_elsewhere_is_not_counted_there_before_the_gate(
    client: PageClient, here: Town
) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    observations.return_observation(observation=memo, reason="担当外", by=here.desk_worker)
    observations.save_observation(observation=memo, agency=here.agency, by=here.leader)
    client.sign_in(here.worker)
    assert "気づきメモ：" not in client.get("/home").text


def test_lists_and_titles_carry_numbers_only(client: PageClient, here: Town) -> None:
    referral, memo = here.sent(), here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    for person in (here.worker, here.leader, here.desk_worker):
        client.sign_in(person)
        for path in ("/referrals", "/observations", "/referrals?status=sent", "/observations?status=sent"):
            assert ALIAS not in client.get(path).text
    client.sign_in(here.leader)
    page = client.get(f"/referrals/{referral.id}")
    assert ALIAS in page.text and ALIAS not in page.title and referral.number in page.title


def test_a_reason_that_tells_too_much_is_asked_about(client: PageClient, here: Town) -> None:
    referral = here.visited()
    client.sign_in(here.worker)
    page = client.get(f"/referrals/{referral.id}/acts/suspend")
    page = client.submit(page, "中断する", {"reason": "統合失調症で入院。もう死にたいと話す"})
    for words in ("病気や障害：統合失調症", "「死にたい」という言葉", "その理由を入力してください"):
        assert words in page.text
    assert page.all("a", text="119") and only(Referral).status is Status.VISITED
    client.submit(page, "中断する", {"needed": "主治医に電話で伝えた"})
    assert only(Referral).status is Status.SUSPENDED
    page = client.get(f"/referrals/{referral.id}")
    assert "主治医に電話で伝えた" in page.text


def test_every_look_at_a_sheet_is_logged(client: PageClient, here: Town) -> None:
    referral, memo = here.sent(), here.memo()
    client.sign_in(here.leader)
    for path in (
        f"/referrals/{referral.id}",
        f"/observations/{memo.id}",
        f"/observations/{memo.id}/edit",
        f"/observations/{memo.id}/receiver",
    ):
        before = views()
        client.get(path)
        assert views() == before + 1, path
    assert views() == 4
    client.get("/referrals")
    assert views() == 4


def test_nobody_else_learns_that_it_exists(client: PageClient, here: Town) -> None:
    draft, sent, memo = here.referral(), here.sent(), here.memo()
    for role in (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR, Role.EXTERNAL_AUDITOR):
        client.sign_in(cast.person(role))
        client.get(f"/referrals/{sent.id}", status=404)
        client.get(f"/observations/{memo.id}", status=404)
    for person in (
        cast.person(Role.CHAIR, of=here.station.committee),
        cast.person(Role.VOLUNTEER, of=here.station),
        cast.person(Role.STATION_LEADER, of=cast.station(here.station.committee, "よそ")),
        here.desk_worker,
    ):
        client.sign_in(person)
        client.get(f"/referrals/{sent.id}", status=404)
        client.get(f"/referrals/{sent.id}/acts/return", status=404)
        client.get(f"/observations/{memo.id}", status=404)
    client.sign_in(here.leader)
    client.get(f"/referrals/{draft.id}", status=404)
    client.get(f"/referrals/{sent.id}/edit/person", status=403)
    client.sign_in(here.worker)
    page = client.get(f"/referrals/{sent.id}")
    client.post(f"/referrals/{sent.id}/acts/accept", token_from=page, status=403)
    client.get(f"/referrals/{sent.id}/acts/return", status=403)
    client.post(f"/referrals/{sent.id}/acts/expire", token_from=page, status=404)


def test_a_memo_is_sent_back_with_words_that_had_to_be_there(client: PageClient, here: Town) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    client.sign_in(here.desk_worker)
    typed = {"reason": "電話は047-000-1234へ"}
    page = client.submit(client.get(f"/observations/{memo.id}/acts/return"), "差し戻す", typed)
    client.submit(page, "差し戻す", typed | {"needed": "担当の直通の番号"})
    db.session.expire_all()
    assert memo.status is ObservationStatus.RETURNED
    assert [entry.reason for entry in audit.timeline(memo)][:2] == [typed["reason"], "担当の直通の番号"]


def test_an_act_on_an_outdated_page_is_409(client: PageClient, here: Town) -> None:
    referral = here.sent()
    client.sign_in(here.leader)
    page, late = (client.get(f"/referrals/{referral.id}") for _page in range(2))
    client.submit(page, "受理する")
    assert "もう処理が済んでいます" in client.submit(page, "受理する").text, "pressed twice it is done once"
    client.submit(late, "受理する", status=409)


def test_a_memo_names_the_telephone_first_and_goes_only_where_it_may(client: PageClient, here: Town) -> None:
    client.sign_in(here.leader)
    page = client.click(client.get("/observations"), "気づきメモを書く")
    assert [link.get("href") for link in page.all("a") if link.get("href", "").startswith("tel:1")] == [
        "tel:119",
        "tel:110",
    ]
    page = client.submit(page, "保存して送り先を選ぶ", {"facts": "2週つづけて顔色が悪い", "urgent": True})
    assert "あてはまるものを選んでください" in page.text, "nobody is taken to have been asked"
    page = client.submit(page, "保存して送り先を選ぶ", {"answer": "unconfirmed"})
    assert here.desk.name in page.text and here.agency.name not in page.text
    page = client.submit(page, "この内容で送る")
    assert page.heading == "送る前に電話してください" and only(Observation).status is ObservationStatus.DRAFT
    assert {"tel:119", "tel:110", f"tel:{here.desk.phone.replace('-', '')}"} <= {
        link.get("href") for link in page.all("a")
    }
    page = client.submit(page, "電話を記録して、メモを送る", {"outcome": "not_reached"})
    assert "電話した相手を入力" in page.text and "電話した時刻を入力" in page.text
    assert "電話していない" not in page.text, "what is urgent is telephoned"
    yesterday = on("on", clock.today() - dt.timedelta(days=1))
    typed = {"whom": "窓口の当番の方", "at": "午後3時半", **yesterday}
    page = client.submit(page, "電話を記録して、メモを送る", typed)
    memo = only(Observation)
    assert memo.status is ObservationStatus.SENT and memo.urgent
    assert "窓口の当番の方" in page.text and "つながらなかった" in page.text
    assert "返事があるまで、電話でも確かめて" in page.text
    client.sign_in(here.desk_worker)
    page = client.submit(client.get(f"/observations/{memo.id}"), "受け付ける")
    page = client.submit(
        client.click(page, "回答して終結にする"), "回答して終結にする", {"answer": "訪ねました"}
    )
    assert "訪ねました" in page.text


def test_with_consent_a_memo_may_go_to_an_agency(client: PageClient, here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency))
    client.sign_in(here.leader)
    page = client.get(f"/observations/{memo.id}/receiver")
    page = client.submit(page, "この内容で送る")
    assert "送り先を選んでください" in page.text, "where there is a choice, somebody makes it"
    client.submit(page, "この内容で送る", {"agency_id": str(here.agency.id)})
    assert only(Observation).agency_id == here.agency.id


def test_a_concern_that_nobody_may_read_is_sent_to_the_desk(client: PageClient, here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    client.sign_in(here.leader)
    own = f"/observations/{memo.id}"
    page = client.click(client.get(own), "同意の撤回を記録する")
    assert "福祉まるごと相談窓口に送り直す" in page.text and "つなぎは" not in page.text
    page = client.submit(page, "撤回を記録する")
    assert "どこにも伝わっていません" in page.text
    client.sign_in(here.worker)
    concealed = client.get(own)
    assert "することはありません" in concealed.text and not concealed.all("button", text="受け付ける")
    client.sign_in(here.leader)
    page = client.click(client.get("/home"), memo.number)
    page = client.submit(client.click(page, "送り直す"), "福祉まるごと相談窓口に送り直す")
    assert "どこにも伝わっていません" not in page.text
    client.sign_in(here.worker)
    client.get(own, status=404)
    client.sign_in(here.desk_worker)
    assert memo.facts in client.get(own).text


def test_why_a_sheet_came_back_stands_where_it_is_written_again(client: PageClient, here: Town) -> None:
    referral, memo, reason = here.sent(), here.memo(), "送迎のことを書いてください"
    referrals.return_(referral=referral, reason=reason, by=here.leader)
    observations.send_observation(observation=memo, by=here.leader)
    observations.return_observation(observation=memo, reason=reason, by=here.desk_worker)
    pages = {
        here.worker: [f"/referrals/{referral.id}{page}" for page in ("/edit/station", "/edit/person")]
        + [f"/referrals/{referral.id}{page}" for page in ("/edit/wishes", "/check")],
        here.leader: [f"/observations/{memo.id}/edit", f"/observations/{memo.id}/receiver"],
    }
    for person, paths in pages.items():
        client.sign_in(person)
        for path in paths:
            assert reason in client.get(path).text, path
    client.sign_in(here.leader)
    assert reason not in client.get(f"/referrals/{referral.id}").text


def test_what_was_agreed_for_the_visit_is_there_for_both(client: PageClient, here: Town) -> None:
    referral = here.arranging()
    sheet, agreed = f"/referrals/{referral.id}", "11月30日（月）午前10時、公民館の入口"
    client.sign_in(here.leader)
    page = client.click(client.get(sheet), "見学の日程を記録する")
    page = client.submit(page, "見学の日程を記録する")
    assert "会う人を入力してください" in page.text
    client.submit(page, "見学の日程を記録する", {"reason": agreed})
    for person in (here.leader, here.worker):
        client.sign_in(person)
        assert client.get(sheet).text.count(agreed) == 2, "among the facts and in the history"


def test_whether_somebody_comes_along_is_asked(client: PageClient, here: Town) -> None:
    client.sign_in(here.worker)
    draft = referrals.create_referral(agency=here.agency, station=here.station, by=here.worker)
    path = f"/referrals/{draft.id}/edit/wishes"
    page = client.submit(client.get(path), "保存して次へ", {"wishes": "畑", "contact_name": "見本 担当"})
    assert "初回に同行するかどうかを選んでください" in page.text
    assert all(one.get("checked") is None for one in page.all("input", name="accompanied")), "nobody answered"
    page = client.submit(page, "保存して次へ", {"accompanied": "False"})
    assert only(Referral).accompanied is False and only(Referral).wishes == "畑"
    (yes, no) = client.get(path).all("input", name="accompanied")
    assert yes.get("checked") is None and no.get("checked") is not None


def test_a_follow_up_that_is_too_early_or_too_late_is_said_truly(client: PageClient, here: Town) -> None:
    referral = here.visited()
    sheet = f"/referrals/{referral.id}"
    follow_up = referral.follow_ups[0]
    path = f"{sheet}/follow-ups/{follow_up.id}"
    client.sign_in(here.leader)
    page = client.get(path)
    assert page.heading == f"つなぎ {referral.number}" and "7日前から記録できます" in page.text
    early = client.post(path, token_from=page, outcome="continuing")
    assert "7日前から記録できます" in early.text and "ほかの方" not in early.text
    follow_up.due_on = clock.today()
    page = client.get(path)
    referrals.close(referral=referral_started(referral, here), reason="ひとりで通える", by=here.leader)
    late = client.submit(page, "記録する", {"outcome": "continuing"}, status=409)
    assert "いまの状態（終結）ではできません" in late.text
    assert client.get(path).heading == f"つなぎ {referral.number}"


def referral_started(referral: Referral, here: Town) -> Referral:
    referrals.start(referral=referral, by=here.leader)
    return referral


def test_somebody_without_a_station_or_an_agency_reads_so(client: PageClient, here: Town) -> None:
    here.agency.closed_on = clock.today()
    client.sign_in(here.worker)
    assert "つなぎを作れる相談機関がありません" in client.get("/referrals/new").text


def test_saving_again_and_again_is_one_line_of_the_history(client: PageClient, here: Town) -> None:
    draft = here.referral()
    for alias in ("なつさん", "あきさん"):
        referrals.save_referral(referral=draft, alias=alias, by=here.worker)
    client.sign_in(here.worker)
    page = client.get(f"/referrals/{draft.id}")
    assert page.text.count("内容の保存") == 2 and "内容の保存（2回）" in page.text


def test_a_memo_sent_back_is_not_the_desks_any_more(client: PageClient, here: Town) -> None:
    memo = here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    client.sign_in(here.desk_worker)
    page = client.click(client.get(f"/observations/{memo.id}"), "差し戻す")
    page = client.submit(page, "差し戻す", {"reason": "地域包括へ"})
    assert page.heading == "気づきメモ"
    client.get(f"/observations/{memo.id}", status=404)


def test_the_city_keeps_the_agencies(client: PageClient, here: Town) -> None:
    client.sign_in(cast.person(Role.OFFICER))
    page = client.click(client.get("/agencies"), "相談機関を登録する")
    page = client.submit(page, "保存する", {"name": here.agency.name, "kind": "自立相談支援センター"})
    assert "同じ名称" in page.text
    page = client.submit(page, "保存する", {"name": "見本相談所", "phone": "０４７－０００－３３３３"})
    page = client.submit(client.click(page, "見本相談所"), "保存する", {"kind": "基幹相談支援センター"})
    assert "047-000-3333" in page.text and "基幹相談支援センター" in page.text
    client.sign_in(here.leader)
    client.get("/agencies", status=403)


def test_another_desk_is_asked_for_on_a_page_of_its_own(client: PageClient, here: Town) -> None:
    client.sign_in(cast.person(Role.OFFICER, name="地域 共生"))
    page = client.click(client.get("/agencies"), here.agency.name)
    assert not page.all("input", type="checkbox"), "no box beside the telephone number makes a desk"
    page = client.click(page, "福祉まるごと相談窓口にする")
    assert f"いまの窓口：{here.desk.name}" in page.text and "同意のない気づきメモ" in page.text
    page = client.submit(page, "窓口にする", {"reason": " "})
    assert "理由を入力してください" in page.text and sheets.desk() == here.desk
    page = client.submit(page, "窓口にする", {"reason": "組織の見直しのため"})
    assert page.url == "/agencies" and sheets.desk() == here.agency
    for made, done in ((here.agency, "指定"), (here.desk, "解除")):
        history = text_of(client.get(f"/agencies/{made.id}/edit").one("ol", class_="mt-timeline"))
        for words in (f"福祉まるごと相談窓口の{done}", "組織の見直しのため", "地域 共生"):
            assert words in history


def test_without_a_desk_the_city_is_notified(client: PageClient, here: Town) -> None:
    client.sign_in(cast.person(Role.OFFICER))
    assert "福祉まるごと相談窓口が決まっていません" not in client.get("/agencies").text
    page = client.click(client.get(f"/agencies/{here.desk.id}/edit"), "福祉まるごと相談窓口でなくする")
    page = client.submit(page, "窓口でなくする", {"reason": "移転のため"})
    assert "福祉まるごと相談窓口が決まっていません" in page.text and sheets.desk() is None


def test_two_who_change_the_desk_do_not_bury_each_other(client: PageClient, here: Town) -> None:
    officer, third = cast.person(Role.OFFICER), agency("見本相談所")
    client.sign_in(officer)
    path = f"/agencies/{here.agency.id}/desk"
    page, again = client.get(path), client.get(path)
    other = cast.person(Role.OFFICER, name="担当 二郎")
    agencies.appoint_desk(agency=third, reason="移転のため", by=other)
    page = client.submit(page, "窓口にする", {"reason": "組織の見直しのため"})
    assert "担当 二郎さんが先に保存しました" in page.text and "いまの窓口：見本相談所" in page.text
    assert page.one("textarea", name="reason").text == "組織の見直しのため" and sheets.desk() == third
    client.submit(page, "窓口にする")
    assert sheets.desk() == here.agency
    given_back = client.submit(again, "窓口にする", {"reason": "二度目"}, status=409)
    assert "すでに福祉まるごと相談窓口です" in given_back.text and "二度目" in given_back.text
    assert client.get(path).url == f"/agencies/{here.agency.id}/edit"


def test_the_desk_does_not_end_by_the_way(client: PageClient, here: Town) -> None:
    client.sign_in(cast.person(Role.OFFICER))
    page = client.get(f"/agencies/{here.desk.id}/edit")
    page = client.submit(page, "保存する", on("closed_on", clock.today()))
    assert "福祉まるごと相談窓口は廃止できません" in page.text and sheets.desk() == here.desk


def test_a_long_history_of_an_agency_is_folded(client: PageClient, here: Town) -> None:
    officer = cast.person(Role.OFFICER, name="地域 共生")
    for nth in range(7):
        for made in (here.agency, here.desk):
            agencies.appoint_desk(agency=made, reason=f"{nth}回目", by=officer)
    client.sign_in(officer)
    page = client.get(f"/agencies/{here.agency.id}/edit")
    folded = text_of(page.one("details", class_="mt-details", text="それより前の2件を見る"))
    assert "0回目" in folded and "地域 共生" in folded
    shown, older = page.all("ol", class_="mt-timeline")
    assert "0回目" not in text_of(shown) and (len(shown), len(older)) == (12, 2)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_few_questions_however_many_rows(client: PageClient, here: Town) -> None:
    for _ in range(12):
        here.sent()
        observations.send_observation(observation=here.memo(), by=here.leader)
    visited = here.visited()
    memo = lists.observations(here.leader)[0]
    client.sign_in(here.leader)
    for path in (
        "/referrals",
        "/observations",
        f"/referrals/{visited.id}",
        f"/observations/{memo.id}",
        f"/observations/{here.memo(consent(Recipient.AGENCY, to=here.agency)).id}/edit",
        "/observations/new",
    ):
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, len(statements), statements)
    client.sign_in(here.worker)
    draft = here.referral()
    for path in (
        "/referrals/new",
        f"/referrals/{draft.id}/edit/station",
        f"/referrals/{draft.id}/edit/person",
        f"/referrals/{draft.id}/check",
    ):
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, len(statements), statements)


@pytest.mark.parametrize(
    ("part", "first", "second"),
    [
        ("person", {"alias": "なつさん"}, {"alias": "あきさん", "age_group": "age_75_plus"}),
        ("wishes", {"wishes": "料理をしたい"}, {"wishes": "歌いたい", "contact_name": "見本 次郎"}),
    ],
)
def test_two_who_write_one_page_of_a_sheet_both_keep_their_words(
    app: Flask, here: Town, part: str, first: dict[str, str], second: dict[str, str]
) -> None:
    referral = here.referral()
    writers = (here.worker, cast.person(Role.CASE_WORKER, of=here.agency))
    address = f"/referrals/{referral.id}/edit/{part}"
    check_both_are_kept(app, writers, address, "保存して中断する", first, second, referral)


def test_two_who_choose_a_station_both_keep_their_choice(app: Flask, here: Town) -> None:
    referral = here.referral()
    first, second = (
        cast.station(here.station.committee, name) for name in ("朝のステーション", "夕のステーション")
    )
    check_both_are_kept(
        app,
        (here.worker, cast.person(Role.CASE_WORKER, of=here.agency)),
        f"/referrals/{referral.id}/edit/station",
        "保存して次へ",
        {"station_id": str(first.id)},
        {"station_id": str(second.id)},
        referral,
        shown=[first.name],
    )


def test_two_pages_of_one_sheet_do_not_disturb_each_other(app: Flask, here: Town) -> None:
    referral = here.referral()
    one, other = PageClient(app), PageClient(app)
    one.sign_in(here.worker)
    other.sign_in(here.worker)
    early, late = (
        client.get(f"/referrals/{referral.id}/edit/{part}")
        for client, part in ((one, "person"), (other, "wishes"))
    )
    one.submit(early, "保存して中断する", {"alias": "なつさん"})
    assert "先に保存" not in other.submit(late, "保存して中断する", {"wishes": "料理をしたい"}).text
    db.session.expire_all()
    assert (referral.alias, referral.wishes) == ("なつさん", "料理をしたい")


def test_a_consent_taken_back_meanwhile_is_not_given_again_unseen(app: Flask, here: Town) -> None:
    referral, memo = here.referral(), here.memo(consent(Recipient.AGENCY, to=here.agency))
    for subject, person, address, written in (
        (referral, here.worker, f"/referrals/{referral.id}/edit/person", {"alias": "なつさん"}),
        (memo, here.leader, f"/observations/{memo.id}/edit", {"facts": "顔色がよい"}),
    ):
        client = PageClient(app)
        client.sign_in(person)
        page = client.get(address)
        consents.withdraw_consent(subject=subject, by=person)
        page = client.submit(page, "保存して中断する", written)
        assert "撤回" in saved_first(page)
        db.session.expire_all()
        assert subject.consent is not None and subject.consent.withdrawn_on is not None


def test_two_who_write_one_memo_both_keep_their_words(app: Flask, here: Town) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency))
    check_both_are_kept(
        app,
        (here.leader, cast.person(Role.STATION_LEADER, of=here.station)),
        f"/observations/{memo.id}/edit",
        "保存して中断する",
        {"facts": "足を引きずっている", "alias": "なつさん"},
        {"facts": "声に元気がない"},
        memo,
    )


def test_two_who_change_one_agency_both_keep_their_words(app: Flask, here: Town) -> None:
    check_both_are_kept(
        app,
        (cast.person(Role.OFFICER), cast.person(Role.OFFICER)),
        f"/agencies/{here.agency.id}/edit",
        "保存する",
        {"phone": "047-000-7777"},
        {"name": "見本相談所"},
        here.agency,
        shown=["047-000-7777", "市全域"],
    )
