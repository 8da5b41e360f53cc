"""Two dense layers: a quick baseline that shows how much convolutions gain."""

from __future__ import annotations

from onelook.models import ModelInput
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Layer,
    NetworkSettings,
    Pool,
)

# Larger pictures are averaged down to at most this many values: with 512 units the first layer then holds
# 2.1 million weights, and a dense layer makes no use of finer detail.
MOST_INPUTS = 4096
# Units of both hidden layers: the largest power of two up to the number of inputs, within these limits.
FEWEST_UNITS = 64
MOST_UNITS = 512
DROPOUT = 0.2


def build(facts: ModelInput) -> NetworkSettings:
    """Return the network for pictures of any size.

    Example:
        >>> build(ModelInput(height=8, width=8, channels=1, num_classes=10, rows=1437)).layers[1].units
        64
    """
    shrink = _shrinking(facts)
    inputs = -(-facts.height // shrink) * -(-facts.width // shrink) * facts.channels
    units = min(max(1 << (inputs.bit_length() - 1), FEWEST_UNITS), MOST_UNITS)
    reduce: list[Layer] = [Pool(type="average_pool", size=shrink, padding="same")] if shrink > 1 else []
    # Batch-norm forgets fast (Keras' .99 is for long runs), so that short runs are validated on fresh statistics.
    hidden: list[Layer] = [
        Dense(units=units, bias=False),
        BatchNorm(momentum=0.9, epsilon=1e-5),
        ActivationLayer(function="relu"),
        Dropout(rate=DROPOUT),
    ]
    layers = (*reduce, Flatten(), *hidden, *hidden, Dense(units="classes"))
    return NetworkSettings(layers=layers, initializer="he_normal")


def _shrinking(facts: ModelInput) -> int:
    """Return the smallest whole factor that shrinks the picture to `MOST_INPUTS` values, or to one pixel."""
    shrink = 1
    while -(-facts.height // shrink) * -(-facts.width // shrink) * facts.channels > MOST_INPUTS:
        if shrink >= max(facts.height, facts.width):
            break
        shrink += 1
    return shrink
