"""Predictions, probabilities, golden pictures and weights of a classifier."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from onelook.classifier import Classifier, Prediction, load
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError, ModelError
from onelook.predictors import onnx
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings
from onelook.settings.network import Dense, Flatten

Make = Callable[..., Classifier]


class TestPredict:
    def test_a_prediction_says_what_the_probabilities_say(self, classifier: Classifier, images: np.ndarray) -> None:
        row = classifier.probabilities(images[:1])[0]
        (prediction,) = classifier.predict([images[0]])
        assert isinstance(prediction, Prediction)
        assert prediction.class_name == classifier.class_names[row.argmax()]
        assert prediction.probability == row.max()
        assert prediction.probabilities == dict(zip(("cat", "dog", "eel"), row.tolist(), strict=True))

    def test_every_row_in_order_over_several_batches(self, classifier: Classifier, images: np.ndarray) -> None:
        predictions = classifier.predict(iter(images))
        assert len(predictions) == 300
        expected = classifier.probabilities(images)
        found = np.array([list(prediction.probabilities.values()) for prediction in predictions])
        assert found == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 7])
    def test_a_picture_that_cannot_be_read_is_named_by_its_number_in_any_batch(
        self, classifier: Classifier, images: np.ndarray, number: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("onelook.classifier.model.BATCH_SIZE", 2)
        given: list[Any] = list(images[:7])
        given[number - 1] = b"no picture"
        with pytest.raises(DataError, match=f"^picture {number}: "):
            classifier.predict(given)

    def test_none_give_none(self, classifier: Classifier, images: np.ndarray) -> None:
        assert classifier.predict([]) == []
        assert classifier.probabilities(images[:0]).shape == (0, 3)

    def test_it_says_what_it_is(self, classifier: Classifier) -> None:
        assert repr(classifier) == "Classifier(3 classes, pictures of 6×5×3, engine onnx)"


class TestProbabilities:
    def test_rows_are_float32_and_sum_to_one(self, classifier: Classifier, images: np.ndarray) -> None:
        probabilities = classifier.probabilities(images)
        assert probabilities.shape == (300, 3)
        assert probabilities.dtype == np.float32
        assert probabilities.sum(axis=1) == pytest.approx(np.ones(300), abs=1e-5)

    @pytest.mark.parametrize("bad", [np.zeros((2, 5, 6, 3), np.uint8), np.zeros((2, 6, 5, 3), np.float32)])
    def test_another_size_or_dtype_is_refused(self, classifier: Classifier, bad: np.ndarray) -> None:
        with pytest.raises(DataError, match="pictures have the (shape|dtype)"):
            classifier.probabilities(bad)

    def test_the_class_that_is_named_is_the_likeliest_of_its_own_row(
        self, classifier: Classifier, images: np.ndarray
    ) -> None:
        rows = classifier.probabilities(images)
        assert len(set(rows.argmax(axis=1).tolist())) > 1  # so that a row in another's place shows
        said = classifier.predict(images)
        assert [one.class_name for one in said] == [classifier.class_names[best] for best in rows.argmax(axis=1)]
        assert [one.probability for one in said] == pytest.approx(rows.max(axis=1).tolist(), abs=1e-6)
        assert all(one.probability == max(one.probabilities.values()) for one in said)

    def test_decoded_pictures_suit_a_model_of_floats(self, make_classifier: Make, images: np.ndarray) -> None:
        model = make_classifier(dtype="float32", value_range=(0, 1))
        expected = model.probabilities((images / 255).astype(np.float32))
        assert model.probabilities(images) == pytest.approx(expected, abs=1e-6)


class TestGolden:
    def test_pictures_are_spread_evenly_over_what_is_given(self, make_classifier: Make, images: np.ndarray) -> None:
        golden = make_classifier(golden_pictures=images).golden
        positions = [round(position) for position in np.linspace(0, 299, 16)]
        assert np.array_equal(golden.pictures, images[positions])
        side = ImageSet(images, np.arange(299, -1, -1), tuple(map(str, range(300))), None)
        assert np.array_equal(make_classifier(golden_pictures=side).golden.pictures[0], images[299])

    def test_there_are_always_sixteen(self, make_classifier: Make, images: np.ndarray) -> None:
        assert make_classifier(golden_pictures=images[:5]).golden.pictures.shape == (16, 6, 5, 3)
        assert make_classifier(golden_pictures=images[:0]).golden.pictures.shape == (16, 6, 5, 3)

    @pytest.mark.parametrize(("dtype", "low", "high"), [("uint8", 0, 255), ("float32", -1, 1), ("int16", -5, 5)])
    def test_noise_is_the_same_each_time_and_in_range(
        self, make_classifier: Make, dtype: str, low: float, high: float
    ) -> None:
        first, second = (make_classifier(dtype=dtype, value_range=(low, high)).golden for _ in range(2))
        assert first.pictures.dtype == dtype
        assert np.array_equal(first.pictures, second.pictures)
        assert low <= first.pictures.min() < first.pictures.max() <= high

    def test_torch_gives_the_golden_probabilities_where_it_is(self, classifier: Classifier) -> None:
        assert classifier.card.golden_engine == "torch"
        assert classifier.card.engine_difference is not None
        assert classifier.card.engine_difference < 1e-5

    def test_onnx_gives_them_where_torch_is_not(self, make_classifier: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("onelook.classifier.model_parts.available_engines", lambda: ("onnx",))
        model = make_classifier()
        assert model.card.golden_engine == "onnx"
        assert model.card.engine_difference is None
        assert np.array_equal(model.golden.probabilities, model.probabilities(model.golden.pictures))


class TestBuild:
    def test_weights_of_another_network_are_refused(self, make_classifier: Make) -> None:
        with pytest.raises(ModelError, match=r"the trained weights: .*'0.weight' is missing, expected 4×3×3×3"):
            make_classifier(weights={})

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"class_names": ("a", "a", "b")}, "two classes have the same name"),
            ({"class_names": ("a",)}, "class_names: Tuple should have at least 2 items"),
            ({"dtype": "complex64"}, "dtype complex64; expected uint8"),
            ({"fitted": FittedPreprocess(value_range=(0, 1))}, "the preparation was fitted for"),
            ({"engine": "tensorrt"}, "unknown engine 'tensorrt'"),
        ],
    )
    def test_what_no_model_can_have_is_refused(
        self, make_classifier: Make, options: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ConfigError) as refused:
            make_classifier(**options)
        assert message in str(refused.value)

    def test_weights_that_have_diverged_are_refused(
        self, make_classifier: Make, other_weights: dict[str, np.ndarray]
    ) -> None:
        other_weights["0.bias"][0] = np.nan
        with pytest.raises(ModelError, match="diverged. Train again with a lower learning rate"):
            make_classifier(weights=other_weights)

    def test_a_metric_that_is_no_number_is_null(self, make_classifier: Make) -> None:
        assert make_classifier(metrics={"loss": float("nan")}).card.metrics == {"loss": None}

    def test_a_whitening_matrix_travels_with_the_weights(
        self, make_classifier: Make, images: np.ndarray, tmp_path: Path
    ) -> None:
        chance = np.random.default_rng(0)
        weights = {
            "1.weight": chance.normal(size=(3, 90)).astype("f4"),
            "1.bias": np.zeros(3, "f4"),
            "preprocess.zca_matrix": (np.eye(90) + 0.01 * chance.normal(size=(90, 90))).astype("f4"),
        }
        fitted = FittedPreprocess(
            settings=PreprocessSettings(featurewise_center=True, zca_whitening=True), mean=(0.5, 0.5, 0.5)
        )
        network = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
        model = make_classifier(network=network, fitted=fitted, weights=weights)
        assert model.card.engine_difference < 1e-4
        path = model.save(tmp_path / "model")
        assert np.array_equal(load(path).probabilities(images), model.probabilities(images))
        plain = make_classifier(network=network, fitted=FittedPreprocess(), weights={
            name: tensor for name, tensor in weights.items() if name != "preprocess.zca_matrix"
        })  # fmt: skip
        assert np.abs(plain.probabilities(images) - model.probabilities(images)).max() > 0.01


class TestWeights:
    @pytest.mark.parametrize("engine", ["onnx", "torch"])
    def test_weights_alone_can_be_saved_and_loaded(
        self,
        make_classifier: Make,
        other_weights: dict[str, np.ndarray],
        images: np.ndarray,
        tmp_path: Path,
        engine: str,
    ) -> None:
        source = make_classifier(weights=other_weights, engine=engine)
        target = make_classifier(engine=engine)
        assert not np.array_equal(source.probabilities(images), target.probabilities(images))
        target.load_weights(source.save_weights(tmp_path / "w.safetensors"))
        assert np.array_equal(source.probabilities(images), target.probabilities(images))
        # What is saved next holds the new weights throughout, and none of the old ones' scores.
        loaded = load(target.save(tmp_path / "model"), engine)  # type: ignore[arg-type]
        assert np.array_equal(source.probabilities(images), loaded.probabilities(images))
        assert loaded.card.metrics == {}
        assert loaded.card.training["data"] == "drawn"
        assert loaded.card.training["weights_replaced_by"]["file"] == "w.safetensors"  # type: ignore[index, call-overload]

    def test_the_file_is_plain_safetensors(self, classifier: Classifier, tmp_path: Path) -> None:
        tensors = load_file(classifier.save_weights(tmp_path / "w.safetensors"))
        assert tensors.keys() == classifier.weights.keys()
        assert all(np.array_equal(tensors[name], classifier.weights[name]) for name in tensors)

    def test_arrays_that_are_not_contiguous_are_saved_as_they_look(self, make_classifier: Make, tmp_path: Path) -> None:
        weights = dict(make_classifier().weights)
        weights["0.weight"] = np.asfortranarray(weights["0.weight"])
        tensors = load_file(make_classifier(weights=weights).save_weights(tmp_path / "w.safetensors"))
        assert np.array_equal(tensors["0.weight"], weights["0.weight"])

    def test_weights_that_do_not_fit_change_nothing(
        self, make_classifier: Make, other_weights: dict[str, np.ndarray], images: np.ndarray, tmp_path: Path
    ) -> None:
        model = make_classifier()
        before = model.probabilities(images)
        other_weights["3.weight"] = other_weights["3.weight"][:2]
        save_file(other_weights, tmp_path / "w.safetensors")
        with pytest.raises(ModelError, match="'3.weight' is float32 2×120, expected float32 3×120"):
            model.load_weights(tmp_path / "w.safetensors")
        assert np.array_equal(model.probabilities(images), before)
        assert model.card.metrics == {"accuracy": 0.5}

    def test_a_missing_or_damaged_file_is_a_model_error(self, make_classifier: Make, tmp_path: Path) -> None:
        model = make_classifier()
        with pytest.raises(ModelError, match="missing. Expected a .safetensors file"):
            model.load_weights(tmp_path / "absent.safetensors")
        (tmp_path / "w.safetensors").write_text("text")
        with pytest.raises(ModelError, match="not readable as safetensors"):
            model.load_weights(tmp_path / "w.safetensors")


def test_a_model_in_one_thread_gives_the_same_answers_and_features(
    classifier: Classifier, images: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    true = onnx.open_session

    def noted(content: bytes, threads: int | None = None) -> object:
        asked.append(threads)
        return true(content, threads)

    monkeypatch.setattr(onnx, "open_session", noted)
    alone = classifier.with_threads(1)
    assert (alone.probabilities(images) == classifier.probabilities(images)).all()
    features: list[np.ndarray] = []
    alone.judge(images[:4], features.append)
    assert features[0].shape == (4, classifier.feature_count)
    assert set(asked) == {1}  # also where the model is built again, to give features
