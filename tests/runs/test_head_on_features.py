"""Features in the place of pictures: the same logits either way, every picture counted, spread over the set."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from onelook.data.dataset import ImageSet
from onelook.runs import build_network
from onelook.runs.head_on_features import _FeatureProgress, _for_plain_features, _renumbered


def test_a_head_gives_the_same_logits_for_plain_and_for_standardised_features() -> None:
    draw = np.random.default_rng(0)
    features, weight, bias = draw.normal(3, 2, (6, 4)), draw.normal(size=(3, 4)), draw.normal(size=3)
    scaling: Any = SimpleNamespace(multiplier=np.array([0.5, 2.0, 4.0, 0.1]), offset=np.array([1.0, -3.0, 0.5, 7.0]))
    standardised = features * scaling.multiplier + scaling.offset
    head = {"1.weight": weight.astype(np.float32), "1.bias": bias.astype(np.float32)}
    plain = _for_plain_features(head, "1", scaling, undo=False)
    logits = standardised @ weight.T + bias
    assert features @ plain["1.weight"].T + plain["1.bias"] == pytest.approx(logits, abs=1e-4)
    trained = _for_plain_features(head, "1", scaling, undo=True)  # a head that was trained on plain features
    logits = features @ weight.T + bias
    assert standardised @ trained["1.weight"].T + trained["1.bias"] == pytest.approx(logits, abs=1e-4)


def test_weights_of_the_head_are_numbered_from_its_flatten_and_back() -> None:
    whole = {
        "3.weight": np.zeros(1),
        "7.weight": np.ones(1),
        "9.layers.0.bias": np.ones(2),
        "preprocess.mean": np.ones(3),
    }
    head = _renumbered(whole, 7, to_head=True)  # type: ignore[arg-type]
    assert {*head} == {"1.weight", "3.layers.0.bias"}
    assert {*_renumbered(head, 7, to_head=False)} == {"7.weight", "9.layers.0.bias"}


def test_features_of_all_sets_are_counted() -> None:
    told: list[tuple[int, int]] = []
    progress = _FeatureProgress(lambda done, total: told.append((done, total)), 8)
    for done, total in ((0, 5), (2, 5), (5, 5), (0, 3), (3, 3)):
        progress(done, total)
    assert progress.words.startswith("of 8 pictures in ")
    assert told == [(0, 5), (2, 5), (5, 5), (0, 3), (3, 3)]
    assert progress.words.endswith(" a second; kept for other runs")
    assert _FeatureProgress(None, 8).words == "of all pictures: from an earlier run's cache"


def test_features_that_were_kept_are_counted_apart() -> None:
    progress = _FeatureProgress(None, 600)
    progress(0, 2)
    progress(2, 2)
    assert progress.words.startswith("of 2 pictures in ")
    assert progress.words.endswith("; those of 598 others are from earlier runs' cache")


def test_the_whitened_pictures_are_spread_from_the_first_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_network, "_WHITENING_PICTURES", 4)
    images = np.zeros((40, 2, 3, 1), np.uint8)
    images[:, 1, 2, 0] = np.arange(40)
    rows = np.arange(1, 40, 2)[:10]  # 1, 3, 5 … 19
    train = ImageSet(images, rows, tuple(map(str, rows)), rows % 2)
    drawn = build_network._some_pictures(train)
    assert (drawn.shape, drawn.dtype) == ((4, 1, 2, 3), torch.float32)
    assert drawn[:, 0, 1, 2].tolist() == [1.0, 7.0, 13.0, 19.0]
