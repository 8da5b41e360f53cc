"""Unpack archives safely: refuse decompression bombs and paths that leave the folder."""

from __future__ import annotations

import gzip
import lzma
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from onelook.errors import DataError, ModelError, OnelookError, in_words

# An archive that unpacks to more than this many times its size is treated as a bomb: deflate reaches about 1,030 on
# zeros, pictures and weights stay under 20, a table of mostly black pictures near 30. A small result is harmless
# whatever the ratio (golden pictures that are all black compress a thousandfold).
_MAXIMUM_COMPRESSION = 200
_HARMLESS_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_MAXIMUM_MEMBERS = 10_000  # a run folder with its evidence has hundreds
# No file system allows a longer path, and no real data is nested deeper. Without these limits a small archive could
# name nested folders whose paths, each written in full, fill the memory.
LONGEST_MEMBER_NAME = 4_096  # characters
DEEPEST_MEMBER = 64  # folders

# All exceptions that zipfile raises for a damaged archive. RuntimeError: the archive needs a password (or, as
# NotImplementedError, has an unknown compression). ValueError: an offset is outside the file.
_UNREADABLE_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)


def largest_unpacked(packed_bytes: int) -> int:
    """Return how many bytes an archive of this size may unpack to; more is treated as a decompression bomb.

    Example:
        >>> largest_unpacked(1_000), largest_unpacked(1_000_000)
        (67108864, 200000000)
    """
    return max(_HARMLESS_BYTES, _MAXIMUM_COMPRESSION * packed_bytes)


def unpack_gzip(file: BinaryIO, name: str) -> bytes:
    """Unpack a gzip file block by block, and return its content.

    Args:
        file: the file, seekable.
        name: the file's name in error messages.

    Raises:
        DataError: the file is damaged, or unpacks to more than `largest_unpacked` allows.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    limit = largest_unpacked(size)
    content = bytearray()
    try:
        with gzip.GzipFile(fileobj=file) as source:
            while block := source.read(_BLOCK_BYTES):
                content += block
                if len(content) > limit:
                    raise DataError(
                        f"{name}: {size:,} bytes that unpack to more than {limit:,}: pictures do not compress like "
                        "that, so it is refused. Unpack it yourself if you trust it."
                    )
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(
            f"{name}: the gzip file is truncated or damaged ({in_words(problem)}). Download it again."
        ) from problem
    return bytes(content)


def checked_member_name(name: str, archive: Path, *, error: type[OnelookError] = DataError) -> PurePosixPath:
    """Return the path of an archive's member. Refuse one that leaves the target folder or could fill the memory.

    Raises:
        DataError (or `error`): the name is absolute, contains `..` or a drive, or is longer or deeper than any real
            file's.
    """
    if not name:
        raise error(f"{archive}: the archive holds a file without a name. It is damaged: pack the pictures again.")
    if len(name) > LONGEST_MEMBER_NAME or name.count("/") > DEEPEST_MEMBER:
        raise error(
            f"{archive}: the archive names a file by {len(name):,} characters, in {name.count('/'):,} folders: "
            f"'{name[:40]}…'. Expected at most {LONGEST_MEMBER_NAME:,} characters and {DEEPEST_MEMBER} folders. Such "
            "an archive is refused whole; pack the pictures again."
        )
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", str(path)):
        raise error(
            f"{archive}: the archive names a file outside itself: '{name}'. "
            "Such an archive is refused whole; pack the pictures again."
        )
    return path


def unpack_model_zip(archive: Path, folder: Path) -> None:
    """Unpack the zip of a model into a folder.

    Raises:
        ModelError: the file is not a zip or is damaged, a path leaves the folder, or the zip is a bomb.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _refuse_bomb(archive, members)
            for member in members:
                path = checked_member_name(member.filename, archive, error=ModelError)
                if member.is_dir():
                    continue
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except _UNREADABLE_ZIP as problem:
        raise ModelError(
            f"{archive}: not a readable zip ({in_words(problem)}). Expected a zip of a model folder."
        ) from problem


def read_members(archive: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return the content of some members of the zip of another program's model, by name; those that it has.

    Raises:
        ModelError: the file is not a zip or is damaged, or the zip is a bomb.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _refuse_bomb(archive, members)
            wanted = {member.filename: member for member in members if member.filename in names}
            return {name: opened.read(member) for name, member in wanted.items()}
    except _UNREADABLE_ZIP as problem:
        raise ModelError(
            f"{archive}: not a readable zip ({in_words(problem)}). The file is damaged: copy it again."
        ) from problem


def _refuse_bomb(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse a bomb by the sizes that the archive states; zipfile never unpacks a member beyond its stated size."""
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest_unpacked(archive.stat().st_size):
        raise ModelError(
            f"{archive}: {archive.stat().st_size:,} bytes that unpack to {unpacked:,}: a model does not compress "
            "like that, so it is refused. Expected a zip of a model folder."
        )
    if len(members) > _MAXIMUM_MEMBERS:
        raise ModelError(
            f"{archive}: holds {len(members):,} files, at most {_MAXIMUM_MEMBERS:,} are unpacked. "
            "Expected a zip of a model folder."
        )
