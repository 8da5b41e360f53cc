"""The layout `idx`: the format of MNIST, `train-images-idx3-ubyte` and three more files, gzipped or not."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from shlex import quote

import numpy as np

from onelook.archives import unpack_gzip
from onelook.data.class_names import positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels, encode_labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.layouts.tables.emnist import emnist_dataset, is_emnist
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, listed, named

# `train-images-idx3-ubyte`, `raw/t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte`.
_NAME = re.compile(
    r"(?P<prefix>.*?)(?P<part>train|t10k|test|val|validation)-(?P<kind>images|labels)[-.]idx\d-(?:ubyte|int)(\.gz)?",
    re.I,
)
# A file in a folder of its own name, as archives of one file are unpacked: `train-labels-idx1-ubyte/…`.
_DOUBLED = re.compile(r"[^/]*(?:train|t10k|test|val|validation)-(?:images|labels)[-.]idx\d-(?:ubyte|int)/", re.I)
_PART_NAMES = {"train": "train", "t10k": "test", "test": "test", "val": "val", "validation": "val"}
# The magic number consists of two zero bytes, the type (8: unsigned byte, 12: 32-bit integer), and the number of axes.
_MAGIC = {"images": 0x0803, "labels": 0x0801}
# QMNIST's labels are rows of eight 32-bit numbers: the class, then where the digit comes from, and by whom.
_ROWS_OF_LABELS = 0x0C02


class Idx:
    """The layout `idx`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are IDX files, by their names; None if there are no pictures among them."""
        images = [pair.images for pair in _pairs(location).values() if pair.images]
        return Candidate(f"it holds IDX files: {', '.join(images)}", LabelSource.FORMAT) if images else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set of one or several pairs of files. Pictures without a label file are unlabelled.

        Raises:
            DataError: a file is truncated, too long, damaged or not IDX; a pair is incomplete, or its counts differ.
        ConfigError: the files are of several data sets.
        """
        pairs = {part: pair for part, pair in _pairs(location).items() if pair.images or pair.labels}
        if not any(pair.images for pair in pairs.values()):
            raise DataError(f"{location.root}: no file called as train-images-idx3-ubyte was found there.")
        is_labelled = any(pair.labels for pair in pairs.values())
        parts: dict[str, tuple[Images, Labels | None]] = {}
        class_names: tuple[str, ...] = ()
        notes: list[str] = []
        for part, pair in pairs.items():
            if pair.images is None or (is_labelled and pair.labels is None):
                found, missing = (pair.labels, "images") if pair.images is None else (pair.images, "labels")
                raise DataError(
                    f"{location.root}: {found} is there, the {missing} of the same part are not. "
                    "Expected both beside each other."
                )
            images = _read(location, pair.images, "images")[..., np.newaxis]
            if _is_emnist(location, pair.images):
                images = images.transpose(0, 2, 1, 3)
            labels = None
            if pair.labels is not None:
                values = _read(_place_of(location, pair.labels), pair.labels, "labels")
                if values.ndim > 1:
                    notes.append(
                        f"The label is the first of the {values.shape[1]} numbers in each row of {pair.labels}."
                    )
                    values = values[:, 0]
                if len(values) != len(images):
                    raise DataError(
                        f"{location.root}: {pair.images} has {counted(len(images), 'picture')} and {pair.labels} has "
                        f"{counted(len(values), 'label')}. Expected a label for every picture."
                    )
                names, positions = encode_labels(values, pair.labels)
                class_names = class_names or names
                labels = positions_among(names, class_names, f"{location.place}/{pair.labels}")[positions]
            parts[part] = images, labels
        files = [each for pair in pairs.values() for each in (pair.images, pair.labels) if each]
        dataset = array_dataset(
            parts,
            name=location.name,
            layout="idx",
            why=f"IDX files by name: {listed(pair.images for pair in pairs.values() if pair.images)}",
            class_names=class_names,
            notes=(
                *notes,
                *_note_again(location, files),
                *(
                    f"The labels were taken from '{file}', which lies beside the file."
                    for file in files
                    if file not in location.entries()
                ),
            ),
        )
        return emnist_dataset(dataset, location, files[0]) if _is_emnist(location, files[0]) else dataset


def _note_again(location: Location, files: Sequence[str]) -> list[str]:
    """Return a note on plain files that are there once more, in a folder of their own name or beside it."""
    again = [
        entry for entry in location.entries() if _NAME.fullmatch(entry) and entry not in files and entry[-3:] != ".gz"
    ]
    if not again:
        return []
    were = agree(len(again), "is there once more and was", "are there once more and were")
    return [f"{counted(len(again), 'file')} {were} not read: {named(again, most=3)}."]


def _is_emnist(location: Location, entry: str) -> bool:
    """Return whether this is a file of EMNIST, whose pictures are transposed in IDX files."""
    return is_emnist(location.root.name if location.is_file else entry)


@dataclass
class _Pair:
    """The two files of one part."""

    images: str | None = None
    labels: str | None = None


