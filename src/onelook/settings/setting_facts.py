"""What is true of a setting, declared on its field: what depends on it, what reads it, how it is asked for.

`onelook.settings.queries` answers which settings something is true of. No other module keeps such a list, so that a
new setting is one field in one file, and the code that reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from onelook.settings.base import FieldFacts, Settings, facts_of

Changes = Literal[
    "weights",  # what a model learns. A run goes on with the same, or its weights would be those of no settings
    "data",  # which pictures there are, their decoding, and which of them train, validate and test
    "answers",  # what the trained model answers, with the same weights
    "runs",  # how many runs there are
    "time",  # how long a run may take
    "nothing",  # where training is computed, and what is written beside the run
]
ReadBy = Literal["all", "networks", "pretrained", "classical"]  # a pretrained network reads what networks read, too
Panel = Literal["Data", "Model", "Training"]
# What a text on the command line stands for, where pydantic cannot read it by itself.
Typed = Literal["value", "time", "image size", "names", "pictures", "fraction or pictures"]


class SettingFacts(FieldFacts):
    """What is true of a field of `TrainSettings`, and of everything in it where it is a section."""

    changes: Changes
    read_by: ReadBy

    flag: str | None = None  # the command-line option that sets it, such as --epochs; without one, --set does
    metavar: str | None = None  # what stands for the value in the help, such as N
    panel: Panel = "Training"  # of the help, that has the flag
    shown_default: str | None = None  # what the help says instead of the default, where that would mislead
    keyword: str | None = None  # its name in Python, where that is not the field's
    typed: Typed = "value"

    may_grow: bool = False  # whether --resume takes more of it, and not less
    searchable: bool | None = None  # whether `onelook tune` may search it, where `is_searchable` would be wrong
    compared: bool = True  # whether a comparison of runs lists it as a difference
    excluded_by: tuple[str, ...] = ()  # settings that answer the same question, or bring a value of their own

    needs_run: bool = False  # whether `ImageClassifier`, which fits arrays in memory, takes an ordinary run for it
    varies_pictures: bool = False  # whether it changes pictures at random, which features computed once cannot follow
    rules_out_pretrained: bool = False  # whether it asks for another way than picking a pretrained network
    decides_augmentation: bool = False  # whether another augmentation is picked where it is given

    @property
    def is_resumable(self) -> bool:
        """Whether a run may go on with another value."""
        return self.may_grow or self.changes == "nothing"

    @property
    def is_searchable(self) -> bool:
        """Whether trials that differ in it can be compared: they have the same pictures, judged in the same way."""
        return self.changes in ("weights", "answers") if self.searchable is None else self.searchable

    @property
    def is_planned(self) -> bool:
        """Whether it decides the weights of a network, and so belongs into the plan that a checkpoint keeps."""
        return self.changes == "weights" and self.read_by != "classical"


class PartFacts(FieldFacts):
    """What is true of a setting within its section; the rest is true of the whole section."""

    read_under: tuple[str, ...] = ()  # values of the section's `name` that read it; none: each of them does
    is_strength: bool = False  # whether half of it is half as much augmentation
    is_idle_alone: bool = False  # whether it changes nothing while the others of its section are off


def parts_that(section: type[Settings], holds: Callable[[PartFacts], bool]) -> tuple[str, ...]:
    """Return the settings of a section whose facts meet a condition, in the fields' order.

    Example:
        >>> from onelook.settings import AugmentSettings
        >>> parts_that(AugmentSettings, lambda facts: facts.is_idle_alone)
        ('fill_mode', 'cval', 'policy_magnitude')
    """
    return tuple(name for name, field in section.model_fields.items() if holds(facts_of(field, PartFacts)))
