"""Pictures with tables beside them that say the class, the part or the group, as public data sets have them."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place

KINDS = ("a", "b", "c", "d")


def roboflow(at: Place) -> None:
    for part, count in (("train", 12), ("valid", 6), ("test", 5)):
        names = [f"{i}_jpg.rf.{count:02x}{i:08x}.jpg" for i in range(count)]
        at.photos(*(f"{part}/{name}" for name in names))
        lines = (f"{name}, {int(i % 2 == 0)}, {i % 2}" for i, name in enumerate(names))
        at.text(f"{part}/_classes.csv", "filename, cat, dog", *lines)
    at.text("README.roboflow.txt", "Provided by a Roboflow user")
