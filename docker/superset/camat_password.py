"""The password of a camat's login in the database, as command_center/settings.py derives it; a test holds the two together."""

from __future__ import annotations

import hashlib
import hmac
import os


def camat_password(login: str) -> str:
    secret = os.environ["SUPERSET_CAMAT_SECRET"]
    return hmac.new(secret.encode(), login.encode(), hashlib.sha256).hexdigest()
