"""The section on what to do next, in order of gain: each with what it would gain, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.gains.gain import Gain
from onelook.evaluation.learning_curve import LearningCurve
from onelook.report.page import Section
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, decimals_for, percent, set_in_words
from onelook.report.results import Results
from onelook.wording import agree, counted, marked, retell, translate

_TOPIC = marked("What to do next")
_FEWEST = 50  # scored pictures; with fewer, one picture is two points
_WIDEST = 100  # of the bar, in percent


@dataclass(frozen=True)
class Bar:
    """The interval of a gain on an axis that all of them share, in percent of its length."""

    low: float
    width: float
    at: float


@dataclass(frozen=True)
class Step:
    """One thing that could be done, in words."""

    what: str  # an imperative
    figure: str  # the gain in points, or that it is not known
    kind: str  # "about", "at most", or empty
    interval: str  # in points, or empty
    why: str  # what the figure rests on
    section: str  # where more is shown
    bar: Bar | None


@dataclass(frozen=True)
class NextSteps:
    """The content of the section."""

    steps: tuple[Step, ...]
    curve: tuple[tuple[str, str], ...]  # pictures, and the error of the quick model after them
    curve_words: str


@dataclass(frozen=True)
class _Around:
    """The facts that the lines need besides their own gain."""

    errors: int  # all of the scored pictures
    kind: str  # of the scored pictures, in words
    decimals: int  # of a point
    widest: float  # the highest end of an interval
    curve: LearningCurve | None


def build_section(results: Results) -> Section:
    """Build the section with what to do next."""
    gains = results.gains
    if gains is None or results.evaluation is None:
        return Section(
            translate(_TOPIC),
            translate("What would help most"),
            missing=translate("It was not looked for in this run."),
        )
    kind = set_in_words(results.evaluation.set_name)
    if gains.rows < _FEWEST:
        some = counted(gains.rows, "{kind} picture", kind=kind)
        return Section(
            translate(_TOPIC),
            translate("What would help is not known"),
            missing=translate("{some} {are} too few to tell.", some=some, are=agree(gains.rows, "is", "are")),
        )
    if not gains.errors and not any(gain.kind == "leaks" for gain in gains.gains):
        return Section(
            translate(_TOPIC),
            translate("There is nothing to gain on these pictures"),
            missing=translate(
                "Every {kind} picture was named correctly. Only harder pictures could show what to do next.", kind=kind
            ),
        )
    widest = max((gain.high or 0.0 for gain in gains.gains), default=0.0)
    around = _Around(gains.errors, kind, decimals_for(gains.rows), widest, results.curve)
    steps = tuple(_step(gain, around) for gain in gains.gains)
    return Section(translate(_TOPIC), _title(steps), "gains.html", NextSteps(steps, *_curve_in_words(results.curve)))


def most_helpful(results: Results) -> str:
    """Return the first thing to do whose gain is known, with its gain, as the end of a sentence; or an empty text.

    Leaks are no gain: they make the score honest.
    """
    view = build_section(results).view
    known = [step for step in view.steps if step.kind] if isinstance(view, NextSteps) else []
    if not known:
        return ""
    first = known[0]
    return translate(
        "{what}, {kind} {figure} points", what=_inside_sentence(first.what), kind=first.kind, figure=first.figure
    )


def _inside_sentence(what: str) -> str:
    return what[0].lower() + what[1:]


def _title(steps: tuple[Step, ...]) -> str:
    if not steps:
        return translate("Nothing stands out that would help")
    first = steps[0]
    if not first.kind:
        return (
            translate("{what}: what it gains is not known", what=first.what)
            if first.section != "leaks"
            else translate("First, {what}", what=_inside_sentence(first.what))
        )
    return translate("{what}: {kind} {figure} points", what=first.what, kind=first.kind, figure=first.figure)


def points(share: float, decimals: int) -> str:
    """Return a share of the accuracy in percentage points, with its sign.

    Example:
        >>> points(0.0083, 1), points(0.0002, 1), points(-0.004, 2), points(0.0, 1)
        ('+0.8', '+0.02', '−0.40', '0')
    """
    text = f"{abs(100 * share):.{decimals}f}"
    while share and not float(text) and decimals < 4:
        decimals += 1
        text = f"{abs(100 * share):.{decimals}f}"
    if not float(text):
        return "0"
    return f"{'+' if share > 0 else '−'}{text}"


def _step(gain: Gain, around: _Around) -> Step:
    what, why, section = _IN_WORDS[gain.kind](gain, around)
    if gain.gain is None:
        return Step(
            what,
            "?",
            "",
            translate("not known: {why}", why=retell(gain.why) or gain.why) if gain.why else translate("not known"),
            why,
            section,
            None,
        )
    interval, bar = "", None
    if gain.low is not None and gain.high is not None:
        low, high = (points(bound, around.decimals).lstrip("+") for bound in (gain.low, gain.high))
        interval = "" if gain.is_most and not gain.low else translate("{low} to {high} points", low=low, high=high)
        scale = _WIDEST / around.widest if around.widest else 0.0
        bar = Bar(*(round(scale * each, 2) for each in (gain.low, gain.high - gain.low, gain.gain)))
    if gain.kind == "leaks":
        return Step(what, points(gain.gain, around.decimals), "", translate("points"), why, section, None)
    known = translate("at most") if gain.is_most else translate("about")
    return Step(what, points(gain.gain, around.decimals), known, interval, why, section, bar)


def _leaks(gain: Gain, around: _Around) -> tuple[str, str, str]:
    were = agree(gain.count, "was", "were")
    return (
        translate("Take out the pictures that the model has seen"),
        translate(
            "{count} of {rows} {kind} pictures {were} in training too. The figure changes so much without "
            "them, and can be believed only then.",
            count=f"{gain.count:,}",
            rows=f"{gain.rows:,}",
            kind=around.kind,
            were=were,
        ),
        "leaks",
    )


def _confusion(gain: Gain, around: _Around) -> tuple[str, str, str]:
    first, second = (class_in_words(name, IN_A_SENTENCE) for name in gain.class_names)
    return (
        translate("Tell {first} and {second} apart", first=first, second=second),
        translate(
            "{count} of {errors} {are} between them. Look for what tells them apart in the pictures, and show "
            "the model more of it.",
            count=f"{gain.count:,}",
            errors=counted(around.errors, "error"),
            are=agree(gain.count, "is", "are"),
        ),
        "confusion",
    )


def _labels(gain: Gain, around: _Around) -> tuple[str, str, str]:
    count = agree(gain.count, translate("One label looks"), translate("{count} labels look", count=f"{gain.count:,}"))
    return (
        translate("Check the labels that look wrong"),
        translate(
            "{count} wrong among the {kind} pictures: the model is sure of another class. Mark those that are "
            "wrong at the worst errors, and train again with --fixes, which may gain more.",
            count=count,
            kind=around.kind,
        ),
        "errors",
    )


def _pictures(gain: Gain, around: _Around) -> tuple[str, str, str]:
    curve = around.curve
    if curve is None:
        return (
            translate("Take more pictures"),
            translate("It learnt from {pictures}.", pictures=counted(gain.count, "picture")),
            "counts",
        )
    share = percent(1 - 2.0 ** -max(0.0, curve.exponent), 0)
    return (
        translate("Take twice as many pictures"),
        translate(
            "{twice} to train on in place of {count}. With each doubling, the error of a quick model on the "
            "same data falls by {share}.",
            twice=f"{2 * gain.count:,}",
            count=f"{gain.count:,}",
            share=share,
        ),
        "gains-curve",
    )


def _epochs(gain: Gain, _: _Around) -> tuple[str, str, str]:
    count = counted(gain.count, "epoch")
    if gain.gain is None:
        why = translate("After {count} the model knows its training pictures hardly better than others.", count=count)
        return (translate("Train longer"), why, "training")
    return (
        translate("Train twice as long"),
        translate("Over the last half of {count} the accuracy on the validation pictures still rose.", count=count),
        "training",
    )


def _few(gain: Gain, _: _Around) -> tuple[str, str, str]:
    name = class_in_words(gain.class_names[0], IN_A_SENTENCE)
    return (
        translate("Find more pictures of {name}", name=name),
        translate(
            "{count} of {rows} training pictures are of this class, less than half of the average class, and "
            "it is recognised less often. So much would be gained if it were recognised as often as the others.",
            count=f"{gain.count:,}",
            rows=f"{gain.rows:,}",
        ),
        "classes",
    )


def _unlike(gain: Gain, around: _Around) -> tuple[str, str, str]:
    return (
        translate("Train on pictures of the other kind too"),
        translate(
            "{count} of {rows} {kind} pictures that were compared are unlike the training pictures, and the "
            "model is wrong about them more often. So much would be gained if it were not.",
            count=f"{gain.count:,}",
            rows=f"{gain.rows:,}",
            kind=around.kind,
        ),
        "errors",
    )


_IN_WORDS = {
    "leaks": _leaks,
    "confusion": _confusion,
    "labels": _labels,
    "pictures": _pictures,
    "epochs": _epochs,
    "few": _few,
    "unlike": _unlike,
}


def _curve_in_words(curve: LearningCurve | None) -> tuple[tuple[tuple[str, str], ...], str]:
    if curve is None:
        return (), ""
    what = translate("the features below its head") if curve.seen == "features" else translate("small pixels")
    rows = tuple((f"{point.rows:,}", percent(point.error, decimals_for(curve.judged))) for point in curve.points)
    return rows, (
        translate(
            "A quick model on {what}, scored on {pictures}. Its error is a power of the number of pictures; "
            "the error of other models falls with a similar power.",
            what=what,
            pictures=counted(curve.judged, "validation picture"),
        )
    )
