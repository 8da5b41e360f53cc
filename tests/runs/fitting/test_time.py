"""What a time limit counts: the pictures that are scored, their views, the pace of a resumed run, the rows of a fit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.classical.forecast import FitForecast
from onelook.data.dataset import ImageSet
from onelook.planning.time_budget import TimeBudget, TimePlan
from onelook.planning.time_course import TimeCourse
from onelook.run_folder import RunFolder
from onelook.runs.fitting import fit_network
from onelook.runs.fitting.fit_classical import _settle_rows
from onelook.runs.stages import Clock, TrainingData
from onelook.settings import TrainSettings, ViewSettings
from onelook.training.measurements.pace import Pace

SIX_VIEWS = ViewSettings(horizontal_flip=True, shift=2)


def some(rows: int) -> ImageSet:
    return ImageSet(np.zeros((1, 8, 8, 1), np.uint8), np.zeros(rows, np.int64), ("",) * rows, None)


def begun_with(settings: TrainSettings, *, folder: Any = "a folder", test: int | None = None) -> Any:
    data = TrainingData(some(100), some(60), (0.0, 255.0), ("a", "b"), None if test is None else some(test))
    return SimpleNamespace(settings=settings, data=data, folder=folder, processes=SimpleNamespace(count=1))


@pytest.mark.usefixtures("first_steps")
@pytest.mark.parametrize(
    ("folder", "test", "views", "seconds"),
    [
        ("a folder", None, ViewSettings(), (60 + 60 + 160) * 0.75 + 0.5),
        ("a folder", 80, ViewSettings(), (80 + 60 + 160) * 0.75 + 0.5),
        ("a folder", 80, SIX_VIEWS, 6 * (80 + 60 + 160) * 0.75 + 0.5),
        (None, 80, SIX_VIEWS, 0.0),
    ],
)
def test_scoring_takes_the_time_of_all_views_of_the_pictures_that_are_scored(
    folder: str | None, test: int | None, views: ViewSettings, seconds: float
) -> None:
    begun = begun_with(TrainSettings(time_limit_seconds=100, views=views), folder=folder, test=test)
    ready: Any = SimpleNamespace(inputs=SimpleNamespace(val=some(40)), scoring_seconds=0.25)
    # Validation has 40 pictures in 20 s here; features take a quarter of a second more for each. The 60 validation
    # pictures are predicted once more, for the temperature, and the 160 of both sides for the signature; a simple model
    # takes 0.5 s.
    budget, _, scoring = fit_network._budget(begun, ready, Pace(30.0, 20.0), Clock())
    assert scoring == pytest.approx(seconds)
    assert (budget.limit_seconds, budget.has_report) == (100, folder is not None)


@pytest.mark.parametrize(
    ("folder", "test", "views", "later"),
    [
        ("a folder", None, ViewSettings(), 60 + 60 + 160 + 60),
        ("a folder", 80, ViewSettings(), 60 + 80 + 60 + 160 + 80),
        ("a folder", 80, SIX_VIEWS, 60 + 6 * (80 + 60 + 160 + 80)),
        (None, 80, SIX_VIEWS, 60),
    ],
)
def test_features_of_later_pictures_get_their_share_of_the_time(
    folder: str | None, test: int | None, views: ViewSettings, later: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(TimeBudget, "left_for_features", lambda self, spent, **given: asked.append(given))
    monkeypatch.setattr("onelook.training.measurements.speed.measure_slowness", lambda: 2.0)
    settings = TrainSettings(model="efficientnet-lite0", tune="head", time_limit_seconds=100, views=views)
    begun = begun_with(settings, folder=folder, test=test)
    fit_network._feature_seconds(begun, Clock())
    assert asked == [{"slowness": 2.0, "load": 1.0, "rows": 100, "later_rows": later}]
    for other in ({"tune": "full"}, {"time_limit_seconds": None}):
        begun.settings = settings.model_copy(update=other)
        assert fit_network._feature_seconds(begun, Clock()) is None
    assert len(asked) == 1


def test_a_resumed_run_follows_its_plan_and_pace_and_gets_the_time_that_was_added(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="interrupted")

    def resumed(limit: float | None, *, resume: bool = True) -> Any:
        settings = TrainSettings(time_limit_seconds=limit)
        begun: Any = SimpleNamespace(settings=settings, own_folder=folder, resume=resume)
        return fit_network._recorded_course(begun)

    assert resumed(100) is None  # it was interrupted before it had a plan
    plan = {"epochs": 8, "budget_seconds": 80.0, "limit_seconds": 100.0}
    pace = {"epoch_seconds": 10.0, "validation_seconds": 2.0, "reserve_seconds": 5.0, "most_epochs": 30}
    folder.update_run(time_plan=plan)
    assert resumed(100) == (TimeCourse(TimePlan(**plan)), None)  # that of an older version
    folder.update_run(pace={**pace, "threads": 3})
    assert resumed(100) == (TimeCourse(TimePlan(**plan), **pace), 3)
    assert resumed(200) == (TimeCourse(TimePlan(18, 180.0, 200.0), **pace), 3)
    assert resumed(200, resume=False) is None


def test_only_a_new_run_with_a_limit_and_a_smaller_network_steps_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resumed run keeps the network of its checkpoint, however little time is left."""
    monkeypatch.setattr(fit_network, "_is_late", lambda *_: True)
    smallest: Any = SimpleNamespace(settings=TrainSettings(model="mlp"), smaller=None)

    def network_of(limit: float | None, *, resume: bool, smaller: Any = smallest) -> str | None:
        plan = SimpleNamespace(settings=TrainSettings(model="cnn"), smaller=smaller)
        begun = begun_with(TrainSettings(model="cnn", time_limit_seconds=limit))
        begun.plan, begun.resume, begun.processes.from_first = plan, resume, lambda decide: decide()
        begun.with_plan = lambda plan, reason: SimpleNamespace(plan=plan)
        return fit_network._without_hopeless(begun, Clock()).plan.settings.model  # type: ignore[no-any-return]

    assert network_of(100, resume=False) == "mlp"
    assert network_of(100, resume=True) == "cnn"
    assert network_of(None, resume=False) == "cnn"
    assert network_of(100, resume=False, smaller=None) == "cnn"


