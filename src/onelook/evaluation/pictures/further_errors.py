"""The errors beyond the worst ones: all of them by id, and small pictures of as many as a number of bytes allows."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.data.labels import Labels
from onelook.evaluation.pictures.index import FurtherError, FurtherErrors
from onelook.evaluation.pictures.thumbnails import thumbnail

# The largest size of all pictures together, in base64. With ten classes this holds 2,900 digits of MNIST or 450
# photographs. A page shows no more than keeps it below 3 MB, or 15 MB with 1,000 classes.
_BYTES, _BYTES_A_CLASS, _MOST_BYTES = 1_500_000, 6_000, 7_500_000
_LONGEST = 112  # pixels; the page shows a picture 122 pixels wide
_TURN = 12  # pictures of one confusion before those of the next, rarer one
_BATCH = 64  # pictures read at once


def find_further_errors(
    wrong: NDArray[np.int64],
    worst: int,
    *,
    probabilities: NDArray[np.float32],
    image_set: ImageSet,
    labels: Labels,
    class_names: tuple[str, ...],
    value_range: tuple[float, float],
) -> FurtherErrors:
    """Return all errors after the first `worst`, with pictures of as many as the number of bytes allows.

    Each confusion has twelve pictures before any has more, the most frequent confusion first.

    Args:
        wrong: (errors,), the positions of all errors, the worst first.
        worst: the number of errors at its start that are kept elsewhere.
        probabilities: (rows, classes), for the rows of `image_set` in order.
        image_set: the pictures that the model was scored on.
        labels: (rows,), their classes.
        class_names: by position.
        value_range: the values that mean black and white.
    """
    predicted = probabilities.argmax(axis=1)
    confusions = list(zip(labels[wrong].tolist(), predicted[wrong].tolist(), strict=True))
    order = [place for place in picture_order(confusions) if place >= worst]
    room = min(_BYTES + _BYTES_A_CLASS * len(class_names), _MOST_BYTES)
    pictures: dict[int, str] = {}
    for place, picture in zip(order, _encoded(wrong[order], image_set, value_range), strict=False):
        room -= len(picture)
        if room < 0:
            break
        pictures[place] = picture
    shown = sorted(pictures)
    rest = (place for place in range(worst, len(wrong)) if place not in pictures)
    return FurtherErrors(
        class_names=class_names,
        errors=tuple(
            FurtherError(
                id=image_set.ids[position],
                label=int(labels[position]),
                predicted=int(predicted[position]),
                p_label=round(float(probabilities[position, labels[position]]), 6),
                p_predicted=round(float(probabilities[position, predicted[position]]), 6),
                picture=pictures.get(place, ""),
            )
            for place in (*shown, *rest)
            for position in (int(wrong[place]),)
        ),
    )


def picture_order(confusions: list[tuple[int, int]]) -> list[int]:
    """Return the places of errors in the order in which they get pictures.

    Args:
        confusions: (label, predicted) of each error, the worst first.

    Example:
        >>> picture_order([(0, 1), (2, 1), (2, 1)])
        [1, 2, 0]
    """
    counts, seen = Counter(confusions), Counter[tuple[int, int]]()
    keys = []
    for confusion in confusions:
        keys.append((seen[confusion] // _TURN, -counts[confusion], confusion))
        seen[confusion] += 1
    return sorted(range(len(confusions)), key=keys.__getitem__)


def _encoded(positions: NDArray[np.int64], image_set: ImageSet, value_range: tuple[float, float]) -> Iterator[str]:
    """Yield a small picture of each position, as base64; a batch is read when its first picture is due."""
    for start in range(0, len(positions), _BATCH):
        for image in image_set.take(positions[start : start + _BATCH]):
            content, _ = thumbnail(image, value_range, longest=_LONGEST, enlarged=False)
            yield base64.b64encode(content).decode()
