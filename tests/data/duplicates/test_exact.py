"""Equal pixels, and nothing else, make copies."""

from __future__ import annotations

import time

import numpy as np

from onelook.data.duplicates.exact import first_of_groups, group_copies

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


def test_the_first_of_each_group_is_found_past_empty_arrays_and_repeats() -> None:
    groups = [
        np.array([], np.int64),
        np.array([0, 1, 0]),
        np.array([], np.int64),
        np.array([1, 2, 3]),
        np.array([3, 4]),
    ]
    arrays, rows = first_of_groups(groups)
    assert list(zip(arrays.tolist(), rows.tolist(), strict=True)) == [(1, 0), (1, 1), (3, 1), (3, 2), (4, 1)]


def test_more_than_a_thread_takes_at_once_comes_back_in_order() -> None:
    images = np.arange(3_000, dtype=np.uint16).reshape(-1, 1, 1, 1)
    order = np.random.default_rng(0).permutation(3_000)
    first, second = group_copies([images, images[order]])
    assert (first == np.arange(3_000)).all()
    assert (second == order).all()


def test_nothing_has_no_groups() -> None:
    assert [found.tolist() for found in group_copies([NOISE[:0]])] == [[]]


def test_sixty_thousand_small_pictures_take_no_noticeable_time() -> None:
    images = np.zeros((60_000, 28, 28, 1), np.uint8)
    images[:, 0, :4, 0] = np.arange(60_000, dtype=np.uint32).view(np.uint8).reshape(-1, 4)
    before = time.process_time()
    (groups,) = group_copies([images])
    assert groups.max() == 59_999
    assert time.process_time() - before < 1.5  # 0.15 s measured
