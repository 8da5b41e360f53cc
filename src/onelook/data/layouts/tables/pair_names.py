"""Pair pictures and labels by the names of their files: read each name, and find names that belong together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

_PARTS: Mapping[str, str] = {
    **dict.fromkeys(("train", "training", "tr", "tra"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "te", "tes", "t10k"), "test"),
}
PART_ORDER = ("all", "train", "val", "test")
_PICTURES = frozenset({"images", "image", "imgs", "img", "pictures", "pixels", "photos", "patterns"})
_LABELS = frozenset({"labels", "label", "lbl", "lbls", "target", "targets", "gnd", "ans"})
# Words with other meanings too: if a name also has one of the words above, that word decides.
_WEAK_PICTURES = frozenset({"x", "data", "fea", "inputs", "samples"})
_WEAK_LABELS = frozenset({"y"})
# 32x32, 60k x 784: a size; its x does not mean an array.
_SIZE = re.compile(r"\d+k?\s*[x×]\s*\d+", re.IGNORECASE)
_GLUED = re.compile(r"(?P<a>[xy])(?P<b>train|val|valid|test)|(?P<c>train|val|valid|test)(?P<d>[xy])", re.IGNORECASE)
# `trainX` and `csvTrainImages` change case between words.
_WORD = re.compile(r"t10k|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


class ArrayKind(Enum):
    """The content of an array or a table, by its name."""

    PICTURES = auto()
    LABELS = auto()


@dataclass(frozen=True)
class PairName:
    """The meaning of a name.

    Attributes:
        kind: None if the name does not show it.
        part: `train`, `val` or `test`; `all` if the name has none.
        words: the other words, in lower case, which name the data set.
    """

    kind: ArrayKind | None
    part: str
    words: tuple[str, ...]


@dataclass
class NamedPair:
    """The names of pictures and labels of one part. There should be one of each."""

    pictures: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def read_name(name: str) -> PairName:
    """Return the meaning of the name of a file or an array without its suffix.

    Example:
        >>> read_name("k49-train-imgs").part, read_name("train_32x32").kind, read_name("testY").kind
        ('train', None, <ArrayKind.LABELS: 2>)
    """
    words = [word.lower() for word in _WORD.findall(_SIZE.sub(" ", name))]
    words = [part for word in words for part in (_unglued(word))]
    part = next((_PARTS[word] for word in words if word in _PARTS), "all")
    rest = [word for word in words if word not in _PARTS]
    kinds = _LABELS | _PICTURES | _WEAK_PICTURES | _WEAK_LABELS
    return PairName(_kind(rest), part, tuple(word for word in rest if word not in kinds))


def pair_names(names: Iterable[str], read_one: Callable[[str], PairName] = read_name) -> list[dict[str, NamedPair]]:
    """Return the data sets that the names make: for each, its parts with the names of pictures and labels.

    A data set needs pictures and labels. Names of pictures need no special word if the labels have the same name and
    one more word (`faces`, `faces_target`). Names that belong to no data set are left out.

    Example:
        >>> (found,) = pair_names(["k49-train-imgs", "k49-train-labels", "k49_classmap"])
        >>> found["train"]
        NamedPair(pictures=['k49-train-imgs'], labels=['k49-train-labels'])
    """
    read = {name: read_one(name) for name in names}
    labelled = {(each.part, each.words) for each in read.values() if each.kind is ArrayKind.LABELS}
    # Without other words, `train` beside `train_labels` may also be an array of the class `train`.
    kinds = {
        name: ArrayKind.PICTURES
        if each.kind is None
        and ((each.part, each.words) in labelled or (each.part, _without_numbers(each.words)) in labelled)
        and (each.words or each.part != "all")
        else each.kind
        for name, each in read.items()
    }
    known = [name for name, kind in kinds.items() if kind is not None]
    together = _by_part(known, read, kinds)
    if all(len(pair.pictures) <= 1 and len(pair.labels) <= 1 for pair in together.values()):
        sets = [together]  # regardless of the other words: `images 60k x 784` and `labels 60k x 1`
    else:
        words = dict.fromkeys(read[name].words for name in known)
        sets = [_by_part([name for name in known if read[name].words == each], read, kinds) for each in words]
    complete = [{part: pair for part, pair in found.items() if pair.pictures and pair.labels} for found in sets]
    return [found for found in complete if found]


def _without_numbers(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without sizes: `ARDIS_train_2828` has the labels of `ARDIS_train_labels`."""
    return tuple(word for word in words if not word.isdecimal())


def _by_part(
    names: Iterable[str], read: Mapping[str, PairName], kinds: Mapping[str, ArrayKind | None]
) -> dict[str, NamedPair]:
    found: dict[str, NamedPair] = {part: NamedPair() for part in PART_ORDER}
    for name in names:
        pair = found[read[name].part]
        (pair.pictures if kinds[name] is ArrayKind.PICTURES else pair.labels).append(name)
    return {part: pair for part, pair in found.items() if pair.pictures or pair.labels}


def _kind(words: list[str]) -> ArrayKind | None:
    for labels, pictures in ((_LABELS, _PICTURES), (_WEAK_LABELS, _WEAK_PICTURES)):
        if not labels.isdisjoint(words):
            return ArrayKind.LABELS
        if not pictures.isdisjoint(words):
            return ArrayKind.PICTURES
    return None


def _unglued(word: str) -> list[str]:
    """Split `xtrain` into two words."""
    match = _GLUED.fullmatch(word)
    return [each for each in match.groups() if each] if match else [word]
