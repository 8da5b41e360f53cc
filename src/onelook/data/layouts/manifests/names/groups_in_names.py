"""Find groups in the names of pictures: frames of a track, the two eyes of a person, sizes of one picture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import gcd

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.names.augmented_names import augmented_rule
from onelook.data.layouts.manifests.names.endings_in_names import ending_rule
from onelook.data.layouts.manifests.names.kinds_in_names import changed_elsewhere_rule, kind_rule
from onelook.data.layouts.manifests.names.persons_in_names import PERSON_IN_NAME, find_person_rule
from onelook.data.layouts.manifests.names.tracks_in_names import track_rule
from onelook.data.layouts.manifests.names.versions_by_hash import hash_rule
from onelook.data.layouts.registry import layout_entry
from onelook.data.part import Part
from onelook.data.part_names import part_of, pool_name
from onelook.wording import agree, counted, named

# `00003_00012.ppm` is the 12th frame of the third track, `CNV-1016042-3.jpeg` the third picture of a patient.
_FRAME = re.compile(r"(?P<group>(?:.*[/_\-])?[^/_\-]*\d[^/_\-]*)[_-](?P<frame>\d+)\.\w+")
# `covid_vid2_frame30.jpg` is a frame of a video, `slide7_tile_12.png` a part of a slide, `cone_01_v3.png` a view.
_PIECE = re.compile(
    r"(?P<group>(?:.*/)?[^/]*[^\W_])[ _.-]+(?:frame|frm|slice|tile|patch|crop|view|v|angle)[ _.-]*(?P<frame>\d+)\.\w+",
    re.I,
)
_SIDE = re.compile(r"(?P<group>.*\d[^/]*)[_-](?P<frame>left|right|od|os|l|r)\.\w+", re.I)
# `9003175L.png` is the left knee of a person, whatever class folder each of both lies in.
_NUMBERED_SIDE = re.compile(r"(?:.*/)?(?P<group>[A-Za-z_-]*\d{3,})(?P<frame>left|right|od|os|l|r)\.\w+", re.I)
# `horse07a.jpg` and `horse07b.jpg` are pictures of one animal.
_LETTER = re.compile(r"(?P<group>(?:.*/)?[^/]*\d)[_-]?(?P<frame>[a-h])\.\w+")
# `r02c05f03p01-ch1.tiff` is a field of the well `r02c05`; a burst of a telephone's camera has one number.
_FIELD = re.compile(r"(?P<group>(?:.*/)?[^/]*r\d{2}c\d{2})(?P<frame>f\d{2})[^/]*\.\w+", re.I)
_BURST = re.compile(r"(?:.*/)?[^/]*(?P<group>BURST\d{8,})(?P<frame>[^/]*)\.\w+")
_SIDES = 2
_SHARE_OF_PAIRS = 0.25  # of the persons in the training part; the other eye or knee may be in another part
_VARIANT = re.compile(r"(?P<base>.*[^\W_])(?P<variant>[\W_]+[^\W_]+)")  # `an2i_open_2` is `an2i_open` in another size
_SIGN = re.compile(r"[_-]")
_SAMPLE = 50  # the first names; if one of them fits no pattern, the others are not examined
_FEWEST_IN_GROUP = 3.0  # on average
_FEWEST_OF_PERSON = 1.5
_TRACK = re.compile(r"(?:.*/)?\d{4,6}_0\d{3,5}\.\w+")  # two padded numbers alone: few frames are enough
_FEWEST_OF_TRACK = 1.5
_FEWEST_TIMES = 3  # that a number of a frame occurs, on average, if tracks have a share of the same frames
_SHARE_COUNTED = 0.9  # of the groups; the pictures of these are counted from a usual number without a gap
_FIRST_NUMBERS = ((0, 1), (100,), (1000,))  # all groups begin alike
# A number too long for a counter names a patient, an eye, a video; a number with zeros in front, or a date, may count.
_LONG_ID = re.compile(r"(?<!\d)(?!(?:19|20)\d\d[01]\d[0-3]\d(?!\d))[1-9]\d{4,}(?!\d)")
_MOST_DIGITS = 4  # of the number of a picture behind it
_FEWEST_WITH_ID = 1.5  # pictures of one long number, on average
_SHARE_OF_VARIANTS = 0.25  # of the first names; of three sizes, two thirds are variants


def with_groups_from_names(dataset: Dataset) -> Dataset:
    """Return the data set with groups from names, if it has labels and no groups; else unchanged."""
    pool = dataset.parts.get(pool_name(dataset.parts) or "")
    if pool is None or not pool.ids or pool.labels is None or not layout_entry(dataset.layout).has_picture_files:
        return dataset
    if any(part.groups is not None for part in dataset.parts.values()):
        return dataset
    group_of = next(
        (
            found
            for way in (
                hash_rule,
                _by_pattern,
                find_person_rule,
                track_rule,
                ending_rule,
                _by_variants,
                kind_rule,
                changed_elsewhere_rule,
            )
            if (found := way(pool)) is not None
        ),
        None,
    ) or augmented_rule(each for part in dataset.parts.values() for each in part.ids)
    if group_of is None:
        return dataset
    numbers: dict[str, int] = {}
    parts: Mapping[str, Part] = {
        name: replace(part, groups=np.array([_number(group_of(each), numbers) for each in part.ids], np.int64))
        for name, part in dataset.parts.items()
    }
    parts = {name: replace(part, group_names=tuple(numbers)) for name, part in parts.items()}
    note = (
        f"Names such as {named(_two_of_one(pool.ids, group_of))} tell pictures that belong together, "
        f"{counted(len(numbers), 'group')}: they stay together when a split is made (--no-groups splits them)."
    )
    return replace(dataset, parts=parts, notes=(*dataset.notes, note + _told_unknown(pool.ids, group_of)))


def _told_unknown(names: Sequence[str], group_of: Callable[[str], str | None]) -> str:
    """Return a sentence on the pictures whose names tell no group; empty if all do."""
    unknown = [name for name in names if group_of(name) is None]
    if not unknown:
        return ""
    tells, verb = agree(len(unknown), "tells", "tell"), agree(len(unknown), "is", "are")
    return (
        f" {counted(len(unknown), 'picture')} such as {named(unknown[:1])} {tells} none, and {verb} split one by one."
    )


def without_groups(dataset: Dataset) -> Dataset:
    """Return the data set without groups, and without the notes on them."""
    if all(part.groups is None for part in dataset.parts.values()):
        return dataset
    parts = {name: replace(part, groups=None, group_names=()) for name, part in dataset.parts.items()}
    of_groups = re.compile(r"stays? together|stands? in more than one part")
    notes = [note for note in dataset.notes if not of_groups.search(note)]
    note = "The data tells which pictures belong together; as --no-groups asks, the split does not regard it."
    return replace(dataset, parts=parts, notes=(*notes, note))


def _by_pattern(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the group of a name if names count frames, tell a side, or begin with a person; else None."""
    for pattern in (PERSON_IN_NAME, _PIECE, _FIELD, _BURST, _FRAME, _SIDE, _NUMBERED_SIDE, _LETTER):
        if not all(map(pattern.fullmatch, pool.ids[:_SAMPLE])):
            continue
        if not _tells_groups(pattern, pool) and not (pattern is _FRAME and _have_long_ids(pool)):
            continue
        if pattern is _FRAME and _have_long_ids(pool):
            return _long_id
        width = _words_kept(pool) if pattern is _FRAME else 0
        is_of_all = pattern is _SIDE and _are_numbered_over_all(pool)

        def group_of(
            name: str, pattern: re.Pattern[str] = pattern, width: int = width, is_of_all: bool = is_of_all
        ) -> str | None:
            match = pattern.fullmatch(_in_its_part(name) if is_of_all else name)
            return None if match is None else _first_words(match["group"], width)

        return group_of
    return None


