"""Write predictions as CSV, JSON lines or Parquet, by the ending of the file: whole, or a part at a time.

A part has the rows of some batches. The parts of a file, joined in their order, are the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, missing_extra
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
from onelook.evaluation.prediction.fields import Column, columns_of, json_rows, wanted
from onelook.evaluation.predictions import digits
from onelook.files import atomic_path
from onelook.wording import listed


class Format(Protocol):
    """A format of files of predictions."""

    holds_lists: bool  # whether one value of a row can be a list of numbers

    def check(self, path: Path, batch: PredictedBatch, options: PredictionOptions) -> None:
        """Refuse what the format cannot write, before anything is predicted.

        Raises:
            ConfigError: a package is missing, or two columns would have one name.
        """
        ...

    def part(self, batch: PredictedBatch, options: PredictionOptions) -> bytes:
        """Return some rows as a part of a file."""
        ...

    def join(
        self, parts: Iterable[IO[bytes]], file: IO[bytes], empty: PredictedBatch, options: PredictionOptions
    ) -> None:
        """Write a whole file of some parts, which are read one after the other.

        Args:
            parts: what `part` returned, in the order of the rows.
            file: the file to write.
            empty: a batch of no rows with the classes of the others.
            options: those of all parts.
        """
        ...


def format_of(path: str | Path) -> Format:
    """Return the format by the ending: `.jsonl`, `.parquet`, else CSV. `refuse_ending` refuses other endings."""
    return _FORMATS.get(Path(path).suffix.lower(), _CSV)


def refuse_ending(path: Path, options: PredictionOptions, like: Path | None = None) -> None:
    """Refuse a file that cannot hold what is wanted. A name without an ending is that of a CSV file.

    Args:
        like: the sample submission, whose ending the file may have.

    Raises:
        ConfigError: the ending is that of another format; or a list for each picture is wanted in a CSV file, whose
            cells hold no list.
    """
    ending = path.suffix.lower()
    if like is not None:
        if ending not in ("", _CSV_ENDING, like.suffix.lower()):
            raise ConfigError(f"{path.name}: a submission is text, like the sample. Name the file .csv.")
        return
    if ending not in ("", _CSV_ENDING, *_FORMATS):
        raise ConfigError(f"{path.name}: {path.suffix} is not written. Name the file .csv, .jsonl or .parquet.")
    lists = [each.flag for each in wanted(options) if each.is_list]
    if lists and not format_of(path).holds_lists:
        raise ConfigError(
            f"{lists[0]}: {path.name} cannot hold a list for each picture. Name the file .parquet or .jsonl."
        )


def write_prediction_file(path: Path, batch: PredictedBatch, options: PredictionOptions) -> None:
    """Write predictions that are all in memory. A file there is replaced, whole or not at all.

    JSON lines have the keys of `onelook predict --json`. Parquet has the columns of the CSV file; a class of a picture
    is text, what is withheld or cannot be read is null.

    Raises:
        ConfigError: pyarrow is not installed, or two columns would have one name.
    """
    kind, empty = format_of(path), batch.take(np.zeros(0, np.int64))
    kind.check(path, empty, options)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        kind.join([BytesIO(kind.part(batch, options))], file, empty, options)


class _Csv:
    holds_lists = False

    def check(self, path: Path, batch: PredictedBatch, options: PredictionOptions) -> None:
        """Refuse nothing: two columns of a CSV file may have one name."""

    def part(self, batch: PredictedBatch, options: PredictionOptions) -> bytes:
        columns = [_texts(column) for column in columns_of(batch, options)]
        return _csv_bytes(zip(*columns, strict=True))

    def join(
        self, parts: Iterable[IO[bytes]], file: IO[bytes], empty: PredictedBatch, options: PredictionOptions
    ) -> None:
        file.write(_csv_bytes([[column.name for column in columns_of(empty, options)]]))
        _copy(parts, file)


def _csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _texts(column: Column) -> list[str]:
    """Return the cells of a CSV file: a number with the fewest digits that read back as the same number."""
    there = column.is_there.tolist()
    if column.kind == "share":
        return [digits(value) if is_there else "" for value, is_there in zip(column.values, there, strict=True)]
    values = column.values.tolist()
    if column.kind == "flag":
        values = ["true" if value else "false" for value in values]
    return [value if is_there else "" for value, is_there in zip(values, there, strict=True)]


class _JsonLines:
    holds_lists = True

    def check(self, path: Path, batch: PredictedBatch, options: PredictionOptions) -> None:
        """Refuse nothing: each thing has a key of its own."""

    def part(self, batch: PredictedBatch, options: PredictionOptions) -> bytes:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in json_rows(batch, options)).encode()

    def join(
        self, parts: Iterable[IO[bytes]], file: IO[bytes], empty: PredictedBatch, options: PredictionOptions
    ) -> None:
        _copy(parts, file)


def _copy(parts: Iterable[IO[bytes]], file: IO[bytes]) -> None:
    for part in parts:
        while block := part.read(1 << 20):
            file.write(block)


class _Parquet:
    holds_lists = True

    def check(self, path: Path, batch: PredictedBatch, options: PredictionOptions) -> None:
        _import_pyarrow(path.name)
        names = [column.name for column in columns_of(batch, options)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(
                f"--probabilities: the columns {listed(twice)} of {path.name} would be there twice, as classes and as "
                "columns of each file. Write .jsonl, where the probabilities have a place of their own."
            )

    def part(self, batch: PredictedBatch, options: PredictionOptions) -> bytes:
        from pyarrow import parquet

        file = BytesIO()
        table = arrow_table(batch, options)
        parquet.write_table(table, file, compression="zstd", row_group_size=max(1, len(batch)))
        return file.getvalue()

    def join(
        self, parts: Iterable[IO[bytes]], file: IO[bytes], empty: PredictedBatch, options: PredictionOptions
    ) -> None:
        from pyarrow import parquet

        schema = arrow_table(empty, options).schema
        with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
            for part in parts:
                table = parquet.read_table(part).cast(schema)  # which may be called otherwise after reading
                writer.write_table(table, row_group_size=max(1, len(table)))


def _import_pyarrow(name: str) -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise missing_extra("pyarrow", "train", f"writing {name}") from error
    return pyarrow


def arrow_table(batch: PredictedBatch, options: PredictionOptions) -> Any:
    """Return the predictions as a `pyarrow.Table`: the rows of a Parquet file.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    pa = _import_pyarrow("Parquet")
    columns = columns_of(batch, options)
    return pa.table([_arrow_array(column, pa) for column in columns], names=[column.name for column in columns])


def _arrow_array(column: Column, pa: Any) -> Any:
    missing: NDArray[np.bool_] = ~column.is_there
    if column.kind == "list":
        flat = pa.array(column.values.ravel(), pa.float32())
        lists = pa.FixedSizeListArray.from_arrays(flat, column.values.shape[1])
        return lists.take(pa.array(np.arange(len(missing)), mask=missing))
    kinds = {"text": pa.string(), "share": pa.float32(), "flag": pa.bool_()}
    return pa.array(column.values, kinds[column.kind], mask=missing)


_CSV: Format = _Csv()
_CSV_ENDING = ".csv"
_FORMATS: dict[str, Format] = {".jsonl": _JsonLines(), ".parquet": _Parquet()}
