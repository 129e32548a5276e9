"""Mail holds one-time links: it goes over TLS only to a server whose certificate is verified."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy.orm import Session

from stations.core import outbox
from stations.core.config import Config, ConfigError
from tests.support import cast

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


class Mailbox:
    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.passwords: list[object] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        self.letters.append(envelope.content)  # type: ignore[attr-defined]  # aiosmtpd is untyped
        return "250 OK"

    def authenticate(self, *known: object) -> AuthResult:
        self.passwords.append(known)
        return AuthResult(success=True)


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def mail_server(mailbox: Mailbox, scheme: str, pem: Path) -> Iterator[str]:
    """A server on loopback that speaks TLS with this certificate; the address of its mailbox."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    class Server(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                mailbox,
                tls_context=context if scheme == "smtp" else None,
                require_starttls=scheme == "smtp",
                auth_require_tls=scheme == "smtp",
                authenticator=mailbox.authenticate,
            )

        def _trigger_server(self) -> None:
            """See whether the server runs, without its certificate."""
            socket.create_connection(("127.0.0.1", port), 1).close()

    server = Server(
        mailbox, hostname="127.0.0.1", port=port, ssl_context=context if scheme == "smtps" else None
    )
    server.start()
    try:
        yield f"{scheme}://city:secret@127.0.0.1:{port}"
    finally:
        server.stop()


def a_notice_waits(db_session: Session) -> None:
    person = cast.person(name="見本 花子")
    person.email = "mihon@stations.example"
    outbox.queue(to=person, subject="招待", body="https://stations.example/links/secret")
    db_session.commit()


@on_sqlite
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_strangers_certificate_gets_neither_password_nor_mail(
    db_session: Session, config: Config, tmp_path: Path, scheme: str
):
    a_notice_waits(db_session)
    mailbox = Mailbox()
    with mail_server(mailbox, scheme, certificate(tmp_path, "stranger")) as url:
        assert outbox.send_waiting(replace(config, mail_url=url)) == (0, 1)
    assert (mailbox.passwords, mailbox.letters) == ([], [])
    (mail,) = outbox.waiting()
    assert mail.body, "it waits for the next try"


@on_sqlite
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_citys_own_authority_is_named_by_a_file(
    db_session: Session, config: Config, tmp_path: Path, scheme: str
):
    a_notice_waits(db_session)
    mailbox = Mailbox()
    pem, other = certificate(tmp_path, "city"), certificate(tmp_path, "other")
    with mail_server(mailbox, scheme, pem) as url:
        wrong = replace(config, mail_url=url, mail_ca_file=str(other))
        assert outbox.send_waiting(wrong, limit=1) == (0, 1)
        (mail,) = outbox.waiting()
        mail.due_at = mail.queued_at
        db_session.commit()
        right = replace(config, mail_url=url, mail_ca_file=str(pem))
        assert outbox.send_waiting(right) == (1, 0)
    assert len(mailbox.letters) == 1


def test_a_missing_authority_file_stops_the_start(tmp_path: Path):
    with pytest.raises(ConfigError, match="STATIONS_MAIL_CA_FILE"):
        Config(mode="test", mail_ca_file=str(tmp_path / "nowhere.pem"))
