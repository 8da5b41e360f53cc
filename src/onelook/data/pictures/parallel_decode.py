"""Decode on all cores, in order, a few batches ahead of the consumer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from onelook import runtime
from onelook.data.pictures.decode import DecodedPicture, decode_with_facts
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.protocol import PictureStore
from onelook.errors import DataError
from onelook.settings import DecodeSettings

BATCH_PICTURES = 16  # pictures per task of a thread, so that small ones do not cost more in overhead
_BATCH_BYTES = 4 << 20  # so that large pictures do not fill the memory


@dataclass(frozen=True)
class Unreadable:
    """A picture that is damaged, or that cannot be read now."""

    reason: str
    is_lasting: bool  # False if the same file may become readable: a permission, a network drive


Batch = list[DecodedPicture | Unreadable]


def decoded_batches(store: PictureStore, names: Sequence[str], settings: DecodeSettings) -> Iterator[Batch]:
    """Yield the pictures in the order of their names; threads decode a few batches ahead."""
    picture_bytes = settings.height * settings.width * settings.channels
    size = max(1, min(BATCH_PICTURES, _BATCH_BYTES // picture_bytes))
    workers = runtime.available_cores()
    waiting: deque[Future[Batch]] = deque()
    threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    try:
        with PILLOW_AS_NEEDED:
            for start in range(0, len(names), size):
                waiting.append(threads.submit(_decode_batch, store, names[start : start + size], settings))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    finally:
        # On Ctrl-C, waiting batches are dropped; running ones end soon.
        threads.shutdown(cancel_futures=True)


def _decode_batch(store: PictureStore, names: Sequence[str], settings: DecodeSettings) -> Batch:
    return [_decode(store, name, settings) for name in names]


def _decode(store: PictureStore, name: str, settings: DecodeSettings) -> DecodedPicture | Unreadable:
    try:
        content = store.read(name)
    except DataError as problem:
        return Unreadable(str(problem), is_lasting=False)
    try:
        return decode_with_facts(content, settings)
    except DataError as problem:
        return Unreadable(str(problem), is_lasting=True)
