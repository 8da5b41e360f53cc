"""The names of the parts of a data set, the usual words for them, and the choice of the training part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from unicodedata import normalize

from onelook.data.part_words import NUMBERED_SHARES, PART_WORDS, part_in_other_words, plain_words, words_in

PART_ORDER = ("train", "val", "test")
# Where pictures are only predicted: those to which a table gives a label already, and those that no table lists.
LABELLED, UNLISTED = "labelled", "unlisted"

# The usual names of the folders, files and splits of each part, in lower case.
PART_FOLDERS: Mapping[str, str] = {
    "train": "train",
    "training": "train",
    "training_set": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "validation_set": "val",
    "test": "test",
    "testing": "test",
    "test_set": "test",
    "test1": "test",  # Kaggle's Dogs vs. Cats
    "train_images": "train",
    "val_images": "val",
    "test_images": "test",
}

# Names that mean a part only beside training pictures: the parts that each may be, the first that is free.
_WEAK_FOLDERS: Mapping[str, tuple[str, ...]] = {
    "dev": ("val", "test"),
    "evaluation": ("test", "val"),
    "eval": ("test", "val"),
    "holdout": ("test", "val"),
}
# Further words for a part in the cells of a column of parts.
_CELL_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("trainval", "train_val", "train+val", "tr", "trn"), "train"),
    **dict.fromkeys(("va", "vl", "vld"), "val"),
    **dict.fromkeys(("te", "tst"), "test"),
}
_FOR_TRAINING = frozenset({"dev", "devel", "development", "design", "derivation", "discovery", "learn", "learning"})
_ENUMERATED = re.compile(r"^\(?(?:(?:\d{1,2}|[A-Za-z])[.)]|\d{1,2}[_ -]) *(?=\w)")  # `a. Training Set`, `1_train`
# Folders that a program or a report writes.
_OUTPUT = re.compile(
    r"(?:output|result|plot|figure|fig|screenshot|log|checkpoint|doc|asset|report|prediction|visuali[sz]ation)s?", re.I
)
_FOR_PICTURES = frozenset({"images", "image", "imgs", "img", "photos", "pictures", "data", "dataset", "set", "folder"})
_STAGES = frozenset({"stage", "stg", "phase", "round"})
_LETTERED = re.compile(r"[a-d]|\d{1,2}")  # `TestA/` and `TestB/`, `test_1/` and `test_2/`
_TO_PREDICT = frozenset({"pred", "predict", "prediction", "predictions", "inference", "unlabeled", "unlabelled"})
# Folders of pictures that their owner has not sorted yet, without accents; `other` and `unknown` may be classes.
_UNSORTED = frozenset(
    (
        *(
            "unsorted",
            "not sorted",
            "to sort",
            "to be sorted",
            "to do",
            "todo",
            "to label",
            "not labeled",
            "not labelled",
        ),
        *(
            "a trier",
            "non trie",
            "non tries",
            "non triees",
            "unsortiert",
            "nicht sortiert",
            "zu sortieren",
            "sin clasificar",
        ),
        *(
            "sin ordenar",
            "por clasificar",
            "por ordenar",
            "da ordinare",
            "non ordinate",
            "da classificare",
            "a classificar",
        ),
        *("por ordenar", "ongesorteerd", "nesortovane", "не разобрано", "неразобранное", "несортированные", "未分类"),
        *("未分類", "未整理", "未标注", "未標註", "待分类", "待分類", "미분류", "미정리", "분류전", "분류 전"),
    )
)
_LABELLED_FOLDERS = frozenset({"labeled", "labelled", "annotated"})
_SAMPLE_WORDS = frozenset(("sample", "samples", "simple", "demo", "tiny", "mini", "subset", "example", "examples"))


def parts_among(names: Iterable[str]) -> dict[str, str]:
    """Return the part that each of these sibling folders means; folders that mean none are left out.

    A part's own name, such as `train`, always means it. A name that only contains such a word means it if a sibling has
    the same form for another part: `seg_train` beside `seg_test`. But `train station` may be a class.

    Example:
        >>> parts_among(["seg_train", "seg_test", "seg_pred"])
        {'seg_train': 'train', 'seg_test': 'test'}
        >>> parts_among(["train station", "test tube"])
        {}
        >>> parts_among(["a. Training Set", "b. Testing Set"])
        {'a. Training Set': 'train', 'b. Testing Set': 'test'}
        >>> parts_among(["01_train", "02_val", "03_test"])
        {'01_train': 'train', '02_val': 'val', '03_test': 'test'}
        >>> parts_among(["training", "validation", "evaluation"])
        {'training': 'train', 'validation': 'val', 'evaluation': 'test'}
        >>> parts_among(["train_more", "val_more", "test"])
        {'train_more': 'train', 'val_more': 'val', 'test': 'test'}
        >>> parts_among(["trainSet", "testSet", "trainSample", "testSample"])
        {'trainSet': 'train', 'testSet': 'test'}
        >>> parts_among(["train", "testset"]), parts_among(["train", "test tube"])
        ({'train': 'train', 'testset': 'test'}, {'train': 'train'})
        >>> parts_among(["train", "test_stg1"])
        {'train': 'train', 'test_stg1': 'test'}
        >>> parts_among(["Train", "TestA", "TestB"])
        {'Train': 'train', 'TestA': 'test', 'TestB': 'test'}
        >>> parts_among(["训练集", "测试集"]), parts_among(["Entraînement", "Validation"])
        ({'训练集': 'train', '测试集': 'test'}, {'Entraînement': 'train', 'Validation': 'val'})
        >>> parts_among(["labeled", "unlabeled", "test"])
        {'labeled': 'train', 'test': 'test'}
        >>> parts_among(["cells_train_data", "cells_test_final_data"])
        {'cells_train_data': 'train', 'cells_test_final_data': 'test'}
        >>> parts_among(["test_set", "train_and_validation_sets"]), parts_among(["test", "trainval"])
        ({'test_set': 'test', 'train_and_validation_sets': 'train'}, {'test': 'test', 'trainval': 'train'})
    """
    names = list(names)
    found = {name: PART_FOLDERS[name.lower()] for name in names if name.lower() in PART_FOLDERS}
    if {*found.values()} == {"test"} and len(both := [*filter(_means_train_and_val, names)]) == 1:
        found[both[0]] = "train"
    if "train" in found.values():
        others = {name: part for name in names if name not in found and (part := part_in_other_words(name))}
        found |= {name: part for name, part in others.items() if part not in found.values()}
        found |= {name: part for name, part in _parts_alone(names) if name not in found and part not in found.values()}
        return found | _weak_parts(names, found)
    alike = _parts_of_one_form(names) or _numbered_parts(names)
    labelled = [name for name in names if name.lower() in _LABELLED_FOLDERS]
    if len(labelled) == 1 and any(map(names_to_predict, names)):  # `labeled/` beside `unlabeled/`
        found[labelled[0]] = "train"
    return {name: part for name in names if (part := {**alike, **found}.get(name))}


def _parts_alone(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names of nothing but a word for a part and words for pictures, as `test_data`, with the part.

    The name may also have the stage of a competition, as `test_stg1`, or the letter or number of a test, as `TestA`.
    """
    found = [(name, part, plain_words(rest)) for name in names for part, rest in [part_and_rest(name)] if part]
    staged = _FOR_PICTURES | _STAGES
    return [
        (name, part)
        for name, part, words in found
        if {*words} <= _FOR_PICTURES
        or ({*words} & _STAGES and all(word in staged or word.isdecimal() for word in words))
        or (part == "test" and len(words) == 1 and _LETTERED.fullmatch(words[0]))
    ]


