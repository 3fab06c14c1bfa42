"""Ask a source over HTTP; the answer goes to a file while it is hashed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from command_center.errors import CommandCenterError, SourceUnavailable
from command_center.landing import Fetched
from command_center.settings import settings
from command_center.source import Connection, Request, Source


def address(connection: Connection) -> str:
    """Base address of a source: the Airflow connection's host if there is one, else the declared default."""
    declared = os.environ.get(f"AIRFLOW_CONN_{connection.id.upper()}")
    if declared is not None and declared.startswith("{"):
        return str(json.loads(declared)["host"]).rstrip("/")
    if "AIRFLOW_CTX_DAG_ID" in os.environ or declared is not None:
        return _airflow_host(connection) or connection.address.rstrip("/")
    return connection.address.rstrip("/")


def _airflow_host(connection: Connection) -> str | None:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        host = BaseHook.get_connection(connection.id).host
    except AirflowNotFoundException:
        return None
    return host.rstrip("/") if host else None


@contextmanager
def fetch(source: Source, request: Request) -> Iterator[Fetched]:
    """The answer to one request, as a file that is removed afterwards.

    Raises SourceUnavailable when the source is down, slow, answers with an error status, or with too much.
    """
    url = f"{address(source.connection)}/{request.path}"
    folder = settings().cc_var_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        try:
            yield _download(source, request, url, file)
        except httpx.HTTPError as error:
            raise SourceUnavailable(
                f"{_who(source, request)}: {url} did not answer: {_cause(error)}; it is tried again."
            ) from None


def _download(source: Source, request: Request, url: str, file: IO[bytes]) -> Fetched:
    config = settings()
    limit = config.cc_max_payload_mb << 20
    deadline = time.monotonic() + config.cc_http_deadline_s
    digest, size = hashlib.sha256(), 0
    with httpx.stream("GET", url, timeout=config.cc_http_timeout_s, follow_redirects=False) as response:
        if response.status_code != 200:
            raise _refused(source, request, url, response)
        for chunk in response.iter_bytes(1 << 20):
            size += len(chunk)
            if size > limit:
                raise SourceUnavailable(
                    f"{_who(source, request)}: {url} answers with more than {config.cc_max_payload_mb} MB; ask the steward."
                )
            if time.monotonic() > deadline:
                raise SourceUnavailable(
                    f"{_who(source, request)}: {url} took more than {config.cc_http_deadline_s:.0f} s; it is tried again."
                )
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        return Fetched(
            part=request.part,
            path=Path(file.name),
            sha256=digest.hexdigest(),
            byte_size=size,
            content_type=response.headers.get("content-type", "unknown"),
            url=url,
            fetched_at=config.now(),
            simulated_paths=response.headers.get("x-data-simulasi", ""),
        )


def _refused(source: Source, request: Request, url: str, response: httpx.Response) -> CommandCenterError:
    wait = response.headers.get("retry-after")
    advice = f"it asks to wait {wait} s" if wait else "it is tried again"
    return SourceUnavailable(
        f"{_who(source, request)}: {url} answered HTTP {response.status_code}, expected 200; {advice}."
    )


def _who(source: Source, request: Request) -> str:
    return f"{source.source}, part {request.part!r}"


def _cause(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
