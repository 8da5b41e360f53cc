"""Which ground lies behind clear parts, and which values become black and white; both sides of each threshold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from onelook.data.pictures.protocol import PixelSurvey
from onelook.data.pictures.survey import survey_pictures
from onelook.data.pictures.survey_choices import choose_deep_range, choose_ground
from onelook.settings.pictures import Ground


@pytest.mark.parametrize(
    ("clear", "empty", "ground"),
    [
        (0, {"white": 9}, "white"),
        (20, {"white": 1, "black": 0, "grey": 0}, "white"),  # a twentieth is no reason
        (20, {"white": 2, "black": 0, "grey": 0}, "black"),
        (20, {"white": 9, "black": 3, "grey": 2}, "grey"),
        (20, {"white": 9, "black": 3, "grey": 3}, "black"),
        (20, {"white": 9, "black": 9, "grey": 9}, "white"),  # no other shows more
        (20, {"white": 9, "black": 12, "grey": 8}, "grey"),
        (20, {"white": 9, "black": 12, "grey": 10}, "white"),
    ],
)
def test_another_ground_is_taken_where_white_hides_many_and_it_hides_fewer(
    clear: int, empty: Mapping[str, int], ground: Ground
) -> None:
    assert choose_ground(PixelSurvey(clear=clear, empty=dict(empty))) == ground


@pytest.mark.parametrize(
    ("ends", "usual", "is_float", "expected"),
    [
        ((3, 255), (9, 200), False, (0.0, 255.0)),
        ((3, 256), (9, 200), False, (0.0, 1023.0)),
        ((0, 1023), (9, 1000), False, (0.0, 1023.0)),
        ((0, 1024), (9, 1000), False, (0.0, 4095.0)),
        ((0, 4096), (9, 4000), False, (0.0, 16383.0)),
        ((0, 16384), (9, 9000), False, None),  # all sixteen bits
        ((0, 65535), (9, 9000), False, None),
        ((0, 65536), (9, 9000), False, (0, 65536)),
        ((-1, 4095), (9, 3000), False, (-1, 4095)),
        ((0.0, 1.0), (0.1, 0.9), True, (0.0, 1.0)),
        ((0.0, 1.5), (0.1, 0.9), True, (0.0, 1.5)),
        ((-0.5, 1.0), (0.1, 0.9), True, (-0.5, 1.0)),
        ((0, 4095), (100, 200), False, (0.0, 255.0)),  # hot pixels: nearly all values are those of 8 bits
        ((0, 1600), (0, 99), False, (0.0, 255.0)),
        ((0, 1600), (0, 100), False, (0, 1600)),  # a sixteenth of what occurs, and less of 12 bits
        ((0, 9000), (4000, 4100), False, (4000, 4100)),
        ((0, 1600), (0, 256), False, (0.0, 4095.0)),
        ((0, 1600), (0, 255), False, (0, 1600)),  # but less than a sixteenth of 12 bits
        ((7, 7), (7, 7), False, (7, 8)),  # one value alone
    ],
)
def test_the_range_is_a_usual_one_or_that_of_the_values(
    ends: tuple[float, float], usual: tuple[float, float], is_float: bool, expected: tuple[float, float] | None
) -> None:
    survey = PixelSurvey(deep=3, low=ends[0], high=ends[1], usual_low=usual[0], usual_high=usual[1], is_float=is_float)
    assert choose_deep_range(survey) == expected
    assert choose_deep_range(PixelSurvey(low=0, high=99, usual_low=0, usual_high=99)) is None


@pytest.mark.parametrize(("windows", "expected"), [(1, (0.0, 4095.0)), (2, (50, 60)), (4, (50, 60))])
def test_half_of_the_files_with_a_window_are_enough(windows: int, expected: tuple[float, float]) -> None:
    survey = PixelSurvey(
        deep=4, low=0, high=4000, usual_low=0, usual_high=3000, windows=windows, window_low=50, window_high=60
    )
    assert choose_deep_range(survey) == expected


class Store:
    """Pictures in memory, by name."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def read(self, name: str) -> bytes:
        return self.files[name]


def deep(*values: float, kind: str = "<u2") -> bytes:
    from tests.data.pictures.drawn import tiff

    return tiff(np.array([values], kind))


def test_the_values_of_all_deep_pictures_are_surveyed_without_those_that_mean_no_data() -> None:
    files = {
        "a": deep(-9_999, 10, 20, 30, kind="<f4"),
        "b": deep(12, 25, 40, np.nan, kind="<f4"),
        "broken": b"no picture",
    }
    found = survey_pictures(Store(files), ["a", "b", "broken"], [])  # type: ignore[arg-type]
    assert (found.deep, found.low, found.high, found.no_data) == (2, 10.0, 40.0, [-9_999.0])
    assert found.is_float
    assert 10 <= found.usual_low < 11
    assert 39 < found.usual_high <= 40
    assert (found.windows, found.clear, found.empty) == (0, 0, {"white": 0, "black": 0, "grey": 0})
    near = survey_pictures(Store({"a": deep(10, 20, 30, 310)}), ["a"], [])  # type: ignore[arg-type]
    assert (near.low, near.high, near.no_data) == (10.0, 310.0, [])  # fourteen ranges away
    far = survey_pictures(Store({"a": deep(10, 20, 30, 331)}), ["a"], [])  # type: ignore[arg-type]
    assert (far.low, far.high, far.no_data) == (10.0, 30.0, [331.0])
    assert not far.is_float
