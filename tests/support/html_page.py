"""One page as a reader's browser would understand it, and what must be true of every page."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element

import lxml.html
import markupever

SPACE = " \t\n\r\f"
LABELLED_CONTROLS = {"input", "select", "textarea"}
UNLABELLED_INPUTS = {"hidden", "submit", "button", "reset", "image"}
POINTING_ATTRIBUTES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "for",
    "form",
    "list",
)
SPOKEN_ATTRIBUTES = ("alt", "title", "placeholder", "aria-label")
BUILT = re.compile(r"/static/built/[a-z-]+\.[0-9a-f]{12}\.[a-z]+")
DATA_SCRIPTS = {"application/json", "application/ld+json", "importmap"}


class PageFault(AssertionError):
    """A page that no reader should be given."""


def text_of(element: Element) -> str:
    """All text below an element, white space folded."""
    return " ".join("".join(element.itertext()).split())


@dataclass
class HtmlPage:
    """A parsed page. ``all`` and ``one`` find elements by tag and attributes (``class_`` for class)."""

    source: str
    url: str = ""
    parse_errors: list[str] = field(init=False)
    root: Element = field(init=False)

    def __post_init__(self) -> None:
        # Two fast parsers: one that does both, in Python, takes as long to read a page as we take to make it.
        self.parse_errors = html5_errors(self.source)
        reader = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
        self.root = lxml.html.document_fromstring(self.source, parser=reader)
        # HTML drops the line break behind these tags; lxml does not.
        for element in (*self.root.iter("textarea"), *self.root.iter("pre")):
            element.text = (element.text or "").removeprefix("\n")

    @property
    def text(self) -> str:
        """What stands on the page, white space folded."""
        return text_of(self.one("body"))

    @property
    def title(self) -> str:
        return text_of(self.one("title"))

    @property
    def heading(self) -> str:
        """The text of the page's h1."""
        return text_of(self.one("h1"))

    @property
    def language(self) -> str:
        return self.root.get("lang", "")

    @cached_property
    def parents(self) -> dict[Element, Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    def all(self, tag: str | None = None, *, text: str | None = None, **attributes: str) -> list[Element]:
        """Elements in reading order. ``text``: a part of theirs; ``class_="a"``: one of several classes."""
        return [
            element
            for element in self.root.iter()
            if (tag is None or element.tag == tag)
            and _has_attributes(element, attributes)
            and (text is None or text in text_of(element))
        ]

    def one(self, tag: str | None = None, *, text: str | None = None, **attributes: str) -> Element:
        """The only such element; AssertionError when there is none or more than one."""
        found = self.all(tag, text=text, **attributes)
        wanted = f"<{tag}> with {attributes or 'any attributes'}" + (f" and text {text!r}" if text else "")
        if len(found) != 1:
            raise AssertionError(f"{len(found)} elements {wanted} on {self.url}:\n{self.excerpt}")
        return found[0]

    def ancestors(self, element: Element) -> Iterator[Element]:
        while element in self.parents:
            element = self.parents[element]
            yield element

    @property
    def excerpt(self) -> str:
        """The page's beginning, for messages."""
        body = self.root.find("body")
        return "" if body is None else text_of(body)[:1500]

    def faults(self, untranslated: frozenset[str] = frozenset()) -> list[str]:
        """What is wrong with this page, a line each.

        ``untranslated`` holds the Japanese source texts that must not stand on a page in another language.
        """
        return [
            *(f"not HTML5: {error}" for error in self.parse_errors),
            *self._document_faults(),
            *self._reference_faults(),
            *self._control_faults(),
            *self._script_and_style_faults(),
            *self._language_faults(untranslated),
        ]

    def check(self, untranslated: frozenset[str] = frozenset()) -> None:
        """Raise PageFault unless the page is sound."""
        if faults := self.faults(untranslated):
            raise PageFault(f"{self.url}:\n  " + "\n  ".join(faults))

    def _document_faults(self) -> Iterator[str]:
        if not self.language:
            yield "html without lang"
        if not any(text_of(title) for title in self.all("title")):
            yield "no title"
        headings = self.all("h1")
        if len(headings) != 1:
            yield f"{len(headings)} h1 elements: {[text_of(heading) for heading in headings]}"
        for image in self.all("img"):
            if image.get("alt") is None:
                yield f"img without alt: {image.get('src')}"

    def _reference_faults(self) -> Iterator[str]:
        ids = Counter(value for element in self.root.iter() if (value := element.get("id")) is not None)
        for value, count in ids.items():
            if count > 1:
                yield f"id {value!r} stands {count} times"
            if not value or set(value) & set(SPACE):
                yield f"id {value!r} is empty or has white space"
        for element in self.root.iter():
            for name in POINTING_ATTRIBUTES:
                for target in element.get(name, "").split():
                    if target not in ids:
                        yield f"<{element.tag} {name}={target!r}> points to nothing"

    def _control_faults(self) -> Iterator[str]:
        labelled = {label.get("for") for label in self.all("label") if text_of(label)}
        for control in self.root.iter():
            if control.tag not in LABELLED_CONTROLS or control.get("type") in UNLABELLED_INPUTS:
                continue
            inside_label = any(above.tag == "label" for above in self.ancestors(control))
            named = control.get("aria-label") or control.get("aria-labelledby")
            if not (inside_label or named or control.get("id", "") in labelled):
                yield f"<{control.tag} name={control.get('name')!r}> has no label"
        for tag in ("button", "a"):
            for element in self.all(tag):
                pictured = any(part.tag in {"img", "svg"} for part in element.iter())
                if not (text_of(element) or element.get("aria-label") or pictured):
                    yield f"<{tag} {element.attrib}> has no words"

        for form in self.all("form", method="post"):
            if any(True for _area in form.iter("textarea")) and form.get("data-draft") is None:
                yield "words typed into a form without data-draft are lost by Back without a question"
        for form in self.all("form"):
            fields = {field.get("name") for field in form.iter("input")}
            if form.get("data-guard") is not None and not fields & {"once", "held_form_id"}:
                yield f"<form action={form.get('action')!r}> without its one-time mark"
            buttons = [one for one in form.iter("button") if one.get("type", "submit") == "submit"]
            if buttons and buttons[0].get("formnovalidate") is not None:
                yield f"Enter presses {buttons[0].attrib}: a form's first button sends it, those of rows come later"

    def _script_and_style_faults(self) -> Iterator[str]:
        for element in self.root.iter():
            for name in element.attrib:
                if name == "style" or name.startswith("on"):
                    yield f"<{element.tag}> has an inline {name} attribute"
            address = element.get("src") or element.get("href") or ""
            if address.startswith("/static/") and not BUILT.fullmatch(address):
                yield f"{address} has no name of its content (static_url)"
            if element.get("href", "").lower().startswith("javascript:"):
                yield f"<{element.tag}> has a javascript: address"
            if element.tag == "style":
                yield "an inline style element"
            if element.tag == "script" and not (element.get("src") or element.get("type") in DATA_SCRIPTS):
                yield "an inline script"

    def _language_faults(self, untranslated: frozenset[str]) -> Iterator[str]:
        if self.language == "ja":
            return
        for words, element in self._words(self.root):
            if words in untranslated:
                yield f"untranslated in <{element.tag}>: {words}"

    def _words(self, element: Element) -> Iterator[tuple[str, Element]]:
        """Each text and spoken attribute outside elements of which a template says that they are Japanese."""
        marked = element.get("lang") == "ja" and element.get("data-as-written") is None
        if marked or element.tag in {"script", "style"}:
            return
        pieces: list[str | None] = [
            element.text,
            *(element.get(name) for name in SPOKEN_ATTRIBUTES),
        ]
        if element.tag == "input" and element.get("type") in UNLABELLED_INPUTS - {"hidden"}:
            pieces.append(element.get("value"))
        for child in element:
            yield from self._words(child)
            pieces.append(child.tail)
        for piece in pieces:
            if piece and (folded := " ".join(piece.split())):
                yield folded, element


def html5_errors(source: str) -> list[str]:
    """Where a browser has to guess what is meant, by the parsing rules of the HTML standard."""
    parser = markupever.Parser(markupever.HtmlOptions(exact_errors=True))
    parser.process(source)
    parser.finish()
    return list(parser.errors())


def _has_attributes(element: Element, wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        name = name.rstrip("_").replace("_", "-")
        held = element.get(name)
        if held is None or (value not in held.split() if name == "class" else held != value):
            return False
    return True


def listed(lines: Iterable[str]) -> str:
    """Lines of a message, indented."""
    return "".join(f"\n  {line}" for line in lines)
