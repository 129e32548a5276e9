"""Mail: written into the transaction that causes it, sent afterwards, never lost and never sent for a rollback."""

import datetime as dt
import logging
import smtplib
import ssl
import sys
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import clock
from stations.core.config import Config
from stations.core.database import Model, db, fetch_all
from stations.core.sealed import SealedText, UnreadableError

log = logging.getLogger(__name__)

FIRST_RETRY = dt.timedelta(minutes=5)
GIVE_UP_AFTER = 8
SMTP_SECONDS = 20


class OutboxMail(Model):
    """One notice waiting for, or gone by, mail. No personal data but the receiver's own name and address.

    Its body may hold a one-time link or code, so it is encrypted, and emptied once it is sent, or what it holds ended.

    Written by `queue`; changed only by `send_waiting`, which claims it, and then marks it sent and empties it, or
    notes the failure. (The demonstration marks its old ones sent.)
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (sa.CheckConstraint("attempts >= 0", name="attempts"),)

    to_address: orm.Mapped[str]
    to_name: orm.Mapped[str]
    subject: orm.Mapped[str]
    # Opened one at a time: one that cannot be opened keeps none of the others.
    body: orm.Mapped[str] = orm.mapped_column(SealedText("outbox_mail.body"), deferred=True)
    queued_at: orm.Mapped[dt.datetime]
    due_at: orm.Mapped[dt.datetime] = orm.mapped_column(index=True)
    sent_at: orm.Mapped[dt.datetime | None]
    expires_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(
        comment="when what it holds ends: it is not sent after that, and emptied"
    )
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    last_error: orm.Mapped[str | None]


class Receiver(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...


def queue(
    *, to: Receiver, subject: str, body: str, expires_at: dt.datetime | None = None
) -> OutboxMail | None:
    """Queue a notice in the current transaction; None when the person gave no address.

    ``expires_at``: when a link or code in it ends; it is not sent any more then.
    """
    if not to.email:
        return None
    now = clock.now()
    mail = OutboxMail(
        to_address=to.email,
        to_name=to.name,
        subject=subject,
        body=body,
        queued_at=now,
        due_at=now,
        expires_at=expires_at,
        attempts=0,
    )
    db.session.add(mail)
    return mail


def end(mail_id: int | None) -> None:
    """What a mail holds has been used, or is void: it is emptied, and not sent if it has not been."""
    mail = db.session.get(OutboxMail, mail_id) if mail_id is not None else None
    if mail is not None:
        mail.body, mail.expires_at = "", clock.now()


def _empty_ended() -> None:
    """Nothing that can be used stays in a mail whose end has come."""
    ended = sa.update(OutboxMail).where(OutboxMail.expires_at <= clock.now(), OutboxMail.body != "")
    db.session.execute(ended.values(body=""))
    db.session.commit()


def send_waiting(config: Config, *, limit: int = 200) -> tuple[int, int]:
    """Send what is due; returns (sent, failed).

    Each mail is claimed in one transaction, delivered in none, and noted in another: a slow mail server holds no
    lock (on SQLite everybody else's writes would wait), and a crash repeats at most the one mail on its way.
    """
    sent = failed = 0
    _empty_ended()
    deliver = _deliverer(config)
    for _ in range(limit):
        mail = _claim()
        if mail is None:
            break
        try:
            message = _message(mail, config)
            db.session.commit()  # the body was read: nothing is held while the server is slow
            deliver(message)
        except (OSError, ValueError, smtplib.SMTPException) as error:  # ValueError: no address to write to
            failed += 1
            _note_failure(mail, error)
            if mail.attempts >= GIVE_UP_AFTER:
                mail.body = ""
        except UnreadableError as error:
            failed += 1
            _note_failure(mail, error)
            mail.attempts = (
                GIVE_UP_AFTER  # another try reads no more; what is stored stays for who looks into it
            )
        else:
            sent += 1
            mail.sent_at = clock.now()
            mail.body = ""  # it may hold a one-time link; what was said is in the history of its object
        db.session.commit()
    return sent, failed


def _note_failure(mail: OutboxMail, error: Exception) -> None:
    mail.last_error = type(error).__name__
    log.warning("mail not sent", extra={"mail_id": mail.id, "error": mail.last_error})


def _claim() -> OutboxMail | None:
    """The next mail that is due, counted as tried and out of the others' sight until its next try is due."""
    mail = db.session.scalars(
        sa.select(OutboxMail)
        .where(
            OutboxMail.sent_at.is_(None),
            OutboxMail.due_at <= clock.now(),
            OutboxMail.attempts < GIVE_UP_AFTER,
            sa.or_(OutboxMail.expires_at.is_(None), OutboxMail.expires_at > clock.now()),
        )
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if mail is not None:
        mail.attempts += 1
        mail.due_at = clock.now() + FIRST_RETRY * 2**mail.attempts
    db.session.commit()
    return mail


def waiting() -> list[OutboxMail]:
    """What has not been sent and can still be, oldest first."""
    return fetch_all(_unsent().where(OutboxMail.attempts < GIVE_UP_AFTER))


def given_up() -> list[OutboxMail]:
    """What will not be sent although it has not ended: `last_error` says why."""
    return fetch_all(_unsent().where(OutboxMail.attempts >= GIVE_UP_AFTER))


def _unsent() -> sa.Select[OutboxMail]:
    alive = sa.or_(OutboxMail.expires_at.is_(None), OutboxMail.expires_at > clock.now())
    return sa.select(OutboxMail).where(OutboxMail.sent_at.is_(None), alive).order_by(OutboxMail.id)


def _message(mail: OutboxMail, config: Config) -> EmailMessage:
    message = EmailMessage()
    message["From"] = config.mail_from
    message["To"] = _address(mail.to_address)
    message["Subject"] = mail.subject
    message["Date"] = mail.queued_at
    message["Message-ID"] = make_msgid(f"outbox-{mail.id}", domain=config.mail_from.rsplit("@", 1)[-1])
    message.set_content(f"{mail.to_name} 様\n\n{mail.body}\n\n{config.contact_name} {config.contact_phone}\n")
    return message


def _address(given: str) -> Address:
    """As mail servers read it: the domain in its ASCII form. Dots of carriers' addresses stay where they are."""
    name, _at, domain = given.rpartition("@")
    return Address(username=name, domain=domain.encode("idna").decode())


class _Deliver(Protocol):
    def __call__(self, message: EmailMessage) -> None: ...


def _deliverer(config: Config) -> _Deliver:
    url = urlsplit(config.mail_url)

    def to_console(message: EmailMessage) -> None:
        sys.stdout.write(f"{message['To']}: {message['Subject']}\n{message.get_content()}\n")

    def to_folder(message: EmailMessage) -> None:
        folder = Path(url.path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message['Message-ID'].strip('<>')}.eml").write_bytes(bytes(message))

    def to_server(message: EmailMessage) -> None:
        # Left to itself smtplib verifies nothing; mails hold one-time links.
        verified = ssl.create_default_context(cafile=config.mail_ca_file or None)
        host, port = url.hostname or "localhost", url.port or 0
        with (
            smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=verified)
            if url.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
        ) as server:
            if url.username:
                if url.scheme == "smtp":
                    server.starttls(context=verified)
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)

    ways: dict[str, _Deliver] = {
        "console": to_console,
        "file": to_folder,
        "smtp": to_server,
        "smtps": to_server,
    }
    return ways[url.scheme]
