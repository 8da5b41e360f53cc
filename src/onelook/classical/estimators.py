"""Build scikit-learn's classifiers, with its own defaults and the parameters of the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from onelook.classical import CLASSICAL
from onelook.errors import ConfigError, missing_extra, shown, unknown_name
from onelook.optional_packages import import_sklearn
from onelook.runtime import available_cores
from onelook.settings.classical import ClassicalSettings, FeatureSettings

# Parameters that are set elsewhere, or would only change what is printed: no settings of a run.
_NOT_OURS = frozenset({"random_state", "n_jobs", "verbose", "warm_start", "probability"})
# With other values an SVM would contradict the count of its votes, and neighbours would keep trees in the saved file,
# which scikit-learn reads unchecked.
_FIXED = {
    "svc": {"decision_function_shape", "break_ties", "cache_size"},
    "knn": {"algorithm", "metric", "metric_params", "p", "leaf_size"},
}
_CACHE_MIB = 1000  # of kernel values; scikit-learn's 200 hold only 500 rows of 50,000 pictures, which is slower


def svc(seed: int) -> Any:
    """Return a support vector machine."""
    from sklearn.svm import SVC

    return SVC(random_state=seed, cache_size=_CACHE_MIB)


def decision_tree(seed: int) -> Any:
    """Return a decision tree."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=seed)


def random_forest(seed: int) -> Any:
    """Return a random forest, fitted on all cores; its result depends only on the seed."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(random_state=seed, n_jobs=available_cores())


def logistic(seed: int) -> Any:
    """Return a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(random_state=seed)


def knn(_seed: int) -> Any:
    """Return nearest neighbours by brute force. Trees are faster for few features, but cannot be checked in a file."""
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(algorithm="brute", metric="euclidean", n_jobs=available_cores())


def hist_gradient_boosting(seed: int) -> Any:
    """Return gradient boosting on binned values."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed)


def lda(_seed: int) -> Any:
    """Return a linear discriminant analysis."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis()


def build_estimator(name: str, settings: ClassicalSettings, features: FeatureSettings, seed: int) -> Any:
    """Return the unfitted estimator: the classifier, after principal components if the settings have them.

    Raises:
        ConfigError: scikit-learn is not installed, or refuses the name or the value of a parameter.
    """
    try:
        import_sklearn()
        import skops  # noqa: F401 - without it the fitted model could not be saved
    except ImportError as error:
        raise missing_extra(str(error.name), "train", f"the model '{name}'") from error
    estimator = CLASSICAL.load(name)(seed)
    refuse_unknown_parameters(name, estimator, settings.parameters)
    estimator.set_params(**settings.parameters)
    _refuse_bad_values(name, estimator, settings.parameters)
    if features.pca is None:
        return estimator
    from sklearn.decomposition import PCA
    from sklearn.pipeline import Pipeline

    return Pipeline([("pca", PCA(features.pca, random_state=seed)), ("classifier", estimator)])


def parameter_names(name: str, estimator: Any) -> list[str]:
    """Return the names that `--set classical.<name>` can have for this model."""
    defaults = estimator.get_params(deep=False)
    deprecated = {each for each, value in defaults.items() if value in ("deprecated", "warn")}
    return sorted(defaults.keys() - _NOT_OURS - _FIXED.get(name, set()) - deprecated)


def refuse_unknown_parameters(name: str, estimator: Any, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that this model does not have, or that are set elsewhere.

    Raises:
        ConfigError: the message offers the nearest name, else all names.
    """
    known = parameter_names(name, estimator)
    for each in parameters:
        if each == "random_state":
            raise ConfigError("classical.random_state: it is the run's seed. Set it with --seed.")
        if each not in known:
            unknown = unknown_name(f"parameter of {name}", each, known)
            raise ConfigError(f"--set classical.{each}: {unknown}", options=unknown.options)


def _refuse_bad_values(name: str, estimator: Any, parameters: Mapping[str, Any]) -> None:
    try:
        estimator._validate_params()
    except ValueError as problem:
        # "The 'C' parameter of SVC must be a float in the range (0.0, inf]. Got -1 instead."
        found = re.fullmatch(r"The '(\w+)' parameter of \w+ must be (.*)\. Got .* instead\.", str(problem), re.DOTALL)
        if found is None or found[1] not in parameters:
            raise ConfigError(f"{name}: {problem}") from problem
        raise ConfigError(f"classical.{found[1]} = {shown(parameters[found[1]])}; expected {found[2]}.") from problem
