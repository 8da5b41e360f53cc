"""The size of a fitted model: a description, and a count of its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from onelook.predictors.sklearn import last_step
from onelook.wording import counted


def describe_size(name: str, estimator: Any) -> str:
    """Return a phrase such as "100 trees with 123,456 nodes"."""
    model = last_step(estimator)
    components = (
        "" if model is estimator else f", on {counted(len(estimator.steps[0][1].components_), 'principal component')}"
    )
    match name:
        case "decision-tree":
            text = f"a tree with {counted(model.tree_.node_count, 'node')}, {model.tree_.max_depth} deep"
        case "random-forest":
            nodes = sum(tree.tree_.node_count for tree in model.estimators_)
            text = f"{counted(len(model.estimators_), 'tree')} with {counted(nodes, 'node')}"
        case "hist-gradient-boosting":
            trees = [tree for trees in model._predictors for tree in trees]
            rounds = counted(len(model._predictors), "round")
            text = f"{rounds}, {counted(len(trees), 'tree')} with {counted(_nodes(trees), 'node')}"
        case "svc":
            text = (
                f"{counted(len(model.support_vectors_), 'support vector')} of {counted(model.n_features_in_, 'value')}"
            )
        case "knn":
            pictures = counted(model.n_samples_fit_, "training picture")
            text = f"{pictures} of {counted(model.n_features_in_, 'value')}, all stored"
        case _:
            text = f"a weight for each of {model.n_features_in_:,} values and each class"
    return text + components


def count_numbers(name: str, estimator: Any) -> int:
    """Return the count of learnt numbers: two (feature, threshold) for a tree's inner node, one a class for a leaf."""
    model = last_step(estimator)
    components = 0 if model is estimator else estimator.steps[0][1].components_.size
    match name:
        case "decision-tree":
            own = _tree_numbers(model)
        case "random-forest":
            own = sum(map(_tree_numbers, model.estimators_))
        case "hist-gradient-boosting":
            trees = [tree for trees in model._predictors for tree in trees]
            leaves = sum(int(np.count_nonzero(tree.nodes["is_leaf"])) for tree in trees)
            own = leaves + 2 * (_nodes(trees) - leaves)
        case "svc":
            own = model.support_vectors_.size + model.dual_coef_.size + model.intercept_.size
        case "knn":
            own = model.n_samples_fit_ * (model.n_features_in_ + 1)
        case _:
            own = model.coef_.size + model.intercept_.size
    return int(own + components)


def _nodes(trees: list[Any]) -> int:
    return sum(len(tree.nodes) for tree in trees)


def _tree_numbers(tree: Any) -> int:
    leaves = int(tree.tree_.n_leaves)
    return leaves * len(tree.classes_) + 2 * (int(tree.tree_.node_count) - leaves)
