"""A file of predictions that was cut off continues after its last whole row, and ends as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from onelook.errors import ConfigError
from onelook.evaluation.prediction import unfinished
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
from onelook.evaluation.prediction.unfinished import PredictionFile

NAMES = ("cat", "dog")
ENDINGS = ("csv", "jsonl", "parquet")
OPTIONS = PredictionOptions(probabilities=True, reject_below=0.7)
EMPTY = PredictedBatch((), np.empty((0, 2), np.float32), NAMES)
ABOUT = {"model": "m", "data": "d", "options": "o"}
ROWS = 11


def batches(start: int = 0) -> Iterator[PredictedBatch]:
    """Two pictures at a time, of eleven; the fourth cannot be read."""
    for first in range(start, ROWS, 2):
        rows = range(first, min(first + 2, ROWS))
        chances = np.array([[np.nan] * 2 if row == 3 else [row / 20, 1 - row / 20] for row in rows], np.float32)
        reasons = {row - first: "cut short" for row in rows if row == 3}
        yield PredictedBatch([f"{row}.png" for row in rows], chances, NAMES, unreadable=reasons)


def opened(path: Path, *, resume: bool = False, about: dict[str, str] = ABOUT) -> PredictionFile:
    return PredictionFile(path, OPTIONS, EMPTY, about, resume=resume)


def cut_off(path: Path, count: int, *, resume: bool = False) -> int:
    """Write some batches and stop as if killed; return from which row on."""
    file = opened(path, resume=resume)
    for batch, _ in zip(batches(file.rows), range(count), strict=False):
        file.append(batch)
    return file.rows


def finished(path: Path, *, resume: bool = False) -> PredictionFile:
    file = opened(path, resume=resume)
    for batch in batches(file.rows):
        file.append(batch)
    file.finish()
    return file


@pytest.fixture(autouse=True)
def _four_rows_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "_MOST_ROWS", 4)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("moments", [(0,), (1,), (2,), (3,), (5,), (6,), (2, 1), (2, 2), (3, 0, 2)])
def test_it_ends_with_the_same_bytes_wherever_it_was_cut_off(
    ending: str, moments: tuple[int, ...], tmp_path: Path
) -> None:
    whole = finished(tmp_path / f"whole.{ending}")
    out = tmp_path / f"out.{ending}"
    starts = [cut_off(out, count, resume=at > 0) for at, count in enumerate(moments)]
    assert not out.exists()
    resumed = finished(out, resume=True)
    assert starts[0] == 0
    assert [*starts, resumed.rows] == sorted([*starts, resumed.rows])
    assert resumed.rows == min(8, 4 * (moments[0] // 2)) if len(moments) == 1 else resumed.rows > 0
    assert out.read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
    assert resumed.tally == whole.tally
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([out.name, f"whole.{ending}"])


def test_all_rows_are_there_once_in_order_and_a_row_group_has_the_rows_of_a_part(tmp_path: Path) -> None:
    cut_off(tmp_path / "out.parquet", 4)
    file = finished(tmp_path / "out.parquet", resume=True)
    found = pyarrow.parquet.ParquetFile(tmp_path / "out.parquet")
    assert [found.metadata.row_group(at).num_rows for at in range(3)] == [4, 4, 3]
    assert found.read().column("id").to_pylist() == [f"{row}.png" for row in range(ROWS)]
    assert (file.tally.rows, file.tally.unread, file.tally.unreadable) == (ROWS, 1, {"3.png": "cut short"})


def test_a_file_that_is_small_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = opened(tmp_path / "out.csv")
    file.append(next(batches()))
    assert list(tmp_path.iterdir()) == []
    file.finish()
    assert (tmp_path / "out.csv").read_text() == (
        "id,label,confidence,likeliest,cat,dog\n0.png,dog,1.0,dog,0.0,1.0\n1.png,dog,0.95,dog,0.05,0.95\n"
    )


@pytest.mark.parametrize("damage", ["counts", "short", "garbage"])
def test_a_part_that_is_not_whole_does_not_count(damage: str, tmp_path: Path) -> None:
    finished(tmp_path / "whole.csv")
    out = tmp_path / "out.csv"
    cut_off(out, 5)
    folder = tmp_path / "out.csv.partial"
    if damage == "counts":  # the process ended between the rows and their counts
        (folder / "000001.json").unlink()
    elif damage == "short":
        (folder / "000001.csv").write_bytes((folder / "000001.csv").read_bytes()[:-3])
    else:
        (folder / "000001.json").write_text("{")
    assert finished(out, resume=True).rows == 4
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_without_resume_rows_that_are_there_are_not_thrown_away(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    cut_off(out, 5)
    with pytest.raises(ConfigError, match=r"out\.csv\.partial has 8 rows of a prediction that was cut off\. Add --res"):
        opened(out)
    assert finished(out, resume=True).rows == 8
    assert finished(out).rows == 0  # nothing is left of it


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({**ABOUT, "model": "n"}, "other model"),
        ({**ABOUT, "data": "e", "options": "p"}, "other data and other options"),
    ],
)
def test_rows_of_something_else_are_not_continued(about: dict[str, str], words: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    cut_off(out, 5)
    with pytest.raises(ConfigError, match=f"--resume: .* has 8 rows that were predicted with {words}. Type the same"):
        opened(out, resume=True, about=about)
    assert opened(out, resume=True).rows == 8


@pytest.mark.parametrize("known", ['{"model": "m", "options": "o"}', "[1]", "{", None])
def test_rows_of_which_is_not_known_what_they_are_are_not_continued(known: str | None, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    cut_off(out, 5)
    about = tmp_path / "out.csv.partial/prediction.json"
    about.unlink() if known is None else about.write_text(known)
    others = "other data" if known and "model" in known else "other model, other data and other options"
    with pytest.raises(ConfigError, match=f"predicted with {others}. Type"):
        opened(out, resume=True)


def test_to_resume_what_was_never_begun_is_to_begin(tmp_path: Path) -> None:
    assert finished(tmp_path / "out.csv", resume=True).tally.rows == ROWS
