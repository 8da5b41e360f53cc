"""Apply a fixes file to an opened data set: new labels, and without the dropped pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.fixes.find_pictures import Found, Place, find_pictures, ids_with_part
from onelook.data.fixes.fixes_file import Fix, FixesFile
from onelook.data.part import Part
from onelook.errors import DataError, nearest
from onelook.wording import agree, counted, listed, named, printable

NEW_CLASS = "new:"  # before the name of a class that the data does not have
_SHOWN = 10


@dataclass(frozen=True)
class _Decided:
    """The fix of each picture, after all checks."""

    fix_of: Mapping[Place, Fix]
    label_of: Mapping[Place, int]  # the new label of the pictures that are relabelled
    class_names: tuple[str, ...]  # of the data, and then the new ones


def with_fixes(dataset: Dataset, file: FixesFile) -> Dataset:
    """Return the data set with the labels that the fixes give, and without the pictures that they drop.

    A class that loses all its pictures is no class of the result. The new labels hold in every part, also for the
    scores on test pictures. Fixes that were applied before change nothing.

    Raises:
        DataError: a fix fits no picture, names a class that the data does not have, or contradicts another one; or all
            pictures of a part are dropped.
    """
    in_no_part = {*dataset.set_aside, *dataset.dropped}
    apart = {fix for fix in file.fixes if fix.action == "drop" and fix.id in in_no_part}
    found = find_pictures(dataset, [fix for fix in file.fixes if fix not in apart])
    _refuse_lost(dataset, file, found)
    decided = _decide(dataset, file, found)
    dropped = {
        **{fix.id: f"by {file.name}" for fix in apart if fix.id in dataset.set_aside},
        **{_id(dataset, place): f"by {file.name}" for place, fix in decided.fix_of.items() if fix.action == "drop"},
    }
    changed = {
        place: label for place, label in decided.label_of.items() if label != _label(dataset, place)
    }  # the others have the class already
    relabelled = {
        _id(dataset, place): f"was '{dataset.class_names[_label(dataset, place)]}', "
        f"is '{decided.class_names[label]}' by {file.name}"
        for place, label in changed.items()
    }
    confirmed = {_id(dataset, place) for place, fix in decided.fix_of.items() if fix.action == "keep"}
    parts = {name: _fixed(part, decided, dataset.name) for name, part in dataset.parts.items()}
    fixed = replace(
        dataset,
        parts=parts,
        class_names=decided.class_names,
        codes=(*dataset.codes, *decided.class_names[len(dataset.class_names) :]) if dataset.codes else (),
        set_aside={each: reason for each, reason in dataset.set_aside.items() if each not in dropped},
        dropped={**dataset.dropped, **dropped},
        relabelled={**dataset.relabelled, **relabelled},
        confirmed=dataset.confirmed | confirmed,
    )
    gone = [name for name, count in dataset.counts.items() if count and not fixed.counts[name]]
    has_class_already = len(decided.label_of) - len(changed)
    notes = [
        _note(file, len(relabelled), len(dropped), len(confirmed), has_class_already),
        *_more_notes(dataset, file, found, decided, gone),
    ]
    fixed = replace(_without_classes(fixed, gone), notes=(*dataset.notes, *notes))
    new_names = {_id(dataset, place): decided.class_names[label] for place, label in changed.items()}
    return _with_fingerprint(fixed, {**new_names, **dict.fromkeys(dropped)})


def _refuse_lost(dataset: Dataset, file: FixesFile, found: Found) -> None:
    """Refuse fixes that fit no picture."""
    if not found.lost:
        return
    count = len(found.lost)
    of_other = f"; {_pictures(found.other)} {agree(len(found.other), 'has', 'have')} other content" * bool(found.other)
    apart = [fix for fix in found.lost if fix.id in dataset.set_aside]
    of_apart = f"; '{apart[0].id}' was left out: {dataset.set_aside[apart[0].id]}" if apart else ""
    known = {each for part in dataset.parts.values() for each in part.ids}
    unclear = next(((fix.id, ids) for fix in found.lost if len(ids := ids_with_part(fix, known)) > 1), None)
    of_unclear = f"; '{unclear[0]}' may be {named(unclear[1], last='or')}" if unclear else ""
    example = next((part.ids[0] for part in dataset.parts.values() if len(part)), "")
    raise DataError(
        f"{file.origin}: {counted(count, 'fix')} {agree(count, 'fits', 'fit')} no picture of {dataset.name}: "
        f"{_pictures(found.lost)}{of_other}{of_apart}{of_unclear}. Expected ids of this data, such as '{example}'. "
        f"Remove the {agree(count, 'row', 'rows')}, or give the data that the fixes were made for."
    )


def _decide(dataset: Dataset, file: FixesFile, found: Found) -> _Decided:
    """Return the only fix of each picture, and the new labels."""
    fixes_of: dict[Place, list[Fix]] = {}
    for fix in file.fixes:
        for place in found.places.get(fix, ()):
            fixes_of.setdefault(place, []).append(fix)
    torn = {place: fixes for place, fixes in fixes_of.items() if len({fix.decision for fix in fixes}) > 1}
    if torn:
        shown = (f"'{_id(dataset, place)}' ({_lines(fixes)})" for place, fixes in torn.items())
        raise DataError(
            f"{file.origin}: fixes of {counted(len(torn), 'picture')} contradict each other: "
            f"{listed(shown, most=_SHOWN)}. Expected one fix for each picture: remove the others."
        )
    fix_of = {place: fixes[0] for place, fixes in fixes_of.items()}
    without = [place for place, fix in fix_of.items() if fix.action == "relabel" and not _is_labelled(dataset, place)]
    if without:
        ids = named((_id(dataset, place) for place in without), most=_SHOWN)
        raise DataError(
            f"{file.origin}: {ids} {agree(len(without), 'is', 'are')} to be relabelled, but "
            f"{agree(len(without), 'has', 'have')} no label in {dataset.name}. Expected pictures with labels."
        )
    labels, names = _labels_of([fix for fix in fix_of.values() if fix.action == "relabel"], dataset, file)
    label_of = {place: labels[fix.class_name] for place, fix in fix_of.items() if fix.action == "relabel"}
    return _Decided(fix_of, label_of, names)


def _labels_of(fixes: Iterable[Fix], dataset: Dataset, file: FixesFile) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Return the label of each class that a fix names, and the class names with the new ones.

    Raises:
        DataError: the data has no such class, and the fix does not say that it is new.
    """
    names = list(dataset.class_names)
    # If the classes have published names, the labels of the data are understood too.
    label_of = {name: label for of_data in (dataset.codes, names) for label, name in enumerate(of_data)}
    wanted = {fix.class_name: fix for fix in fixes}
    found: dict[str, int] = {}
    for typed, fix in wanted.items():
        name = printable(typed)
        if name not in label_of and name.startswith(NEW_CLASS) and (new := name.removeprefix(NEW_CLASS).strip()):
            if new not in label_of:
                label_of[new] = len(names)
                names.append(new)
            name = new
        if name not in label_of:
            close = nearest(name, names)
            hint = f"Did you mean '{close[0]}'?" if close else f"Expected {listed(names, most=_SHOWN, last='or')}."
            raise DataError(
                f"{file.origin}: line {fix.line} gives '{fix.id}' the class '{name}', which {dataset.name} does not "
                f"have. {hint} If the class is new, write '{NEW_CLASS}{name}'.",
                options=close,
            )
        found[typed] = label_of[name]
    return found, tuple(names)


