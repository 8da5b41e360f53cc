"""The storage of a location: a plain file or a folder on disk. Names are POSIX paths below the root."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, NamedTuple, Protocol

from onelook.errors import DataError
from onelook.files import checksum
from onelook.wording import counted

# More than any camera writes into one file. The unpacked size that a zip states is checked before unpacking.
LARGEST_ENTRY_BYTES = 1 << 30


class Storage(Protocol):
    """A storage of files."""

    @property
    def repeated(self) -> Sequence[str]:
        """Names that occur more than once; the last file of each name is read."""
        ...

    @property
    def files(self) -> Sequence[str]:
        """Every file, including hidden ones."""
        ...

    @property
    def folders(self) -> Sequence[str]:
        """Every folder below the root."""
        ...

    def open(self, name: str) -> BinaryIO: ...

    def read(self, name: str) -> bytes: ...

    def path(self, name: str) -> Path | None: ...

    def identity(self, name: str) -> str:
        """Return a text that changes when the content of the file does."""
        ...


class FileStorage:
    """One plain file, under its own name."""

    repeated: Sequence[str] = ()

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
    """A folder on disk with everything below it; links are followed.

    Args:
        root: the folder.
        names: the files to use, if they are known; the folder is then not listed.
    """

    repeated: Sequence[str] = ()

    def __init__(self, root: Path, names: Sequence[str] | None = None) -> None:
        self._root = root
        if names is not None:
            self.files: Sequence[str] = names
            self.folders: Sequence[str] = []
            return
        self.files, self.folders = _listed(str(root))

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


class _Folder(NamedTuple):
    """A folder that is listed, and its parents up to the root."""

    below: str  # its path below the root, with a slash at its end; empty for the root
    identity: tuple[int, int]  # device and inode number: the same under every name
    above: _Folder | None
    is_linked: bool  # whether it, or a folder above it, is a link

    def is_in(self, identity: tuple[int, int]) -> bool:
        """Return whether this folder, or one above it, has that identity."""
        folder: _Folder | None = self
        while folder is not None:
            if folder.identity == identity:
                return True
            folder = folder.above
        return False


def _listed(root: str) -> tuple[list[str], list[str]]:
    """Return the files and folders below the root.

    A link to a folder above itself is not followed. A link inside a linked folder is followed only to folders that were
    not listed yet: folders with links to each other have an astronomical number of paths.
    """
    files: list[str] = []
    folders: list[str] = []
    start = _Folder("", _identity(root), None, False)
    seen = {start.identity}
    waiting = [start]  # no recursion: a tree may be deeper than Python's recursion limit
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{root}/{folder.below}") as entries:
            for entry in entries:
                name = f"{folder.below}{entry.name}"
                if _is_folder(entry):
                    identity, is_link = _identity(entry.path), entry.is_symlink()
                    if is_link and (folder.is_in(identity) or (folder.is_linked and identity in seen)):
                        continue
                    seen.add(identity)
                    folders.append(name)
                    waiting.append(_Folder(f"{name}/", identity, folder, is_link or folder.is_linked))
                # A broken link is also listed, and then reported as unreadable; a pipe or a device would block.
                elif entry.is_symlink() or entry.is_file():
                    files.append(name)
    return files, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or into a folder without permission
        return False


def _identity(folder: str) -> tuple[int, int]:
    status = os.stat(folder)  # noqa: PTH116 - a Path each would treble the time
    return status.st_dev, status.st_ino


def _open_file(path: Path) -> BinaryIO:
    try:
        # A link may lead to a pipe, which blocks for ever, or to a device, which never ends.
        if not S_ISREG(path.stat().st_mode):
            raise DataError(f"{path}: no plain file. Expected one that can be read from beginning to end")
        file = path.open("rb")
        try:
            file.peek(1)  # what cannot be read at all, as on a broken disk, says so here and not to whoever reads
        except OSError:
            file.close()
            raise
        return file
    except OSError as problem:
        raise DataError(f"{path}: cannot be opened ({problem.strerror or problem})") from problem


def _read_file(path: Path) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size > LARGEST_ENTRY_BYTES:
            found = counted(status.st_size, "byte") if S_ISREG(status.st_mode) else "a folder, a pipe or a device"
            raise DataError(f"{found}: no picture file")
        return path.read_bytes()
    except OSError as problem:
        raise DataError(f"cannot be opened ({problem.strerror or problem})") from problem
