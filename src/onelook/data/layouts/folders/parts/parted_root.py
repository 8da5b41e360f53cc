"""Find the one folder that holds the parts, or the class folders, where others beside it are no classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from onelook.data.layouts.folders.versions import without_version_words
from onelook.data.part_names import names_a_sample, names_outputs, part_and_rest, parts_among

_FEWEST_CLASSES = 2
_FEW = 3  # pictures beside class folders, such as a plot and a logo
_MOST_TOPS = 5  # more folders are classes


def parted_root(names: Sequence[str], base: str, folders: Collection[str]) -> str | None:
    """Return the folder, with a slash at its end, that has `train/` and another part in it; None if there is none.

    `castings/train/ok/` and `castings/test/ok/` beside `castings_512x512/ok/`: the latter are the same things in
    another size, and would be in training and in test alike. `scenes/1.jpg` beside them has no class, and neither has
    `history.png` in no folder.

    Args:
        names: the names of the pictures.
        base: the folders that contain all pictures, with a slash at the end; empty if there is no such folder.
        folders: all folders with a picture in them or below.
    """
    below = {folder[len(base) :] for folder in folders if folder.startswith(base)}
    tops = {folder.partition("/")[0] for folder in below if folder}
    of_tops = set(parts_among(tops).values())
    if not 1 <= len(tops) <= _MOST_TOPS or not of_tops <= {"test"} or not any(map(_may_hold_parts, below)):
        return None
    inside = [name for name in names if "/" in name[len(base) :]]
    if len(tops) == 1 and len(inside) == len(names):
        return None
    classes: dict[str, frozenset[str]] = {}
    parted: list[str] = []
    for top in tops:
        root, has_parts, of_root = _classes_below(
            [name for name in inside if name.startswith(f"{base}{top}/")], base, top
        )
        classes[root] = of_root
        parted += [root] if has_parts else []
    if len(parted) != 1 or len(classes[parted[0]]) < _FEWEST_CLASSES:
        return None
    is_whole = sum(name.startswith(tuple(classes)) for name in inside) == len(inside)
    others = {root: found for root, found in classes.items() if root != parted[0]}
    are_loose = all(len({name.rpartition("/")[0] for name in names if name.startswith(root)}) == 1 for root in others)
    if of_tops and not are_loose:  # `test/` may be that of the folder beside it
        return None
    return parted[0] if is_whole and (are_loose or set(others.values()) == {classes[parted[0]]}) else None


def classes_root(names: Sequence[str], base: str, folders: Collection[str]) -> str | None:
    """Return the folder, with a slash at its end, that holds all class folders beside a few loose pictures, or None.

    `history.png`, and what lies in `figures/`, beside `photos/cat/` and `photos/dog/`, or in `scans/scans/` beside
    `tiles/tiles/cat/`, as archives unpack. There are three at most, or fewer than in the smallest class.

    Args:
        names: the names of the pictures.
        base: the folders that contain all pictures, with a slash at the end; empty if there is no such folder.
        folders: all folders with a picture in them or below.
    """
    tops = {folder[len(base) :].partition("/")[0] for folder in folders if folder.startswith(base)} - {""}
    if not 1 <= len(tops) <= _MOST_TOPS:
        return None
    unpacked = {top for top in tops if is_unpacked(f"{base}{top}/", top, names, folders)}

    def are_strays(top: str) -> bool:
        return names_outputs(top) or top in unpacked

    top, *others = sorted(tops, key=are_strays)
    if not all(map(are_strays, others)) or are_strays(top) or part_and_rest(top)[0] is not None:
        return None
    path = f"{base}{top}/"
    if unpacked and f"{path}{top}" not in folders:
        return None
    inside = [name for name in names if name.startswith(path)]
    if not inside or len(inside) == len(names):
        return None
    while (inner := inside[0][len(path) :].partition("/"))[1] and all(
        name.startswith(f"{path}{inner[0]}/") for name in inside
    ):
        path += f"{inner[0]}/"
    classes = Counter(name[len(path) :].rpartition("/")[0].partition("/")[0] for name in inside)
    loose = len(names) - len(inside)
    is_few = loose <= _FEW or loose < min(classes.values())
    return path if "" not in classes and len(classes) >= _FEWEST_CLASSES and is_few else None


def is_unpacked(path: str, name: str, names: Sequence[str], folders: Collection[str]) -> bool:
    """Return whether a folder holds loose pictures in a folder of its own name, as an archive of pictures unpacks."""
    inner = f"{path}{name}/"
    if inner[:-1] not in folders:
        return False
    inside = [each for each in names if each.startswith(path)]
    return all(each.startswith(inner) and "/" not in each[len(inner) :] for each in inside)


def _may_hold_parts(folder: str) -> bool:
    """Return whether a folder two or more below the base is called like a training part."""
    return "train" in folder.rpartition("/")[2].casefold() and "/" in folder


def _classes_below(names: Sequence[str], base: str, top: str) -> tuple[str, bool, frozenset[str]]:
    """Return the innermost folder that wraps these pictures, whether it holds parts, and the class folders.

    There are no class folders where pictures lie at other depths.
    """
    path = f"{base}{top}/"
    while (inner := names[0][len(path) :].partition("/"))[1] and all(
        name.startswith(f"{path}{inner[0]}/") for name in names
    ):
        path += f"{inner[0]}/"
    folders = [tuple(name[len(path) :].split("/")[:-1]) for name in names]
    firsts = {each[0] for each in folders if each}
    parts = parts_among(firsts)
    of_train = {each[1:] for each in folders if each and parts.get(each[0]) == "train"}
    # `aug/` beside `train/` and `val/` holds folders of the same classes.
    others = {each[0] for each in folders if each and each[0] not in parts and each[1:] not in of_train}
    has_parts = all(map(names_a_sample, others)) and "train" in parts.values() and len(set(parts.values())) > 1
    within = _within_parts(folders, parts) if has_parts else set(folders)
    return (
        path,
        has_parts,
        frozenset(without_version_words(each[0]) or each[0] for each in within)
        if all(len(each) == 1 for each in within)
        else frozenset(),
    )


def _within_parts(folders: Sequence[tuple[str, ...]], parts: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Return the folders below those of the parts, without one that wraps a whole part, as `train_set/train_set/cat/`.

    Loose pictures of another part than that to train on have no class: they are to be predicted.
    """
    found: set[tuple[str, ...]] = set()
    for first in {each[0] for each in folders if each}:
        inner = {each[1:] for each in folders if each[:1] == (first,)}
        if () not in inner and len({each[0] for each in inner}) == 1:
            inner = {each[1:] for each in inner}
        found |= inner if parts.get(first) == "train" or inner != {()} else set()
    return found
