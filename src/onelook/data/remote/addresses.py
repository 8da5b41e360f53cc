"""Addresses such as `s3://bucket/photos`: fsspec's file system for them, and its errors in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from onelook.errors import ConfigError, DataError, OnelookError, in_words, missing_extra

_URL = re.compile(r"(?P<protocol>[a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_WEB = ("http", "https")
_OF_THE_EXTRA = ("s3", "s3a", *_WEB)  # the protocols whose packages come with `onelook[remote]`
_DENIED, _MISSING = (401, 403), (404, 410)  # answers of web servers


def is_url(data: object) -> bool:
    """Return whether this is the address of something, such as `s3://bucket/photos`.

    Example:
        >>> is_url("s3://bucket/photos"), is_url("photos/new"), is_url("C:/photos")
        (True, False, False)
    """
    return isinstance(data, str) and _URL.match(data) is not None


def is_on_the_web(url: str) -> bool:
    """Return whether this is the address of one file on a web server, which has no folders to list."""
    return url.lower().startswith(tuple(f"{protocol}://" for protocol in _WEB))


def file_system(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for an address, and the path in it.

    Raises:
        ConfigError: fsspec or the package of the protocol is not installed, or the protocol is unknown.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise missing_extra("fsspec", "remote", f"the address {url}") from error
    match = _URL.match(url)
    protocol = "" if match is None else match["protocol"].lower()
    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        if protocol in _OF_THE_EXTRA:
            raise missing_extra(error.name or "s3fs", "remote", f"the address {url}") from error
        raise ConfigError(f"the address {url} needs a package that is not installed: {error}.") from error
    except ValueError as error:
        raise ConfigError(
            f"{url}: '{protocol}' is no protocol that fsspec knows. Expected an address such as s3://bucket/photos, "
            "gs://bucket/photos or https://example.org/photos.zip."
        ) from error
    except Exception as error:  # what it raises differs with the protocol: no region, a wrong address
        raise ConfigError(f"{url}: the address cannot be used ({in_words(error)}).") from error
    return system, path


@contextmanager
def explained(url: str, kind: type[OnelookError] = DataError) -> Iterator[None]:
    """Turn every error of a file system into one that says what to do.

    Args:
        url: the address that is read or written.
        kind: the error to raise.
    """
    try:
        yield
    except OnelookError:
        raise
    # The packages of the protocols raise errors of their own, of servers, networks and credentials.
    except Exception as problem:
        cause = problem.__cause__ if isinstance(problem, FileNotFoundError) else None
        # On the web, fsspec calls each failure a missing file; the cause knows better.
        cause = cause if type(cause).__module__.partition(".")[0] == "aiohttp" else None
        status = _status_of(cause or problem)
        if isinstance(problem, PermissionError) or status in _DENIED:
            raise kind(f"{url}: access is denied. Check the credentials, and what they permit.") from problem
        if isinstance(problem, FileNotFoundError) and (cause is None or status in _MISSING):
            raise kind(f"{url}: no such file, folder or bucket. Check the address.") from problem
        reason = str(cause or problem).strip().partition("\n")[0] or type(problem).__name__
        raise kind(
            f"{url}: the address cannot be reached ({reason}). Check it, the network and the credentials."
        ) from problem


def _status_of(problem: BaseException) -> int | None:
    """Return the status of the server's answer, which each package names in its own way."""
    for name in ("status", "status_code", "code"):  # of aiohttp, of Azure's packages, of gcsfs
        status = str(getattr(problem, name, ""))
        if status.isdecimal():
            return int(status)
    return 403 if str(problem).startswith("Forbidden: ") else None  # gcsfs says it in words alone


def name_of(url: str) -> str:
    """Return a name for the file or folder at an address.

    Example:
        >>> name_of("https://example.org/a/cats.zip?token=1"), name_of("s3://bucket/")
        ('cats.zip', 'bucket')
    """
    path = url.partition("?")[0].partition("#")[0].rstrip("/")
    return re.sub(r"[^\w.-]", "_", path.rpartition("/")[2]) or "data"
