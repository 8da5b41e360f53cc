"""What commands say beside their main answer: what was kept, what comes next, and where files lie."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.cli.recorded_calls import Listener, Shown
from tests.recorded import StopError, record

from onelook.cli import main
from onelook.evaluation.evaluate import evaluate
from onelook.export.target import Exported


@pytest.fixture(autouse=True)
def _eighty_columns(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def said(
    words: list[str], results: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[str, str]:
    """Return what a command prints where its callees return these results: the output, and the errors."""
    with monkeypatch.context() as patch:
        record(patch, results)
        code = main(words)
    printed = capsys.readouterr()
    assert code in (0, 1), printed.err
    return " ".join(printed.out.split()), " ".join(printed.err.split())


@pytest.mark.parametrize("keep", [(), ("--keep-as", "kept here")])
def test_a_model_that_is_kept_is_named_before_the_score(keep: tuple[str, ...], monkeypatch: Any, capsys: Any) -> None:
    scored = evaluate(np.eye(2)[[0, 1]], np.array([0, 1]), ("a", "b"), "test")
    found = SimpleNamespace(evaluation=scored, dataset=Shown(), to_dict=scored.to_dict)
    results = {"onelook.commands.evaluate.evaluate_model": found}
    out, _ = said(["evaluate", "m", "photos", "--invert", *keep], results, monkeypatch, capsys)
    assert out.startswith("the model that does the same to its pictures: kept here shown" if keep else "shown")
    out, _ = said(["evaluate", "m", "photos", "--invert", *keep, "--json"], results, monkeypatch, capsys)
    assert out.startswith("{")


@pytest.mark.parametrize(("then", "last"), [("", "b, a"), ("npm install", "b, a next, in web: npm install")])
def test_an_export_says_what_to_do_with_the_folder(then: str, last: str, monkeypatch: Any, capsys: Any) -> None:
    written = Exported(Path("web"), 1_000, 16, 256, difference=0.0, class_names=("b", "a"), then=then)
    results = {"onelook.commands.export.export_model": written}
    out, _ = said(["export", "m", "--to", "web"], results, monkeypatch, capsys)
    assert out.endswith(f"classes, in the order of the probabilities: {last}")


@pytest.mark.parametrize(
    ("out", "files"), [((), ""), (("--out", "rates"), "page rates/find_lr.html figures rates/find_lr.json ")]
)
def test_a_search_for_a_rate_says_where_its_files_lie(
    out: tuple[str, ...], files: str, monkeypatch: Any, capsys: Any
) -> None:
    results = {"onelook.commands.find_rate.find_learning_rate": Shown(suggestion=0.25)}
    printed, _ = said(["train", "photos", "--find-lr", *out], results, monkeypatch, capsys)
    assert printed == f"shown {files}next onelook train photos --lr 0.25"


def review_of(marked: list[str], pictures: int = 3) -> Any:
    """Return a review with so many pictures, of which some are marked."""
    marks = SimpleNamespace(all=lambda: marked, path=Path("m.csv"))
    return Shown(marks=marks, pictures=range(pictures), command="onelook train photos --fixes m.csv")


@pytest.mark.parametrize(
    ("marked", "before", "after"),
    [
        ([], "3 pictures to look at. Ctrl-C ends it.", "no picture is marked, and no file was written"),
        (
            ["a", "b"],
            "3 pictures to look at, 2 marked before. Ctrl-C ends it.",
            "2 pictures marked, in m.csv train with them: onelook train photos --fixes m.csv",
        ),
    ],
)
def test_a_review_says_what_is_marked(
    marked: list[str], before: str, after: str, monkeypatch: Any, capsys: Any
) -> None:
    Path("a run").mkdir()
    Path("a run/run.json").write_text("{}", encoding="utf-8")
    results = {
        "onelook.commands.review.review_run": review_of(marked),
        "onelook.cli.review.listening": Listener(),
        "onelook.server.review.build_review_app": None,
        "uvicorn.Config": None,
        "uvicorn.Server": SimpleNamespace(run=lambda sockets: None),
    }
    out, _ = said(["review", "a run"], results, monkeypatch, capsys)
    assert out.startswith(f"{before} Open: http://127.0.0.1:5/?token=")
    assert out.endswith(after)
    out, _ = said(["review", "a run", "--quiet"], results, monkeypatch, capsys)
    assert out.startswith(before)  # without the address nobody could begin
    assert "marked, in" not in out
    assert "no file was written" not in out


@pytest.mark.parametrize("is_reliable", [True, False])
def test_labels_that_small_networks_cannot_judge_have_a_better_judge(
    is_reliable: bool, monkeypatch: Any, capsys: Any
) -> None:
    check = Shown(is_reliable=is_reliable)
    judged = Shown(dataset=Shown(), label_check=check)
    results = {
        "onelook.commands.inspect.inspect_data": Shown(dataset=Shown()),
        "onelook.commands.inspect.judge_labels": judged,
        "onelook.commands.review.review_data": StopError,
    }
    _, errors = said(["review", "my photos", "--no-groups"], results, monkeypatch, capsys)
    warning = "warning: shown A better judge: onelook train 'my photos' --no-groups --folds 5"
    assert (warning in errors) is not is_reliable


def test_data_is_moved_only_beside_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "photos", "--data", "moved"]) == 2
    printed = " ".join(capsys.readouterr().err.split())
    assert "--data moved: photos is no run. Give the data alone, or a run and its data." in printed
