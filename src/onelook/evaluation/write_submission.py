"""Write predictions in the form of a competition's sample submission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, DataError
from onelook.evaluation.guess_columns import guess_columns, guesses
from onelook.evaluation.id_columns import IdColumn
from onelook.evaluation.match_ids import Joined, id_columns_that_fit, join_sample
from onelook.evaluation.predictions import check_shape, digits, write_csv
from onelook.evaluation.sample_submission import Sample
from onelook.wording import counted, listed, named

_MOST_NAMED = 10  # columns or classes in a message
_WORD = re.compile(r"[^\W_]+")
_USUAL_LABELS = frozenset({"label", "labels", "class", "target", "category", "prediction", "predicted", "y"})
_OF_ONE_CLASS = frozenset({"proba", "prob", "probability", "p"})
_OF_THE_ANSWER = frozenset({"confidence", "conf", "certainty"})
Content = Literal["class numbers", "class names", "probability of one class", "probability of each class"]


@dataclass(frozen=True)
class WrittenLike:
    """A description of the written file, so that the user can check it against the competition's rules."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    content: Content
    explanation: str  # sentences on the content of the label column, and on assumptions about ids


@dataclass(frozen=True)
class Shape:
    """The columns of a sample: the ids, the labels, and those that are copied.

    Attributes:
        joined: the picture, or the pictures, for each row.
        classes: the class of each column with the probability of one class.
        label: the column of a label or of one probability; None if each class, or each guess, has a column.
        copied: the other columns, which keep the values of the sample.
        guesses: the columns of the likeliest class, the next one, and so on.
    """

    joined: Joined
    classes: dict[int, str]
    label: int | None
    copied: tuple[int, ...] = ()
    guesses: tuple[int, ...] = ()


def shape_of(sample: Sample, candidates: Sequence[IdColumn], class_names: Sequence[str]) -> Shape:
    """Return the role of each column of a sample, with the picture for each row.

    Raises:
        DataError: the columns are neither an id and a label, nor an id and one for each class or guess; or the ids are
            not those of the data.
    """
    positions = range(len(sample.header))
    classes = _class_columns(sample, class_names)
    if classes is not None:
        rest = [at for at in positions if at not in classes]
        fitting = id_columns_that_fit(sample, candidates, rest) or rest[:1]
        if not fitting:
            raise _unknown_columns(sample, class_names)
        copied = tuple(at for at in rest if at != fitting[0])
        return Shape(join_sample(sample, fitting[0], candidates), classes, None, copied)
    if len(sample.header) < 2:
        raise _unknown_columns(sample, class_names)
    if asked := guess_columns(sample, class_names):
        rest = [at for at in positions if at not in asked]
        fitting = id_columns_that_fit(sample, candidates, rest) or rest[:1]
        if not fitting:
            raise _unknown_columns(sample, class_names)
        copied = tuple(at for at in rest if at != fitting[0])
        return Shape(join_sample(sample, fitting[0], candidates), {}, None, copied, asked)
    usual = [at for at in positions if sample.header[at].casefold() in _USUAL_LABELS]
    if len(sample.header) > 2 and len(usual) != 1:
        raise _unknown_columns(sample, class_names)
    others = [at for at in positions if at not in usual] if len(usual) == 1 else list(positions)
    fitting = id_columns_that_fit(sample, candidates, others) or others[:1]
    label = usual[0] if len(usual) == 1 else next(at for at in positions if at != fitting[0])
    copied = tuple(at for at in positions if at not in (label, fitting[0]))
    return Shape(join_sample(sample, fitting[0], candidates), {}, label, copied)


