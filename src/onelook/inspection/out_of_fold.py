"""Out-of-fold probabilities: predict every labelled picture with networks that were not trained on it.

The training pictures are divided into folds. For each fold a quick network is trained on the other folds and predicts
this one. Validation and test pictures are never trained on, so the mean of all networks' predictions is used. If such
a picture has a copy among the training pictures, only the networks that did not learn the copy predict it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence
from onelook.data.cache.entries import cache_key, new_entry, read_entry
from onelook.data.dataset import Dataset, ImageSet, ReadPart
from onelook.data.ids import take_ids
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.data.reading import Reading
from onelook.data.splits.folds import spread
from onelook.errors import ConfigError, DataError
from onelook.optional_packages import require_torch
from onelook.planning.quick_networks import QuickNetworks, plan_quick_networks, small_enough
from onelook.runs.run import InMemory, run_plan
from onelook.runs.stages import Clock, TrainedNetwork, TrainingData
from onelook.runtime import choose_device, versions
from onelook.settings import DecodeSettings

if TYPE_CHECKING:
    from onelook.training.listeners import Listener

_VERSION = 3  # of the computation: a cached result of an older version is not used
_SEED = 0
_PREDICTED_AT_ONCE = 4_096  # pictures read from a memory map together
_WATCHED = 256  # validation pictures: the training loop needs some, but nothing depends on them

Probabilities = NDArray[np.float32]  # (rows, classes)
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class OutOfFold:
    """The out-of-fold probabilities."""

    probabilities: Mapping[str, Probabilities]  # labelled part -> a row for each readable picture, copies included
    pool: str  # the part that was divided into folds
    folds: int
    epochs: int


def out_of_fold(
    dataset: Dataset, reading: Reading, decode: DecodeSettings, on_progress: OnProgress | None = None
) -> OutOfFold:
    """Return out-of-fold probabilities of all labelled pictures, from the cache if it has them.

    Args:
        dataset, reading: the opened data, and its decoded pictures.
        decode: how they were decoded; large pictures are decoded again, at a smaller size.
        on_progress: called with the number of pictures trained on, over all epochs of all folds, and their total.

    Raises:
        ConfigError: torch is not installed.
        DataError: no part is labelled, or all pictures are copies of each other.
        KeyboardInterrupt: Ctrl-C during training.
    """
    require_torch("judging labels")
    parts = {name: part for name, part in reading.parts.items() if part.labels is not None}
    if not parts:
        raise DataError(f"{dataset.name}: its pictures have no labels, so no labels can be judged.")
    pool = parts[pool_name(parts) or next(iter(parts))]
    small = small_enough(decode) if pool.images.dtype == np.uint8 else decode
    quick = plan_quick_networks(len(pool.used), small, reading.class_names, _SEED)
    fold_of = spread(pool, folds=quick.folds, seed=_SEED)
    if len(np.unique(fold_of)) < 2:
        raise DataError(
            f"{dataset.name}: all its labelled pictures are one group of copies, so no network can judge them. "
            "Expected two different pictures or more."
        )
    key = _key(dataset, parts, small, quick, fold_of)
    if read_entry(key) is None:
        if small != decode:
            parts = {name: _decoded_again(dataset, part, small) for name, part in parts.items()}
        with new_entry(key, (len(reading.class_names),), np.float32) as writer:
            near = Evidence.of_reading(reading).near_groups()
            for predicted in _FoldNetworks(dataset, parts, pool.name, fold_of, near, quick, on_progress).predict():
                writer.append(predicted)
    found = read_entry(key)
    if found is None:
        raise DataError("the probabilities were removed from the cache before they were used. Run the command again.")
    ends = np.cumsum([len(part.ids) for part in parts.values()])
    by_part = dict(zip(parts, np.split(np.asarray(found.pictures), ends[:-1]), strict=True))
    return OutOfFold(by_part, pool.name, quick.folds, quick.plan.settings.epochs)


def _key(
    dataset: Dataset, parts: Mapping[str, ReadPart], decode: DecodeSettings, quick: QuickNetworks, fold_of: Rows
) -> str:
    """Return a cache key made of everything that decides the probabilities."""
    arrays = hashlib.sha256(fold_of.tobytes())
    for name, part in parts.items():
        arrays.update(name.encode())
        for array in (part.labels, part.near_groups, part.copy_of):
            arrays.update(b"" if array is None else array.tobytes())
    return cache_key(
        *("out-of-fold", _VERSION, dataset.fingerprint, arrays.hexdigest(), decode.model_dump_json()),
        *(quick.plan.network and quick.plan.network.model_dump_json(), quick.plan.settings.model_dump_json()),
        versions().get("torch"),
    )


def _decoded_again(dataset: Dataset, part: ReadPart, decode: DecodeSettings) -> ReadPart:
    """Return the part with its pictures decoded at another size.

    Raises:
        DataError: the pictures that can be read are not the same as before.
    """
    found = dataset.parts[part.name]
    decoded = found.pictures.decode(decode)
    if take_ids(found.ids, decoded.kept) != part.ids:
        raise DataError(f"{dataset.name}: its pictures changed while they were read. Run the command again.")
    return replace(part, images=decoded.images)


@dataclass
class _FoldNetworks:
    """Trains a network for each fold, and combines the networks' predictions."""

    dataset: Dataset
    parts: Mapping[str, ReadPart]
    pool_name: str
    fold_of: Rows  # of each row of the pool
    near: Sequence[tuple[int, int]]  # pairs of groups (of pictures with equal pixels) that are near copies
    quick: QuickNetworks
    on_progress: OnProgress | None

    def predict(self) -> list[Probabilities]:
        """Return the probabilities of each part, in order: (rows, classes)."""
        num_classes = len(self.dataset.class_names)
        totals = {name: np.zeros((len(part.ids), num_classes), np.float32) for name, part in self.parts.items()}
        counts = {name: np.zeros(len(part.ids), np.int64) for name, part in self.parts.items()}
        if self.on_progress is not None:
            self.on_progress(0, self._in_all)
        for fold in range(self.quick.folds):
            rows_of = {name: self._rows_for(name, fold) for name in self.parts}
            if not len(rows_of[self.pool_name]):  # fewer groups than folds
                continue
            probabilities_of = self._train_without(fold, rows_of[self.pool_name])
            for name, rows in rows_of.items():
                for start in range(0, len(rows), _PREDICTED_AT_ONCE):
                    some = rows[start : start + _PREDICTED_AT_ONCE]
                    totals[name][some] += probabilities_of(self.parts[name].images[some])
                counts[name][rows] += 1
        return [self._mean(part, totals[name], counts[name]) for name, part in self.parts.items()]

    @property
    def _in_all(self) -> int:
        """The number of pictures trained on, over all epochs of all folds."""
        return self.quick.plan.settings.epochs * (self.quick.folds - 1) * len(self.parts[self.pool_name].used)

    def _mean(self, part: ReadPart, totals: Probabilities, counts: Rows) -> Probabilities:
        """Return the mean prediction of each row. A copy has that of its original, which alone was predicted."""
        means = (totals / np.maximum(counts, 1)[:, np.newaxis]).astype(np.float32)
        # If every network has learnt a near copy, none can judge the picture, so its label is taken as right.
        unjudged = np.flatnonzero((counts == 0) & (part.copy_of < 0))
        if part.labels is not None:
            means[unjudged, part.labels[unjudged]] = 1.0
        is_copy = part.copy_of >= 0
        means[is_copy] = means[part.copy_of[is_copy]]
        return means

    def _rows_for(self, name: str, fold: int) -> Rows:
        """Return the rows of a part that this fold's network may predict: it has learnt no copy of them."""
        part = self.parts[name]
        if name == self.pool_name:
            held_out: Rows = part.used[self.fold_of[part.used] == fold]
            return held_out
        seen = set(self.parts[self.pool_name].groups[self.fold_of != fold].tolist())
        # A pair may name the picture in training first or second.
        near = [pair for one, other in self.near for pair in ((one, other), (other, one))]
        known = seen | {other for one, other in near if one in seen}
        unseen: Rows = part.used[~np.isin(part.groups[part.used], list(known))]
        return unseen

    def _train_without(self, fold: int, held_out: Rows) -> Callable[[Images], Probabilities]:
        """Train on all folds except this one, and return the function that predicts pictures."""
        from onelook.predictors.torch import TorchPredictor

        pool = self.parts[self.pool_name]
        data = TrainingData(
            train=_image_set(pool, pool.used[self.fold_of[pool.used] != fold]),
            val=_image_set(pool, held_out[:_WATCHED]),
            value_range=self.dataset.parts[self.pool_name].pictures.facts().value_range,
            class_names=self.dataset.class_names,
        )
        plan = self.quick.plan.with_settings(seed=_SEED + fold)
        try:
            counter = self._counter(fold, len(data.train))
            model = run_plan(plan, data, InMemory(), Clock(), listeners=(counter,)).model
        except ConfigError:  # training diverged: the network knows nothing, so all classes are equally likely
            return lambda images: np.full((len(images), data.num_classes), 1 / data.num_classes, np.float32)
        if not isinstance(model, TrainedNetwork):
            raise TypeError(f"{plan.settings.model} is not a network, and only networks judge labels.")
        predictor = TorchPredictor(
            model.network,
            model.preprocess,
            model.weights,
            pool.images.shape[1:],
            data.num_classes,
            device=choose_device("auto"),
        )
        return lambda images: predictor.probabilities(_plain(images))

    def _counter(self, fold: int, train_rows: int) -> Listener:
        """Return a listener that reports to `on_progress` how many pictures all folds have trained on so far."""
        from onelook.training.listeners import BatchStatus, Listener

        report, epochs, in_all = self.on_progress, self.quick.plan.settings.epochs, self._in_all
        fold_of = self.fold_of[self.parts[self.pool_name].used]
        before = epochs * sum(int((fold_of != earlier).sum()) for earlier in range(fold))

        class Counter(Listener):
            def on_batch(self, status: BatchStatus) -> None:
                if report is not None:
                    report(before + (status.epoch - 1) * train_rows + status.metrics.rows, in_all)

        return Counter()


def _image_set(part: ReadPart, rows: Rows) -> ImageSet:
    labels = None if part.labels is None else part.labels[rows]
    return ImageSet(part.images, rows, take_ids(part.ids, rows), labels)


def _plain(images: Images) -> Images:
    """Return the pictures in a type that torch knows."""
    return images if images.dtype == np.uint8 else images.astype(np.float32)
