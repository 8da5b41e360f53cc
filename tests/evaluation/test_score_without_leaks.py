"""The score without the pictures that the model has seen: by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation, SetName
from onelook.evaluation.score_without_leaks import memory_sentence, with_leaks
from onelook.metrics.interval import wilson_interval

NAMES = ("cat", "dog")
IDS = tuple("abcdefghij")
LABELS = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
# Right but for d, e and j; probabilities of the answers are 0.8.
ANSWERS = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 0])
PROBABILITIES = np.where(ANSWERS[:, None] == np.arange(2), 0.8, 0.2)


def judged(seen: dict[str, tuple[str, ...]], set_name: str = "test") -> Evaluation:
    whole = evaluate(PROBABILITIES, LABELS, NAMES, set_name)  # type: ignore[arg-type]
    return with_leaks(whole, PROBABILITIES, LABELS, IDS, seen)


def test_the_score_without_is_that_of_the_others() -> None:
    found = judged({"exact": ("a", "b", "f"), "near": ("g",)})
    left = found.without_leaks
    assert found.leaked == {"exact": 3, "near": 1}
    assert left is not None
    # c, h, i right and d, e, j wrong; of the cats one in three, of the dogs two in three.
    assert (left.rows, left.accuracy) == (6, 0.5)
    assert left.accuracy_interval == wilson_interval(3, 6)
    assert left.balanced_accuracy == pytest.approx(0.5)
    assert left.loss == pytest.approx(-(3 * np.log(0.8) + 3 * np.log(0.2)) / 6)
    assert (found.accuracy, found.rows) == (0.7, 10)


def test_the_first_warning_says_how_many_how_and_what_is_left() -> None:
    low, high = wilson_interval(3, 6)
    assert judged({"exact": ("a", "b", "f"), "near": ("g",)}).warnings[0] == (
        "4 of the 10 test pictures are among those that the model was trained or tuned on (3 pixel for pixel and 1 "
        f"nearly the same), so the model can remember them. Without them the accuracy is 50.0 % on 6 pictures "
        f"(95 % interval {100 * low:.1f} % to {100 * high:.1f} %), with them 70.0 %."
    )
    assert (
        judged({"copies": ("a",)}, "val")
        .warnings[0]
        .startswith(
            "1 of the 10 validation pictures is among those that the model was trained on (the same or nearly so), "
        )
    )


def test_what_was_seen_in_two_ways_counts_once() -> None:
    found = judged({"near": ("a", "b"), "exact": ("a",), "before": ("a", "b", "c")})
    assert found.leaked == {"exact": 1, "near": 1, "before": 1}
    assert found.without_leaks is not None
    assert found.without_leaks.rows == 7


def test_pictures_that_were_not_judged_do_not_count() -> None:
    assert judged({"exact": ("a", "z")}).leaked == {"exact": 1}


def test_none_seen_is_said_and_changes_nothing_else() -> None:
    found = judged({"exact": (), "near": ()})
    whole = evaluate(PROBABILITIES, LABELS, NAMES, "test")
    assert (found.leaked, found.without_leaks, found.warnings) == ({"exact": 0, "near": 0}, None, whole.warnings)
    assert found.to_dict() == {**whole.to_dict(), "leaked": {"exact": 0, "near": 0}, "without_leaks": None}


def test_where_all_were_seen_there_is_no_score_without() -> None:
    found = judged({"exact": IDS})
    assert found.without_leaks is None
    assert found.leaked == {"exact": 10}
    assert found.warnings[0].endswith("no picture is left to score: keep pictures aside that are in no other part.")


@pytest.mark.parametrize(
    ("rows", "set_name", "called", "words"),
    [
        (
            10,
            "test",
            None,
            "10 of the 10 test pictures are among those that the model was trained or tuned on (pixel for "
            "pixel), so the model can remember them. Without them no picture is left to score: keep "
            "pictures aside that are in no other part.",
        ),
        (
            10,
            "val",
            None,
            "10 of the 10 validation pictures are among those that the model was trained on (pixel for "
            "pixel), so the model can remember them. Without them no picture is left to score: keep "
            "pictures aside that are in no other part.",
        ),
        (
            10,
            "test",
            "labelled pictures",
            "All 10 labelled pictures are among those that the model was trained or tuned on (pixel for "
            "pixel), so the model can remember them. Without them no picture is left to score: use pictures "
            "that are new to it.",
        ),
        (
            1,
            "test",
            "pictures",
            "The one picture that is scored is among those that the model was trained or tuned on (pixel for pixel), "
            "so the model can remember it. Without it no picture is left to score: use pictures that are "
            "new to it.",
        ),
    ],
)
def test_where_all_were_seen_the_advice_depends_on_whose_pictures_they_are(
    rows: int, set_name: SetName, called: str | None, words: str
) -> None:
    probabilities, labels, ids = PROBABILITIES[:rows], LABELS[:rows], IDS[:rows]
    whole = evaluate(probabilities, labels, NAMES, set_name)
    found = with_leaks(whole, probabilities, labels, ids, {"exact": ids}, called=called)
    assert found.warnings[0] == words
    assert found.warnings[1:] == whole.warnings


def test_it_is_written_and_read_back() -> None:
    for found in (judged({"exact": ("a",)}), judged({"exact": ()}), evaluate(PROBABILITIES, LABELS, NAMES, "test")):
        assert Evaluation.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert "leaked" not in evaluate(PROBABILITIES, LABELS, NAMES, "test").to_dict()


def said_of_memory(
    seen: int, right: int, others: int, others_right: int, model: str = "svc", *, val_accuracy: float | None = None
) -> str | None:
    """What is said where so many of the pictures that a model has seen are right, and so many of the others."""
    is_right = np.concatenate([np.arange(seen) < right, np.arange(others) < others_right])
    labels = np.arange(seen + others) % 2
    answers = np.where(is_right, labels, 1 - labels)
    probabilities = np.where(answers[:, None] == np.arange(2), 0.8, 0.2)
    ids = [str(row) for row in range(seen + others)]
    whole = evaluate(probabilities, labels, NAMES, "test")
    return memory_sentence(with_leaks(whole, probabilities, labels, ids, {"exact": ids[:seen]}), model, val_accuracy)


def test_memory_is_named_where_the_gap_is_larger_than_chance_makes_it() -> None:
    # Of 100 pictures that are right with 80 %, 80 + 2 × 4 may be by chance.
    assert said_of_memory(100, 88, 50, 40) is None
    assert said_of_memory(100, 89, 50, 40) == (
        "svc is right on 89.0 % of the 100 pictures that it has seen, and on 80.0 % of the others: the difference is "
        "memory."
    )
    assert said_of_memory(100, 80, 50, 40) is None


@pytest.mark.parametrize("val_accuracy", [None, 0.0, 0.5, 1.0])
def test_where_some_were_not_seen_these_are_what_memory_is_measured_by(val_accuracy: float | None) -> None:
    assert said_of_memory(100, 89, 50, 40, val_accuracy=val_accuracy) == (
        "svc is right on 89.0 % of the 100 pictures that it has seen, and on 80.0 % of the others: the difference is "
        "memory."
    )


def test_of_fewer_than_twenty_seen_nothing_is_said_of_memory() -> None:
    assert said_of_memory(19, 19, 40, 10) is None
    assert said_of_memory(20, 20, 40, 10) is not None
    assert said_of_memory(0, 0, 40, 10) is None


def test_models_that_look_up_what_they_were_fitted_on_are_explained() -> None:
    assert str(said_of_memory(20, 20, 40, 10, "knn")).endswith(
        "It stores all pictures that it was fitted on, and finds each as its own nearest neighbour."
    )


def test_where_all_were_seen_memory_is_measured_by_validation() -> None:
    labels = np.arange(40) % 2
    probabilities = np.where(labels[:, None] == np.arange(2), 0.8, 0.2)
    ids = [str(row) for row in range(40)]
    found = with_leaks(evaluate(probabilities, labels, NAMES, "test"), probabilities, labels, ids, {"exact": ids})
    assert memory_sentence(found, "svc", None) is None
    assert memory_sentence(found, "svc", 0.5) == (
        "svc is right on 100 % of the 40 pictures that it has seen, and on 50.0 % of the validation pictures, which it "
        "was not fitted on: the difference is memory."
    )
