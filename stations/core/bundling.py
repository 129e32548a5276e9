"""Style sheets and scripts as browsers get them: a file with all that it imports, under a name that tells its content.

Work on text, for the few forms that our own sources have. Whatever else is refused, never passed on half understood.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

# The script of every page. The other scripts take what it holds from its bundle, so that each module runs once.
SHARED = "main.js"
DIGITS = 12
PICTURES = (".svg", ".png")

_SHEET = re.compile(r'^@import "(?P<file>[\w-]+\.css)"(?: (?P<media>\w+))?;\n', re.MULTILINE)
_IMPORT = re.compile(
    r'^import \{ (?P<names>\w+(?:, \w+)*) \} from "\./(?P<file>[\w-]+\.js)";\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:class|const|(?:async )?function) (?P<name>\w+))", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_OTHER_RULE = re.compile(r"@import\b|\burl\(")  # an address in a sheet would be looked for beside the bundle
_OTHER_MODULE = re.compile(r"^[ \t]*(?:export\b|import\b(?!\.))|\bimport\s*\(", re.MULTILINE)


class Refused(ValueError):
    """A source is written in a form that is not understood here."""


@dataclass(frozen=True)
class _Module:
    """A script as a block of its own, which leaves what it exports in the variable ``kept_in``."""

    kept_in: str
    exports: tuple[str, ...]
    block: str


def bundles(folder: Path) -> dict[str, tuple[str, bytes]]:
    """The path of each file of ``folder`` that no other imports → the name it is built under, and its content.

    Raises Refused.
    """
    sheets, scripts = _texts(folder, "css"), _texts(folder, "js")
    made = {f"css/{file}": _named(file, _sheet(file, sheets).encode()) for file in _entries(sheets, _SHEET)}
    made |= {f"js/{file}": _named(file, text.encode()) for file, text in _scripts(scripts).items()}
    for part in sorted(path for path in (folder / "js").iterdir() if path.is_dir()):
        apart = _apart(_texts(folder / "js", "js", part.name))
        made |= {f"js/{part.name}/{file}": _named(file, text.encode()) for file, text in apart.items()}
    pictures = sorted(path for path in folder.iterdir() if path.suffix in PICTURES)
    return made | {path.name: _named(path.name, path.read_bytes()) for path in pictures}


def _texts(folder: Path, kind: str, part: str = "") -> dict[str, str]:
    found = sorted((folder / (part or kind)).glob(f"*.{kind}"))
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def _entries(texts: dict[str, str], statement: re.Pattern[str]) -> list[str]:
    """The files that no other imports."""
    imported = {found["file"] for text in texts.values() for found in statement.finditer(text)}
    if missing := imported - set(texts):
        raise Refused(f"imported, but not there: {', '.join(sorted(missing))}")
    return [file for file in texts if file not in imported]


def _named(file: str, content: bytes) -> tuple[str, bytes]:
    stem, _, kind = file.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:DIGITS]}.{kind}", content


def _sheet(file: str, texts: dict[str, str]) -> str:
    """The rules of a style sheet, with those that it imports in their place."""
    if other := _OTHER_RULE.search(_COMMENT.sub("", _SHEET.sub("", texts[file]))):
        raise Refused(f'{file}: "{other[0]}" (understood is: @import "file.css" media;)')

    def rules(found: re.Match[str]) -> str:
        imported = _sheet(found["file"], texts)
        return f"@media {found['media']} {{\n{imported}}}\n" if found["media"] else imported

    return _SHEET.sub(rules, texts[file])


def _scripts(texts: dict[str, str]) -> dict[str, str]:
    """The bundle of each script that no other imports; that of every page first: the others write its name down."""
    shared = _modules(SHARED, texts)
    variables = ", ".join(module.kept_in for module in shared.values())
    made = {SHARED: "".join(module.block for module in shared.values()) + f"export {{ {variables} }};\n"}
    name, _content = _named(SHARED, made[SHARED].encode())
    for entry in _entries(texts, _IMPORT):
        if entry != SHARED:
            modules = _modules(entry, texts)
            taken = ", ".join(module.kept_in for file, module in modules.items() if file in shared)
            own = "".join(module.block for file, module in modules.items() if file not in shared)
            made[entry] = (f'import {{ {taken} }} from "./{name}";\n' if taken else "") + own
    return made


def _apart(texts: dict[str, str]) -> dict[str, str]:
    """The bundle of each script of a folder that no other there imports: whole, for pages without the shared script."""
    return {
        entry: "".join(module.block for module in _modules(entry, texts).values())
        for entry in _entries(texts, _IMPORT)
    }


def _modules(file: str, texts: dict[str, str], above: tuple[str, ...] = ()) -> dict[str, _Module]:
    """A script and all that it imports, in the order in which a browser runs them."""
    text = texts[file]
    if other := _OTHER_MODULE.search(_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))):
        raise Refused(
            f'{file}: "{other[0]}" (understood are: import {{ a, b }} from "./file.js"; export const c)'
        )
    modules: dict[str, _Module] = {}
    for found in _IMPORT.finditer(text):
        if found["file"] in (*above, file):
            raise Refused(f"{file}: {found['file']} imports it in turn")
        modules |= _modules(found["file"], texts, (*above, file))  # what stands already keeps its place
        if missing := set(found["names"].split(", ")) - set(modules[found["file"]].exports):
            raise Refused(f"{file}: {found['file']} does not export {', '.join(sorted(missing))}")
    return modules | {file: _module(file, text)}


def _module(file: str, text: str) -> _Module:
    kept_in = _variable(file)
    exports = tuple(found["name"] for found in _EXPORT.finditer(text))
    body = _IMPORT.sub(lambda found: f"const {{ {found['names']} }} = {_variable(found['file'])};\n", text)
    body = _EXPORT.sub("", body)
    return _Module(
        kept_in, exports, f"let {kept_in}; {{\n{body}{kept_in} = {{ {', '.join(exports)} }};\n}}\n"
    )


def _variable(file: str) -> str:
    return "$" + file.removesuffix(".js").replace("-", "_")
