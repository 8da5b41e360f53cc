"""Pick how a network with fresh weights is trained: the defaults of a first run, and why."""

from __future__ import annotations

from typing import Any

from onelook.planning.facts import DataFacts
from onelook.planning.mirroring import are_symbols, why_not_mirrored
from onelook.planning.network_choice import SMALLEST_SIDE, pick_network
from onelook.planning.picks import Picks, doubled_batch_size, one_cycle
from onelook.planning.time_budget import TimeBudget
from onelook.settings.augment import AugmentSettings
from onelook.settings.merge import Overrides
from onelook.settings.setting_facts import parts_that
from onelook.wording import counted

# Networks of our own, for which the schedule below was tuned. The tutorials' networks keep Keras' defaults.
_AIRBENCH = frozenset({"airbench", "airbench-medium", "airbench-small"})
_TUNED_MODELS = frozenset({"cnn", "cnn-small", "resnet"}) | _AIRBENCH
# A short run needs about this many steps before batch-norm and the rate's rise and fall pay (measured on digits).
_FEWEST_STEPS = 1_200
_LARGEST_BATCH = 128
_MOST_EPOCHS = 80
_RATE = 4e-3
# Weights that are good already lose at a rate that fresh ones need.
_RATE_OF_GOING_ON = 1e-3
# For kernels arXiv:2404.00498's successor with Muon takes 0.24 and 0.6 at batches of 2,000. At batches of 250 half that
# rate gave 83.9 % of CIFAR-10 after 4 epochs of the small network, and 83.3 % as published at 500. The rest is moved by
# AdamW at its usual rate; AdamW for all of it learns slower (a quarter of CIFAR-10, 6 epochs: 74 % against 78 %).
_MUON_RATE = 0.12
_MUON_RATE_OF_GOING_ON = 0.03
_STANDARDIZED = {"featurewise_center": True, "featurewise_std_normalization": True}
# For rows of numbers: 120 steps and more.
_EPOCHS_OF_NUMBERS, _STEPS_OF_NUMBERS = 20, 6
_SMALLEST_BATCH_OF_NUMBERS, _LARGEST_BATCH_OF_NUMBERS = 4, 64
KEEPS_LOWEST_LOSS = "the epoch of the lowest validation loss is kept"


def pick_from_scratch(facts: DataFacts, chosen: Overrides, budget: TimeBudget, *, goes_on: bool = False) -> Picks:
    """Pick the settings of a first run on such data, below everything that `chosen` says.

    A chosen setting replaces its own pick, and only that: a rate of one's own keeps the rule and the schedule, class
    weights keep the label smoothing. What stands together goes together: another optimizer's name takes our rate and
    schedule away, a chosen transform our augmentation.

    Args:
        facts: what the data is like.
        chosen: what was asked for.
        budget: the time that decides how wide a network may be.
        goes_on: whether the weights are trained already.
    """
    picks = Picks()
    if "model" not in chosen and min(facts.height, facts.width) < SMALLEST_SIDE:
        _pick_for_rows_of_numbers(picks, facts, chosen, budget)
    else:
        _pick_for_pictures(picks, facts, chosen, budget, goes_on=goes_on)
    if not facts.has_val and "keep_best" not in chosen:
        picks.add({"keep_best": "train_loss"}, "all pictures are learnt from")
    return picks


def _pick_for_pictures(picks: Picks, facts: DataFacts, chosen: Overrides, budget: TimeBudget, *, goes_on: bool) -> None:
    model = chosen.get("model")
    if model is None:
        model, reason = pick_network(facts, budget)
        picks.add({"model": model}, reason)
    tuned, is_airbench = model in _TUNED_MODELS, model in _AIRBENCH
    batch_size = chosen.get("batch_size")
    if batch_size is None:
        batch_size = doubled_batch_size(facts.train_rows, largest=_LARGEST_BATCH * (2 if is_airbench else 1))
        picks.add(
            {"batch_size": batch_size}, f"batches of {batch_size}: {counted(facts.train_rows, 'training picture')}"
        )
    if not {"epochs", "time_limit_seconds"} & chosen.keys():
        epochs = _epochs(facts, int(batch_size))
        picks.add(
            {"epochs": epochs},
            f"{counted(epochs, 'epoch')}: {counted(epochs * facts.train_rows, 'picture')} seen in all",
        )
    if tuned and "name" not in chosen.get("optimizer", {}):
        rule, optimizer, warmup = _muon(goes_on) if is_airbench else _adamw(goes_on)
        if "name" in chosen.get("schedule", {}):
            picks.add({"optimizer": optimizer}, f"{rule}, on the schedule that you chose")
        else:
            course = "a one-cycle rate, which rises, then falls" if warmup else "a rate that falls"
            picks.add({"optimizer": optimizer, "schedule": one_cycle(warmup)}, f"{rule} on {course} to nothing")
    if tuned and "keep_best" not in chosen:
        picks.add({"keep_best": "val_loss"}, KEEPS_LOWEST_LOSS)
    if tuned and "label_smoothing" not in chosen.get("loss", {}):
        smoothing = 0.1 if is_airbench else 0.05
        picks.add({"loss": {"label_smoothing": smoothing}}, f"label smoothing {smoothing:g} against overconfidence")
    if tuned and not _chooses_augmentation(chosen):
        augment, reason = _shift_and_mirror(facts) if is_airbench else _augment(facts)
        picks.add({"augment": augment}, reason)
    if is_airbench and not goes_on and "preprocess" not in chosen:
        picks.add({"preprocess": _STANDARDIZED}, "each channel at mean 0 and deviation 1: what whitening begins with")
    if is_airbench and "views" not in chosen and not why_not_mirrored(facts.class_names):
        picks.add({"views": {"horizontal_flip": True}})  # `views_in_words` says it