def _fixed(part: Part, decided: _Decided, data_name: str) -> Part:
    """Return the part with new labels, and without dropped pictures."""
    labels = part.labels
    new = {place.row: label for place, label in decided.label_of.items() if place.part == part.name}
    if new and labels is not None:
        labels = labels.copy()
        labels[[*new]] = [*new.values()]
    gone = [place.row for place, fix in decided.fix_of.items() if place.part == part.name and fix.action == "drop"]
    if gone and len(gone) == len(part):
        of = "" if part.name == "all" else f" of the part '{part.name}'"
        every = agree(len(part), "the only picture", f"all {len(part):,} pictures")
        raise DataError(f"{data_name}: the fixes drop {every}{of}. Expected some to stay.")
    part = replace(part, labels=labels)
    return part.take(np.delete(np.arange(len(part)), gone)) if gone else part


def _without_classes(dataset: Dataset, gone: Sequence[str]) -> Dataset:
    """Return the data set without classes that have no pictures."""
    if not gone:
        return dataset
    kept = np.array([at for at, name in enumerate(dataset.class_names) if name not in gone], np.int64)
    position = np.full(len(dataset.class_names), -1, np.int64)
    position[kept] = np.arange(len(kept))
    return replace(
        dataset,
        class_names=tuple(dataset.class_names[at] for at in kept),
        codes=tuple(dataset.codes[at] for at in kept) if dataset.codes else (),
        parts={
            name: part if part.labels is None else replace(part, labels=position[part.labels])
            for name, part in dataset.parts.items()
        },
    )


