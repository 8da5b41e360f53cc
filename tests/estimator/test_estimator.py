"""The scikit-learn estimator: its labels, shapes and refusals."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from tests.data.pictures.drawn import png

from onelook import ImageClassifier, load
from onelook.errors import ConfigError, DataError
from onelook.estimator.array_model import ArrayModel
from onelook.estimator.image_classifier import _shape_of_rows
from onelook.planning.facts import DataFacts
from onelook.planning.plan import Plan, make_plan
from onelook.settings import DecodeSettings, TrainSettings


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


@pytest.mark.parametrize(
    ("shape", "found"),
    [((2, 8, 8, 3), "8×8×3"), ((2, 8, 6), "8×6×1"), ((2, 6, 8), "6×8×1"), ((2, 6, 8, 3), "6×8×3")],
)
def test_pictures_of_another_shape_than_those_of_the_fit_are_refused(
    fitted: ImageClassifier, shape: tuple[int, ...], found: str
) -> None:
    with pytest.raises(ValueError, match="X has pictures of") as refused:
        fitted.predict(np.zeros(shape, np.uint8))
    assert str(refused.value) == (
        f"X has pictures of {found}, and ImageClassifier was fitted on 8×8×1 (height × width × channels). Bring them "
        "to that size."
    )


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
        (np.zeros((4, 8, 8, 2), np.uint8), [0, 1, 0, 1], "or a list of paths"),
        (np.zeros((4, 8, 8), np.uint8), [0, 1, 0], "inconsistent numbers of samples"),
        (np.zeros((4, 8, 8), np.uint8), [1, 1, 1, 1], "one class"),
    ],
)
def test_refuses_what_is_no_training_data(images, labels, words):
    with pytest.raises(ValueError, match=words):
        ImageClassifier().fit(images, labels)


def test_refuses_an_unknown_setting():
    with pytest.raises(ConfigError, match="dropuot.*dropout"):
        ImageClassifier(settings={"dropuot": 0.1}).fit(*bright_and_dark())


def test_folds_are_left_to_what_can_do_them() -> None:
    with pytest.raises(ConfigError, match="cross_val_score"):
        ImageClassifier(settings={"folds": 3}).fit(np.zeros((4, 8, 8), np.uint8), [0, 1, 0, 1])


# The checks that want what was learnt to be right. The others need something learnt, which two epochs leave.
CHECKS_OF_ANSWERS = ("check_classifiers_train", "check_classifiers_classes", "check_classifiers_one_label")


@parametrize_with_checks([ImageClassifier()], legacy=True)
def test_passes_scikit_learns_own_checks(estimator: ImageClassifier, check: Any) -> None:
    if not check.func.__name__.startswith(CHECKS_OF_ANSWERS):
        estimator.set_params(epochs=2)
    check(estimator)


def test_its_tags_are_honest() -> None:
    tags = ImageClassifier().__sklearn_tags__()
    assert not tags.classifier_tags.poor_score
    assert not tags.no_validation
    assert not tags.non_deterministic


QUICK = {"model": "mlp", "epochs": 3, "device": "cpu"}


def test_flat_rows_are_the_same_pictures(fitted: ImageClassifier) -> None:
    X, y = bright_and_dark()  # noqa: N806
    flat = ImageClassifier(**QUICK).fit(X.reshape(40, 64), y)
    assert flat.n_features_in_ == 64
    assert np.array_equal(flat.predict_proba(X.reshape(40, 64)), ImageClassifier(**QUICK).fit(X, y).predict_proba(X))


@pytest.mark.parametrize(
    ("values", "image_shape", "expected"),
    [
        (784, None, (28, 28, 1)),
        (3072, None, (32, 32, 3)),
        (10, None, (1, 10, 1)),
        (12, (3, 4), (3, 4, 1)),
        (12, (2, 2, 3), (2, 2, 3)),
    ],
)
def test_flat_rows_have_the_shape_of_a_picture(
    values: int, image_shape: tuple[int, ...] | None, expected: tuple[int, int, int]
) -> None:
    assert _shape_of_rows(values, image_shape) == expected


def test_a_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigError, match="with 64 values in all"):
        ImageClassifier(image_shape=(7, 9)).fit(np.zeros((4, 64)), [0, 1, 0, 1])


def test_files_are_taken_as_pictures(photos: Path) -> None:
    paths = sorted(photos.glob("*/*.png"))
    labels = [path.parent.name for path in paths]
    model = ImageClassifier(**QUICK, settings={"image_size": "8"}).fit(paths, labels)
    assert model.predict([str(path) for path in paths]).shape == (6,)
    assert model.n_features_in_ == 8 * 8 * 3
    assert model.classifier_.decode.channels == 3
    with pytest.raises(DataError, match="missing.png"):
        model.predict(["missing.png"])


def test_a_row_is_told_the_same_whatever_stands_beside_it(fitted: ImageClassifier) -> None:
    X, _ = bright_and_dark()  # noqa: N806
    alone = np.concatenate([fitted.predict_proba(X[[row]]) for row in range(40)])
    assert np.allclose(alone, fitted.predict_proba(X), rtol=0, atol=1e-9)


def test_can_be_pickled(fitted: ImageClassifier) -> None:
    X, _ = bright_and_dark()  # noqa: N806
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(X), fitted.predict_proba(X))


def test_works_in_searches_pipelines_and_cross_validation() -> None:
    X, y = bright_and_dark(60)  # noqa: N806
    flat = X.reshape(60, 64).astype(np.float64)
    assert cross_val_score(ImageClassifier(**QUICK), X, y, cv=2).shape == (2,)
    search = GridSearchCV(ImageClassifier(**QUICK), {"epochs": [1, 2]}, cv=2).fit(flat, y)
    assert search.best_params_["epochs"] in (1, 2)
    pipeline = make_pipeline(StandardScaler(), ImageClassifier(**QUICK | {"epochs": 6})).fit(flat, y)
    assert pipeline.score(flat, y) > 0.8


def test_the_portable_model_says_the_same(fitted: ImageClassifier, tmp_path: Path) -> None:
    X, _ = bright_and_dark()  # noqa: N806
    saved = load(fitted.classifier_.save(tmp_path / "model"))
    assert saved.class_names == ("no", "yes")
    assert np.allclose(saved.probabilities(X[..., None]), fitted.predict_proba(X), atol=1e-4)


@pytest.mark.parametrize(
    ("accuracy", "metrics"), [(None, {}), (0.0, {"val_accuracy": 0.0}), (0.5, {"val_accuracy": 0.5})]
)
def test_the_portable_model_has_the_validation_accuracy_where_there_is_one(
    accuracy: float | None, metrics: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr("onelook.estimator.array_model.to_classifier", lambda *_, **given: made.append(given))
    plan = Plan(TrainSettings(model="mlp", seed=4), DecodeSettings(height=8, width=8, channels=1))
    nothing: Any = None
    ArrayModel(plan, ("a", "b"), "float32", nothing, accuracy, 1.5).classifier()
    (given,) = made
    assert (given["dtype"], given["metrics"]) == ("float32", metrics)
    assert (given["provenance"]["model"], given["provenance"]["seed"]) == ("mlp", 4)


@pytest.mark.parametrize(
    ("keywords", "settings", "epochs", "dropout"),
    [
        ({}, None, None, None),
        ({"epochs": 4}, None, 4, None),
        ({}, {"epochs": 3, "dropout": 0.0}, 3, 0.0),
        ({"epochs": 4}, {"epochs": 3}, 3, None),
    ],
)
def test_a_setting_by_name_is_taken_before_the_keyword(
    keywords: dict[str, Any], settings: dict[str, Any] | None, epochs: int | None, dropout: float | None
) -> None:
    asked: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onelook.estimator.fit_arrays.fit_arrays", lambda *given: asked.append(given[3]))
        ImageClassifier(**keywords, settings=settings, seed=5).fit(*bright_and_dark())
    (found,) = asked
    assert (found["epochs"], found.get("dropout"), found["seed"]) == (epochs, dropout, 5)
    assert not {"settings", "image_shape"} & found.keys()


@pytest.mark.parametrize(("rows", "is_validated"), [(49, False), (50, True)])
def test_few_pictures_are_all_trained_on_and_give_no_validation_accuracy(rows: int, is_validated: bool) -> None:
    X, y = bright_and_dark(rows)  # noqa: N806
    found = ImageClassifier(model="decision-tree").fit(X, y)._fit
    assert isinstance(found, ArrayModel)
    assert (found.val_accuracy is not None) == is_validated


def test_a_classical_model_can_be_named() -> None:
    X, y = bright_and_dark(60)  # noqa: N806
    model = ImageClassifier(model="decision-tree", settings={"classical": {"max_depth": 2}}).fit(X, y)
    assert model.score(X, y) == 1.0
    assert model.classifier_.engine == "sklearn"


def test_the_callers_random_numbers_are_left_alone() -> None:
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    ImageClassifier(**QUICK).fit(*bright_and_dark(20))
    assert np.random.random() == expected


def test_pictures_of_another_size_are_refused(fitted: ImageClassifier) -> None:
    with pytest.raises(ValueError, match="9×9×1, and ImageClassifier was fitted on 8×8×1"):
        fitted.predict(np.zeros((2, 9, 9), np.uint8))


def test_a_time_limit_is_kept() -> None:
    began = time.perf_counter()
    model = ImageClassifier(model="mlp", time_limit=4, device="cpu").fit(*bright_and_dark())
    assert time.perf_counter() - began < 20
    assert model.score(*bright_and_dark()) > 0.9


@pytest.mark.parametrize("kind", ["deep", "white on clear"])
def test_files_are_decoded_by_the_range_and_ground_that_fit_chose(kind: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    paths, labels = [], []
    for number in range(40):
        is_second = number % 2
        if kind == "deep":
            values = draw.integers(900, 1_000, (8, 8))
            values[2:6, 2:6] += 200 * is_second
            values[0, 0] = 4_095
            content = png(values.astype(np.uint16))
        else:
            pixels = np.full((8, 8, 4), 255, np.uint8)
            pixels[..., 3] = 0
            pixels[2:6, 2 : 6 - 3 * is_second, 3] = 200 + number
            content = png(pixels)
        paths.append(tmp_path / f"{number}.png")
        paths[-1].write_bytes(content)
        labels.append("second" if is_second else "first")
    settings = {"image_size": "8"}
    model = ImageClassifier(model="logistic", device="cpu", settings=settings).fit(paths[:20], labels[:20])
    assert model.predict(paths[20:]).tolist() == labels[20:]
    decode = model.classifier_.decode
    expected = ((0, 4_095), "white") if kind == "deep" else (None, "black")
    assert (decode.deep_range, decode.ground) == expected
    assert [each.class_name for each in model.classifier_.predict(paths[20:])] == labels[20:]
    # One picture alone would be decoded by a range of its own: the one of `fit` holds.
    assert model.predict(paths[:1]).tolist() == labels[:1]


def test_a_pickle_holds_no_predictor(fitted: ImageClassifier) -> None:
    X, _ = bright_and_dark()  # noqa: N806
    fitted.predict_proba(X[:1])
    assert "_predictor" in vars(fitted._fit)
    assert "_predictor" not in vars(pickle.loads(pickle.dumps(fitted._fit)))


def test_files_are_resized_as_the_settings_say(tmp_path: Path) -> None:
    pixels = np.zeros((8, 24, 3), np.uint8)
    pixels[:, 8:16] = 255  # the middle third is all that a crop sees
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    for resize, is_bright in (("crop", True), ("stretch", False)):
        model = ImageClassifier(settings={"image_size": "4", "resize": resize})
        model._decode = None
        decoded = model._from_files([tmp_path / "wide.png"], is_fitting=True)
        assert bool(decoded.min() > 200) is is_bright
    decoded = ImageClassifier()._from_files([tmp_path / "wide.png"], is_fitting=True)
    assert decoded.shape == (1, 64, 64, 3)
    assert (decoded.min(), decoded.max()) == (0, 255)  # stretched, where the settings say nothing


def test_the_plan_is_made_for_the_pictures_that_are_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[tuple[int, bool]] = []

    def watched(facts: DataFacts, *rest: object) -> Plan:
        planned.append((facts.train_rows, facts.has_val))
        return make_plan(facts, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("onelook.estimator.fit_arrays.make_plan", watched)
    for rows, val in ((60, 0.2), (60, 0.5), (40, 0.2)):
        ImageClassifier(model="mlp", epochs=1, device="cpu", val=val).fit(*bright_and_dark(rows))
    assert planned == [(48, True), (30, True), (40, False)]  # with few pictures, all are trained on
