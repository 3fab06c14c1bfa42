"""What a client asks of a source over HTTP."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo_city.answer import Answer, json_answer


@dataclass(frozen=True)
class Question:
    """One request. Header names are in lower case; `base` is the agency's address as the client wrote it."""

    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""

    def number(self, name: str, default: int) -> int:
        """A whole number of the query; what is no number counts as not given."""
        text = self.query.get(name, "")
        return int(text) if text.removeprefix("-").isdigit() else default

    @property
    def bearer(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else ""

    @property
    def basic(self) -> str:
        """'login:password', empty when the request carries none."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        try:
            return base64.b64decode(token, validate=True).decode() if kind.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            return ""


def is_secret(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def refused(status: int, sentence: str, **headers: str) -> Answer:
    """An error of an API, as JSON."""
    content: dict[str, Any] = {"error": sentence}
    answer = json_answer(content)
    return Answer(
        answer.body, answer.content_type, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
