"""Leave out pictures that are not examples: masks of other pictures, and a second copy of the whole tree."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from onelook.data.layouts.kinds_beside import ONCE_MORE, classes_once_more, copies_in_parts, kinds_beside
from onelook.data.layouts.mask_trees import PICTURE_FOLDERS, SHARE_OF_MASKS, masks_in_trees
from onelook.data.layouts.mask_words import mask_folders
from onelook.data.part_names import parts_among
from onelook.data.part_words import words_in
from onelook.data.storage.location import folders_above
from onelook.wording import agree, counted, named

SIDECARS_READ = (
    "hold values for a picture each, and were read as a table."  # the end of a note on files beside pictures
)
# A program made other pictures of the originals, beside these.
CHANGED_WORDS = frozenset({"augmented", "augmentation", "augmentations", "augment", "aug"})
HOLDS_PARTS = "which holds the parts"
MASK = "it is the mask of another picture"
DEPTH = "it holds the distances of another picture's points"
_DEPTH_NAME = re.compile(r"^(?P<stem>.+?)[\s_.-]+depth(?P<cut>crop)?$", re.I)
# `benign (1)_mask.png`, `benign (1)_mask_1.png`, `0001-segmentation.png`, beside `benign (1).png` or `0001.jpg`.
_MASK_NAME = re.compile(
    r"^(?P<stem>.+?)[\s_.-]+(?:mask|masks|maskcrop|seg|segmentation|groundtruth|trimap|label)(?:[\s_.-]*\d+)?$", re.I
)
_MASK_PREFIX = re.compile(r"^(?:masks?|seg|segmentation|gt|label)[\W_]+", re.I)
_MAP_NAME = re.compile(r"^(?P<stem>.+?)[\s_.-]+map$", re.I)  # `apple1/maps/apple1-035-map.png`
_JPEG = (".jpg", ".jpeg")
_ONE_WORD = re.compile(r"[\s_.-]+[^\W\d_]+")
_PICTURE_WORD = re.compile(r"[\s_.-]+(?:image|img|im|photo|picture|pic|original|orig|rgb)", re.I)
_WORD = re.compile(r"[^\W_]+")
_FIRST_WORD = re.compile(r"^[^\W\d_]+[\W_]+")
_MASK_FOLDERS = frozenset(
    (
        *(
            "mask",
            "masks",
            "msk",
            "msks",
            "segmentation",
            "segmentations",
            "trimap",
            "trimaps",
            "groundtruth",
            "ground_truth",
        ),
        *("ground truth", "ground-truth", "gt", "mask_images", "masks_png", "segmentationclass", "segmentationobject"),
    )
)
# `shrimp GT/` or `shrimp_masks/`, beside `shrimp/`.
_MASK_FOLDER_NAME = re.compile(
    r"^(?P<picture>.+?)[\s_.-]+(?:gt|masks?|segmentations?|ground[\s_-]?truth|trimaps?)$", re.I
)
_LABEL_FOLDERS = frozenset({"label", "labels", "map", "maps"})  # of masks if their names say so too
_MASK_WORDS = (
    "mask",
    "depth",
    "seg",
    "truth",
    "trimap",
    "gt/",
    "label/",
    "labels/",
    "map/",
    "maps/",
    "label.",
)  # only paths with one of these are examined
# A folder is a copy of the tree if this share of its pictures also exists outside of it, under the same path.
_SHARE_OF_COPY = 0.9
_SHARE_COPIED = 0.75  # of the pictures in class folders, which are in a folder such as `resized/` once more
# `resized/`, `all_images/`, `128x128/`: usual names of folders with a copy of all pictures.
_COPY_FOLDER = re.compile(
    r"(?:(?:all|resized?|small|thumb|thumbnails?|thumbs|flat|copy|copies|scaled|cropped)(?:[\W_]*\w+)?|\w*?\d+x\d+)",
    re.I,
)
_COPY_OF_FOLDER = re.compile(
    r"(?P<of>.*[^\s/-])"
    r"(?:\s*-\s*(?:copy|kopie|copie|copia|kopia|копия|副本|コピー|복사본)(?: ?\(\d+\))?|\s+copy(?: \d+)?)",
    re.I,
)
_FEWEST_FILES = 8  # that two folders with the same name in other capitals share
_FEWEST_FOLDERS = 3  # of masks, each beside a folder of pictures, where there are other pictures too


def leave_out(names: Sequence[str], folders: Collection[str]) -> tuple[Sequence[str], dict[str, str]]:
    """Return the names of the pictures that are examples, and the others, each with the reason.

    It reads only names. If nothing is left out, the same sequence is returned.

    Args:
        names: the names of all pictures.
        folders: all folders with a picture in them, at any depth.
    """
    left_out = copied_trees(names, folders) | _flat_copies(names) | _copied_folders(names, folders)
    left_out |= copies_in_parts(names, folders)
    left_out |= {name: why for name, why in classes_once_more(names, folders).items() if name not in left_out}
    left_out |= _masks([name for name in names if name not in left_out] if left_out else names)
    rest = [name for name in names if name not in left_out] if left_out else names
    left_out |= dict.fromkeys(masks_in_trees(rest, folders), MASK)
    rest = [name for name in names if name not in left_out] if left_out else names
    for found in mask_folders(rest, folders):
        left_out |= dict.fromkeys(found.masks if found.is_certain else (), MASK)
    left_out |= kinds_beside([name for name in names if name not in left_out] if left_out else names, folders)
    return ([name for name in names if name not in left_out], left_out) if left_out else (names, {})


def is_of_changed_pictures(folder: str) -> bool:
    """Return whether a folder is called after what a program made of the pictures, such as `Augmented Images`."""
    return any(word.text in CHANGED_WORDS for word in words_in(folder))


def notes_on_left_out(left_out: Mapping[str, str]) -> list[str]:
    """Return a sentence for each reason, with its number of pictures."""
    notes = []
    for reason, count in Counter(left_out.values()).items():
        example = next(name for name, why in left_out.items() if why == reason)
        verb = agree(count, "is", "are")
        why = agree(count, reason, "they are masks of other pictures") if reason == MASK else reason
        moved = (
            " If they are no copies, move them into the folders of their classes." if why.endswith(ONCE_MORE) else ""
        )
        folder = example.rpartition("/")[0]
        if why.endswith(HOLDS_PARTS) and "test" in parts_among(folder.split("/")).values():
            moved = f" After training, predict them by the path of '{folder}'."
        notes.append(f"{counted(count, 'picture')} {verb} left out, such as {named([example])}: {why}.{moved}")
    return notes


def notes_on_masks(left_out: Mapping[str, str], pictures: int) -> list[str]:
    """Return a note if pictures without labels have masks: they are for another task.

    Args:
        left_out: the pictures that are left out -> the reason.
        pictures: the number of the others.
    """
    masks = sum(reason == MASK for reason in left_out.values())
    if 2 * masks < pictures or not masks:
        return []
    return [
        f"{counted(masks, 'mask')} belong to the pictures: outlines of what is in them (segmentation), not one class a "
        "picture, which is what onelook learns. Sort the pictures into a folder for each class, or take a tool for "
        "segmentation."
    ]


def copied_trees(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures of folders that contain a second copy of the tree, `data/train/…` beside `train/…`, with the
    reason.
    """
    tops = {folder for folder in folders if "/" not in folder}
    nested = {folder.split("/")[0] for folder in folders if folder.count("/") == 1 and folder.split("/")[1] in tops}
    inside_itself = sorted(folder for folder in folders if _is_in_its_namesake(folder))
    called_alike = _called_alike(folders)
    if not nested and not inside_itself and not called_alike:
        return {}
    known = set(names)
    found: dict[str, str] = {}
    for folder in inside_itself:  # `simpsons/simpsons/cat/1.jpg` beside `simpsons/cat/1.jpg`
        above = folder.rpartition("/")[0]
        inside = [name for name in names if name.startswith(f"{folder}/")]
        again = [name for name in inside if f"{above}{name[len(folder) :]}" in known]
        if len(again) >= _SHARE_OF_COPY * len(inside):
            found |= dict.fromkeys(again, f"'{folder}/' holds the same tree once more")
    for first, folder in called_alike:  # `Plants (all)/train/…` beside `plants (all)/train/…`
        inside = [name for name in names if name.startswith(f"{folder}/")]
        again = [name for name in inside if f"{first}{name[len(folder) :]}" in known]
        has_folders = len({name.rpartition("/")[0] for name in inside}) > 1
        if len(again) == len(inside) and (has_folders or _are_files_of(first, folder, inside, names)):
            found |= dict.fromkeys(again, f"'{folder}/' holds the same tree once more")
    for top in sorted(nested):
        inside = [name for name in names if name.startswith(f"{top}/")]
        below = [name for name in inside if name[len(top) + 1 :] in known]
        others = len(names) - len(inside)
        if len(below) >= _SHARE_OF_COPY * len(inside) and len(below) >= _SHARE_OF_COPY * others:
            found |= dict.fromkeys(below, f"'{top}/' holds the same tree once more")
    return found


