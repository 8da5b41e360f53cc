"""Translate a torch module to a list of our layers, by tracing its operations on a picture.

A network is data here, and a module of another library is code. A translated network does not need that code.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import fx, nn

from onelook.models.timm.module_layers import ACTIVATIONS, Named, NotLayers, Place, as_layers, is_known
from onelook.settings.network import Activation, ActivationLayer, Gate, GlobalPool, Layer, Residual, Scale

_CHANNELS_LAST, _CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)
_PIXEL_AXES = ((2, 3), (-2, -1))


@dataclass(frozen=True)
class Translation:
    """The layers from the picture to the features, and the origin of their weights."""

    layers: tuple[Layer, ...]
    names: Mapping[str, str]  # our name of a weight, such as "0.weight" -> the module's name of it


def translate(module: nn.Module) -> Translation:
    """Return the layers of a module that turns pictures, (batch, channels, height, width), into flat features.

    Raises:
        NotLayers: an operation is none of our layers; the message names it.
    """
    tracer = _Tracer()
    try:
        graph = tracer.trace(module.eval())
    except Exception as problem:  # a module's own code may raise anything on a symbolic picture
        raise NotLayers(f"steps that depend on the picture itself ({type(problem).__name__})") from problem
    traced = fx.GraphModule(tracer.root, graph)
    traced.graph.eliminate_dead_code()
    reader = _Reader(traced)
    end = reader.run(_Value(None, None))
    if not isinstance(end, _Value) or end.place is not Place.FLAT:
        raise NotLayers("an end without a global pool")
    steps = _steps(None, end)
    return Translation(tuple(step.layer for step in steps), _numbered(steps))


@dataclass(frozen=True, eq=False)
class _Value:
    """An intermediate value: the value before it and the layer between them. The picture itself has neither."""

    before: _Value | None
    step: Named | None
    place: Place = Place.PICTURE
    channels_last: bool = False

    def then(self, step: Named | None, place: Place | None = None) -> _Value:
        return _Value(self, step, place or self.place, self.channels_last)

    def chain(self) -> Iterator[_Value]:
        """Yield this value and all values before it, back to the picture."""
        value: _Value | None = self
        while value is not None:
            yield value
            value = value.before


@dataclass(frozen=True)
class _Parameter:
    """A weight that the module uses outside of a known layer."""

    name: str
    initial: float


class _Tracer(fx.Tracer):
    """A tracer that enters every module except those that have a layer of ours."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        return is_known(module) or super().is_leaf_module(module, name)


