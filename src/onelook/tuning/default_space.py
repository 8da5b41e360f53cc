"""The default space around the planned settings, and the settings at a point of a space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onelook.settings import AugmentSettings, TrainSettings
from onelook.settings.merge import Overrides, merge
from onelook.settings.parse import parse_set
from onelook.settings.setting_facts import parts_that
from onelook.tuning.dimensions import AUGMENTATION, Dimension, Point, Value

_READ_WEIGHT_DECAY = frozenset({"adamw", "muon"})
_NETWORKS = ("cnn", "cnn-small", "resnet")


def default_space(planned: TrainSettings, asked: Overrides) -> tuple[Dimension, ...]:
    """Return the space that is searched by default: the settings that matter most, around the planned ones.

    It has the learning rate within a factor of four, weight decay, label smoothing, half and twice the batch size,
    augmentation from none to twice as strong, and our three plain networks. Settings that the user gave stay fixed.

    Args:
        planned: the settings that `train` would use for the data.
        asked: the settings that the user gave.
    """
    return tuple(one for one in _usual(planned) if not _is_asked(one.name, asked))


def _usual(planned: TrainSettings) -> Iterator[Dimension]:
    rate, batch_size = planned.optimizer.learning_rate, planned.batch_size
    yield Dimension("optimizer.learning_rate", low=rate / 4, high=rate * 4, log=True)
    if planned.optimizer.name in _READ_WEIGHT_DECAY:
        yield Dimension("optimizer.weight_decay", low=1e-3, high=0.3, log=True)
    yield Dimension("loss.label_smoothing", low=0.0, high=0.2)
    yield Dimension("batch_size", choices=tuple(size for size in (batch_size // 2, batch_size, batch_size * 2) if size))
    if any(_is_a_range(value) for name, value in planned.augment if name in _strengths()):
        yield Dimension(AUGMENTATION, low=0.0, high=2.0)
    if planned.model in _NETWORKS:
        yield Dimension("model", choices=_NETWORKS)


def overrides_of(point: Point, planned: TrainSettings, asked: Overrides) -> Overrides:
    """Return the overrides that train a run at a point of the space.

    Args:
        point: dotted name to value.
        planned: the settings that `train` would use; a point's factor of augmentation multiplies theirs.
        asked: the settings that the user gave; the point overrides them.
    """
    pairs = [f"{name}={_text(value)}" for name, value in point.items() if name != AUGMENTATION]
    overrides = merge(asked, parse_set(pairs))
    if AUGMENTATION not in point:
        return overrides
    augment = planned.augment.model_dump(mode="json", exclude_defaults=True)
    factor = float(point[AUGMENTATION])
    scaled = {
        name: round(value * factor, 4) if name in _strengths() and _is_a_range(value) else value
        for name, value in augment.items()
    }
    return merge(overrides, {"augment": scaled})


def planned_point(space: Sequence[Dimension], planned: TrainSettings) -> Point:
    """Return the planned settings as a point; it leaves out those that are outside the space."""
    point: dict[str, Value] = {}
    for one in space:
        value: Any = planned
        for name in one.name.split("."):
            value = 1.0 if one.name == AUGMENTATION else getattr(value, name, None)
        if one.holds(value):
            point[one.name] = value
    return point


def _strengths() -> tuple[str, ...]:
    """Return the settings of augmentation that its factor multiplies."""
    return parts_that(AugmentSettings, lambda facts: facts.is_strength)


def _is_a_range(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_asked(name: str, asked: Overrides) -> bool:
    if name == AUGMENTATION:
        return "augment" in asked
    below: Any = asked
    for part in name.split("."):
        if not isinstance(below, Mapping) or part not in below:
            return False
        below = below[part]
    return True


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
