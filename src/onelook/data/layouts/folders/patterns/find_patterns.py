"""Find labels in file names: patterns that fit all names and give a plausible set of classes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.folders.patterns.name_fields import (
    NO_LABELS,
    NameField,
    code_fields,
    counts,
    digits_beside,
    dotted_words,
    is_sensible,
    partition,
    word_fields,
)
from onelook.data.layouts.label_from import NamePattern

# Separators between words, and a running number with its separator: `_001`, ` 3`, `(3)`.
_GAP = r"[\s._-]+"
_RUNNING = r"(?:[\s._-]+\d+|[\s._-]*\(\d+\))+"

# `cat.1.jpg`: the convention of Kaggle's Dogs vs. Cats; here the label may also be a number.
BEFORE_FIRST_DOT = r"^(?P<label>[^.]+)\..*\.\w+$"
# Labels of any number of words, beside a number.
_BESIDE_NUMBERS = (
    rf"^(?:\(?\d+\)?{_GAP})+(?P<label>.+?){_RUNNING}\.\w+$",  # 12_cat_001.jpg
    rf"^(?P<label>.+?){_RUNNING}\.\w+$",  # golden_retriever_001.jpg, cat (3).jpg, n01440764_10026.JPEG
    r"^(?P<label>\D*[^\W\d_])\d+\.\w+$",  # cat001.jpg
    rf"^(?:\(?\d+\)?{_GAP})+(?P<label>.+)\.\w+$",  # 001-cat.jpg
)
# … before a running number with a letter, as of a side or a view: 3001 brick 000L.
_BESIDE_NUMBERS_AND_LETTERS = (
    rf"^(?:\(?\d+\)?{_GAP})+(?P<label>.+?){_GAP}\d+[A-Za-z]\.\w+$",
    rf"^(?P<label>.+?){_GAP}\d+[A-Za-z]\.\w+$",
)
# … before a number and what says nothing more, the same in all names or an id: Acer_Campestre_01_ab.
_BEFORE_NUMBER = rf"^(?P<label>\D*[^\W\d_]){_GAP}\d+{_GAP}.+\.\w+$"
# Roboflow's copies of a picture: cat_12_jpg.rf.3f2a. The name before the first dot is the picture's.
_ROBOFLOW = r"^(?P<label>.+?)(?:[\s._-]+\d+)?_(?:jpe?g|png|bmp|gif|webp|tiff?)\.rf\.[^.]+\.\w+$"
# … beside a word that differs in nearly every picture: a_golden_retriever, golden_retriever_3f2a.
_BESIDE_IDS = (rf"^(?P<label>.+){_GAP}[^\s._-]+\.\w+$", rf"^[^\s._-]+{_GAP}(?P<label>.+)\.\w+$")
# Shorter patterns with the same meaning for plain names, because a person may have to read and change them.
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
    *(r"_(?P<label>[^_]+)\.\w+$", r"-(?P<label>[^-]+)\.\w+$", r"^(?P<label>\D+)_\d", r"^(?P<label>\D+)-\d"),
)
_WORDS = re.compile(r"[^\s._()-]+")
_COUNTED = re.compile(r"\d+[^\W\d_]")
_FIRST_NUMBER = re.compile(r"\D*?([\s._-]*)\d+([\s._-]*)")
_ANY_WORD = r"(?P<label>[^\s._()-]+)"

_MOST_WORDS = 8  # in a name; each of them may be the label
# This number of names is tested first, evenly spread: a few are mostly enough to exclude a pattern.
_SAMPLE = 1_000


@dataclass(frozen=True)
class FoundLabels:
    """A pattern that fits all names, and the label of each."""

    pattern: NamePattern
    labels: Sequence[str]

    @property
    def is_convention(self) -> bool:
        """Whether it is the usual convention and not another pattern."""
        return self.pattern.text == BEFORE_FIRST_DOT


def find_labels(names: Sequence[str]) -> list[FoundLabels]:
    """Return every way to read labels from all of these file names. Ways with the same classes count as one.

    Args:
        names: paths; their folders are not used.

    Example:
        >>> (found,) = find_labels(["cat_1.jpg", "cat_2.jpg", "IMG_dog (3).jpg", "IMG_dog (4).jpg"])
        >>> found.labels
        ['cat', 'cat', 'IMG_dog', 'IMG_dog']
    """
    files = [name.rpartition("/")[2] for name in names]
    found: dict[tuple[int, ...], FoundLabels] = {}
    single_words = set()
    for text in _candidates(files):
        labels = _labels(text, files)
        if labels is None or not is_sensible(labels, may_be_numbers=text == BEFORE_FIRST_DOT):
            continue
        if text in _BESIDE_IDS and not _are_ids(files, labels):
            continue
        if text == _BEFORE_NUMBER and not (_says_nothing_behind(files) and _is_set_off_alike(files)):
            continue
        if text == BEFORE_FIRST_DOT:  # a convention: numbers may follow, and only another word may be the label too
            convention = {partition(labels): FoundLabels(NamePattern(text), labels)}
            return list(_by_classes(convention, [*word_fields(files, [labels]), *dotted_words(files)]).values())
        if (same := partition(labels)) not in found:
            word = _common_word(labels)
            labels = [label[len(word) :] for label in labels]
            found[same] = FoundLabels(NamePattern(_plainest(text, word, files, labels)), labels)
            if text.endswith(_ANY_WORD):
                single_words.add(same)
    if len(found) > 1:  # `000L` may be what counts the pictures of `plate 000L`
        found = {same: way for same, way in found.items() if not all(map(_COUNTED.fullmatch, {*way.labels}))} or found
    return list(_with_fields(found, single_words, files).values())


def _with_fields(
    found: Mapping[tuple[int, ...], FoundLabels], single_words: Collection[tuple[int, ...]], files: Sequence[str]
) -> Mapping[tuple[int, ...], FoundLabels]:
    """Return the ways with those of letters inside a word, `AN` of `AN1`, and of numbers beside a code, `S005_001`.

    Args:
        found: ways by their classes.
        single_words: those that are one word of each name.
    """
    fields = word_fields(files, [way.labels for way in found.values()])
    if not found:  # of several runs of letters, as in AF01ANS, each may be the label; a single one may be anything
        return _by_classes({}, fields) if len(fields) > 1 else {}
    ways = _by_classes(found, [field for field in fields if not _are_sides(field.values)])
    if len(ways) > 2:  # not the number of the picture with it
        alone = {partition(field.values) for field in fields}
        ways = {
            same: way
            for same, way in ways.items()
            if same not in single_words or partition(_without_number(way.labels)) not in alone
        }
    if len(ways) == 1:
        (way,) = ways.values()
        if _are_codes(set(way.labels)):
            codes = code_fields(files, [way.labels])
            return _by_classes(ways, [field for field in codes if not counts(field, way.labels)])
    fewest = min(ways.values(), key=lambda way: len(set(way.labels)), default=None)
    digits = None if fewest is None else digits_beside(files, fewest.labels)
    return ways if digits is None else _by_classes(ways, [digits])


def _by_classes(
    found: Mapping[tuple[int, ...], FoundLabels], fields: Iterable[NameField]
) -> dict[tuple[int, ...], FoundLabels]:
    """Return the ways with those of the fields that give other classes."""
    ways = dict(found)
    for field in fields:
        ways.setdefault(partition(field.values), FoundLabels(NamePattern(field.pattern), field.values))
    return ways


def _are_sides(values: Sequence[str]) -> bool:
    """Return whether a field only tells left from right, as in `3001 brick 000L`."""
    return {value.casefold() for value in values} == {"l", "r"}


def _without_number(labels: Sequence[str]) -> list[str]:
    return [label.rstrip("0123456789") for label in labels]


def _are_codes(classes: Collection[str]) -> bool:
    """Return whether labels may stand for people: they differ in a number alone, as s1 and s2, or are two letters."""
    words = {re.sub(r"[\W\d_]+", "", label).casefold() for label in classes}
    return len(words) == 1 or (len(classes) == 2 and all(len(label) == 1 for label in classes))


def _candidates(files: Sequence[str]) -> Iterator[str]:
    if files and ".rf." in files[0] and _labels(_ROBOFLOW, files) is not None:
        yield _ROBOFLOW
    else:
        yield BEFORE_FIRST_DOT
        yield from _BESIDE_NUMBERS
        yield from _BESIDE_NUMBERS_AND_LETTERS
        yield _BEFORE_NUMBER
        yield from _BESIDE_IDS
    # One word of several, if all names have the same number of words: cat_indoor_001 may be a cat, or indoors.
    counts = {len(_WORDS.findall(file)) for file in files[:: max(1, len(files) // _SAMPLE)]}
    if len(counts) == 1:
        word, gap = r"[^\s._()-]+", r"[\s._()-]+"
        for before in range(min(counts.pop() - 1, _MOST_WORDS)):  # the last word is the suffix
            skipped = "" if before == 0 else f"(?:{word}{gap}){{{before}}}"
            yield f"^{skipped}{_ANY_WORD}"


def _labels(text: str, files: Sequence[str]) -> list[str] | None:
    """Return the label of every file; None if a file has none."""
    search = re.compile(text).search
    if any(search(file) is None for file in files[:: max(1, len(files) // _SAMPLE)]):
        return None
    found = [search(file) for file in files]
    return [each["label"] for each in found if each] if all(found) else None


def _are_ids(files: Sequence[str], labels: Sequence[str]) -> bool:
    """Return whether the rest of the name differs for most pictures."""
    rests = {file.replace(label, "", 1) for file, label in zip(files, labels, strict=True)}
    return 2 * len(rests) > len(files)


def _says_nothing_behind(files: Sequence[str]) -> bool:
    """Return whether what follows the first number is the same in all names, or differs for most."""
    sample = files[:: max(1, len(files) // _SAMPLE)]
    rests = {re.sub(r"^\D*\d+", "", file) for file in sample}
    return len(rests) == 1 or 2 * len(rests) > len(sample)


def _is_set_off_alike(files: Sequence[str]) -> bool:
    """Return whether the same signs are before and behind the first number: `BMW_3-Series_2013` has it in a name."""
    found = [_FIRST_NUMBER.match(file) for file in files[:: max(1, len(files) // _SAMPLE)]]
    return len({(match[1], match[2]) for match in found if match is not None}) == 1


def _common_word(labels: Sequence[str]) -> str:
    """Return the meaningless word before every label, with its separator (`IMG_` in `IMG_cat`), or an empty text."""
    first = re.match(rf"([^\W\d_]+)\d*{_GAP}", labels[0])
    if first is None or first[1].casefold() not in NO_LABELS:
        return ""
    return first[0] if all(label.startswith(first[0]) and len(label) > len(first[0]) for label in set(labels)) else ""


def _plainest(text: str, word: str, files: Sequence[str], labels: Sequence[str]) -> str:
    """Return the simplest pattern that gives the same labels."""
    tried = (plain.replace("(?P<label>", f"{re.escape(word)}(?P<label>") for plain in (*_PLAIN, text))
    return next((pattern for pattern in tried if _labels(pattern, files) == labels), text)
