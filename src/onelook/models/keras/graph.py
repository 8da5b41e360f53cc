"""Follow a Keras model from the picture to its output: Sequential, Functional, and models inside models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import JsonValue

from onelook.errors import ModelError, shown
from onelook.models.describe import describe_shape
from onelook.models.keras.file import WeightReader
from onelook.models.keras.kinds import KINDS, PICTURES_ONLY, WITHOUT_CHANNELS, rescale_by, reshaped
from onelook.models.keras.layer import KerasLayer, custom_code, read_layer
from onelook.models.keras.values import Value, merge
from onelook.settings.network import Branch, Merge

MODELS = ("Sequential", "Functional", "Model")
How = Literal["concatenate", "add", "subtract", "multiply", "average", "maximum", "minimum"]
_MERGES: Mapping[str, How] = MappingProxyType(
    {
        "Concatenate": "concatenate",
        "Add": "add",
        "Subtract": "subtract",
        "Multiply": "multiply",
        "Average": "average",
        "Maximum": "maximum",
        "Minimum": "minimum",
    }
)
# Arithmetic between layers, as Keras 2 names it (TFOpLambda).
_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "math.truediv": "TrueDivide",
        "math.divide": "TrueDivide",
        "math.subtract": "Subtract",
        "math.add": "Add",
        "math.multiply": "Multiply",
        "__operators__.add": "Add",
        "cast": "Cast",
        "identity": "Cast",
    }
)
_MOST_ENTRIES = 20_000  # layers, and uses of them, in one model
_LARGEST_NUMBER = 1e30


@dataclass(frozen=True)
class _Reference:
    """One use of a layer, by the layer's name and the number of the use."""

    name: str
    number: int


Numbers = tuple[float, ...]


@dataclass(frozen=True)
class _Use:
    """One use of a layer: the uses of other layers that it takes, and numbers beside them."""

    inputs: tuple[_Reference | Numbers, ...]

    @property
    def references(self) -> list[_Reference]:
        return [each for each in self.inputs if isinstance(each, _Reference)]


def follow_model(model: KerasLayer, value: Value, weights: WeightReader) -> Value:
    """Return what a model makes of a value.

    Raises:
        ModelError: the model, or a layer of it, cannot be imported.
    """
    if model.kind not in MODELS:
        raise model.refusal(f"is no Sequential and no Functional model. Expected one of {', '.join(MODELS)}.")
    config = model.config.get("layers")
    if not isinstance(config, list) or not config:
        raise model.refusal("has no layers. A class of its own is code, which the file does not hold.")
    if len(config) > _MOST_ENTRIES:
        raise model.refusal(f"has {len(config):,} layers, expected at most {_MOST_ENTRIES:,}.")
    taken: dict[str, int] = {}
    layers = [read_layer(entry, model, taken) for entry in config]
    if model.kind == "Sequential":
        for layer in layers:
            value = follow_layer(layer, [value], weights)
        return value
    return _Functional(model, layers, config, weights).follow(value)


def follow_layer(layer: KerasLayer, inputs: list[Value | Numbers], weights: WeightReader) -> Value:
    """Return what a layer, or an inner model, makes of its inputs: values, and numbers of an arithmetic operation.

    Raises:
        ModelError: the layer cannot be imported.
    """
    kind = _kind_of(layer)
    values = [each for each in inputs if isinstance(each, Value)]
    if not values:
        raise layer.refusal("takes no value. The file is damaged.")
    if kind in ("InputLayer", "Cast"):
        return values[0]
    if kind in _MERGES or kind in ("TrueDivide", "Divide"):
        return _combine(layer, kind, inputs, values)
    if len(inputs) > 1:
        raise layer.refusal(f"takes {len(inputs)} values, expected one.")
    value = values[0]
    if kind in MODELS:
        return follow_model(layer, value, weights)
    build = KINDS.get(kind)
    if build is None:
        raise _unknown(layer)
    layer.require("data_format", "channels_last")
    if not value.has_channels and kind not in WITHOUT_CHANNELS:
        _, height, width = value.shape
        raise layer.refusal(
            f"takes values of {height}×{width} without an axis of channels, which is not imported. Expected Flatten or "
            "Reshape before it."
        )
    if kind in PICTURES_ONLY and len(value.shape) == 1:
        raise layer.refusal(f"takes a picture, but gets {describe_shape(value.shape)}.")
    try:
        steps = build(layer, value.shape, weights)
    except ModelError as problem:
        if layer.where in str(problem):
            raise
        raise layer.refusal(str(problem)) from problem
    has_channels = value.has_channels or kind == "Flatten"
    if kind == "Reshape":
        has_channels = len(reshaped(layer, value.shape)) != 2
    return value.then(layer, steps, has_channels=has_channels)


