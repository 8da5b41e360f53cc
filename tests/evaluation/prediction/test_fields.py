"""The fields of a prediction are one list: what is added to it is in every file and in JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from onelook.errors import ConfigError
from onelook.evaluation.prediction import fields
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally, join_batches
from onelook.evaluation.prediction.fields import Column, Field, Shown, json_rows, refuse_without_file
from onelook.evaluation.prediction.files import refuse_ending, write_prediction_file

BATCH = PredictedBatch(
    ("a.jpg", "b.jpg", "c.jpg"),
    np.array([[0.25, 0.75], [np.nan, np.nan], [0.5, 0.5]], np.float32),
    ("cat", "dog"),
    unlike=np.array([True, False, False]),
    unreadable={1: "cut short"},
)


def read_all(folder: Path, options: PredictionOptions) -> list[list[dict[str, object]]]:
    """The rows of the same predictions in each kind of file; those of a CSV file are texts."""
    for ending in ("csv", "jsonl", "parquet"):
        write_prediction_file(folder / f"p.{ending}", BATCH, options)
    with (folder / "p.csv").open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (folder / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    return [texts, lines, pyarrow.parquet.read_table(folder / "p.parquet").to_pylist()]  # type: ignore[list-item]


def test_what_is_added_to_the_list_is_in_every_file_and_in_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def margin(shown: Shown) -> list[Column]:
        gap = np.abs(np.diff(shown.batch.probabilities, axis=1))[:, 0]
        return [Column("margin", "share", gap, shown.batch.is_read)]

    monkeypatch.setattr(fields, "FIELDS", (*fields.FIELDS, Field("margin", margin)))
    texts, lines, table = read_all(tmp_path, PredictionOptions())
    assert [row["margin"] for row in texts] == ["0.5", "", "0.0"]
    assert [row["margin"] for row in lines] == [row["margin"] for row in table] == [0.5, None, 0.0]
    assert [row["margin"] for row in json_rows(BATCH, PredictionOptions())] == [0.5, None, 0.0]


def test_what_is_asked_for_by_an_option_is_refused_where_it_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = Field("sizes", lambda _: [], is_wanted=lambda options: options.top == 3, flag="--sizes", is_list=True)
    monkeypatch.setattr(fields, "FIELDS", (*fields.FIELDS, added))
    with pytest.raises(ConfigError, match=r"--sizes goes into a file\. Add --out FILE\.parquet\."):
        refuse_without_file(PredictionOptions(top=3))
    refuse_without_file(PredictionOptions())
    with pytest.raises(ConfigError, match=r"--sizes: p\.csv cannot hold a list"):
        refuse_ending(tmp_path / "p.csv", PredictionOptions(top=3))
    refuse_ending(tmp_path / "p.jsonl", PredictionOptions(top=3))


def test_each_file_says_which_pictures_are_unlike_those_of_the_training(tmp_path: Path) -> None:
    texts, lines, table = read_all(tmp_path, PredictionOptions())
    assert [row["unlike"] for row in texts] == ["true", "", "false"]
    assert [row["unlike"] for row in lines] == [row["unlike"] for row in table] == [True, None, False]
    unknown = replace(BATCH, unlike=None)
    assert all("unlike" not in row for row in json_rows(unknown, PredictionOptions()))


def test_batches_are_joined_and_taken_apart_with_all_that_is_said() -> None:
    whole = replace(BATCH, features=np.arange(6, dtype=np.float32).reshape(3, 2))
    first, rest = whole.take(np.array([0])), whole.take(np.array([1, 2]))
    assert rest.unreadable == {0: "cut short"}
    options = PredictionOptions(embeddings=True, probabilities=True)
    assert list(json_rows(join_batches([first, rest]), options)) == list(json_rows(whole, options))
    assert join_batches([first, rest]).unreadable == {1: "cut short"}
    turned = whole.take(np.array([2, 1, 0]))
    assert list(json_rows(turned, options)) == list(json_rows(whole, options))[::-1]


def test_counts_of_batches_add_up() -> None:
    whole, parts = PredictionTally(("cat", "dog"), 0.6), PredictionTally(("cat", "dog"), 0.6)
    whole.add(BATCH)
    assert (whole.rows, whole.class_counts, whole.not_sure, whole.unread) == (3, {"cat": 0, "dog": 1}, 1, 1)
    assert whole.unreadable == {"b.jpg": "cut short"}
    for row in range(3):
        of_row = PredictionTally(("cat", "dog"), 0.6)
        of_row.add(BATCH.take(np.array([row])))
        parts.add_all(of_row)
    assert parts == whole


def test_of_very_many_unreadable_pictures_only_the_first_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.evaluation.prediction.batch._MOST_REASONS", 3)
    nothing = np.full((2, 1), np.nan, np.float32)
    tally = PredictionTally(("cat",))
    for start in range(0, 6, 2):
        ids = [str(start), str(start + 1)]
        tally.add(PredictedBatch(ids, nothing, ("cat",), unreadable={0: "cut", 1: "empty"}))
    assert (tally.unread, list(tally.unreadable)) == (6, ["0", "1", "2"])
