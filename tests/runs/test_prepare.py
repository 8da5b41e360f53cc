"""What the first stage of a run prints and reads: the words that name the data on a command line, and the split."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.planning.request import Request
from onelook.runs.prepare import _split_choice, data_words
from onelook.settings import TrainSettings


@pytest.mark.parametrize(
    ("data", "asked", "words"),
    [
        (Path("my photos"), {}, ["my photos"]),
        ("photos", {"epochs": 3, "seed": 0, "val": 0.2}, ["photos"]),
        (
            "photos",
            {"test": "more photos", "layout": "folders"},
            ["photos", "--test", "more photos", "--layout", "folders"],
        ),
        (
            "t.csv",
            {"label_column": "kind", "pictures_in": "in"},
            ["t.csv", "--label-column", "kind", "--pictures-in", "in"],
        ),
        (
            "photos",
            {"ignore_groups": True, "label_from": "folder:2"},
            ["photos", "--label-from", "folder:2", "--no-groups"],
        ),
        ("photos", {"ignore_groups": False, "test": None}, ["photos"]),
        ("x.npz", {"class_names": ("a", "b")}, ["x.npz", "--class-names", "a,b"]),
        ("x.npz", {"class_names": ["a", "b"]}, ["x.npz", "--class-names", "a,b"]),
        (np.zeros((2, 8, 8)), {"test": "more"}, []),
    ],
)
def test_the_words_that_open_the_same_data_again(data: Any, asked: dict[str, Any], words: list[str]) -> None:
    assert data_words(Request(data, asked)) == words


@pytest.mark.parametrize(
    ("split", "test", "changes", "is_asked", "choice"),
    [
        (None, 5, None, True, ()),
        ("own.csv", None, None, True, ("the split of own.csv: 70 to train on, 20 to validate",)),
        ("own.csv", 5, None, True, ("the split of own.csv: 70 to train on, 20 to validate, 5 to test",)),
        (
            *("runs/a", 5, "; 2 are new", False),
            (
                "the split of runs/a: 70 to train on, 20 to validate, 5 to test; 2 are new; nothing that the model was "
                "trained on judges it",
            ),
        ),
    ],
)
def test_a_split_that_was_not_drawn_is_told_with_its_sides(
    split: str | None, test: int | None, changes: str | None, is_asked: bool, choice: tuple[str, ...]
) -> None:
    sides = SimpleNamespace(train=range(70), val=range(20), test=None if test is None else range(test))
    found = None if changes is None else SimpleNamespace(in_words=lambda: changes)
    prepared: Any = SimpleNamespace(split=sides, reading=SimpleNamespace(changes=found))
    assert _split_choice(TrainSettings(split=split), prepared, is_asked=is_asked) == choice