def _pairs(location: Location) -> dict[str, _Pair]:
    """Return the IDX files by part, training first. A plain file is preferred to its gzipped copy."""
    found = {part: _Pair() for part in ("train", "val", "test")}
    sets: dict[str, dict[str, str]] = {}  # name before the part -> its pictures by part
    for entry in location.entries():
        match = _NAME.fullmatch(entry)
        if match is None:
            continue
        part = _PART_NAMES[match["part"].lower()]
        of_set, pair = sets.setdefault(_DOUBLED.sub("", match["prefix"]), {}), found[part]
        if match["kind"].lower() == "images":
            pair.images = _plainer(pair.images, entry)
            of_set[part] = _plainer(of_set.get(part), entry)
        else:
            pair.labels = _plainer(pair.labels, entry)
    if len(sets) > 1:
        raise _ask_set(location, sets)
    if location.is_file:
        _take_labels_beside(location, found)
    return found


def _ask_set(location: Location, sets: Mapping[str, Mapping[str, str]]) -> ConfigError:
    """Return the question which of several data sets to open: its folder, or its pictures, those to test with too.

    Args:
        location: the folder of all.
        sets: the beginning of the names of each -> its pictures by part.
    """
    choices = []
    for prefix, pictures in sets.items():
        folder = prefix.rpartition("/")[0]
        if sum(other.startswith(f"{folder}/") for other in sets) == 1:
            way = quote(f"{location.place}/{folder}")
        else:
            train = pictures.get("train", "")
            others = {part: entry for part, entry in pictures.items() if part != "train"}
            flags = "".join(f" --{part} {quote(f'{location.place}/{entry}')}" for part, entry in others.items())
            way = f"{quote(f'{location.place}/{train}')}{flags}"
        choices.append(Choice(way, f"{counted(len(pictures), 'file')} of pictures, and the labels beside"))
    return ask_which(f"{location.root}: IDX files of {len(sets)} data sets lie there.", choices)


def _take_labels_beside(location: Location, pairs: dict[str, _Pair]) -> None:
    """Give a single file of pictures the labels of the same part and data set in its folder."""
    for pair in pairs.values():
        own = _NAME.fullmatch(pair.images or "")
        if own is None:
            continue
        for name in sorted(path.name for path in location.root.parent.glob("*-idx*")):
            match = _NAME.fullmatch(name)
            is_of_labels = match is not None and match["kind"].lower() == "labels"
            if match and is_of_labels and match.group("prefix", "part") == own.group("prefix", "part"):
                pair.labels = _plainer(pair.labels, name)


def _place_of(location: Location, entry: str) -> Location:
    """Return the location of the labels: labels beside a single file are not in its own location."""
    return location if entry in location.entries() else Location(location.root.parent, [entry])


def _plainer(known: str | None, entry: str) -> str:
    return entry if known is None or known.lower().endswith(".gz") else known


def _read(location: Location, entry: str, kind: str) -> Images:
    """Return the values of one file: (rows, height, width) for images, uint8; (rows,) or (rows, numbers) for labels."""
    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    content = _content(location, entry, name)
    is_of_rows = kind == "labels" and content[:4] == struct.pack(">I", _ROWS_OF_LABELS)
    expected_magic = _ROWS_OF_LABELS if is_of_rows else _MAGIC[kind]
    axes, dtype = expected_magic & 0xFF, np.dtype(">i4" if is_of_rows else np.uint8)
    header_bytes = 4 + 4 * axes
    if len(content) < header_bytes:
        raise DataError(
            f"{name}: {counted(len(content), 'byte')}, shorter than the header of {header_bytes} that IDX {kind} have."
        )
    magic, *shape = struct.unpack(f">{1 + axes}I", content[:header_bytes])
    if magic != expected_magic:
        raise DataError(
            f"{name}: starts with the number {magic:#010x}, expected {expected_magic:#010x} ({kind} of unsigned "
            "bytes). Is it another file under this name?"
        )
    # With Python's own numbers, because the product of a forged header may overflow 64 bits.
    expected, found = prod(shape) * dtype.itemsize, len(content) - header_bytes
    if found != expected:
        sizes = " × ".join(f"{side:,}" for side in (*shape, *([dtype.itemsize] if is_of_rows else [])))
        state = "truncated" if found < expected else "too long"
        raise DataError(
            f"{name}: {state}. The header says {sizes} = {expected:,} bytes, but {found:,} follow it. "
            "Download it again."
        )
    if not expected:
        sizes = " × ".join(f"{side:,}" for side in shape)
        raise DataError(f"{name}: the header says {sizes}: it holds nothing. Expected {kind} of at least one picture.")
    values = np.frombuffer(content, dtype, offset=header_bytes).reshape(shape)
    return values.astype(np.int64) if is_of_rows else values


def _content(location: Location, entry: str, name: str) -> bytes:
    with location.open(entry) as file:
        is_packed = file.read(2) == b"\x1f\x8b"  # gzip, regardless of the name
        file.seek(0)
        return unpack_gzip(file, name) if is_packed else file.read()
