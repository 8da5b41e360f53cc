"""What a run was right on, read from its files: the set that was scored, and nothing that does not belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.comparison.scored_predictions import read_scored_predictions
from onelook.errors import ModelError
from onelook.run_folder import RunFolder

SPLIT = "id,split,class\na,train,cat\nb,test,cat\nc,test,dog\nd,val,dog\ne,test,épagneul\n"
PREDICTIONS = "id,label,confidence\ne,épagneul,0.5\nb,dog,0.75\nc,dog,1.0\n"


def run_with(folder: Path, predictions: str | None = PREDICTIONS, split: str | None = SPLIT) -> RunFolder:
    for name, text in (("predictions.csv", predictions), ("split.csv", split)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return RunFolder(folder)


def test_predictions_keep_their_order_and_are_compared_with_the_labels(tmp_path: Path) -> None:
    found = read_scored_predictions(run_with(tmp_path), "test")
    assert found is not None
    assert found.ids == ("e", "b", "c")
    assert found.right.tolist() == [True, False, True]
    assert found.confidence.tolist() == [0.5, 0.75, 1.0]
    validated = read_scored_predictions(run_with(tmp_path, "id,label,confidence\nd,cat,0.6\n"), "val")
    assert validated is not None
    assert (validated.ids, validated.right.tolist()) == (("d",), [False])


@pytest.mark.parametrize(("predictions", "split"), [(None, SPLIT), (PREDICTIONS, None)])
def test_without_one_of_the_files_nothing_is_known(predictions: str | None, split: str | None, tmp_path: Path) -> None:
    assert read_scored_predictions(run_with(tmp_path, predictions, split), "test") is None


@pytest.mark.parametrize(
    "predictions",
    [
        PREDICTIONS + "b,dog,0.75\n",  # twice
        PREDICTIONS.replace("b,dog,0.75\n", ""),  # one is missing
        PREDICTIONS + "d,dog,0.5\n",  # of another set
        PREDICTIONS.replace("b,dog", "z,dog"),
    ],
)
def test_pictures_that_are_not_those_of_the_set_are_refused(predictions: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        read_scored_predictions(run_with(tmp_path, predictions), "test")
    assert str(refused.value) == (
        f"{tmp_path / 'predictions.csv'}: its pictures are not those of the test set in split.csv. One of the files "
        "was changed: train the run again."
    )


@pytest.mark.parametrize(
    ("predictions", "split", "message"),
    [
        (PREDICTIONS.replace("0.75", "high"), SPLIT, "predictions.csv: not readable (a confidence is no number)"),
        ("id,label\nb,dog\n", SPLIT, "predictions.csv: not readable (a line lacks one of id, label, confidence)"),
        (PREDICTIONS + "a,cat\n", SPLIT, "predictions.csv: not readable (a line lacks one of id, label, confidence)"),
        (PREDICTIONS, SPLIT + "f,test\n", "split.csv: not readable (a line lacks one of id, class)"),
    ],
)
def test_a_damaged_file_is_named(predictions: str, split: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        read_scored_predictions(run_with(tmp_path, predictions, split), "test")
    assert str(refused.value) == f"{tmp_path / message}. The file is damaged: train the run again."
