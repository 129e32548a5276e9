"""What the tablet's page is made of, without any data: its files, and one version that tells their content."""

import hashlib
from functools import lru_cache

from flask import current_app, url_for
from jinja2 import BaseLoader

from stations.core import statics

TEMPLATE = "attendance/tablet/shell.html"
SCRIPT = "js/tablet/tablet.js"
WORKER = "js/tablet/sw.js"
SHEET = "css/tablet-app.css"
ICONS = {
    "tablet-small.png": {"sizes": "192x192", "purpose": "any"},
    "tablet-large.png": {"sizes": "512x512", "purpose": "any"},
    "tablet-maskable.png": {"sizes": "512x512", "purpose": "maskable"},
}
_FILES = (SCRIPT, SHEET, "favicon.svg", "tablet-small.png")
_DIGITS = 12


def files() -> list[str]:
    """The addresses of what the page loads."""
    return [url_for("static", filename=statics.built_name(one)) for one in _FILES]


def version() -> str:
    """Another content has another version: what the tablet reports, and by which it knows that there is a new one."""
    loader = current_app.jinja_loader
    assert isinstance(loader, BaseLoader)
    text, _path, _fresh = loader.get_source(current_app.jinja_env, TEMPLATE)
    return _version(text, tuple(statics.built_name(one) for one in _FILES))


@lru_cache(maxsize=2)
def _version(text: str, names: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join((text, *names)).encode()).hexdigest()[:_DIGITS]


def worker() -> str:
    """The service worker, with the list of files that it keeps."""
    kept = current_app.json.dumps(
        {"version": version(), "page": url_for("attendance.tablet"), "files": files()}
    )
    script = (statics.SOURCES / statics.built_name(WORKER)).read_text(encoding="utf-8")
    return f"const SHELL = {kept};\n{script}"
