"""A folder of answers that makes room for many at once.

The library's own, once full, reads every file to remove a single one, for each answer that is kept: a page of charts then takes
twice as long, from the eighteenth edition of a day on.
"""

from __future__ import annotations

from flask_caching.backends.filesystemcache import FileSystemCache


class RoomyFileCache(FileSystemCache):  # type: ignore[misc]  # without types
    """When full, and with nothing past its time, it forgets the older half."""

    _threshold: int

    def _remove_older(self) -> bool:
        limit, self._threshold = self._threshold, self._threshold // 2
        try:
            return bool(super()._remove_older())
        finally:
            self._threshold = limit