def _pick_for_rows_of_numbers(picks: Picks, facts: DataFacts, chosen: Overrides, budget: TimeBudget) -> None:
    """Pick a small dense network, trained in few epochs: each is validated, which costs as much as some steps."""
    model, reason = pick_network(facts, budget)
    steps = facts.train_rows // _STEPS_OF_NUMBERS
    batch_size = min(max(steps, _SMALLEST_BATCH_OF_NUMBERS), _LARGEST_BATCH_OF_NUMBERS)
    picks.add({"model": model, "dropout": 0.0, "preprocess": _STANDARDIZED}, reason)
    picks.add({"batch_size": batch_size}, f"batches of {batch_size}: {counted(facts.train_rows, 'training row')}")
    if "time_limit_seconds" not in chosen:
        picks.add({"epochs": _EPOCHS_OF_NUMBERS}, counted(_EPOCHS_OF_NUMBERS, "epoch"))
    if "name" not in chosen.get("optimizer", {}):
        rule = {"name": "adamw", "learning_rate": 1e-2, "weight_decay": 0.01, "epsilon": 1e-8}
        picks.add({"optimizer": rule}, "AdamW on a one-cycle rate, which rises, then falls to nothing")
    if "name" not in chosen.get("schedule", {}):
        picks.add({"schedule": one_cycle()})
    picks.add({"keep_best": "val_loss"}, KEEPS_LOWEST_LOSS)


def _muon(goes_on: bool) -> tuple[str, dict[str, Any], float]:
    """Return the name of the optimizer, its settings, and the share of the steps in which its rate rises."""
    rate = _MUON_RATE_OF_GOING_ON if goes_on else _MUON_RATE
    settings = {"momentum": 0.6, "other_rate": _RATE / _MUON_RATE, "epsilon": 1e-8}
    return "Muon", {"name": "muon", "learning_rate": rate, **settings}, 0.0


def _adamw(goes_on: bool) -> tuple[str, dict[str, Any], float]:
    """Return the same for our other networks."""
    rate = _RATE_OF_GOING_ON if goes_on else _RATE
    return "AdamW", {"name": "adamw", "learning_rate": rate, "weight_decay": 0.02, "epsilon": 1e-8}, 0.25


def _chooses_augmentation(chosen: Overrides) -> bool:
    """Return whether a transform was named or augmentation switched off. How borders are filled does not count."""
    idle = parts_that(AugmentSettings, lambda facts: facts.is_idle_alone)
    return "augment" in chosen and not (chosen["augment"] and chosen["augment"].keys() <= {*idle})


def _epochs(facts: DataFacts, batch_size: int) -> int:
    steps_an_epoch = max(1, -(-facts.train_rows // batch_size))
    usual = 8 if facts.channels == 1 else 12
    return min(_MOST_EPOCHS, max(usual, -(-_FEWEST_STEPS // steps_an_epoch)))


def _augment(facts: DataFacts) -> tuple[dict[str, Any], str]:
    tiny = min(facts.height, facts.width) < 16
    if are_symbols(facts.class_names):
        if tiny:
            return {"rotation_range": 8, "zoom_range": 0.05}, (
                "small rotations and zooms, no mirroring: tiny digits or letters"
            )
        return {"rotation_range": 10, "width_shift_range": 0.08, "height_shift_range": 0.08, "zoom_range": 0.1}, (
            "small rotations, shifts and zooms, no mirroring: digits or letters"
        )
    shift: dict[str, Any] = {} if tiny else {"width_shift_range": 0.1, "height_shift_range": 0.1}
    if reason := why_not_mirrored(facts.class_names):
        return {"rotation_range": 10, "fill_mode": "nearest", **shift}, f"small rotations, no mirroring: {reason}"
    mirrored = {"horizontal_flip": True, "fill_mode": "nearest", **shift}
    return mirrored, "mirroring and small shifts: a thing in a mirror is the same thing"


def _shift_and_mirror(facts: DataFacts) -> tuple[dict[str, Any], str]:
    """Return the augmentation that the airbench network was published with."""
    shift: dict[str, Any] = {"crop_padding": 2}
    if reason := why_not_mirrored(facts.class_names):
        return shift, f"shifts by up to 2 pixels, no mirroring: {reason}"
    return shift | {"alternating_flip": True}, "shifts by up to 2 pixels, mirrored in every other epoch"
