"""Two fixed pages beside which others are measured: a table and a column of links, 50 rows each.

The table has eight columns as the lists of plans and grants have them: a link, words, a chip, dates and amounts.
The rows lie in memory; there is no database, no session, no translation and nothing of the page but the rows.
"""

import datetime as dt

from flask import Flask, render_template
from jinja2 import DictLoader

PAGE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><h1>Bare</h1><table>
<tr><th>No.</th><th>Title</th><th>Place</th><th>State</th><th>Since</th><th>Awarded</th><th>Paid</th><th>Left</th></tr>
{% for row in rows %}<tr><td>{{ row.number }}</td>
<td><a href="{{ url_for('show', number=row.number) }}">{{ row.title }}</a></td><td>{{ row.place }}</td>
<td><span class="chip{{ ' chip--late' if row.late }}">{{ row.state }}</span></td>
<td>{{ row.since.strftime("%Y-%m-%d") }}</td><td class="number">{{ "{:,}".format(row.awarded) }}</td>
<td class="number">{{ "{:,}".format(row.paid) }}</td>
<td class="number{{ ' minus' if row.awarded < row.paid }}">{{ "{:,}".format(row.awarded - row.paid) }}</td></tr>
{% endfor %}</table></body></html>"""

ROWS = [
    {
        "number": number,
        "title": f"row {number} & its title",
        "place": f"place {number}",
        "state": "open",
        "late": number % 7 == 0,
        "since": dt.date(2026, 4, 1) + dt.timedelta(number),
        "awarded": number * 10_000,
        "paid": number * 9_000,
    }
    for number in range(50)
]

LINKS = """<!doctype html><html lang="en"><head><title>Links</title></head><body><h1>Links</h1><ul>
{% for row in rows %}<li><a href="{{ url_for('show', number=row.number) }}">{{ row.title }}</a></li>
{% endfor %}</ul></body></html>"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"table.html": PAGE, "links.html": LINKS})


@app.get("/table")
def table() -> str:
    return render_template("table.html", rows=ROWS)


@app.get("/links")
def links() -> str:
    return render_template("links.html", rows=ROWS)


@app.get("/table/<int:number>")
def show(number: int) -> str:
    return str(number)


@app.get("/healthz")
def healthz() -> str:
    return "ok"
