"""`onelook verify`: whether a model is what it was when it was saved."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import Verification, verify
from onelook.errors import ModelError


def verify_model(model: str | Path) -> Verification:
    """What was checked, all of it right. Writes nothing.

    Raises:
        ModelError: a file is missing or altered, or the model no longer says what it said when it was saved.
    """
    result = verify(model)
    if not result.passed:
        worst = max(result.differences, key=lambda engine: result.differences[engine])
        raise ModelError(
            f"{model}: with {worst} the golden pictures' probabilities differ by {result.differences[worst]:.2g} from "
            f"those that were saved, at most {result.tolerance:g} may be. This installation computes something else: "
            "compare its versions with the model's (model.json, training.versions)."
        )
    return result
