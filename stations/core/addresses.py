"""Addresses of pages, each built once: a page has up to a hundred links, and the same ones stand on the next."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Request, request
from werkzeug.local import LocalProxy

F = TypeVar("F", bound=Callable[..., Any])

# The proxy itself: asked for the request once, rather than at each touch.
_request = cast("LocalProxy[Request]", request)
_KEPT = 10_000
_SHORT = 40
"""Characters of a value; longer ones were typed by somebody and will hardly come again."""


class Application(Flask):
    """Flask, whose `url_for` keeps what it built, and which has no async functions."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[object, ...], str] = {}

    def ensure_sync(self, func: F) -> F:
        """As it is: Flask searches each function that it calls before and after a request for signs of being async."""
        return func

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Flask's. An address within the site depends on where the site is mounted and on nothing else of a request."""
        special = _anchor or _method or _scheme or _external
        try:
            mounted = _request._get_current_object().script_root
        except RuntimeError:  # outside of a request
            special = True
        if special or endpoint.startswith("."):
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        # 1 and True are one key of a dict and two addresses: the types belong to the key.
        key = (mounted, endpoint, *((name, type(value), value) for name, value in values.items()))
        try:
            return self._addresses[key]
        except (KeyError, TypeError):  # new, or with a list among its values
            built = super().url_for(endpoint, **values)
        if all(
            isinstance(value, int) or (isinstance(value, str) and len(value) <= _SHORT)
            for value in values.values()
        ):
            if len(self._addresses) >= _KEPT:  # strangers choose pages and months: what is kept must not grow
                self._addresses.clear()
            self._addresses[key] = built
        return built
