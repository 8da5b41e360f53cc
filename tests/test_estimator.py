"""The scikit-learn estimator: its labels, shapes and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from onelook import ImageClassifier
from onelook.errors import ConfigError, DataError


def bright_and_dark(rows: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Noisy 8×8 pictures, every other one dark; the labels are words."""
    draw = np.random.default_rng(0)
    is_light = np.arange(rows) % 2
    noise = draw.integers(0, 100, (rows, 8, 8))
    return (noise + 150 * is_light[:, None, None]).astype(np.uint8), np.array(["no", "yes"])[is_light]


@pytest.fixture(scope="module")
def fitted() -> ImageClassifier:
    return ImageClassifier(model="mlp", epochs=3, device="cpu", val=0.2).fit(*bright_and_dark())


def test_predicts_the_labels_that_it_was_given(fitted):
    X, y = bright_and_dark()  # noqa: N806
    assert fitted.classes_.tolist() == ["no", "yes"]
    predicted = fitted.predict(X)
    assert predicted.shape == (40,)
    assert predicted.dtype == y.dtype
    assert fitted.score(X, y) == np.mean(predicted == y)


def test_probabilities_are_in_the_order_of_the_classes(fitted):
    X, _ = bright_and_dark()  # noqa: N806
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (40, 2)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(fitted.classes_[probabilities.argmax(axis=1)], fitted.predict(X))


def test_grey_pictures_may_have_an_axis_for_their_channel(fitted):
    X, _ = bright_and_dark()  # noqa: N806
    assert np.array_equal(fitted.predict_proba(X), fitted.predict_proba(X[..., None]))


def test_leaves_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ImageClassifier(model="mlp", epochs=1, device="cpu", val=0.2).fit(*bright_and_dark(20))
    assert list(tmp_path.iterdir()) == []


def test_can_be_cloned():
    copy = clone(ImageClassifier(epochs=7, settings={"dropout": 0.1}))
    assert (copy.epochs, copy.settings) == (7, {"dropout": 0.1})


def test_says_that_it_is_not_fitted():
    with pytest.raises(NotFittedError):
        ImageClassifier().predict(np.zeros((2, 8, 8), np.uint8))


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((4, 64), np.uint8), [0, 1, 0, 1], "X.reshape"),
        (np.zeros((4, 8, 8), np.uint8), [0, 1, 0], "one label for each"),
        (np.zeros((4, 8, 8), np.uint8), [1, 1, 1, 1], "one class"),
    ],
)
def test_refuses_what_is_no_training_data(images, labels, words):
    with pytest.raises(DataError, match=words):
        ImageClassifier().fit(images, labels)


def test_refuses_an_unknown_setting():
    with pytest.raises(ConfigError, match="dropuot.*dropout"):
        ImageClassifier(settings={"dropuot": 0.1}).fit(*bright_and_dark())


def test_folds_are_left_to_what_can_do_them() -> None:
    with pytest.raises(ConfigError, match="cross_val_score"):
        ImageClassifier(settings={"folds": 3}).fit(np.zeros((4, 8, 8), np.uint8), [0, 1, 0, 1])
