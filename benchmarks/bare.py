"""What the portal's pages are measured against: Flask and Jinja with nothing behind them."""

from flask import Flask, render_template
from jinja2 import DictLoader

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Bare</title></head><body><table>
{% for row in rows %}
<tr><td>{{ row.number }}</td><td>{{ row.name }}</td><td>{{ row.words }}</td>
<td><a href="/row/{{ row.number }}">{{ row.link }}</a></td></tr>
{% endfor %}
</table></body></html>"""

ROWS = [
    {"number": number, "name": f"Name {number}", "words": "words " * 25, "link": "Open this row"}
    for number in range(60)
]

app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})


@app.get("/")
def page() -> str:
    """A loop of 60 rows, about 15 KB."""
    return render_template("page.html", rows=ROWS)


@app.get("/healthz")
def healthz() -> str:
    """The process answers."""
    return "ok"
