"""`torchrun -m onelook train`: two processes leave the run folder that one would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.conftest import Finished

TORCHRUN = Path(sys.executable).parent / "torchrun"
WORDS = ("train", "digits", "--epochs", "2", "--set", "rotation_range=5")


@pytest.fixture
def together(tmp_path: Path, cache: Path) -> Callable[..., Finished]:
    """`together(*words)`: the command in two processes, or in `count`, in an empty folder, on one thread each."""

    def run(*words: str, count: int = 2) -> Finished:
        done = subprocess.run(
            [TORCHRUN, "--standalone", "--nproc-per-node", str(count), "-m", "onelook", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "ONELOOK_CACHE": str(cache), "OMP_NUM_THREADS": "1", "NO_COLOR": "1"},
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


def read(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    return history, *(json.loads((folder / name).read_text()) for name in ("evaluation.json", "run.json"))


def test_two_processes_leave_what_one_leaves(together: Callable[..., Finished], tmp_path: Path) -> None:
    done = together(*WORDS, "--out", "two")
    assert done.code == 0, done.err
    assert done.out.count("test pictures right") == 1  # one of them speaks
    assert together(*WORDS, "--out", "one", "--quiet", count=1).code == 0
    (history, evaluation, run), (alone, expected, _) = read(tmp_path / "two"), read(tmp_path / "one")
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}
    assert (run["status"], run["processes"]) == ("complete", 2)
    # The two agree to seven digits (tests/training/test_parallel.py holds them to it), until a rounding that makes
    # another of two equal values the maximum of its pool sends the whole run another way.
    for record, other in zip(history, alone, strict=True):
        assert record["train_loss"] == pytest.approx(other["train_loss"], rel=5e-3)
        assert record["val_loss"] == pytest.approx(other["val_loss"], rel=5e-2)
    assert (evaluation["set"], evaluation["rows"]) == (expected["set"], expected["rows"]) == ("test", 360)
    assert evaluation["loss"] == pytest.approx(expected["loss"], rel=5e-2)
    assert evaluation["accuracy"] == pytest.approx(expected["accuracy"], abs=0.02)

    further = together("train", "digits", "--epochs", "3", "--resume", "--out", "two")
    assert further.code == 0, further.err
    history, _, run = read(tmp_path / "two")
    assert (len(history), run["resumed_from_epoch"]) == (3, 2)


def test_a_refusal_is_said_by_the_first_process(together: Callable[..., Finished]) -> None:
    done = together("train", "no/such/folder")
    assert done.code != 0
    assert done.err.count("error: no file or folder 'no") == 1
    assert "another of the 2 processes has ended" in " ".join(done.err.split())