def _copied_folders(names: Sequence[str], folders: Collection[str]) -> dict[str, str]:
    """Return the pictures in folders that a file manager called copies: `cat - Copy/1.jpg` of `cat/1.jpg`."""
    found: dict[str, str] = {}
    copies = {folder: match["of"] for folder in sorted(folders) if (match := _COPY_OF_FOLDER.fullmatch(folder))}
    known = set(names) if copies else set()
    for folder, original in copies.items():
        inside = [name for name in names if name.startswith(f"{folder}/")]
        again = [name for name in inside if f"{original}{name[len(folder) :]}" in known]
        if len(again) >= _SHARE_OF_COPY * len(inside):
            found |= dict.fromkeys(again, f"'{folder}/' holds the files of '{original}/' once more")
    return found


def _called_alike(folders: Collection[str]) -> list[tuple[str, str]]:
    """Return the pairs of folders beside each other whose names differ only in capitals and signs.

    `A/` and `a/` may be letters, and so classes.
    """
    by_name: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for folder in sorted(folders):
        above, _, name = folder.rpartition("/")
        words = _WORD.findall(name.casefold())
        if any(len(word) > 1 for word in words):
            by_name[above, *words].append(folder)
    pairs = []
    for found in by_name.values():
        first, *others = sorted(found)
        pairs += [(first, other) for other in others]
    return pairs


