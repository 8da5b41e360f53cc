"""The pictures that some runs name rightly and others wrongly, with what each run answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onelook.comparison.scored_predictions import ScoredPredictions
from onelook.metrics.significance import exact_mcnemar, holm


@dataclass(frozen=True)
class KeptError:
    """A record that a run kept of one of its errors."""

    label: str
    p_label: float  # the probability of the label, in [0, 1]
    picture: str = ""  # a PNG or JPEG in base64; empty if none was kept


@dataclass(frozen=True)
class Answer:
    """The answer of one run to one picture."""

    predicted: str
    p_predicted: float  # the probability of the predicted class, in [0, 1]
    p_label: float | None  # the probability of the label; None if the run did not keep it
    is_right: bool


@dataclass(frozen=True)
class DifferingPicture:
    """A picture that at least one run has right, and at least one wrong."""

    id: str  # in the best run
    label: str
    answers: tuple[Answer, ...]  # one for each run
    picture: str = ""  # a PNG or JPEG in base64; empty if no run kept one


@dataclass(frozen=True)
class ClassTest:
    """A class in which the best run and another one differ by more than chance."""

    class_name: str
    run: int  # the position of the other run
    only_best_right: int
    only_this_right: int
    p_adjusted: float  # corrected for the number of tests (Holm 1979)


@dataclass(frozen=True)
class Differences:
    """All pictures on which runs differ, those that a run was surest and wrong about first."""

    class_names: tuple[str, ...]  # in the data's order
    best: int  # the position of the best run
    compared: tuple[int, ...]  # the positions of the runs that are compared with it
    pictures: tuple[DifferingPicture, ...]
    classes: tuple[ClassTest, ...] = ()  # those in which a difference is shown
    tests: int = 0  # the tests of one class and one run that were made


def find_differences(
    class_names: Sequence[str],
    answers: Sequence[ScoredPredictions],
    best: int,
    kept: Sequence[Mapping[str, KeptError]],
    level: float,
) -> Differences:
    """Return the pictures on which the runs differ, and the classes in which that is more than chance.

    Args:
        class_names: in the data's order.
        answers: those of each run, to the same pictures in any order, with labels that are the same for all.
        best: the position of the best run.
        kept: what each run kept of its errors, by the run's own id of the picture.
        level: a difference of a class counts as shown below this p-value.
    """
    first = answers[best]
    rows = [{each: row for row, each in enumerate(one.ids)} for one in answers]
    places = np.array([[of_run[each] for each in first.ids] for of_run in rows], np.int64)
    right = np.stack([one.right[order] for one, order in zip(answers, places, strict=True)])
    differing = np.flatnonzero(right.any(axis=0) & ~right.all(axis=0))
    found = [_differing(list(zip(answers, places[:, at].tolist(), strict=True)), best, kept) for at in differing]
    others = tuple(position for position in range(len(answers)) if position != best)
    names = tuple(dict.fromkeys([*class_names, *first.labels, *(each for one in answers for each in one.predicted)]))
    tests = _test_classes(
        names, np.array([names.index(one.label) for one in found], np.int64), right[:, differing], best
    )
    adjusted = holm([one.p_adjusted for one in tests])
    shown = [replace(one, p_adjusted=p) for one, p in zip(tests, adjusted, strict=True) if p < level]
    return Differences(
        class_names=names,
        best=best,
        compared=others,
        pictures=tuple(sorted(found, key=_surest_error, reverse=True)),
        classes=tuple(sorted(shown, key=lambda one: one.p_adjusted)),
        tests=len(tests),
    )


def _test_classes(
    names: Sequence[str], labels: NDArray[np.int64], right: NDArray[np.bool_], best: int
) -> list[ClassTest]:
    """Return a test of each class in which the best run and another one differ, not yet corrected for their number.

    Args:
        names: of the classes, by position.
        labels: (pictures,), of those on which runs differ: the others say nothing.
        right: (runs, pictures), whether the run has the picture right.
        best: the position of the best run.
    """
    tests = []
    for run in (position for position in range(len(right)) if position != best):
        for place in np.unique(labels[right[best] != right[run]]).tolist():
            of_class = labels == place
            result = exact_mcnemar(right[best][of_class], right[run][of_class])
            tests.append(
                ClassTest(names[place], run, result.only_first_right, result.only_second_right, result.p_value)
            )
    return tests


def _differing(
    asked: Sequence[tuple[ScoredPredictions, int]], best: int, kept: Sequence[Mapping[str, KeptError]]
) -> DifferingPicture:
    """Return one picture with the answer of each run.

    Args:
        asked: the answers of each run, and the row of the picture in them.
        best, kept: as for `find_differences`.
    """
    label = asked[best][0].labels[asked[best][1]]
    of_runs = [errors.get(one.own_ids[row]) for (one, row), errors in zip(asked, kept, strict=True)]
    answers = []
    for (one, row), error in zip(asked, of_runs, strict=True):
        predicted, confidence, is_right = one.predicted[row], float(one.confidence[row]), bool(one.right[row])
        known = error.p_label if error is not None and error.label == label else None
        answers.append(Answer(predicted, confidence, confidence if is_right else known, is_right))
    # The largest file is the finest picture: a run that reads small pictures keeps a coarse one.
    picture = max((error.picture for error in of_runs if error is not None), key=len, default="")
    return DifferingPicture(asked[best][0].own_ids[asked[best][1]], label, tuple(answers), picture)


def _surest_error(one: DifferingPicture) -> float:
    return max(each.p_predicted for each in one.answers if not each.is_right)
