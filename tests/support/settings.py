"""Settings of the application under test."""

from pathlib import Path

from stations.core.config import Config

SECRET = "a secret that only the tests know, long enough"


def settings_for(database_url: str, folder: Path) -> Config:
    """Cheap passwords, and files and mail below ``folder``."""
    return Config(
        mode="test",
        database_url=database_url,
        secret_key=SECRET,
        files_path=str(folder / "files"),
        mail_url=f"file:{folder / 'mail'}",
        password_cost=1,
    )
