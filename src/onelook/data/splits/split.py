"""Split the pictures into training, validation and test pictures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet, ReadPart, require_pool
from onelook.data.ids import take_ids
from onelook.data.labels import Labels, class_counts, rows_by_class
from onelook.data.ledger import csv_blocks, write_csv
from onelook.data.splits.by_group import choose_units, connected
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, listed, named

# All pictures of a smaller class are trained on: of two pictures only one would be left.
_FEWEST_TO_JUDGE = 3
_ROWS_AT_ONCE = 4_096  # lines of `split.csv` that are made together


class SplitEntry(NamedTuple):
    """One line of `split.csv`: a picture that is used."""

    id: str
    split: str  # train, val or test
    class_name: str  # empty if the picture has no label
    group: str = ""  # the name of its group in the data; empty if it is in none


@dataclass(frozen=True, eq=False, repr=False)
class SplitPart:
    """The used pictures of one part, with the side of each."""

    part: ReadPart
    side: NDArray[np.str_]  # (rows of the part,), copies included: train, val or test
    class_names: Sequence[str]

    @property
    def names_groups(self) -> bool:
        """Return whether a used picture is in a group that has a name."""
        groups, names = self.part.given_groups, self.part.group_names
        if groups is None or not names:
            return False
        return any(names[group] for group in np.unique(groups[self.part.used]).tolist() if group >= 0)

    def rows_in_blocks(self) -> Iterator[NDArray[np.int64]]:
        """Yield the used rows, a few thousand at a time."""
        used = self.part.used
        for start in range(0, len(used), _ROWS_AT_ONCE):
            yield used[start : start + _ROWS_AT_ONCE]

    def entries(self) -> Iterator[SplitEntry]:
        """Yield the lines of `split.csv`."""
        for rows in self.rows_in_blocks():
            names, groups = [""] * len(rows), [""] * len(rows)
            if self.part.labels is not None:
                names = [self.class_names[label] for label in self.part.labels[rows].tolist()]
            if self.part.given_groups is not None and self.part.group_names:
                of_rows = self.part.given_groups[rows].tolist()
                groups = [self.part.group_names[group] if group >= 0 else "" for group in of_rows]
            yield from map(SplitEntry, take_ids(self.part.ids, rows), self.side[rows].tolist(), names, groups)


@dataclass(frozen=True)
class Split:
    """The pictures that are used, by side. Only the first of exact copies on one side is used."""

    train: ImageSet
    val: ImageSet
    test: ImageSet | None  # None if there is no labelled test part
    fingerprint: str  # the SHA-256 of `split.csv`, in hexadecimal
    parts: Sequence[SplitPart]  # those that are on a side

    @property
    def sides(self) -> Mapping[str, NDArray[np.str_]]:
        """Return part -> the side of each of its readable rows, copies included."""
        return {each.part.name: each.side for each in self.parts}

    def entries(self) -> Iterator[SplitEntry]:
        """Yield the lines of `split.csv`, which are made when they are asked for."""
        return _entries(self.parts)

    def write(self, path: Path) -> None:
        """Write `split.csv`: `id,split,class`, and `group` if there are groups; one line for each used picture."""
        write_csv(path, *_table(self.parts))


def check_request(is_labelled: Mapping[str, bool], val: float | None) -> None:
    """Refuse data that cannot be split, before hours are spent on reading it.

    Args:
        is_labelled: the parts, and whether each has labels.
        val: the share of validation pictures; None if a split is given.

    Raises:
        ConfigError: `val` is needed, and is not above 0 and below 1.
        DataError: there is no training part, or there are no labels.
    """
    pool = require_pool(is_labelled)
    for name in (pool, "val"):
        if not is_labelled.get(name, True):
            raise DataError(
                f"the pictures of the part '{name}' have no labels, so nothing can be learned from them. "
                "Expected class folders, file names that start with the label, or a label column."
            )
    if "val" not in is_labelled and val is not None and not 0 < val < 1:
        raise ConfigError(
            f"--val {val:g}: expected a share of the training pictures between 0 and 1, such as 0.1, or the path of "
            "validation pictures."
        )


def split_dataset(parts: Mapping[str, ReadPart], class_names: Sequence[str], *, val: float, seed: int) -> Split:
    """Split the data: parts are not changed; without a part `val`, a share of the training pictures validates.

    A given split (`ReadPart.given_side`) is not changed.

    The share is stratified (each class gives its part, at least one picture, and keeps at least one). It is drawn with
    `seed`, and is the same on every machine. Exact and near copies are on one side, and so are the members of a given
    group; with groups, the shares are met as well as the sizes of the groups allow. If near copies alone would keep a
    class out of validation, they may be divided. Pictures with two labels are training pictures, because there is no
    right answer to validate against.

    Some classes cannot be divided: those with fewer than three pictures, and those whose pictures are all in one group,
    or all have another label too. They are only trained on, and the check `missing-class` names them. But if no class
    has more than two pictures, two pictures are divided.

    Args:
        parts: `train` or `all`, and optionally `val` and `test`.
        class_names: the names of the labels, for `split.csv` and messages.
        val: the share of the training pictures, above 0 and below 1; unused if there is a `val` part or a given split.
        seed: any whole number from 0.

    Raises:
        ConfigError: `val` is out of range.
        DataError: there is no training part, there are no labels, there is a single class, a class has no usable
            picture, or no class can be divided.
    """
    kept = {name: part.given_side for name, part in parts.items() if part.given_side is not None}
    check_request({name: part.labels is not None for name, part in parts.items()}, None if kept else val)
    if kept:
        _check_given_sides(parts, kept, class_names)
        return split_by_sides(parts, kept, class_names)
    pool, given_val, test = parts[require_pool(parts)], parts.get("val"), parts.get("test")
    counts = class_counts(_labels(pool)[pool.used], len(class_names))
    _check_classes(pool, counts, class_names)
    side = np.full(len(pool.ids), "train")
    if given_val is None:
        side[_val_rows(pool, counts, class_names, val, seed)] = "val"
    given = {part.name: np.full(len(part.ids), part.name) for part in (given_val, test) if part is not None}
    return split_by_sides(parts, {pool.name: side, **given}, class_names)


def split_by_sides(
    parts: Mapping[str, ReadPart], sides: Mapping[str, NDArray[np.str_]], class_names: Sequence[str]
) -> Split:
    """Return the split in which every readable row of a part is on its side in `sides`.

    Args:
        parts: the parts of `sides`, and optionally others, which are left out.
        sides: part -> `train`, `val` or `test` for each of its readable rows, copies included; all of the test side
            is one part.
        class_names: the names of the labels, for `split.csv`.
    """
    split_parts = tuple(SplitPart(parts[name], side, class_names) for name, side in sides.items())
    fingerprint = hashlib.sha256()
    for block in csv_blocks(*_table(split_parts)):
        fingerprint.update(block.encode())
    sets: dict[str, ImageSet] = {}
    for name, side in sides.items():
        for each in np.unique(side).tolist():
            sets[each] = image_set(parts[name], side == each)
    test = sets.get("test")
    return Split(
        train=sets["train"],
        val=sets["val"],
        test=None if test is None or test.labels is None else test,
        fingerprint=fingerprint.hexdigest(),
        parts=split_parts,
    )


def _labels(part: ReadPart) -> Labels:
    return np.zeros(0, np.int64) if part.labels is None else part.labels


def _check_given_sides(
    parts: Mapping[str, ReadPart], sides: Mapping[str, NDArray[np.str_]], class_names: Sequence[str]
) -> None:
    """Refuse a given split that cannot be trained with. The checks report a class that a side lacks."""
    counts = Counter(side for of_part in sides.values() for side in of_part.tolist())
    purposes = (("train", "to train on"), ("val", "to validate on, which decides the epoch that is kept"))
    for side, purpose in purposes:
        if not counts[side]:
            there = listed(f"{count:,} in {name}" for name, count in counts.items())
            raise DataError(f"the given split has no picture {purpose}: {there}. Expected some in train and in val.")
    trained = np.unique(np.concatenate([_labels(parts[name])[side == "train"] for name, side in sides.items()]))
    if len(trained) < 2:
        many = f"all {counts['train']:,} training pictures of the given split are"
        raise DataError(
            f"{agree(counts['train'], 'the only training picture of the given split is', many)} of one class, "
            f"'{class_names[trained[0]]}'. Expected two classes or more."
        )


def one_class_only(pool: ReadPart, class_names: Sequence[str]) -> DataError:
    """Return the error for training pictures of a single class, or of none."""
    only = named(class_names[label] for label in pool.found_classes) or "none"
    many = agree(pool.found, "the only training picture is", f"all {pool.found:,} training pictures are")
    return DataError(f"{many} of one class, {only}. Expected two classes or more.")


def _check_classes(pool: ReadPart, counts: NDArray[np.int64], class_names: Sequence[str]) -> None:
    if len(pool.found_classes) < 2:
        raise one_class_only(pool, class_names)
    empty = [label for label in sorted(pool.found_classes) if not counts[label]]
    if empty:
        raise DataError(
            f"no picture to train on of {agree(len(empty), 'class', 'classes')} "
            f"{named(class_names[label] for label in empty)}: none of theirs can be read. Add pictures, or remove the "
            f"{agree(len(empty), 'class', 'classes')}."
        )


def _nothing_validates(pool: ReadPart, counts: NDArray[np.int64], class_names: Sequence[str]) -> DataError:
    """Return the error for data in which no picture can validate."""
    those = listed(f"'{class_names[label]}' ({counts[label]:,})" for label in sorted(pool.found_classes))
    return DataError(
        f"no picture can be kept aside to validate, by class: {those}. Expected two pictures or more of some class, "
        "exact copies not counted, that are not all in one group or under another label too. Add pictures, or give "
        "validation pictures of their own with --val PATH."
    )


def _val_rows(
    pool: ReadPart, counts: NDArray[np.int64], class_names: Sequence[str], val: float, seed: int
) -> NDArray[np.bool_]:
    """Return which rows validate, copies included: a share of each class, drawn with the seed."""
    labels, used = _labels(pool), pool.used
    has_one_label = np.bincount(pool.groups[used])[pool.groups[used]] == 1
    free = used[has_one_label]
    free_counts = class_counts(labels[free], len(class_names))
    most = np.minimum(free_counts, counts - 1)
    judged = (counts >= _FEWEST_TO_JUDGE) & (most > 0)
    if not judged.any():
        judged = most > 0
    quota = np.where(judged, _shares(counts, most, val), 0)
    # Raw 64-bit words: numpy guarantees only this stream to be the same in all versions and on all machines.
    shuffled = free[np.argsort(np.random.PCG64(seed).random_raw(len(free)), kind="stable")]
    hangs_near = len(np.unique(pool.near_groups)) < len(np.unique(pool.groups))
    if pool.given_groups is not None or hangs_near:
        rows = _val_rows_by_group(pool, shuffled, counts, quota)
    else:
        of_classes = rows_by_class(labels[shuffled], len(quota))
        chosen = [of_class[:share] for of_class, share in zip(of_classes, quota.tolist(), strict=True)]
        rows = np.isin(pool.groups, pool.groups[shuffled[np.concatenate(chosen)]])
    if not rows.any():
        raise _nothing_validates(pool, counts, class_names)
    return rows


def _val_rows_by_group(
    pool: ReadPart, shuffled: NDArray[np.int64], counts: NDArray[np.int64], quota: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return rows as `_val_rows` does, in whole groups, with all copies of their members."""
    given = np.full(len(pool.ids), -1) if pool.given_groups is None else pool.given_groups
    labels, used = _labels(pool), pool.used
    found: list[tuple[int, NDArray[np.bool_]]] = []
    for copies in (pool.near_groups, pool.groups):
        units = connected(copies, given)
        # All of a unit is trained on if one of its pictures has two labels.
        torn = units[np.setdiff1d(used, shuffled)]
        order = shuffled[~np.isin(units[shuffled], torn)]
        chosen = choose_units(units[order], labels[order], counts, quota)
        present = np.bincount(labels[order][np.isin(units[order], chosen)], minlength=len(counts))
        missing = int(np.count_nonzero((quota > 0) & (present == 0)))
        if not missing:
            return np.isin(units, chosen)
        found.append((missing, np.isin(units, chosen)))
    # Near copies stay together if that leaves no more classes without validation than exact copies do.
    return min(found, key=lambda each: each[0])[1]


