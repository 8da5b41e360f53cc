"""Leave out other kinds of the same pictures: `landslide/dem/1.png` beside `landslide/image/1.png`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from onelook.data.layouts.mask_trees import PICTURE_FOLDERS

_PICTURES = frozenset(folder.casefold() for folder in PICTURE_FOLDERS)
_FEWEST_PLACES = 2  # folders with both kinds in them, as classes
_FEWEST_FILES = 2
_SHARE_ALIKE = 0.9  # of the names in both folders


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


def _are_alike(names: Sequence[str], others: Sequence[str]) -> bool:
    stems, of_others = ({name.rpartition("/")[2].rpartition(".")[0] for name in each} for each in (names, others))
    common = len(stems & of_others)
    return common >= max(_FEWEST_FILES, _SHARE_ALIKE * max(len(stems), len(of_others)))
