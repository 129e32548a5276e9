"""The application as servers and the flask command find it: ``gunicorn wsgi:app``, ``flask --app wsgi``."""

from stations.app import create_app

app = create_app()
