"""Score a model without the pictures that it has seen, so that memory cannot help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation, LeftScore
from onelook.wording import agree, counted, listed, percent

# The ways in which the model saw a picture; one that was seen in two ways counts only in the first of these.
KINDS: Mapping[str, str] = {
    "exact": "pixel for pixel",
    "near": "nearly the same",
    "copies": "the same or nearly so",
    "before": "trained on before by the model that this one started from",
}
_SETS = {"test": "test", "val": "validation"}


def with_leaks(
    evaluation: Evaluation,
    probabilities: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    ids: Sequence[str],
    seen: Mapping[str, Sequence[str]],
    *,
    called: str | None = None,
) -> Evaluation:
    """Add the number of pictures that the model has seen, the score without them, and a warning to an evaluation.

    Args:
        evaluation: the evaluation of all these pictures.
        probabilities: (rows, classes), from which it was made.
        labels: (rows,), from which it was made.
        ids: (rows,), the ids of the pictures.
        seen: a kind of `KINDS` -> ids of the pictures that were seen in this way. Ids that are not among these rows do
            not count: they are copies within the set, which were not scored.
        called: what the warning calls the pictures, if they were not put aside when the model was trained. By default
            they are the test or validation pictures of its training.

    Example:
        >>> probabilities, labels = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8]]), np.array([0, 1, 1])
        >>> whole = evaluate(probabilities, labels, ["cat", "dog"], "test")
        >>> found = with_leaks(whole, probabilities, labels, ["a", "b", "c"], {"exact": ["a"], "near": []})
        >>> found.leaked, found.without_leaks.rows, found.without_leaks.accuracy
        ({'exact': 1, 'near': 0}, 2, 0.5)
    """
    is_seen = np.zeros(len(ids), bool)
    leaked = {}
    for kind in KINDS:
        if kind in seen:
            wanted = set(seen[kind])
            of_kind = np.fromiter((each in wanted for each in ids), bool, len(ids)) & ~is_seen
            leaked[kind] = int(of_kind.sum())
            is_seen |= of_kind
    if not is_seen.any():
        return replace(evaluation, leaked=leaked)
    left = None
    if not is_seen.all():
        honest = evaluate(probabilities[~is_seen], labels[~is_seen], evaluation.class_names, evaluation.set_name)
        left = LeftScore(honest.rows, honest.scores, honest.accuracy_interval)
    found = replace(evaluation, leaked=leaked, without_leaks=left)
    return replace(found, warnings=(leak_sentence(found, called), *evaluation.warnings))


def memory_sentence(evaluation: Evaluation, model: str, val_accuracy: float | None) -> str | None:
    """Return a sentence on how much of a classical model's score is memory; None if the difference may be chance.

    Args:
        evaluation: an evaluation from `with_leaks`.
        model: the name of the model.
        val_accuracy: the accuracy on the validation pictures; None if the model was fitted on some of them.

    Example:
        >>> probabilities, labels = np.tile([0.9, 0.1], (40, 1)), np.array([0] * 30 + [1] * 10)
        >>> whole = evaluate(probabilities, labels, ["cat", "dog"], "test")
        >>> ids = [str(row) for row in range(40)]
        >>> found = with_leaks(whole, probabilities, labels, ids, {"exact": ids[:20]})
        >>> print(memory_sentence(found, "svc", None).partition(":")[0])
        svc is right on 100 % of the 20 pictures that it has seen, and on 50.0 % of the others
    """
    seen = sum((evaluation.leaked or {}).values())
    if not seen:
        return None
    left = evaluation.without_leaks
    right = evaluation.accuracy * evaluation.rows - (0.0 if left is None else left.accuracy * left.rows)
    unseen = val_accuracy if left is None else left.accuracy
    # A higher share may be chance: among n pictures it is within two deviations in 95 cases of 100.
    if unseen is None or right / seen <= unseen + 2 * (unseen * (1 - unseen) / seen) ** 0.5 or seen < _FEWEST_SEEN:
        return None
    whose = "the others" if left is not None else "the validation pictures, which it was not fitted on"
    others = f"{percent(unseen)} of {whose}"
    why = f" {_REMEMBERS[model]}" if model in _REMEMBERS else ""
    return (
        f"{model} is right on {percent(right / seen)} of the {seen:,} pictures that it has seen, and on {others}: the "
        f"difference is memory.{why}"
    )


_FEWEST_SEEN = 20  # fewer pictures show nothing

# Models that store the pictures that they were fitted on, and why that is memory.
_REMEMBERS = {
    "decision-tree": "A tree grows until it has a leaf for every picture that it was fitted on, and so remembers each.",
    "random-forest": "Each of its trees remembers every picture that it was fitted on.",
    "knn": "It stores all pictures that it was fitted on, and finds each as its own nearest neighbour.",
}


def leak_sentence(evaluation: Evaluation, called: str | None = None) -> str:
    """Return how many pictures were seen, in which ways, and the score without them, in sentences.

    Args:
        evaluation: an evaluation of pictures of which some were seen.
        called: as for `with_leaks`.
    """
    counts = {kind: count for kind, count in (evaluation.leaked or {}).items() if count}
    seen, rows = sum(counts.values()), evaluation.rows
    pictures = called or f"{_SETS[evaluation.set_name]} pictures"
    ways = [KINDS[name] if len(counts) == 1 else f"{count:,} {KINDS[name]}" for name, count in counts.items()]
    used = "trained on" if evaluation.set_name == "val" else "trained or tuned on"
    them = agree(seen, "it", "them")
    some = f"All {rows:,}" if called and seen == rows else f"{seen:,} of the {rows:,}"
    those = agree(rows, "The one picture that is scored", f"{some} {pictures}")
    sentence = (
        f"{those} {agree(seen, 'is', 'are')} among those that the model was {used} "
        f"({listed(ways)}), so the model can remember {them}."
    )
    if (left := evaluation.without_leaks) is None:
        advice = (
            "keep pictures aside that are in no other part" if called is None else "use pictures that are new to it"
        )
        return f"{sentence} Without {them} no picture is left to score: {advice}."
    low, high = left.accuracy_interval
    return (
        f"{sentence} Without {them} the accuracy is {percent(left.accuracy)} on {counted(left.rows, 'picture')} "
        f"(95 % interval {percent(low)} to {percent(high)}), with {them} {percent(evaluation.accuracy)}."
    )
