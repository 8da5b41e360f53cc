"""Find folders of masks whose files are called otherwise than their pictures: `train_labels/1_L.png` of `train/1.png`.

Only names are read. A folder holds masks if nearly all of its files belong to a picture in one folder beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

SHARE_OF_MASKS = 0.9  # the share of a mask folder's pictures that need a picture elsewhere
PICTURE_FOLDERS = (
    "images",
    "Images",
    "image",
    "imgs",
    "img",
    "pictures",
    "photos",
    "JPEGImages",
    "rgb",
    "originals",
    "Bmp",
)
_KINDS = r"(?:gt|masks?|msk|labels?|labelled|segmentations?|ground[\s_-]?truths?|trimaps?|annotations?|annot)"
# `shrimp GT/`, `train_masks/`, `testannot/`: the name of the folder of pictures, and a word for masks.
_OF_ANOTHER = re.compile(rf"(?P<picture>.+?)(?:[\s_.-]+{_KINDS}|annot)", re.I)
# Beside `images/`.
_BESIDE_IMAGES = re.compile(
    rf"{_KINDS}|(?:\w+[\s_-])?manual[\s_-]?\w{{0,2}}|labels?[\s_-]\w+|instance[\s_-]?masks?|mask[\s_-]images?", re.I
)
_MASK_OF = re.compile(r"masks?(?P<rest>[\s_-]+(?:images?|imgs?|pictures?|photos?))", re.I)  # `mask_image/`
_PARTS_OF = re.compile(r".*masks?[\s_-]anno(?:tations?)?", re.I)  # `CelebAMask-HQ-mask-anno/0/00007_hair.png` of 7
_TRUTH = re.compile(r"gt\w*", re.I)  # `gtFine/`, if the names of its files say it too
_MASK_WORD = re.compile(r"(?<![A-Za-z])masks?(?![A-Za-z])", re.I)
_FEWEST = 2
_LAST_WORD = re.compile(r"[\W_]+[^\W_]{1,12}$")
_MOST_ENDINGS = 2  # words after the name of the picture, as in `21_training_mask`
_FIRST_NUMBER = re.compile(r"\d+")
_FIRST_WORD = re.compile(r"[^\W_]+")


def masks_in_trees(names: Sequence[str], folders: Collection[str]) -> list[str]:
    """Return the pictures in folders of masks, by the names of the folders and of the files in them.

    Args:
        names: the names of the pictures.
        folders: all folders with a picture in them, at any depth.
    """
    of_masks = sorted(folder for folder in folders if _may_hold_masks(_last(folder)))
    if not of_masks:
        return []
    siblings: defaultdict[str, list[str]] = defaultdict(list)
    for folder in folders:
        siblings[folder.rpartition("/")[0]].append(folder)
    inside = _names_inside(names, {each for folder in of_masks for each in siblings[folder.rpartition("/")[0]]})
    found: dict[str, None] = {}
    for folder in of_masks:
        if len(inside[folder]) < _FEWEST or inside[folder][0] in found:
            continue
        beside = sorted(each for each in siblings[folder.rpartition("/")[0]] if each != folder)
        may_be_a_class = any(not _may_hold_masks(_last(each)) and _last(each) not in PICTURE_FOLDERS for each in beside)
        for sibling in beside:
            if may_be_a_class and _last(sibling) in PICTURE_FOLDERS:
                continue  # `label/` beside `images/` and `cap/`
            if _are_of(folder, inside[folder], sibling, inside[sibling]):
                found |= dict.fromkeys(inside[folder])
                break
    return list(found)


def _may_hold_masks(folder: str) -> bool:
    return any(each.fullmatch(folder) for each in (_OF_ANOTHER, _BESIDE_IMAGES, _MASK_OF, _TRUTH, _PARTS_OF))


def _are_of(folder: str, masks: Sequence[str], sibling: str, pictures: Sequence[str]) -> bool:
    """Return whether nearly all masks belong to one of the pictures, by one of the ways that their folders allow."""
    if not _may_belong(_last(folder), _last(sibling)):
        return False
    ours, theirs = ([_stem(name)[len(top) + 1 :] for name in of] for top, of in ((folder, masks), (sibling, pictures)))
    needed = SHARE_OF_MASKS * len(ours)
    return any(
        sum(any(each in keys for each in way(stem)) for stem in ours) >= needed
        for way, keys in _ways(_last(folder), _last(sibling), theirs)
    )


def _may_belong(folder: str, sibling: str) -> bool:
    """Return whether the names of two folders allow that one holds the masks of the other: a quick look."""
    if any(each.fullmatch(folder) for each in (_MASK_OF, _TRUTH, _PARTS_OF)) or sibling in PICTURE_FOLDERS:
        return True
    return folder.lower().startswith(sibling.lower()) and _OF_ANOTHER.fullmatch(folder) is not None


def _ways(
    folder: str, sibling: str, stems: Sequence[str]
) -> Iterator[tuple[Callable[[str], Sequence[str]], Collection[str]]]:
    """Yield ways to name the picture of a mask, each with what the pictures are then called."""
    match = _OF_ANOTHER.fullmatch(folder)
    is_of_it = match is not None and match["picture"].lower() == sibling.lower()
    is_beside_images = sibling in PICTURE_FOLDERS and _BESIDE_IMAGES.fullmatch(folder) is not None
    if is_of_it or is_beside_images:
        yield _without_endings, set(stems)
    if is_beside_images and "manual" in folder.lower():
        firsts = [_first_word(stem) for stem in stems]
        if len(set(firsts)) == len(firsts):
            yield (lambda stem: [_first_word(stem)]), set(firsts)
    if _PARTS_OF.fullmatch(folder):
        yield (lambda stem: [_number(stem)]), {number for stem in stems if (number := _number(stem))}
    cut = re.compile(rf"[\W_]{re.escape(sibling)}$", re.I)
    if _TRUTH.fullmatch(folder) and all(
        cut.search(stem) for stem in stems
    ):  # `1_leftImg8bit` in `leftImg8bit/`, and `1_gtFine_color` in `gtFine/`
        own = re.compile(rf"[\W_]{re.escape(folder)}(?:[\W_][^/]*)?$", re.I)
        yield (lambda stem: [own.sub("", stem)] if own.search(stem) else []), {cut.sub("", stem) for stem in stems}
    if (of := _MASK_OF.fullmatch(folder)) and sibling.lower().endswith(of["rest"].lower()):
        word = sibling[: len(sibling) - len(of["rest"])]
        yield (lambda stem: [_MASK_WORD.sub(word, stem)] if _MASK_WORD.search(stem) else []), set(stems)


def _without_endings(stem: str) -> list[str]:
    """Return a name, and what is left of it without its last word, and without its last two."""
    found = [stem]
    for _ in range(_MOST_ENDINGS):
        shorter = _LAST_WORD.sub("", found[-1])
        if shorter == found[-1] or not _last(shorter):
            break
        found.append(shorter)
    return found


def _number(stem: str) -> str:
    """Return the number that a name begins with, without zeros in front; empty without one."""
    match = _FIRST_NUMBER.match(_last(stem))
    return (match[0].lstrip("0") or "0") if match else ""


def _first_word(stem: str) -> str:
    match = _FIRST_WORD.search(_last(stem))
    return match[0].lower() if match else ""


def _names_inside(names: Sequence[str], folders: Collection[str]) -> Mapping[str, list[str]]:
    """Return the names at any depth below each of the folders."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        end = name.find("/")
        while end >= 0:
            if name[:end] in folders:
                found[name[:end]].append(name)
            end = name.find("/", end + 1)
    return found


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