def write_like(
    sample: Sample,
    out_path: Path,
    shape: Shape,
    probabilities: NDArray[np.floating[Any]],
    class_names: Sequence[str],
) -> WrittenLike:
    """Write predictions with the header, the ids, the order and the separator of a sample, whole or not at all.

    The values of the sample decide what is written to the label column:

    - whole numbers: the class names if these are whole numbers (digits), or else the numbers in the class names (`c_0`
      to `c_10`) if the sample has no others, or else the position of the class in natural order: from 0, or from 1 if
      the sample has the number of classes itself;
    - fractions, such as 0.5: the probability of the class that the column's name contains, or else of the second
      of two classes (Dogs vs. Cats: that it is a dog);
    - several different classes, or their positions, with blanks between: as many of the likeliest classes;
    - anything else: the class name.

    If the sample has a column for each class, each column gets the probability of its class. If it has numbered columns
    of classes, as `prediction1` to `prediction5`, they get the likeliest classes, the likeliest first.

    Args:
        sample: the sample; its ids are written in its spelling.
        out_path: the CSV file; an existing one is replaced, but never the sample.
        shape: the role of each column.
        probabilities: (rows of the sample, classes), in the sample's order, without NaN.
        class_names: by position.

    Raises:
        DataError: the sample has one column of fractions, for more than two classes.
        ConfigError: `out_path` is the sample itself.
    """
    check_shape(sample.rows, probabilities, class_names)
    if out_path.exists() and out_path.samefile(sample.path):
        raise ConfigError(f"{out_path}: this is the sample itself, which would be lost. Give --out another name.")
    cells = {column: sample.column(column) for column in (shape.joined.id_column, *shape.copied)}
    if shape.label is not None:
        content, explanation, values = _labels(sample, shape.label, probabilities, class_names)
        cells[shape.label] = values
    elif shape.guesses:
        content, explanation = "class names", _guesses_in_words(sample, shape.guesses, class_names)
        cells |= zip(shape.guesses, guesses(probabilities, class_names, len(shape.guesses)), strict=True)
    else:
        content, explanation = "probability of each class", "each class' column holds its probability"
        for column, name in shape.classes.items():
            cells[column] = [digits(value) for value in probabilities[:, class_names.index(name)]]
    said = [explanation]
    copied = []
    for column in shape.copied:
        beside = _probability_beside(sample, column, probabilities, class_names)
        if beside is None:
            copied.append(sample.header[column])
        else:
            told, cells[column] = beside
            said.append(told)
    said.extend(shape.joined.notes)
    if copied:
        said.append(f"{named(copied)} as in the sample")
    rows = list(zip(*(cells[column] for column in range(len(sample.header))), strict=True))
    if sample.has_header:
        write_csv(out_path, sample.header, rows, sample.delimiter)
    else:
        said.append("the sample has no header, so none is written")
        write_csv(out_path, rows[0], rows[1:], sample.delimiter)
    return WrittenLike(out_path, len(probabilities), sample.header, content, "; ".join(said))


def _probability_beside(
    sample: Sample, column: int, probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]
) -> tuple[str, list[str]] | None:
    """Return a sentence on a column of probabilities beside that of the label, and its values; None for other columns.

    If its name says neither of two classes, it holds the probability of the second; of more, that of the likeliest.
    """
    name = sample.header[column]
    words = {*_words(name)}
    if not words & (_OF_ONE_CLASS | _OF_THE_ANSWER) or not _are_fractions(sample.column(column)):
        return None
    own = class_in(name, class_names)
    if own is None and (words & _OF_THE_ANSWER or len(class_names) > 2):
        return f"'{name}' holds the probability of the likeliest class", [digits(row.max()) for row in probabilities]
    position = 1 if own is None else class_names.index(own)
    told = f"'{name}' holds the probability of '{class_names[position]}'"
    if own is None:
        told += ", the second class, as its name says neither"
    return told, [digits(value) for value in probabilities[:, position]]


def class_in(column: str, class_names: Sequence[str]) -> str | None:
    """Return the class that the name of a column contains as whole words; the longest of several.

    Raises:
        DataError: it contains two of the same length.

    Example:
        >>> [class_in(column, ["cat", "dog"]) for column in ("is_cat", "prob(dog)", "cat", "label")]
        ['cat', 'dog', 'cat', None]
        >>> class_in("p_polar_bear", ["bear", "polar bear"])
        'polar bear'
    """
    if column in class_names:
        return column
    words = _words(column)
    found = [name for name in class_names if _words(name) and _is_within(_words(name), words)]
    if not found and all(map(str.isdecimal, class_names)):  # 1 for 001, and the reverse
        numbers = [_without_zeros(word) for word in words]
        found = [name for name in class_names if _without_zeros(name) in numbers]
    longest = max((len(_words(name)) for name in found), default=0)
    found = [name for name in found if len(_words(name)) == longest]
    if len(found) > 1:
        raise DataError(
            f"the column '{column}' of the sample names {named(found)}. Expected one class; rename the column."
        )
    return found[0] if found else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(text))


