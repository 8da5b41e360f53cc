"""Files written whole or not at all, checksums, archives unpacked safely, downloads checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from onelook.errors import DataError, ModelError, OnelookError

# A zip member that unpacks to more than this many times its stored size is taken for a bomb:
# deflate reaches about 1,030 on zeros, pictures and weights stay under 20.
_MAXIMUM_COMPRESSION = 200


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, renamed to it when the block ends well, removed when not.

    A crash leaves the old file or the new one, never a part of one.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "note.txt"
        >>> with atomic_path(target) as temporary:
        ...     _ = temporary.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        _flush(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes) -> None:
    """Writes `content` to `target`, whole or not at all."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def write_text(target: Path, content: str) -> None:
    """Writes `content` to `target` as UTF-8, whole or not at all."""
    write_bytes(target, content.encode())


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well.

    An existing `target` is replaced; a crash leaves the old folder or the new one.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            target.replace(old / "old")
            temporary.replace(target)
            shutil.rmtree(old)
        else:
            temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def checksum(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def checked_member_name(name: str, archive: Path, *, error: type[OnelookError] = DataError) -> PurePosixPath:
    """A zip member's path, refused where it would leave the folder that it is unpacked into.

    Raises:
        DataError (or `error`): the name is absolute, holds `..`, or a drive.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
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
            for member in opened.infolist():
                path = checked_member_name(member.filename, archive, error=ModelError)
                if member.file_size > _MAXIMUM_COMPRESSION * max(member.compress_size, 1024):
                    raise ModelError(f"{archive}: '{member.filename}' unpacks to {member.file_size} bytes. Refused.")
                if member.is_dir():
                    continue
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError) as problem:
        raise ModelError(f"{archive}: not a readable zip ({problem}). Expected a zip of a model folder.") from problem


def download(url: str, target: Path, *, sha256: str, timeout_seconds: float = 30.0) -> None:
    """Fetches `url` to `target` and keeps it only if its SHA-256 is the expected one.

    Raises:
        DataError: the address cannot be reached, or what came is not what was expected.
    """
    with atomic_path(target) as temporary:
        try:
            with urllib.request.urlopen(url, timeout=timeout_seconds) as response, temporary.open("wb") as sink:
                shutil.copyfileobj(response, sink)
        except (urllib.error.URLError, OSError) as problem:
            raise DataError(
                f"could not download {url}: {problem}. Put the files in $ONELOOK_DATA/<name>/, or check the network."
            ) from problem
        found = checksum(temporary)
        if found != sha256:
            raise DataError(f"{url}: the file's SHA-256 is {found}, expected {sha256}. Nothing was kept.")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _flush(path: Path) -> None:
    """Asks the operating system to put the file's bytes on the disk before it is renamed."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
