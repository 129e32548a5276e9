"""The application as servers and the flask command find it: ``gunicorn wsgi:app``, ``flask --app wsgi``."""

import sys

from stations.app import create_app
from stations.core.config import ConfigError

try:
    app = create_app()
except ConfigError as wrong:
    sys.exit(f"stations: {wrong}")
