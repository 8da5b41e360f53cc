"""The places of a picture that count in decision trees, and the questions of one tree about a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.learned.index import Importances
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.evaluation.pictures.tiles import draw_tiles
from onelook.wording import agree, number

_COLOURS = ("red", "green", "blue")
_LEAF = -1  # the child of a node that asks nothing


def draw_importances(estimator: Any, shape: tuple[int, int, int], writer: ThumbnailWriter) -> Importances:
    """Draw how much each place counts: the sum over its questions of how much purer they made the classes.

    It is scikit-learn's `feature_importances_` (Breiman 2001), added up over the channels. The square root is drawn,
    because a few places would leave the others black.

    Args:
        estimator: a fitted tree or forest on pixels.
        shape: (height, width, channels) of a picture.
        writer: keeps the picture.
    """
    by_place = np.asarray(estimator.feature_importances_, np.float64).reshape(shape).sum(axis=2)
    row, column = np.unravel_index(by_place.argmax(), by_place.shape)
    shares = np.sqrt(by_place / max(by_place.max(), np.finfo(np.float64).tiny))
    writer.keep("importances.png", draw_tiles(np.rint(255 * shares).astype(np.uint8)[None, :, :, None], columns=1))
    return Importances(file="importances.png", strongest=(int(row) + 1, int(column) + 1))


def ask_tree(
    estimator: Any, values: NDArray[np.float32], shape: tuple[int, int, int], class_names: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    """Return the questions that a tree asks about one picture, each with its answer, and what it concludes.

    Args:
        estimator: a fitted tree, or a forest, of which the first tree is asked.
        values: (pixels,), the picture as the tree gets it.
        shape: (height, width, channels) of a picture.
        class_names: of the classes that the estimator saw, in its order.
    """
    first = estimator.estimators_[0] if hasattr(estimator, "estimators_") else estimator
    tree, node, questions = first.tree_, 0, []
    while tree.children_left[node] != _LEAF:
        place, limit = int(tree.feature[node]), float(tree.threshold[node])
        is_below = values[place] <= limit
        sides = ("at most", "yes") if is_below else ("at most", "no")
        questions.append(
            f"{_place_in_words(place, shape)} is {number(float(values[place]), 3)}: {sides[0]} {number(limit, 3)}? "
            f"{sides[1]}"
        )
        node = int((tree.children_left if is_below else tree.children_right)[node])
    counts = np.asarray(tree.value[node][0], np.float64)
    best = int(counts.argmax())
    rows = int(tree.n_node_samples[node])
    share = round(rows * counts[best] / counts.sum())
    pictures = agree(rows, "training picture", "training pictures")
    return tuple(questions), f"{class_names[best]}: {share:,} of {rows:,} {pictures} that come to this end"


def _place_in_words(place: int, shape: tuple[int, int, int]) -> str:
    """Return the position of a value in words.

    Example:
        >>> _place_in_words(29, (28, 28, 1)), _place_in_words(4, (28, 28, 3))
        ('row 2, column 2', 'row 1, column 2, green')
    """
    row, column, channel = (int(each) for each in np.unravel_index(place, shape))
    words = f"row {row + 1}, column {column + 1}"
    if shape[2] == 1:
        return words
    return f"{words}, {_COLOURS[channel] if shape[2] == len(_COLOURS) else f'channel {channel + 1}'}"
