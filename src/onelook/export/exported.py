"""What an export wrote, and how far it lies from the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Exported:
    """A file that gives the model's probabilities."""

    path: Path
    size_bytes: int
    golden_pictures: int  # on which it was compared with the model
    difference: float  # the largest between their probabilities
    class_names: tuple[str, ...]  # in the order of the file's output, which does not know them

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "golden_pictures": self.golden_pictures,
            "difference": self.difference,
            "class_names": list(self.class_names),
        }
