"""Read a given split from an earlier run or a table, and check it against the data."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import LABEL_NAMES, split_header
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.part import Part
from onelook.data.part_names import PART_FOLDERS, PART_ORDER
from onelook.errors import ConfigError, DataError, in_words
from onelook.settings import DecodeSettings
from onelook.wording import agree, counted, listed, named

SIDES: tuple[str, ...] = PART_ORDER  # train, val, test
Side = NDArray[np.str_]  # (rows of a part,): one of `SIDES`, or empty if the file does not list the row
_FILE, _RUN = "split.csv", "run.json"
HASHES = "picture_hashes.csv"  # `id,hash` for each used picture of a run
_SHOWN = 3


@dataclass(frozen=True)
class EarlierPictures:
    """The pictures of the run that a split comes from, as far as they can be recognised."""

    data_fingerprint: str
    decode: DecodeSettings  # with which they were decoded to be hashed
    hashes: Mapping[str, str]  # id -> hash of its pixels


@dataclass(frozen=True)
class GivenSplit:
    """A given split: the side of each listed picture."""

    origin: str  # its name in messages
    side_of: Mapping[str, str]  # id -> train, val or test
    class_of: Mapping[str, str]  # id -> its class, for ids that have one in the file
    earlier: EarlierPictures | None = None  # None if the file is no run's

    def is_of_other_data(self, dataset: Dataset) -> bool:
        """Return whether it is the split of a run, and the data has changed since."""
        return self.earlier is not None and self.earlier.data_fingerprint != dataset.fingerprint

    def sides(self, dataset: Dataset) -> dict[str, Side]:
        """Return, for each part, the side of each of its pictures, readable or not; empty if it is not listed.

        A validation or test part of the data is not changed if none of its pictures is listed.

        Raises:
            DataError: the data has no picture with a listed id, a picture has another class in the file, or a picture
                would leave or join a validation or test part of the data.
        """
        keys = {name: self.ids_there(name, part.ids) for name, part in dataset.parts.items()}
        self._refuse_unknown(dataset, keys)
        sides = {
            name: np.array([self.side_of.get(key, "") for key in of_part], dtype="U5") for name, of_part in keys.items()
        }
        for name, part in dataset.parts.items():
            self._refuse_other_classes(part, keys[name], dataset.class_names, dataset.codes)
            if name in ("val", "test") and not (sides[name] != "").any():
                sides[name][:] = name
        self._refuse_moves(dataset, sides)
        return sides

    def complete(self, part: Part, kept: NDArray[np.int64], side: Side, groups: Labels, labels: Labels | None) -> Side:
        """Return the side of each readable row. An exact copy that is not listed has the side of the listed one.

        The `split.csv` of a run lists a picture without its copies, because they were not used.

        Args:
            part: the part of the data.
            kept: the position in the part of each readable row.
            side: the side of each position in the part, as `sides` returns it.
            groups, labels: the group and label of each readable row; equal groups have equal pixels.

        Raises:
            DataError: a picture that is not a copy is not listed.
        """
        found = side[kept]
        missing = np.flatnonzero(found == "")
        if not len(missing):
            return found
        of_row = labels if labels is not None else np.zeros(len(kept), np.int64)
        side_of: dict[tuple[int, int], str] = {}
        for group, label, where in zip(groups.tolist(), of_row.tolist(), found.tolist(), strict=True):
            if where:
                side_of.setdefault((group, label), where)
        followed = [side_of.get((int(groups[row]), int(of_row[row])), "") for row in missing.tolist()]
        lost = [part.ids[kept[row]] for row, where in zip(missing.tolist(), followed, strict=True) if not where]
        if lost:
            raise DataError(
                f"{self.origin}: it does not list {counted(len(lost), 'picture')} of {len(part):,} in the data: "
                f"{named(lost, most=_SHOWN)}. Expected every picture but exact copies of a listed one. Is the data the "
                "one that was split?"
            )
        found[missing] = followed
        return found

    def ids_there(self, name: str, ids: Sequence[str]) -> Sequence[str]:
        """Return the ids of a part as in the file: an earlier run without --test wrote them without `train/`."""
        if name != "train" or any(each in self.side_of for each in ids):
            return ids
        bare = [each.removeprefix("train/") for each in ids]
        return bare if any(each in self.side_of for each in bare) else ids

    def _refuse_unknown(self, dataset: Dataset, keys: Mapping[str, Sequence[str]]) -> None:
        known = {key for of_part in keys.values() for key in of_part}
        unknown = [each for each in self.side_of if each not in known]
        if unknown:
            example = next(iter(next(iter(keys.values()))))
            raise DataError(
                f"{self.origin}: it lists {counted(len(unknown), 'picture')} that {dataset.name} has not: "
                f"{named(unknown, most=_SHOWN)}. Expected ids of this data, such as '{example}'. Is it the split of "
                "other data?"
            )

    def _refuse_other_classes(
        self, part: Part, keys: Sequence[str], class_names: Sequence[str], codes: Sequence[str]
    ) -> None:
        if part.labels is None:
            return
        other = [
            (key, self.class_of[key], class_names[label])
            for key, label in zip(keys, part.labels.tolist(), strict=True)
            if self.class_of.get(key) and self.class_of[key] not in (class_names[label], *codes[label : label + 1])
        ]
        if other:
            shown = "; ".join(f"'{key}' is '{there}' there and '{here}' here" for key, there, here in other[:_SHOWN])
            many = counted(len(other), "picture has", "pictures have")
            raise DataError(
                f"{self.origin}: {many} another class there than in the data: {shown}. Expected the classes of the "
                "data: was it named with --class-names then, or has it been relabelled since?"
            )

    def _refuse_moves(self, dataset: Dataset, sides: Mapping[str, Side]) -> None:
        for own in ("val", "test"):
            part = dataset.parts.get(own)
            if part is None:
                continue
            out = [part.ids[at] for at in np.flatnonzero((sides[own] != own) & (sides[own] != "")).tolist()]
            into = [
                other.ids[at]
                for name, other in dataset.parts.items()
                if name != own
                for at in np.flatnonzero(sides[name] == own).tolist()
            ]
            moved = out or into
            if moved:
                verb = "takes" if out else "adds"
                where = "out of" if out else "to"
                raise DataError(
                    f"{self.origin}: it {verb} {counted(len(moved), 'picture')} {where} the data's own {own} part: "
                    f"{named(moved, most=_SHOWN)}. The parts that data comes in are kept. Expected a split of its "
                    "training pictures alone; to split anew, give all pictures as one part."
                )


def read_split(path: Path) -> GivenSplit:
    """Read the split of a table, or of an earlier run.

    Args:
        path: a CSV or TSV file with a header, a column `id`, a column `split` (train, val or test), and optionally a
            column of classes; or the folder of a run.

    Raises:
        ConfigError: there is no such file, or the folder is not a run.
        DataError: it is not such a table, an id occurs twice, or a split is none of the three.
    """
    origin = f"--split {path}"
    header, rows = _read_table(_table_of(path), origin)
    columns = {name.casefold(): at for at, name in reversed(list(enumerate(header)))}
    if "id" not in columns or "split" not in columns:
        raise DataError(
            f"{origin}: its columns are {', '.join(map(repr, header[:8])) or 'none'}. Expected 'id' and 'split', as in "
            "the split.csv of a run."
        )
    ids = [row[columns["id"]] for row in rows]
    words = [row[columns["split"]].strip() for row in rows]
    _refuse_rows(ids, words, origin)
    named = next((columns[name] for name in ("class", *LABEL_NAMES) if name in columns), None)
    return GivenSplit(
        origin=origin,
        side_of={each: PART_FOLDERS[word.casefold()] for each, word in zip(ids, words, strict=True)},
        class_of={} if named is None else {each: row[named] for each, row in zip(ids, rows, strict=True)},
        earlier=_read_earlier(_table_of(path)),
    )


def _read_earlier(table: Path) -> EarlierPictures | None:
    """Return the pictures of the run that wrote the table; None if none did, or if the table was changed since."""
    run, hashes = table.with_name(_RUN), table.with_name(HASHES)
    if not (run.is_file() and hashes.is_file()):
        return None
    try:
        record = json.loads(run.read_bytes())
        if record["split"]["fingerprint"] != hashlib.sha256(table.read_bytes()).hexdigest():
            return None
        with hashes.open(encoding="utf-8", newline="") as file:
            hash_of = {row["id"]: row["hash"] for row in csv.DictReader(file)}
        decode = DecodeSettings.model_validate(record["data"]["hashed_as"])
        return EarlierPictures(str(record["data"]["fingerprint"]), decode, hash_of)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as problem:
        raise DataError(
            f"--split {table.parent}: {HASHES} or {_RUN} is damaged ({in_words(problem)}). Remove {HASHES} to use the "
            "split by the ids alone."
        ) from problem


def _table_of(path: Path) -> Path:
    """Return the path of the table."""
    if path.is_dir():
        if (path / _FILE).is_file():
            return path / _FILE
        raise ConfigError(f"--split {path}: a folder without {_FILE}. Expected the folder of a run, or a CSV file.")
    if not path.is_file():
        raise ConfigError(f"--split {path}: there is no such file. Expected the {_FILE} of a run, or its folder.")
    return path


def _read_table(path: Path, origin: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows, with cells unchanged: an id may end in a space."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, delimiter = split_header(file.readline().rstrip("\r\n"))
            rows = []
            reader = csv.reader(file, delimiter=delimiter)
            for row in reader:
                if row and len(row) != len(header):
                    raise DataError(
                        f"{origin}: line {reader.line_num + 1} has {counted(len(row), 'cell')}, the header "
                        f"{len(header)}. Expected a cell a column."
                    )
                if row:
                    rows.append(row)
    except (UnicodeDecodeError, csv.Error) as problem:
        reason = in_words(problem)
        raise DataError(f"{origin}: no table of text ({reason}). Expected a CSV file with 'id' and 'split'.") from None
    except OSError as problem:
        raise ConfigError(f"{origin}: cannot be read ({problem.strerror}). Check its permissions.") from problem
    if not rows:
        raise DataError(f"{origin}: it lists no pictures. Expected a header and a row a picture.")
    return header, rows


def _refuse_rows(ids: Sequence[str], words: Sequence[str], origin: str) -> None:
    strange = Counter(word for word in words if word.casefold() not in PART_FOLDERS)
    if strange:
        shown = listed((f"{word!r} ({count:,})" for word, count in strange.most_common()), most=_SHOWN)
        first = next(each for each, word in zip(ids, words, strict=True) if word in strange)
        raise DataError(
            f"{origin}: {strange.total():,} of {counted(len(ids), 'row')} {agree(strange.total(), 'is', 'are')} of no "
            f"split that is known: {shown}, first '{first}'. Expected train, val or test."
        )
    twice = [each for each, count in Counter(ids).items() if count > 1]
    if twice:
        many, some = counted(len(twice), "id stands", "ids stand"), named(twice, most=_SHOWN)
        raise DataError(f"{origin}: {many} there more than once: {some}. Expected each once.")
