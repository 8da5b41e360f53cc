"""What every stage's settings share: frozen, validated, nothing unknown accepted."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Settings(BaseModel):
    """Frozen settings of one stage. An unknown key is an error; `model_dump` gives plain JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    open_names: ClassVar[bool] = False  # whether names that are no fields are settings all the same
    short_names: ClassVar[bool] = True  # `--set` takes a field by its own name, where no other section has that


def setting(
    default: Any, description: str, *, flag: str | None = None, metavar: str | None = None, **limits: Any
) -> Any:
    """A settings field. Its description, flag and limits feed the command line, the recipes and the docs.

    Args:
        default: the value where nobody says otherwise; `...` makes the field required.
        description: one line for a reader who does not know the field's words.
        flag: the command-line option that sets it, such as `--epochs`; without one, `--set` does.
        metavar: what stands for the value in the help, such as `N`.
        **limits: forwarded to `pydantic.Field` (`ge`, `gt`, `le`, `lt`, …).
    """
    extra: dict[str, JsonValue] = {key: value for key, value in (("flag", flag), ("metavar", metavar)) if value}
    return Field(default, description=description, json_schema_extra=extra or None, **limits)
