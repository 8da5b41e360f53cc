"""The text of public objects as the last line of a cell: one line, whatever they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from onelook.classifier import Classifier, Verification
from onelook.classifier.picture_list import TRAINED, VALIDATED, PictureList
from onelook.commands.find_rate import FoundRate
from onelook.data.duplicates.fingerprints import join_fingerprints
from onelook.data.open import open_dataset
from onelook.training.measurements.find_learning_rate import RateSweep
from onelook.tuning.search_result import SearchResult


def things(classifier: Classifier) -> dict[str, object]:
    sweep = RateSweep((0.1,) * 99, (1.0,) * 99, (1.0,) * 99, 0.004, 0.1, 0.1, "why")
    return {
        "Part('train', 1,437 pictures)": open_dataset("digits").parts["train"],
        "Golden(16 pictures of 8×8×1)": classifier.golden,
        "ModelCard(2 classes, pictures of 8×8×1, uint8)": classifier.card,
        "PictureList(1 trained on, 2 validated on)": PictureList(
            join_fingerprints([]), np.array([TRAINED, VALIDATED, VALIDATED], np.uint8)
        ),
        "<FoundRate: 0.004 for mlp with adam on digits>": FoundRate("digits", "mlp", "adam", 32, sweep),
        "<Verification of 'm': unchanged; 2 files>": Verification(Path("m"), ("a", "b"), 9, "onnx", {"onnx": 1e-7}),
        "<Verification of 'n': it predicts something else than when it was saved; 1 file>": Verification(
            Path("n"), ("a",), 9, "onnx", {"onnx": 0.5}
        ),
        "<SearchResult 'runs/tune': complete, 0 trials>": SearchResult(Path("runs/tune"), "complete", (), None, None),
    }


def test_a_public_object_prints_as_one_line(brightness_classifier: Classifier) -> None:
    assert {line: repr(thing) for line, thing in things(brightness_classifier).items()} == {
        line: line for line in things(brightness_classifier)
    }
