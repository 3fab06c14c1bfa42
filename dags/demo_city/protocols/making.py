"""Every file of the agencies, made before the city says that it is ready: a list of many is then answered at once.

Beside a first start on a busy machine, making a list's files took longer than a client waits for an answer.
"""

from __future__ import annotations

import threading

from demo_city.city import City
from demo_city.protocols.service import Service


class MakingService(Service):
    """No protocol, but something that is waited for as for one."""

    name = "berkas"

    def __init__(self, city: City) -> None:
        self.ready = False
        self._city, self._ending = city, threading.Event()
        self._thread = threading.Thread(target=self._make, name="berkas", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(10)

    def addresses(self) -> dict[str, str]:
        return {}

    def _make(self) -> None:
        for source in self._city.sources():
            for path in self._city.files(source):
                if self._ending.is_set():
                    return
                self._city.file(f"{source}/{path}")
        self.ready = True
