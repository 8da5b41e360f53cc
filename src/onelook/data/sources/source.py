"""The contract of a layout: what it is asked, what it answers, and the place that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from onelook.data.dataset import Dataset
from onelook.data.sources.label_from import FolderLevel, NamePattern

Found = TypeVar("Found")


class Location(Protocol):
    """A file, a folder or a zip read in place: one way to list it and to read from it.

    A single wrapping folder of any name is looked through, so that names begin where the data begins.
    `onelook.data.location.Location` is the one that `open_dataset` makes.
    """

    @property
    def root(self) -> Path:
        """The path as the user gave it, for messages."""
        ...

    @property
    def name(self) -> str:
        """A short name for the data, without suffix: the file's, the folder's or the zip's."""
        ...

    @property
    def is_file(self) -> bool:
        """Whether this is one plain file (a zip of files is not: it is read like a folder)."""
        ...

    @property
    def suffix(self) -> str:
        """The last suffix of `root`, in lower case, with its dot; empty for a folder."""
        ...

    @property
    def ignored(self) -> Sequence[str]:
        """Hidden and system entries that were left out, as names."""
        ...

    @property
    def wrapping(self) -> str:
        """The folders that were looked through, as a POSIX path; empty where there were none."""
        ...

    def entries(self) -> Sequence[str]:
        """Every file, as a POSIX path below the data's root, in natural order. A plain file: its own name."""
        ...

    def empty_folders(self) -> Sequence[str]:
        """Every folder with no file in it or below, as a POSIX path below the data's root, in natural order."""
        ...

    def once(self, look: Callable[[Any], Found]) -> Found:
        """What `look`, given this location, finds in it. It looks once, however many layouts ask."""
        ...

    def open(self, name: str) -> BinaryIO:
        """An entry's bytes; the caller closes it."""
        ...

    def read(self, name: str) -> bytes:
        """All of an entry's bytes; many threads may read at once.

        Raises:
            DataError: the entry cannot be read, with the reason.
        """
        ...

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """64 hexadecimal digits that change when the entries' content does (all entries, or those named)."""
        ...

    def path(self, name: str) -> Path | None:
        """The entry's path on disk; None inside a zip."""
        ...


@dataclass(frozen=True)
class SourceOptions:
    """What the user said about how to read the data. Names for integer labels are given later, by `open_dataset`."""

    label_column: str | None = None  # the column of a table that holds the label
    label_from: FolderLevel | NamePattern | None = None  # where the label stands in the paths of pictures
    needs_labels: bool = True  # False where pictures are only predicted: what they might be called is no question


class ToldBy(Enum):
    """What tells the labels when data is read in one way; `fitting` decides by it which of several ways stands."""

    FORMAT = auto()  # files of a format that holds pictures and labels
    PIXEL_TABLE = auto()  # a table with a column a pixel
    TABLE = auto()  # a table that lists picture files
    TABLE_OF_PATHS = auto()  # such a table, whose labels stand in the paths already, without parts or groups
    FOLDERS = auto()  # the folders that the pictures lie in
    CONVENTION = auto()  # file names that begin with the label, as `cat.1.jpg`
    PATTERN = auto()  # file names, by a pattern that we found ourselves
    PATTERN_ACROSS_FOLDERS = auto()  # the same, where each folder holds pictures of every label
    NOTHING = auto()  # pictures without labels


@dataclass(frozen=True)
class Candidate:
    """One way to read the data that is there, as the layout offers it that recognises it.

    Attributes:
        why: why the layout fits, as one sentence for the user.
        told_by: what tells the labels.
    """

    why: str
    told_by: ToldBy


class Layout(Protocol):
    """One way that data can lie on disk. Built without arguments."""

    def recognise(self, location: Location) -> Candidate | None:
        """How this layout would read what is there; None where it cannot.

        Cheap: it looks at names and at most at the beginning of a file, never at all pictures. It knows no other
        layout: which one is taken where several can read the data is decided in `fitting` alone.
        """
        ...

    def open(self, location: Location, options: SourceOptions) -> Dataset:
        """The data set that lies there.

        Raises:
            DataError: the data is malformed; names the file and, in tables, the row and the column.
            ConfigError: an option does not fit the data.
        """
        ...
