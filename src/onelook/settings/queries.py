"""Answer questions such as "which settings change the weights?" from the facts on the settings' fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from onelook.settings.base import facts_of
from onelook.settings.setting_facts import SettingFacts
from onelook.settings.train import TrainSettings


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