def _shares(counts: NDArray[np.int64], most: NDArray[np.int64], val: float) -> NDArray[np.int64]:
    """Return how many validation pictures each class gives: largest remainders, then at least 1 and at most `most`.

    Example:
        >>> _shares(np.array([50, 25, 3]), np.array([49, 24, 2]), 0.1).tolist()
        [5, 3, 1]
    """
    exact = counts * val
    shares = np.floor(exact).astype(np.int64)
    missing = round(float(exact.sum())) - int(shares.sum())
    # Rounded, so that errors such as in 0.1 + 0.2 do not decide between equal remainders; ties prefer the first class.
    order = np.argsort(-np.round(exact - shares, 9), kind="stable")
    shares[order[:missing]] += 1
    clipped: NDArray[np.int64] = np.clip(shares, np.minimum(1, counts), np.maximum(most, 0))
    return clipped


def image_set(part: ReadPart, chosen: NDArray[np.bool_]) -> ImageSet:
    """Return the used pictures of a part among those that are chosen, (rows,)."""
    rows = part.used[chosen[part.used]]
    return ImageSet(
        images=part.images,
        rows=rows,
        ids=take_ids(part.ids, rows),
        labels=None if part.labels is None else part.labels[rows],
    )


def _table(parts: Sequence[SplitPart]) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return the header and the lines of `split.csv`; it has a fourth column if there are groups."""
    if any(each.names_groups for each in parts):
        return ("id", "split", "class", "group"), _entries(parts)
    return ("id", "split", "class"), (entry[:3] for entry in _entries(parts))


def _entries(parts: Sequence[SplitPart]) -> Iterator[SplitEntry]:
    return (entry for each in parts for entry in each.entries())
