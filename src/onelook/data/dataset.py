"""An opened data set: its parts, its classes, and the reason for its layout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from onelook.data.labels import Labels, class_counts
from onelook.data.part import NamedPart, Part
from onelook.data.part_names import pool_name
from onelook.data.pictures.mapped import take_rows
from onelook.data.pictures.protocol import BYTE_RANGE, Images
from onelook.errors import ConfigError, DataError
from onelook.notebook import ShownPictures, html_of
from onelook.wording import agree, counted, listed


def require_pool(parts: Mapping[str, object]) -> str:
    """Return the name of the training part: `train`, or `all` if the data has no parts.

    Raises:
        DataError: there is no training part.
    """
    pool = pool_name(parts)
    if pool is None:
        found = listed(parts) or "no"
        raise DataError(f"only {found} pictures were found, none to train on. Expected a part 'train'.")
    return pool


@dataclass(frozen=True)
class Dataset:
    """An opened data set. It prints as a summary of what was found, and why.

    Its pictures are decoded later, when the size is chosen.
    """

    name: str  # for the run folder: `mnist`, `train`, …
    layout: str  # the registered layout that opened it, such as `pixel-csv`
    why: str  # one sentence: the reason for this layout
    class_names: tuple[str, ...]  # in the order of the labels; empty if nothing is labelled
    parts: Mapping[str, Part]
    fingerprint: str  # of the content; part of the key of the cache
    notes: tuple[str, ...] = ()  # a sentence on each thing that was ignored or assumed
    missing_values: int = 0
    merged: tuple[str, ...] = ()  # fingerprints of the joined data sets, the training set first
    # Pictures that belong to no part: id -> reason. The ledger lists them as quarantined.
    set_aside: Mapping[str, str] = field(default_factory=dict)
    # What a fixes file changed, id -> what the ledger says. A dropped picture belongs to no part any more. The labels
    # of the `confirmed` ones are right, however wrong they look.
    dropped: Mapping[str, str] = field(default_factory=dict)
    relabelled: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    published: str = ""  # the published data set that the pictures were recognised as, such as Fashion-MNIST
    codes: tuple[str, ...] = ()  # the labels in the data, in the order of the class names, if those are published names
    no_classes: str = ""  # why its labels are not classes, and what to do; no part has labels then

    @property
    def sources(self) -> tuple[str, ...]:
        """The fingerprints of the data sets that were joined in this one; its own if none were."""
        return self.merged or (self.fingerprint,)

    @property
    def pool(self) -> Part:
        """The training part: `train`, or `all` if the data has no parts.

        Raises:
            DataError: there is no training part.
        """
        return self.parts[require_pool(self.parts)]

    @property
    def rows(self) -> int:
        """The number of pictures in all parts."""
        return sum(len(part) for part in self.parts.values())

    @property
    def counts(self) -> dict[str, int]:
        """The number of pictures of each class in all parts, in the order of the class names."""
        counts = sum(
            (class_counts(part.labels, len(self.class_names)) for part in self.parts.values()),
            start=class_counts(None, len(self.class_names)),
        )
        return dict(zip(self.class_names, counts.tolist(), strict=True))

    def __getitem__(self, name: str) -> NamedPart:
        """Return a part as a sequence of samples.

        Raises:
            ConfigError: there is no part with this name; the message lists the parts.

        Example:
            >>> from onelook import open_dataset
            >>> train = open_dataset("digits")["train"]
            >>> len(train), train[0].label, train[0].picture.shape
            (1437, '0', (8, 8, 1))
        """
        if name in self.parts:
            return NamedPart(self.parts[name], self.class_names, self)
        names = listed((f"'{part}'" for part in self.parts), last="and")
        raise ConfigError(
            f"{self.name}: there is no part {name!r}. It has the {agree(len(self.parts), 'part', 'parts')} {names}; "
            f"the first picture is dataset['{next(iter(self.parts), 'train')}'][0].",
            options=list(self.parts),
        )

    def only(self, name: str) -> Dataset:
        """Return a data set of this part alone, as its part `all`; its pictures keep their ids.

        Raises:
            ConfigError: there is no part with this name.
        """
        part = self[name].part
        if name == "all":
            return self
        fingerprint = hashlib.sha256(f"{self.fingerprint} {name}".encode()).hexdigest()
        return replace(
            self,
            name=f"{self.name}-{name}",
            why=f"{self.why}; only its part '{name}'",
            parts={"all": replace(part, name="all")},
            fingerprint=fingerprint,
            merged=(),
            set_aside={},  # these belong to no part
            dropped={},  # nor do these
        )

    def __contains__(self, name: object) -> bool:
        return name in self.parts

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the parts, as a dictionary yields its keys."""
        return iter(self.parts)

    def show(
        self, part: str | None = None, *, each: int = 8, class_names: Sequence[str] | None = None, seed: int = 0
    ) -> ShownPictures:
        """Return random pictures of each class, which a notebook shows; elsewhere `save` them.

        Args:
            part: the name of a part; by default the training part.
            each: the number of pictures of a class, at least 1.
            class_names: the classes to show; by default the first twenty.
            seed: draws the pictures; another number draws others.

        Raises:
            ConfigError: there is no such part or class, or `each` is no possible number.

        Example:
            >>> from onelook import open_dataset
            >>> open_dataset("digits").show(each=4)
            <PictureGrid: digits, train, 40 pictures; .save('pictures.png') writes them>
        """
        # Loaded by name: pages lie above the data.
        grids = import_module("onelook.report.notebook.picture_grid")
        grid: ShownPictures = grids.picture_grid(self, part, each, class_names, seed)
        return grid

    def __str__(self) -> str:
        from onelook.data.describe import DescribedPart, describe
        from onelook.data.pictures.from_lists import existing_rows

        parts = {}
        for name, part in self.parts.items():
            # A note tells the files that a table lists and that are missing: they are no pictures of a class.
            there = existing_rows(part.pictures)
            labels = None if part.labels is None else part.labels[there]
            parts[name] = DescribedPart(len(there), labels, part.pictures.facts())
        layout = f"{self.layout}: {self.why}"
        return describe(
            self.name,
            layout,
            parts,
            class_names=self.class_names,
            notes=self.notes,
            missing_values=self.missing_values,
        )

    def __repr__(self) -> str:
        # The summary instead of the fields: a notebook would show every id.
        size = f"{counted(self.rows, 'picture')}, {counted(len(self.class_names), 'class')}"
        return f"<Dataset {self.name!r}: {self.layout}, {size}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: pictures and counts of each class, the parts, the notes."""
        return html_of("onelook.report.notebook.dataset:dataset_html", self)


