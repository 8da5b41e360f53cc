"""The choice of the folder that is the class: `class/subset/picture` or `subset/class/picture`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_FOLDERS, PART_ORDER

# So many of the pictures right in the outermost folders, and these are the classes, whatever lies deeper; fewer are
# strays.
_SHARE_IN_CLASSES = 0.1
_DEEPEST = 4  # folders that are offered


def choose_level(root: Path, names: Sequence[str], path: str) -> int:
    """Return the number of the folder that is the class, counted from 1 below `path`.

    Folders of one name for all, such as `cat/images/`, tell nothing apart, and `cat/cat/` says the same twice.

    Raises:
        ConfigError: several folders may be the class; shows what each would give.
    """
    folders = [name[len(path) :].split("/")[:-1] for name in names]
    direct = sum(len(each) == 1 for each in folders)
    if direct >= _SHARE_IN_CLASSES * len(folders) or max(map(len, folders), default=1) == 1:
        return 1
    choices: dict[int, list[str]] = {}
    for level in range(1, min(_DEEPEST, max(map(len, folders))) + 1):
        classes = [each[level - 1] for each in folders if len(each) >= level]
        says_the_same = any(classes == other for other in choices.values())
        if len(set(classes)) > 1 and not says_the_same and 2 * len(classes) > len(folders):
            choices[level] = classes
    if len(choices) < 2:
        return next(iter(choices), 1)
    example = max(names, key=lambda name: name.count("/"))
    place = f" in {path}" if path else ""
    raise ask_which(
        f"{root}: the pictures{place} lie in folders of folders, and each may be the class.",
        [
            Choice(
                FolderLevel(level).flag,
                classes_in_words(classes),
                f"{example} -> {example[len(path) :].split('/')[level - 1]}",
            )
            for level, classes in choices.items()
        ],
    )


def inner_parts(names: Sequence[str], path: str) -> dict[str, list[str]]:
    """Return the pictures by part where `train/` and `test/` lie in the class folders; else empty."""
    by_part: dict[str, list[str]] = {}
    for name in names:
        folders = name[len(path) :].split("/")[:-1]
        part = PART_FOLDERS.get(folders[1].lower()) if len(folders) > 1 else None
        if part is None and len(folders) > 1:
            return {}
        if part is not None:
            by_part.setdefault(part, []).append(name)
    is_parted = "train" in by_part and len(by_part) > 1
    inside = sum(map(len, by_part.values()))
    if not is_parted or len(names) - inside >= _SHARE_IN_CLASSES * len(names):
        return {}
    return {part: by_part[part] for part in PART_ORDER if part in by_part}


def why_level(level: int, classes: Sequence[str]) -> str:
    """Return the sentence that says why a folder that is not the outermost is the class."""
    ordinal = {2: "second", 3: "third", 4: "fourth"}.get(level, f"{level}th")
    return f"the {ordinal} folder of each picture is its class, one of {len(set(classes))}"
