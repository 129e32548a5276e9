"""What stays Japanese on a page in another language (names, titles, what people wrote) says so: lang="ja" (WCAG 3.1.2).

A screen reader otherwise spells it in the wrong voice. It is done once on the finished page, so that no template forgets.
"""

import re

from flask import Flask, Response

from stations.core import language

_LETTER = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_BETWEEN = r"\s0-9０-９・「」（）、。〜,.:/-"
_RUN = re.compile(f"[{_LETTER}](?:[{_LETTER}{_BETWEEN}]*[{_LETTER}])?")
_JAPANESE = re.compile(f"[{_LETTER}]")
_TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z0-9-]+)")
# No element may stand inside these: they say it themselves.
_ONLY_TEXT = frozenset({"option", "textarea", "text", "tspan", "title", "desc"})
_LEFT_ALONE = frozenset({"script", "style"})
_VOID = frozenset({"input", "img", "meta", "link", "br", "hr", "wbr", "source", "col"})


def marked(html: str) -> str:
    """``html`` with lang="ja" round, or on, every piece of Japanese that stands in no element marked already."""
    pieces = _TAG.split(html)
    open_elements: list[tuple[str, bool, int]] = []  # name, whether inside lang="ja", index of its tag
    for index, piece in enumerate(pieces):
        if index % 2:
            _take(pieces, index, open_elements)
        elif _JAPANESE.search(piece) and open_elements and not open_elements[-1][1]:
            name, _inside, start = open_elements[-1]
            if name in _ONLY_TEXT:
                pieces[start] = _with_lang(pieces[start])
            elif name not in _LEFT_ALONE:
                pieces[index] = _RUN.sub(r'<span lang="ja" data-as-written>\g<0></span>', piece)
    return "".join(pieces)


def _take(pieces: list[str], index: int, open_elements: list[tuple[str, bool, int]]) -> None:
    """Open or close the element whose tag is ``pieces[index]``."""
    tag = pieces[index]
    found = _NAME.match(tag)
    if found is None:
        return
    name = found[1].lower()
    if tag.startswith("</"):
        while open_elements and open_elements.pop()[0] != name:
            pass
    elif name in _VOID or tag.endswith("/>"):
        if name == "input" and _JAPANESE.search(tag) and " lang=" not in tag:
            pieces[index] = _with_lang(tag)
    else:
        inside = bool(open_elements and open_elements[-1][1]) and ' lang="' not in tag
        open_elements.append((name, inside or ' lang="ja"' in tag, index))


def _with_lang(tag: str) -> str:
    return tag if " lang=" in tag else re.sub(r"^<([a-zA-Z0-9-]+)", r'<\1 lang="ja" data-as-written', tag)


def init_app(app: Flask) -> None:
    @app.after_request
    def mark(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and language.current() != "ja":
            response.set_data(marked(response.get_data(as_text=True)))
        return response
