"""The options of opening: how data is read, if the data alone does not show it.

A new option is a field here, and a type in `OpeningKeywords`. The field also gives its flag in the commands that its
facts name, its keyword in `open_dataset` and `train`, and its record in a run. Every command passes its
`OpeningOptions` to `onelook.data.open`, where the code reads them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from pydantic import ValidationError, field_validator

from onelook.settings.base import Settings, setting
from onelook.settings.setting_facts import SettingFacts


class OpeningOptions(Settings):
    """How the data is opened. `TrainSettings` has these fields too, so that a run records them."""

    class_names: tuple[str, ...] | None = setting(
        None,
        "Names of the classes 0, 1, 2 …",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--class-names",
            metavar="a,b,c",
            panel="Data",
            typed="names",
            also_of=("inspect", "evaluate"),
            help_there="Names of integer labels, in numeric order.",
        ),
    )
    layout: str | None = setting(
        None,
        "The data's layout, needed if several layouts fit.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--layout",
            metavar="NAME",
            panel="Data",
            needs_run=True,
            also_of=("inspect", "evaluate", "predict"),
        ),
    )
    label_column: str | None = setting(
        None,
        "The CSV column that holds the label.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--label-column",
            metavar="NAME",
            panel="Data",
            needs_run=True,
            also_of=("inspect", "evaluate"),
        ),
    )
    label_from: str | None = setting(
        None,
        "Where a path holds the label: a regular expression with a group 'label', or folder:2.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--label-from",
            metavar="PATTERN|folder:N",
            panel="Data",
            needs_run=True,
            also_of=("inspect", "evaluate"),
        ),
    )
    pictures_in: str | None = setting(
        None,
        "The folder of the pictures that a table lists, if several folders hold such names.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--pictures-in",
            metavar="FOLDER",
            panel="Data",
            needs_run=True,
            also_of=("inspect", "evaluate"),
        ),
    )
    ignore_groups: bool = setting(
        False,
        "Split pictures of one patient, place or track, which the data tells, as if they were unrelated.",
        SettingFacts(
            changes="data", read_by="all", flag="--no-groups", panel="Data", needs_run=True, also_of=("inspect",)
        ),
    )
    fixes: str | None = setting(
        None,
        "A CSV file of pictures to relabel, drop or keep: id,action,class_name.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--fixes",
            metavar="FILE.csv",
            panel="Data",
            needs_run=True,
            also_of=("inspect", "evaluate"),
        ),
    )

    @field_validator("fixes", mode="before")
    @classmethod
    def _path_as_text(cls, value: object) -> object:
        return os.fspath(value) if isinstance(value, os.PathLike) else value


class OpeningKeywords(TypedDict, total=False):
    """The fields of `OpeningOptions`, as keywords of `open_dataset`."""

    class_names: Sequence[str] | None  # of the integer labels, in numeric order
    layout: str | None  # if several fit; `onelook.data.layouts.registry.LAYOUTS` lists them
    label_column: str | None  # of a table, if its name does not show it
    # The place of the label in the paths of pictures: a regular expression with a group `label` (and `split`, `group`),
    # which is searched in the file name, or in the whole path if it contains a slash; or `folder:1`, `folder:2` …
    label_from: str | None
    pictures_in: str | None  # the folder of the pictures that a table lists, if several hold such names
    ignore_groups: bool  # whether to ignore the groups in the data, such as the pictures of one patient
    fixes: str | None  # a CSV file of pictures to relabel, drop or keep: see docs/label-errors.md


BY_THE_DATA = OpeningOptions()  # no option is given: the data decides everything


def opening_options(values: Mapping[str, Any], where: str) -> OpeningOptions:
    """Return validated options. A missing one has its default.

    Args:
        values: options by name.
        where: the values' source; error messages begin with it.

    Raises:
        ConfigError: a value is of the wrong type, or no option has the name.

    Example:
        >>> opening_options({"layout": "idx"}, "the options").layout
        'idx'
    """
    if values.get("class_names") is not None:
        values = {**values, "class_names": tuple(values["class_names"])}
    try:
        return OpeningOptions.model_validate(values)
    except ValidationError as error:
        from onelook.settings.validation_errors import as_config_error

        raise as_config_error(error, where, OpeningOptions) from error
