"""Leave out other kinds of the same pictures, as `flood/dem/1.png` beside `flood/image/1.png`, and other copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from onelook.data.layouts.mask_trees import PICTURE_FOLDERS
from onelook.data.part_names import names_to_predict, part_and_rest, part_of, parts_among

_PICTURES = frozenset(folder.casefold() for folder in PICTURE_FOLDERS)
ONCE_MORE = "holds folders of the classes beside it once more"  # the end of a reason
_FEWEST_PLACES = 2  # folders with both kinds in them, as classes
_FEWEST_FILES = 2
_FEWEST_BESIDE_PARTS = 2  # class folders beside a folder with parts of its own
_SHARE_ALIKE = 0.9  # of the names in both folders
_FEWEST_CLASSES = 2  # that a folder beside them holds once more
_SHARE_OF_CLASSES = 0.5  # of the class folders
_SHORT_NAME = 3  # letters or digits; `a/b/` may be the first letters of names


def kinds_beside(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures of folders that have the same file names as a folder of pictures beside them, with a reason.

    Several classes hold the same two folders: heights of the ground, depths, thermal pictures. In one class alone, or
    with a few names in common, the folders may be kinds of the class.

    Args:
        names: the names of the pictures, without masks.
        folders: all folders with a picture in them, at any depth.
    """
    places = {
        above for folder in folders for above, _, last in [folder.rpartition("/")] if last.casefold() in _PICTURES
    }
    if len(places) < _FEWEST_PLACES:
        return {}
    files: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        folder = name.rpartition("/")[0]
        above, _, last = folder.rpartition("/")
        if above in places:
            files[above][last].append(name)
    alike: list[tuple[str, str, Sequence[str]]] = []
    for kinds in files.values():
        pictures = next((last for last in kinds if last.casefold() in _PICTURES), None)
        if pictures is not None:
            others = ((last, inside) for last, inside in kinds.items() if last != pictures)
            alike += [(last, pictures, inside) for last, inside in others if _are_alike(inside, kinds[pictures])]
    times = Counter(last for last, _, _ in alike)
    return {
        name: f"'{pictures}/' beside its folder has a picture of the same name, which is taken"
        for last, pictures, inside in alike
        if times[last] >= _FEWEST_PLACES
        for name in inside
    }


def classes_once_more(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures of a folder among class folders that holds folders of the same classes, with a reason.

    `resized_128/rose/` and `resized_128/lily/` beside `rose/` and `lily/` are other versions of the pictures, as a
    program or a second download makes them: `resized_128` is no class. `test/rose/` is a part.

    Args:
        names: the names of the pictures.
        folders: all folders with a picture in them, at any depth.
    """
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for folder in folders:
        above, _, last = folder.rpartition("/")
        inside[above].add(last)
    found: dict[str, str] = {}
    for above, children in inside.items():
        start = f"{above}/" if above else ""
        leaves = {child for child in children if f"{start}{child}" not in inside}
        if len(leaves) < _FEWEST_CLASSES or len(leaves) == len(children):
            continue
        for child in sorted(children - leaves):
            place = f"{start}{child}"
            while len(inside.get(place, ())) == 1:
                place += f"/{next(iter(inside[place]))}"
            kinds = inside.get(place, set())
            are_classes = kinds <= leaves and len(kinds) >= max(_FEWEST_CLASSES, _SHARE_OF_CLASSES * len(leaves))
            is_part = part_and_rest(child)[0] is not None or names_to_predict(child) or all(map(part_of, kinds))
            if are_classes and not is_part and len(child) >= _SHORT_NAME:
                reason = f"'{start}{child}/' {ONCE_MORE}"
                found |= dict.fromkeys((name for name in names if name.startswith(f"{start}{child}/")), reason)
    return found


def _are_alike(names: Sequence[str], others: Sequence[str]) -> bool:
    stems, of_others = ({name.rpartition("/")[2].rpartition(".")[0] for name in each} for each in (names, others))
    common = len(stems & of_others)
    return common >= max(_FEWEST_FILES, _SHARE_ALIKE * max(len(stems), len(of_others)))


def copies_in_parts(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures of a folder that holds loose pictures of others once more, in parts of its own.

    `outlines/train/y1.jpg` and `outlines/val/y2.jpg` beside `yes/y1.jpg`, `yes/y2.jpg` and `no/` are for another task.
    `small/train/cat/cat.1.jpg` is a share of `train/cat.1.jpg`, which lies beside `test/`.
    """
    if not any("/" in folder and part_of(folder.rpartition("/")[2]) == "train" for folder in folders):
        return {}
    by_top: defaultdict[str, list[str]] = defaultdict(list)
    base = _base(names)
    for name in names:
        by_top[name[len(base) :].partition("/")[0]].append(name)
    below = {top: {name[len(base) :].count("/") for name in inside} for top, inside in by_top.items()}
    flat = [top for top, depths in below.items() if depths == {1}]
    are_parts = "train" in parts_among(flat).values()
    parted = [
        top for top, depths in below.items() if min(depths) > 1 and _hold_parts(by_top[top], len(base), are_parts)
    ]
    if len(parted) != 1 or len(flat) < _FEWEST_BESIDE_PARTS or len(flat) + 1 < len(by_top):
        return {}
    inside = by_top[parted[0]]
    files = Counter(name.rpartition("/")[2] for top in flat for name in by_top[top])
    again = [name for name in inside if files[name.rpartition("/")[2]] == 1]  # `1.jpg` of each class says nothing
    if len(again) < _SHARE_ALIKE * len(inside):
        return {}
    return dict.fromkeys(inside, f"'{base}{parted[0]}/' holds pictures of the folders beside it once more, in parts")


def _hold_parts(names: Sequence[str], start: int, may_have_classes: bool) -> bool:
    """Return whether each picture lies in a folder called after a part, below the first one, and in no class folder.

    Class folders are no matter beside pictures that are in parts already.
    """
    inner = [name[start:].split("/")[1:-1] for name in names]
    parts = [{part for folder in folders if (part := part_of(folder))} for folders in inner]
    others = {tuple(folder for folder in folders if not part_of(folder)) for folders in inner}
    is_plain = may_have_classes or len(others) == 1
    return all(parts) and is_plain and "train" in (found := set().union(*parts)) and len(found) > 1


def _base(names: Sequence[str]) -> str:
    """Return the folders that hold all pictures, with a slash at the end; empty without one."""
    folders = min(names).split("/")[:-1]
    last = max(names).split("/")[:-1]
    same = 0
    while same < min(len(folders), len(last)) and folders[same] == last[same]:
        same += 1
    return "".join(f"{folder}/" for folder in folders[:same])
