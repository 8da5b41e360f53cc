"""A classifier that was fitted to arrays in memory: what an `ImageClassifier` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.array_pictures import ArrayPictures
from onelook.data.pictures.protocol import Images
from onelook.runtime import choose_device, versions
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, TrainSettings

if TYPE_CHECKING:
    from onelook.classical.fit import ClassicalFit
    from onelook.classifier import Classifier
    from onelook.predictors.predictor import Predictor


@dataclass(frozen=True)
class NetworkFit:
    """A trained network."""

    network: NetworkSettings
    preprocess: FittedPreprocess
    weights: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ArrayFit:
    """A fitted model. It can be pickled; what runs it is built when it is first asked."""

    settings: TrainSettings
    decode: DecodeSettings
    class_names: tuple[str, ...]
    dtype: str
    learnt: NetworkFit | ClassicalFit
    val_accuracy: float | None  # None where all pictures were learnt from
    seconds: float = field(compare=False)

    def probabilities(self, images: Images) -> NDArray[np.floating[Any]]:
        """(rows, classes): of a network in float64, so that a row's answer does not depend on the others'."""
        pictures = ArrayPictures(images, self.learnt.preprocess.value_range).decode(self.decode).images
        return self._predictor.probabilities(pictures)

    def classifier(self) -> Classifier:
        """The portable model: what a run's `model/` holds, in memory."""
        from onelook.classifier import build_classical, build_classifier

        learnt = self.learnt
        described: dict[str, Any] = {
            "decode": self.decode,
            "class_names": self.class_names,
            "dtype": self.dtype,
            "provenance": {"model": self.settings.model, "seed": self.settings.seed, "versions": versions()},
            "metrics": {} if self.val_accuracy is None else {"val_accuracy": self.val_accuracy},
        }
        if isinstance(learnt, NetworkFit):
            return build_classifier(
                learnt.network,
                learnt.preprocess,
                learnt.weights,
                value_range=learnt.preprocess.value_range,
                views=self.settings.views,
                **described,
            )
        return build_classical(
            learnt.content, learnt.fitted, learnt.preprocess, network=learnt.network, graph=learnt.graph, **described
        )

    @cached_property
    def _predictor(self) -> Predictor:
        learnt, classes = self.learnt, len(self.class_names)
        shape = (self.decode.height, self.decode.width, self.decode.channels)
        if isinstance(learnt, NetworkFit):
            from onelook.predictors.torch import TorchPredictor

            return TorchPredictor(
                learnt.network,
                learnt.preprocess,
                learnt.weights,
                shape,
                classes,
                views=self.settings.views,
                device=choose_device(self.settings.device),
                exact=True,
            )
        from onelook.predictors.features import GraphFeatures
        from onelook.predictors.sklearn import SklearnPredictor

        embed = GraphFeatures(learnt.graph, shape) if learnt.graph else None
        return SklearnPredictor(learnt.content, learnt.fitted, learnt.preprocess, shape, classes, embed=embed)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_predictor"}
