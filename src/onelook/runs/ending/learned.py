"""Keep what the model learned, for the report: filters, maps of some pictures, similar training pictures."""

from __future__ import annotations

from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

_SECONDS = 2.5  # of processor time on a slow core; most of it compares the errors with training pictures
_SHORTEST_LIMIT = 120.0


def _cost(_: EndingFacts) -> Cost:
    return Cost(seconds=_SECONDS)


def _is_wanted(facts: EndingFacts) -> bool:
    return facts.settings.folds is None


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.learned.write_learned import write_learned

    scored, train = ending.scored, ending.data.split.train
    write_learned(ending.folder.evidence, ending.classifier, scored.pictures, scored.probabilities, train)
    return ending


STEP = EndingStep(
    _run,
    writes=("evidence/learned/",),
    cost=_cost,
    is_wanted=_is_wanted,
    least_limit_seconds=_SHORTEST_LIMIT,
    what="what the model learned",
)
