"""Features for a head: computed in 8 bits where the processor's instructions make that clearly faster."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from onelook import runtime
from onelook.predictors.features_in_8_bits import FeatureTimes
from onelook.runs.begin import BegunRun

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet
    from onelook.predictors.embedding import FeatureNetwork

# To quantize a network and to time it takes about 4 s of a core. So many multiply-adds take some 8 s in float32: 3,800
# pictures of 128 px with EfficientNet-Lite0, or 1,250 of 224 px.
_LEAST_WORK = 500e9
_INT8 = "int8"


def settle_features(begun: BegunRun, pictures: ImageSet, rows: int, backbone: FeatureNetwork) -> FeatureTimes | None:
    """Return the times by which features are computed in 8 bits; None computes them in float32.

    Both are recorded. A resumed run keeps the arithmetic that it began with. So that the same command always decides
    the same, little work is not measured at all, and a measurement is kept in the cache.

    Args:
        begun: the run.
        pictures: some of which are measured.
        rows: the number of pictures whose features are needed.
        backbone: the network that makes the features.
    """
    if begun.resume:
        recorded = begun.own_folder.read_run().get("features")
        if not isinstance(recorded, dict) or recorded.get("arithmetic") != _INT8:
            return None
        return FeatureTimes.read(recorded)
    if not _may_gain(begun, pictures, rows * backbone.multiply_adds):
        return None
    from onelook.predictors.embedding import times_of_features

    times = times_of_features(pictures, backbone)
    begun.record(features={"arithmetic": _INT8 if times.is_chosen else "float32", **asdict(times)})
    return times if times.is_chosen else None


def in_words(times: FeatureTimes) -> str:
    """Return what to say of features in 8 bits.

    Example:
        >>> in_words(FeatureTimes(0.002, 0.0009, 0.107))
        'in 8 bits, 2.2 times as fast as in float32 (--set precision=float32 computes them in float32)'
    """
    return f"in 8 bits, {times.gain:.1f} times as fast as in float32 (--set precision=float32 computes them in float32)"


def _may_gain(begun: BegunRun, pictures: ImageSet, work: float) -> bool:
    """Return whether 8 bits are worth a measurement; the same run has always one answer."""
    if work < _LEAST_WORK or begun.settings.precision != "auto" or begun.processes.count > 1:
        return False
    is_plain = pictures.images.dtype == np.uint8 and begun.data.value_range == (0.0, 255.0)
    return is_plain and runtime.dot_product_instructions() is not None
