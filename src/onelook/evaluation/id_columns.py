"""List the names of the pictures of a data set that a sample submission may use as ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.part_names import PART_FOLDERS


@dataclass(frozen=True)
class IdColumn:
    """Names of all pictures of some parts: the ids shown to the user, or a column of the table that lists them.

    Attributes:
        name: the name of the column; empty for the ids shown to the user.
        ids: a text for each picture.
        offset: the position of the first of these pictures among all pictures.
        are_row_numbers: whether the ids are only row numbers, 1, 2, 3 …, because the data has no ids.
        is_labelled: whether these pictures already have a label, which pictures that a sample asks for hardly have.
        are_shared: whether several pictures have one id, such as the views of one patient.
    """

    name: str
    ids: Sequence[str]
    offset: int = 0
    are_row_numbers: bool = False
    is_labelled: bool = False
    are_shared: bool = False


def id_candidates(
    parts: Mapping[str, tuple[Sequence[str], Mapping[str, Sequence[str]]]], unlabelled: Sequence[str]
) -> list[IdColumn]:
    """Return the names of the pictures of a data set that a sample may use as ids.

    First come all parts together, then each part alone, parts to predict before others, because a name may be in two
    parts.

    Args:
        parts: the ids shown to the user, and the columns with other names, by part.
        unlabelled: the parts without labels.
    """
    labelled = {name for name in parts if name not in unlabelled}
    offsets: dict[str, int] = {}
    total = 0
    for name, (ids, _) in parts.items():
        offsets[name] = total
        total += len(ids)
    counted_off = {name for name, (ids, _) in parts.items() if _only_count_rows(name, ids)}
    found: list[IdColumn] = []
    # Rows of one part have nothing to do with the ids, or the rows, of another.
    if not counted_off:
        everything = [each for ids, _ in parts.values() for each in ids]
        found.append(IdColumn("", everything, is_labelled=len(labelled) == len(parts)))
    order = sorted(parts, key=lambda name: (name in labelled, name != "test"))
    for name in order:
        ids, others = parts[name]
        if name not in counted_off:
            found += [IdColumn("", ids, offsets[name], is_labelled=name in labelled)] if len(parts) > 1 else []
        elif not others:
            rows = [each.rpartition("/")[2] for each in ids]
            found.append(IdColumn("", rows, offsets[name], are_row_numbers=True, is_labelled=name in labelled))
    found += [
        IdColumn(column, ids, offsets[name], is_labelled=name in labelled, are_shared=len({*ids}) < len(ids))
        for name in order
        for column, ids in parts[name][1].items()
    ]
    return found


def _only_count_rows(part: str, ids: Sequence[str]) -> bool:
    """Return whether the ids are 1, 2, 3 …, after the name of the part or alone."""
    prefix = f"{part}/" if ids and ids[0].startswith(f"{part}/") else ""
    return all(each == f"{prefix}{row}" for row, each in enumerate(ids, start=1))


def is_in_test(identifier: str) -> bool:
    """Return whether a folder in a path means the test part."""
    folders = identifier.casefold().replace("\\", "/").split("/")[:-1]
    return any(PART_FOLDERS.get(folder) == "test" for folder in folders)
