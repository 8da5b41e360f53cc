"""A model in other formats, each checked against the original before it is kept.

Every registered export is `export(classifier, out) -> Exported`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from onelook.registry import Registry

EXPORTS = Registry(
    "export format",
    {"onnx": ("onelook.export.onnx:export_onnx", "one file for ONNX Runtime: raw pictures in, probabilities out")},
)


@dataclass(frozen=True)
class Exported:
    """An exported file that gives the model's probabilities."""

    path: Path
    size_bytes: int
    golden_pictures: int  # the number of pictures on which it was compared with the model
    difference: float  # the largest between their probabilities
    class_names: tuple[str, ...]  # in the order of the file's output; the file itself has no names

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook export --json`."""
        return {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "golden_pictures": self.golden_pictures,
            "difference": self.difference,
            "class_names": list(self.class_names),
        }
