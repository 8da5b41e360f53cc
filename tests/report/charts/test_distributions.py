"""The geometry of distributions: places that can be worked out by hand, nothing outside the drawing, nothing lost."""

from __future__ import annotations

import re

import pytest

from onelook.report.charts.distributions import aspect_histogram, size_map, skyline


def boxes(path: str) -> list[tuple[float, float, float, float]]:
    """x, y, width, height of each box of a path."""
    return [tuple(map(float, box)) for box in re.findall(r"M(\S+) (\S+)h(\S+?)v(\S+?)h", path)]  # type: ignore[misc]


def test_a_skyline_falls_from_the_largest_to_the_smallest() -> None:
    drawn = skyline([8, 4, 2], "three classes")
    assert drawn.path == "M0 100V0H1V50H2V75H3V100Z"
    assert (drawn.bars, drawn.largest, drawn.smallest) == (3, 8, 2)


def test_a_thousand_classes_are_one_small_path() -> None:
    assert len(skyline(list(range(1_000, 0, -1)), "").path) < 12_000


def test_square_pictures_lie_on_the_diagonal() -> None:
    drawn = size_map({(100, 100): 5, (200, 200): 5, (300, 300): 5}, "")
    for shade in drawn.cells:
        for x, y, width, height in boxes(shade.path):
            assert x - drawn.left == pytest.approx(drawn.bottom - (y + height), abs=0.11)
            assert width == height


def test_wide_pictures_lie_below_the_diagonal_and_high_ones_above() -> None:
    drawn = size_map({(100, 300): 1, (300, 100): 1, (200, 200): 1}, "")
    places = sorted(box for shade in drawn.cells for box in boxes(shade.path))
    (high_x, high_y, *_), _, (wide_x, wide_y, *_) = places
    assert high_x < wide_x
    assert high_y < wide_y  # y runs downwards


@pytest.mark.parametrize(
    "sizes", [{(1, 1): 1, (4_000, 6_000): 9}, {(10, 11): 1, (11, 10): 1}, {(5, 900): 2, (9, 5): 1}]
)
def test_everything_stays_inside_the_drawing(sizes: dict[tuple[int, int], int]) -> None:
    drawn = size_map(sizes, "")
    paths = (drawn.widths, drawn.heights, *(shade.path for shade in drawn.cells))
    for x, y, width, height in (box for path in paths for box in boxes(path)):
        assert 0 <= x <= x + width <= drawn.side
        assert 0 <= y <= y + height <= drawn.side
    for tick in drawn.x_ticks:
        assert drawn.left <= tick.at <= drawn.right


def test_rare_sizes_are_paler_than_frequent_ones_and_still_seen() -> None:
    drawn = size_map({(100, 100): 1, (200, 200): 1_000}, "")
    assert [shade.step for shade in drawn.cells] == [2, 6]


def test_sizes_far_apart_are_drawn_on_a_logarithmic_axis() -> None:
    assert size_map({(10, 10): 1, (200, 200): 1}, "").is_logarithmic
    assert not size_map({(100, 100): 1, (200, 200): 1}, "").is_logarithmic


def test_shapes_stand_where_their_axis_says() -> None:
    drawn = aspect_histogram({(100, 100): 4, (100, 200): 2, (1, 90): 1}, "")
    middles = [x + width / 2 for x, _, width, _ in boxes(drawn.path)]
    ticks = {tick.label: tick.at for tick in drawn.ticks}
    step = drawn.width / 47
    assert middles[0] == pytest.approx(ticks["1:1"], abs=step / 2)
    assert middles[1] == pytest.approx(ticks["2:1"], abs=step / 2)
    assert middles[2] == pytest.approx(drawn.width - step / 2, abs=0.2)  # beyond 6:1: the last bar
    heights = [height for *_, height in boxes(drawn.path)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.1)


def test_a_map_and_its_sides_weigh_each_size_by_its_pictures() -> None:
    # Heights 100 (12 pictures) and 300 (3), widths 100 (3), 200 (2) and 300 (10).
    drawn = size_map({(100, 300): 10, (100, 200): 2, (300, 100): 3}, "")
    assert [round(box[3], 1) for box in boxes(drawn.widths)] == [15.6, 10.4, 52.0]
    assert [round(box[2], 1) for box in boxes(drawn.heights)] == [52.0, 13.0]
    steps = {box[:2]: shade.step for shade in drawn.cells for box in boxes(shade.path)}
    assert [step for _, step in sorted(steps.items())] == [4, 3, 6]  # from left to right: 3, 2 and 10 pictures
    (_, high), (_, low), (_, also_low) = sorted(steps)
    assert high < low == also_low
