"""Addresses of pages, each built once: a page has up to a hundred links, and the same ones stand on the next."""

from typing import Any

from flask import Flask, has_request_context, request

_KEPT = 10_000
_SHORT = 40
"""Characters of a value; longer ones were typed by somebody and will hardly come again."""


class Application(Flask):
    """Flask, whose `url_for` keeps what it built."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[object, ...], str] = {}

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
        if special or endpoint.startswith(".") or not has_request_context():
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        # 1 and True are one key of a dict and two addresses: the types belong to the key.
        key = (request.script_root, endpoint, *((name, type(value), value) for name, value in values.items()))
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
