"""Plan the quick networks that judge labels: folds, network and epochs by the size of the data."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.planning.mirroring import why_not_mirrored
from onelook.planning.picks import one_cycle
from onelook.planning.plan import Plan
from onelook.settings import DecodeSettings
from onelook.settings.merge import Overrides, build_settings

_MODEL = "cnn-small"
# Larger pictures are shrunk to this longer side, in pixels. At 64 pixels the network takes twice the time and is right
# on only 76.5 % of 3,000 photographs of cats and dogs, too few to judge labels.
LARGEST_SIDE = 48

# With few pictures each fold's network needs nearly all; with many, two thirds are enough and take half the time.
_FEW_ROWS, _FOLDS_OF_FEW, _FOLDS_OF_MANY = 2_000, 5, 3

# Multiply-adds of all forward passes in training: three epochs of 60,000 MNIST pictures, some 75 s on two cores.
_WORK = 1.15e12
_FEWEST_EPOCHS_GREY, _FEWEST_EPOCHS_COLOUR, _MOST_EPOCHS = 3, 8, 20
_STEPS_ENOUGH = 500  # for few pictures: a one-cycle run needs these, and more only make it remember
_EPOCHS_TO_AUGMENT = 8  # with fewer epochs no picture is seen often enough to need augmentation


@dataclass(frozen=True)
class QuickNetworks:
    """How one data set's quick networks are trained."""

    folds: int
    plan: Plan  # for each fold's network; its seed is that of the first fold


def plan_quick_networks(rows: int, decode: DecodeSettings, class_names: tuple[str, ...], seed: int) -> QuickNetworks:
    """Return the plan for this number and size of pictures. It depends on nothing else, so results can be repeated.

    Example:
        >>> decode = DecodeSettings(height=28, width=28, channels=1)
        >>> mnist = plan_quick_networks(60_000, decode, tuple("0123456789"), seed=0)
        >>> mnist.folds, mnist.plan.settings.epochs, mnist.plan.settings.batch_size
        (3, 3, 64)
    """
    from onelook.models import ModelInput
    from onelook.models.find_network import network_named
    from onelook.models.summary import summarize

    folds = min(rows, _FOLDS_OF_FEW if rows < _FEW_ROWS else _FOLDS_OF_MANY)
    facts = ModelInput(decode.height, decode.width, decode.channels, len(class_names), rows)
    network = network_named(_MODEL, facts)
    cost = summarize(network, facts.shape, len(class_names)).multiply_adds
    batch_size = 64 if rows >= _FEW_ROWS else 32 if rows >= 500 else 16
    steps = max(1, rows * (folds - 1) // folds // batch_size)
    affordable = int(_WORK / (rows * max(1, folds - 1) * cost))
    fewest = _FEWEST_EPOCHS_GREY if decode.channels == 1 else _FEWEST_EPOCHS_COLOUR
    epochs = max(fewest, min(_MOST_EPOCHS, affordable, -(-_STEPS_ENOUGH // steps)))
    values: Overrides = {
        "model": _MODEL,
        "epochs": epochs,
        "batch_size": batch_size,
        "seed": seed,
        # No validation pictures: the labels to be judged must not influence the training.
        "keep_best": "train_loss",
        "optimizer": {"name": "adamw", "learning_rate": 8e-3, "weight_decay": 0.02, "epsilon": 1e-8},
        "schedule": one_cycle(),
        "loss": {"label_smoothing": 0.05},
    }
    if epochs >= _EPOCHS_TO_AUGMENT and not why_not_mirrored(class_names):
        # Grey pictures may be signs or scans, which can be of another class when mirrored.
        values["augment"] = {
            "width_shift_range": 0.1,
            "height_shift_range": 0.1,
            "horizontal_flip": decode.channels > 1,
        }
    settings = build_settings(values, "the quick networks")
    return QuickNetworks(folds, Plan(settings, decode, network=network))


def small_enough(decode: DecodeSettings) -> DecodeSettings:
    """Return the decoding with the longer side at most `LARGEST_SIDE`.

    Example:
        >>> smaller = small_enough(DecodeSettings(height=128, width=96, channels=3))
        >>> (smaller.height, smaller.width)
        (48, 36)
    """
    longer = max(decode.height, decode.width)
    if longer <= LARGEST_SIDE:
        return decode
    sides = {name: max(1, round(getattr(decode, name) * LARGEST_SIDE / longer)) for name in ("height", "width")}
    return decode.model_copy(update=sides)
