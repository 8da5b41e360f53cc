"""Prepare an opened data set for training: decode it, quarantine unreadable pictures, and split it."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.data.dataset import Dataset
from onelook.data.ledger import Ledger
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import Reading, read_dataset
from onelook.data.splits.folds import refuse_given_val, split_of_fold
from onelook.data.splits.given import GivenSplit
from onelook.data.splits.split import Split, check_request, split_dataset
from onelook.heap import give_back_memory
from onelook.settings import DecodeSettings


@dataclass(frozen=True)
class Prepared:
    """A decoded and split data set."""

    reading: Reading  # every readable picture; the data checks use it
    split: Split

    @property
    def ledger(self) -> Ledger:
        """The ledger of every picture that was found."""
        return self.reading.ledger


def prepare(
    dataset: Dataset,
    decode: DecodeSettings,
    *,
    val: float,
    seed: int,
    strict: bool = False,
    given: GivenSplit | None = None,
    folds: int | None = None,
    on_progress: OnProgress | None = None,
) -> Prepared:
    """Decode every part, quarantine unreadable pictures, find copies, and split.

    Args:
        val: the share of the training pictures for validation, above 0 and below 1; unused if there is a `val` part.
        seed: decides the split.
        strict: stop at a picture that cannot be read, instead of leaving it out.
        given: a given split; `val` and `seed` are then unused.
        folds: the number of folds; the split is that of the first fold, and `val` and `given` are unused.
        on_progress: as in `read_dataset`.

    Raises:
        ConfigError: `val` is out of range; folds that the data does not allow.
        DataError: no picture of a part can be read; `strict` is set and one picture cannot be read; there are no
            labels; classes are too small; or the given split does not fit the data.
    """
    is_labelled = {name: part.labels is not None for name, part in dataset.parts.items()}
    check_request(is_labelled, val if given is None and folds is None else None)
    if folds is not None:
        refuse_given_val(dataset.parts)
    reading = read_dataset(dataset, decode, strict=strict, given=given, on_progress=on_progress)
    give_back_memory()  # a fifth of a kilobyte a picture, in which near copies were looked for
    if folds is not None:
        return Prepared(reading, split_of_fold(reading.parts, reading.class_names, fold=1, folds=folds, seed=seed))
    return Prepared(reading, split_dataset(reading.parts, reading.class_names, val=val, seed=seed))