def _means_train_and_val(name: str) -> bool:
    """Return whether a name has words for training and validation, as `trainval` and `train_and_validation`."""
    words = plain_words(name)
    return "trainval" in words or {PART_WORDS[word] for word in words if word in PART_WORDS} == {"train", "val"}


def _parts_of_one_form(names: Iterable[str]) -> dict[str, str]:
    """Return the part of each name that has a word for one, and is otherwise like the name of a training part."""
    by_rest: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for name in names:
        words = plain_words(_ENUMERATED.sub("", name))
        if sum(word in PART_WORDS for word in words) == 1:
            rest = tuple(word for word in words if word not in PART_WORDS)
            by_rest[rest][name] = next(PART_WORDS[word] for word in words if word in PART_WORDS)
    found: dict[str, str] = {}
    for siblings in by_rest.values():
        if "train" in siblings.values() and len(set(siblings.values())) > 1:
            found |= siblings
    of_train = [rest for rest, siblings in by_rest.items() if "train" in siblings.values()]
    found = _without_samples(found)
    if found or len(of_train) != 1 or not of_train[0]:
        return found
    (base,) = of_train
    wider = [siblings for rest, siblings in by_rest.items() if set(base) <= set(rest)]  # with a word more
    return {name: part for siblings in wider for name, part in siblings.items()} if len(wider) > 1 else {}


