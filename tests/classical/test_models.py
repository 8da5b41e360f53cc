"""Every classical model: what it predicts is what scikit-learn predicts, also after it was saved and loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.classical.conftest import QUICK, digits

from onelook.classical import CLASSICAL
from onelook.classical.estimators import build_estimator
from onelook.classical.fit import ClassicalFit, Fitter
from onelook.classifier import Classifier, load, verify
from onelook.errors import ConfigError, DataError
from onelook.predictors.known_estimators import TYPES, known_types
from onelook.predictors.skops_file import from_skops
from onelook.settings import FittedPreprocess
from onelook.settings.classical import ClassicalSettings, FeatureSettings
from onelook.transforms.prepared import prepared

NAMES = list(CLASSICAL)


def test_each_model_has_its_list_of_types() -> None:
    assert sorted(TYPES) == sorted(NAMES)


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("name", NAMES)
def test_says_what_scikit_learn_says(name: str, classes: int, classifier_of: Callable[..., Classifier]) -> None:
    train, val = digits(classes)
    pictures = val.take(np.arange(len(val)))
    own = build_estimator(name, ClassicalSettings.model_validate(QUICK.get(name, {})), FeatureSettings(), seed=0)
    own.fit(train.take(np.arange(len(train))).reshape(len(train), -1) * np.float32(1 / 255), train.labels)
    expected = own.predict(pictures.reshape(len(val), -1) * np.float32(1 / 255))

    found = classifier_of(name, classes).probabilities(pictures)

    assert np.array_equal(found.argmax(axis=1), expected)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found.min() >= 0
    if hasattr(own, "predict_proba"):
        assert np.allclose(found, own.predict_proba(pictures.reshape(len(val), -1) * np.float32(1 / 255)), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_is_the_same_after_saving(name: str, classifier_of: Callable[..., Classifier], tmp_path: Path) -> None:
    classifier = classifier_of(name)
    pictures = digits()[1].take(np.arange(100))
    folder = classifier.save(tmp_path / "model")

    assert sorted(path.name for path in folder.iterdir()) == ["golden.safetensors", "model.json", "model.skops"]
    again = load(folder)
    assert again.engine == "sklearn"
    assert np.array_equal(again.probabilities(pictures), classifier.probabilities(pictures))
    checked = verify(folder)
    assert checked.passed
    assert dict(checked.differences) == {"sklearn": 0.0}


@pytest.mark.parametrize("name", NAMES)
def test_one_picture_is_told_as_among_others(name: str, classifier_of: Callable[..., Classifier]) -> None:
    pictures = digits()[1].take(np.arange(20))
    together = classifier_of(name).probabilities(pictures)
    alone = np.concatenate([classifier_of(name).probabilities(pictures[[row]]) for row in range(5)])
    together = together[:5]
    assert np.allclose(alone, together, atol=1e-6)
    assert np.array_equal(alone.argmax(axis=1), together.argmax(axis=1))


@pytest.mark.parametrize("features", [{"pca": 5}, {"features": "hog"}, {"features": "hog", "pca": 7}])
def test_features_travel_with_the_model(
    features: dict[str, object], classifier_of: Callable[..., Classifier], tmp_path: Path
) -> None:
    classifier = classifier_of("lda", **features)
    pictures = digits()[1].take(np.arange(100))
    again = load(classifier.save(tmp_path / "model"))
    assert np.array_equal(again.probabilities(pictures), classifier.probabilities(pictures))
    accuracy = np.mean(again.probabilities(pictures).argmax(axis=1) == digits()[1].labels)
    assert accuracy > 0.7


def test_equal_fits_give_equal_bytes(fitted: Callable[..., ClassicalFit]) -> None:
    train, val = digits()
    settings = ClassicalSettings.model_validate(QUICK["random-forest"])
    again = Fitter("random-forest", settings, FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0)
    assert again.fit(again.rows, 10).content == fitted("random-forest").content


def test_says_how_it_did_and_what_it_is(fitted: Callable[..., ClassicalFit]) -> None:
    tree = fitted("decision-tree")
    assert tree.train.accuracy == 1.0  # it remembers every picture
    assert tree.val.accuracy < 1.0
    model = from_skops(tree.content, known_types("decision-tree"))
    leaves = model.get_n_leaves()
    assert tree.fitted.size == 10 * leaves + 2 * (leaves - 1)  # a tree has one inner node fewer than leaves
    assert tree.fitted.learnt.startswith(f"a tree with {2 * leaves - 1:,} nodes")
    assert tree.fitted.rows == 200


def test_a_support_vector_machine_is_as_sure_as_it_is_right(fitted: Callable[..., ClassicalFit]) -> None:
    found = fitted("svc")
    assert found.fitted.temperature is not None
    assert found.val.accuracy > 0.9
    assert found.val.loss < 0.4  # softmax of the votes alone gives about 1


def test_a_class_that_no_picture_was_fitted_of_has_no_probability() -> None:
    train, val = digits()
    left = np.flatnonzero(train.labels != 4)
    part = type(train)(train.images, train.rows[left], tuple(train.ids[row] for row in left), train.labels[left])
    for name in ("svc", "lda"):
        fitter = Fitter(name, ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=part, val=val, seed=0)
        found = fitter.fit(fitter.rows, 10)
        assert 0 < found.val.accuracy < 1


def test_fewer_rows_are_drawn_class_by_class() -> None:
    train, val = digits()
    fitter = Fitter(
        "lda", ClassicalSettings(rows=50), FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0
    )
    assert fitter.rows == 50
    assert fitter.fit(fitter.rows, 10).fitted.rows == 50


def test_one_class_alone_cannot_be_fitted() -> None:
    train, val = digits()
    ones = np.flatnonzero(train.labels == 1)
    part = type(train)(train.images, train.rows[ones], tuple(train.ids[row] for row in ones), train.labels[ones])
    fitter = Fitter("lda", ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=part, val=val, seed=0)
    with pytest.raises(DataError, match="are of one class"):
        fitter.fit(fitter.rows, 10)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        (
            "random-forest",
            {"n_estimator": 3},
            "unknown parameter of random-forest 'n_estimator'. Did you mean 'n_estimators'",
        ),
        ("svc", {"zzz": 3}, "Known: C, class_weight"),
        ("svc", {"C": -1}, r"classical.C = -1; expected a float in the range \(0.0, inf\]"),
        ("random-forest", {"criterion": "gin"}, "classical.criterion = 'gin'; expected"),
        ("random-forest", {"random_state": 3}, "--seed"),
        ("knn", {"algorithm": "kd_tree"}, "unknown parameter of knn"),
    ],
)
def test_parameters_are_checked_before_pictures_are_read(name: str, parameters: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        build_estimator(name, ClassicalSettings.model_validate(parameters), FeatureSettings(), seed=0)


def test_parameters_reach_the_estimator() -> None:
    settings = ClassicalSettings.model_validate({"n_estimators": 7, "max_depth": 2, "rows": 100})
    assert settings.parameters == {"n_estimators": 7, "max_depth": 2}
    forest = build_estimator("random-forest", settings, FeatureSettings(), seed=3)
    assert (forest.n_estimators, forest.max_depth, forest.random_state) == (7, 2, 3)


def test_too_many_components_are_refused() -> None:
    train, val = digits()
    fitter = Fitter(
        "lda", ClassicalSettings(), FeatureSettings(pca=65), FittedPreprocess(), train=train, val=val, seed=0
    )
    with pytest.raises(ConfigError, match="features.pca = 65; expected at most 64"):
        fitter.fit(fitter.rows, 10)


def test_pixels_are_prepared_as_for_networks() -> None:
    import torch

    from onelook.settings import PreprocessSettings
    from onelook.transforms.preprocess import Preprocess

    images = np.random.default_rng(0).integers(0, 256, (3, 5, 4, 3), dtype=np.uint8)
    fitted = FittedPreprocess(
        settings=PreprocessSettings(
            scale="symmetric",
            samplewise_center=True,
            samplewise_std_normalization=True,
            featurewise_center=True,
            featurewise_std_normalization=True,
        ),
        mean=(0.1, 0.2, 0.3),
        std=(0.5, 0.6, 0.7),
    )
    expected = Preprocess(fitted, {})(torch.from_numpy(images).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    assert np.allclose(prepared(images, fitted), expected, atol=1e-5)
