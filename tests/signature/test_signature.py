"""A signature's limits: what is kept of the validation pictures, and what is beyond."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.signature.pixel_statistics import STATISTICS
from onelook.signature.signature import compact, directions_for, fit_signature


def drawn(rows: int, columns: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.5, 0.1, (rows, columns)).astype(np.float32)


LOOKS = drawn(400, len(STATISTICS), 0), drawn(300, len(STATISTICS), 1)
FEATURES = drawn(400, 20, 2), drawn(300, 20, 3)


@pytest.mark.parametrize("rows", [100, 2500])
def test_the_limit_is_that_of_one_in_a_hundred_validation_pictures_with_a_margin(rows: int) -> None:
    val = drawn(rows, len(STATISTICS), 1)
    signature = fit_signature(LOOKS[0], val)
    assert np.quantile(signature.look_of(val), 0.99) == pytest.approx(1 / (1 + rows**-0.5))
    assert signature.features is None
    assert signature.features_of(FEATURES[1]).max() == 0


def test_pixels_and_features_share_that_one() -> None:
    signature = fit_signature(*LOOKS, *FEATURES)
    for distances in (signature.look_of(LOOKS[1]), signature.features_of(FEATURES[1])):
        assert np.quantile(distances, 0.995) == pytest.approx(1 / (1 + 300**-0.5))


@pytest.mark.parametrize(("classes", "means"), [(1, 1), (40, 40), (41, 1)])
def test_classes_of_few_pictures_have_one_mean(classes: int, means: int) -> None:
    signature = fit_signature(*LOOKS, *FEATURES, np.arange(400) % classes)
    assert signature.features is not None
    assert len(signature.features.centres) == means


def test_rows_far_from_all_others_are_beyond_the_limit() -> None:
    signature = fit_signature(*LOOKS, *FEATURES)
    assert (signature.look_of(LOOKS[1] + np.float32(0.5)) > 1).all()
    assert (signature.features_of(-FEATURES[1]) > 1).all()


def test_usual_values_are_those_of_the_training_pictures() -> None:
    low, middle, high = fit_signature(*LOOKS).usual
    assert low == pytest.approx(np.quantile(LOOKS[0], 0.005, axis=0))
    assert middle == pytest.approx(np.median(LOOKS[0], axis=0))
    assert high == pytest.approx(np.quantile(LOOKS[0], 0.995, axis=0))


def test_many_features_are_averaged_by_their_remainder() -> None:
    features = np.arange(1, 1 + 2 * 3000, dtype=np.float32).reshape(2, 3000)
    found = compact(features)
    assert found.shape == (2, 1280)
    assert found[1, 5] / found[1, 6] == pytest.approx((3006 + 4286 + 5566) / (3007 + 4287 + 5567))
    assert found[0, 1000] / found[0, 5] == pytest.approx((1001 + 2281) / (6 + 1286 + 2566))  # a third is missing
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1])


def test_features_count_by_their_direction_alone() -> None:
    found = compact(np.array([[3, 4], [30, 40], [0, 0]], np.float32))
    assert found == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8], [0, 0]]))


@pytest.mark.parametrize(("features", "classes"), [(10, 2), (1280, 2), (1280, 1000), (1280, 20_000)])
def test_means_and_directions_fit_into_their_bytes(features: int, classes: int) -> None:
    directions = directions_for(features, classes)
    assert 1 <= directions <= 32
    assert classes > 1000 or 4 * features + 2 * directions * (features + classes) <= 56 << 10
