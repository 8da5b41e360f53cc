"""A device that stands for a GPU where there is none: tensors on it compute, and refuse what a GPU's would refuse.

It goes by the name of torch's `meta` device, which nothing else uses here. Each tensor on it holds its values on the
CPU, so that code whose course depends on values (a mask, a number read) runs to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_leaves, tree_map, tree_unflatten

CARD = torch.device("meta")

# What takes values from one device to the other.
_COPY, _COPY_INTO = torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default


class Generator(torch.Generator):
    """Random numbers on the CPU or on the card, for which torch has no generator."""

    def __new__(cls, device: torch.device | str = "cpu") -> Generator:
        made: Generator = super().__new__(cls)
        made.is_on_card = torch.device(device) == CARD
        return made

    @property
    def device(self) -> torch.device:
        return CARD if self.is_on_card else torch.device("cpu")


class CardTensor(Tensor):
    """A tensor on the card, around one that holds its values."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> CardTensor:
        tensor: CardTensor = Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            layout=held.layout,
            device=CARD,
        )
        tensor.held = held
        return tensor

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})

    def numpy(self, **_: Any) -> Any:
        raise TypeError("cannot convert a tensor on the card to numpy: copy it to the CPU first")

    def __deepcopy__(self, memo: dict[int, Any]) -> CardTensor:
        with torch.no_grad():
            copy = CardTensor(self.held.detach().clone())
        copied = torch.nn.Parameter(copy, self.requires_grad) if isinstance(self, torch.nn.Parameter) else copy
        memo[id(self)] = copied
        return copied  # type: ignore[return-value]


class _Card(TorchDispatchMode):
    """Sees every operation, those too that make a tensor on the card out of none."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if _is_made_of_others(func):
            with self:  # inference mode has not taken it apart
                return func.decompose(*args, **kwargs)
        return _run(func, args, kwargs)


class _Calls(TorchFunctionMode):
    """What dispatch does not see: whose generator a call has, and the values that `torch.tensor` is given."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        generator = kwargs.get("generator")
        if generator is not None:
            wanted = kwargs.get("device") or (args[0].device if args and isinstance(args[0], Tensor) else "cpu")
            if torch.device(wanted) != generator.device:
                raise RuntimeError(f"{func.__name__}: expected a generator on {wanted}, got one on {generator.device}")
        if func is torch.tensor and kwargs.get("device") == CARD:
            return on_card(torch.tensor(*args, **{**kwargs, "device": "cpu"}))
        return func(*args, **kwargs)


@contextmanager
def card() -> Iterator[torch.device]:
    """The card, for as long as the block runs."""
    with pytest.MonkeyPatch.context() as patch, _Card(), _Calls():
        patch.setattr(torch, "Generator", Generator)
        yield CARD


def on_card(tensor: Tensor) -> Tensor:
    """A copy of a tensor on the card."""
    return CardTensor(tensor.clone())


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    leaves, structure = tree_flatten((args, kwargs))
    there = [leaf for leaf in leaves if isinstance(leaf, CardTensor)]
    asks_for_card = kwargs.get("device") == CARD
    if func is _COPY_INTO or (func is _COPY and kwargs.get("device") is None):
        is_on_card = isinstance(args[0], CardTensor)
    elif func is _COPY:
        is_on_card = asks_for_card
    elif is_on_card := asks_for_card or bool(there):
        _refuse_mixture(func, args, kwargs)
    if there:
        args, kwargs = tree_unflatten(
            [leaf.held if isinstance(leaf, CardTensor) else leaf for leaf in leaves], structure
        )
    if asks_for_card:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    result = func(*args, **kwargs)
    if not is_on_card:
        return result
    wrapped = {id(tensor.held): tensor for tensor in there}  # of in-place calls

    def on_its_device(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return wrapped[id(value)] if id(value) in wrapped else CardTensor(value)

    return on_its_device(result) if isinstance(result, Tensor) else tree_map(on_its_device, result)


@cache
def _is_made_of_others(func: Any) -> bool:
    has_kernel: bool = torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd")
    return has_kernel


@cache
def _arguments_of(func: Any) -> tuple[list[str], set[str]]:
    """The names of what an operation is given, and of what it writes into."""
    arguments = func._schema.arguments
    written = {each.name for each in arguments if each.alias_info and each.alias_info.is_write}
    return [each.name for each in arguments], written


def _refuse_mixture(func: Any, args: Any, kwargs: dict[str, Any]) -> None:
    """A GPU reads a single number from the CPU where it goes through values one by one, and nothing else."""
    names, written = _arguments_of(func)
    for name, given in (dict(zip(names, args, strict=False)) | kwargs).items():
        for tensor in [given] if isinstance(given, Tensor) else tree_leaves(given):
            if isinstance(tensor, Tensor) and not isinstance(tensor, CardTensor):
                reads_a_number = torch.Tag.pointwise in func.tags and name not in written and tensor.ndim == 0
                if not reads_a_number:
                    raise RuntimeError(
                        f"{func}: expected all tensors on the card, {name} is not: {tuple(tensor.shape)}"
                    )
