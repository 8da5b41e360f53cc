"""The score without the pictures that the model has seen: what is left of it when memory does not help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation, LeftScore
from onelook.wording import agree, counted, listed, percent

# How a picture got to be seen, in the order of being counted: one that was seen in two ways counts in the first.
KINDS: Mapping[str, str] = {
    "exact": "pixel for pixel",
    "near": "nearly the same",
    "copies": "the same or nearly so",
    "before": "trained on before by the model that this one went on from",
}
_SETS = {"test": "test", "val": "validation"}


def with_leaks(
    evaluation: Evaluation,
    probabilities: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    ids: Sequence[str],
    seen: Mapping[str, Sequence[str]],
) -> Evaluation:
    """The evaluation with the count of pictures that the model has seen, the score without them, and a warning.

    Args:
        evaluation: of all these pictures.
        probabilities: (rows, classes), as it was made from.
        labels: (rows,), likewise.
        ids: (rows,), of the pictures.
        seen: kind, of `KINDS` -> ids of pictures that were seen in this way; ids that are not among these rows (copies
            within the set, which were not judged) do not count.

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
    return replace(found, warnings=(leak_sentence(found), *evaluation.warnings))


def memory_sentence(evaluation: Evaluation, model: str, val_accuracy: float | None) -> str | None:
    """How much of a classical model's score is memory; None where what it has seen is no better than chance makes it.

    Args:
        evaluation: as `with_leaks` gives it.
        model: the name of the model.
        val_accuracy: on validation pictures, which it was not fitted on; None where these were seen too.

    Example:
        >>> probabilities, labels = np.tile([0.9, 0.1], (40, 1)), np.array([0] * 30 + [1] * 10)
        >>> whole = evaluate(probabilities, labels, ["cat", "dog"], "test")
        >>> ids = [str(row) for row in range(40)]
        >>> found = with_leaks(whole, probabilities, labels, ids, {"exact": ids[:20]})
        >>> print(memory_sentence(found, "svc", None))
        Of the 20 that it has seen the svc names 100 % right, of the others 50.0 %: the difference is memory.
    """
    seen = sum((evaluation.leaked or {}).values())
    if not seen:
        return None
    left = evaluation.without_leaks
    right = evaluation.accuracy * evaluation.rows - (0.0 if left is None else left.accuracy * left.rows)
    unseen = val_accuracy if left is None else left.accuracy
    # As many right of so few may be chance: of n pictures the share lies within two deviations in 95 cases of 100.
    if unseen is None or right / seen <= unseen + 2 * (unseen * (1 - unseen) / seen) ** 0.5 or seen < _FEWEST_SEEN:
        return None
    whose = "the others" if left is not None else "the validation pictures, which it was not fitted on,"
    others = f"of {whose} {percent(unseen)}"
    why = f" {_REMEMBERS[model]}" if model in _REMEMBERS else ""
    return (
        f"Of the {seen:,} that it has seen the {model} names {percent(right / seen)} right, {others}: the difference "
        f"is memory.{why}"
    )


_FEWEST_SEEN = 20  # of fewer nothing can be told

# Models that answer for what they were fitted on by looking it up.
_REMEMBERS = {
    "decision-tree": "A tree asks until it has a leaf for every picture that it was fitted on, and remembers each.",
    "random-forest": "Each of its trees remembers every picture that it was fitted on.",
    "knn": "It keeps all pictures that it was fitted on, and finds each as its own nearest neighbour.",
}


def leak_sentence(evaluation: Evaluation) -> str:
    """How many pictures were seen, in which ways, and what the score is without them."""
    counts = {kind: count for kind, count in (evaluation.leaked or {}).items() if count}
    seen, rows = sum(counts.values()), evaluation.rows
    kind = _SETS[evaluation.set_name]
    ways = [KINDS[name] if len(counts) == 1 else f"{count:,} {KINDS[name]}" for name, count in counts.items()]
    stand = agree(seen, "stands", "stand")
    among = f"{seen:,} of the {rows:,} {kind} pictures {stand} in what the model was trained or tuned on"
    if evaluation.set_name == "val":
        among = f"{seen:,} of the {rows:,} {kind} pictures {stand} in what the model was trained on"
    sentence = f"{among} ({listed(ways)}), and can be remembered."
    if (left := evaluation.without_leaks) is None:
        return f"{sentence} Without these no picture is left to score: keep pictures aside that are in no other part."
    low, high = left.accuracy_interval
    return (
        f"{sentence} Without these the accuracy is {percent(left.accuracy)} on {counted(left.rows, 'picture')} "
        f"(95 % interval {percent(low)} to {percent(high)}), with them {percent(evaluation.accuracy)}."
    )
