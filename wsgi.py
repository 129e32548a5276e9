"""The application as servers and the flask command find it: ``gunicorn wsgi:app``, ``flask --app wsgi``."""

import sys

from stations.app import create_app
from stations.core import sealed
from stations.core.config import ConfigError

try:
    app = create_app()
    with app.app_context():
        sealed.check_keys()
except (ConfigError, sealed.UnreadableError) as wrong:
    sys.exit(f"stations: {wrong}")
