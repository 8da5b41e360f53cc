"""Find the person of each picture in its name, or in a folder of its path, where only some pictures name one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from onelook.data.part import Part
from onelook.data.person_names import PERSON

# `UID_11_10_1_all.bmp` and `fold_2/all/UID_11_8_3_all.bmp` are cells of one patient; `UC_patient_7_3.bmp` has a word
# more in front.
PERSON_IN_NAME = re.compile(
    r"(?:.*/)?(?P<group>(?:(?:[a-z]+[_-](?=(?:patient|subject|person|participant|donor|volunteer)[_-]?\d))?"
    r"(?:uid|patient|pat|pt|subject|subj|sub|person|participant|donor|volunteer)[_-]?[a-z]?|s\d\d)"
    r"\d+)(?P<frame>[_-].+)\.\w+",
    re.I,
)
# `20586908_6c613a14b80a8591_MG_R_CC_ANON.dcm`: a patient without a name.
_HASH = re.compile(r"(?<![0-9a-z])[0-9a-f]{12,}(?![0-9a-z])", re.I)
_SHARE_WITH_LETTERS = 0.9  # of such numbers; a few have none by chance, and a time has none at all
_FEWEST_OF_HASH = 1.5  # pictures of one, on average; a picture of its own has one of its own
_SAMPLE = 200  # names that are looked at first
_FEWEST_NAMED = 0.05  # of the pictures of a part; fewer names are by chance


def find_person_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return how names or folders tell the persons on at least some pictures; None if they do not.

    In the chest X-rays, `person1_bacteria_1.jpeg` is ill, and the names of those who are well have other numbers. In
    `patient00012/study1/view1.jpg` a folder is the patient. A long hexadecimal number in every name, of which several
    pictures have the same one, is a patient too.
    """
    step = max(1, len(pool.ids) // _SAMPLE)
    for rule in (_person_in_name, _person_in_folders, _hash_in_name):
        if not any(map(rule, pool.ids[::step])):
            continue
        persons = [rule(each) for each in pool.ids]
        if rule is _hash_in_name and not _are_hashes(persons):
            continue
        if _are_persons(persons, pool):
            return rule
    return None


def _are_persons(persons: Sequence[str | None], pool: Part) -> bool:
    """Return whether some persons have several pictures, and no class is one person."""
    known = [person for person in persons if person]
    if len(known) == len(set(known)) or len(known) < _FEWEST_NAMED * len(persons):
        return False
    labels = [] if pool.labels is None else pool.labels.tolist()
    of_class: dict[int, set[str | None]] = {}
    for person, label in zip(persons, labels, strict=True):
        of_class.setdefault(label, set()).add(person)
    return not _is_a_class(of_class)


def _is_a_class(of_class: Mapping[int, set[str | None]]) -> bool:
    """Return whether half of the classes with persons, or more, have one person alone: that person is the class."""
    with_persons = [found for found in of_class.values() if found != {None}]
    return 2 * sum(len(found) == 1 for found in with_persons) >= len(with_persons)


def _person_in_name(name: str) -> str | None:
    match = PERSON_IN_NAME.fullmatch(name)
    return match["group"] if match else None


def _are_hashes(found: Sequence[str | None]) -> bool:
    """Return whether all pictures have a hexadecimal number, most with letters and digits, and share them."""
    distinct = {each for each in found if each is not None}
    mixed = sum(not each.isdecimal() and not each.isalpha() for each in distinct)
    are_shared = None not in found and len(found) >= _FEWEST_OF_HASH * len(distinct)
    return are_shared and mixed >= _SHARE_WITH_LETTERS * len(distinct)


def _hash_in_name(name: str) -> str | None:
    file = name.rpartition("/")[2]
    found = _HASH.findall(file)
    is_whole = len(found) == 1 and file.partition(".")[0] == found[0]  # then it is the picture's own
    return found[0] if len(found) == 1 and not is_whole else None


def _person_in_folders(name: str) -> str | None:
    return next((folder for folder in name.split("/")[:-1] if PERSON.fullmatch(folder)), None)
