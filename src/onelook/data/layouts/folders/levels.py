"""Choose the folder that is the class: `class/subset/picture` or `subset/class/picture`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from onelook.data.layouts.folders.folder_groups import (
    DEEPEST,
    FEWEST_ABOVE_CASE,
    are_people,
    classes_at,
    number_of_cases,
    without_takes,
)
from onelook.data.layouts.folders.instances import instances, word_for_instance
from onelook.data.layouts.folders.uneven_depth import has_strays_beside_classes, hold_kinds_of_their_own
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_ORDER, part_of, parts_among
from onelook.data.share_names import are_years_and_months, number_shares
from onelook.errors import ConfigError

# If this share of the pictures is directly in the outermost folders, these are the classes, even with folders inside;
# fewer such pictures are strays.
_SHARE_IN_CLASSES = 0.1
_MAGNIFICATION = re.compile(r"\d+x", re.I)
_DAY_OF_MONTH = re.compile(r"0?[1-9]|[12]\d|3[01]|(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d")
_REPEATS = re.compile(r"(?P<group>[^/]+)/(?P=group)[_ -]+(?P<label>[^/]+)/")  # `ann/ann_angry/`


def choose_level(
    root: Path, names: Sequence[str], path: str, others: Callable[[], Sequence[Sequence[Sequence[str]]]] = tuple
) -> FolderLevel:
    """Return the folder that is the class, counted from 1 below `path`.

    Folders with the same name everywhere, such as `cat/images/`, are not classes, and `cat/cat/` has the same class
    twice. A folder of a patient (`8863/0/` and `8863/1/`) or of a video (`Archery/v_Archery_g01/`) is not a class.
    Slides of which none is in another part as well are no classes beside a folder that is in all parts.

    Args:
        root: the path of the data, for the question.
        names: the names of the pictures, of the training part if there are parts.
        path: the folder below which folders are counted.
        others: returns the folders of each picture in each other part, below the folder of that part.

    Raises:
        ConfigError: several folders may be the class; the error shows the classes of each.
    """
    folders = [name[len(path) :].split("/")[:-1] for name in names]
    direct = sum(len(each) == 1 for each in folders)
    if direct >= _SHARE_IN_CLASSES * len(folders) or max(map(len, folders), default=1) == 1:
        if not hold_kinds_of_their_own(folders):
            return FolderLevel(1)
        levels = (FolderLevel(1), FolderLevel("last"), FolderLevel("path"))
        raise _ask(root, names, path, _distinct({level: classes_at(level, folders) for level in levels}))
    choices: dict[FolderLevel, list[str]] = {}
    has_strays = has_strays_beside_classes(folders)
    alone = lone_folders(folders)  # as `Training/source/cats/` around everything: they do not count as depth
    for number in range(alone + 1, min(alone + DEEPEST, max(map(len, folders))) + 1):
        classes = classes_at(FolderLevel(number), folders)
        says_the_same = any(classes == other for other in choices.values())
        if (
            len(set(classes)) > 1
            and not says_the_same
            and not (number == 1 and has_strays)
            and 2 * len(classes) > len(folders)
        ):
            choices[FolderLevel(number)] = classes
    if len(choices) > 1:
        choices = {level: classes for level, classes in choices.items() if not are_people(classes)} or choices
        if not parts_in_paths(names, path):  # of which each share has its own
            choices = {level: classes for level, classes in choices.items() if not number_shares(classes)} or choices
    choices = _without_months(choices, folders, alone)
    choices = _in_all_parts(choices, others()) if len(choices) > 1 else choices
    before = len(choices)
    choices = _without_letters(choices)
    has_letters = len(choices) == 1 < before
    choices = _without_instances(without_takes(choices), names, path)
    choices = _without_cases(choices, names, path)
    no_parts = {level: classes for level, classes in choices.items() if parts_among({*classes}).keys() != {*classes}}
    choices = no_parts if len(no_parts) > 1 else choices
    if len(choices) < 2 and not (has_letters and _are_deeper(folders, next(iter(choices)))):
        return next(iter(choices), FolderLevel(1))
    below = [each[alone:] for each in folders]
    has_cases = number_of_cases(names, path) is not None
    for level in (FolderLevel("last"), FolderLevel("path")):
        classes = classes_at(level, below)
        is_of_cases = has_cases and (level.which == "path" or all(map(_MAGNIFICATION.fullmatch, {*classes})))
        are_instances = all(word_for_instance(each, "") for each in {*classes}) and bool(instances(names, path))
        if is_of_cases or (level.which == "last" and are_instances):
            continue
        if classes not in choices.values() and 2 * len(set(classes)) <= len(classes):
            choices[level] = classes
    raise _ask(root, names, path, choices)


def _in_all_parts(
    choices: dict[FolderLevel, list[str]], others: Sequence[Sequence[Sequence[str]]]
) -> dict[FolderLevel, list[str]]:
    """Return the choices without those of which no class is in another part, if others are left."""
    kept = {
        level: classes
        for level, classes in choices.items()
        if not any((found := {*classes_at(level, each)}) and found.isdisjoint(classes) for each in others)
    }
    return kept or choices


def _without_instances(
    choices: dict[FolderLevel, list[str]], names: Sequence[str], path: str
) -> dict[FolderLevel, list[str]]:
    """Return the choices without the folders of samples and the like, if another one is left."""
    found = instances(names, path) if len(choices) > 1 else {}
    return {level: classes for level, classes in choices.items() if level.which not in found} or choices


def _without_cases(
    choices: dict[FolderLevel, list[str]], names: Sequence[str], path: str
) -> dict[FolderLevel, list[str]]:
    """Return the choices without folders of cases and without magnifications, if two or more others are left."""
    case = number_of_cases(names, path)
    if case is None:
        return choices
    kept = {
        level: classes
        for level, classes in choices.items()
        if level.which != case and not all(map(_MAGNIFICATION.fullmatch, {*classes}))
    }
    return kept if len(kept) > 1 else choices


def _distinct(choices: Mapping[FolderLevel, list[str]]) -> dict[FolderLevel, list[str]]:
    """Return the choices without those that part the pictures as an earlier one does."""
    kept: dict[FolderLevel, list[str]] = {}
    for level, classes in choices.items():
        if not any(
            len(set(zip(classes, other, strict=True))) == len({*other}) == len({*classes}) for other in kept.values()
        ):
            kept[level] = classes
    return kept


def lone_folders(folders: Sequence[Sequence[str]]) -> int:
    """Return how many folders, from the outermost on, all pictures are in; the folder right above them does not count.

    Example:
        >>> lone_folders([["source", "cats", "ill"], ["source", "cats", "well"]]), lone_folders([["cat"], ["cat"]])
        (2, 0)
    """
    most = min(map(len, folders), default=1) - 1
    return next((depth for depth in range(most) if len({each[depth] for each in folders}) > 1), max(most, 0))


def _ask(root: Path, names: Sequence[str], path: str, choices: Mapping[FolderLevel, list[str]]) -> ConfigError:
    example = max(names, key=lambda name: name.count("/"))
    inner = example[len(path) :].split("/")[:-1]
    alone = lone_folders([name[len(path) :].split("/")[:-1] for name in names])
    place = f" in {path}" if path else ""
    return ask_which(
        f"{root}: the pictures{place} lie in folders of folders, and each may be the class.",
        [
            *_without_repeats(names, path),
            *(
                Choice(
                    level.flag,
                    classes_in_words(classes),
                    f"{example} -> {level.class_of(inner[alone:] if level.which == 'path' else inner)}",
                )
                for level, classes in choices.items()
            ),
        ],
    )


def _without_repeats(names: Sequence[str], path: str) -> list[Choice]:
    """Return the choice of the rest of each folder's name that repeats the folder above, as `ann/ann_angry/`; or none.

    The folders above are then groups, such as persons, and each rest is in several of them.
    """
    found = [match for name in names if (match := _REPEATS.search("/" + name[len(path) :]))]
    of_rest: dict[str, set[str]] = {}
    for match in found:
        of_rest.setdefault(match["label"], set()).add(match["group"])
    if len(found) < len(names) or len(of_rest) < FEWEST_ABOVE_CASE or any(len(each) < 2 for each in of_rest.values()):
        return []
    flag = f"--label-from '{_REPEATS.pattern}'"
    meaning = f"{classes_in_words([match['label'] for match in found])}; what the folder above names stays together"
    return [Choice(flag, meaning, f"{names[0]} -> {found[0]['label']}")]


def _without_letters(choices: dict[FolderLevel, list[str]]) -> dict[FolderLevel, list[str]]:
    """Return the choices without folders that are the first letters of those below, as `a/abbey/` and `b/beach/`."""
    levels = list(choices)
    letters = [
        above
        for above, below in pairwise(levels)
        if len(choices[above]) == len(choices[below])
        and all(
            len(letter) == 1 and name[:1].casefold() == letter.casefold()
            for letter, name in set(zip(choices[above], choices[below], strict=True))
        )
    ]
    return {level: classes for level, classes in choices.items() if level not in letters}


def _without_months(
    choices: dict[FolderLevel, list[str]], folders: Sequence[Sequence[str]], alone: int
) -> dict[FolderLevel, list[str]]:
    """Return the choices without years that hold months, these months, and the days in them, if another is left."""
    if not any(are_years_and_months([pair]) for pair in pairwise(folders[0])):  # a quick look
        return choices
    at = year_of_months([each[alone:] for each in folders])
    if at is None:
        return choices
    at += alone
    dates = {at + 1, at + 2}
    days = {each[at + 2] for each in folders if len(each) > at + 2}
    if days and all(map(_DAY_OF_MONTH.fullmatch, days)):
        dates.add(at + 3)
    return {level: classes for level, classes in choices.items() if level.which not in dates} or choices


def year_of_months(folders: Sequence[Sequence[str]]) -> int | None:
    """Return which folder of each picture, counted from 0, is the year of the month in it; None if none is.

    Example:
        >>> year_of_months([["cat", "2021", "05"], ["dog", "2022", "11"]]), year_of_months([["2021", "cat"]])
        (1, None)
    """
    most = min(map(len, folders), default=0)
    return next(
        (at for at in range(most - 1) if are_years_and_months((each[at], each[at + 1]) for each in folders)), None
    )


def _are_deeper(folders: Sequence[Sequence[str]], level: FolderLevel) -> bool:
    """Return whether several pictures lie in folders below this one, as in `a/abbey/` and `b/balcony/indoor/`."""
    deeper = sum(isinstance(level.which, int) and len(each) > level.which for each in folders)
    return deeper >= _SHARE_IN_CLASSES * len(folders)


def inner_parts(names: Sequence[str], path: str) -> dict[str, list[str]]:
    """Return the pictures by part if `train/` and `test/` are inside the class folders; else empty."""
    by_part: dict[str, list[str]] = {}
    for name in names:
        folders = name[len(path) :].split("/")[:-1]
        part = part_of(folders[1]) if len(folders) > 1 else None
        if part is None and len(folders) > 1:
            return {}
        if part is not None:
            by_part.setdefault(part, []).append(name)
    is_parted = "train" in by_part and len(by_part) > 1 and not _has_classes_in_parts(names, path)
    inside = sum(map(len, by_part.values()))
    if not is_parted or len(names) - inside >= _SHARE_IN_CLASSES * len(names):
        return {}
    return {part: by_part[part] for part in PART_ORDER if part in by_part}


def _has_classes_in_parts(names: Sequence[str], path: str) -> bool:
    """Return whether all outer folders have the same two folders or more in their parts, as `128px/train/ok/`."""
    inside: dict[str, set[str]] = {}
    for name in names:
        folders = name[len(path) :].split("/")[:-1]
        inside.setdefault(folders[0] if folders else "", set()).update(folders[2:3])
    return len(inside) > 1 and len(set.intersection(*inside.values())) > 1


def parts_in_paths(names: Sequence[str], path: str) -> list[str]:
    """Return the folders at one depth that mean a training part and another one; empty if there are none."""
    paths = {name.rpartition("/")[0] for name in names}
    folders = [each[len(path) :].split("/") for each in paths if len(each) >= len(path)]
    for depth in range(min(DEEPEST, max(map(len, folders), default=0))):
        at_depth = {each[depth] for each in folders if len(each) > depth}
        found = sorted(folder for folder in at_depth if part_of(folder))
        if {"train"} < {part_of(folder) for folder in found}:
            return found
    return []


def why_level(level: FolderLevel, classes: Sequence[str]) -> str:
    """Return the sentence on why an inner folder is the class."""
    if level.which == "path":
        return f"the folders of each picture together are its class, one of {len(set(classes))}"
    ordinals: dict[object, str] = {2: "second", 3: "third", 4: "fourth", "last": "last"}
    which = ordinals.get(level.which, f"{level.which}th")
    return f"the {which} folder of each picture is its class, one of {len(set(classes))}"
