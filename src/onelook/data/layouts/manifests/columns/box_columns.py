"""Recognise columns with the sides of boxes, or with outlines: such rows are about objects in a picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from onelook.data.layouts.manifests.columns.number_columns import number_of

_SIGNS = re.compile(r"[^a-z0-9]")
_BOXES = (
    *({"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"x", "y", "w", "h"}, {"x", "y", "width", "height"}),
    {"x", "y", "dx", "dy"},
    {"upperleftcornerx", "upperleftcornery", "lowerrightcornerx", "lowerrightcornery"},
    *({"left", "top", "width", "height"}, {"xcenter", "ycenter", "width", "height"}, {"bboxx", "bboxy"}),
    *({"bbox"}, {"boundingbox"}, {"allpointsx", "allpointsy"}),  # the last as VGG's annotator writes a polygon
    *({"encodedpixels"}, {"rle"}, {"rlemask"}, {"segmentation"}),  # an outline, as Kaggle writes it
)
_CONFIDENCES = frozenset({"conf", "confidence", "score", "probability", "prob"})
OUTLINE_COLUMNS = frozenset({"encodedpixels", "rle", "rlemask", "segmentation"})


def box_columns(columns: Collection[str]) -> frozenset[str]:
    """Return the columns with the sides of a box, or an outline; empty if a side is missing.

    Example:
        >>> sorted(box_columns(["image", "x_min", "y_min", "x_max", "y_max"]))
        ['x_max', 'x_min', 'y_max', 'y_min']
        >>> box_columns(["image", "x", "y", "width"])
        frozenset()
    """
    names = {_SIGNS.sub("", column.casefold()): column for column in columns}
    return next((frozenset(names[side] for side in box) for box in _BOXES if box <= names.keys()), frozenset())


def are_found_by_machine(columns: Mapping[str, Sequence[str | None]]) -> bool:
    """Return whether a table gives boxes with a confidence below 1 each, as a detector writes them: they are guesses.

    People who draw boxes write 1, if anything.

    Example:
        >>> are_found_by_machine({"detections.bbox": ["0.1|0.2|0.3|0.3"], "detections.conf": ["0.98"]})
        True
        >>> are_found_by_machine({"bbox": ["1|2|3|3"], "confidence": ["1.0"]})
        False
    """
    last = {name.rpartition(".")[2].casefold(): name for name in columns}
    if not box_columns(last):
        return False
    of_boxes = [columns[name] for word, name in last.items() if word in _CONFIDENCES]
    numbers = [number_of(each) for cells in of_boxes for cell in cells if cell for each in cell.split("|")]
    return any(number is not None and 0 < number < 1 for number in numbers)
