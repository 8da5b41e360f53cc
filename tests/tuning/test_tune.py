"""A search: its trials, what it keeps, what it never looks at, and resuming."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from tests.drawn_sides import draw_sides
from tests.runs.test_train import NETWORK

import onelook
from onelook.cli import main
from onelook.commands.report import rebuild_report
from onelook.commands.tune import tune
from onelook.errors import ConfigError
from onelook.run_folder import RunFolder
from onelook.settings import TrainSettings
from onelook.training import loop
from onelook.training.listeners import TrainingStart
from onelook.training.result import EpochRecord
from onelook.tuning.dimensions import Dimension
from onelook.tuning.search import Search
from onelook.tuning.search_result import SearchResult
from onelook.tuning.study import open_study
from onelook.tuning.trial import Outcome, TrialStopped, watch

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

SPACE = """
epochs = 2
batch_size = 16

[space]
learning_rate = {low = 1e-3, high = 1e-1, log = true}
dropout = [0.0, 0.3]
"""
NETWORK_WITH_DROPOUT = NETWORK.replace(
    '[[layers]]\ntype = "dense"', '[[layers]]\ntype = "dropout"\nrate = 0.1\n\n[[layers]]\ntype = "dense"'
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "small.toml").write_text(NETWORK_WITH_DROPOUT)
    (folder / "space.toml").write_text(SPACE)
    return folder


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    return {"train": draw_sides(60), "test": draw_sides(20, seed=1)}


@pytest.fixture(scope="module")
def found(files: Path, parts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> SearchResult:
    return tune(
        parts,
        trials=4,
        model=str(files / "small.toml"),
        config=files / "space.toml",
        out=tmp_path_factory.mktemp("tuned") / "search",
        quiet=True,
    )


def test_the_best_trial_is_an_ordinary_run_scored_on_the_test_set(found: SearchResult) -> None:
    assert found.run is not None
    assert found.run.folder.path == found.path / "best"
    record = found.run.folder.read_run()
    best = found.ranked[0]
    assert (record["status"], record["trial"]) == ("complete", found.best)
    assert found.best == best.number
    assert record["settings"]["dropout"] == best.settings["dropout"]
    assert record["settings"]["optimizer"]["learning_rate"] == pytest.approx(best.settings["optimizer.learning_rate"])
    assert max(line["val_accuracy"] for line in found.run.folder.read_history()) == best.val_accuracy
    assert found.run.evaluation.set_name == "test"
    assert found.run.folder.report.is_file()
    assert onelook.verify(found.run.folder.path).passed


def test_nothing_but_the_best_is_kept_and_the_table_has_all(found: SearchResult) -> None:
    assert sorted(path.name for path in found.path.iterdir()) == [
        "best",
        "search.html",
        "trials.csv",
        "trials.db",
        "tune.json",
    ]
    page = found.page.read_text(encoding="utf-8")
    assert f"Trial {found.best} of 4 is the best" in page
    assert (found.path / re.findall(r'<a href="([^"#]+)">Its report', page)[0]).is_file()


def test_the_page_of_a_search_is_written_again(found: SearchResult, tmp_path: Path) -> None:
    before = found.page.read_bytes()
    found.page.unlink()
    assert rebuild_report(found.path) == found.page
    assert found.page.read_bytes() == before
    elsewhere = rebuild_report(found.path, tmp_path / "page.html")
    (link,) = re.findall(r'<a href="([^"#]+)">Its report', elsewhere.read_text(encoding="utf-8"))
    assert (tmp_path / link).resolve() == (found.path / "best" / "report.html").resolve()
    with (found.path / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["trial"] for row in rows] == ["1", "2", "3", "4"]
    assert {"optimizer.learning_rate", "dropout"} < {*rows[0]}
    accuracies = [float(row["val_accuracy"]) for row in rows if row["state"] == "complete"]
    assert max(accuracies) == pytest.approx(found.ranked[0].val_accuracy)


def test_no_trial_looks_at_the_test_set(
    files: Path, parts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Search, "finish", lambda self, best: None)
    tune(parts, trials=2, model=str(files / "small.toml"), config=files / "space.toml", out=tmp_path / "a", quiet=True)
    (kept,) = (tmp_path / "a" / "trials").iterdir()
    assert not RunFolder(kept).evaluation.exists()
    assert not RunFolder(kept).predictions.exists()


def test_ctrl_c_keeps_what_was_tried_and_the_search_can_be_resumed(
    files: Path, parts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, original = [], loop.fit
    options = {"model": str(files / "small.toml"), "config": files / "space.toml", "out": tmp_path / "a", "quiet": True}

    def stop_in_the_second(*args: Any, **kwargs: Any) -> Any:
        begun.append(args[2])
        if len(begun) == 2:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "fit", stop_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            tune(parts, trials=3, **options)
        with pytest.raises(ConfigError, match="a resumed search keeps the settings that it began with"):
            tune(parts, trials=3, resume=True, epochs=7, out=tmp_path / "a", quiet=True)
        found = tune(parts, trials=3, resume=True, out=tmp_path / "a", quiet=True)
    assert found.status == "complete"
    assert len(found.trials) == 3
    assert begun[2].optimizer == begun[1].optimizer  # the one that was ended is tried again
    assert begun[2].dropout == begun[1].dropout
    more = tune(parts, trials=4, resume=True, out=tmp_path / "a", quiet=True)
    assert len(more.trials) == 4
    assert more.run is not None


def test_a_trial_that_fails_is_told_and_three_of_them_end_the_search(parts: dict[str, Any], tmp_path: Path) -> None:
    deep = tmp_path / "deep.toml"
    deep.write_text(
        '[[layers]]\ntype = "max_pool"\nsize = 2\n\n' * 4
        + '[[layers]]\ntype = "flatten"\n\n[[layers]]\ntype = "dense"\nunits = "classes"\n'
    )
    with pytest.raises(ConfigError, match="the first 3 trials failed, the last one so: "):
        tune(parts, trials=5, model=str(deep), epochs=1, out=tmp_path / "a", quiet=True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--trials", "0"], "--trials"),
        (["--models", "cnn,mlp"], "no such option '--models'"),
        (["--set", "models=cnn,mlp"], "onelook tune and --models"),
        (["--on", "rya"], "unknown place to search 'rya'. Did you mean 'ray'?"),
        (["--resume"], "there is no search to resume"),
        (["--config", "empty.toml"], "[space] is empty"),
    ],
)
def test_refusals(words: list[str], said: str, in_tmp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (in_tmp / "empty.toml").write_text("[space]\n[space.optimizer]\n")
    RunFolder.create(in_tmp / "runs" / "digits-001").update_run(status="complete")
    assert main(["tune", "digits", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def _record(epoch: int, accuracy: float) -> EpochRecord:
    return EpochRecord(epoch, 1.0, 0.01, 1.0, 0.5, 1.0, accuracy)


def test_a_trial_is_given_up_on_after_the_epoch_in_which_it_falls_behind() -> None:
    heard: list[tuple[int, float]] = []

    def judge(epoch: int, accuracy: float) -> bool:
        heard.append((epoch, accuracy))
        return epoch == 2

    watcher = watch(judge)
    watcher.on_epoch(_record(1, 0.3), True)
    with pytest.raises(TrialStopped):
        watcher.on_epoch(_record(2, 0.4), True)
    assert heard == [(1, 0.3), (2, 0.4)]
    assert watcher.accuracies == [0.3, 0.4]


def test_no_trial_is_given_up_on_after_its_last_epoch() -> None:
    watcher = watch(lambda epoch, accuracy: True)
    watcher.on_start(TrainingStart(epochs=1, steps_per_epoch=1, train_rows=1, val_rows=1, history=()))
    watcher.on_epoch(_record(1, 0.3), True)
    assert watcher.accuracies == [0.3]


def test_a_trial_is_given_up_on_when_the_time_is_up_and_there_is_something_to_keep(tmp_path: Path) -> None:
    with open_study(tmp_path, seed=0) as study:
        space = (Dimension("dropout", low=0.0, high=0.5),)
        search = Search(None, tmp_path, study, space, TrainSettings(), {}, trials=3, say=lambda _: None)
        first, second = search.ask(), search.ask()
        assert not search.is_behind(first, 1, 0.3, deadline=0.0)
        search.settle(first, Outcome("complete", (0.3, 0.5)))
        assert search.best_accuracy == 0.5
        assert search.is_behind(second, 1, 0.9, deadline=0.0)
        assert not search.is_behind(second, 2, 0.9, deadline=None)


def test_a_trial_that_is_running_keeps_its_folder_when_another_ends(tmp_path: Path) -> None:
    with open_study(tmp_path, seed=0) as study:
        space = (Dimension("dropout", low=0.0, high=0.5),)
        search = Search(None, tmp_path, study, space, TrainSettings(), {}, trials=4, say=lambda _: None)
        asked = [search.ask() for _ in range(4)]
        for each in asked:
            each.job.folder.mkdir(parents=True)
        search.settle(asked[0], Outcome("complete", (0.5,)))
        search.settle(asked[1], Outcome("complete", (0.7,)))
        search.settle(asked[2], Outcome("failed", note="no memory"))
        assert [each.job.folder.exists() for each in asked] == [False, True, False, True]


def test_the_first_trial_fits_into_the_time_and_leaves_a_model(
    files: Path, parts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.planning.time_budget._LEAST_SHARE_SECONDS", 0.3)
    found = tune(
        parts,
        trials=5,
        time_limit="1s",
        model=str(files / "small.toml"),
        config=files / "space.toml",
        sets=("epochs=1000000",),
        out=tmp_path / "a",
        quiet=True,
    )
    assert found.run is not None
    assert (found.status, [trial.state for trial in found.trials]) == ("complete", ["complete"])
    assert 1 <= found.trials[0].epochs < 10_000
    history = found.run.folder.read_history()
    assert len(history) == found.trials[0].epochs  # nothing was added when the trial became a run
    record = found.run.folder.read_run()
    assert record["time_plan"]["budget_seconds"] < 0.3
    assert record["settings"]["time_limit_seconds"] is None


def test_a_trial_gets_the_time_until_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.tuning.search.time.perf_counter", lambda: 1_000.0)
    with open_study(tmp_path, seed=0) as study:
        space = (Dimension("dropout", low=0.0, high=0.5),)
        search = Search(None, tmp_path, study, space, TrainSettings(), {}, trials=4, say=lambda _: None)
        assert [search.ask(deadline).job.seconds for deadline in (1_060.0, 990.0, None)] == [60.0, 1.0, None]
