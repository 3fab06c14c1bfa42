"""A local mailbox: a real SMTP server that keeps every mail it accepts as one .eml file.

`python -m demo_city.mailbox --host 127.0.0.1 --port 2525 --folder var/mailbox`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from hashlib import sha256
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from command_center.report.mailbox import stem_of

MOST_BYTES = 32 * 1024 * 1024


class Mailbox:
    """Keeps what arrives; a mail that arrives twice is kept twice, so that nobody overlooks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        keep_mail(self.folder, content)
        return "250 Message kept"


def keep_mail(folder: Path, content: bytes) -> Path:
    """Write one mail whole and safely before the sender is told that it was accepted."""
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return _link_to_free_name(unfinished, folder, file_stem(content))
    finally:
        unfinished.unlink()


def file_stem(content: bytes) -> str:
    """The file name of a mail: its Message-ID, or the hash of its bytes when it has none."""
    message_id = message_from_bytes(content).get("Message-ID")
    return stem_of(str(message_id)) if message_id else sha256(content).hexdigest()


def _link_to_free_name(unfinished: Path, folder: Path, stem: str) -> Path:
    for name in _names(stem):
        try:
            (folder / name).hardlink_to(unfinished)
        except FileExistsError:
            continue
        return folder / name
    raise AssertionError("the numbers never end")


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.eml"
    yield from (f"{stem}.{number}.eml" for number in count(2))


async def serve(host: str, port: int, folder: Path) -> None:
    """Accept mail until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    mailbox = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(mailbox, data_size_limit=MOST_BYTES, hostname=host), host, port)
    print(f"Mailbox listens on smtp://{host}:{server.sockets[0].getsockname()[1]}, mails go to {folder}", flush=True)
    await ended.wait()
    server.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo_city.mailbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        asyncio.run(serve(options.host, options.port, options.folder))
    except OSError as error:
        print(f"The mailbox cannot listen on {options.host}:{options.port}: {error.strerror}.", file=sys.stderr)
        return 8
    return 0


if __name__ == "__main__":
    sys.exit(main())
