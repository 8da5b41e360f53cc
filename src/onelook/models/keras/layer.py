"""One layer as Keras describes it, with readers of its settings that refuse what they do not know."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import JsonValue

from onelook.errors import ModelError, shown
from onelook.models.keras.file import Config, LayerPlace

_LONGEST = 80  # characters of a name in messages
_OWN_MODULES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")


@dataclass(frozen=True)
class KerasLayer:
    """A layer of a Keras model."""

    kind: str  # its class, such as "Conv2D"
    name: str
    config: Config
    place: LayerPlace
    where: str  # the file's path
    is_keras_2: bool

    @property
    def title(self) -> str:
        """The layer's name and class in messages."""
        return f"layer '{self.name[:_LONGEST]}' ({self.kind[:_LONGEST]})"

    def refusal(self, reason: str) -> ModelError:
        """Return the error for a layer that cannot be imported; the reason follows the layer's name."""
        return ModelError(f"{self.where}: {self.title} {reason}")

    def require(self, name: str, *known: JsonValue) -> None:
        """Refuse the layer if a setting has another value than those that are known; a missing one is known."""
        value = self.config.get(name)
        if value is not None and value not in known:
            raise self.refusal(
                f"has {name} = {shown(value)}, which is not imported. Expected {' or '.join(map(shown, known))}."
            )

    def flag(self, name: str, default: bool) -> bool:
        """Return a setting that is true or false."""
        value = self.config.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a setting that is a number."""
        value = self.config.get(name)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e30:
            raise self._wrong(name, value, "a number")
        return float(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a setting that is a whole number from 1."""
        value = self.config.get(name)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 1_000_000:
            raise self._wrong(name, value, "a whole number from 1")
        return value

    def text(self, name: str, default: str) -> str:
        """Return a setting that is a text."""
        value = self.config.get(name)
        value = default if value is None else value
        if not isinstance(value, str):
            raise self._wrong(name, value, "a text")
        return value

    def pair(self, name: str, default: int | None = None) -> tuple[int, int]:
        """Return a setting that is one whole number or two, from 1."""
        value = self.config.get(name)
        value = default if value is None else value
        numbers = [value, value] if isinstance(value, int) else value
        if not isinstance(numbers, list) or len(numbers) != 2 or not all(_is_size(each) for each in numbers):
            raise self._wrong(name, value, "two whole numbers from 1")
        return int(str(numbers[0])), int(str(numbers[1]))

    def sides(self, name: str) -> tuple[int, int, int, int]:
        """Return a setting of the form ((top, bottom), (left, right)), or a shorter one, as four numbers from 0."""
        value = self.config.get(name)
        axes = [value, value] if isinstance(value, int) else value
        if isinstance(axes, list) and len(axes) == 2:
            pairs = [[axis, axis] if isinstance(axis, int) else axis for axis in axes]
            flat = [number for pair in pairs if isinstance(pair, list) for number in pair]
            if len(flat) == 4 and all(number == 0 or _is_size(number) for number in flat):
                top, bottom, left, right = (int(str(number)) for number in flat)
                return top, bottom, left, right
        raise self._wrong(name, value, "((top, bottom), (left, right))")

    def axes(self, default: int) -> list[int]:
        """Return the setting `axis` as a list of whole numbers."""
        value = self.config.get("axis", default)
        numbers = value if isinstance(value, list) else [value]
        if not all(isinstance(each, int) and not isinstance(each, bool) and abs(each) < 10 for each in numbers):
            raise self._wrong("axis", value, "whole numbers")
        return [int(str(each)) for each in numbers]

    def _wrong(self, name: str, value: JsonValue, expected: str) -> ModelError:
        return self.refusal(f"has {name} = {shown(value)}, expected {expected}. The file is damaged.")


def _is_size(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 1_000_000


def read_layer(entry: JsonValue, outer: KerasLayer, taken: dict[str, int]) -> KerasLayer:
    """Return a layer of a model, from its entry in the model's list of layers.

    Args:
        entry: the entry.
        outer: the model.
        taken: how many layers of each class came before it; it is counted there.

    Raises:
        ModelError: the entry is no layer, or one with code of its own.
    """
    config = entry.get("config") if isinstance(entry, dict) else None
    kind = entry.get("class_name") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(config, dict) or not isinstance(kind, str):
        raise outer.refusal(f"has {shown(entry)} among its layers, expected a layer. The file is damaged.")
    name = config.get("name") or entry.get("name")
    if not isinstance(name, str) or not name:
        raise outer.refusal(f"has a {shown(kind)} without a name. The file is damaged.")
    key = _key(kind)
    taken[key] = taken.get(key, -1) + 1
    key = f"{key}_{taken[key]}" if taken[key] else key
    layer = KerasLayer(kind, name, config, outer.place.inside(name, key), outer.where, outer.is_keras_2)
    registered, module = entry.get("registered_name"), entry.get("module")
    is_foreign = isinstance(module, str) and not module.startswith(_OWN_MODULES)
    if (isinstance(registered, str) and ">" in registered) or is_foreign or ">" in kind:
        raise custom_code(layer)
    return layer


def custom_code(layer: KerasLayer) -> ModelError:
    """Return the error for a layer that is code of its author."""
    return layer.refusal(
        "is custom code, which the file does not hold and which onelook would not run. Put layers of Keras itself in "
        "its place, and save the model again."
    )


def _key(kind: str) -> str:
    """Return a class's name as Keras writes it in the weights of a `.keras` file.

    Example:
        >>> _key("SeparableConv2D"), _key("PReLU"), _key("ReLU"), _key("TFOpLambda")
        ('separable_conv2d', 'p_re_lu', 're_lu', 'tf_op_lambda')
    """
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