def _have_long_ids(pool: Part) -> bool:
    """Return whether each name has one long number and the short number of a picture behind it."""
    if None in map(_long_id, pool.ids[:_SAMPLE]):
        return False
    found = [_long_id(each) for each in pool.ids]
    if None in found or len(found) < _FEWEST_WITH_ID * len({*found}):
        return False
    return _are_in_every_class(found, pool)


def _long_id(name: str) -> str | None:
    """Return the name up to its one long number, whatever folder the picture lies in; None without such a number.

    Example:
        >>> _long_id("train/CNV/CNV-1016042-3.jpeg"), _long_id("00003_00012.ppm"), _long_id("a/IMG-20190512-1.jpg")
        ('CNV-1016042', None, None)
    """
    match = _FRAME.fullmatch(name)
    if match is None or len(match["frame"]) > _MOST_DIGITS:
        return None
    group = match["group"].rpartition("/")[2]
    return group if len(_LONG_ID.findall(group)) == 1 else None


def _tells_groups(pattern: re.Pattern[str], pool: Part) -> bool:
    """Return whether all names fit, each class has several groups, and groups have a plausible size."""
    names: Sequence[str] = pool.ids
    if pattern is _SIDE and _are_numbered_over_all(pool):
        names = [*map(_in_its_part, pool.ids)]
    members: dict[str, list[str]] = {}
    for each in names:
        match = pattern.fullmatch(each)
        if match is None:
            return False
        members.setdefault(match["group"], []).append(match["frame"])
    groups = [(match := pattern.fullmatch(each)) and match["group"] for each in names]
    if not _are_in_every_class(groups, pool) or (pattern is _FRAME and _repeat_class_folders(pool)):
        return False
    if pattern in (_SIDE, _NUMBERED_SIDE):
        pairs = sum(len(set(sides)) == _SIDES for sides in members.values())
        return 2 * pairs > len(members) if pattern is _SIDE else pairs >= _SHARE_OF_PAIRS * len(members)
    if pattern in (PERSON_IN_NAME, _PIECE, _FIELD, _BURST, _LETTER):
        is_counted = pattern is not _LETTER or _are_lettered(members.values())
        return is_counted and len(pool.ids) >= _FEWEST_OF_PERSON * len(members)
    fewest = _FEWEST_OF_TRACK if all(map(_TRACK.fullmatch, pool.ids)) else _FEWEST_IN_GROUP
    if len(pool.ids) < fewest * len(members):
        return False
    step = _common_step(members.values())
    return _begin_again(members.values()) or any(
        sum(_are_counted(frames, firsts, step) for frames in members.values()) >= _SHARE_COUNTED * len(members)
        for firsts in (_FIRST_NUMBERS if step == 1 else (*_FIRST_NUMBERS, (step,)))
    )


