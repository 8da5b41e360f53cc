"""Find fields of file names: runs of letters or digits that all names have at the same positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

# More labels than this are names of pictures, not classes.
_MOST_CLASSES = 1_000
# Numbers in names are counters and dates more often than classes: a code is short, unlike a year.
_MOST_CODES = 200
_MOST_DIGITS = 3
_MOST_RUNS = 30  # of letters, digits and other signs in a name
# This number of names is examined first, evenly spread: a few are mostly enough to show that there are no such fields.
_SAMPLE = 1_000
# `1a.jpg` and `1b.jpg` are two pictures of one thing.
_MOST_VERSIONS = 6
_MOST_GAPS = 1.5  # numbers for a picture of a class, where some pictures are missing
_LONG_NUMBER = re.compile(r"(?P<before>\D*)(?P<number>\d{4,})(?!\d)")
_DIGITS = r"\d+"
_NEARLY_ALL = 0.95  # of the names
_FEWEST_SIGNS = 3  # between the words of a name, where each word has its place
_RUN_OF_KIND = {"a": r"[^\W\d_]+", "0": r"\d+", "-": r"[\W_]+"}
_RUNS = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
# Words that cameras, programs and people put before every name; they are never the class.
NO_LABELS = frozenset(
    (
        *("img", "image", "images", "im", "dsc", "dscn", "dscf", "pic", "picture", "photo", "pxl", "mvimg", "gopr"),
        *("vid", "p", "frame", "page", "scan", "file", "sample", "screenshot", "snapshot", "untitled", "copy"),
        *("train", "training", "val", "valid", "validation", "test", "testing", "unknown"),
    )
)


@dataclass(frozen=True)
class NameField:
    """A run of letters or digits at the same position in all names."""

    pattern: str
    values: list[str]  # the run in every name
    stands_alone: bool  # whether no letter or digit is next to it


def is_sensible(labels: Sequence[str], *, may_be_numbers: bool = False) -> bool:
    """Return whether these may be classes: at least two, with two pictures each on average, and words."""
    classes = set(labels)
    if not 2 <= len(classes) <= min(_MOST_CLASSES, len(labels) // 2):
        return False
    if may_be_numbers:
        return True
    # Numbers in names are dates and counters more often than classes.
    words = [[word for word in re.split(r"[\W\d_]+", label.casefold()) if word] for label in classes]
    return all(words) and not all(word in NO_LABELS for of_class in words for word in of_class)


def word_fields(files: Sequence[str], known: Sequence[Sequence[str]] = ()) -> list[NameField]:
    """Return the runs of letters that may be the label, the first run first.

    Args:
        files: names without folders, with their suffixes.
        known: labels of all names that were found before; a field with the same classes is left out.

    Example:
        >>> [field] = word_fields([f"{number}.AN{number % 2}.jpg" for number in range(4)] + ["4.HA0.jpg", "5.HA1.jpg"])
        >>> field.pattern, field.values
        ('^\\\\d+\\\\.(?P<label>[A-Za-z]+)', ['AN', 'AN', 'AN', 'AN', 'HA', 'HA'])
    """
    return [field for field in _fields(files, "a", known) if is_sensible(field.values)]


def fields_between(files: Sequence[str], sign: str = "_") -> list[NameField]:
    """Return the words between signs that may be the label, if all names have as many of the sign, at least three.

    Example:
        >>> cars = [f"{name}_{year}_28_4dr.jpg" for name in ("BMW_3-Series", "Ford_F-150") for year in (2013, 2016)]
        >>> [(field.pattern, field.values[0]) for field in fields_between(cars)]
        [('^(?P<label>[^_]+)', 'BMW'), ('^[^_]+_(?P<label>[^_]+)', '3-Series')]
    """
    sample = [_stem(file).split(sign) for file in files[:: max(1, len(files) // _SAMPLE)]]
    repeating = [at for at, column in enumerate(zip(*sample, strict=False)) if 1 < len({*column}) < len(sample)]
    if len({*map(len, sample)}) != 1 or len(sample[0]) <= _FEWEST_SIGNS or not repeating:
        return []
    rows = [_stem(file).split(sign) for file in files]
    if {*map(len, rows)} != {len(sample[0])}:
        return []
    word, found = f"[^{sign}]+", []
    for at in repeating:
        column = [row[at] for row in rows]
        if all(column) and is_sensible(column):
            before = {0: "", 1: f"{word}{sign}"}.get(at, f"(?:{word}{sign}){{{at}}}")
            found.append(NameField(f"^{before}(?P<label>{word})", column, True))
    return found


def most_alike(files: Sequence[str]) -> list[str]:
    """Return the names with the same order of letters, digits and signs, if these are nearly all; else all names.

    Example:
        >>> files = [f"{number}_{number % 2}_{number:03d}.jpg" for number in range(30)]
        >>> most_alike([*files, "39_2017.jpg"]) == files, most_alike(["1.jpg", "a.jpg"])
        (True, ['1.jpg', 'a.jpg'])
    """
    sample = files[:: max(1, len(files) // _SAMPLE)]
    shapes = Counter(tuple(map(_kind, _RUNS.findall(_stem(file)))) for file in sample).most_common(1)
    if not shapes or shapes[0][1] < _NEARLY_ALL * len(sample):
        return list(files)
    fits = re.compile("".join(_RUN_OF_KIND[kind] for kind in shapes[0][0])).fullmatch
    found = [file for file in files if fits(_stem(file))]
    return found if len(found) >= _NEARLY_ALL * len(files) else list(files)


def code_fields(files: Sequence[str], known: Sequence[Sequence[str]] = ()) -> list[NameField]:
    """Return the short numbers that may be codes of classes, the first one first, without counters of pictures.

    Args:
        files, known: as in `word_fields`.

    Example:
        >>> [field] = code_fields([f"{number}_{number % 2}_{number // 2:04d}.jpg" for number in range(40)])
        >>> field.pattern, field.values[:3]
        ('^\\\\d+_(?P<label>\\\\d+)', ['0', '1', '0'])
    """
    fields = [field for field in _fields(files, "0", known) if field.stands_alone and _may_be_codes(field.values)]
    return [field for at, field in enumerate(fields) if not any(counts(field, other.values) for other in fields[:at])]


def leading_code(files: Sequence[str]) -> NameField | None:
    """Return the first digits of a long number that may be codes of classes; None if the number has no such digits.

    The numbers have one width, and behind each code the pictures are counted from the same first number. A number that
    only counts all pictures has no code.

    Example:
        >>> leading_code([f"{label:03d}{number:04d}.png" for label in (1, 2, 10) for number in (1, 2, 3)]).pattern
        '^(?P<label>\\\\d{3})\\\\d{4}'
        >>> leading_code([f"{number:05d}.png" for number in range(150)]) is None
        True
    """
    matches = [match for file in files if (match := _LONG_NUMBER.match(file))]
    if not matches or len(matches) < len(files) or len({(each["before"], len(each["number"])) for each in matches}) > 1:
        return None
    before, numbers = matches[0]["before"], [each["number"] for each in matches]
    found = [*map(int, numbers)]
    if 2 * len({*found}) > max(found) - min(found):  # all pictures are counted
        return None
    width = len(numbers[0])
    for cut in range(1, min(width - 1, _MOST_DIGITS + 1)):
        behind: dict[str, set[int]] = {}
        for number in numbers:
            behind.setdefault(number[:cut], set()).add(int(number[cut:]))
        firsts = {min(each) for each in behind.values()}
        are_counted = all(max(each) - min(each) < _MOST_GAPS * len(each) for each in behind.values())
        values = [number[:cut] for number in numbers]
        if firsts <= {0, 1} and len(firsts) == 1 and are_counted and _may_be_codes(values):
            return NameField(rf"^{re.escape(before)}(?P<label>\d{{{cut}}})\d{{{width - cut}}}", values, True)
    return None


def counts(field: NameField, labels: Sequence[str]) -> bool:
    """Return whether a field counts the pictures of each label: hardly any two with one label have the same value.

    Example:
        >>> counts(NameField("", ["1", "2", "1", "2"], True), ["s1", "s1", "s2", "s2"])
        True
    """
    if len(set(field.values)) == len(set(labels)) == len(set(zip(field.values, labels, strict=True))):
        return False  # the field itself, or one with the same classes
    return 2 * len(set(zip(field.values, labels, strict=True))) > len(labels)


def digits_beside(files: Sequence[str], labels: Sequence[str]) -> NameField | None:
    """Return the digit in each name if every label has pictures of all ten, as each writer of digits; else None.

    Example:
        >>> files = [f"{digit}_{who}_{take}.png" for who in ("ahn", "lee") for digit in range(10) for take in "12"]
        >>> digits_beside(files, [file.split("_")[1] for file in files]).pattern
        '^(?P<label>\\\\d+)'
        >>> digits_beside(files[::2], [file.split("_")[1] for file in files[::2]])  # which may be counts
    """
    for field in code_fields(files, [labels]):
        pairs = set(zip(field.values, labels, strict=True))
        are_ten = {int(value) for value in set(field.values)} == {*range(10)} and len({*map(len, field.values)}) == 1
        if are_ten and len(pairs) >= _NEARLY_ALL * 10 * len(set(labels)) and 2 * len(pairs) <= len(files):
            return field
    return None


def _may_be_codes(values: Sequence[str]) -> bool:
    codes = set(values)
    return 2 <= len(codes) <= min(_MOST_CODES, len(values) // 2) and max(map(len, codes)) <= _MOST_DIGITS


def _fields(files: Sequence[str], kind: str, known: Sequence[Sequence[str]]) -> list[NameField]:
    """Return the runs of letters or digits whose values differ; empty if the order of runs differs between names.

    Only a sample of many names is examined, unless it has such runs with other classes than the known ones.
    """
    step = max(1, len(files) // _SAMPLE)
    sample = files[::step]
    already = {partition(labels[::step]) for labels in known}
    runs = [_RUNS.findall(_stem(file)) for file in sample]
    shapes = {tuple(map(_kind, each)) for each in runs}
    if len(shapes) != 1 or len(runs[0]) > _MOST_RUNS:
        return []
    columns = [list(column) for column in zip(*runs, strict=True)]
    letters = "[A-Za-z]+" if all(map(str.isascii, files)) else r"[^\W\d_]+"
    units = [_unit(column, letters) for column in columns]
    found = []
    for at, column in enumerate(columns):
        if _kind(column[0]) != kind or len(set(column)) == 1 or partition(column) in already:
            continue
        if kind == "a" and _are_versions(columns, at):
            continue
        pattern = f"^{_joined(units[:at])}(?P<label>{letters if kind == 'a' else _DIGITS})"
        values = _read(pattern, files)
        if values is None:
            return []
        beside = {_kind(each[0]) for each in columns[max(0, at - 1) : at] + columns[at + 1 : at + 2]}
        found.append(NameField(pattern, values, beside <= {"-"}))
    return found


def partition(labels: Sequence[str]) -> tuple[int, ...]:
    """Return numbers that are equal for equal classes, regardless of their names."""
    first: dict[str, int] = {}
    return tuple(first.setdefault(label, len(first)) for label in labels)


def _stem(file: str) -> str:
    return file.rpartition(".")[0] or file


def _kind(run: str) -> str:
    return "0" if run[0].isdecimal() else "a" if run[0].isalpha() else "-"


def _unit(column: Sequence[str], letters: str) -> str:
    """Return a pattern for a run that is not the label; the run itself if all names have the same."""
    if len(set(column)) == 1 and not column[0].isdecimal():
        return re.escape(column[0]).replace(r"\-", "-")
    kind = _kind(column[0])
    return _DIGITS if kind == "0" else r"[\W_]+" if kind == "-" else letters


def _joined(units: Sequence[str]) -> str:
    """Return the units one after another, with a count for repeated pairs, such as `(?:\\d+-){3}`."""
    pairs = ["".join(units[at : at + 2]) for at in range(0, len(units), 2)]
    return "".join(_repeated(pair, len(list(same))) for pair, same in groupby(pairs))


def _repeated(pair: str, count: int) -> str:
    return pair if count == 1 else f"(?:{pair}){{{count}}}"


def _are_versions(columns: Sequence[Sequence[str]], at: int) -> bool:
    """Return whether single letters after a number, from a on, distinguish pictures with the same number."""
    letters = sorted({each.casefold() for each in columns[at]})
    is_behind_number = at > 0 and _kind(columns[at - 1][0]) == "0"
    return is_behind_number and len(letters) <= _MOST_VERSIONS and letters == list("abcdef"[: len(letters)])


def _read(pattern: str, files: Sequence[str]) -> list[str] | None:
    match = re.compile(pattern).match
    found = [match(file) for file in files]
    return [each["label"] for each in found if each] if all(found) else None


def dotted_words(files: Sequence[str]) -> Iterator[NameField]:
    """Yield the words between later dots, if all names have as many dots: `happy` in `subject01.happy.gif`."""
    if not files or not any(part[:1].isalpha() for part in _stem(files[0]).split(".")[1:]):
        return
    parts = [_stem(file).split(".") for file in files]
    if len({len(each) for each in parts}) != 1:
        return
    for at in range(1, len(parts[0])):
        values = [each[at] for each in parts]
        if all(value[:1].isalpha() and not any(map(str.isdigit, value)) for value in set(values)) and is_sensible(
            values
        ):
            yield NameField(rf"^{_repeated('[^.]+' + chr(92) + '.', at)}(?P<label>[^.]+)", values, True)
