"""QR codes as drawings within a page."""

import io

import segno
from markupsafe import Markup


def svg(text: str, title: str) -> Markup:
    """A QR code as inline SVG: no style attribute, no file that a proxy could keep. ``title``: what a reader is told of it."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn,
        kind="svg",
        scale=5,
        border=4,
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,  # with a viewBox it fills its frame, whatever the size of the code
        light="#fff",
        svgclass=None,
        lineclass=None,
        title=title,
    )
    written = drawn.getvalue().decode()
    return Markup(written.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  (segno's own drawing)
