"""The settings that the user gave, in one sentence beside those that are picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onelook.planning.classical_request import is_classical
from onelook.planning.pretrained_request import without_unread
from onelook.recipes import load_recipe
from onelook.settings.augment import AugmentSettings
from onelook.settings.merge import Overrides, leaves
from onelook.settings.queries import every_setting, excluded_by, settings_that
from onelook.wording import listed


def asked_in_words(given: Overrides, asked: Overrides) -> str | None:
    """Return a sentence on the given settings that decide the result; None if there are none.

    Args:
        given: the settings that the user gave, completed by those that a recipe or a trained model brings.
        asked: the same with the network, also where it is picked. It decides which settings are read.

    Example:
        >>> given = {"epochs": 2, "optimizer": {"name": "sgd"}, "augment": {}, "device": "cpu"}
        >>> asked_in_words(given, given)
        'as asked: epochs 2, augment none, optimizer sgd'
    """
    own = ("all", "classical") if is_classical(asked.get("model")) else ("all", "networks", "pretrained")
    deciding = settings_that(lambda facts: facts.changes in ("weights", "answers") and facts.read_by in own)
    # The model that training continues from brings these.
    brought = (*excluded_by("from_model"), "views", "recipe") if given.get("from_model") is not None else ()
    read = without_unread(asked).keys() - {*brought}
    known = dict(leaves(load_recipe(str(given["recipe"])).settings)) if "recipe" in given else {}
    # The order is that of the fields, however they were given.
    found = dict(leaves({name: given[name] for name in deciding if name in read and given.get(name) is not None}))
    words = [f"{_name(path)} {_typed(value)}" for path, value in found.items() if known.get(path) != value]
    return f"as asked: {', '.join(words)}" if words else None


def left_out_in_words(picked: Overrides, asked: Overrides) -> str:
    """Return a sentence on the random changes that are picked without a given one, and not with it; empty if none.

    Args:
        picked: the augmentation that would be picked.
        asked: the given one, which replaces it.

    Example:
        >>> left_out_in_words({"rotation_range": 8, "zoom_range": 0.05}, {"rotation_range": 10})
        'augmentation: only what was asked, without the usual zoom_range 0.05 (--set zoom_range=0.05 adds it)'
    """
    usual = AugmentSettings().model_dump()
    without = {name: value for name, value in picked.items() if name not in asked and value != usual[name]}
    if not asked or not without:
        return ""
    names = listed(f"{name} {_typed(value)}" for name, value in without.items())
    sets = " ".join(f"--set {name}={_typed(value)}" for name, value in without.items())
    adds = "adds it" if len(without) == 1 else "adds them"
    return f"augmentation: only what was asked, without the usual {names} ({sets} {adds})"


def _name(path: str) -> str:
    """Return the name that `--set` takes; of a section's name, the section's."""
    section, _, last = path.rpartition(".")
    if section and last == "name":
        return section
    known = every_setting().get(path)
    return path if known is None else known.short_name


def _typed(value: Any) -> str:
    """Return a value as it is typed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "none"  # a section that is switched off
    return ",".join(map(_typed, value)) if isinstance(value, list | tuple) else str(value)