def _are_lettered(members: Collection[Sequence[str]]) -> bool:
    """Return whether the letters of most groups count from a."""
    return sum(sorted(each) == [*"abcdefgh"[: len(each)]] for each in members) >= _SHARE_COUNTED * len(members)


def _begin_again(members: Collection[Sequence[str]]) -> bool:
    """Return whether the numbers of all groups are from the same few, with other gaps in each: shares of their frames.

    So a random share of the frames of `OAS1_0028_MR1_mpr-1_100.jpg` … is known by the numbers 100 to 160 of all heads.
    """
    sets = [{*map(int, frames)} for frames in members]
    total = sum(map(len, members))
    are_once = sum(map(len, sets)) == total
    return are_once and any(each != sets[0] for each in sets) and total >= _FEWEST_TIMES * len(set().union(*sets))


def _are_numbered_over_all(pool: Part) -> bool:
    """Return whether a number names one person in all folders: no name has two labels, as `1_left` of each class would.

    So `mild/7_left.png` and `severe/7_right.png` are the eyes of one person, and so is `cropped/7_left.png`.
    """
    labels = [] if pool.labels is None else pool.labels.tolist()
    of_name = {*zip((each.rpartition("/")[2] for each in pool.ids), labels, strict=True)}
    return len({name for name, _ in of_name}) == len(of_name)


def _in_its_part(name: str) -> str:
    """Return the name of a file without its folders but those of parts, each of which may count from 1."""
    *folders, file = name.split("/")
    return "/".join([*(folder for folder in folders if part_of(folder)), file])


