"""The layout `tfrecord`: TensorFlow's records of encoded pictures and their labels, in one file or in shards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from onelook.data.class_names import positions_among
from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES
from onelook.data.dataset import Dataset
from onelook.data.ids import row_ids
from onelook.data.labels import encode_labels
from onelook.data.layouts.arrays.tf_examples import Example, read_examples
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part import Part
from onelook.data.part_names import PART_FOLDERS, PART_ORDER, part_and_rest
from onelook.data.pictures.by_content import is_picture, picture_names
from onelook.data.pictures.from_files import FilePictures
from onelook.data.storage.location import Location
from onelook.data.storage.pictures_in_files import Place, PlacedPictures
from onelook.errors import DataError, unknown_name
from onelook.wording import counted, listed, named

# `00-192x192-798.tfrec`, `mnist-train.tfrecord-00000-of-00001`, `train-00000-of-01024`
_NAME = re.compile(r"(?P<stem>.*?)(?:\.tfrec(?:ord)?s?(?:-\d+-of-\d+)?|(?<!\.)-\d{5}-of-\d{5})", re.I | re.S)
_START_BYTES = 256  # of a picture
_LONGEST_TEXT = 200  # bytes of a label or an id
_FEWEST_ROWS = 2  # of each class of a feature that is taken for the label because it is the only one
_NAMES = ".labels.txt"  # TensorFlow Datasets has the names of the label `label` in `label.labels.txt`


class TfRecord:
    """The layout `tfrecord`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are pictures in TFRecord, by the first record; None if it has none, or pictures lie beside."""
        entries = _entries(location)
        if not entries or location.once(picture_names):
            return None
        try:
            first = next(read_examples(location, entries[0]), None)
        except DataError:  # opening reports it
            return Candidate(f"it holds the TFRecord file {entries[0]}", LabelSource.FORMAT)
        picture = None if first is None else _picture(first)
        return None if picture is None else Candidate(_why(picture, len(entries)), LabelSource.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set. Its pictures stay in the files.

        Raises:
            DataError: a file is damaged, or its records have no pictures, or only some of them a label.
            ConfigError: the files are of several data sets, or several features may be the label.
        """
        by_part, notes = _by_part(location)
        rows = {part: _read(location, entries) for part, entries in by_part.items()}
        pool = next(iter(rows.values()))
        label = _label(location, pool, options) if options.needs_labels else None
        texts = {part: None if label is None else of_part.labels(label, location) for part, of_part in rows.items()}
        names = _class_names(location, label)
        class_names: tuple[str, ...] = ()
        group = next((name for name in pool.values if name != label and name.casefold() in GROUP_NAMES), None)
        if group is not None and options.needs_labels:
            notes.append(
                f"Pictures with the same '{group}' stay together when a split is made; --no-groups ignores it."
            )
        numbers: dict[str, int] = {}
        parts = {}
        for part, of_part in rows.items():
            positions = None
            if (values := texts[part]) is not None:
                found, at = encode_labels([_called(value, names) for value in values], f"feature '{label}' of {part}")
                class_names = class_names or found
                positions = positions_among(found, class_names, f"feature '{label}' of {part}")[at]
            groups = of_part.groups(group, numbers)
            ids = row_ids(len(of_part.places), "" if part == "all" else f"{part}/")
            pictures = FilePictures(PlacedPictures(location, of_part.places), ids)
            parts[part] = Part(part, ids, positions, pictures, groups, other_ids=of_part.ids(label))
        parts = {name: replace(part, group_names=tuple(numbers)) for name, part in parts.items()}
        entries = [entry for found in by_part.values() for entry in found]
        left = [name for name in pool.values if name not in (label, group)]
        if left and options.needs_labels:
            hint = "" if label is not None else " If the label is among them, name it with --label-column."
            notes.append(f"Columns that were left out: {named(left)}.{hint}")
        return Dataset(
            name=location.name,
            layout="tfrecord",
            why=_why(pool.picture, len(entries)) + (f", labels in '{label}'" if label else ""),
            class_names=class_names,
            parts=parts,
            fingerprint=hashlib.sha256(f"{location.fingerprint(entries)} {label}".encode()).hexdigest(),
            notes=tuple(notes),
        )


Value = str | int


@dataclass
class _Rows:
    """The places of the pictures in the records of a part, and the features with one short value in each record."""

    picture: str
    places: list[Place] = field(default_factory=list)
    values: dict[str, list[Value | None]] = field(default_factory=dict)

    def labels(self, name: str, location: Location) -> list[Value] | None:
        """Return the labels of the part; None if it has none.

        Raises:
            DataError: some records have one, and others have none.
        """
        values = self.values.get(name, [])
        present = [value for value in values if value is not None]
        if not present:
            return None
        if len(present) < len(self.places):
            missing = len(self.places) - len(present)
            raise DataError(
                f"{location.root}: {missing:,} of {counted(len(self.places), 'record')} have no '{name}'. Expected a "
                "label in each of them, or in none of a file."
            )
        return present

    def groups(self, name: str | None, numbers: dict[str, int]) -> NDArray[np.int64] | None:
        """Return the number of the group of each picture, new ones added to `numbers`; None if there are none."""
        if name is None or name not in self.values:
            return None
        values = self.values[name]
        return np.array(
            [-1 if each is None else numbers.setdefault(str(each), len(numbers)) for each in values], np.int64
        )

    def ids(self, label: str | None) -> dict[str, list[str]]:
        """Return the features that have another value in each record, as names of the pictures."""
        found = {name: [str(value) for value in values] for name, values in self.values.items() if name != label}
        return {name: values for name, values in found.items() if len({*values}) == len(self.places) > 1}


