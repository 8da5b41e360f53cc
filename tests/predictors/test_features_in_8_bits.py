"""Features in 8 bits: when they are chosen, that nothing but network and picture decides them, and the cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.export.conftest import made_up
from tests.predictors.test_embedding import Counter, drawn, image_set

from onelook import runtime
from onelook.predictors import embedding
from onelook.predictors.embedding import FeatureNetwork, embed, times_of_features
from onelook.predictors.features_in_8_bits import FeatureTimes, kept_times, sample_photographs, time_features
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.settings.network import Conv, Dense, GlobalPool

LAYERS = (
    Conv(filters=8, kernel=3, activation="relu6"),
    Conv(filters=24, kernel=3, activation="relu6"),
    GlobalPool(type="global_average_pool"),
    Dense(units="classes"),
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def backbone() -> FeatureNetwork:
    network = NetworkSettings(layers=LAYERS)
    return FeatureNetwork(network, 3, made_up(network, (8, 8, 3)).weights, FittedPreprocess(), (8, 8, 3))


def test_features_in_8_bits_are_near_those_in_float32_and_lie_beside_them_in_the_cache(
    backbone: FeatureNetwork,
) -> None:
    counter = Counter()
    pictures = image_set(drawn())
    exact = embed(pictures, backbone)
    rough = embed(pictures, backbone, in_8_bits=True, on_progress=counter)
    assert counter.told == [(0, 10), (10, 10)]  # what is there in float32 is not taken for them
    assert 0 < np.linalg.norm(rough - exact) / np.linalg.norm(exact) < 0.15
    np.testing.assert_array_equal(embed(pictures, backbone), exact)
    again = Counter()
    np.testing.assert_array_equal(embed(pictures, backbone, in_8_bits=True, on_progress=again), rough)
    assert again.told == []


def test_they_do_not_depend_on_the_other_pictures_nor_on_the_process(
    backbone: FeatureNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = embed(image_set(drawn()), backbone, in_8_bits=True)
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "other"))
    anew = replace(backbone)  # quantized again
    np.testing.assert_array_equal(embed(image_set(drawn()[:3]), anew, in_8_bits=True), found[:3])


def test_the_photographs_for_the_ranges_are_always_the_same() -> None:
    for shape in ((6, 9, 3), (9, 6, 1)):
        found = sample_photographs(shape, 5)
        assert (found.shape, found.dtype) == ((5, *shape), np.uint8)
        np.testing.assert_array_equal(found, sample_photographs(shape, 8)[:5])
        assert len({picture.tobytes() for picture in found}) == 5
        assert (np.ptp(found.reshape(5, -1), axis=1) > 20).all()


@pytest.mark.parametrize(
    ("float32", "int8", "deviation", "chosen"),
    [(1.3, 1.0, 0.15, True), (1.29, 1.0, 0.0, False), (9.0, 1.0, 0.151, False), (1.0, 2.0, 0.1, False)],
)
def test_8_bits_are_chosen_if_they_are_faster_and_near(
    float32: float, int8: float, deviation: float, chosen: bool
) -> None:
    assert FeatureTimes(float32, int8, deviation).is_chosen is chosen


def test_the_deviation_by_hand() -> None:
    pictures = np.zeros((2, 1, 1, 1), np.uint8)
    exact, rough = np.array([[3.0, 0], [0, 4]], np.float32), np.array([[3.0, 1], [0, 4]], np.float32)
    times = time_features(lambda _: exact, lambda _: rough, pictures)
    assert times.deviation == pytest.approx(0.2)  # 1 of 5


def test_a_measurement_is_kept_for_a_network_and_damaged_ones_are_made_again(tmp_path: Path) -> None:
    made: list[int] = []

    def measure() -> FeatureTimes:
        made.append(1)
        return FeatureTimes(float(len(made)), 0.5, 0.1)

    assert kept_times(measure, "net") == kept_times(measure, "net") == FeatureTimes(1.0, 0.5, 0.1)
    assert kept_times(measure, "other").float32_seconds == 2.0
    for path in (tmp_path / "precision").iterdir():
        path.write_text('{"float32_seconds": "x"}')
    assert kept_times(measure, "net").float32_seconds == 3.0


def test_a_batch_of_the_pictures_is_timed(backbone: FeatureNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def measure(in_float32: object, in_8_bits: object, pictures: np.ndarray) -> FeatureTimes:
        seen.append(len(pictures))
        return FeatureTimes(2.0, 1.0, 0.0)

    monkeypatch.setattr(embedding, "time_features", measure)
    assert times_of_features(image_set(drawn(200)), backbone).gain == 2.0
    assert seen == [64]


def test_instructions_are_named_as_linux_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_processor_flags", lambda: ["fpu", "avx_vnni", "avx512_vnni"])
    assert runtime.dot_product_instructions() == "AVX512-VNNI"
    monkeypatch.setattr(runtime, "_processor_flags", lambda: ["fpu", "avx2"])
    assert runtime.dot_product_instructions() is None
