"""The statistics of a picture's pixels, against pictures whose numbers can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.signature.pixel_statistics import STATISTICS, pixel_statistics

BYTES = (0.0, 255.0)


def statistics(picture: np.ndarray, value_range: tuple[float, float] = BYTES) -> dict[str, float]:
    found = pixel_statistics(picture[np.newaxis], value_range)
    assert found.shape == (1, len(STATISTICS))
    assert found.dtype == np.float32
    return dict(zip(STATISTICS, found[0].tolist(), strict=True))


def square(ground: int, content: int) -> np.ndarray:
    """A square of 10 × 6 pixels in the middle of 22 × 22."""
    picture = np.full((22, 22, 1), ground, np.uint8)
    picture[6:16, 8:14] = content
    return picture


def test_a_light_square_on_black() -> None:
    found = statistics(square(0, 255))
    # Neighbours to the right and below are looked at, so the last two rows and columns are not: 20 × 20 pixels.
    share = 60 / 400
    assert found["brightness"] == pytest.approx(share)
    assert found["contrast"] == pytest.approx(np.sqrt(share * (1 - share)), abs=1e-5)
    assert found["border"] == 0
    assert found["polarity"] == pytest.approx(1)
    assert (found["dark"], found["light"]) == pytest.approx((1 - share, share))
    assert found["filled"] == pytest.approx(share)
    assert (found["height"], found["width"]) == pytest.approx((10 / 20, 6 / 20))
    assert found["colour"] == 0
    # 10 pixels left of the square and its 10 last columns, 6 above and 6 below: one corner counts in both.
    assert found["edges"] == pytest.approx(31 / 400)
    assert found["flat"] == pytest.approx(1 - 31 / 400)


def test_dark_on_light_has_the_opposite_polarity() -> None:
    light, dark = statistics(square(0, 255)), statistics(square(255, 0))
    assert dark["polarity"] == pytest.approx(-light["polarity"])
    assert dark["border"] == 1
    assert dark["brightness"] == pytest.approx(1 - light["brightness"])
    assert (dark["filled"], dark["edges"]) == pytest.approx((light["filled"], light["edges"]))


def test_a_plain_picture_has_no_content() -> None:
    found = statistics(np.full((5, 5, 3), 128, np.uint8))
    assert (found["brightness"], found["border"]) == pytest.approx((128 / 255, 128 / 255))
    assert found["flat"] == 1
    assert {
        found[name] for name in ("contrast", "polarity", "edges", "noise", "filled", "height", "width", "colour")
    } == {0}


@pytest.mark.parametrize(("step", "flat"), [(1, 1.0), (2, 0.0)])
def test_a_difference_of_one_level_is_plain(step: int, flat: float) -> None:
    picture = (step * np.arange(20, dtype=np.uint8))[:, np.newaxis, np.newaxis].repeat(20, axis=1)
    assert statistics(picture)["flat"] == flat


def test_noise_has_larger_second_differences_than_a_slope() -> None:
    slope = np.tile(np.linspace(0, 255, 30, dtype=np.uint8)[:, np.newaxis], (30, 1, 1))
    noise = np.random.default_rng(0).integers(0, 256, (30, 30, 1), dtype=np.uint8)
    assert statistics(slope)["noise"] < 0.01
    assert statistics(noise)["noise"] > 1 / 4


def test_colour_is_the_mean_difference_of_the_channels() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, :4] = (255, 0, 51)
    assert statistics(picture)["colour"] == pytest.approx(1 / 2)


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0), (0.0, 4095.0)])
def test_other_values_count_by_their_range(value_range: tuple[float, float]) -> None:
    low, high = value_range
    picture = square(40, 200)
    in_range = low + picture.astype(np.float64) / 255 * (high - low)
    assert statistics(in_range, value_range) == pytest.approx(statistics(picture), abs=1e-5)
    assert statistics(picture, value_range) == pytest.approx(statistics(picture))  # bytes are from 0 to 255


def test_large_pictures_are_sampled_with_neighbours_of_the_full_size() -> None:
    chance = np.random.default_rng(1)
    small = chance.integers(0, 256, (64, 64, 1), dtype=np.uint8)
    large = chance.integers(0, 256, (200, 300, 1), dtype=np.uint8)
    found, expected = statistics(large), statistics(small)
    assert {name: abs(found[name] - expected[name]) < 0.05 for name in STATISTICS} == dict.fromkeys(STATISTICS, True)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 3), (2, 2, 1)])
def test_the_smallest_pictures_have_finite_numbers(shape: tuple[int, int, int]) -> None:
    assert np.isfinite(pixel_statistics(np.full((3, *shape), 9, np.uint8), BYTES)).all()


def test_rows_do_not_depend_on_their_batch_beyond_rounding() -> None:
    pictures = np.random.default_rng(2).integers(0, 256, (700, 28, 28, 1), dtype=np.uint8)
    assert pixel_statistics(pictures, BYTES)[650:] == pytest.approx(pixel_statistics(pictures[650:], BYTES), abs=1e-6)
    assert pixel_statistics(pictures[:0], BYTES).shape == (0, len(STATISTICS))


@pytest.mark.parametrize(
    ("name", "ground", "inside", "outside"),
    [("dark", 100, 15, 16), ("light", 100, 240, 239), ("filled", 0, 65, 64), ("filled", 255, 190, 191)],
)
def test_a_pixel_counts_from_its_limit_on(name: str, ground: int, inside: int, outside: int) -> None:
    assert statistics(square(ground, inside))[name] == pytest.approx(60 / 400)
    assert statistics(square(ground, outside))[name] == 0


def test_noise_is_the_difference_from_the_mean_of_both_neighbours_in_either_direction() -> None:
    stripes = np.zeros((12, 12, 1), np.uint8)
    stripes[::2] = 200
    assert statistics(stripes)["noise"] == pytest.approx(200 / 255)
    assert statistics(stripes.transpose(1, 0, 2))["noise"] == pytest.approx(200 / 255)


def test_a_picture_on_its_side_differs_in_the_sides_of_its_content_alone() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    picture[:, 8:] //= 4
    upright, on_its_side = statistics(picture), statistics(picture.transpose(1, 0, 2))
    assert upright["height"] != upright["width"]
    assert on_its_side == pytest.approx({**upright, "height": upright["width"], "width": upright["height"]})


@pytest.mark.parametrize("shape", [(28, 28, 1), (30, 20, 3), (150, 90, 3)])
def test_the_numbers_are_those_of_a_plain_loop_over_pixels(shape: tuple[int, int, int]) -> None:
    height, width, channels = shape
    picture = np.full(shape, 30, np.uint8)
    content = np.random.default_rng(4).integers(0, 256, (height - 14, width - 12, channels), dtype=np.uint8)
    picture[6:-8, 5:-7] = content
    assert statistics(picture) == pytest.approx(by_a_loop(picture), abs=1e-6)


def by_a_loop(picture: np.ndarray) -> dict[str, float]:
    """The statistics by their definition, pixel after pixel, in whole numbers and float64."""
    values = picture.astype(int)
    height, width, channels = values.shape
    shown = values[..., 1 if channels > 1 else 0].tolist()
    step = -(-max(height, width) // 64)
    rows, columns = range(0, height - 2, step), range(0, width - 2, step)
    down, across = range(0, height, step), range(0, width, step)
    ring = [shown[0][x] for x in across] + [shown[-1][x] for x in across]
    ring += [shown[y][0] for y in down] + [shown[y][-1] for y in down]
    border = sorted(ring)[len(ring) // 2]
    grid = [(y, x) for y in rows for x in columns]
    here = [shown[y][x] for y, x in grid]
    edges = [max(abs(shown[y][x] - shown[y][x + 1]), abs(shown[y][x] - shown[y + 1][x])) for y, x in grid]
    noise = [
        max(
            abs(shown[y][x + 1] - (shown[y][x] // 2 + shown[y][x + 2] // 2)),
            abs(shown[y + 1][x] - (shown[y][x] // 2 + shown[y + 2][x] // 2)),
        )
        for y, x in grid
    ]
    content = [at for at, value in zip(grid, here, strict=True) if abs(value - border) > 64]
    brightness = np.mean(here)
    return {
        "brightness": brightness / 255,
        "contrast": np.std(here) / 255,
        "border": border / 255,
        "polarity": (np.mean([shown[y][x] for y, x in content]) - border) / 255,
        "dark": np.mean([value < 16 for value in here]),
        "light": np.mean([value > 239 for value in here]),
        "flat": np.mean([value <= 1 for value in edges]),
        "edges": np.mean(edges) / 255,
        "noise": np.mean(noise) / 255,
        "colour": np.mean([max(values[y, x]) - min(values[y, x]) for y in down for x in across]) / 255,
        "filled": len(content) / len(grid),
        "height": len({y for y, _ in content}) / len(rows),
        "width": len({x for _, x in content}) / len(columns),
    }
