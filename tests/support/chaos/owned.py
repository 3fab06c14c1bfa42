"""A process that ends with its owner, however that ends; run as a program it is the demo city."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_owner(number: signal.Signals = signal.SIGKILL) -> None:
    """The kernel sends this signal when the owner is gone, which it may be already."""
    owner = os.getppid()
    LIBC.prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != owner:
        sys.exit(1)


if __name__ == "__main__":
    from demo_city.__main__ import main

    end_with_owner(signal.SIGTERM)
    sys.exit(main())
