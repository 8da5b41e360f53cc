"""Evidence on the column to predict before it is chosen, and the choice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from onelook.data.layouts.manifests.columns.number_columns import Cells


class Strength(IntEnum):
    """How certain it is that a column is the label."""

    NONE = 0
    LEFT = 1  # it is the only column left
    NAMED = 2  # it has a usual name, or other tables point to it


@dataclass(frozen=True)
class LabelEvidence:
    """Facts from other tables and from folders about the label."""

    sample_columns: Mapping[str, Cells] = field(default_factory=dict)  # the first rows of a sample submission
    test_columns: Collection[str] | None = None  # columns of a similar table for pictures to predict
    folders: Sequence[Sequence[str]] = ()  # the folders of each row's picture, by depth, if they differ
    paths: Sequence[str] = ()  # of each row's picture
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)  # short tables of names, by their files


@dataclass(frozen=True)
class Target:
    """The column to predict."""

    column: str | None = None
    strength: Strength = Strength.NONE
    choices: tuple[str, ...] = ()  # several possible columns: the user has to choose
    no_classes: str = ""  # why the labels are not classes; empty if they are
    notes: tuple[str, ...] = ()
