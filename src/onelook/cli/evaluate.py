"""`onelook evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onelook.cli.options import (
    CropToContent,
    Data,
    Debug,
    Invert,
    Json,
    KeepAs,
    Model,
    read_opening_options,
    take_opening_options,
)
from onelook.cli.output.printer import Printer
from onelook.wording import counted, number, percent

if TYPE_CHECKING:
    from onelook.evaluation.result import Evaluation


def evaluate(
    model: Model,
    data: Data,
    *,
    invert: Invert = None,
    crop_to_content: CropToContent = None,
    keep_as: KeepAs = None,
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Score a model on labelled pictures.

    It scores the test part of the data; without one the validation part; without both all pictures. Classes are
    matched by their names.

    Examples:
    $ onelook evaluate runs/photos-001 new_photos/
    """
    from onelook.commands.decoding_flags import DecodingFlags
    from onelook.commands.evaluate import evaluate_model

    say = Printer(json=json)
    opening, decoding = read_opening_options(flags), DecodingFlags(invert, crop_to_content, keep_as)
    with say.progress("reading pictures") as on_progress:
        scored = evaluate_model(model, data, decoding=decoding, opening=opening, on_progress=on_progress)
    if json:
        say.document(scored.to_dict())
        return
    if keep_as is not None:
        say(f"the model that does the same to its pictures: {keep_as}")
    say(str(scored.dataset))
    say()
    show_evaluation(say, scored.evaluation)


take_opening_options(evaluate, "evaluate")


def show_evaluation(say: Printer, result: Evaluation) -> None:
    """Print the warnings, without which the scores mislead, and the scores in two small tables."""
    from onelook.metrics.scores import further_scores

    for warning in result.warnings:
        say.warn(warning)
    remarks = {"calibration_error": _before_temperature(result)}
    low, high = result.accuracy_interval
    say.table(
        (counted(result.rows, "picture"), ""),
        [
            ("accuracy", f"{percent(result.accuracy, 2)}  (95 % interval {percent(low, 2)} to {percent(high, 2)})"),
            *(
                (score.label, score.in_words(result.scores[name]) + remarks.get(name, ""))
                for name, score in further_scores([result.scores], "evaluate").items()
            ),
            *_threshold(result),
        ],
        left=2,
    )
    say()
    say.table(
        ("class", "precision", "recall", "F1", "pictures"),
        [
            (one.class_name, f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}", f"{one.support:,}")
            for one in result.per_class
        ],
    )


def _before_temperature(result: Evaluation) -> str:
    calibration = result.calibration
    if calibration is None or calibration.temperature == 1.0:
        return ""
    return f"  ({calibration.error_before:.4f} without the temperature of {number(calibration.temperature)})"


def _threshold(result: Evaluation) -> list[tuple[str, str]]:
    """Return a row on the confidence below which answers are best withheld; none if all are right enough."""
    found = [] if result.calibration is None else result.calibration.suggestions(1)
    return [
        (
            f"not sure below {number(each.threshold)}",
            f"{percent(each.accuracy)} of the other {percent(each.count / result.rows)} are right",
        )
        for _, each in found
    ]