def _is_within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _class_columns(sample: Sample, class_names: Sequence[str]) -> dict[int, str] | None:
    """Return the class of each column, if every class has one column of its own; else None."""
    if len(sample.header) <= len(class_names) or len(class_names) < 2:
        return None
    if len(set(sample.header)) < len(sample.header):
        return None
    found = {at: name for at, column in enumerate(sample.header) if (name := class_in(column, class_names)) is not None}
    return found if sorted(found.values()) == sorted(class_names) else None


def _unknown_columns(sample: Sample, class_names: Sequence[str]) -> DataError:
    return DataError(
        f"{sample.path}: has {counted(len(sample.header), 'column')}: "
        f"{listed(sample.header, most=_MOST_NAMED, last='')}. Expected two, for id and label, or an id and one for "
        f"each class: {listed(class_names, most=_MOST_NAMED, last='')}."
    )


def _labels(
    sample: Sample, column: int, probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]
) -> tuple[Content, str, list[str]]:
    """Return the kind of the label column, a sentence about it, and its values."""
    name, found = sample.header[column], sample.column(column)
    if guesses := _guesses_a_picture(found, class_names):
        return _several_guesses(name, found, guesses, probabilities, class_names)
    if _are_whole(found):
        if all(re.fullmatch(r"-?\d+", class_name) for class_name in class_names):
            spelled = _spelled_as_in(found, class_names)
            explanation = f"'{name}' holds the class names, which are numbers"
            if other := next((pair for pair in zip(class_names, spelled, strict=True) if pair[0] != pair[1]), None):
                explanation += f", spelled as in the sample: {other[1]} for {other[0]}"
            return "class numbers", explanation, _names(probabilities, spelled)
        numbers = _spelled_as_in(found, _numbers_of(found, class_names))
        meaning = listed(map(" = ".join, zip(numbers, class_names, strict=True)), last="")
        strange = [value for value in found if _whole(value) not in map(_without_zeros, numbers)]
        explanation = f"'{name}' holds numbers of classes: {meaning}{_strange_in_words(strange, numbers)}"
        return "class numbers", explanation, _names(probabilities, numbers)
    if _are_fractions(found):
        position = _class_of_fractions(sample, name, class_names)
        explanation = f"'{name}' holds the probability of '{class_names[position]}'"
        if class_in(name, class_names) is None:
            explanation += ", the second class, as its name says neither"
        return "probability of one class", explanation, [digits(value) for value in probabilities[:, position]]
    explanation = f"'{name}' holds class names{_strange_in_words(found, class_names)}"
    return "class names", explanation, _names(probabilities, class_names)


def _numbers_of(found: Sequence[str], class_names: Sequence[str]) -> list[str]:
    """Return the number of each class: that in its name, or its position, by the numbers that a sample has.

    Example:
        >>> _numbers_of(["10", "0"], ["c_0", "c_1", "c_10"]), _numbers_of(["3"], ["a", "b", "c"])
        (['0', '1', '10'], ['1', '2', '3'])
        >>> _numbers_of(["0"], ["type 1", "type 2"]), _numbers_of(["42"], ["a", "b"])
        (['0', '1'], ['0', '1'])
    """
    wanted = {_whole(value) for value in found}
    in_names = [re.findall(r"\d+", name) for name in class_names]
    own = [_without_zeros(numbers[0]) for numbers in in_names if len(numbers) == 1]
    if len(own) == len(class_names) == len({*own}) and wanted <= {*own}:
        return own
    from_one = [str(position) for position in range(1, len(class_names) + 1)]
    return from_one if from_one[-1:] and from_one[-1] in wanted <= {*from_one} else [str(int(n) - 1) for n in from_one]


def _strange_in_words(found: Sequence[str], class_names: Sequence[str]) -> str:
    """Return a remark on a word of the sample that is no class; empty if all are classes."""
    strange = sorted({*found} - {*class_names, ""})
    return f"; the sample's own '{strange[0]}' is none of the model's classes: {listed(class_names)}" if strange else ""


def _guesses_in_words(sample: Sample, columns: Sequence[int], class_names: Sequence[str]) -> str:
    first, last = sample.header[columns[0]], sample.header[columns[-1]]
    found = [cell for column in columns for cell in sample.column(column)]
    return (
        f"'{first}' to '{last}' hold the {len(columns)} likeliest classes of each picture, the likeliest first"
        f"{_strange_in_words(found, class_names)}"
    )


