"""Read a zip archive in place."""

from __future__ import annotations

import io
import lzma
import re
import struct
import threading
import weakref
import zipfile
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from onelook.archives import DEEPEST_MEMBER, LONGEST_MEMBER_NAME, checked_member_name, largest_unpacked
from onelook.data.storage.folder import LARGEST_ENTRY_BYTES
from onelook.data.storage.shared_file import SharedFile
from onelook.errors import DataError, in_words
from onelook.files import checksum

# Names that need a full check. Other names, which are all in an honest archive, need only this one search.
_SUSPICIOUS = re.compile(r"\.\.|\\|^/|^[A-Za-z]:|//|(?:^|/)\./")

# A member's own header: its signature, 22 bytes that the directory repeats, the lengths of its name and its extras.
_HEADER = struct.Struct("<4s22xHH")
_SIGNATURE = b"PK\3\4"

# All exceptions of zipfile for a member that is damaged, or compressed by a method that it does not know.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    MemoryError,
    struct.error,
)


class ZipStorage:
    """A zip archive, read in place.

    Raises:
        DataError: it is not a zip, damaged, encrypted or a decompression bomb, or a member's name leads out of it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            self._zip = zipfile.ZipFile(root)
        except _UNREADABLE as problem:
            raise DataError(
                f"{root}: not a zip that can be read ({in_words(problem)}). It is damaged or was not downloaded whole: "
                "fetch or pack it again."
            ) from problem
        weakref.finalize(self, self._zip.close)
        self._lock = threading.Lock()
        self._members: dict[str, zipfile.ZipInfo] = {}
        folders: set[str] = set()
        repeated: list[str] = []
        for member in self._zip.infolist():
            name = self._checked_name(member)
            if member.is_dir() or member.filename.endswith("\\"):  # as old programs of Windows write a folder
                folders |= {name, *map(str, PurePosixPath(name).parents)} - {"."}
            else:
                if name in self._members:
                    repeated.append(name)
                self._members[name] = member
        self._refuse_bomb()
        self._bytes = SharedFile(root.open("rb"))
        self.files: Sequence[str] = list(self._members)
        self.repeated: Sequence[str] = repeated
        self.folders: Sequence[str] = list(folders)

    def open(self, name: str) -> BinaryIO:
        member = self._members[name]
        if self._is_bomb(member):
            raise DataError(f"{self._root}: '{name}': {self._refusal(member)}")
        stream = _MemberStream(self._open(name), f"{self._root}: '{name}'", self._lock)
        return cast(BinaryIO, io.BufferedReader(stream))

    def read(self, name: str) -> bytes:
        member = self._members[name]
        if member.file_size > LARGEST_ENTRY_BYTES:
            raise DataError(f"it says that it unpacks to {member.file_size:,} bytes, more than a picture has")
        if self._is_bomb(member):
            raise DataError(self._refusal(member))
        if member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size:
            return self._read_stored(member)
        stream = self._open(name)
        try:
            return stream.read()
        except _UNREADABLE as problem:
            raise DataError(f"damaged inside the zip ({in_words(problem)})") from problem
        finally:
            with self._lock:
                stream.close()

    def _read_stored(self, member: zipfile.ZipInfo) -> bytes:
        """Return the bytes of an uncompressed member, as most pictures are; no thread waits for another."""
        signature, name_bytes, extra_bytes = _HEADER.unpack(self._bytes.read_at(member.header_offset, _HEADER.size))
        if signature != _SIGNATURE:
            raise DataError("damaged inside the zip (no header where its directory names one)")
        start = member.header_offset + _HEADER.size + name_bytes + extra_bytes
        content = self._bytes.read_at(start, member.file_size)
        if zlib.crc32(content) != member.CRC:
            raise DataError("damaged inside the zip (its checksum is another)")
        return content

    def path(self, name: str) -> Path | None:
        return None

    def identity(self, name: str) -> str:
        return self._checksum

    @cached_property
    def _checksum(self) -> str:
        return checksum(self._root)

    def _open(self, name: str) -> IO[bytes]:
        try:
            # zipfile counts the archive's users at opening and closing, without a lock of its own.
            with self._lock:
                return self._zip.open(self._members[name])
        except _UNREADABLE as problem:
            raise DataError(f"cannot be read from the zip ({in_words(problem)})") from problem

    def _is_bomb(self, member: zipfile.ZipInfo) -> bool:
        if member.compress_type == zipfile.ZIP_STORED:
            return False
        # No member can be longer than the bytes before the archive's directory, whatever size is stated.
        return member.file_size > largest_unpacked(min(member.compress_size, self._zip.start_dir))

    def _refusal(self, member: zipfile.ZipInfo) -> str:
        return (
            f"it says that it unpacks from {member.compress_size:,} bytes to {member.file_size:,}: no picture or table "
            "packs like that, so it is refused. Unpack the zip yourself if you trust it"
        )

    def _refuse_bomb(self) -> None:
        """Refuse an archive whose members overlap: many small members may be the same few bytes, listed many times."""
        packed = self._zip.start_dir
        unpacked = sum(
            min(member.file_size, packed) if member.compress_type == zipfile.ZIP_STORED else member.file_size
            for member in self._members.values()
            if not self._is_bomb(member)
        )
        if unpacked > largest_unpacked(packed):
            raise DataError(
                f"{self._root}: {packed:,} bytes that unpack to {unpacked:,}: pictures do not compress like that, so "
                "it is refused. Unpack it yourself if you trust it."
            )

    def _checked_name(self, member: zipfile.ZipInfo) -> str:
        if member.flag_bits & 0x1:
            raise DataError(
                f"{self._root}: the zip is encrypted ('{member.filename}' asks for a password). "
                "Unpack it with the password and give the folder."
            )
        name = member.filename
        is_odd = not name or len(name) > LONGEST_MEMBER_NAME or name.count("/") > DEEPEST_MEMBER
        if is_odd or _SUSPICIOUS.search(name):
            return str(checked_member_name(name, self._root))
        return name.rstrip("/")


class _MemberStream(io.RawIOBase):
    """A member as a stream, whose damage is raised as a `DataError`."""

    def __init__(self, stream: IO[bytes], name: str, lock: threading.Lock) -> None:
        self._stream = stream
        self._name = name
        self._lock = lock

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readall(self) -> bytes:
        return self._read(-1)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self._read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._stream.seek(offset, whence)
        except _UNREADABLE as problem:
            raise self._damaged(problem) from problem

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        if not self.closed:
            with self._lock:
                self._stream.close()
        super().close()

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _UNREADABLE as problem:
            raise self._damaged(problem) from problem

    def _damaged(self, problem: BaseException) -> DataError:
        return DataError(f"{self._name} is damaged inside the zip ({in_words(problem)}). Fetch or pack the zip again.")
