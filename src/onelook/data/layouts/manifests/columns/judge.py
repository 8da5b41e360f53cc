"""Tell whether the column chosen as the label holds classes: numbers, texts and lists of labels are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_in_words import NAMELESS
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS, MARK_WORDS
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.label_columns import are_files
from onelook.data.layouts.manifests.columns.number_columns import (
    HOW_TO_GO_ON_WITH_NUMBERS,
    Cells,
    are_codes,
    is_measure,
    is_of_decimals,
    number_in_words,
    number_of,
)
from onelook.data.layouts.manifests.columns.several_labels import several_in_words
from onelook.data.layouts.manifests.columns.texts_in_columns import (
    are_sentences,
    is_text_in_words,
    sentences_in_words,
    text_in_words,
)
from onelook.wording import named

# Whole numbers with this many values and few pictures each are measurements if a sample submission has decimals.
_MANY_VALUES = 20


def judged(columns: Mapping[str, Cells], name: str, strength: Strength, evidence: LabelEvidence) -> Target:
    """Return the column as the target, or why its values are not classes."""
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


def number_to_predict(columns: Mapping[str, Cells]) -> Target:
    """Return the column of numbers that may be the target, if no column has classes."""
    decimals = [
        name
        for name, cells in columns.items()
        if (is_of_decimals(cells) or is_measure(name, cells)) and not FACT_WORDS & set(words_of(name)) - {"age"}
    ]
    marks = [name for name, cells in columns.items() if MARK_WORDS & set(words_of(name)) and is_of_decimals(cells)]
    decimals = marks or decimals
    others = [name for name, cells in columns.items() if not are_files(cells)]  # further pictures of the row
    if len(decimals) == 1 or marks or (len(decimals) > 1 and len(decimals) * 2 > len(others)):
        first = decimals[0]
        text = number_in_words(first, [cell for cell in columns[first] if cell is not None])
        if len(decimals) > 1:
            kind = (
                "numbers with decimals" if all(is_of_decimals(columns[name]) for name in decimals) else "measurements"
            )
            text = (
                f"The columns {named(decimals)} hold {kind}: numbers to predict, and no classes. "
                + HOW_TO_GO_ON_WITH_NUMBERS
            )
        return Target(first, Strength.LEFT, no_classes=text)
    return Target()


def without_numbers_and_texts(columns: Mapping[str, Cells], target: Target) -> Target:
    """Return the target that was chosen unasked, with the reason if its column holds measurements or sentences."""
    if target.no_classes:
        return target
    if target.column is None:
        return _text_to_read(columns, target)
    if is_measure(target.column, columns[target.column]):
        present = [cell for cell in columns[target.column] if cell is not None]
        return replace(target, no_classes=number_in_words(target.column, present))
    if are_sentences(columns[target.column]):
        return replace(target, no_classes=sentences_in_words(target.column, columns[target.column]))
    return target


def _text_to_read(columns: Mapping[str, Cells], target: Target) -> Target:
    """Return the column with what is written in the pictures if no column is known to be the label, as IAM's last."""
    column = next(
        (
            name
            for name, cells in columns.items()
            if is_text_in_words(cells) or (NAMELESS.fullmatch(name) and are_sentences(cells))
        ),
        None,
    )
    if column is None:
        return target
    return Target(column, Strength.NAMED, no_classes=text_in_words(column, columns[column]))
