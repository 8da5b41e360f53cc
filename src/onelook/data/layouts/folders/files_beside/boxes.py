"""Recognise files of boxes beside pictures, as YOLO and Pascal VOC write them. Boxes are not classes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError
from onelook.wording import counted, named

_LOOKED_AT = 20  # files examined of each kind, evenly spread
_READ_BYTES = 16_384  # read from each file, which has the boxes of one picture
_YOLO_LINE = re.compile(rb"\s*\d+(?:\s+-?\d*\.?\d+(?:[eE][-+]?\d+)?){4,}\s*")  # a class, and four numbers or a polygon
_BOX_OF = {".txt": "a class and a place in each line", ".xml": "objects with their places"}


def notes_on_boxes(location: Location, pictures: Sequence[str]) -> list[str]:
    """Return a note for each kind of file that is named like the pictures and contains boxes.

    Args:
        pictures: the names of all pictures.
    """
    files = [entry for entry in location.entries() if suffix_of(entry) in _BOX_OF]
    if not files:
        return []
    if cvat := [entry for entry in files if suffix_of(entry) == ".xml" and _is_of_cvat(location, entry)]:
        return [
            f"{named(cvat[:1])} holds CVAT's annotations, which are not read: export the task from CVAT as 'ImageNet' "
            "for a folder for each class, or as 'COCO' for a JSON file."
        ]
    stems = {_stem(name) for name in pictures}
    notes = []
    for suffix, what in _BOX_OF.items():
        beside = [entry for entry in files if suffix_of(entry) == suffix and _stem(entry) in stems]
        sample = beside[:: max(1, len(beside) // _LOOKED_AT)][:_LOOKED_AT]
        boxes = [_holds_boxes(location, entry) for entry in sample]
        if any(boxes) and False not in boxes:
            notes.append(
                f"{counted(len(beside), f'{suffix} file')} such as {named(beside[:1])}: called like the pictures, with "
                f"{what}. These are boxes (object detection), not one class a picture, which is what onelook learns: "
                "cut the boxes out into a folder for each class, or take a tool for detection."
            )
    return notes


def _is_of_cvat(location: Location, entry: str) -> bool:
    """Return whether an XML file is one of CVAT's for all pictures: `annotations.xml`."""
    if not entry.lower().endswith("annotations.xml"):
        return False
    with location.open(entry) as file:
        content = file.read(_READ_BYTES)
    return b"<annotations" in content and b"<image " in content


def _holds_boxes(location: Location, entry: str) -> bool | None:
    """Return whether a file contains boxes; None if it is empty, as for a picture without objects."""
    try:
        with location.open(entry) as file:
            content = file.read(_READ_BYTES)
    except (DataError, OSError):
        return False
    if suffix_of(entry) == ".xml":
        return b"<object" in content or b"<bndbox" in content
    lines = [line for line in content.splitlines() if line.strip()]
    if len(content) == _READ_BYTES:
        lines = lines[:-1]  # the last line may be truncated
    return all(_YOLO_LINE.fullmatch(line) for line in lines) if lines else None


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]
