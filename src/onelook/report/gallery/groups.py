"""Groups of classes that are confused with each other, each with its own small matrix: for many classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.evaluation.result import Evaluation
from onelook.report.gallery.class_order import confused_groups, errors_within
from onelook.report.gallery.matrix import Matrix, matrix_of
from onelook.report.page_wording import class_in_words
from onelook.wording import agree, counted, listed, translate

_GROUPS_SHOWN = 6
_LARGEST_GROUP = 8  # classes; as many columns can be read on a telephone
_IN_A_TITLE = 24  # characters of a class' name
_LEAST_ERRORS = 2  # inside a group


@dataclass(frozen=True)
class Group:
    """Classes that are confused with each other."""

    title: str
    matrix: Matrix


def groups_of(evaluation: Evaluation, largest_error: float) -> tuple[Group, ...]:
    """Return the groups with the most errors inside, the one with most first; none if no classes are confused."""
    counts = np.array(evaluation.confusion_matrix, np.int64)
    groups = []
    for classes in confused_groups(evaluation.confusion_matrix, _LARGEST_GROUP)[:_GROUPS_SHOWN]:
        inside = errors_within(counts, classes)
        if inside < _LEAST_ERRORS:
            break
        rows = counts[list(classes)]
        errors = int(rows.sum() - rows[range(len(classes)), classes].sum())
        matrix = matrix_of(evaluation, classes, largest_error, "middling tall")
        names = tuple(class_in_words(evaluation.class_names[index], _IN_A_TITLE) for index in classes)
        groups.append(Group(_title(names, inside, errors), matrix))
    return tuple(groups)


def _title(names: tuple[str, ...], inside: int, errors: int) -> str:
    """Return how many errors of the classes stay among them, as a sentence.

    Example:
        >>> _title(("oak", "elm"), 7, 9), _title(("oak", "elm"), 4, 4)
        ('oak and elm: 7 of their 9 errors are between them', 'oak and elm: all 4 errors are between them')
    """
    words = {
        "names": listed(names, most=3),
        "inside": f"{inside:,}",
        "errors": counted(errors, "error"),
        "are": agree(inside, "is", "are"),
        "among": "between" if len(names) == 2 else "among",
    }
    if inside == errors:
        return agree(
            errors,
            translate("{names}: the only error is {among} them", **words),
            translate("{names}: all {errors} are {among} them", **words),
        )
    return translate("{names}: {inside} of their {errors} {are} {among} them", **words)
