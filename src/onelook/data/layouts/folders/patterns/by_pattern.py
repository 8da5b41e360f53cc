"""Read parts and labels from the names of pictures, by a pattern that was given or found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from onelook.data.layouts.folders.patterns.find_patterns import FoundLabels, find_labels
from onelook.data.layouts.folders.patterns.name_fields import digits_beside
from onelook.data.layouts.folders.tree import Arrangement, FoundPart, PictureTree, part_folders
from onelook.data.layouts.label_from import FLAG, NameFacts, NamePattern
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_FOLDERS, PART_ORDER, pool_name
from onelook.data.share_names import names_a_share
from onelook.errors import DataError
from onelook.wording import agree, counted, named

_EXAMPLES = 5
_WORDS_ALONE = re.compile(r"(?:\d+[ _.-]+)?(?P<words>[^\W\d_]{2,}(?:[ _-][^\W\d_]+)*)(?:[ _.-]*\d+)?")
_NAME_IN_FOLDER = r"(?P<group>[^/]+)/(?P<label>[^/]+)\.\w+$"
_FEWEST_OF_GRID = 3  # folders, and names in each, where all folders hold the same names
_MOST_OF_GRID = 100
_LABELS_OF_TWO = 2  # on average, at most this number of pictures per label is too few
_SAMPLE = 2_000  # names, evenly spread, that show whether each label is in every folder


def found_ways(tree: PictureTree) -> list[FoundLabels]:
    """Return the ways to read labels from the names of the training pictures; empty if none fits."""
    folders = _folders(tree)
    pool = pool_name(folders)
    return find_labels(folders[pool]) if pool else []


def lies_flat(tree: PictureTree) -> bool:
    """Return whether pictures are only in the folders of parts. Folders below the test folder do not count."""
    parts = part_folders(tree)
    if not set(tree.tops) <= {"", *(top for tops in parts.values() for top in tops)}:
        return False
    labelled = [top for part in ("train", "val") for top in parts.get(part, ())]
    below = {
        (top, name[len(tree.base) + len(top) + 1 :].rpartition("/")[0]) for top in labelled for name in tree.tops[top]
    }
    inner = {"" if folder == top else folder for top, folder in below}  # `train/train/` is as good as `train/`
    return inner <= {""} or (len(inner) == 1 and names_a_share(inner.pop()))  # so is `train/images/`


def crossing_ways(tree: PictureTree) -> list[FoundLabels]:
    """Return each way to read labels from names of which every folder holds every label: they are no rivals of it."""
    tops = {name[len(tree.base) :].partition("/")[0] for name in tree.names}
    if len(tops) < 2 or "" in tree.tops or tree.parts:
        return []
    sample = tree.names[:: max(1, len(tree.names) // _SAMPLE)]
    found = find_labels(sample)
    if len(found) > 1:  # nearly as many labels as pictures are not classes
        found = [way for way in found if _LABELS_OF_TWO * len(set(way.labels)) < len(sample)]
    return [way for way in found if _is_everywhere(way.labels, sample, tree.base, len(tops))]


def crossing_digits(tree: PictureTree) -> list[FoundLabels]:
    """Return the digit in each name as labels if every folder holds all ten of them, as a folder for each writer."""
    tops = {name[len(tree.base) :].partition("/")[0] for name in tree.names}
    if len(tops) < 2 or "" in tree.tops or tree.parts or all(map(str.isdecimal, tops)):
        return []
    sample = tree.names[:: max(1, len(tree.names) // _SAMPLE)]
    files = [name.rpartition("/")[2] for name in sample]
    field = digits_beside(files, [name[len(tree.base) :].partition("/")[0] for name in sample])
    return [] if field is None else [FoundLabels(NamePattern(field.pattern), field.values)]


def names_in_each_folder(tree: PictureTree) -> FoundLabels | None:
    """Return the names of the pictures as labels if all folders hold the same few words, once each; None for others.

    In `0/Anger.jpg`, `0/Fear.jpg`, `1/Anger.jpg`, `1/Fear.jpg` the folders are hardly the classes, but the persons.
    """
    first = next(iter(tree.tops.values()), [])
    if len(tree.tops) < _FEWEST_OF_GRID or not _FEWEST_OF_GRID <= len(first) <= _MOST_OF_GRID:
        return None
    words = {*_stems_below(first, tree.base)}
    alone = [match["words"] for word in words if (match := _WORDS_ALONE.fullmatch(word))]
    if len(words) < len(first) or len({*alone}) < len(words):  # `img_1` and `img_2` only count
        return None
    inside = [_stems_below(names, tree.base) for names in tree.tops.values() if len(names) == len(words)]
    if len(inside) < len(tree.tops) or any({*stems} != words for stems in inside):
        return None
    return FoundLabels(NamePattern(_NAME_IN_FOLDER), [stem for stems in inside for stem in stems])


def _stems_below(names: Sequence[str], base: str) -> list[str]:
    """Return what pictures are called below the first folder, without suffix."""
    return [name[len(base) :].partition("/")[2].rpartition(".")[0] for name in names]


def _is_everywhere(labels: Sequence[str], names: Sequence[str], base: str, folders: int) -> bool:
    folders_of: dict[str, set[str]] = defaultdict(set)
    for name, label in zip(names, labels, strict=True):
        folders_of[label].add(name[len(base) :].partition("/")[0])
    return all(len(found) == folders for found in folders_of.values())


def folders_say_nothing(tree: PictureTree) -> bool:
    """Return whether the first folders are named after years, batches or similar, which are not classes."""
    return bool(tree.tops) and all(map(names_a_share, tree.tops))


def holds_class_folders(tree: PictureTree) -> bool:
    """Return whether there are folders of the same names below the first ones, as `2006/mix/` and `2014/mix/`."""
    below: dict[str, set[str]] = defaultdict(set)
    for name in tree.names:
        top, *inner = name[len(tree.base) :].split("/")[:-1]
        below[top].update(inner[:1])
    sets = list(below.values())
    return len(sets) > 1 and len(sets[0]) > 1 and all(each == sets[0] for each in sets)


def why_found(ways: Sequence[FoundLabels]) -> str:
    """Return the sentence on why names contain labels, in one way or several."""
    (first, *others) = ways
    if others:
        return f"the file names give labels in {len(ways)} ways"
    classes = len(set(first.labels))
    count = counted(len(first.labels), "file name")
    if first.is_convention:
        return f"all {count} start with one of {counted(classes, 'label')} before the first dot"
    return f"all {count} give one of {counted(classes, 'label')} by the pattern {first.pattern.text}"


def arrange_found(tree: PictureTree, ways: Sequence[FoundLabels], root: Path) -> Arrangement:
    """Return the parts by the one pattern that was found. If it does not fit the test pictures, they are unlabelled.

    Raises:
        ConfigError: several patterns fit.
    """
    if len(ways) > 1:
        raise ask_which(
            f"{root}: the names of the pictures give labels in {len(ways)} ways.",
            [
                *(Choice(way.pattern.flag, classes_in_words(way.labels), _example(tree, way)) for way in ways),
                Choice("--layout picture-folder", "no labels"),
            ],
        )
    (way,) = ways
    known = set(way.labels)
    folders = _folders(tree)
    parts: dict[str, FoundPart] = {}
    notes: list[str] = []
    for part, names in folders.items():
        facts = list(way.pattern.read_all(names))
        labels = [each.label for each in facts if each is not None]
        # Names such as unknown.1.jpg also fit the pattern, but a label that only the test has is not a class.
        if part == "test" and (len(labels) < len(names) or not set(labels) <= known):
            parts[part] = FoundPart(names, None)
            notes.append(f"The names of the pictures in {_top(tree, names)} start with no label: they are unlabelled.")
        elif len(labels) < len(names):
            unfit = [name for name, each in zip(names, facts, strict=True) if each is None]
            raise DataError(
                f"{root}: the names of {counted(len(unfit), 'picture')} in {_top(tree, names)} are of another "
                f"kind than the others, such as {named(unfit[:3])}. Expected one kind; {FLAG} PATTERN says where the "
                "label is."
            )
        else:
            parts[part] = FoundPart(names, labels)
    return Arrangement(parts, why_found(ways), [_examples(way.pattern, parts), *notes])


def arrange_given(tree: PictureTree, pattern: NamePattern, root: Path) -> Arrangement:
    """Return the parts by a pattern that the user gave.

    Pictures that do not match are set aside; a test folder without any match is unlabelled.

    Raises:
        DataError: it matches less than half of the pictures, or its `split` is not the name of a part.
    """
    folders = {"all": list(tree.names)} if pattern.has_split else _folders(tree, any_depth=True)
    facts = {part: list(pattern.read_all(names)) for part, names in folders.items()}
    known = {each.label for part in folders if part != "test" for each in facts[part] if each is not None}
    # What follows no label may still fit, as `0000.jpg` fits the pattern of `0_12.jpg`.
    unlabelled = [
        part
        for part in folders
        if part == "test" and known.isdisjoint(each.label for each in facts[part] if each is not None)
    ]
    unfit = [
        name
        for part, names in folders.items()
        for name, each in zip(names, facts[part], strict=True)
        if each is None and part not in unlabelled
    ]
    asked = sum(len(names) for part, names in folders.items() if part not in unlabelled)
    if 2 * len(unfit) > asked or not asked:
        raise DataError(
            f"{root}: {pattern.flag} fits {asked - len(unfit):,} of {counted(asked, 'picture')}. It looks at "
            f"{'the path' if '/' in pattern.text else 'the file name'}, as in "
            f"{named([pattern.shown(name) for name in unfit[:3]])}. Expected a pattern that fits most of them."
        )
    parts: dict[str, FoundPart] = {}
    for part, names in folders.items():
        if part in unlabelled:
            parts[part] = FoundPart(names, None)
            continue
        fitting = [(name, each) for name, each in zip(names, facts[part], strict=True) if each is not None]
        for of_part, pairs in _by_split(fitting, pattern, root).items() if pattern.has_split else [(part, fitting)]:
            groups = [each.group for _, each in pairs] if pattern.has_group else None
            parts[of_part] = FoundPart([name for name, _ in pairs], [each.label for _, each in pairs], groups)
    if len(parts) == 1:
        parts = {"all": next(iter(parts.values()))}
    notes = [_examples(pattern, parts)]
    if unlabelled:
        fits = any(any(facts[part]) for part in unlabelled)
        how = (
            "gives no picture in the test folder a label of the others"
            if fits
            else "fits no picture in the test folder"
        )
        notes.append(f"The pattern {how}: these are unlabelled.")
    if unfit:
        many, verb = counted(len(unfit), "picture"), agree(len(unfit), "is", "are")
        notes.append(f"{many} that the pattern does not fit {verb} set aside: {named(unfit)}.")
    fitted = asked - len(unfit)
    why = f"{FLAG} says so, and its pattern {pattern.text} fits {fitted:,} of {counted(asked, 'picture')}"
    return Arrangement(parts, why, notes, dict.fromkeys(unfit, f"its name does not fit {FLAG}"))


def _folders(tree: PictureTree, *, any_depth: bool = False) -> dict[str, list[str]]:
    """Return the pictures by part: all in one folder, or in `train/` and other parts; otherwise empty.

    Args:
        any_depth: whether pictures in other folders are all one part.
    """
    tops = tree.tops
    folders = part_folders(tree)
    is_parted = "train" in folders and sum(map(len, folders.values())) == len(tops)
    if is_parted and all(len(names) == 1 for names in folders.values()):
        found = {part: tops[names[0]] for part, names in folders.items()}
        return found if len(found) > 1 else {"all": found["train"]}
    return {"all": list(tree.names)} if any_depth or list(tops) == [""] else {}


def _by_split(
    pairs: Sequence[tuple[str, NameFacts]], pattern: NamePattern, root: Path
) -> dict[str, list[tuple[str, NameFacts]]]:
    """Return the pictures by the part in their name, in the order train, val, test."""
    by_part: dict[str, list[tuple[str, NameFacts]]] = {part: [] for part in PART_ORDER}
    for name, facts in pairs:
        part = PART_FOLDERS.get((facts.split or "").lower())
        if part is None:
            raise DataError(
                f"{root}: {pattern.flag} takes '{facts.split or ''}' in '{name}' for the part that the picture belongs "
                "to. Expected train, val (or valid, validation) or test."
            )
        by_part[part].append((name, facts))
    return {part: found for part, found in by_part.items() if found}


def _examples(pattern: NamePattern, parts: dict[str, FoundPart]) -> str:
    """Return a note with five names and their labels, from as many classes as possible."""
    pairs = [
        (pattern.shown(name), label)
        for part in parts.values()
        for name, label in zip(part.names, part.classes or (), strict=False)
    ]
    first_of_class = {label: at for at, (_, label) in reversed(list(enumerate(pairs)))}
    chosen = sorted(first_of_class.values())[:_EXAMPLES]
    chosen = sorted({*chosen, *[at for at in range(len(pairs)) if at not in chosen][: _EXAMPLES - len(chosen)]})
    return f"The labels by name: {', '.join(f'{pairs[at][0]} -> {pairs[at][1]}' for at in chosen)}."


def _example(tree: PictureTree, way: FoundLabels) -> str:
    name = _folders(tree).get("train", tree.names)[0]
    return f"{name.rpartition('/')[2]} -> {way.labels[0]}"


def _top(tree: PictureTree, names: Sequence[str]) -> str:
    return f"{names[0][len(tree.base) :].partition('/')[0]}/"
