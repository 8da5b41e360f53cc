"""Altered copies planted among drawn pictures: all of them found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from tests.data.duplicates.near.conftest import (
    ALTERATIONS,
    Alter,
    Pictures,
    brighter,
    cropped,
    scenes,
    shifted,
    strokes,
)

from onelook.data.duplicates.exact import group_copies
from onelook.data.duplicates.near import cells, find
from onelook.data.duplicates.near.find import DistinctPictures, _candidates, find_near_pairs
from onelook.data.duplicates.near.thumbnails import thumbnails


def found_in(*arrays: Pictures) -> list[tuple[int, int]]:
    pairs, left = find_near_pairs(arrays, group_copies(arrays))
    assert (np.diff(np.rint(left / 0.01)) >= 0).all()
    return [(one, other) for one, other in pairs.tolist()]


def compare_all(points: NDArray[np.float16], count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    exact = points.astype(np.float64)
    far = ((exact[:, None] - exact) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    rows = np.argsort(far, axis=1, kind="stable")[:, :count].astype(np.int32)
    return rows, np.sqrt(np.take_along_axis(far, rows, axis=1)).astype(np.float32)


def test_cells_give_the_pairs_that_comparing_all_with_all_gives(
    drawn: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = np.stack([alter(picture) for picture in drawn[:20] for alter in (brighter, shifted, cropped)])
    monkeypatch.setattr(cells, "_CELL", 10)
    monkeypatch.setattr(cells, "_ALL_COMPARED", 20)  # of 36 cells
    found = found_in(drawn, copies)
    assert len(found) >= 3 * 20
    monkeypatch.setattr(find, "nearest", compare_all)
    assert found_in(drawn, copies) == found


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_every_altered_copy_is_found_and_nothing_else(drawn: Pictures, alter: Alter) -> None:
    copies = np.stack([alter(picture) for picture in drawn[:25]])
    assert sorted(found_in(drawn, copies)) == [(row, 300 + row) for row in range(25)]


def test_drawings_that_resemble_each_other_are_left_in_peace(drawn: Pictures) -> None:
    assert found_in(drawn) == []


def test_small_sets_of_drawings_too() -> None:
    assert all(found_in(strokes(seed, count)) == [] for seed, count in ((2, 40), (3, 100), (4, 12)))


def test_a_mirrored_picture_is_another(drawn: Pictures) -> None:
    assert found_in(drawn, drawn[:25, :, ::-1]) == []


def test_exact_copies_are_no_near_ones_and_one_stands_for_all(drawn: Pictures) -> None:
    assert found_in(drawn, drawn[:25]) == []
    again = np.stack([drawn[0], shifted(drawn[0]), shifted(drawn[0])])
    assert found_in(drawn, again) == [(0, 300)]


def test_the_same_pairs_come_out_again_in_the_same_order(drawn: Pictures) -> None:
    copies = np.stack([cropped(picture) for picture in drawn[:25]])
    assert found_in(drawn, copies) == found_in(drawn, copies)


def test_pairs_that_are_equally_sure_are_in_the_order_of_their_numbers(
    drawn: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another processor rounds otherwise, by 0.0005 at 0 and less above it: the order may not depend on that."""
    copies = np.stack([brighter(picture) for picture in drawn[:4]])

    def rounded_otherwise(pairs: NDArray[np.int64], *_: object, **__: object) -> NDArray[np.float32]:
        known = {(0, 300): 0.0005, (1, 301): 0.0, (2, 302): 0.02, (3, 303): 0.0002}
        return np.array([known.get((one, other), 1) for one, other in pairs.tolist()], np.float32)

    monkeypatch.setattr(find, "residuals", rounded_otherwise)
    assert found_in(drawn, copies) == [(0, 300), (1, 301), (3, 303), (2, 302)]


def test_colours_may_be_of_any_kind_of_number() -> None:
    pictures = np.concatenate([scenes(1, 60), np.stack([shifted(picture) for picture in scenes(1, 5)])])
    expected = [(row, 60 + row) for row in range(5)]
    whole = pictures.astype(np.int64)
    for kind in (pictures, (pictures / 255).astype(np.float32), whole.astype(np.uint16) * 257, whole * 10**15):
        assert sorted(found_in(kind)) == expected


def test_large_pictures_are_compared_small() -> None:
    large = scenes(1, 60, size=96)
    assert sorted(found_in(large, np.stack([brighter(picture) for picture in large[:5]]))) == [
        (row, 60 + row) for row in range(5)
    ]


@pytest.mark.parametrize("size", [40, 48, 64, 100])
def test_a_shift_by_a_part_of_a_thumbnails_pixel_is_found(size: int) -> None:
    large = strokes(1, 200, size)
    assert sorted(found_in(large, np.stack([shifted(picture) for picture in large[:10]]))) == [
        (row, 200 + row) for row in range(10)
    ]


