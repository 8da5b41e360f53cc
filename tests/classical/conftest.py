"""A few of scikit-learn's digits, and classical models that are fitted on them without a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from onelook.classical.fit import ClassicalFit, Fitter
from onelook.classifier import Classifier, build_classical
from onelook.data.dataset import ImageSet
from onelook.settings import DecodeSettings, FittedPreprocess
from onelook.settings.classical import ClassicalSettings, FeatureSettings

# Small enough that all models together are fitted in a second or two.
QUICK = {
    "random-forest": {"n_estimators": 5},
    "hist-gradient-boosting": {"max_iter": 3, "max_leaf_nodes": 4},
    "logistic": {"max_iter": 50, "tol": 0.01},
}


@cache
def digits(classes: int = 10) -> tuple[ImageSet, ImageSet]:
    """Of the first 300 digits 200 to fit on, 100 to try; uint8 from 0 to 255."""
    from sklearn.datasets import load_digits

    data = load_digits()
    chosen = np.flatnonzero(data.target < classes)[:300]
    images = (data.images[chosen] * 15.9375).round().astype(np.uint8)[..., None]
    labels = data.target[chosen].astype(np.int64)

    def side(rows: np.ndarray) -> ImageSet:
        return ImageSet(images, rows, tuple(f"{row + 1}" for row in rows), labels[rows])

    cut = 2 * len(chosen) // 3
    return side(np.arange(cut)), side(np.arange(cut, len(chosen)))


@pytest.fixture(scope="session")
def fitted() -> Callable[..., ClassicalFit]:
    """Fits a model by name, each kind once."""

    @cache
    def fit(name: str, classes: int = 10, features: str = "pixels", pca: int | None = None) -> ClassicalFit:
        train, val = digits(classes)
        settings = ClassicalSettings.model_validate(QUICK.get(name, {}))
        fitter = Fitter(
            name, settings, FeatureSettings(name=features, pca=pca), FittedPreprocess(), train=train, val=val, seed=0
        )
        return fitter.fit(fitter.rows, classes)

    return fit


@pytest.fixture(scope="session")
def classifier_of(fitted: Callable[..., ClassicalFit]) -> Callable[..., Classifier]:
    """A fitted model as a classifier, with golden pictures."""

    def build(name: str, classes: int = 10, **features: object) -> Classifier:
        found = fitted(name, classes, **features)
        return build_classical(
            found.content,
            found.fitted,
            FittedPreprocess(),
            decode=DecodeSettings(height=8, width=8, channels=1),
            class_names=tuple(map(str, range(classes))),
            dtype=np.uint8,
            provenance={"data": "digits"},
            metrics={},
            golden_pictures=digits(classes)[0],
        )

    return build
