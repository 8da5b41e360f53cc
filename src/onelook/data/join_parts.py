"""Join a second data set to the first as its `test` or `val` part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from onelook.data.class_names import names_as_in, note_on_numbers, positions_among
from onelook.data.dataset import Dataset
from onelook.data.ids import RowIds
from onelook.data.part import Part
from onelook.errors import DataError
from onelook.wording import listed

PartName = Literal["val", "test"]


def add_part(dataset: Dataset, other: Dataset, name: PartName) -> Dataset:
    """Return `dataset` with the pictures of `other` as the part `name`, in place of an existing part of that name.

    Ids begin with the name of their part. Labels are matched by class name, and integer labels by number.

    Raises:
        DataError: `other` has no labels, several parts, or classes that `dataset` lacks; or `dataset` has no training
            part.
    """
    added = _part_of(other, name)
    if added.labels is None:
        raise DataError(f"--{name} {other.name}: its pictures have no labels. Expected labelled pictures to score on.")
    kept = {"train" if part.name == "all" else part.name: part for part in dataset.parts.values() if part.name != name}
    train = kept.get("train")
    if train is None:
        raise DataError(f"{dataset.name}: no pictures to train on. Expected some beside --{name}.")
    if train.labels is None:
        raise DataError(f"{dataset.name}: its pictures have no labels, so that --{name} has nothing to agree with.")
    other = names_as_in(other, dataset.class_names)
    positions = positions_among(other.class_names, dataset.class_names, f"--{name} {other.name}")
    parts = {part_name: _named(part, part_name) for part_name, part in kept.items()}
    parts[name] = replace(_named(added, name), labels=positions[added.labels])
    notes = list(dataset.notes)
    if name in dataset.parts:
        notes.append(f"The data's own {name} pictures were left out, as --{name} names others.")
    if (note := note_on_numbers(other.class_names, dataset.class_names)) is not None:
        notes.append(f"In --{name}: {note}")
    present = set(positions[added.labels].tolist())
    absent = [class_name for at, class_name in enumerate(dataset.class_names) if at not in present]
    if absent:
        notes.append(f"--{name} {other.name} has no pictures of {listed(absent)}.")
    notes.extend(f"In --{name}: {note}" for note in other.notes)
    return replace(
        dataset,
        parts={part: parts[part] for part in ("train", "val", "test") if part in parts},
        fingerprint=hashlib.sha256(f"{dataset.fingerprint} {name} {other.fingerprint}".encode()).hexdigest(),
        notes=tuple(notes),
        missing_values=dataset.missing_values + other.missing_values,
        merged=(*dataset.sources, *other.sources),
        set_aside={**dataset.set_aside, **_with_prefix(other.set_aside, f"{name}/")},
        dropped={**_with_prefix(dataset.dropped, "train/"), **_with_prefix(other.dropped, f"{name}/")},
        relabelled={**_with_prefix(dataset.relabelled, "train/"), **_with_prefix(other.relabelled, f"{name}/")},
        confirmed=frozenset([*_prefixed([*dataset.confirmed], "train/"), *_prefixed([*other.confirmed], f"{name}/")]),
    )


def _part_of(other: Dataset, name: str) -> Part:
    """Return the only part, or else the part of that name."""
    if len(other.parts) == 1:
        return next(iter(other.parts.values()))
    if name not in other.parts:
        raise DataError(
            f"--{name} {other.name}: it has the parts {', '.join(other.parts)}, and none called '{name}'. "
            "Give the path of the one that you mean."
        )
    return other.parts[name]


def _named(part: Part, name: str) -> Part:
    """Return the part with this name, and with ids that begin with it."""
    return replace(part, name=name, ids=_prefixed(part.ids, f"{name}/"))


def _prefixed(ids: Sequence[str], prefix: str) -> Sequence[str]:
    if isinstance(ids, RowIds):
        return ids.with_prefix(prefix)
    return tuple(each if each.startswith(prefix) else f"{prefix}{each}" for each in ids)


def _with_prefix(reason_of: Mapping[str, str], prefix: str) -> dict[str, str]:
    return dict(zip(_prefixed([*reason_of], prefix), reason_of.values(), strict=True))
