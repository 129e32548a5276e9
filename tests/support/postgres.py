"""A private PostgreSQL for one run of the tests: its own data folder, port and socket, gone afterwards."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

OWNER = "postgres"

# Nothing here outlives the run, so nothing has to survive a power cut.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "log_min_messages": "fatal",
}


class PostgresMissing(RuntimeError):
    """No PostgreSQL server programs on this machine."""


def server_program(name: str) -> Path:
    """The path of ``initdb`` or ``pg_ctl``: the newest below Debian's folder, else the one on the PATH.

    Raises PostgresMissing, naming what to install.
    """
    by_version = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[-3]),
    )
    on_path = shutil.which(name)
    if by_version:
        return by_version[-1]
    if on_path:
        return Path(on_path)
    raise PostgresMissing(f"{name} not found: install PostgreSQL (on Debian: apt-get install postgresql)")


class Cluster:
    """A running server. ``folder`` holds its data and socket; ``port`` is on 127.0.0.1."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    @classmethod
    def start(cls) -> Self:
        """Make a data folder and start a server on it (well under two seconds).

        Raises PostgresMissing, or CalledProcessError when the server does not come up.
        """
        initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
        folder = Path(tempfile.mkdtemp(prefix="stations-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        cluster = cls(folder, _free_port())
        try:
            _run_as_owner(
                [
                    initdb,
                    "-D",
                    cluster._data,
                    "-U",
                    OWNER,
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "-N",
                ]
            )
            settings = SETTINGS | {
                "port": str(cluster.port),
                "unix_socket_directories": str(folder),
            }
            options = " ".join(f"-c {name}={value}" for name, value in settings.items())
            _run_as_owner(
                [
                    pg_ctl,
                    "-D",
                    cluster._data,
                    "-l",
                    folder / "log",
                    "-o",
                    options,
                    "-w",
                    "start",
                ]
            )
        except BaseException:
            cluster.stop()
            raise
        return cluster

    def stop(self) -> None:
        """Stop the server and remove its folder; harmless when it never started."""
        if (self._data / "postmaster.pid").exists():
            pg_ctl = server_program("pg_ctl")
            _run_as_owner([pg_ctl, "-D", self._data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Copy a template database (about 30 ms); nobody may be connected to the template."""
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )

    def drop_database(self, name: str) -> None:
        """Drop a database, no matter who is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def save(self, file: Path) -> None:
        """Write down where the server is, for the other processes of the run."""
        file.write_text(json.dumps({"folder": str(self.folder), "port": self.port}))

    @classmethod
    def load(cls, file: Path) -> Self:
        """The server that another process of the run started."""
        found = json.loads(file.read_text())
        return cls(Path(found["folder"]), found["port"])

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=OWNER,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(statement)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run_as_owner(command: Sequence[str | Path]) -> None:
    """PostgreSQL refuses to run as root, so root hands the command to the postgres user."""
    arguments = [str(part) for part in command]
    if os.geteuid() == 0:
        arguments = ["runuser", "-u", OWNER, "--", *arguments]
    # The server keeps what it inherits: with pipes for its output this call would never end.
    subprocess.run(
        arguments,
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None,
    )
