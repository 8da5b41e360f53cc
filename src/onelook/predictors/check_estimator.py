"""Check a scikit-learn model from a file: its types, and that its numbers are consistent.

scikit-learn follows a tree's branches, and counts an SVM's vectors, without checking that they exist. Numbers from a
stranger's file could make it read past an array's end, or loop for ever. So they are checked before the first
prediction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ModelError
from onelook.wording import listed

_TREE = ("sklearn.tree._classes.DecisionTreeClassifier", "sklearn.tree._tree.Tree")
_PCA = ("sklearn.decomposition._pca.PCA", "sklearn.pipeline.Pipeline")
_BOOSTING = "sklearn.ensemble._hist_gradient_boosting"

# The full name of each model's class, then of every other class in it.
TYPES: Mapping[str, tuple[str, ...]] = {
    "svc": ("sklearn.svm._classes.SVC",),
    "decision-tree": _TREE,
    "random-forest": ("sklearn.ensemble._forest.RandomForestClassifier", *_TREE),
    "logistic": ("sklearn.linear_model._logistic.LogisticRegression",),
    "knn": ("sklearn.neighbors._classification.KNeighborsClassifier",),
    "hist-gradient-boosting": (
        f"{_BOOSTING}.gradient_boosting.HistGradientBoostingClassifier",
        f"{_BOOSTING}.binning._BinMapper",
        f"{_BOOSTING}.predictor.TreePredictor",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss._loss.CyHalfMultinomialLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.MultinomialLogit",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfMultinomialLoss",
        "sklearn.preprocessing._label.LabelEncoder",
        "numpy.random._generator.Generator",
    ),
    "lda": ("sklearn.discriminant_analysis.LinearDiscriminantAnalysis",),
}


def known_types(name: str) -> tuple[str, ...]:
    """Return the types that a saved model with this name may contain, those of principal components included.

    Raises:
        ModelError: no model has that name, or this onelook is too old to know it.
    """
    if name not in TYPES:
        raise ModelError(
            f"the model is a '{name[:40]}', which this onelook does not know. Known: {listed(TYPES, most=len(TYPES))}. "
            "Update it: pip install -U onelook"
        )
    return (*TYPES[name], *_PCA)


def refuse_unsound(name: str, estimator: Any, features: int, num_classes: int) -> None:
    """Refuse an estimator that is another model, has another number of features, or has inconsistent numbers.

    Args:
        name: the name of the model.
        estimator: the content of a file: the model, or a pipeline of principal components and the model.
        features: the number of values that it gets of each picture.
        num_classes: its classes have to be among 0 … `num_classes` - 1.

    Raises:
        ModelError: it is another kind of object, or its parts contradict each other.
    """
    try:
        is_sound = _is_sound(name, estimator, features, num_classes)
    except Exception as problem:  # an attribute is missing, or has an unexpected type
        raise ModelError(_UNSOUND.format(name=name)) from problem
    if not is_sound:
        raise ModelError(_UNSOUND.format(name=name))


_UNSOUND = (
    "model.skops: the {name} in it does not fit together, or not to model.json. It is damaged, or of another model: "
    "copy the model again."
)


def _is_sound(name: str, estimator: Any, features: int, num_classes: int) -> bool:
    if _full_name(estimator) == "sklearn.pipeline.Pipeline":
        (_, components), (_, estimator) = estimator.steps
        if _full_name(components) != "sklearn.decomposition._pca.PCA":
            return False
        kept = len(components.components_)
        shapes = (_shape(components.components_), _shape(components.mean_))
        if shapes != ((kept, features), (features,)) or components.n_features_in_ != features:
            return False
        features = kept
    classes = np.asarray(estimator.classes_)
    return (
        _full_name(estimator) == TYPES[name][0]
        and estimator.n_features_in_ == features
        and classes.ndim == 1
        and classes.dtype == np.int64
        and len(classes) > 1
        and bool((np.diff(classes) > 0).all() and classes[0] >= 0 and classes[-1] < num_classes)
        and _CHECKS[name](estimator, features, len(classes))
    )


def _is_sound_forest(forest: Any, features: int, classes: int) -> bool:
    trees = forest.estimators_
    return (
        isinstance(trees, list)
        and len(trees) > 0
        and (forest.n_outputs_, forest.n_classes_) == (1, classes)
        and all(_full_name(tree) == _TREE[0] and _is_sound_tree(tree, features, classes) for tree in trees)
    )


def _is_sound_tree(tree: Any, features: int, classes: int) -> bool:
    inner = tree.tree_
    if _full_name(inner) != _TREE[1] or inner.node_count != inner.capacity:
        return False
    return (
        (tree.n_outputs_, tree.n_classes_, tree.n_features_in_) == (1, classes, features)
        and (inner.n_features, inner.n_outputs, inner.max_n_classes) == (features, 1, classes)
        and _shape(inner.value) == (inner.node_count, 1, classes)
        and bool(np.isfinite(inner.value).all())
        and _leads_down(inner.children_left, inner.children_right, inner.feature, inner.children_left == -1, features)
    )


def _is_sound_boosting(model: Any, features: int, classes: int) -> bool:
    each = 1 if classes == 2 else classes
    rounds = model._predictors
    return (
        model.is_categorical_ is None
        and model._preprocessor is None
        and model._n_features == features
        and not np.asarray(model._bin_mapper.is_categorical_).any()
        and _shape(model._bin_mapper.is_categorical_) == (features,)
        and model.n_trees_per_iteration_ == each
        and np.size(model._baseline_prediction) == each
        and _full_name(model._loss) == f"sklearn._loss.loss.Half{'Binomial' if each == 1 else 'Multinomial'}Loss"
        and all(len(trees) == each and all(_is_sound_predictor(tree, features) for tree in trees) for trees in rounds)
    )


def _is_sound_predictor(tree: Any, features: int) -> bool:
    nodes = tree.nodes
    return (
        nodes.ndim == 1
        and len(nodes) > 0
        and not nodes["is_categorical"].any()
        and bool(np.isfinite(nodes["value"]).all())
        and _leads_down(
            nodes["left"].astype(np.int64),
            nodes["right"].astype(np.int64),
            nodes["feature_idx"],
            nodes["is_leaf"] != 0,
            features,
        )
    )


def _leads_down(
    left: NDArray[Any], right: NDArray[Any], feature: NDArray[Any], is_leaf: NDArray[np.bool_], features: int
) -> bool:
    """Return whether each branch leads to a later node that exists, so that every path ends, and reads a feature."""
    inner = np.flatnonzero(~is_leaf)
    return all(bool(((side[inner] > inner) & (side[inner] < len(is_leaf))).all()) for side in (left, right)) and bool(
        ((feature[inner] >= 0) & (feature[inner] < features)).all()
    )


def _is_sound_svc(model: Any, features: int, classes: int) -> bool:
    vectors = len(model.support_vectors_)
    pairs = classes * (classes - 1) // 2
    wanted = {
        "support_": (vectors,),
        "support_vectors_": (vectors, features),
        "_n_support": (classes,),
        "_dual_coef_": (classes - 1, vectors),
        "_intercept_": (pairs,),
        "_probA": (0,),
        "_probB": (0,),
    }
    return (
        all(_shape(getattr(model, attribute)) == shape for attribute, shape in wanted.items())
        and bool((model._n_support >= 0).all())
        and int(model._n_support.sum(dtype=np.int64)) == vectors
        and model._sparse is False
        and model.kernel in ("linear", "poly", "rbf", "sigmoid")
        and isinstance(model.degree, int)
        and bool(np.isfinite(model._gamma))
    )


def _is_sound_linear(model: Any, features: int, classes: int) -> bool:
    rows = 1 if classes == 2 else classes
    return (_shape(model.coef_), _shape(model.intercept_)) == ((rows, features), (rows,))


def _is_sound_neighbours(model: Any, features: int, classes: int) -> bool:
    rows, labels = model._fit_X, np.asarray(model._y)
    return (
        rows.ndim == 2
        and rows.shape[1] == features
        and rows.dtype.kind == "f"
        and rows.flags.c_contiguous
        and (model._fit_method, model.effective_metric_, model._tree) == ("brute", "euclidean", None)
        and model.n_samples_fit_ == len(rows) >= model.n_neighbors > 0
        and _shape(labels) == (len(rows),)
        and bool(((labels >= 0) & (labels < classes)).all())
    )


_CHECKS: Mapping[str, Callable[[Any, int, int], bool]] = {
    "svc": _is_sound_svc,
    "decision-tree": _is_sound_tree,
    "random-forest": _is_sound_forest,
    "logistic": _is_sound_linear,
    "knn": _is_sound_neighbours,
    "hist-gradient-boosting": _is_sound_boosting,
    "lda": _is_sound_linear,
}


def _full_name(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def _shape(array: Any) -> tuple[int, ...]:
    return tuple(np.shape(array))
