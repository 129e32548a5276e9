"""The marks that every view carries, and what asks `core.access` before it runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import audit, lists, viewing
from stations.core.access import Permission, can

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., object])


@dataclass(frozen=True)
class Access:
    """The mark a view carries; read by the tests of the project and by create_app."""

    permission: Permission | None
    scoped: bool = False
    by_device: bool = False
    """For an enrolled tablet and nobody else (`attendance.devices.guard`)."""


def public(view: V) -> V:
    """Open to everybody, signed in or not."""
    view.access = Access(None)  # type: ignore[attr-defined]  # the mark itself
    return view


@overload
def requires(
    permission: Permission, *, personal: str | None = None
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]: ...


@overload
def requires(
    permission: Permission, *, of: Callable[..., T | None], personal: str | None = None
) -> Callable[[Callable[Concatenate[T, P], ResponseReturnValue]], Callable[..., ResponseReturnValue]]: ...


def requires(
    permission: Permission, *, of: Callable[..., object] | None = None, personal: str | None = None
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Let a view run only for those who hold ``permission`` over the object that ``of(**url_values)`` finds.

    The object replaces the URL values it was found by, as the view's first argument. Not found, or not theirs
    to know of: 404. Known but not allowed now: 403 with the reason.
    ``personal`` names the personal data that the page shows: each view of it, and each file of its list, is written to the
    view log.
    """

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(**url_values: Any) -> ResponseReturnValue:
            person = current_user._get_current_object()  # once: the proxy looks for it at each touch
            if not person.is_authenticated:
                sign_in: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]  # set by flask-login
                return sign_in
            obj: Any = None  # of any model: `can` and the view know of which
            rest = url_values
            if of is not None:
                rest = _rest(of, url_values)
                obj = of(**{name: value for name, value in url_values.items() if name not in rest})
                if obj is None:
                    abort(404)
            answer = can(person, permission, obj)
            if not answer:
                viewing.refuse(answer, obj, personal)
            if (held_up := viewing.hold_up(permission, scoped=of is not None)) is not None:
                return held_up
            if personal is not None and request.method == "GET":
                audit.log_view(obj, by=person, purpose=personal, exported=lists.asks_for_file())
            answered = view(obj, **rest) if of is not None else view(**rest)
            # A form that is refused is answered by the whole page: that is a look, too, and its writing is over.
            if personal is not None and request.method != "GET" and _shows_a_page(answered):
                audit.log_view(obj, by=person, purpose=personal)
            return answered

        guarded.access = Access(permission, scoped=of is not None)  # type: ignore[attr-defined]  # the mark itself
        return guarded

    return decorate


def _shows_a_page(answered: ResponseReturnValue) -> bool:
    """Whether what a view returned is shown, not the way to another page."""
    return current_app.make_response(answered).status_code not in range(300, 400)


def _rest(of: Callable[..., Any], url_values: dict[str, Any]) -> dict[str, Any]:
    used = of.__code__.co_varnames[: of.__code__.co_argcount + of.__code__.co_kwonlyargcount]
    return {name: value for name, value in url_values.items() if name not in used}


def unmarked(endpoints: Iterable[tuple[str, Callable[..., Any]]]) -> list[str]:
    """Endpoints whose view carries none of ``@requires``, ``@public`` and ``@by_device``."""
    return sorted(name for name, view in endpoints if not hasattr(view, "access"))
