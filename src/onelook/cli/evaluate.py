"""`onelook evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onelook.cli.options import ClassNames, Data, Debug, Json, LabelColumn, LabelFrom, Layout, Model
from onelook.cli.output.printer import Printer
from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.evaluation.result import Evaluation


def evaluate(
    model: Model,
    data: Data,
    *,
    class_names: ClassNames = None,
    label_column: LabelColumn = None,
    label_from: LabelFrom = None,
    layout: Layout = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Score a model on labelled pictures.

    It scores the test part of the data; without one the validation part; without both all pictures. Classes are
    matched by their names.

    Examples:
    $ onelook evaluate runs/photos-001 new_photos/
    """
    from onelook.commands.evaluate import evaluate_model
    from onelook.settings.parse import parse_names

    say = Printer(json=json)
    names = parse_names(class_names) if class_names is not None else None
    with say.progress("reading pictures") as on_progress:
        scored = evaluate_model(
            model,
            data,
            class_names=names,
            label_column=label_column,
            label_from=label_from,
            layout=layout,
            on_progress=on_progress,
        )
    if json:
        say.document(scored.evaluation.to_dict())
        return
    say(str(scored.dataset))
    say()
    show_evaluation(say, scored.evaluation)


def show_evaluation(say: Printer, result: Evaluation) -> None:
    """Print the scores in two small tables, and the warnings."""
    from onelook.metrics.scores import further_scores

    low, high = result.accuracy_interval
    say.table(
        (counted(result.rows, "picture"), ""),
        [
            ("accuracy", f"{percent(result.accuracy, 2)}  (95 % interval {percent(low, 2)} to {percent(high, 2)})"),
            *(
                (score.label, score.in_words(result.scores[name]))
                for name, score in further_scores([result.scores], "evaluate").items()
            ),
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
    for warning in result.warnings:
        say.warn(warning)
