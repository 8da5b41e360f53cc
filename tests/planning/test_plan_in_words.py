"""The sentences of a plan, whole: what was picked and why, in the order in which they are printed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.planning.test_planned_values import (
    CIFAR,
    FEW,
    HOUR,
    MANY_PHOTOGRAPHS,
    MATMUL_SPEED,
    MINUTE,
    MNIST,
    PHOTOGRAPHS,
    Data,
    drawn,
)

from onelook.planning import pretrained_choice
from onelook.planning.facts import facts_of
from onelook.planning.plan import make_plan
from onelook.planning.time_budget import TimeBudget

WEIGHTS = (
    "weights of ImageNet-1k (licence Apache-2.0): 75.1 % right among 1,000 classes, pictures of 224 px, of which "
    "the central 87.5 %, values in [0, 1] less 0.498, over 0.502"
)
KEPT = "the epoch of the lowest validation loss is kept"
SMOOTHING = "label smoothing 0.05 against overconfidence"
MORE_SMOOTHING = "label smoothing 0.1 against overconfidence"
VIEWS = "2 views of each picture, also mirrored: predicting takes 2 times as long"
BATCHES_OF_16 = "batches of 16: 450 training pictures"
EPOCHS_OF_450 = "42 epochs: 18,900 pictures seen in all"
ADAMW = "AdamW, weight decay 0.02; learning rate 0.004 at most: rises for 25 % of the steps, then falls to 0"
CNN = "network cnn: our own fast one, scaled to the pictures"
AIRBENCH_SMALL = "network airbench-small: whitened patches, quick to learn from small pictures"
STANDARDIZED = "each channel at mean 0 and deviation 1: what whitening begins with"
MUON_RULE = "Muon, momentum 0.6; learning rate 0.12 at most: falls to 0"
WHOLE_RULE = (
    "AdamW, weight decay 0.02, lower layers slower; learning rate 0.001 at most: rises for 25 % of the steps, "
    "then falls to 0"
)
WHOLE_RULE_OF_MANY = (
    "AdamW, weight decay 0.02, lower layers slower; learning rate 0.003 at most: rises for 25 % of the steps, "
    "then falls to 0"
)
HEAD_RULE = (
    "SGD, momentum 0.9, weight decay 0.4; learning rate 0.001 at most: rises for 25 % of the steps, then falls to 0"
)
PICKED = "network efficientnet-lite0, pretrained: 3,000 photographs are too few to learn to see"
ASKED_FOR = "network efficientnet-lite0, pretrained: as you asked to tune one"
OF_224 = "pictures of 224×224: what it was trained on, or near it, and there is time (see --image-size)"
HEAD_ALONE = "the head alone is trained: each picture is looked at once, which a CPU does in seconds (see --tune)"


@dataclass(frozen=True)
class Case:
    """What is planned for, and what is said of it."""

    data: Data
    asked: dict[str, Any]
    said: list[str]
    facts: dict[str, Any] = field(default_factory=dict)  # other facts than those of the data
    device: str = "cpu"


CASES = {
    "MNIST": Case(
        MNIST,
        {},
        [
            AIRBENCH_SMALL,
            "batches of 256: 54,000 training pictures",
            "8 epochs: 432,000 pictures seen in all",
            KEPT,
            MORE_SMOOTHING,
            "shifts by up to 2 pixels, no mirroring: classes called by numbers may be digits; name them with "
            "--class-names if they are not",
            STANDARDIZED,
            MUON_RULE,
        ],
    ),
    "rows of numbers": Case(
        replace(MNIST, height=1, width=60, train_rows=240),
        {},
        [
            "network mlp: a small dense one, as these are rows of numbers rather than pictures",
            "batches of 40: 240 training rows",
            "20 epochs",
            KEPT,
            "AdamW, weight decay 0.01; learning rate 0.01 at most: rises for 25 % of the steps, then falls to 0",
        ],
    ),
    "things": Case(
        replace(CIFAR, train_rows=5_000),
        {},
        [
            AIRBENCH_SMALL,
            "batches of 128: 5,000 training pictures",
            "30 epochs: 150,000 pictures seen in all",
            KEPT,
            MORE_SMOOTHING,
            "shifts by up to 2 pixels, mirrored in every other epoch",
            STANDARDIZED,
            MUON_RULE,
            VIEWS,
        ],
    ),
    "few letters": Case(
        replace(FEW, height=28, width=28, channels=1, class_names=("letter a", "letter b")),
        {},
        [
            "pictures of 28×28: they come in many sizes (see --image-size)",
            CNN,
            BATCHES_OF_16,
            EPOCHS_OF_450,
            KEPT,
            SMOOTHING,
            "small rotations, shifts and zooms, no mirroring: digits or letters",
            ADAMW,
        ],
        facts={"sizes": frozenset({(1, 2), (3, 4)}), "sizes_are_sampled": True},
    ),
    "few tiny symbols": Case(
        replace(FEW, height=12, width=40, channels=1, class_names=("a", "b")),
        {},
        [
            CNN,
            BATCHES_OF_16,
            EPOCHS_OF_450,
            KEPT,
            SMOOTHING,
            "small rotations and zooms, no mirroring: digits or letters",
            ADAMW,
        ],
    ),
    "left and right": Case(
        replace(FEW, class_names=("turn left", "turn right", "stop")),
        {"model": "cnn"},
        [
            BATCHES_OF_16,
            EPOCHS_OF_450,
            KEPT,
            SMOOTHING,
            "small rotations, no mirroring: left and right are different classes",
            ADAMW,
            "as asked: model cnn",
        ],
    ),
    "things of many sizes": Case(
        FEW,
        {},
        [
            "pictures of 32×32: they come in 2 sizes (see --image-size)",
            CNN,
            BATCHES_OF_16,
            EPOCHS_OF_450,
            KEPT,
            SMOOTHING,
            "mirroring and small shifts: a thing in a mirror is the same thing",
            ADAMW,
        ],
        facts={"sizes": frozenset({(1, 2), (3, 4)})},
    ),
    "photographs": Case(
        PHOTOGRAPHS,
        {},
        [
            PICKED,
            OF_224,
            WEIGHTS,
            HEAD_ALONE,
            "batches of 64: 2,700 training pictures",
            "12 epochs of the head: some 500 steps",
            KEPT,
            SMOOTHING,
            HEAD_RULE,
        ],
    ),
    "photographs in a minute": Case(
        PHOTOGRAPHS,
        {"time_limit_seconds": MINUTE},
        [
            PICKED,
            "pictures of 192×192: what 3,000 pictures leave time for; larger ones are slower and better (see "
            "--image-size)",
            WEIGHTS,
            HEAD_ALONE,
            "batches of 64: 2,700 training pictures",
            "12 epochs of the head: some 500 steps",
            KEPT,
            SMOOTHING,
            HEAD_RULE,
        ],
    ),
    "icons asked to be tuned": Case(
        FEW,
        {"tune": "full"},
        [
            ASKED_FOR,
            "pictures of 128×128: the next size above the pictures' own, whose shorter side has 32 (see --image-size)",
            WEIGHTS,
            BATCHES_OF_16,
            "20 epochs: some 600 steps",
            KEPT,
            SMOOTHING,
            "small shifts and mirroring",
            WHOLE_RULE,
            VIEWS,
            "as asked: tune full",
        ],
    ),
    "many, whole": Case(
        MANY_PHOTOGRAPHS,
        {"tune": "full"},
        [
            ASKED_FOR,
            "pictures of 160×160: what 12,000 pictures leave time for; larger ones are slower and better (see "
            "--image-size)",
            WEIGHTS,
            "batches of 64: 10,000 training pictures",
            "4 epochs: some 600 steps",
            KEPT,
            MORE_SMOOTHING,
            "small shifts and mirroring, a hole of 25 % of the side: many pictures",
            WHOLE_RULE_OF_MANY,
            VIEWS,
            "as asked: tune full",
        ],
    ),
    "mirrored names, whole": Case(
        replace(PHOTOGRAPHS, class_names=("left", "right")),
        {"tune": "full", "views": {"horizontal_flip": True, "shift": 1}},
        [
            ASKED_FOR,
            OF_224,
            WEIGHTS,
            "batches of 64: 2,700 training pictures",
            "14 epochs: some 600 steps",
            KEPT,
            SMOOTHING,
            "small shifts, no mirroring: left and right are different classes",
            WHOLE_RULE,
            "6 views of each picture, also mirrored and moved by 1 pixel: predicting takes 6 times as long; "
            "mirrored as you asked, though these are classes that a mirror may swap: left and right are "
            "different classes",
            "as asked: tune full, views.horizontal_flip true, views.shift 1",
        ],
    ),
    "cifar hour": Case(
        CIFAR,
        {"time_limit_seconds": HOUR},
        [
            "network efficientnet-lite0, pretrained: what it knows of photographs helps with small pictures too, "
            "and there is time to train all of it",
            "pictures made larger, 96×96: it was trained on large ones (see --image-size)",
            WEIGHTS,
            "batches of 64: 45,000 training pictures",
            KEPT,
            MORE_SMOOTHING,
            "small shifts and mirroring, a hole of 25 % of the side: many pictures",
            WHOLE_RULE_OF_MANY,
            VIEWS,
        ],
    ),
    "no val": Case(
        FEW,
        {"model": "cnn"},
        [
            BATCHES_OF_16,
            EPOCHS_OF_450,
            KEPT,
            SMOOTHING,
            "mirroring and small shifts: a thing in a mirror is the same thing",
            "all pictures are learnt from",
            ADAMW,
            "as asked: model cnn",
        ],
        facts={"has_val": False},
    ),
    "tutorial": Case(
        MNIST,
        {"model": "mnist-tutorial", "tune": "full"},
        [
            "batches of 128: 54,000 training pictures",
            "8 epochs: 432,000 pictures seen in all",
            "Adam; learning rate 0.001 throughout",
            "mnist-tutorial has no pretrained weights: --tune full changes nothing",
            "as asked: model mnist-tutorial",
        ],
    ),
    "recipe": Case(
        MNIST,
        {"recipe": "mnist-tutorial", "model": "mnist-tutorial", "epochs": 5},
        ["Adam; learning rate 0.001 throughout", "as asked: recipe mnist-tutorial, epochs 5"],
    ),
    "classical": Case(
        MNIST,
        {"model": "logistic", "epochs": 3, "batch_size": 8},
        ["logistic does not read epochs and batch_size", "as asked: model logistic"],
    ),
    "network with pca": Case(
        FEW,
        {"model": "mlp", "features": {"pca": 3}},
        [
            BATCHES_OF_16,
            EPOCHS_OF_450,
            "Adam; learning rate 0.001 throughout",
            "mlp does not read features",
            "as asked: model mlp",
        ],
    ),
    "scratch": Case(
        PHOTOGRAPHS,
        {"weights": "none", "image_size": [64, 48]},
        [
            CNN,
            "batches of 64: 2,700 training pictures",
            "28 epochs: 75,600 pictures seen in all",
            KEPT,
            SMOOTHING,
            "mirroring and small shifts: a thing in a mirror is the same thing",
            ADAMW,
            "as asked: weights none",
        ],
    ),
    "augment pretrained": Case(
        PHOTOGRAPHS,
        {"model": "efficientnet-lite0", "augment": {"rotation_range": 9.0}},
        [
            OF_224,
            WEIGHTS,
            "the whole network is trained: pictures that change at random have to be looked at every time",
            "batches of 64: 2,700 training pictures",
            "14 epochs: some 600 steps",
            KEPT,
            SMOOTHING,
            "augmentation: only what was asked, without the usual crop_padding 22 and alternating_flip true (--set "
            "crop_padding=22 --set alternating_flip=true adds them)",
            WHOLE_RULE,
            VIEWS,
            "as asked: model efficientnet-lite0, rotation_range 9",
        ],
    ),
    "a given change at random and more": Case(
        replace(FEW, height=12, width=12, channels=1, class_names=("a", "b")),
        {
            "augment": {"rotation_range": 10.0},
            "epochs": 42,
            "batch_size": 64,
            "dropout": 0.0,
            "seed": 3,
            "optimizer": {"name": "sgd"},
            "device": "cpu",
        },
        [
            CNN,
            KEPT,
            SMOOTHING,
            "augmentation: only what was asked, without the usual zoom_range 0.05 (--set zoom_range=0.05 adds it)",
            "SGD, momentum 0.9, weight decay 0.0005; learning rate 0.1 at most: rises for 25 % of the steps, then "
            "falls to 0",
            "as asked: epochs 42, batch_size 64, seed 3, dropout 0, rotation_range 10, optimizer sgd",
        ],
    ),
    "photographs on a GPU": Case(
        PHOTOGRAPHS,
        {},
        [
            PICKED,
            OF_224,
            WEIGHTS,
            "the whole network is trained: there is a GPU (see --tune)",
            "batches of 64: 2,700 training pictures",
            "14 epochs: some 600 steps",
            KEPT,
            SMOOTHING,
            "small shifts and mirroring",
            WHOLE_RULE,
            VIEWS,
        ],
        device="cuda",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_a_plan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    monkeypatch.setattr(pretrained_choice, "available_cores", lambda: 2)
    facts = replace(facts_of(drawn(case.data)), train_rows=case.data.train_rows, **case.facts)
    budget = TimeBudget(case.asked.get("time_limit_seconds"), matmul_speed=MATMUL_SPEED)
    assert [*make_plan(facts, case.asked, budget, device=case.device).choices] == case.said
