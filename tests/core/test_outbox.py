"""Mail goes with its transaction, is sent once, and waits when the server is away."""

import email
import socket
import threading
import time
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock, outbox
from stations.core.config import Config
from stations.core.database import db
from stations.core.outbox import OutboxMail
from tests.support import cast


def somebody(db_session: Session) -> None:
    person = cast.person(name="見本 花子")
    person.email = "mihon@stations.example"
    outbox.queue(to=person, subject="計画が差し戻されました", body="計画の頁を開いてください。")


def test_a_rolled_back_act_sends_nothing(db_session: Session, config: Config):
    somebody(db_session)
    db_session.rollback()
    assert outbox.send_waiting(config) == (0, 0)


def test_mail_is_written_once_to_the_folder(db_session: Session, config: Config):
    somebody(db_session)
    db_session.commit()
    assert outbox.send_waiting(config) == (1, 0)
    assert outbox.send_waiting(config) == (0, 0)
    (file,) = Path(config.mail_url.removeprefix("file:")).glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == "計画が差し戻されました"
    assert "見本 花子 様" in message.get_content()


def test_a_person_without_address_gets_no_mail(db_session: Session):
    assert outbox.queue(to=cast.person(), subject="件名", body="本文") is None


def test_a_server_that_is_away_is_tried_again_later(db_session: Session, config: Config):
    somebody(db_session)
    db_session.commit()
    away = replace(config, mail_url="smtp://127.0.0.1:1")
    assert outbox.send_waiting(away) == (0, 1)
    mail = db_session.scalars(sa.select(OutboxMail)).one()
    assert mail.sent_at is None
    assert mail.due_at > mail.queued_at
    assert "mihon" not in (mail.last_error or "")
    assert outbox.send_waiting(away) == (0, 0), "not before it is due again"


def test_an_address_that_no_server_reads_does_not_keep_the_others(db_session: Session, config: Config):
    nowhere = cast.person()
    nowhere.email = "mihon@a..example"
    outbox.queue(to=nowhere, subject="件名", body="本文")
    db_session.flush()
    somebody(db_session)
    db_session.commit()
    assert outbox.send_waiting(config) == (1, 1)


@pytest.mark.parametrize("ended", [False, True])
def test_a_body_that_was_tampered_with_does_not_keep_the_others(
    app: Flask, db_session: Session, config: Config, ended: bool
):
    somebody(db_session)
    somebody(db_session)
    db_session.commit()
    first = db_session.scalars(sa.select(OutboxMail.id).order_by(OutboxMail.id)).first()
    ends = clock.now() if ended else None
    db_session.execute(
        sa.text("UPDATE outbox_mail SET body = 's1:00000000:AAAA' WHERE id = :id"), {"id": first}
    )
    db_session.execute(sa.update(OutboxMail).where(OutboxMail.id == first).values(expires_at=ends))
    db_session.commit()
    db_session.expire_all()
    assert outbox.send_waiting(config) == (1, 0 if ended else 1)
    mail = db_session.get_one(OutboxMail, first)
    assert mail.sent_at is None
    assert outbox.send_waiting(config) == (0, 0), "another try reads no more"
    said = app.test_cli_runner().invoke(args=["outbox", "list"]).output
    assert "waiting 0" in said
    assert (f"outbox_mail {first} (UnreadableError)" in said) is not ended


def test_while_the_server_is_slow_others_write(
    app: Flask, db_session: Session, config: Config, monkeypatch: pytest.MonkeyPatch
):
    """The mail is claimed, and nothing is held, when it is handed to the server."""
    somebody(db_session)
    db_session.commit()
    seen: list[tuple[int, object]] = []

    def slow(_message: object) -> None:
        def somebody_else() -> None:
            with app.app_context():
                (mail,) = outbox.waiting()
                seen.append((mail.attempts, mail.sent_at))
                mail.to_name = "見本 花代"  # waits 15 seconds and fails while the sender holds SQLite's lock
                db.session.commit()
                assert outbox.send_waiting(config) == (0, 0), "claimed: not sent a second time meanwhile"

        thread = threading.Thread(target=somebody_else)
        started = time.monotonic()
        thread.start()
        thread.join()
        assert time.monotonic() - started < 5

    monkeypatch.setattr(outbox, "_deliverer", lambda _config: slow)
    assert outbox.send_waiting(config) == (1, 0)
    assert seen == [(1, None)]
    db_session.expire_all()
    mail = db_session.scalars(sa.select(OutboxMail)).one()
    assert mail.sent_at is not None and mail.body == ""


def test_a_crash_repeats_one_mail_later_and_no_more(
    db_session: Session, config: Config, monkeypatch: pytest.MonkeyPatch
):
    somebody(db_session)
    db_session.commit()

    def crash(_message: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_deliverer", lambda _config: crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_waiting(config)
    db_session.rollback()
    assert outbox.send_waiting(config) == (0, 0), "claimed until it is due again"
    with time_machine.travel(clock.now() + outbox.FIRST_RETRY * 2, tick=True):
        assert outbox.send_waiting(config) == (1, 0)


class Mailbox:
    """An SMTP server's handler that keeps what it was given."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        self.letters.append(envelope.content)  # type: ignore[attr-defined]  # aiosmtpd is untyped
        return "250 OK"


def test_mail_reaches_a_real_server(db_session: Session, config: Config):
    somebody(db_session)
    db_session.commit()
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert outbox.send_waiting(replace(config, mail_url=f"smtp://127.0.0.1:{port}")) == (1, 0)
    finally:
        server.stop()
    (letter,) = mailbox.letters
    assert email.message_from_bytes(letter, policy=policy.default)["To"] == "mihon@stations.example"


def test_the_command_sends(app: Flask, db_session: Session):
    somebody(db_session)
    db_session.commit()
    assert "sent 1, failed 0" in app.test_cli_runner().invoke(args=["outbox", "send"]).output


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("mihon@stations.example", "mihon@stations.example"),
        ("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
        (".dot@ezweb.ne.jp", ".dot@ezweb.ne.jp"),
        ("name@例え.jp", "name@xn--r8jz45g.jp"),
    ],
)
def test_an_address_is_written_as_mail_servers_read_it(
    db_session: Session, config: Config, given: str, written: str
):
    """Carriers' addresses go out as their owners know them, a domain of other letters in its ASCII form."""
    person = cast.person(name="見本 花子")
    person.email = given
    outbox.queue(to=person, subject="題", body="本文")
    db_session.commit()
    assert outbox.send_waiting(config) == (1, 0)
    (file,) = Path(config.mail_url.removeprefix("file:")).glob("*.eml")
    assert f"To: {written}" in file.read_text(encoding="utf-8").splitlines()
