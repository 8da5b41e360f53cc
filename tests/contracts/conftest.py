"""What tests of scratch copies of the package share: a process that has imported what the package trains with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.copies import copies_of

RunIn = Callable[[Path, str], str]
_LIBRARIES = ("torch", "sklearn", "scipy.stats", "onnx", "onnxruntime", "optuna", "pydantic", "rich", "typer", "jinja2")


@pytest.fixture(scope="session")
def run_in() -> Iterator[RunIn]:
    """Run a program in a folder with a copy of the package in `src`, and return what it prints."""
    installed = [name for name in _LIBRARIES if find_spec(name.partition(".")[0])]
    with copies_of("\n".join(f"import {name}" for name in installed)) as run_copy:

        def run(place: Path, program: str) -> str:
            environment = {"COLUMNS": "80", "ONELOOK_CACHE": os.environ["ONELOOK_CACHE"]}
            begin = f"import os, sys\nos.chdir({str(place)!r})\nos.environ.update({environment!r})\n"
            return run_copy(f"{begin}sys.path.insert(0, {str(place / 'src')!r})\n{program}")

        yield run
