"""Predict a stream of pictures in bounded memory: batches of decoded pictures in, batches of predictions out.

A worker of a cluster, which gets some pictures of a part, predicts their batches one by one with `predict_batch`, in
`onelook.distributed.worker`. The predictions of a picture do not depend on which others are in its batch, but to
the last digit they may: matrix products of other sizes are summed in another order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.inputs import in_model_values
from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.decoding.in_batches import decoded_in_batches
from onelook.data.pictures.protocol import Decoded, OnProgress, Pictures, progress_from
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
from onelook.evaluation.unlike_pictures import UnlikeCollector, UnlikePictures
from onelook.predictors.predictor import BATCH_SIZE
from onelook.runtime import available_cores, single_threaded_blas
from onelook.signature.unlikeness import Unlikeness

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# Pixels of a batch: 64 pictures of 64×64. With 256 of them, two side by side, `cnn` took 812 MB, and as long.
_PIXELS = 64 * 64 * 64
_FEWEST_ROWS = 16
# From so many batches on, each core predicts one by itself. With both cores on one batch, threads of the network wait
# for each other and for those that decode: a tenth more of the processor's time on two cores.
_MANY_BATCHES = 4


def predict_batch(
    classifier: Classifier, ids: Sequence[str], decoded: Decoded, options: PredictionOptions
) -> tuple[PredictedBatch, Unlikeness | None]:
    """Return the predictions for some decoded pictures, and how they differ from those that it learnt from.

    Args:
        classifier: the model.
        ids: (pictures,), of all pictures of the batch.
        decoded: those that can be read, decoded for the model, and why the others cannot.
        options: what is wanted of them.

    Returns:
        The second is None if no picture can be read, or the model does not know what its training pictures look like.
    """
    rows = len(ids)
    probabilities = np.full((rows, len(classifier.class_names)), np.nan, np.float32)
    features = np.full((rows, classifier.feature_count), np.nan, np.float32) if options.embeddings else None
    unlikeness = None
    if len(decoded.kept):
        found: list[NDArray[np.float32]] = []
        told = () if features is None else (found.append,)
        probabilities[decoded.kept], unlikeness = classifier.judge(decoded.images, *told)
        if features is not None:
            features[decoded.kept] = np.concatenate(found)
    unlike = None if classifier.signature is None else np.zeros(rows, np.bool_)
    if unlike is not None and unlikeness is not None:
        unlike[decoded.kept] = unlikeness.is_unlike
    batch = PredictedBatch(ids, probabilities, classifier.class_names, unlike, features, decoded.quarantined)
    return batch, unlikeness


def no_predictions(classifier: Classifier, options: PredictionOptions, ids: Sequence[str] = ()) -> PredictedBatch:
    """Return a batch like the others of a model, whose pictures, by default none, are not predicted."""
    nothing = Decoded(np.empty(0, np.uint8), np.empty(0, np.int64), {})
    return predict_batch(classifier, ids, nothing, options)[0]


class PredictionStream:
    """The predictions of a data set, a batch at a time, in its order. It can be iterated over once.

    Only a few batches are in memory. What remains for each picture is its id, and its position if it is unlike those
    that the model learnt from.

    Args:
        classifier: the model.
        dataset: the data.
        options: what is wanted of each picture.
        on_progress: called with pictures done and pictures in all.
        wanted: (rows,), the pictures that are needed. A part of which none is needed is not decoded, and its
            probabilities are NaN; by default all are needed.
        look_up: (rows,), the pictures that are looked up in the model's list of pictures; by default none.
        start: the row to begin with, at which a batch of an earlier stream of the same data ended.

    Attributes:
        seen: ids of the looked up pictures that the model has seen, by kind, so far.
    """

    def __init__(
        self,
        classifier: Classifier,
        dataset: Dataset,
        options: PredictionOptions,
        on_progress: OnProgress | None = None,
        *,
        wanted: NDArray[np.bool_] | None = None,
        look_up: NDArray[np.bool_] | None = None,
        start: int = 0,
    ) -> None:
        self._classifier = classifier
        self._dataset = dataset
        self._options = options
        self._on_progress = on_progress
        self._wanted = wanted
        self._look_up = look_up
        self._start = start
        self._unlike = UnlikeCollector(classifier)
        self.seen: dict[str, list[str]] = {"exact": [], "near": []}

    def __iter__(self) -> Iterator[PredictedBatch]:
        """Yield the predictions.

        Raises:
            DataError: no picture of a part can be read.
        """
        before = 0
        for part in self._dataset.parts.values():
            if before + len(part) > self._start:
                yield from self._of_part(part, before)
            before += len(part)

    def unlike(self) -> UnlikePictures | None:
        """Return the unlike pictures so far; None if the model does not know its training pictures."""
        return self._unlike.result()

    def _of_part(self, part: Part, before: int) -> Iterator[PredictedBatch]:
        """Yield the predictions of a part, of which the pictures in earlier parts are `before`."""
        classifier = self._classifier
        decode = classifier.decode
        needed = None if self._wanted is None else self._wanted[before : before + len(part)]
        rows = max(_FEWEST_ROWS, min(BATCH_SIZE, _PIXELS // (decode.height * decode.width)))
        first = max(0, self._start - before)
        if needed is not None and not needed.any():
            for at in range(first, len(part), rows):
                yield no_predictions(classifier, self._options, part.ids[at : at + rows])
            return
        prepare: Callable[[Pictures], Pictures] = partial(in_model_values, card=classifier.card)
        on_progress = progress_from(before, self._dataset.rows, self._on_progress)
        batches = decoded_in_batches(part.pictures, decode, rows, start=first, on_progress=on_progress, prepare=prepare)
        starts = range(first, len(part), rows)
        with_ids = ((part.ids[at : at + rows], one) for at, one in zip(starts, batches, strict=True))
        for first, (ids, decoded, (batch, unlikeness)) in zip(
            starts, self._predicted(with_ids, len(starts)), strict=True
        ):
            if needed is not None:
                reasons = {row: reason for row, reason in decoded.quarantined.items() if needed[first + row]}
                batch = replace(batch, unreadable=reasons)  # noqa: PLW2901 - the same without what is not needed
            self._unlike.add(unlikeness, part.pictures, decoded.kept + first, part.ids)
            if self._look_up is not None:
                self._note_seen(decoded, ids, self._look_up[before + first : before + first + len(ids)])
            yield batch

    def _predicted(
        self, batches: Iterable[tuple[Sequence[str], Decoded]], count: int
    ) -> Iterator[tuple[Sequence[str], Decoded, tuple[PredictedBatch, Unlikeness | None]]]:
        """Yield each batch with its predictions. Several of very many batches are predicted side by side.

        Args:
            batches: ids and decoded pictures.
            count: how many batches there are.
        """
        workers = available_cores()
        classifier = self._classifier
        if count < _MANY_BATCHES or workers == 1 or classifier.engine != "onnx":
            for ids, decoded in batches:
                yield ids, decoded, predict_batch(classifier, ids, decoded, self._options)
            return
        alone = classifier.with_threads(1)
        waiting: deque[tuple[Sequence[str], Decoded, Future[tuple[PredictedBatch, Unlikeness | None]]]] = deque()
        threads = ThreadPoolExecutor(workers, thread_name_prefix="predict")
        one_each = ExitStack()
        one_each.enter_context(single_threaded_blas())
        try:
            for at, (ids, decoded) in enumerate(batches):
                waiting.append((ids, decoded, threads.submit(predict_batch, alone, ids, decoded, self._options)))
                if at == 0:
                    wait([waiting[0][2]])  # with the first batch, the model prepares to give features
                if len(waiting) > workers:
                    ids_then, decoded_then, found = waiting.popleft()
                    yield ids_then, decoded_then, found.result()
            while waiting:
                ids_then, decoded_then, found = waiting.popleft()
                yield ids_then, decoded_then, found.result()
        finally:
            threads.shutdown(cancel_futures=True)
            one_each.close()

    def _note_seen(self, decoded: Decoded, ids: Sequence[str], look_up: NDArray[np.bool_]) -> None:
        known = self._classifier.pictures
        rows = np.flatnonzero(look_up[decoded.kept])
        if known is None or not len(rows):
            return
        asked = known.fingerprint(decoded.images, rows, value_range=self._classifier.card.value_range)
        for kind, found in known.find(asked).by_kind([ids[row] for row in decoded.kept[rows]]).items():
            self.seen[kind] += found
