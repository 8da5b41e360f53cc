"""Find what to do next with the model, in order of gain."""

from __future__ import annotations

import numpy as np

from onelook.checks.labels.confident_learning import agreement, rank_labels
from onelook.checks.labels.suspect import FEWEST_PICTURES, LOWEST_KAPPA
from onelook.data.labels import class_counts
from onelook.evaluation.gains.from_errors import of_confusion, of_few_pictures, of_labels, of_leaks, of_unlike
from onelook.evaluation.gains.from_training import of_longer_training, of_more_pictures
from onelook.evaluation.gains.gain import CURVE, GAINS, Gain, Gains, in_order
from onelook.evaluation.learning_curve import LearningCurve, why_no_curve
from onelook.evaluation.pictures.index import write_index
from onelook.evaluation.small_pixels import spread_rows
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep, Scored
from onelook.signature.signature import FEWEST, KEPT

_MOST_COMPARED = 1_000  # scored pictures, with the training pictures
_SECONDS = 0.2


def _cost(facts: EndingFacts) -> Cost:
    has_signature = min(len(facts.data.train), len(facts.data.val)) >= FEWEST
    return Cost(min(len(facts.scored), _MOST_COMPARED) if has_signature else 0, _SECONDS)


def _is_wanted(facts: EndingFacts) -> bool:
    return facts.settings.folds is None


def _run(ending: Ending) -> Ending:
    scored, train, names = ending.scored, ending.data.split.train, ending.data.dataset.class_names
    evaluation = scored.evaluation
    wrong = scored.probabilities.argmax(axis=1) != scored.labels
    errors = int(np.count_nonzero(wrong))
    counts = dict(zip(names, class_counts(train.labels, len(names)).tolist(), strict=True))
    curve, why = _curve(ending)
    schedule = ending.begun.settings.schedule.name
    found: tuple[Gain | None, ...] = (
        of_leaks(evaluation),
        of_more_pictures(curve, why, errors=errors, rows=evaluation.rows, train_rows=len(train)),
        of_confusion(evaluation),
        of_labels(_doubtful(scored, ending.data.dataset.confirmed), evaluation.rows),
        of_few_pictures(evaluation, counts),
        _unlike(ending, wrong),
        None
        if ending.fitted.classical is not None or not errors
        else of_longer_training(
            ending.fitted.result.history,
            falls_to_the_end=schedule in {"one_cycle", "cosine"} and ending.fitted.result.status == "complete",
        ),
    )
    write_index(ending.folder.evidence / GAINS, Gains(rows=evaluation.rows, errors=errors, gains=in_order(found)))
    return ending


def _curve(ending: Ending) -> tuple[LearningCurve | None, str]:
    """Return the learning curve that this run has measured; or why there is none."""
    path = ending.folder.evidence / CURVE
    if path.is_file():
        return LearningCurve.model_validate_json(path.read_bytes()), ""
    data = ending.begun.data
    if why := why_no_curve(len(data.train), len(data.val), data.num_classes):
        return None, why
    if ending.begun.settings.time_limit_seconds is not None:
        return None, "the time limit left no time for a learning curve"
    return None, "a quick model learns too little from these pictures to show it"


def _doubtful(scored: Scored, confirmed: frozenset[str]) -> int:
    """Return how many labels of scored pictures look wrong, and are not confirmed by a person."""
    if agreement(scored.probabilities, scored.labels)[1] < LOWEST_KAPPA:
        return 0
    ranking = rank_labels(scored.probabilities, scored.labels, fewest_rows=FEWEST_PICTURES)
    return sum(scored.pictures.ids[row] not in confirmed for row in ranking.candidates.tolist())


def _unlike(ending: Ending, wrong: np.ndarray) -> Gain | None:
    """Return the gain of caring for scored pictures that are unlike the training pictures, by some of them."""
    if ending.classifier.signature is None:
        return None
    rows = spread_rows(len(wrong), _MOST_COMPARED)
    _, unlikeness = ending.classifier.judge(ending.scored.pictures.take(rows))
    return None if unlikeness is None else of_unlike(unlikeness.is_unlike, wrong[rows], 2 * (1 - KEPT))


STEP = EndingStep(_run, writes=(f"evidence/{GAINS}",), cost=_cost, is_wanted=_is_wanted)
