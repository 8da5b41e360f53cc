"""Limit the number of training pictures, for a quick first try."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.errors import ConfigError
from onelook.wording import counted


def limited(dataset: Dataset, limit: int, seed: int) -> Dataset:
    """Return the data set with at most `limit` training pictures, drawn so that each class keeps its share.

    Every class keeps at least one picture. All pictures of the parts `val` and `test` are kept, so that the score is
    measured on all of them.

    Args:
        dataset: labelled data.
        limit: the number of training pictures to keep.
        seed: decides which.

    Raises:
        ConfigError: there are more classes than pictures to keep.
        DataError: there are no training pictures.
    """
    pool = dataset.pool
    if len(pool) <= limit or pool.labels is None:
        return dataset
    classes = len(np.unique(pool.labels))
    if limit < classes:
        raise ConfigError(f"--limit {limit}: there are {classes} classes. Expected at least one picture of each.")
    rows = stratified_rows(pool.labels, limit, seed)
    note = (
        f"--limit {limit}: {counted(len(rows), 'training picture')} of {len(pool):,}, drawn so that each class keeps "
        "its share; the others are left out."
    )
    drawn = f"{dataset.fingerprint} limit {limit} seed {seed}"
    return replace(
        dataset,
        parts={name: part.take(rows) if part is pool else part for name, part in dataset.parts.items()},
        fingerprint=hashlib.sha256(drawn.encode()).hexdigest(),
        notes=(*dataset.notes, note),
    )


def stratified_rows(labels: Labels, limit: int, seed: int) -> NDArray[np.int64]:
    """Return `limit` rows in rising order, drawn at random so that each class gives its share, and at least one.

    Args:
        labels: (rows,), with at most `limit` classes.
        limit: at most the number of rows.
        seed: decides which rows.

    Example:
        >>> labels = np.array([0] * 8 + [1] * 4)
        >>> np.bincount(labels[stratified_rows(labels, 6, seed=0)]).tolist()
        [4, 2]
    """
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]  # class by class, in random order inside
    counts = np.bincount(labels)
    place = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    # The pictures of a class get evenly spaced numbers from 0 to 1; the smallest numbers of all classes are chosen.
    height = np.where(place == 0, -1.0, (place + 0.5) / np.repeat(counts, counts))
    return np.sort(by_class[np.argsort(height, kind="stable")[:limit]])
