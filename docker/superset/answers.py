"""What viewers are not told: a database's own words in errors, SQL, and error pages that name other hosts."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import logging
import re
from html import escape
from typing import Any

from audience import ENGINEER, is_administrator, viewer_kinds
from flask import Flask, Response, g, has_request_context, request
from links import as_shown, without_links

SENTENCES = {
    400: "Permintaan tidak dapat dibaca.",
    401: "Silakan masuk terlebih dahulu.",
    403: "Tidak berwenang.",
    404: "Tidak ditemukan.",
    405: "Cara meminta ini tidak tersedia.",
    413: "Permintaan terlalu besar.",
    429: "Terlalu banyak permintaan; coba lagi sebentar lagi.",
}
FAILED = "Permintaan gagal; coba lagi nanti."
PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>{text}</title></head>
<body><p>{text}</p><p><a href="/">Ke halaman pertama</a></p></body></html>
"""
CONTENT = re.compile(r"/api/v1/chart/(\d+/)?data/?|/superset/explore_json/|/api/v1/dashboard/[^/]+/datasets")
SQL_KEYS = ("query", "sql", "select_star")


def apply_answer_rules(app: Flask) -> None:
    from superset.utils import csv, excel

    csv.df_to_escaped_csv = without_links(csv.df_to_escaped_csv)
    excel.df_to_excel = without_links(excel.df_to_excel)
    app.after_request(hide_internals)
    logging.getLogger("superset.views.error_handling").addFilter(without_traceback)


def without_traceback(record: logging.LogRecord) -> bool:
    """One line for an error that is the asker's: kilobytes for each would let anybody fill the disk."""
    error = record.exc_info[1] if record.exc_info else None
    status = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(status, int) and status < 500 and has_request_context():
        record.exc_info = None
        record.msg, record.args = "%s %r %s", (request.method, request.path[:100], status)
    return True


def refuse(code: int, sentence: str) -> Response:
    """A refusal in our own words, which hide_internals lets through."""
    g.refusal = sentence
    return Response(json.dumps({"message": sentence}, ensure_ascii=False), status=code, mimetype="application/json")


def hide_internals(answer: Response) -> Response:
    """An answer as a viewer may have it; an administrator's stays as it is."""
    is_error = answer.status_code >= 400
    if g.get("is_kept"):
        return answer
    if (not is_error and not (CONTENT.fullmatch(request.path) and answer.is_json)) or is_told_all():
        return answer
    return neutral(answer) if is_error else plain(answer)


def is_told_all() -> bool:
    """An administrator, and whoever writes SQL of their own. Whoever cannot be asked for is none: an error of the metadata
    database ends here too."""
    try:
        return is_administrator() or (request.path.startswith("/api/v1/sqllab/") and ENGINEER in viewer_kinds())
    except Exception:  # noqa: BLE001  # whatever went wrong, the answer must still be hidden
        return False


def neutral(answer: Response) -> Response:
    """The same status in words that tell nothing of the inside."""
    sentence = g.get("refusal") or SENTENCES.get(answer.status_code, FAILED)
    if request.path.startswith(("/api/", "/superset/explore_json")):
        answer.set_data(json.dumps({"message": sentence}, ensure_ascii=False))
        answer.content_type = "application/json; charset=utf-8"
    else:
        answer.set_data(PAGE.format(text=escape(sentence)))
        answer.content_type = "text/html; charset=utf-8"
    return answer


def plain(answer: Response) -> Response:
    """Without SQL; and what a source wrote stays text in whatever kind of chart, for some take it for HTML (see links.py)."""
    content = answer.get_json(silent=True)
    results = content.get("result") if isinstance(content, dict) else None
    parts: list[Any] = [content, *(results if isinstance(results, list) else [])]
    for part in parts:
        if isinstance(part, dict):
            for key in SQL_KEYS:
                part.pop(key, None)
    answer.set_data(as_shown(json.dumps(content, ensure_ascii=False)))
    return answer
