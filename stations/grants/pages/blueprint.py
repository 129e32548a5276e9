"""The blueprint on which every noun hangs its pages: their endpoints are all called ``grants.…``."""

from flask import Blueprint

blueprint = Blueprint("grants", __name__)
