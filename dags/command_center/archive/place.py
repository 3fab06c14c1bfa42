"""Where objects lie: a local folder, or a bucket of an S3 server, and what is said when that server does not do its part."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, cast

import fsspec

from command_center.errors import ArchiveUnavailable, SettingsError
from command_center.settings import settings

BLOCK = 8 << 20  # what one request reads ahead, and one part of a large object
LOCAL, S3 = "file", "s3"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def reading(uri: str) -> Iterator[IO[bytes]]:
    """An object's bytes. Raises FileNotFoundError when it is gone."""
    with _answering(uri):
        filesystem, path = _located(uri)
        with filesystem.open(path, "rb") as file:
            yield file


@contextmanager
def writing(uri: str) -> Iterator[IO[bytes]]:
    """A new object, which is there when it is complete, and only then: whoever is killed or fails leaves none that is cut."""
    with _answering(uri):
        filesystem, path = _located(uri)
        with (_written_aside if _scheme(uri) == LOCAL else _written_on_end)(filesystem, path) as file:
            yield file


@contextmanager
def _written_aside(filesystem: fsspec.AbstractFileSystem, path: str) -> Iterator[IO[bytes]]:
    _remove_unfinished(filesystem, path)
    unfinished = f"{path}.{os.getpid()}.part"
    try:
        with filesystem.open(unfinished, "wb") as file:
            yield file
        filesystem.mv(unfinished, path)
    except OSError as error:
        _remove_unfinished(filesystem, path)
        if error.errno not in FULL:
            raise
        raise ArchiveUnavailable(
            f"The archive has no room for {path} ({os.strerror(error.errno)}): free some, then start the same again; nothing is "
            "half written."
        ) from None


def _remove_unfinished(filesystem: fsspec.AbstractFileSystem, path: str) -> None:
    """What a killed process or a full disk left of an object; only one process at a time archives a source's answers."""
    for left in filesystem.glob(f"{glob.escape(path)}.*.part"):
        with suppress(FileNotFoundError):
            filesystem.rm_file(left)


@contextmanager
def _written_on_end(filesystem: fsspec.AbstractFileSystem, path: str) -> Iterator[IO[bytes]]:
    """S3 gives an object its name with the last request; closing the file is that request, so a failure must not close it."""
    file = filesystem.open(path, "wb")
    try:
        yield file
    except BaseException:
        file.closed = True
        file.discard()
        raise
    file.close()


def exists(uri: str) -> bool:
    with _answering(uri):
        filesystem, path = _located(uri)
        return bool(filesystem.exists(path))


def remove(uri: str) -> None:
    """Take an object out of the archive, if it is there."""
    with _answering(uri):
        filesystem, path = _located(uri)
        if filesystem.exists(path):
            filesystem.rm_file(path)


def names_below(uri: str) -> list[str]:
    """Every finished object below an address, by what follows that address."""
    with _answering(uri):
        filesystem, base = _located(uri)
        found = [path.removeprefix(base).lstrip("/") for path in filesystem.find(base)]
    return [name for name in found if name and not name.endswith(".part")]  # S3 may list an empty folder as itself


def _located(uri: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        located: tuple[fsspec.AbstractFileSystem, str] = fsspec.core.url_to_fs(uri, **_options(_scheme(uri)))
    except ImportError:
        raise SettingsError(
            f"The archive {uri} is on S3, for which the Python package s3fs is not installed."
        ) from None
    return located


def _scheme(uri: str) -> str:
    scheme = uri.partition("://")[0] if "://" in uri else LOCAL
    if scheme not in (LOCAL, S3):
        raise SettingsError(f"The archive {uri} begins with {scheme!r}, expected file:///folder or s3://bucket/folder.")
    return scheme


def _options(scheme: str) -> dict[str, Any]:
    if scheme == LOCAL:
        return {"auto_mkdir": True}
    known, endpoint = settings(), settings().cc_s3_endpoint
    return {
        "key": known.cc_s3_key_id or None,
        "secret": (known.cc_s3_secret.get_secret_value() if known.cc_s3_secret else "") or None,
        "endpoint_url": endpoint or None,
        "client_kwargs": {"region_name": known.cc_s3_region},
        "config_kwargs": {
            "retries": {"mode": "standard", "max_attempts": 3},
            **({"s3": {"addressing_style": "path"}} if endpoint else {}),
        },
        "default_block_size": BLOCK,
        "use_listings_cache": False,  # another worker may have written or removed an object since
    }


@contextmanager
def _answering(uri: str) -> Iterator[None]:
    """What S3 refuses, as a sentence. A local disk's errors tell their file themselves."""
    try:
        yield
    except Exception as error:
        if _scheme(uri) == LOCAL or not _is_of_s3(error):
            raise
        raise _told(uri, error) from error


def _is_of_s3(error: Exception) -> bool:
    """Errors of the connection, of the client, and those of Python that s3fs makes of answers; that an object is gone is none."""
    if isinstance(error, FileNotFoundError):
        return _code(error) == "NoSuchBucket"
    made_by = {type(one).__module__.partition(".")[0] for one in (error, error.__cause__)}
    return isinstance(error, (ConnectionError, TimeoutError)) or bool(made_by & {"botocore", "aiobotocore", "aiohttp"})


def _told(uri: str, error: Exception) -> ArchiveUnavailable | SettingsError:
    said = " ".join(str(error).split()).rstrip(".")
    server = settings().cc_s3_endpoint or f"S3 in {settings().cc_s3_region}"
    bucket = uri.split("/")[2]
    if _code(error) == "NoSuchBucket":
        return SettingsError(f"{server} has no bucket {bucket!r}: make it, or mend CC_LANDING_URL, which names it.")
    if isinstance(error, PermissionError) or type(error).__name__ == "NoCredentialsError":
        return SettingsError(
            f"{server} refused access to {uri} ({said}): mend CC_S3_KEY_ID and CC_S3_SECRET, or let that key read, write, list "
            f"and delete in the bucket {bucket!r}."
        )
    return ArchiveUnavailable(
        f"{server} did not do its part for {uri} ({said}): see that it runs and can be reached, then start the same again; "
        "nothing is half written."
    )


def _code(error: BaseException) -> str:
    """S3's own name of what was wrong."""
    response = getattr(error.__cause__, "response", None) or {}
    return str(cast("dict[str, Any]", response).get("Error", {}).get("Code", ""))
