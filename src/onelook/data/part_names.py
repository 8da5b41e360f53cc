"""The names of the parts of a data set, what people call them, and which part to learn from."""

from __future__ import annotations

from collections.abc import Container, Mapping

PART_ORDER = ("train", "val", "test")

# What people call the folders, files and splits of each part, in lower case.
PART_FOLDERS: Mapping[str, str] = {
    "train": "train",
    "training": "train",
    "training_set": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "validation_set": "val",
    "test": "test",
    "testing": "test",
    "test_set": "test",
    "test1": "test",  # Kaggle's Dogs vs. Cats
    "train_images": "train",
    "val_images": "val",
    "test_images": "test",
}


def pool_name(parts: Container[str]) -> str | None:
    """Return the part to learn from: `train`, or `all` where the data has no parts; None where neither is there.

    Example:
        >>> pool_name({"train", "test"}), pool_name({"all"}), pool_name({"val", "test"})
        ('train', 'all', None)
    """
    return next((name for name in ("train", "all") if name in parts), None)
