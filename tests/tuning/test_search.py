"""A search without any training: which trials there are, which is kept, what is given up, what is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import optuna
import pytest

from onelook.errors import ConfigError
from onelook.evaluation.evaluate import evaluate
from onelook.run_folder import RunFolder
from onelook.runs.run import Run, ScoredFolder
from onelook.runs.stages import Clock
from onelook.settings import TrainSettings
from onelook.tuning import search as module
from onelook.tuning.dimensions import Dimension
from onelook.tuning.search import PendingTrial, Search
from onelook.tuning.search_result import SearchResult, TrialRow
from onelook.tuning.study import draw, open_study
from onelook.tuning.trial import Job, Outcome

SPACE = (
    Dimension("dropout", low=0.0, high=0.5),
    Dimension("optimizer.learning_rate", low=1e-4, high=1e-1, log=True),
    Dimension("batch_size", low=16, high=64, is_whole=True),
    Dimension("model", choices=("cnn", "mlp")),
)


def search_in(folder: Path, study: optuna.Study, trials: int = 9, said: list[str] | None = None) -> Search:
    told = [] if said is None else said
    return Search(None, folder, study, SPACE, TrainSettings(), {}, trials=trials, say=told.append)


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with open_study(tmp_path, seed=0) as study:
        yield search_in(tmp_path, study)


def settle(search: Search, *accuracies: float) -> PendingTrial:
    """A trial whose epochs come to these."""
    asked = search.ask()
    for epoch, accuracy in enumerate(accuracies, 1):
        search.is_behind(asked, epoch, accuracy, None)
    search.settle(asked, Outcome("complete", accuracies))
    return asked


def test_points_lie_in_the_space_and_trials_are_numbered_from_1(search: Search) -> None:
    points = [settle(search, 0.5).job for _ in range(5)]
    assert [job.number for job in points] == [1, 2, 3, 4, 5]
    assert [job.folder.name for job in points] == [f"trial-00{number}" for number in range(1, 6)]
    for job in points:
        assert list(job.point) == [one.name for one in SPACE]
        assert all(one.holds(job.point[one.name]) for one in SPACE)
        assert isinstance(job.point["batch_size"], int)
    assert len({job.point["dropout"] for job in points}) == 5


def test_a_rate_is_drawn_even_by_factors(search: Search) -> None:
    rates = [settle(search, 0.5).job.point["optimizer.learning_rate"] for _ in range(9)]
    assert sum(rate < 3e-3 for rate in rates) >= 3  # a half of the factors, and 3 % of the differences


@pytest.mark.parametrize("is_whole", [False, True])
@pytest.mark.parametrize(("log", "middle"), [(False, 516), (True, 90)])
def test_half_of_what_is_drawn_lies_below_the_middle_of_the_scale(is_whole: bool, log: bool, middle: float) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    one = Dimension("batch_size", low=8, high=1024, is_whole=is_whole, log=log)
    drawn = [draw(study.ask(), one) for _ in range(40)]
    assert {type(value) for value in drawn} == {int if is_whole else float}
    assert all(one.holds(value) for value in drawn)
    assert 12 <= sum(value < middle for value in drawn) <= 28  # of the other scale 3, or 35 and more


def test_the_same_seed_draws_the_same_points_and_a_search_that_goes_on_draws_new_ones(tmp_path: Path) -> None:
    drawn: dict[str, list[float]] = {}
    for name, folder in (("first", "a"), ("again", "b"), ("gone on", "a")):
        (tmp_path / folder).mkdir(exist_ok=True)
        with open_study(tmp_path / folder, seed=3) as study:
            search = search_in(tmp_path / folder, study)
            drawn[name] = [settle(search, 0.5).job.point["dropout"] for _ in range(3)]
    assert drawn["first"] == drawn["again"]
    assert not {*drawn["first"]} & {*drawn["gone on"]}


def test_the_best_is_the_first_of_equals_by_the_best_of_its_epochs(search: Search) -> None:
    assert (search.best, search.best_accuracy) == (None, None)
    settle(search, 0.5, 0.6)
    settle(search, 0.8, 0.7)
    settle(search, 0.7, 0.8)
    assert (search.best, search.best_accuracy) == (2, 0.8)
    assert [(row.number, row.val_accuracy, row.epochs) for row in search.rows()] == [
        (1, 0.6, 2),
        (2, 0.8, 2),
        (3, 0.8, 2),
    ]


def test_a_trial_says_how_it_stands(search: Search) -> None:
    words = [
        search.settle(search.ask(), outcome)
        for outcome in (
            Outcome("complete", (0.5,), 1.25),
            Outcome("complete", (0.5,), 2.0),
            Outcome("complete", (0.4, 0.61), 2.0),
            Outcome("pruned", (0.3, 0.2), 1.0),
            Outcome("failed", (), 1.0, "no memory"),
        )
    ]
    assert words == [
        "validation accuracy 50.00 %, 1.2 s, the best so far",
        "validation accuracy 50.00 %, 2 s",
        "validation accuracy 61.00 %, 2 s, the best so far",
        "stopped after epoch 2: validation accuracy 20.00 %",
        "failed: no memory",
    ]
    assert [row.state for row in search.rows()] == ["complete", "complete", "complete", "pruned", "failed"]
    assert search.best == 3


def test_of_trials_with_a_result_the_best_alone_keeps_its_folder(search: Search) -> None:
    def kept() -> list[str]:
        return sorted(each.name for each in (search.folder / "trials").iterdir())

    running = search.ask()
    running.job.folder.mkdir(parents=True)
    for outcome, expected in (
        (Outcome("pruned", (0.9, 0.2), 1.0), []),
        (Outcome("complete", (0.5,), 1.0), ["trial-003"]),
        (Outcome("complete", (0.5,), 1.0), ["trial-003"]),  # ties keep the first
        (Outcome("complete", (0.6,), 1.0), ["trial-005"]),
    ):
        pending = search.ask()
        pending.job.folder.mkdir(parents=True)
        search.settle(pending, outcome)
        assert kept() == ["trial-001", *expected], outcome


def test_after_five_trials_one_below_their_median_is_given_up_from_its_second_epoch_on(search: Search) -> None:
    for accuracy in (0.5, 0.6, 0.7, 0.8):
        settle(search, accuracy, accuracy)
    early = search.ask()
    assert not search.is_behind(early, 1, 0.1, None)
    assert not search.is_behind(early, 2, 0.1, None)  # of four nobody knows what is usual
    search.settle(early, Outcome("complete", (0.1, 0.1)))
    behind, ahead = search.ask(), search.ask()  # the median is 0.6
    assert not search.is_behind(behind, 1, 0.59, None)
    assert search.is_behind(behind, 2, 0.59, None)
    assert not search.is_behind(ahead, 1, 0.61, None)
    assert not search.is_behind(ahead, 2, 0.61, None)


def test_there_are_as_many_trials_as_asked_for_running_ones_included(tmp_path: Path) -> None:
    said: list[str] = []
    with open_study(tmp_path, seed=0) as study:
        search = search_in(tmp_path, study, trials=3, said=said)
        assert search.wants_more(2, None)
        assert not search.wants_more(3, None)
        settle(search, 0.5)
        assert search.wants_more(1, None)
        assert not search.wants_more(2, None)
        assert not search.wants_more(1, deadline=0.0)
        assert said == []  # one is running still
        assert not search.wants_more(0, deadline=0.0)
        assert said == ["the time is up after 1 of 3 trials"]


def test_the_time_is_not_up_before_a_trial_is_complete(search: Search) -> None:
    assert (search.is_over(0.0), search.wants_more(0, 0.0)) == (False, True)
    failed = search.ask()
    search.settle(failed, Outcome("failed", note="no memory"))
    assert (search.is_over(0.0), search.wants_more(0, 0.0)) == (False, True)
    pending = search.ask()
    assert not search.is_behind(pending, 1, 0.5, 0.0)
    settle(search, 0.5)
    assert (search.is_over(0.0), search.wants_more(0, 0.0), search.is_over(None)) == (True, False, False)
    assert search.is_behind(pending, 2, 0.5, 0.0)


def test_what_was_running_when_the_search_was_killed_is_tried_again(tmp_path: Path) -> None:
    with open_study(tmp_path, seed=0) as study:
        search = search_in(tmp_path, study)
        settle(search, 0.5)
        killed = search.ask()
        killed.job.folder.mkdir(parents=True)
    with open_study(tmp_path, seed=0) as study:
        search = search_in(tmp_path, study)
        search.retry_stale()
        assert not killed.job.folder.exists()
        assert [row.number for row in search.rows()] == [1]  # what was taken back is no trial
        assert search.tried() == 1
        again = search.ask()
        assert again.job.point == killed.job.point
        search.retry(again)
        assert search.ask().job.point == killed.job.point


def test_three_failures_in_the_beginning_end_the_search_and_two_do_not(search: Search) -> None:
    for _ in range(2):
        search.settle(search.ask(), Outcome("failed", note="no memory"))
        search.stop_if_hopeless()
    search.settle(search.ask(), Outcome("failed", note="no disk"))
    with pytest.raises(ConfigError, match="the first 3 trials failed, the last one so: no disk"):
        search.stop_if_hopeless()


def test_failures_beside_a_success_do_not_end_the_search(search: Search) -> None:
    settle(search, 0.2)
    for _ in range(4):
        search.settle(search.ask(), Outcome("failed", note="no memory"))
        search.stop_if_hopeless()


def row(number: int, state: str, accuracy: float | None, **settings: object) -> TrialRow:
    return TrialRow(number, state, accuracy, 2, 1.26, settings)  # type: ignore[arg-type]


def test_the_table_ranks_the_complete_ones_and_has_a_column_for_every_setting() -> None:
    rows = (
        row(1, "complete", 0.5, dropout=0.1),
        row(2, "pruned", 0.9, dropout=0.2),
        row(3, "complete", 0.7, model="mlp"),
        row(4, "complete", 0.7, dropout=0.3),
        row(5, "failed", None, dropout=0.4),
    )
    found = SearchResult(Path("a"), "interrupted", rows, 3, None)
    assert [one.number for one in found.ranked] == [3, 4, 1, 2, 5]
    assert found.csv().splitlines() == [
        "trial,state,val_accuracy,epochs,seconds,dropout,model",
        "1,complete,0.500000,2,1.3,0.1,",
        "2,pruned,0.900000,2,1.3,0.2,",
        "3,complete,0.700000,2,1.3,,mlp",
        "4,complete,0.700000,2,1.3,0.3,",
        "5,failed,,2,1.3,0.4,",
    ]


def test_a_search_in_one_line_and_as_a_document() -> None:
    rows = (row(1, "complete", 0.5, dropout=0.1), row(2, "failed", None))
    found = SearchResult(Path("a"), "interrupted", rows, None, None)
    assert repr(found) == "<SearchResult 'a': interrupted, 2 trials>"
    assert found.to_dict() == {
        "status": "interrupted",
        "path": "a",
        "page": "a/search.html",
        "best": None,
        "run": None,
        "evaluation": None,
        "trials": [rows[0].to_dict(), rows[1].to_dict()],
    }
    assert rows[0].to_dict()["settings"] == {"dropout": 0.1}
    evaluation = evaluate(np.eye(2), np.array([0, 1]), ("a", "b"), "test")
    kept = SearchResult(Path("a"), "complete", rows[:1], 1, Run(RunFolder(Path("a/best")), evaluation, "complete"))
    assert repr(kept) == "<SearchResult 'a': complete, 1 trial, trial 1 is the best>"
    assert (kept.to_dict()["run"], kept.to_dict()["evaluation"]) == ("a/best", evaluation.to_dict())


def test_trials_are_read_back_with_their_epochs_and_without_those_to_be_tried_again(search: Search) -> None:
    settle(search, 0.5, 0.75, 0.625)
    search.settle(failed := search.ask(), Outcome("failed", (), 0.0, "no such layer"))
    search.retry(search.ask())
    search.ask()
    first, second = search.rows()
    assert (first.number, first.state, first.val_accuracy, first.epochs, first.note) == (1, "complete", 0.75, 3, "")
    assert [*first.settings] == [one.name for one in SPACE]
    assert first.seconds > 0
    assert (second.number, second.state, second.val_accuracy, second.epochs, second.note) == (
        *(failed.job.number, "failed", None, 0, "no such layer"),
    )


def test_a_point_is_told_by_the_last_word_of_each_name() -> None:
    point = {"optimizer.learning_rate": 0.0123456, "batch_size": 64, "model": "cnn"}
    assert Job(1, point, TrainSettings(), {}, Path()).in_words() == "learning_rate 0.0123, batch_size 64, model cnn"


def test_a_run_of_an_earlier_best_trial_gives_way_to_that_of_the_present_one(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_in(folder: RunFolder) -> None:
        folder.path.mkdir(parents=True)
        folder.update_run(status="complete")

    scored: list[str] = []

    def score(plan: None, data: None, sink: ScoredFolder, clock: Clock) -> Run:
        assert sink.resumed is not None
        scored.append(sink.resumed.path.name)
        sink.resumed.evaluation.write_text(json.dumps(evaluation.to_dict()))
        return Run(sink.resumed, evaluation, "complete")

    evaluation = evaluate(np.eye(2), np.array([0, 1]), ("a", "b"), "test")
    monkeypatch.setattr(module, "prepare_training", lambda _: (None, SimpleNamespace(training_data=None)))
    monkeypatch.setattr(module, "run_plan", score)
    for best, is_new in ((2, True), (3, True), (3, False)):
        if is_new:
            run_in(RunFolder(search.folder / "trials" / f"trial-00{best}"))
        run = search.finish(best)
        assert run.folder.path == search.folder / "best"
        assert run.folder.read_run()["trial"] == best
        assert not (search.folder / "trials").exists()
    assert scored == ["trial-002", "trial-003"]  # what is kept already is not scored again
