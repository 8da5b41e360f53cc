"""Recognise columns with the sides of boxes, or with outlines: such rows are about objects in a picture."""

from __future__ import annotations

import re
from collections.abc import Collection

_SIGNS = re.compile(r"[^a-z0-9]")
_BOXES = (
    *({"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"x", "y", "w", "h"}, {"x", "y", "width", "height"}),
    {"x", "y", "dx", "dy"},
    {"upperleftcornerx", "upperleftcornery", "lowerrightcornerx", "lowerrightcornery"},
    *({"left", "top", "width", "height"}, {"xcenter", "ycenter", "width", "height"}, {"bboxx", "bboxy"}),
    *({"bbox"}, {"boundingbox"}, {"allpointsx", "allpointsy"}),  # the last as VGG's annotator writes a polygon
    *({"encodedpixels"}, {"rle"}, {"rlemask"}, {"segmentation"}),  # an outline, as Kaggle writes it
)
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
