"""Pictures in files of a folder or an archive: sizes are read from headers, and pixels are decoded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import KEY_DIGITS, CacheEntry, cache_key, new_entry, read_entries, read_entry
from onelook.data.cache.resumable import BatchWriter, resumable_entry
from onelook.data.ids import RowIds, pack_texts, take_ids
from onelook.data.pictures.decode import DECODE_VERSION, decode_picture
from onelook.data.pictures.decoding.decoded_before import DecodedBefore, StoredPicture
from onelook.data.pictures.decoding.decoded_so_far import Tally, note_on, unreadable_in
from onelook.data.pictures.decoding.parallel_decode import DecodingTask, Unreadable, decoded_batches
from onelook.data.pictures.headers import FIRST_KIND, HEIGHT_AND_WIDTH, IS_GREY, POSITION, read_headers
from onelook.data.pictures.measures import MEASURE_VERSION
from onelook.data.pictures.protocol import (
    KINDS,
    Decoded,
    Kind,
    OnProgress,
    PictureFacts,
    PictureStore,
    PixelSurvey,
    UnreadablePictureError,
    for_other_machines,
)
from onelook.data.pictures.survey import survey_pictures
from onelook.data.pictures.survey_choices import choose_deep_range, choose_ground
from onelook.errors import DataError
from onelook.settings import DecodeSettings
from onelook.settings.pictures import LARGEST_SIDE
from onelook.wording import agree

# The digits of the key of an entry: first the way of decoding, then the pictures, then how they are measured. 64 bits
# tell the few hundred of a cache apart.
_WAY_DIGITS = 16
_PICTURES_DIGITS = 16


class FilePictures:
    """The pictures of one part, in the order of `names`.

    Args:
        location: the folder, archive, single file or table that contains them.
        names: their names in it.
    """

    def __init__(self, location: PictureStore, names: Sequence[str]) -> None:
        self._location = location
        self._names = names if isinstance(names, RowIds) else pack_texts(names)

    def __reduce__(self) -> tuple[type[FilePictures], tuple[PictureStore, Sequence[str]]]:
        """Pickle what another machine needs to read these pictures, and nothing of the others beside them."""
        return FilePictures, (for_other_machines(self._location, self._names), self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def first_file(self) -> Path | None:
        """The file on disk that holds the first picture; None if it lies elsewhere."""
        return self._location.path(self._names[0])

    def take(self, rows: NDArray[np.int64]) -> FilePictures:
        """Return some of the pictures."""
        return FilePictures(self._location, take_ids(self._names, rows))

    def facts(self) -> PictureFacts:
        """Return upright sizes, and whether any picture has colour. Large folders are sampled by header.

        A picture whose header cannot be read is left out: `decode` quarantines it and gives the reason.
        """
        headers, is_sample = self._headers
        sizes = Counter((int(height), int(width)) for height, width in headers[:, HEIGHT_AND_WIDTH])
        has_no_colour = len(headers) > 0 and bool(headers[:, IS_GREY].all())
        kinds = {kind: count for at, kind in enumerate(KINDS) if (count := int(headers[:, FIRST_KIND + at].sum()))}
        return PictureFacts(
            dict(sizes),
            1 if has_no_colour else 3,
            dtype="uint8",
            value_range=(0.0, 255.0),
            is_sample=is_sample,
            kinds=kinds,
        )

    def survey(self) -> PixelSurvey:
        """Return a survey of the pixels of a sample of the pictures that are deep or have clear parts by their headers.

        The cache keeps it.
        """
        deep, clear = (names_of(self._headers[0], kind, self._names) for kind in ("deep", "clear"))
        if not deep and not clear:
            return PixelSurvey()
        key = self._key("survey")
        found = read_entry(key)
        if found is not None:
            return PixelSurvey(**found.facts)
        survey = survey_pictures(self._location, deep, clear)
        with new_entry(key, (1,)) as writer:
            writer.facts = survey.to_dict()
        return survey

    def original(self, row: int) -> NDArray[np.uint8]:
        """Return one picture, decoded at its own size; one larger than a model may be is shrunk to that.

        Raises:
            DataError: the picture cannot be read.
        """
        name = self._names[row]
        content = self._location.read(name)
        headers, _ = read_headers(self._location, [name])
        height, width = headers[0, HEIGHT_AND_WIDTH].tolist() if len(headers) else (1, 1)  # decoding finds the reason
        is_grey = len(headers) > 0 and bool(headers[0, IS_GREY])
        is_special = bool(names_of(headers, "deep", [name]) or names_of(headers, "clear", [name]))
        survey = self.survey() if is_special else PixelSurvey()  # which may read a sample of all pictures
        shrink = min(1.0, LARGEST_SIDE / max(height, width))
        settings = DecodeSettings(
            height=max(1, round(height * shrink)),
            width=max(1, round(width * shrink)),
            channels=1 if is_grey else 3,
            ground=choose_ground(survey),
            deep_range=choose_deep_range(survey),
        )
        try:
            return decode_picture(content, settings)
        except DataError as problem:
            raise DataError(f"{self._location.root}: '{name}' cannot be read: {problem}") from problem

    @cached_property
    def _headers(self) -> tuple[NDArray[np.int64], bool]:
        """Return the result of `read_headers`, from the cache if it has it."""
        key = self._key("headers")
        found = read_entry(key)
        if found is not None:
            return found.pictures, found.facts["is_sample"]
        headers, is_sample = read_headers(self._location, self._names)
        with new_entry(key, (headers.shape[1],), np.int64) as writer:
            writer.append(headers)
            writer.facts = {"is_sample": is_sample}
        return headers, is_sample

    def decode(
        self,
        settings: DecodeSettings,
        on_progress: OnProgress | None = None,
        *,
        strict: bool = False,
        measured: DecodeSettings | None = None,
    ) -> Decoded:
        """Return every readable picture, in order. The first call decodes, and later calls read the cache.

        After an interruption, the next call continues where the last one stopped. A picture that the cache has from
        another data set, by the content of its file, is not decoded again.

        Raises:
            UnreadablePictureError: `strict` is set, and a picture cannot be read.
            DataError: no picture can be read, or the cache cannot be written.
        """
        pictures = self._cached_as(settings)
        way = pictures[:_WAY_DIGITS]
        measured_as = "" if measured is None else f"{MEASURE_VERSION} {measured.model_dump_json()}"
        key = (pictures + cache_key(measured_as))[:KEY_DIGITS]
        found = read_entry(key) if measured is not None else next(iter(read_entries(pictures)), None)
        if found is None or self._can_be_read_now(found.facts["try_again"]):
            task = DecodingTask(settings, measured, DecodedBefore.read(way, measured_as=measured_as))
            with resumable_entry(key, (settings.height, settings.width, settings.channels)) as writer:
                self._decode_into(writer, task, on_progress, strict=strict)
                writer.entry.facts["measured_as"] = measured_as
            found = read_entry(key)
        if found is None:
            raise DataError("the decoded pictures vanished from the cache before they were used. Start again.")
        return self._decoded(found, strict=strict)

    def cached(self, settings: DecodeSettings) -> Decoded | None:
        """Return every readable picture if the cache has them all, decoded by the settings; else None."""
        found = next(iter(read_entries(self._cached_as(settings))), None)
        if found is None or self._can_be_read_now(found.facts["try_again"]):
            return None
        return self._decoded(found, strict=False)

    def one_by_one(self, settings: DecodeSettings, ahead: int, start: int = 0) -> Iterator[StoredPicture | Unreadable]:
        """Yield the pictures in order, decoded while the consumer works; the cache keeps none.

        Args:
            settings: how they are decoded.
            ahead: how many are decoded before the consumer needs them.
            start: the position of the first picture to yield.
        """
        task = DecodingTask(settings, None, DecodedBefore())
        for batch in decoded_batches(self._location, self._names[start:], task, ahead=ahead):
            yield from batch

    def none_readable(self, example: str) -> DataError:
        """Return the error that no picture can be read.

        Args:
            example: why the first cannot be read; empty if there is none.
        """
        first = f"'{self._names[0]}': {example.removesuffix('.')}." if example else ""
        none = agree(
            len(self),
            f"the only picture cannot be read, {first}",
            f"none of {len(self):,} pictures can be read.{first and f' The first, {first}'}",
        )
        return DataError(f"{self._location.root}: {none} Expected picture files such as JPEG or PNG.")

    def _cached_as(self, settings: DecodeSettings) -> str:
        """Return how the keys of the entries with these pictures begin, however they are measured."""
        way = cache_key("decoded", DECODE_VERSION, settings.model_dump_json())[:_WAY_DIGITS]
        return way + self._key("decoded")[:_PICTURES_DIGITS]

    def _can_be_read_now(self, positions: Sequence[int]) -> bool:
        """Return whether a picture that was not accessible when all were decoded can be read now."""
        for position in positions:
            try:
                self._location.read(self._names[position])
            except DataError:
                continue
            return True
        return False

    def _decoded(self, entry: CacheEntry, *, strict: bool) -> Decoded:
        quarantined = {int(position): reason for position, reason in entry.facts["quarantined"].items()}
        if strict:
            _refuse(quarantined)
        kept = np.delete(np.arange(len(self)), list(quarantined))
        columns = entry.columns
        return Decoded(entry.pictures, kept, quarantined, columns["sizes"], columns["grey"], columns.get("measures"))

    def _decode_into(
        self, writer: BatchWriter, task: DecodingTask, on_progress: OnProgress | None, *, strict: bool
    ) -> None:
        settings = task.settings
        tally = Tally()
        for note in writer.notes:
            tally.add(note)
        if on_progress is not None:
            on_progress(tally.position, len(self))
        if strict:
            _refuse(tally.quarantined)
        no_rows = np.empty((0, settings.height, settings.width, settings.channels), np.uint8)
        for batch in decoded_batches(self._location, self._names[tally.position :], task):
            if strict:
                _refuse(unreadable_in(batch, tally.position))
            note = note_on(batch)
            pixels = [picture.pixels for picture in batch if isinstance(picture, StoredPicture)]
            # A picture that may become readable is tried again when interrupted work continues.
            writer.append(np.stack(pixels) if pixels else no_rows, None if note["try_again"] else note)
            tally.add(note)
            if on_progress is not None:
                on_progress(tally.position, len(self))
        columns = tally.columns()
        if not columns:
            raise self.none_readable(tally.quarantined.get(0, ""))
        writer.entry.facts = {"quarantined": tally.quarantined, "try_again": tally.try_again}
        writer.entry.columns = columns

    def _key(self, *purpose: str) -> str:
        # Sizes and times may be equal in two folders if all files have one date, as some archives unpack them. So the
        # folder's path is part of the key. For a zip, the bytes are enough.
        is_on_disk = len(self) > 0 and self._location.path(self._names[0]) is not None
        place = str(Path(self._location.root).resolve()) if is_on_disk else ""
        return cache_key(*purpose, DECODE_VERSION, place, self._fingerprint)

    @cached_property
    def _fingerprint(self) -> str:
        # Only once, because it reads the size and time of every file in a folder.
        return self._location.fingerprint(self._names)


def names_of(headers: NDArray[np.int64], kind: Kind, names: Sequence[str]) -> list[str]:
    """Return the names of the pictures whose header shows this kind."""
    return [names[position] for position in headers[headers[:, FIRST_KIND + KINDS.index(kind)] > 0, POSITION].tolist()]


def _refuse(quarantined: dict[int, str]) -> None:
    for position, reason in quarantined.items():
        raise UnreadablePictureError(position, reason)
