"""Find grey pictures among coloured ones, or coloured ones among grey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.empty import is_blank
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import FEWEST

# The largest difference between the channels of 99 in 100 pixels, as a share of the range: four levels of 255, and not
# five. Grey pictures stored as colour in JPEG stay within it; a black cat before a white wall has nine or more.
LEAST_COLOUR = 4.5 / 255


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with grey pictures if most have colour, or the reverse."""
    reference = evidence.splits.values() if evidence.pool is None else [evidence.pool]
    found = [_is_grey(split) for split in reference]
    known = np.concatenate([values[~np.isnan(values)] for values in found if values is not None] or [np.zeros(0)])
    if len(known) < FEWEST:
        return []
    most_are_grey = float(np.mean(known)) > 0.5

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        is_grey = _is_grey(split)
        if is_grey is None:
            return None
        colour = split.measures["chroma"] - LEAST_COLOUR
        return np.where(np.isnan(is_grey), np.nan, colour if most_are_grey else -colour)

    return find_past_limit(
        evidence,
        "odd-colour",
        excess,
        what="coloured where most are grey" if most_are_grey else "grey where most have colour",
        advice="Because of them every picture is read in three channels: make them grey, if colour means nothing."
        if most_are_grey
        else "A model can take missing colour for the sign of a class: have grey pictures in every class, or in none.",
    )


def _is_grey(split: SplitEvidence) -> NDArray[np.float64] | None:
    """Return 1 for grey, 0 for colour, NaN for a blank picture; None if all pictures are read in grey."""
    chroma = split.measures.get("chroma")
    if chroma is None:
        return None
    return np.where(is_blank(split), np.nan, (chroma < LEAST_COLOUR).astype(np.float64))