def _numbered_parts(names: Iterable[str]) -> dict[str, str]:
    """Return the part of each name that has a word for one, if they differ in numbers and shares alone.

    Example:
        >>> _numbered_parts(["round1_train_part1", "round1_train_part2", "round1_test_a_2018", "more"])
        {'round1_train_part1': 'train', 'round1_train_part2': 'train', 'round1_test_a_2018': 'test'}
    """
    found = {name: part for name in names if (part := part_and_rest(name)[0])}
    rests = {_without_numbers(name) for name in found}
    return found if len(rests) == 1 and {"train"} < {*found.values()} else {}


def are_numbered(names: Iterable[str]) -> bool:
    """Return whether names of one part differ in numbers and shares alone, as `train_part1` and `train_part2`.

    Example:
        >>> are_numbered(["train_part1", "train_part2"]), are_numbered(["train", "training"])
        (True, False)
    """
    names = list(names)
    return len({_without_numbers(name) for name in names}) == 1 and all(
        any(word.isdecimal() for word in plain_words(name)) for name in names
    )


def _without_numbers(name: str) -> tuple[str, ...]:
    """Return the words of a name without a word for a part, numbers, single letters and words for a share."""
    return tuple(
        word
        for word in plain_words(name)
        if word not in PART_WORDS and word not in NUMBERED_SHARES and not word.isdecimal() and len(word) > 1
    )


