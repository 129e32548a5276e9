"""From matplotlib's SVG file to an element that stands inside a page.

The page's content security policy forbids inline styles, and one page holds several charts: so every
`style` becomes presentation attributes, ids are kept only where something points at them and begin
with the chart's own id, and the picture carries a title and a description for screen readers.
"""

import re
from xml.etree import ElementTree as ET

from markupsafe import Markup

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_POINTER = re.compile(r"url\(#([^)]+)\)")
_FONT_SIZE = re.compile(r"(?:^|\s)(\d+(?:\.\d+)?)px")
_FONT_WEIGHT = re.compile(r"(?:^|\s)(bold|[1-9]00)\s")
_LONG_NUMBER = re.compile(r"(\d+\.\d\d)\d+")
_NO_TURN = ("rotate(0 ", "rotate(-0 ")
# matplotlib says this once in a <style> element for everything.
_JOINS = {"stroke-linejoin": "round", "stroke-linecap": "butt"}

ET.register_namespace("", _SVG[1:-1])


def inline(source: str, *, chart_id: str, title: str, description: str) -> Markup:
    """`source` (what matplotlib wrote) as one `<svg role="img">` of its natural size in CSS pixels.

    Text carries its size but no family: it takes the page's font.
    """
    root = ET.fromstring(source)  # noqa: S314 - the text comes from matplotlib in this process
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{_SVG}style", f"{_SVG}metadata"} or "metadata" in str(child.tag):
                parent.remove(child)
    used = _targets(root)
    for element in root.iter():
        _style_to_attributes(element)
        _shorten(element)
        _own_ids(element, chart_id, used)
    width, height = root.attrib["viewBox"].split()[2:]
    title_id, description_id = f"{chart_id}-title", f"{chart_id}-desc"
    root.attrib = {
        "id": chart_id,
        "class": "chart",
        "role": "img",
        "aria-labelledby": f"{title_id} {description_id}",
        "width": f"{float(width):g}",
        "height": f"{float(height):g}",
        "viewBox": root.attrib["viewBox"],
        **_JOINS,
    }
    for place, (tag, own_id, words) in enumerate(
        (("title", title_id, title), ("desc", description_id, description))
    ):
        element = ET.Element(_SVG + tag, {"id": own_id})
        element.text = words
        root.insert(place, element)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - serialised and escaped by ElementTree


def _targets(root: ET.Element) -> set[str]:
    """The ids that a clip path, a pattern or a <use> points at."""
    found: set[str] = set()
    for element in root.iter():
        for value in element.attrib.values():
            found |= set(_POINTER.findall(value))
        found.add(element.get(_HREF, "").removeprefix("#"))
    return found


def _own_ids(element: ET.Element, chart_id: str, used: set[str]) -> None:
    own = element.attrib.pop("id", None)
    if own in used:
        element.set("id", f"{chart_id}-{own}")
    target = element.attrib.pop(_HREF, None)
    if target is not None:
        element.set("href", f"#{chart_id}-{target.removeprefix('#')}")
    for name, value in element.attrib.items():
        element.set(name, _POINTER.sub(rf"url(#{chart_id}-\1)", value))


def _shorten(element: ET.Element) -> None:
    """A hundredth of a pixel is enough, and indentation is no part of the picture: half the bytes."""
    if element.get("transform", "").startswith(_NO_TURN):
        del element.attrib["transform"]
    for name in ("d", "x", "y", "width", "height", "transform"):
        if name in element.attrib:
            element.set(name, " ".join(_LONG_NUMBER.sub(r"\1", element.attrib[name]).split()))
    if element.tag != f"{_SVG}text":
        element.text = None
    element.tail = None


def _style_to_attributes(element: ET.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _colon, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size, weight = _FONT_SIZE.search(value), _FONT_WEIGHT.search(value)
            element.set("font-size", size[1] if size else "14")
            if weight:
                element.set("font-weight", weight[1])
        elif name and not name.startswith("font-family"):
            element.set(name, value)
