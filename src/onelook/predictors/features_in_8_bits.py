"""The features of a pretrained network in 8 bits: faster where the processor has 8-bit dot products, and hardly others.

Measured on 3,000 photographs of dogs and cats at 128 px, with EfficientNet-Lite0 on an AMD EPYC (Zen 5): 2.2 times as
many pictures a second; heads that were trained on these features are as good as others on features in float32 (96.4 and
96.3 % right, ten folds), though the features themselves deviate by 11 %.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook import runtime
from onelook.data.cache.entries import cache_key
from onelook.data.pictures.protocol import Images
from onelook.errors import OnelookError
from onelook.files import json_text, write_text

VERSION = 1  # of what is done to graph and ranges; features of another version are not read
_CALIBRATION_PICTURES = 64
_ROUNDS = 3
# 8 bits are taken if they are so many times as fast, and features deviate by this share at most.
_WORTH, _LARGEST_DEVIATION = 1.3, 0.15

Compute = Callable[[Images], NDArray[np.float32]]


@dataclass(frozen=True)
class FeatureTimes:
    """The processor time of a picture's features in float32 and in 8 bits, and how far these lie apart.

    Attributes:
        float32_seconds: the fastest of some rounds, over all threads.
        int8_seconds: the same in 8 bits.
        deviation: the root of the mean squared difference, as a share of that of the features.
    """

    float32_seconds: float
    int8_seconds: float
    deviation: float

    @property
    def gain(self) -> float:
        """How many times as fast the features are in 8 bits."""
        return self.float32_seconds / self.int8_seconds

    @property
    def is_chosen(self) -> bool:
        """Whether 8 bits are worth it."""
        return self.gain >= _WORTH and self.deviation <= _LARGEST_DEVIATION

    @classmethod
    def read(cls, recorded: Mapping[str, Any]) -> FeatureTimes | None:
        """Return the times of a record; None if it has none."""
        try:
            return cls(**{name: float(recorded[name]) for name in cls.__annotations__})
        except (KeyError, TypeError, ValueError):
            return None


def sample_photographs(input_shape: tuple[int, int, int], count: int = _CALIBRATION_PICTURES) -> Images:
    """Return always the same parts of scikit-learn's two photographs: (count, height, width, channels), uint8.

    The ranges of a network's values on these are as good as on the data's own pictures (noise is not), and the features
    of a picture do not depend on the others that it is trained with.

    Args:
        input_shape: (height, width, channels).
        count: the number of pictures.
    """
    from PIL import Image
    from sklearn.datasets import load_sample_images

    height, width, channels = input_shape
    photographs = [Image.fromarray(each) for each in load_sample_images().images]
    draw = np.random.default_rng(0)
    found = np.empty((count, height, width, channels), np.uint8)
    for number in range(count):
        photograph = photographs[number % len(photographs)].convert("L" if channels == 1 else "RGB")
        side = int(photograph.height * draw.uniform(0.25, 1))
        left, top = (int(draw.integers(0, most - side + 1)) for most in photograph.size)
        part = photograph.resize((width, height), Image.Resampling.BICUBIC, (left, top, left + side, top + side))
        found[number] = np.asarray(part).reshape(height, width, channels)
    return found


def time_features(in_float32: Compute, in_8_bits: Compute, pictures: Images) -> FeatureTimes:
    """Time both on the same pictures, in turn, and compare what they give.

    Processor time is measured, because other work on the machine hardly changes it.

    Args:
        in_float32, in_8_bits: return the features of pictures.
        pictures: a batch.
    """
    exact, rough = in_float32(pictures), in_8_bits(pictures)
    times = [(_seconds(in_float32, pictures), _seconds(in_8_bits, pictures)) for _ in range(_ROUNDS)]
    float32_seconds, int8_seconds = (min(of_side) / len(pictures) for of_side in zip(*times, strict=True))
    deviation = float(np.linalg.norm(rough - exact) / max(float(np.linalg.norm(exact)), 1e-12))
    return FeatureTimes(float32_seconds, int8_seconds, deviation)


def kept_times(measure: Callable[[], FeatureTimes], *depends_on: str) -> FeatureTimes:
    """Return the times from the cache, or measure and keep them: a machine decides once for a network and a size.

    Args:
        measure: measures them.
        depends_on: what the times depend on, beside the processor and the package that computes.
    """
    parts = (VERSION, runtime.processor_name(), runtime.available_cores(), runtime.versions().get("onnxruntime"))
    path = runtime.cache_folder() / "precision" / f"features-{cache_key(*parts, *depends_on)}.json"
    with suppress(OSError, ValueError):
        if (found := FeatureTimes.read(json.loads(path.read_text(encoding="utf-8")))) is not None:
            return found
    times = measure()
    with suppress(OSError, OnelookError):  # a full or read-only disk; `run.json` keeps the decision
        write_text(path, json_text(asdict(times)))
    return times


def _seconds(compute: Compute, pictures: Images) -> float:
    began = process_time()
    compute(pictures)
    return process_time() - began
