"""What an export made, and how it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Exported:
    """A file that gives what the original gives."""

    path: Path
    size_bytes: int
    golden_pictures: int  # on which it was compared with the original
    largest_difference: float  # between their probabilities
    class_names: tuple[str, ...]  # in the order of the file's output, which does not know them

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "golden_pictures": self.golden_pictures,
            "largest_difference": self.largest_difference,
            "class_names": list(self.class_names),
        }
