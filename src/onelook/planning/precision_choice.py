"""Choose between float32 and bfloat16 for training on a CPU that has instructions for bfloat16."""

from __future__ import annotations

from math import prod

from onelook import runtime
from onelook.models.shapes import PlannedLayer, leaves
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.settings.network import Conv, Dense, DepthwiseConv
from onelook.wording import duration

# bfloat16 is chosen if its steps are this many times as fast. Below, the coarser numbers are not worth it. Measured on
# an AMD EPYC (Zen 5), in processor time: from 1.27 (`cnn-small`) and 1.40 (`fashion-cnn-bn`) to 1.6 (`airbench`), 1.76
# (`digit-recognizer`) and 1.8 (`mlp`); `cifar10-cnn`, whose layers are narrow, 1.0.
_WORTH = 1.15
# A layer gains if each output is a sum over this many inputs, and there are this many outputs.
_WIDE_INPUTS, _WIDE_OUTPUTS = 64, 16
# A multiply-add of a depthwise convolution takes this many times as long, and is always float32.
_DEPTHWISE_COST = 10
# The share of the work in wide layers from which a network may gain; of all networks above it is 0.82 or more.
_WIDE_SHARE = 0.75
# The share of a step's time in float32 that wide layers take, where all layers are wide.
_TIME_IN_WIDE = 0.75
# Smaller steps spend their time in overhead, of which bfloat16 has more: multiply-adds of a step's forward pass, for
# each layer that has any. With 14 million `cnn-small` gained 1.15, with 28 million `cnn` gained 1.3.
_SMALLEST_LAYER = 25e6
# The products of Muon are float32 and take the same time for a batch of any size: `airbench-small` gained 1.13 at
# batches of 16, 1.22 at 53 and 1.49 at 256. Multiply-adds of a step's forward pass.
_SMALLEST_STEP_BY_MUON = 1e9
# A shorter training does not repay the second of the measurement: multiply-adds of its forward passes, about 10 s of
# one core.
_LEAST_WORK = 300e9
_LEAST_SECONDS = 60.0


def may_gain(
    plan: tuple[PlannedLayer, ...], *, settings: TrainSettings, pictures: int, left_seconds: float | None = None
) -> bool:
    """Return whether bfloat16 is worth a measurement, by the layers alone: the same network has always one answer.

    Args:
        plan: the layers of the network.
        settings: the batch size and the optimizer.
        pictures: the pictures of the whole training.
        left_seconds: the time that is left, if a time limit decides on the length of the training.
    """
    of_layers = [layer.multiply_adds for layer in leaves(plan) if layer.multiply_adds]
    work = sum(of_layers)
    is_long = work * pictures >= _LEAST_WORK if left_seconds is None else left_seconds >= _LEAST_SECONDS
    smallest = _SMALLEST_STEP_BY_MUON if settings.optimizer.name == "muon" else _SMALLEST_LAYER * len(of_layers)
    return is_long and work * settings.batch_size >= smallest and _share_of_wide(plan) >= _WIDE_SHARE


def may_train_in_bfloat16(asked: Overrides, device: str) -> bool:
    """Return whether the settings and the device allow training in bfloat16 on this CPU."""
    precision = asked.get("precision", "auto")
    if device != "cpu" or precision == "float32" or asked.get("compile"):
        return False
    return precision == "bfloat16" or runtime.bfloat16_instructions() is not None


def expected_gain(plan: tuple[PlannedLayer, ...], convolution_gain: float) -> float:
    """Estimate how many times as fast a network trains in bfloat16, before it is built; at least 1.

    Args:
        plan: the layers of the network.
        convolution_gain: how many times as fast a convolution of usual width is.
    """
    share = _TIME_IN_WIDE * _share_of_wide(plan)
    gain = 1 / (1 - share + share / convolution_gain)
    return gain if is_chosen(gain) else 1.0


def is_chosen(gain: float) -> bool:
    """Return whether training computes in bfloat16, by how many times as fast its steps are."""
    return gain >= _WORTH


def chosen_in_words(float32_seconds: float, bfloat16_seconds: float, instructions: str, *, is_recipe: bool) -> str:
    """Return a sentence on the precision that the processor times of a step decide.

    Example:
        >>> chosen_in_words(0.12, 0.08, "AVX512-BF16", is_recipe=False)
        'computes in bfloat16 (AVX512-BF16): 80 ms of processor time a step, and 120 ms in float32'
        >>> chosen_in_words(0.12, 0.11, "AVX512-BF16", is_recipe=False)
        'computes in float32: 120 ms of processor time a step, and hardly less in bfloat16 (110 ms)'
    """
    in_float32, in_bfloat16 = _milliseconds(float32_seconds), _milliseconds(bfloat16_seconds)
    gain = float32_seconds / bfloat16_seconds
    if not is_chosen(gain):
        than = "hardly less" if bfloat16_seconds < float32_seconds else "no less"
        return f"computes in float32: {in_float32} of processor time a step, and {than} in bfloat16 ({in_bfloat16})"
    own = "; --set precision=float32 is the recipe's own arithmetic" if is_recipe else ""
    return (
        f"computes in bfloat16 ({instructions}): {in_bfloat16} of processor time a step, and {in_float32} in float32"
        f"{own}"
    )


def _share_of_wide(plan: tuple[PlannedLayer, ...]) -> float:
    """Return the share of a network's work that is in wide layers."""
    wide = all_work = 0
    for layer in leaves(plan):
        is_depthwise = isinstance(layer.layer, DepthwiseConv)
        all_work += layer.multiply_adds * (_DEPTHWISE_COST if is_depthwise else 1)
        if isinstance(layer.layer, Conv | Dense):
            outputs, *inputs = layer.weights["weight"]
            wide += layer.multiply_adds if outputs >= _WIDE_OUTPUTS and prod(inputs) >= _WIDE_INPUTS else 0
    return wide / max(all_work, 1)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else duration(seconds)
