"""The ground under transparent parts and the range of deep pictures: kept in the model, from format 4 on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.classifier.test_folder import forge
from tests.classifier.test_views import card_of

from onelook.classifier import Classifier, load, verify
from onelook.errors import DataError, ModelError
from onelook.settings import DecodeSettings

Make = Callable[..., Classifier]
DARK = DecodeSettings(height=6, width=5, channels=3, ground="black")
DEEP = DecodeSettings(height=6, width=5, channels=3, deep_range=(0, 1_000))


def test_a_model_of_the_usual_ground_is_written_as_before(saved: Path) -> None:
    values = card_of(saved)
    assert values["format_version"] == 1
    assert values["decode"] == {"height": 6, "width": 5, "channels": 3, "resize": "stretch"}
    assert load(saved).decode == DecodeSettings(height=6, width=5, channels=3)


@pytest.mark.parametrize("decode", [DARK, DEEP])
def test_another_ground_or_range_is_kept_in_a_format_that_an_older_onelook_refuses(
    make_classifier: Make, decode: DecodeSettings, tmp_path: Path
) -> None:
    saved = make_classifier(decode=decode).save(tmp_path / "model")
    assert card_of(saved)["format_version"] == 4
    assert load(saved).decode == decode
    assert verify(saved).passed


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format_version": 3}, "other grounds and deep ranges came with format 4"),
        ({"decode": {**DARK.model_dump(), "ground": "red"}}, r"decode\.ground is 'red'"),
        ({"decode": {**DARK.model_dump(), "deep_range": [9, 9]}}, "lowest value must be below the highest"),
        ({"decode": {**DARK.model_dump(), "deep_range": [0]}}, r"decode\.deep_range"),
    ],
)
def test_forged_grounds_and_ranges_are_refused(
    make_classifier: Make, tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    folder = make_classifier(decode=DARK).save(tmp_path / "model")
    forge(folder, lambda values: values.update(changes))
    for use in (load, verify):
        with pytest.raises(ModelError, match=expected):
            use(folder)


def test_files_and_pillow_images_lie_on_the_model_s_ground(make_classifier: Make) -> None:
    clear = Image.new("RGBA", (5, 6), (200, 200, 200, 0))
    file = io.BytesIO()
    clear.save(file, "PNG")
    for source in (clear, file.getvalue(), np.asarray(clear)):
        assert (make_classifier(decode=DARK).as_input(source) == 0).all()
        assert (make_classifier().as_input(source) == 255).all()


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
def test_arrays_of_deep_pictures_have_the_model_s_range(make_classifier: Make, dtype: type) -> None:
    values = np.full((6, 5), 500, dtype)
    for picture in (values, np.stack([values] * 3, axis=2)):
        assert (make_classifier(decode=DEEP).as_input(picture) == 128).all()
    assert (make_classifier(decode=DEEP).as_input(np.full((12, 10), 1_000, dtype)) == 255).all()


def test_an_array_of_another_range_than_the_model_s_is_refused(make_classifier: Make) -> None:
    model = make_classifier(decode=DEEP)
    for picture in (np.full((6, 5), 0.5), np.array([[0.0, 1.0]] * 6), np.full((6, 5), 1_001), np.full((6, 5), -1)):
        with pytest.raises(DataError, match="the model takes values from 0 to 1000"):
            model.as_input(picture)
    assert (model.as_input(np.array([[0.0, 1.0, 2.0, 3.0, 1_000.0]] * 6))[:, 4] == 255).all()  # 1 may be a value


def test_an_array_of_bytes_is_one_of_0_to_255_whatever_the_range(make_classifier: Make) -> None:
    assert (make_classifier(decode=DEEP).as_input(np.full((6, 5, 3), 100, np.uint8)) == 100).all()


def test_values_far_outside_the_model_s_range_are_refused(make_classifier: Make) -> None:
    with pytest.raises(DataError, match="values from 0 to 60000; the model takes values from 0 to 1000"):
        make_classifier(decode=DEEP).as_input(np.array([[0, 60_000]] * 6, np.uint16))


def test_shares_of_white_are_taken_where_the_model_s_range_is_no_larger_than_bytes(make_classifier: Make) -> None:
    """Floats up to 1 are in another unit than values up to 1,000; in a range of up to 255 they may be meant."""
    low = make_classifier(decode=DEEP.model_copy(update={"deep_range": (0.0, 255.0)}))
    assert (low.as_input(np.full((6, 5), 1.0)) == 1).all()
    with pytest.raises(DataError, match="the model takes values from 0 to 256"):
        make_classifier(decode=DEEP.model_copy(update={"deep_range": (0.0, 256.0)})).as_input(np.full((6, 5), 1.0))
