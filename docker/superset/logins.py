"""Which logins are alive: a cookie is worth nothing once its owner has logged out, wherever a copy of it may be."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, session
from flask_caching import Cache
from flask_login import user_logged_in, user_logged_out

LOGINS = Cache()
KEY = "login"


def apply_login_rules(app: Flask, config: dict[str, Any]) -> None:
    """Keep a list of logins. Only people with a password add to it, so that nobody can push others out of it."""
    LOGINS.init_app(app, config=config)
    user_logged_in.connect(note_login, app)
    user_logged_out.connect(forget_login, app)


def note_login(_app: Flask, **_user: Any) -> None:
    session[KEY] = secrets.token_urlsafe(32)
    LOGINS.set(session[KEY], True)


def forget_login(_app: Flask, **_user: Any) -> None:
    if key := session.pop(KEY, None):
        LOGINS.delete(key)


def is_alive() -> bool:
    return KEY in session and bool(LOGINS.get(session[KEY]))
