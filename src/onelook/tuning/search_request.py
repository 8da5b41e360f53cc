"""The request for a search: the settings of all trials and the space, from the user or from a search to resume."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from onelook.errors import ConfigError, ModelError, in_words
from onelook.files import json_text
from onelook.planning.options import check_names, gather_overrides
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder
from onelook.runs.resumed import present_fixes
from onelook.settings.merge import Overrides
from onelook.settings.queries import settings_that
from onelook.settings.toml_text import read_toml
from onelook.tuning.dimensions import parse_space
from onelook.wording import agree, listed

FILE = "tune.json"


@dataclass(frozen=True)
class SearchRequest:
    """The settings that all trials share, and the space."""

    asked: Overrides
    space: Mapping[str, object]  # as a `[space]` table has it; empty: the default space

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {"asked": self.asked, "space": self.space}


def gather_search(settings: Mapping[str, object], sets: Sequence[str], config: Path | None) -> SearchRequest:
    """Gather the settings that the user gave for all trials, and the space.

    The space is the `[space]` of the file, else that of the recipe, else empty.

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
    return SearchRequest(asked, space or {})


def search_to_resume(folder: Path, request: SearchRequest) -> SearchRequest:
    """Return the request that the search in the folder was started with. Only the device may change.

    Args:
        folder: the search's folder.
        request: what the user gives now.

    Raises:
        ConfigError: there is no search in the folder, or the settings or the space differ from its own.
        ModelError: the search's file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise ConfigError(f"{folder}: there is no search to resume. Expected a folder that onelook tune made.")
    try:
        stored = json.loads(path.read_bytes())
        begun = SearchRequest(dict(stored["asked"]), dict(stored["space"]))
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ModelError(
            f"{path}: not readable ({in_words(problem)}). Start a new search with another --out."
        ) from problem
    given = json.loads(json_text({name: value for name, value in request.asked.items() if name != "device"}))
    changed = [name for name, value in given.items() if str(begun.asked.get(name)) != str(value)]
    if changed or (request.space and json.loads(json_text(request.space)) != begun.space):
        raise ConfigError(
            f"{folder}: a resumed search keeps the settings that it began with ({listed(changed) or 'the space'} "
            f"{agree(len(changed), 'differs', 'differ') if changed else 'differs'} now). Leave "
            f"{agree(len(changed), 'it', 'them') if changed else 'it'} out, or start a new search with another --out."
        )
    device = {"device": request.asked["device"]} if "device" in request.asked else {}
    fixes = present_fixes(begun.asked.get("fixes"), [RunFolder(folder)])
    return replace(begun, asked=begun.asked | device | ({} if fixes is None else {"fixes": fixes}))
