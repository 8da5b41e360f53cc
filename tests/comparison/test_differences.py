"""The pictures on which runs differ, with what each answered, and the classes in which that is more than chance."""

from __future__ import annotations

import numpy as np

from onelook.comparison.differences import Answer, DifferingPicture, KeptError, find_differences
from onelook.comparison.scored_predictions import ScoredPredictions

NAMES = ("cat", "dog", "fox")
LABELS = {"a": "cat", "b": "cat", "c": "dog", "d": "fox"}


def answers(said: dict[str, tuple[str, float]], labels: dict[str, str] = LABELS) -> ScoredPredictions:
    """The answers of a run, in the order of `said`."""
    given, predicted = [labels[each] for each in said], [name for name, _ in said.values()]
    right = np.array([one == other for one, other in zip(given, predicted, strict=True)])
    sure = np.array([p for _, p in said.values()])
    return ScoredPredictions((*said,), right, sure, (*given,), (*predicted,))


FIRST = answers({"a": ("cat", 0.9), "b": ("dog", 0.6), "c": ("dog", 0.8), "d": ("cat", 0.7)})
# The other one has b right, c wrong, and the same picture d wrong in another way; its rows have another order.
OTHER = answers({"d": ("dog", 0.5), "c": ("fox", 0.95), "b": ("cat", 0.55), "a": ("cat", 0.99)})


def test_pictures_that_one_has_right_and_the_other_wrong_come_with_both_answers() -> None:
    kept = ({"b": KeptError("cat", 0.3, "iVBOR1")}, {"c": KeptError("dog", 0.04), "d": KeptError("fox", 0.1)})
    found = find_differences(NAMES, [FIRST, OTHER], 0, kept, 0.05)
    assert found.pictures == (
        # Whoever was surest of a wrong answer comes first.
        DifferingPicture("c", "dog", (Answer("dog", 0.8, 0.8, True), Answer("fox", 0.95, 0.04, False))),
        DifferingPicture("b", "cat", (Answer("dog", 0.6, 0.3, False), Answer("cat", 0.55, 0.55, True)), "iVBOR1"),
    )
    assert (found.best, found.compared) == (0, (1,))


def test_of_the_pictures_that_runs_kept_the_finest_is_shown() -> None:
    wrong = answers(dict.fromkeys(LABELS, ("fox", 0.9)))
    kept = ({"b": KeptError("cat", 0.3, "coarse")}, {}, {"b": KeptError("cat", 0.3, "a finer picture")})
    found = find_differences(NAMES, [FIRST, OTHER, wrong], 1, kept, 0.05)
    assert {one.id: one.picture for one in found.pictures}["b"] == "a finer picture"


def test_what_a_run_kept_under_another_label_says_nothing_of_this_one() -> None:
    kept = ({"b": KeptError("fox", 0.3)}, {})
    found = find_differences(NAMES, [FIRST, OTHER], 0, kept, 0.05)
    assert [one.answers[0].p_label for one in found.pictures if one.id == "b"] == [None]


def test_errors_are_found_by_the_id_that_the_run_itself_uses() -> None:
    renamed = ScoredPredictions(FIRST.ids, FIRST.right, FIRST.confidence, FIRST.labels, FIRST.predicted, (*"wxyz",))
    found = find_differences(NAMES, [OTHER, renamed], 1, ({}, {"x": KeptError("cat", 0.25, "pic")}), 0.05)
    (b,) = (one for one in found.pictures if one.id == "x")  # named as in the best run
    assert (b.answers[1].p_label, b.picture) == (0.25, "pic")


def test_a_class_is_named_only_if_its_difference_is_more_than_chance_after_correction() -> None:
    # Of nine cats the best has all right: p = 2 / 2^9. Of six dogs and six birds: 2 / 2^6 = .031, and twice that is
    # more than .05.
    labels = {f"{at}": "cat" if at < 9 else "dog" if at < 15 else "bird" for at in range(21)}
    best = answers({each: (name, 0.9) for each, name in labels.items()}, labels)
    other = answers(dict.fromkeys(labels, ("fox", 0.9)), labels)
    found = find_differences(NAMES, [other, best], 1, ({}, {}), 0.05)
    assert [(one.class_name, one.run, one.only_best_right, one.only_this_right) for one in found.classes] == [
        ("cat", 0, 9, 0)
    ]
    assert found.classes[0].p_adjusted == 3 * 2 / 2**9
    assert found.tests == 3
    assert found.class_names == (*NAMES, "bird")  # a class that the data's list lacks comes after it


def test_a_run_is_tested_on_the_classes_alone_in_which_it_differs_from_the_best() -> None:
    labels = {f"{at}": "cat" if at < 6 else "dog" for at in range(12)}
    best, no_cats, no_dogs = (
        answers({each: ("fox" if name == wrong else name, 0.9) for each, name in labels.items()}, labels)
        for wrong in ("", "cat", "dog")
    )
    found = find_differences(NAMES, [no_cats, best, no_dogs], 1, ({}, {}, {}), 0.1)
    assert found.tests == 2
    assert {(one.class_name, one.run, one.p_adjusted) for one in found.classes} == {
        ("cat", 0, 2 * 2 / 2**6),
        ("dog", 2, 2 * 2 / 2**6),
    }


def test_of_three_runs_each_is_tested_against_the_best() -> None:
    same = answers({"a": ("cat", 0.9), "b": ("dog", 0.6), "c": ("dog", 0.8), "d": ("fox", 0.7)})
    found = find_differences(NAMES, [FIRST, same, OTHER], 1, ({}, {}, {}), 0.05)
    assert found.compared == (0, 2)
    assert {one.id: tuple(each.is_right for each in one.answers) for one in found.pictures} == {
        "b": (False, False, True),
        "c": (True, True, False),
        "d": (False, True, False),
    }
