"""What a search for settings looks through: for each setting some values, or a range of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onelook.errors import ConfigError
from onelook.settings.merge import spell_out
from onelook.settings.parse import parse_set
from onelook.settings.queries import all_facts

AUGMENTATION = "augmentation"  # no setting: the factor of all ranges of augmentation that were picked or asked for
_RANGE_KEYS = frozenset({"low", "high", "log"})


@dataclass(frozen=True)
class Dimension:
    """One setting that is searched: either `choices`, or all numbers from `low` to `high`."""

    name: str  # dotted, as `--set` takes it
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False  # whole numbers alone
    log: bool = False  # even by factors, as rates are

    def in_words(self) -> str:
        """The dimension as a person reads it.

        Example:
            >>> Dimension("batch_size", choices=(32, 64)).in_words()
            'batch_size: 32, 64'
            >>> Dimension("dropout", low=0.0, high=0.5).in_words()
            'dropout: 0 to 0.5'
        """
        if self.choices:
            return f"{self.name}: {', '.join(map(str, self.choices))}"
        return f"{self.name}: {self.low:g} to {self.high:g}{', by factors' if self.log else ''}"

    def holds(self, value: Any) -> bool:
        """Whether the value is one of those that are searched."""
        if self.choices:
            return value in self.choices
        return isinstance(value, int | float) and self.low <= value <= self.high


def parse_space(values: Mapping[str, Any], where: str) -> tuple[Dimension, ...]:
    """The space in a `[space]` table: a list of values, or `{low = …, high = …}` with `log = true` for factors.

    Args:
        values: setting (dotted, or a name that only one section has) to its list or range.
        where: the file, for messages.

    Raises:
        ConfigError: an unknown setting, one that must be the same for all trials, or a value that it cannot have.

    Example:
        >>> [one.name for one in parse_space({"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}}, "my.toml")]
        ['optimizer.learning_rate']
    """
    space = tuple(_dimension(name, value, where) for name, value in _flat(values))
    if not space:
        raise ConfigError(f"{where}: [space] is empty. Expected settings, such as dropout = [0, 0.2, 0.5].")
    return space


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings and what is searched of each: `optimizer.learning_rate` without quotes is a table within a table."""
    for key, value in values.items():
        if isinstance(value, Mapping) and not value.keys() & _RANGE_KEYS:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _dimension(key: str, value: Any, where: str) -> Dimension:
    if isinstance(value, Mapping):
        dimension = _range(key, value, where)
    elif isinstance(value, list) and value and len({*map(str, value)}) == len(value):
        dimension = Dimension(_name(key, value[0], where), choices=tuple(value))
    else:
        raise ConfigError(
            f"{where}: [space] {key} = {value!r}. Expected a list of different values, or {{low = 0.0, high = 0.5}}."
        )
    for tried in dimension.choices:
        _name(key, tried, where)
    return dimension


def _range(key: str, value: Mapping[str, Any], where: str) -> Dimension:
    low, high, log = value.get("low"), value.get("high"), value.get("log", False)
    is_number = all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in (low, high))
    if not is_number or value.keys() - _RANGE_KEYS or not isinstance(log, bool) or low is None or high is None:
        raise ConfigError(
            f"{where}: [space] {key} = {dict(value)}. Expected {{low = 0.0001, high = 0.01, log = true}}."
        )
    if not low < high or (log and low <= 0):
        above = ", which must be above 0 for log = true" if log else ""
        raise ConfigError(f"{where}: [space] {key}: from {low} to {high}. Expected a low below the high{above}.")
    is_whole = isinstance(low, int) and isinstance(high, int) and key not in (AUGMENTATION,)
    return Dimension(_name(key, low, where), low=float(low), high=float(high), is_whole=is_whole, log=log)


def _name(key: str, value: Any, where: str) -> str:
    """The dotted name of a setting that may be searched."""
    if key == AUGMENTATION:
        return key
    try:
        found: Any = spell_out(parse_set([f"{key}={value}"]))
    except ConfigError as problem:
        raise ConfigError(f"{where}: [space] {problem}", options=problem.options) from problem
    path: list[str] = []
    while isinstance(found, Mapping) and len(found) == 1:
        (name,) = found
        path.append(name)
        found = found[name]
    dotted = ".".join(path)
    # What decides which pictures there are and how they are scored: trials that differ in it cannot be compared.
    if not all_facts()[path[0]].is_searchable:
        raise ConfigError(
            f"{where}: [space] {key}: it must be the same for all trials, else their scores cannot be compared. Give "
            "it beside the space."
        )
    return dotted
