"""Recognise folders that hold versions of the same pictures, such as `color/` and `grayscale/`: they are no classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.left_out import CHANGED_WORDS, is_of_changed_pictures
from onelook.data.natural_order import natural_sorted
from onelook.data.part_names import parts_among
from onelook.data.part_words import words_in
from onelook.errors import DataError
from onelook.wording import listed

_MOST_FOLDERS = 6  # more are classes
_FEWEST_COMMON = 8  # names that the smallest folder shares with the largest
_SHARE_COMMON = 0.9  # of the names in the smaller folder
_COMPARED = 4  # pairs of files whose bytes are compared
_SECOND_DOWNLOAD = re.compile(r"(?P<of>.*[^\s/]) ?\(\d{1,2}\)")
_LEAST_SIZE, _MOST_SIZE = 16, 4096  # numbers in names that may be sizes in pixels
_ORIGINAL = frozenset({"original", "originals", "orig", "raw", "full", "color", "colour", "rgb"})
_OF_PICTURES = frozenset(
    {"image", "images", "img", "imgs", "picture", "pictures", "photo", "photos"}
)  # as `raw_images`
_VERSIONS = (
    _ORIGINAL
    | CHANGED_WORDS
    | frozenset(
        (
            *("processed", "preprocessed", "preprocessing", "cropped", "crop", "crops", "resized", "resize", "scaled"),
            *("thumb", "thumbs", "thumbnail", "thumbnails", "gray", "grey", "grayscale", "greyscale", "bw", "coloured"),
            *("segmented", "aligned", "normalized", "normalised", "enhanced", "clahe", "denoised", "filtered", "px"),
            *("hr", "lr", "lowres", "highres", "upscale", "upscaled", "downscaled", "backup", "copy", "copies", "x"),
            *("rotated", "flipped", "mirrored", "jpg", "jpeg", "png", "tif", "tiff", "bmp"),
        )
    )
)


@dataclass(frozen=True)
class Versions:
    """Folders with versions of the same pictures.

    Attributes:
        folders: the folders directly below the base of the tree, the likeliest original first.
        are_flat: no folder has folders inside, so there are no other classes.
    """

    folders: Sequence[str]
    are_flat: bool

    @property
    def told(self) -> str:
        """The beginning of a sentence on the folders."""
        shown = listed([f"'{folder}/'" for folder in self.folders], last="and")
        return f"The folders {shown} hold versions of the same pictures"


def find_versions(tops: Mapping[str, Sequence[str]], base: str, read: Callable[[str], bytes]) -> Versions | None:
    """Return the folders if all of them hold versions of the same pictures; else None.

    Their names say so (`raw/` and `processed/`), or files of one name hold the same bytes.

    Args:
        tops: the pictures by the first folder below the base; "" has those in no folder.
        base: the folders that contain all pictures, with a slash at the end.
        read: returns the bytes of a picture.
    """
    if not 2 <= len(tops) <= _MOST_FOLDERS or "" in tops or parts_among(tops):
        return None
    are_named = _are_called_versions(tops)
    if not are_named and not _each_has_a_version_word(tops) and not _share_some_names(tops):
        return None
    inside = {top: _below_lone_folders(names, f"{base}{top}/") for top, names in tops.items()}
    largest = max(tops, key=lambda top: len(tops[top]))
    known = {_stem(name) for name in inside[largest]} if are_named else set(inside[largest])
    are_common = all(_are_mostly_in(inside[top], known, are_named) for top in tops if top != largest)
    are_flat = all("/" not in name for names in inside.values() for name in names)
    if are_named:
        is_found = are_common or (_one_is_changed(tops) if are_flat else _have_same_folders(inside))
    elif _each_has_a_version_word(tops):
        is_found = not are_flat and _have_same_folders(inside)
    else:
        paths = {top: dict(zip(inside[top], tops[top], strict=True)) for top in tops} if are_common else {}
        is_found = are_common and all(_have_same_bytes(paths[top], paths[largest], read) for top in tops)
    if not is_found:
        return None
    in_order = sorted(natural_sorted(tops), key=lambda top: (not _ORIGINAL & {*_words(top)}, -len(tops[top])))
    return Versions(in_order, are_flat)


def note_on_versions(versions: Versions, flag: str) -> str:
    """Return the note on folders that are no classes because they hold versions of the same pictures."""
    return (
        f"{versions.told}, and are no classes ({flag} takes them for classes): give the path of one of them to take it "
        "alone."
    )


def without_version_words(name: str) -> str:
    """Return a name in lower case without words for versions, to compare class folders of several versions.

    Example:
        >>> without_version_words("Monkey Pox_augmented"), without_version_words("raw")
        ('monkey pox', '')
    """
    return " ".join(word for word in _words(name) if word not in _VERSIONS)


def numbered_copies(names: Sequence[str], folders: Collection[str], read: Callable[[str], bytes]) -> dict[str, str]:
    """Return the pictures of folders that a second download made, as `cats (1)/` of `cats/`, with a reason.

    Args:
        names: the names of the pictures.
        folders: all folders with a picture in them, at any depth.
        read: returns the bytes of a picture; those of a few pairs are compared.
    """
    found: dict[str, str] = {}
    for folder in sorted(folders):
        match = _SECOND_DOWNLOAD.fullmatch(folder)
        if match is None or match["of"] not in folders:
            continue
        original = match["of"]
        inside = {name[len(folder) + 1 :]: name for name in names if name.startswith(f"{folder}/")}
        others = {name[len(original) + 1 :]: name for name in names if name.startswith(f"{original}/")}
        again = {inner: name for inner, name in inside.items() if inner in others}
        if again and len(again) >= _SHARE_COMMON * len(inside) and _have_same_bytes(again, others, read):
            found |= dict.fromkeys(again.values(), f"'{folder}/' holds the files of '{original}/' once more")
    return found


def same_trees(tops: Mapping[str, Sequence[str]], base: str, read: Callable[[str], bytes]) -> dict[str, str]:
    """Return the pictures of folders that hold the same class folders and files as the first one, with a reason.

    Args:
        tops: the pictures by the first folder below the base; "" has those in no folder.
        base: the folders that contain all pictures, with a slash at the end.
        read: returns the bytes of a picture; those of a few pairs are compared.
    """
    if not 2 <= len(tops) <= _MOST_FOLDERS or "" in tops or parts_among(tops):
        return {}
    first, *others = natural_sorted(tops)
    if any(len(tops[top]) != len(tops[first]) for top in others) or len(tops[first]) < _FEWEST_COMMON:
        return {}
    inside = {
        top: dict(zip(_below_lone_folders(names, f"{base}{top}/"), names, strict=True)) for top, names in tops.items()
    }
    are_sorted = all("/" in name for name in inside[first])
    if not are_sorted or any(inside[top].keys() != inside[first].keys() for top in others):
        return {}
    are_same = all(_have_same_bytes(inside[top], inside[first], read) for top in others)
    if not are_same or not _have_other_bytes(tops[first], read):
        return {}
    return {name: f"'{base}{top}/' holds the same tree once more" for top in others for name in tops[top]}


def _share_some_names(tops: Mapping[str, Sequence[str]]) -> bool:
    """Return whether some names in the smallest folder are in the largest too: a quick look at large folders."""
    smallest, *_, largest = sorted(tops.values(), key=len)
    text = "\n".join([*largest, ""])
    some = smallest[:: max(1, len(smallest) // _COMPARED)]
    return any(f"/{name.rpartition('/')[2]}\n" in text for name in some)


def _are_called_versions(tops: Collection[str]) -> bool:
    """Return whether names differ only in words for versions, as `cars_full` and `cars_cropped`."""
    words = {top: [word for word in _words(top) if word not in _OF_PICTURES] for top in tops}
    common = set.intersection(*map(set, words.values()))
    rests = [[word for word in of_top if word not in common or word in _VERSIONS] for of_top in words.values()]
    known = [word for rest in rests for word in rest]
    sizes = [word for word in known if word.isdecimal()]
    are_sizes = all(len(size) <= 4 and _LEAST_SIZE <= int(size) <= _MOST_SIZE for size in sizes)
    if not are_sizes or not all(word in _VERSIONS or word.isdecimal() for word in known):
        return False
    # Only one folder may have no word of its own, and numbers alone need a common word: `64` may be a class.
    return sum(not rest for rest in rests) <= 1 and (bool(common) or not all(map(str.isdecimal, known)))


def _each_has_a_version_word(tops: Collection[str]) -> bool:
    """Return whether each name has a word for a version of its own, whatever else is in it."""
    found = [frozenset(_VERSIONS.intersection(_words(top))) for top in tops]
    return all(found) and len({*found}) == len(found)


def _are_mostly_in(names: Sequence[str], known: Collection[str], by_stem: bool) -> bool:
    found = sum((_stem(name) if by_stem else name) in known for name in names)
    return found >= max(_FEWEST_COMMON, _SHARE_COMMON * len(names))


def _have_same_folders(inside: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the last folders in each version are called alike, but for words for versions."""
    classes = [
        {without_version_words(name.split("/")[-2]) for name in names if "/" in name} for names in inside.values()
    ]
    return all(len(each) > 1 and each == classes[0] for each in classes)


