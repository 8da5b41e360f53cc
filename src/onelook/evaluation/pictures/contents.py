"""The contents of the pictures that a page shows, so that a mark on one still fits if the picture is moved."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from onelook.data.dataset import Dataset
from onelook.data.fixes.find_pictures import contents_of
from onelook.data.pictures.protocol import Pictures
from onelook.evaluation.pictures.index import (
    FINDINGS,
    FURTHER_ERRORS,
    INDEX,
    FindingPictures,
    FindingsIndex,
    FurtherErrors,
    Record,
    ReportPictures,
    write_index,
)

CONTENTS = "contents.json"  # in `evidence/`
MOST_SECONDS = 2.0  # at most: two cores read 400 photographs from a telephone's messages in it, or all of MNIST's
_AT_ONCE = 16  # pictures read between two looks at the clock


class PictureContents(Record):
    """The content of shown pictures, by id, as `picture_content` returns it."""

    format_version: int = 1
    contents: Mapping[str, str]


def write_contents(evidence: Path, dataset: Dataset, seconds: float = MOST_SECONDS) -> None:
    """Write the contents of the pictures whose indexes are in `evidence`, as many as the time is enough for.

    Args:
        evidence: a run's folder of that name.
        dataset: has the pictures.
        seconds: the most that this may take; one reading of a few pictures may end after it.
    """
    if seconds > 0 and (found := read_contents(dataset, dict.fromkeys(_shown_ids(evidence)), seconds)):
        write_index(evidence / CONTENTS, PictureContents(contents=found), indent=None)


def read_contents(dataset: Dataset, ids: Iterable[str], seconds: float = MOST_SECONDS) -> dict[str, str]:
    """Return the contents of pictures by id, the first ones first, as many as the time is enough for.

    A picture that cannot be read, or that the data does not have, is left out.
    """
    began = time.perf_counter()
    wanted = list(ids)
    places = _places(dataset, wanted)
    known = [each for each in wanted if each in places]
    found: dict[str, str] = {}
    for start in range(0, len(known), _AT_ONCE):
        if time.perf_counter() - began > seconds:
            break
        some = known[start : start + _AT_ONCE]
        found |= dict(zip(some, contents_of(places[each] for each in some), strict=True))
    return {each: content for each, content in found.items() if content}


def _places(dataset: Dataset, ids: Sequence[str]) -> dict[str, tuple[Pictures, int]]:
    wanted = set(ids)
    return {
        each: (part.pictures, row)
        for part in dataset.parts.values()
        for row, each in enumerate(part.ids)
        if each in wanted
    }


def _shown_ids(evidence: Path) -> Iterator[str]:
    """Yield the ids of the pictures that a report shows, the worst errors first; some may come twice."""
    if (index := evidence / INDEX).is_file():
        kept = ReportPictures.model_validate_json(index.read_bytes())
        yield from (one.id for one in kept.worst_errors)
        yield from ids_of_findings(_findings(evidence))
        yield from (one.id for one in kept.random)
    if (further := evidence / FURTHER_ERRORS).is_file():
        yield from (one.id for one in FurtherErrors.model_validate_json(further.read_bytes()).errors if one.picture)
    if index.is_file():
        yield from (one.id for each in kept.samples for one in each.pictures)


def _findings(evidence: Path) -> Sequence[FindingPictures]:
    path = evidence / FINDINGS / INDEX
    return FindingsIndex.model_validate_json(path.read_bytes()).findings if path.is_file() else ()


def ids_of_findings(findings: Sequence[FindingPictures]) -> Iterator[str]:
    """Yield the ids of the pictures that findings show."""
    for finding in findings:
        yield from (one.id for one in finding.pictures if one.file)
        yield from (one.id for pair in finding.pairs for one in pair if one.file)