def _entries(location: Location) -> list[str]:
    """Return the files that are called as TFRecord."""
    if location.is_file:
        return [*location.entries()] if _NAME.fullmatch(location.root.name) else []
    return [entry for entry in location.entries() if _NAME.fullmatch(entry)]


def _why(picture: str, files: int) -> str:
    return f"{counted(files, 'TFRecord file')} with pictures in the feature '{picture}'"


def _by_part(location: Location) -> tuple[dict[str, list[str]], list[str]]:
    """Return the files by part, training first, and notes on files that are left out.

    Raises:
        DataError: there are none.
        ConfigError: files of the same parts lie in several folders, as those of several sizes.
    """
    sets: dict[str, dict[str | None, list[str]]] = {}
    for entry in _entries(location):
        match = _NAME.fullmatch(entry)
        *folders, stem = (entry if match is None else match["stem"]).split("/")
        part, rest = part_and_rest(stem)[0], folders
        for at, folder in enumerate(folders):
            if found := PART_FOLDERS.get(folder.casefold()) or part_and_rest(folder)[0]:
                part, rest = found, folders[:at]
                break
        sets.setdefault("/".join(rest), {}).setdefault(part, []).append(entry)
    if not sets:
        raise DataError(f"{location.root}: no TFRecord file was found there. Expected one such as train.tfrecord.")
    if len(sets) > 1:
        raise ask_which(
            f"{location.root}: TFRecord files of {len(sets)} data sets lie there, or versions of one.",
            [
                Choice(quote(f"{location.place}/{folder}".rstrip("/")), _files_in_words(found))
                for folder, found in sets.items()
            ],
        )
    (by_part,) = sets.values()
    if "train" not in by_part:
        return {"all": [entry for entries in by_part.values() for entry in entries]}, []
    known = {part: by_part[part] for part in PART_ORDER if part in by_part}
    others = by_part.get(None, [])
    notes = [f"TFRecord files of no part were left out: {named(others, most=3)}."] if others else []
    return known if len(known) > 1 else {"all": known["train"]}, notes


def _files_in_words(by_part: Mapping[str | None, Sequence[str]]) -> str:
    return listed((f"{counted(len(entries), 'file')} of {part or 'no part'}" for part, entries in by_part.items()))


def _picture(record: Example) -> str | None:
    """Return the feature that is an encoded picture; None if there is none."""
    return next(
        (name for name in record.features if is_picture((record.text(name) or b"")[:_START_BYTES])),
        None,
    )


def _read(location: Location, entries: Sequence[str]) -> _Rows:
    """Return what the records of these files hold.

    Raises:
        DataError: a file is damaged, or a record has no picture.
    """
    rows: _Rows | None = None
    for entry in entries:
        for record in read_examples(location, entry):
            picture = _picture(record) if rows is None else rows.picture
            spans = record.features[picture].texts if picture is not None and picture in record.features else ()
            if picture is None or len(spans) != 1:
                raise DataError(
                    f"{location.place}/{entry}: a record without an encoded picture. Its features are "
                    f"{named([*record.features])}. Expected JPEG or PNG in one of them."
                )
            rows = rows or _Rows(picture)
            start, end = spans[0]
            rows.places.append((entry, record.start + start, end - start))
            for name in record.features:
                if name != picture and (value := _value(record, name)) is not None:
                    values = rows.values.setdefault(name, [])
                    values.extend([None] * (len(rows.places) - 1 - len(values)))
                    values.append(value)
    if rows is None:
        raise DataError(f"{location.root}: TFRecord files without records: {named(entries, most=3)}.")
    for values in rows.values.values():
        values.extend([None] * (len(rows.places) - len(values)))
    return rows


def _value(record: Example, name: str) -> Value | None:
    """Return the only value of a feature if it is a number or a short text; else None."""
    found = record.features[name]
    if len(found.numbers) == 1:
        return found.numbers[0]
    text = record.text(name)
    if text is None or len(text) > _LONGEST_TEXT:
        return None
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def _label(location: Location, pool: _Rows, options: LayoutOptions) -> str | None:
    """Return the feature that is the label; None if there is none.

    Raises:
        ConfigError: several features may be, or none is called as the user says.
    """
    asked = options.label_column
    if asked is not None:
        if asked not in pool.values:
            raise unknown_name("column", asked, [*pool.values])
        return asked
    by_word = {name.rpartition("/")[2].casefold(): name for name in pool.values}
    if (known := next((by_word[word] for word in LABEL_NAMES if word in by_word), None)) is not None:
        return known
    fitting = {
        name: values
        for name, values in pool.values.items()
        if None not in values and 1 < len({*values}) <= len(values) // _FEWEST_ROWS
    }
    if len(fitting) < 2:
        return next(iter(fitting), None)
    raise ask_which(
        f"{location.root}: {len(fitting)} features of the records may be the label.",
        [
            Choice(f"--label-column {quote(name)}", classes_in_words(list(map(str, values))))
            for name, values in fitting.items()
        ],
    )


def _class_names(location: Location, label: str | None) -> list[str]:
    """Return the names of the numbers 0, 1, 2 … beside the files, as TensorFlow Datasets writes them."""
    if label is None or location.is_file:
        return []
    entry = next((each for each in location.entries() if each.rpartition("/")[2] == f"{label}{_NAMES}"), None)
    return [] if entry is None else location.read(entry).decode("utf-8", "replace").splitlines()


def _called(value: Value, names: Sequence[str]) -> str | int:
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
