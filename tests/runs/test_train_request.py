"""A request to train before its data is read: what is resumed, what is said of it, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onelook.errors import ConfigError, DataError
from onelook.planning.request import Request
from onelook.run_folder import RunFolder
from onelook.runs.stages import Clock
from onelook.runs.train_request import train_request
from onelook.training.parallel import ALONE


@pytest.fixture
def asked(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The requests that reached the data, where each of them ends."""
    found: list[Request] = []

    def prepare(request: Request) -> Any:
        found.append(request)
        raise DataError("this is far enough")

    monkeypatch.setattr("onelook.runs.train_request.prepare_training", prepare)
    return found


def ask(out: str | None = None, *, resume: bool = False, quiet: bool = False) -> list[str]:
    """Ask for a training, and return what was said."""
    said: list[str] = []
    with pytest.raises(DataError, match="^this is far enough$"):
        train_request(
            "my/photos.zip",
            {"epochs": 3},
            ALONE,
            out=None if out is None else Path(out),
            resume=resume,
            config=None,
            sets=(),
            command="onelook train my/photos.zip",
            quiet=quiet,
            say=said.append,
            on_progress=None,
            clock=Clock(),
        )
    return said


@pytest.mark.parametrize(
    ("out", "resume", "quiet", "said"),
    [
        (None, False, False, []),
        ("new", False, False, []),
        (None, True, False, [f"nothing is saved in {Path('runs/photos')} yet: the run begins"]),
        ("new", True, False, ["nothing is saved in new yet: the run begins"]),
        ("new", True, True, []),
    ],
)
def test_a_run_that_begins_where_one_was_to_be_resumed_says_so(
    out: str | None, resume: bool, quiet: bool, said: list[str], asked: list[Request]
) -> None:
    assert ask(out, resume=resume, quiet=quiet) == said
    (request,) = asked
    assert (request.resumed, request.out) == (None, None if out is None else Path(out))
    assert (request.asked, request.command, request.quiet) == ({"epochs": 3}, "onelook train my/photos.zip", quiet)


@pytest.mark.parametrize("out", ["mine", None])
def test_a_run_that_is_there_is_resumed_without_a_word(out: str | None, asked: list[Request]) -> None:
    folder = RunFolder.create(Path("mine" if out else "runs/photos-007"))
    folder.update_run(status="interrupted")
    assert ask(out, resume=True) == []
    assert [request.resumed for request in asked] == [folder]


def test_what_is_there_is_not_written_over_and_one_fold_is_not_resumed(asked: list[Request]) -> None:
    folder = RunFolder.create(Path("all/fold-2"))
    folder.update_run(status="interrupted", fold={"number": 2, "of": 3})
    with pytest.raises(ConfigError, match=r"^--out all/fold-2: exists already\. Add --resume"):
        ask("all/fold-2")
    with pytest.raises(ConfigError, match=r"^all/fold-2: this is one fold .*as a whole: --out all --resume\.$"):
        ask("all/fold-2", resume=True)
    assert asked == []
