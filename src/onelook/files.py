"""Write files whole or not at all, compute checksums, and check downloads."""

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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, DataError

# From Linux's <fcntl.h> and <linux/fs.h>, for renameat2(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it to `target` if the block succeeds, else remove it.

    A crash leaves the old file or the new one, never a part of one.

    Raises:
        ConfigError: no file can be written there; see `refuse_unwritable`.

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
    temporary.touch(exist_ok=False)  # creates it with the permissions of the user's umask
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_unwritable(target: Path) -> None:
    """Check, before the work starts, that its result can be written.

    Raises:
        ConfigError: `target` is a folder, is below a file, or is in a folder without write permission.
    """
    if target.is_dir():
        raise ConfigError(f"{target}: is a folder. Expected the path of a file to write.")
    if target.exists() and not target.is_file():  # such as /dev/stdout, which a rename would replace
        raise ConfigError(f"{target}: is not an ordinary file. Expected the path of a file to write.")
    _refuse_place(target, target.parent)


def refuse_overwriting(target: Path, inputs: Iterable[object], option: str) -> None:
    """Refuse to write a result over a file that the same command reads.

    Args:
        target: the file to write.
        inputs: what the command reads; only paths of files count.
        option: the option that names the target.

    Raises:
        ConfigError: the target is one of them.
    """
    paths = [Path(each).expanduser() for each in inputs if isinstance(each, str | Path)]
    if target.is_file() and any(path.is_file() and target.samefile(path) for path in paths):
        raise ConfigError(f"{option} {target}: this command reads the file, which would be lost. Name another file.")


def refuse_unwritable_folder(target: Path, option: str = "") -> None:
    """Check, before the work starts, that files can be written into a folder, which need not exist.

    Args:
        target: the folder.
        option: the option that names it, with which the error begins.

    Raises:
        ConfigError: `target` is a file or is below one, or there is no permission to write there.
    """
    named = f"{option} {target}" if option else target
    if target.exists() and not target.is_dir():
        raise ConfigError(f"{named}: is a file. Expected a folder for the files to write.")
    _refuse_place(named, target)


def _refuse_place(named: object, parent: Path) -> None:
    """Refuse a folder in which nothing can be written, nor the folders above it be made."""
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    if not parent.is_dir():
        raise ConfigError(f"{named}: cannot be written: {parent} is a file, not a folder. Name another place.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigError(f"{named}: cannot be written: no permission to write to {parent}. Name another place.")


def write_bytes(target: Path, content: bytes) -> None:
    """Write `content` to `target`, whole or not at all."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def write_text(target: Path, content: str) -> None:
    """Write `content` to `target` as UTF-8, whole or not at all."""
    write_bytes(target, content.encode())


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Return plain values as JSON. A number that JSON cannot represent (NaN, infinity) becomes null.

    Example:
        >>> json_text({"loss": float("nan"), "class_names": ("cat", "dog")}, indent=None)
        '{"loss": null, "class_names": ["cat", "dog"]}'
    """
    return json.dumps(_without_nan(value), indent=indent, ensure_ascii=False, allow_nan=False)


def write_json(target: Path, value: Any) -> None:
    """Write plain values as `json_text` returns them and a line break, piece by piece, whole or not at all.

    A matrix of a million counts takes 100 MB as one text with its pieces.
    """
    pieces = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False).iterencode(_without_nan(value))
    with atomic_path(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
        file.write("\n")


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `target`, and replace `target` with it if the block succeeds.

    An existing `target` is replaced whatever it holds, so check it before the call. A crash leaves the old folder or
    the new one. If the system cannot swap two names in one step (Linux can), a crash between two renames can leave the
    old folder under a temporary name.
    """
    target = Path(target).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _sibling(target)
    temporary.mkdir()
    try:
        yield temporary
        put_folder(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # left by a block that failed


def put_folder(folder: Path, target: Path) -> None:
    """Rename a finished folder to `target`, in one step if the system can. What was at `target` is removed.

    Its files are written to the disk first, so that a crash leaves the old content or the new one.
    """
    for path in folder.rglob("*"):
        if path.is_file():
            _flush(path)
    if not target.exists():
        try:
            folder.replace(target)
            return
        except OSError:
            if not target.exists():  # it may exist now, because another process created it meanwhile
                raise
    if _swap_names(folder, target):  # the old content now has the other name
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)
    else:
        _replace_in_two_steps(folder, target)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def download(url: str, target: Path, *, sha256: str, timeout_seconds: float = 30.0) -> None:
    """Download `url` to `target`, and keep it only if its SHA-256 is the expected one.

    Raises:
        DataError: the address cannot be reached, or the file has another SHA-256.
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
    """Remove temporary files and folders that a killed writer of `target` left.

    No process may be writing `target` at the same time.
    """
    for left in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 8}{glob.escape(target.suffix)}"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _sibling(target: Path) -> Path:
    """Return a new hidden path beside `target`, with its suffix (some writers add a suffix if it is missing)."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}{target.suffix}")


def _swap_names(first: Path, second: Path) -> bool:
    """Swap the names of two paths in one step. Where the system cannot, do nothing and return False."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)  # glibc from 2.28
    if rename is None:
        return False
    status: int = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return status == 0


def _replace_in_two_steps(temporary: Path, target: Path) -> None:
    """Replace `target` by `temporary`; restore the old `target` if the second step fails."""
    aside = _sibling(target)
    target.replace(aside)
    try:
        temporary.replace(target)
    except BaseException:
        aside.replace(target)
        raise
    shutil.rmtree(aside)


def _flush(path: Path) -> None:
    """Have the operating system write the file's bytes to the disk, before the file is renamed."""
    with path.open("r+b") as file:  # Windows flushes only a file that is open for writing
        os.fsync(file.fileno())
