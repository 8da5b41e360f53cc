"""Find the picture for each id of a sample submission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.evaluation.id_columns import IdColumn, is_in_test
from onelook.evaluation.match_shared_ids import SharedIds, find_shared
from onelook.evaluation.sample_submission import Sample
from onelook.wording import agree, counted, listed, named

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")  # `.jpg`, `.jpeg`, `.jp2`, not the `.5` of `v1.5`
_NUMBER = re.compile(r"0*(\d+)(?:\.0+)?")
_SHOWN = 3


@dataclass(frozen=True)
class Joined:
    """The picture, or the pictures, for each row of a sample.

    Attributes:
        positions: (pictures,), among all pictures, int64.
        id_column: the position of the sample's column of ids.
        notes: a sentence for each assumption.
        rows: (pictures,), the row of each picture, int64; None if each row has one.
    """

    positions: NDArray[np.int64]
    id_column: int
    notes: tuple[str, ...] = ()
    rows: NDArray[np.int64] | None = None


def join_sample(sample: Sample, id_column: int, candidates: Sequence[IdColumn]) -> Joined:
    """Return the picture for each row of the sample, found by its id.

    If the sample's header names a column of the data's table, that column is used; otherwise each column is tried, in
    the order given. Ids are first compared whole, then by file name, then without the suffix, then in another spelling
    of the same letters, then as numbers: `1` then matches `test1/1.jpg`, and `7` matches `0007`. The first comparison
    counts in which every row of the sample finds one picture of its own. Pictures that already have a label are tried
    last, as train/1.jpg beside test/1.jpg. If no comparison fits, the pictures in a test folder are tried alone. A note
    counts pictures that the sample does not ask for. Rows are matched by position only if the data has no ids and the
    number of rows is the same. If no comparison fits, each row may be about several pictures (`find_shared`).

    Raises:
        DataError: no comparison fits, or two fit with different pictures. The error names ids that are missing, unknown
            or ambiguous.
    """
    asked = sample.column(id_column)
    if twice := _named_twice(asked, str):
        raise _ambiguous(str(sample.path), twice, str)
    folded = sample.header[id_column].casefold()
    named_so = [one for one in candidates if one.name and one.name.casefold() == folded]
    of_one_each = [one for one in candidates if not one.are_shared]
    groups = [*_groups(of_one_each, [one for one in named_so if not one.are_shared])]
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
    if (shared := find_shared(sample.header[id_column], asked, candidates)) is not None:
        notes = [*_notes_on_shared(asked, shared, candidates), *_note_labelled(candidates, shared.positions)]
        return Joined(shared.positions, id_column, tuple(notes), shared.rows)
    raise _mismatch(sample.path, sample.header[id_column], asked, of_one_each)


def _groups(candidates: Sequence[IdColumn], named_so: Sequence[IdColumn]) -> Iterator[list[IdColumn]]:
    """Yield the names to try, group by group: of the first group in which ids are found, one decides."""
    for is_labelled in (False, True):
        alike = [one for one in candidates if one.is_labelled is is_labelled]
        yield [one for one in named_so if one.is_labelled is is_labelled]
        yield [one for one in alike if not one.name]
        yield [one for one in alike if one.name]


def id_columns_that_fit(sample: Sample, candidates: Sequence[IdColumn], among: Sequence[int]) -> list[int]:
    """Return the columns, among these of the sample, that may be ids."""
    found = [column for column in among if any(_has_join(one, sample.column(column)) for one in candidates)]
    if found:
        return found
    return [column for column in among if find_shared(sample.header[column], sample.column(column), candidates)]


def _has_join(one: IdColumn, asked: Sequence[str]) -> bool:
    return not one.are_shared and any(
        next(_joins(one, asked, in_test=in_test), None) is not None for in_test in (False, True)
    )


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
            places = {key: [at for at in found if is_in_test(one.ids[at])] for key, found in places.items()}
        if len(places) == len(wanted) and all(len(found) == 1 for found in places.values()):
            yield way, np.array([one.offset + places[key][0] for key in keys], dtype=np.int64)


def _file_name(identifier: str) -> str:
    return identifier.replace("\\", "/").rstrip("/").rpartition("/")[2]  # a tenth of the time of `PurePosixPath`


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


def _notes_on_shared(asked: Sequence[str], shared: SharedIds, candidates: Sequence[IdColumn]) -> Iterator[str]:
    counts = np.bincount(shared.rows)
    at = int(counts.argmax())
    yield (
        f"the ids were found {shared.place}, so each row is the mean of the probabilities of its pictures, as of "
        f"{counted(int(counts[at]), 'picture')} for '{asked[at]}'"
    )
    left = max(each.offset + len(each.ids) for each in candidates) - len(shared.positions)
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


def _mismatch(path: Path, header: str, asked: Sequence[str], candidates: Sequence[IdColumn]) -> DataError:
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
    hint = ""
    if len(asked) < len(one.ids) and len(missing) == len(asked):
        hint = (
            f" If a row is for several pictures, such as all of a patient, give the table of the pictures a column "
            f"'{header}' with the id for each, and predict that table: a row gets the mean of their probabilities."
        )
    return DataError(
        f"{path}: asks for {counted(len(asked), 'id')}, the data has {counted(len(one.ids), 'picture')}; "
        f"{'; '.join(found)}{tried}. Expected ids that are all found in the data: nothing was written.{hint}"
    )


def _named_twice(identifiers: Sequence[str], way: Callable[[str], str]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for identifier in identifiers:
        if (key := way(identifier)) in seen:
            return seen[key], identifier
        seen[key] = identifier
    return None
