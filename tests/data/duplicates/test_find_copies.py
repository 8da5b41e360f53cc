"""Pictures are found again by their fingerprints: equal ones and altered ones, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.duplicates import find_copies
from onelook.data.duplicates.find_copies import KnownPictures
from onelook.data.duplicates.fingerprints import (
    Fingerprints,
    fingerprint_pictures,
    join_fingerprints,
    pack_outlines,
    unpack_outlines,
)


def drawn(rows: int, seed: int = 0, side: int = 28) -> np.ndarray:
    """Smooth pictures, (rows, side, side, 1), with values from 40 to 200."""
    small = np.random.default_rng(seed).normal(0, 1, (rows, 5, 5))
    waves = np.cos(np.pi * np.outer(np.arange(5), (np.arange(side) + 0.5) / side))
    large = waves.T @ small @ waves
    lowest, highest = (end(large, axis=(1, 2), keepdims=True) for end in (np.min, np.max))
    return (40 + 160 * (large - lowest) / (highest - lowest)).round().astype(np.uint8)[..., None]


KNOWN = drawn(20)


def found(known: np.ndarray, asked: np.ndarray) -> tuple[list[int], list[int]]:
    copies = KnownPictures(fingerprint_pictures(known)).find(fingerprint_pictures(asked))
    return copies.exact.tolist(), copies.near.tolist()


def test_equal_pixels_are_exact_and_altered_ones_near() -> None:
    brighter = (KNOWN[:3].astype(np.int64) * 11 // 10).astype(np.uint8)
    exact, near = found(KNOWN, np.concatenate([KNOWN[[4, 0]], brighter, drawn(3, seed=1)]))
    assert exact == [4, 0, -1, -1, -1, -1, -1, -1]
    assert near == [-1, -1, 0, 1, 2, -1, -1, -1]


def test_another_size_is_near() -> None:
    assert found(KNOWN, drawn(20, side=56))[1] == list(range(20))
    assert found(KNOWN, drawn(20, side=14))[1] == list(range(20))


def test_pictures_that_lost_their_high_frequencies_are_near() -> None:
    """They are as far from the original as its neighbours are, until these frequencies are strengthened again."""
    draw = np.random.default_rng(5)
    crowd = np.abs(draw.normal(0, 1, 47)) + draw.normal(0, 0.1, (20, 47))
    crowd /= np.linalg.norm(crowd, axis=1, keepdims=True)
    down, right = np.divmod(np.arange(1, 48), 7)
    weakened = crowd * np.exp(-0.006 * (down**2 + right**2))
    weakened /= np.linalg.norm(weakened, axis=1, keepdims=True)
    known, asked = (
        Fingerprints(draw.integers(0, 256, (20, 16), dtype=np.uint8), pack_outlines(some.astype(np.float32)))
        for some in (crowd, weakened)
    )
    others = np.sort(np.linalg.norm(weakened[:, None] - crowd, axis=2), axis=1)
    assert (np.linalg.norm(crowd - weakened, axis=1) > 0.4 * others[:, 7]).all()
    assert KnownPictures(known).find(asked).near.tolist() == list(range(20))


def test_a_mirrored_picture_and_a_negative_are_others() -> None:
    assert found(KNOWN, KNOWN[:, :, ::-1])[1] == [-1] * 20
    assert found(KNOWN, 255 - KNOWN)[1] == [-1] * 20


@pytest.mark.parametrize("blank", [np.full((2, 28, 28, 1), 80, np.uint8), np.zeros((2, 28, 28, 3), np.float32)])
def test_blank_pictures_are_found_by_equal_pixels_only(blank: np.ndarray) -> None:
    exact, near = found(blank[:1], np.concatenate([blank[:1], blank[:1] + 1]))
    assert (exact, near) == ([0, -1], [-1, -1])


def test_blank_pictures_on_the_list_leave_the_others_in_their_rows() -> None:
    known = np.concatenate([np.full((2, 28, 28, 1), 80, np.uint8), KNOWN])
    assert found(known, drawn(20, side=56))[1] == list(range(2, 22))


def test_small_pictures_are_found_by_equal_pixels_only() -> None:
    small = drawn(3, side=11)
    assert found(small, np.concatenate([small, small + 1])) == ([0, 1, 2, -1, -1, -1], [-1] * 6)


def test_the_size_and_the_dtype_belong_to_equal_pixels() -> None:
    line = np.zeros((1, 4, 1, 1), np.uint8)
    assert found(line, line.reshape(1, 2, 2, 1))[0] == [-1]
    assert found(line, line.astype(np.int8))[0] == [-1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_values_are_brought_to_eight_bits_and_those_past_the_range_to_its_ends(dtype: type) -> None:
    pictures = KNOWN[:4].copy()
    pictures[:, 0, :4, 0] = [0, 1, 254, 255]
    values = pictures.astype(dtype) * 4 - 100  # 0 to 255 lie between -100 and 920
    values[:, 0, 0], values[:, 0, 3] = -500, 9_000
    values[:, 1] += 1 if dtype is np.int64 else 1.9  # less than half a step
    asked = fingerprint_pictures(values, eight_bits_of=(-100, 920))
    plain = fingerprint_pictures(pictures)
    assert (asked.digests == plain.digests).all()
    assert (asked.outlines == plain.outlines).all()
    assert (fingerprint_pictures(pictures, eight_bits_of=(0, 1)).digests == plain.digests).all()  # eight bits already


def at(distance: float) -> np.ndarray:
    """A vector of length 1 at this distance from the first axis; `x`, (47,)."""
    turned = np.arcsin(distance / 2) * 2
    return np.eye(47)[0] * np.cos(turned) + np.eye(47)[1] * np.sin(turned)


def far_from(vector: np.ndarray, distance: float) -> np.ndarray:
    """Eight vectors at this distance from one near the first axis, each in a direction of its own."""
    turned = np.arcsin(distance / 2) * 2
    return np.stack([vector * np.cos(turned) + np.eye(47)[axis] * np.sin(turned) for axis in range(10, 18)])


@pytest.mark.parametrize(
    ("distance", "eighth", "is_copy"),
    [
        *((0.02, 0.02, True), (0.06, 0.2, True), (0.06, 0.13, False)),  # 0.4 of the eighth
        *((0.09, 0.6, True), (0.09, 0.4, False), (0.11, 0.6, True)),  # 0.2 of the eighth
        (0.14, 0.9, False),
    ],
)
def test_a_copy_is_near_and_much_nearer_than_the_eighth(
    distance: float, eighth: float, is_copy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_copies, "_STRENGTHENED", ())
    vectors = np.concatenate([np.eye(47)[:1], far_from(at(distance), eighth)]).astype(np.float32)
    known, asked = (
        Fingerprints(np.arange(16 * len(some), dtype=np.uint8).reshape(-1, 16) + first, pack_outlines(some))
        for some, first in ((vectors, 0), (at(distance)[None].astype(np.float32), 200))
    )
    assert (KnownPictures(known).find(asked).near.tolist() == [0]) is is_copy


def test_outlines_are_kept_to_a_hundredth() -> None:
    vectors = np.random.default_rng(0).normal(0, 1, (50, 47)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = unpack_outlines(pack_outlines(vectors))
    assert np.linalg.norm(kept - vectors, axis=1).max() < 0.015
    assert pack_outlines(np.array([[1.0, -1.0, 0.0]], np.float32)).tolist() == [[127, -127, 0]]


def test_many_are_looked_up_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(KNOWN, drawn(20, side=56))
    monkeypatch.setattr(find_copies, "_VALUES_AT_ONCE", 50)  # two pictures among twenty
    assert found(KNOWN, drawn(20, side=56)) == whole


def test_rows_are_fingerprinted_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from onelook.data.duplicates import fingerprints

    whole = fingerprint_pictures(KNOWN, np.array([5, 1, 19]))
    monkeypatch.setattr(fingerprints, "_BYTES_AT_ONCE", 1)
    blocks = fingerprint_pictures(KNOWN, np.array([5, 1, 19]))
    assert (
        blocks.digests.tobytes() == whole.digests.tobytes() == fingerprint_pictures(KNOWN[[5, 1, 19]]).digests.tobytes()
    )
    assert (blocks.outlines == whole.outlines).all()
    assert len(fingerprint_pictures(KNOWN[:0])) == 0


def test_of_known_pictures_with_equal_pixels_the_first_is_named() -> None:
    assert found(KNOWN[[3, 5, 3, 5]], KNOWN[[5, 3]])[0] == [1, 0]


def test_a_blank_picture_resembles_none_of_those_that_show_something() -> None:
    assert found(KNOWN, np.full((1, 28, 28, 1), 80, np.uint8)) == ([-1], [-1])


def test_a_copy_that_is_near_unchanged_is_kept_though_another_is_near_when_strengthened() -> None:
    asked = np.random.default_rng(7).normal(0, 1, (1, 47)).astype(np.float32)
    asked /= np.linalg.norm(asked)
    outlines = pack_outlines(np.concatenate([find_copies._strengthened(asked, 0.008), asked]))
    digests = np.arange(48, dtype=np.uint8).reshape(3, 16)
    known = KnownPictures(Fingerprints(digests[:2], outlines))
    assert known.find(Fingerprints(digests[2:], outlines[1:])).near.tolist() == [1]
    # Without it, the strengthened one is found.
    alone = KnownPictures(Fingerprints(digests[:1], outlines[:1]))
    assert alone.find(Fingerprints(digests[2:], outlines[1:])).near.tolist() == [0]


@pytest.mark.parametrize(("levels", "is_blank"), [(2, True), (4, False)])
def test_a_picture_is_blank_below_a_contrast_of_one_level_on_average(levels: int, is_blank: bool) -> None:
    # One half is this much lighter than the other: the pixels differ from their mean by half of it.
    halves = np.full((1, 28, 28, 1), 100, np.uint8)
    halves[:, :, 14:] += np.uint8(levels)
    assert fingerprint_pictures(halves).outlines.any() == (not is_blank)


def test_fingerprints_are_taken_joined_and_put_in_the_order_of_their_bytes() -> None:
    digests = np.zeros((5, 16), np.uint8)
    digests[:, 0], digests[:, 8], digests[:, 15] = [2, 1, 1, 255, 1], [0, 9, 8, 0, 9], [0, 7, 7, 0, 7]
    some = Fingerprints(digests, np.arange(5 * 47, dtype=np.int8).reshape(5, 47))
    order = some.order(np.array([0, 2, 0, 0, 1], np.uint8))
    assert order.tolist() == [2, 4, 1, 0, 3]  # equal ones by what is given
    assert some.order(np.array([0, 1, 0, 0, 1], np.uint8)).tolist() == [2, 1, 4, 0, 3]  # and so that none moves
    taken = some.take(order)
    assert taken.digest_bytes() == sorted(some.digest_bytes())
    assert taken.outlines.tolist() == some.outlines[order].tolist()
    joined = join_fingerprints([some.take(np.array([3])), some.take(np.array([0, 1]))])
    assert joined.digest_bytes() == [some.digest_bytes()[row] for row in (3, 0, 1)]
    assert joined.outlines.tolist() == some.outlines[[3, 0, 1]].tolist()
    assert (len(join_fingerprints([])), join_fingerprints([]).outlines.shape) == (0, (0, 47))
