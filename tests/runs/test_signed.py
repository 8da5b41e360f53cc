"""The signature of a run's training pictures: from some of them, with limits from validation pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.runs.test_calibrated import pictures

from onelook.classifier import Classifier, load
from onelook.data.dataset import ImageSet
from onelook.runs.ending.signature import count_signing, signed
from onelook.signature.signature import FEWEST, Signature

MOST_TRAIN, MOST_VAL = count_signing(10**6, FEWEST) - FEWEST, count_signing(FEWEST, 10**6) - FEWEST


class Described:
    """A model that remembers the values of the pictures that it is asked to describe."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def describe(self, batches: Any) -> tuple[np.ndarray, None]:
        values = [images[:, 0, 0, 0] for images in batches]
        assert max(map(len, values)) <= 128
        self.seen.append(np.concatenate(values).tolist())
        return np.random.default_rng(0).normal(size=(len(self.seen[-1]), 13)).astype(np.float32), None

    def with_signature(self, signature: Signature) -> Signature:
        return signature


def test_some_training_and_validation_pictures_from_the_first_to_the_last_are_looked_at() -> None:
    model: Any = Described()
    found: Any = signed(model, pictures(4 * MOST_TRAIN), pictures(2 * MOST_VAL))
    assert isinstance(found, Signature)
    assert [len(set(values)) for values in model.seen] == [MOST_TRAIN, MOST_VAL]
    assert [(values[0], values[-1]) for values in model.seen] == [(4 * MOST_TRAIN - 1, 0), (2 * MOST_VAL - 1, 0)]


@pytest.mark.parametrize(("train", "val"), [(FEWEST - 1, 500), (500, FEWEST - 1)])
def test_without_enough_pictures_the_model_stays(train: int, val: int) -> None:
    model: Any = Described()
    assert signed(model, pictures(train), pictures(val)) is model
    assert model.seen == []


def test_a_model_recognises_other_pictures_than_its_own(brightness_classifier: Classifier, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    images = chance.integers(100, 140, (400, 8, 8, 1), np.uint8)
    sides = [ImageSet(images, rows, tuple(map(str, rows)), rows % 2) for rows in np.split(np.arange(400), [200])]
    model = load(signed(brightness_classifier, *sides).save(tmp_path / "model"))
    shown = np.concatenate([chance.integers(100, 140, (50, 8, 8, 1), np.uint8), 255 - images[:50] // 4])
    _, unlikeness = model.judge(shown)
    assert unlikeness is not None
    assert unlikeness.is_unlike[:50].mean() <= 0.1
    assert unlikeness.is_unlike[50:].all()
