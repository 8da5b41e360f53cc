"""Whatever a caller has for a picture reaches the model as the same pixels, or is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.classifier.inputs import _of_deep_range
from onelook.errors import ConfigError, DataError

Make = Callable[..., Classifier]


def png(pixels: np.ndarray) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "PNG")
    return encoded.getvalue()


@pytest.fixture
def photo() -> np.ndarray:
    """Larger than the model's 6×5, and of another shape."""
    return np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)


class TestOnePicture:
    def test_every_kind_of_source_gives_the_same_pixels(
        self, classifier: Classifier, photo: np.ndarray, tmp_path: Path
    ) -> None:
        (tmp_path / "photo.png").write_bytes(png(photo))
        sources = [
            tmp_path / "photo.png",
            str(tmp_path / "photo.png"),
            png(photo),
            Image.fromarray(photo),
            photo,
            np.moveaxis(photo, 2, 0),
            photo.astype(np.int64),
        ]
        inputs = [classifier.as_input(source) for source in sources]
        assert all(image.shape == (6, 5, 3) and image.dtype == np.uint8 for image in inputs)
        assert all(np.array_equal(image, inputs[0]) for image in inputs)

    def test_an_array_of_the_models_size_and_dtype_goes_in_unchanged(
        self, classifier: Classifier, make_classifier: Make, images: np.ndarray
    ) -> None:
        assert np.shares_memory(classifier.as_input(images[0]), images)
        model = make_classifier(dtype="float32", value_range=(0, 1))
        beyond = np.full((6, 5, 3), 7.5, np.float32)  # a user's own range is the user's own affair
        assert np.array_equal(model.as_input(beyond), beyond)

    def test_bytes_become_the_nearest_whole_number_of_the_models_range(self, make_classifier: Make) -> None:
        model = make_classifier(dtype="uint16", value_range=(0, 16))
        levels = np.resize(np.array([7, 8, 24, 255], np.uint8), (6, 5, 3))  # times 16 / 255: 0.44, 0.502, 1.506, 16
        assert np.array_equal(model.as_input(levels), np.resize(np.array([0, 1, 2, 16], np.uint16), (6, 5, 3)))

    def test_channels_first_is_told_from_channels_last(self, classifier: Classifier, images: np.ndarray) -> None:
        assert np.array_equal(classifier.as_input(images[0].transpose(2, 0, 1)), images[0])

    def test_grey_becomes_colour_and_back(
        self, classifier: Classifier, make_classifier: Make, images: np.ndarray
    ) -> None:
        grey = images[0, :, :, 0]
        expected = np.repeat(grey[:, :, None], 3, axis=2)
        for picture in (grey, grey[:, :, None], Image.fromarray(grey)):
            assert np.array_equal(classifier.as_input(picture), expected)
        model = make_classifier(channels=1)
        assert np.array_equal(model.as_input(grey), grey[:, :, None])
        luma = np.asarray(Image.fromarray(images[0]).convert("L"))[:, :, None]
        assert np.array_equal(model.as_input(images[0]), luma)

    @pytest.mark.parametrize(("dtype", "low", "high"), [("float32", -1, 1), ("float64", 0, 1), ("uint8", 0, 16)])
    def test_files_are_mapped_to_the_models_range(
        self, make_classifier: Make, dtype: str, low: float, high: float
    ) -> None:
        model = make_classifier(dtype=dtype, value_range=(low, high))
        pixels = np.zeros((6, 5, 3), np.uint8)
        pixels[0], pixels[1] = 255, 51
        image = model.as_input(png(pixels))
        assert image.dtype == dtype
        expected = [high, low + 0.2 * (high - low), low]
        assert image[:3, 0, 0] == pytest.approx(np.round(expected) if dtype == "uint8" else expected)

    def test_whole_numbers_up_to_255_are_bytes_to_a_model_of_bytes(self, classifier: Classifier) -> None:
        ends = np.zeros((6, 5, 3), np.int64)
        ends[0] = 255
        for dtype in (np.int64, np.uint16, np.int16):
            image = classifier.as_input(ends.astype(dtype))
            assert image.dtype == np.uint8
            assert np.array_equal(image, ends)

    def test_uint8_arrays_count_as_pictures_for_a_model_of_floats(self, make_classifier: Make) -> None:
        model = make_classifier(dtype="float32", value_range=(0, 1))
        assert model.as_input(np.full((6, 5, 3), 255, np.uint8)).max() == 1.0

    @pytest.mark.parametrize("shape", [(6, 5, 3), (12, 10, 3), (6, 5)])
    def test_floats_from_0_to_1_are_shares_of_white_to_a_model_of_bytes(
        self, classifier: Classifier, shape: tuple[int, ...]
    ) -> None:
        shares = np.linspace(0, 1, int(np.prod(shape))).reshape(shape)
        as_bytes = (shares * 255).round().astype(np.uint8)
        assert np.array_equal(classifier.as_input(shares), classifier.as_input(as_bytes))
        assert classifier.as_input(shares.astype(np.float32)).max() > 240

    def test_floats_of_another_width_keep_their_values(self, make_classifier: Make) -> None:
        model = make_classifier(dtype="float32", value_range=(0, 1))
        image = model.as_input(np.full((6, 5, 3), 0.25, np.float64))
        assert image.dtype == np.float32
        assert (image == 0.25).all()

    def test_floats_of_another_size_are_resized_in_the_models_range(self, make_classifier: Make) -> None:
        model = make_classifier(dtype="float32", value_range=(-1, 1))
        assert model.as_input(np.full((12, 10, 3), 0.5)) == pytest.approx(np.full((6, 5, 3), 0.5), abs=1 / 255)
        model_of_shares = make_classifier(dtype="float32", value_range=(0, 1))
        assert (model_of_shares.as_input(np.full((12, 10, 3), 0.999)) == 1).all()  # the nearest of 255 steps
        with pytest.raises(DataError, match="values from 2 to 2 has to be resized; .* range, -1 to 1"):
            model.as_input(np.full((12, 10, 3), 2.0))


