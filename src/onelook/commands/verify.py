"""`onelook verify`: check that a model folder is complete and unchanged."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import Verification, verify
from onelook.errors import ModelError


def verify_model(model: str | Path) -> Verification:
    """Check a model folder, and return what was checked. It writes nothing.

    Raises:
        ModelError: a file is missing or altered, or the model's predictions have changed since it was saved.
    """
    result = verify(model)
    if not result.passed:
        worst = max(result.differences, key=lambda engine: result.differences[engine])
        raise ModelError(
            f"{model}: with {worst} the golden pictures' probabilities differ by {result.differences[worst]:.2g} from "
            f"the saved ones; allowed is {result.tolerance:g}. This installation computes something else: "
            "compare its versions with the model's (model.json, training.versions)."
        )
    return result
