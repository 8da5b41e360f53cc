"""Find the label of each picture in a text of the same name: `img_1.txt` with `img_1.jpg, 0` or with `cat`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.data.storage.location import Location, suffix_of

TXT = ".txt"
_LARGEST_BYTES = 400
_LOOKED_AT = 20
_FEWEST = 4
_SHARE_OF_PICTURES = 0.9  # that have a text, and whose texts hold one label
_SIGNS = re.compile(r"[\s,;:|]+")


def text_files(location: Location, pictures: Sequence[str]) -> dict[str, str]:
    """Return the text of each picture, if nearly all have one and a sample of them holds labels; else empty.

    Args:
        pictures: the names of all pictures.
    """
    texts = {entry[: -len(TXT)]: entry for entry in location.entries() if suffix_of(entry) == TXT}
    if len(texts) < max(_FEWEST, _SHARE_OF_PICTURES * len(pictures)):
        return {}
    found = {name: texts[stem] for name in pictures if (stem := name.rpartition(".")[0]) in texts}
    if len(found) < _SHARE_OF_PICTURES * len(pictures):
        return {}
    step = max(2, len(found) // _LOOKED_AT)
    pairs = list(found.items())  # neighbours too, since a step may meet one class alone
    sample = [*pairs[::step][:_LOOKED_AT], *pairs[1::step][:_LOOKED_AT]]
    labels = [text_label(location, text, name) for name, text in sample]
    present = [label for label in labels if label is not None]
    are_classes = 1 < len(set(present)) <= len(present) // 2
    return found if are_classes and len(present) >= _SHARE_OF_PICTURES * len(labels) else {}


def text_label(location: Location, text: str, picture: str) -> str | None:
    """Return the label in a text: its only word, or what follows the name of the picture; None if it holds others."""
    content = location.read(text)
    lines = content[:_LARGEST_BYTES].decode("utf-8-sig", errors="replace").split("\n") if content else []
    filled = [line.strip() for line in lines if line.strip()]
    if len(content) > _LARGEST_BYTES or len(filled) != 1:
        return None
    first, *rest = _SIGNS.split(filled[0], maxsplit=1)
    file = picture.rpartition("/")[2]
    if rest and rest[0] and first in (file, file.rpartition(".")[0]):
        return rest[0]
    return None if rest else first
