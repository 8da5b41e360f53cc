"""Decode the pictures of a part a batch at a time, in bounded memory, ahead of a consumer such as a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.decoding.decoded_before import StoredPicture
from onelook.data.pictures.decoding.parallel_decode import Unreadable
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.mapped import release_pages
from onelook.data.pictures.protocol import Decoded, OnProgress, Pictures
from onelook.settings import DecodeSettings

# Fewer bytes of decoded pictures go through the cache, so that the next command does not decode them again; more would
# fill it: a million pictures of 128×128 in colour are 49 GB.
_MOST_CACHED_BYTES = 64 << 20
_BATCHES_AHEAD = 3  # of the consumer: with one, the threads that decode wait while it works


def decoded_in_batches(
    pictures: Pictures,
    settings: DecodeSettings,
    rows: int,
    *,
    start: int = 0,
    on_progress: OnProgress | None = None,
    prepare: Callable[[Pictures], Pictures] | None = None,
) -> Iterator[Decoded]:
    """Yield the pictures in order, `rows` at a time. Positions in a batch count from its own first picture.

    Few pictures are decoded at once and kept in the cache, as `Pictures.decode` does; of many, only a few batches are
    in memory, and threads decode the next ones while the consumer works.

    Args:
        pictures: of one part.
        settings: how they are decoded.
        rows: pictures in a batch; the last one may have fewer.
        start: the position of the first picture to yield, a multiple of `rows`.
        on_progress: as for `Pictures.decode`.
        prepare: is applied to arrays, a batch at a time, before they are decoded.

    Raises:
        DataError: no picture of the part can be read.
    """
    picture_bytes = settings.height * settings.width * settings.channels
    if len(pictures) * picture_bytes <= _MOST_CACHED_BYTES:
        decoded = (pictures if prepare is None else prepare(pictures)).decode(settings, on_progress)
        yield from _slices(decoded, len(pictures), rows, start)
        return
    if on_progress is not None:
        on_progress(start, len(pictures))
    done = start
    for batch in _of_many(pictures, settings, rows, start, prepare):
        yield batch
        done = min(done + rows, len(pictures))
        if on_progress is not None:
            on_progress(done, len(pictures))


def decoded_alone(
    pictures: Pictures, settings: DecodeSettings, rows: int, prepare: Callable[[Pictures], Pictures] | None = None
) -> Iterator[Decoded]:
    """Yield some pictures of a part as `decoded_in_batches` does, without the cache.

    It is no error if none of them can be read: others of the part may be.
    """
    yield from _of_many(pictures, settings, rows, 0, prepare, alone=True)


def _of_many(
    pictures: Pictures,
    settings: DecodeSettings,
    rows: int,
    start: int,
    prepare: Callable[[Pictures], Pictures] | None,
    *,
    alone: bool = False,
) -> Iterator[Decoded]:
    if isinstance(pictures, FilePictures | ListedPictures):
        cached = None if alone else pictures.cached(settings)
        batches = _streamed(pictures, settings, rows, start, must_read=not alone)
        yield from batches if cached is None else _slices(cached, len(pictures), rows, start)
        return
    if not isinstance(pictures, ArrayPictures):
        yield from _slices(pictures.decode(settings), len(pictures), rows, start)
        return
    for first in range(start, len(pictures), rows):
        some: Pictures = ArrayPictures(pictures.images[first : first + rows], pictures.value_range)
        some = some if prepare is None else prepare(some)
        yield some.decode_alone(settings) if isinstance(some, ArrayPictures) else some.decode(settings)


def _slices(decoded: Decoded, count: int, rows: int, start: int) -> Iterator[Decoded]:
    """Yield pictures that are all decoded; of a large memory map, the pages of one batch at a time are in memory."""
    for first in range(start, count, rows):
        begin, end = np.searchsorted(decoded.kept, [first, first + rows]).tolist()
        unread = range(first, min(first + rows, count)) if end - begin < rows else ()
        reasons = {at - first: decoded.quarantined[at] for at in unread if at in decoded.quarantined}
        yield Decoded(decoded.images[begin:end], decoded.kept[begin:end] - first, reasons)
        release_pages(decoded.images)


def _streamed(
    pictures: FilePictures | ListedPictures, settings: DecodeSettings, rows: int, start: int, *, must_read: bool
) -> Iterator[Decoded]:
    one_by_one = pictures.one_by_one(settings, _BATCHES_AHEAD * rows, start)
    read, reason = start, ""
    while batch := list(islice(one_by_one, rows)):
        decoded = _decoded(batch, settings)
        read += len(decoded.kept)
        reason = reason or next(iter(decoded.quarantined.values()), "")
        yield decoded
    if must_read and not read:
        raise pictures.none_readable(reason)


def _decoded(batch: Sequence[StoredPicture | Unreadable], settings: DecodeSettings) -> Decoded:
    readable = [(at, each.pixels) for at, each in enumerate(batch) if isinstance(each, StoredPicture)]
    images: NDArray[np.uint8] = np.empty((len(readable), settings.height, settings.width, settings.channels), np.uint8)
    for row, (_, pixels) in enumerate(readable):
        images[row] = pixels
    unread = {at: each.reason for at, each in enumerate(batch) if isinstance(each, Unreadable)}
    return Decoded(images, np.array([at for at, _ in readable], np.int64), unread)
