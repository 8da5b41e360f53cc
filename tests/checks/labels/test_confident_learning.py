"""Confident learning, worked out by hand on three classes, and its ranking on drawn probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.checks.labels import confident_learning
from onelook.checks.labels.confident_learning import (
    agreement,
    class_thresholds,
    confident_classes,
    confident_joint,
    rank_labels,
)

# Eight rows of three classes. Thresholds: class 0 (.9 + .6 + .3) / 3 = .6, class 1 (.7 + .5 + .0) / 3 = .4,
# class 2 (.8 + .4) / 2 = .6.
PROBABILITIES = np.array(
    [
        [0.90, 0.05, 0.05],  # 0: of 0 (.9 reaches .6)
        [0.60, 0.40, 0.00],  # 0: 0 and 1 both reach theirs, 0 is likelier
        [0.30, 0.65, 0.05],  # 0: only 1 reaches (.65 >= .4): looks like 1
        [0.20, 0.70, 0.10],  # 1: of 1
        [0.25, 0.50, 0.25],  # 1: of 1
        [0.05, 0.00, 0.95],  # 1: looks like 2, and nothing speaks for 1
        [0.10, 0.10, 0.80],  # 2: of 2
        [0.25, 0.35, 0.40],  # 2: none is reached: not counted
    ]
)
LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2])


def test_thresholds_are_the_mean_self_confidence_of_each_class():
    assert class_thresholds(PROBABILITIES, LABELS) == pytest.approx([0.6, 0.4, 0.6])


def test_the_confident_class_is_the_likeliest_of_those_that_reach_their_threshold():
    thresholds = class_thresholds(PROBABILITIES, LABELS)
    assert confident_classes(PROBABILITIES, thresholds).tolist() == [0, 0, 1, 1, 1, 2, 2, -1]


def test_rows_of_one_probability_all_reach_their_mean_which_is_rounded():
    probabilities, labels = np.array([[0.1, 0.9]] * 3), np.zeros(3, np.int64)
    thresholds = class_thresholds(probabilities, labels)
    assert thresholds[0] > 0.1  # (0.1 + 0.1 + 0.1) / 3, in floating point
    assert confident_classes(probabilities, thresholds).tolist() == [0, 0, 0]


def test_a_class_without_rows_is_suggested_and_never_counted():
    probabilities, labels = np.array([[0.3, 0.7], [0.5, 0.5]]), np.array([0, 0])
    assert class_thresholds(probabilities, labels).tolist() == [0.4, np.inf]
    assert confident_joint(probabilities, labels).tolist() == [[1, 0], [0, 0]]
    assert rank_labels(probabilities, labels).suggested.tolist() == [1, 1]


def test_the_confident_joint_counts_labels_against_confident_classes():
    assert confident_joint(PROBABILITIES, LABELS).tolist() == [[2, 1, 0], [0, 2, 1], [0, 0, 1]]


def test_candidates_come_first_the_worst_of_them_in_front():
    # The joint has one row off its diagonal for class 0 and one for class 1: the least sure row of each.
    ranking = rank_labels(PROBABILITIES, LABELS)
    assert ranking.candidates.tolist() == [5, 2]  # labels of probability .0 and .3
    assert ranking.suggested[[5, 2]].tolist() == [2, 1]
    assert ranking.score[[5, 2]] == pytest.approx([1.0, 0.7])
    # The rest by the label's probability: .4, .5, .6, .7, .8, .9.
    assert ranking.order.tolist() == [5, 2, 7, 4, 1, 3, 6, 0]


def test_a_row_whose_label_is_likelier_than_any_rival_is_no_candidate():
    # Class 1 is hard, its threshold low: row 0 counts off the diagonal, but its own label is likelier still.
    probabilities = np.array([[0.6, 0.4], [0.98, 0.02], [0.3, 0.7], [0.9, 0.1]])
    labels = np.array([0, 0, 1, 1])
    assert class_thresholds(probabilities, labels) == pytest.approx([0.79, 0.4])
    assert confident_joint(probabilities, labels).tolist() == [[1, 1], [1, 1]]
    assert rank_labels(probabilities, labels).candidates.tolist() == [3]


def test_equal_rows_keep_their_order():
    probabilities = np.full((6, 2), 0.5)
    assert rank_labels(probabilities, np.array([0, 1, 0, 1, 0, 1])).order.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_class_with_too_few_rows_has_no_candidates():
    probabilities = np.vstack([PROBABILITIES, [[0.9, 0.1, 0.0]]])
    labels = np.array([*LABELS, 2])  # the new row is labelled 2 and looks like 0
    assert rank_labels(probabilities, labels).is_candidate[8]
    assert rank_labels(probabilities, labels, fewest_rows=3).is_candidate[8]
    assert rank_labels(probabilities, labels, fewest_rows=4).candidates.size == 0


def test_candidates_come_before_rows_that_are_less_likely_and_no_candidates():
    # The last row's own class has one row of the two that are asked for, and nothing speaks for it.
    rows = np.array(
        [[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.9, 0.0], [0.3, 0.7, 0.0], [0.5, 0.5, 0.0]]
    )
    ranking = rank_labels(rows, np.array([0, 0, 0, 1, 1, 2]), fewest_rows=2)
    assert ranking.is_candidate.tolist() == [False, False, True, False, False, False]
    assert ranking.order.tolist() == [2, 5, 4, 0, 1, 3]
    assert ranking.suggested.tolist() == [1, 1, 1, 0, 0, 0]


def test_planted_errors_are_ranked_first_by_a_model_that_mostly_knows():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 2_000)
    logits = generator.normal(0, 1, (2_000, 4))
    logits[np.arange(2_000), truth] += 5
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = truth.copy()
    wrong = generator.choice(2_000, 100, replace=False)
    labels[wrong] = (labels[wrong] + generator.integers(1, 4, 100)) % 4
    ranking = rank_labels(probabilities, labels)
    assert np.isin(ranking.order[:100], wrong).mean() >= 0.9
    found = np.intersect1d(ranking.candidates, wrong)
    assert (ranking.suggested[found] == truth[found]).mean() >= 0.95


def test_kappa_of_a_model_that_knows_nothing_and_of_one_that_knows_all():
    labels = np.array([0, 1, 2] * 4)
    assert agreement(np.eye(3)[labels], labels) == (1.0, 1.0)
    # Each answer meets each label once: a third is right, which guessing reaches too.
    answers, given = np.repeat([0, 1, 2], 3), np.tile([0, 1, 2], 3)
    assert agreement(np.eye(3)[answers], given) == pytest.approx((1 / 3, 0.0))
    # 8 of 10 right, guessing would give .5: 0.3 of the 0.5 that was to be gained.
    answers, given = np.array([0] * 5 + [1] * 5), np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0])
    assert agreement(np.eye(2)[answers], given) == pytest.approx((0.8, 0.6))


def test_rows_are_ranked_alike_however_many_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(4), 60).astype(np.float32)
    labels = np.arange(60) % 4
    whole = rank_labels(rows, labels)
    assert 0 < len(whole.candidates) < 60
    monkeypatch.setattr(confident_learning, "_VALUES_AT_ONCE", 28)  # seven rows
    parts = rank_labels(rows, labels)
    assert parts.order.tolist() == whole.order.tolist()
    assert parts.is_candidate.tolist() == whole.is_candidate.tolist()
    assert parts.suggested.tolist() == whole.suggested.tolist()
