"""Small pictures in one file: each in its place, shrunk but not stretched."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import ImageSet
from onelook.evaluation.pictures import sheet
from onelook.evaluation.pictures.sheet import make_sheet


def flat(values: list[int], shape: tuple[int, int, int]) -> ImageSet:
    """Pictures of one value each."""
    images = np.stack([np.full(shape, value, np.uint8) for value in values])
    return ImageSet(images, np.arange(len(values)), tuple(map(str, values)), None)


def opened(text: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("L")).astype(int)


def test_pictures_stand_row_by_row_in_the_order_of_the_rows() -> None:
    found = make_sheet(flat([10, 90, 170, 250, 130], (8, 8, 1)), np.array([4, 0, 3, 1, 2]), (0.0, 255.0))
    assert found is not None
    assert (found.side, found.columns) == (8, 3)
    pixels = opened(found.picture)
    assert pixels.shape == (16, 24)
    middles = [pixels[4 + 8 * (at // 3), 4 + 8 * (at % 3)] for at in range(5)]
    assert middles == pytest.approx([130, 10, 250, 90, 170], abs=12)


def test_a_wide_picture_keeps_its_shape_and_a_large_one_is_shrunk() -> None:
    found = make_sheet(flat([255], (50, 100, 3)), np.array([0]), (0.0, 255.0))
    assert found is not None
    assert found.side == 64
    column = opened(found.picture)[:, 32]
    assert column[32] > 230
    assert max(column[8], column[56]) < 25  # nothing above and below


def test_many_pictures_are_smaller_and_too_many_bytes_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = flat([7] * 40, (32, 32, 1))
    monkeypatch.setattr(sheet, "_MOST_PIXELS", 40 * 16**2)
    found = make_sheet(pictures, np.arange(40), (0.0, 255.0))
    assert found is not None
    assert found.side == 16
    monkeypatch.setattr(sheet, "_MOST_BYTES", 10)
    assert make_sheet(pictures, np.arange(40), (0.0, 255.0)) is None
