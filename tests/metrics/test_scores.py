"""Every score against a case worked out by hand, and against scikit-learn on random cases."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from onelook.metrics.accuracy import accuracy, top5_accuracy
from onelook.metrics.confidence import calibration_error, log_loss
from onelook.metrics.confusion import class_scores, confusion_matrix, confusion_of
from onelook.metrics.scores import Score, further_scores, measure_scores, score_inputs
from onelook.metrics.uneven_classes import balanced_accuracy, macro_f1, matthews_correlation

# Rows 0 to 5 are labelled a a a b b c; predicted  a a b b a b: c is never predicted.
PROBABILITIES = np.array(
    [
        [0.7, 0.2, 0.1],
        [0.5, 0.3, 0.2],
        [0.2, 0.6, 0.2],
        [0.1, 0.8, 0.1],
        [0.6, 0.3, 0.1],
        [0.3, 0.4, 0.3],
    ]
)
LABELS = np.array([0, 0, 0, 1, 1, 2])


def random_case(seed: int, classes: int = 5, rows: int = 37) -> tuple[np.ndarray, np.ndarray]:
    """Cases in which now and then a class is absent from the labels, or never predicted."""
    chance = np.random.default_rng(seed)
    probabilities = chance.dirichlet(np.full(classes, 0.5), size=rows).astype(np.float32)
    labels = chance.choice(classes, size=rows, p=chance.dirichlet(np.full(classes, 0.4)))
    if seed % 3 == 0:
        probabilities[:, chance.integers(classes)] = 0
        probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities, labels


class TestByHand:
    def test_confusion(self) -> None:
        assert confusion_of(PROBABILITIES, LABELS).tolist() == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]

    def test_accuracy(self) -> None:
        assert accuracy(PROBABILITIES, LABELS) == pytest.approx(3 / 6)

    def test_balanced_accuracy(self) -> None:
        assert balanced_accuracy(confusion_of(PROBABILITIES, LABELS)) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)

    def test_class_scores(self) -> None:
        scores = class_scores(confusion_of(PROBABILITIES, LABELS))
        assert scores.precision == pytest.approx([2 / 3, 1 / 3, 0])
        assert scores.recall == pytest.approx([2 / 3, 1 / 2, 0])
        assert scores.f1 == pytest.approx([2 / 3, 2 / 5, 0])
        assert scores.support.tolist() == [3, 2, 1]

    def test_macro_f1(self) -> None:
        assert macro_f1(confusion_of(PROBABILITIES, LABELS)) == pytest.approx((2 / 3 + 2 / 5 + 0) / 3)

    def test_log_loss(self) -> None:
        expected = -np.log([0.7, 0.5, 0.2, 0.8, 0.3, 0.3]).mean()
        assert log_loss(PROBABILITIES, LABELS) == pytest.approx(expected)

    def test_one_sure_error_does_not_make_the_loss_infinite(self) -> None:
        sure = np.array([[1.0, 0.0]], dtype=np.float32)
        assert log_loss(sure, np.array([1])) == pytest.approx(-np.log(np.finfo(np.float32).eps))
        assert str(log_loss(sure, np.array([0]))) == "0.0"  # not -0.0, which a table would show as -0.0000

    def test_calibration_error(self) -> None:
        # Confidences 0.70 and 0.71 share the bin (10/15, 11/15]; 0.95 lies in (14/15, 1].
        probabilities = np.array([[0.70, 0.30], [0.71, 0.29], [0.05, 0.95], [0.05, 0.95]])
        labels = np.array([0, 1, 1, 1])
        in_first_bin = abs((0.70 + 0.71) / 2 - 0.5)
        in_last_bin = abs(0.95 - 1.0)
        assert calibration_error(*score_inputs(probabilities, labels)["confidence"]) == pytest.approx(
            0.5 * in_first_bin + 0.5 * in_last_bin
        )

    def test_a_bin_of_calibration_holds_its_upper_edge(self) -> None:
        # 0.6 = 9/15 closes the bin of 0.57; taken for the next bin's, the two gaps would add up instead of cancel.
        probabilities = np.array([[0.57, 0.43], [0.60, 0.40]])
        labels = np.array([0, 1])
        assert calibration_error(*score_inputs(probabilities, labels)["confidence"]) == pytest.approx(
            abs((0.57 - 1) + (0.60 - 0)) / 2
        )

    def test_matthews_correlation(self) -> None:
        # 3 of 6 right; labels 3, 2, 1 of a, b, c; predictions 3, 3, 0.
        shared = 3 * 6 - (3 * 3 + 2 * 3 + 1 * 0)
        spread = (36 - (9 + 4 + 1)) * (36 - (9 + 9 + 0))
        assert matthews_correlation(confusion_of(PROBABILITIES, LABELS)) == pytest.approx(shared / spread**0.5)

    def test_matthews_correlation_of_two_classes_is_the_one_of_1975(self) -> None:
        # 5 true negatives, 1 false positive, 2 false negatives, 4 true positives.
        assert matthews_correlation(np.array([[5, 1], [2, 4]])) == pytest.approx(
            (4 * 5 - 1 * 2) / (5 * 6 * 6 * 7) ** 0.5
        )
        assert matthews_correlation(np.array([[0, 3], [3, 0]])) == -1

    def test_matthews_correlation_of_many_rows_does_not_overflow(self) -> None:
        assert matthews_correlation(np.array([[10**6, 10**5], [10**5, 10**6]])) == pytest.approx(0.9 / 1.1)

    def test_top5_accuracy(self) -> None:
        # The label is the likeliest, the fifth and the sixth class; in the last row classes 3 to 5 are equally likely.
        descending = [0.3, 0.25, 0.2, 0.15, 0.06, 0.04]
        probabilities = np.array([descending, descending, descending, [0.4, 0.2, 0.1, 0.1, 0.1, 0.1]])
        assert top5_accuracy(probabilities, np.array([0, 4, 5, 5])) == 2 / 4
        assert top5_accuracy(probabilities[:, ::-1], np.array([5, 1, 0, 4])) == 3 / 4

    def test_top5_accuracy_of_five_classes_says_nothing(self) -> None:
        assert top5_accuracy(np.full((2, 5), 0.2), np.array([0, 4])) is None


@pytest.mark.parametrize("seed", range(20))
def test_scikit_learn_agrees(seed: int) -> None:
    probabilities, labels = random_case(seed)
    predicted = probabilities.argmax(axis=1)
    classes = np.arange(probabilities.shape[1])
    confusion = confusion_matrix(labels, predicted, len(classes))
    assert (confusion == sklearn_metrics.confusion_matrix(labels, predicted, labels=classes)).all()

    scores = class_scores(confusion)
    precision, recall, f1, support = sklearn_metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, zero_division=0
    )
    assert scores.precision == pytest.approx(precision)
    assert scores.recall == pytest.approx(recall)
    assert scores.f1 == pytest.approx(f1)
    assert (scores.support == support).all()

    assert accuracy(probabilities, labels) == pytest.approx(sklearn_metrics.accuracy_score(labels, predicted))
    with warnings.catch_warnings():  # it remarks that a predicted class has no rows; we say so in the evaluation
        warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")
        balanced = sklearn_metrics.balanced_accuracy_score(labels, predicted)
    assert balanced_accuracy(confusion) == pytest.approx(balanced)
    expected = sklearn_metrics.f1_score(labels, predicted, average="macro", zero_division=0)
    assert macro_f1(confusion) == pytest.approx(expected)
    expected = sklearn_metrics.matthews_corrcoef(labels, predicted)
    assert matthews_correlation(confusion) == pytest.approx(expected)
    loss = sklearn_metrics.log_loss(labels, probabilities, labels=classes)
    assert log_loss(probabilities, labels) == pytest.approx(loss, rel=1e-6)


def test_random_cases_hold_absent_and_unpredicted_classes() -> None:
    absent = unpredicted = 0
    for seed in range(20):
        confusion = confusion_of(*random_case(seed))
        absent += (confusion.sum(axis=1) == 0).any()
        unpredicted += (confusion.sum(axis=0) == 0).any()
    assert absent >= 5
    assert unpredicted >= 5


def test_confusion_counts_narrow_integers_without_overflow() -> None:
    labels = np.full(10, 99, dtype=np.uint8)
    assert confusion_matrix(labels, labels, 100)[99, 99] == 10


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_agrees_on_the_five_likeliest_classes(seed: int) -> None:
    chance = np.random.default_rng(seed)
    probabilities, labels = chance.dirichlet(np.ones(9), size=50), chance.integers(9, size=50)
    expected = sklearn_metrics.top_k_accuracy_score(labels, probabilities, k=5, labels=np.arange(9))
    assert top5_accuracy(probabilities, labels) == expected


class TestShownScores:
    """Which scores are shown beside accuracy, and how."""

    def test_short_views_leave_out_what_is_not_theirs(self) -> None:
        values = measure_scores(score_inputs(PROBABILITIES, LABELS))
        assert [*further_scores([values], "report")] == ["balanced_accuracy", "macro_f1", "loss"]
        assert [*further_scores([values], "folds")] == ["macro_f1", "loss"]
        assert [*further_scores([values], "comparison")] == ["macro_f1", "loss", "calibration_error"]

    def test_a_score_that_nothing_has_is_left_out_everywhere(self) -> None:
        three, six = (measure_scores(score_inputs(np.eye(classes), np.arange(classes))) for classes in (3, 6))
        assert "top5_accuracy" not in further_scores([three])
        assert "top5_accuracy" in further_scores([three, six])

    def test_what_a_score_reads_and_nobody_knows_leaves_it_unknown(self) -> None:
        values = measure_scores({"confusion": (confusion_of(PROBABILITIES, LABELS),)})
        known = {name for name, value in values.items() if value is not None}
        assert known == {"balanced_accuracy", "macro_f1", "matthews_correlation"}

    def test_values_as_text(self) -> None:
        share, number = Score("share", len, format="percent"), Score("number", len)
        assert share.in_words(0.98765) == "98.77 %"
        assert share.in_words(0.98765, percent_decimals=1) == "98.8 %"
        assert share.in_words(0.999999) == "99.9999 %"  # 100 % is said only of all
        assert number.in_words(0.98765) == "0.9877"
        assert number.in_words(0.98765, number_decimals=3) == "0.988"
        assert [number.in_words(value) for value in (0.0, 0.000021, -0.5)] == ["0.0000", "2.1e-05", "-0.5000"]
        assert (share.in_words(None), number.in_words(None)) == ("–", "–")
