"""Golden pictures: a few inputs that are saved with a model, and its probabilities for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.card import ModelCard
from onelook.classifier.tensors import from_safetensors, to_safetensors
from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images
from onelook.errors import ModelError
from onelook.wording import counted, listed

GOLDEN_PICTURES = 16
# Float32 sums in another order differ by about 1e-6 after softmax; a wrong layer changes far more.
TOLERANCE = 1e-4


@dataclass(frozen=True, repr=False)
class Golden:
    """Input pictures and the model's probabilities for them."""

    pictures: Images  # (16, height, width, channels), in the model's dtype
    probabilities: NDArray[np.float32]  # (16, classes)

    def __repr__(self) -> str:
        # Without the pixels.
        height, width, channels = self.pictures.shape[1:]
        return f"Golden({counted(len(self.pictures), 'picture')} of {height}×{width}×{channels})"


def choose_pictures(source: Images | ImageSet | None, card: ModelCard) -> Images:
    """Return 16 pictures, evenly spread over `source` (repeated if it has fewer); without it, always the same noise."""
    if source is None or not len(source):
        return _noise(card)
    positions = np.linspace(0, len(source) - 1, GOLDEN_PICTURES).round().astype(np.int64)
    return np.ascontiguousarray(source.take(positions) if isinstance(source, ImageSet) else source[positions])


def largest_difference(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return the largest difference between two arrays of probabilities; infinity if one is not a number."""
    if first.shape != second.shape:
        return float("inf")
    difference = float(np.abs(first.astype(np.float64) - second.astype(np.float64)).max(initial=0.0))
    return difference if np.isfinite(difference) else float("inf")


def golden_bytes(golden: Golden) -> bytes:
    """Return the content of `golden.safetensors`."""
    return to_safetensors({"pictures": golden.pictures, "probabilities": golden.probabilities})


def read_golden(content: bytes, card: ModelCard, where: str) -> Golden:
    """Return the golden pictures in the content of `golden.safetensors`.

    Raises:
        ModelError: the content is damaged, or does not fit the card.
    """
    tensors = from_safetensors(content, where)
    if set(tensors) != {"pictures", "probabilities"}:
        raise ModelError(f"{where}: holds {listed(sorted(tensors)) or 'nothing'}, expected pictures and probabilities.")
    pictures, probabilities = tensors["pictures"], tensors["probabilities"]
    if probabilities.ndim == 2 and probabilities.shape[1] != len(card.class_names):
        raise ModelError(
            f"{where}: the model gave {probabilities.shape[1]} probabilities a picture, model.json names "
            f"{len(card.class_names)} classes. The files belong to different models: copy the model again."
        )
    if pictures.shape[1:] != card.input_shape or pictures.dtype != card.dtype or not len(pictures):
        raise ModelError(
            f"{where}: pictures are {pictures.dtype} {pictures.shape}, expected {card.dtype} with "
            f"(pictures, height, width, channels) = (16, {', '.join(map(str, card.input_shape))})."
        )
    if (
        probabilities.shape != (len(pictures), len(card.class_names))
        or probabilities.dtype != np.float32
        or not np.isfinite(probabilities).all()
    ):
        raise ModelError(
            f"{where}: probabilities are {probabilities.dtype} {probabilities.shape}, expected finite float32 "
            f"({len(pictures)}, {len(card.class_names)})."
        )
    return Golden(pictures, probabilities)


def _noise(card: ModelCard) -> Images:
    generator = np.random.default_rng(0)
    low, high = card.value_range
    noise = generator.uniform(low, high, (GOLDEN_PICTURES, *card.input_shape))
    return (noise.round() if np.dtype(card.dtype).kind in "iu" else noise).astype(card.dtype)
