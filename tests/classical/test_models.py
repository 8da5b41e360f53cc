"""Every classical model: what it predicts is what scikit-learn predicts, also after it was saved and loaded."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.classical.conftest import QUICK, digits

from onelook.classical import CLASSICAL
from onelook.classical.estimators import build_estimator
from onelook.classical.fit import ClassicalFit, Fitter, _notes
from onelook.classifier import Classifier, load, verify
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError
from onelook.predictors.check_estimator import TYPES, known_types
from onelook.predictors.sklearn import SklearnPredictor, led_by, share_work, votes
from onelook.predictors.skops_file import from_skops, to_skops
from onelook.runtime import available_cores
from onelook.settings import FittedPreprocess
from onelook.settings.classical import ClassicalSettings, FeatureSettings
from onelook.transforms.preprocess.in_numpy import prepare_images

NAMES = list(CLASSICAL)


@pytest.mark.parametrize(("classes", "leading"), [(2, 1), (10, 3)])
def test_of_two_probabilities_that_float32_cannot_tell_apart_the_class_of_scikit_learn_leads(
    classes: int, leading: int, fitted: Callable[..., ClassicalFit]
) -> None:
    found = fitted("logistic", classes)
    own = from_skops(found.content, known_types("logistic"))
    own.coef_[:] = 0
    own.intercept_ = np.array([1e-9]) if classes == 2 else 1e-9 * (np.arange(classes) == leading)
    picture = digits(classes)[1].take(np.arange(1))
    assert own.predict(np.zeros((1, 64), np.float32)).tolist() == [leading]
    predictor = SklearnPredictor(to_skops(own), found.fitted, FittedPreprocess(), (8, 8, 1), classes)
    probabilities = predictor.probabilities(picture)
    assert probabilities.argmax(axis=1).tolist() == [leading]
    assert probabilities == pytest.approx(1 / classes, abs=1e-6)


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


def test_the_temperature_is_found_by_the_validation_pictures_of_known_classes() -> None:
    """The others say nothing about how sure the model may be; here they are of the first and of the last class."""
    train, val = digits()

    def only(pictures: ImageSet, left: NDArray[np.int64]) -> ImageSet:
        return ImageSet(
            pictures.images, pictures.rows[left], tuple(pictures.ids[row] for row in left), pictures.labels[left]
        )

    known = only(train, np.flatnonzero(np.isin(train.labels, (3, 5, 8)))[:30])
    of_all = only(val, np.flatnonzero(np.isin(val.labels, (0, 3, 5, 8, 9)))[:40])
    of_known = only(of_all, np.flatnonzero(np.isin(of_all.labels, (3, 5, 8))))
    temperatures = [
        Fitter("svc", ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=known, val=side, seed=0)
        .fit(30, 10)
        .fitted.temperature
        for side in (of_all, of_known)
    ]
    assert len(of_known) < len(of_all)
    assert temperatures[0] == pytest.approx(temperatures[1])


def test_probabilities_of_classes_that_were_not_seen_are_nought_and_the_others_their_own(
    tmp_path: Path,
) -> None:
    train, val = digits()
    left = np.flatnonzero((train.labels != 4) & (train.labels != 0))
    part = ImageSet(train.images, train.rows[left], tuple(train.ids[row] for row in left), train.labels[left])
    pictures = val.take(np.arange(len(val)))
    for name in ("svc", "lda"):
        fitter = Fitter(name, ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=part, val=val, seed=0)
        found = fitter.fit(fitter.rows, 10)
        own = build_estimator(name, ClassicalSettings(), FeatureSettings(), seed=0)
        own.fit(part.take(np.arange(len(part))).reshape(len(part), -1) * np.float32(1 / 255), part.labels)
        expected = own.predict(pictures.reshape(len(val), -1) * np.float32(1 / 255))
        predictor = SklearnPredictor(found.content, found.fitted, FittedPreprocess(), (8, 8, 1), 10)
        probabilities = predictor.probabilities(pictures)
        assert probabilities[:, [0, 4]].max() == 0
        assert probabilities.argmax(axis=1).tolist() == expected.tolist()
        assert found.val.accuracy == pytest.approx(np.mean(expected == val.labels))


def test_a_batch_after_the_other_gives_the_same_model(
    fitted: Callable[..., ClassicalFit], monkeypatch: pytest.MonkeyPatch
) -> None:
    train, val = digits()
    order = np.random.default_rng(0).permutation(len(train))
    other = np.argsort(order)
    # The same pictures, lying in another order in their array.
    images = train.images.copy()
    images[order] = train.images[: len(train)]
    moved = ImageSet(images, order, train.ids, train.labels)
    assert np.array_equal(moved.take(np.arange(len(moved))), train.take(np.arange(len(train))))
    assert not np.array_equal(order, other)
    monkeypatch.setattr("onelook.classical.fit.pixel_batch_size", lambda shape: 7)
    for pictures in (train, moved):
        again = Fitter(
            "lda", ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=pictures, val=val, seed=0
        )
        assert again.fit(again.rows, 10).content == fitted("lda").content


def test_the_decision_values_of_a_support_vector_machine_are_scikit_learn_s_own() -> None:
    train, val = digits()
    values, tried = (side.take(np.arange(len(side))).reshape(len(side), -1) / np.float32(255) for side in (train, val))
    own = build_estimator("svc", ClassicalSettings(), FeatureSettings(), seed=0).fit(values, train.labels)
    own.set_params(decision_function_shape="ovr")
    expected = own.decision_function(tried)
    decisions, predicted = votes(own, tried)
    assert np.allclose(decisions, expected, atol=1e-9)
    assert np.array_equal(own.classes_[predicted], own.predict(tried))


def test_what_is_predicted_leads_and_what_led_has_its_place() -> None:
    probabilities = np.array([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.1, 0.7, 0.2]])
    found = led_by(probabilities, np.array([1, 0, 1]))
    assert found.argmax(axis=1).tolist() == [1, 0, 1]
    assert found[0].tolist() == [0.5, np.nextafter(0.5, 1), 0.0]
    assert found[1:].tolist() == [[0.5, 0.3, 0.2], [0.1, 0.7, 0.2]]


def test_few_pictures_are_asked_by_one_thread_and_many_by_all() -> None:
    forest = build_estimator("random-forest", ClassicalSettings(), FeatureSettings(), seed=0)
    machine = build_estimator("svc", ClassicalSettings(), FeatureSettings(), seed=0)
    for rows, threads in ((499, 1), (500, available_cores()), (1, 1)):
        share_work("random-forest", forest, rows)
        assert forest.n_jobs == threads
        share_work("svc", machine, rows)  # which has no threads to set


def test_the_numbers_that_were_learnt_are_counted(fitted: Callable[..., ClassicalFit]) -> None:
    sizes = {name: fitted(name).fitted.size for name in NAMES}
    learnt = {name: fitted(name).fitted.learnt for name in NAMES}
    assert sizes["logistic"] == sizes["lda"] == 10 * 64 + 10
    assert learnt["lda"] == "a weight for each of 64 values and each class"
    assert sizes["knn"] == 200 * (64 + 1)  # each picture with its label
    assert learnt["knn"] == "200 training pictures of 64 values, all stored"
    vectors = int(learnt["svc"].split()[0])
    assert sizes["svc"] == vectors * 64 + 9 * vectors + 45  # one machine for each of 45 pairs
    assert learnt["svc"] == f"{vectors} support vectors of 64 values"
    forest = from_skops(fitted("random-forest").content, known_types("random-forest"))
    leaves = [tree.get_n_leaves() for tree in forest.estimators_]
    assert sizes["random-forest"] == sum(10 * each + 2 * (each - 1) for each in leaves)
    assert learnt["random-forest"] == f"5 trees with {sum(2 * each - 1 for each in leaves):,} nodes"
    assert learnt["hist-gradient-boosting"].startswith("3 rounds, 30 trees with ")
    nodes = int(learnt["hist-gradient-boosting"].removesuffix(" nodes").rpartition(" ")[2])
    assert sizes["hist-gradient-boosting"] == (nodes + 30) // 2 + 2 * (nodes - 30) // 2
    few = fitted("lda", pca=5).fitted
    assert few.size == 10 * 5 + 10 + 5 * 64
    assert few.learnt == "a weight for each of 5 values and each class, on 5 principal components"


def test_what_does_not_converge_is_said_once_with_advice() -> None:
    train, val = digits()
    settings = ClassicalSettings.model_validate({"max_iter": 1})
    fitter = Fitter("logistic", settings, FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0)
    assert fitter.fit(fitter.rows, 10).notes == (
        "logistic had not converged when its iterations ended: --set classical.max_iter gives it more.",
    )


def test_warnings_are_one_sentence_each_and_those_for_programmers_are_left_out() -> None:
    class ConvergenceWarning(UserWarning):
        pass

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        warnings.warn("Variables are collinear. See the guide.", UserWarning, stacklevel=1)
        warnings.warn("Something will change.", FutureWarning, stacklevel=1)
        warnings.warn("lbfgs failed to converge (status=1):\nSTOP", ConvergenceWarning, stacklevel=1)
        warnings.warn("Variables are collinear. See the guide.", UserWarning, stacklevel=1)
        warnings.warn("  Rank is low.", RuntimeWarning, stacklevel=1)
        warnings.warn("Old name.", DeprecationWarning, stacklevel=1)
    assert _notes("lda", warned) == (
        "scikit-learn warned: Variables are collinear.",
        "lda had not converged when its iterations ended: --set classical.max_iter gives it more.",
        "scikit-learn warned: Rank is low.",
    )


def test_the_time_of_a_fit_has_the_time_of_asking_for_all_that_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    train, val = digits()
    fitter = Fitter("lda", ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0)
    assert fitter.count_predictions(others=7) == 100 + 200 + 7
    few = Fitter("lda", ClassicalSettings(rows=50), FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0)
    assert few.count_predictions(others=0) == 100 + 50
    monkeypatch.setattr("onelook.classical.fit._SCORED_TRAINING_ROWS", 30)
    assert few.count_predictions(others=0) == 100 + 30
    monkeypatch.setattr("onelook.classical.fit._PREDICTED_IN_MEASURING", 20)
    clock = iter([10.0, 13.0, 100.0, 100.5])  # a fit of 3 s, and half a second for 20 pictures
    monkeypatch.setattr("onelook.classical.fit.time.perf_counter", lambda: next(clock))
    assert fitter.measure(100, predictions=400) == pytest.approx(3 + 10)
    monkeypatch.setattr("onelook.classical.fit._PREDICTED_IN_MEASURING", 5_000)  # there are 100 to predict
    clock = iter([10.0, 13.0, 100.0, 100.5])
    assert fitter.measure(100, predictions=400) == pytest.approx(3 + 2)


def test_features_of_a_network_are_prepared_as_the_network_was_trained_with(monkeypatch: pytest.MonkeyPatch) -> None:
    train, val = digits()
    own = FittedPreprocess(value_range=(0.0, 16.0))
    asked: list[object] = []
    backbone = SimpleNamespace(count=3, preprocess=own, network="a network", graph=lambda dtype: f"graph of {dtype}")
    monkeypatch.setattr("onelook.classical.fit.load_backbone", lambda *given: asked.append(given) or backbone)
    draw = np.random.default_rng(0).normal(size=(len(train.images), 3)).astype(np.float32)
    monkeypatch.setattr("onelook.classical.fit.embed", lambda pictures, _: draw[pictures.rows])
    features, settings = FeatureSettings(name="efficientnet-lite0"), ClassicalSettings()
    given = FittedPreprocess(value_range=(0.0, 32.0))
    fitter = Fitter("lda", settings, features, given, train=train, val=val, seed=0)
    found = fitter.fit(fitter.rows, 10)
    assert asked == [("efficientnet-lite0", (8, 8, 1), (0.0, 32.0))]
    assert (found.preprocess, found.network, found.graph) == (own, "a network", f"graph of {train.images.dtype}")
    assert fitter.feature_count == 3


def test_fewer_rows_are_drawn_class_by_class() -> None:
    train, val = digits()
    fitter = Fitter(
        "lda", ClassicalSettings(rows=50), FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0
    )
    assert fitter.rows == 50
    assert fitter.fit(fitter.rows, 10).fitted.rows == 50


def test_no_more_pictures_are_fitted_than_there_are() -> None:
    train, val = digits()
    many = ClassicalSettings(rows=201)
    fitter = Fitter("lda", many, FeatureSettings(), FittedPreprocess(), train=train, val=val, seed=0)
    assert fitter.rows == 200
    assert fitter.fit(10_000, 10).fitted.rows == 200


def test_the_training_score_is_of_pictures_drawn_by_class(monkeypatch: pytest.MonkeyPatch) -> None:
    train, val = digits()
    order = np.argsort(train.labels, kind="stable")  # of the first 50 none is of a later class
    ordered = ImageSet(train.images, train.rows[order], tuple(train.ids[row] for row in order), train.labels[order])
    monkeypatch.setattr("onelook.classical.fit._SCORED_TRAINING_ROWS", 50)
    scored: list[list[int]] = []
    score = Fitter._score

    def noted(self: Fitter, *given: Any) -> Any:
        scored.append(np.unique(given[3]).tolist())
        return score(self, *given)

    monkeypatch.setattr(Fitter, "_score", noted)
    Fitter("lda", ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=ordered, val=val, seed=0).fit(
        200, 10
    )
    assert scored == [list(range(10))] * 2


def test_without_validation_pictures_there_is_no_validation_score() -> None:
    train, val = digits()
    nothing = ImageSet(val.images, val.rows[:0], (), val.labels[:0])
    for name in ("lda", "svc"):
        fitter = Fitter(
            name, ClassicalSettings(), FeatureSettings(), FittedPreprocess(), train=train, val=nothing, seed=0
        )
        found = fitter.fit(fitter.rows, 10)
        assert (np.isnan(found.val.loss), np.isnan(found.val.accuracy)) == (True, True)
        assert found.train.accuracy > 0.9
        assert found.fitted.temperature == (1.0 if name == "svc" else None)
        assert fitter.measure(20, predictions=400) < 60  # the fit alone


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
    few = Fitter("lda", ClassicalSettings(), FeatureSettings(pca=31), FittedPreprocess(), train=train, val=val, seed=0)
    with pytest.raises(ConfigError, match="= 31; expected at most 30: there are 30 pictures to fit on, with 64 values"):
        few.fit(30, 10)
    assert few.fit(31, 10).fitted.rows == 31


def test_pixels_are_prepared_as_for_networks() -> None:
    import torch

    from onelook.settings import PreprocessSettings
    from onelook.transforms.preprocess.in_torch import Preprocess

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
    assert np.allclose(prepare_images(images, fitted), expected, atol=1e-5)


def test_the_seed_goes_to_all_that_draw_and_to_the_components() -> None:
    features = FeatureSettings(pca=3)
    built = {name: build_estimator(name, ClassicalSettings(), features, seed=7) for name in CLASSICAL}
    for name, pipeline in built.items():
        assert pipeline.named_steps["pca"].random_state == 7
        own = pipeline.named_steps["classifier"].get_params()
        assert own.get("random_state", 7) == 7, name
    assert {name for name in built if "random_state" in built[name].named_steps["classifier"].get_params()} == {
        *("svc", "decision-tree", "random-forest", "logistic", "hist-gradient-boosting")
    }
    assert built["svc"].named_steps["classifier"].cache_size == 1_000
