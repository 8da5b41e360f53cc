"""The map's section: what its heading finds, what is said of the sample, and the data of its script."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from tests.evaluation.test_feature_map import drawn_map
from tests.report.sections.test_views import plain, scored, shown

from onelook.report.facts import RunFacts
from onelook.report.sections.feature_map import _shortened


@pytest.mark.parametrize(
    ("errors", "among", "title"),
    [
        (0, 0, "2 pictures, as the model sees them, and no error among them"),
        (1, 0, "The only error does not lie among pictures of the class that it was taken for"),
        (1, 1, "The only error lies among pictures of the class that it was taken for"),
        (60, 0, "None of 60 errors lies among pictures of the class that it was taken for"),
        (60, 1, "1 of 60 errors lies among pictures of the class that they were taken for"),
        (1060, 41, "41 of 1,060 errors lie among pictures of the class that they were taken for"),
    ],
)
def test_the_heading_says_where_the_errors_lie(errors: int, among: int, title: str) -> None:
    assert shown("map", feature_map=drawn_map(errors=errors, among_others=among)).title == title


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "pca"}, "All 2 test pictures are shown, by their first two principal components; "),
        ({"method": "t-sne", "laid_out": 2}, "All 2 test pictures are shown, laid out by t-SNE. "),
        ({"method": "t-sne", "laid_out": 1}, "All 2 test pictures are shown. t-SNE has laid out 1 of them, "),
        ({"rows": 50_000}, "2 of 50,000 test pictures are shown, evenly drawn"),
    ],
)
def test_the_sample_and_the_method_are_said(changes: dict[str, Any], said: str) -> None:
    assert plain(shown("map", feature_map=drawn_map(**changes)).view.sample).startswith(said)


def test_what_the_map_is_made_of_is_said() -> None:
    assert "pixel by pixel" in shown("map", feature_map=drawn_map(seen="pixels")).view.about
    assert "last layer" in shown("map", feature_map=drawn_map(seen="features")).view.about


def test_a_run_without_a_map_says_why() -> None:
    many = scored([[50, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert shown("map", evaluation=many).missing == "No map was drawn."
    assert shown("map").missing == "40 test pictures are too few for a map."
    parts = ("the score of a simple model to compare with", "the map of the pictures")
    out = tuple(f"The time limit of 40 s leaves out {part}; with 1 min or more it is made." for part in parts)
    assert shown("map", evaluation=many, run=RunFacts(left_out=out)).missing == out[1]


def test_the_script_gets_the_numbers_of_the_file_and_no_markup() -> None:
    names, ids = ("</template><script>", "b\u202e"), ("a&b", "a&c")
    found = drawn_map(class_names=names, ids=ids)
    text = str(shown("map", feature_map=found).view.data)
    assert "<" not in text
    data = json.loads(html.unescape(text))
    assert data["names"] == ["</template><script>", "b[U+202E]"]
    assert data["ids"] == [" a&b", '"c']
    for name in ("positions", "labels", "predicted", "sure"):
        assert data[name] == getattr(found, name)


def test_ids_are_shortened_by_what_they_share() -> None:
    ids = ["test/1", "test/12", "", "x" * 200, "x" * 200 + "y"]
    before, found = "", []
    for text in _shortened(ids):
        assert " " <= text[0] <= "~"
        before = before[: ord(text[0]) - 32] + text[1:]
        found.append(before)
    assert found == ids


@pytest.mark.parametrize(("count", "is_coloured"), [(10, True), (11, False)])
def test_up_to_ten_classes_have_colours(count: int, is_coloured: bool) -> None:
    found = drawn_map(class_names=tuple(f"class {at}" for at in range(count)))
    assert shown("map", feature_map=found).view.is_coloured == is_coloured
    assert re.fullmatch(r"\d+", str(shown("map", feature_map=found).view.points))
