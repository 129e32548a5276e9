"""Static files: under names of their content, compressed, kept for good; a changed source is never served as it was."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from stations.attendance.tablet import shell
from stations.core import bundling, statics

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOR_GOOD = {"public", "immutable", "max-age=31536000"}
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}

served = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module", params=sorted(statics.build()))
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def kept(header: str | None) -> set[str]:
    return set((header or "").split(", "))


def asked(app: Flask, path: str, encoding: str) -> TestResponse:
    return app.test_client().get(path, headers={"Accept-Encoding": encoding}, buffered=True)


@served
@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "br, *", "identity", "gzip;q=0", ""])
def test_a_built_file_is_kept_for_good(app: Flask, source: str, encoding: str) -> None:
    name = statics.build()[source]
    answer = asked(app, f"/static/{name}", encoding)
    compressed = not name.endswith(".png") and encoding in {"gzip, deflate, br", "br, *"}
    assert answer.status_code == 200
    assert kept(answer.headers["Cache-Control"]) == FOR_GOOD
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == KINDS.get(Path(name).suffix, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.get("Content-Encoding") == ("gzip" if compressed else None)
    content = gzip.decompress(answer.data) if compressed else answer.data
    assert content == dict(bundling.bundles(statics.SOURCES).values())[name.removeprefix("built/")]


@served
def test_a_source_is_asked_about_at_each_use(app: Flask) -> None:
    answer = asked(app, "/static/js/tally-store.js", "gzip")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert "Content-Encoding" not in answer.headers


@served
@pytest.mark.parametrize(
    "path", ["built/main.000000000000.js", "built/../../app.py", "built/../../../wsgi.py"]
)
def test_what_is_not_there_is_not_remembered_as_missing(app: Flask, path: str) -> None:
    answer = asked(app, f"/static/{path}", "gzip")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_templates_and_bundles_name_each_other() -> None:
    named = {
        source
        for template in TEMPLATES.rglob("*.html")
        for source in re.findall(r"""static_url\(["']([^"']+)["']\)""", template.read_text())
    }
    named |= {shell.WORKER, *shell.ICONS}  # the tablet's page names what no template does
    drawn_from = {"share.svg"}  # share.png is its picture, for services that take no SVG
    assert named == set(statics.build()) - drawn_from


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, text in {"css": "p { color: red; }\n" * 9, "js": "export const a = 1;\n"}.items():
        (tmp_path / kind).mkdir()
        (tmp_path / kind / f"main.{kind}").write_text(text)
    return tmp_path


def test_a_changed_source_has_a_new_name_and_the_old_one_stays(folder: Path) -> None:
    before = statics.build(folder)
    (folder / "css" / "main.css").write_text("p { color: blue; }\n")
    after = statics.build(folder)
    assert before["css/main.css"] != after["css/main.css"] and before["js/main.js"] == after["js/main.js"]
    for name in (before["css/main.css"], after["css/main.css"]):
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == (folder / name).read_bytes()


def test_the_same_sources_make_the_same_bytes(folder: Path) -> None:
    def made() -> dict[str, bytes]:
        statics.build(folder)
        return {path.name: path.read_bytes() for path in (folder / "built").iterdir()}

    first = made()
    for path in (folder / "built").iterdir():
        path.unlink()
    assert made() == first and len(first) == 4


def test_a_folder_that_may_not_be_written_says_what_to_do(folder: Path) -> None:
    (folder / "built").write_text("")
    with pytest.raises(RuntimeError, match="make install"):
        statics.build(folder)
