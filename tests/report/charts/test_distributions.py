"""The geometry of distributions: places that can be worked out by hand, nothing outside the drawing, nothing lost."""

from __future__ import annotations

import math
import re

import pytest

from onelook.report.charts.distributions import Histogram, Ray, Shade, SizeMap, aspect_histogram, size_map, skyline
from onelook.report.charts.lines import Tick


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


@pytest.mark.parametrize(
    ("smallest", "largest", "is_logarithmic", "ticks"),
    [
        (10, 119, False, ["50", "100"]),
        (10, 120, True, ["10", "20", "50", "100"]),  # from twelve times as large on
        (10, 330, True, ["10", "20", "50", "100", "200"]),
        (10, 340, True, ["10", "30", "100", "300"]),  # the axis itself, a tenth longer to each side: over 40 times
        (10, 3300, True, ["10", "30", "100", "300", "1,000", "3,000"]),
        (10, 3400, True, ["10", "100", "1,000"]),  # over 400 times
        (100, 200, False, ["100", "150", "200"]),
        (5, 6, False, ["4", "5", "6", "7"]),
    ],
)
def test_sizes_far_apart_are_drawn_on_a_logarithmic_axis_with_round_numbers(
    smallest: int, largest: int, is_logarithmic: bool, ticks: list[str]
) -> None:
    drawn = size_map({(smallest, smallest): 1, (smallest, largest): 1}, "")
    assert drawn.is_logarithmic == is_logarithmic
    assert [tick.label for tick in drawn.x_ticks] == [tick.label for tick in drawn.y_ticks] == ticks
    for tick, other in zip(drawn.x_ticks, drawn.y_ticks, strict=True):
        value = int(tick.label.replace(",", ""))
        low, high = (
            (smallest / 1.1, largest * 1.1)
            if is_logarithmic
            else (smallest - max(1.0, 0.06 * (largest - smallest)), largest + max(1.0, 0.06 * (largest - smallest)))
        )
        share = math.log(value / low, high / low) if is_logarithmic else (value - low) / (high - low)
        assert (tick.at, other.at) == pytest.approx((44 + 304 * share, 376 - 304 * share), abs=0.051)


def test_a_map_by_hand() -> None:
    """The sides of 100 to 300 pixels with 6 % of room: 88 to 312 over 304 units, in 32 cells of 9.5."""
    assert size_map({(100, 300): 10, (100, 200): 2, (300, 100): 3}, "in words") == SizeMap(
        side=420.0,
        left=44.0,
        right=348.0,
        top=72.0,
        bottom=376.0,
        cells=(
            Shade(3, "M196.5 357.5h8.5v8.5h-8.5z"),
            Shade(4, "M54.0 82.0h8.5v8.5h-8.5z"),
            Shade(6, "M329.5 357.5h8.5v8.5h-8.5z"),
        ),
        widths="M53.5 48.4h9.5v15.6h-9.5zM196.0 53.6h9.5v10.4h-9.5zM329.0 12.0h9.5v52.0h-9.5z",
        heights="M356.0 357.0h52.0v9.5h-52.0zM356.0 81.5h13.0v9.5h-13.0z",
        rays=(
            Ray("M44.0 336.2L241.6 72.7", "3:4", 219.4, 97.0, "end"),
            Ray("M44.0 376.0L348.0 72.0", "", 323.7, 100.3, "middle"),
            Ray("M85.0 375.1L348.0 177.9", "4:3", 335.2, 196.7, "start"),
        ),
        x_ticks=(Tick(60.3, "100"), Tick(196.0, "200"), Tick(331.7, "300")),
        y_ticks=(Tick(359.7, "100"), Tick(224.0, "200"), Tick(88.3, "300")),
        is_logarithmic=False,
        summary="in words",
    )


def test_a_line_of_a_shape_that_only_cuts_a_corner_is_left_out() -> None:
    drawn = size_map({(100, 100): 1, (120, 110): 1}, "")
    assert [ray.path for ray in drawn.rays] == ["M44.0 376.0L348.0 72.0"]


def test_shapes_by_hand() -> None:
    """47 bars of 8.9 units; the highest has 146. A count of one is drawn as high as one unit at least."""
    drawn = aspect_histogram({(100, 100): 4, (100, 200): 2, (1, 90): 1, (90, 1): 3, (4, 3): 400}, "in words")
    assert drawn == Histogram(
        width=420.0,
        height=190.0,
        bottom=160.0,
        path="M0.8 158.9h7.4v1.1h-7.4zM170.5 14.0h7.4v146.0h-7.4zM206.3 158.5h7.4v1.5h-7.4z"
        "M286.7 159.0h7.4v1.0h-7.4zM411.8 159.0h7.4v1.0h-7.4z",
        ticks=tuple(
            Tick(at, label)
            for at, label in (
                *((47.5, "1:4"), (128.8, "1:2"), (176.3, "3:4"), (210.0, "1:1")),
                *((243.7, "4:3"), (291.2, "2:1"), (372.5, "4:1")),
            )
        ),
        summary="in words",
    )


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
