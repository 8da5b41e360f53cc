"""Check that a model has not changed since it was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from onelook.classifier.card import CARD
from onelook.classifier.engines import available_engines, build_predictor
from onelook.classifier.folder import read_model
from onelook.classifier.golden import TOLERANCE, largest_difference
from onelook.errors import ModelError
from onelook.wording import counted


@dataclass(frozen=True, repr=False)
class Verification:
    """The result of the checks. A file that is missing or altered raises an error instead."""

    path: Path  # of the model, as it was given
    files: tuple[str, ...]  # files with the right checksum
    golden_pictures: int  # how many pictures were predicted again
    golden_engine: str  # the engine of the saved probabilities
    differences: Mapping[str, float]  # engine -> its largest difference from the saved probabilities
    tolerance: float = TOLERANCE  # the largest difference that counts as the same

    @property
    def passed(self) -> bool:
        """Whether every engine predicts the same as when the model was saved."""
        return all(difference <= self.tolerance for difference in self.differences.values())

    def __repr__(self) -> str:
        result = "unchanged" if self.passed else "it predicts something else than when it was saved"
        return f"<Verification of {str(self.path)!r}: {result}; {counted(len(self.files), 'file')}>"

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook verify --json`."""
        return {
            "path": str(self.path),
            "passed": self.passed,
            "files": list(self.files),
            "golden_pictures": self.golden_pictures,
            "golden_engine": self.golden_engine,
            "differences": dict(self.differences),
            "tolerance": self.tolerance,
        }


def verify(path: str | Path) -> Verification:
    """Check every checksum, and predict the golden pictures with every installed engine. It writes nothing.

    Raises:
        ModelError: there is no model, or a file is missing, altered, damaged, or of a newer format.
    """
    try:
        parts = read_model(Path(path))
    except OSError as problem:
        raise ModelError(
            f"{path}: could not be read ({problem.strerror}). Check the path and its permissions."
        ) from problem
    differences: dict[str, float] = {}
    for engine in ("sklearn",) if parts.card.classical is not None else available_engines():
        predictor = build_predictor(engine, parts.card, parts.weights, parts.graph, parts.estimator)
        replayed = predictor.probabilities(parts.golden.pictures)
        differences[engine] = largest_difference(replayed, parts.golden.probabilities)
    return Verification(
        path=Path(path),
        files=(CARD, *sorted(parts.card.files)),
        golden_pictures=len(parts.golden.pictures),
        golden_engine=parts.card.golden_engine,
        differences=differences,
    )
