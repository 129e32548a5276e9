"""The tablet's page for the door: it is installed, starts without a network, and holds no data itself."""

from flask import Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from stations.attendance.tablet import shell
from stations.attendance.views import blueprint
from stations.core import statics
from stations.core.guards import public
from stations.core.language import gettext as _


@blueprint.get("/tablet/")
@public
def tablet() -> ResponseReturnValue:
    """The page; what it shows, its script asks for as the enrolled tablet."""
    return render_template(shell.TEMPLATE, version=shell.version())


@blueprint.get("/tablet/sw.js")
@public
def tablet_worker() -> ResponseReturnValue:
    """The service worker: asked for again each time, for the pages below its own address."""
    response = Response(shell.worker(), mimetype="text/javascript")
    response.cache_control.no_cache = True
    return response


@blueprint.get("/tablet/manifest.webmanifest")
@public
def tablet_manifest() -> ResponseReturnValue:
    """What a browser needs to put the page on the tablet's home screen."""
    start = url_for(".tablet")
    icons = [
        {"src": url_for("static", filename=statics.built_name(name)), "type": "image/png", **about}
        for name, about in shell.ICONS.items()
    ]
    response = jsonify(
        id=start,
        name=_("まつどDEつながるステーション：来た人を数える"),
        short_name=_("来た人を数える"),
        start_url=start,
        scope=start,
        display="standalone",
        lang="ja",
        theme_color="#0017c1",
        background_color="#ffffff",
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    response.cache_control.no_cache = True
    return response
