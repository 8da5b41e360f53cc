"""Archives from elsewhere, unpacked safely: no bombs, no paths that leave the folder."""

from __future__ import annotations

import gzip
import lzma
import os
import re
import shutil
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from onelook.errors import DataError, ModelError, OnelookError, in_words

# What unpacks to more than this many times its own size is taken for a bomb: deflate reaches about 1,030 on
# zeros, pictures and weights stay under 20, a table of mostly black pictures near 30. What unpacks to little harms
# nobody, whatever its ratio (golden pictures that are all black compress a thousandfold).
_MAXIMUM_COMPRESSION = 200
_HARMLESS_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_MAXIMUM_MEMBERS = 10_000  # a run folder with its evidence has hundreds
# No file system takes a longer path, and nobody's data lies deeper. Without these limits a small archive names
# folders within folders that fill the memory, each being written out with all that are above it.
LONGEST_MEMBER_NAME = 4_096  # characters
DEEPEST_MEMBER = 64  # folders

# All that zipfile raises over a damaged archive; RuntimeError where a password is asked for (or, as
# NotImplementedError, an unknown compression), ValueError over offsets that lead outside the file.
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
    """The most bytes that so many packed ones may unpack to; what swells more is taken for a decompression bomb.

    Example:
        >>> largest_unpacked(1_000), largest_unpacked(1_000_000)
        (67108864, 200000000)
    """
    return max(_HARMLESS_BYTES, _MAXIMUM_COMPRESSION * packed_bytes)


def unpack_gzip(file: BinaryIO, name: str) -> bytes:
    """The content of a gzip file, unpacked a block at a time.

    Args:
        file: its bytes, from the beginning; must be seekable.
        name: what errors call it.

    Raises:
        DataError: it is damaged, or unpacks to more than `largest_unpacked` says.
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
                        f"{name}: {size:,} bytes that unpack to more than {limit:,}: no pictures pack like that, so "
                        "it is refused. Unpack it yourself if you trust it."
                    )
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(
            f"{name}: the gzip file is truncated or damaged ({in_words(problem)}). Fetch it again."
        ) from problem
    return bytes(content)


def checked_member_name(name: str, archive: Path, *, error: type[OnelookError] = DataError) -> PurePosixPath:
    """A zip member's path, refused where it would leave the folder that it is unpacked into, or fill a memory.

    Raises:
        DataError (or `error`): the name is absolute, holds `..` or a drive, or is longer or deeper than any file's.
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
    """Unpacks a small zip (a model) into `folder`, refusing paths that leave it and zip bombs.

    Raises:
        ModelError: not a zip, damaged, a path leaves the folder, or a member swells suspiciously.
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


def _refuse_bomb(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    """Judges by the sizes that the archive states; zipfile never unpacks a member beyond its stated size."""
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest_unpacked(archive.stat().st_size):
        raise ModelError(
            f"{archive}: {archive.stat().st_size:,} bytes that unpack to {unpacked:,}: no model compresses "
            "like that, so it is refused. Expected a zip of a model folder."
        )
    if len(members) > _MAXIMUM_MEMBERS:
        raise ModelError(
            f"{archive}: holds {len(members):,} files, at most {_MAXIMUM_MEMBERS:,} are unpacked. "
            "Expected a zip of a model folder."
        )
