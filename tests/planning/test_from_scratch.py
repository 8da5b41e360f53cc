"""What is picked from the data, and that it never overrules the user."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from onelook.planning.facts import DataFacts
from onelook.planning.from_scratch import pick_from_scratch
from onelook.planning.optimizer_choice import rule_in_words, usual_settings
from onelook.planning.options import resolve_settings
from onelook.planning.picks import Picks
from onelook.planning.time_budget import TimeBudget
from onelook.settings import TrainSettings
from onelook.settings.merge import build_settings, merge
from onelook.settings.optimization import OptimizerSettings
from onelook.settings.parse import parse_set

DIGITS = tuple(map(str, range(10)))
MNIST = DataFacts(train_rows=54_000, height=28, width=28, channels=1, class_names=DIGITS)
THINGS = replace(MNIST, class_names=("cat", "dog"))
PETS = DataFacts(train_rows=2_000, height=128, width=128, channels=3, class_names=("cat", "dog"))


def plan_run(
    facts: DataFacts, chosen: dict[str, object], *, continues: bool = False, matmul_speed: float | None = None
) -> Picks:
    limit = chosen.get("time_limit_seconds")
    budget = TimeBudget(limit if isinstance(limit, int) else None, matmul_speed=matmul_speed)
    return pick_from_scratch(facts, chosen, budget, continues=continues)


@pytest.mark.parametrize(("facts", "network"), [(MNIST, "airbench-small"), (PETS, "cnn")])
def test_the_plan_is_a_valid_run(facts: DataFacts, network: str) -> None:
    plan = plan_run(facts, {})
    assert build_settings(plan.settings, "the plan").model == network
    assert len(plan.reasons) >= 5


@pytest.mark.parametrize(
    "chosen",
    [
        {"epochs": 3},
        {"batch_size": 7},
        {"augment": {"vertical_flip": True}},
        {"schedule": {"name": "cosine"}},
        {"loss": {"label_smoothing": 0.3}},
        {"keep_best": "train_loss"},
        {"model": "mlp"},
    ],
)
def test_what_the_user_chose_is_not_in_the_plan(chosen: dict[str, object]) -> None:
    plan = plan_run(MNIST, chosen)
    assert not chosen.keys() & plan.settings.keys()
    resolved = build_settings(merge(plan.settings, chosen), "both").model_dump()
    for name, value in chosen.items():
        if isinstance(value, dict):
            assert resolved[name].items() >= value.items()
        else:
            assert resolved[name] == value


@pytest.mark.parametrize(("facts", "continues", "rate"), [(MNIST, False, 0.1), (PETS, False, 0.1), (PETS, True, 0.025)])
def test_another_optimizer_gets_its_own_usual_rate_on_our_schedule(
    facts: DataFacts, continues: bool, rate: float
) -> None:
    plan = plan_run(facts, {"optimizer": {"name": "sgd"}}, continues=continues).settings
    assert plan["optimizer"] == {"learning_rate": rate, "momentum": 0.9, "weight_decay": 5e-4}
    assert plan["schedule"]["name"] == "one_cycle"


USUAL: dict[str, dict[str, float]] = {
    "sgd": {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 5e-4},
    "adagrad": {"learning_rate": 0.03},
    "rmsprop": {"learning_rate": 3e-3},
    "adam": {"learning_rate": 4e-3},
    "adamw": {"learning_rate": 4e-3, "weight_decay": 0.02},
    "muon": {"learning_rate": 0.1, "momentum": 0.6},
}


def test_each_optimizer_has_usual_settings_that_it_reads() -> None:
    assert {*get_args(OptimizerSettings.model_fields["name"].annotation)} == USUAL.keys()
    for name, usual in USUAL.items():
        assert usual_settings(name) == usual
        quarter = usual | {"learning_rate": pytest.approx(usual["learning_rate"] / 4)}
        assert usual_settings(name, are_trained=True) == quarter
        assert OptimizerSettings(name=name, **usual).learning_rate == usual["learning_rate"]  # type: ignore[arg-type]


def test_a_rate_of_one_s_own_stays_with_another_optimizer() -> None:
    chosen = {"optimizer": {"name": "sgd", "learning_rate": 0.3, "momentum": 0.5}}
    resolved = resolve_settings(chosen, plan_run(MNIST, chosen).settings).optimizer
    assert (resolved.name, resolved.learning_rate, resolved.momentum) == ("sgd", 0.3, 0.5)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Adam; learning rate 0.001 throughout"),
        (
            {"optimizer": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "weight_decay": 5e-4}},
            "SGD, momentum 0.9, weight decay 0.0005; learning rate 0.05 throughout",
        ),
        (
            {
                "optimizer": {"name": "adamw", "learning_rate": 4e-3, "layer_decay": 0.5},
                "schedule": {"name": "one_cycle", "warmup_fraction": 0.25, "final_fraction": 0.1},
            },
            "AdamW, lower layers slower; learning rate 0.004 at most: rises for 25 % of the steps, then falls to "
            "0.0004",
        ),
        (
            {"optimizer": {"name": "muon"}, "schedule": {"name": "cosine", "warmup_fraction": 0.0}},
            "Muon; learning rate 0.001 at most: falls to 0",
        ),
        (
            {"schedule": {"name": "step", "step_epochs": 3, "step_factor": 0.2}},
            "Adam; learning rate 0.001, times 0.2 every 3 epochs",
        ),
    ],
)
def test_optimizer_and_learning_rate_in_words(settings: dict[str, object], words: str) -> None:
    assert rule_in_words(TrainSettings.model_validate(settings)) == words


@pytest.mark.parametrize(
    "pair",
    [
        "optimizer.learning_rate=0.01",
        "optimizer.weight_decay=0.0",
        "schedule.warmup_fraction=0.5",
        "loss.class_weights=balanced",
        "augment.fill_mode=constant",
        "augment.policy_magnitude=9.0",
    ],
)
def test_a_chosen_setting_leaves_the_other_picks_in_place(pair: str) -> None:
    chosen = parse_set([pair])
    ((section, values),) = chosen.items()
    untouched, resolved = plan_run(MNIST, {}).settings, merge(plan_run(MNIST, chosen).settings, chosen)
    assert resolved == merge(untouched, {section: values}) != untouched


@pytest.mark.parametrize(("facts", "rule"), [(MNIST, "muon"), (PETS, "adamw")])
def test_another_schedule_keeps_the_optimizer(facts: DataFacts, rule: str) -> None:
    plan = plan_run(facts, {"schedule": {"name": "cosine"}})
    assert plan.settings["optimizer"]["name"] == rule
    assert "schedule" not in plan.settings


@pytest.mark.parametrize("pair", ["augment=false", "rotation_range=20"])
def test_augmentation_is_as_chosen(pair: str) -> None:
    assert "augment" not in plan_run(MNIST, parse_set([pair])).settings


def test_a_tutorials_network_keeps_keras_defaults() -> None:
    plan = plan_run(MNIST, {"model": "mnist-tutorial"}).settings
    assert not {"optimizer", "schedule", "loss", "augment"} & plan.keys()
    sgd = plan_run(MNIST, {"model": "mnist-tutorial", "optimizer": {"name": "sgd"}}).settings
    assert sgd["optimizer"] == {"learning_rate": 0.01}
    assert "schedule" not in sgd


def test_digits_and_letters_are_never_mirrored() -> None:
    for names in (DIGITS, ("a", "b"), ("0", "x"), ("Zero", "one", "seven")):
        facts = DataFacts(train_rows=6_000, height=28, width=28, channels=1, class_names=names)
        augment = plan_run(facts, {}).settings["augment"]
        assert not augment.get("horizontal_flip")
        assert not augment.get("vertical_flip")
    assert plan_run(PETS, {}).settings["augment"]["horizontal_flip"]


@pytest.mark.parametrize("model", ["cnn", "airbench"])
def test_left_and_right_are_not_mirrored_into_each_other(model: str) -> None:
    signs = replace(MNIST, class_names=("turn left", "turn right"))
    plan = plan_run(signs, {"model": model})
    assert not {"horizontal_flip", "alternating_flip"} & plan.settings["augment"].keys()
    assert any("left and right are different classes" in reason for reason in plan.reasons)


def test_a_small_data_set_gets_small_batches_and_more_epochs() -> None:
    few = DataFacts(train_rows=300, height=28, width=28, channels=1, class_names=DIGITS)
    small, large = plan_run(few, {}).settings, plan_run(MNIST, {}).settings
    assert small["batch_size"] < large["batch_size"]
    assert small["epochs"] > large["epochs"]


def test_a_time_limit_leaves_the_epochs_to_the_measured_pace() -> None:
    assert "epochs" not in plan_run(MNIST, {"time_limit_seconds": 60}).settings


def test_airbench_is_trained_as_it_was_published_and_digits_are_not_mirrored() -> None:
    digits = plan_run(MNIST, {"model": "airbench"}).settings
    assert digits["optimizer"]["name"] == "muon"
    assert digits["batch_size"] == 256
    assert digits["augment"] == {"crop_padding": 2}
    assert "views" not in digits
    things = plan_run(THINGS, {"model": "airbench"}).settings
    assert things["augment"] == {"crop_padding": 2, "alternating_flip": True}
    assert things["views"] == {"horizontal_flip": True}
    build_settings(things, "the plan")  # nothing in it that the optimizer or schedule would not read


def test_airbench_gets_pictures_of_mean_0_and_deviation_1_unless_they_are_prepared_otherwise() -> None:
    standardized = {"featurewise_center": True, "featurewise_std_normalization": True}
    assert plan_run(MNIST, {"model": "airbench"}).settings["preprocess"] == standardized
    assert "preprocess" not in plan_run(MNIST, {"model": "airbench", "preprocess": {"scale": "none"}}).settings
    assert "preprocess" not in plan_run(MNIST, {"model": "airbench"}, continues=True).settings
    assert "preprocess" not in plan_run(MNIST, {"model": "cnn"}).settings


def test_views_of_ones_own_replace_the_planned_ones() -> None:
    assert "views" not in plan_run(THINGS, {"model": "airbench", "views": {"shift": 1}}).settings


@pytest.mark.parametrize("model", ["cnn", "airbench"])
def test_weights_that_are_good_already_go_on_at_a_lower_rate(model: str) -> None:
    afresh, going_on = (
        plan_run(MNIST, {"model": model}, continues=continues).settings["optimizer"] for continues in (False, True)
    )
    assert going_on["learning_rate"] == pytest.approx(afresh["learning_rate"] / 4)


def test_the_network_grows_with_the_time_that_there_is() -> None:
    colour = replace(THINGS, height=32, width=32, channels=3, train_rows=45_000)

    def network(seconds: int, matmul_speed: float = 180e9) -> object:
        return plan_run(colour, {"time_limit_seconds": seconds}, matmul_speed=matmul_speed).settings["model"]

    assert [network(minutes * 60) for minutes in (3, 15, 60)] == ["airbench-small", "airbench-medium", "airbench"]
    assert network(3_600, matmul_speed=18e9) == "airbench-small"


def test_the_network_is_picked_by_the_speed_in_bfloat16_where_it_is_trained_in_it() -> None:
    colour = replace(THINGS, height=32, width=32, channels=3, train_rows=45_000)

    def network(bfloat16_gain: float, float32_gain: float = 1.0) -> object:
        budget = TimeBudget(900, matmul_speed=180e9, bfloat16_gain=bfloat16_gain, float32_gain=float32_gain)
        return pick_from_scratch(colour, {"time_limit_seconds": 900}, budget).settings["model"]

    assert [network(gain) for gain in (1.0, 1.1, 2.0)] == ["airbench-medium", "airbench-medium", "airbench"]
    assert network(1.0, float32_gain=1.5) == "airbench"


def test_what_is_said_counts_the_pictures_that_are_trained_on() -> None:
    facts = DataFacts(900, 28, 28, 1, tuple("0123456789"), rows=1_000)
    picks = pick_from_scratch(facts, {"model": "cnn"}, TimeBudget())
    epochs, batch_size = picks.settings["epochs"], picks.settings["batch_size"]
    assert picks.reasons[:2] == (
        f"batches of {batch_size}: 900 training pictures",
        f"{epochs} epochs: {epochs * 900:,} pictures seen in all",
    )
    numbers = pick_from_scratch(replace(facts, height=1, train_rows=240, rows=300), {}, TimeBudget())
    assert (numbers.settings["batch_size"], numbers.reasons[1]) == (40, "batches of 40: 240 training rows")


def test_without_other_pictures_to_validate_the_lowest_training_loss_is_kept_unless_another_is_asked_for() -> None:
    facts = DataFacts(900, 28, 28, 1, tuple("0123456789"), rows=900, has_val=False)
    assert pick_from_scratch(facts, {"model": "cnn"}, TimeBudget()).settings["keep_best"] == "train_loss"
    chosen = {"model": "cnn", "keep_best": "train_accuracy"}
    assert "keep_best" not in pick_from_scratch(facts, chosen, TimeBudget()).settings
