"""Thumbnails of the pictures that the data checks name, so that a person can judge the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from onelook.data.dataset import ReadPart
from onelook.data.reading import Reading
from onelook.evaluation.pictures.class_samples import size_at
from onelook.evaluation.pictures.index import FINDINGS, INDEX, FindingPictures, FindingsIndex, FoundPicture, write_index
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.files import atomic_folder

PICTURES_SHOWN = 12
PAIRS_SHOWN = 8
# The most thumbnails of all findings together; later findings have text only. At 5 to 7 kB a photograph this is at most
# 1.5 MB in evidence/ and 2 MB in a page.
_THUMBNAILS = 240


class NamesPictures(Protocol):
    """The fields of a finding that are needed to show its pictures."""

    @property
    def check(self) -> str:
        """The name of the check."""
        ...

    @property
    def split(self) -> str:
        """The split or part that it is about."""
        ...

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the pictures that it is about, the worst first."""
        ...

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Ids of pictures that belong together."""
        ...


def write_finding_pictures(
    folder: Path,
    findings: Sequence[NamesPictures],
    reading: Reading,
    value_range: tuple[float, float],
    remarks: Mapping[str, Mapping[str, str]] | None = None,
) -> FindingsIndex:
    """Write thumbnails of the pictures that the findings name to `folder`/findings, whole or not at all.

    Args:
        folder: a run's `evidence/`.
        findings: the findings, the most pressing first.
        reading: the data with these pictures.
        value_range: the values that mean black and white.
        remarks: as in `draw_findings`.
    """
    with atomic_folder(folder / FINDINGS) as temporary:
        writer = ThumbnailWriter.to_folder(temporary, value_range)
        index = FindingsIndex(findings=draw_findings(findings, reading, writer, remarks))
        write_index(temporary / INDEX, index)
    return index


def draw_findings(
    findings: Sequence[NamesPictures],
    reading: Reading,
    writer: ThumbnailWriter,
    remarks: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[FindingPictures, ...]:
    """Pass up to 12 pictures or 8 pairs of each finding to the writer. The result omits findings without pictures.

    Args:
        findings: the findings, the most pressing first.
        reading: the data with these pictures.
        writer: makes the thumbnails.
        remarks: check -> id -> a text to show beside the label of the picture.
    """
    shown = list(_within_bounds(findings))
    wanted = {each for pairs, ids in shown for each in (*ids, *(one for pair in pairs for one in pair))}
    gallery = _Gallery(reading, wanted, writer)
    drawn = [
        FindingPictures(
            check=finding.check,
            split=finding.split,
            pictures=gallery.draw(ids, (remarks or {}).get(finding.check, {})),
            pairs=tuple((gallery.draw_one(one), gallery.draw_one(other)) for one, other in pairs),
        )
        for finding, (pairs, ids) in zip(findings, shown, strict=True)
    ]
    return tuple(one for one in drawn if one.pictures or one.pairs)


def _within_bounds(
    findings: Sequence[NamesPictures],
) -> Iterator[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """Yield for each finding the pairs to show, and the ids of single pictures to show if it has no pairs."""
    left = _THUMBNAILS
    for finding in findings:
        pairs = finding.pairs[: min(PAIRS_SHOWN, left // 2)]
        ids = () if finding.pairs else finding.ids[: min(PICTURES_SHOWN, left)]
        left -= 2 * len(pairs) + len(ids)
        yield pairs, ids


class _Gallery:
    """Find pictures by id, and write one thumbnail of each, even if several findings name it."""

    def __init__(self, reading: Reading, wanted: set[str], writer: ThumbnailWriter) -> None:
        self._class_names = reading.class_names
        self._writer = writer
        self._places = dict(_places(reading.parts, wanted))
        self._quarantined = {
            each: reason for part in reading.parts.values() for each, reason in part.quarantined.items()
        }
        self._drawn: dict[str, FoundPicture] = {}

    def draw(self, ids: Iterable[str], remarks: Mapping[str, str]) -> tuple[FoundPicture, ...]:
        drawn = ((each, self.draw_one(each)) for each in ids)
        return tuple(one.model_copy(update={"note": remarks[each]}) if each in remarks else one for each, one in drawn)

    def draw_one(self, picture_id: str) -> FoundPicture:
        if picture_id not in self._drawn:
            self._drawn[picture_id] = self._draw(picture_id)
        return self._drawn[picture_id]

    def _draw(self, picture_id: str) -> FoundPicture:
        if picture_id not in self._places:
            return FoundPicture(file=None, id=picture_id, note=self._quarantined.get(picture_id, ""))
        part, row = self._places[picture_id]
        size = size_at(part.sizes, row)
        return FoundPicture(
            file=self._writer.write(f"found-{len(self._drawn) + 1:03d}", part.images[row], size),
            id=picture_id,
            label="" if part.labels is None else self._class_names[int(part.labels[row])],
            size=size,
        )


def _places(parts: Mapping[str, ReadPart], wanted: set[str]) -> Iterable[tuple[str, tuple[ReadPart, int]]]:
    for part in parts.values():
        rows = np.flatnonzero(np.fromiter((each in wanted for each in part.ids), bool, len(part.ids)))
        for row in rows.tolist():
            yield part.ids[row], (part, row)