def _kind_of(layer: KerasLayer) -> str:
    """Return the class of a layer, or of the arithmetic that it stands for."""
    if layer.kind in ("TFOpLambda", "SlicingOpLambda"):
        function = layer.config.get("function")
        if layer.kind == "TFOpLambda" and isinstance(function, str) and function in _OPERATIONS:
            return _OPERATIONS[function]
        raise layer.refusal(
            f"is the TensorFlow operation {shown(function)}, which is not imported. Use a layer instead."
        )
    return layer.kind


def _unknown(layer: KerasLayer) -> ModelError:
    if layer.kind == "Lambda":
        return layer.refusal(
            "holds Python code, which onelook never runs. Put layers of Keras in its place (Rescaling instead of "
            "lambda x: x / 255), and save the model again."
        )
    if layer.kind in ("TimeDistributed", "Bidirectional", "LSTM", "GRU", "Embedding", "MultiHeadAttention", "Permute"):
        return layer.refusal("is not imported: onelook's networks are made of layers for pictures.")
    return custom_code(layer) if layer.place.names and not _is_kerass(layer.kind) else layer.refusal("is not imported.")


def _is_kerass(kind: str) -> bool:
    """Return whether a class that is not imported looks like one of Keras' own."""
    return kind.endswith(("1D", "2D", "3D", "Transpose", "Normalization", "Attention", "Dropout", "RNN", "Cell"))


def _combine(layer: KerasLayer, kind: str, inputs: list[Value | Numbers], values: list[Value]) -> Value:
    """Return several values put together, or one value and numbers."""
    first = values[0]
    if not all(value.has_channels for value in values):
        raise layer.refusal("takes values without an axis of channels, which is not imported.")
    if len(values) == len(inputs):
        if kind in ("TrueDivide", "Divide"):
            raise layer.refusal("divides one value by another, which is not imported.")
        how = _MERGES[kind]
        axis = _axis_of(layer, first) if how == "concatenate" else "channels"
        return first if len(values) == 1 else merge(layer, Merge(how=how, axis=axis, branches=(Branch(),)), values)
    if len(inputs) != 2 or kind not in ("Add", "Subtract", "Multiply", "TrueDivide", "Divide"):
        raise layer.refusal("takes numbers beside its values, which is not imported.")
    numbers = next(list(each) for each in inputs if not isinstance(each, Value))
    is_number_first = not isinstance(inputs[0], Value)
    ones, zeros = [1.0], [0.0]
    if kind == "Add":
        factor, offset = ones, numbers
    elif kind == "Multiply":
        factor, offset = numbers, zeros
    elif kind == "Subtract":
        factor, offset = ([-1.0], numbers) if is_number_first else (ones, [-number for number in numbers])
    elif is_number_first or 0 in numbers:
        raise layer.refusal("divides by a value or by 0, which is not imported.")
    else:
        factor, offset = [1 / number for number in numbers], zeros
    return first.then(layer, (rescale_by(layer, factor, offset, first.shape),))


def _axis_of(layer: KerasLayer, value: Value) -> Literal["channels", "height", "width"]:
    (axis, *others) = layer.axes(-1)
    rank = len(value.shape)
    if others or axis in (0, -rank - 1) or not -rank <= axis <= rank:
        raise layer.refusal(f"concatenates along the axis {shown(layer.config.get('axis'))}, which is not imported.")
    place = axis if axis > 0 else rank + 1 + axis
    places: dict[int, Literal["channels", "height", "width"]] = {1: "height", 2: "width", rank: "channels"}
    return places[place]


