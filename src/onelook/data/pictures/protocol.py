"""The interface of the pictures of one part: the source of their bytes, and the result of decoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.settings import DecodeSettings

Images = NDArray[Any]  # (rows, height, width, channels), uint8; a user's own arrays keep their dtype
OnProgress = Callable[[int, int], None]  # called with (pictures done, total)
# More than 8 bits; maybe transparent parts; several frames; several pages; DICOM; DICOM whose lowest value is white.
Kind = Literal["deep", "clear", "animated", "paged", "dicom", "inverted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BYTE_RANGE = (0.0, 255.0)  # the range of uint8, also if not all values occur


class PictureStore(Protocol):
    """A store of encoded pictures by name: a `Location`, or a table that contains them."""

    @property
    def root(self) -> Path | str:
        """The path or the address as the user gave it, for messages."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a picture's bytes; the caller closes them."""
        ...

    def read(self, name: str) -> bytes:
        """Return all of a picture's bytes; many threads may read at once.

        Raises:
            DataError: it cannot be read now; the error has the reason.
        """
        ...

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return 64 hexadecimal digits that change when the content of the pictures does."""
        ...

    def path(self, name: str) -> Path | None:
        """Return the file on disk that holds the picture; None inside an archive."""
        ...


@runtime_checkable
class SharedStore(PictureStore, Protocol):
    """A store that other machines can open too."""

    def only(self, names: Sequence[str]) -> PictureStore:
        """Return a store of these pictures alone, which can be pickled for another machine.

        Raises:
            DataError: they lie where another process cannot open them by itself.
        """
        ...


def for_other_machines(store: PictureStore, names: Sequence[str]) -> PictureStore:
    """Return a store of these pictures alone, which can be pickled for another machine.

    Raises:
        DataError: they lie where another process cannot open them by itself.
    """
    if isinstance(store, SharedStore):
        return store.only(names)
    raise DataError(
        f"{store.root}: it is open in this process alone. Expected files that several can read: a folder of pictures "
        "or Parquet."
    )


@runtime_checkable
class ReadsTogether(Protocol):
    """A store that reads several pictures in the time of one, because each is a request to another machine."""

    def read_together(self, names: Sequence[str]) -> list[bytes | DataError]:
        """Return the bytes of each picture, or why it cannot be read."""
        ...


@dataclass(frozen=True)
class PictureFacts:
    """Facts about the pictures of a part, before they are decoded to one size."""

    sizes: Mapping[tuple[int, int], int]  # (height, width) -> number of pictures
    channels: int  # 1 if every picture is grey, else 3
    dtype: str
    value_range: tuple[float, float]  # the lowest and highest value that the dtype, or the data, can have
    is_sample: bool = False  # whether only a sample was read for the sizes
    kinds: Mapping[Kind, int] = field(default_factory=dict)  # special kind -> number of pictures among those read


@dataclass(frozen=True)
class PixelSurvey:
    """The values of a sample of deep pictures, and how much a sample of clear ones shows on each ground.

    Attributes:
        deep: the number of sampled pictures with more than 8 bits.
        low, high: their lowest and highest value, without `no_data`.
        no_data: values so far from all others that they mean missing data.
        usual_low, usual_high: the lowest and highest value without 0.1 % at each end.
        is_float: whether some pictures contain floating-point numbers.
        windows: the number of pictures that state a display window.
        window_low, window_high: the lowest and highest end of these windows.
        clear: the number of sampled pictures with transparent parts.
        empty: ground -> the number of these that are invisible on it but visible on another ground.
    """

    deep: int = 0
    low: float = 0.0
    high: float = 0.0
    no_data: Sequence[float] = ()
    usual_low: float = 0.0
    usual_high: float = 0.0
    is_float: bool = False
    windows: int = 0
    window_low: float = 0.0
    window_high: float = 0.0
    clear: int = 0
    empty: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the survey as JSON values; as arguments, they make an equal one."""
        return asdict(self)


@dataclass(frozen=True)
class Decoded:
    """The pictures of one part, decoded to one size."""

    images: Images
    kept: NDArray[np.int64]  # the position in the part of each row of `images`
    quarantined: Mapping[int, str]  # position in the part -> why the picture could not be read
    # A row for each of `images`; None if the pictures were an array, all of one size and one kind.
    sizes: NDArray[np.int64] | None = None  # (rows, 2): upright height and width of the original, in pixels
    grey: NDArray[np.bool_] | None = None  # (rows,): whether the original has no colour
    # (rows, measures), in the order of `measures.measure_names`; None if nothing was measured while they were decoded.
    measures: NDArray[np.float64] | None = None
    unresized: Images | None = None  # the array that the pictures were resized from; None if they were not


class UnreadablePictureError(DataError):
    """A picture is unreadable, and every picture must be readable.

    Args:
        position: the position of the picture in its part.
        reason: why it cannot be read.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"picture {position + 1} cannot be read: {reason}")
        self.position = position
        self.reason = reason


class Pictures(Protocol):
    """The pictures of one part, opened but not decoded."""

    def __len__(self) -> int: ...

    def take(self, rows: NDArray[np.int64]) -> Pictures:
        """Return some of the pictures, by their positions, in that order; none is decoded for it."""
        ...

    def facts(self) -> PictureFacts:
        """Return sizes, channels and values, from the headers where possible."""
        ...

    def survey(self) -> PixelSurvey:
        """Return a survey of depth and transparency in a sample of pixels; empty if headers show neither."""
        ...

    def original(self, row: int) -> NDArray[Any]:
        """Return one picture at its own size, upright, (height, width, channels); uint8, or the dtype of an array.

        Raises:
            DataError: the picture cannot be read.
        """
        ...

    def decode(
        self,
        settings: DecodeSettings,
        on_progress: OnProgress | None = None,
        *,
        strict: bool = False,
        measured: DecodeSettings | None = None,
    ) -> Decoded:
        """Return every readable picture, decoded by the settings, in order; from the cache if possible.

        Args:
            on_progress: called first with the number of cached pictures, then with those done; not if all are cached.
            strict: stop at the first picture that cannot be read.
            measured: how to decode the copy of a picture that is measured, whatever `settings` are; None to measure
                nothing. An array is not measured here.

        Raises:
            UnreadablePictureError: `strict` is set, and a picture cannot be read.
        """
        ...


def progress_from(before: int, total: int, on_progress: OnProgress | None) -> OnProgress | None:
    """Return a function for the progress of one part that adds the `before` pictures of earlier parts."""
    if on_progress is None:
        return None
    return lambda done, _: on_progress(before + done, total)
