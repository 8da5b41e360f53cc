"""Values of a network between the picture and the answer, each made from the one before it by one of our layers.

A network of onelook is a list of layers. Where Keras' graph forks and comes together, the list holds a merge with a
list for each branch. What two branches both need after their fork is computed in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError
from onelook.models.describe import Shape
from onelook.models.keras.layer import KerasLayer
from onelook.models.keras.steps import Step, Steps
from onelook.models.shapes import plan_layers, weight_shapes
from onelook.settings.network import Branch, Conv, DepthwiseConv, Layer, Merge
from onelook.settings.shape_layers import ZeroPad
from onelook.wording import counted

_MOST_LAYERS = 5_000  # the largest published classifiers have about 1,000
_DEEPEST_MERGE = 24  # merges in the branches of merges; each is some levels of model.json, whose depth is limited


@dataclass(frozen=True, eq=False)
class Value:
    """A value: the picture itself, or what a step makes of the value before it."""

    shape: Shape  # (channels, height, width), or (values,) once it is flat
    before: Value | None = None
    step: Step | None = None
    count: int = 0  # layers up to here, those in branches too
    has_channels: bool = True  # whether Keras' own shape has an axis for the channels

    @property
    def is_softmax(self) -> bool:
        """Whether the value is probabilities, after which nothing may follow."""
        return self.step is not None and self.step.layer is None

    def chain(self) -> Iterator[Value]:
        """Yield this value and all before it, back to the picture."""
        value: Value | None = self
        while value is not None:
            yield value
            value = value.before

    def then(self, layer: KerasLayer, steps: Steps, *, has_channels: bool = True) -> Value:
        """Return the value after some steps.

        Args:
            layer: that the steps come from.
            steps: one after the other.
            has_channels: whether Keras' own shape of the result has an axis for the channels.

        Raises:
            ModelError: a step cannot take the value, or the network becomes too large.
        """
        value = self
        for step in steps:
            value = value._after(layer, step)
        if value.has_channels != has_channels:
            value = Value(value.shape, value.before, value.step, value.count, has_channels)
        return value

    def _after(self, layer: KerasLayer, step: Step) -> Value:
        if self.is_softmax:
            raise layer.refusal("follows a softmax, which onelook's networks have only at their end.")
        if step.layer is None:
            return Value(self.shape, self, step, self.count, self.has_channels)
        value = _without_padding(self, step)
        step = _padded(self, step) if value is not self else step
        own = step.layer
        if own is None:
            raise layer.refusal("is no layer.")
        try:
            (planned,) = plan_layers((own,), value.shape)
        except ConfigError as problem:
            raise layer.refusal(f"does not fit: {problem}") from problem
        for name, shape in weight_shapes((planned,)).items():
            found = step.weights[name.partition(".")[2]].shape
            if found != shape:
                raise layer.refusal(f"has weights of {found}, expected {shape}.")
        count = value.count + 1 + _inner_layers(own)
        if count > _MOST_LAYERS:
            raise layer.refusal(
                f"makes a network of more than {counted(_MOST_LAYERS, 'layer')}, counting those that branches share in "
                "each of them. It is refused."
            )
        return Value(planned.output_shape, value, step, count, self.has_channels)


def merge(layer: KerasLayer, settings: Merge, values: list[Value]) -> Value:
    """Return several values put together.

    Args:
        layer: that puts them together.
        settings: how; its branches are filled in here.
        values: from the same picture, two or more.

    Raises:
        ModelError: they do not go together, or the network becomes too large.
    """
    common = _last_common(values)
    branches: list[Branch] = []
    weights: dict[str, NDArray[np.float32]] = {}
    total = common.count
    for number, value in enumerate(values):
        if value.is_softmax:
            raise layer.refusal("follows a softmax, which onelook's networks have only at their end.")
        total += value.count - common.count
        if total > _MOST_LAYERS:
            raise layer.refusal(f"makes a network of more than {counted(_MOST_LAYERS, 'layer')}. It is refused.")
        steps = steps_between(common, value)
        branches.append(Branch(layers=tuple(step.layer for step in steps if step.layer is not None)))
        inside = numbered_weights(steps)
        weights |= {f"branches.{number}.{name}": values for name, values in inside.items()}
    own = settings.model_copy(update={"branches": tuple(branches)})
    if _depth(own) > _DEEPEST_MERGE:
        raise layer.refusal(f"is a fork in a fork, more than {_DEEPEST_MERGE} times. It is refused.")
    return common.then(layer, (Step(own, weights),))


def steps_between(start: Value | None, end: Value) -> list[Step]:
    """Return the steps from one value to a later one; from the picture if no start is given."""
    steps: list[Step] = []
    for value in end.chain():
        if value is start:
            break
        if value.step is not None:
            steps.append(value.step)
    return steps[::-1]


def numbered_weights(steps: list[Step]) -> dict[str, NDArray[np.float32]]:
    """Return all weights of some steps, by their names in a network of these layers."""
    return {f"{number}.{name}": values for number, step in enumerate(steps) for name, values in step.weights.items()}


def _last_common(values: list[Value]) -> Value:
    """Return the last value that all others depend on."""
    chains = [{id(value) for value in one.chain()} for one in values[1:]]
    return next(value for value in values[0].chain() if all(id(value) in chain for chain in chains))


def _inner_layers(layer: Layer) -> int:
    if not isinstance(layer, Merge):
        return 0
    return sum(1 + _inner_layers(inner) for branch in layer.branches for inner in branch.layers)


def _depth(layer: Layer) -> int:
    if not isinstance(layer, Merge):
        return 0
    return 1 + max((_depth(inner) for branch in layer.branches for inner in branch.layers), default=0)


def _without_padding(value: Value, step: Step) -> Value:
    """Return the value before zeros were added, if the convolution that follows can add them itself."""
    padding = value.step and value.step.layer
    if (
        not isinstance(padding, ZeroPad)
        or not isinstance(step.layer, Conv | DepthwiseConv)
        or step.layer.padding != "valid"
    ):
        return value
    sides = {padding.top, padding.bottom, padding.left, padding.right}
    return value.before if len(sides) == 1 and value.before is not None else value


def _padded(value: Value, step: Step) -> Step:
    """Return the convolution with the zeros that were added before it."""
    padding = value.step and value.step.layer
    if not isinstance(padding, ZeroPad) or step.layer is None:
        return step
    return Step(step.layer.model_copy(update={"padding": padding.top}), step.weights)
