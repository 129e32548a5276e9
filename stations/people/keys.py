"""What is encrypted or hashed with the installation's secret key: nothing of it is readable from a database copy."""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def _derived(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, so that no two uses share a key."""
    secret: str = current_app.config["STATIONS"].secret_key
    return hmac.digest(secret.encode(), f"stations.people:{purpose}".encode(), "sha256")


def _cipher() -> "Fernet":
    from cryptography.fernet import Fernet  # here: a large package that only second factors need

    return Fernet(base64.urlsafe_b64encode(_derived("encryption")))


def encrypt(text: str) -> str:
    """Ciphertext (URL-safe letters) that only this installation reads and nobody can alter."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What `encrypt` was given; raises ValueError after a change of the secret key."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        raise ValueError("encrypted with another secret key") from None


def keyed_hash(purpose: str, text: str) -> str:
    """A hash that cannot be guessed through without the secret key: for short codes and for addresses."""
    return hmac.new(_derived(purpose), text.encode(), "sha256").hexdigest()


def account_hash(login: str) -> str:
    """Under which failed sign-ins of an account are counted, wherever they were made."""
    return keyed_hash("sign-in account", login)


def token_hash(token: str) -> str:
    """Hash of a long random token, which needs no key."""
    return hashlib.sha256(token.encode()).hexdigest()
