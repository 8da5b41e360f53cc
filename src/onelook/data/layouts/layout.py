"""The contract of a layout: recognise data, and open it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from onelook.data.dataset import Dataset
from onelook.data.layouts.label_from import FolderLevel, NamePattern
from onelook.data.storage.location import Location


@dataclass(frozen=True)
class LayoutOptions:
    """The user's options for reading data. `open_dataset` gives names to integer labels later."""

    label_column: str | None = None  # the column of a table that holds the label
    label_from: FolderLevel | NamePattern | None = None  # where the label stands in the paths of pictures
    names_classes: bool = True  # False where the user gives the names of the classes
    needs_labels: bool = True  # False where pictures are only predicted: what they might be called is no question


class ToldBy(Enum):
    """The source of the labels when data is read in one way. `recognise` compares ways by it."""

    FORMAT = auto()  # files of a format that holds pictures and labels
    PIXEL_TABLE = auto()  # a table with a column a pixel
    LABEL_TABLE = auto()  # a table that lists picture files and says which column is their label, or parts or groups
    TABLE = auto()  # a table that lists picture files, of which a column may be the label
    TABLE_OF_PATHS = auto()  # such a table, whose labels stand in the paths already, without parts or groups
    LIST = auto()  # a table that lists picture files without labels
    FOLDERS = auto()  # the folders that the pictures lie in
    CONVENTION = auto()  # file names that begin with the label, as `cat.1.jpg`
    PATTERN = auto()  # file names, by a pattern that we found ourselves
    PATTERN_ACROSS_FOLDERS = auto()  # the same, where each folder holds pictures of every label
    NOTHING = auto()  # pictures without labels


@dataclass(frozen=True)
class Candidate:
    """One way to read the data, offered by a layout that recognises it.

    Attributes:
        why: why the layout fits, as one sentence for the user.
        told_by: what tells the labels.
    """

    why: str
    told_by: ToldBy


class Layout(Protocol):
    """A way in which data lies on disk. Built without arguments."""

    def recognise(self, location: Location) -> Candidate | None:
        """Return how this layout would read the data; None where it cannot.

        Cheap: it looks at names and at most at the beginning of a file, never at all pictures. It knows no other
        layout: which one is taken where several can read the data is decided in `recognise` alone.
        """
        ...

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set.

        Raises:
            DataError: the data is malformed; names the file and, in tables, the row and the column.
            ConfigError: an option does not fit the data.
        """
        ...
