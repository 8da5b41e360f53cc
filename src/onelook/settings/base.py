"""What every stage's settings share: frozen, validated, nothing unknown accepted, and facts on each field."""

from __future__ import annotations

from types import UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Settings(BaseModel):
    """Frozen settings of one stage. An unknown key is an error; `model_dump` gives plain JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    open_names: ClassVar[bool] = False  # whether names that are no fields are settings all the same
    short_names: ClassVar[bool] = True  # `--set` takes a field by its own name, where no other section has that
    off_by_default: ClassVar[bool] = False  # whether its defaults change nothing, so that `none` stands for them


class FieldFacts(BaseModel):
    """What is true of a setting beside its value. A kind of setting has its own facts; all are JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Facts = TypeVar("Facts", bound=FieldFacts)


def setting(default: Any, description: str, facts: FieldFacts | None = None, **limits: Any) -> Any:
    """A settings field. Its description, facts and limits feed the command line, the recipes and the docs.

    Args:
        default: the value where nobody says otherwise; `...` makes the field required.
        description: one line for a reader who does not know the field's words.
        facts: what else is true of it; `facts_of` reads them.
        **limits: forwarded to `pydantic.Field` (`ge`, `gt`, `le`, `lt`, …).
    """
    extra = facts.model_dump(mode="json", exclude_defaults=True) if facts is not None else None
    return Field(default, description=description, json_schema_extra=extra, **limits)


def facts_of(field: FieldInfo, kind: type[Facts]) -> Facts:
    """Return the facts that stand on a field.

    Raises:
        pydantic.ValidationError: the field declares none, or those of another kind.
    """
    return kind.model_validate(field.json_schema_extra or {})


def section_of(annotation: Any) -> type[Settings] | None:
    """The settings class that a field holds, also where it may be None; None for a plain value."""
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((option for option in options if isinstance(option, type) and issubclass(option, Settings)), None)
