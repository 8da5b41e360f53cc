"""Decode in order: small pictures in one thread, larger ones on all cores, a few batches ahead of the consumer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook import runtime
from onelook.data.pictures.decode import DecodedPicture, decode_and_copy, decode_with_facts
from onelook.data.pictures.decoding.decoded_before import DecodedBefore, StoredPicture, content_hash
from onelook.data.pictures.measures import measure_pixels
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.protocol import BYTE_RANGE, PictureStore, ReadsTogether
from onelook.errors import DataError
from onelook.settings import DecodeSettings

# Pictures per task of a thread: many small ones, so that they do not cost more in overhead; 16 of 128×128 in colour.
BATCH_PICTURES = 64
_BATCH_BYTES = 16 * 128 * 128 * 3
SMALL_PIXELS = 48 * 48  # of the original


@dataclass(frozen=True)
class Unreadable:
    """A picture that is damaged, or that cannot be read now."""

    reason: str
    is_lasting: bool  # False if the same file may become readable: a permission, a network drive


Batch = list[StoredPicture | Unreadable]


@dataclass(frozen=True)
class DecodingTask:
    """The settings for decoding and measuring pictures, and the pictures that need neither."""

    settings: DecodeSettings
    measured: DecodeSettings | None  # the copy to measure; None to measure nothing
    before: DecodedBefore  # pictures that the cache has


def decoded_batches(
    store: PictureStore, names: Sequence[str], task: DecodingTask, *, ahead: int | None = None
) -> Iterator[Batch]:
    """Yield the pictures in the order of their names; threads decode a few batches ahead, where that is faster.

    Args:
        store: what holds the pictures.
        names: the pictures.
        task: how they are decoded.
        ahead: a number of pictures that are decoded ahead whatever their size, for a consumer that works meanwhile;
            None for one that only stores them.
    """
    settings = task.settings
    picture_bytes = settings.height * settings.width * settings.channels
    size = max(1, min(BATCH_PICTURES, _BATCH_BYTES // picture_bytes))
    batches = (names[start : start + size] for start in range(0, len(names), size))
    with PILLOW_AS_NEEDED:
        if ahead is not None:
            yield from _decoded_ahead(store, batches, task, -(-ahead // size))
            return
        for first in batches:
            decoded = _decode_batch(store, first, task)
            yield decoded
            if not _are_small(decoded):
                break
        yield from _decoded_by_threads(store, batches, task)


def _are_small(batch: Batch) -> bool:
    """Return whether most of the pictures take less time in Python, where threads wait for each other, than outside.

    Two threads take half as long again as one for pictures of 28×28 to 48×48, and are faster from 64×64.
    """
    pixels = [picture.height * picture.width for picture in batch if isinstance(picture, StoredPicture)]
    return sum(each <= SMALL_PIXELS for each in pixels) > len(batch) / 2


def _decoded_ahead(
    store: PictureStore, batches: Iterator[Sequence[str]], task: DecodingTask, ahead: int
) -> Iterator[Batch]:
    """Yield the batches, decoded by threads beside the consumer; small pictures by one thread alone."""
    for first in batches:
        decoded = _decode_batch(store, first, task)
        yield decoded
        yield from _decoded_by_threads(store, batches, task, 1 if _are_small(decoded) else None, ahead)


def _decoded_by_threads(
    store: PictureStore,
    batches: Iterator[Sequence[str]],
    task: DecodingTask,
    workers: int | None = None,
    ahead: int = 0,
) -> Iterator[Batch]:
    workers = workers or runtime.available_cores()
    ahead = max(ahead, 2 * workers)
    waiting: deque[Future[Batch]] = deque()
    threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    try:
        for names in batches:
            waiting.append(threads.submit(_decode_batch, store, names, task))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # On Ctrl-C, waiting batches are dropped; running ones end soon.
        threads.shutdown(cancel_futures=True)


class _Read(NamedTuple):
    content_hash: bytes
    picture: DecodedPicture
    copy: NDArray[np.uint8] | None  # to be measured


def _decode_batch(store: PictureStore, names: Sequence[str], task: DecodingTask) -> Batch:
    contents: Sequence[bytes | DataError | None] = [None] * len(names)
    if isinstance(store, ReadsTogether):
        contents = store.read_together(names)
    batch = [_decode(store, name, task, content) for name, content in zip(names, contents, strict=True)]
    copies = [each.copy for each in batch if isinstance(each, _Read) and each.copy is not None]
    measured = _measure(copies) if copies else iter(())
    return [
        StoredPicture(*each.picture, each.content_hash, None if each.copy is None else next(measured))
        if isinstance(each, _Read)
        else each
        for each in batch
    ]


def _measure(copies: Sequence[NDArray[np.uint8]]) -> Iterator[NDArray[np.float64]]:
    """Return an iterator of the measures of each picture, (measures,)."""
    return iter(np.stack([*measure_pixels(np.stack(copies), BYTE_RANGE).values()], axis=1))


def _decode(
    store: PictureStore, name: str, task: DecodingTask, content: bytes | DataError | None
) -> _Read | StoredPicture | Unreadable:
    """Return one picture, decoded.

    Args:
        store: what holds it.
        name: its name there.
        task: how it is decoded.
        content: its bytes, or why they cannot be read; None if they were not read yet.
    """
    if content is None:
        try:
            content = store.read(name)
        except DataError as problem:
            content = problem
    if isinstance(content, DataError):
        return Unreadable(str(content), is_lasting=False)
    hashed = content_hash(content)
    stored = task.before.find(hashed)
    if stored is not None:
        # An entry has measures of all its pictures or of none.
        return stored._replace(measures=None) if task.measured is None else stored
    try:
        if task.measured is None:
            return _Read(hashed, decode_with_facts(content, task.settings), None)
        return _Read(hashed, *decode_and_copy(content, task.settings, task.measured))
    except DataError as problem:
        return Unreadable(str(problem), is_lasting=True)
