"""Files that people take away are entered into the audit trail."""

from __future__ import annotations

from typing import Any

from audit_trail import record
from flask import Flask, Response, request
from flask_login import current_user
from request_rules import body

FILES = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/zip": "zip",
}


def apply_export_rules(app: Flask) -> None:
    app.after_request(enter_export)


def enter_export(answer: Response) -> Response:
    """A file goes out only when it stands in the trail; the public's figures are everybody's."""
    kind = FILES.get(answer.mimetype or "")
    if answer.status_code == 200 and kind and current_user.is_authenticated:
        size = answer.calculate_content_length()
        record(
            "ekspor", exported(), {"alamat": request.path, "jenis_berkas": kind, "byte": size}, current_user.username
        )
    return answer


def exported() -> str:
    """What the file is of: a stored chart by its number, else the address."""
    asked: dict[str, Any] = body()
    form = asked.get("form_data")
    number = (form if isinstance(form, dict) else asked).get("slice_id")
    return f"grafik {number}" if isinstance(number, int) else request.path
