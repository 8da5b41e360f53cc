"""Find the picture for each id of a sample submission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from onelook.data.part_names import PART_FOLDERS
from onelook.errors import DataError
from onelook.evaluation.id_columns import IdColumn
from onelook.evaluation.sample_submission import Sample
from onelook.wording import agree, counted, listed, named

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")  # `.jpg`, `.jpeg`, `.jp2`, not the `.5` of `v1.5`
_NUMBER = re.compile(r"0*(\d+)(?:\.0+)?")
_SHOWN = 3


@dataclass(frozen=True)
class Joined:
    """The picture for each row of a sample.

    Attributes:
        positions: (rows,), among all pictures, int64.
        id_column: the position of the sample's column of ids.
        notes: a sentence for each assumption.
    """

    positions: NDArray[np.int64]
    id_column: int
    notes: tuple[str, ...] = ()


def join_sample(sample: Sample, id_column: int, candidates: Sequence[IdColumn]) -> Joined:
    """Return the picture for each row of the sample, found by its id.

    If the sample's header names a column of the data's table, that column is used; otherwise each column is tried, in
    the order given. Ids are first compared whole, then by file name, then without the suffix, then in another spelling
    of the same letters, then as numbers: `1` then matches `test1/1.jpg`, and `7` matches `0007`. The first comparison
    counts in which every row of the sample finds one picture of its own. Pictures that already have a label are tried
    last, as train/1.jpg beside test/1.jpg. If no comparison fits, the pictures in a test folder are tried alone. A note
    counts pictures that the sample does not ask for. Rows are matched by position only if the data has no ids and the
    number of rows is the same.

    Raises:
        DataError: no comparison fits, or two fit with different pictures. The error names ids that are missing, unknown
            or ambiguous.
    """
    asked = sample.column(id_column)
    if twice := _named_twice(asked, str):
        raise _ambiguous(str(sample.path), twice, str)
    folded = sample.header[id_column].casefold()
    named_so = [one for one in candidates if one.name and one.name.casefold() == folded]
    groups = [*_groups(candidates, named_so)]
    for in_test, group in product((False, True), groups):
        found = [(one, way, positions) for one in group for way, positions in _joins(one, asked, in_test=in_test)]
        if found:
            one, way, positions = found[0]
            # For a name in several parts the first part is used; between several columns there is no preference.
            rivals = [
                other for other, same, at in found if other.name != one.name and not np.array_equal(at, positions)
            ]
            if rivals:
                raise DataError(
                    f"{sample.path}: its ids are found in {_called(one)} and in {_called(rivals[0])} of the data, "
                    "for different pictures. Give the column of ids in the sample the same name as in the data."
                )
            total = max(each.offset + len(each.ids) for each in candidates)
            notes = [*_notes(asked, one, way, positions, left=total - len(positions))]
            if in_test:
                taken = f"as '{one.ids[positions[0] - one.offset]}'"
                notes.append(f"of pictures with the same name those in the test folder were taken, {taken}")
            return Joined(positions, id_column, (*notes, *_note_labelled(candidates, positions)))
    raise _mismatch(sample.path, asked, candidates)


def _groups(candidates: Sequence[IdColumn], named_so: Sequence[IdColumn]) -> Iterator[list[IdColumn]]:
    """Yield the names to try, group by group: of the first group in which ids are found, one decides."""
    for is_labelled in (False, True):
        alike = [one for one in candidates if one.is_labelled is is_labelled]
        yield [one for one in named_so if one.is_labelled is is_labelled]
        yield [one for one in alike if not one.name]
        yield [one for one in alike if one.name]


def id_columns_that_fit(sample: Sample, candidates: Sequence[IdColumn], among: Sequence[int]) -> list[int]:
    """Return the columns, among these of the sample, that may be ids."""
    return [column for column in among if any(_has_join(one, sample.column(column)) for one in candidates)]


def _has_join(one: IdColumn, asked: Sequence[str]) -> bool:
    return any(next(_joins(one, asked, in_test=in_test), None) is not None for in_test in (False, True))


def _joins(
    one: IdColumn, asked: Sequence[str], *, in_test: bool = False
) -> Iterator[tuple[Callable[[str], str], NDArray[np.int64]]]:
    """Yield the comparisons in which each id of the sample finds a picture of its own, the strictest first.

    Args:
        in_test: whether only pictures in a test folder are meant, as test/1.jpg beside train/cat/1.jpg.
    """
    if one.are_row_numbers and len(asked) != len(one.ids):
        return
    for way in (str,) if one.are_row_numbers else _WAYS:
        keys = [way(identifier) for identifier in asked]
        wanted = set(keys)
        if len(wanted) < len(keys):
            continue
        places: dict[str, list[int]] = {}
        for at, identifier in enumerate(one.ids):
            if (key := way(identifier)) in wanted:
                places.setdefault(key, []).append(at)
        if in_test:
            places = {key: [at for at in found if _is_in_test(one.ids[at])] for key, found in places.items()}
        if len(places) == len(wanted) and all(len(found) == 1 for found in places.values()):
            yield way, np.array([one.offset + places[key][0] for key in keys], dtype=np.int64)


def _is_in_test(identifier: str) -> bool:
    """Return whether a folder in a path means the test part."""
    folders = identifier.casefold().replace("\\", "/").split("/")[:-1]
    return any(PART_FOLDERS.get(folder) == "test" for folder in folders)


def _file_name(identifier: str) -> str:
    return PurePosixPath(identifier.replace("\\", "/")).name


def _file_stem(identifier: str) -> str:
    return _SUFFIX.sub("", _file_name(identifier))


def _folded(identifier: str) -> str:
    return unicodedata.normalize("NFC", _file_stem(identifier)).casefold()


def _as_number(identifier: str) -> str:
    match = _NUMBER.fullmatch(_file_stem(identifier))
    return match[1] if match else _folded(identifier)


_WAYS: tuple[Callable[[str], str], ...] = (str, _file_name, _file_stem, _folded, _as_number)
_ASSUMED = {
    _folded: "ids were joined without regard to capitals and accents, such as '{asked}' and '{found}'",
    _as_number: "ids were joined as numbers, such as '{asked}' and '{found}'",
}


def _notes(
    asked: Sequence[str], one: IdColumn, way: Callable[[str], str], positions: NDArray[np.int64], *, left: int
) -> Iterator[str]:
    if one.name:
        yield f"ids were joined by the column '{one.name}' of the data"
    if way in _ASSUMED:
        pairs = zip(asked, (one.ids[at - one.offset] for at in positions.tolist()), strict=True)
        first = next((pair for pair in pairs if _file_stem(pair[0]) != _file_stem(pair[1])), None)
        if first is not None:
            yield _ASSUMED[way].format(asked=first[0], found=first[1])
    if left > 0:
        yield f"{counted(left, 'picture')} that the sample does not ask for {agree(left, 'is', 'are')} not in it"


def _note_labelled(candidates: Sequence[IdColumn], positions: NDArray[np.int64]) -> list[str]:
    labelled = {(one.offset, len(one.ids)) for one in candidates if one.is_labelled}
    count = sum(int(((positions >= first) & (positions < first + length)).sum()) for first, length in labelled)
    if not count or all(one.is_labelled for one in candidates):
        return []
    return [f"{counted(count, 'picture')} of these {agree(count, 'has', 'have')} a label in the data already"]


def _called(one: IdColumn) -> str:
    return f"the column '{one.name}'" if one.name else "the pictures' names"


def _ambiguous(where: str, twice: tuple[str, str], way: Callable[[str], str]) -> DataError:
    first, second = twice
    return DataError(
        f"{where}: '{first}' and '{second}' stand for the same id '{way(first)}'. Expected each id once: "
        "where a data set has several parts, predict the one that the sample is for."
    )


def _mismatch(path: Path, asked: Sequence[str], candidates: Sequence[IdColumn]) -> DataError:
    """Return the error for ids that do not match; it shows the comparison and the names with the most matches."""
    pairs = [(one, way) for one in candidates for way in _WAYS[:3]]
    one, way = max(pairs, key=lambda pair: len({*map(pair[1], asked)} & {*map(pair[1], pair[0].ids)}))
    wanted = {way(identifier) for identifier in asked}
    relevant = [identifier for identifier in one.ids if way(identifier) in wanted]
    for where, identifiers in ((str(path), asked), ("the data", relevant)):
        if twice := _named_twice(identifiers, way):
            return _ambiguous(where, twice, way)
    ours = {way(identifier): identifier for identifier in one.ids}
    missing = [identifier for identifier in asked if way(identifier) not in ours]
    surplus = [identifier for key, identifier in ours.items() if key not in wanted]
    found = []
    if missing:
        found.append(f"no picture matches {named(missing, most=_SHOWN)}")
    if surplus:
        found.append(f"it does not ask for {named(surplus, most=_SHOWN)}")
    columns = dict.fromkeys(each.name for each in candidates if each.name)
    tried = f" (tried were the pictures' names and {listed(columns)})" if columns else ""
    return DataError(
        f"{path}: asks for {counted(len(asked), 'id')}, the data has {counted(len(one.ids), 'picture')}; "
        f"{'; '.join(found)}{tried}. Expected ids that are all found in the data: nothing was written."
    )


def _named_twice(identifiers: Sequence[str], way: Callable[[str], str]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for identifier in identifiers:
        if (key := way(identifier)) in seen:
            return seen[key], identifier
        seen[key] = identifier
    return None
