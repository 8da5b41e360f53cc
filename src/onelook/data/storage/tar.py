"""Read a tar archive in place, gzipped or not: index it in one pass, then read it from many threads."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tempfile
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, NamedTuple, cast

from onelook import runtime
from onelook.archives import checked_member_name, largest_unpacked
from onelook.data.storage.shared_file import SharedFile
from onelook.errors import DataError, in_words
from onelook.files import checksum

# More than any camera writes into one file.
_LARGEST_ENTRY_BYTES = 1 << 30
_BLOCK_BYTES = 1 << 20
_SECTOR_BYTES = tarfile.BLOCKSIZE

# All exceptions of tarfile for invalid headers: it reads numbers from text, and follows chains of headers by recursion.
DAMAGED = (
    tarfile.TarError,
    EOFError,
    OSError,
    zlib.error,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    MemoryError,
    RecursionError,
    struct.error,
)


class _Member(NamedTuple):
    """The position of a file's bytes in the archive."""

    start: int
    size: int


class TarStorage:
    """A tar archive, read in place.

    A plain tar needs one pass over its headers. A gzipped one can only be read from its beginning, so it is unpacked
    once, block by block, into an unnamed file in the cache folder. That file takes as much disk space as the unpacked
    archive, and is removed with the storage.

    Raises:
        DataError: it is not a tar, or damaged; a member's name leads out of it; or a member is a link or a device.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._bytes = SharedFile(self._opened())
        self._members: dict[str, _Member] = {}
        self.repeated: list[str] = []
        folders: set[str] = set()
        try:
            self._read_index(folders)
        except BaseException as problem:
            self._bytes.file.close()
            if isinstance(problem, DAMAGED):
                raise self._unreadable(in_words(problem)) from problem
            raise
        self.files: Sequence[str] = list(self._members)
        self.folders: Sequence[str] = list(folders)

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_MemberStream(self._bytes, self._member(name))))

    def read(self, name: str) -> bytes:
        member = self._member(name)
        if member.size > _LARGEST_ENTRY_BYTES:
            raise DataError(f"it has {member.size:,} bytes, more than a picture has")
        return self._bytes.read_at(member.start, member.size)

    def path(self, name: str) -> Path | None:
        return None

    def identity(self, name: str) -> str:
        return self._checksum

    @cached_property
    def _checksum(self) -> str:
        return checksum(self._root)

    def _member(self, name: str) -> _Member:
        if name not in self._members:
            raise DataError(f"no '{name}' in the archive")
        return self._members[name]

    def _opened(self) -> IO[bytes]:
        """Return the file of the tar, unpacked if it is gzipped."""
        file = self._root.open("rb")
        if file.read(2) != b"\x1f\x8b":  # gzip, regardless of the name
            return file
        file.seek(0)
        try:
            with file:
                return self._unpacked(file)
        except DAMAGED as problem:
            raise self._unreadable(in_words(problem)) from problem

    def _unpacked(self, file: BinaryIO) -> IO[bytes]:
        limit = largest_unpacked(self._root.stat().st_size)
        folder = runtime.cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        sink = cast(IO[bytes], tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - lives as long as the storage
        try:
            with gzip.open(file) as source:
                while block := source.read(_BLOCK_BYTES):
                    sink.write(block)
                    if sink.tell() > limit:
                        raise DataError(
                            f"{self._root}: {self._root.stat().st_size:,} bytes that unpack to more than {limit:,}: "
                            "no pictures compress like that, so it is refused. Expected an archive of pictures."
                        )
        except BaseException:
            sink.close()
            raise
        return sink

    def _read_index(self, folders: set[str]) -> None:
        file = self._bytes.file
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                name = str(checked_member_name(member.name, self._root))
                if member.isdir():
                    folders |= {name, *map(str, PurePosixPath(name).parents)} - {"."}
                elif member.isreg() and not member.issparse():
                    # A negative size would lead back to this header for ever.
                    if member.size < 0:
                        raise self._unreadable(f"'{name}' has a size below zero")
                    if member.offset_data + member.size > size:
                        raise self._unreadable(f"'{name}' is cut short")
                    if name in self._members:
                        self.repeated.append(name)
                    self._members[name] = _Member(member.offset_data, member.size)
                else:
                    raise self._no_plain_file(member)
                archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header otherwise, at a kilobyte each
            # tarfile silently treats the first invalid header as the end.
            file.seek(archive.offset)
            if any(file.read(_SECTOR_BYTES)):
                raise self._unreadable(f"after {len(self._members):,} files comes no header of another")

    def _no_plain_file(self, member: tarfile.TarInfo) -> DataError:
        kind = "a link" if member.issym() or member.islnk() else "neither a plain file nor a folder"
        return DataError(
            f"{self._root}: '{member.name}' in the archive is {kind}. Such an archive is refused whole; pack the "
            "pictures themselves (tar --dereference --hard-dereference follows links)."
        )

    def _unreadable(self, problem: str) -> DataError:
        return DataError(
            f"{self._root}: not a tar that can be read ({problem}). It is damaged or was not downloaded whole: "
            "fetch or pack it again."
        )


class _MemberStream(io.RawIOBase):
    """One member's bytes as a file of its own."""

    def __init__(self, archive: SharedFile, member: _Member) -> None:
        self._archive = archive
        self._member = member
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._member.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self._member.size - self._at))
        buffer[:wanted] = self._archive.read_at(self._member.start + self._at, wanted)
        self._at += wanted
        return wanted
