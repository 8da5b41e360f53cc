"""The choice of the column to predict, by evidence; and labels that are no classes: numbers, and several a picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from onelook.data.column_names import LABEL_NAMES
from onelook.data.layouts.manifests.number_columns import (
    HOW_TO_GO_ON_WITH_NUMBERS,
    Cells,
    are_codes,
    is_of_decimals,
    number_in_words,
    number_of,
)
from onelook.data.layouts.manifests.several_labels import several_in_words
from onelook.wording import counted, listed, named

# Names that say no more than that a column has a label; the rest are said by a sample or by what is left.
_LABEL_WORDS = frozenset(
    (
        *(
            "label",
            "labels",
            "class",
            "classes",
            "target",
            "category",
            "species",
            "breed",
            "dx",
            "diagnosis",
            "emotion",
        ),
        *(
            "classid",
            "categoryid",
            "classname",
            "expression",
            "variety",
            "tag",
            "tags",
            "finding",
            "findings",
            "disease",
        ),
        *("gt", "groundtruth", "annotation", "sentiment", "genus", "cultivar"),
    )
)
_CODES = frozenset({"id", "num", "number", "code", "index", "idx", "no", "int"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")
# Columns that tell of the picture or its making, and are hardly ever what is to be predicted.
_FACTS = frozenset(
    (
        *(
            "width",
            "height",
            "size",
            "url",
            "license",
            "date",
            "time",
            "timestamp",
            "year",
            "month",
            "day",
            "age",
            "sex",
        ),
        *("gender", "author", "photographer", "user", "rater", "annotator", "reader", "expert", "rights", "holder"),
        *("roi", "xmin", "xmax", "ymin", "ymax", "bbox", "lat", "lon", "latitude", "longitude", "comment", "notes"),
        *(
            "weight",
            "fold",
            "index",
            "unnamed",
            "frame",
            "frames",
            "view",
            "position",
            "source",
            "md5",
            "hash",
            "orientation",
        ),
        *("usage", "caption", "description", "title", "confidence", "score", "temperature"),
    )
)
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|\d{1,2}:\d{2}.*")
_FEWEST_NUMBERED = 5
_FEWEST_ROWS = 10  # of which all values may differ and be classes none the less: the rows of a test, or of a toy
# Whole numbers with so many values, of so few pictures each, that a sample answers with decimals, are measured.
_MANY_VALUES = 20


class Strength(IntEnum):
    """How sure it is that a column is the label."""

    NONE = 0
    LEFT = 1  # nothing else is left
    NAMED = 2  # it is called like one, or other tables point to it


@dataclass(frozen=True)
class Evidence:
    """What other tables and the folders say of the label."""

    sample_columns: Mapping[str, Cells] = field(default_factory=dict)  # of a sample submission, with its first rows
    test_columns: Collection[str] | None = None  # of a table of the same kind for pictures to predict
    folders: Sequence[Sequence[str]] = ()  # of each row's picture, by depth, where they lie in several


@dataclass(frozen=True)
class Target:
    """The column to predict."""

    column: str | None = None
    strength: Strength = Strength.NONE
    choices: tuple[str, ...] = ()  # several columns that it may be: a question
    no_classes: str = ""  # why the labels are no classes; empty where they are
    notes: tuple[str, ...] = ()


def choose_target(columns: Mapping[str, Cells], asked: str | None, evidence: Evidence) -> Target:
    """Return the column to predict.

    Args:
        columns: those that are neither the path nor parts or groups.
        asked: the column that the user names.
        evidence: what else there is.
    """
    if asked is not None:
        return _judged(columns, asked, Strength.NAMED, evidence)
    if evidence.test_columns is not None and columns and set(columns) <= set(evidence.test_columns):
        return Target()  # this is the table to predict on
    pointed = _pointed(columns, evidence)
    if len(pointed) == 1:
        return _judged(columns, pointed[0], Strength.NAMED, evidence)
    plausible = [name for name, cells in columns.items() if _is_plausible(name, cells)]
    agreeing = [name for name in plausible if any(_agree(columns[name], level) for level in evidence.folders)]
    if agreeing and not pointed:
        return Target(_most_readable(columns, agreeing), Strength.NAMED)
    pool = pointed or list(columns)
    usual = [name for name in _usual(columns) if name in pool]
    chosen = next((name for name in usual if name in plausible), None) or next(iter(usual), None)
    if chosen is not None:
        found = _with_names(columns, plausible, _judged(columns, chosen, Strength.NAMED, evidence))
        return replace(found, notes=(*found.notes, *_note_rivals(columns, found, [n for n in usual if n in plausible])))
    return _left_over(columns, [name for name in plausible if name in pool], evidence)


def _note_rivals(columns: Mapping[str, Cells], target: Target, usual: Sequence[str]) -> list[str]:
    """Return a note on other columns that are called like labels too, and say something else than the chosen one."""
    chosen = columns[target.column or ""]
    rivals = [name for name in usual if name != target.column and not are_one_to_one(chosen, columns[name])]
    if not rivals or target.no_classes:
        return []
    ways = listed(
        (f"'{name}' ({counted(len({*columns[name]} - {None}), 'class', 'classes')})" for name in rivals), most=3
    )
    return [f"{ways} may be the label too: --label-column chooses."]


def _left_over(columns: Mapping[str, Cells], plausible: Sequence[str], evidence: Evidence) -> Target:
    """Return the column that is left where none is called like a label and nothing points to one."""
    if len(columns) == 1 and (name := next(iter(columns))) and not _is_index(columns[name]):
        return _judged(columns, name, Strength.LEFT, evidence)
    likely = [name for name in _without_codes(columns, plausible) if not _FACTS & set(words_of(name))]
    if len(likely) == 1:
        return _judged(columns, likely[0], Strength.LEFT, evidence)
    return Target(choices=tuple(likely)) if likely else _number_to_predict(columns)


def _is_index(cells: Cells) -> bool:
    """Return whether a column numbers the rows."""
    return len(set(cells)) == len(cells) >= _FEWEST_NUMBERED and all(cell and cell.isdecimal() for cell in cells)


def words_of(name: str) -> list[str]:
    """Return the words of a column's name in small letters.

    Example:
        >>> words_of("ClassId"), words_of("Roi.X1"), words_of("Patient ID")
        (['class', 'id'], ['roi', 'x', '1'], ['patient', 'id'])
    """
    return [word.casefold() for word in _WORD.findall(name)]


def are_one_to_one(cells: Cells, others: Sequence[str | None]) -> bool:
    """Return whether each value of one column goes with one of the other, and the reverse."""
    pairs = set(zip(cells, others, strict=False))
    return len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs}) > 1


def _pointed(columns: Mapping[str, Cells], evidence: Evidence) -> list[str]:
    """Return the columns that the sample asks for, else those that the table to predict on lacks."""
    folded = {name.casefold(): name for name in columns}
    answers = list(evidence.sample_columns)[1:]  # ids stand first
    asked = [folded[name.casefold()] for name in answers if name.casefold() in folded]
    if asked:
        return asked
    wanted = set(answers)
    if len(wanted) > 1:  # an id and a column for each class
        of_classes = [
            name
            for name, cells in columns.items()
            if len(values := {cell for cell in cells if cell}) > 1 and values <= wanted
        ]
        if len(of_classes) == 1:
            return of_classes
    if evidence.test_columns is None:
        return []
    return [name for name in columns if name not in evidence.test_columns]


def _usual(columns: Mapping[str, Cells]) -> list[str]:
    """Return the columns that are called like labels, the likeliest first."""
    folded = {name.casefold(): name for name in columns}
    found = [folded[name] for name in LABEL_NAMES if name in folded]
    found += [name for name in columns if name not in found and is_called_like_label(name)]
    return found


def is_called_like_label(name: str) -> bool:
    """Return whether a column has a usual name of a label, or one that ends like it."""
    words = words_of(name)
    core = [word for word in words if word not in _CODES]
    return name.casefold() in LABEL_NAMES or "".join(words) in _LABEL_WORDS or (bool(core) and core[-1] in _LABEL_WORDS)


def _is_plausible(name: str, cells: Cells) -> bool:
    """Return whether a column may hold classes: no index, no constant, no number with decimals, no date."""
    present = [cell for cell in cells if cell is not None]
    values = set(present)
    if (
        not name
        or len(values) < 2
        or _is_index(cells)
        or (2 * len(present) < len(cells) and len(cells) >= _FEWEST_ROWS)
    ):
        return False
    if len(present) >= _FEWEST_ROWS and 2 * len(values) > len(present):
        return False
    if is_of_decimals(present[:2_000]) or all(map(_DATE.fullmatch, list(values)[:50])):
        return False
    return not {"unnamed", "index"} & set(words_of(name)[:1])


def _agree(cells: Cells, folders: Sequence[str]) -> bool:
    return len(cells) == len(folders) and None not in cells and are_one_to_one(cells, folders)


def _most_readable(columns: Mapping[str, Cells], names: Sequence[str]) -> str:
    return next((name for name in names if not are_codes(columns[name])), names[0])


def _without_codes(columns: Mapping[str, Cells], plausible: Sequence[str]) -> list[str]:
    """Return the columns without those that only number, or name again, the classes of another."""
    kept: list[str] = []
    for name in sorted(plausible, key=lambda each: are_codes(columns[each])):
        if not any(are_one_to_one(columns[name], columns[other]) for other in kept):
            kept.append(name)
    return [name for name in plausible if name in kept]


def _with_names(columns: Mapping[str, Cells], plausible: Sequence[str], target: Target) -> Target:
    """Return the readable column that says the same as the codes of the chosen one, where there is such a column."""
    if target.column is None or target.no_classes or not are_codes(columns[target.column]):
        return target
    codes = columns[target.column]
    for name in plausible:
        if name != target.column and not are_codes(columns[name]) and are_one_to_one(codes, columns[name]):
            note = f"The columns '{target.column}' and '{name}' say the same: the classes are called as in '{name}'."
            return Target(name, target.strength, notes=(note,))
    return target


def _judged(columns: Mapping[str, Cells], name: str, strength: Strength, evidence: Evidence) -> Target:
    """Return the column as the target, or why its values are no classes."""
    cells = [cell for cell in columns[name] if cell is not None]
    several = several_in_words(name, cells)
    if several:
        return Target(name, strength, no_classes=several)
    answers = evidence.sample_columns.get(name, ())
    values = set(cells)
    are_numbers = len(values) > 2 and are_codes(cells)
    if are_numbers and is_of_decimals(cells):
        return Target(name, strength, no_classes=number_in_words(name, cells))
    is_answered_with_decimals = (
        len(values) > 2
        and is_of_decimals(answers)
        and all((number_of(cell) or 0) > 1 for cell in answers if cell is not None)
    )
    if are_numbers and is_answered_with_decimals and len(values) > _MANY_VALUES:
        return Target(name, strength, no_classes=number_in_words(name, cells))
    return Target(name, strength)


def _number_to_predict(columns: Mapping[str, Cells]) -> Target:
    """Return the numbers that may be what is to be predicted, where no column holds classes."""
    decimals = [
        name for name, cells in columns.items() if is_of_decimals(cells) and not _FACTS & set(words_of(name)) - {"age"}
    ]
    if len(decimals) == 1 or (len(decimals) > 1 and len(decimals) * 2 > len(columns)):
        first = decimals[0]
        text = number_in_words(first, [cell for cell in columns[first] if cell is not None])
        if len(decimals) > 1:
            text = (
                f"The columns {named(decimals)} hold numbers with decimals: numbers to predict, and no classes. "
                + HOW_TO_GO_ON_WITH_NUMBERS
            )
        return Target(first, Strength.LEFT, no_classes=text)
    return Target()
