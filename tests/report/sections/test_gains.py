"""What to do next, in words: every figure is that of the file, and what is not known is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.report.sections.test_rendered import words
from tests.report.sections.test_views import plain, results, scored, shown

from onelook.evaluation.gains.gain import Gain, Gains
from onelook.evaluation.learning_curve import CurvePoint, LearningCurve
from onelook.report.highlights import highlights
from onelook.report.sections.gains import points

CURVE = LearningCurve(
    seen="pixels",
    points=(CurvePoint(rows=125, error=0.5, draws=8), CurvePoint(rows=1000, error=0.2534, draws=1)),
    judged=900,
    exponent=0.415,  # a quarter less with each doubling
    deviation=0.1,
)


def section(*gains: Gain, rows: int = 1000, errors: int = 20, **changes: Any) -> Any:
    return shown("gains", gains=Gains(rows=rows, errors=errors, gains=gains), **changes)


def step(gain: Gain, **changes: Any) -> tuple[str, ...]:
    one = section(gain, **changes).view.steps[0]
    return tuple(map(plain, (one.what, one.kind, one.figure, one.interval, one.why)))


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (
            Gain(kind="confusion", gain=0.006, low=0.002, high=0.013, is_most=True, count=6, class_names=("b", "a")),
            ("Tell b and a apart", "at most", "+0.6", "0.2 to 1.3 points", "6 of 20 errors are between them."),
        ),
        (
            Gain(kind="labels", gain=0.003, low=0.0, high=0.003, is_most=True, count=3, rows=1000),
            ("Check the labels that look wrong", "at most", "+0.3", "", "3 labels look wrong among the test pictures:"),
        ),
        (
            Gain(kind="labels", gain=0.001, low=0.0, high=0.001, is_most=True, count=1, rows=1000),
            ("Check the labels that look wrong", "at most", "+0.1", "", "One label looks wrong among the test"),
        ),
        (
            Gain(kind="few", gain=0.01, low=0.0, high=0.01, is_most=True, count=40, rows=9000, class_names=("c",)),
            ("Find more pictures of c", "at most", "+1.0", "", "40 of 9,000 training pictures are of this class"),
        ),
        (
            Gain(kind="unlike", gain=0.02, low=0.0, high=0.02, is_most=True, count=90, rows=800),
            ("Train on pictures of the other kind too", "at most", "+2.0", "", "90 of 800 test pictures that were"),
        ),
        (
            Gain(kind="epochs", gain=0.004, low=0.001, high=0.007, count=12),
            ("Train twice as long", "about", "+0.4", "0.1 to 0.7 points", "Over the last half of 12 epochs"),
        ),
        (
            Gain(kind="epochs", count=12, why="so it is"),
            ("Train longer", "", "?", "not known: so it is", "After 12 epochs the model knows"),
        ),
        (
            Gain(kind="leaks", gain=-0.0125, count=40, rows=1000),
            (
                "Take out the pictures that the model has seen",
                "",
                "−1.2",
                "points",
                "40 of 1,000 test pictures were in",
            ),
        ),
        (
            Gain(kind="leaks", count=40, rows=1000, why="none is left"),
            ("Take out the pictures that the model has seen", "", "?", "not known: none is left", "40 of 1,000"),
        ),
    ],
)
def test_each_kind_has_its_words_and_its_figures(gain: Gain, said: tuple[str, ...]) -> None:
    *figures, why = step(gain)
    assert tuple(figures) == said[:-1]
    assert why.startswith(said[-1])


def test_more_pictures_say_what_a_doubling_does_to_a_quick_model() -> None:
    gain = Gain(kind="pictures", gain=0.005, low=0.002, high=0.008, count=12_000)
    assert step(gain, curve=CURVE) == (
        "Take twice as many pictures",
        "about",
        "+0.5",
        "0.2 to 0.8 points",
        "24,000 to train on in place of 12,000. With each doubling, the error of a quick model on the same data falls "
        "by 25 %.",
    )
    unknown = Gain(kind="pictures", count=40, why="too few training pictures")
    assert step(unknown)[:4] == ("Take more pictures", "", "?", "not known: too few training pictures")


def test_the_curve_is_shown_with_its_errors() -> None:
    found = section(Gain(kind="pictures", gain=0.005, low=0.002, high=0.008, count=9), curve=CURVE)
    assert [tuple(map(plain, row)) for row in found.view.curve] == [("125", "50.0 %"), ("1,000", "25.3 %")]
    assert "small pixels, scored on 900 validation pictures" in found.view.curve_words
    features = replace_seen(CURVE)
    assert "features below its head" in section(curve=features).view.curve_words
    assert section().view.curve == ()


def replace_seen(curve: LearningCurve) -> LearningCurve:
    return curve.model_copy(update={"seen": "features"})


def test_the_heading_says_the_first() -> None:
    confusion = Gain(kind="confusion", gain=0.006, low=0.002, high=0.013, is_most=True, count=6, class_names=("b", "a"))
    leaks = Gain(kind="leaks", gain=-0.01, count=4, rows=1000)
    unknown = Gain(kind="epochs", count=3, why="so")
    assert section(confusion, unknown).title == "Tell b and a apart: at most +0.6 points"
    assert section(leaks, confusion).title == "First, take out the pictures that the model has seen"
    assert section(unknown).title == "Train longer: what it gains is not known"
    assert section().title == "Nothing stands out that would help"


def test_the_first_screen_names_the_first_known_gain() -> None:
    def said(*gains: Gain, rows: int = 1000) -> list[str]:
        found = highlights(results(gains=Gains(rows=rows, errors=9, gains=gains)))
        return [each.sentence for each in found if each.section == "gains"]

    leaks, unknown = Gain(kind="leaks", gain=-0.01, count=4, rows=1000), Gain(kind="epochs", count=3, why="so")
    longer = Gain(kind="epochs", gain=0.004, low=0.001, high=0.007, count=12)
    assert said(leaks, unknown, longer) == ["What would help most: train twice as long, about +0.4 points."]
    assert said(leaks, unknown) == []
    assert said(longer, rows=49) == []
    assert not [each for each in highlights(results()) if each.section == "gains"]


def test_bars_share_one_axis() -> None:
    wide = Gain(kind="confusion", gain=0.01, low=0.005, high=0.02, is_most=True, count=6, class_names=("b", "a"))
    small = Gain(kind="pictures", gain=0.005, low=0.0, high=0.01, count=9)
    bars = [one.bar for one in section(wide, small).view.steps]
    assert [(bar.low, bar.width, bar.at) for bar in bars] == [(25.0, 75.0, 50.0), (0.0, 50.0, 25.0)]


def test_one_sentence_where_nothing_can_be_told() -> None:
    assert shown("gains").missing == "It was not looked for in this run."
    few = section(rows=49)
    assert (few.title, few.missing) == ("What would help is not known", "49 test pictures are too few to tell.")
    perfect = section(errors=0)
    assert perfect.title == "There is nothing to gain on these pictures"
    assert "Every test picture was named correctly." in perfect.missing
    leaked = section(Gain(kind="leaks", count=9, rows=1000, why="none is left"), errors=0)
    assert not leaked.missing


@pytest.mark.parametrize(
    ("share", "decimals", "said"),
    [
        (0.0083, 1, "+0.8"),
        (-0.0125, 2, "−1.25"),
        (0.00002, 1, "+0.002"),
        (0.0, 1, "0"),
        (1e-9, 1, "0"),
        (1.0, 1, "+100.0"),
    ],
)
def test_points_have_a_sign_and_are_not_rounded_to_nothing(share: float, decimals: int, said: str) -> None:
    assert points(share, decimals) == said


def test_names_of_classes_are_shortened_and_text_is_escaped() -> None:
    names = ("x" * 99, "<b>", "c")
    evaluation = replace(scored([[8, 0, 2], [3, 20, 1], [0, 1, 5]]), class_names=names)
    gain = Gain(kind="confusion", gain=0.006, low=0.002, high=0.013, is_most=True, count=6, class_names=names[:2])
    found = section(gain, evaluation=evaluation)
    assert f"Tell {'x' * 59}… and &lt;b&gt; apart" in words(found)