class _Reader(fx.Interpreter):
    """An interpreter that runs the traced graph on `_Value`s instead of pictures."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.extra_traceback = False  # torch would add it to our message
        self._node: fx.Node | None = None

    def run_node(self, n: fx.Node) -> Any:
        self._node = n
        return super().run_node(n)

    def get_attr(self, target: Any, args: Any, kwargs: Any) -> Any:
        weight = self.fetch_attr(target)
        if not isinstance(weight, nn.Parameter):
            raise NotLayers(f"the constant '{target}'")
        return _Parameter(str(target), float(weight.detach().mean()))

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        module = self.fetch_attr(target)
        value = args[0] if args else None
        if not isinstance(value, _Value) or len(args) > 1 or kwargs:
            raise NotLayers(f"{type(module).__name__} with more than a picture")
        for named, place in as_layers(module, str(target), value.place, channels_last=value.channels_last):
            if isinstance(named.layer, ActivationLayer):
                value = self._activated(value, named.layer.function)
            else:
                value = _pooled(value) if place is Place.FLAT and _is_squeezed(value) else value.then(named, place)
        return value

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        return self._operation(getattr(target, "__name__", str(target)), _FUNCTIONS.get(target), args, kwargs)

    def call_method(self, target: Any, args: Any, kwargs: Any) -> Any:
        return self._operation(str(target), _METHODS.get(str(target)), args, kwargs)

    def _operation(self, name: str, known: str | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        if known in ACTIVATIONS.values() and isinstance(args[0], _Value):
            if kwargs.get("approximate", "none") != "none":
                raise NotLayers(f"{name} with an approximation")
            return self._activated(args[0], known)  # type: ignore[arg-type]  # one of the values of that type
        try:
            found = _OPERATIONS[known](args, kwargs) if known in _OPERATIONS else None
        except (IndexError, TypeError, ValueError):  # arguments in another form, such as one axis, or all by name
            found = None
        if found is None and name == "getattr":
            raise NotLayers(f"a step that reads the {args[1]} of its input")
        if found is None:
            raise NotLayers(f"the operation '{name}'")
        return found

    def _activated(self, value: _Value, function: Activation) -> _Value:
        """Return the value after an activation. It becomes a part of a residual if nothing else uses the sum."""
        step, node = value.step, self._node
        is_alone = node is not None and all(len(used.users) == 1 for used in node.all_input_nodes)
        if step is not None and isinstance(step.layer, Residual) and step.layer.activation == "linear" and is_alone:
            layer = step.layer.model_copy(update={"activation": function})
            return _Value(value.before, Named(layer, step.names), value.place, value.channels_last)
        return value.then(Named(ActivationLayer(function=function)))


def _add(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Value | None:
    first, second = args[:2]
    if not isinstance(first, _Value) or not isinstance(second, _Value) or len(args) > 2 or kwargs:
        return None
    start = _last_common(first, second)
    branch, shortcut = _steps(start, first), _steps(start, second)
    if len(shortcut) > len(branch):
        branch, shortcut = shortcut, branch
    if not branch:
        return None
    names = {f"layers.{own}": name for own, name in _numbered(branch).items()}
    names |= {f"shortcut.{own}": name for own, name in _numbered(shortcut).items()}
    layers, beside = (tuple(step.layer for step in steps) for steps in (branch, shortcut))
    residual = Residual(layers=layers, activation="linear", shortcut=beside or None)
    return _Value(start, Named(residual, names), first.place, first.channels_last)


def _multiply(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Value | None:
    first, second = args[:2]
    if isinstance(first, _Parameter):
        first, second = second, first
    if not isinstance(first, _Value) or kwargs:
        return None
    if isinstance(second, _Parameter):
        return first.then(Named(Scale(initial=max(abs(second.initial), 1e-6)), {"weight": second.name}))
    if not isinstance(second, _Value):
        return None
    start = _last_common(first, second)
    value, factors = (first, second) if start is first else (second, first)
    steps = _steps(start, factors)
    if start is not value or not steps:
        return None
    names = {f"layers.{own}": name for own, name in _numbered(steps).items()}
    return value.then(Named(Gate(layers=tuple(step.layer for step in steps)), names))


def _mean(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Value | None:
    value, axes = args[0], tuple(args[1] if len(args) > 1 else kwargs.get("dim", ()))
    keepdims = bool(args[2] if len(args) > 2 else kwargs.get("keepdim", False))
    if not isinstance(value, _Value) or axes not in _PIXEL_AXES or value.channels_last:
        return None
    pool = GlobalPool(type="global_average_pool", keepdims=keepdims)
    return value.then(Named(pool), Place.PIXEL if keepdims else Place.FLAT)


def _flatten(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Value | None:
    value, start = args[0], args[1] if len(args) > 1 else kwargs.get("start_dim", 0)
    if not isinstance(value, _Value) or start != 1 or value.place is Place.PICTURE:
        return None
    return value if value.place is Place.FLAT else _pooled(value)


def _permute(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Value | None:
    value, order = args[0], args[1] if len(args) == 2 else args[1:]
    wanted = _CHANNELS_FIRST if isinstance(value, _Value) and value.channels_last else _CHANNELS_LAST
    if not isinstance(value, _Value) or tuple(order) != wanted:
        return None
    return _Value(value, None, value.place, not value.channels_last)


def _reshape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Parameter | None:
    """Return a weight that is reshaped to the axis of the channels. Reshaped pictures are not translated."""
    shape = args[1] if len(args) == 2 else args[1:]
    is_per_channel = isinstance(args[0], _Parameter) and tuple(shape) == (1, -1, 1, 1)
    return args[0] if is_per_channel else None


_OPERATIONS: Mapping[str | None, Callable[[tuple[Any, ...], Mapping[str, Any]], Any]] = {
    "add": _add,
    "mul": _multiply,
    "mean": _mean,
    "flatten": _flatten,
    "permute": _permute,
    "reshape": _reshape,
    "contiguous": lambda args, kwargs: args[0],
}
_METHODS: Mapping[str, str] = {
    **{name: name for name in ("add", "mul", "mean", "flatten", "permute", "reshape", "contiguous")},
    **{name: name for name in ("relu", "sigmoid", "tanh")},
    **{"add_": "add", "mul_": "mul", "view": "reshape"},
}
_FUNCTIONS: Mapping[Any, str] = {
    **{operator.add: "add", operator.iadd: "add", torch.add: "add"},
    **{operator.mul: "mul", operator.imul: "mul", torch.mul: "mul"},
    **{torch.mean: "mean", torch.flatten: "flatten", torch.permute: "permute"},
    **{F.relu: "relu", torch.relu: "relu", F.relu6: "relu6", F.silu: "silu", F.gelu: "gelu"},
    **{torch.sigmoid: "sigmoid", torch.tanh: "tanh", F.hardswish: "hard_swish", F.hardsigmoid: "hard_sigmoid"},
}


def _is_squeezed(value: _Value) -> bool:
    """Return whether the value is the direct output of a global pool, a picture of one pixel."""
    return value.step is not None and isinstance(value.step.layer, GlobalPool) and value.place is Place.PIXEL


def _pooled(value: _Value) -> _Value:
    """Return a picture of one pixel as flat numbers: from the pool that made it, or from a pool over that pixel."""
    if _is_squeezed(value) and value.step is not None and value.before is not None:
        pool = value.step.layer.model_copy(update={"keepdims": False})
        return value.before.then(Named(pool), Place.FLAT)
    return value.then(Named(GlobalPool(type="global_average_pool")), Place.FLAT)


def _last_common(first: _Value, second: _Value) -> _Value:
    """Return the last value that both depend on."""
    of_first = {id(value) for value in first.chain()}
    return next(value for value in second.chain() if id(value) in of_first)


def _steps(start: _Value | None, end: _Value) -> list[Named]:
    """Return the layers from one value to a later one; from the picture if no start is given."""
    steps: list[Named] = []
    for value in end.chain():
        if value is start:
            break
        if value.step is not None:
            steps.append(value.step)
    return steps[::-1]


def _numbered(steps: list[Named]) -> dict[str, str]:
    """Return the module's names of the weights of these layers, by our names, which begin with the layer's position."""
    return {f"{position}.{own}": name for position, step in enumerate(steps) for own, name in step.names.items()}
