"""Probabilities for every labelled picture from networks that were not trained on it: what label checks judge by.

The training pictures are dealt into folds. For each fold a quick network is trained on the others and asked about
the fold. Validation and test pictures are never trained on: all the networks answer for them, together, but for a
picture that has a copy in training, for which only the network answers that has not seen the copy.
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
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.data.reading import Reading
from onelook.data.splits.folds import spread
from onelook.errors import ConfigError, DataError
from onelook.planning.quick_networks import QuickNetworks, plan_quick_networks, small_enough
from onelook.runs.run import InMemory, run_plan
from onelook.runs.stages import Clock, TrainedNetwork, TrainingData
from onelook.runtime import choose_device, require_torch, versions
from onelook.settings import DecodeSettings

if TYPE_CHECKING:
    from onelook.training.listeners import Listener

_VERSION = 3  # of what is computed here: what an older version kept is not taken
_SEED = 0
_PREDICTED_AT_ONCE = 4_096  # pictures taken out of a memory map together
_WATCHED = 256  # pictures that the loop validates on, as it must; nothing is decided by them

Probabilities = NDArray[np.float32]  # (rows, classes)
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class OutOfFold:
    """What the quick networks say."""

    probabilities: Mapping[str, Probabilities]  # labelled part -> a row for each readable picture, copies included
    pool: str  # the part that was dealt into folds
    folds: int
    epochs: int


def out_of_fold(
    dataset: Dataset, reading: Reading, decode: DecodeSettings, on_progress: OnProgress | None = None
) -> OutOfFold:
    """The probabilities of all labelled pictures, from the cache where the same pictures were judged before.

    Args:
        dataset, reading: the opened data, and its pictures as they were decoded.
        decode: how they were; large pictures are decoded again, smaller.
        on_progress: told how many pictures were trained on, in all passes of all folds.

    Raises:
        ConfigError: torch is not installed.
        DataError: nothing is labelled, or all pictures are copies of each other.
        KeyboardInterrupt: Ctrl-C while a network was trained.
    """
    require_torch("judging labels")
    parts = {name: part for name, part in reading.parts.items() if part.labels is not None}
    if not parts:
        raise DataError(f"{dataset.name}: its pictures have no labels, so there are none to judge.")
    pool = parts[pool_name(parts) or next(iter(parts))]
    small = small_enough(decode) if pool.images.dtype == np.uint8 else decode
    quick = plan_quick_networks(len(pool.used), small, reading.class_names, _SEED)
    fold_of = spread(pool, folds=quick.folds, seed=_SEED)
    if len(np.unique(fold_of)) < 2:
        raise DataError(f"{dataset.name}: its labelled pictures are one group, so none can be judged by the others.")
    key = _key(dataset, parts, small, quick, fold_of)
    if read_entry(key) is None:
        if small != decode:
            parts = {name: _decoded_again(dataset, part, small) for name, part in parts.items()}
        with new_entry(key, (len(reading.class_names),), np.float32) as writer:
            near = Evidence.of_reading(reading).near_groups()
            for answers in _Questions(dataset, parts, pool.name, fold_of, near, quick, on_progress).answers():
                writer.append(answers)
    found = read_entry(key)
    if found is None:
        raise DataError("the probabilities vanished from the cache before they were used. Start again.")
    ends = np.cumsum([len(part.ids) for part in parts.values()])
    answered = dict(zip(parts, np.split(np.asarray(found.pictures), ends[:-1]), strict=True))
    return OutOfFold(answered, pool.name, quick.folds, quick.plan.settings.epochs)


def _key(
    dataset: Dataset, parts: Mapping[str, ReadPart], decode: DecodeSettings, quick: QuickNetworks, fold_of: Rows
) -> str:
    """Names all that decides the probabilities."""
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
    """The same pictures at another size.

    Raises:
        DataError: others can be read now than before.
    """
    found = dataset.parts[part.name]
    decoded = found.pictures.decode(decode)
    if tuple(found.ids[position] for position in decoded.kept.tolist()) != part.ids:
        raise DataError(f"{dataset.name}: its pictures changed while they were read. Start again.")
    return replace(part, images=decoded.images)


@dataclass
class _Questions:
    """The training of all folds' networks, and their answers."""

    dataset: Dataset
    parts: Mapping[str, ReadPart]
    pool_name: str
    fold_of: Rows  # of each row of the pool
    near: Sequence[tuple[int, int]]  # groups of equal pixels that are near copies of each other, in all parts
    quick: QuickNetworks
    on_progress: OnProgress | None

    def answers(self) -> list[Probabilities]:
        """(rows, classes) for each part, in order."""
        num_classes = len(self.dataset.class_names)
        totals = {name: np.zeros((len(part.ids), num_classes), np.float32) for name, part in self.parts.items()}
        answered = {name: np.zeros(len(part.ids), np.int64) for name, part in self.parts.items()}
        if self.on_progress is not None:
            self.on_progress(0, self._in_all)
        for fold in range(self.quick.folds):
            asked = {name: self._rows_for(name, fold) for name in self.parts}
            if not len(asked[self.pool_name]):  # fewer groups than folds
                continue
            ask = self._trained_without(fold, asked[self.pool_name])
            for name, rows in asked.items():
                for start in range(0, len(rows), _PREDICTED_AT_ONCE):
                    some = rows[start : start + _PREDICTED_AT_ONCE]
                    totals[name][some] += ask(self.parts[name].images[some])
                answered[name][rows] += 1
        return [self._mean(part, totals[name], answered[name]) for name, part in self.parts.items()]

    @property
    def _in_all(self) -> int:
        """How many pictures are trained on, in all passes of all folds."""
        return self.quick.plan.settings.epochs * (self.quick.folds - 1) * len(self.parts[self.pool_name].used)

    def _mean(self, part: ReadPart, totals: Probabilities, answered: Rows) -> Probabilities:
        """One answer a row; a copy's is its original's, of which alone was asked."""
        means = (totals / np.maximum(answered, 1)[:, np.newaxis]).astype(np.float32)
        # Where every network has seen a near copy none can judge: the label stands as it is.
        unasked = np.flatnonzero((answered == 0) & (part.copy_of < 0))
        if part.labels is not None:
            means[unasked, part.labels[unasked]] = 1.0
        is_copy = part.copy_of >= 0
        means[is_copy] = means[part.copy_of[is_copy]]
        return means

    def _rows_for(self, name: str, fold: int) -> Rows:
        """The rows of a part about which this fold's network may be asked: it has seen no copy of them."""
        part = self.parts[name]
        if name == self.pool_name:
            held_out: Rows = part.used[self.fold_of[part.used] == fold]
            return held_out
        seen = set(self.parts[self.pool_name].groups[self.fold_of != fold].tolist())
        # A pair may name either picture first, and its like may stand on the other side.
        near = [pair for one, other in self.near for pair in ((one, other), (other, one))]
        known = seen | {other for one, other in near if one in seen}
        unseen: Rows = part.used[~np.isin(part.groups[part.used], list(known))]
        return unseen

    def _trained_without(self, fold: int, held_out: Rows) -> Callable[[Images], Probabilities]:
        """Train on all folds but this one; return what then answers for pictures."""
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
        except ConfigError:  # it diverged: it knows nothing, and says so
            return lambda images: np.full((len(images), data.num_classes), 1 / data.num_classes, np.float32)
        if not isinstance(model, TrainedNetwork):
            raise TypeError(f"{plan.settings.model} is no network, and only networks judge labels.")
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
        """Tells `on_progress` how many pictures all folds have trained on so far."""
        from onelook.training.listeners import BatchStatus, Listener

        tell, epochs, in_all = self.on_progress, self.quick.plan.settings.epochs, self._in_all
        fold_of = self.fold_of[self.parts[self.pool_name].used]
        before = epochs * sum(int((fold_of != earlier).sum()) for earlier in range(fold))

        class Counter(Listener):
            def on_batch(self, status: BatchStatus) -> None:
                if tell is not None:
                    tell(before + (status.epoch - 1) * train_rows + status.metrics.rows, in_all)

        return Counter()


def _image_set(part: ReadPart, rows: Rows) -> ImageSet:
    labels = None if part.labels is None else part.labels[rows]
    return ImageSet(part.images, rows, tuple(part.ids[row] for row in rows.tolist()), labels)


def _plain(images: Images) -> Images:
    """Pictures of a type that torch knows."""
    return images if images.dtype == np.uint8 else images.astype(np.float32)
