"""Templates: each is used, and holds no text that a translator could not reach."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
FILES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
REFERENCE = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
SAID_TO_BE_JAPANESE = re.compile(r"""<(\w+)[^>]*\blang=["']ja["'][^>]*>[^<]*</\1>""")
LEXER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def test_every_template_is_used():
    spoken = {
        node.value
        for module in (ROOT / "stations").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {name for file in FILES for name in REFERENCE.findall(file.read_text())}
    assert [name for file in FILES if (name := name_of(file)) not in spoken | named] == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_text_is_translatable(file: Path):
    source = HTML_COMMENT.sub("", SAID_TO_BE_JAPANESE.sub("", file.read_text()))
    loose = []
    in_trans = False
    previous = ""
    for line, kind, value in LEXER.lex(source):
        if kind == "name" and previous == "block_begin":
            in_trans = value == "trans" or (in_trans and value != "endtrans")
        if kind == "data" and not in_trans and JAPANESE.search(value):
            loose.append(f"line {line}: {value.strip()[:60]}")
        if kind != "whitespace":
            previous = kind
    assert loose == []
