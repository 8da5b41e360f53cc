"""The steps of a run after training, in order.

A new step is a module here with an `EndingStep`, and a line below.
"""

from __future__ import annotations

from onelook.registry import Registry

ENDING_STEPS = Registry(
    "ending step",
    {
        "temperature": ("onelook.runs.ending.temperature:STEP", "fits the confidence to the accuracy"),
        "signature": ("onelook.runs.ending.signature:STEP", "remembers what the training pictures look like"),
        "model": ("onelook.runs.ending.portable:STEP", "saves the model"),
        "score": ("onelook.runs.ending.score:STEP", "scores it on pictures that did not influence it"),
        "baseline": ("onelook.runs.ending.baseline:STEP", "scores a simple model on the same pictures"),
        "evaluation": ("onelook.runs.ending.score:RESULT_FILES", "writes the score and every prediction"),
        "pictures": ("onelook.runs.ending.pictures:STEP", "keeps the pictures that the report shows"),
        "contents": ("onelook.runs.ending.contents:STEP", "keeps what their marks are known by if they are moved"),
        "learning curve": ("onelook.runs.ending.learning_curve:STEP", "measures what more pictures would give"),
        "gains": ("onelook.runs.ending.gains:STEP", "finds what to do next, in order of gain"),
        "map": ("onelook.runs.ending.feature_map:STEP", "draws a map of the scored pictures"),
        "heat maps": ("onelook.runs.ending.heat_maps:STEP", "finds where the model looked"),
        "learned": ("onelook.runs.ending.learned:STEP", "keeps filters, feature maps and similar training pictures"),
    },
)
