"""The yardstick: the least a Flask application can do for a page with a table of 50 rows."""

from flask import Flask, render_template
from jinja2 import DictLoader

PAGE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><h1>Bare</h1><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.name }}</td><td>{{ row.amount }}</td></tr>
{% endfor %}</table></body></html>"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"table.html": PAGE})


@app.get("/table")
def table() -> str:
    rows = [{"number": number, "name": f"row {number}", "amount": number * 1_000} for number in range(50)]
    return render_template("table.html", rows=rows)


@app.get("/healthz")
def healthz() -> str:
    return "ok"
