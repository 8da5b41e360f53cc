"""Files written whole or not at all, checksums, archives unpacked safely, downloads checked."""

from __future__ import annotations

import ctypes
import glob
import hashlib
import http.client
import json
import math
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, DataError

# From Linux's <fcntl.h> and <linux/fs.h>, for renameat2(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, renamed to it when the block ends well, removed when not.

    A crash leaves the old file or the new one, never a part of one.

    Raises:
        ConfigError: no file can be written there, see `refuse_unwritable`.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "note.txt"
        >>> with atomic_path(target) as temporary:
        ...     _ = temporary.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    target = Path(target)
    refuse_unwritable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    temporary.touch(exist_ok=False)  # with the permissions that the user's umask gives
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_unwritable(target: Path) -> None:
    """Says before the work what could not be written after it.

    Raises:
        ConfigError: `target` is a folder, lies below a file, or its folder may not be written to.
    """
    if target.is_dir():
        raise ConfigError(f"{target}: is a folder. Expected the path of a file to write.")
    if target.exists() and not target.is_file():  # /dev/stdout, which a rename would replace
        raise ConfigError(f"{target}: is no ordinary file. Expected the path of a file to write.")
    parent = target.parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    if not parent.is_dir():
        raise ConfigError(f"{target}: cannot be written, as {parent} is a file and no folder. Name another place.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigError(f"{target}: cannot be written, as {parent} may not be written to. Name another place.")


def write_bytes(target: Path, content: bytes) -> None:
    """Writes `content` to `target`, whole or not at all."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def write_text(target: Path, content: str) -> None:
    """Writes `content` to `target` as UTF-8, whole or not at all."""
    write_bytes(target, content.encode())


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Plain values as JSON that any reader takes: a number that JSON does not know (NaN, infinity) becomes null.

    Example:
        >>> json_text({"loss": float("nan"), "class_names": ("cat", "dog")}, indent=None)
        '{"loss": null, "class_names": ["cat", "dog"]}'
    """
    return json.dumps(_without_nan(value), indent=indent, ensure_ascii=False, allow_nan=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well.

    An existing `target` is replaced, whatever it holds: look before you call. A crash leaves the old folder
    or the new one; where the system cannot swap two names in one step (Linux can), a crash between two
    renames can leave the old one under its temporary name.
    """
    target = Path(target).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    temporary.mkdir()
    try:
        yield temporary
        put_folder(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # what a block that failed has left


def put_folder(folder: Path, target: Path) -> None:
    """Gives a finished folder the name `target`, in one step where the system can; what was there before is gone.

    Its files are on the disk before: a crash leaves the old content under that name, or the new one.
    """
    for path in folder.rglob("*"):
        if path.is_file():
            _flush(path)
    if not target.exists():
        try:
            folder.replace(target)
            return
        except OSError:
            if not target.exists():  # another process may have put its own there meanwhile
                raise
    if _swap_names(folder, target):  # the old content now has the other name
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)
    else:
        _replace_in_two_steps(folder, target)


def checksum(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def download(url: str, target: Path, *, sha256: str, timeout_seconds: float = 30.0) -> None:
    """Fetches `url` to `target` and keeps it only if its SHA-256 is the expected one.

    Raises:
        DataError: the address cannot be reached, or what came is not what was expected.
    """
    with atomic_path(target) as temporary:
        try:
            with urllib.request.urlopen(url, timeout=timeout_seconds) as response, temporary.open("wb") as sink:
                shutil.copyfileobj(response, sink)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as problem:
            raise DataError(
                f"could not download {url}: {problem}. Put the files in $ONELOOK_DATA/<name>/, or check the network."
            ) from problem
        found = checksum(temporary)
        if found != sha256:
            raise DataError(f"{url}: the file's SHA-256 is {found}, expected {sha256}. Nothing was kept.")


def remove_unfinished(target: Path) -> None:
    """Removes what writers of `target` left that were killed: a file or a folder under its temporary name.

    Nobody may be writing it meanwhile.
    """
    for left in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 8}{glob.escape(target.suffix)}"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _sibling(target: Path) -> Path:
    """A new hidden name beside `target`, with its suffix (some writers add one that they do not find)."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}{target.suffix}")


def _swap_names(first: Path, second: Path) -> bool:
    """Gives each of two paths the other's name in one step; False, and nothing done, where that cannot be."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)  # glibc from 2.28
    if rename is None:
        return False
    status: int = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return status == 0


def _replace_in_two_steps(temporary: Path, target: Path) -> None:
    """Puts `temporary` in the place of `target`; the old one comes back where the second step fails."""
    aside = _sibling(target)
    target.replace(aside)
    try:
        temporary.replace(target)
    except BaseException:
        aside.replace(target)
        raise
    shutil.rmtree(aside)


def _flush(path: Path) -> None:
    """Asks the operating system to put the file's bytes on the disk before it is renamed."""
    with path.open("r+b") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())
