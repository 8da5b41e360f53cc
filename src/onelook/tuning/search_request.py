"""What a search is asked for: settings for all trials and the space, gathered anew or as the search began."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, ModelError, in_words
from onelook.files import json_text
from onelook.planning.options import check_names, gather_overrides
from onelook.recipes import load_recipe
from onelook.settings.merge import Overrides
from onelook.settings.queries import settings_that
from onelook.settings.toml_text import read_toml
from onelook.tuning.dimensions import parse_space
from onelook.wording import agree, listed

FILE = "tune.json"


def gather_search(
    settings: Mapping[str, Any], sets: Sequence[str], config: Path | None
) -> tuple[Overrides, dict[str, Any]]:
    """Return the settings for all trials, and the `[space]` of the file or else of the recipe, empty without one.

    Raises:
        ConfigError: the request is wrong.
    """
    asked = gather_overrides(settings, sets, config)
    for other in settings_that(lambda facts: facts.changes == "runs"):
        if asked.get(other) is not None:
            raise ConfigError(
                f"onelook tune and --{other}: it searches the settings of one model on one split. Leave --{other} out; "
                'several networks go into the space: model = ["cnn", "resnet"].'
            )
    check_names(asked)
    space = read_toml(config).get("space") if config is not None else None
    if space is None and asked.get("recipe") is not None:
        space = load_recipe(asked["recipe"]).space
    if space is not None and not isinstance(space, Mapping):
        raise ConfigError(f"{config}: space = {space!r}. Expected a table: [space], then dropout = [0, 0.5].")
    if space:
        parse_space(space, str(config))
    return asked, dict(space or {})


def search_to_resume(folder: Path, asked: Overrides, space: Mapping[str, Any]) -> tuple[Overrides, dict[str, Any]]:
    """Return what the search in the folder was begun with; another device may be asked for.

    Raises:
        ConfigError: there is no search, or something else is asked for.
        ModelError: its file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise ConfigError(f"{folder}: there is no search to go on with. Expected a folder that onelook tune made.")
    try:
        stored = json.loads(path.read_bytes())
        begun, its_space = dict(stored["asked"]), dict(stored["space"])
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ModelError(f"{path}: not readable ({in_words(problem)}). Begin anew with another --out.") from problem
    wanted = json.loads(json_text({name: value for name, value in asked.items() if name != "device"}))
    changed = [name for name, value in wanted.items() if str(begun.get(name)) != str(value)]
    if changed or (space and json.loads(json_text(space)) != its_space):
        raise ConfigError(
            f"{folder}: its search goes on with what it began with ({listed(changed) or 'the space'} "
            f"{agree(len(changed) or 1, 'is', 'are')} another now). Leave these out, or begin anew with another --out."
        )
    return begun | {name: asked[name] for name in ("device",) if name in asked}, its_space
