"""How sure the model is against how often it is right, and from which confidence its answers can be relied on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from onelook.evaluation.calibration import Calibration
from onelook.evaluation.result import Evaluation
from onelook.report.charts.lines import LineChart, Series, line_chart
from onelook.report.charts.reliability import ReliabilityChart, reliability_chart
from onelook.report.page import Section
from onelook.report.page_wording import percent, tick_percent
from onelook.report.results import Results
from onelook.wording import marked, number, translate

_CLOSE = 0.02  # of calibration error: nobody who reads a confidence notices it
_TOPIC = marked("How sure")


@dataclass(frozen=True)
class Threshold:
    """A line of the table: what is withheld for a wanted accuracy."""

    wanted: str
    below: str
    answered: str
    accuracy: str


@dataclass(frozen=True)
class Certainty:
    """The content of the section."""

    error: str
    error_interval: str
    before: str
    before_interval: str
    temperature: str  # empty if it is 1
    is_of_validation: bool  # whether these are the pictures that the temperature was fitted on
    reliability: ReliabilityChart
    coverage: LineChart | None
    thresholds: tuple[Threshold, ...]


def build_section(results: Results) -> Section:
    """Build the section with the reliability diagram and the thresholds."""
    evaluation = results.evaluation
    if evaluation is None:
        return Section(
            translate(_TOPIC), translate("How sure the model is"), missing=translate("The model was not scored.")
        )
    if evaluation.calibration is None:
        return Section(
            translate(_TOPIC),
            translate("How sure the model is"),
            missing=translate("It was scored by an earlier version, which did not measure this."),
        )
    return Section(
        translate(_TOPIC),
        _title(evaluation, evaluation.calibration),
        "certainty.html",
        _view(evaluation, evaluation.calibration),
    )


def _title(evaluation: Evaluation, calibration: Calibration) -> str:
    error = evaluation.scores["calibration_error"] or 0.0
    said = sum(one.count * one.confidence for one in calibration.bins) / evaluation.rows
    if error <= _CLOSE:
        return translate("It is right about as often as it says")
    both = translate(
        "{said} on average, and {accuracy} are right", said=percent(said), accuracy=percent(evaluation.accuracy)
    )
    if said > evaluation.accuracy:
        return translate("It is surer than it is right: {both}", both=both)
    return translate("It is right more often than it says: {both}", both=both)


def _view(evaluation: Evaluation, calibration: Calibration) -> Certainty:
    thresholds = tuple(
        Threshold(
            wanted=tick_percent(wanted),
            below=number(each.threshold),
            answered=percent(each.count / evaluation.rows),
            accuracy=percent(each.accuracy),
        )
        for wanted, each in calibration.suggestions()
    )
    return Certainty(
        error=f"{evaluation.scores['calibration_error']:.3f}",
        error_interval=_interval(calibration.error_interval),
        before=f"{calibration.error_before:.3f}",
        before_interval=_interval(calibration.error_before_interval),
        temperature="" if calibration.temperature == 1.0 else number(calibration.temperature),
        is_of_validation=evaluation.set_name == "val",
        reliability=reliability_chart(calibration),
        coverage=_coverage(evaluation, calibration),
        thresholds=thresholds,
    )


def _interval(bounds: tuple[float, float]) -> str:
    return translate("{low} to {high}", low=f"{bounds[0]:.3f}", high=f"{bounds[1]:.3f}")


def _coverage(evaluation: Evaluation, calibration: Calibration) -> LineChart | None:
    """Return how many pictures get an answer, and how many answers are right, by the threshold in percent."""
    shown = [each for each in calibration.answered if round(100 * each.threshold) == round(100 * each.threshold, 6)]
    kept = [each for each in shown if each.count]
    answered = Series(translate("answered"), [each.count / evaluation.rows for each in kept], main=False)
    right = Series(translate("right of these"), [each.accuracy for each in kept], main=True)
    chart = line_chart(
        translate("What is answered, and right of it"),
        [round(100 * each.threshold) for each in kept],
        [right, answered],
        best_epoch=None,
        label=tick_percent,
        summary=(
            translate(
                "By the confidence below which answers are withheld: at 0 all pictures get an answer, and "
                "{accuracy} are right",
                accuracy=percent(evaluation.accuracy),
            )
        ),
        highest=1.0,
    )
    return None if chart is None else replace(chart, x_name=translate("withheld below this confidence, in percent"))
