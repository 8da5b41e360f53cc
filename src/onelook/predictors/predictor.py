"""The protocol of predictors, and the loop over batches that they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelook.data.pictures.protocol import Images
from onelook.errors import DataError

Probabilities = NDArray[np.float32]  # (rows, classes), each row adds up to 1
# (rows, features): the values from which a network's last dense layer computes the logits
Features = NDArray[np.float32]
OnFeatures = Callable[[Features], None]  # called with the features of each batch, in order

BATCH_SIZE = 256  # pictures in a batch: a few dozen megabytes of activations for small networks
_PIXELS = BATCH_SIZE * 128 * 128  # of a batch: 400 MB of EfficientNet's widest activations


class Predictor(Protocol):
    """A function from decoded pictures to probabilities: the fixed preparation, the model and softmax."""

    @property
    def name(self) -> str:
        """The engine: `onnx`, `torch` or `sklearn`."""
        ...

    def probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        """Return one row of probabilities for every picture, in order.

        Args:
            images: (rows, height, width, channels), raw values as decoded; rows may be 0.
            on_features: called with the features of the pictures; never by a model that has none, or was not built to
                give them.

        Raises:
            DataError: the pictures are not of the size that the model takes.
        """
        ...


def network_batch_size(views: int, height: int, width: int) -> int:
    """Return the number of pictures in a batch that keeps memory bounded, for this size and number of views.

    Example:
        >>> network_batch_size(1, 28, 28), network_batch_size(6, 28, 28), network_batch_size(1, 224, 224)
        (256, 42, 83)
    """
    return max(1, min(BATCH_SIZE, _PIXELS // (height * width)) // views)


def predict_in_batches(
    images: Images,
    predict: Callable[[Images], Probabilities],
    num_classes: int,
    batch_size: int = BATCH_SIZE,
    *,
    dtype: DTypeLike = np.float32,
) -> Probabilities:
    """Return the results of `predict` on all pictures, `batch_size` at a time; the last batch may be shorter.

    Example:
        >>> pictures = np.zeros((5, 8, 8, 1), np.uint8)
        >>> predict_in_batches(pictures, lambda batch: np.ones((len(batch), 1), np.float32), 1, batch_size=2).shape
        (5, 1)
    """
    probabilities = np.empty((len(images), num_classes), dtype)
    for start in range(0, len(images), batch_size):
        rows = slice(start, start + batch_size)
        probabilities[rows] = predict(images[rows])
    return probabilities


def check_images(images: Images, shape: tuple[int, int, int]) -> None:
    """Refuse pictures of another size than (height, width, channels).

    Raises:
        DataError: the message names the shape found and the shape expected.
    """
    if images.ndim != len(shape) + 1 or images.shape[1:] != shape:
        expected = f"(rows, {', '.join(map(str, shape))})"
        raise DataError(
            f"pictures have the shape {images.shape}; the model takes {expected}, rows × height × width × channels. "
            "Resize them first."
        )
