"""Pads and sizes of windows, against TensorFlow's documented rule and numbers worked out by hand."""

import pytest

from onelook.models.padding import pair, windows_over


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "expected"),
    [
        (28, 3, 1, "valid", (26, (0, 0))),
        (28, 5, 2, "valid", (12, (0, 0))),
        (28, 3, 1, "same", (28, (1, 1))),
        (28, 2, 1, "same", (28, (0, 1))),  # an even kernel: the extra pixel comes after
        (28, 4, 1, "same", (28, (1, 2))),
        (28, 3, 2, "same", (14, (0, 1))),  # an even size at stride 2: likewise
        (27, 3, 2, "same", (14, (1, 1))),
        (7, 2, 2, "same", (4, (0, 1))),
        (5, 1, 3, "same", (2, (0, 0))),  # a stride past the kernel needs no pad
        (28, 3, 2, 1, (14, (1, 1))),
        (8, 5, 1, 0, (4, (0, 0))),
    ],
)
def test_sizes_and_pads_of_one_axis(size, kernel, stride, padding, expected):
    windows = windows_over((size, 10), (kernel, 1), (stride, 1), padding)
    assert (windows.output[0], windows.pads[0]) == expected


def test_the_axes_are_counted_apart():
    windows = windows_over((10, 7), (3, 2), (1, 2), "same")
    assert windows.output == (10, 4)
    assert windows.pads == ((1, 1), (0, 1))
    assert not windows.is_symmetric


def test_a_kernel_past_the_picture_gives_no_window():
    assert windows_over((3, 3), 5, 1, "valid").output == (-1, -1)


def test_one_number_stands_for_both_axes():
    assert pair(4) == pair((4, 4)) == (4, 4)
