"""Keep the files of a prediction in a folder, or in a bucket by its URL. Each file appears whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from onelook.errors import ConfigError, in_words
from onelook.files import refuse_unwritable_folder, write_bytes

_URL = "://"


class ShardStore(Protocol):
    """A place for files by name, which every worker can open by itself."""

    @property
    def where(self) -> str:
        """The place as the user gave it."""
        ...

    def names(self) -> list[str]:
        """Return the files that are there, in the order of their names."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file; the caller closes it."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all. One that is there is replaced.

        Raises:
            ConfigError: it cannot be written.
        """
        ...


class FolderStore:
    """A folder, which all machines see under this path.

    Raises:
        ConfigError: the path is a file, or nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        refuse_unwritable_folder(folder, "--out")
        self._folder = folder.absolute()
        self.where = str(folder)

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir()) if self._folder.is_dir() else []

    def open(self, name: str) -> BinaryIO:
        return (self._folder / name).open("rb")

    def write(self, name: str, content: bytes) -> None:
        try:
            write_bytes(self._folder / name, content)
        except OSError as problem:
            raise ConfigError(f"{self._folder / name}: cannot be written ({in_words(problem)}).") from problem


class BucketStore:
    """A folder of a bucket, such as `s3://bucket/folder`, through fsspec.

    A file is put in one request, or in parts that the store joins at the end: it is there whole, or not.

    Raises:
        ConfigError: a package is missing, or the bucket does not answer.
    """

    def __init__(self, url: str) -> None:
        self.where = url
        with self._reporting("opened"):
            self._files, self._folder = _file_system(url)

    def names(self) -> list[str]:
        with self._reporting("listed"):
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._folder, detail=False)
            except FileNotFoundError:
                self._refuse_missing_bucket()
                return []
            return sorted(str(each).rstrip("/").rpartition("/")[2] for each in found)

    def open(self, name: str) -> BinaryIO:
        with self._reporting("read"):
            opened: BinaryIO = self._files.open(f"{self._folder}/{name}", "rb")
            return opened

    def write(self, name: str, content: bytes) -> None:
        with self._reporting("written"):
            self._files.pipe_file(f"{self._folder}/{name}", content)

    def _refuse_missing_bucket(self) -> None:
        bucket = self._folder.lstrip("/").partition("/")[0]
        if not self._files.exists(bucket):
            raise FileNotFoundError(f"there is no bucket {bucket}")

    @contextmanager
    def _reporting(self, done: str) -> Iterator[None]:
        """Raise the errors of stores, which have no common base, as ours."""
        try:
            yield
        except ConfigError:
            raise
        except Exception as problem:
            raise ConfigError(f"{self.where}: cannot be {done} ({in_words(problem)}).") from problem


def _file_system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it without a slash at its end."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise _missing("fsspec", url) from error
    try:
        files, path = url_to_fs(url)
    except ImportError as error:  # its cause names the package for this kind of store
        raise _missing(getattr(error.__cause__ or error, "name", None) or in_words(error), url) from error
    except ValueError as problem:
        kind = url.partition(_URL)[0]
        raise ConfigError(
            f"{url}: files of the kind {kind}:// are not known. Expected one such as s3:// or gs://, or a folder."
        ) from problem
    return files, str(path).rstrip("/")


def _missing(package: str, url: str) -> ConfigError:
    kind = url.partition(_URL)[0]
    return ConfigError(f"{url}: {kind}:// needs the package {package}, which is not installed. Install it with pip.")


def is_url(out: str | Path) -> bool:
    """Return whether a place is a URL, and no path."""
    return isinstance(out, str) and _URL in out


def open_store(out: str | Path) -> ShardStore:
    """Return the store at a path or a URL.

    Raises:
        ConfigError: nothing can be written there.
    """
    return BucketStore(str(out)) if is_url(out) else FolderStore(Path(out))
