"""`--from MODEL`: the trained model that training continues from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.classifier import load
from onelook.data.class_names import are_same_numbers, has_integer_labels, name_classes, names_as_in
from onelook.errors import DataError
from onelook.predictors.network_weights import PREPROCESS_PREFIX
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder
from onelook.settings.merge import Overrides, merge
from onelook.wording import listed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classifier.card import ModelCard
    from onelook.classifier.picture_list import PictureList
    from onelook.classifier.tensors import Weights
    from onelook.data.dataset import Dataset


@dataclass(frozen=True)
class StartingPoint:
    """A trained model that training continues from: its network, its weights, and where they come from."""

    path: Path
    card: ModelCard
    weights: Weights
    run: RunFolder | None  # the model's run, if it is available with the model's own split.csv
    pictures: PictureList | None = None  # those that it was trained and validated on; None if that is not known

    @property
    def network_name(self) -> str:
        """The name under which the network was built."""
        return str(self.card.training.get("model") or "cnn")

    @property
    def preparation_weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights of the fixed preparation: the whitening matrix, if there is one."""
        return {name: array for name, array in self.weights.items() if name.startswith(PREPROCESS_PREFIX)}

    @property
    def network_weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's own state dict."""
        return {name: array for name, array in self.weights.items() if not name.startswith(PREPROCESS_PREFIX)}

    def settings_with(self, asked: Overrides) -> Overrides:
        """Return the given settings, completed by those of the model: network, preparation, views, its recipe."""
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

    def choices(self) -> tuple[str, ...]:
        """Return sentences for the user on what the model decides for the training."""
        recipe = self.card.training.get("recipe")
        sentences = [f"network and preparation: those of {self.path}; training continues from its weights"]
        if recipe:
            sentences.append(f"training as in the recipe {recipe}, which it was trained with")
        return tuple(sentences)

    def name_classes(self, dataset: Dataset) -> Dataset:
        """Return the data set with the model's class names, if its own are numbers.

        Raises:
            DataError: its classes are not the model's, in the model's order.
        """
        names = self.card.class_names
        dataset = names_as_in(dataset, names)
        numbered = has_integer_labels(dataset.class_names) and not has_integer_labels(names)
        if numbered and len(names) == len(dataset.class_names):
            dataset = name_classes(dataset, names)
        if are_same_numbers(dataset.class_names, names) and [*map(int, dataset.class_names)] == [*map(int, names)]:
            dataset = replace(dataset, class_names=tuple(names))  # spelled otherwise, as 1 for 001
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
            + (", and ".join(differences) if differences else "they are in another order")
            + f". Expected those of the model, in its order: {listed(names)}. Train a new model without --from."
        )

    def refuse_other_values(self, dtype: str, value_range: tuple[float, float]) -> None:
        """Refuse pictures whose values have another meaning than those that the model was trained on.

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
        """Return the folder of the model's run, if its split can be used again because the data is the same."""
        is_same = dataset.fingerprint == self.card.training.get("data_fingerprint")
        return self.run.path if self.run is not None and is_same else None

    @property
    def data(self) -> Any:
        """The fingerprint of the data that its training pictures came from."""
        sources = self.card.training.get("data_sources")
        return sources[0] if isinstance(sources, list) and sources else self.card.training.get("data_fingerprint")


def read_starting_point(path: Path) -> StartingPoint:
    """Read the model at `path`: a run folder, a model folder or a zip of either.

    Raises:
        ModelError: there is none, or it is damaged.
        ConfigError: the model is not a network.
    """
    classifier = load(path)
    classifier.card.need_network("--from")
    card = classifier.card
    return StartingPoint(path, card, classifier.weights, _run_of(path, card), classifier.pictures)


def _run_of(path: Path, card: ModelCard) -> RunFolder | None:
    for folder in (path, path.resolve().parent):
        run = RunFolder(folder)
        if run.split_csv.is_file() and run.model.is_dir() and (run.path == path or run.model.samefile(path)):
            same = hashlib.sha256(run.split_csv.read_bytes()).hexdigest() == card.training.get("split_fingerprint")
            return run if same else None
    return None


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    known = set(others)
    return [name for name in names if name not in known]


def _values(dtype: str, value_range: tuple[float, float]) -> str:
    return f"{dtype} from {value_range[0]:g} to {value_range[1]:g}"
