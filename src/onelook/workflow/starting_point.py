"""`--from MODEL`: a trained model to go on from, and which pictures it has learnt already."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.classifier import load
from onelook.data.class_names import has_integer_labels, name_classes
from onelook.errors import ConfigError, DataError
from onelook.predictors.weights import PREPROCESS_PREFIX
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder
from onelook.settings.merge import Overrides, merge
from onelook.wording import listed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classifier.card import ModelCard
    from onelook.classifier.tensors import Weights
    from onelook.data.dataset import Dataset, ImageSet
    from onelook.data.split import Split

_SHOWN = 3
_INHERITED = "its own validation was not clean, as its training had gone on with --force"


@dataclass(frozen=True)
class StartingPoint:
    """A model whose training goes on: the network, its weights, and where they come from."""

    path: Path
    card: ModelCard
    weights: Weights
    run: RunFolder | None  # the run that made it, where it is at hand and its split.csv is the model's own

    @property
    def network_name(self) -> str:
        """The name under which its network was built."""
        return str(self.card.training.get("model") or "cnn")

    @property
    def preparation_weights(self) -> dict[str, NDArray[np.float32]]:
        """Those of the fixed preparation: the whitening matrix, where it has one."""
        return {name: array for name, array in self.weights.items() if name.startswith(PREPROCESS_PREFIX)}

    @property
    def network_weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's own state dict."""
        return {name: array for name, array in self.weights.items() if not name.startswith(PREPROCESS_PREFIX)}

    def settings_with(self, asked: Overrides) -> Overrides:
        """What was asked for, above what the model brings: network, preparation, views, its recipe's training."""
        recipe = self.card.training.get("recipe")
        own = {
            "model": self.network_name,
            "image_size": [self.card.decode.height, self.card.decode.width],
            "resize": self.card.decode.resize,
            "preprocess": self.card.preprocess.settings.model_dump(mode="json"),
            "views": self.card.views.model_dump(mode="json"),
        }
        if not isinstance(recipe, str):
            return merge(own, asked)
        return merge(load_recipe(recipe).settings, own, {"recipe": recipe}, asked)

    def name_classes(self, dataset: Dataset) -> Dataset:
        """The data set with the model's class names, where its own are numbers.

        Raises:
            DataError: its classes are not the model's, in the model's order.
        """
        names = self.card.class_names
        numbered = has_integer_labels(dataset.class_names) and not has_integer_labels(names)
        if numbered and len(names) == len(dataset.class_names):
            dataset = name_classes(dataset, names)
        if dataset.class_names == names:
            return dataset
        missing, extra = _without(names, dataset.class_names), _without(dataset.class_names, names)
        differences = [
            f"{words} {listed(found)}"
            for words, found in (("the data has no", missing), ("the model does not know", extra))
            if found
        ]
        raise DataError(
            f"--from {self.path}: the classes differ: "
            + (", and ".join(differences) if differences else "they stand in another order")
            + f". Expected those of the model, in its order: {listed(names)}. Train a new model without --from."
        )

    def refuse_other_values(self, dtype: str, value_range: tuple[float, float]) -> None:
        """Refuses pictures whose numbers mean something else than those that the model was trained on.

        Raises:
            DataError: another dtype, or another range of values.
        """
        if (dtype, value_range) != (self.card.dtype, self.card.value_range):
            own, found = (_values(*each) for each in ((self.card.dtype, self.card.value_range), (dtype, value_range)))
            raise DataError(
                f"--from {self.path}: the model was trained on {own}; the data holds {found}. "
                "Bring the data to the same numbers, or train a new model without --from."
            )

    def split_of(self, dataset: Dataset) -> Path | None:
        """The run whose split it was trained with, where that is at hand and the data is the same."""
        is_same = dataset.fingerprint == self.card.training.get("data_fingerprint")
        return self.run.path if self.run is not None and is_same else None

    @property
    def data(self) -> Any:
        """The fingerprint of the data that its training pictures came from."""
        sources = self.card.training.get("data_sources")
        return sources[0] if isinstance(sources, list) and sources else self.card.training.get("data_fingerprint")


@dataclass(frozen=True)
class Learnt:
    """Which pictures that judge now were trained on before, as far as that can be told."""

    is_clean: bool | None  # None where nothing tells: it was trained on other data
    why: str  # about the model, as a part of a sentence
    val: tuple[str, ...] | None = ()  # ids; None where some were, and which cannot be told
    test: tuple[str, ...] | None = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON values for `run.json` and the model's provenance."""
        return {
            "clean": self.is_clean,
            "why": self.why,
            "learnt": {
                name: None if ids is None else len(ids) for name, ids in (("val", self.val), ("test", self.test))
            },
        }

    def caution(self, path: Path, split: Split) -> str | None:
        """What who reads the score has to know; None where all is clean."""
        if self.is_clean is None:
            return (
                f"Training went on from {path}; {self.why}. Should any of that be among the pictures that judge here, "
                "the score is too good: nothing tells."
            )
        if self.is_clean:
            return None
        sets = [("validate", self.val, split.val), ("test", self.test, split.test)]
        counts = [
            f"{len(ids):,} of the {len(pictures):,} pictures that {verb} here"
            for verb, ids, pictures in sets
            if ids and pictures is not None
        ]
        found = f"it had been trained on {' and on '.join(counts)}" if counts else self.why
        return (
            f"Validation is not clean: training went on from {path} with --force, and {found}. Which epoch is "
            "kept, and the figures by epoch, tell what it remembers, not what it can do."
        )


