"""What would help most: each gain by hand, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.report.conftest import probabilities_and_labels

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.gains.from_errors import of_confusion, of_few_pictures, of_labels, of_leaks, of_unlike
from onelook.evaluation.gains.from_training import of_longer_training, of_more_pictures
from onelook.evaluation.gains.gain import Gain, Gains, in_order
from onelook.evaluation.learning_curve import CurvePoint, LearningCurve
from onelook.evaluation.result import Evaluation
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.training.result import EpochRecord

NAMES = ("ant", "bee", "cow")
# 100 pictures: 4 errors between ant and bee, 5 between bee and cow, one more of which is a cow taken for a bee.
CONFUSION = [[37, 1, 0], [3, 27, 2], [0, 3, 27]]


def scored(confusion: list[list[int]] = CONFUSION, names: tuple[str, ...] = NAMES) -> Evaluation:
    return evaluate(*probabilities_and_labels(confusion), names, "test")


def test_the_largest_confusion_counts_both_ways_and_names_the_class_that_loses_more_first() -> None:
    gain = of_confusion(scored())
    assert gain is not None
    assert (gain.kind, gain.gain, gain.count, gain.rows, gain.is_most) == ("confusion", 0.05, 5, 100, True)
    assert gain.class_names == ("cow", "bee")
    assert gain.low == pytest.approx(0.0215, abs=1e-4)  # Wilson, 5 of 100
    assert gain.high == pytest.approx(0.1118, abs=1e-4)


@pytest.mark.parametrize(
    ("confusion", "names"),
    [
        ([[9, 3], [3, 9]], ("ant", "bee")),  # with two classes these are all errors
        ([[9, 1, 0], [0, 9, 1], [1, 0, 9]], NAMES),  # one error is chance
        ([[9, 0, 0], [0, 9, 0], [0, 0, 9]], NAMES),
    ],
)
def test_no_confusion_is_worth_a_word(confusion: list[list[int]], names: tuple[str, ...]) -> None:
    assert of_confusion(scored(confusion, names)) is None


def test_leaks_change_the_figure_and_say_so_where_nothing_is_left() -> None:
    probabilities, labels = probabilities_and_labels(CONFUSION)
    ids = [str(row) for row in range(100)]
    assert of_leaks(scored()) is None
    some = of_leaks(with_leaks(scored(), probabilities, labels, ids, {"exact": ids[:20]}))  # twenty right ones
    assert some is not None
    assert (some.gain, some.count) == (pytest.approx(71 / 80 - 0.91), 20)
    every = of_leaks(with_leaks(scored(), probabilities, labels, ids, {"exact": ids}))
    assert every is not None
    assert (every.gain, every.count) == (None, 100)


def test_doubtful_labels_are_at_most_what_they_are() -> None:
    gain = of_labels(3, 200)
    assert gain is not None
    assert (gain.gain, gain.low, gain.high, gain.is_most, gain.count) == (0.015, 0.0, 0.015, True, 3)
    assert of_labels(0, 200) is None


def test_the_rare_class_with_most_to_gain_is_named() -> None:
    confusion = [[40, 0, 0, 0], [0, 40, 0, 0], [4, 0, 6, 0], [3, 0, 0, 7]]
    evaluation = scored(confusion, (*NAMES, "dog"))
    counts = {"ant": 400, "bee": 400, "cow": 20, "dog": 30}  # rare is under 106
    gain = of_few_pictures(evaluation, counts)
    assert gain is not None
    # The average recall is 0.825: two and a quarter more of ten cows, of 100 pictures.
    assert (gain.class_names, gain.count, gain.rows) == (("cow",), 20, 850)
    assert gain.gain == pytest.approx((0.825 - 0.6) * 10 / 100)
    assert of_few_pictures(evaluation, dict.fromkeys((*NAMES, "dog"), 30)) is None
    assert of_few_pictures(scored([[9, 0, 0], [0, 9, 0], [1, 0, 3]]), {"ant": 90, "bee": 90, "cow": 2}) is None  # four


def test_unlike_pictures_are_worth_their_errors_beyond_those_of_the_others() -> None:
    unlike, wrong = np.zeros(200, bool), np.zeros(200, bool)
    unlike[:40], wrong[:20] = True, True
    wrong[40:56] = True  # a tenth of the others
    gain = of_unlike(unlike, wrong, 0.02)
    assert gain is not None
    assert (gain.gain, gain.count, gain.rows) == (pytest.approx((0.5 - 0.1) * 40 / 200), 40, 200)
    few = np.zeros(200, bool)
    few[:7] = True  # four are expected, and two deviations more
    assert of_unlike(few, wrong, 0.02) is None
    assert of_unlike(unlike, ~wrong, 0.02) is None  # they have fewer errors
    assert of_unlike(~np.zeros(200, bool), wrong, 0.02) is None


def curve() -> LearningCurve:
    point = CurvePoint(rows=100, error=0.5, draws=1)
    return LearningCurve(seen="pixels", points=(point,), judged=9, exponent=1.0, deviation=0.0)


def test_more_pictures_gain_a_share_of_the_errors_or_it_is_said_why_that_is_not_known() -> None:
    known = of_more_pictures(curve(), "", errors=30, rows=1000, train_rows=400)
    assert known is not None
    assert (known.gain, known.low, known.high, known.count) == (0.015, 0.015, 0.015, 400)
    unknown = of_more_pictures(None, "too few", errors=30, rows=1000, train_rows=40)
    assert unknown is not None
    assert (unknown.gain, unknown.why, unknown.count) == (None, "too few", 40)
    assert of_more_pictures(curve(), "", errors=0, rows=1000, train_rows=400) is None


def epochs(accuracies: Sequence[float], train: float = 0.8) -> list[EpochRecord]:
    fields: Any = {"seconds": 1.0, "learning_rate": 0.1, "train_loss": 0.0, "val_loss": 0.0, "train_accuracy": train}
    return [EpochRecord(epoch=at, val_accuracy=accuracy, **fields) for at, accuracy in enumerate(accuracies, 1)]


def test_a_rising_curve_is_continued_to_twice_as_many_epochs() -> None:
    rising = [0.5 + 0.1 * np.log2(epoch) for epoch in range(1, 9)]
    gain = of_longer_training(epochs(rising), falls_to_the_end=False)
    assert gain is not None
    assert (gain.gain, gain.low, gain.high) == pytest.approx((0.1, 0.1, 0.1))
    assert gain.count == 8
    near = of_longer_training(epochs([0.68 + each / 2.5 for each in rising]), falls_to_the_end=False)
    assert near is not None
    assert near.gain == pytest.approx(0.0)  # at 1 already: no accuracy is above
    assert of_longer_training(epochs([*rising[:5], 0.7, 0.65, 0.6]), falls_to_the_end=False) is None
    assert of_longer_training(epochs(rising[:5]), falls_to_the_end=False) is None


def test_after_a_falling_learning_rate_nothing_can_be_told_and_a_model_that_remembers_needs_no_more() -> None:
    steady = [0.5, 0.6, 0.7, 0.75, 0.78, 0.8]
    gain = of_longer_training(epochs(steady), falls_to_the_end=True)
    assert gain is not None
    assert gain.gain is None
    assert gain.why.startswith("the learning rate fell")
    assert of_longer_training(epochs(steady, train=0.83), falls_to_the_end=True) is None


def test_the_order_is_by_gain_where_at_most_counts_less_and_leaks_that_matter_are_first() -> None:
    found = (
        Gain(kind="epochs", why="so"),
        Gain(kind="confusion", gain=0.03, is_most=True),
        None,
        Gain(kind="pictures", gain=0.02),
        Gain(kind="labels", gain=0.05, is_most=True),
        Gain(kind="leaks", gain=-0.01),
    )
    ordered = in_order(found)
    assert [gain.kind for gain in ordered] == ["leaks", "pictures", "confusion", "labels", "epochs"]
    few = in_order((Gain(kind="leaks", gain=-0.0009), Gain(kind="epochs", why="so"), Gain(kind="pictures", gain=0.001)))
    assert [gain.kind for gain in few] == ["pictures", "leaks", "epochs"]
    assert in_order((Gain(kind="pictures", gain=0.5), Gain(kind="leaks", why="none is left")))[0].kind == "leaks"
    kept = Gains(rows=9, errors=1, gains=ordered)
    assert Gains.model_validate_json(kept.model_dump_json()) == kept


def test_the_interval_is_that_of_a_line_through_the_last_half_and_ends_at_one() -> None:
    # The second epoch says nothing; of the eight others the last four are epochs 6 to 9.
    history = epochs([0.3, 0.0, 0.4, 0.5, 0.55, 0.60, 0.66, 0.65, 0.70])
    history[1] = replace(history[1], val_accuracy=None)  # type: ignore[arg-type]
    found = of_longer_training(history, falls_to_the_end=False)
    (slope, _), covariance = np.polyfit(np.log([6, 7, 8, 9]), [0.60, 0.66, 0.65, 0.70], 1, cov=True)
    deviation = np.sqrt(covariance[0, 0])
    assert found is not None
    assert found.gain == pytest.approx(np.log(2) * slope)
    assert found.low == pytest.approx(np.log(2) * (slope - 2 * deviation))
    assert found.high == pytest.approx(np.log(2) * (slope + 2 * deviation))
    assert found.count == 9
    for last in ([0.5, 0.9, 0.6], [0.1, 0.5, 0.9]):  # no gain is below nothing, or more than there is room for
        steep = of_longer_training(epochs([0.1, 0.1, 0.1, *last]), falls_to_the_end=False)
        assert steep is not None
        assert (steep.gain, steep.high) == (pytest.approx(0.1), pytest.approx(0.1))
        assert steep.low == pytest.approx(0.0 if last[2] == 0.6 else 0.1)


def test_six_epochs_are_enough_if_each_says_something() -> None:
    rising = epochs([0.5 + 0.05 * np.log2(epoch) for epoch in range(1, 7)])
    assert of_longer_training(rising, falls_to_the_end=False) is not None
    rising[5] = replace(rising[5], val_accuracy=None)  # type: ignore[arg-type]
    assert of_longer_training(rising, falls_to_the_end=False) is None


def test_a_gap_of_two_points_is_no_remembering() -> None:
    steady = [0.5, 0.6, 0.7, 0.72, 0.74, 0.75]
    assert of_longer_training(epochs(steady, train=0.7695), falls_to_the_end=True) is not None
    assert of_longer_training(epochs(steady, train=0.7705), falls_to_the_end=True) is None


def test_two_errors_between_two_classes_are_a_confusion_in_the_order_of_the_classes() -> None:
    gain = of_confusion(scored([[9, 1, 0], [1, 9, 0], [1, 0, 9]]))
    assert gain is not None
    assert (gain.count, gain.rows, gain.class_names) == (2, 30, ("ant", "bee"))
    assert gain.gain == pytest.approx(2 / 30)


@pytest.mark.parametrize(("support", "found"), [(4, False), (5, True)])
def test_a_class_counts_from_five_scored_pictures_on(support: int, found: bool) -> None:
    confusion = [[40, 0, 0], [0, 40, 0], [support - 1, 0, 1]]
    gain = of_few_pictures(scored(confusion), {"ant": 90, "bee": 90, "cow": 2})
    assert (gain is not None) == found


@pytest.mark.parametrize(("cows", "found"), [(0, True), (29, True), (30, False)])
def test_a_class_is_rare_below_half_of_the_mean(cows: int, found: bool) -> None:
    counts = {"ant": 75, "bee": 75, **({"cow": cows} if cows else {})}  # with 30 cows the mean is 60
    gain = of_few_pictures(scored([[10, 0, 0], [0, 10, 0], [5, 0, 5]]), counts)
    assert (gain is not None) == found
    if gain is not None:
        assert (gain.class_names, gain.count, gain.rows) == (("cow",), cows, 150 + cows)
    assert of_few_pictures(scored(), {}) is None


@pytest.mark.parametrize(("missed", "found"), [(1, False), (2, True)])
def test_a_rare_class_is_weak_five_points_below_the_mean_recall(missed: int, found: bool) -> None:
    # Each cow of twenty that is missed is 5 points, of which the mean of three classes loses a third.
    confusion = [[20, 0, 0], [0, 20, 0], [missed, 0, 20 - missed]]
    gain = of_few_pictures(scored(confusion), {"ant": 90, "bee": 90, "cow": 2})
    assert (gain is not None) == found


@pytest.mark.parametrize(("count", "found"), [(8, False), (9, True)])
def test_unlike_pictures_count_two_deviations_above_what_is_expected(count: int, found: bool) -> None:
    unlike = np.arange(200) < count  # four are expected, with a deviation of two
    gain = of_unlike(unlike, unlike, 0.02)
    assert (gain is not None) == found
    assert of_unlike(unlike, np.ones(200, bool), 0.02) is None  # as many errors as the others have


def test_a_thousandth_of_leaks_is_misleading() -> None:
    assert [Gain(kind="leaks", gain=gain).rank for gain in (-0.001, 0.001, 0.0009)] == [np.inf, np.inf, 0.0]
    assert [Gain(kind="few", gain=gain, is_most=True).rank for gain in (0.5, None)] == [0.25, -1.0]
