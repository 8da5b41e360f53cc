"""Arrays from Python: axes, dtypes, ranges, labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelook.data.open import open_dataset
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import DataError
from onelook.settings import DecodeSettings

Y = ["cat", "dog"]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def opened(x: object, y: object = None) -> ArrayPictures:
    pictures = open_dataset(x if y is None else (x, y)).parts["all"].pictures
    assert isinstance(pictures, ArrayPictures)
    return pictures


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 8, 6), (2, 8, 6, 1)),
        ((2, 8, 6, 1), (2, 8, 6, 1)),
        ((2, 8, 6, 3), (2, 8, 6, 3)),
        ((2, 1, 8, 6), (2, 8, 6, 1)),
        ((2, 3, 8, 6), (2, 8, 6, 3)),
        ((2, 64), (2, 8, 8, 1)),
        ((2, 108), (2, 6, 6, 3)),  # too small for an order of colours to be seen
        ((5, 3, 3), (5, 3, 3, 1)),  # too low to be one picture
    ],
)
def test_every_usual_shape_becomes_channels_last(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    x = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    images = opened(x).images
    assert images.shape == expected
    if len(shape) == 4 and shape[1] in (1, 3):
        np.testing.assert_array_equal(np.moveaxis(images, -1, 1), x)
    else:
        np.testing.assert_array_equal(images.reshape(shape), x)
    assert np.shares_memory(images, x)  # read where it lies


def drawn(key: int, channels: int) -> np.ndarray:
    """A bright square on a dark ramp, in one shade of grey or in three colours: (16, 16, 3)."""
    picture = np.zeros((16, 16, 3), np.uint8)
    picture += (np.arange(16, dtype=np.uint8)[:, None] + np.arange(16, dtype=np.uint8))[..., None]
    picture[2 + key : 9 + key, 4:12] = [200, 90, 20] if channels == 3 else 200
    return picture


@pytest.mark.parametrize("planes", [True, False])
@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "colour"])
def test_the_pixels_show_how_colours_lie_in_rows_of_values(planes: bool, channels: int) -> None:
    pictures = np.stack([drawn(key, channels) for key in range(4)])
    rows = (pictures.transpose(0, 3, 1, 2) if planes else pictures).reshape(4, -1)
    dataset = open_dataset({"train": (rows, Y * 2), "test": rows[:, ::-1] * 0})  # a black part shows no order
    np.testing.assert_array_equal(dataset.parts["train"].pictures.images, pictures)  # type: ignore[attr-defined]
    order = "plane by plane" if planes else "pixel by pixel"
    assert next(note for note in dataset.notes if note.startswith("Colour")).startswith(f"Colour lies {order}: ")
    assert f"768), uint8, read as 4 pictures of 16×16×3 values, {'plane by plane' if planes else 'row by row'};" in (
        dataset.why
    )


def test_the_first_part_shows_the_order_of_colours_of_all() -> None:
    pictures = np.stack([drawn(key, 3) for key in range(4)])
    planes = pictures.transpose(0, 3, 1, 2).reshape(4, -1)
    test = open_dataset({"test": pictures.reshape(4, -1), "train": (planes, Y * 2)}).parts["test"]
    np.testing.assert_array_equal(
        test.pictures.images,  # type: ignore[attr-defined]
        pictures.reshape(4, 3, 16, 16).transpose(0, 2, 3, 1),
    )


def test_an_order_of_colours_that_cannot_be_seen_is_said_to_be_assumed() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (20, 192), np.uint8)
    dataset = open_dataset(noise)
    np.testing.assert_array_equal(
        dataset.parts["all"].pictures.images,  # type: ignore[attr-defined]
        noise.reshape(20, 8, 8, 3),
    )
    assert dataset.notes == (
        "Colour is taken to lie pixel by pixel: red, green and blue of the first pixel, then of the next.",
    )


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 8, 3), "both axis 1 and axis 3 could be the channels. Give grey pictures as (rows, height, width)"),
        ((2, 1, 8, 3), "both axis 1 and axis 3 could be the channels"),
        ((2, 8, 8, 2), "neither axis 1 nor axis 3 is 1 or 3, the channels of grey and colour."),
        ((2, 8, 8, 4), "the channels of grey and colour. Drop the alpha channel first."),
        ((8, 8, 3), "one picture, or many that are 3 pixels wide? Give one picture as X[None]"),
        ((2, 63), "63 values a row, neither a square (7×7 = 49, 8×8 = 64) nor three times one"),
        ((2,), "1 axes. Expected (rows, height, width)"),
        ((0, 8, 8), "it is empty. Expected at least one picture."),
    ],
)
def test_a_shape_that_says_too_little_is_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(np.zeros(shape, np.float32))
    assert message in str(caught.value)
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 17], np.uint8, (0, 255)),  # dark, but bytes
        ([0.1, 0.9], np.float32, (0, 1)),
        ([-0.2, 0.9], np.float64, (-1, 1)),
        ([0, 254.5], np.float32, (0, 255)),
        ([0, 16], np.int64, (0, 255)),
        ([-3.5, 2], np.float32, (-3.5, 2)),
        ([0, 65535], np.uint16, (0, 65535)),
    ],
)
def test_dtype_is_kept_and_the_range_is_found(values: list[float], dtype: type, expected: tuple[float, float]) -> None:
    facts = opened(np.resize(np.array(values, dtype), (2, 4, 4))).facts()
    assert facts.dtype == np.dtype(dtype).name
    assert facts.value_range == expected


def test_floats_from_0_to_1_are_taken_as_black_to_white_and_it_is_said() -> None:
    shares = np.resize(np.array([0.1, 0.9]), (2, 4, 4))
    (note,) = open_dataset((shares, Y)).notes
    assert note == "The pictures are floats from 0 to 1: 0 is black, 1 is white, and nothing is divided by 255."
    assert open_dataset((255 * shares, Y)).notes == ()
    assert open_dataset(((255 * shares).astype(np.uint8), Y)).notes == ()


def test_the_range_is_the_training_parts_and_another_part_outside_it_is_told() -> None:
    x = np.zeros((2, 4, 4), np.float32)
    dataset = open_dataset({"test": (x - 0.5, Y), "train": (x, Y)})
    assert {part.pictures.facts().value_range for part in dataset.parts.values()} == {(0.0, 1.0)}
    assert dataset.parts["test"].ids == ("test/1", "test/2")
    (note,) = dataset.notes
    assert "test pictures have values from -0.5 to -0.5" in note


def test_truth_values_become_what_a_model_takes() -> None:
    facts = opened(np.resize([True, False], (2, 4, 4))).facts()
    assert (facts.dtype, facts.value_range) == ("float32", (0.0, 1.0))


def test_numbers_of_another_machine_or_width_become_this_ones_or_are_refused() -> None:
    x = np.ones((2, 4, 4))
    images = opened(x.astype(">f4")).decode(DecodeSettings(height=4, width=4, channels=1)).images
    assert images.dtype == np.dtype("=f4")
    assert (images == 1).all()
    with pytest.raises(DataError, match=r"models do not take. Expected float32"):
        open_dataset((x.astype(np.longdouble), Y))


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_parts_of_different_dtypes_are_refused_before_training(dtype: type) -> None:
    x = np.zeros((2, 4, 4), np.uint8)
    with pytest.raises(DataError, match=rf"test pictures are {np.dtype(dtype)}, those to train on uint8"):
        open_dataset({"train": (x, Y), "test": (x.astype(dtype), Y)})
    with pytest.raises(DataError, match=rf"val pictures are {np.dtype(dtype)}, those to train on uint8"):
        open_dataset((x, Y), val=(x.astype(dtype), Y))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_values_are_counted_and_refused(bad: float) -> None:
    x = np.zeros((6000, 2, 2), np.float32)
    x[4500, 1, 0] = x[4500, 1, 1] = x[5999, 0, 0] = bad
    with pytest.raises(DataError, match=r"X: 3 missing values \(NaN or infinite\), the first in picture 4500 counted"):
        open_dataset((x, np.arange(6000) % 2))
    x[17, 1, 1] = bad  # among those that are looked at before
    with pytest.raises(DataError, match=r"X: 4 missing values \(NaN or infinite\), the first in picture 17 counted"):
        open_dataset((x, np.arange(6000) % 2))


@pytest.mark.parametrize(
    ("y", "class_names", "labels"),
    [
        (["img10", "img2", "img10"], ("img2", "img10"), [1, 0, 1]),
        ([7, -1, 7], ("-1", "7"), [1, 0, 1]),
        (np.array([2.0, 1.0, 2.0]), ("1", "2"), [1, 0, 1]),
        (["10", "9", "10"], ("9", "10"), [1, 0, 1]),
        (np.array([[3], [1], [3]]), ("1", "3"), [1, 0, 1]),
        (np.array([[0, 1, 0], [1, 0, 0], [0, 1, 0]]), ("0", "1", "2"), [1, 0, 1]),  # one-hot, a class absent
        (np.array([True, False, True]), ("0", "1"), [1, 0, 1]),
        (np.array(["b", "a", "b"], object), ("a", "b"), [1, 0, 1]),
    ],
)
def test_labels_of_any_kind_become_names_and_positions(
    y: object, class_names: tuple[str, ...], labels: list[int]
) -> None:
    dataset = open_dataset((np.zeros((3, 4, 4)), y))
    found = dataset.parts["all"].labels
    assert dataset.class_names == class_names
    assert found is not None
    assert found.tolist() == labels
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1], "X has 3 pictures and y has 2 labels. Expected a label for every picture."),
        (5, "X has 3 pictures and y has a single value."),
        ([0.0, 0.5, 1.0], "y: the label in row 2 is 0.5. Expected whole numbers or names: a class, not a measurement."),
        ([0.0, np.nan, 1.0], "y: the label in row 2 is nan."),
        (["a", None, "b"], "y: 1 of 3 labels is missing, the first in row 2."),
        (
            [[1, 1], [0, 1], [1, 0]],
            "y has rows with no class or several: several labels a picture (multi-label), of which onelook learns one. "
            "Expected one 1 in every one-hot row: choose one label a picture, or one column of y.",
        ),
        (
            [[0.1, 0.25, 0, 3], [0.2, 0, 0, 1], [0, 0, 0, 0]],
            "y holds 4 numbers for each picture, such as 0.1, 0.25, 0 and 1 more: facts or numbers to predict (a "
            "regression), and no class. Expected one label a picture: if a column is the label, give y[:, column]",
        ),
        (np.zeros((3, 2, 2)), "y has the shape (3, 2, 2). Expected (rows,), or one-hot rows of 0 and 1."),
    ],
)
def test_labels_that_do_not_fit_are_refused(y: object, message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset((np.zeros((3, 4, 4)), y))
    assert message in str(caught.value)


def test_what_is_no_array_of_numbers_is_refused() -> None:
    with pytest.raises(DataError, match="X has the dtype <U3, expected numbers"):
        open_dataset((np.array([["abc"]]), [1]))
    with pytest.raises(DataError, match="X cannot be made an array"):
        open_dataset(([[[1, 2]], [[1]]], Y))
    with pytest.raises(
        DataError, match=r"arrays for the parts training\. Expected a dict of 'train', 'val' and 'test'"
    ):
        open_dataset({"training": (np.zeros((2, 4, 4)), Y)})


def test_test_labels_must_be_among_the_training_ones() -> None:
    x = np.zeros((2, 4, 4))
    with pytest.raises(DataError, match="test y has classes that the training data has not: cow"):
        open_dataset({"train": (x, Y), "test": (x, ["cat", "cow"])})


def test_classes_are_those_of_the_training_part_wherever_it_stands() -> None:
    x = np.zeros((2, 4, 4))
    dataset = open_dataset({"test": (x, ["dog", "dog"]), "train": (x, Y)})
    assert (list(dataset.parts), dataset.class_names) == (["train", "test"], ("cat", "dog"))


def test_decoding_at_the_native_size_gives_the_array_itself() -> None:
    x = np.zeros((2, 8, 6, 3), np.float32)
    decoded = opened(x).decode(DecodeSettings(height=8, width=6, channels=3))
    assert np.shares_memory(decoded.images, x)
    assert decoded.kept.tolist() == [0, 1]
    assert decoded.quarantined == {}


def test_bytes_are_resized_and_brought_to_other_channels() -> None:
    x = np.zeros((2, 8, 8), np.uint8)
    x[1] = 200
    seen: list[tuple[int, int]] = []
    decoded = opened(x).decode(
        DecodeSettings(height=4, width=6, channels=3), lambda done, total: seen.append((done, total))
    )
    assert decoded.images.shape == (2, 4, 6, 3)
    assert decoded.images.dtype == np.uint8
    assert decoded.images[1].min() == decoded.images[1].max() == 200
    assert seen == [(0, 2), (2, 2)]  # nothing is there already
    again = opened(x.copy()).decode(DecodeSettings(height=4, width=6, channels=3), lambda *_: seen.append((0, 0)))
    np.testing.assert_array_equal(again.images, decoded.images)
    assert seen == [(0, 2), (2, 2)]  # from the cache
    other = opened(x + np.uint8(1)).decode(DecodeSettings(height=4, width=6, channels=3))
    assert other.images.max() == 201


def test_each_way_to_resize_is_kept_for_itself() -> None:
    x = np.zeros((1, 8, 4), np.uint8)
    x[:, 2:6] = 200
    found = [
        opened(x).decode(DecodeSettings(height=4, width=4, channels=1, resize=resize)).images[0, ..., 0]
        for resize in ("stretch", "fit", "crop")
    ]
    assert found[0][:, 0].tolist() == found[0][:, 3].tolist() != [200] * 4
    assert found[1][:, 0].tolist() == found[1][:, 3].tolist() == [0] * 4  # a border on both sides
    assert found[2].tolist() == [[200] * 4] * 4  # the middle alone


def test_floats_are_not_resized() -> None:
    with pytest.raises(
        DataError, match="8×8×1 of dtype float32, and 4×4×1 was asked for. Only uint8 pictures are resized"
    ):
        opened(np.zeros((2, 8, 8), np.float32)).decode(DecodeSettings(height=4, width=4, channels=1))


def test_the_fingerprint_follows_the_content() -> None:
    x = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    same = open_dataset((x.copy(), Y)).fingerprint
    assert open_dataset((x, Y)).fingerprint == same
    assert open_dataset((x[:, :, :, None], Y)).fingerprint == same
    assert open_dataset((x, Y[::-1])).fingerprint != same
    assert open_dataset((x + np.uint8(1), Y)).fingerprint != same
    assert open_dataset((x.astype(np.uint16), Y)).fingerprint != same


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"data is None\. Expected a path, a name .*, or arrays: X, \(X, y\)"),
        (5, r"data is 5\."),
        ((np.zeros((2, 4, 4)), [0, 1], np.zeros((1, 4, 4))), r"a tuple of 3\. Expected \(X, y\); several parts go as"),
    ],
)
def test_what_holds_no_pictures_is_answered_with_what_would(data: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(data)


def test_labels_with_zeros_in_front_are_called_so_and_other_spellings_are_said() -> None:
    pictures = np.zeros((3, 4, 4), np.uint8)
    dataset = open_dataset({"train": (pictures, ["010", "001", "010"]), "test": (pictures, [1, 10, 1])})
    assert dataset.class_names == ("001", "010")
    assert dataset.parts["test"].labels.tolist() == [0, 1, 0]  # type: ignore[union-attr]
    assert dataset.notes == (
        "test y: The labels are the same numbers in another spelling: 1 was taken for '001' and 10 for '010'.",
    )
    mixed = open_dataset((pictures, np.array(["1", "01", "2"], object)))
    assert mixed.class_names == ("1", "2")
    assert mixed.notes == ("y: Labels that are the same number are one class: '01' and '1' are the class 1.",)


def test_volumes_are_named_as_volumes() -> None:
    with pytest.raises(DataError, match=r"If these are volumes, as of CT, take one slice of each: X\[:, 14\]"):
        open_dataset((np.zeros((2, 28, 28, 28), np.uint8), [0, 1]))
    with pytest.raises(DataError, match="If there are more bands, choose one or three of them"):
        open_dataset((np.zeros((2, 28, 28, 13), np.uint8), [0, 1]))
