"""Rows for the options of commands: how one is typed, and what the command's callees then get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ABSENT = object()  # of an argument: the callee is not called
FIXES = "my fixes.csv"  # in the folder of the test, with one fix


@dataclass(frozen=True)
class Row:
    """One option.

    Attributes:
        words: the option as typed, with others that it needs.
        changes: the arguments of callees that differ with it. A dict changes fields, a tuple is added to words.
        is_other: whether it is the opposite of an option, and left out where all are given.
    """

    words: tuple[str, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    is_other: bool = False


@dataclass(frozen=True)
class Asked:
    """A command with the words that it needs.

    Attributes:
        words: the command.
        callees: as `calls_of` takes them.
        base: the arguments of the callees without an option.
        rows: by option.
        refused: options that the command does not take with these words.
        prints: whether it has a printer without an option.
    """

    words: tuple[str, ...]
    callees: Mapping[str, Any]
    base: Mapping[str, Any]
    rows: Mapping[str, Row]
    refused: tuple[str, ...] = ()
    prints: bool = True


# How each option of a setting is typed, and the settings that this means.
SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "--test": ("my test", {"test": "my test"}),
    "--val": ("0.3", {"val": 0.3}),
    "--limit": ("7", {"limit": 7}),
    "--split": ("runs/a", {"split": "runs/a"}),
    "--folds": ("4", {"folds": 4}),
    "--image-size": ("128x96", {"image_size": (128, 96)}),
    "--class-names": ("b, a", {"class_names": ("b", "a")}),
    "--layout": ("idx", {"layout": "idx"}),
    "--label-column": ("y", {"label_column": "y"}),
    "--label-from": ("folder:2", {"label_from": "folder:2"}),
    "--pictures-in": ("small", {"pictures_in": "small"}),
    "--no-groups": ("", {"ignore_groups": True}),
    "--fixes": (FIXES, {"fixes": FIXES}),
    "--strict": ("", {"strict": True}),
    "--model": ("mlp", {"model": "mlp"}),
    "--models": ("cnn,mlp", {"models": ("cnn", "mlp")}),
    "--recipe": ("mnist-tutorial", {"recipe": "mnist-tutorial"}),
    "--from": ("runs/b", {"from_model": "runs/b"}),
    "--force": ("", {"force": True}),
    "--weights": ("w.pth", {"weights": "w.pth"}),
    "--tune": ("head", {"tune": "head"}),
    "--no-picture-list": ("", {"omit_picture_list": True}),
    "--epochs": ("3", {"epochs": 3}),
    "--time-limit": ("1h2m3s", {"time_limit_seconds": 3723.0}),
    "--batch-size": ("5", {"batch_size": 5}),
    "--seed": ("9", {"seed": 9}),
    "--device": ("cpu", {"device": "cpu"}),
    "--log": ("mlflow,tensorboard", {"log": ("mlflow", "tensorboard")}),
    "--dropout": ("0", {"dropout": 0.0}),
    "--augment": ("none", {"augment": {}}),
    "--optimizer": ("sgd", {"optimizer": {"name": "sgd"}}),
    "--learning-rate": ("0.5", {"optimizer": {"learning_rate": 0.5}}),
    "--lr": ("0.25", {"optimizer": {"learning_rate": 0.25}}),
    "--features": ("hog", {"features": {"name": "hog"}}),
    "--patience": ("4", {"early_stopping": {"patience": 4}}),
}
# The parameters of settings that are not called like the option.
_NAMES = {
    **{"--no-groups": "ignore_groups", "--from": "from_model", "--no-picture-list": "omit_picture_list"},
    **{"--time-limit": "time_limit_seconds", "--learning-rate": "optimizer__learning_rate"},
    **{"--lr": "optimizer__learning_rate", "--patience": "early_stopping__patience"},
}
OF_OPENING = ("--class-names", "--layout", "--label-column", "--label-from", "--pictures-in", "--no-groups", "--fixes")


def name_of(flag: str) -> str:
    """Return the parameter of a setting's option."""
    return _NAMES.get(flag, flag.removeprefix("--").replace("-", "_"))


def _typed(flag: str) -> tuple[str, ...]:
    text, _ = SETTINGS[flag]
    return (flag, text) if text else (flag,)


def setting_rows(callee: str, *without: str) -> dict[str, Row]:
    """Return the rows of the settings, whose text the callee gets under the name of the setting."""
    return {
        flag: Row(_typed(flag), {f"{callee}.{name_of(flag)}": text or True}, is_other=flag == "--lr")
        for flag, (text, _) in SETTINGS.items()
        if flag not in without
    }


def opening_rows(argument: str, *without: str) -> dict[str, Row]:
    """Return the rows of the options of opening: each is a field of the callee's options, and among its words."""
    return {
        flag: Row(_typed(flag), {argument: SETTINGS[flag][1], ".words": _typed(flag)})
        for flag in OF_OPENING
        if flag not in without
    }


def decoding_rows(argument: str) -> dict[str, Row]:
    """Return the rows of the options of decoding: each is a field of the callee's flags."""
    return {
        "--invert": Row(("--invert",), {argument: {"invert": True}}),
        "--no-invert": Row(("--no-invert",), {argument: {"invert": False}}, is_other=True),
        "--crop-to-content": Row(("--crop-to-content",), {argument: {"crop_to_content": True}}),
        "--no-crop-to-content": Row(("--no-crop-to-content",), {argument: {"crop_to_content": False}}, is_other=True),
    }


def output_rows(
    *names: str, when_quiet: Mapping[str, Any] | None = None, when_json: Mapping[str, Any] | None = None
) -> dict[str, Row]:
    rows = {
        "--json": Row(("--json",), {"json": True, **(when_json or {})}),
        "--quiet": Row(("--quiet",), {"quiet": True, **(when_quiet or {})}),
        "--debug": Row(("--debug",)),  # of no command's own: see cli/run_command.py
        "--lang": Row(("--lang", "ko"), {"language": "ko"}),
    }
    return {name: rows[name] for name in names}


def arguments_of(callee: str, /, **arguments: Any) -> dict[str, Any]:
    return {f"{callee}.{name}": value for name, value in arguments.items()}
