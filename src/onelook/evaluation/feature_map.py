"""A map of scored pictures: pictures that are alike to the model lie near each other."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from onelook.evaluation.pictures.index import Record
from onelook.optional_packages import import_sklearn
from onelook.runtime import single_threaded_blas

MAP = "map.json"  # in `evidence/`
FEWEST_POINTS, MOST_POINTS = 50, 10_000
_MOST_LAID_OUT = 2_500  # points: the time of t-SNE grows with their number, and the others are placed beside them
_COMPONENTS = 50  # as van der Maaten & Hinton used: more are noise, and slow
_MOST_FITTED = 4_000  # points that the components are found from
_PERPLEXITY = 30.0
_ROUNDS = 500
_NEIGHBOURS = 3  # that a further point is placed by
_AMONG = 10  # neighbours of an error that say where it lies
_JITTER = 0.35  # of the usual distance between neighbours in the map, so that points do not hide each other
_CHUNK = 512
_WHOLE = 65_535  # of the map's longer side

Values = NDArray[np.float32]
Method = Literal["t-sne", "pca"]
Base64 = Annotated[str, Field(pattern="^[A-Za-z0-9+/=]*$")]


class Sheet(Record):
    """Small pictures of all points, side by side in one picture file, from left to right and from top to bottom."""

    picture: Base64  # a WebP
    side: int = Field(ge=1)  # of a picture, in pixels
    columns: int = Field(ge=1)


class FeatureMap(Record):
    """The content of `evidence/map.json`. Numbers of points are little-endian, in base64.

    Attributes:
        method: t-SNE, or the first two principal components where there was no time for it.
        seen: what the map is made of: the features below the network's last layer, or small pixels.
        rows: the pictures that were scored; the map shows at most 10,000 of them, evenly drawn.
        laid_out: the points that t-SNE laid out; each of the others lies beside the nearest of these.
        errors: the wrong answers in the map.
        among_others: the errors that lie among pictures of the class that they were taken for.
        positions: x and y of each point in turn, uint16: 0 to 65,535, y downwards.
        labels, predicted: positions in the class names, uint16.
        sure: the probability of the predicted class in ten-thousandths, uint16.
    """

    format_version: int = 1
    method: Method
    seen: Literal["features", "pixels"]
    rows: int
    laid_out: int
    errors: int
    among_others: int
    class_names: tuple[str, ...]
    ids: tuple[str, ...]
    positions: Base64
    labels: Base64
    predicted: Base64
    sure: Base64
    sheet: Sheet | None = None

    @model_validator(mode="after")
    def _numbers_fit(self) -> FeatureMap:
        count = len(self.ids)
        numbers = [unpacked(text) for text in (self.positions, self.labels, self.predicted, self.sure)]
        if [len(each) for each in numbers] != [2 * count, count, count, count]:
            raise ValueError(f"the numbers are not those of {count} points")
        if max(int(each.max(initial=0)) for each in numbers[1:3]) >= len(self.class_names):
            raise ValueError(f"a point is of a class that is not one of {len(self.class_names)}")
        return self

    @property
    def size_bytes(self) -> int:
        """About how many bytes it takes of a page."""
        numbers = sum(map(len, (self.positions, self.labels, self.predicted, self.sure)))
        return numbers + sum(map(len, self.ids)) + (0 if self.sheet is None else len(self.sheet.picture))


def packed(numbers: NDArray[np.integer] | NDArray[np.floating]) -> str:
    """Return whole numbers from 0 to 65,535 as base64."""
    return base64.b64encode(numbers.astype("<u2").tobytes()).decode()


def unpacked(text: str) -> NDArray[np.int64]:
    """Return the numbers of `packed`."""
    return np.frombuffer(base64.b64decode(text), "<u2").astype(np.int64)


def few_components(values: Values, seed: int) -> Values:
    """Return the principal components of the values, at most 50 and in order: (rows, components)."""
    import_sklearn()
    from sklearn.decomposition import PCA

    count = min(_COMPONENTS, *values.shape)
    fitted = values[np.linspace(0, len(values) - 1, min(len(values), _MOST_FITTED), dtype=np.int64)]
    count = min(count, len(fitted))
    with single_threaded_blas():
        found = PCA(count, svd_solver="randomized", random_state=seed).fit(fitted).transform(values)
    return np.asarray(found, np.float32)


def lay_out(components: Values, method: Method, seed: int) -> tuple[Values, int]:
    """Return a place in the plane for each point, (rows, 2), and how many points t-SNE laid out.

    t-SNE (van der Maaten & Hinton 2008, JMLR 9:2579) lays out at most 2,500 points, begun at the principal components
    (Kobak & Berens 2019, Nature Communications 10:5416). The others are placed beside their nearest neighbours among
    these, as that paper does for large data.

    Args:
        components: (rows, components), the most important first.
        method: `pca` takes the first two components.
        seed: draws.
    """
    if method == "pca":
        plane = np.zeros((len(components), 2), np.float32)
        plane[:, : components.shape[1]] = components[:, :2]
        return plane, 0
    from sklearn.manifold import TSNE

    chosen = np.linspace(0, len(components) - 1, min(len(components), _MOST_LAID_OUT), dtype=np.int64)
    perplexity = min(_PERPLEXITY, (len(chosen) - 1) / 3)
    model = TSNE(perplexity=perplexity, init="pca", max_iter=_ROUNDS, random_state=seed, n_jobs=1)
    with single_threaded_blas():
        laid_out = np.asarray(model.fit_transform(components[chosen]), np.float32)
    plane = np.empty((len(components), 2), np.float32)
    plane[chosen] = laid_out
    others = np.setdiff1d(np.arange(len(components)), chosen)
    if len(others):
        plane[others] = _beside(components[others], components[chosen], laid_out, seed)
    return plane, len(chosen)


def _beside(others: Values, laid_out: Values, places: Values, seed: int) -> Values:
    """Return a place for each further point: beside its nearest neighbours, the nearest counting most."""
    found = np.empty((len(others), 2), np.float32)
    for start in range(0, len(others), _CHUNK):
        near, distances = _nearest(others[start : start + _CHUNK], laid_out, _NEIGHBOURS)
        weights = np.exp(-4 * (distances / np.maximum(distances[:, :1], 1e-12) - 1))
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + _CHUNK] = np.einsum("rk,rkd->rd", weights, places[near])
    usual = float(np.median(_nearest(places[:_CHUNK], places, 2)[1][:, 1]))
    return found + np.random.default_rng(seed).normal(0, _JITTER * usual, found.shape).astype(np.float32)


def _nearest(points: Values, among: Values, count: int) -> tuple[NDArray[np.int64], Values]:
    """Return the positions of the nearest, the nearest first, and their distances: (points, count) each."""
    squared = np.einsum("rv,rv->r", points, points)[:, None] + np.einsum("rv,rv->r", among, among)[None]
    squared = np.maximum(squared - 2 * (points @ among.T), 0)
    count = min(count, squared.shape[1])
    near = np.argpartition(squared, count - 1, axis=1)[:, :count]
    distances = np.take_along_axis(squared, near, axis=1)
    order = np.argsort(distances, axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1), np.sqrt(np.take_along_axis(distances, order, axis=1))


def on_the_map(plane: Values) -> NDArray[np.int64]:
    """Return the places as whole numbers that fill the map, both sides at one scale: (rows, 2), y downwards."""
    low, high = plane.min(axis=0), plane.max(axis=0)
    scale = _WHOLE / max(float((high - low).max()), 1e-12)
    placed = (plane - (low + high) / 2) * scale * np.array([1, -1]) + _WHOLE / 2
    whole: NDArray[np.int64] = placed.round().clip(0, _WHOLE).astype(np.int64)
    return whole


def count_among_others(components: Values, labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> int:
    """Return how many errors have more pictures of the predicted class than of their own among their ten neighbours."""
    wrong = np.flatnonzero(labels != predicted)
    count = 0
    for start in range(0, len(wrong), _CHUNK):
        rows = wrong[start : start + _CHUNK]
        near, _ = _nearest(components[rows], components, _AMONG + 1)
        around = np.where(near == rows[:, None], -1, labels[near])  # without the error itself
        of_predicted = (around == predicted[rows][:, None]).sum(axis=1)
        of_label = (around == labels[rows][:, None]).sum(axis=1)
        count += int(np.count_nonzero(of_predicted > of_label))
    return count
