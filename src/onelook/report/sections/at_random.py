"""A few pictures drawn at random, with label and prediction: what the model does on an ordinary day."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.judged import ShownPicture, shown_pictures
from onelook.report.page_wording import SET_IN_WORDS
from onelook.report.results import Results
from onelook.report.section import Section


@dataclass(frozen=True)
class RandomPictures:
    """What the section shows."""

    pictures: tuple[ShownPicture, ...]


def build_section(results: Results) -> Section:
    """Twelve pictures, drawn with the run's seed."""
    evidence = results.evidence
    if evidence is None:
        return Section("At random", "Pictures at random", missing="No pictures were kept with this run.")
    right = sum(picture.label == picture.predicted for picture in evidence.random)
    kind = SET_IN_WORDS[results.evaluation.set_name] if results.evaluation else "scored"
    count = len(evidence.random)
    return Section(
        topic="At random",
        title=f"{'All' if right == count else f'{right} of'} {count} {kind} pictures drawn at random are right",
        template="random.html",
        view=RandomPictures(shown_pictures(evidence.random, results.pictures)),
    )
