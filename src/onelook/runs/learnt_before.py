"""Find the pictures that a model has learnt before training continues from it, and refuse to score it on them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onelook.errors import ConfigError
from onelook.planning.starting_point import StartingPoint
from onelook.run_folder import RunFolder
from onelook.wording import agree, named

if TYPE_CHECKING:
    from onelook.classifier.picture_list import PictureList
    from onelook.data.dataset import Dataset, ImageSet
    from onelook.data.splits.split import Split

_SHOWN = 3
# At most 0.5 % of new pictures are near enough to a training picture to count as its copy. So few refuse nothing: the
# score is given with and without them.
_NEAR_BY_CHANCE = 0.01
_INHERITED = "its own validation was not clean, because it was trained with --force"


@dataclass(frozen=True)
class LearntBefore:
    """The validation and test pictures that are known to be training pictures of the model."""

    is_clean: bool | None  # None if unknown: it was trained on other data
    why: str  # about the model, as a part of a sentence
    val: tuple[str, ...] | None = ()  # ids; None if some were and it is not known which
    test: tuple[str, ...] | None = ()

    def to_dict(self) -> dict[str, object]:
        """Return JSON values for `run.json` and the model's provenance."""
        return {
            "clean": self.is_clean,
            "why": self.why,
            "learnt": {
                name: None if ids is None else len(ids) for name, ids in (("val", self.val), ("test", self.test))
            },
        }

    def caution(self, path: Path, split: Split) -> str | None:
        """Return a warning for the reader of the score; None if all is clean."""
        if self.is_clean is None:
            return (
                f"Training continued from {path}; {self.why}. If any of that data is among the validation or test "
                "pictures here, the score is too high; onelook cannot check it."
            )
        if self.is_clean:
            return None
        sets = [("validates", "validate", self.val, split.val), ("tests", "test", self.test, split.test)]
        counts = [
            agree(
                len(pictures),
                f"the picture that {one} here",
                f"{len(ids):,} of the {len(pictures):,} pictures that {many} here",
            )
            for one, many, ids, pictures in sets
            if ids and pictures is not None
        ]
        found = f"it had been trained on {' and on '.join(counts)}" if counts else self.why
        return (
            f"Validation is not clean: training continued from {path} with --force, and {found}. The choice of the "
            "epoch, and the scores of the epochs, show what the model remembers, not what it can do."
        )


def what_it_learnt(start: StartingPoint, dataset: Dataset, split: Split) -> LearntBefore:
    """Return the validation and test pictures of this split that the model was trained on before.

    The same split of the same data is clean. Otherwise the model's own list finds its training pictures, exactly or
    nearly, whatever data they came from. A model without one has the `split.csv` of its run, which lists the pictures
    of the same data; without that file the worst is assumed. Pictures that an earlier model of the chain had learnt
    are included.
    """
    learnt = _learnt_in_its_run(start, dataset, split)
    before = start.card.training.get("from")
    if not isinstance(before, dict) or not learnt.is_clean:
        return learnt
    if before.get("clean") is False:
        return LearntBefore(False, _INHERITED, None, None)
    return learnt if before.get("clean") else LearntBefore(None, "it had been trained from a model of other data")


def _learnt_in_its_run(start: StartingPoint, dataset: Dataset, split: Split) -> LearntBefore:
    training = start.card.training
    if dataset.sources[0] == start.data and training.get("split_fingerprint") == split.fingerprint:
        return LearntBefore(True, "it was trained with the same split")
    if start.pictures is not None:
        return _on_its_list(start.pictures, split, start.card.value_range)
    if dataset.sources[0] != start.data:
        if start.data in dataset.sources[1:]:
            return LearntBefore(False, "it was trained on the very data that would judge here", None, None)
        name = training.get("data")
        return LearntBefore(None, f"it was trained on other data{f' ({name})' if name else ''}")
    if start.run is None:
        return LearntBefore(False, "it was trained on this data with another split", None, None)
    trained = {_bare(each) for each, side in _sides(start.run) if side == "train"}
    val, test = (_among(pictures, trained) for pictures in (split.val, split.test))
    why = "it was trained on this data with another split"
    return LearntBefore(not (val or test), why, val, test)


def _on_its_list(known: PictureList, split: Split, value_range: tuple[float, float]) -> LearntBefore:
    """Return the validation and test pictures that are on the model's list of training pictures."""
    found: list[tuple[str, ...]] = []
    is_clean = True
    for pictures in (split.val, split.test):
        if pictures is None:
            found.append(())
            continue
        fingerprints = known.fingerprint(pictures.images, pictures.rows, value_range=value_range)
        seen = known.find(fingerprints, only_trained=True)
        is_clean &= not seen.exact.any() and seen.near.mean() <= _NEAR_BY_CHANCE
        found.append(tuple(pictures.ids[row] for row in np.flatnonzero(seen.exact | seen.near).tolist()))
    why = "none of its training pictures judges here" if is_clean else "some of its training pictures would judge here"
    return LearntBefore(bool(is_clean), why, *found)


def refuse_unless_forced(start: StartingPoint, learnt: LearntBefore, split: Split, *, force: bool) -> None:
    """Refuse to score a model on pictures that it has learnt.

    Raises:
        ConfigError: some of the scored pictures were trained on, and `force` is False.
    """
    if learnt.is_clean is not False or force:
        return
    sets = [("validate", learnt.val, split.val), ("test", learnt.test, split.test)]
    counts = [
        agree(
            len(pictures),
            f"the picture that would {verb} ({_some(ids)})",
            f"{len(ids):,} of the {len(pictures):,} pictures that would {verb} ({_some(ids)})",
        )
        for verb, ids, pictures in sets
        if ids and pictures is not None
    ]
    found = (
        f"it was trained on {' and on '.join(counts)}"
        if counts
        else f"{learnt.why}, and it is not known which of its pictures are validation or test pictures here"
    )
    if learnt.why == _INHERITED:
        advice = "continue from a model that was trained with one split throughout"
    elif start.run is not None:
        advice = f"keep its split with --split {start.run.path}, or give other pictures with --val PATH"
    else:
        advice = "give the folder of its run, or keep its split with --split FILE, or give others with --val PATH"
    raise ConfigError(
        f"--from {start.path}: {found}. Their score would show what the model remembers, not what it can do. Expected "
        f"pictures that it has not learnt: {advice}. --force trains nevertheless, and the report then says that "
        "validation is not clean."
    )


def _sides(run: RunFolder) -> list[tuple[str, str]]:
    with run.split_csv.open(encoding="utf-8", newline="") as file:
        return [(row["id"], row["split"]) for row in csv.DictReader(file)]


def _bare(each: str) -> str:
    """Return an id without the `train/` that a run with --test puts before it."""
    return each.removeprefix("train/")


def _among(pictures: ImageSet | None, trained: set[str]) -> tuple[str, ...]:
    return () if pictures is None else tuple(each for each in pictures.ids if _bare(each) in trained)


def _some(ids: Sequence[str]) -> str:
    return named(ids, most=_SHOWN, last="")
