"""What a whole Keras run is made of, without Keras: its rows, and what it remembers between epochs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def test_validation_takes_its_share_of_each_class_and_no_row_twice() -> None:
    from keras_whole_run import split_rows

    labels = np.repeat(np.arange(10), 50)
    val, train = split_rows(labels, 0.1)
    assert np.bincount(labels[val]).tolist() == [5] * 10
    assert sorted([*val, *train]) == list(range(500))


def test_the_callbacks_memory_survives_a_pause() -> None:
    from keras_whole_run import remembered

    plateau = SimpleNamespace(best=np.float32(0.5), wait=2, cooldown_counter=0, monitor_op=max)
    assert json.loads(json.dumps(remembered(plateau))) == {"best": 0.5, "wait": 2, "cooldown_counter": 0}
    assert remembered(SimpleNamespace(best=None, wait=0)) == {"best": None, "wait": 0}


def test_a_run_goes_on_after_its_last_epoch_and_a_finished_one_does_not(tmp_path: Path) -> None:
    from keras_whole_run import read_standing

    assert read_standing(tmp_path)["epochs"] == 0
    kept = {"epochs": 3, "model": "epoch-03.keras", "callbacks": [], "history": [], "resumed_after": []}
    (tmp_path / "standing.json").write_text(json.dumps({**kept, "is_over": False}))
    assert read_standing(tmp_path)["resumed_after"] == [3]
    (tmp_path / "standing.json").write_text(json.dumps({**kept, "is_over": True}))
    assert read_standing(tmp_path)["resumed_after"] == []
