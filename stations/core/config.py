"""Settings of one installation, read from the environment and from nowhere else.

README.md holds the table of variables; a test of the project keeps the two equal.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO_DATABASE = f"sqlite:///{ROOT / 'var' / 'demo.sqlite3'}"
DEMO_SECRET = "demo-only-secret-never-for-real-data"  # noqa: S105  (public on purpose: production refuses it)
DEMO_DATA_KEY = "ZGVtby1vbmx5LWRhdGEta2V5LW5vdC1mb3ItcmVhbCE="  # public on purpose, as the secret is
DATA_KEY_BYTES = 32
MINIMUM_SECRET_LENGTH = 32
PREFIX = "STATIONS_"


class ConfigError(Exception):
    """The environment does not describe an installation that may start."""


NEW_KEY = "A new key is made by: openssl rand -base64 32"


def data_keys(text: str) -> list[bytes]:
    """The keys of ``STATIONS_DATA_KEYS``, the newest first; raises ConfigError."""
    try:
        keys = [base64.b64decode(one.strip(), validate=True) for one in text.split(",")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != DATA_KEY_BYTES for key in keys):
        raise ConfigError(f"STATIONS_DATA_KEYS must hold keys of {DATA_KEY_BYTES} bytes in base64. {NEW_KEY}")
    return keys


@dataclass(frozen=True, kw_only=True)
class Config:
    """What may differ between installations. Each field is the variable ``STATIONS_<NAME>``.

    Money rules are not here: they are data, one row per fiscal year (``grants.settings.models``).
    """

    mode: str = "demo"
    """demo, production or test. When unset: production as soon as the database or the secret is set, else demo."""
    database_url: str = DEMO_DATABASE
    """sqlite:///path or postgresql://user:password@host/name."""
    secret_key: str = DEMO_SECRET
    """Signs sessions and links, encrypts one-time-password seeds; 32 characters or more."""
    data_keys: str = DEMO_DATA_KEY
    """Keys that encrypt what is said about people: 32 random bytes each in base64, commas between, the newest first."""
    files_path: str = str(ROOT / "var" / "files")
    """Folder of receipts, attachments and letters; outside anything a web server publishes."""
    mail_url: str = "console:"
    """console:, file:/folder, smtp://user:password@host:port or smtps://…"""
    mail_ca_file: str = ""
    """PEM file of the authority that signed the mail server's certificate, instead of those the system trusts."""
    mail_from: str = "no-reply@stations.example"
    """Sender of notices."""
    base_url: str = "http://127.0.0.1:8000"
    """Address of this site as people type it; written into invitations and notices."""
    proxies: int = 0
    """How many reverse proxies stand in front, whose X-Forwarded-* headers are believed."""
    idle_minutes: int = 30
    """Minutes without a request after which a signed-in person is signed out (warned two minutes before)."""
    city_name: str = "松戸市"
    """The city that runs the programme; letters are signed by its mayor."""
    mayor_name: str = "（市長名）"
    """Name under 市長 on letters."""
    contact_name: str = "松戸市 地域共生課"
    """Who helps with this site; shown on every page."""
    contact_phone: str = "047-000-0000"
    """Telephone of the contact; shown on every page."""
    grant_word: str = "補助金"
    """補助金 or 助成金: what the money is called, on pages and letters."""
    emergency_phone: str = "119・110"
    """Shown where a danger to life may be noted: telephone at once instead; several with ・ between them.

    119 and 110 are always shown, the desk and the receiver of a memo too."""
    urgent_hours: int = 2
    """Hours after which an urgent memo that nobody acknowledged goes on to the next in line."""
    consent_months: int = 12
    """Months for which a consent of a referred person is given at most; what a form proposes as its end."""
    password_cost: int = 3
    """Argon2id passes (time cost)."""

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    def __post_init__(self) -> None:
        if self.mode not in {"demo", "production", "test"}:
            raise ConfigError(f"STATIONS_MODE is {self.mode!r}; it must be demo, production or test.")
        if self.grant_word not in {"補助金", "助成金"}:
            raise ConfigError("STATIONS_GRANT_WORD must be 補助金 or 助成金.")
        if self.mail_ca_file and not Path(self.mail_ca_file).is_file():
            raise ConfigError("STATIONS_MAIL_CA_FILE names no file.")
        if self.production and self.secret_key == DEMO_SECRET:
            raise ConfigError("Set STATIONS_SECRET_KEY: production does not start with the demo's secret.")
        if DEMO_DATA_KEY in self.data_keys and self.production:
            raise ConfigError(f"Set STATIONS_DATA_KEYS: production does not use the demo's key. {NEW_KEY}")
        data_keys(self.data_keys)
        if self.production and len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            raise ConfigError(f"STATIONS_SECRET_KEY is shorter than {MINIMUM_SECRET_LENGTH} characters.")
        if self.production and self.database_url == DEMO_DATABASE:
            raise ConfigError("Set STATIONS_DATABASE_URL: production does not run on the demo's database.")
        if self.production:
            self._refuse_placeholders()

    def _refuse_placeholders(self) -> None:
        """What would go out to people and could not be called back: numbered letters, invitations."""
        for name, where in (
            ("base_url", "stands in every invitation"),
            ("mayor_name", "signs every letter"),
            ("contact_phone", "stands on every page and letter"),
        ):
            if getattr(self, name) == getattr(Config, name):
                raise ConfigError(f"Set {PREFIX}{name.upper()}: it {where}.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Config":
        """Read ``STATIONS_*`` variables; raises ConfigError with the variable's name."""
        environment = os.environ if environment is None else environment
        given: dict[str, str | int] = {}
        for setting in fields(cls):
            text = environment.get(PREFIX + setting.name.upper())
            if not text:
                continue
            if setting.type is int:
                if not text.isdigit():
                    raise ConfigError(f"{PREFIX}{setting.name.upper()} must be a whole number, not {text!r}.")
                given[setting.name] = int(text)
            else:
                given[setting.name] = text
        # A forgotten STATIONS_MODE must never give a real installation the demo's one-click sign-in.
        if "mode" not in given and {"database_url", "secret_key"} & given.keys():
            given["mode"] = "production"
        return cls(**given)  # type: ignore[arg-type]  # text or int as each field declares, by the loop above
