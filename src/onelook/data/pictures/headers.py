"""Sizes and colours of pictures, read from their headers without decoding."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from onelook import runtime
from onelook.data.pictures.formats import PILLOW_AS_NEEDED, is_grey, open_picture, upright_size
from onelook.data.pictures.protocol import PictureStore

# Headers that are read, evenly spread, where there are more pictures. The few settle it where these show colour and
# several sizes, as photographs do: no further one would change that. (All of 3,000 in a zip took 0.6 s.)
FEW_HEADERS = 500
MOST_HEADERS = 5_000


def read_headers(store: PictureStore, names: Sequence[str]) -> tuple[NDArray[np.int64], bool]:
    """Return upright height, upright width, and 1 where grey, (pictures, 3), int64; and whether they are of a sample.

    A picture whose header cannot be read is left out: decoding quarantines it and says why.
    """
    few = _evenly(len(names), FEW_HEADERS)
    headers = _read(store, [names[position] for position in few])
    is_settled = len(np.unique(headers[:, :2], axis=0)) > 1 and not headers[:, 2].all()
    most = _evenly(len(names), MOST_HEADERS)
    if is_settled or len(most) == len(few):
        return headers, len(few) < len(names)
    return _read(store, [names[position] for position in most]), len(most) < len(names)


def _evenly(count: int, most: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, most), dtype=np.int64)


def _read(store: PictureStore, names: Sequence[str]) -> NDArray[np.int64]:
    with PILLOW_AS_NEEDED, ThreadPoolExecutor(runtime.available_cores()) as threads:
        found = threads.map(lambda name: _header(store, name), names)
        return np.array([header for header in found if header is not None], np.int64).reshape(-1, 3)


def _header(store: PictureStore, name: str) -> tuple[int, int, int] | None:
    try:
        with store.open(name) as file, open_picture(file) as image:
            return *upright_size(image), int(is_grey(image))
    # Whatever a broken header leads Pillow to: decoding meets it again and reports it.
    except Exception:
        return None
