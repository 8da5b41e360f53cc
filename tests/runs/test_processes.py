"""What several processes may not be asked for. (What they do is in tests/training and tests/end_to_end.)"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.planning.request import Request
from onelook.run_folder import RunFolder
from onelook.runs.train_request import _is_for_several
from onelook.training.parallel import ALONE, Processes

REQUEST = Request("digits", {"folds": 3})


def test_folds_are_for_one_process() -> None:
    assert _is_for_several(REQUEST, "folds", "folds.json", ALONE)
    with pytest.raises(ConfigError, match="--folds in 2 processes of torchrun.*without"):
        _is_for_several(REQUEST, "folds", "folds.json", Processes(1, 2))


def test_a_single_training_is_for_any_number_of_processes() -> None:
    assert not _is_for_several(REQUEST, "models", "models.json", Processes(1, 2))


def test_what_is_gone_on_with_says_what_it_is(tmp_path: Path) -> None:
    resumed = replace(REQUEST, asked={}, resumed=RunFolder(tmp_path))
    assert not _is_for_several(resumed, "folds", "folds.json", ALONE)
    (tmp_path / "folds.json").write_text("{}")
    assert _is_for_several(resumed, "folds", "folds.json", ALONE)
