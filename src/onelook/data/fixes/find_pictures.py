"""Find the pictures of fixes in the data: by id, and those that were moved or renamed by content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from onelook.data.dataset import Dataset
from onelook.data.duplicates.exact import digest_pictures
from onelook.data.fixes.fixes_file import Fix
from onelook.data.part_names import PART_ORDER
from onelook.data.pictures.protocol import Pictures
from onelook.errors import DataError
from onelook.runtime import available_cores


class Place(NamedTuple):
    """The place of a picture in a data set."""

    part: str
    row: int


@dataclass(frozen=True)
class Found:
    """The pictures of each fix."""

    places: Mapping[Fix, Sequence[Place]]  # of each fix that fits; several if the data has exact copies
    moved: tuple[Fix, ...]  # those that were found by content under another id
    lost: tuple[Fix, ...]  # those that fit no picture
    other: tuple[Fix, ...]  # those among the lost whose id names a picture with other content


def find_pictures(dataset: Dataset, fixes: Sequence[Fix]) -> Found:
    """Return the pictures of each fix.

    A picture has the id and, if the fix tells its content, this content too: a row number may name another picture
    now. Otherwise it is any picture with this content that no fix names by its id; those that still have the name of
    the file come first, and all others are read only if they are needed.
    """
    rows_of: dict[str, list[Place]] = defaultdict(list)
    for name, part in dataset.parts.items():
        for row, each in enumerate(part.ids):
            rows_of[each].append(Place(name, row))
    places: dict[Fix, Sequence[Place]] = {}
    sought, other = [], []
    for fix in fixes:
        meant = id_meant(fix, rows_of)
        there = [] if meant is None else rows_of[meant]
        fitting = [place for place in there if _has_content(dataset, place, fix.content)]
        if fitting:
            places[fix] = fitting
            continue
        if fix.content:
            sought.append(fix)
        if there:
            other.append(fix)
    by_content = _search(dataset, sought, {place for of_fix in places.values() for place in of_fix})
    moved = [fix for fix in sought if fix.content in by_content]
    places |= {fix: by_content[fix.content] for fix in moved}
    lost = tuple(fix for fix in fixes if fix not in places)
    return Found(places, tuple(moved), lost, tuple(fix for fix in other if fix not in places))


def id_meant(fix: Fix, known: Container[str]) -> str | None:
    r"""Return the known id that a fix means by its id; None if no id is meant for certain.

    A blank may surround it, and Windows writes paths with backslashes. Where a data set has several parts, such as with
    `--test`, ids begin with the part: an id without it is taken if only one part has such a picture. A part that the
    data does not tell is not left out, because `train/1` is not the first row of the test data.

    Example:
        >>> fix = Fix(2, " cats\\1.jpg", "drop")
        >>> id_meant(fix, {"train/cats/1.jpg"}), id_meant(fix, {"train/cats/1.jpg", "test/cats/1.jpg"})
        ('train/cats/1.jpg', None)
    """
    for each in _spellings(fix):
        if each in known:
            return each
    longer = ids_with_part(fix, known)
    return longer[0] if len(longer) == 1 else None


def ids_with_part(fix: Fix, known: Container[str]) -> list[str]:
    """Return the known ids that a fix without a part could mean; several if several parts have such a picture."""
    ids = [f"{name}/{each}" for name in PART_ORDER for each in _spellings(fix)]
    return [each for each in ids if each in known]


def _spellings(fix: Fix) -> Iterable[str]:
    return dict.fromkeys((fix.id, fix.id.strip(), fix.id.strip().replace("\\", "/")))


def _has_content(dataset: Dataset, place: Place, content: str) -> bool:
    """Return whether the picture has the content, or cannot be read."""
    return not content or picture_content(dataset.parts[place.part].pictures, place.row) in ("", content)


def _search(dataset: Dataset, sought: Sequence[Fix], claimed: set[Place]) -> Mapping[str, Sequence[Place]]:
    """Return the places of each content that is found."""
    wanted = {fix.content for fix in sought}
    file_names = {_file_name(fix.id) for fix in sought}
    free = [
        (Place(name, row), _file_name(each) in file_names)
        for name, part in dataset.parts.items()
        for row, each in enumerate(part.ids)
        if Place(name, row) not in claimed
    ]
    found: dict[str, list[Place]] = defaultdict(list)
    for has_name in (True, False):
        if wanted <= found.keys():
            break
        places = [place for place, same_name in free if same_name is has_name]
        contents = contents_of((dataset.parts[place.part].pictures, place.row) for place in places)
        for place, content in zip(places, contents, strict=True):
            if content in wanted:
                found[content].append(place)
    return found


def _file_name(picture_id: str) -> str:
    return picture_id.strip().replace("\\", "/").rpartition("/")[2]


def picture_content(pictures: Pictures, row: int) -> str:
    """Return the digest of one picture's pixels at its own size, 32 hexadecimal digits; empty if it cannot be read.

    Exact copies have equal digests, in whatever file or folder they are.
    """
    try:
        original = pictures.original(row)
    except DataError:
        return ""
    return digest_pictures(original[None]).tobytes().hex()


def contents_of(places: Iterable[tuple[Pictures, int]]) -> list[str]:
    """Return `picture_content` of each of these pictures, read on all cores."""
    with ThreadPoolExecutor(available_cores()) as threads:
        return list(threads.map(lambda place: picture_content(*place), places))