def _one_is_changed(tops: Collection[str]) -> bool:
    return any(map(is_of_changed_pictures, tops))


def _have_same_bytes(names: Mapping[str, str], others: Mapping[str, str], read: Callable[[str], bytes]) -> bool:
    """Return whether files of one name below two folders are equal, by a few of them."""
    pairs = [(name, others[inner]) for inner, name in names.items() if inner in others]
    try:
        return all(
            name == other or read(name) == read(other) for name, other in pairs[:: max(1, len(pairs) // _COMPARED)]
        )
    except DataError:
        return False


def _have_other_bytes(names: Sequence[str], read: Callable[[str], bytes]) -> bool:
    """Return whether a few of these files differ among themselves: copies of one file tell nothing."""
    return len({read(name) for name in names[:: max(1, len(names) // _COMPARED)]}) > 1


def _below_lone_folders(names: Sequence[str], path: str) -> list[str]:
    """Return the names below a folder, and below the folders in it that hold all of them."""
    while (inner := names[0][len(path) :].partition("/"))[1] and all(
        name.startswith(f"{path}{inner[0]}/") for name in names
    ):
        path += f"{inner[0]}/"
    return [name[len(path) :] for name in names]


def _words(name: str) -> list[str]:
    return [word.text for word in words_in(name)]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
