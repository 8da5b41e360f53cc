"""Make maps of where the model looked, of the errors, the worst first: as many as some seconds are enough for."""

from __future__ import annotations

from onelook.planning.time_budget import part_of_limit
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

_SECONDS, _SHARE = 4.0, 0.02
_SHORTEST_LIMIT = 60.0


def _seconds(facts: EndingFacts) -> float:
    return part_of_limit(facts.settings.time_limit_seconds, most=_SECONDS, share=_SHARE)


def _cost(facts: EndingFacts) -> Cost:
    return Cost() if facts.settings.time_limit_seconds is None else Cost(seconds=_seconds(facts))


def _is_wanted(facts: EndingFacts) -> bool:
    return facts.settings.folds is None


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.heat_maps.write_heat_maps import write_heat_maps

    scored = ending.scored
    write_heat_maps(
        ending.folder.evidence,
        ending.classifier,
        scored.pictures,
        scored.probabilities,
        seconds=_seconds(EndingFacts(ending.begun.settings, ending.begun.data)),
    )
    return ending


STEP = EndingStep(
    _run,
    writes=("evidence/heat-maps/",),
    cost=_cost,
    is_wanted=_is_wanted,
    least_limit_seconds=_SHORTEST_LIMIT,
    what="the maps of where the model looked",
)
