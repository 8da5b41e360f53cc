"""Features are the network's own, computed once, and known by what they are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from onelook.data.dataset import ImageSet
from onelook.models.layers.build import build_network
from onelook.predictors import embedding
from onelook.predictors.embedding import FeatureNetwork, embed, load_backbone
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.settings.network import BatchNorm, Conv, Dense, GlobalPool
from onelook.transforms.preprocess.in_torch import Preprocess

LAYERS = (
    Conv(filters=4, kernel=3, stride=2, padding="same", bias=False, activation="relu6"),
    BatchNorm(),
    GlobalPool(type="global_average_pool"),
    Dense(units="classes"),
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))


def small_network(scale: float = 1.0) -> tuple[FeatureNetwork, torch.nn.Module]:
    network = NetworkSettings(layers=LAYERS)
    torch.manual_seed(0)
    module = build_network(network, (3, 8, 8), 2).eval()
    torch.nn.init.uniform_(module.get_submodule("1").running_mean, 0.2, 0.8)
    torch.nn.init.uniform_(module.get_submodule("1").running_var, 0.5, 2.0)
    state = {name: scale * tensor.numpy() for name, tensor in module.state_dict().items()}
    return FeatureNetwork(network, 3, state, FittedPreprocess(), (8, 8, 3)), module


def drawn(rows: int = 10, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (rows, 8, 8, 3), dtype=np.uint8)


def image_set(images: np.ndarray, rows: list[int] | None = None) -> ImageSet:
    chosen = np.arange(len(images)) if rows is None else np.array(rows)
    return ImageSet(images, chosen, tuple(map(str, chosen)), None)


class Counter:
    """Hears how many pictures are computed."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))


def test_features_are_what_the_torch_module_gives_before_its_head() -> None:
    backbone, module = small_network()
    images = drawn()
    with torch.inference_mode():
        prepared = Preprocess(backbone.preprocess)(torch.from_numpy(images).permute(0, 3, 1, 2))
        expected = module[:3](prepared).numpy()
    found = embed(image_set(images), backbone)
    assert (found.shape, found.dtype) == ((10, 4), np.float32)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_rows_of_a_set_decide_the_order() -> None:
    backbone, _ = small_network()
    images = drawn()
    everything = embed(image_set(images), backbone)
    np.testing.assert_array_equal(embed(image_set(images, [7, 2, 5]), backbone), everything[[7, 2, 5]])


def test_the_second_time_nothing_is_computed() -> None:
    backbone, _ = small_network()
    first, again = Counter(), Counter()
    expected = embed(image_set(drawn()), backbone, on_progress=first)
    np.testing.assert_array_equal(embed(image_set(drawn().copy()), backbone, on_progress=again), expected)
    assert first.told == [(0, 10), (10, 10)]
    assert again.told == []


def test_one_side_of_a_split_finds_what_the_other_had_computed() -> None:
    backbone, _ = small_network()
    images, val = drawn(), Counter()
    embed(image_set(images, [0, 1, 2, 3, 4, 5, 6]), backbone)
    embed(image_set(images, [7, 8, 9]), backbone, on_progress=val)
    assert val.told == []


def test_of_a_small_part_of_an_array_no_more_is_computed() -> None:
    backbone, _ = small_network()
    images, first, again = drawn(), Counter(), Counter()
    found = embed(image_set(images, [3, 1]), backbone, on_progress=first)
    assert first.told[-1] == (2, 2)
    np.testing.assert_array_equal(embed(image_set(images, [3, 1]), backbone, on_progress=again), found)
    assert again.told == []
    np.testing.assert_allclose(embed(image_set(images), backbone)[[3, 1]], found, atol=1e-6)


def test_other_rows_of_the_same_array_have_features_of_their_own() -> None:
    backbone, _ = small_network()
    images = drawn()
    small = [[3, 1, 8], [1, 3, 8], [8, 3, 1], [3, 1], [4, 9]]
    found = [embed(image_set(images, rows), backbone) for rows in small]
    everything = embed(image_set(images), backbone)
    for rows, features in zip(small, found, strict=True):
        np.testing.assert_allclose(features, everything[rows], atol=1e-6)


def test_half_of_an_array_is_reason_enough_to_compute_all_of_it() -> None:
    backbone, _ = small_network()
    for count, computed in ((4, 4), (5, 10)):
        counter = Counter()
        embed(image_set(drawn(seed=count), list(range(count))), backbone, on_progress=counter)
        assert counter.told[-1] == (computed, computed)


