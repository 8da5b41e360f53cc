"""Class folders at uneven depth: `normal/1.png` beside `tumour/benign/1.png` and `tumour/malignant/1.png`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from onelook.data.layouts.folders.folder_groups import are_people, are_takes
from onelook.data.layouts.folders.instances import word_for_instance
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import classes_in_words
from onelook.data.part_names import parts_among
from onelook.data.share_names import names_a_share, number_shares

_FEWEST_KINDS = 2  # inner folders that may be classes where other pictures lie in the outer ones
_MOST_STRAYS = 3  # loose pictures that are no class, whatever the class folders hold: a sheet of samples, a few views
_SHARE_OF_STRAYS = 0.05  # of the pictures of the smallest class folder, that more loose pictures are at most

Folders = Sequence[Sequence[str]]  # the folders of each picture, outermost first


def hold_kinds_of_their_own(folders: Folders) -> bool:
    """Return whether outer folders hold only folders, each of which may be a class beside the other outer folders.

    In `faultless/1.jpg`, `faults/scratch/1.jpg`, `faults/other/dent/1.jpg`, the inner folders are kinds of faults.
    They hold most pictures, or are in half of the outer folders or more: a single class of many that is sorted further
    is only said. Folders with the same names in several outer ones, or called after shares of the pictures, are no
    kinds.
    """
    direct = {each[0] for each in folders if len(each) == 1}
    deep = [each for each in folders if len(each) > 1 and each[0] not in direct]
    above = {each[0] for each in deep}
    if 2 * len(deep) <= len(folders) and len(above) < len(direct):
        return False
    return not _are_crossed(deep) and _may_be_classes(deep) and not {each[-1] for each in deep} & (direct | above)


def note_inner(names: Sequence[str], path: str, level: FolderLevel, *, is_asked: bool) -> list[str]:
    """Return a note on how to take the folders below some of the class folders for the classes, if they may be these.

    Args:
        names: the pictures in class folders.
        path: the folder below which folders are counted.
        level: the folder that is taken for the class.
        is_asked: whether the user said so; then there is no note.
    """
    folders = [name[len(path) :].split("/")[:-1] for name in names]
    if is_asked or not isinstance(level.which, int) or len({len(each) for each in folders}) < 2:
        return []
    deep = [each[level.which - 1 :] for each in folders if len(each) > level.which]
    if not _may_be_classes(deep):
        return []
    direct = {each[level.which - 1] for each in folders if len(each) == level.which}
    are_crossed = _are_crossed(deep)
    if are_crossed and any(len(each) > 2 or each[0] in direct for each in deep):
        return []
    inner = FolderLevel("path" if are_crossed else "last")
    classes = [found for each in folders if (found := inner.class_of(each)) is not None]
    return [
        f"The folders below can be read as labels too, {classes_in_words(classes)}. If these are the classes: "
        f"{inner.flag}"
    ]


def has_strays_beside_classes(folders: Folders) -> bool:
    """Return whether one outer folder holds class folders, and others a few loose pictures, as some large ones.

    They are a few, or far fewer than the pictures of any of these classes; otherwise they may be a class themselves.
    """
    deep = Counter(each[1] for each in folders if len(each) > 1)
    loose = sum(len(each) == 1 for each in folders)
    is_one = len({each[0] for each in folders if len(each) > 1}) == 1 < len({each[0] for each in folders if each})
    if not is_one or len(deep) < 2:
        return False
    least = min(deep.values())
    return 0 < loose < least and loose <= max(_MOST_STRAYS, _SHARE_OF_STRAYS * least)


def _are_crossed(deep: Folders) -> bool:
    """Return whether an inner folder is in several outer ones, as `cat/indoor/` and `dog/indoor/`."""
    return len({(each[0], each[-1]) for each in deep}) > len({each[-1] for each in deep})


def _may_be_classes(deep: Folders) -> bool:
    """Return whether the last folders may be classes: two or more with several pictures, not called as no class is."""
    kinds = {each[-1] for each in deep}
    has_several = len({(each[0], each[-1]) for each in deep}) > len({each[0] for each in deep})
    if len(kinds) < _FEWEST_KINDS or 2 * len(kinds) > len(deep) or not has_several:
        return False
    are_parts = bool(parts_among(kinds)) or any(map(names_a_share, kinds)) or number_shares(kinds)
    are_instances = all(word_for_instance(each, "") for each in kinds)
    are_of_things = are_people(list(kinds)) or are_takes([each[0] for each in deep], [each[-1] for each in deep])
    return not (are_parts or are_instances or are_of_things)
