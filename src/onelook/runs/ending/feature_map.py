"""Draw a map of the scored pictures by what the model makes of them."""

from __future__ import annotations

import numpy as np

from onelook.evaluation.feature_map import (
    FEWEST_POINTS,
    MAP,
    MOST_POINTS,
    FeatureMap,
    Method,
    count_among_others,
    few_components,
    lay_out,
    on_the_map,
    packed,
)
from onelook.evaluation.pictures.index import write_index
from onelook.evaluation.pictures.sheet import make_sheet
from onelook.evaluation.small_pixels import flat, small_pixels, spread_rows
from onelook.heap import give_back_memory
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

_SECONDS, _TSNE_SECONDS = 1.5, 5.0  # of processor time on a slow core, for 10,000 points
_SHORTEST_LIMIT, _SHORTEST_FOR_TSNE = 120.0, 300.0


def _method(facts: EndingFacts) -> Method:
    limit = facts.settings.time_limit_seconds
    return "t-sne" if limit is None or limit >= _SHORTEST_FOR_TSNE else "pca"


def _cost(facts: EndingFacts) -> Cost:
    share = min(1.0, len(facts.scored) / MOST_POINTS)
    of_tsne = _TSNE_SECONDS * min(1.0, 4 * share) if _method(facts) == "t-sne" else 0.0
    return Cost(seconds=_SECONDS * share + of_tsne)


def _is_wanted(facts: EndingFacts) -> bool:
    return facts.settings.folds is None and len(facts.scored) >= FEWEST_POINTS


def _run(ending: Ending) -> Ending:
    scored, settings = ending.scored, ending.begun.settings
    rows, values = scored.with_features, scored.features
    seen_features = rows is not None and values is not None
    if rows is None or values is None:
        rows = spread_rows(len(scored.pictures), MOST_POINTS)
        values = flat(small_pixels(scored.pictures, rows))
    sheet = make_sheet(scored.pictures, rows, ending.data.value_range)
    give_back_memory()  # of encoding the sheet, 60 MB
    labels = scored.labels[rows]
    predicted = scored.probabilities.argmax(axis=1)[rows]
    components = few_components(values, settings.seed)
    plane, laid_out = lay_out(components, _method(EndingFacts(settings, ending.begun.data)), settings.seed)
    index = FeatureMap(
        method="t-sne" if laid_out else "pca",
        seen="features" if seen_features else "pixels",
        rows=len(scored.pictures),
        laid_out=laid_out,
        errors=int(np.count_nonzero(labels != predicted)),
        among_others=count_among_others(components, labels, predicted),
        class_names=ending.data.dataset.class_names,
        ids=tuple(scored.pictures.ids[row] for row in rows.tolist()),
        positions=packed(on_the_map(plane).ravel()),
        labels=packed(labels),
        predicted=packed(predicted),
        sure=packed((10_000 * scored.probabilities.max(axis=1)[rows]).round()),
        sheet=sheet,
    )
    write_index(ending.folder.evidence / MAP, index, indent=None)
    return ending


STEP = EndingStep(
    _run,
    writes=(f"evidence/{MAP}",),
    cost=_cost,
    is_wanted=_is_wanted,
    reads_features=True,
    least_limit_seconds=_SHORTEST_LIMIT,
    what="the map of the pictures",
)