def _guesses_a_picture(found: Sequence[str], class_names: Sequence[str]) -> int:
    """Return how many different classes each cell of a sample has, with blanks between; 0 for other cells.

    Kaggle asks for five whales as `w_1 new_whale w_2 w_3 w_4`, and for three kinds of food as `0 1 2`.

    Example:
        >>> _guesses_a_picture(["a b", "b c"], ["a", "b", "c"]), _guesses_a_picture(["a b", "b"], ["a", "b", "c"])
        (2, 0)
        >>> [_guesses_a_picture(cells, ["a", "b"]) for cells in (["a a"], ["a x"], ["a"], ["a b 0"])]
        [0, 0, 0, 0]
    """
    cells = [cell.split() for cell in found]
    widths = {len(cell) for cell in cells}
    known = {*class_names, *map(str, range(len(class_names)))}
    is_list = len(widths) == 1 and all(len({*cell}) == len(cell) and known.issuperset(cell) for cell in cells)
    return widths.pop() if is_list and 1 < min(widths) <= len(class_names) else 0


def _several_guesses(
    name: str, found: Sequence[str], guesses: int, probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]
) -> tuple[Content, str, list[str]]:
    """Return the label column of a sample with several guesses in each cell: the likeliest classes, the best first."""
    asked = {word for cell in found for word in cell.split()}
    are_names = asked <= {*class_names}
    words = class_names if are_names else [str(position) for position in range(len(class_names))]
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :guesses]
    numbers = listed(map(" = ".join, zip(words, class_names, strict=True)), last="")
    meaning = "" if are_names else f" as numbers: {numbers}"
    explanation = f"'{name}' holds the {guesses} likeliest classes of each picture, the likeliest first{meaning}"
    content: Content = "class names" if are_names else "class numbers"
    return content, explanation, [" ".join(words[position] for position in row) for row in order]


def _spelled_as_in(found: Sequence[str], numbers: Sequence[str]) -> Sequence[str]:
    """Return the numbers of classes in the spelling of a sample: with leading zeros to its width, or without any.

    They keep their own spelling if the values of the sample do not show another.

    Example:
        >>> _spelled_as_in(["001"], ["1", "10"]), _spelled_as_in(["1", "2"], ["001", "002"])
        (['001', '010'], ['1', '2'])
        >>> _spelled_as_in(["0"], ["001", "002"])  # a blank that is not a class
        ['001', '002']
        >>> _spelled_as_in(["01", "001"], ["1", "2"]), _spelled_as_in(["01"], ["1", "100"])  # of no width, or too small
        (['1', '2'], ['1', '100'])
    """
    plain = [_without_zeros(number) for number in numbers]
    known = set(found) <= set(numbers)
    if known or len({*plain}) < len(plain) or not all(map(str.isdecimal, [*found, *numbers])):
        return numbers
    widths = {len(value) for value in found}
    has_zeros = any(value != _without_zeros(value) for value in found)
    if has_zeros and len(widths) == 1 and max(map(len, plain)) <= max(widths):
        return [number.zfill(max(widths)) for number in plain]
    return plain if not has_zeros and set(found) <= set(plain) else numbers


def _whole(value: str) -> str:
    """Return a whole number without zeros around it, as `1` for `001` and for `1.0`."""
    return str(int(value.partition(".")[0]))


def _without_zeros(number: str) -> str:
    return number.lstrip("0") or "0"


def _class_of_fractions(sample: Sample, column_name: str, class_names: Sequence[str]) -> int:
    if (name := class_in(column_name, class_names)) is not None:
        return class_names.index(name)
    if len(class_names) == 2:
        return 1
    raise DataError(
        f"{sample.path}: the column '{column_name}' holds fractions, which stand for the probability of one of two "
        f"classes; the model has {len(class_names)}. Expected whole numbers or class names, or a column for each class."
    )


def _are_whole(values: list[str]) -> bool:
    return all(re.fullmatch(r"[+-]?\d+(\.0*)?", value) for value in values)


def _are_fractions(values: list[str]) -> bool:
    return all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value) for value in values)


def _names(probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]) -> list[str]:
    return [class_names[position] for position in probabilities.argmax(axis=1)]
