"""Keep the files of a prediction in a folder, or in a bucket by its URL. Each file appears whole."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from onelook.data.remote.addresses import explained, file_system, is_on_the_web, is_url
from onelook.errors import ConfigError, in_words
from onelook.files import refuse_unwritable_folder, write_bytes


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
        ConfigError: a package is missing, or nothing can be written at the address.
    """

    def __init__(self, url: str) -> None:
        if is_on_the_web(url):
            raise ConfigError(f"--out {url}: a web address cannot be written to. Name a folder or a bucket.")
        self.where = url
        self._files, folder = file_system(url)
        self._folder = folder.rstrip("/")

    def names(self) -> list[str]:
        with self._explained():
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._folder, detail=False)
            except FileNotFoundError:  # a folder that will be made, but a bucket that has to be there
                if not self._files.exists(self._folder.lstrip("/").partition("/")[0]):
                    raise
                return []
            return sorted(str(each).rstrip("/").rpartition("/")[2] for each in found)

    def open(self, name: str) -> BinaryIO:
        with self._explained():
            opened: BinaryIO = self._files.open(f"{self._folder}/{name}", "rb")
            return opened

    def write(self, name: str, content: bytes) -> None:
        with self._explained():
            self._files.pipe_file(f"{self._folder}/{name}", content)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(f"--out {self.where}", ConfigError)


def open_store(out: str | Path) -> ShardStore:
    """Return the store at a path or a URL.

    Raises:
        ConfigError: nothing can be written there.
    """
    return BucketStore(out) if isinstance(out, str) and is_url(out) else FolderStore(Path(out))