def read_starting_point(path: Path) -> StartingPoint:
    """The model at `path`: a run folder, a model folder or a zip of either.

    Raises:
        ModelError: there is none, or it is damaged.
        ConfigError: it is no network.
    """
    classifier = load(path)
    classifier.card.need_network("--from")
    return StartingPoint(path, classifier.card, classifier.weights, _run_of(path, classifier.card))


def what_it_learnt(start: StartingPoint, dataset: Dataset, split: Split) -> Learnt:
    """Which pictures that validate or test in this split the model was trained on before.

    The same split of the same data is clean. With another one the run's `split.csv` tells picture by picture;
    without it nothing can be told, and the worst is assumed. What a model inherited it hands on.
    """
    learnt = _learnt_in_its_run(start, dataset, split)
    before = start.card.training.get("from")
    if not isinstance(before, dict) or not learnt.is_clean:
        return learnt
    if before.get("clean") is False:
        return Learnt(False, _INHERITED, None, None)
    return learnt if before.get("clean") else Learnt(None, "it had gone on from a model of other data")


def _learnt_in_its_run(start: StartingPoint, dataset: Dataset, split: Split) -> Learnt:
    training = start.card.training
    if dataset.sources[0] != start.data:
        if start.data is not None and start.data in dataset.sources[1:]:
            return Learnt(False, "it was trained on the very data that would judge here", None, None)
        name = training.get("data")
        return Learnt(None, f"it was trained on other data{f' ({name})' if name else ''}")
    if training.get("split_fingerprint") == split.fingerprint:
        return Learnt(True, "it was trained with the same split")
    if start.run is None:
        return Learnt(False, "it was trained on this data with another split", None, None)
    trained = {_bare(each) for each, side in _sides(start.run) if side == "train"}
    val, test = (_among(pictures, trained) for pictures in (split.val, split.test))
    why = "it was trained on this data with another split"
    return Learnt(not (val or test), why, val, test)


def refuse_unless_forced(start: StartingPoint, learnt: Learnt, split: Split, *, force: bool) -> None:
    """Refuses to judge a model by pictures that it has learnt.

    Raises:
        ConfigError: some that would judge were trained on, and `force` was not said.
    """
    if learnt.is_clean is not False or force:
        return
    sets = [("validate", learnt.val, split.val), ("test", learnt.test, split.test)]
    counts = [
        f"{len(ids):,} of the {len(pictures):,} pictures that would {verb} (such as {_some(ids)})"
        for verb, ids, pictures in sets
        if ids and pictures is not None
    ]
    found = (
        f"it was trained on {' and on '.join(counts)}"
        if counts
        else f"{learnt.why}, and which of its pictures would judge here cannot be told"
    )
    if learnt.why == _INHERITED:
        advice = "go on from a model that was trained with one split throughout"
    elif start.run is not None:
        advice = f"keep its split with --split {start.run.path}"
    else:
        advice = "give the folder of its run, or keep its split with --split FILE"
    raise ConfigError(
        f"--from {start.path}: {found}. Their score would tell what the model remembers, not what it can do. Expected "
        f"pictures that it has not learnt: {advice}. --force goes on all the same, and the report then says that "
        "validation is not clean."
    )


def _run_of(path: Path, card: ModelCard) -> RunFolder | None:
    for folder in (path, path.resolve().parent):
        run = RunFolder(folder)
        if run.split_csv.is_file() and run.model.is_dir() and (run.path == path or run.model.samefile(path)):
            same = hashlib.sha256(run.split_csv.read_bytes()).hexdigest() == card.training.get("split_fingerprint")
            return run if same else None
    return None


def _sides(run: RunFolder) -> list[tuple[str, str]]:
    with run.split_csv.open(encoding="utf-8", newline="") as file:
        return [(row["id"], row["split"]) for row in csv.DictReader(file)]


def _bare(each: str) -> str:
    """An id without the `train/` that stands in front of it in a run with --test."""
    return each.removeprefix("train/")


def _among(pictures: ImageSet | None, trained: set[str]) -> tuple[str, ...]:
    return () if pictures is None else tuple(each for each in pictures.ids if _bare(each) in trained)


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    known = set(others)
    return [name for name in names if name not in known]


def _values(dtype: str, value_range: tuple[float, float]) -> str:
    return f"{dtype} from {value_range[0]:g} to {value_range[1]:g}"


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(f"'{each}'" for each in ids[:_SHOWN])
    return shown if len(ids) <= _SHOWN else f"{shown}, …"
