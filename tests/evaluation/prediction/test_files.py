"""A file of predictions holds every row in its order, whatever its ending."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from onelook.errors import ConfigError, DataError
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
from onelook.evaluation.prediction.files import refuse_ending, write_prediction_file

NAMES = ("cat", "dog", "eel")
IDS = ("b.jpg", "damaged.jpg", "a.jpg")
PROBABILITIES = np.array([[0.1, 0.6, 0.3], [np.nan] * 3, [0.5, 0.25, 0.25]], np.float32)
FEATURES = np.array([[1.5, -2], [np.nan, np.nan], [0.1, 4]], np.float32)


def write(path: Path, batch: PredictedBatch | None = None, **options: Any) -> None:
    batch = batch or PredictedBatch(IDS, PROBABILITIES, NAMES)
    if options.get("embeddings"):
        batch = replace(batch, features=FEATURES)
    write_prediction_file(path, batch, PredictionOptions(**options))


def json_rows(path: Path, **options: Any) -> list[dict[str, Any]]:
    write(path, **options)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parquet_rows(path: Path, **options: Any) -> list[dict[str, Any]]:
    write(path, **options)
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return found


def test_json_lines_hold_what_json_on_the_screen_does(tmp_path: Path) -> None:
    out = tmp_path / "p.JSONL"
    assert json_rows(out) == [
        {"id": "b.jpg", "label": "dog", "confidence": 0.6},
        {"id": "damaged.jpg", "label": None, "confidence": None},
        {"id": "a.jpg", "label": "cat", "confidence": 0.5},
    ]
    best = [{"label": "dog", "confidence": 0.6}, {"label": "eel", "confidence": 0.3}]
    assert json_rows(out, top=2, reject_below=0.55, probabilities=True, embeddings=True) == [
        {
            "id": "b.jpg",
            "label": "dog",
            "confidence": 0.6,
            "likeliest": "dog",
            "top": best,
            "probabilities": {"cat": 0.1, "dog": 0.6, "eel": 0.3},
            "embedding": [1.5, -2.0],
        },
        {
            "id": "damaged.jpg",
            "label": None,
            "confidence": None,
            "likeliest": None,
            "top": [],
            "probabilities": None,
            "embedding": None,
        },
        {
            "id": "a.jpg",
            "label": None,
            "confidence": 0.5,
            "likeliest": "cat",
            "top": [{"label": "cat", "confidence": 0.5}, {"label": "dog", "confidence": 0.25}],
            "probabilities": {"cat": 0.5, "dog": 0.25, "eel": 0.25},
            "embedding": [0.1, 4.0],
        },
    ]


def test_parquet_has_the_columns_of_the_csv_file_with_their_types(tmp_path: Path) -> None:
    out = tmp_path / "p.parquet"
    first, unread, last = parquet_rows(out, top=2, reject_below=0.55, probabilities=True, embeddings=True)
    columns = ["id", "label", "confidence", "likeliest", "label_2", "confidence_2", "cat", "dog", "eel", "embedding"]
    assert list(first) == columns
    assert [first[name] for name in ("id", "label", "likeliest", "label_2", "embedding")] == [
        "b.jpg",
        "dog",
        "dog",
        "eel",
        [1.5, -2.0],
    ]
    assert [np.float32(first[name]) for name in ("confidence", "confidence_2", "cat")] == [
        np.float32(share) for share in (0.6, 0.3, 0.1)
    ]
    assert unread == {name: "damaged.jpg" if name == "id" else None for name in columns}
    assert (last["label"], last["likeliest"], last["label_2"], last["eel"]) == (None, "cat", "dog", 0.25)
    kinds = {field.name: str(field.type) for field in pyarrow.parquet.read_schema(out)}
    assert (kinds["id"], kinds["confidence"], kinds["embedding"]) == (
        "string",
        "float",
        "fixed_size_list<element: float>[2]",
    )


def test_without_options_parquet_has_three_columns(tmp_path: Path) -> None:
    assert list(parquet_rows(tmp_path / "p.parquet")[0]) == ["id", "label", "confidence"]


def test_more_classes_than_there_are_give_all_of_them(tmp_path: Path) -> None:
    assert len(json_rows(tmp_path / "p.jsonl", top=9)[0]["top"]) == 3
    assert list(parquet_rows(tmp_path / "p.parquet", top=9)[0])[-1] == "confidence_3"


@pytest.mark.parametrize("ending", ["csv", "txt", "", "tsv.old"])
def test_any_other_ending_is_csv(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"p.{ending}"
    write(out)
    assert out.read_bytes() == b"id,label,confidence\nb.jpg,dog,0.6\ndamaged.jpg,,\na.jpg,cat,0.5\n"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_what_does_not_fit_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"p.{ending}"
    out.write_text("old")
    with pytest.raises(DataError, match=r"shape \(3, 3\) do not fit 2 ids and 3 classes"):
        write(out, PredictedBatch(IDS[:2], PROBABILITIES, NAMES))
    assert out.read_text() == "old"


def test_a_class_with_the_name_of_a_column_is_refused_in_parquet(tmp_path: Path) -> None:
    rows = PredictedBatch(IDS, PROBABILITIES, ("id", "dog", "label"))
    with pytest.raises(ConfigError, match=r"columns id and label of p\.parquet .* \.jsonl"):
        write(tmp_path / "p.parquet", rows, probabilities=True)
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "p.jsonl", rows, probabilities=True)


def test_a_list_for_each_picture_needs_a_file_that_can_hold_it() -> None:
    for name in ("p.csv", "p"):
        with pytest.raises(ConfigError, match=rf"{name} cannot hold a list"):
            refuse_ending(Path(name), PredictionOptions(embeddings=True))
        refuse_ending(Path(name), PredictionOptions())
    for name in ("p.jsonl", "p.PARQUET"):
        refuse_ending(Path(name), PredictionOptions(embeddings=True))


@pytest.mark.parametrize("name", ["p.json", "p.xlsx", "p.feather", "p.txt", "p.csv.gz", "p.tsv"])
def test_an_ending_that_promises_something_else_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"is not written\. Name the file \.csv, \.jsonl or \.parquet"):
        refuse_ending(Path(name), PredictionOptions())


def test_a_submission_has_the_ending_of_text_or_of_its_sample() -> None:
    for name, sample in (("p.CSV", "sample.csv"), ("p.tsv", "sample.TSV"), ("p", "sample.txt"), ("p.csv", "s.txt")):
        refuse_ending(Path(name), PredictionOptions(), Path(sample))
    for name in ("p.parquet", "p.jsonl", "p.tsv"):
        with pytest.raises(ConfigError, match=rf"{name}: a submission is text, like the sample\. Name the file \.csv"):
            refuse_ending(Path(name), PredictionOptions(), Path("sample.csv"))
