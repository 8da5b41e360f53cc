"""What is said of a fitted model's size, and the count of its numbers, by hand for each kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from onelook.classical.model_size import count_numbers, describe_size

# Three classes on a line, by the first of two values: a tree cuts twice and has two inner nodes and three leaves.
X = np.array([[row, row % 2] for row in range(12)], np.float64)
Y = np.repeat([0, 1, 2], 4)
TREE = 3 * 3 + 2 * 2  # a number for each class in three leaves, and two for each cut


@pytest.mark.parametrize(
    ("name", "estimator", "text", "numbers"),
    [
        ("decision-tree", DecisionTreeClassifier(), "a tree with 5 nodes, 2 deep", TREE),
        (
            "random-forest",
            RandomForestClassifier(2, bootstrap=False, max_features=None),
            "2 trees with 10 nodes",
            2 * TREE,
        ),
        ("knn", KNeighborsClassifier(2), "12 training pictures of 2 values, all stored", 12 * (2 + 1)),
        ("logistic", LogisticRegression(), "a weight for each of 2 values and each class", 3 * 2 + 3),
    ],
)
def test_a_fitted_model(name: str, estimator: Any, text: str, numbers: int) -> None:
    estimator.fit(X, Y)
    assert (describe_size(name, estimator), count_numbers(name, estimator)) == (text, numbers)


def test_rounds_of_boosting_count_each_classs_tree() -> None:
    model = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=2, min_samples_leaf=1, early_stopping=False)
    model.fit(X, Y)
    assert describe_size("hist-gradient-boosting", model) == "2 rounds, 6 trees with 18 nodes"
    assert count_numbers("hist-gradient-boosting", model) == 6 * 2 + 2 * 6  # two leaves and one cut in each tree


def test_support_vectors_with_their_weights_and_offsets() -> None:
    model = SVC(kernel="linear").fit(X, Y)
    vectors = len(model.support_)
    assert describe_size("svc", model) == f"{vectors} support vectors of 2 values"
    assert count_numbers("svc", model) == 2 * vectors + 2 * vectors + 3  # two weights each, and an offset a pair


@pytest.mark.parametrize(("components", "said"), [(1, "1 principal component"), (2, "2 principal components")])
def test_principal_components_count_too(components: int, said: str) -> None:
    model = make_pipeline(PCA(components), LogisticRegression()).fit(X, Y)
    assert describe_size("logistic", model) == f"a weight for each of {components} values and each class, on {said}"
    assert count_numbers("logistic", model) == components * 2 + 3 * components + 3
