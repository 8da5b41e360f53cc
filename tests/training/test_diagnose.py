"""Runs that go wrong in scripted numbers, and runs that go well, of which nothing must be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.conftest import Fit, draw_images, small_network

from onelook.data.dataset import ImageSet
from onelook.settings import AugmentSettings, EarlyStoppingSettings, LossSettings, OptimizerSettings, TrainSettings
from onelook.settings.merge import build_settings, merge
from onelook.settings.parse import parse_set
from onelook.training.diagnose import STEPS_BETWEEN_LOOKS, TrainingDiagnosis, TrainingFacts, _another_rate
from onelook.training.listeners import BatchStatus, Listener
from onelook.training.result import EpochRecord
from onelook.training.running_metrics import RunningMetrics

TEN_EVEN = np.full(10, 100)
SPREAD = np.full(10, 10)  # predictions that are spread over the classes
LEARNT = [(0.71, 0.78), (0.29, 0.91), (0.21, 0.93), (0.16, 0.95), (0.13, 0.96), (0.11, 0.97), (0.09, 0.97)]


def watch(**changes: Any) -> TrainingDiagnosis:
    return TrainingDiagnosis(_facts(**changes))


def _facts(**changes: Any) -> TrainingFacts:
    optimizer = changes.pop("optimizer", OptimizerSettings(learning_rate=0.01))
    known = {"train_counts": TEN_EVEN, "val_counts": SPREAD, "steps_per_epoch": 50, "dropout": None}
    names = {name: changes.pop(name, value) for name, value in known.items()}
    class_names = changes.pop("class_names", tuple("abcdefghij"))
    return TrainingFacts(settings=TrainSettings(optimizer=optimizer, **changes), class_names=class_names, **names)


def history(train: Sequence[tuple[float, float]], val: Sequence[tuple[float, float]] = (), rate: float = 0.01):
    """Records of (loss, accuracy) pairs, an epoch each; validation as in training where it is not said."""
    return [
        EpochRecord(epoch, 1.0, rate, *ours, *theirs)
        for epoch, (ours, theirs) in enumerate(zip(train, val or train, strict=True), 1)
    ]


def said(
    watching: TrainingDiagnosis, records: list[EpochRecord], predicted: np.ndarray = SPREAD
) -> dict[int, list[str]]:
    """What is told after which epoch."""
    told = {record.epoch: watching.after_epoch(records[: record.epoch], predicted) for record in records}
    return {epoch: sentences for epoch, sentences in told.items() if sentences}


def one_sentence(told: dict[int, list[str]], epoch: int) -> str:
    assert list(told) == [epoch]
    (sentence,) = told[epoch]
    return sentence


def test_a_loss_that_stays_at_guessing_is_told_once_after_three_epochs():
    told = said(watch(), history([(2.3031, 0.1), (2.3028, 0.1), (2.3026, 0.1), (2.3026, 0.1), (2.3025, 0.1)]))
    sentence = one_sentence(told, 3)
    assert "2.3031 in epoch 1, 2.3026 in epoch 3, and a network that sees nothing has 2.3026" in sentence
    assert "--set optimizer.learning_rate=0.001 (it is 0.01)" in sentence
    assert "--find-lr" in sentence


def test_a_rate_far_below_the_usual_is_to_go_up():
    told = said(watch(optimizer=OptimizerSettings(learning_rate=1e-7)), history([(2.4, 0.1)] * 3, rate=1e-7))
    assert "a higher learning rate, such as --set optimizer.learning_rate=0.001 (it is 1e-07)" in one_sentence(told, 3)


def test_a_run_that_came_apart_is_told_too():
    told = said(watch(), history([(1.9, 0.3), (1.2, 0.6), (7.1, 0.1), (2.4, 0.1), (2.31, 0.1)]))
    assert "1.9000 in epoch 1, 2.3100 in epoch 5" in one_sentence(told, 5)


@pytest.mark.parametrize(
    "course",
    [
        pytest.param(LEARNT, id="learns"),
        pytest.param([(2.29, 0.1), (2.25, 0.15), (2.19, 0.2), (2.12, 0.2)], id="slowly"),
        pytest.param([(0.052, 0.98), (0.051, 0.98), (0.052, 0.98), (0.051, 0.98)], id="good already"),
        pytest.param([(2.3026, 0.1)] * 2, id="too early"),
    ],
)
def test_nothing_is_said_of_a_run_that(course):
    assert said(watch(), history(course)) == {}


def test_nothing_is_held_against_the_rise_of_the_rate():
    records = [EpochRecord(epoch, 1.0, 0.001 * epoch, 2.3, 0.1, 2.3, 0.1) for epoch in range(1, 7)]
    assert said(watch(), records) == {}  # the rate is half of 0.01 in epoch 5; epoch 7 would tell


def test_nothing_is_said_after_a_few_steps():
    assert said(watch(steps_per_epoch=4), history([(2.3, 0.1)] * 20)) == {}


def test_guessing_is_measured_by_the_class_shares():
    shares = np.array([90, 10])
    assert _facts(train_counts=shares).guessing_loss == pytest.approx(0.325083, abs=1e-6)
    balanced = LossSettings(class_weights="balanced")
    assert _facts(train_counts=shares, loss=balanced).guessing_loss == pytest.approx(0.693147, abs=1e-6)
    assert _facts(train_counts=shares, sampling="balanced").guessing_loss == pytest.approx(0.693147, abs=1e-6)
    # A class without pictures is no guess, whether or not all classes count alike.
    assert _facts(train_counts=np.array([5, 0, 5])).guessing_loss == pytest.approx(0.693147, abs=1e-6)
    uneven = _facts(train_counts=np.array([9, 0, 1]), sampling="balanced")
    assert uneven.guessing_loss == pytest.approx(0.693147, abs=1e-6)


def test_one_class_for_nearly_all_pictures_is_told_in_the_second_such_epoch():
    predicted = np.array([0, 99, 1, 0, 0, 0, 0, 0, 0, 0])
    sentence = one_sentence(said(watch(), history(LEARNT), predicted), 2)
    assert "taken for 'b': 99 % of the validation pictures in epoch 2, of which 10 % are" in sentence
    assert "--set optimizer.learning_rate=0.001" in sentence


def test_classes_without_names_have_numbers():
    told = said(watch(class_names=()), history(LEARNT), np.array([0, 100]))
    assert "taken for class 1:" in one_sentence(told, 2)


def test_one_such_epoch_between_others_is_nothing():
    watching, records = watch(), history(LEARNT)
    all_one, spread = np.array([100, 0]), np.array([50, 50])
    assert watching.after_epoch(records[:1], all_one) == []
    assert watching.after_epoch(records[:2], spread) == []
    assert watching.after_epoch(records[:3], all_one) == []
    assert len(watching.after_epoch(records[:4], all_one)) == 1


def test_rare_classes_that_are_never_predicted_are_to_count_more():
    uneven = {"train_counts": np.array([900, 100]), "val_counts": np.array([90, 10]), "class_names": ("ok", "torn")}
    course = history([(0.3, 0.9)] * 4)
    sentence = said(watch(**uneven), course, np.array([100, 0]))[2][0]
    assert "--set loss.class_weights=balanced" in sentence
    weighted = watch(**uneven, loss=LossSettings(class_weights="balanced"))
    assert "learning rate" in said(weighted, course, np.array([100, 0]))[2][0]


def test_a_class_is_common_among_those_that_are_validated():
    # Of two classes with validation pictures half are of each; a third has none, and makes no other common.
    even = {"train_counts": np.array([50, 50, 2]), "val_counts": np.array([55, 45, 0]), "class_names": tuple("abc")}
    (sentence,) = said(watch(**even), history([(0.3, 0.9)] * 2), np.array([100, 0, 0]))[2]
    assert "class_weights" not in sentence
    assert "learning rate" in sentence


@pytest.mark.parametrize(
    ("val_counts", "predicted"),
    [
        pytest.param([97, 3], [99, 1], id="as many as there are"),
        pytest.param([3, 3], [6, 0], id="too few pictures"),
        pytest.param([50, 50], [97, 3], id="not all of them"),
    ],
)
def test_a_class_is_not_predicted_too_often(val_counts, predicted):
    told = said(watch(val_counts=np.array(val_counts)), history(LEARNT), np.array(predicted))
    assert told == {}


OVER_FIT = (
    [(0.9, 0.7), (0.5, 0.85), (0.3, 0.92), (0.2, 0.96), (0.1, 0.98), (0.05, 0.99)],
    [(0.8, 0.75), (0.6, 0.83), (0.58, 0.84), (0.61, 0.84), (0.66, 0.83), (0.72, 0.83)],
)


def test_over_fitting_is_told_three_epochs_after_the_best():
    sentence = one_sentence(said(watch(), history(*OVER_FIT)), 6)
    assert "since epoch 3 the validation loss has risen from 0.5800 to 0.7200" in sentence
    assert "training accuracy went up to 99.0 % (validation: 83.0 %)" in sentence
    assert "--set rotation_range=10" in sentence
    assert "--set early_stopping.patience=3" in sentence
    assert sentence.endswith(  # there is no layer of dropout, and mixing comes after other random changes
        "Try more pictures, random changes of the pictures (--set rotation_range=10 --set zoom_range=0.1) or fewer "
        "epochs (--set early_stopping.patience=3)."
    )


def test_over_fitting_asks_for_what_is_not_there_yet():
    busy = watch(
        augment=AugmentSettings(rotation_range=5), early_stopping=EarlyStoppingSettings(patience=9), dropout=0.2
    )
    sentence = one_sentence(said(busy, history(*OVER_FIT)), 6)
    assert sentence.endswith(
        "Try more pictures, mixing the pictures (--set mix.mixup=0.2) or more dropout (--set dropout=0.5)."
    )


@pytest.mark.parametrize(
    "val",
    [
        pytest.param([(0.8, 0.75), (0.6, 0.83), (0.5, 0.85), (0.48, 0.88), (0.45, 0.9), (0.44, 0.91)], id="better"),
        pytest.param([(0.8, 0.75), (0.6, 0.83), (0.58, 0.84), (0.61, 0.85), (0.64, 0.86), (0.7, 0.87)], id="accurate"),
        pytest.param([(0.8, 0.75), (0.6, 0.83), (0.58, 0.84), (0.59, 0.84), (0.58, 0.84), (0.59, 0.84)], id="level"),
        pytest.param([(0.8, 0.75), (0.1, 0.97), (0.09, 0.98), (0.1, 0.98), (0.11, 0.975), (0.12, 0.97)], id="no gap"),
    ],
)
def test_validation_that_is_no_worse_is_no_over_fitting(val):
    assert said(watch(), history(OVER_FIT[0], val)) == {}


def test_what_was_told_is_not_told_again_after_a_resume():
    records = history([(2.3026, 0.1)] * 5)
    first = watch()
    assert list(said(first, records[:3])) == [3]
    resumed = watch()
    resumed.state = first.state
    assert said(resumed, records) == {}


def window(step: int, losses: Sequence[float], rate: float = 0.01) -> BatchStatus:
    """The status after `step` steps of one picture, with the losses of the windows between looks so far."""
    metrics = RunningMetrics(torch.device("cpu"))
    for loss in losses:
        metrics.add(torch.tensor(loss), torch.eye(2).repeat(STEPS_BETWEEN_LOOKS // 2, 1), torch.zeros(200).long())
    return BatchStatus(1, step, rate, metrics)


def test_a_long_first_epoch_need_not_end_before_it_is_told():
    def looks(losses: Sequence[float], **changes: Any) -> list[int]:
        watching = watch()
        steps = range(STEPS_BETWEEN_LOOKS, STEPS_BETWEEN_LOOKS * len(losses) + 1, STEPS_BETWEEN_LOOKS)
        return [
            step
            for step, count in zip(steps, range(1, len(losses) + 1), strict=True)
            if watching.after_batch(window(step, losses[:count], **changes))
        ]

    assert looks([2.31] * 9) == [1200]
    assert looks([2.31, 2.3, 2.2, 2.0, 1.7, 1.5, 1.4]) == []
    assert looks([0.1] * 9) == []
    # The last three looks count, and of these the lowest.
    assert looks([2.31, 2.31, 1.5, 2.31, 2.31, 2.31]) == [1200]
    assert looks([2.31, 2.31, 2.31, 1.5, 2.31, 2.31]) == []
    assert looks([2.31, 2.31, 2.31, 1.5, 2.31, 2.31, 2.31]) == [1400]
    assert looks([2.31] * 9, rate=0.001) == []  # the rate still rises


@pytest.mark.parametrize(
    ("losses", "rate", "steps", "is_told"),
    [
        ([2.30, 2.255, 2.255], 0.01, 50, True),  # fallen by 1.96 %
        ([2.30, 2.253, 2.253], 0.01, 50, False),  # by 2.04 %
        ([1.845, 1.843, 1.843], 0.01, 50, True),  # above four fifths of 2.3026, which are 1.842
        ([1.843, 1.841, 1.841], 0.01, 50, False),
        ([2.30, 2.30], 0.01, 50, False),  # the third epoch is the first to judge by
        ([2.30, 2.30, 2.30], 0.01, 34, True),  # 102 steps
        ([2.30, 2.30, 2.30], 0.01, 33, False),  # 99
        ([2.30, 2.30, 2.30, 2.30], 0.01, 25, True),  # 100
        ([2.30, 2.30, 2.30], 0.005, 50, True),  # half of the highest rate
        ([2.30, 2.30, 2.30], 0.0049, 50, False),
    ],
)
def test_a_loss_is_not_falling_from_these_numbers_on(losses, rate, steps, is_told):
    course = history([(loss, 0.1) for loss in losses], rate=rate)
    assert bool(said(watch(steps_per_epoch=steps), course)) == is_told


@pytest.mark.parametrize(
    ("predicted", "val_counts", "steps", "is_told"),
    [
        ([98, 2], [92, 8], 50, True),  # six points above its share, and four
        ([98, 2], [94, 6], 50, False),
        ([979, 21], [500, 500], 50, False),
        ([98, 2], [0, 0, 100], 50, True),
        ([20, 0], [10, 10], 50, True),
        ([19, 0], [10, 9], 50, False),
        ([98, 2], [50, 50], 49, False),  # two epochs of 49 steps are 98
    ],
)
def test_pictures_are_of_one_class_from_these_numbers_on(predicted, val_counts, steps, is_told):
    watching = watch(val_counts=np.array(val_counts), steps_per_epoch=steps)
    assert bool(said(watching, history(LEARNT[:2]), np.array(predicted))) == is_told


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, True),
        ({"val_loss": 0.63}, False),  # 1.05 times 0.6
        ({"val_loss": 0.631}, True),
        ({"val_accuracy": 0.801}, False),  # better than in the best epoch
        ({"train_loss": 0.5}, False),  # as in the best epoch
        ({"train_loss": 0.499}, True),
        ({"train_accuracy": 0.8499}, False),  # less than five points above validation
        ({"train_accuracy": 0.8501}, True),
        ({"epoch": 3}, False),  # two epochs after the best
    ],
)
def test_a_run_is_over_fitted_from_these_numbers_on(change, is_told):
    best = EpochRecord(1, 1.0, 0.01, train_loss=0.5, train_accuracy=0.82, val_loss=0.6, val_accuracy=0.8)
    last = replace(best, **({"epoch": 4, "train_loss": 0.1, "train_accuracy": 0.95, "val_loss": 0.8} | change))
    assert bool(watch().after_epoch([best, last], SPREAD)) == is_told


def test_what_is_told_whole():
    steady = history([(2.3026, 0.1)] * 3)
    assert said(watch(), steady)[3] == [
        "the training loss is not falling: 2.3026 in epoch 1, 2.3026 in epoch 3, and a network that sees nothing has "
        "2.3026. Try a lower learning rate, such as --set optimizer.learning_rate=0.001 (it is 0.01), or let "
        "--find-lr suggest one; and look whether the labels belong to their pictures (onelook inspect)."
    ]
    uneven = {"train_counts": np.array([900, 100]), "val_counts": np.array([80, 20]), "class_names": ("ok", "torn")}
    assert said(watch(**uneven), history([(0.3, 0.9)] * 2), np.array([99, 1]))[2] == [
        "nearly every picture is taken for 'ok': 99 % of the validation pictures in epoch 2, of which 80 % are. Try "
        "to let rare classes count more with --set loss.class_weights=balanced."
    ]
    assert said(watch(dropout=0.49, augment=AugmentSettings(zoom_range=0.1)), history(*OVER_FIT))[6] == [
        "over-fitting: since epoch 3 the validation loss has risen from 0.5800 to 0.7200, while training accuracy went "
        "up to 99.0 % (validation: 83.0 %). Try more pictures, mixing the pictures (--set mix.mixup=0.2), more dropout "
        "(--set dropout=0.5) or fewer epochs (--set early_stopping.patience=3)."
    ]
    mixed = watch(dropout=0.5, augment=AugmentSettings(zoom_range=0.1), mix={"mixup": 0.2})
    assert said(mixed, history(*OVER_FIT))[6][0].endswith(
        "Try more pictures or fewer epochs (--set early_stopping.patience=3)."
    )


USUAL = {"sgd": 0.05, "adagrad": 0.01, "rmsprop": 1e-3, "adam": 1e-3, "adamw": 1e-3, "muon": 0.02}


@pytest.mark.parametrize("rule", USUAL)
def test_another_rate_is_ten_times_away_or_the_usual_one(rule):
    usual = USUAL[rule]

    def advice(rate: float, *, lower: bool = False) -> str:
        words = _another_rate(OptimizerSettings(name=rule, learning_rate=rate), lower=lower)
        return words.removeprefix("a ").replace(" learning rate, such as --set optimizer.learning_rate=", " ")

    assert advice(usual) == f"lower {usual / 10:.3g} (it is {usual:.3g})"
    assert advice(usual / 2.9) == f"lower {usual / 29:.3g} (it is {usual / 2.9:.3g})"
    assert advice(usual / 3.1) == f"higher {usual * 10 / 3.1:.3g} (it is {usual / 3.1:.3g})"
    assert advice(usual / 1000) == f"higher {usual:.3g} (it is {usual / 1000:.3g})"
    assert advice(usual / 1000, lower=True) == f"lower {usual / 10_000:.3g} (it is {usual / 1000:.3g})"
    assert advice(usual * 1000) == f"lower {usual:.3g} (it is {usual * 1000:.3g})"


@pytest.mark.parametrize("kind", ["falling", "class", "over-fitting"])
def test_the_settings_to_try_can_be_typed(kind):
    told = {
        "falling": said(watch(), history([(2.3, 0.1)] * 3)),
        "class": said(watch(), history(LEARNT), np.array([100, 0])),
        "over-fitting": said(watch(dropout=0.1), history(*OVER_FIT)),
    }[kind]
    (sentence,) = (sentence for sentences in told.values() for sentence in sentences)
    pairs = re.findall(r"--set ([\w.]+=[\w.-]*\w)", sentence)
    assert pairs
    build_settings(merge({}, parse_set(pairs)), "the advice")


def test_a_network_whose_labels_mean_nothing_is_told_of_in_a_real_run(fit_small: Fit, tmp_path: Path):
    draw = np.random.default_rng(0)
    noise = [
        ImageSet(draw.integers(0, 256, (rows, 8, 8, 1), dtype=np.uint8), np.arange(rows), ("",) * rows, labels)
        for rows, labels in ((160, draw.integers(0, 3, 160)), (40, draw.integers(0, 3, 40)))
    ]
    heard: list[str] = []

    class Ear(Listener):
        def on_note(self, note: str) -> None:
            heard.append(note)

    arguments: dict[str, Any] = {"train": noise[0], "val": noise[1], "batch_size": 4, "epochs": 4}
    still = OptimizerSettings(name="sgd", learning_rate=1e-9)
    result = fit_small(small_network(dropout=0), **arguments, optimizer=still, listeners=[Ear()])
    falling = [note for note in result.notes if "is not falling" in note]
    assert len(falling) == 1
    assert tuple(heard) == result.notes

    first = fit_small(
        small_network(dropout=0), **(arguments | {"epochs": 3}), optimizer=still, checkpoint_folder=tmp_path
    )
    resumed = fit_small(small_network(dropout=0), **arguments, optimizer=still, checkpoint_folder=tmp_path, resume=True)
    assert first.notes == resumed.notes == result.notes


def test_a_run_that_learns_has_nothing_to_say(fit_small: Fit):
    result = fit_small(train=draw_images(400, seed=1), val=draw_images(60, seed=2), epochs=4)
    assert result.history[-1].val_accuracy > 0.9
    assert result.notes == ()
