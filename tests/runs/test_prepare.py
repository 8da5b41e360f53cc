"""What the first stage of a run prints and reads: the words that name the data on a command line, and the split."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.planning.request import Request
from onelook.runs.prepare import data_words


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