def _are_files_of(first: str, folder: str, inside: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether a folder whose name has other capitals alone holds all files of the first, `SCANS_1/` and
    `scans_1/`. Files that are only numbered are called alike in any two folders.
    """
    are_numbered = all(_stem(name).rpartition("/")[2].isdecimal() for name in inside)
    whole = sum(name.startswith(f"{first}/") for name in names)
    return first.casefold() == folder.casefold() and len(inside) == whole >= _FEWEST_FILES and not are_numbered


def _is_in_its_namesake(folder: str) -> bool:
    above, _, name = folder.rpartition("/")
    return above.rpartition("/")[2] == name != ""


def _flat_copies(names: Sequence[str]) -> dict[str, str]:
    """Return the pictures of a folder such as `resized/` with unsorted copies of the pictures of all class folders."""
    tops: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        tops[name.partition("/")[0]].append(name)
    for top, inside in tops.items():
        if not _COPY_FOLDER.fullmatch(top) or len({name.rpartition("/")[0] for name in inside}) != 1:
            continue
        others = [name for name in names if not name.startswith(f"{top}/")]
        files = {_stem(name).rpartition("/")[2] for name in others}
        again = [name for name in inside if _stem(name).rpartition("/")[2] in files]
        are_sorted = len(files) == len(others) and len({name.rpartition("/")[0] for name in others}) > 1
        is_whole = len(again) >= _SHARE_OF_COPY * len(inside) and len(again) >= _SHARE_COPIED * len(others)
        if are_sorted and is_whole:
            return dict.fromkeys(again, f"'{top}/' holds the pictures of the other folders once more")
    return {}


def _masks(names: Sequence[str]) -> dict[str, str]:
    """Return the pictures that are masks by their names and belong to another picture."""
    text = "\n".join(names).lower()
    if not any(word in text for word in _MASK_WORDS):
        return {}
    by_name = {name: match["stem"] for name in names if (match := _name_of_mask(name))}
    stems = {_stem(name) for name in names}
    found = {name: MASK for name, stem in by_name.items() if stem in stems or f"{stem}_crop" in stems}
    found |= {
        name: DEPTH
        for name in names
        if (match := _DEPTH_NAME.match(_stem(name))) and ({match["stem"], f"{match['stem']}_crop"} & stems)
    }
    found |= _masks_beside_one_word(by_name, names)
    found |= _masks_beside_folders(names, stems)
    by_folder: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        folders = name.lower().split("/")[:-1]
        words = (_MASK_FOLDERS, _LABEL_FOLDERS)
        at = next((at for each in words for at, folder in enumerate(folders) if folder in each), None)
        if at is not None:
            by_folder["/".join(name.split("/")[: at + 1])].append(name)
    inside = {name for of_folder in by_folder.values() for name in of_folder}
    beside = {_stem(name) for name in names if name not in found and name not in inside}
    # If both the folder and the name mean a mask, its picture may be in a folder of any name, such as `test/`.
    wanted = {by_name[name].rpartition("/")[2] for name in inside if name in by_name}
    alike = [stem for stem in beside if stem.rpartition("/")[2] in wanted] if wanted else []
    anywhere = {each for stem in alike for each in _without_one_folder(stem)}
    for folder, of_folder in by_folder.items():
        above = folder.split("/")[:-1]
        inner = {name: _stem(name)[len(folder) + 1 :] for name in of_folder}
        for depth in range(len(above), -1, -1):
            places = [_joined(*above[:depth], sibling) for sibling in ("", *PICTURE_FOLDERS)]
            masks = [name for name, stem in inner.items() if any(_joined(place, stem) in beside for place in places)]
            # Further up, such as above `annotations/trimaps/`, some names may be equal by chance.
            if folder.rpartition("/")[2].lower() in _LABEL_FOLDERS:
                break  # `label` may be a class: only names such as `0001_label.png` tell masks
            if masks and (depth == len(above) or len(masks) >= SHARE_OF_MASKS * len(of_folder)):
                found |= dict.fromkeys(masks, MASK)
                break
        found |= _masks_with_a_prefix(of_folder, beside)
        without = {name: (above, by_name[name][len(folder) + 1 :].split("/")) for name in of_folder if name in by_name}
        found |= {
            name: MASK
            for name, (place, tail) in without.items()
            if (*place, "", *tail) in anywhere or _joined(*place, *tail) in beside
        }
    return found if found else _masks_of_each(by_folder, beside)


def _name_of_mask(name: str) -> re.Match[str] | None:
    """Return the match of a name that means a mask; a map is one only in a folder of maps."""
    is_in_maps = name.rpartition("/")[0].rpartition("/")[2].lower() in ("map", "maps")
    return _MASK_NAME.match(_stem(name)) or (_MAP_NAME.match(_stem(name)) if is_in_maps else None)


def _masks_beside_one_word(by_name: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Return the masks of pictures with one word more, the same in all, as `1_mask.png` of `1_sat.jpg`.

    The pictures are JPEG, and the masks are not: `1_mask.jpg` beside `1_face.jpg` may be a class. Beside
    `1.image.png`, `1.mask.0.png` is a mask in any format.
    """
    masks = {name: stem for name, stem in by_name.items() if not name.lower().endswith(_JPEG)}
    pictures = {_stem(name) for name in names if name.lower().endswith(_JPEG)}
    return _masks_beside(masks, pictures, _ONE_WORD) or _masks_beside(
        by_name, {_stem(name) for name in names if name not in by_name}, _PICTURE_WORD
    )


def _masks_beside(masks: Mapping[str, str], pictures: Collection[str], word: re.Pattern[str]) -> dict[str, str]:
    """Return the masks if all pictures of theirs have the same one word in their names behind what both share."""
    if len(masks) < _FEWEST_FOLDERS:
        return {}
    first = next(iter(masks.values()))
    ends = [stem[len(first) :] for stem in pictures if stem.startswith(first) and word.fullmatch(stem[len(first) :])]
    if len(ends) != 1 or any(f"{stem}{ends[0]}" not in pictures for stem in masks.values()):
        return {}
    return dict.fromkeys(masks, MASK)


def _masks_of_each(by_folder: Mapping[str, Sequence[str]], beside: Collection[str]) -> dict[str, str]:
    """Return the masks in `7/masks/`, `8/masks/` … beside `7/images/` …, whatever the files are called.

    A lone `masks/` needs all other pictures in the `images/` beside it, and no more masks than pictures.
    """
    places = {stem.rpartition("/")[0] for stem in beside}
    siblings: dict[str, str] = {}
    stems_in: defaultdict[str, list[str]] = defaultdict(list)
    for stem in beside:
        stems_in[stem.rpartition("/")[0]].append(stem)
    places_in: defaultdict[str, list[str]] = defaultdict(list)
    for place in places:
        places_in[place.rpartition("/")[0]].append(place)
    for folder in by_folder:
        above, _, name = folder.rpartition("/")
        sibling = next((_joined(above, each) for each in PICTURE_FOLDERS if _joined(above, each) in places), None)
        if sibling is None and above and len(places_in[above]) == 1:
            sibling = _photograph_beside(above, by_folder[folder], stems_in[places_in[above][0]])
        if sibling is not None and name.lower() in _MASK_FOLDERS:
            siblings[folder] = sibling
    are_many = len(siblings) >= max(_FEWEST_FOLDERS, SHARE_OF_MASKS * len(by_folder))
    masks = [name for folder in siblings for name in by_folder[folder]]
    if not are_many and (places - {*siblings.values()} or len(masks) > len(beside)):
        return {}
    return dict.fromkeys(masks, MASK)


def _photograph_beside(above: str, masks: Sequence[str], stems: Sequence[str]) -> str | None:
    """Return the folder of these stems if the masks have the same names, and these begin with that of the case.

    So `IM7/mask/IM7.png` is the mask of `IM7/photo/IM7.png`; `ann/mask/1.jpg` beside `ann/glasses/1.jpg` is none.
    """
    case = above.rpartition("/")[2]
    files, of_masks = ({stem.rpartition("/")[2] for stem in each} for each in (stems, map(_stem, masks)))
    return stems[0].rpartition("/")[0] if files == of_masks and all(file.startswith(case) for file in files) else None


def _masks_beside_folders(names: Sequence[str], stems: Collection[str]) -> dict[str, str]:
    """Return the masks in folders called after one beside them, `shrimp GT/1.png` of `shrimp/1.png`."""
    folders = sorted(folders_above(names))
    above = {folder: match["picture"] for folder in folders if (match := _MASK_FOLDER_NAME.match(folder))}
    found: dict[str, str] = {}
    for folder, pictures in above.items():
        inside = [name for name in names if name.startswith(f"{folder}/")]
        masks = [name for name in inside if f"{pictures}{_stem(name)[len(folder) :]}" in stems]
        if len(masks) >= SHARE_OF_MASKS * len(inside):
            found |= dict.fromkeys(masks, MASK)
    return found


def _masks_with_a_prefix(of_folder: Sequence[str], beside: Collection[str]) -> dict[str, str]:
    """Return the masks of a mask folder that are called `mask_0001-l` where the pictures are called `bus_0001-l`."""
    tails = {
        name: _MASK_PREFIX.sub("", file)
        for name in of_folder
        if _MASK_PREFIX.match(file := _stem(name).rpartition("/")[2])
    }
    if len(tails) < len(of_folder):
        return {}
    of_pictures = {_FIRST_WORD.sub("", stem.rpartition("/")[2]) for stem in beside}
    masks = [name for name, tail in tails.items() if tail in of_pictures]
    return dict.fromkeys(masks, MASK) if len(masks) >= SHARE_OF_MASKS * len(of_folder) else {}


def _without_one_folder(stem: str) -> Iterator[tuple[str, ...]]:
    """Yield the path with each of its folders replaced by a blank, one at a time."""
    parts = stem.split("/")
    yield from ((*parts[:at], "", *parts[at + 1 :]) for at in range(len(parts) - 1))


def _stem(name: str) -> str:
    """Return a path without its suffix."""
    return name.rpartition(".")[0] or name


def _joined(*folders: str) -> str:
    return "/".join(folder for folder in folders if folder)
