"""Tell which folders above or below the class hold the pictures of one person, take, sample or case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.layouts.folders.instances import instances
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.person_names import PERSON

_FEWEST_COUNTED = 5  # folders of persons that are only counted; fewer may be anything
FEWEST_ABOVE_CASE = 2  # folders of a picture: its class and its case
_SHARE_OF_EACH = 0.8  # of the pairs of a person and a class, that have pictures
DEEPEST = 4  # the deepest folder that is offered as the class
# A number that is too long for a class.
_LONG_NUMBER = re.compile(r"\d{4,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDNET = re.compile(r"n\d{8}.*")
_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
# The folder of one recording: a word for it and a number.
_TAKE = re.compile(
    r"(?:takes?|sessions?|sess?|seq(?:uence)?|clip|trial|run|visit|scan|video|vid|rec(?:ording)?|series)[\W_]*\d+",
    re.I,
)


def takes_of_people(names: Sequence[str], path: str, level: FolderLevel) -> Sequence[str]:
    """Return the folders that seem to be takes of each person, as `S005/001/` and `S005/002/`; empty for others.

    Counted from 1 with zeros in front, or with a word such as `session`, they hardly are classes; `8863/0/` and
    `8863/1/` may be.
    """
    if not isinstance(level.which, int) or level.which < 2:
        return []
    inside = [each for name in names if len(each := name[len(path) :].split("/")[:-1]) >= level.which]
    takes = sorted({each[level.which - 1] for each in inside})
    are_counted = all(map(str.isdecimal, takes)) and len(set(map(len, takes))) == 1 and takes[0].startswith("0")
    if len(takes) < 2 or not (all(map(_TAKE.fullmatch, takes)) or (are_counted and int(takes[0]) == 1)):
        return []
    above = [[each[number] for each in inside] for number in range(level.which - 1)]
    return takes if any(map(are_people, above)) else []


def number_of_cases(names: Sequence[str], path: str) -> int | None:
    """Return the number of the folder that is a case, as a patient or a slide, and begins the names in it; or None.

    `adenosis/SOB_B_A_14-22549AB/40X/SOB_B_A_14-22549AB-40-001.png` lies in the folder of a slide; the signs between the
    words may differ. The number in the name is no year, and the folder no class of ImageNet, such as `n01440764`.
    """
    if not names or min(names[0].count("/", len(path)), names[-1].count("/", len(path))) < FEWEST_ABOVE_CASE:
        return None
    split = [name[len(path) :].split("/") for name in names]
    for number in range(2, min(map(len, split), default=0)):  # not the outermost
        cases = {each[number - 1] for each in split}
        if (
            len(cases) > 1
            and all(map(_is_case, cases))
            and all(_with_one_sign(each[-1]).startswith(_with_one_sign(each[number - 1])) for each in split)
        ):
            return number
    return None


def _with_one_sign(name: str) -> str:
    """Return a name with one sign between words: the slide `SOB_B_A_14-2254` begins `SOB_B_A-14-2254-40-1.png`."""
    return _SIGNS.sub("_", name)


def _is_case(folder: str) -> bool:
    long = _LONG_NUMBER.search(folder)
    return long is not None and not _YEAR.fullmatch(long[0]) and not _WORDNET.fullmatch(folder)


def groups_by_folder(names: Sequence[str], path: str, level: FolderLevel) -> tuple[list[str | None], str] | None:
    """Return the person, take, sample or case of each picture, by a folder, and which of these it is; None if none is.

    Args:
        names: the names of the pictures.
        path: the folder below which folders are counted.
        level: the folder that is the class.
    """
    folders = [name[len(path) :].split("/")[:-1] for name in names]
    classes = classes_at(level, folders)
    for number in range(1, min(DEEPEST, max(map(len, folders), default=0)) + 1):
        found = [each[number - 1] if len(each) >= number else None for each in folders]
        present = [each for each in found if each is not None]
        if len(present) < len(folders) or len(set(present)) < 2 or present == classes:
            continue
        if are_people(present):
            return found, "person"
        if len(classes) == len(present) and are_takes(classes, present):
            return found, "take"
        if level.which not in ("path", number) and _are_counted_people(present, classes):
            return found, "person or take"
    for number, word in instances(names, path).items():
        of_these = [each[number - 1] if len(each) >= number else None for each in folders]
        if level.which != "path" and of_these != classes:
            depth = path.count("/") + number
            otherwise = f"to make it the class: {FolderLevel(number).flag}"
            found = ["/".join(name.split("/")[:depth]) if name.count("/") >= depth else None for name in names]
            return found, f"{word} ({otherwise})"
    case = number_of_cases(names, path) or _number_of_numbered(folders, classes, level)
    if case is not None and isinstance(level.which, int) and level.which < case:
        return [each[case - 1] for each in folders], "case"
    return None


def _number_of_numbered(folders: Sequence[Sequence[str]], classes: Sequence[str], level: FolderLevel) -> int | None:
    """Return the number of the first folder below the class that has a long number in each name; None if there is none.

    `LUAD/TCGA-05-4244/12_7.png` is a tile of one slide. Each folder lies in one class and holds several pictures, and
    each class has several.
    """
    if not isinstance(level.which, int) or len(classes) < len(folders):
        return None
    for number in range(level.which + 1, min(map(len, folders), default=0) + 1):
        cases = [each[number - 1] for each in folders]
        of_class = {*zip(classes, cases, strict=True)}
        is_shared_out = len(of_class) == len({*cases}) and 2 * len(of_class) <= len(folders)
        fewest = min(Counter(name for name, _ in of_class).values())
        if is_shared_out and fewest > 1 and all(map(_is_case, {*cases})):
            return number
    return None


def classes_at(level: FolderLevel, folders: Sequence[Sequence[str]]) -> list[str]:
    return [found for each in folders if (found := level.class_of(each)) is not None]


def are_people(classes: Sequence[str]) -> bool:
    """Return whether folders are named after patients and the like: a word for a person, or a long number."""
    distinct = set(classes)
    return len(distinct) > 1 and all(
        PERSON.fullmatch(name) or (_LONG_NUMBER.fullmatch(name) and not _YEAR.fullmatch(name)) for name in distinct
    )


def _are_counted_people(folders: Sequence[str], classes: Sequence[str]) -> bool:
    """Return whether folders are counted from 0 or 1 with zeros in front, and most hold most of the named classes.

    `00/01_palm/`, `00/02_fist/` … `09/01_palm/` are the takes of ten persons, who must not be in two parts.
    """
    distinct = set(folders)
    if len(distinct) < _FEWEST_COUNTED or not all(map(str.isdecimal, distinct)) or len({*map(len, distinct)}) > 1:
        return False
    numbers = sorted(map(int, distinct))
    if not min(distinct).startswith("0") or numbers[0] > 1 or numbers[-1] > 2 * len(numbers):
        return False
    named = {name for name in classes if _LETTER.search(name)}
    pairs = set(zip(folders, classes, strict=False))
    return len(named) > 1 and len(classes) == len(folders) and len(pairs) >= _SHARE_OF_EACH * len(distinct) * len(named)


def without_takes(choices: dict[FolderLevel, list[str]]) -> dict[FolderLevel, list[str]]:
    """Return the choices without folders that are takes of the classes above them."""
    kept: dict[FolderLevel, list[str]] = {}
    for level, classes in choices.items():
        if not any(len(above) == len(classes) and are_takes(above, classes) for above in kept.values()):
            kept[level] = classes
    return kept


def are_takes(above: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether folders are takes of the classes above: each has the name of its class and a number.

    A class without a letter, such as `78`, is in `781` by chance. So are those with a word for a take and a number that
    occurs once in all classes, as `Agouti/SEQ75583/`.
    """
    pairs = set(zip(above, below, strict=True))
    if len(pairs) <= len(set(above)):
        return False
    if len(pairs) == len(set(below)) and len(pairs) >= 2 * len(set(above)) and all(map(_TAKE.fullmatch, set(below))):
        return True
    return all(name.lower() in take.lower() and _LETTER.search(name) and _DIGIT.search(take) for name, take in pairs)
