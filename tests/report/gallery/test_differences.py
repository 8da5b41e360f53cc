"""The section on pictures where runs differ: its words, its figures, and what fits into the page."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

from onelook.comparison.differences import Answer, ClassTest, Differences, DifferingPicture
from onelook.report.gallery.differences import build_differences
from onelook.report.page import render_section

LABELS = ("large", "small")
VERDICTS = ("best", "worse, p = .001")


def differing(identifier: str, label: str, *predicted: str, picture: str = "iVBORabc") -> DifferingPicture:
    """A picture with the runs' answers; each is sure by 0.8, and if wrong gives the label 0.1."""
    answers = tuple(Answer(name, 0.8, 0.8 if name == label else 0.1, name == label) for name in predicted)
    return DifferingPicture(identifier, label, answers, picture)


def found(*pictures: DifferingPicture, classes: tuple[ClassTest, ...] = ()) -> Differences:
    return Differences(("cat", "<b>fox", "dog"), 0, (1,), pictures, classes, tests=2)


PICTURES = (
    differing("1.jpg", "dog", "dog", "cat"),
    differing("2.jpg", "dog", "cat", "dog"),
    differing("3.jpg", "dog", "dog", "<b>fox", picture=""),
    differing("4.jpg", "<b>fox", "<b>fox", "cat"),
)


def data_of(view: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(unescape(str(view.data)))
    return values


def test_the_table_counts_both_directions_by_class_those_with_most_first() -> None:
    section = build_differences(found(*PICTURES), LABELS, VERDICTS)
    assert section.title == "large and small differ on 4 pictures"
    view: Any = section.view
    assert [(row.class_name, row.counts, row.bars) for row in view.rows] == [
        ("dog", (2, 1), (100.0, 50.0)),
        ("<b>fox", (1, 0), (50.0, 0.0)),
    ]
    assert view.verdicts == ("Only large has 3 right, and only small 1. small: worse, p = .001.",)
    data = data_of(view)
    assert data["cells"] == [1, 1, 0, 1, 2, 1, 0, 2, 2, 1, 1, 1]  # class, run, who is right, pictures
    assert data["of_class"] == {"2": 3, "1": 1}
    assert data["total"] == 4


def test_classes_are_named_if_their_difference_is_shown() -> None:
    plain: Any = build_differences(found(*PICTURES), LABELS, VERDICTS).view
    assert plain.by_class.startswith("No class by itself shows a difference")
    test = ClassTest("dog", 1, 2, 11, 0.02)
    named: Any = build_differences(found(*PICTURES, classes=(test,)), LABELS, VERDICTS).view
    assert named.by_class.startswith("One run is better by more than chance in dog (small, 11 to 2). In all other")
    both = (test, ClassTest("cat", 1, 9, 0, 0.01))
    every: Any = build_differences(found(*PICTURES, classes=both), LABELS, VERDICTS).view
    assert every.by_class.startswith(
        "One run is better by more than chance in dog (small, 11 to 2) and cat (large, 9 to 0) (McNemar's exact test"
    )


def test_pictures_come_first_and_each_has_every_answer() -> None:
    section = build_differences(found(*PICTURES), LABELS, VERDICTS)
    view: Any = section.view
    assert [one.id for one in view.pictures] == ["1.jpg", "2.jpg", "4.jpg", "3.jpg"]  # the last one has no picture
    html = render_section(section).replace("\u202f", " ")
    assert '<span>✗ small: cat</span> <b>80.0 %</b></span> <span class="answer"><span>dog</span> <b>10.0 %</b>' in html
    assert "Picture 1.jpg: labelled dog; large says dog and small says cat" in html
    assert "<b>fox</b>" not in html.replace("&lt;b&gt;fox", "")


def test_what_has_no_room_is_listed_and_then_only_counted() -> None:
    large = [differing(f"{at:04}.jpg", "dog", "dog", "cat", picture="x" * 100_000) for at in range(40)]
    view: Any = build_differences(found(*large), LABELS, VERDICTS).view
    data = data_of(view)
    assert len(data["pictures"]) == data["total"] == 40
    pictured = [one for one in data["pictures"] if len(one) > 3]
    assert all(len(one) == 3 for one in data["pictures"][:24])  # those that the page shows without a script
    assert 24 + len(pictured) < 40
    assert sum(100_000 for _ in pictured) + 24 * 100_000 < 3_000_000
    many = [differing("x" * 1000 + f"{at}", "dog", "dog", "cat", picture="") for at in range(2_000)]
    view = build_differences(found(*many), LABELS, VERDICTS).view
    data = data_of(view)
    assert data["total"] == 2_000
    assert 400 < len(data["pictures"]) < 700  # a quarter of the room for pictures
    assert data["of_class"] == {"2": 2_000}  # all count


def test_runs_that_do_not_differ_say_so_and_so_do_lost_predictions() -> None:
    assert "each picture is right in all runs" in build_differences(found(), LABELS, VERDICTS).missing
    assert "predictions of all runs" in build_differences(None, LABELS, VERDICTS).missing
