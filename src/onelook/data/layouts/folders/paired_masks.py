"""Find masks by the name of their picture: `exp1_num_4000.png` beside `exp1_num_4000.jpg`, `1-d.bmp` beside `1.BMP`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from onelook.data.layouts.mask_words import mask_folders
from onelook.data.pictures.formats import open_picture
from onelook.data.storage.location import Location, folders_above

_PICTURES, _MASKS = (".jpg", ".jpeg"), (".png", ".bmp", ".gif", ".tif", ".tiff")
_SHARE_OF_PAIRS = 0.9  # of the files that may be masks
_LOOKED_AT = 12
_MOST_PIXELS = 25_000_000
_MOST_LEVELS = 8  # of grey or colour in a mask
_FEWEST_WITH_ENDING = 4
_SAMPLE, _SHARE_IN_SAMPLE = 100, 0.25  # names looked at first; nearly half of all are masks, if any
_ENDING = re.compile(r"(?P<stem>.*[^\W_])(?P<ending>[\W_]+[^\W_]{1,12})", re.DOTALL)  # `1-d` of the picture `1`


def paired_masks(location: Location, names: Sequence[str]) -> list[str]:
    """Return the pictures that are masks of a picture of the same name; none if they are pictures themselves.

    A sample is opened, because masks have a few levels, and a photograph saved twice has many in both files.
    """
    return _with_other_suffix(location, names) or _with_an_ending(location, names) or _in_mask_folders(location, names)


def _in_mask_folders(location: Location, names: Sequence[str]) -> list[str]:
    """Return the masks in folders with a word for masks in their name, whose files only count: `leftMask/1.png`."""
    found: list[str] = []
    for one in mask_folders(names, folders_above(names)):
        if all(_has_few_levels(location, name) for name in one.masks[:: max(1, len(one.masks) // _LOOKED_AT)]):
            found += one.masks
    return found


def _with_an_ending(location: Location, names: Sequence[str]) -> list[str]:
    """Return the masks that have one more word in their names than their picture, the same in all of them."""
    if not _may_have_ending(names):
        return []
    stems = {_stem(name) for name in names}
    by_ending: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        match = _ENDING.fullmatch(_stem(name))
        if match is not None and match["stem"] in stems:
            by_ending[match["ending"]].append(name)
    for masks in by_ending.values():
        if len(masks) < max(_FEWEST_WITH_ENDING, _SHARE_OF_PAIRS * (len(names) - len(masks))):
            continue
        sample = masks[:: max(1, len(masks) // _LOOKED_AT)]
        pictures = set(masks).symmetric_difference(names)
        others = [name for name in names if name in pictures][:: max(1, len(pictures) // _LOOKED_AT)]
        if all(_has_few_levels(location, name) for name in sample) and not any(
            _has_few_levels(location, name) for name in others
        ):
            return masks
    return []


def _may_have_ending(names: Sequence[str]) -> bool:
    """Return whether many names of a sample are one word longer than another name."""
    sample = names[:: max(1, len(names) // _SAMPLE)]
    known = set(names)
    suffixes = {name[len(_stem(name)) :] for name in sample}
    matches = [match for name in sample if (match := _ENDING.fullmatch(_stem(name)))]
    longer = sum(any(match["stem"] + suffix in known for suffix in suffixes) for match in matches)
    return longer > _SHARE_IN_SAMPLE * len(sample)


def _with_other_suffix(location: Location, names: Sequence[str]) -> list[str]:
    """Return the masks that have the name of their picture and the suffix of another format."""
    with_end: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        with_end[name[name.rfind(".") :]].append(name)
    others = [name for end, found in with_end.items() if end.lower() in _MASKS for name in found]
    if not others:
        return []
    pictures = {_stem(name) for end, found in with_end.items() if end.lower() in _PICTURES for name in found}
    paired = [name for name in others if _stem(name) in pictures] if pictures else []
    if not paired or len(paired) < _SHARE_OF_PAIRS * len(others):
        return []
    sample = paired[:: max(1, len(paired) // _LOOKED_AT)]
    return paired if all(_has_few_levels(location, name) for name in sample) else []


def _has_few_levels(location: Location, name: str) -> bool:
    try:
        with open_picture(location.read(name)) as picture:
            width, height = picture.size
            return width * height <= _MOST_PIXELS and picture.getcolors(_MOST_LEVELS) is not None
    except Exception:  # decoders raise anything for damaged files; when the file is read, its ledger entry says why
        return False


def _stem(name: str) -> str:
    return name.rpartition(".")[0]
