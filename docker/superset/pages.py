"""What the pages themselves lack: their language, a width for telephones, headings and names of charts."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader

HERE = Path(__file__).resolve().parent
DAY_SECONDS = 86_400


def apply_page_rules(app: Flask) -> None:
    """Put our parts into Superset's own places for them."""
    theirs = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), *([theirs] if theirs else [])])
    app.add_url_rule("/static/kota/pages.js", "pages_script", pages_script)
    if folder := os.environ.get("SUPERSET_OPEN_DATA"):  # on a server, nginx gives these files at the public's door
        app.config["OPEN_DATA"] = folder
        app.add_url_rule("/data-terbuka/", "open_data", open_data, defaults={"name": "index.html"})
        app.add_url_rule("/data-terbuka/<name>", "open_data", open_data)
    app.after_request(in_indonesian)


def open_data(name: str) -> Response:
    """One file of the folder that the publication writes for everybody."""
    return send_from_directory(current_app.config["OPEN_DATA"], name)


def pages_script() -> Response:
    answer = Response((HERE / "pages.js").read_bytes(), mimetype="text/javascript")
    answer.cache_control.max_age = DAY_SECONDS
    answer.cache_control.public = True
    return answer


def in_indonesian(answer: Response) -> Response:
    """Superset's template names no language."""
    if answer.mimetype == "text/html" and not answer.direct_passthrough:
        answer.set_data(answer.get_data().replace(b"<html>", b'<html lang="id">', 1))
    return answer
