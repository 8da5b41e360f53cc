"""Pictures of a table that also lists missing files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.decoding.decoded_before import StoredPicture
from onelook.data.pictures.decoding.parallel_decode import Unreadable
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.protocol import (
    Decoded,
    OnProgress,
    PictureFacts,
    Pictures,
    PictureStore,
    PixelSurvey,
    UnreadablePictureError,
    for_other_machines,
)
from onelook.errors import DataError
from onelook.settings import DecodeSettings


class ListedPictures:
    """The pictures of one part in the order of the table. Missing ones are quarantined, with the reason.

    Only existing files get into the cache, so that the others are not read again when a missing file is added.

    Args:
        location: the folder or archive that contains them.
        names: their names in it; None for a missing one. At least one exists.
        missing: position -> reason, for each None.
    """

    def __init__(self, location: PictureStore, names: Sequence[str | None], missing: Mapping[int, str]) -> None:
        self._location = location
        self._names = names
        self._there = np.array([at for at, name in enumerate(names) if name is not None], np.int64)
        self._pictures = FilePictures(location, [name for name in names if name is not None])
        self._missing = missing
        self._count = len(names)

    def __reduce__(self) -> tuple[type[ListedPictures], tuple[PictureStore, Sequence[str | None], Mapping[int, str]]]:
        """Pickle as `FilePictures` does."""
        there = for_other_machines(self._location, [name for name in self._names if name is not None])
        return ListedPictures, (there, self._names, self._missing)

    def __len__(self) -> int:
        return self._count

    @property
    def first_file(self) -> Path | None:
        """The file on disk that holds the first picture that exists; None if it lies elsewhere."""
        return self._pictures.first_file

    @property
    def there(self) -> NDArray[np.int64]:
        """The rows whose files exist."""
        return self._there

    def take(self, rows: NDArray[np.int64]) -> ListedPictures:
        """Return some of the pictures, missing ones too."""
        missing = {at: self._missing[int(row)] for at, row in enumerate(rows) if int(row) in self._missing}
        return ListedPictures(self._location, [self._names[row] for row in rows], missing)

    def facts(self) -> PictureFacts:
        """Return sizes and colour of the existing pictures."""
        return self._pictures.facts()

    def survey(self) -> PixelSurvey:
        """Return the survey of the existing pictures."""
        return self._pictures.survey()

    def original(self, row: int) -> NDArray[np.uint8]:
        """Return one picture, decoded at its own size.

        Raises:
            DataError: the picture is missing or cannot be read.
        """
        if row in self._missing:
            raise DataError(f"{self._location.root}: picture {row + 1} cannot be read: {self._missing[row]}")
        return self._pictures.original(int(np.searchsorted(self._there, row)))

    def decode(
        self,
        settings: DecodeSettings,
        on_progress: OnProgress | None = None,
        *,
        strict: bool = False,
        measured: DecodeSettings | None = None,
    ) -> Decoded:
        """Return every readable picture, in order.

        Raises:
            UnreadablePictureError: `strict` is set, and a picture is missing or cannot be read.
            DataError: no picture can be read, or the cache cannot be written.
        """
        if strict and self._missing:
            first = min(self._missing)
            raise UnreadablePictureError(first, self._missing[first])
        decoded = self._pictures.decode(settings, self._with_missing(on_progress), strict=strict, measured=measured)
        quarantined = {int(self._there[at]): reason for at, reason in decoded.quarantined.items()}
        return replace(
            decoded,
            kept=self._there[decoded.kept],
            quarantined=dict(sorted({**quarantined, **self._missing}.items())),
        )

    def one_by_one(self, settings: DecodeSettings, ahead: int, start: int = 0) -> Iterator[StoredPicture | Unreadable]:
        """Yield all pictures in order, missing ones too, as `FilePictures.one_by_one` does."""
        found = self._pictures.one_by_one(settings, ahead, int(np.searchsorted(self._there, start)))
        for at in range(start, self._count):
            yield Unreadable(self._missing[at], is_lasting=False) if at in self._missing else next(found)

    def cached(self, settings: DecodeSettings) -> Decoded | None:
        """Return every readable picture if the cache has them all; else None."""
        return None if self._pictures.cached(settings) is None else self.decode(settings)

    def none_readable(self, example: str) -> DataError:
        """Return the error that no picture can be read."""
        return self._pictures.none_readable(example)

    def _with_missing(self, on_progress: OnProgress | None) -> OnProgress | None:
        """Return a function for progress that counts missing pictures as done once the first picture is read."""
        if on_progress is None:
            return None
        absent = len(self._missing)
        return lambda done, _: on_progress(absent + done if done else 0, self._count)


def existing_rows(pictures: Pictures) -> NDArray[np.int64]:
    """Return the rows whose pictures exist: all, unless a table lists files that are missing."""
    return pictures.there if isinstance(pictures, ListedPictures) else np.arange(len(pictures))
