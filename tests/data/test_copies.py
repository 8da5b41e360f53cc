"""Equal pixels, and nothing else, make copies."""

from __future__ import annotations

import time

import numpy as np

from onelook.data.copies import group_copies

NOISE = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)


def test_equal_pixels_share_a_group_over_all_arrays() -> None:
    first = NOISE[[0, 1, 0, 2]]
    second = NOISE[[3, 2, 1]]
    groups = [found.tolist() for found in group_copies([first, second])]
    assert groups == [[0, 1, 0, 2], [3, 2, 1]]


def test_one_changed_pixel_makes_another_picture() -> None:
    changed = NOISE.copy()
    changed[3, 2, 1, 0] ^= 1
    first, second = group_copies([NOISE, changed])
    assert np.flatnonzero(first != second).tolist() == [3]


def test_shape_and_type_count_as_pixels_do() -> None:
    black = np.zeros((1, 2, 2, 1), np.uint8)
    arrays = [black, black.reshape(1, 4, 1, 1), black.astype(np.uint16)[:, :1, :], black.copy()]
    assert [int(found[0]) for found in group_copies(arrays)] == [0, 1, 2, 0]


def test_views_with_gaps_are_read_as_what_they_show() -> None:
    assert [found.tolist() for found in group_copies([NOISE[:, ::2, ::-1], NOISE[:, ::2, ::-1].copy()])] == [
        [0, 1, 2, 3, 4, 5]
    ] * 2


def test_nothing_has_no_groups() -> None:
    assert [found.tolist() for found in group_copies([NOISE[:0]])] == [[]]


def test_sixty_thousand_small_pictures_take_no_noticeable_time() -> None:
    images = np.zeros((60_000, 28, 28, 1), np.uint8)
    images[:, 0, :4, 0] = np.arange(60_000, dtype=np.uint32).view(np.uint8).reshape(-1, 4)
    before = time.process_time()
    (groups,) = group_copies([images])
    assert groups.max() == 59_999
    assert time.process_time() - before < 1.5  # 0.15 s measured
