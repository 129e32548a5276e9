"""Bundles: what a browser makes of the sources, it makes of them; what is not understood is refused."""

import re
import subprocess
from pathlib import Path

import playwright
import pytest

from stations.core.bundling import Refused, bundles

NODE = Path(playwright.__file__).parent / "driver" / "node"

# `count` keeps a state, is reached in two ways, and from two entries; names of one module stand in others too.
SCRIPTS = {
    "main.js": 'import { b } from "./b-side.js";\nimport { a } from "./a.js";\nconst own = "main";\nlog(own, b(), a());\n',
    "a.js": 'import { next } from "./count.js";\nconst own = "a";\nlog(own);\nexport const a = () => [own, next()];\n',
    "b-side.js": 'import { next, Count } from "./count.js";\nconst own = "b";\nlog(own, new Count().own);\n'
    "export async function later() {}\nexport function b() { return [own, next()]; }\n",
    "count.js": "// export nothing\nlet own = 0;\nlog('count', typeof import.meta.url, this === undefined);\n"
    "export function next() { return ++own; }\nexport class Count { own = own; }\n",
    "page.js": 'import { Panel } from "./panel.js";\nimport { a } from "./a.js";\nimport { next } from "./count.js";\n'
    'const own = "page";\nlog(own, new Panel().own, a(), next());\nawait null;\nlog("end");\n',
    "panel.js": 'import { next } from "./count.js";\nconst own = "panel";\nexport class Panel { own = [own, next()]; }\n',
}
SHEETS = {
    "site.css": '/* All. */\n@import "one.css";\n@import "two.css" print;\n.last { color: red; }\n',
    "one.css": ".one { color: #000000; }\n",
    "two.css": "@page { size: A4; }\n",
    "page.css": ".page { color: blue; }\n",
}


def sources(
    folder: Path, scripts: dict[str, str] | None = None, sheets: dict[str, str] | None = None
) -> Path:
    for kind, files in (("js", SCRIPTS | (scripts or {})), ("css", SHEETS | (sheets or {}))):
        (folder / kind).mkdir(exist_ok=True)
        for file, text in files.items():
            (folder / kind / file).write_text(text)
    (folder / "icon.svg").write_text("<svg/>")
    return folder


def told(folder: Path, *entries: str) -> list[str]:
    """What the scripts of a page write, in order: two of them, as the page's head names them."""
    (folder / "package.json").write_text('{"type": "module"}')
    page = "".join(f'await import("./{entry}");' for entry in entries)
    (folder / "run.mjs").write_text(
        "globalThis.log = (...words) => console.log(JSON.stringify(words));" + page
    )
    done = subprocess.run([NODE, folder / "run.mjs"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_scripts_run_as_their_sources_do(tmp_path: Path) -> None:
    """In the same order, each module once, with names of its own."""
    made = bundles(sources(tmp_path))
    built = tmp_path / "built"
    built.mkdir()
    for name, content in made.values():
        (built / name).write_bytes(content)
    native = told(tmp_path / "js", "main.js", "page.js")
    assert told(built, made["js/main.js"][0], made["js/page.js"][0]) == native
    assert sum('"count"' in line for line in native) == 1 and native[-1] == '["end"]'


def test_a_file_is_built_with_what_it_imports_and_not_beside_it(tmp_path: Path) -> None:
    made = bundles(sources(tmp_path))
    assert set(made) == {"css/page.css", "css/site.css", "js/main.js", "js/page.js", "icon.svg"}
    rules = ".one { color: #000000; }\n@media print {\n@page { size: A4; }\n}\n.last { color: red; }\n"
    assert made["css/site.css"][1].decode() == "/* All. */\n" + rules
    assert b"class Count" not in made["js/page.js"][1] and b"class Panel" in made["js/page.js"][1]


@pytest.mark.parametrize(
    ("changed", "renamed"),
    [
        ({"sheets": {"two.css": "@page { size: A3; }\n"}}, {"css/site.css"}),
        ({"sheets": {"page.css": ".page { color: green; }\n"}}, {"css/page.css"}),
        ({"scripts": {"panel.js": "export class Panel {}\n"}}, {"js/page.js"}),
        ({"scripts": {"a.js": "export const a = () => 2;\n"}}, {"js/main.js", "js/page.js"}),
        ({}, set()),
    ],
    ids=["a rule", "a page's rule", "a page's script", "what all share", "nothing"],
)
def test_what_changes_gets_another_name(
    tmp_path: Path, changed: dict[str, dict[str, str]], renamed: set[str]
) -> None:
    before = bundles(sources(tmp_path))
    after = bundles(sources(tmp_path, **changed))
    assert {source for source in before if before[source][0] != after[source][0]} == renamed
    assert all(
        re.fullmatch(r"[a-z-]+\.[0-9a-f]{12}\.(css|js|svg)", name) for name, _content in after.values()
    )


@pytest.mark.parametrize(
    "text",
    [
        'import a from "./a.js";\n',
        'import * as a from "./a.js";\n',
        'import { a as b } from "./a.js";\n',
        'import "./a.js";\n',
        "  import { a } from './a.js';\n",
        'const a = await import("./a.js");\n',
        "export default 1;\n",
        "export let a = 1;\n",
        "export { a };\n",
        'export * from "./a.js";\n',
        'import { nothing } from "./a.js";\n',
        'import { a } from "./nowhere.js";\n',
        'import { own } from "./own.js";\nexport const own = 1;\n',
    ],
)
def test_a_script_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        bundles(sources(tmp_path, {"own.js": text, "user.js": 'import { own } from "./own.js";\n'}))


@pytest.mark.parametrize(
    "text", ["@import url(one.css);\n", ".a { background: url(a.svg); }\n", '@import "nowhere.css";\n']
)
def test_a_sheet_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        bundles(sources(tmp_path, sheets={"page.css": text}))


def test_a_folder_of_scripts_is_an_application_of_its_own(tmp_path: Path) -> None:
    """Whole in one file, without the script of every page; what is not there, in the folder itself, is refused."""
    folder = sources(tmp_path)
    door = folder / "js" / "door"
    door.mkdir()
    (door / "open.js").write_text('import { a } from "./a.js";\nlog("open", a());\n')
    (door / "a.js").write_text('export const a = () => "the door\'s own";\n')
    name, content = bundles(folder)["js/door/open.js"]
    assert "import" not in content.decode()
    (folder / name).write_bytes(content)
    assert told(folder, name) == ['["open","the door\'s own"]']
    (door / "open.js").write_text('import { next } from "./count.js";\n')
    with pytest.raises(Refused, match=r"not there: count\.js"):
        bundles(folder)
