"""Each number of a model that scikit-learn's compiled code would believe is held against the others, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from onelook.classical.fit import ClassicalFit
from onelook.errors import ModelError
from onelook.predictors.check_estimator import known_types, refuse_unsound
from onelook.predictors.skops_file import from_skops

Forge = Callable[[Any], object]


def setting(attribute: str, change: Callable[[Any], Any]) -> Forge:
    """Sets an attribute to what `change` makes of it."""
    return lambda model: setattr(model, attribute, change(getattr(model, attribute)))


def with_one(index: Any, value: Any) -> Callable[[Any], Any]:
    """The array with one value in the place of another."""

    def change(array: Any) -> Any:
        changed = np.array(array)
        changed[index] = value
        return changed

    return change


def moved_support(counts: Any) -> Any:
    """Counts of support vectors with the same sum, of which one is below zero."""
    return np.array([-1, counts[0] + counts[1] + 1, *counts[2:]], counts.dtype)


def node(field: str, value: Any) -> Forge:
    """Changes the root of the first of the trees that boosting has."""

    def forge(model: Any) -> None:
        model._predictors[0][0].nodes[field][0] = value

    return forge


def fewer(array: Any) -> Any:
    return array[:-1]


def narrower(array: Any) -> Any:
    return np.ascontiguousarray(array[:, :-1])


FORGED: dict[str, list[Forge]] = {
    "svc": [
        setting("support_", fewer),
        setting("support_vectors_", narrower),
        setting("support_vectors_", fewer),
        setting("_n_support", moved_support),
        setting("_n_support", fewer),
        setting("_dual_coef_", fewer),
        setting("_dual_coef_", narrower),
        setting("_intercept_", fewer),
        setting("_probA", lambda _: np.zeros(1)),
        setting("_probB", lambda _: np.zeros(1)),
        setting("_sparse", lambda _: True),
        setting("kernel", lambda _: "precomputed"),
        setting("degree", lambda _: 2.5),
        setting("_gamma", lambda _: float("nan")),
    ],
    "decision-tree": [
        setting("n_outputs_", lambda _: 2),
        setting("n_classes_", lambda _: 9),
        setting("n_features_in_", lambda _: 63),
        lambda model: model.tree_.value.__setitem__((0, 0, 0), np.nan),
    ],
    "random-forest": [
        setting("n_outputs_", lambda _: 2),
        setting("n_classes_", lambda _: 9),
        setting("estimators_", lambda _: []),
        setting("estimators_", tuple),
        lambda model: setattr(model.estimators_[-1], "n_classes_", 9),
        lambda model: setattr(model.estimators_[-1], "n_features_in_", 63),
    ],
    "hist-gradient-boosting": [
        setting("is_categorical_", lambda _: np.zeros(64, bool)),
        setting("_preprocessor", lambda _: object()),
        setting("_n_features", lambda _: 63),
        setting("n_trees_per_iteration_", lambda _: 1),
        setting("_baseline_prediction", lambda _: np.zeros((1, 3))),
        setting("_predictors", lambda rounds: [*rounds[:-1], rounds[-1][:-1]]),
        lambda model: setattr(model._bin_mapper, "is_categorical_", np.arange(64) == 5),
        lambda model: setattr(model._bin_mapper, "is_categorical_", np.zeros(63, bool)),
        lambda model: setattr(model, "_loss", object()),
        node("left", 0),
        node("right", 0),
        node("right", 1_000),
        node("feature_idx", 64),
        node("value", np.inf),
        node("is_categorical", 1),
        lambda model: setattr(model._predictors[0][0], "nodes", model._predictors[0][0].nodes[:0]),
    ],
    "knn": [
        setting("n_neighbors", lambda _: 201),
        setting("n_neighbors", lambda _: 0),
        setting("n_samples_fit_", lambda _: 199),
        setting("_y", with_one(0, -1)),
        setting("_y", with_one(-1, 10)),
        setting("_y", fewer),
        setting("_fit_method", lambda _: "kd_tree"),
        setting("effective_metric_", lambda _: "manhattan"),
        setting("_tree", lambda _: object()),
        setting("_fit_X", np.asfortranarray),
        setting("_fit_X", narrower),
        setting("_fit_X", lambda rows: rows.astype(np.int64)),
    ],
    "logistic": [setting("coef_", fewer), setting("coef_", narrower), setting("intercept_", fewer)],
    "lda": [
        setting("coef_", fewer),
        setting("intercept_", fewer),
        setting("classes_", lambda classes: classes[::-1].copy()),
        setting("classes_", lambda classes: classes - 1),
        setting("classes_", lambda classes: classes + 1),
        setting("classes_", with_one(4, 3)),
        setting("classes_", lambda classes: classes.astype(np.float64)),
        setting("classes_", lambda classes: classes[:, None]),
        setting("classes_", lambda classes: classes[:1]),
    ],
}


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, forged in FORGED.items() for number in range(len(forged))]
)
def test_a_number_that_contradicts_the_others_is_refused(
    name: str, number: int, fitted: Callable[..., ClassicalFit]
) -> None:
    estimator = from_skops(fitted(name).content, known_types(name))
    refuse_unsound(name, estimator, 64, 10)
    FORGED[name][number](estimator)
    with pytest.raises(ModelError, match="does not fit together"):
        refuse_unsound(name, estimator, 64, 10)


SOUND: dict[str, list[Forge]] = {
    "knn": [
        setting("n_neighbors", lambda _: 200),  # as many as it has pictures
        setting("_y", np.zeros_like),
        setting("_y", lambda labels: np.full_like(labels, 9)),
        setting("_fit_X", lambda rows: rows.astype(np.float32)),
    ],
    "svc": [setting("kernel", lambda _, kind=kind: kind) for kind in ("linear", "poly", "rbf", "sigmoid")],
    "random-forest": [setting("estimators_", lambda trees: trees[-1:])],
    "hist-gradient-boosting": [setting("_predictors", lambda rounds: rounds[:1]), node("feature_idx", 63)],
}


@pytest.mark.parametrize("name", SOUND)
def test_a_number_at_the_edge_of_what_is_sound_is_accepted(name: str, fitted: Callable[..., ClassicalFit]) -> None:
    content = fitted(name).content
    for forge in SOUND[name]:
        estimator = from_skops(content, known_types(name))
        forge(estimator)
        refuse_unsound(name, estimator, 64, 10)
        refuse_unsound(name, estimator, 64, 11)  # a class that no picture had


@pytest.mark.parametrize(
    "forge",
    [
        setting("components_", narrower),
        setting("components_", fewer),
        setting("mean_", fewer),
        setting("n_features_in_", lambda _: 63),
    ],
)
def test_principal_components_that_do_not_fit_are_refused(forge: Forge, fitted: Callable[..., ClassicalFit]) -> None:
    estimator = from_skops(fitted("lda", pca=5).content, known_types("lda"))
    refuse_unsound("lda", estimator, 64, 10)
    forge(estimator.steps[0][1])
    with pytest.raises(ModelError, match="does not fit together"):
        refuse_unsound("lda", estimator, 64, 10)


def test_two_classes_have_one_tree_a_round_and_one_row_of_weights(fitted: Callable[..., ClassicalFit]) -> None:
    for name in ("hist-gradient-boosting", "logistic", "svc", "lda"):
        estimator = from_skops(fitted(name, 2).content, known_types(name))
        refuse_unsound(name, estimator, 64, 2)
        with pytest.raises(ModelError, match="does not fit together"):
            refuse_unsound(name, estimator, 64, 1)
