"""The fitted model inside an `ImageClassifier`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.protocol import Images
from onelook.planning.plan import Plan
from onelook.runs.portable_model import to_classifier
from onelook.runs.stages import TrainedNetwork
from onelook.runtime import choose_device, versions

if TYPE_CHECKING:
    from onelook.classical.fit import ClassicalFit
    from onelook.classifier import Classifier
    from onelook.predictors.predictor import Predictor


@dataclass(frozen=True)
class ArrayModel:
    """A fitted model. It can be pickled; its predictor is built when it first predicts."""

    plan: Plan
    class_names: tuple[str, ...]
    dtype: str
    model: TrainedNetwork | ClassicalFit
    val_accuracy: float | None  # None if all pictures were trained on
    seconds: float = field(compare=False)

    def probabilities(self, images: Images) -> NDArray[np.floating[Any]]:
        """Return (rows, classes). A network computes in float64, so that no row's result depends on the other rows."""
        pictures = ArrayPictures(images, self.model.preprocess.value_range).decode(self.plan.decode).images
        return self._predictor.probabilities(pictures)

    def classifier(self) -> Classifier:
        """Return the portable model, the same as in the `model/` of a run, in memory."""
        settings = self.plan.settings
        return to_classifier(
            self.model,
            self.plan,
            self.class_names,
            dtype=self.dtype,
            provenance={"model": settings.model, "seed": settings.seed, "versions": versions()},
            metrics={} if self.val_accuracy is None else {"val_accuracy": self.val_accuracy},
        )

    @cached_property
    def _predictor(self) -> Predictor:
        model, decode, settings, classes = self.model, self.plan.decode, self.plan.settings, len(self.class_names)
        shape = (decode.height, decode.width, decode.channels)
        if isinstance(model, TrainedNetwork):
            from onelook.predictors.torch import TorchPredictor

            return TorchPredictor(
                model.network,
                model.preprocess,
                model.weights,
                shape,
                classes,
                views=settings.views,
                device=choose_device(settings.device),
                exact=True,
            )
        from onelook.predictors.onnx_session import GraphFeatures
        from onelook.predictors.sklearn import SklearnPredictor

        embed = GraphFeatures(model.graph, shape) if model.graph else None
        return SklearnPredictor(model.content, model.fitted, model.preprocess, shape, classes, embed=embed)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_predictor"}