class _Functional:
    """A Functional model: its layers, and which uses of other layers each use of a layer takes."""

    def __init__(
        self, model: KerasLayer, layers: list[KerasLayer], entries: list[JsonValue], weights: WeightReader
    ) -> None:
        self._model = model
        self._weights = weights
        self._layers = {layer.name: layer for layer in layers}
        if len(self._layers) < len(layers):
            raise model.refusal("has two layers of one name. The file is damaged.")
        self._uses = {layer.name: self._read_uses(layer, entry) for layer, entry in zip(layers, entries, strict=True)}
        self._first: dict[str, int] = {}

    def follow(self, picture: Value) -> Value:
        """Return what the model makes of a value."""
        start, end = self._end("input_layers"), self._end("output_layers")
        self._count_from(end)
        known = {_Reference(start.name, 0): picture}
        waiting = [self._use(end)]
        opened: set[_Reference] = set()
        while waiting:  # depth first, without recursion: a thousand layers follow each other
            at = waiting[-1]
            if at in known:
                waiting.pop()
                continue
            use = self._use_at(at)
            needed = [self._use(each) for each in use.references]
            missing = [each for each in needed if each not in known]
            if not missing:
                inputs = [known[self._use(each)] if isinstance(each, _Reference) else each for each in use.inputs]
                known[at] = follow_layer(self._layers[at.name], inputs, self._weights)
                waiting.pop()
            elif at in opened:
                raise self._model.refusal(f"has layers that wait for each other, '{at.name[:80]}' among them.")
            else:
                opened.add(at)
                waiting += missing
        return known[self._use(end)]

    def _read_uses(self, layer: KerasLayer, entry: JsonValue) -> list[_Use]:
        nodes = entry.get("inbound_nodes") if isinstance(entry, dict) else None
        if not isinstance(nodes, list) or len(nodes) > _MOST_ENTRIES:
            raise layer.refusal("does not say what it takes. The file is damaged.")
        if nodes and isinstance(nodes[0], list) and nodes[0] and isinstance(nodes[0][0], str):
            nodes = [[node] for node in nodes]  # Keras 2 writes an operation's only input without a list around it
        return [_Use(tuple(_read_inputs(node, layer))) for node in nodes]

    def _end(self, name: str) -> _Reference:
        value = self._model.config.get(name)
        while isinstance(value, list) and len(value) == 1:
            (value,) = value
        found = _as_reference(value)
        if found is None or found.name not in self._layers:
            kind = name.partition("_")[0]
            count = len(value) if isinstance(value, list | dict) else 0
            raise self._model.refusal(
                f"has {count or 'no'} {kind}s, expected one. Save a model of the one that classifies: "
                "keras.Model(picture, answer)."
            )
        return found

    def _count_from(self, end: _Reference) -> None:
        """Find the number of each layer's first use. Keras 2 counts from 1 for an inner model that has an input."""
        named = [end, *(each for uses in self._uses.values() for use in uses for each in use.references)]
        highest: dict[str, int] = {}
        for each in named:
            highest[each.name] = max(highest.get(each.name, 0), each.number)
        for name, number in highest.items():
            self._first[name] = max(0, number + 1 - max(1, len(self._uses.get(name, ()))))

    def _use(self, reference: _Reference) -> _Reference:
        return _Reference(reference.name, reference.number - self._first.get(reference.name, 0))

    def _use_at(self, at: _Reference) -> _Use:
        uses = self._uses.get(at.name, [])
        if not 0 <= at.number < len(uses):
            raise self._model.refusal(f"takes the layer '{at.name[:80]}', which it does not have. The file is damaged.")
        return uses[at.number]


def _read_inputs(node: JsonValue, layer: KerasLayer) -> list[_Reference | Numbers]:
    """Return what one use of a layer takes, as Keras 3 writes it (args, kwargs) or Keras 2 (name, number, number)."""
    if isinstance(node, dict):
        arguments = node.get("args")
        return _flat_inputs(arguments if isinstance(arguments, list) else [], layer)
    found: list[_Reference | Numbers] = []
    for part in node if isinstance(node, list) else []:
        reference = _as_reference(part)
        extra = part[3] if isinstance(part, list) and len(part) > 3 else {}
        if reference is not None:
            found.append(reference)
        elif isinstance(part, list) and len(part) > 2 and part[0] == "_CONSTANT_VALUE":
            found += _flat_inputs([part[2]], layer)
        else:
            raise layer.refusal(f"takes {shown(part)}, which is no layer. The file is damaged.")
        if isinstance(extra, dict):
            found += _flat_inputs([extra[name] for name in ("x", "y") if extra.get(name) is not None], layer)
    return found


def _flat_inputs(arguments: list[JsonValue], layer: KerasLayer) -> list[_Reference | Numbers]:
    found: list[_Reference | Numbers] = []
    for argument in arguments:
        reference, numbers = _as_reference(argument), _numbers_in(argument)
        if reference is not None:
            found.append(reference)
        elif numbers:
            found.append(numbers)
        elif isinstance(argument, list) and argument and all(_as_reference(each) for each in argument):
            found += [each for inner in argument if (each := _as_reference(inner)) is not None]
        elif argument is not None and not isinstance(argument, bool | str):
            raise layer.refusal(
                f"takes {shown(argument)}, which is not imported. Between layers, only +, -, * and / are: use a layer."
            )
    return found


def _as_reference(value: JsonValue) -> _Reference | None:
    """Return the layer and the number of its use that a value names; None if it names none."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        value = config.get("keras_history") if isinstance(config, dict) else None
    if not isinstance(value, list) or len(value) < 3:
        return None
    name, number, output = value[:3]
    if not isinstance(name, str) or isinstance(number, bool) or not isinstance(number, int) or output != 0:
        return None
    return _Reference(name, number) if 0 <= number < _MOST_ENTRIES else None


def _numbers_in(value: JsonValue) -> Numbers:
    """Return a number, or a row of numbers; nothing for anything else."""
    if isinstance(value, dict) and value.get("class_name") == "__tensor__":  # a constant array, as Keras 3 writes it
        config = value.get("config")
        value = config.get("value") if isinstance(config, dict) else None
        while isinstance(value, list) and len(value) == 1:
            (value,) = value
    found = value if isinstance(value, list) else [value]
    numbers = [each for each in found if isinstance(each, int | float) and not isinstance(each, bool)]
    is_row = len(numbers) == len(found) and all(abs(each) < _LARGEST_NUMBER for each in numbers)
    return tuple(map(float, numbers)) if is_row else ()
