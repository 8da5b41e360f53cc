"""A file to write at an address: it is written on this machine, and sent when it is whole."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import Self

from onelook.data.remote.addresses import explained, file_system, is_on_the_web, name_of
from onelook.data.remote.folder import kept_at
from onelook.errors import ConfigError, DataError

# Protocols of stores without folders, where a missing bucket would be made.
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "r2"})


class RemoteOutput:
    """A file at an address: it is written on this machine, and sent when it is whole.

    Args:
        url: where it will be.

    Attributes:
        url: as given.
        path: where it is written first: a folder of the cache, the same for each command with this address.

    Raises:
        ConfigError: a package is missing, or the address cannot be written to.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._system, self._there = file_system(url)
        self.path = kept_at(f"output {url}") / name_of(url)

    def __enter__(self) -> Self:
        """Check that the file can be written there."""
        self.check()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Send the file, unless there was an error."""
        if kind is None:
            self.send()
        with suppress(Exception):  # a marker that stays does no harm
            self._system.rm_file(self._marker)

    def check(self) -> None:
        """Write a small file beside the file, before the work starts, to see that it is possible.

        Raises:
            ConfigError: the address cannot be written to.
        """
        if is_on_the_web(self.url):
            raise ConfigError(f"--out {self.url}: a web address cannot be written to. Name a file or a bucket.")
        with explained(f"--out {self.url}", ConfigError):
            self._make_folder()
            self._system.pipe_file(self._marker, b"")

    def send(self) -> None:
        """Send the file, and remove what is on this machine.

        Raises:
            DataError: it cannot be sent; it stays on this machine, and the error says where.
        """
        try:
            with explained(self.url):
                self._make_folder()
                self._system.put_file(str(self.path), self._there)
        except DataError as problem:
            raise DataError(f"{problem} The file is whole, and lies at {self.path}.") from problem
        shutil.rmtree(self.path.parent, ignore_errors=True)

    @property
    def _marker(self) -> str:
        return f"{self._there}.unfinished"

    def _make_folder(self) -> None:
        named = self._system.protocol
        if _BUCKETS.intersection([named] if isinstance(named, str) else named):
            return
        with suppress(Exception):  # what cannot be written says so when it is written
            self._system.makedirs(self._system._parent(self._there), exist_ok=True)
