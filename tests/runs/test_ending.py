"""The steps that end a run: which there are, what they cost, what a short limit leaves out, and the order."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError
from onelook.evaluation.feature_map import MAP, FeatureMap, unpacked
from onelook.runs.ending import ENDING_STEPS, feature_map
from onelook.runs.ending.contents import contents_seconds
from onelook.runs.ending.plan import all_steps, ending_of, plan_ending, take_steps
from onelook.runs.ending.score import _KeptFeatures
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep
from onelook.runs.stages import Clock, TrainingData
from onelook.settings import TrainSettings


def side(rows: int) -> ImageSet:
    return ImageSet(np.zeros((1, 8, 8, 1), np.uint8), np.zeros(rows, np.int64), ("",) * rows, None)


def facts(*, test: int | None = 80, val: int = 60, **settings: Any) -> EndingFacts:
    data = TrainingData(side(100), side(val), (0.0, 255.0), ("a", "b"), None if test is None else side(test))
    return EndingFacts(TrainSettings(**settings), data)


def same(ending: Any) -> Any:
    return ending


@pytest.mark.parametrize("has_features", [False, True])
def test_the_map_shows_each_picture_with_its_own_name_label_and_answer(has_features: bool, tmp_path: Path) -> None:
    """With features it shows the pictures that have them, some of all."""
    draw, labels = np.random.default_rng(0), np.array([0, 1, 0, 1, 0, 1, 0, 1])
    images = draw.integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
    pictures = ImageSet(images, np.arange(8), tuple("abcdefgh"), labels)
    probabilities = np.array([[0.90007, 0.09993], [0.24993, 0.75007], [0.4, 0.6], [0.3, 0.7], *[[0.8, 0.2]] * 4])
    shown = np.array([1, 2, 5, 6]) if has_features else np.arange(8)
    features = draw.normal(size=(4, 3)).astype(np.float32) if has_features else None
    scored = SimpleNamespace(
        pictures=pictures,
        labels=labels,
        probabilities=probabilities,
        features=features,
        with_features=shown if has_features else None,
    )
    ending: Any = SimpleNamespace(
        scored=scored,
        begun=SimpleNamespace(settings=TrainSettings(time_limit_seconds=200), data=None),
        data=SimpleNamespace(dataset=SimpleNamespace(class_names=("x", "y")), value_range=(0.0, 255.0)),
        folder=SimpleNamespace(evidence=tmp_path),
    )
    feature_map.STEP.run(ending)
    found = FeatureMap.model_validate_json((tmp_path / MAP).read_bytes())
    answers = probabilities.argmax(axis=1)
    assert (found.method, found.seen) == ("pca", "features" if has_features else "pixels")
    assert (found.rows, found.ids) == (8, tuple("abcdefgh"[row] for row in shown.tolist()))
    assert unpacked(found.labels).tolist() == labels[shown].tolist()
    assert unpacked(found.predicted).tolist() == answers[shown].tolist()
    assert unpacked(found.sure).tolist() == (10_000 * probabilities.max(axis=1)[shown]).round().tolist()
    assert found.errors == int((labels != answers)[shown].sum())


@pytest.mark.parametrize("name", ENDING_STEPS)
def test_each_step_says_what_a_short_limit_leaves_out(name: str) -> None:
    step = ENDING_STEPS.load(name)
    assert isinstance(step, EndingStep)
    assert bool(step.what) == bool(step.least_limit_seconds)
    assert all(not file.startswith("/") for file in step.writes)


def test_no_two_steps_write_the_same_file() -> None:
    written = [file for step in all_steps() for file in step.writes]
    assert len(written) == len(set(written))


@pytest.mark.parametrize(
    ("found", "cost"),
    [
        # 80 are scored, 60 fit the temperature, 160 of both sides the signature.
        (facts(), Cost(80 + 60 + 160, 0.5)),
        (facts(test=None), Cost(60 + 60 + 160, 0.5)),
        (facts(val=49), Cost(80, 0.5)),  # too few for a temperature and for a signature
        (facts(model="svc"), Cost(80 + 60, 0.5)),  # its signature has no features
        (facts(folds=3), Cost(80 + 60 + 160, 0.0)),
        (facts(time_limit_seconds=59.9), Cost(80 + 60 + 160, 0.0)),
        (facts(time_limit_seconds=60.0), Cost(80 + 60 + 160, 0.5 + 0.18)),  # and contents of the shown pictures
    ],
)
def test_the_cost_of_what_ends_a_run(found: EndingFacts, cost: Cost) -> None:
    steps = [ENDING_STEPS.load(name) for name in ("temperature", "signature", "model", "score", "baseline", "contents")]
    assert plan_ending(found, steps).cost == cost


@pytest.mark.parametrize(
    ("found", "cost"),
    [
        (facts(), Cost(80, 0.2)),
        (facts(val=49), Cost(0, 0.2)),  # without a signature nothing is compared
        (facts(test=5_000), Cost(1_000, 0.2)),
        (facts(folds=3), Cost()),
    ],
)
def test_the_cost_of_the_gains(found: EndingFacts, cost: Cost) -> None:
    assert plan_ending(found, [ENDING_STEPS.load("gains")]).cost == cost


@pytest.mark.parametrize(
    ("train", "limit", "seconds", "left_out"),
    [
        (199, None, 0.0, 0),  # too few
        (2_000, None, 1.5 / 4, 0),
        (60_000, None, 1.5, 0),
        (60_000, 180.0, 1.5, 0),
        (60_000, 179.0, 0.0, 1),
    ],
)
def test_the_cost_of_the_learning_curve(train: int, limit: float | None, seconds: float, left_out: int) -> None:
    data = TrainingData(side(train), side(60), (0.0, 255.0), ("a", "b"))
    plan = plan_ending(
        EndingFacts(TrainSettings(time_limit_seconds=limit), data), [ENDING_STEPS.load("learning curve")]
    )
    assert (plan.cost.seconds, len(plan.left_out)) == (seconds, left_out)


@pytest.mark.parametrize(
    ("scored", "limit", "seconds", "left_out"),
    [
        (49, None, 0.0, 0),  # too few
        (1_000, None, 0.15 + 2.0, 0),
        (10_000, None, 1.5 + 5.0, 0),
        (50_000, 300.0, 1.5 + 5.0, 0),
        (10_000, 299.0, 1.5, 0),  # without t-SNE
        (10_000, 120.0, 1.5, 0),
        (10_000, 119.0, 0.0, 1),
    ],
)
def test_the_cost_of_the_map(scored: int, limit: float | None, seconds: float, left_out: int) -> None:
    settings = {} if limit is None else {"time_limit_seconds": limit}
    plan = plan_ending(facts(test=scored, **settings), [ENDING_STEPS.load("map")])
    assert (plan.cost.predictions, len(plan.left_out)) == (0, left_out)
    assert plan.cost.seconds == pytest.approx(seconds)
    assert plan.reads_features == (scored > 49 and not left_out)
    assert not plan_ending(facts(test=scored, folds=3), [ENDING_STEPS.load("map")]).steps


def test_features_of_some_scored_pictures_are_kept_while_all_are_predicted() -> None:
    kept = _KeptFeatures(np.array([0, 3, 4, 6]))
    assert kept.features is None
    rows = np.arange(1, 8, dtype=np.float32)[:, None] * [[3.0, 4.0]] + [[0.0, 0.0]]
    for start, end in ((0, 3), (3, 4), (4, 7)):
        kept.add(rows[start:end])
    assert kept.features is not None
    assert kept.features == pytest.approx(np.tile([0.6, 0.8], (4, 1)))  # of length 1
    other = _KeptFeatures(np.array([1]))
    other.add(np.eye(3, dtype=np.float32))
    assert other.features is not None
    assert other.features.tolist() == [[0, 1, 0]]


def test_nothing_ends_a_run_in_memory() -> None:
    begun: Any = SimpleNamespace(settings=TrainSettings(), data=facts().data, folder=None)
    assert ending_of(begun).cost == Cost()
    begun.folder = Path()
    assert ending_of(begun) == plan_ending(facts())


def test_what_a_time_limit_leaves_out_is_said() -> None:
    steps = [
        EndingStep(same, cost=lambda _: Cost(3, 1.0)),
        EndingStep(same, cost=lambda _: Cost(5, 2.0), least_limit_seconds=90.0, what="the map of the pictures"),
        EndingStep(same, is_wanted=lambda facts: facts.settings.folds is not None, least_limit_seconds=90.0),
    ]
    short = plan_ending(facts(time_limit_seconds=40.0), steps)
    assert short.steps == (steps[0],)
    assert short.cost == Cost(3, 1.0)
    assert short.left_out == (
        "The time limit of 40 s leaves out the map of the pictures; with 1 min 30 s or more it is made.",
    )
    for enough in (facts(time_limit_seconds=90.0), facts()):
        plan = plan_ending(enough, steps)
        assert (plan.steps, plan.cost, plan.left_out) == (tuple(steps[:2]), Cost(8, 3.0), ())


def test_steps_are_taken_in_order_and_pass_on_what_they_made() -> None:
    def adds(letter: str) -> Any:
        return lambda words: words + letter

    steps = [EndingStep(adds("a"), stage=""), EndingStep(adds("b")), EndingStep(adds("c"))]
    clock, start = Clock(), "-"
    made: Any = take_steps(plan_ending(facts(), steps), start, clock)  # type: ignore[arg-type]
    assert made == "-abc"
    assert list(clock.seconds) == ["evaluate"]


def test_a_step_that_needs_the_score_stands_after_it() -> None:
    nothing: Any = None
    with pytest.raises(ConfigError, match=r"Expected this step after 'score' in the list of steps\."):
        _ = Ending(nothing, nothing, nothing, nothing).scored


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (facts(), 0.0),  # no limit keeps anything free
        (facts(time_limit_seconds=59.0), 0.0),
        (facts(time_limit_seconds=100.0), 2.0),
        (facts(time_limit_seconds=7200.0), 4.0),
        (facts(folds=3, time_limit_seconds=7200.0), 0.0),
    ],
)
def test_heat_maps_take_a_share_of_a_time_limit(found: EndingFacts, seconds: float) -> None:
    assert plan_ending(found, [ENDING_STEPS.load("heat maps")]).cost == Cost(seconds=seconds)


def test_a_short_time_limit_has_no_contents_and_a_long_one_a_small_share() -> None:
    assert [contents_seconds(limit) for limit in (None, 59.0, 60.0, 7_200.0)] == [2.0, 0.0, pytest.approx(0.18), 2.0]


def test_the_score_is_on_disk_before_what_can_take_long_or_much_memory() -> None:
    names = list(ENDING_STEPS)
    assert names.index("evaluation") == names.index("score") + 2  # the score of a simple model is in the same file
    assert names.index("evaluation") < min(map(names.index, ("learning curve", "map", "heat maps")))
