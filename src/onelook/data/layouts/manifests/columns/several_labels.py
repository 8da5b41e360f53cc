"""Recognise labels that are lists: several in one cell, where a classifier gives each picture only one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from onelook.wording import agree, counted, named

_LIST = re.compile(r"[\[({].*[\])}]")
_SIGNS = ("|", ";", ",")
# Words of a phrase, as `No Lung Opacity / Not Normal`; a list of labels between blanks has none of them.
_OF_PHRASES = frozenset({"no", "not", "/", "-", "and", "or", "of", "the", "with", "without"})
# Names of columns that mean more than one label.
_PLURAL = re.compile(
    r"(?:tags|labels|classes|attributes|findings|categories|targets|genres?|keywords|annotations)$", re.I
)
_HOW_TO_GO_ON = (
    "onelook gives each picture one class. Choose one label a picture, or make a column of 0 and 1 for one label, and "
    "name it with --label-column; or take a tool for several labels a picture (multi-label)."
)


def several_in_words(name: str, cells: Sequence[str]) -> str:
    """Return the sentence on a column with several labels per picture; empty if it has one per picture.

    Example:
        >>> several_in_words("tags", ["haze primary", "clear primary", "clear"])[:56]
        "The column 'tags' holds several labels a picture (a list"
        >>> several_in_words("breed", ["golden retriever", "labrador retriever", "poodle"])
        ''
    """
    values = list(Counter(cells))
    found = _lists_among(name, values)
    lists = [value for value in values if value in found]
    if not lists:
        return ""
    labels = dict.fromkeys(label for value in values for label in (_split(value) if value in found else [value]))
    return (
        f"The column '{name}' holds several labels a picture (a list in a cell), such as {named(lists[:3])}: "
        f"{counted(len(labels), 'label')} in {counted(len(values), 'combination')}. {_HOW_TO_GO_ON}"
    )


def several_ones_in_words(columns: Sequence[str], no: str = "0") -> str:
    """Return the sentence on rows of 0 and 1, or of -1 and 1, that give a picture several labels, or none.

    Args:
        no: the value of the columns that are not meant.
    """
    return (
        f"The columns {named(columns)} hold {no} and 1, and some picture has several 1, or none: "
        f"more labels than the one that a classifier gives (several labels a picture). {_HOW_TO_GO_ON}"
    )


def several_crosses_in_words(columns: Sequence[str], mark: str) -> str:
    """Return the sentence on rows with crosses, or words for yes, in several columns."""
    return (
        f"The columns {named(columns)} hold '{mark}', and some picture has it in several of them: more labels than the "
        f"one that a classifier gives (several labels a picture). {_HOW_TO_GO_ON}"
    )


def several_boxes_in_words(table: str, column: str, several: int, pictures: int, what: tuple[str, str]) -> str:
    """Return the sentence that says that the boxes, or outlines, of a picture give it several labels."""
    one, many = what
    return (
        f"{table} has a row for each {one} in a picture, and {several:,} of {counted(pictures, 'picture')} have "
        f"{many} of several classes in the column '{column}' (several labels a picture). {_HOW_TO_GO_ON}"
    )


def boxes_alone_in_words(table: str, one: str, many: str) -> str:
    """Return the sentence that says that a table holds boxes, or outlines, and no class."""
    task = "segmentation" if one == "outline" else "object detection"
    return (
        f"{table} has a row for each {one} in a picture, and no class ({task}): not one class a picture, which is what "
        f"onelook learns. Cut the {many} out into a folder for each class, or take a tool for {task}."
    )


def classes_of_boxes_in_words(table: str, reason: str) -> str:
    """Return the sentence that says that several labels of a picture are those of the boxes in it.

    Args:
        reason: the sentence on the column that has several labels a picture.
    """
    gives = agree(1 + table.count(" and "), "gives", "give")
    return (
        f"{table} {gives} boxes in the pictures (object detection), not one class a picture, which is what onelook "
        "learns: cut the boxes out into a folder for each class, or take a tool for detection. "
        f"{reason.removesuffix(_HOW_TO_GO_ON).rstrip()}"
    )


def several_categories_in_words(table: str, column: str, several: int, pictures: int, *, are_boxes: bool) -> str:
    """Return the sentence that says that pictures have objects, or tags, of several categories."""
    have = f"{several:,} of {counted(pictures, 'picture')} in {table} have several categories in '{column}'"
    return f"{have}{' by the boxes in them' if are_boxes else ''} (several labels a picture). {_HOW_TO_GO_ON}"


def several_rows_in_words(table: str, column: str, several: int, pictures: int) -> str:
    """Return the sentence that says that the rows of a picture give it several labels, and are not opinions on one."""
    return (
        f"{table} has a row for each label of a picture: {several:,} of {counted(pictures, 'picture')} have several in "
        f"the column '{column}', each once (several labels a picture). {_HOW_TO_GO_ON}"
    )


def rows_of_kinds_in_words(table: str, column: str, kinds: Collection[str | None]) -> str:
    """Return the sentence that says that a picture has a row for each of several kinds, with yes or no in it."""
    shown = named(sorted({kind for kind in kinds if kind}), most=3)
    return (
        f"{table} has a row for each picture and each of the values {shown} of '{column}' (several labels a picture). "
        f"{_HOW_TO_GO_ON} If they are people who judged, call that column 'rater'."
    )


def _lists_among(name: str, values: Sequence[str]) -> frozenset[str]:
    if len(values) > 1 and any(_LIST.fullmatch(value) for value in values):
        lists = [value for value in values if _LIST.fullmatch(value) and len(_split(value)) > 1]
        return frozenset(lists)
    for sign in _SIGNS:
        lists = [value for value in values if sign in value]
        if lists and _recombine(lists, values, sign, is_plural=bool(_PLURAL.search(name))):
            return frozenset(lists)
    lists = [value for value in values if len(value.split()) > 1]
    if not lists:
        return frozenset()
    if all(word.lstrip("-").isdecimal() for value in values for word in value.split()):  # `16 0`: numbers of classes
        return frozenset(lists)
    if not _OF_PHRASES.isdisjoint(word.casefold() for value in values for word in value.split()):
        return frozenset()
    return frozenset(lists) if _words_recombine(name, lists, values) else frozenset()


def _recombine(lists: Sequence[str], values: Sequence[str], sign: str, *, is_plural: bool) -> bool:
    """Return whether the values between the separators occur again, alone or in another list."""
    times: Counter[str] = Counter()
    alone = {value for value in values if value not in lists}
    for value in values:
        times.update({part.strip() for part in value.split(sign)})
    again = [value for value in lists if all(times[part.strip()] > 1 for part in value.split(sign))]
    if any(all(part.strip() in alone for part in value.split(sign)) for value in lists):
        return True  # each label of a list is also the only one of another picture
    some = [value for value in lists if any(times[part.strip()] > 1 for part in value.split(sign))]
    return len(again) > 1 or (bool(some) and (is_plural or sign == "|"))


def _words_recombine(name: str, lists: Sequence[str], values: Sequence[str]) -> bool:
    """Return whether words form lists and not names: they also occur alone, or at different positions.

    `golden retriever` and `labrador retriever` share a word at the same position, so they are names.
    """
    alone = {value for value in values if value not in lists}
    of_alone = [value for value in lists if set(value.split()) <= alone]
    is_plural = bool(_PLURAL.search(name))
    if len(of_alone) > 1 or 2 * len(of_alone) > len(lists) or (of_alone and is_plural):
        return True
    places: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for value in values:
        words = value.split()
        for at, word in enumerate(words):
            places[word].add((at, len(words) - at))
    moving = [
        word
        for word, found in places.items()
        if len({first for first, _ in found}) > 1 and len({last for _, last in found}) > 1 and len(word) > 2
    ]
    # The last word of a phrase is its noun: `left PTB`, `right upper PTB`.
    shared = [word for word, found in places.items() if len(found) > 1 and {last for _, last in found} != {1}]
    return len(moving) > 1 or (is_plural and bool(moving or shared))


def _split(value: str) -> list[str]:
    inner = value.strip("[](){}")
    for sign in _SIGNS:
        if sign in inner:
            return [part.strip(" '\"") for part in inner.split(sign) if part.strip(" '\"")]
    return inner.split()