def test_a_resumed_run_has_the_epochs_of_its_plan_and_records_the_longer_limit(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    plan = {"epochs": 8, "budget_seconds": 80.0, "limit_seconds": 100.0}
    folder.update_run(status="interrupted", time_plan=plan, pace={"epoch_seconds": 10.0, "validation_seconds": 2.0})
    for limit, expected in ((100.0, plan), (200.0, {"epochs": 18, "budget_seconds": 180.0, "limit_seconds": 200.0})):
        recorded: dict[str, Any] = {}
        begun = begun_with(TrainSettings(epochs=12, time_limit_seconds=limit))
        begun.resume, begun.own_folder, begun.plan = True, folder, SimpleNamespace(most_seconds=None)
        begun.processes.from_first, begun.record = lambda decide: decide(), recorded.update
        begun.with_settings = lambda **changes: changes
        found, _, course = fit_network._settle_time(begun, "ready", Clock(), quiet=True, say=print)  # type: ignore[arg-type]
        assert found == {"epochs": expected["epochs"]}
        assert recorded == {"time_plan": expected}
        assert course is not None
        assert course.epochs == expected["epochs"]


SLOW = FitForecast(measured=1_000, seconds=10.0, exponent=1.0)  # a hundredth of a second a picture
OFFER = (
    "with --set classical.rows=10000 it would take about 2 min; with --time-limit as many are taken as fit. Ctrl-C "
    "ends this"
)


@pytest.mark.usefixtures("first_steps")
@pytest.mark.parametrize(
    ("model", "limit", "rows", "fitted", "choices", "said"),
    [
        ("svc", None, 2_000, 2_000, [], []),
        ("svc", None, 3_000, 3_000, [], ["all 3,000 pictures will take about 30 s"]),
        ("svc", None, 60_000, 60_000, [], ["all 60,000 pictures will take about 10 min", OFFER]),
        ("svc", None, 8_000, 8_000, [], ["all 8,000 pictures will take about 1 min 20 s"]),
        ("svc", None, 9_200, 9_200, [], ["all 9,200 pictures will take about 2 min"]),
        ("svc", 3_600, 60_000, 60_000, [], ["all 60,000 pictures will take about 10 min"]),
        ("svc", 100, 60_000, 4_950, ["4,950 of 60,000 training pictures, drawn class by class: what fits"], []),
        ("svc", 100, 50, 50, ["50 of 60,000 training pictures, drawn class by class, as you asked"], []),
        ("svc", None, 500, 500, [], []),
        ("random-forest", None, 60_000, 60_000, [], []),
        ("random-forest", 100, 60_000, 4_950, ["4,950 of 60,000 training pictures"], []),
    ],
)
def test_the_rows_of_a_fit_and_what_is_said_of_its_time(  # noqa: PLR0917
    model: str,
    limit: float | None,
    rows: int,
    fitted: int,
    choices: list[str],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onelook.classical.forecast.forecast", lambda measure, rows: SLOW if rows > 500 else None)
    left = 50.0 if limit == 100 else 3_000.0
    monkeypatch.setattr(TimeBudget, "left_for_training", lambda self, spent, **_: left - spent)
    monkeypatch.setattr(Clock, "so_far", lambda clock: {"total": 0.0})
    settings = TrainSettings(model=model, time_limit_seconds=limit)
    total = rows
    if any("as you asked" in choice for choice in choices):
        total = 60_000
        settings = settings.model_copy(update={"classical": settings.classical.model_copy(update={"rows": rows})})
    chosen: list[str] = []
    lines: list[str] = []
    data = SimpleNamespace(train=range(total), val=range(9), test=None, num_classes=10)
    begun: Any = SimpleNamespace(
        settings=settings, data=data, folder="a folder", choose=lambda reason, say: chosen.append(reason)
    )
    fitter: Any = SimpleNamespace(rows=rows, count_predictions=lambda others: others)
    assert _settle_rows(begun, fitter, Clock(), lines.append) == fitted
    assert [got.startswith(expected) for got, expected in zip(chosen, choices, strict=True)] == [True] * len(choices)
    assert [got.strip().startswith(expected) for got, expected in zip(lines, said, strict=True)] == [True] * len(said)


@pytest.mark.parametrize(
    ("left_out", "resume", "choices"),
    [
        (0, False, []),
        (30, True, []),  # the run has said and recorded it before
        (30, False, ["70 of 100 training pictures, drawn at random: the features that 1 min leave time for"]),
    ],
)
def test_pictures_without_features_are_told_once(
    left_out: int, resume: bool, choices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready: Any = SimpleNamespace(words="of 70 pictures in 3 s", left_out=left_out)
    monkeypatch.setattr(fit_network, "build_ready_network", lambda *_, **__: ready)
    monkeypatch.setattr(fit_network, "settle_batch_size", lambda begun, *_: begun)
    begun = begun_with(TrainSettings(time_limit_seconds=60, tune="head", model="efficientnet-lite0"))
    chosen: list[str] = []
    begun.resume, begun.processes.is_first = resume, True
    begun.choose = lambda reason, say: chosen.append(reason) or begun
    monkeypatch.setattr(fit_network, "_feature_seconds", lambda *_: 9.0)
    said: list[str] = []
    assert fit_network._make_ready(begun, Clock(), quiet=True, say=said.append) == (begun, ready)
    assert (chosen, said) == (choices, ["  features of 70 pictures in 3 s"])
