"""Open a `datasets.Dataset` or `DatasetDict` of Hugging Face, without importing that library to recognise it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from onelook.data.column_names import PICTURE_COLUMNS
from onelook.data.dataset import Dataset
from onelook.data.ids import row_ids
from onelook.data.layouts.hugging_face.labels import (
    Features,
    choose_label_column,
    names_of,
    positions_of,
    present_labels,
)
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.part import Part
from onelook.data.part_names import PART_FOLDERS, PART_ORDER
from onelook.data.pictures.from_files import FilePictures
from onelook.errors import DataError
from onelook.wording import listed

_KINDS = frozenset({"Dataset", "DatasetDict", "IterableDataset", "IterableDatasetDict"})


def is_hf_dataset(data: Any) -> bool:
    """Return whether this is a data set of Hugging Face's library, or a dict of data sets by split."""
    if type(data) is dict:
        return bool(data) and all(is_hf_dataset(each) for each in data.values())
    kinds = [kind for kind in type(data).__mro__ if kind.__module__.partition(".")[0] == "datasets"]
    return any(kind.__name__ in _KINDS for kind in kinds)


def open_hf_dataset(data: Any, options: LayoutOptions) -> Dataset:
    """Open the data set. Its pictures stay encoded, and are read one row at a time.

    Splits are parts: `train`, `validation` (or `valid`, `val`) and `test`; others are left out and noted.

    Raises:
        DataError: it is a stream, has no column of pictures, or some of its pictures have no label.
        ConfigError: the user has to name the column of the labels, or the named column does not exist.
    """
    if "Iterable" in type(data).__name__:
        raise DataError(
            "the data set is a stream, which cannot be split or read twice. Expected a datasets.Dataset: load it "
            "without streaming=True, or make one with Dataset.from_generator."
        )
    splits, notes = _splits(data)
    first = next(iter(splits.values()))
    features = _features(first)
    picture = _picture_column(features)
    if picture is None:
        columns = [f"{name} ({kind['_type']})" for name, kind in features.items()]
        raise DataError(
            f"the data set has the columns {listed(columns)}. "
            "Expected one of pictures, as datasets.Image: cast it with cast_column('image', datasets.Image()), or "
            "give arrays: (X, y)."
        )
    label = choose_label_column(list(features), features, options.label_column, picture)
    names = names_of(features, label)
    for split, each in splits.items():
        if picture not in each.features:
            raise DataError(
                f"the split '{split}' has no column '{picture}', which the others have. Expected it in all."
            )
    labels = {split: _labels(each, label, names, split) for split, each in splits.items()}
    positions, class_names = positions_of(labels, names, f"column '{label}'")
    parts = {}
    for split, each in splits.items():
        ids = row_ids(len(each), "" if split == "all" else f"{split}/")
        parts[split] = Part(split, ids, positions[split], FilePictures(DatasetRows(each, picture), ids))
    key = repr([(split, _fingerprint(each), picture, label) for split, each in splits.items()])
    told = f", labels in '{label}'" if label is not None else ", no label column"
    return Dataset(
        name=_name(first),
        layout="hf-dataset",
        why=f"a {type(data).__name__} of Hugging Face with pictures in the column '{picture}'{told}",
        class_names=class_names,
        parts=parts,
        fingerprint=hashlib.sha256(key.encode()).hexdigest(),
        notes=tuple(notes),
    )


class DatasetRows:
    """The pictures of one split by name: `train/3` or `3` is its third row.

    Args:
        split: a `datasets.Dataset`.
        column: the column of the pictures.
    """

    root = Path("the data set")  # its name in messages

    def __init__(self, split: Any, column: str) -> None:
        feature = split.features[column]
        self._fingerprint = _fingerprint(split)
        rows = split.select_columns([column]).with_format(None)  # without a transform that a training script has set
        # Encoded bytes: so they are decoded once, by our decoder, and not also by the library.
        is_image = type(feature).__name__ == "Image"
        self._rows = rows.cast_column(column, type(feature)(decode=False)) if is_image else rows
        self._column = column

    def open(self, name: str) -> BinaryIO:
        """Return the picture's bytes as a file."""
        return io.BytesIO(self.read(name))

    def read(self, name: str) -> bytes:
        """Return the picture's bytes; empty if the row has none.

        Raises:
            DataError: the row names a file that cannot be read.
        """
        value = self._rows[int(name.rpartition("/")[2]) - 1][self._column]
        if not isinstance(value, Mapping):
            return value if isinstance(value, bytes) else b""
        if value.get("bytes") is not None:
            return bytes(value["bytes"])
        path = value.get("path")
        try:
            return b"" if path is None else Path(path).read_bytes()
        except OSError as problem:
            raise DataError(f"{path}: cannot be opened ({problem.strerror or problem})") from problem

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return a text that changes with the split; it contains the library's own fingerprint."""
        return hashlib.sha256(f"{self._fingerprint} {self._column}".encode()).hexdigest()

    def path(self, name: str) -> Path | None:
        """Return None: a row has no file of its own."""
        return None


def _splits(data: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the splits by part, training first, and a note on those left out."""
    if not isinstance(data, Mapping):
        return {"all": data}, []
    if not data:
        raise DataError("the data set has no splits. Expected train, and validation and test or not.")
    if len(data) == 1:
        return {"all": next(iter(data.values()))}, []
    found: dict[str, Any] = {}
    for split, each in data.items():
        part = PART_FOLDERS.get(str(split).lower())
        if part in found:
            raise DataError(f"the splits {listed(data)}: two of them would be the part '{part}'. Expected one.")
        if part is not None:
            found[part] = each
    left_out = [str(split) for split in data if str(split).lower() not in PART_FOLDERS]
    if "train" not in found:
        raise DataError(
            f"the splits {listed(map(str, data))}. Expected train, and validation and test or not: give the one "
            "that you mean, as data['train']."
        )
    notes = [f"Splits that are no part by name were left out: {listed(left_out)}."] if left_out else []
    return {part: found[part] for part in PART_ORDER if part in found}, notes


def _features(split: Any) -> Features:
    """Return the library's description of each column, as plain values."""
    return {
        name: {
            "_type": type(kind).__name__,
            "dtype": getattr(kind, "dtype", None),
            "names": getattr(kind, "names", None),
        }
        for name, kind in split.features.items()
    }


def _picture_column(features: Features) -> str | None:
    pictures = [name for name, kind in features.items() if kind["_type"] == "Image" or kind["dtype"] == "binary"]
    usual = [name for name in PICTURE_COLUMNS if name in pictures]
    return next(iter((*usual, *pictures)), None)


def _labels(split: Any, label: str | None, class_names: Sequence[str], name: str) -> Any:
    """Return the unchanged labels of a split; None if it has none."""
    if label is None or label not in split.features:
        return None
    values = split.select_columns([label]).with_format(None)[:][label]
    if any(isinstance(value, list | dict) for value in values[:1]):
        raise DataError(f"column '{label}' of {name} holds {type(values[0]).__name__}s. Expected one label a picture.")
    return present_labels(values, class_names, f"column '{label}' of {name}")


def _fingerprint(split: Any) -> str:
    """Return the library's fingerprint, which changes with each change of the split."""
    return str(split._fingerprint)


def _name(split: Any) -> str:
    """Return the name of the data set in a form for a folder."""
    info = getattr(split, "info", None)
    name = getattr(info, "dataset_name", None) or getattr(info, "builder_name", None) or "dataset"
    return str(name).rpartition("/")[2] or "dataset"
