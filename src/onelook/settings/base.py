"""The base of all settings: frozen and validated, with facts on each field."""

from __future__ import annotations

from types import UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Settings(BaseModel):
    """Frozen settings of one stage. An unknown key is an error; `model_dump` gives plain JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    open_names: ClassVar[bool] = False  # whether it also takes names that are not fields
    short_names: ClassVar[bool] = True  # whether `--set` takes a field's own name, if no other section has the same
    off_by_default: ClassVar[bool] = False  # whether its defaults change nothing, so that `none` means the defaults


class FieldFacts(BaseModel):
    """Facts about a setting, besides its value. Each kind of setting has its own class; all facts are JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Facts = TypeVar("Facts", bound=FieldFacts)


def setting(default: Any, description: str, facts: FieldFacts | None = None, **limits: Any) -> Any:
    """Return a settings field. The command line and the docs show its description and limits.

    Args:
        default: the default value; `...` makes the field required.
        description: one line for a reader who does not know the terms of the field.
        facts: further facts; `facts_of` reads them.
        **limits: forwarded to `pydantic.Field` (`ge`, `gt`, `le`, `lt`, …).
    """
    extra = facts.model_dump(mode="json", exclude_defaults=True) if facts is not None else None
    return Field(default, description=description, json_schema_extra=extra, **limits)


def facts_of(field: FieldInfo, kind: type[Facts]) -> Facts:
    """Return the facts of a field.

    Raises:
        pydantic.ValidationError: the field has no facts, or facts of another kind.
    """
    return kind.model_validate(field.json_schema_extra or {})


def section_of(annotation: Any) -> type[Settings] | None:
    """Return the settings class that a field holds, also if the field may be None; None for a plain value."""
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((option for option in options if isinstance(option, type) and issubclass(option, Settings)), None)
