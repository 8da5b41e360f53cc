"""The pictures of one part: where their bytes come from, what they can do, and what decoding gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.settings import DecodeSettings

Images = NDArray[Any]  # (rows, height, width, channels), uint8; a user's own arrays keep their dtype
OnProgress = Callable[[int, int], None]  # (pictures done, pictures in all)
# More than 8 bits; parts may be transparent; several frames; several pages; DICOM, and DICOM whose lowest is white.
Kind = Literal["deep", "clear", "animated", "paged", "dicom", "inverted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BYTE_RANGE = (0.0, 255.0)  # of uint8, whatever the values that occur


class PictureStore(Protocol):
    """A place that gives encoded pictures by name: a `Location`, or a table that holds them."""

    @property
    def root(self) -> Path:
        """The path as the user gave it, for messages."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a picture's bytes; the caller closes them."""
        ...

    def read(self, name: str) -> bytes:
        """Return all of a picture's bytes; many threads may read at once.

        Raises:
            DataError: it cannot be read now, with the reason.
        """
        ...

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return 64 hexadecimal digits that change when the content of the pictures does."""
        ...

    def path(self, name: str) -> Path | None:
        """Return the file on disk that holds the picture; None inside an archive."""
        ...


@dataclass(frozen=True)
class PictureFacts:
    """Facts about the pictures of a part, before they are decoded to one size."""

    sizes: Mapping[tuple[int, int], int]  # (height, width) -> how many
    channels: int  # 1 where every picture is grey, else 3
    dtype: str
    value_range: tuple[float, float]  # lowest and highest value that the dtype, or the data, can have
    is_sample: bool = False  # whether more pictures are there than were looked at for their sizes
    kinds: Mapping[Kind, int] = field(default_factory=dict)  # how many of those looked at are out of the ordinary


@dataclass(frozen=True)
class PixelSurvey:
    """The values of a sample of deep pictures, and what each ground leaves of a sample of those with clear parts.

    Attributes:
        deep: pictures of more than 8 bits that were looked at.
        low, high: their lowest and highest value, without `no_data`.
        no_data: values that lie so far from all others that they can only stand for none.
        usual_low, usual_high: the same without the 0.1 % at each end.
        is_float: whether some hold floating-point numbers.
        windows: how many say themselves which values to show.
        window_low, window_high: what all these show together.
        clear: pictures with transparent parts that were looked at.
        empty: ground -> of how many of these it leaves nothing where another ground shows something.
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

    def to_dict(self) -> dict[str, Any]:
        """Return the survey as JSON values, which make it again as arguments."""
        return asdict(self)


@dataclass(frozen=True)
class Decoded:
    """The pictures of one part, decoded to one size."""

    images: Images
    kept: NDArray[np.int64]  # the position in the part of each row of `images`
    quarantined: Mapping[int, str]  # position in the part -> why it could not be read
    # A row for each of `images`; None where the pictures came as an array, all of one size and one kind.
    sizes: NDArray[np.int64] | None = None  # (rows, 2): upright height and width of the original, in pixels
    grey: NDArray[np.bool_] | None = None  # (rows,): the original holds no colour


class UnreadablePictureError(DataError):
    """An unreadable picture, where every picture must be readable.

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

    def take(self, rows: NDArray[np.int64]) -> Pictures:
        """Return some of the pictures, by their positions, in that order; none is decoded for it."""
        ...

    def facts(self) -> PictureFacts:
        """Return sizes, channels and values, from the headers where possible."""
        ...

    def survey(self) -> PixelSurvey:
        """Return what the pixels of a sample show of depth and transparency; empty where headers show neither."""
        ...

    def decode(
        self, settings: DecodeSettings, on_progress: OnProgress | None = None, *, strict: bool = False
    ) -> Decoded:
        """Return every readable picture as the settings say, in order; from the cache where possible.

        Args:
            on_progress: called first with how many are cached, then with how many are done; never where all are cached.
            strict: stop at the first picture that cannot be read.

        Raises:
            UnreadablePictureError: `strict`, and one cannot be read.
        """
        ...


def progress_from(before: int, total: int, on_progress: OnProgress | None) -> OnProgress | None:
    """Return a report of progress over all parts, for one part that comes after `before` pictures of others."""
    if on_progress is None:
        return None
    return lambda done, _: on_progress(before + done, total)
