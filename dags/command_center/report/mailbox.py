"""A folder that stands for a mailbox: one .eml file per mail, named by its Message-ID."""

from __future__ import annotations

import re
from pathlib import Path


def holds_mail(folder: Path, message_id: str) -> bool:
    """Whether a mail with this Message-ID was accepted."""
    return (folder / f"{stem_of(message_id)}.eml").exists()


def stem_of(message_id: str) -> str:
    """The file name of a mail, without its ending."""
    return re.sub(r"[^A-Za-z0-9._@-]", "_", message_id.strip().strip("<>"))[:150]
