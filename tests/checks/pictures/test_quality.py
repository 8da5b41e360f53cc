"""The checks on measures: each flags what is past its limit, worst first, and nothing that the whole set has."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import pytest

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, Severity

Measured = Callable[..., Evidence]
MakeEvidence = Callable[..., Evidence]

QUALITY = ("blank", "low-information", "dark", "bright", "blurred", "odd-size", "odd-aspect", "odd-colour")
# Checks that ask how a picture compares with the rest.
RELATIVE = ("low-information", "blurred", "odd-size", "odd-aspect", "odd-colour")


def photos(evidence: MakeEvidence, measured: Measured, *odd: dict[str, float], count: int = 30) -> Evidence:
    """Thirty pictures in `all`, the first ones with these measures and the others usual."""
    made = evidence(all=("cd" * (count // 2), list(range(count))))
    return measured(made, {("all", row): changes for row, changes in enumerate(odd)})


def found(check: str, evidence: Evidence) -> list[Finding]:
    findings: list[Finding] = CHECKS.load(check)(evidence)
    return findings


@pytest.mark.parametrize(
    ("check", "measure", "values"),
    [
        ("blank", "deviation", (2.01 / 255, 1.99 / 255)),
        ("dark", "brightest", (0.31, 0.29)),
        ("bright", "darkest", (0.59, 0.61)),
        ("blurred", "sharpness", (0.38 * 0.9, 0.36 * 0.9)),
        ("low-information", "entropy", (0.41 * 7, 0.39 * 7)),
        ("odd-colour", "chroma", (5 / 255, 4 / 255)),
    ],
)
def test_each_has_its_limit(
    check: str, measure: str, values: tuple[float, float], evidence: MakeEvidence, measured: Measured
) -> None:
    inside, outside = values
    assert found(check, photos(evidence, measured, {measure: inside})) == []
    (finding,) = found(check, photos(evidence, measured, {}, {measure: outside}))
    assert (finding.split, finding.count, finding.ids) == ("all", 1, ("all/2",))


@pytest.mark.parametrize(
    ("check", "inside", "outside"),
    [
        # The usual size is 240×320, and four times that in each direction the limit.
        ("odd-size", (61, 80), (59, 80)),
        ("odd-size", (959, 1280), (961, 1280)),
        # The usual width is 4/3 of the height, and three times that the limit, or a third.
        ("odd-aspect", (100, 399), (100, 401)),
        ("odd-aspect", (100, 45), (100, 44)),
    ],
)
def test_sizes_and_shapes_have_theirs(
    check: str, inside: tuple[int, int], outside: tuple[int, int], evidence: MakeEvidence, measured: Measured
) -> None:
    def of(size: tuple[int, int]) -> Evidence:
        return photos(evidence, measured, {"height": size[0], "width": size[1]})

    assert found(check, of(inside)) == []
    assert [finding.ids for finding in found(check, of(outside))] == [("all/1",)]


@pytest.mark.parametrize("check", QUALITY)
def test_the_worst_come_first(check: str, evidence: MakeEvidence, measured: Measured) -> None:
    worse: dict[str, tuple[dict[str, float], ...]] = {
        "blank": ({"deviation": 0.004}, {"deviation": 0.0}),
        "low-information": ({"entropy": 2.0}, {"entropy": 1.0}),
        "dark": ({"brightest": 0.2}, {"brightest": 0.1}),
        "bright": ({"darkest": 0.7}, {"darkest": 0.8}),
        "blurred": ({"sharpness": 0.2}, {"sharpness": 0.1}),
        "odd-size": ({"height": 10.0}, {"height": 5.0}),
        "odd-aspect": ({"width": 2000.0}, {"width": 3000.0}),
        "odd-colour": ({"chroma": 0.01}, {"chroma": 0.0}),
    }
    (finding,) = found(check, photos(evidence, measured, *worse[check]))
    assert finding.ids == ("all/2", "all/1")


@pytest.mark.parametrize(
    ("check", "measure", "value"),
    [
        ("dark", "brightest", 0.2),
        ("bright", "darkest", 0.8),
        ("blurred", "sharpness", 0.1),
        ("low-information", "entropy", 0.5),
        ("odd-size", "height", 8.0),
        ("odd-aspect", "width", 4000.0),
        ("odd-colour", "chroma", 0.0),
    ],
)
def test_what_the_whole_set_is_like_is_no_fault(
    check: str, measure: str, value: float, evidence: MakeEvidence, measured: Measured
) -> None:
    assert found(check, photos(evidence, measured, *[{measure: value}] * 30)) == []


def test_blank_pictures_are_told_however_many(evidence: MakeEvidence, measured: Measured) -> None:
    (finding,) = found("blank", photos(evidence, measured, *[{"deviation": 0.0}] * 30))
    assert finding.count == 30
    assert finding.severity == "warning"


@pytest.mark.parametrize("check", [check for check in QUALITY if check not in ("blank", "odd-size", "odd-aspect")])
def test_a_blank_picture_is_told_of_once(check: str, evidence: MakeEvidence, measured: Measured) -> None:
    black = {
        "deviation": 0.0,
        "entropy": 0.0,
        "brightest": 0.0,
        "darkest": 0.0,
        "sharpness": float("nan"),
        "chroma": 0.0,
    }
    white = {**black, "brightest": 1.0, "darkest": 1.0}
    nearly = {**black, "deviation": 1.9 / 255, "sharpness": 0.01}  # some noise, and so a sharpness
    assert found(check, photos(evidence, measured, black, white, nearly)) == []


@pytest.mark.parametrize("check", RELATIVE)
def test_of_a_few_pictures_none_is_odd(check: str, evidence: MakeEvidence, measured: Measured) -> None:
    odd = {"entropy": 0.5, "sharpness": 0.01, "height": 4.0, "width": 400.0, "chroma": 0.0}
    assert found(check, photos(evidence, measured, odd, count=18)) == []
    assert found(check, photos(evidence, measured, odd, count=20)) != []


def test_dark_and_bright_need_no_company(evidence: MakeEvidence, measured: Measured) -> None:
    few = photos(evidence, measured, {"brightest": 0.2}, {"darkest": 0.8}, count=4)
    assert [finding.ids for finding in found("dark", few)] == [("all/1",)]
    assert [finding.ids for finding in found("bright", few)] == [("all/2",)]


def test_a_set_that_varies_widely_has_wider_limits(evidence: MakeEvidence, measured: Measured) -> None:
    """Where a third of the pictures is as soft and a third twice as sharp, a third of the median is not far out."""
    sharp, soft = {"sharpness": 1.8}, {"sharpness": 0.3}
    assert found("blurred", photos(evidence, measured, {"sharpness": 0.3})) != []
    assert found("blurred", photos(evidence, measured, *[sharp] * 10, *[soft] * 10)) == []


@pytest.mark.parametrize(
    ("check", "usual", "values"),
    [
        ("dark", ("brightest", [0.4]), (0.21, 0.19)),  # half of what is usual
        ("bright", ("darkest", [0.4]), (0.69, 0.71)),  # half of the usual distance from white
        # The usual is 1, of a logarithm of 0, from which others lie 0.4 away: 3.5 * 1.4826 * 0.4 is 2.076 below.
        ("blurred", ("sharpness", [exp(-0.4), 1.0, exp(0.4)]), (exp(-2.07), exp(-2.08))),
    ],
)
def test_the_limit_follows_what_is_usual(
    check: str, usual: tuple[str, list[float]], values: tuple[float, float], evidence: MakeEvidence, measured: Measured
) -> None:
    measure, of_others = usual
    inside, outside = values
    others = [{measure: value} for value in (of_others * 29)[:29]]
    assert found(check, photos(evidence, measured, {measure: inside}, *others)) == []
    assert [one.ids for one in found(check, photos(evidence, measured, {measure: outside}, *others))] == [("all/1",)]


def test_of_as_many_grey_pictures_as_coloured_ones_the_grey_are_told(
    evidence: MakeEvidence, measured: Measured
) -> None:
    (finding,) = found("odd-colour", photos(evidence, measured, *[{"chroma": 0.0}] * 15))
    assert finding.ids == tuple(f"all/{number}" for number in range(1, 16))


def test_where_the_entropy_varies_a_low_one_is_not_far_below(evidence: MakeEvidence, measured: Measured) -> None:
    """0.4 of the usual is not enough where it is not five spreads below: 5 - 5 * 1.4826 * 2 is under nothing."""
    empty = {"entropy": 0.5}
    even = [{"entropy": 5.0}] * 29
    uneven = [{"entropy": 3.0}] * 10 + [{"entropy": 5.0}] * 9 + [{"entropy": 7.0}] * 10
    (finding,) = found("low-information", photos(evidence, measured, empty, *even))
    assert finding.ids == ("all/1",)
    assert "(under 2.0 bits of grey levels, where 5.0 are usual)" in finding.message
    assert found("low-information", photos(evidence, measured, empty, *uneven)) == []


@pytest.mark.parametrize(("check", "measure"), [("odd-size", "height"), ("odd-aspect", "width")])
def test_where_sizes_and_shapes_vary_the_limits_are_wider(
    check: str, measure: str, evidence: MakeEvidence, measured: Measured
) -> None:
    """Sides of 120, 240 and 480: the spread of their logarithms is 1.4826 * log 2, and 3.5 of it a factor of 36."""
    sides = [{measure: side} for side in (60.0, 240.0, 960.0) for _ in range(9)]
    odd = {measure: 240.0 * 20}
    assert found(check, photos(evidence, measured, odd)) != []
    assert found(check, photos(evidence, measured, odd, *sides)) == []


def test_of_equally_bad_pictures_the_earlier_comes_first(evidence: MakeEvidence, measured: Measured) -> None:
    (finding,) = found("dark", photos(evidence, measured, *[{"brightest": 0.1}] * 25, count=60))
    assert finding.ids == tuple(f"all/{number}" for number in range(1, 26))


def test_the_training_pictures_say_what_is_usual(evidence: MakeEvidence, measured: Measured) -> None:
    made = evidence(train=("cd" * 10, list(range(20))), test=("cd" * 20, list(range(50, 90))))
    soft = {("test", row): {"sharpness": 0.1} for row in range(40)}
    (finding,) = found("blurred", measured(made, soft))
    assert (finding.split, finding.count) == ("test", 40)
    grey = {("test", row): {"chroma": 0.0} for row in range(40)}
    (finding,) = found("odd-colour", measured(made, grey))
    assert (finding.split, finding.count) == ("test", 40)
    assert "grey where most have colour" in finding.message


def test_without_measures_there_is_nothing_to_say(evidence: MakeEvidence) -> None:
    for check in QUALITY:
        assert found(check, evidence(all=("cd" * 15, list(range(30))))) == []


def test_the_sentence_says_what_how_many_which_why_and_what_to_do(evidence: MakeEvidence, measured: Measured) -> None:
    (one,) = found("dark", photos(evidence, measured, {"brightest": 0.1}))
    assert one.message == (
        "1 picture in the data is nearly black (all/1): even the brightest parts stay below 30 % of white. Where a "
        "person cannot say what a picture shows, brighten it or remove it."
    )
    (small,) = found("odd-size", photos(evidence, measured, *[{"height": 8.0, "width": 8.0}] * 5))
    assert small.message == (
        "5 pictures in the data are far smaller than usual (all/1, all/2, all/3 and 2 more): all/1 has 8×8 pixels, "
        "where some 277×277 are usual. Brought to the size of the others, a small picture is blurred: look for its "
        "original. A very large one may be of another kind."
    )


@pytest.mark.parametrize(
    ("check", "sizes", "said"),
    [
        ("odd-size", [(8, 8)], "far smaller than"),
        ("odd-size", [(4000, 4000)], "far larger than"),
        ("odd-size", [(8, 8), (4000, 4000)], "far smaller or larger than"),
        ("odd-size", [(60, 50)], "far smaller than"),  # of more pixels than the others have on a side
        ("odd-size", [(60, 50), (30, 20)], "all/2 has 30×20 pixels"),  # the worst
        ("odd-aspect", [(100, 900), (10, 900)], "all/2 is 90 times as wide as high, where 1.3 times is usual"),
        ("odd-aspect", [(10, 900)], "far wider than"),
        ("odd-aspect", [(900, 10)], "far taller than"),
        ("odd-aspect", [(900, 10), (10, 900)], "far wider or taller than"),
    ],
)
def test_small_or_large_wide_or_tall_is_said(
    check: str, sizes: list[tuple[int, int]], said: str, evidence: MakeEvidence, measured: Measured
) -> None:
    odd = [{"height": float(height), "width": float(width)} for height, width in sizes]
    (finding,) = found(check, photos(evidence, measured, *odd))
    assert said in finding.message


def test_colour_among_grey_is_as_odd_as_grey_among_colour(evidence: MakeEvidence, measured: Measured) -> None:
    (finding,) = found("odd-colour", photos(evidence, measured, *[{"chroma": 0.0}] * 28))
    assert finding.ids == ("all/29", "all/30")
    assert "2 pictures in the data are coloured where most are grey" in finding.message


def test_what_nearly_all_of_one_class_have_is_told(evidence: MakeEvidence, measured: Measured) -> None:
    def told(classes: str, grey: range) -> bool:
        made = measured(
            evidence(all=(classes, list(range(len(classes))))), {("all", row): {"chroma": 0.0} for row in grey}
        )
        (finding,) = found("odd-colour", made)
        sentence = f" {len(grey)} of them are of class 'cat', so a model may take this for a sign of the class. "
        return sentence in finding.message

    assert told("ced" * 20, range(0, 30, 3))  # ten cats of twenty, and no other
    assert not told("ced" * 20, range(0, 27, 3))  # nine are too few to say
    assert not told("ced" * 20, range(0, 10))  # some of each class
    assert not told("ced" * 100 + "c" * 200, range(0, 30, 3))  # half of the pictures are cats
    assert not told("ced" * 300, range(0, 30, 3))  # ten of three hundred cats say nothing of cats


def test_half_of_the_pictures_and_shares_at_the_edge(evidence: MakeEvidence, measured: Measured) -> None:
    def told(classes: str, grey: list[int]) -> bool:
        made = measured(
            evidence(all=(classes, list(range(len(classes))))), {("all", row): {"chroma": 0.0} for row in grey}
        )
        (finding,) = found("odd-colour", made)
        return "so a model may take this for a sign of the class" in finding.message

    cats = list(range(0, 60, 3))  # of "ced" * 20
    assert told("ced" * 20, [*cats[:8], 1, 4])  # eight of ten
    assert not told("ced" * 20, [*cats[:7], 1, 4, 7])
    assert told("ced" * 200, list(range(0, 30, 3)))  # ten of 200 cats are a twentieth
    assert not told("ced" * 201, list(range(0, 30, 3)))
    assert not told("cd" * 20, list(range(0, 20, 2)))  # two equal classes: half of the pictures are cats


@pytest.mark.parametrize(
    ("check", "measure", "values", "what", "why", "advice"),
    [
        (
            *("blank", "deviation", (0.0, 0.001), "blank", ": one colour and nothing else."),
            "A model learns nothing useful from a blank picture: remove it, or find out where it was damaged.",
        ),
        (
            *("low-information", "entropy", (1.0, 2.0), "nearly empty"),
            ": nearly all of one colour (under 2.8 bits of grey levels, where 7.0 are usual).",
            "Remove a placeholder; crop a small picture in a large frame to what it shows.",
        ),
        (
            *("dark", "brightest", (0.1, 0.2), "nearly black"),
            ": even the brightest parts stay below 30 % of white.",
            "Where a person cannot say what a picture shows, brighten it or remove it.",
        ),
        (
            *("bright", "darkest", (0.8, 0.7), "nearly white"),
            ": even the darkest parts stay above 60 % of white.",
            "Where a person cannot say what a picture shows, remove it.",
        ),
        (
            *("blurred", "sharpness", (0.1, 0.2), "blurred"),
            ": even the sharpest edges are several times softer than is usual in this data.",
            "Remove what a person cannot name, unless you will predict on pictures that are as blurred.",
        ),
        (
            *("odd-size", "height", (5.0, 9.0), "far smaller than usual"),
            ": {} has 5×320 pixels, where some 277×277 are usual.",
            "Brought to the size of the others, a small picture is blurred: look for its original. A very large one "
            "may be of another kind.",
        ),
        (
            *("odd-aspect", "width", (3000.0, 2000.0), "far wider than usual"),
            ": {} is 12 times as wide as high, where 1.3 times is usual.",
            "Training brings all pictures to one shape, which distorts such a picture: crop it, or train on whole "
            "pictures within a frame.",
        ),
        (
            *("odd-colour", "chroma", (0.0, 0.01), "grey where most have colour", "."),
            "A model can take missing colour for the sign of a class: have grey pictures in every class, or in none.",
        ),
    ],
)
def test_each_finding_is_told_whole_for_one_picture_and_for_many(  # noqa: PLR0917
    check: str,
    measure: str,
    values: tuple[float, float],
    what: str,
    why: str,
    advice: str,
    evidence: MakeEvidence,
    measured: Measured,
) -> None:
    made = evidence(train=("cd" * 15, list(range(30))), val=("cd", [40, 41]), test=("cd", [50, 51]))
    worst, bad = ({measure: value} for value in values)
    odd = {("train", 3): bad, ("train", 7): worst, ("val", 1): worst}
    shown = {
        "train": ("2 pictures in the training set are", "8", "4"),
        "val": ("1 picture in the validation set is", "2"),
    }
    expected = []
    for split, (start, *numbers) in shown.items():
        ids = tuple(f"{split}/{number}" for number in numbers)
        message = f"{start} {what} ({', '.join(ids)}){why.format(ids[0])} {advice}"
        options = ("--set", "resize=fit") if check == "odd-aspect" else ()
        severity: Severity = "warning" if check == "blank" else "note"
        expected.append(Finding(check, split, len(ids), ids, message, severity=severity, options=options))
    assert found(check, measured(made, odd)) == expected
