"""What an opened data set is: its parts, its classes, why it was taken for what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from onelook.data.part_names import pool_name
from onelook.errors import DataError
from onelook.settings import DecodeSettings
from onelook.wording import counted, listed

Images = NDArray[Any]  # (rows, height, width, channels), uint8; a user's own arrays keep their dtype
Labels = NDArray[np.int64]  # (rows,), positions in the class names
OnProgress = Callable[[int, int], None]  # (pictures done, pictures in all)


def progress_from(before: int, total: int, on_progress: OnProgress | None) -> OnProgress | None:
    """What a part tells, told as of all parts: `before` pictures stand in the parts that were done before it."""
    if on_progress is None:
        return None
    return lambda done, _: on_progress(before + done, total)


@dataclass(frozen=True)
class PictureFacts:
    """What is known of a part's pictures before they are decoded to one size."""

    sizes: Mapping[tuple[int, int], int]  # (height, width) -> how many
    channels: int  # 1 where every picture is grey, else 3
    dtype: str
    value_range: tuple[float, float]  # lowest and highest value that the dtype, or the data, can have
    is_sample: bool = False  # whether more pictures are there than were looked at for their sizes


@dataclass(frozen=True)
class Decoded:
    """The pictures of one part at one size."""

    images: Images
    kept: NDArray[np.int64]  # the position in the part of each row of `images`
    quarantined: Mapping[int, str]  # position in the part -> why it could not be read
    # A row for each of `images`; None where the pictures came as an array, all of one size and one kind.
    sizes: NDArray[np.int64] | None = None  # (rows, 2): upright height and width of the original, in pixels
    grey: NDArray[np.bool_] | None = None  # (rows,): the original holds no colour


class UnreadablePictureError(DataError):
    """A picture that cannot be read, where none may be.

    Args:
        position: of the picture in its part.
        reason: why it cannot be read.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"picture {position + 1} cannot be read: {reason}")
        self.position = position
        self.reason = reason


class Pictures(Protocol):
    """The pictures of one part, opened but not decoded."""

    def __len__(self) -> int: ...

    def facts(self) -> PictureFacts:
        """Sizes, channels and values, from headers where these tell."""
        ...

    def decode(
        self, settings: DecodeSettings, on_progress: OnProgress | None = None, *, strict: bool = False
    ) -> Decoded:
        """Every readable picture as the settings want it, in order; from the cache where it is there.

        Args:
            on_progress: told first how many are there already, then how many are done; nothing where all are.
            strict: stop at the first picture that cannot be read.

        Raises:
            UnreadablePictureError: `strict`, and one cannot be read.
        """
        ...


@dataclass(frozen=True)
class Part:
    """One part of a data set as it was found: `train`, `val`, `test`, or `all` where nothing is parted."""

    name: str
    ids: Sequence[str]  # as the user sees them: the path relative to the data, or the row number from 1
    labels: Labels | None  # None where the pictures have no labels
    pictures: Pictures
    # Equal numbers: pictures of one patient, one scene, one burst, which the split keeps on one side; -1: on its own.
    groups: NDArray[np.int64] | None = None
    group_names: tuple[str, ...] = ()  # what the data calls the groups 0, 1, 2 …

    def __len__(self) -> int:
        return len(self.pictures)


def require_pool(parts: Mapping[str, object]) -> str:
    """The name of the part to learn from.

    Raises:
        DataError: it is not among these parts.
    """
    pool = pool_name(parts)
    if pool is None:
        found = listed(parts) or "no"
        raise DataError(f"only {found} pictures were found, none to train on. Expected a part 'train'.")
    return pool


@dataclass(frozen=True)
class Dataset:
    """An opened data set. Prints as what was found and why.

    Its pictures are decoded later, when the size is chosen.
    """

    name: str  # for the run folder: `mnist`, `train`, …
    layout: str  # the registered layout that opened it, such as `pixel-csv`
    why: str  # one sentence: what made it this layout
    class_names: tuple[str, ...]  # in the order of the labels; empty where nothing is labelled
    parts: Mapping[str, Part]
    fingerprint: str  # of the content; names the cache
    notes: tuple[str, ...] = ()  # what was ignored or assumed, each a plain sentence
    missing_values: int = 0
    merged: tuple[str, ...] = ()  # fingerprints of the data sets that were put together, that to train on first
    # Pictures that were found and belong to no part, by id, and why: the ledger has them as quarantined.
    set_aside: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[str, ...]:
        """The fingerprints of the data sets that it was put together from: its own where it is one."""
        return self.merged or (self.fingerprint,)

    @property
    def pool(self) -> Part:
        """The part to learn from: `train`, or `all` where nothing is parted.

        Raises:
            DataError: there are only pictures of other parts.
        """
        return self.parts[require_pool(self.parts)]

    @property
    def rows(self) -> int:
        """Pictures in all parts together."""
        return sum(len(part) for part in self.parts.values())

    def __str__(self) -> str:
        from onelook.data.describe import describe

        return describe(self)

    def __repr__(self) -> str:
        # Not the fields: a notebook that shows a data set would list every id.
        size = f"{counted(self.rows, 'picture')}, {counted(len(self.class_names), 'class')}"
        return f"<Dataset {self.name!r}: {self.layout}, {size}>"


@dataclass(frozen=True)
class ImageSet:
    """Decoded pictures of one side of a split. The pictures stay where they are; `rows` says which are ours."""

    images: Images
    rows: NDArray[np.int64]
    ids: tuple[str, ...]
    labels: Labels | None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: NDArray[np.int64]) -> Images:
        """The pictures at these positions of this set, (len(positions), height, width, channels)."""
        taken: Images = self.images[self.rows[positions]]
        return taken

    def batches(self, batch_size: int) -> Iterator[Images]:
        """All pictures in order, `batch_size` at a time; the last batch is as long as it is."""
        for start in range(0, len(self), batch_size):
            yield self.images[self.rows[start : start + batch_size]]
