"""Compare what an exported file answers with what the model answers, on golden and on random pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.classifier import ModelCard
from onelook.classifier.golden import largest_difference
from onelook.data.pictures.protocol import Images
from onelook.export.target import Answer, Source
from onelook.predictors.onnx import OnnxPredictor
from onelook.predictors.predictor import Probabilities, network_batch_size, predict_in_batches

RANDOM_PICTURES = 256
# Two classes whose probabilities differ by no more than this are equally likely: float32 sums in another order differ
# by as much, and then either class is the answer.
TIE = 1e-5
_LEAST_CONTRAST = 0.2  # of a random picture, as a share of the range of values


@dataclass(frozen=True)
class Comparison:
    """How far an exported file is from its model."""

    golden_pictures: int
    random_pictures: int
    difference: float  # the largest between two probabilities; infinity if one is not a number
    other_answers: int  # pictures for which another class is the likeliest


def compare(source: Source, answer: Answer) -> Comparison:
    """Return the differences on the golden pictures, both from what was saved and from what the model answers now, and
    on random ones.

    A graph in 8 bits takes the model's place: what the disk holds has to be what was measured.

    Args:
        source: the model.
        answer: the exported file.
    """
    classifier = source.classifier
    golden, card = classifier.golden, classifier.card
    pictures = random_pictures(card)
    original = classifier.probabilities if source.is_model else OnnxPredictor(source.graph).probabilities
    now = original(np.concatenate([golden.pictures, pictures]))
    found = in_batches(answer, np.concatenate([golden.pictures, pictures]), card)
    saved = golden.probabilities if source.is_model else now[: len(golden.pictures)]
    of_golden = found[: len(golden.pictures)]
    return Comparison(
        golden_pictures=len(golden.pictures),
        random_pictures=len(pictures),
        difference=max(largest_difference(found, now), largest_difference(of_golden, saved)),
        other_answers=count_other_answers(found, now),
    )


def in_batches(answer: Answer, images: Images, card: ModelCard) -> Probabilities:
    """Return the answers on all pictures, as many at a time as the model itself takes."""
    height, width, _ = card.input_shape
    batch_size = network_batch_size(card.views.count, height, width)
    return predict_in_batches(images, answer, len(card.class_names), batch_size)


def count_other_answers(found: Probabilities, expected: Probabilities) -> int:
    """Return the number of pictures for which the likeliest class is another; of a tie, either class is right.

    Example:
        >>> expected = np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]], np.float32)
        >>> count_other_answers(np.array([[0.4, 0.6], [0.4, 0.6], [0.2, 0.8]], np.float32), expected)
        1
    """
    answered = np.take_along_axis(expected, found.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    return int((answered < expected.max(axis=1) - TIE).sum())


def random_pictures(card: ModelCard, count: int = RANDOM_PICTURES) -> Images:
    """Return always the same pictures, in the model's size, dtype and value range.

    Pure noise looks alike to most networks. So the pictures are noise of several grains, from one pixel to half of the
    picture, each with a brightness and a contrast of its own. None is even: a model that divides by each picture's
    standard deviation answers to even pictures by rounding.

    Args:
        card: of the model.
        count: the number of pictures.
    """
    generator = np.random.default_rng(0)
    height, width, channels = card.input_shape
    low, high = card.value_range
    grains = [1 << step for step in range(max(1, max(height, width).bit_length() - 1))]
    pictures = np.empty((count, height, width, channels), card.dtype)
    for number in range(count):
        grain = grains[number % len(grains)]
        cells = generator.uniform(0, 1, (-(-height // grain), -(-width // grain), channels))
        contrast = generator.uniform(_LEAST_CONTRAST, 1)
        darkest = generator.uniform(0, 1 - contrast)
        cells = (cells - cells.min()) / max(cells.max() - cells.min(), 1e-9)
        shares = (darkest + cells * contrast).repeat(grain, axis=0).repeat(grain, axis=1)[:height, :width]
        values = low + shares * (high - low)
        pictures[number] = values.round() if pictures.dtype.kind in "iu" else values
    return pictures
