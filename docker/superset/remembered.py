"""What a page asks the server to remember; nothing of it is stored, so that nobody can fill a disk with it.

What a reader chose in a dashboard's filters goes into a key that holds it. So it works without a login, and in a link for others.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import Any

from answers import refuse
from flask import Response, request

STATE = re.compile(r"/api/v1/dashboard/\d+/filter_state(/(?P<key>[\w=-]*))?")
COLORS = re.compile(r"/api/v1/dashboard/\d+/colors")
PERMALINK = re.compile(r"/api/v1/dashboard/(?P<dashboard>[\w-]+)/permalink")
LONGEST_STATE = 50_000
LONGEST_KEY = 2_500  # an address as a whole must stay below 4094 signs
TOO_LONG = "Pilihan penyaring ini terlalu panjang untuk sebuah tautan."
UNKNOWN = "Tautan ini tidak dikenal."


def answer_what_is_remembered() -> Response | None:
    """Called before each request: answers those that keep, read or link to a state of filters, or keep colours."""
    if (found := STATE.fullmatch(request.path)) and request.method in ("GET", "POST", "PUT"):
        return _state(found["key"])
    if (found := PERMALINK.fullmatch(request.path)) and request.method == "POST":
        return _permalink(found["dashboard"])
    return _json(200, {}) if COLORS.fullmatch(request.path) and request.method == "PUT" else None


def _state(key: str | None) -> Response:
    if request.method == "GET":
        state = state_of(key or "")
        return refuse(404, UNKNOWN) if state is None else _json(200, {"value": state})
    state = _sent().get("value")
    made = key_of(state) if isinstance(state, str) else None
    return _json(201 if request.method == "POST" else 200, {"key": made}) if made else refuse(400, TOO_LONG)


def _permalink(dashboard: str) -> Response:
    """The dashboard's own address with the state in it, and the place on it."""
    sent = _sent()
    made = key_of(json.dumps(sent.get("dataMask") or {}, separators=(",", ":")))
    if made is None:
        return refuse(400, TOO_LONG)
    anchor = sent.get("anchor")
    place = f"#{anchor}" if isinstance(anchor, str) and re.fullmatch(r"[\w-]{1,100}", anchor) else ""
    return _json(
        201, {"key": made, "url": f"{request.host_url}superset/dashboard/{dashboard}/?native_filters_key={made}{place}"}
    )


def _sent() -> dict[str, Any]:
    content = request.get_json(silent=True) if (request.content_length or 0) <= LONGEST_STATE else None
    return content if isinstance(content, dict) else {}


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(json.dumps(content), status=status, mimetype="application/json")


def key_of(state: str) -> str | None:
    """The key that holds this state; None when it is no state or too long for an address."""
    if len(state) > LONGEST_STATE or not is_state(state):
        return None
    key = base64.urlsafe_b64encode(zlib.compress(state.encode(), 9)).decode().rstrip("=")
    return key if len(key) <= LONGEST_KEY else None


def state_of(key: str) -> str | None:
    """The state that a key holds; None when it holds none."""
    if len(key) > LONGEST_KEY:
        return None
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(f"{key}=="), LONGEST_STATE)
        state = unpacked.decode()
    except (ValueError, binascii.Error, zlib.error):
        return None
    return state if is_state(state) else None


def is_state(text: str) -> bool:
    """A JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
