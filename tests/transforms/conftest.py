"""Keras' own image preprocessing, as the peer that ours is compared with."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from onelook.transforms.augment.random_transforms import Transforms

Pictures = NDArray[np.float32]  # (rows, height, width, channels), as Keras has them
ApplyAsKeras = Callable[..., Pictures]


@pytest.fixture(scope="session")
def keras_image() -> ModuleType:
    """Keras' module of `ImageDataGenerator`. Keras reads its backend when it is first imported."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from keras.src.legacy.preprocessing import image

    return image


@pytest.fixture(scope="session")
def keras_generator(keras_image: ModuleType) -> Callable[..., Any]:
    """`ImageDataGenerator`, without its warnings about switches that it turns by itself."""

    def build(**arguments: Any) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "This ImageDataGenerator specifies", UserWarning)
            return keras_image.ImageDataGenerator(**arguments)

    return build


@pytest.fixture(scope="session")
def apply_as_keras(keras_generator: Callable[..., Any]) -> ApplyAsKeras:
    """`ImageDataGenerator.apply_transform` for each picture with its own parameters."""

    def apply(pictures: Pictures, transforms: Transforms, fill_mode: str = "nearest", cval: float = 0.0) -> Pictures:
        generator = keras_generator(fill_mode=fill_mode, cval=cval)
        with warnings.catch_warnings():
            # Keras 3.15 reaches SciPy's function through a namespace that SciPy gives up.
            warnings.filterwarnings("ignore", "Please import `affine_transform`", DeprecationWarning)
            return np.stack(
                [generator.apply_transform(x, keras_parameters(transforms, row)) for row, x in enumerate(pictures)]
            )

    return apply


def keras_parameters(transforms: Transforms, row: int) -> dict[str, float | bool]:
    """One picture's parameters as the dictionary that Keras passes around; what is off is left out."""
    return {name: values[row].item() for name, values in vars(transforms).items() if isinstance(values, torch.Tensor)}
