"""The measuring scripts are no package: they import one another as programs that stand in one folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within the test they import as they do for themselves; afterwards none of them is left imported."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    own = [name for name, module in sys.modules.items() if _is_in_folder(getattr(module, "__file__", None))]
    for name in own:
        del sys.modules[name]


def _is_in_folder(file: str | None) -> bool:
    return file is not None and file.rpartition(os.sep)[0] == str(FOLDER)  # of thousands of modules, for each test
