"""What a location is kept in: a plain file, or a folder on disk. Names are POSIX paths below the root."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Protocol

from onelook.errors import DataError
from onelook.files import checksum

# More than any camera writes into one file. What a zip says that it unpacks to is checked before it is unpacked.
LARGEST_ENTRY_BYTES = 1 << 30


class Storage(Protocol):
    """One way to keep files."""

    @property
    def files(self) -> Sequence[str]:
        """Every file, hidden ones too."""
        ...

    @property
    def folders(self) -> Sequence[str]:
        """Every folder below the root."""
        ...

    def open(self, name: str) -> BinaryIO: ...

    def read(self, name: str) -> bytes: ...

    def path(self, name: str) -> Path | None: ...

    def identity(self, name: str) -> str:
        """A text that changes when the file's content does."""
        ...


class FileStorage:
    """One plain file, under its own name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.files: Sequence[str] = [root.name]
        self.folders: Sequence[str] = []

    def open(self, name: str) -> BinaryIO:
        return _open_file(self._root)

    def read(self, name: str) -> bytes:
        return _read_file(self._root)

    def path(self, name: str) -> Path | None:
        return self._root

    def identity(self, name: str) -> str:
        return self._checksum

    @cached_property
    def _checksum(self) -> str:
        return checksum(self._root)


class FolderStorage:
    """A folder on disk with all that lies below it; links are followed.

    Args:
        root: the folder.
        names: the files that are meant, where these are known: nothing is listed then.
    """

    def __init__(self, root: Path, names: Sequence[str] | None = None) -> None:
        self._root = root
        if names is not None:
            self.files: Sequence[str] = names
            self.folders: Sequence[str] = []
            return
        files: list[str] = []
        folders: list[str] = []
        _list_folder(str(root), "", frozenset({os.path.realpath(root)}), files, folders)
        self.files = files
        self.folders = folders

    def open(self, name: str) -> BinaryIO:
        return _open_file(self._root / name)

    def read(self, name: str) -> bytes:
        return _read_file(self._root / name)

    def path(self, name: str) -> Path | None:
        return self._root / name

    def identity(self, name: str) -> str:
        try:
            status = os.stat(f"{self._root}/{name}")  # noqa: PTH116 - a Path each would treble the time
        except OSError:
            return "unreadable"
        return f"{status.st_size} {status.st_mtime_ns}"


def _list_folder(root: str, below: str, above: frozenset[str], files: list[str], folders: list[str]) -> None:
    """Appends what lies in `root`/`below`; `above` are the real paths on the way, against links that go in circles."""
    with os.scandir(f"{root}/{below}") as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_dir():
                real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                if real not in above:
                    folders.append(name)
                    _list_folder(root, f"{name}/", above | {os.path.realpath(entry.path)}, files, folders)
            # A link to nothing is listed too, to be reported as unreadable; a pipe or a device would block.
            elif entry.is_file() or entry.is_symlink():
                files.append(name)


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise DataError(f"{path}: cannot be opened ({problem.strerror or problem})") from problem


def _read_file(path: Path) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size > LARGEST_ENTRY_BYTES:
            raise DataError(f"{status.st_size:,} bytes: no picture file")
        return path.read_bytes()
    except OSError as problem:
        raise DataError(f"cannot be opened ({problem.strerror or problem})") from problem