class TestRefusals:
    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.full((6, 5, 3), 1.5), "float64 with values from 1.5 to 1.5; the model takes uint8 from 0 to 255"),
            (np.full((6, 5, 3), -0.5), "float64 with values from -0.5 to -0.5"),
            (np.full((6, 5, 3), 256), "values from 256 to 256"),
            (np.full((6, 5, 3), -1), "values from -1 to -1"),
            (np.array([[[0, 0, 0]] * 5] * 5 + [[[0, 0, 256]] * 5]), "values from 0 to 256"),
            (np.zeros((6, 5, 3), bool), "bool"),
            (np.full((6, 5, 3), np.nan), "not numbers"),
            (np.zeros(28, np.uint8), r"shape (28,) is not a picture"),
            (np.zeros((6, 5, 2), np.uint8), r"shape (6, 5, 2) is not a picture"),
            (np.zeros((0, 5, 3), np.uint8), r"shape (0, 5, 3) is not a picture"),
            (np.array([["a"]]), "is not a picture"),
        ],
    )
    def test_an_array_that_cannot_be_meant_is_refused(
        self, classifier: Classifier, array: np.ndarray, message: str
    ) -> None:
        with pytest.raises(DataError) as refused:
            classifier.as_input(array)
        assert message in str(refused.value)

    def test_integers_may_mean_two_things_to_a_model_of_floats(self, make_classifier: Make) -> None:
        model = make_classifier(dtype="float32", value_range=(0, 16))
        with pytest.raises(DataError, match="int64.*the model takes float32 from 0 to 16"):
            model.as_input(np.ones((6, 5, 3), np.int64))

    def test_something_else_is_refused(self, classifier: Classifier) -> None:
        with pytest.raises(DataError, match="given as dict"):
            classifier.as_input({})  # type: ignore[arg-type]


