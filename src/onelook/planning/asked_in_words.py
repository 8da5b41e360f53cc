"""The settings that the user gave, in one sentence beside those that are picked."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from onelook.planning.classical_request import is_classical
from onelook.planning.pretrained_request import without_unread
from onelook.recipes import load_recipe
from onelook.settings.augment import AugmentSettings
from onelook.settings.base import section_of
from onelook.settings.merge import Overrides, leaves
from onelook.settings.queries import every_setting, excluded_by, settings_that
from onelook.wording import agree, listed


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
    # The model that training continues from brings these, and is named in a sentence of its own.
    brought = ("from_model", *excluded_by("from_model"), "views") if given.get("from_model") is not None else ()
    read = without_unread(asked).keys() - {*brought}
    known = dict(leaves(load_recipe(str(given["recipe"])).settings)) if "recipe" in given else {}
    # The order is that of the fields, however they were given.
    values = {name: given[name] for name in deciding if name in read and given.get(name) is not None}
    found = {name: _switch(name) if value == {} else value for name, value in values.items()}
    words = [f"{_name(path)} {_typed(value)}" for path, value in leaves(found) if known.get(path) != value]
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
    without = {
        name: value
        for name, value in picked.items()
        if name not in asked and value != usual[name] and _go_together(asked, {name: value})
    }
    if not asked or not without:
        return ""
    names = listed(f"{name} {_typed(value)}" for name, value in without.items())
    sets = " ".join(f"--set {name}={_typed(value)}" for name, value in without.items())
    adds = f"{sets} adds {agree(len(without), 'it', 'them')}"
    return f"augmentation: only what was asked, without the usual {names} ({adds})"


def _go_together(asked: Overrides, more: Overrides) -> bool:
    """Return whether both can be given: there is more than one way to mirror, for example."""
    try:
        AugmentSettings.model_validate({**asked, **more})
    except ValidationError:
        return False
    return True


def _switch(name: str) -> str:
    """Return what an empty section means: off, or on with its defaults."""
    section = section_of(every_setting()[name].field.annotation)
    return "none" if section is not None and section.off_by_default else "true"


def _name(path: str) -> str:
    """Return the name that `--set` takes; of a section's name, the section's."""
    section, _, last = path.rpartition(".")
    if section and last == "name":
        return section
    known = every_setting().get(path)
    if known is None:
        return path
    same = [each for each in every_setting().values() if each.short_name == known.short_name]
    return known.short_name if len(same) == 1 else path


def _typed(value: Any) -> str:
    """Return a value as a user types it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return ",".join(map(_typed, value)) if isinstance(value, list | tuple) else str(value)
