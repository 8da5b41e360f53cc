"""The dimensions of a search space: a list of values or a range of numbers for each searched setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onelook.errors import ConfigError
from onelook.settings.merge import spell_out
from onelook.settings.parse import parse_set
from onelook.settings.queries import all_facts

AUGMENTATION = "augmentation"  # not a setting: a factor that multiplies all ranges of augmentation
_RANGE_KEYS = frozenset({"low", "high", "log"})

Value = bool | int | float | str
Point = Mapping[str, Value]  # dotted name of a setting to the value of a trial


@dataclass(frozen=True)
class Dimension:
    """One searched setting: either a list of `choices`, or all numbers from `low` to `high`."""

    name: str  # dotted, as `--set` takes it
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False  # only whole numbers
    log: bool = False  # drawn on a logarithmic scale, as learning rates are

    def in_words(self) -> str:
        """Return the dimension as text for a person.

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
        """Return whether the value is in the dimension."""
        if self.choices:
            return value in self.choices
        return isinstance(value, int | float) and self.low <= value <= self.high


def parse_space(values: Mapping[str, Any], where: str) -> tuple[Dimension, ...]:
    """Return the space that a `[space]` table describes.

    An entry is a list of values, or a range `{low = …, high = …}`, with `log = true` for a logarithmic scale.

    Args:
        values: setting (dotted, or a name that only one section has) to its list or range.
        where: the file, for messages.

    Raises:
        ConfigError: a setting is unknown, must be the same in all trials, or cannot have one of the values.

    Example:
        >>> [one.name for one in parse_space({"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}}, "my.toml")]
        ['optimizer.learning_rate']
    """
    space = tuple(_dimension(name, value, where) for name, value in _flat(values))
    if not space:
        raise ConfigError(f"{where}: [space] is empty. Expected settings, such as dropout = [0, 0.2, 0.5].")
    return space


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each setting with its list or range. `optimizer.learning_rate` without quotes is a table in a table."""
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
    """Return the dotted name of a setting, and refuse a setting that may not be searched."""
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
    # Trials with different pictures, or with another way of scoring, cannot be compared.
    if not all_facts()[path[0]].is_searchable:
        raise ConfigError(
            f"{where}: [space] {key}: it must be the same in all trials, or their scores cannot be compared. Set it "
            "outside [space]."
        )
    return dotted
