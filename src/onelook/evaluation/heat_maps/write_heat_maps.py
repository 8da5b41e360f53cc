"""Write maps of where a model looked to a run's `evidence/heat-maps/`: of the errors, as many as the time allows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.data.labels import Labels
from onelook.evaluation.heat_maps.choose_method import choose_method
from onelook.evaluation.heat_maps.grid import grid_of, in_digits, on_grid
from onelook.evaluation.pictures.further_errors import picture_order
from onelook.evaluation.pictures.index import HEAT_MAPS, INDEX, HeatMap, HeatMaps, write_index
from onelook.evaluation.pictures.report_pictures import WORST_ERRORS, worst_errors
from onelook.files import atomic_folder

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_MOST_BYTES = 200_000  # of all maps in the page
_BATCH = 4  # pictures between two looks at the clock


def write_heat_maps(
    folder: Path,
    classifier: Classifier,
    scored: ImageSet,
    probabilities: NDArray[np.float32],
    *,
    seconds: float,
) -> HeatMaps | None:
    """Write maps of the errors to `folder`/heat-maps, whole or not at all; return their index, None without errors.

    The worst errors come first, then the others in the order in which the page has room for their pictures.

    Args:
        folder: a run's `evidence/`.
        classifier: the model.
        scored: the labelled pictures that it was scored on.
        probabilities: (rows, classes), for the rows of `scored` in order.
        seconds: after this time no further map is begun.
    """
    if scored.labels is None:
        return None
    started = time.perf_counter()
    predicted = probabilities.argmax(axis=1)
    order = _order(worst_errors(probabilities, scored.labels), scored.labels, predicted)
    if not len(order):
        return None
    method, maps_of = choose_method(classifier)
    height, width = classifier.card.input_shape[:2]
    grid = grid_of(height, width)
    most = _MOST_BYTES // (grid[0] * grid[1])
    maps: list[HeatMap] = []
    empty = 0
    for start in range(0, min(most, len(order)), _BATCH):
        elapsed = time.perf_counter() - started
        if start and elapsed * (start + _BATCH) / start > seconds:
            break
        rows = order[start : start + _BATCH]
        cells = in_digits(on_grid(maps_of(scored.take(rows), predicted[rows])))
        drawn = [(row, each) for row, each in zip(rows.tolist(), cells, strict=True) if each.strip("0")]
        maps += [HeatMap(id=scored.ids[row], cells=each) for row, each in drawn]
        empty += len(rows) - len(drawn)
    index = HeatMaps(method=method, size=(height, width), grid=grid, wanted=len(order), empty=empty, maps=tuple(maps))
    with atomic_folder(folder / HEAT_MAPS) as temporary:
        write_index(temporary / INDEX, index)
    return index


def _order(worst: NDArray[np.int64], labels: Labels, predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the errors in the order in which the page has room for their pictures."""
    confusions = list(zip(labels[worst].tolist(), predicted[worst].tolist(), strict=True))
    further = [place for place in picture_order(confusions) if place >= WORST_ERRORS]
    return np.concatenate([worst[:WORST_ERRORS], worst[further]]).astype(np.int64)
