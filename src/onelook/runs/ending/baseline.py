"""Score a simple model on the same pictures: what a network has to beat."""

from __future__ import annotations

from dataclasses import replace

from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

_SECONDS = 0.5  # of processor time on a slow core; importing scikit-learn is within the margin of what ends a run
_SHORTEST_LIMIT = 60.0  # seconds; within a shorter time limit they are worth more in training


def _cost(_: EndingFacts) -> Cost:
    return Cost(seconds=_SECONDS)


def _is_wanted(facts: EndingFacts) -> bool:
    return facts.settings.folds is None


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.baseline import measure_baseline

    scored, data = ending.scored, ending.data
    baseline = measure_baseline(data.split.train, scored.pictures, len(data.dataset.class_names))
    return ending.with_evaluation(replace(scored.evaluation, baseline=baseline))


STEP = EndingStep(
    _run,
    cost=_cost,
    is_wanted=_is_wanted,
    least_limit_seconds=_SHORTEST_LIMIT,
    what="the score of a simple model to compare with",
)
