"""Pictures that lie inside larger files, such as Parquet and TFRecord, several in each."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from onelook.data.storage.location import Location

Place = tuple[str, int, int]  # a file, where the picture begins in it, and the bytes of the picture


class PicturesInFiles(ABC):
    """The pictures of one part, by name: `train/3` or `3` is the third of all files together.

    Args:
        location: the location of the files.
        entries: the files.
        before: the pictures of the part before these, which the names count too.
    """

    def __init__(self, location: Location, entries: Sequence[str], before: int) -> None:
        self._location = location
        self._entries = entries
        self._before = before

    @property
    def root(self) -> Path:
        """The path as the user gave it."""
        return self._location.root

    def open(self, name: str) -> BinaryIO:
        """Return the picture's bytes as a file."""
        return io.BytesIO(self.read(name))

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Return the picture's bytes; empty if there are none.

        Raises:
            DataError: they cannot be read.
        """

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return a text that changes when one of the files does."""
        return self._location.fingerprint(list(self._entries))

    def path(self, name: str) -> Path | None:
        """Return a file on disk that holds pictures of the part; None inside an archive."""
        return self._location.path(self._entries[0])

    def _row(self, name: str) -> int:
        """Return the position of a picture among these."""
        return int(name.rpartition("/")[2]) - 1 - self._before

    def _reach(self, names: Sequence[str]) -> tuple[int, int]:
        """Return the first and the last position of pictures among these; -1 as the last without names."""
        rows = [self._row(name) for name in names]
        return min(rows, default=0), max(rows, default=-1)


class PlacedPictures(PicturesInFiles):
    """Pictures whose places in the files are known.

    Args:
        places: the place of each picture.
    """

    def __init__(self, location: Location, places: Sequence[Place], before: int = 0) -> None:
        super().__init__(location, list(dict.fromkeys(entry for entry, _, _ in places)), before)
        self._places = places

    def read(self, name: str) -> bytes:
        """Return the picture's bytes; empty if there are none.

        Raises:
            DataError: the file cannot be read.
        """
        entry, start, size = self._places[self._row(name)]
        with self._location.open(entry) as file:
            file.seek(start)
            return file.read(size)

    def path(self, name: str) -> Path | None:
        """Return the file of the picture on disk; None inside an archive."""
        return self._location.path(self._places[self._row(name)][0])

    def only(self, names: Sequence[str]) -> PlacedPictures:
        """Return these pictures alone, which can be pickled for another machine.

        Raises:
            DataError: the files lie in an archive.
        """
        first, last = self._reach(names)
        places = self._places[first : last + 1]
        there = self._location.only(list(dict.fromkeys(entry for entry, _, _ in places)))
        return PlacedPictures(there, places, self._before + first)
