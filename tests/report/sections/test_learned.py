"""What the section on what the model learned says of neighbours, filters, blocks and trees."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.sections.test_views import results

from onelook.evaluation.learned.index import Filters, Learned, Neighbour, Neighbours
from onelook.evaluation.pictures.index import SamplePicture
from onelook.report.facts import RunFacts, SplitFacts
from onelook.report.page import Section
from onelook.report.pictures import ThumbnailMemory
from onelook.report.sections.learned import build_section

PICTURE = SamplePicture(file="1.png", id="test/1")


def error(near: str, predicted: str = "b") -> Neighbours:
    """An error of class a, with a letter for the class of each similar picture."""
    nearest = tuple(Neighbour(picture=PICTURE, label=label) for label in near)
    return Neighbours(picture=PICTURE, label="a", predicted=predicted, nearest=nearest)


def section(**fields: Any) -> Section:
    run = RunFacts(split=SplitFacts(train=5_000))
    return build_section(results(run=run, learned=Learned(**fields), learned_pictures=ThumbnailMemory({"1.png": b""})))


@pytest.mark.parametrize(
    ("errors", "title"),
    [
        (["bbbaa", "aaaaa"], "1 of the 2 worst errors look like training pictures of the class that was said"),
        (["bbaaa", "aabbb"], "1 of the 2 worst errors look like training pictures of the class that was said"),
        (["bbb", "bb", "b"], "All 3 worst errors look like training pictures of the class that was said"),
        (["bbc"], "The one error looks like training pictures of the class that was said"),
        (["bc"], "The one error does not look like the training pictures of the class that was said"),
        (["aab", "ccc"], "The worst errors do not look like the training pictures of the class that was said"),
    ],
)
def test_the_title_says_how_many_errors_look_like_the_class_that_was_said(errors: list[str], title: str) -> None:
    found = section(neighbours=tuple(map(error, errors)), searched=5_000)
    assert found.title == title


def test_similar_pictures_are_marked_where_they_have_the_class_that_was_said() -> None:
    view: Any = section(neighbours=(error("bab"),), searched=1_200, compared_by="pixels").view
    assert [is_said for _, is_said in view.similar[0].nearest] == [True, False, True]
    assert [near.caption for near, _ in view.similar[0].nearest] == ["b", "a", "b"]
    assert view.compared == "1,200 of 5,000 training pictures were compared by their pixels"


@pytest.mark.parametrize(
    ("kind", "count", "heading", "says"),
    [
        ("kernels", 8, "The 8 filters of the first layer", "moves over the picture. Light is"),
        ("measured", 8, "The 8 filters of the first layer", "not trained"),
        ("units", 70, "The 70 units of the first layer", "The 8 with the largest weights are shown."),
        ("classes", 8, "The weights of each class", "its weight for each of 3×5 places"),
    ],
)
def test_filters_are_named_by_what_they_are(kind: Any, count: int, heading: str, says: str) -> None:
    filters = Filters(file="1.png", kind=kind, tile=(3, 5), is_colour=False, count=count, shown=8, columns=4)
    view: Any = section(filters=filters).view
    assert view.filters.heading == heading
    assert says in view.filters.says
    assert ("largest" in view.filters.says) == (count > 8)


def test_a_model_of_which_nothing_can_be_drawn_says_so() -> None:
    assert section().missing == "Nothing of this model can be drawn."
    assert build_section(results()).missing == "This was not kept with this run."