class TestManyPictures:
    def test_the_bad_one_is_named(self, classifier: Classifier, images: np.ndarray, tmp_path: Path) -> None:
        (tmp_path / "notes.jpg").write_text("no picture")
        with pytest.raises(DataError, match=r"picture 2: .*notes\.jpg"):
            classifier.predict([images[0], tmp_path / "notes.jpg"])
        with pytest.raises(DataError, match="picture 3: "):
            classifier.predict([images[0], images[1], b""])

    def test_the_bad_one_is_named_by_its_number_among_all_also_past_a_batch(
        self, classifier: Classifier, images: np.ndarray
    ) -> None:
        with pytest.raises(DataError, match="picture 259: "):
            classifier.predict([*images[:258], b"", *images[:3], b""])

    def test_one_alone_counts_as_a_list_of_it(self, classifier: Classifier, photo: np.ndarray, tmp_path: Path) -> None:
        (tmp_path / "photo.png").write_bytes(png(photo))
        expected = classifier.predict([photo])
        paths = np.array([str(tmp_path / "photo.png")])
        assert classifier.predict(paths) == classifier.predict(paths.astype(object)) == expected
        for alone in (tmp_path / "photo.png", str(tmp_path / "photo.png"), png(photo), Image.fromarray(photo)):
            assert classifier.predict(alone) == expected

    def test_an_array_counts_by_its_first_axis(
        self, classifier: Classifier, make_classifier: Make, images: np.ndarray
    ) -> None:
        assert classifier.predict(images[:4]) == classifier.predict(list(images[:4]))
        grey = make_classifier(channels=1)
        assert len(grey.predict(images[:7, :, :, 0])) == 7
        assert len(grey.predict(images[:4, :, :, 0])) == 4  # four of grey, as nobody puts an alpha in front

    @pytest.mark.parametrize("shape", [(6, 5), (6, 5, 3), (3, 6, 5), (6, 5, 1), (30,)])
    def test_an_array_that_may_be_one_or_many_is_refused(self, classifier: Classifier, shape: tuple[int, ...]) -> None:
        with pytest.raises(DataError, match="may be one picture or many"):
            classifier.predict(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("nothing", [None, 3])
def test_what_holds_no_pictures_is_refused_in_words(classifier: Classifier, nothing: Any) -> None:
    for predict in (classifier.predict, classifier.predict_proba):
        with pytest.raises(ConfigError, match=f"the pictures to predict are {nothing}. Expected a path, bytes"):
            predict(nothing)


@pytest.mark.parametrize(
    ("values", "deep_range", "expected"),
    [
        ([0.0, 0.5, 1.0], (0.0, 1.0), [0, 128, 255]),
        ([0.0, 1.0], (0.0, 255.0), [0, 1]),
        ([0, 1], (0.0, 255.5), [0, 1]),  # whole numbers are in the unit of the range
        ([0.0, 1.0], (0.0, 255.5), None),
        ([0.0, 1.25], (0.0, 255.0), [0, 1]),
        ([-0.5, 0.8], (-100.0, 410.0), [50, 50]),
        ([-1, 5], (0.0, 400.0), None),
        ([5, 401], (0.0, 400.0), None),
        ([0, 400], (0.0, 400.0), [0, 255]),
    ],
)
def test_deep_values_are_scaled_by_their_range_unless_they_are_shares_of_another_unit(
    values: list[float], deep_range: tuple[float, float], expected: list[int] | None
) -> None:
    if expected is None:
        with pytest.raises(DataError, match=f"the model takes values from {deep_range[0]:g} to {deep_range[1]:g}"):
            _of_deep_range(np.array(values), deep_range)
    else:
        assert _of_deep_range(np.array(values), deep_range).tolist() == expected
