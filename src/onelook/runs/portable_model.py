"""The portable model of a run: made from a fitted one, and loaded from the run's folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from onelook.classifier import Classifier
from onelook.planning.plan import Plan
from onelook.runs.stages import TrainedNetwork

if TYPE_CHECKING:
    import numpy as np

    from onelook.classical.fit import ClassicalFit
    from onelook.classifier.picture_list import PictureList
    from onelook.data.dataset import ImageSet


class RunClassifier(Classifier):
    """The trained model of a run: `run.classifier`, or `run.classifier()` as older programs write it."""

    def __call__(self) -> RunClassifier:
        """Return the classifier itself."""
        return self


def to_classifier(
    model: TrainedNetwork | ClassicalFit,
    plan: Plan,
    class_names: tuple[str, ...],
    *,
    dtype: np.dtype[Any] | str,
    provenance: Mapping[str, Any],
    metrics: Mapping[str, float],
    golden_pictures: ImageSet | None = None,
    pictures: PictureList | None = None,
) -> Classifier:
    """Return the portable model, in memory.

    Args:
        model: the fitted model.
        plan: the plan that it was fitted by.
        class_names: in the order of the labels.
        dtype: the dtype of the pictures, `uint8` or that of a user's own arrays.
        provenance: the origin of the model, as the model card records it.
        metrics: scores on validation pictures.
        golden_pictures: some of these are saved in the model, with its predictions.
        pictures: the list of the training and validation pictures.
    """
    from onelook.classifier import build_classical, build_classifier

    if isinstance(model, TrainedNetwork):
        build: Callable[..., Classifier] = partial(
            build_classifier,
            model.network,
            model.preprocess,
            model.weights,
            value_range=model.preprocess.value_range,
            views=plan.settings.views,
        )
    else:
        build = partial(
            build_classical, model.content, model.fitted, model.preprocess, network=model.network, graph=model.graph
        )
    return build(
        decode=plan.decode,
        class_names=class_names,
        dtype=dtype,
        provenance=provenance,
        metrics=metrics,
        golden_pictures=golden_pictures,
        pictures=pictures,
    )
