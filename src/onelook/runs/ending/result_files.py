"""Write the score and every prediction."""

from __future__ import annotations

from onelook.files import json_text, write_text
from onelook.runs.ending.step import Ending, EndingStep


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.predictions import write_predictions

    folder, scored = ending.folder, ending.scored
    write_text(folder.evaluation, json_text(scored.evaluation.to_dict()) + "\n")
    write_predictions(folder.predictions, scored.pictures.ids, scored.probabilities, ending.classifier.class_names)
    return ending


STEP = EndingStep(_run, writes=("evaluation.json", "predictions.csv"))
