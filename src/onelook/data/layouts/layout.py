"""The interface of a layout: recognise data, and open it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Protocol

from onelook.data.dataset import Dataset
from onelook.data.layouts.label_from import FolderLevel, NamePattern, parse_label_from
from onelook.data.storage.location import Location
from onelook.settings.opening import BY_THE_DATA, OpeningOptions


@dataclass(frozen=True)
class LayoutOptions:
    """The request to a layout: the user's options, and whether labels are needed.

    `open_dataset` gives names to integer labels later.
    """

    opening: OpeningOptions = BY_THE_DATA
    needs_labels: bool = True  # False if pictures are only predicted: then nothing is asked about labels
    sample_names: tuple[frozenset[str], ...] = ()  # columns, and values of each, of a sample submission beside the data

    @property
    def label_column(self) -> str | None:
        """The column of a table that holds the label."""
        return self.opening.label_column

    @cached_property
    def label_from(self) -> FolderLevel | NamePattern | None:
        """The place of the label in the paths of pictures.

        Raises:
            ConfigError: the option is neither a folder nor a pattern.
        """
        return parse_label_from(self.opening.label_from)

    @property
    def names_classes(self) -> bool:
        """Whether the data may name the classes: the user does not."""
        return self.opening.class_names is None


class LabelSource(Enum):
    """The source of the labels when data is read in one way. `recognise` compares ways by it."""

    FORMAT = auto()  # files of a format that contains pictures and labels
    PIXEL_TABLE = auto()  # a table with one column per pixel
    LABEL_TABLE = auto()  # a table that lists picture files, with a certain label, or with parts or groups
    TABLE = auto()  # a table that lists picture files, with a column that may be the label
    TABLE_OF_PATHS = auto()  # such a table, whose labels are already in the paths, without parts or groups
    LIST = auto()  # a table that lists picture files without labels
    FOLDERS = auto()  # the folders of the pictures
    CONVENTION = auto()  # file names that begin with the label, such as `cat.1.jpg`
    PATTERN = auto()  # file names, by a pattern that we found ourselves
    PATTERN_ACROSS_FOLDERS = auto()  # the same, with pictures of every label in each folder
    NOTHING = auto()  # pictures without labels


@dataclass(frozen=True)
class Candidate:
    """One way to read the data, offered by a layout that recognises it.

    Attributes:
        why: the reason why the layout fits, as one sentence for the user.
        label_source: the source of the labels.
    """

    why: str
    label_source: LabelSource


class Layout(Protocol):
    """A way in which data is stored. A layout is built without arguments."""

    def recognise(self, location: Location) -> Candidate | None:
        """Return how this layout would read the data; None if it cannot.

        This is fast: it reads names and at most the beginning of a file, never all pictures. It does not know other
        layouts: if several can read the data, only `recognise` chooses between them.
        """
        ...

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set.

        Raises:
            DataError: the data is malformed; the error names the file and, in tables, the row and the column.
            ConfigError: an option does not fit the data.
        """
        ...
