"""Check that a model has not changed since it was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import JsonValue

from onelook.classifier.card import CARD, ModelCard
from onelook.classifier.engines import available_engines, build_predictor
from onelook.classifier.folder import read_model
from onelook.classifier.golden import TOLERANCE, largest_difference
from onelook.errors import ModelError, shown
from onelook.runtime import versions
from onelook.wording import counted, listed

if TYPE_CHECKING:
    from onelook.classifier.model import Classifier


# The packages that decide an engine's answers.
_DECIDING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"onnx": ("onelook", "onnxruntime"), "torch": ("onelook", "torch"), "sklearn": ("onelook", "scikit-learn", "numpy")}
)


def other_versions(card: ModelCard, engine: str) -> tuple[str, ...]:
    """Return in which of the packages that decide an engine's answers this installation differs from the model's.

    Returns:
        Words such as "onnxruntime 1.20.0 (here 1.31.1)"; none if the model does not name its versions.
    """
    stated, here = card.training.get("versions"), versions()
    if not isinstance(stated, Mapping):
        return ()
    return tuple(
        f"{name} {shown(stated[name])} (here {here.get(name, 'none')})"
        for name in _DECIDING[engine]
        if name in stated and stated[name] != here.get(name)
    )


def refuse_other_answers(classifier: Classifier, path: str | Path) -> None:
    """Refuse a model that this installation, with other versions of packages, makes answer otherwise.

    Where the versions are those of the model, nothing is predicted.

    Raises:
        ModelError: the golden pictures' probabilities differ by more than 1e-4 from the saved ones.
    """
    found = other_versions(classifier.card, classifier.engine)
    if not found:
        return
    golden = classifier.golden
    difference = largest_difference(classifier.probabilities(golden.pictures), golden.probabilities)
    if not difference <= TOLERANCE:
        raise ModelError(
            f"{path}: here the golden pictures' probabilities differ by {difference:.2g} from the saved ones; allowed "
            f"is {TOLERANCE:g}. The model was made with {listed(found)}. Install these versions, or train "
            "the model again."
        )


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
