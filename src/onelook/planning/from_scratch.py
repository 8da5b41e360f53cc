"""Pick the settings of a network with fresh weights: the defaults of a first run, with their reasons."""

from __future__ import annotations

from onelook.planning.asked_in_words import left_out_in_words
from onelook.planning.facts import DataFacts
from onelook.planning.mirroring import are_symbols
from onelook.planning.network_choice import SMALLEST_SIDE, pick_network
from onelook.planning.optimizer_choice import usual_settings
from onelook.planning.picks import Picks, doubled_batch_size, one_cycle
from onelook.planning.time_budget import TimeBudget
from onelook.settings.augment import AugmentSettings
from onelook.settings.merge import Overrides, SectionValues
from onelook.settings.setting_facts import parts_that
from onelook.wording import counted

# Networks of our own, for which the schedule below was tuned. The tutorials' networks keep Keras' defaults.
_AIRBENCH = frozenset({"airbench", "airbench-medium", "airbench-small"})
_TUNED_MODELS = frozenset({"cnn", "cnn-small", "resnet"}) | _AIRBENCH
# A short run needs about this many steps to profit from batch-norm and a one-cycle rate (measured on digits).
_FEWEST_STEPS = 1_200
_LARGEST_BATCH = 128
_MOST_EPOCHS = 80
_RATE = 4e-3
# A rate that fresh weights need makes trained weights worse.
_RATE_TO_CONTINUE = 1e-3
# The successor of arXiv:2404.00498 trains kernels by Muon at rate 0.24, momentum 0.6 and batches of 2,000. Half that
# rate at batches of 250 gave 83.9 % on CIFAR-10 after 4 epochs of the small network; the published rate at batches of
# 500 gave 83.3 %. AdamW trains the other weights at its usual rate. AdamW for all weights learns slower (a quarter of
# CIFAR-10, 6 epochs: 74 % against 78 %).
_MUON_RATE = 0.12
_MUON_RATE_TO_CONTINUE = 0.03
_KERAS_RATE_OF_SGD = 0.01  # of Keras' other optimizers it is the default of the settings
_STANDARDIZED = {"featurewise_center": True, "featurewise_std_normalization": True}
# For rows of numbers: at least 120 steps.
_EPOCHS_OF_NUMBERS, _STEPS_OF_NUMBERS = 20, 6
_SMALLEST_BATCH_OF_NUMBERS, _LARGEST_BATCH_OF_NUMBERS = 4, 64
KEEPS_LOWEST_LOSS = "the epoch of the lowest validation loss is kept"


def pick_from_scratch(facts: DataFacts, asked: Overrides, budget: TimeBudget, *, continues: bool = False) -> Picks:
    """Pick the settings of a first run on this data that the user did not give.

    A given setting replaces only its own pick: with a given rate, the optimizer and the schedule are still picked, and
    with class weights the label smoothing. Some settings belong together: a given optimizer brings its own usual rate,
    and a given transform replaces our whole augmentation.

    Args:
        facts: the facts of the data.
        asked: the settings that the user gave.
        budget: the time, which limits the width of the network.
        continues: whether training continues from trained weights.
    """
    picks = Picks()
    if "model" not in asked and min(facts.height, facts.width) < SMALLEST_SIDE:
        _pick_for_rows_of_numbers(picks, facts, asked, budget)
    else:
        _pick_for_pictures(picks, facts, asked, budget, continues=continues)
    if not facts.has_val and "keep_best" not in asked:
        picks.add({"keep_best": "train_loss"}, "all pictures are learnt from")
    return picks


def _pick_for_pictures(
    picks: Picks, facts: DataFacts, asked: Overrides, budget: TimeBudget, *, continues: bool
) -> None:
    model = asked.get("model")
    if model is None:
        model, reason = pick_network(facts, budget)
        picks.add({"model": model}, reason)
    tuned, is_airbench = model in _TUNED_MODELS, model in _AIRBENCH
    batch_size = asked.get("batch_size")
    if batch_size is None:
        batch_size = doubled_batch_size(facts.train_rows, largest=_LARGEST_BATCH * (2 if is_airbench else 1))
        picks.add(
            {"batch_size": batch_size}, f"batches of {batch_size}: {counted(facts.train_rows, 'training picture')}"
        )
    if not {"epochs", "time_limit_seconds"} & asked.keys():
        epochs = _epochs(facts, int(batch_size))
        picks.add(
            {"epochs": epochs},
            f"{counted(epochs, 'epoch')}: {counted(epochs * facts.train_rows, 'picture')} seen in all",
        )
    if tuned:
        _pick_rule(picks, asked, *(_muon(continues) if is_airbench else _adamw(continues)), are_trained=continues)
    elif asked.get("optimizer", {}).get("name") == "sgd":
        picks.add({"optimizer": {"learning_rate": _KERAS_RATE_OF_SGD}})
    if tuned and "keep_best" not in asked:
        picks.add({"keep_best": "val_loss"}, KEEPS_LOWEST_LOSS)
    if tuned and "label_smoothing" not in asked.get("loss", {}):
        smoothing = 0.1 if is_airbench else 0.05
        picks.add({"loss": {"label_smoothing": smoothing}}, f"label smoothing {smoothing:g} against overconfidence")
    if tuned:
        augment, reason = _shift_and_mirror(facts) if is_airbench else _augment(facts)
        if _sets_augmentation(asked):
            picks.add({}, left_out_in_words(augment, asked["augment"]))
        else:
            picks.add({"augment": augment}, reason)
    if is_airbench and not continues and "preprocess" not in asked:
        picks.add({"preprocess": _STANDARDIZED}, "each channel at mean 0 and deviation 1: what whitening begins with")
    if is_airbench and "views" not in asked and not facts.why_not_mirrored:
        picks.add({"views": {"horizontal_flip": True}})  # `views_in_words` gives the reason


