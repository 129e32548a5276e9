"""Addresses of pages as they stand in mails and files, where no request says what the site is called."""

from typing import Any

from flask import current_app

from stations.core.access import Actor, can
from stations.core.guards import Access


def link_to(receiver: Actor, endpoint: str, obj: Any = None, **values: Any) -> str:
    """The page's address; empty where ``receiver`` may not open it, so that no mail leads to a closed door.

    ``obj`` is what the page is of, as its ``@requires`` finds it. The host is the configured one, never a request's.
    """
    access: Access | None = getattr(current_app.view_functions[endpoint], "access", None)
    if access is None or (access.permission is not None and not can(receiver, access.permission, obj)):
        return ""
    return address_of(endpoint, **values)


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page, under `STATIONS_BASE_URL`."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{current_app.config['STATIONS'].base_url.rstrip('/')}{path}"