@dataclass(frozen=True)
class ReadPart:
    """The readable pictures of one part, a row each, in the order of the data."""

    name: str
    images: Images  # (rows, height, width, channels)
    ids: Sequence[str]
    labels: Labels | None
    groups: NDArray[np.int64]  # equal numbers mean equal pixels, in this part and the others
    near_groups: NDArray[np.int64]  # equal numbers mean near or exact copies, linked by pictures of this part only
    # The first row with the same part, given side, label and pixels; -1 for that first row itself.
    copy_of: NDArray[np.int64]
    found: int  # the number of pictures, readable or not
    found_classes: frozenset[int]  # the labels of these pictures
    quarantined: Mapping[str, str]  # id -> why the picture cannot be read
    given_groups: NDArray[np.int64] | None = None  # as in `Part.groups`: from the data, not from the pixels
    group_names: tuple[str, ...] = ()  # as in `Part.group_names`
    given_side: NDArray[np.str_] | None = None  # train, val or test, if the user gave a split
    sizes: NDArray[np.int64] | None = None  # as in `Decoded`: upright height and width of each original
    grey: NDArray[np.bool_] | None = None  # as in `Decoded`: whether each original has no colour
    measures: NDArray[np.float64] | None = None  # as in `Decoded`: taken while the pictures were decoded
    unresized: Images | None = None  # as in `Decoded`: the array from which `images` were resized
    value_range: tuple[float, float] = BYTE_RANGE  # lowest and highest value that a pixel can have
    fingerprint: str = ""  # of all pixels in order; the key under which computed results are cached

    @property
    def used(self) -> NDArray[np.int64]:
        """The rows that are not copies."""
        return np.flatnonzero(self.copy_of < 0)


@dataclass(frozen=True)
class ImageSet:
    """The decoded pictures of one side of a split. `rows` are their positions in `images`, which is not copied."""

    images: Images
    rows: NDArray[np.int64]
    ids: Sequence[str]
    labels: Labels | None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: NDArray[np.int64]) -> Images:
        """Return the pictures at these positions of this set, (len(positions), height, width, channels)."""
        return take_rows(self.images, self.rows[positions])

    def batches(self, batch_size: int) -> Iterator[Images]:
        """Yield all pictures in order, `batch_size` at a time; the last batch may be shorter."""
        for start in range(0, len(self), batch_size):
            yield take_rows(self.images, self.rows[start : start + batch_size])
