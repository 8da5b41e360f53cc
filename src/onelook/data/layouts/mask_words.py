"""Find masks in folders with a word for masks in their name, such as `ManualMask/leftMask/`, beside their pictures.

Only names are read. Such a folder holds masks if nearly all of its files are called like pictures beside it, perhaps
with one more word. Names that say little, as `1.png`, may be those of a class: these are only likely to be masks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from onelook.data.layouts.mask_trees import SHARE_OF_MASKS

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")
_MASK_WORDS = frozenset(
    (
        *("mask", "masks", "msk", "msks", "gt", "gts", "trimap", "trimaps", "groundtruth", "groundtruths", "annot"),
        *("seg", "segs", "segm", "segmentation", "segmentations", "annotation", "annotations", "annots"),
    )
)
_ENDS = ("mask", "masks")  # `lungmasks/`
_SEGMENT = frozenset({"seg", "segs", "segm"})
_PART_WORDS = frozenset({"train", "test", "val", "valid", "pred", "training", "testing", "validation"})  # `seg_train/`
# `no_mask/`, `unmasked/`, `with_mask/` are classes, and `gt_bbox/` holds pictures of persons, cut out by hand.
_OTHER_WORDS = frozenset(
    (
        *("no", "non", "not", "un", "with", "without", "face", "nomask", "unmask", "facemask"),
        *("box", "boxes", "bbox", "bboxes"),
    )
)
_FEWEST = 2
_TELLING_WORDS = 3  # `MCUCXR_0001_0` has three; a counter such as `img_0001` has two
_ENDING = re.compile(r"(?:[\W_]+|(?<=\d))(?=[^\W_]*[^\W\d_])[^\W_]{1,16}(?:[\W_]+\d{1,3})?$")
_PREFIX = re.compile(r"^(?:masks?|msk|seg|segmentation|gt|annot|annotation)[\W_]+", re.I)
_MOST_ENDINGS = 2
_MOST_COMPARED = 10_000_000  # names for each folder: more would take seconds


@dataclass(frozen=True)
class MaskFolder:
    """A folder of files that are called like pictures beside it."""

    folder: str
    masks: Sequence[str]
    is_certain: bool  # the names say enough; otherwise only the pictures show it


def mask_folders(names: Sequence[str], folders: Collection[str]) -> list[MaskFolder]:
    """Return the folders of masks, the outermost of each, by a word in their name and by the names of their files.

    Args:
        names: the names of the pictures.
        folders: all folders with a picture in them, at any depth.
    """
    of_masks = sorted(folder for folder in folders if _says_masks(folder.rpartition("/")[2]))
    if len(of_masks) * len(names) > _MOST_COMPARED:
        return []
    found: list[MaskFolder] = []
    for folder in of_masks:
        if any(folder.startswith(f"{each.folder}/") for each in found):
            continue
        inside = [name for name in names if name.startswith(f"{folder}/")]
        if len(inside) < _FEWEST:
            continue
        for place in _folders_around(folder):
            others = [folder, *(each for each in of_masks if each.startswith(place) and not folder.startswith(each))]
            stems = _stems_but(names, place, others)
            masks = [name for name in inside if any(each in stems for each in _pictures_of(_stem(name)))]
            if len(masks) >= SHARE_OF_MASKS * len(inside):
                telling = sum(len(_WORD.findall(_stem(name))) >= _TELLING_WORDS for name in masks)
                found.append(MaskFolder(folder, masks, telling >= SHARE_OF_MASKS * len(masks)))
                break
    return found


def _says_masks(folder: str) -> bool:
    words = {word.lower() for word in _WORD.findall(folder)}
    if words & _OTHER_WORDS or (words & _SEGMENT and words & _PART_WORDS):
        return False
    is_truth = {"ground", "truth"} <= words
    return is_truth or bool(words & _MASK_WORDS) or any(word.endswith(_ENDS) for word in words)


def _folders_around(folder: str) -> Iterator[str]:
    """Yield the folders above, the nearest first, each with its slash; the outermost is empty."""
    while folder:
        folder = folder.rpartition("/")[0]
        yield f"{folder}/" if folder else ""


def _stems_but(names: Sequence[str], place: str, folders: Sequence[str]) -> set[str]:
    """Return what the pictures below a place are called, without those in some folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return {_stem(name) for name in names if name.startswith(place) and not name.startswith(starts)}


def _pictures_of(stem: str) -> Iterator[str]:
    """Yield what the picture of a mask may be called."""
    yield stem
    yield _PREFIX.sub("", stem)
    for _ in range(_MOST_ENDINGS):
        shorter = _ENDING.sub("", stem)
        if shorter in (stem, ""):
            return
        yield shorter
        stem = shorter


def _stem(name: str) -> str:
    """Return the name of a file without folders and suffix."""
    file = name.rpartition("/")[2]
    return file.rpartition(".")[0] or file
