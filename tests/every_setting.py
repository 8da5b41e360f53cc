"""Values for every field of a settings class, found from its fields: a new field is tried as soon as it is there."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any, TypeVar

from pydantic import ValidationError

from onelook.settings.base import Settings

S = TypeVar("S", bound=Settings)

# One of these is a value of any field that changes pictures or weights, other than its default.
_CANDIDATES: tuple[Any, ...] = (
    *(True, 0.25, 2, (0.5, 1.5), (1.0, 2.0, 4.0)),
    *("nearest", "constant", "reflect", "wrap", "unit", "symmetric", "none", "balanced"),
)


def values_of(settings: type[Settings], name: str) -> list[Any]:
    """What the field may be set to, of every type that it takes; its default is not among them."""
    default = settings.model_fields[name].default
    return [value for value in _CANDIDATES if value != default and _takes(settings, name, value)]


def pairs_of(settings: type[Settings]) -> list[tuple[str, str]]:
    """Every two fields, and each with itself."""
    return list(combinations_with_replacement(settings.model_fields, 2))


def with_both(settings: type[S], names: tuple[str, str]) -> list[S]:
    """The settings with both fields set, in every way that is allowed."""
    first, second = names
    changes = [
        {first: one, second: other}
        for one in values_of(settings, first)
        for other in (values_of(settings, second) if first != second else [one])
    ]
    return [made for change in changes if (made := _made(settings, change)) is not None]


def with_all(settings: type[S], **chosen: Any) -> S:
    """The settings with every field set that can be set beside the chosen ones."""
    made = settings(**chosen)
    for name in settings.model_fields:
        for value in values_of(settings, name)[:1] if name not in chosen else ():
            made = _made(settings, made.model_dump(exclude_unset=True) | {name: value}) or made
    return made


def _takes(settings: type[Settings], name: str, value: Any) -> bool:
    """Whether the field alone takes a value, and takes it as it is."""
    try:
        made = settings.model_validate({name: value}, strict=True)
    except ValidationError as problem:
        # What another field forbids or asks for is no matter of this field's own.
        return all(not error["loc"] for error in problem.errors())
    return bool(getattr(made, name) == value)


def _made(settings: type[S], changes: dict[str, Any]) -> S | None:
    try:
        return settings(**changes)
    except ValidationError:
        return None
