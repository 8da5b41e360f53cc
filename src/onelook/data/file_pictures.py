"""Pictures that lie in files, in a folder or a zip: their sizes from the headers, their pixels decoded once."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from onelook import runtime
from onelook.data.cache import EntryWriter, cache_key, new_entry, read_entry
from onelook.data.dataset import Decoded, OnProgress, PictureFacts
from onelook.data.decode import DECODE_VERSION, DecodedPicture, decode_with_facts
from onelook.data.picture_file import PILLOW_AS_NEEDED, is_grey, open_picture, upright_size
from onelook.errors import DataError
from onelook.settings import DecodeSettings

# Headers that are read, evenly spread, where there are more pictures: sizes and colour of a set show in fewer.
_MOST_HEADERS = 5_000
_CHUNK_PICTURES = 32  # handed to a thread at once, so that small pictures do not drown in bookkeeping
_CHUNK_BYTES = 4 << 20  # and large ones not in memory


class PictureStore(Protocol):
    """What encoded pictures are read from by name: a `Location`, or a table that holds them."""

    @property
    def root(self) -> Path:
        """The path as the user gave it, for messages."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A picture's bytes; the caller closes it."""
        ...

    def read(self, name: str) -> bytes:
        """All of a picture's bytes; many threads may read at once.

        Raises:
            DataError: it cannot be read now, with the reason.
        """
        ...

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """64 hexadecimal digits that change when the pictures' content does."""
        ...

    def path(self, name: str) -> Path | None:
        """The file on disk that holds the picture; None inside an archive."""
        ...


class FilePictures:
    """The pictures of one part, in the order of `names`.

    Args:
        location: the folder or zip (or the one picture) that they lie in, or the table.
        names: their names there.
    """

    def __init__(self, location: PictureStore, names: Sequence[str]) -> None:
        self._location = location
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    def facts(self) -> PictureFacts:
        """Upright sizes, and whether there is colour, from the headers of up to 5,000 pictures.

        A picture whose header cannot be read is left out: `decode` quarantines it and says why.
        """
        key = self._key("headers")
        found = read_entry(key)
        headers = self._read_headers() if found is None else found.pictures
        if found is None:
            with new_entry(key, (3,), np.int64) as writer:
                writer.append(headers)
        sizes = Counter((int(height), int(width)) for height, width, _ in headers)
        has_no_colour = len(headers) > 0 and bool(headers[:, 2].all())
        return PictureFacts(
            sizes=dict(sizes), channels=1 if has_no_colour else 3, dtype="uint8", value_range=(0.0, 255.0)
        )

    def decode(self, settings: DecodeSettings, on_progress: OnProgress | None = None) -> Decoded:
        """Every readable picture, in order; decoded on all cores at the first call, from the cache later.

        Raises:
            DataError: not one picture can be read, or the cache cannot be written.
        """
        key = self._key("decoded", settings.model_dump_json())
        found = read_entry(key)
        if found is not None and not found.facts["try_again"]:
            if on_progress is not None:
                on_progress(len(self), len(self))
        else:
            with new_entry(key, (settings.height, settings.width, settings.channels)) as writer:
                self._decode_into(writer, settings, on_progress)
            found = read_entry(key)
        if found is None:
            raise DataError("the decoded pictures vanished from the cache before they were used. Start again.")
        quarantined = {int(position): reason for position, reason in found.facts["quarantined"].items()}
        kept = np.delete(np.arange(len(self)), list(quarantined))
        return Decoded(found.pictures, kept, quarantined, found.columns["sizes"], found.columns["grey"])

    def _decode_into(self, writer: EntryWriter, settings: DecodeSettings, on_progress: OnProgress | None) -> None:
        quarantined: dict[int, str] = {}
        try_again = False
        sizes: list[tuple[int, int]] = []
        grey: list[bool] = []
        position = 0
        for results in self._decoded_chunks(settings):
            good = [result for result in results if not isinstance(result, _Failure)]
            if good:
                writer.append(np.stack([picture.pixels for picture in good]))
                sizes += [(picture.height, picture.width) for picture in good]
                grey += [picture.is_grey for picture in good]
            for result in results:
                if isinstance(result, _Failure):
                    quarantined[position] = result.reason
                    try_again |= not result.is_lasting
                position += 1
            if on_progress is not None:
                on_progress(position, len(self))
        if writer.rows == 0:
            first = next(iter(quarantined), None)
            example = "" if first is None else f" The first, '{self._names[first]}': {quarantined[first]}."
            raise DataError(
                f"{self._location.root}: none of {len(self)} pictures can be read.{example} "
                "Expected picture files such as JPEG or PNG."
            )
        writer.facts = {"quarantined": quarantined, "try_again": try_again}
        writer.columns = {"sizes": np.array(sizes, np.int64), "grey": np.array(grey, np.bool_)}

    def _decoded_chunks(self, settings: DecodeSettings) -> Iterator[list[DecodedPicture | _Failure]]:
        """The pictures in order, decoded by threads that are never more than a few chunks ahead."""
        picture_bytes = settings.height * settings.width * settings.channels
        size = max(1, min(_CHUNK_PICTURES, _CHUNK_BYTES // picture_bytes))
        workers = runtime.available_cores()
        waiting: deque[Future[list[DecodedPicture | _Failure]]] = deque()
        threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")
        try:
            with PILLOW_AS_NEEDED:
                for start in range(0, len(self), size):
                    names = self._names[start : start + size]
                    waiting.append(
                        threads.submit(lambda names: [self._decode(name, settings) for name in names], names)
                    )
                    if len(waiting) > 2 * workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
        finally:
            # On Ctrl-C what has not begun is dropped, what has begun ends within a chunk.
            threads.shutdown(cancel_futures=True)

    def _decode(self, name: str, settings: DecodeSettings) -> DecodedPicture | _Failure:
        try:
            content = self._location.read(name)
        except DataError as problem:
            return _Failure(str(problem), is_lasting=False)
        try:
            return decode_with_facts(content, settings)
        except DataError as problem:
            return _Failure(str(problem), is_lasting=True)

    def _read_headers(self) -> NDArray[np.int64]:
        """Height, width, 1 where grey: (pictures, 3), int64."""
        sample = np.linspace(0, len(self) - 1, min(len(self), _MOST_HEADERS), dtype=np.int64)
        with PILLOW_AS_NEEDED, ThreadPoolExecutor(runtime.available_cores()) as threads:
            found = threads.map(self._header, [self._names[position] for position in sample])
            return np.array([header for header in found if header is not None], np.int64).reshape(-1, 3)

    def _header(self, name: str) -> tuple[int, int, int] | None:
        try:
            with self._location.open(name) as file, open_picture(file) as image:
                return *upright_size(image), int(is_grey(image))
        # Whatever a broken header leads Pillow to: `decode` meets it again and reports it.
        except Exception:
            return None

    def _key(self, *purpose: str) -> str:
        # Sizes and times alone may agree between two folders whose files all carry one date, as some archives
        # unpack them: the folder's own path keeps these apart. A zip's bytes say all.
        is_on_disk = len(self) > 0 and self._location.path(self._names[0]) is not None
        place = str(self._location.root.resolve()) if is_on_disk else ""
        return cache_key(*purpose, DECODE_VERSION, place, self._location.fingerprint(self._names))


@dataclass(frozen=True)
class _Failure:
    reason: str
    is_lasting: bool  # False where the same file may be readable tomorrow: a permission, a network drive
