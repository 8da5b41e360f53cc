"""`onelook verify`: check that a model folder is complete and unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from onelook.classifier import Verification, verify
from onelook.classifier.golden import TOLERANCE
from onelook.errors import ModelError


def verify_model(model: str | Path) -> Verification:
    """Check a model folder, and return what was checked. It writes nothing.

    Raises:
        ModelError: a file is missing or altered, or the model's predictions have changed since it was saved.
    """
    result = verify(model)
    refuse_changed(model, result.differences, result.tolerance)
    return result


def refuse_changed(model: str | Path, differences: Mapping[str, float], tolerance: float = TOLERANCE) -> None:
    """Refuse a model that predicts something else than when it was saved.

    Args:
        model: its path.
        differences: engine -> its largest difference from the saved probabilities of the golden pictures.
        tolerance: the largest difference that counts as the same.

    Raises:
        ModelError: a difference is larger.
    """
    worst = max(differences, key=lambda engine: differences[engine])
    if differences[worst] > tolerance:
        raise ModelError(
            f"{model}: with {worst} the golden pictures' probabilities differ by {differences[worst]:.2g} from "
            f"the saved ones; allowed is {tolerance:g}. This installation computes something else: "
            "compare its versions with the model's (model.json, training.versions)."
        )
