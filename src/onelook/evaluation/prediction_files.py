"""Write predictions as CSV, JSON lines or Parquet, whole or not at all; the ending of the file decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, missing_extra
from onelook.evaluation.predictions import are_sure, check_shape, likeliest, write_predictions
from onelook.files import atomic_path
from onelook.wording import listed

_OTHER_FORMATS = (".json", ".xlsx", ".xls", ".feather", ".arrow", ".npz", ".npy", ".pkl")


@dataclass(frozen=True)
class PredictionRows:
    """All that a file of predictions may hold.

    Attributes:
        ids: (rows,), one id for each picture.
        probabilities: (rows, classes); NaN for a picture that cannot be read.
        class_names: by position.
        with_probabilities: whether the probability of each class is written.
        top: how many of the likeliest classes are written.
        reject_below: less confident rows have no label.
        features: (rows, features), NaN as above; None if they are not written.
    """

    ids: Sequence[str]
    probabilities: NDArray[np.float32]
    class_names: Sequence[str]
    with_probabilities: bool = False
    top: int = 1
    reject_below: float = 0.0
    features: NDArray[np.float32] | None = None


def refuse_ending(path: Path, *, with_features: bool) -> None:
    """Refuse a file that cannot hold what is wanted.

    Raises:
        ConfigError: the ending is that of another format; or the features of a picture, a list, are wanted in a CSV
            file, whose cells hold no list.
    """
    if path.suffix.lower() in _OTHER_FORMATS:
        raise ConfigError(f"{path.name}: {path.suffix} is not written. Name the file .csv, .jsonl or .parquet.")
    if with_features and path.suffix.lower() not in _WRITERS:
        raise ConfigError(
            f"--embeddings: {path.name} cannot hold a list for each picture. Name the file .parquet or .jsonl."
        )


def write_prediction_file(path: Path, rows: PredictionRows) -> None:
    """Write the predictions: JSON lines to `.jsonl`, Parquet to `.parquet`, else CSV. A file there is replaced.

    JSON lines have the keys of `onelook predict --json`. Parquet has the columns of the CSV file; a class of a picture
    is text, what is withheld or cannot be read is null. The features are a list, `embedding`.

    Raises:
        DataError: the numbers of ids, rows and classes differ.
        ConfigError: pyarrow is not installed, or two columns would have one name.
    """
    write = _WRITERS.get(path.suffix.lower(), _write_csv)
    check_shape(rows.ids, rows.probabilities, rows.class_names)
    write(path, rows)


def _write_csv(path: Path, rows: PredictionRows) -> None:
    write_predictions(
        path,
        rows.ids,
        rows.probabilities,
        rows.class_names,
        with_probabilities=rows.with_probabilities,
        top=rows.top,
        reject_below=rows.reject_below,
    )


def _write_json_lines(path: Path, rows: PredictionRows) -> None:
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for row in _as_json(rows):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _as_json(rows: PredictionRows) -> Iterator[dict[str, object]]:
    """Yield a JSON value for each picture."""
    sure = are_sure(rows.probabilities, rows.reject_below)
    for at, (identifier, probabilities) in enumerate(zip(rows.ids, rows.probabilities, strict=True)):
        is_read = not bool(np.isnan(probabilities[0]))
        best = [
            {"label": rows.class_names[each], "confidence": _short(probabilities[each])}
            for each in likeliest(probabilities, rows.top)
        ]
        row: dict[str, object] = {"id": identifier, "label": None, "confidence": None, **(best[0] if best else {})}
        if rows.reject_below > 0:
            row["likeliest"] = row["label"]
            row["label"] = row["label"] if sure[at] else None
        if rows.top > 1:
            row["top"] = best
        if rows.with_probabilities:
            values = [_short(value) for value in probabilities]
            row["probabilities"] = dict(zip(rows.class_names, values, strict=True)) if is_read else None
        if rows.features is not None:
            row["embedding"] = [_short(value) for value in rows.features[at]] if is_read else None
        yield row


def _short(value: np.float32) -> float:
    """Return the float whose shortest text reads back as the same float32."""
    return float(str(value))


def _write_parquet(path: Path, rows: PredictionRows) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise missing_extra("pyarrow", "train", f"writing {path.name}") from error

    columns = _columns(rows, pa)
    names = [name for name, _ in columns]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(
            f"--probabilities: the columns {listed(twice)} of {path.name} would be there twice, as classes and as "
            "columns of each file. Write .jsonl, where the probabilities have a place of their own."
        )
    table = pa.table([values for _, values in columns], names=names)
    with atomic_path(path) as temporary:
        parquet.write_table(table, temporary, compression="zstd")


def _columns(rows: PredictionRows, pa: Any) -> list[tuple[str, Any]]:
    """Return the columns of a table in Arrow's arrays, in their order."""
    is_read = ~np.isnan(rows.probabilities[:, 0])
    top = min(rows.top, len(rows.class_names))
    order = np.argsort(-np.where(is_read[:, np.newaxis], rows.probabilities, 0), axis=1, kind="stable")[:, :top]
    classes = pa.array(rows.class_names, pa.string())

    def names(place: int, shown: NDArray[np.bool_]) -> Any:
        return classes.take(pa.array(order[:, place], mask=~shown))

    def shares(place: int) -> Any:
        values = np.take_along_axis(rows.probabilities, order[:, place : place + 1], axis=1)[:, 0]
        return pa.array(values, pa.float32(), mask=~is_read)

    sure = is_read & are_sure(rows.probabilities, rows.reject_below)
    columns = [("id", pa.array(rows.ids, pa.string())), ("label", names(0, sure)), ("confidence", shares(0))]
    if rows.reject_below > 0:
        columns.append(("likeliest", names(0, is_read)))
    for place in range(1, top):
        columns += [(f"label_{place + 1}", names(place, is_read)), (f"confidence_{place + 1}", shares(place))]
    if rows.with_probabilities:
        for at, name in enumerate(rows.class_names):
            columns.append((name, pa.array(rows.probabilities[:, at], pa.float32(), mask=~is_read)))
    if rows.features is not None:
        flat = pa.array(rows.features.ravel(), pa.float32())
        lists = pa.FixedSizeListArray.from_arrays(flat, rows.features.shape[1])
        columns.append(("embedding", lists.take(pa.array(np.arange(len(is_read)), mask=~is_read))))
    return columns


_WRITERS: dict[str, Callable[[Path, PredictionRows], None]] = {
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
