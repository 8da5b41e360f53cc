"""What several processes may not be asked for. (What they do is in tests/training and tests/end_to_end.)"""

from __future__ import annotations

import pytest

from onelook.errors import ConfigError
from onelook.training.parallel import ALONE, Processes
from onelook.workflow import train as train_module


def test_folds_are_for_one_process() -> None:
    train_module._refuse_shared(ALONE, "--folds", "folds")
    with pytest.raises(ConfigError, match="--folds in 2 processes of torchrun.*without"):
        train_module._refuse_shared(Processes(1, 2), "--folds", "folds")
