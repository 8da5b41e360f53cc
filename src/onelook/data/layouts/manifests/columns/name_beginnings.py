"""Read how file names begin: the first of their fields that is not the same for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FIELDS = re.compile(r"[\W_]+")


def name_beginnings(paths: Sequence[str]) -> list[str]:
    """Return the first field of each file name that is not the same for all; empty if there is none.

    Example:
        >>> name_beginnings(["im/img_cat_1.png", "im/img_dog_2.png"])
        ['cat', 'dog']
        >>> name_beginnings(["im_1.png", "im_2.png"])
        []
    """
    fields = [_FIELDS.split(path.rpartition("/")[2].partition(".")[0]) for path in paths]
    for at in range(min(map(len, fields), default=1) - 1):  # the last field numbers the pictures
        found = [each[at] for each in fields]
        if len(set(found)) > 1:
            return found
    return []
