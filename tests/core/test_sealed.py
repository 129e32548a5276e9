"""What is said about people is unreadable in the database, on both systems, and keys can be changed."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.attendance.services import day
from stations.core import clock, outbox, sealed
from stations.core.config import DEMO_DATA_KEY, Config, ConfigError, data_keys
from stations.core.database import Model, db
from stations.people.models import LinkKind, OneTimeLink
from stations.people.services import links
from stations.referrals.consent_rules import Recipient
from stations.referrals.danger import Call, CallOutcome
from stations.referrals.models import Observation, Referral
from stations.referrals.queries import lists
from stations.referrals.queries import waiting as referral_tasks
from stations.referrals.rules import Outcome
from stations.referrals.services import consents, observations, referrals
from tests.referrals.cast import Town, consent, town
from tests.support import cast
from tests.support.client import PageClient
from tests.support.statements import recorded

OLD, NEW, OTHER = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
# What somebody said of a person, each word at one place only.
SAID = {
    "呼び名のあおいさん",
    "将棋をしたいという希望",
    "大きな音への配慮",
    "日程が合わない理由",
    "毎回来ているという様子",
    "顔色が悪いという事実",
    "メモの呼び名すみれさん",
    "訪ねたという回答",
    "差し戻した言葉",
    "電話した当番の方",
    "転びそうになったという出来事",
    "にぎやかだったという感想",
}


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def lives(here: Town) -> str:
    """Say all of `SAID` somewhere, as the year does; returns the token of a one-time link that waits to be sent."""
    referral = here.visited()
    for name, words in (
        ("alias", "呼び名のあおいさん"),
        ("wishes", "将棋をしたいという希望"),
        ("considerations", "大きな音への配慮"),
    ):
        setattr(referral, name, words)
    referral.follow_ups[0].due_on = clock.today()
    referrals.record_follow_up(
        referral=referral,
        follow_up_id=referral.follow_ups[0].id,
        outcome=Outcome.CONTINUING,
        note="毎回来ているという様子",
        by=here.leader,
    )
    referrals.suspend(referral=referral, reason="日程が合わない理由", by=here.worker)
    memo = observations.create_observation(
        station=here.station,
        agency=here.agency,
        by=here.leader,
        memo=observations.Memo(
            facts="顔色が悪いという事実", observed_on=clock.today(), alias="メモの呼び名すみれさん"
        ),
    )
    consents.record_consent(subject=memo, consent=consent(Recipient.AGENCY, to=here.agency), by=here.leader)
    called = Call(outcome=CallOutcome.REACHED, whom="電話した当番の方", at=clock.now())
    observations.record_call(observation=memo, call=called, by=here.leader)
    observations.send_observation(observation=memo, by=here.leader)
    observations.return_observation(observation=memo, reason="差し戻した言葉", by=here.worker)
    observations.record_call(observation=memo, call=called, by=here.leader)
    observations.send_observation(observation=memo, by=here.leader)
    observations.acknowledge_observation(observation=memo, by=here.worker)
    observations.close_observation(observation=memo, answer="訪ねたという回答", by=here.worker)
    day.save_details(
        opening=cast.opening(here.station),
        weather="晴れ",
        note="にぎやかだったという感想",
        incident="転びそうになったという出来事",
        by=here.leader,
    )
    url = links.issue_link(here.leader, kind=LinkKind.RESET, by=None)
    db.session.commit()
    return url.rsplit("/", 1)[-1]


def raw(engine: sa.Engine) -> Iterator[str]:
    """Everything the database holds, as its files or a dump would give it away."""
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        for part in file.parent.glob(f"{file.name}*"):
            yield part.read_bytes().decode("utf-8", errors="replace")
        return
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():  # an older schema has fewer than the models
            yield from connection.scalars(sa.text(f'SELECT t::text FROM "{table}" t'))


def found_in(engine: sa.Engine, words: set[str]) -> set[str]:
    text = "\n".join(raw(engine))
    return {word for word in words if word in text}


def test_nothing_that_was_said_of_a_person_stands_in_the_database(app: Flask, here: Town) -> None:
    token = lives(here)
    assert found_in(db.engine, {here.station.name, here.agency.name}), "the search itself works"
    assert found_in(db.engine, SAID | {token}) == set()
    with app.app_context():
        memo = db.session.scalars(sa.select(Observation)).one()
        assert (memo.facts, memo.answer) == ("顔色が悪いという事実", "訪ねたという回答")


def test_every_sealed_column_knows_its_place(app: Flask) -> None:
    named = {
        f"{table.name}.{column.name}": column.type.place
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sealed.SealedText)
    }
    assert named and all(place == where for where, place in named.items())


def test_a_list_opens_nothing_of_what_it_does_not_show(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:

    for _ in range(3):
        here.sent()
        here.memo()
    db.session.commit()
    db.session.expunge_all()
    opened: list[str] = []
    real = sealed.Keyring.open

    def noted(self: sealed.Keyring, value: str, place: str) -> str:
        opened.append(place)
        return real(self, value, place)

    monkeypatch.setattr(sealed.Keyring, "open", noted)
    assert lists.referrals(here.leader) and lists.observations(here.leader)
    referral_tasks.waiting_for(here.leader)
    assert opened == []


def ring(*keys: str) -> sealed.Keyring:
    return sealed.keyring_of(",".join(keys))


def test_a_value_opens_only_where_it_belongs_and_unchanged() -> None:
    value = ring(OLD).seal("はるさん", "referral.alias")
    assert "はる" not in value and value != ring(OLD).seal("はるさん", "referral.alias")
    assert ring(NEW, OLD).open(value, "referral.alias") == "はるさん"
    changed = value[:-6] + ("A" if value[-6] != "A" else "B") + value[-5:]
    for keys, wrong, place in (
        (ring(OLD), value, "referral.wishes"),
        (ring(OLD), changed, "referral.alias"),
        (ring(NEW), value, "referral.alias"),
        (ring(OLD), "はるさん", "referral.alias"),
        (ring(OLD), value[:15], "referral.alias"),
        (ring(OLD), value[:-2], "referral.alias"),
    ):
        with pytest.raises(sealed.UnreadableError):
            keys.open(wrong, place)


@pytest.mark.parametrize("text", ["", "short", DEMO_DATA_KEY[:-8], f"{OLD},", f"{OLD},x", "鍵"])
def test_keys_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="STATIONS_DATA_KEYS"):
        data_keys(text)


def use(app: Flask, *keys: str) -> None:
    config: Config = app.config["STATIONS"]
    app.config["STATIONS"] = replace(config, data_keys=",".join(keys))


@pytest.fixture
def other_keys(app: Flask) -> Iterator[None]:
    before = app.config["STATIONS"]
    yield
    app.config["STATIONS"] = before


def test_keys_are_rotated_in_batches_that_may_be_interrupted(
    app: Flask, here: Town, other_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "BATCH", 2)
    use(app, OLD)
    lives(here)
    use(app, NEW, OLD)
    interrupted = sealed.rotate()
    next(interrupted)
    interrupted.close()
    with db.engine.connect() as connection:
        assert sealed.key_ids_in_use(connection) == set(ring(NEW, OLD).ciphers)
    runner = app.test_cli_runner()
    assert "Older keys can be removed" in runner.invoke(args=["keys", "rotate"]).output
    assert runner.invoke(args=["keys", "rotate"]).output.count("\n") == 1, "nothing is left to do"
    use(app, NEW)
    with db.engine.connect() as connection:
        assert sealed.key_ids_in_use(connection) == {ring(NEW).newest}
    db.session.expire_all()
    assert {one.alias for one in db.session.scalars(sa.select(Referral))} == {"呼び名のあおいさん"}


def test_rotation_names_a_row_that_no_key_opens_and_goes_on(
    app: Flask, here: Town, other_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "BATCH", 1)
    use(app, OLD)
    spoilt, whole = here.sent(), here.sent()
    spoilt.wishes, whole.wishes = "散歩", "将棋"
    db.session.commit()
    changed = sa.text("UPDATE referral SET wishes = substr(wishes, 1, 20) || 'AAAA' WHERE id = :id")
    db.session.execute(changed, {"id": spoilt.id})
    db.session.commit()
    db.session.expire_all()
    use(app, NEW, OLD)
    answer = app.test_cli_runner().invoke(args=["keys", "rotate"])
    assert answer.exit_code != 0 and f"referral.wishes, row {spoilt.id}" in answer.output
    assert "Older keys can be removed" not in answer.output
    left = sa.text("SELECT id FROM referral WHERE wishes NOT LIKE :new")
    assert list(db.session.scalars(left, {"new": f"s1:{ring(NEW).newest}%"})) == [spoilt.id]
    assert db.session.get_one(Referral, whole.id).wishes == "将棋"


def test_rotation_leaves_history_and_consents_as_protected_as_before(
    app: Flask, here: Town, other_keys: None
) -> None:
    use(app, OLD)
    lives(here)
    use(app, NEW, OLD)
    assert dict(sealed.rotate())["event.reason"].changed > 0
    for verb in ("UPDATE event SET reason = reason", "DELETE FROM observation_call"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db.session.execute(sa.text(verb))
        db.session.rollback()


def test_only_sealing_lifts_the_guard_of_append_only_tables() -> None:
    package = Path(sealed.__file__).parents[1]
    users = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if re.search(r"\bappend_only_lifted\(", file.read_text())
    }
    assert users == {"core/database.py", "core/sealed.py"}


def test_a_missing_key_is_named_at_the_start_and_is_no_broken_page(
    app: Flask, client: PageClient, here: Town, other_keys: None
) -> None:
    referral = here.sent()
    use(app, OLD)
    referral.wishes = "将棋"
    db.session.commit()
    use(app, OTHER)
    with pytest.raises(sealed.UnreadableError, match=f"STATIONS_DATA_KEYS.*{ring(OLD).newest}"):
        sealed.check_keys()
    client.sign_in(here.leader)
    page = client.get(f"/referrals/{referral.id}", status=503)
    assert "鍵が合いません" in page.text
    client.get("/referrals")


def test_a_mail_with_a_link_ends_when_the_link_does(app: Flask, here: Town) -> None:
    def bodies() -> list[str]:
        db.session.flush()
        return [
            one.body
            for one in db.session.scalars(sa.select(outbox.OutboxMail).order_by(outbox.OutboxMail.id))
        ]

    first = links.issue_link(here.leader, kind=LinkKind.RESET, by=None)
    assert first in bodies()[0]
    second = links.issue_link(here.leader, kind=LinkKind.RESET, by=None)
    assert bodies()[0] == "" and second in bodies()[1]
    links.accept_link(second.rsplit("/", 1)[-1], "とても長い合言葉をひとつ")
    assert bodies() == ["", ""]
    links.issue_link(here.leader, kind=LinkKind.RESET, by=None)
    ends = db.session.scalars(sa.select(OneTimeLink.expires_at).order_by(OneTimeLink.id.desc())).first()
    assert ends is not None
    db.session.commit()
    config: Any = app.config["STATIONS"]
    with clock.frozen_at(ends):
        assert outbox.send_waiting(config) == (0, 0)
    assert bodies() == ["", "", ""]


def test_a_page_of_a_sheet_asks_once_for_what_was_said(client: PageClient, here: Town) -> None:
    referral = here.visited()
    client.sign_in(here.leader)
    with recorded(db.engine) as statements:
        client.get(f"/referrals/{referral.id}")
    assert sum("referral.wishes" in one for one in map(str, statements)) <= 1
