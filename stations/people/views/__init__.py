"""Pages of people: signing in, one's own account, and the administrator's."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)

from stations.people.views import account, admin, proof, requests, sign_in  # noqa: E402  (they need the blueprint)

__all__ = ["account", "admin", "blueprint", "proof", "requests", "sign_in"]