def _repeat_class_folders(pool: Part) -> bool:
    """Return whether names only number the pictures of each class folder, as `clipart/angel/clipart_003_000001.jpg`."""
    labels = pool.labels.tolist() if pool.labels is not None else []
    folders = [each.rpartition("/")[0] for each in pool.ids]
    groups = [match["group"] if (match := _FRAME.fullmatch(each)) else "" for each in pool.ids]
    of_class = {*zip((folder.rpartition("/")[2] for folder in folders), labels, strict=False)}
    of_folder = {*zip(folders, groups, strict=True)}
    is_class = len(of_class) == len({name for name, _ in of_class}) == len(set(labels))
    return is_class and len(of_folder) == len({*folders}) == len({*groups}) > 1


def _common_step(members: Collection[Sequence[str]]) -> int:
    """Return by how much the numbers of frames grow: 10 for `Abuse001_0`, `Abuse001_10` …; 1 if it is unknown."""
    firsts = [min(map(int, frames)) for frames in members]
    return gcd(*(int(frame) - first for frames, first in zip(members, firsts, strict=True) for frame in frames)) or 1


def _are_counted(frames: Sequence[str], firsts: Collection[int], step: int) -> bool:
    """Return whether numbers count from one of these by the step without a gap."""
    found = sorted(map(int, frames))
    return found[0] in firsts and found == list(range(found[0], found[0] + step * len(found), step))


def _are_in_every_class(groups: Sequence[str | None], pool: Part) -> bool:
    """Return whether each class has pictures of two groups or more."""
    labels = pool.labels if pool.labels is not None else np.zeros(0, np.int64)
    of_class: dict[int, set[str | None]] = {}
    for group, label in zip(groups, labels.tolist(), strict=True):
        of_class.setdefault(label, set()).add(group)
    return min(map(len, of_class.values()), default=0) > 1


def _words_kept(pool: Part) -> int:
    """Return how many words at the beginning of a track's name tell the widest group; 0 for all words.

    `OAS1_0028_MR1_mpr-1` is one of several series of the head `OAS1_0028`.
    """
    groups = [match["group"] if (match := _FRAME.fullmatch(each)) else "" for each in pool.ids]
    widths = {len(_words(group)) for group in groups}
    if len(widths) != 1:
        return 0
    fitting = (
        width for width in range(1, *widths) if _are_in_every_class([_first_words(g, width) for g in groups], pool)
    )
    return next(fitting, 0)


def _words(group: str) -> list[str]:
    return _SIGN.split(group.rpartition("/")[2])


def _first_words(group: str, width: int) -> str:
    """Return the folders and the first words of a name; all of it for a width of 0."""
    if not width:
        return group
    folders, slash, name = group.rpartition("/")
    end = [match.start() for match in _SIGN.finditer(name)][width - 1 : width]
    return f"{folders}{slash}{name[: end[0]] if end else name}"


def _by_variants(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the group of a name if most pictures are there in the same variants; else None."""
    known = set(pool.ids)

    def base_of(name: str) -> tuple[str, str]:
        stem, dot, suffix = name.rpartition(".")
        match = _VARIANT.fullmatch(stem)
        is_variant = match is not None and f"{match['base']}{dot}{suffix}" in known
        return (match["base"], match["variant"]) if match is not None and is_variant else (stem, "")

    first = pool.ids[: 4 * _SAMPLE]
    if sum(bool(base_of(each)[1]) for each in first) < _SHARE_OF_VARIANTS * len(first):
        return None
    variants: dict[str, set[str]] = {}
    for each in pool.ids:
        base, variant = base_of(each)
        variants.setdefault(base, set()).add(variant)
    ((usual, times),) = Counter(map(frozenset, variants.values())).most_common(1)
    if len(usual) < 2 or times < _SHARE_COUNTED * len(variants):
        return None
    return (
        (lambda name: base_of(name)[0]) if _are_in_every_class([base_of(each)[0] for each in pool.ids], pool) else None
    )


def _two_of_one(names: Sequence[str], group_of: Callable[[str], str | None]) -> list[str]:
    """Return the first two names of one group."""
    seen: dict[str | None, str] = {}
    for name in names:
        group = group_of(name)
        if group is not None and group in seen:
            return [seen[group], name]
        seen[group] = name
    return list(names[:2])


def _number(group: str | None, numbers: dict[str, int]) -> int:
    return -1 if group is None else numbers.setdefault(group, len(numbers))