def _pick_for_rows_of_numbers(picks: Picks, facts: DataFacts, asked: Overrides, budget: TimeBudget) -> None:
    """Pick a small dense network and few epochs: validating after an epoch costs as much as some steps."""
    model, reason = pick_network(facts, budget)
    steps = facts.train_rows // _STEPS_OF_NUMBERS
    batch_size = min(max(steps, _SMALLEST_BATCH_OF_NUMBERS), _LARGEST_BATCH_OF_NUMBERS)
    picks.add({"model": model, "dropout": 0.0, "preprocess": _STANDARDIZED}, reason)
    picks.add({"batch_size": batch_size}, f"batches of {batch_size}: {counted(facts.train_rows, 'training row')}")
    if "time_limit_seconds" not in asked:
        picks.add({"epochs": _EPOCHS_OF_NUMBERS}, counted(_EPOCHS_OF_NUMBERS, "epoch"))
    rule = {"name": "adamw", "learning_rate": 1e-2, "weight_decay": 0.01, "epsilon": 1e-8}
    _pick_rule(picks, asked, rule, 0.25)
    picks.add({"keep_best": "val_loss"}, KEEPS_LOWEST_LOSS)


def _pick_rule(
    picks: Picks, asked: Overrides, rule: Overrides, warmup_fraction: float, *, are_trained: bool = False
) -> None:
    """Pick the optimizer and the schedule. `rule_in_words` says them."""
    name = asked.get("optimizer", {}).get("name")
    picks.add({"optimizer": rule if name is None else usual_settings(name, are_trained=are_trained)})
    if "name" not in asked.get("schedule", {}):
        picks.add({"schedule": one_cycle(warmup_fraction)})


def _muon(continues: bool) -> tuple[SectionValues, float]:
    """Return the settings of the optimizer, and the share of the steps in which its rate rises."""
    rate = _MUON_RATE_TO_CONTINUE if continues else _MUON_RATE
    settings = {"momentum": 0.6, "other_rate": _RATE / _MUON_RATE, "epsilon": 1e-8}
    return {"name": "muon", "learning_rate": rate, **settings}, 0.0


def _adamw(continues: bool) -> tuple[SectionValues, float]:
    """Return the same for our other networks."""
    rate = _RATE_TO_CONTINUE if continues else _RATE
    return {"name": "adamw", "learning_rate": rate, "weight_decay": 0.02, "epsilon": 1e-8}, 0.25


def _sets_augmentation(asked: Overrides) -> bool:
    """Return whether a transform was given or augmentation was switched off. The way to fill borders does not count."""
    idle = parts_that(AugmentSettings, lambda facts: facts.is_idle_alone)
    return "augment" in asked and not (asked["augment"] and asked["augment"].keys() <= {*idle})


def _epochs(facts: DataFacts, batch_size: int) -> int:
    steps_an_epoch = max(1, -(-facts.train_rows // batch_size))
    usual = 8 if facts.channels == 1 else 12
    return min(_MOST_EPOCHS, max(usual, -(-_FEWEST_STEPS // steps_an_epoch)))


def _augment(facts: DataFacts) -> tuple[SectionValues, str]:
    tiny = min(facts.height, facts.width) < 16
    reason = facts.why_not_mirrored
    if are_symbols(facts.class_names):
        if tiny:
            return {"rotation_range": 8, "zoom_range": 0.05}, f"small rotations and zooms, no mirroring: {reason}"
        return {"rotation_range": 10, "width_shift_range": 0.08, "height_shift_range": 0.08, "zoom_range": 0.1}, (
            f"small rotations, shifts and zooms, no mirroring: {reason}"
        )
    shift: SectionValues = {} if tiny else {"width_shift_range": 0.1, "height_shift_range": 0.1}
    if reason:
        return {"rotation_range": 10, "fill_mode": "nearest", **shift}, f"small rotations, no mirroring: {reason}"
    mirrored: SectionValues = {"horizontal_flip": True, "fill_mode": "nearest", **shift}
    return mirrored, "mirroring and small shifts: a thing in a mirror is the same thing"


def _shift_and_mirror(facts: DataFacts) -> tuple[SectionValues, str]:
    """Return the augmentation that the airbench network was published with."""
    shift: SectionValues = {"crop_padding": 2}
    if reason := facts.why_not_mirrored:
        return shift, f"shifts by up to 2 pixels, no mirroring: {reason}"
    return shift | {"alternating_flip": True}, "shifts by up to 2 pixels, mirrored in every other epoch"
