"""The search for labels in file names: patterns that fit all names and give a sensible set of classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onelook.data.layouts.label_from import NamePattern

# What stands between words, and a running number with it: `_001`, ` 3`, `(3)`.
_GAP = r"[\s._-]+"
_RUNNING = r"(?:[\s._-]+\d+|[\s._-]*\(\d+\))+"

# `cat.1.jpg`: what Kaggle's Dogs vs. Cats made a convention, which numbers may follow too.
BEFORE_FIRST_DOT = r"^(?P<label>[^.]+)\..*\.\w+$"
# Labels of any number of words, beside a number.
_BESIDE_NUMBERS = (
    rf"^(?:\(?\d+\)?{_GAP})+(?P<label>.+?){_RUNNING}\.\w+$",  # 12_cat_001.jpg
    rf"^(?P<label>.+?){_RUNNING}\.\w+$",  # golden_retriever_001.jpg, cat (3).jpg, n01440764_10026.JPEG
    r"^(?P<label>\D*[^\W\d_])\d+\.\w+$",  # cat001.jpg
    rf"^(?:\(?\d+\)?{_GAP})+(?P<label>.+)\.\w+$",  # 001-cat.jpg
)
# … beside a word that nearly every picture has for itself: a_golden_retriever, golden_retriever_3f2a.
_BESIDE_IDS = (rf"^(?P<label>.+){_GAP}[^\s._-]+\.\w+$", rf"^[^\s._-]+{_GAP}(?P<label>.+)\.\w+$")
# What says the same in fewer signs where names are plain; a person may have to read it, and change it.
_PLAIN = (
    *(r"^(?P<label>.+)_\d+\.", r"^(?P<label>.+)-\d+\.", r"^(?P<label>.+)\s\d+\.", r"^(?P<label>.+)\s\(\d+\)\."),
    *(
        r"^\d+_(?P<label>.+)\.",
        r"^\d+-(?P<label>.+)\.",
        r"^\d+\.(?P<label>.+)\.",
        r"^(?P<label>.+)_",
        r"^(?P<label>.+)-",
    ),
    *(r"^(?P<label>[^_]+)_", r"^(?P<label>[^-]+)-", r"^[^_]+_(?P<label>[^_]+)_", r"^[^-]+-(?P<label>[^-]+)-"),
    *(r"_(?P<label>[^_]+)\.\w+$", r"-(?P<label>[^-]+)\.\w+$"),
)
_WORDS = re.compile(r"[^\s._()-]+")

# More labels than this are no classes but names of pictures.
_MOST_CLASSES = 1_000
_MOST_WORDS = 8  # in a name, each of which may be the label
# Looked at first, evenly spread: most folders show in a few names that no pattern fits.
_SAMPLE = 1_000
# What cameras, programs and people put in front of every picture: never the class.
_NO_LABELS = frozenset(
    (
        *("img", "image", "images", "im", "dsc", "dscn", "dscf", "pic", "picture", "photo", "pxl", "mvimg", "gopr"),
        *("vid", "p", "frame", "page", "scan", "file", "sample", "screenshot", "snapshot", "untitled", "copy"),
        *("train", "training", "val", "valid", "validation", "test", "testing", "unknown"),
    )
)


@dataclass(frozen=True)
class FoundLabels:
    """A pattern that fits all names, and the label of each."""

    pattern: NamePattern
    labels: Sequence[str]

    @property
    def is_convention(self) -> bool:
        """Whether it is the usual convention, and not a pattern that we found ourselves."""
        return self.pattern.text == BEFORE_FIRST_DOT


def find_labels(names: Sequence[str]) -> list[FoundLabels]:
    """Return every way to read labels from all of these file names. Ways with the same classes count as one.

    Args:
        names: paths; their folders are not looked at.

    Example:
        >>> (found,) = find_labels(["cat_1.jpg", "cat_2.jpg", "IMG_dog (3).jpg", "IMG_dog (4).jpg"])
        >>> found.labels
        ['cat', 'cat', 'IMG_dog', 'IMG_dog']
    """
    files = [name.rpartition("/")[2] for name in names]
    found: dict[tuple[int, ...], FoundLabels] = {}
    for text in _candidates(files):
        labels = _labels(text, files)
        if labels is None or not _is_sensible(labels, may_be_numbers=text == BEFORE_FIRST_DOT):
            continue
        if text in _BESIDE_IDS and not _are_ids(files, labels):
            continue
        first: dict[str, int] = {}
        same = tuple(first.setdefault(label, len(first)) for label in labels)
        if text == BEFORE_FIRST_DOT:  # a convention: whatever else the names hold
            return [FoundLabels(NamePattern(text), labels)]
        if same not in found:
            word = _common_word(labels)
            labels = [label[len(word) :] for label in labels]
            found[same] = FoundLabels(NamePattern(_plainest(text, word, files, labels)), labels)
    return list(found.values())


def _candidates(files: Sequence[str]) -> Iterator[str]:
    yield BEFORE_FIRST_DOT
    yield from _BESIDE_NUMBERS
    yield from _BESIDE_IDS
    # One word of several, where all names have as many: cat_indoor_001 may be about cats, or about indoors.
    counts = {len(_WORDS.findall(file)) for file in files[:: max(1, len(files) // _SAMPLE)]}
    if len(counts) == 1:
        word, gap = r"[^\s._()-]+", r"[\s._()-]+"
        for before in range(min(counts.pop() - 1, _MOST_WORDS)):  # the last word is the suffix
            skipped = "" if before == 0 else f"(?:{word}{gap}){{{before}}}"
            yield f"^{skipped}(?P<label>{word})"


def _labels(text: str, files: Sequence[str]) -> list[str] | None:
    """Return the label of every file; None where one file has none."""
    search = re.compile(text).search
    if any(search(file) is None for file in files[:: max(1, len(files) // _SAMPLE)]):
        return None
    found = [search(file) for file in files]
    return [each["label"] for each in found if each] if all(found) else None


def _is_sensible(labels: Sequence[str], *, may_be_numbers: bool) -> bool:
    """Return whether these may be classes: two or more, of two pictures each on average, and words."""
    classes = set(labels)
    if not 2 <= len(classes) <= min(_MOST_CLASSES, len(labels) // 2):
        return False
    if may_be_numbers:
        return True
    # Numbers in names are dates and counters more often than classes.
    words = [[word for word in re.split(r"[\W\d_]+", label.casefold()) if word] for label in classes]
    return all(words) and not all(word in _NO_LABELS for of_class in words for word in of_class)


def _are_ids(files: Sequence[str], labels: Sequence[str]) -> bool:
    """Return whether the rest of the name differs for most pictures."""
    rests = {file.replace(label, "", 1) for file, label in zip(files, labels, strict=True)}
    return 2 * len(rests) > len(files)


def _common_word(labels: Sequence[str]) -> str:
    """Return the meaningless word in front of every label, with its separator (`IMG_` of `IMG_cat`); else nothing."""
    first = re.match(rf"([^\W\d_]+)\d*{_GAP}", labels[0])
    if first is None or first[1].casefold() not in _NO_LABELS:
        return ""
    return first[0] if all(label.startswith(first[0]) and len(label) > len(first[0]) for label in set(labels)) else ""


def _plainest(text: str, word: str, files: Sequence[str], labels: Sequence[str]) -> str:
    """Return the plainest pattern that reads the same labels."""
    tried = (plain.replace("(?P<label>", f"{re.escape(word)}(?P<label>") for plain in (*_PLAIN, text))
    return next((pattern for pattern in tried if _labels(pattern, files) == labels), text)
