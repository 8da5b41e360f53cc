"""Keep the contents of the pictures that the report shows, so that a mark on one still fits if the picture is moved."""

from __future__ import annotations

from onelook.evaluation.pictures.contents import MOST_SECONDS
from onelook.planning.time_budget import part_of_limit
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

_SHARE = 0.003
_SHORTEST_LIMIT = 60.0  # seconds; within a shorter time limit they are worth more in training


def contents_seconds(time_limit_seconds: float | None) -> float:
    """Return the most seconds that a run reads contents for; 0 within a short time limit."""
    if time_limit_seconds is not None and time_limit_seconds < _SHORTEST_LIMIT:
        return 0.0
    return part_of_limit(time_limit_seconds, most=MOST_SECONDS, share=_SHARE)


def _cost(facts: EndingFacts) -> Cost:
    limit = facts.settings.time_limit_seconds
    return Cost() if limit is None else Cost(seconds=contents_seconds(limit))


def _is_wanted(facts: EndingFacts) -> bool:
    # Not worth a sentence in the report if it is left out: only marks on pictures that move need it.
    return contents_seconds(facts.settings.time_limit_seconds) > 0


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.pictures.contents import write_contents

    limit = ending.begun.settings.time_limit_seconds
    write_contents(ending.folder.evidence, ending.data.dataset, contents_seconds(limit))
    return ending


STEP = EndingStep(_run, writes=("evidence/contents.json",), cost=_cost, is_wanted=_is_wanted)
