"""What is said about a person is encrypted in the database (個人情報保護法66条: 安全管理措置).

AES-256-GCM of `cryptography`, not its Fernet: each value is bound to its table and column, so that a copied ciphertext
does not open elsewhere, and it names its key, so that a missing key is recognised and rotation knows what is left to do.
(A row's id is not known before it is inserted: within one column, values are not bound to their rows.) Nothing sealed is
searched or sorted by the database; there is no blind index because nothing would ask it.

A value is ``s1:<key id>:<nonce and ciphertext, base64>``; empty text stays empty.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine.interfaces import Dialect

from stations.core.config import Config, data_keys
from stations.core.database import Model, append_only_lifted, append_only_tables, db

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = "s1"
NONCE_BYTES = 12
KEY_ID_LENGTH = 8
BATCH = 500


class UnreadableError(Exception):
    """A value was sealed with a key that is not configured, or somebody changed it."""


@dataclass(frozen=True)
class Keyring:
    """The installation's keys by id; the newest one seals, all of them open."""

    newest: str
    ciphers: "dict[str, AESGCM]"

    def seal(self, text: str, place: str) -> str:
        """Ciphertext of ``text`` for one column (``table.column``)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self.ciphers[self.newest].encrypt(nonce, text.encode(), place.encode())
        return f"{FORMAT}:{self.newest}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, value: str, place: str) -> str:
        """What `seal` was given; raises UnreadableError."""
        from cryptography.exceptions import InvalidTag

        form, _, rest = value.partition(":")
        key_id, _, body = rest.partition(":")
        if form != FORMAT or key_id not in self.ciphers:
            raise UnreadableError(f"{place}: no key {key_id!r} in STATIONS_DATA_KEYS")
        try:
            raw = base64.b64decode(body, validate=True)
            opened = self.ciphers[key_id].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):  # ValueError: cut short, or no base64
            raise UnreadableError(f"{place}: a value was changed, or belongs elsewhere") from None
        return opened.decode()


@lru_cache(maxsize=8)
def keyring_of(keys: str) -> Keyring:
    """The keyring of ``STATIONS_DATA_KEYS`` (newest first)."""
    from cryptography.hazmat.primitives.ciphers.aead import (
        AESGCM,
    )  # here: commands that seal nothing start sooner

    ciphers = {key_id(key): AESGCM(key) for key in data_keys(keys)}
    return Keyring(next(iter(ciphers)), ciphers)


def key_id(key: bytes) -> str:
    """What a value says of its key: enough to find it, nothing that helps to guess it."""
    return hashlib.sha256(b"stations data key:" + key).hexdigest()[:KEY_ID_LENGTH]


def keyring() -> Keyring:
    config: Config = current_app.config["STATIONS"]
    return keyring_of(config.data_keys)


class SealedText(sa.TypeDecorator[str]):
    """A text column that holds ciphertext; ``place`` is its ``table.column`` (a test of the project compares)."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return keyring().seal(value, self.place) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return keyring().open(value, self.place) if value else value


def places() -> list[str]:
    """Every sealed column as ``table.column``."""
    return [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedText)
    ]


def key_ids_in_use(connection: sa.Connection) -> set[str]:
    """The ids of the keys that something in the database is sealed with."""
    found: set[str] = set()
    for place in places():
        table, column = _bare(place)
        start = sa.func.substr(column, len(FORMAT) + 2, KEY_ID_LENGTH)
        asked = sa.select(start).select_from(table).where(column.startswith(f"{FORMAT}:")).distinct()
        found |= set(connection.scalars(asked))
    return found


def check_keys() -> None:
    """`UnreadableError` when something was sealed with a key that is not configured; asked once, at the start.

    Before the first migration there is nothing to check, and a database that does not answer is `readyz`' to report.
    """
    config: Config = current_app.config["STATIONS"]
    configured = {key_id(key) for key in data_keys(config.data_keys)}
    try:
        with db.engine.connect().execution_options(reads_only=True) as connection:
            # By the keys alone: what opens with them is loaded by the first who opens something.
            missing = key_ids_in_use(connection) - configured
    except sa.exc.SQLAlchemyError:
        missing = set()
    db.engine.dispose()  # processes that are made from this one open connections of their own
    if missing:
        raise UnreadableError(
            f"STATIONS_DATA_KEYS lacks the key {', '.join(sorted(missing))}, with which data in the database is "
            "encrypted. Add it again (older keys come after the newest, separated by commas)."
        )


def rotate() -> Generator[tuple[str, "Rewritten"]]:
    """Seal everything with the newest key; yields (place, what was done) for each batch, which is committed by then.

    Safe to interrupt and to repeat: what the newest key sealed already is left alone, and so is a value that no key
    opens. One that somebody changes meanwhile keeps the change, which is sealed with the newest key anyway.
    """
    ring = keyring()

    def renewed(value: str, place: str) -> str | None:
        try:
            return ring.seal(ring.open(value, place), place)
        except UnreadableError:
            return None

    for place in places():
        after = 0
        while (batch := rewrite_batch(place, renewed, done=f"{FORMAT}:{ring.newest}:", after=after)).last:
            yield place, batch
            after = batch.last


class Rewritten(NamedTuple):
    """How many values got another ciphertext, the ids of those left as they were, and the last id that was read."""

    changed: int = 0
    left: tuple[int, ...] = ()
    last: int = 0


Renewed = Callable[[str, str], str | None]


def rewrite_batch(place: str, renewed: Renewed, *, done: str, after: int) -> Rewritten:
    """Give up to `BATCH` values of a column that do not begin with ``done`` another ciphertext, in one transaction."""
    with db.engine.begin() as connection:
        return rewrite(connection, place, renewed, done=done, limit=BATCH, after=after)


def rewrite(
    connection: sa.Connection,
    place: str,
    renewed: Renewed,
    *,
    done: str | None = None,
    limit: int | None = None,
    after: int = 0,
) -> Rewritten:
    """Replace stored values of a column by what ``renewed(value, place)`` makes of them; None leaves one as it is.

    ``done``: how values begin that are left alone. ``after``: only rows with a larger id.

    The one exception to append-only tables: what is said stays the same, only its ciphertext does not. Used by
    rotation and by the migration that sealed what was there.
    """
    table, column = _bare(place)
    key = table.c.id
    asked = sa.select(key, column).where(column != "", key > after).order_by(key).limit(limit)
    if done is not None:
        asked = asked.where(column.not_like(f"{done}%"))
    rows = connection.execute(asked).all()
    if not rows:
        return Rewritten()
    left: list[int] = []
    with append_only_lifted(connection, table.name, lift=table.name in append_only_tables()):
        for row_id, value in rows:
            if (sealed := renewed(value, place)) is None:
                left.append(row_id)
                continue
            connection.execute(
                sa.update(table).where(key == row_id, column == value).values({column: sealed})
            )
    return Rewritten(len(rows) - len(left), tuple(left), rows[-1].id)


def _bare(place: str) -> tuple[sa.TableClause, sa.ColumnClause[str]]:
    """Table and column as the database holds them."""
    table, _, column = place.partition(".")
    text: sa.ColumnClause[str] = sa.column(column, sa.Text)
    return sa.table(table, sa.column("id", sa.Integer), text), text
