"""Recorders in place of functions: what is called with which arguments, by the names of the parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any

import pytest

# The name of a function and its arguments; those of its `**` are among them, unless they are None.
Call = tuple[str, dict[str, Any]]


class StopError(Exception):
    """Ends what is tested: what follows this call is of no interest."""


def record(
    patch: pytest.MonkeyPatch, results: Mapping[str, Any], look: Callable[[], object] = lambda: None
) -> list[Call]:
    """Replace functions, and return a list of their calls, which grows.

    Args:
        patch: undoes it.
        results: dotted name -> what the call returns; `StopError` is raised.
        look: called at each call.
    """
    calls: list[Call] = []
    for dotted, result in results.items():
        patch.setattr(dotted, _recorder(dotted.rpartition(".")[2], resolve_name(dotted), result, calls, look))
    return calls


def _recorder(name: str, real: Any, result: Any, calls: list[Call], look: Any) -> Any:
    signature = inspect.signature(real)
    many = next((each.name for each in signature.parameters.values() if each.kind is each.VAR_KEYWORD), "")

    def call(*given: Any, **keywords: Any) -> Any:
        bound = signature.bind(*given, **keywords)
        if real.__module__.startswith("onelook"):
            bound.apply_defaults()
        arguments = dict(bound.arguments)
        arguments |= {key: value for key, value in arguments.pop(many, {}).items() if value is not None}
        calls.append((name, arguments))
        look()
        if result is StopError:
            raise StopError
        return result

    return call
