"""The commands' way to a running demo city."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping

import httpx
from command_center.settings import load_local_environment


def add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="address of the demo city; default: CC_DEMO_CITY_URL")


def call(method: str, url: str | None, path: str, body: Mapping[str, object] | None = None) -> int:
    """Ask a control and print what it says; the exit code."""
    load_local_environment()
    base = url or os.environ.get("CC_DEMO_CITY_URL")
    if not base:
        print("Where is the demo city? Give --url, or set CC_DEMO_CITY_URL.", file=sys.stderr)
        return 2
    try:
        answer = httpx.request(method, f"{base.rstrip('/')}/_demo/{path}", json=body, timeout=30, trust_env=False)
        content = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        print(f"The demo city at {base} did not answer: {error}.", file=sys.stderr)
        return 8
    if answer.status_code >= 400:
        print(content.get("error", answer.text), file=sys.stderr)
        return 2
    print(json.dumps(content, ensure_ascii=False))
    return 0