def _without_samples(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the parts without folders called like a sample of another one: `trainSample` beside `trainSet`."""
    whole = {part for name, part in parts.items() if not names_a_sample(name)}
    return {name: part for name, part in parts.items() if part not in whole or not names_a_sample(name)}


def part_and_rest(name: str) -> tuple[str | None, str]:
    """Return the part that the one word for a part in a name means, and the name without it.

    Example:
        >>> part_and_rest("cats_train"), part_and_rest("validation-horse-or-human"), part_and_rest("cats")
        (('train', 'cats'), ('val', 'horse-or-human'), (None, 'cats'))
        >>> part_and_rest("simpson_testset")
        ('test', 'simpson')
    """
    found = [word for word in words_in(name) if word.text in PART_WORDS]
    if len(found) != 1:
        return None, name
    name = name if name.isascii() else normalize("NFC", name)
    rest = name[: found[0].start].rstrip(" _-.") + name[found[0].end :]
    return PART_WORDS[found[0].text], rest.strip(" _-.")


def parts_of_words(words: Iterable[str]) -> dict[str, str]:
    """Return the part that each word in a column of parts means; words that mean none are left out.

    Example:
        >>> parts_of_words(["trainval", "test", "extra"])
        {'trainval': 'train', 'test': 'test'}
        >>> parts_of_words(["Training", "PublicTest", "PrivateTest"])
        {'Training': 'train', 'PublicTest': 'val', 'PrivateTest': 'test'}
        >>> parts_of_words(["development", "test"])
        {'test': 'test', 'development': 'train'}
        >>> parts_of_words(["train_seen", "test_seen", "test_unseen"])
        {'train_seen': 'train', 'test_seen': 'test', 'test_unseen': 'test'}
    """
    words = list(words)
    folded = {word.lower() for word in words}
    means = {**_CELL_WORDS, "publictest": "val" if "privatetest" in folded else "test", "privatetest": "test"}
    found: dict[str, str] = {}
    for word in words:
        plain = word.lower()
        inside = {PART_WORDS[each] for each in plain_words(word) if each in PART_WORDS}
        part = PART_FOLDERS.get(plain) or means.get(plain) or (inside.pop() if len(inside) == 1 else None)
        if part is not None:
            found[word] = part
    if "train" not in found.values():  # `development` is what is not the test
        found |= {word: "train" for word in words if word.lower() in _FOR_TRAINING and word not in found}
    return found | _weak_parts([word for word in words if word not in found], found)


def part_of(name: str) -> str | None:
    """Return the part that is called so, in any language; None for other names.

    Example:
        >>> part_of("Valid"), part_of("검증"), part_of("seg_train")
        ('val', 'val', None)
    """
    return PART_FOLDERS.get(name.lower()) or part_in_other_words(name)


def names_outputs(folder: str) -> bool:
    """Return whether a folder is called as what programs write, such as `plots`.

    Example:
        >>> names_outputs("Figures"), names_outputs("results"), names_outputs("logos")
        (True, True, False)
    """
    return _OUTPUT.fullmatch(folder) is not None


def names_to_predict(folder: str) -> bool:
    """Return whether a folder is called after pictures without labels: `pred`, `unlabeled`, `images to predict`.

    Example:
        >>> names_to_predict("seg_pred"), names_to_predict("Unlabelled"), names_to_predict("predator")
        (True, True, False)
        >>> names_to_predict("à trier"), names_to_predict("00_to-sort"), names_to_predict("other")
        (True, True, False)
    """
    return not _TO_PREDICT.isdisjoint(plain_words(folder)) or names_unsorted(folder)


def names_unsorted(folder: str) -> bool:
    """Return whether a folder is called after pictures that are still to be sorted.

    Example:
        >>> names_unsorted("00_To-Sort"), names_unsorted("sorted")
        (True, False)
    """
    return " ".join(word for word in plain_words(folder) if not word.isdecimal()) in _UNSORTED


def names_a_sample(folder: str) -> bool:
    """Return whether a folder beside a part is called like a few of its pictures, as `train_sample` is.

    Example:
        >>> names_a_sample("trainingSample"), names_a_sample("TEST_SIMPLE"), names_a_sample("train_another")
        (True, True, False)
    """
    return any(word in _SAMPLE_WORDS for word in plain_words(folder))


def names_a_part(name: str) -> bool:
    """Return whether a word of a name means a part, as in `training-a`.

    Example:
        >>> names_a_part("training-a"), names_a_part("trains")
        (True, False)
    """
    return any(word in PART_WORDS for word in plain_words(name))


def _weak_parts(names: Iterable[str], found: Mapping[str, str]) -> dict[str, str]:
    """Return the part that names such as `evaluation` mean beside `train`, if no other folder is that part."""
    weak: dict[str, str] = {}
    for name in names if "train" in found.values() else ():
        taken = {*found.values(), *weak.values()}
        free = [part for part in _WEAK_FOLDERS.get(name.lower(), ()) if part not in taken]
        if free:
            weak[name] = free[0]
    return weak


def pool_name(parts: Container[str]) -> str | None:
    """Return the training part: `train`, or `all` if the data has no parts; None if there is neither.

    Example:
        >>> pool_name({"train", "test"}), pool_name({"all"}), pool_name({"val", "test"})
        ('train', 'all', None)
    """
    return next((name for name in ("train", "all") if name in parts), None)
