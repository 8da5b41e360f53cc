"""The order of Matlab's arrays: which axis counts the pictures, and in which order their pixels are."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.layouts.arrays.matlab.matlab_order import pictures_first
from onelook.data.layouts.tables.colour_order import ColourOrder
from onelook.errors import DataError


def counted(*shape: int) -> np.ndarray:
    """An array whose values all differ."""
    return np.arange(np.prod(shape)).reshape(shape)


@pytest.mark.parametrize(
    ("shape", "rows", "axes"),
    [
        ((8, 9, 5), 5, (2, 0, 1)),
        ((8, 9, 5), None, (2, 0, 1)),
        ((5, 8, 9), 5, (0, 1, 2)),
        ((5, 8, 5), 5, (2, 0, 1)),  # both: Matlab's own order
        ((8, 9, 3, 5), 5, (3, 0, 1, 2)),
        ((8, 9, 1, 5), None, (3, 0, 1, 2)),
        ((5, 8, 9, 3), 5, (0, 1, 2, 3)),
        ((3, 8, 9, 3), 3, (0, 1, 2, 3)),  # three pictures of three colours
        ((4, 8, 3, 3), 4, (0, 1, 2, 3)),
    ],
)
def test_the_axis_of_the_pictures_is_the_one_as_long_as_the_labels(
    shape: tuple[int, ...], rows: int | None, axes: tuple[int, ...]
) -> None:
    array = counted(*shape)
    found = pictures_first(array, rows, by_columns=True)
    assert found.images.tolist() == array.transpose(axes).tolist()
    place = "first" if axes[0] == 0 else "last"
    assert found.reading == f"{'×'.join(map(str, shape))}, the number of the picture {place}"
    assert (found.note, found.order) == (None, None)


@pytest.mark.parametrize(
    ("shape", "rows", "message"),
    [
        ((8, 9, 4), 5, "an array of 8×9×4 for 5 labels: no axis is that long"),
        ((8, 9, 4, 5), 5, "pictures of 4 bands"),
        ((8, 9, 3, 4), 5, "an array of 8×9×3×4 for 5 labels"),
        ((50, 60), 50, "60 values a picture, neither a square"),
        ((2, 2, 2, 2, 2), 2, "5 axes. Expected pictures of two or three, and one more"),
    ],
)
def test_what_fits_no_order_is_refused(shape: tuple[int, ...], rows: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        pictures_first(np.zeros(shape), rows, by_columns=True)


def test_flat_pictures_are_rows_or_columns_of_pixels_row_by_row_or_column_by_column() -> None:
    pictures = counted(5, 7, 7)
    by_rows, by_columns = pictures.reshape(5, 49), pictures.transpose(0, 2, 1).reshape(5, 49)
    for rows in (5, None):
        for array, way in ((by_rows, False), (by_columns, True)):
            assert pictures_first(array, rows, by_columns=way).images[..., 0].tolist() == pictures.tolist()
            if rows is not None:
                assert pictures_first(array.T, rows, by_columns=way).images[..., 0].tolist() == pictures.tolist()
    assert pictures_first(by_rows, 5, by_columns=False).reading == "5×49, a row a picture of 7×7"
    assert pictures_first(by_rows.T, 5, by_columns=False).reading == "49×5, a column a picture of 7×7"


def test_flat_pictures_in_colour_are_in_planes_unless_an_earlier_part_shows_pixels() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (4, 7, 7, 3))  # noise shows no order
    for by_columns in (False, True):
        turned = pictures.transpose(0, 2, 1, 3) if by_columns else pictures
        planes, pixels = turned.transpose(0, 3, 1, 2).reshape(4, -1), turned.reshape(4, -1)
        found = pictures_first(planes, 4, by_columns=by_columns)
        assert (found.images.tolist(), found.order) == (pictures.tolist(), ColourOrder.PLANES)
        again = pictures_first(pixels, 4, by_columns=by_columns, order=ColourOrder.PIXELS)
        assert (again.images.tolist(), again.order) == (pictures.tolist(), ColourOrder.PIXELS)
