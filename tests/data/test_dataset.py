"""The pictures of one side of a split: taken by position, whatever rows they have in their array."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onelook.data.dataset import Dataset, ImageSet
from onelook.data.open import open_dataset
from onelook.data.pictures import from_arrays
from onelook.data.pictures.decode import decode_picture
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.protocol import progress_from
from onelook.errors import ConfigError
from onelook.settings import DecodeSettings

IMAGES = np.arange(10, dtype=np.uint8).repeat(4).reshape(10, 2, 2, 1)
SIDE = ImageSet(IMAGES, np.array([7, 2, 9, 4, 0]), ("h", "c", "j", "e", "a"), np.array([1, 0, 1, 0, 1]))


def values(images: np.ndarray) -> list[int]:
    return images[:, 0, 0, 0].tolist()  # type: ignore[no-any-return]


def test_positions_are_of_the_side_and_not_of_the_array() -> None:
    assert len(SIDE) == 5
    assert values(SIDE.take(np.array([4, 0, 2]))) == [0, 7, 9]
    assert SIDE.take(np.array([], np.int64)).shape == (0, 2, 2, 1)


@pytest.mark.parametrize(
    ("size", "batches"), [(2, [[7, 2], [9, 4], [0]]), (5, [[7, 2, 9, 4, 0]]), (9, [[7, 2, 9, 4, 0]])]
)
def test_batches_are_in_order_and_the_last_is_as_long_as_it_is(size: int, batches: list[list[int]]) -> None:
    assert [values(batch) for batch in SIDE.batches(size)] == batches


def test_a_part_s_progress_is_told_as_of_all_parts() -> None:
    told: list[tuple[int, int]] = []
    of_part = progress_from(30, 100, lambda done, total: told.append((done, total)))
    assert of_part is not None
    of_part(0, 20)
    of_part(20, 20)
    assert told == [(30, 100), (50, 100)]
    assert progress_from(30, 100, None) is None


def test_arrays_are_resized_block_by_block_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_arrays, "_BLOCK_ROWS", 3)
    images = np.random.default_rng(0).integers(0, 256, (8, 6, 9, 3), dtype=np.uint8)
    settings = DecodeSettings(height=4, width=5, channels=1)
    told: list[tuple[int, int]] = []
    for _ in range(2):  # the second time from the cache
        decoded = ArrayPictures(images).decode(settings, lambda done, total: told.append((done, total)))
        expected = np.stack([decode_picture(from_arrays._as_pillow(image), settings) for image in images])
        assert (decoded.images == expected).all()
        assert decoded.kept.tolist() == list(range(8))
    assert told == [(0, 8), (3, 8), (6, 8), (8, 8)]
    others = [images[::-1], images.transpose(0, 2, 1, 3)]
    for other in others:
        assert (ArrayPictures(other).decode(settings).images != expected).any()
    wider = DecodeSettings(height=4, width=5, channels=1, resize="fit")
    assert (ArrayPictures(images).decode(wider).images != expected).any()


def test_other_pixels_labels_names_parts_or_numbers_are_other_data() -> None:
    images = np.random.default_rng(0).integers(0, 2, (4, 4, 8)).astype(np.uint8)

    def opened(x: np.ndarray, y: list[str] | None, part: str = "train") -> Dataset:
        rest = {"test": (images[:2], ["a", "b"])} if part == "train" else {"train": (images[:2], ["a", "b"])}
        return open_dataset({part: x if y is None else (x, y), **rest})

    base = opened(images, list("abab"))
    others = [
        opened(images[::-1], list("abab")),
        opened(images, list("abba")),
        opened(images, list("baba")),
        opened(images.reshape(4, 8, 4), list("abab")),
        opened(images, list("abab"), "test"),
        opened(images[:3], list("aba")),
    ]
    assert len({base.fingerprint, *(other.fingerprint for other in others)}) == 7
    assert opened(images.copy(), list("abab")).fingerprint == base.fingerprint
    assert open_dataset((images, list("abab"))).fingerprint != open_dataset((images, list("acac"))).fingerprint
    unlabelled = open_dataset(images, for_training=False)
    assert unlabelled.fingerprint not in {open_dataset((images, list("abab"))).fingerprint, base.fingerprint}


def test_a_part_alone_is_a_data_set_of_its_own() -> None:
    images = np.arange(6, dtype=np.uint8)[:, None, None].repeat(4, 1).repeat(4, 2)
    labels = list("abcabc")
    whole = open_dataset({"train": (images, labels), "test": (images[:3] + 9, labels[:3])})
    whole = replace(
        whole, set_aside={"of no part.png": "broken"}, merged=("one", "two"), notes=("A note.",), codes=("0", "1", "2")
    )
    for name, rows in (("train", 6), ("test", 3)):
        alone = whole.only(name)
        assert (alone.name, list(alone.parts)) == (f"arrays-{name}", ["all"])
        assert alone.why == f"{whole.why}; only its part '{name}'"
        assert list(alone.pool.ids) == [f"{name}/{row}" for row in range(1, rows + 1)]
        assert alone.counts == dict.fromkeys("abc", rows // 3)
        assert (alone.set_aside, alone.sources) == ({}, (alone.fingerprint,))
        assert (alone.notes, alone.codes) == (whole.notes, whole.codes)
    assert len({whole.fingerprint, *(whole.only(name).fingerprint for name in whole.parts)}) == 3
    assert whole.only("test").only("all").fingerprint == whole.only("test").fingerprint


def test_a_part_that_is_not_there_is_answered_with_those_that_are() -> None:
    images = np.zeros((4, 4, 4), np.uint8)
    several = open_dataset({"train": (images, list("abab")), "test": (images + 1, list("abab"))})
    with pytest.raises(ConfigError) as caught:
        several["val"]
    assert str(caught.value) == (
        "arrays: there is no part 'val'. It has the parts 'train' and 'test'; the first picture is dataset['train'][0]."
    )
    assert list(caught.value.options) == ["train", "test"]
    with pytest.raises(ConfigError, match=r"It has the part 'all'; the first picture is dataset\['all'\]\[0\]\."):
        open_dataset((images, list("abab")))["train"]
