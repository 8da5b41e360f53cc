"""Keep the contents of the pictures that the report shows, so that a mark on one still fits if the picture is moved."""

from __future__ import annotations

from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep


def _seconds(facts: EndingFacts) -> float:
    from onelook.evaluation.pictures.contents import contents_seconds

    return contents_seconds(facts.settings.time_limit_seconds)


def _cost(facts: EndingFacts) -> Cost:
    return Cost() if facts.settings.time_limit_seconds is None else Cost(seconds=_seconds(facts))


def _is_wanted(facts: EndingFacts) -> bool:
    return _seconds(facts) > 0  # not worth a sentence in the report: only marks on pictures that move need it


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.pictures.contents import contents_seconds, write_contents

    limit = ending.begun.settings.time_limit_seconds
    write_contents(ending.folder.evidence, ending.data.dataset, contents_seconds(limit))
    return ending


STEP = EndingStep(_run, writes=("evidence/contents.json",), cost=_cost, is_wanted=_is_wanted)
