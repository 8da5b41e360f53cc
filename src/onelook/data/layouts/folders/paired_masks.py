"""Find masks with the name of their picture and another suffix: `exp1_num_4000.png` beside `exp1_num_4000.jpg`."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.pictures.formats import open_picture
from onelook.data.storage.location import Location

_PICTURES, _MASKS = (".jpg", ".jpeg"), (".png", ".bmp", ".gif", ".tif", ".tiff")
_SHARE_OF_PAIRS = 0.9  # of the files that may be masks
_LOOKED_AT = 12
_MOST_PIXELS = 25_000_000
_MOST_LEVELS = 8  # of grey or colour in a mask


def paired_masks(location: Location, names: Sequence[str]) -> list[str]:
    """Return the pictures that are masks of a picture of the same name; none if they are pictures themselves.

    A sample is opened, because masks have a few levels, and a photograph saved twice has many in both files.
    """
    by_end = {end: [name for name in names if name.lower().endswith(end)] for end in (*_PICTURES, *_MASKS)}
    pictures = {_stem(name) for end in _PICTURES for name in by_end[end]}
    others = [name for end in _MASKS for name in by_end[end]]
    paired = [name for name in others if _stem(name) in pictures] if pictures and others else []
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