def test_blank_pictures_are_nobodys_copies() -> None:
    blank = np.stack([np.full((32, 32, 3), level, np.uint8) for level in (0, 100, 101, 255)])
    assert found_in(blank) == []
    assert found_in(scenes(1, 50), blank) == []


@pytest.mark.parametrize("at_once", [4, 512])
def test_blank_pictures_in_front_leave_the_others_their_places(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "_CHUNK", at_once)
    blank = np.stack([np.full((32, 32, 3), level, np.uint8) for level in (0, 100, 255)])
    pictures = scenes(1, 50)
    copies = np.stack([brighter(picture) for picture in pictures[:5]])
    expected = [(3 + row, 53 + row) for row in range(5)]
    assert sorted(found_in(np.concatenate([blank, pictures, copies]))) == expected
    assert sorted(found_in(blank, pictures, copies)) == expected


def test_candidates_are_nearer_than_natural_neighbours_or_than_anything_usual() -> None:
    far = np.linspace(1.0, 2.0, 8)
    distances = np.stack([far] * 9).astype(np.float32)
    neighbours = np.stack([np.delete(np.arange(9), row)[:8] for row in range(9)])
    distances[4] = 0.4  # a picture with eight copies: none stands out by being nearer than the eighth
    distances[6] = [1.79, 1.81, 1.9, 1.9, 1.9, 1.9, 1.9, 2.0]  # nearer than nine tenths of the way: the first alone
    distances[[0, 1, 2, 3, 5, 7, 8]] = 1.9
    neighbours[8, 2:] = -1
    with_four = [sorted((4, other)) for other in range(9) if other != 4]
    assert _candidates(neighbours, distances).tolist() == sorted([*with_four, [0, 6]])


def test_what_is_usual_for_the_nearest_neighbour_is_the_measure_of_what_is_close() -> None:
    # Nobody stands out by the way to the eighth neighbour. The first is at 2 as a rule: picture 4 has one within 1.
    distances = np.full((9, 8), 2.0, np.float32)
    distances[:, 7] = 2.1
    distances[4] = [0.99, *[1.01] * 7]
    neighbours = np.stack([np.delete(np.arange(9), row)[:8] for row in range(9)])
    assert _candidates(neighbours, distances).tolist() == [[0, 4]]


def test_pictures_larger_than_a_thumbnail_on_either_side_are_shifted_by_parts_of_its_pixels() -> None:
    for shape, steps in (((32, 32), 1), ((33, 20), 8), ((20, 33), 8), ((12, 32), 1)):
        array = np.zeros((1, *shape, 1), np.uint8)
        assert DistinctPictures.of([array], group_copies([array])).steps == steps


def test_thumbnails_are_those_of_the_numbers_however_many_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = scenes(1, 7, size=48), scenes(2, 5, size=48)
    pictures = DistinctPictures.of(arrays, group_copies(arrays))
    numbers = np.random.default_rng(0).permutation(12)
    monkeypatch.setattr(find, "_BYTES_AT_ONCE", 2 * arrays[0][0].nbytes)
    assert pictures.thumbnails(numbers).tolist() == thumbnails(np.concatenate(arrays)[numbers]).tolist()


def test_equally_sure_pairs_come_by_the_first_picture_and_then_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = scenes(1, 6)
    monkeypatch.setattr(find, "residuals", lambda pairs, *_, **__: np.full(len(pairs), 0.01, np.float32))
    assert found_in(pictures) == [(one, other) for one in range(6) for other in range(one + 1, 6)]


def test_few_pictures_have_no_natural_neighbours_and_all_are_candidates() -> None:
    neighbours = np.array([[1, 2], [0, -1], [1, 0]])
    assert _candidates(neighbours, np.ones((3, 2), np.float32)).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_few_pictures_are_compared_all_the_same() -> None:
    one, other = scenes(1, 2)
    assert found_in(np.stack([one, other])) == []
    assert found_in(np.stack([one])) == []
    assert found_in(np.stack([one, other, brighter(one)])) == [(0, 2)]


def test_pictures_of_a_few_pixels_say_too_little() -> None:
    digits = np.rint(load_digits().images * 255 / 16).astype(np.uint8)[..., None]
    assert found_in(digits, np.stack([brighter(digit) for digit in digits[:25]])) == []


@pytest.mark.parametrize(
    ("height", "width", "is_found"), [(11, 32, False), (32, 11, False), (12, 32, True), (32, 12, True)]
)
def test_a_thin_strip_says_too_little_however_long_it_is(height: int, width: int, is_found: bool) -> None:
    strips = scenes(5, 12)[:, :height, :width]
    found = found_in(strips, brighter(strips[:1]))
    assert ((0, 12) in found) is is_found
    assert bool(found) is is_found


def test_progress_runs_to_the_end(drawn: Pictures) -> None:
    calls: list[tuple[int, int]] = []
    find_near_pairs([drawn], group_copies([drawn]), lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, 300)
    assert calls[-1] == (300, 300)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
