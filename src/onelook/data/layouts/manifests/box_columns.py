"""Columns with the sides of boxes: their rows tell of things in a picture, and not of the picture."""

from __future__ import annotations

import re
from collections.abc import Collection

_SIGNS = re.compile(r"[^a-z0-9]")
_BOXES = (
    *({"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"x", "y", "w", "h"}, {"x", "y", "width", "height"}),
    *({"left", "top", "width", "height"}, {"bboxx", "bboxy"}, {"bbox"}, {"boundingbox"}),
)


def has_boxes(columns: Collection[str]) -> bool:
    """Return whether some of the columns hold the sides of a box.

    Example:
        >>> has_boxes(["image", "x_min", "y_min", "x_max", "y_max"]), has_boxes(["image", "width", "height"])
        (True, False)
    """
    names = {_SIGNS.sub("", column.casefold()) for column in columns}
    return any(box <= names for box in _BOXES)
