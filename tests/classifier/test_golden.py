"""Golden pictures as they are read back: whole, of this model, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from onelook.classifier import Classifier
from onelook.classifier.golden import Golden, choose_pictures, golden_bytes, read_golden
from onelook.classifier.tensors import to_safetensors
from onelook.data.dataset import ImageSet
from onelook.errors import ModelError

PICTURES = np.arange(2 * 6 * 5 * 3, dtype=np.uint8).reshape(2, 6, 5, 3)
PROBABILITIES = np.array([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]], np.float32)


def test_they_come_back_as_they_were(classifier: Classifier) -> None:
    found = read_golden(golden_bytes(Golden(PICTURES, PROBABILITIES)), classifier.card, "here")
    assert (found.pictures == PICTURES).all()
    assert (found.probabilities == PROBABILITIES).all()
    assert repr(found) == "Golden(2 pictures of 6×5×3)"


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        (1, [0] * 16),
        (2, [0] * 8 + [1] * 8),
        (16, [*range(16)]),
        (17, [*range(8), *range(9, 17)]),  # the positions i × 16/15, rounded
        (31, [*range(0, 31, 2)]),
    ],
)
def test_pictures_are_taken_evenly_from_the_first_to_the_last(
    classifier: Classifier, rows: int, chosen: list[int]
) -> None:
    pictures = np.arange(100, 100 + rows, dtype=np.uint8).reshape(rows, 1, 1, 1)
    assert choose_pictures(pictures, classifier.card).ravel().tolist() == [100 + row for row in chosen]
    order = np.arange(rows)[::-1].copy()
    some = ImageSet(pictures, order, tuple(map(str, order)), None)
    assert choose_pictures(some, classifier.card).ravel().tolist() == [99 + rows - row for row in chosen]


SIZES = "expected uint8 with (pictures, height, width, channels) = (16, 6, 5, 3)."


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pictures": None}, "here: holds probabilities, expected pictures and probabilities."),
        ({"more": PICTURES}, "here: holds more, pictures and probabilities, expected pictures and probabilities."),
        (
            {"probabilities": PROBABILITIES[:, :2]},
            "here: the model gave 2 probabilities a picture, model.json names 3 classes. The files belong to different "
            "models: copy the model again.",
        ),
        ({"pictures": PICTURES.astype(np.float32)}, f"here: pictures are float32 (2, 6, 5, 3), {SIZES}"),
        ({"pictures": PICTURES.reshape(2, 5, 6, 3)}, f"here: pictures are uint8 (2, 5, 6, 3), {SIZES}"),
        ({"pictures": PICTURES[:0]}, f"here: pictures are uint8 (0, 6, 5, 3), {SIZES}"),
        (
            {"probabilities": PROBABILITIES[:1]},
            "here: probabilities are float32 (1, 3), expected finite float32 (2, 3).",
        ),
        (
            {"probabilities": PROBABILITIES.astype(np.float64)},
            "here: probabilities are float64 (2, 3), expected finite float32 (2, 3).",
        ),
        (
            {"probabilities": np.where(PROBABILITIES == 0.5, np.float32(np.inf), PROBABILITIES)},
            "here: probabilities are float32 (2, 3), expected finite float32 (2, 3).",
        ),
    ],
)
def test_what_is_not_of_this_model_is_refused(changes: dict[str, Any], message: str, classifier: Classifier) -> None:
    tensors = {"pictures": PICTURES, "probabilities": PROBABILITIES} | changes
    content = to_safetensors({name: array for name, array in tensors.items() if array is not None})
    with pytest.raises(ModelError) as refused:
        read_golden(content, classifier.card, "here")
    assert str(refused.value) == message


@pytest.mark.parametrize(("dtype", "value_range"), [("float32", (-1.0, 1.0)), ("int16", (-5, 5)), ("uint8", (0, 255))])
def test_noise_is_of_whole_numbers_for_whole_numbers_only(
    dtype: str, value_range: tuple[float, float], make_classifier: Callable[..., Classifier]
) -> None:
    noise = make_classifier(dtype=dtype, value_range=value_range).golden.pictures
    assert noise.dtype == dtype
    assert len(np.unique(noise)) > 10
    assert ((noise == np.round(noise)).all()) == (dtype != "float32")
    assert value_range[0] <= noise.min() < noise.max() <= value_range[1]
