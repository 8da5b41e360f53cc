"""Answer questions such as "which settings change the weights?" from the facts on the settings' fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from pydantic.fields import FieldInfo

from onelook.settings.base import Settings, facts_of, section_of
from onelook.settings.setting_facts import FlagFacts, PartFacts, SettingFacts
from onelook.settings.train import TrainSettings


@dataclass(frozen=True)
class AnySetting:
    """A setting at the top or in a section."""

    path: str  # such as epochs or optimizer.learning_rate
    short_name: str  # what --set takes if no other setting has the same; the path where a section has no short names
    field: FieldInfo
    facts: FlagFacts


@cache
def every_setting() -> Mapping[str, AnySetting]:
    """Return every setting that can be set, those in sections too, by its dotted path."""
    return MappingProxyType({each.path: each for each in _settings_in(TrainSettings, "")})


def _settings_in(section: type[Settings], prefix: str) -> Iterator[AnySetting]:
    kind = PartFacts if prefix else SettingFacts
    for name, field in section.model_fields.items():
        short_name = name if section.short_names else prefix + name
        yield AnySetting(prefix + name, short_name, field, facts_of(field, kind))
        if inner := section_of(field.annotation):
            yield from _settings_in(inner, f"{prefix}{name}.")


@cache
def all_facts() -> Mapping[str, SettingFacts]:
    """Return the facts of each field of `TrainSettings`, in the fields' order."""
    return MappingProxyType({name: facts_of(field, SettingFacts) for name, field in TrainSettings.model_fields.items()})


def settings_that(holds: Callable[[SettingFacts], bool]) -> tuple[str, ...]:
    """Return the fields of `TrainSettings` whose facts meet a condition, in the fields' order.

    Example:
        >>> settings_that(lambda facts: facts.read_by == "pretrained")
        ('weights', 'tune')
    """
    return tuple(name for name, facts in all_facts().items() if holds(facts))


def excluded_by(name: str) -> tuple[str, ...]:
    """Return the settings that cannot be given together with this one.

    Example:
        >>> excluded_by("split")
        ('val', 'folds')
    """
    return settings_that(lambda facts: name in facts.excluded_by)


def flag_of(name: str) -> str:
    """Return the flag that sets a setting; without a flag, the name for `--set`.

    Example:
        >>> flag_of("from_model"), flag_of("resize")
        ('--from', 'resize')
    """
    return all_facts()[name].flag or name
