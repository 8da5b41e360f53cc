"""The words beside the button of the heat maps: what they show, and what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onelook.evaluation.pictures.index import HeatMaps
from onelook.wording import agree, marked, translate

_SHOWS = {
    "gradients": marked(
        "Red is where the picture spoke most for the class that was said: where its score rose most while "
        "the picture was faded in from an even colour (integrated gradients)."
    ),
    "weights": marked(
        "Red is where the picture spoke most for the class that was said: each pixel's value times its weight."
    ),
    "occlusion": marked(
        "Red is where the picture spoke most for the class that was said: where the model became less sure "
        "of it when that part of the picture was covered."
    ),
}
_LIMITS = marked(
    "A map shows where the model looked, not what it saw there. Its strongest place is red, however sure the model was."
)
# The worst and the best network in benchmarks/results/heat_maps.json.
_TRIED = marked(
    "On drawn pictures in which one square shows the class, 95 to 100 of 100 maps of a network have "
    "that place in the square, and 68 to 100 if a shape without meaning is as bright."
)


@dataclass(frozen=True)
class HeatWords:
    """Sentences for a reader."""

    shows: str
    limits: str
    missing: str  # how many pictures have no map; empty if all have one


def heat_words(maps: HeatMaps | None) -> HeatWords | None:
    """Return the sentences; None if there is no map."""
    if maps is None or not maps.maps or maps.method not in _SHOWS:
        return None
    return HeatWords(
        shows=translate(_SHOWS[maps.method]),
        limits=translate(_LIMITS) + (f" {translate(_TRIED)}" if maps.method == "gradients" else ""),
        missing=" ".join(_missing(maps)),
    )


def _missing(maps: HeatMaps) -> Iterator[str]:
    if maps.empty:
        has = agree(maps.empty, "error has", "errors have")
        yield translate(
            "{empty} {has} none: no place of the picture speaks for the prediction by itself.",
            empty=f"{maps.empty:,}",
            has=has,
        )
    if (left := maps.wanted - maps.empty - len(maps.maps)) > 0:
        has = agree(left, "error has", "errors have")
        yield translate(
            "{left} more {has} none, as the time was enough for the worst ones only.", left=f"{left:,}", has=has
        )
