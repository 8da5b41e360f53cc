"""What stands beside the heat maps: what they show, what they do not, and how many are missing and why."""

from __future__ import annotations

import pytest

from onelook.evaluation.pictures.index import HeatMap, HeatMaps
from onelook.report.gallery.heat_words import heat_words


def maps(count: int, wanted: int, empty: int = 0, method: str = "occlusion") -> HeatMaps:
    found = tuple(HeatMap(id=str(at), cells="f") for at in range(count))
    return HeatMaps(method=method, size=(8, 8), grid=(1, 1), wanted=wanted, empty=empty, maps=found)


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (maps(3, 3), ""),
        (maps(1, 2), "1 more error has none, as the time was enough for the worst ones only."),
        (maps(2, 3, 1), "1 error has none: no place of the picture speaks for the prediction by itself."),
        (
            maps(8, 2_010, 2),
            "2 errors have none: no place of the picture speaks for the prediction by itself. "
            "2,000 more errors have none, as the time was enough for the worst ones only.",
        ),
    ],
)
def test_what_is_missing_is_counted_with_its_reason(found: HeatMaps, missing: str) -> None:
    words = heat_words(found)
    assert words is not None
    assert words.missing == missing


def test_each_method_says_what_it_shows_and_a_method_of_a_later_version_is_left_out() -> None:
    said = [heat_words(maps(1, 1, method=name)) for name in ("gradients", "weights", "occlusion")]
    assert len({words.shows for words in said if words}) == 3
    assert heat_words(maps(1, 1, method="later")) is None
    assert heat_words(maps(0, 4)) is None
    assert heat_words(None) is None
