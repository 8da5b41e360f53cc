"""Files at an address: a folder whose pictures are read where they are, and what is fetched into the cache."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from onelook.data.cache.entries import mark_used, remove_expired
from onelook.data.remote.addresses import explained, file_system, is_on_the_web, name_of
from onelook.errors import DataError
from onelook.files import atomic_path
from onelook.runtime import cache_folder

# What file systems call a text that changes when a file does.
_IDENTITIES = ("ETag", "etag", "LastModified", "last_modified", "mtime", "created", "updated", "md5Hash")
_KEY_DIGITS = 32


class RemoteFolder:
    """The files below an address, by their names there. Nothing of them is kept on this machine.

    Args:
        url: the address of a folder, or a bucket and what the names in it begin with.
        names: the files, if they are known; the folder is then not listed.
        fingerprint: of all files, if they are known.

    Attributes:
        names: of all files, in the order of the file system.

    Raises:
        ConfigError: a package is missing.
        DataError: there is nothing, or it cannot be reached.
    """

    def __init__(self, url: str, names: Sequence[str] | None = None, fingerprint: str = "") -> None:
        self.root = url
        self._system, path = file_system(url)
        self._base = path.rstrip("/")
        if names is not None:
            self.names, self._fingerprint = list(names), fingerprint
            return
        with explained(url):
            found: Mapping[str, Mapping[str, Any]] = self._system.find(path, detail=True)
            self._system.invalidate_cache()  # a list of a million files with all that is known of them
        start = len(self._base) + 1
        self.names = [name[start:] for name in found]
        digest = hashlib.sha256()
        for name, facts in found.items():
            digest.update(f"{name}\0{facts.get('size')}\0{_identity(facts)}\n".encode(errors="surrogateescape"))
        self._fingerprint = digest.hexdigest()

    def __reduce__(self) -> tuple[type[RemoteFolder], tuple[str, list[str], str]]:
        # A file system holds connections, which another process has to make by itself.
        return RemoteFolder, (self.root, self.names, self._fingerprint)

    def only(self, names: Sequence[str]) -> RemoteFolder:
        """Return a store of these files alone, which can be pickled for another machine."""
        return RemoteFolder(self.root, names, self._fingerprint)

    def open(self, name: str) -> BinaryIO:
        """Return a file's bytes as a file."""
        return io.BytesIO(self.read(name))

    def read(self, name: str) -> bytes:
        """Return all of a file's bytes.

        Raises:
            DataError: it cannot be read now.
        """
        (found,) = self.read_together([name])
        if isinstance(found, DataError):
            raise found
        return found

    def read_together(self, names: Sequence[str]) -> list[bytes | DataError]:
        """Return the bytes of each file, or why it cannot be read."""
        paths = [f"{self._base}/{name}" for name in names]
        with explained(self.root):
            found = self._system.cat(paths, on_error="return")
        return [
            _content(found.get(path), f"{self.root.rstrip('/')}/{name}")
            for name, path in zip(names, paths, strict=True)
        ]

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return 64 hexadecimal digits that change when one of the files does."""
        asked = "" if names is None else "\n".join(names)
        return hashlib.sha256(f"{self._fingerprint}\n{asked}".encode(errors="surrogateescape")).hexdigest()

    def path(self, name: str) -> Path | None:
        """Return None: the files are not on this machine."""
        return None

    def fetch_all(self) -> Path:
        """Return a folder of the cache with all of the files, which are fetched if it does not have them.

        Raises:
            DataError: they cannot be reached, or the cache cannot be written.
        """
        folder = kept_at(f"{self.root} {self._fingerprint}") / name_of(self.root)
        for name in self.names:
            _fetch(self._system, f"{self._base}/{name}", folder / name, f"{self.root.rstrip('/')}/{name}")
        return folder


def _content(found: object, url: str) -> bytes | DataError:
    if isinstance(found, bytes):
        return found
    try:
        with explained(url):
            raise found if isinstance(found, Exception) else FileNotFoundError(url)
    except DataError as problem:
        return problem


def is_file(url: str) -> bool:
    """Return whether there is one file at the address.

    Raises:
        ConfigError: a package is missing.
        DataError: it cannot be reached.
    """
    system, path = file_system(url)
    with explained(url):
        return is_on_the_web(url) or bool(system.isfile(path))


def fetch_file(url: str) -> Path:
    """Return a file of the cache with the content at the address, fetched if the cache does not have it.

    Raises:
        ConfigError: a package is missing.
        DataError: there is no such file, it cannot be reached, or the cache cannot be written.
    """
    system, path = file_system(url)
    with explained(url):
        facts = system.info(path)
    identity = _identity(facts)
    target = kept_at(f"{url} {facts.get('size')} {identity}") / name_of(url)
    if not identity:  # the server does not tell whether the file has changed
        target.unlink(missing_ok=True)
    _fetch(system, path, target, url)
    return target


def fetch(url: str) -> Path:
    """Return the file, or the folder, of the cache with the content at the address, fetched if the cache has it not.

    Raises:
        ConfigError: a package is missing.
        DataError: there is nothing, it cannot be reached, or the cache cannot be written.
    """
    return fetch_file(url) if is_file(url) else RemoteFolder(url).fetch_all()


def _fetch(system: Any, path: str, target: Path, url: str) -> None:
    if target.is_file():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(target) as temporary, explained(url):
            system.get_file(path, str(temporary))
    except OSError as problem:
        raise DataError(
            f"{target.parent}: the cache cannot be written ({problem.strerror or problem}). Make room there, or set "
            "$ONELOOK_CACHE to a folder that has some."
        ) from problem


def kept_at(key: str) -> Path:
    """Return the folder of the cache for what has this key; of others, those not used for a month are removed."""
    folder = cache_folder() / "remote" / hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()[:_KEY_DIGITS]
    if folder.is_dir():
        mark_used(folder)
    elif folder.parent.is_dir():
        remove_expired(folder.parent)
    return folder


def _identity(facts: Mapping[str, Any]) -> str:
    return " ".join(str(facts[name]) for name in _IDENTITIES if facts.get(name) is not None)
