"""Recognise columns of texts, which are no classes: sentences about the pictures, and the words written in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from onelook.data.layouts.manifests.columns.number_columns import Cells
from onelook.wording import named

_FEWEST_SENTENCES = 5  # cells
_FEWEST_WORDS = 4  # in half of the sentences or more; names of classes are shorter, or repeat
_SHARE_DISTINCT = 2 / 3  # of the cells
_FEWEST_TEXTS = 20  # different words, signs and numbers in a text that is cut into words
_FEWEST_IN_BOTH_CASES = 2  # words that begin one sentence and are within another: `The` and `the`
_SIGN = re.compile(r"[^\w\s]+")
_BETWEEN_WORDS = re.compile(r"[\s|]+")  # IAM writes a line as `A|MOVE|to|stop`

_CLASSES_ALL_THE_SAME = "If these are the classes all the same, say so with --label-column {}."


def are_sentences(cells: Cells) -> bool:
    """Return whether most cells are sentences, of which nearly each picture has one of its own.

    Example:
        >>> are_sentences([f"a dog of {number} years on the grass" for number in range(9)])
        True
        >>> are_sentences(["a dog on the grass", "a cat on the grass"] * 5), are_sentences(["golden retriever"] * 9)
        (False, False)
    """
    present = [cell for cell in cells if cell is not None]
    distinct = {*present}
    if len(present) < _FEWEST_SENTENCES or len(distinct) < _SHARE_DISTINCT * len(present):
        return False
    return 2 * sum(len(_BETWEEN_WORDS.split(cell)) >= _FEWEST_WORDS for cell in distinct) >= len(distinct)


def is_text_in_words(cells: Cells) -> bool:
    """Return whether a column is a text cut into words, a word a row: some are signs, others begin a sentence too.

    Example:
        >>> text = "A dog sat on a mat, and the cat, which had sat there before, said: The mat is my own. But a dog"
        >>> is_text_in_words(re.findall(r"\\w+|[^\\w\\s]", text))
        True
        >>> is_text_in_words([f"class {number % 30}" for number in range(90)])
        False
    """
    distinct = {cell for cell in cells if cell is not None}
    if len(distinct) < _FEWEST_TEXTS or any(len(cell.split()) > 1 for cell in distinct):
        return False
    small = {cell for cell in distinct if cell.islower()}
    in_both = {cell for cell in distinct if cell.istitle() and cell.casefold() in small}
    return len(in_both) >= _FEWEST_IN_BOTH_CASES and any(map(_SIGN.fullmatch, distinct))


def sentences_in_words(column: str, cells: Cells) -> str:
    """Return the sentences on a column of texts about the pictures."""
    return (
        f"The column '{column}' holds sentences, such as {_examples(cells)}: they describe the pictures, and are no "
        "classes. onelook trains classifiers: name another column with --label-column, or take a tool that writes "
        f"captions. {_CLASSES_ALL_THE_SAME.format(quote(column))}"
    )


def text_in_words(column: str, cells: Cells) -> str:
    """Return the sentences on a column with the words that are written in the pictures."""
    return (
        f"The column '{column}' holds the words of a text, such as {_examples(cells)}: they are what is "
        "written in the pictures, and no classes. onelook trains classifiers: name another column with "
        f"--label-column, or take a tool that reads text. {_CLASSES_ALL_THE_SAME.format(quote(column))}"
    )


def _examples(cells: Cells) -> str:
    present: Sequence[str] = [*dict.fromkeys(cell for cell in cells if cell is not None)]
    words = [cell for cell in present if not _SIGN.fullmatch(cell)]
    return named((words or present)[:3])
