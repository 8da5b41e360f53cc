"""Sizes, colours and kinds of pictures, read from their headers without decoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.pictures.deep import WHITE_IS_ZERO, is_deep
from onelook.data.pictures.formats import is_grey, open_picture, upright_size
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.protocol import KINDS, Kind, PictureStore, ReadsTogether
from onelook.errors import DataError
from onelook.runtime import in_threads

# The number of headers that are read, evenly spread, if there are more pictures. The smaller number is enough if it
# shows colour and several sizes, as photographs do: more headers would not change that. (3,000 in a zip took 0.6 s.)
FEW_HEADERS = 500
MOST_HEADERS = 5_000
_TOGETHER = 64  # requests to another machine at a time
_ALONE = 32  # headers that are read in less time than threads take to start

# The columns read from a header: the upright size, and for each kind a column with 1 if the picture is of this kind.
POSITION, HEIGHT_AND_WIDTH, IS_GREY, FIRST_KIND = 0, slice(1, 3), 3, 4
_ANIMATED, _PAGED = ("GIF", "WEBP", "PNG", "AVIF"), ("TIFF", "DICOM")
_SUBFILE_TYPE = 254  # TIFF 6.0: bit 0 means a smaller version of another page
_COLUMNS = FIRST_KIND + len(KINDS)


def read_headers(store: PictureStore, names: Sequence[str]) -> tuple[NDArray[np.int64], bool]:
    """Return a row of `_COLUMNS` for each picture, int64, and whether only a sample was read.

    A picture whose header cannot be read is left out: decoding quarantines it and gives the reason.
    """
    few = _evenly(len(names), FEW_HEADERS)
    headers = _read(store, names, few)
    is_settled = len(np.unique(headers[:, HEIGHT_AND_WIDTH], axis=0)) > 1 and not headers[:, IS_GREY].all()
    most = _evenly(len(names), MOST_HEADERS)
    if is_settled or len(most) == len(few) or isinstance(store, ReadsTogether):
        return headers, len(few) < len(names)
    return _read(store, names, most), len(most) < len(names)


def _evenly(count: int, most: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, most), dtype=np.int64)


def _read(store: PictureStore, names: Sequence[str], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    chosen = [names[position] for position in positions.tolist()]
    with PILLOW_AS_NEEDED:
        files: Iterator[Callable[[], BinaryIO]] = (partial(store.open, name) for name in chosen)
        if isinstance(store, ReadsTogether):
            blocks = (chosen[start : start + _TOGETHER] for start in range(0, len(chosen), _TOGETHER))
            contents = (content for block in blocks for content in store.read_together(block))
            files = (partial(BytesIO, b"" if isinstance(content, DataError) else content) for content in contents)
        asked = list(zip(files, positions.tolist(), strict=True))
        found = in_threads(lambda one: _header(*one), asked, alone=_ALONE)
        return np.array([header for header in found if header is not None], np.int64).reshape(-1, _COLUMNS)


def _header(open_file: Callable[[], BinaryIO], position: int) -> tuple[int, ...] | None:
    try:
        with open_file() as file, open_picture(file) as image:
            row = (position, *upright_size(image), int(is_grey(image)))
            kinds = _kinds(image)  # last, because it may move away from the first page
            return *row, *(int(kind in kinds) for kind in KINDS)
    # A broken header raises anything; decoding raises it again and reports it.
    except Exception:
        return None


def _kinds(image: Image.Image) -> set[Kind]:
    is_dicom = image.format == "DICOM"
    found: dict[Kind, bool] = {
        "deep": is_deep(image),
        "clear": image.has_transparency_data,
        "animated": image.format in _ANIMATED and _has_more(image),
        "paged": image.format in _PAGED and _has_more(image),
        "dicom": is_dicom,
        "inverted": is_dicom and bool(image.info.get(WHITE_IS_ZERO)),
    }
    return {kind for kind, is_one in found.items() if is_one}


def _has_more(image: Image.Image) -> bool:
    """Return whether another frame or page follows the first; a smaller version of it in a TIFF does not count."""
    try:
        if image.format != "TIFF":
            # Counting the frames of a GIF would read all of it.
            return bool(getattr(image, "is_animated", False) if image.format == "GIF" else _frames(image) > 1)
        image.seek(1)
        return not image.tag_v2.get(_SUBFILE_TYPE, 0) & 1  # type: ignore[attr-defined]
    except Exception:  # there is no second one, or it is damaged; the first one may still be readable
        return False


def _frames(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))
