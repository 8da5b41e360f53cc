"""The facts of a setting, declared on its field: what it changes, which models read it, its flag.

`onelook.settings.queries` finds the settings with a given fact. No other module keeps a list of settings, so a new
setting needs one field in one file, and the code that reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from onelook.settings.base import FieldFacts, Settings, facts_of

Changes = Literal[
    "weights",  # what a model learns; a resumed run keeps it, or its weights would match no settings
    "data",  # the pictures, their decoding, and which of them are for training, validation and test
    "answers",  # the trained model's predictions, with the same weights
    "runs",  # the number of runs
    "time",  # the time that a run may take
    "nothing",  # only the device, or files beside the run
]
ReadBy = Literal["all", "networks", "pretrained", "classical"]  # pretrained networks also read what networks read
Command = Literal["inspect", "evaluate", "predict"]
Panel = Literal["Data", "Model", "Training"]
# What a text on the command line means, if pydantic cannot parse it by itself.
Typed = Literal["value", "time", "image size", "names", "pictures", "fraction or pictures"]


class FlagFacts(FieldFacts):
    """How a setting, at the top or in a section, is typed on the command line."""

    flag: str | None = None  # its command-line option, such as --epochs; a setting without one is set by --set
    other_flag: str | None = None  # a second spelling of the option
    metavar: str | None = None  # the name of its value in the help, such as N
    panel: Panel = "Training"  # the panel of the help that shows the flag
    shown_default: str | None = None  # shown in the help instead of the default, if the default would mislead
    also_called: tuple[str, ...] = ()  # its names in other libraries: not taken, but this one is suggested for them


class SettingFacts(FlagFacts):
    """The facts of a field of `TrainSettings`; if it is a section, of everything in it."""

    changes: Changes
    read_by: ReadBy

    also_of: tuple[Command, ...] = ()  # the commands besides train and tune that have its flag
    help_there: str | None = None  # its text in the help of these, if the description would mislead
    keyword: str | None = None  # its keyword in Python, if that differs from the field's name
    typed: Typed = "value"

    may_grow: bool = False  # whether --resume may increase it
    searchable: bool | None = None  # overrides `is_searchable`, where that would be wrong
    compared: bool = True  # whether a comparison of runs lists it as a difference
    excluded_by: tuple[str, ...] = ()  # settings that answer the same question, or set this one themselves

    needs_run: bool = False  # whether `ImageClassifier` must write a run for it, and cannot fit in memory
    varies_pictures: bool = False  # whether it changes pictures at random, so that features cannot be computed once
    rules_out_pretrained: bool = False  # whether giving it means that no pretrained network is picked
    decides_augmentation: bool = False  # whether giving it changes the augmentation that is picked

    @property
    def is_resumable(self) -> bool:
        """Whether a run may be resumed with another value."""
        return self.may_grow or self.changes == "nothing"

    @property
    def is_searchable(self) -> bool:
        """Whether trials that differ in it can be compared: their pictures and their scoring are the same."""
        return self.changes in ("weights", "answers") if self.searchable is None else self.searchable

    @property
    def is_planned(self) -> bool:
        """Whether it decides the weights of a network, and so is part of the plan in a checkpoint."""
        return self.changes == "weights" and self.read_by != "classical"


class PartFacts(FlagFacts):
    """The facts of one setting in a section; `SettingFacts` has those of the whole section."""

    read_under: tuple[str, ...] = ()  # the values of the section's `name` that read it; empty: all of them
    is_strength: bool = False  # whether half its value means half as much augmentation
    is_idle_alone: bool = False  # whether it changes nothing if the others of its section are off


def parts_that(section: type[Settings], holds: Callable[[PartFacts], bool]) -> tuple[str, ...]:
    """Return the settings of a section whose facts meet a condition, in the fields' order.

    Example:
        >>> from onelook.settings import AugmentSettings
        >>> parts_that(AugmentSettings, lambda facts: facts.is_idle_alone)
        ('fill_mode', 'cval', 'policy_magnitude')
    """
    return tuple(name for name, field in section.model_fields.items() if holds(facts_of(field, PartFacts)))
