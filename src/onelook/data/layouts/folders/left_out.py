"""Pictures that are no examples: masks of other pictures, and a second copy of the whole tree below itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from onelook.wording import agree, counted, named

MASK = "it is the mask of another picture"
# `benign (1)_mask.png`, `benign (1)_mask_1.png`, `0001-segmentation.png`, beside `benign (1).png` or `0001.jpg`.
_MASK_NAME = re.compile(
    r"^(?P<stem>.+?)[\s_.-]+(?:mask|masks|seg|segmentation|groundtruth|trimap)(?:[\s_.-]*\d+)?$", re.I
)
_MASK_FOLDERS = frozenset({"mask", "masks", "segmentation", "segmentations", "trimap", "trimaps", "groundtruth"})
_MASK_WORDS = ("mask", "seg", "truth", "trimap")  # one of them is in every name that is looked at
# So many of a folder's pictures have to be elsewhere too, under the same path, for it to be a copy of the tree.
_SHARE_OF_COPY = 0.9


def leave_out(names: Sequence[str], folders: Collection[str]) -> tuple[Sequence[str], dict[str, str]]:
    """Return the names of the pictures that are examples, and the others, each with the reason.

    Only names are looked at. Where nothing is left out, the same sequence comes back.

    Args:
        names: of all pictures.
        folders: all that hold one, at any depth.
    """
    left_out = _second_copies(names, folders)
    left_out |= _masks([name for name in names if name not in left_out] if left_out else names)
    return ([name for name in names if name not in left_out], left_out) if left_out else (names, {})


def notes_on_left_out(left_out: Mapping[str, str]) -> list[str]:
    """Return a sentence for each reason, with how many pictures it holds for."""
    notes = []
    for reason, count in Counter(left_out.values()).items():
        example = next(name for name, why in left_out.items() if why == reason)
        verb = agree(count, "is", "are")
        why = agree(count, reason, "they are masks of other pictures") if reason == MASK else reason
        notes.append(f"{counted(count, 'picture')} {verb} left out, such as {named([example])}: {why}.")
    return notes


def _second_copies(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures of folders that hold the tree once more: `data/train/…` beside `train/…`."""
    tops = {folder for folder in folders if "/" not in folder}
    nested = {folder.split("/")[0] for folder in folders if folder.count("/") == 1 and folder.split("/")[1] in tops}
    if not nested:
        return {}
    known = set(names)
    found: dict[str, str] = {}
    for top in nested:
        inside = [name for name in names if name.startswith(f"{top}/")]
        below = [name for name in inside if name[len(top) + 1 :] in known]
        others = len(names) - len(inside)
        if len(below) >= _SHARE_OF_COPY * len(inside) and len(below) >= _SHARE_OF_COPY * others:
            found |= dict.fromkeys(below, f"'{top}/' holds the same tree once more")
    return found


def _masks(names: Sequence[str]) -> dict[str, str]:
    """Return the pictures that are masks by their name and have a picture of their own beside them."""
    text = "\n".join(names).lower()
    if not any(word in text for word in _MASK_WORDS):
        return {}
    in_folders = [name for name in names if not _MASK_FOLDERS.isdisjoint(name.lower().split("/")[:-1])]
    by_name = [(name, match["stem"]) for name in names if (match := _MASK_NAME.match(_stem(name)))]
    stems = {_stem(name) for name in names}
    found = {name: MASK for name, stem in by_name if stem in stems}
    pictures = set(names) - set(in_folders) - found.keys()
    beside = {(_without_last_folder(name), _file_stem(name)) for name in pictures}
    for name in in_folders:
        folders = name.split("/")[:-1]
        at = next(at for at, folder in enumerate(folders) if folder.lower() in _MASK_FOLDERS)
        place, inner = "/".join(folders[:at]), "/".join(folders[at + 1 :])
        if any((_joined(place, sibling, inner), _file_stem(name)) in beside for sibling in ("", *_PICTURE_FOLDERS)):
            found[name] = MASK
    return found


_PICTURE_FOLDERS = ("images", "Images", "image", "imgs", "img", "pictures", "photos")


def _stem(name: str) -> str:
    """Return a path without its suffix."""
    return name.rpartition(".")[0] or name


def _file_stem(name: str) -> str:
    return _stem(name.rpartition("/")[2])


def _without_last_folder(name: str) -> str:
    return name.rpartition("/")[0]


def _joined(*folders: str) -> str:
    return "/".join(folder for folder in folders if folder)
