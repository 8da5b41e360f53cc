"""Features in the place of pictures: the same logits either way, every picture counted, spread over the set."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from onelook.data.dataset import ImageSet
from onelook.models.layers.build import build_network as network_module
from onelook.runs.fitting import build_network, head_on_features
from onelook.runs.fitting.head_on_features import _FeatureProgress, _for_plain_features, _renumbered
from onelook.runs.stages import ReadyNetwork
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.settings.network import Conv, Dense, GlobalPool
from onelook.training.inputs.training_inputs import TrainingInputs


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


class Counted:
    """Stands for a run with a folder: remembers what is recorded."""

    def __init__(self, recorded: dict[str, Any] | None = None) -> None:
        self.resume, self.recorded = recorded is not None, recorded or {}
        self.processes, self.settings = SimpleNamespace(count=1), SimpleNamespace(seed=0)

    @property
    def own_folder(self) -> Any:
        return SimpleNamespace(read_run=lambda: self.recorded)

    def record(self, **fields: Any) -> None:
        self.recorded |= fields


@pytest.fixture
def seconds_each(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Seconds for the features of a picture, which are the picture's own row."""
    clock = {"now": 0.0, "each": 1.0}

    def embedded(side: ImageSet, *_: Any) -> ImageSet:
        clock["now"] += clock["each"] * len(side)
        return replace(side, images=side.rows[:, None], rows=np.arange(len(side)))

    monkeypatch.setattr(head_on_features, "_embedded", embedded)
    monkeypatch.setattr(head_on_features, "perf_counter", lambda: clock["now"])
    return clock


def in_time(seconds: float | None, run: Any) -> ImageSet:
    rows = np.arange(100, 140)
    train = ImageSet(np.zeros((200, 1)), rows, tuple(map(str, rows)), rows % 2)
    backbone: Any = None
    return head_on_features._embedded_in_time(train, backbone, lambda *_: None, seconds, run)


def test_training_pictures_are_left_out_where_a_limit_leaves_no_time_for_their_features(
    seconds_each: dict[str, float],
) -> None:
    run = Counted()
    some = in_time(21.0, run)
    assert seconds_each["now"] == 20.0  # five parts of four pictures; a sixth would take too long
    assert run.recorded == {"feature_rows": len(some)} == {"feature_rows": 20}
    rows = some.images[some.rows][:, 0]
    assert rows.tolist() == sorted({*rows.tolist()}) == [int(each) for each in some.ids]
    assert some.labels is not None
    assert some.labels.tolist() == (rows % 2).tolist()
    assert rows.max() - rows.min() > 25  # from all over the set
    seconds_each["each"] = 100.0
    resumed = in_time(1.0, Counted(run.recorded))
    assert resumed.ids == some.ids


def test_with_time_enough_all_features_are_computed_at_once(seconds_each: dict[str, float]) -> None:
    run = Counted()
    assert len(in_time(81.0, run)) == 40
    assert (seconds_each["now"], run.recorded) == (44.0, {})  # four to see how fast it is, then all
    assert len(in_time(None, run)) == 40
    assert len(in_time(60.0, run)) == 40  # in parts, with the clock in view
    assert run.recorded == {"feature_rows": 40}
    assert len(in_time(0.1, run)) == 4  # at least a part


def test_pictures_that_a_limit_leaves_out_are_not_said_to_come_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    network = NetworkSettings(layers=(Conv(filters=4), GlobalPool(type="global_average_pool"), Dense(units="classes")))
    images = np.random.default_rng(0).random((46, 8, 8, 3)).astype(np.float32)
    train, val = (
        ImageSet(images, rows, tuple(map(str, rows)), rows % 2) for rows in (np.arange(40), np.arange(40, 46))
    )
    begun: Any = Counted()
    begun.own_network, begun.data = network, SimpleNamespace(planes=(3, 8, 8), num_classes=2)
    inputs = TrainingInputs(train, val, torch.nn.Identity(), None, torch.device("cpu"))
    ready = ReadyNetwork(network_module(network, (3, 8, 8), 2), inputs, FittedPreprocess(), {})
    now = [0.0]

    def embedded(side: ImageSet, backbone: Any, on_progress: Any) -> ImageSet:
        on_progress(0, len(side))
        on_progress(len(side), len(side))
        now[0] += len(side)  # a second a picture
        features = side.images[side.rows].mean(axis=(1, 2)) @ np.ones((3, 4), np.float32)
        return replace(side, images=features[:, np.newaxis, np.newaxis], rows=np.arange(len(side)))

    monkeypatch.setattr(head_on_features, "perf_counter", lambda: now[0])
    monkeypatch.setattr(head_on_features, "_embedded", embedded)
    found = head_on_features.on_features(ready, begun, None, seconds=21.0)
    assert (len(found.inputs.train), found.left_out) == (20, 20)
    assert found.words == "of 26 pictures in 26 s, 1 a second; kept for other runs"
