"""Style sheets, scripts and pictures: built into ``static/built`` under names that tell their content, kept for good.

``make install`` builds them (``python -m stations.core.statics``). A start builds what is missing, so that a changed
source is never served as it was. What was built before stays: pages that are still open may ask for it.
"""

import gzip
import mimetypes
import os
from pathlib import Path

from flask import Flask, Request, Response, current_app, request, send_from_directory, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from stations.core import bundling
from stations.core.guards import public

SOURCES = Path(__file__).parents[1] / "static"
BUILT = "built"
YEAR = 31_536_000  # seconds
TEXTS = {".css", ".js", ".svg"}  # pictures are compressed in themselves


def build(folder: Path = SOURCES) -> dict[str, str]:
    """Write what is missing in ``folder/built``; returns each file's path there by that of its source.

    Raises RuntimeError where it may not be written, bundling.Refused for a source that it does not understand.
    """
    names = {}
    for source, (name, content) in bundling.bundles(folder).items():
        target = folder / BUILT / name
        names[source] = f"{BUILT}/{name}"
        if target.exists():
            continue
        try:
            target.parent.mkdir(exist_ok=True)
            if target.suffix in TEXTS:
                _write(target.with_name(f"{name}.gz"), gzip.compress(content, mtime=0))
            _write(target, content)
        except OSError as error:
            raise RuntimeError(
                f"{target} is missing, and cannot be written here: run `make install`"
            ) from error
    return names


def _write(path: Path, content: bytes) -> None:
    """In one piece: several workers may start at once."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


@public
def serve(filename: str) -> Response:
    """A file of ``static``: what is built compressed and kept for good, a source asked about at each use."""
    built = filename.startswith(f"{BUILT}/")
    packed = f"{filename}.gz"
    compressed = built and request.accept_encodings.quality("gzip") > 0 and (SOURCES / packed).is_file()
    response = send_from_directory(
        SOURCES,
        packed if compressed else filename,
        mimetype=mimetypes.guess_type(filename)[0],
        max_age=YEAR if built else None,
    )
    if built:
        response.cache_control.immutable = True
        response.vary.add("Accept-Encoding")
    if compressed:
        response.content_encoding = "gzip"
    return response


def built_name(source: str) -> str:
    """Under which name a source is served now; another content has another name."""
    names: dict[str, str] = current_app.extensions["statics"]
    return names[source]


class Sessions(SecureCookieSessionInterface):
    """Static files have none: else they would vary by cookie, and be fetched again after each sign-in."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(f"{app.static_url_path}/"):
            return None
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    names = build()
    app.extensions["statics"] = names
    app.session_interface = Sessions()
    app.view_functions["static"] = serve
    app.jinja_env.globals["static_url"] = lambda source: url_for("static", filename=built_name(source))


if __name__ == "__main__":
    build()
