"""`onelook export`: a model as one file that runs on its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelook.classifier import load
from onelook.classifier.golden import TOLERANCE, largest_difference
from onelook.errors import ConfigError, ModelError, unknown_name
from onelook.files import write_bytes
from onelook.predictors.onnx import OnnxPredictor

FORMATS = ("onnx",)


@dataclass(frozen=True)
class Exported:
    """The file, and how far it lies from the original."""

    path: Path
    size_bytes: int
    difference: float  # the largest on the golden pictures
    class_names: tuple[str, ...]  # in the order of the file's output, which does not know them

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "difference": self.difference,
            "class_names": list(self.class_names),
        }


def export_model(model: str | Path, file_format: str, out: str | Path | None = None) -> Exported:
    """Writes the model in another format; it is kept only if it says what the original says.

    The ONNX file takes `images`, (batch, height, width, channels) raw pixels, and gives `probabilities`,
    (batch, classes); the preparation is a part of it.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        file_format: `onnx`.
        out: the file; by default named after the model, in the current folder.

    Raises:
        ConfigError: an unknown format, `out` lies in the model's own folder, or the model is no network.
        ModelError: the model is damaged, or the file says something else than the original.
    """
    if file_format not in FORMATS:
        raise unknown_name("format", file_format, FORMATS)
    source = Path(model).resolve()
    target = Path(out) if out is not None else Path(f"{_name(source)}.{file_format}")
    if target.resolve().parent in (source, source / "model"):
        raise ConfigError(f"--out {target}: lies in the model's own folder, which is kept as it was saved.")
    classifier = load(model)
    classifier.card.need_network(f"--to {file_format}")
    replayed = OnnxPredictor(classifier.graph).probabilities(classifier.golden.pictures)
    difference = largest_difference(replayed, classifier.golden.probabilities)
    if difference > TOLERANCE:
        raise ModelError(
            f"{model}: the exported file's probabilities differ by {difference:.2g} from the original's on its golden "
            f"pictures, at most {TOLERANCE:g} may be. It was not kept."
        )
    write_bytes(target, classifier.graph)
    return Exported(target, len(classifier.graph), difference, classifier.class_names)


def _name(source: Path) -> str:
    """The run's name where the model is a run's, else the folder's or the zip's."""
    return source.parent.name if source.name == "model" else source.stem if source.is_file() else source.name