def _with_fingerprint(dataset: Dataset, changes: Mapping[str, str | None]) -> Dataset:
    """Return the data set with fingerprints of its own if anything was changed: a resumed run needs the same fixes."""
    if not changes:
        return dataset
    digest = json.dumps(sorted(changes.items(), key=lambda each: each[0]))

    def fixed(fingerprint: str) -> str:
        return hashlib.sha256(f"{fingerprint} fixes {digest}".encode()).hexdigest()

    return replace(
        dataset,
        fingerprint=fixed(dataset.fingerprint),
        merged=(fixed(dataset.merged[0]), *dataset.merged[1:]) if dataset.merged else (),
    )


def _note(file: FixesFile, relabelled: int, dropped: int, confirmed: int, had_it: int) -> str:
    """Return the sentence on what was changed."""
    kept = f"; {counted(confirmed, 'label')} {agree(confirmed, 'is', 'are')} confirmed" if confirmed else ""
    already = f"; {counted(had_it, 'picture')} had the class already" if had_it else ""
    return (
        f"{file.name}: {counted(relabelled, 'label')} {agree(relabelled, 'was', 'were')} changed, and "
        f"{counted(dropped, 'picture')} {agree(dropped, 'was', 'were')} dropped{kept}{already}."
    )


def _more_notes(
    dataset: Dataset, file: FixesFile, found: Found, decided: _Decided, gone: Sequence[str]
) -> Iterator[str]:
    if file.undecided:
        rows = counted(file.undecided, "row has", "rows have")
        yield f"{file.name}: {rows} no action, and {agree(file.undecided, 'changes', 'change')} nothing."
    if found.moved:
        pairs = (f"'{fix.id}' is '{_id(dataset, found.places[fix][0])}' now" for fix in found.moved)
        yield f"{file.name}: found again by content under another name: {listed(pairs, most=3)}."
    new = decided.class_names[len(dataset.class_names) :]
    if new:
        yield f"{file.name}: new {agree(len(new), 'class', 'classes')} {named(new)}."
    if gone:
        yield (
            f"{file.name}: {agree(len(gone), 'the class', 'the classes')} {named(gone)} "
            f"{agree(len(gone), 'has', 'have')} no pictures left, and {agree(len(gone), 'is', 'are')} left out."
        )


def _id(dataset: Dataset, place: Place) -> str:
    return dataset.parts[place.part].ids[place.row]


def _is_labelled(dataset: Dataset, place: Place) -> bool:
    return dataset.parts[place.part].labels is not None


def _label(dataset: Dataset, place: Place) -> int:
    labels = dataset.parts[place.part].labels
    return -1 if labels is None else int(labels[place.row])


def _pictures(fixes: Sequence[Fix]) -> str:
    return listed((f"'{fix.id}' (line {fix.line})" for fix in fixes), most=_SHOWN)


def _lines(fixes: Sequence[Fix]) -> str:
    return listed(f"line {fix.line}: {' '.join(filter(None, fix.decision))}" for fix in fixes)
