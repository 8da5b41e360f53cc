"""The settings that a run gets where little or nothing was asked for: whole, by value, for every kind of data.

A setting that is not in a table has its default. What is here was measured; a change of it is a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.protocol import PictureFacts, PixelSurvey
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.summary import summarize
from onelook.planning import pretrained_choice
from onelook.planning.facts import facts_of
from onelook.planning.options import gather_overrides
from onelook.planning.plan import make_plan
from onelook.planning.quick_networks import plan_quick_networks, small_enough
from onelook.planning.time_budget import TimeBudget
from onelook.settings import DecodeSettings
from onelook.settings.merge import merge

MATMUL_SPEED = 180e9  # operations a second: the machine that the limits were measured on
DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Pictures:
    """So many pictures of some sizes, which are never read."""

    sizes: dict[tuple[int, int], int]
    channels: int
    own_facts: PictureFacts | None = None

    def __len__(self) -> int:
        return sum(self.sizes.values())

    def facts(self) -> PictureFacts:
        return self.own_facts or PictureFacts(self.sizes, self.channels, "uint8", (0.0, 255.0))

    def survey(self) -> PixelSurvey:
        return PixelSurvey()

    def decode(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("a plan reads no picture")


@dataclass(frozen=True)
class Data:
    """A kind of data: what there is to train and validate with, and of it what is trained on."""

    rows: int
    train_rows: int
    height: int
    width: int
    channels: int
    class_names: tuple[str, ...]


def drawn(data: Data, facts: PictureFacts | None = None) -> Dataset:
    """The data as it was opened: a part with all rows."""
    pictures = Pictures({(data.height, data.width): data.rows}, data.channels, facts)
    part = Part("all", range(data.rows), None, pictures)  # type: ignore[arg-type]
    return Dataset("drawn", "image-folder", "drawn", data.class_names, {"all": part}, "fingerprint")


def planned(data: Data, asked: dict[str, Any], *, continues: bool = False, device: str = "cpu") -> dict[str, Any]:
    """Every setting of the run that is not at its default."""
    facts = replace(facts_of(drawn(data)), train_rows=data.train_rows)
    budget = TimeBudget(asked.get("time_limit_seconds"), matmul_speed=MATMUL_SPEED)
    start: Any = None
    if continues:
        decode = make_plan(facts, {}, budget).decode
        start = SimpleNamespace(card=SimpleNamespace(decode=decode), choices=lambda: ())
    plan = make_plan(facts, asked, budget, device=device, start=start)
    return plan.settings.model_dump(mode="json", exclude_defaults=True)


MNIST = Data(60_000, 54_000, 28, 28, 1, DIGITS)
SMALL_DIGITS = Data(1_797, 1_617, 8, 8, 1, DIGITS)
FASHION = replace(MNIST, class_names=("bag", "boot", "coat"))
CIFAR = Data(50_000, 45_000, 32, 32, 3, ("cat", "dog", "ship"))
FEW = Data(500, 450, 32, 32, 3, ("cat", "dog"))
PHOTOGRAPHS = Data(3_000, 2_700, 240, 320, 3, ("cat", "dog"))
MANY_PHOTOGRAPHS = replace(PHOTOGRAPHS, rows=12_000, train_rows=10_000)

ONE_CYCLE = {"name": "one_cycle", "warmup_fraction": 0.25}
OWN_NETWORK: dict[str, Any] = {
    "keep_best": "val_loss",
    "optimizer": {"name": "adamw", "learning_rate": 4e-3, "epsilon": 1e-8, "weight_decay": 0.02},
    "schedule": ONE_CYCLE,
    "loss": {"label_smoothing": 0.05},
}
MOVED_AND_MIRRORED = {"width_shift_range": 0.1, "height_shift_range": 0.1, "horizontal_flip": True}
MUON = {"name": "muon", "learning_rate": 0.12, "momentum": 0.6, "epsilon": 1e-8, "other_rate": 4e-3 / 0.12}
AIRBENCH: dict[str, Any] = {
    "model": "airbench-small",
    "batch_size": 256,
    "keep_best": "val_loss",
    "preprocess": {"featurewise_center": True, "featurewise_std_normalization": True},
    "augment": {"crop_padding": 2},
    "optimizer": MUON,
    "schedule": {"name": "one_cycle", "warmup_fraction": 0.0},
    "loss": {"label_smoothing": 0.1},
}
AIRBENCH_MIRRORED = AIRBENCH | {
    "augment": {"crop_padding": 2, "alternating_flip": True},
    "views": {"horizontal_flip": True},
}
LITE0: dict[str, Any] = {
    "model": "efficientnet-lite0",
    "batch_size": 64,
    "keep_best": "val_loss",
    "schedule": ONE_CYCLE,
    "loss": {"label_smoothing": 0.05},
}
HEAD = LITE0 | {
    "tune": "head",
    "optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.4},
}
WHOLE = LITE0 | {
    "tune": "full",
    "views": {"horizontal_flip": True},
    "optimizer": {"name": "adamw", "epsilon": 1e-8, "weight_decay": 0.02, "layer_decay": 0.5},
}
WHOLE_OF_MANY = WHOLE | {
    "optimizer": {"name": "adamw", "learning_rate": 3e-3, "epsilon": 1e-8, "weight_decay": 0.02, "layer_decay": 0.8},
    "loss": {"label_smoothing": 0.1},
}
MINUTE, HOUR = 60.0, 3_600.0

# Epochs by hand: 1,200 steps of 51, 29 and 40 an epoch are 24, 42 and 30; 500 of a head in 43 are 12; 600 are 14.
TABLE: dict[str, tuple[Data, dict[str, Any], dict[str, Any]]] = {
    "digits of 8 pixels": (
        SMALL_DIGITS,
        {},
        OWN_NETWORK | {"epochs": 24, "augment": {"rotation_range": 8.0, "zoom_range": 0.05}},
    ),
    "few letters": (
        replace(FEW, height=28, width=28, channels=1, class_names=("letter a", "letter b")),
        {},
        OWN_NETWORK
        | {
            "epochs": 42,
            "batch_size": 16,
            "augment": {
                "rotation_range": 10.0,
                "width_shift_range": 0.08,
                "height_shift_range": 0.08,
                "zoom_range": 0.1,
            },
        },
    ),
    "few tiny things": (
        replace(FEW, height=15, width=40),
        {},
        OWN_NETWORK | {"epochs": 42, "batch_size": 16, "augment": {"horizontal_flip": True}},
    ),
    "few small things": (FEW, {}, OWN_NETWORK | {"epochs": 42, "batch_size": 16, "augment": MOVED_AND_MIRRORED}),
    "left and right": (
        replace(FEW, class_names=("turn left", "turn right", "stop")),
        {},
        OWN_NETWORK
        | {
            "epochs": 42,
            "batch_size": 16,
            "augment": {"rotation_range": 10.0, "width_shift_range": 0.1, "height_shift_range": 0.1},
        },
    ),
    "one too few for airbench": (
        replace(CIFAR, train_rows=4_999),
        {},
        OWN_NETWORK | {"epochs": 30, "batch_size": 128, "augment": MOVED_AND_MIRRORED},
    ),
    "enough for airbench": (
        replace(CIFAR, train_rows=5_000),
        {},
        AIRBENCH_MIRRORED | {"epochs": 30, "batch_size": 128},
    ),
    "MNIST": (MNIST, {}, AIRBENCH | {"epochs": 8}),
    "Fashion-MNIST": (FASHION, {}, AIRBENCH_MIRRORED | {"epochs": 8}),
    "CIFAR-10": (CIFAR, {}, AIRBENCH_MIRRORED | {"epochs": 12}),
    "CIFAR-10 in three minutes": (CIFAR, {"time_limit_seconds": 3 * MINUTE}, AIRBENCH_MIRRORED),
    "CIFAR-10 in fifteen minutes": (
        CIFAR,
        {"time_limit_seconds": 15 * MINUTE},
        AIRBENCH_MIRRORED | {"model": "airbench-medium"},
    ),
    "CIFAR-10 in an hour": (
        CIFAR,
        {"time_limit_seconds": HOUR},
        WHOLE_OF_MANY
        | {
            "image_size": [96, 96],
            "augment": {"alternating_flip": True, "crop_padding": 10, "cutout": 0.25},
        },
    ),
    "photographs": (PHOTOGRAPHS, {}, HEAD | {"image_size": [224, 224], "epochs": 12}),
    "photographs in a minute": (
        PHOTOGRAPHS,
        {"time_limit_seconds": MINUTE},
        HEAD | {"image_size": [192, 192], "epochs": 12},
    ),
    "photographs, the whole network": (
        PHOTOGRAPHS,
        {"tune": "full"},
        WHOLE | {"image_size": [224, 224], "epochs": 14, "augment": {"alternating_flip": True, "crop_padding": 22}},
    ),
    "photographs, the whole network, in an hour": (
        PHOTOGRAPHS,
        {"tune": "full", "time_limit_seconds": HOUR},
        WHOLE | {"image_size": [224, 224], "augment": {"alternating_flip": True, "crop_padding": 22}},
    ),
    "photographs of left and right": (
        replace(PHOTOGRAPHS, class_names=("left", "right")),
        {"tune": "full"},
        {key: value for key, value in WHOLE.items() if key != "views"}
        | {"image_size": [224, 224], "epochs": 14, "augment": {"crop_padding": 22}},
    ),
    "photographs that change at random": (
        PHOTOGRAPHS,
        {"augment": {"rotation_range": 9.0}},
        OWN_NETWORK | {"batch_size": 64, "epochs": 28},
    ),
    "few photographs": (
        replace(PHOTOGRAPHS, rows=300, train_rows=270),
        {},
        # 500 steps of a head in 17 an epoch are 30 epochs.
        HEAD | {"image_size": [224, 224], "epochs": 30, "batch_size": 16},
    ),
    "many photographs, one too few for the rule of many": (
        replace(MANY_PHOTOGRAPHS, train_rows=9_999),
        {"tune": "full"},
        WHOLE | {"image_size": [160, 160], "epochs": 4, "augment": {"alternating_flip": True, "crop_padding": 16}},
    ),
    "a network of the tutorials": (MNIST, {"model": "mnist-tutorial"}, {"epochs": 8, "batch_size": 128}),
    "a recipe": (MNIST, {"recipe": "mnist-tutorial", "model": "mnist-tutorial", "epochs": 5}, {}),
}


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained_choice, "available_cores", lambda: 2)


@pytest.mark.parametrize("kind", TABLE)
def test_the_plan_by_value(kind: str) -> None:
    data, asked, expected = TABLE[kind]
    assert planned(data, asked) == merge(expected, asked)


@pytest.mark.parametrize(
    ("data", "asked", "expected"),
    [
        (
            PHOTOGRAPHS,
            {},
            WHOLE | {"image_size": [224, 224], "epochs": 14, "augment": {"alternating_flip": True, "crop_padding": 22}},
        ),
        (
            MANY_PHOTOGRAPHS,
            {},
            WHOLE_OF_MANY
            | {
                "image_size": [160, 160],
                "epochs": 4,
                "augment": {"alternating_flip": True, "crop_padding": 16, "cutout": 0.25},
            },
        ),
        (CIFAR, {"time_limit_seconds": HOUR}, AIRBENCH_MIRRORED | {"model": "airbench"}),
    ],
    ids=["photographs", "many photographs", "CIFAR-10 in an hour"],
)
def test_the_plan_for_a_gpu(data: Data, asked: dict[str, Any], expected: dict[str, Any]) -> None:
    assert planned(data, asked, device="cuda") == merge(expected, asked)


def test_going_on_from_a_trained_network_keeps_its_preparation_and_takes_a_quarter_of_the_rate() -> None:
    again = {"from_model": "runs/a"}
    airbench = AIRBENCH | {"epochs": 8, "optimizer": MUON | {"learning_rate": 0.03}} | again
    del airbench["preprocess"]
    assert planned(MNIST, {"model": "airbench-small", **again}, continues=True) == airbench
    own = OWN_NETWORK | {"epochs": 42, "batch_size": 16, "augment": MOVED_AND_MIRRORED} | again
    own["optimizer"] = {"name": "adamw", "epsilon": 1e-8, "weight_decay": 0.02}  # 1e-3 is the default
    assert planned(FEW, {"model": "cnn", **again}, continues=True) == own


@pytest.mark.parametrize("tune", ["head", "full"])
@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("sgd", {"learning_rate": 0.025, "momentum": 0.9, "weight_decay": 5e-4}),
        ("adagrad", {"learning_rate": 7.5e-3}),
        ("rmsprop", {"learning_rate": 7.5e-4}),
        ("adamw", {"weight_decay": 0.02}),  # 1e-3 is the default
        ("muon", {"learning_rate": 0.025, "momentum": 0.6}),
    ],
)
def test_a_named_optimizer_of_pretrained_weights_takes_a_quarter_of_its_usual_rate(
    name: str, usual: dict[str, Any], tune: str
) -> None:
    asked = {"tune": tune, "optimizer": {"name": name}}
    assert planned(PHOTOGRAPHS, asked)["optimizer"] == {"name": name, **usual}
    given = {"tune": tune, "optimizer": {"name": name, "learning_rate": 0.3}}
    assert planned(PHOTOGRAPHS, given)["optimizer"] == {"name": name, **usual, "learning_rate": 0.3}


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        (None, {"horizontal_flip": True}),
        ({"shift": 1}, {"shift": 1}),
        ({"horizontal_flip": False}, None),
        ({"horizontal_flip": True, "shift": 2}, {"horizontal_flip": True, "shift": 2}),
    ],
)
@pytest.mark.parametrize("asked", [{"tune": "full"}, {"model": "airbench-small"}])
def test_views_that_are_given_are_taken_as_they_are(
    views: dict[str, Any] | None, expected: dict[str, Any] | None, asked: dict[str, Any]
) -> None:
    data = PHOTOGRAPHS if "tune" in asked else CIFAR
    assert planned(data, asked if views is None else {**asked, "views": views}).get("views") == expected


def test_what_is_changed_in_a_plan_is_changed_in_the_smaller_ones_too() -> None:
    facts = replace(facts_of(drawn(CIFAR)), train_rows=CIFAR.train_rows)
    plan = make_plan(facts, {"time_limit_seconds": HOUR}, TimeBudget(HOUR, matmul_speed=MATMUL_SPEED / 100))
    changed = plan.with_settings(seed=7, epochs=3).with_choice("first", "second")
    names = []
    while changed is not None:
        names.append(changed.settings.model)
        assert (changed.settings.seed, changed.settings.epochs) == (7, 3)
        assert changed.choices[:2] == ("first", "second")
        own = changed.with_network(names[-1])
        assert (own.settings, own.choices, own.smaller) == (changed.settings, changed.choices, None)
        changed = changed.smaller
    assert names == ["airbench", "airbench-medium", "airbench-small", "cnn-small", "mlp"][-len(names) :]
    assert len(names) > 2
    assert [plan.with_network(name).settings.model for name in names] == names


def test_decoding_is_that_of_the_model_that_is_gone_on_from() -> None:
    decode = DecodeSettings(height=20, width=30, channels=1, resize="fit", ground="black", deep_range=(5, 900))
    start: Any = SimpleNamespace(card=SimpleNamespace(decode=decode), choices=lambda: ("continued",))
    asked = {"from_model": "runs/a", "model": "cnn"}
    plan = make_plan(facts_of(drawn(PHOTOGRAPHS)), asked, TimeBudget(), start=start)
    assert plan.decode == decode
    assert plan.choices[0] == "continued"


def test_a_network_that_is_asked_for_is_trained_as_one_also_on_rows_of_numbers() -> None:
    numbers = replace(FEW, height=4, width=60, channels=1)
    own = {"keep_best": "val_loss", "schedule": ONE_CYCLE}
    assert planned(numbers, {}) == own | {
        "model": "mlp",
        "epochs": 20,
        "batch_size": 64,
        "dropout": 0.0,
        "preprocess": AIRBENCH["preprocess"],
        "optimizer": {"name": "adamw", "learning_rate": 0.01, "epsilon": 1e-8, "weight_decay": 0.01},
    }
    found = planned(numbers, {"model": "cnn"})
    assert {name: found[name] for name in OWN_NETWORK} == OWN_NETWORK
    assert (found["epochs"], found["batch_size"]) == (42, 16)
    assert not {"dropout", "preprocess"} & found.keys()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "knn", "tune": "full", "epochs": 3}, ["knn does not read tune and epochs"]),
        ({"model": "cnn", "tune": "full"}, ["cnn has no pretrained weights: --tune full changes nothing"]),
        (
            {"model": "cnn", "tune": "head", "features": {"pca": 3}},
            ["cnn does not read features", "cnn has no pretrained weights: --tune head changes nothing"],
        ),
        ({"model": "cnn"}, []),
    ],
)
def test_what_a_model_does_not_read_is_said_once_and_is_no_setting_of_the_run(
    asked: dict[str, Any], said: list[str]
) -> None:
    plan = make_plan(facts_of(drawn(FEW)), asked, TimeBudget())
    assert [words for words in plan.choices if "does not read" in words or "changes nothing" in words] == said
    assert plan.settings.tune == "auto"


def test_a_pretrained_network_keeps_its_size_when_it_is_gone_on_from() -> None:
    found = planned(PHOTOGRAPHS, {"model": "efficientnet-lite0", "from_model": "runs/a"}, continues=True)
    assert found == HEAD | {"epochs": 12, "from_model": "runs/a"}


@pytest.mark.parametrize(
    ("data", "asked", "model"),
    [
        (replace(CIFAR, height=64, width=64), {}, "airbench-small"),
        (replace(CIFAR, height=64, width=65), {}, None),
        (replace(CIFAR, height=9, width=20), {}, "airbench-small"),
        (replace(CIFAR, height=8, width=20), {}, None),
        (replace(CIFAR, height=16, width=40, rows=3_000), {"time_limit_seconds": HOUR}, "efficientnet-lite0"),
        (replace(CIFAR, height=15, width=40, rows=3_000), {"time_limit_seconds": HOUR}, "airbench"),
        (replace(PHOTOGRAPHS, height=100), {}, "efficientnet-lite0"),
        (replace(PHOTOGRAPHS, height=99), {}, None),
        (replace(PHOTOGRAPHS, rows=50_000), {}, "efficientnet-lite0"),
        (replace(PHOTOGRAPHS, rows=50_001), {}, None),
        (replace(PHOTOGRAPHS, channels=1), {}, None),
    ],
)
def test_the_network_at_the_edges(data: Data, asked: dict[str, Any], model: str | None) -> None:
    assert planned(data, asked).get("model") == model


@pytest.mark.parametrize(
    ("train_rows", "batch_size"),
    # A batch is doubled while an epoch keeps thirty of the double size: 960 are 30 of 32.
    [(10, 16), (959, 16), (960, None), (1_919, None), (1_920, 64), (3_839, 64), (3_840, 128), (100_000, 128)],
)
def test_batches_at_the_edges(train_rows: int, batch_size: int | None) -> None:
    found = planned(replace(FEW, rows=train_rows, train_rows=train_rows), {"model": "cnn"})
    assert found.get("batch_size") == batch_size  # None: 32, the default


@pytest.mark.parametrize(("train_rows", "batch_size"), [(959, 16), (960, None), (1_920, 64), (40_000, 64)])
def test_batches_of_a_pretrained_network_at_the_edges(train_rows: int, batch_size: int | None) -> None:
    assert planned(replace(PHOTOGRAPHS, train_rows=train_rows), {}).get("batch_size") == batch_size


@pytest.mark.parametrize(
    ("train_rows", "epochs"),
    # 1,200 steps, at most 80 epochs and at least 8 of grey pictures: batches of 16, 16, 16, 128 and 128.
    [(16, 80), (241, 75), (256, 75), (19_072, 9), (19_200, 8), (60_000, 8)],
)
def test_epochs_at_the_edges(train_rows: int, epochs: int) -> None:
    grey = replace(FEW, rows=train_rows, train_rows=train_rows, channels=1)
    # 10 is the default, which is left out of what is compared: none of these is 10.
    assert planned(grey, {"model": "cnn"})["epochs"] == epochs


@pytest.mark.parametrize(
    ("train_rows", "tune", "epochs"),
    [(90, "head", 40), (4_000, "head", None), (90, "full", 20), (9_000, "full", 5), (40_000, "full", 4)],
)
def test_epochs_of_a_pretrained_network_at_the_edges(train_rows: int, tune: str, epochs: int | None) -> None:
    found = planned(replace(PHOTOGRAPHS, train_rows=train_rows), {"model": "efficientnet-lite0", "tune": tune})
    assert found.get("epochs") == epochs  # None: 10, the default


def pretrained_picks(dataset: Dataset, asked: dict[str, Any] | None = None) -> dict[str, Any]:
    return pretrained_choice.pick_pretrained(facts_of(dataset), asked or {}, TimeBudget()).picks.settings


def seconds_for(epochs: float, model: str, side: int, rows: int, share_of_speed: float) -> float:
    """A time limit into which so many epochs fit, as the plan reckons: 6 operations for a multiply-add, 0.85 of it."""
    shape = (3, side, side)
    network = network_named(model, ModelInput(side, side, 3, 3, rows))
    return epochs * rows * 6 * summarize(network, shape, 3).multiply_adds / (MATMUL_SPEED * 0.85 * share_of_speed)


@pytest.mark.parametrize(("size", "smaller"), [(96, None), (128, 96), (160, 128)])
def test_small_pictures_are_made_larger_from_six_epochs_on(size: int, smaller: int | None) -> None:
    limit = seconds_for(6.0, "efficientnet-lite0", size, 50_000, 0.33)
    enough = planned(CIFAR, {"time_limit_seconds": 1.001 * limit})
    too_little = planned(CIFAR, {"time_limit_seconds": 0.999 * limit})
    assert enough["image_size"] == [size, size]
    assert too_little.get("image_size") == (smaller and [smaller, smaller])


@pytest.mark.parametrize(
    ("model", "epochs", "narrower"), [("airbench", 3.5, "airbench-medium"), ("airbench-medium", 4.5, "airbench-small")]
)
def test_the_width_by_the_epochs_that_fit(model: str, epochs: float, narrower: str) -> None:
    limit = seconds_for(epochs, model, 32, 45_000, 0.7)
    for factor, picked in ((1.001, model), (0.999, narrower)):
        assert planned(CIFAR, {"time_limit_seconds": factor * limit}, device="cuda")["model"] == picked


@pytest.mark.parametrize(
    ("side", "size"), [(100, 128), (128, 128), (129, 160), (160, 160), (161, 192), (192, 192), (224, 224), (900, 224)]
)
def test_photographs_get_the_next_size_above_their_own(side: int, size: int) -> None:
    for height, width in ((side, 1_000), (1_000, side)):
        found = planned(replace(FEW, height=height, width=width), {})
        assert (found["model"], found["image_size"]) == ("efficientnet-lite0", [size, size])
    asked = {"image_size": [96, 144]}
    found = planned(replace(FEW, height=side, width=1_000), {**asked, "tune": "full"})
    assert (found["image_size"], found["augment"]["crop_padding"]) == ([96, 144], 10)  # a tenth of the shorter side


def test_small_pictures_of_a_given_size_are_not_made_larger() -> None:
    assert planned(CIFAR, {"time_limit_seconds": HOUR})["image_size"] == [96, 96]
    found = planned(CIFAR, {"time_limit_seconds": HOUR, "image_size": [32, 32]})
    assert (found["model"], found["image_size"]) == ("airbench", [32, 32])


def test_photographs_for_which_there_is_no_time_are_learnt_from_scratch() -> None:
    """40 billion multiply-adds a second on two cores, in four tenths of the limit."""
    cost = summarize(network_named("efficientnet-lite0", ModelInput(128, 128, 3, 2, 1)), (3, 128, 128), 2).multiply_adds
    limit = PHOTOGRAPHS.rows * cost / 40e9 / 0.4
    assert planned(PHOTOGRAPHS, {"time_limit_seconds": 1.001 * limit})["model"] == "efficientnet-lite0"
    assert planned(PHOTOGRAPHS, {"time_limit_seconds": 0.999 * limit}).get("model") is None


def test_a_busy_machine_takes_smaller_photographs_but_still_a_network_that_has_seen_some() -> None:
    """In 24 s an idle machine computes the features of 3,000 photographs at 192 px."""

    def size(matmul_speed: float) -> Any:
        facts = replace(facts_of(drawn(PHOTOGRAPHS)), train_rows=PHOTOGRAPHS.train_rows)
        settings = make_plan(facts, {"time_limit_seconds": 60.0}, TimeBudget(60.0, matmul_speed=matmul_speed)).settings
        return settings.model, settings.image_size

    assert size(MATMUL_SPEED) == size(160e9) == ("efficientnet-lite0", (192, 192))
    assert size(100e9) == ("efficientnet-lite0", (160, 160))
    assert size(20e9) == ("efficientnet-lite0", (128, 128))  # some of the photographs, as many as there is time for


def test_a_larger_network_that_is_asked_for_gets_the_size_that_it_has_time_for() -> None:
    """6,000 at 224 px take 58 s of the 60 with the smallest; the next needs 192 px for that, the largest 160."""
    six_thousand = replace(PHOTOGRAPHS, rows=6_000)
    sizes = {
        model: planned(six_thousand, {"model": model})["image_size"]
        for model in ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")
    }
    assert sizes == {
        "efficientnet-lite0": [224, 224],
        "efficientnet-lite1": [192, 192],
        "efficientnet-lite2": [160, 160],
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"preprocess": {"scale": "none"}},
        {"from_model": "runs/a"},
        {"models": "cnn,mlp"},
        {"recipe": "mnist-tutorial"},
        {"weights": "none"},
        {"mix": {"mixup": 0.2}},
        {"augment": {"vertical_flip": True}},
    ],
)
def test_who_asks_for_another_way_gets_no_pretrained_network(asked: dict[str, Any]) -> None:
    assert "model" not in pretrained_picks(drawn(PHOTOGRAPHS), asked)


@pytest.mark.parametrize("asked", [{"tune": "full"}, {"tune": "gradual"}, {"tune": "head"}])
def test_who_asks_to_tune_gets_a_network_to_tune_whatever_the_pictures(asked: dict[str, Any]) -> None:
    assert planned(MNIST, asked)["model"] == "efficientnet-lite0"


def test_how_pictures_are_filled_up_leaves_the_planned_augmentation() -> None:
    filled = {"fill_mode": "constant", "cval": 9.0}
    assert planned(FEW, {"augment": filled})["augment"] == MOVED_AND_MIRRORED | filled
    own = {"zoom_range": 0.3, "cval": 9.0}
    assert planned(FEW, {"augment": own})["augment"] == own


def test_what_is_not_of_eight_bits_is_no_photograph() -> None:
    pictures = Pictures({(240, 320): 3_000}, 3)
    wide = PictureFacts(pictures.sizes, 3, "uint16", (0.0, 65_535.0))
    for facts, is_picked in ((pictures.facts(), True), (wide, False), (replace(wide, dtype="float32"), False)):
        dataset = drawn(PHOTOGRAPHS, facts)
        assert bool(pretrained_picks(dataset)) is is_picked


def test_one_part_in_colour_makes_photographs_of_all() -> None:
    grey, colour = drawn(replace(PHOTOGRAPHS, channels=1)).parts["all"], drawn(PHOTOGRAPHS).parts["all"]
    dataset = replace(drawn(PHOTOGRAPHS), parts={"train": grey, "val": colour})
    assert pretrained_picks(dataset)["model"] == "efficientnet-lite0"


def test_without_the_weights_it_says_what_to_install_and_picks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained_choice, "is_installed", lambda _: False)
    choice = pretrained_choice.pick_pretrained(facts_of(drawn(PHOTOGRAPHS)), {}, TimeBudget())
    assert not choice.picks.made
    assert "brings a pretrained network, which such pictures are best learnt with" in choice.tip


def test_weights_in_a_file_need_no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pretrained_choice, "is_installed", lambda _: False)
    weights = tmp_path / "mine.pth"
    weights.write_bytes(b"any")
    choice = pretrained_choice.pick_pretrained(facts_of(drawn(FEW)), {"weights": str(weights)}, TimeBudget())
    assert choice.picks.settings["model"] == "efficientnet-lite0"
    assert choice.tip == ""
    none = pretrained_choice.pick_pretrained(facts_of(drawn(PHOTOGRAPHS)), {"weights": "none"}, TimeBudget())
    assert (none.picks.settings, none.tip) == ({}, "")


@pytest.mark.parametrize(
    ("asked", "smaller"),
    [
        ({"time_limit_seconds": HOUR}, ["airbench-medium", "airbench-small", "cnn-small", "mlp"]),
        ({"time_limit_seconds": HOUR, "model": "airbench"}, []),  # as the user asked
        (gather_overrides({"time_limit": "1h", "recipe": "mnist-tutorial"}), []),
        ({}, []),  # without a limit nothing has to fit
    ],
)
def test_a_network_gives_way_to_smaller_ones_only_where_it_was_picked_for_a_limit(
    asked: dict[str, Any], smaller: list[str]
) -> None:
    facts = replace(facts_of(drawn(MNIST)), train_rows=MNIST.train_rows)
    plan = make_plan(facts, asked, TimeBudget(asked.get("time_limit_seconds"), matmul_speed=MATMUL_SPEED))
    found, each = [], plan.smaller
    while each is not None:
        found.append(each.settings.model)
        each = each.smaller
    assert found == smaller


def test_what_picks_the_size_is_the_median_picture_and_every_picture_counts() -> None:
    pictures = Pictures({(20, 20): 1, (30, 30): 1, (240, 320): 30}, 3)
    part = Part("all", range(32), None, pictures)  # type: ignore[arg-type]
    dataset = Dataset("drawn", "image-folder", "drawn", ("cat", "dog"), {"all": part}, "fingerprint")
    assert pretrained_picks(dataset) == {"model": "efficientnet-lite0", "image_size": [224, 224]}
    mostly_small = Pictures({(20, 20): 30, (240, 320): 1, (300, 300): 1}, 3)
    parts = {"all": replace(part, pictures=mostly_small)}
    assert pretrained_picks(replace(dataset, parts=parts)) == {}


def test_pictures_to_test_on_pick_no_size_and_do_not_count() -> None:
    train = Part("train", range(50_000), None, Pictures({(240, 320): 50_000}, 3))  # type: ignore[arg-type]
    test = Part("test", range(70_000), None, Pictures({(20, 20): 70_000}, 1))  # type: ignore[arg-type]
    dataset = Dataset("drawn", "parts", "drawn", ("cat", "dog"), {"train": train, "test": test}, "fingerprint")
    assert pretrained_picks(dataset)["model"] == "efficientnet-lite0"


def test_the_labels_quick_networks_by_value() -> None:
    def quick(rows: int, side: int, channels: int, class_names: tuple[str, ...]) -> dict[str, Any]:
        found = plan_quick_networks(
            rows, DecodeSettings(height=side, width=side, channels=channels), class_names, seed=7
        )
        return {"folds": found.folds, **found.plan.settings.model_dump(mode="json", exclude_defaults=True)}

    common = {
        "model": "cnn-small",
        "seed": 7,
        "keep_best": "train_loss",
        "optimizer": {"name": "adamw", "learning_rate": 8e-3, "epsilon": 1e-8, "weight_decay": 0.02},
        "schedule": ONE_CYCLE,
        "loss": {"label_smoothing": 0.05},
    }
    assert quick(60_000, 28, 1, DIGITS) == common | {"folds": 3, "epochs": 3, "batch_size": 64}
    # 500 steps of 5 an epoch would be 100 epochs; 20 are the most.
    assert quick(100, 28, 1, ("bag", "boot")) == common | {
        "folds": 5,
        "epochs": 20,
        "batch_size": 16,
        "augment": {"width_shift_range": 0.1, "height_shift_range": 0.1},
    }
    # Of 1,999 in five folds 49 steps of 32 an epoch: 11 epochs. Of 2,000 in three 20 of 64: the most, 20.
    assert quick(1_999, 28, 3, ("cat", "dog")) == common | {"folds": 5, "epochs": 11, "augment": MOVED_AND_MIRRORED}
    assert quick(2_000, 28, 3, ("cat", "dog")) == common | {
        "folds": 3,
        "epochs": 20,
        "batch_size": 64,
        "augment": MOVED_AND_MIRRORED,
    }
    assert quick(50_000, 32, 3, ("cat", "dog"))["epochs"] == 8
    assert quick(499, 28, 1, DIGITS)["batch_size"] == 16
    assert "batch_size" not in quick(500, 28, 1, DIGITS)  # 32, the default
    assert quick(2, 28, 1, ("bag", "boot"))["folds"] == 2
    # Digits are not changed however few they are. A network of their own plan is the one that is trained.
    assert quick(100, 28, 1, DIGITS) == common | {"folds": 5, "epochs": 20, "batch_size": 16}
    decode = DecodeSettings(height=28, width=28, channels=1)
    assert plan_quick_networks(100, decode, DIGITS, seed=0).plan.network == network_named(
        "cnn-small", ModelInput(28, 28, 1, 10, 100)
    )
    assert quick(1, 28, 1, ("bag", "boot"))["folds"] == 1


@pytest.mark.parametrize(
    ("size", "smaller"), [((48, 20), (48, 20)), ((49, 20), (48, 20)), ((60, 240), (12, 48)), ((1, 480), (1, 48))]
)
def test_pictures_for_quick_networks_are_shrunk_to_48_pixels(size: tuple[int, int], smaller: tuple[int, int]) -> None:
    decode = DecodeSettings(height=size[0], width=size[1], channels=3, resize="fit")
    assert small_enough(decode) == decode.model_copy(update={"height": smaller[0], "width": smaller[1]})