def test_another_cut_or_another_size_of_picture_is_another_network() -> None:
    backbone, _ = small_network()
    others = [replace(backbone, layers=2), replace(backbone, input_shape=(8, 10, 3)), replace(backbone, layers=3)]
    assert [other.checksum == backbone.checksum for other in others] == [False, False, True]
    last = {**backbone.weights, "3.weight": backbone.weights["3.weight"] + 1}  # of a layer that makes no features
    assert replace(backbone, weights=last).checksum == backbone.checksum


def test_other_weights_or_preparation_are_computed_anew() -> None:
    backbone, _ = small_network()
    other_weights, _ = small_network(scale=2.0)
    other_range = replace(backbone, preprocess=FittedPreprocess(value_range=(0, 100)))
    embed(image_set(drawn()), backbone)
    for network in (other_weights, other_range):
        counter = Counter()
        embed(image_set(drawn()), network, on_progress=counter)
        assert counter.told[-1:] == [(10, 10)]


def test_only_new_pictures_of_a_changed_data_set_are_computed() -> None:
    """Pictures are known by their pixels: renaming moves them to other rows, and a corrected one is new."""
    backbone, _ = small_network()
    before = embed(image_set(drawn()), backbone)
    changed = drawn()[[9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0]]  # one comes first now, and one is there twice
    changed[5] = 255 - changed[5]
    counter = Counter()
    found = embed(image_set(changed), backbone, on_progress=counter)
    assert counter.told == [(0, 1), (1, 1)]
    kept = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
    np.testing.assert_array_equal(found[kept], before[[9, 0, 1, 2, 3, 5, 6, 7, 8, 0]])
    assert not np.array_equal(found[5], before[4])
    np.testing.assert_array_equal(embed(image_set(drawn()), backbone), before)


def test_features_that_are_damaged_in_the_cache_are_computed_again(tmp_path: Path) -> None:
    backbone, _ = small_network()
    before = embed(image_set(drawn()), backbone)
    embed(image_set(drawn(3, seed=7)), backbone)
    first = next(path for path in tmp_path.rglob("pictures.npy") if path.stat().st_size > 9 * 16)
    first.write_bytes(first.read_bytes()[:-20])
    np.testing.assert_allclose(embed(image_set(drawn()), backbone), before, atol=1e-6)


def test_several_batches_give_what_one_gives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backbone, _ = small_network()
    whole = embed(image_set(drawn()), backbone)
    monkeypatch.setattr(embedding, "_BATCH_SIZE", 4)
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "other"))
    counter = Counter()
    np.testing.assert_allclose(embed(image_set(drawn()), backbone, on_progress=counter), whole, atol=1e-6)
    assert counter.told == [(0, 10), (4, 10), (8, 10), (10, 10)]


def test_what_was_computed_before_ctrl_c_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    backbone, module = small_network()
    images = drawn()
    monkeypatch.setattr(embedding, "_BATCH_SIZE", 4)

    def stop(done: int, total: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(image_set(images), backbone, on_progress=stop)
    again, third = Counter(), Counter()
    found = embed(image_set(images), backbone, on_progress=again)
    assert again.told == [(0, 2), (2, 2)]
    with torch.inference_mode():
        prepared = Preprocess(backbone.preprocess)(torch.from_numpy(images).permute(0, 3, 1, 2))
        np.testing.assert_allclose(found, module[:3](prepared).numpy(), atol=1e-5)
    np.testing.assert_array_equal(embed(image_set(images), backbone, on_progress=third), found)
    assert third.told == []


def test_grey_pictures_have_the_features_of_the_same_in_three_channels() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 1), dtype=np.uint8)
    of_grey = embed(image_set(grey), "efficientnet-lite0")
    of_colour = embed(image_set(np.repeat(grey, 3, axis=3)), "efficientnet-lite0")
    assert of_grey.shape == (2, 1280)
    # TensorFlow's pads are zero after the preparation: as many of them in one channel as in three.
    np.testing.assert_allclose(of_grey, of_colour, atol=2e-4)


def test_a_backbone_knows_its_count_and_preparation() -> None:
    backbone = load_backbone("efficientnet-lite0", (32, 48, 3), (0, 1))
    assert (backbone.count, backbone.preprocess.value_range) == (1280, (0, 1))


def test_an_entry_with_fewer_features_than_pictures_is_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    network, _ = small_network()
    whole = embed(image_set(drawn()), network)
    read = embedding.read_entries
    entries = [read]

    def cut_short(prefix: str) -> list[Any]:
        if len(entries) > 1:
            return list(read(prefix))
        entries.append(read)  # only the first look finds them short
        return [SimpleNamespace(columns=each.columns, pictures=each.pictures[:4]) for each in read(prefix)]

    monkeypatch.setattr(embedding, "read_entries", cut_short)
    count = Counter()
    assert np.array_equal(embed(image_set(drawn()), network, on_progress=count), whole)
