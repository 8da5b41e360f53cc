"""The pages of mapped pictures: they are in memory while they are looked at, and no longer."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.data.duplicates.exact import digest_pictures
from onelook.data.pictures import mapped
from onelook.data.pictures.decoding.in_batches import _slices
from onelook.data.pictures.mapped import release_pages, take_rows
from onelook.data.pictures.protocol import Decoded, Images

SHAPE = (2_048, 32, 32, 1)  # two mebibytes


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mapped, "_FREELY_MAPPED_BYTES", 1 << 20)
    pixels = np.random.default_rng(0).integers(0, 256, SHAPE, np.uint8)
    np.save(tmp_path / "pictures.npy", pixels)
    return tmp_path / "pictures.npy"


@pytest.fixture
def images(path: Path) -> Images:
    return np.load(path, mmap_mode="r").view(np.ndarray)


def kib_in_memory(path: Path) -> int:
    """Return how much of a mapped file is in this process's memory."""
    of_file = Path("/proc/self/smaps").read_text().partition(f"{path}\n")[2]
    (found,) = re.findall(r"^Rss: +(\d+) kB$", of_file, re.MULTILINE)[:1]
    return int(found)


def test_rows_are_those_of_the_file(path: Path, images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "_TAKEN_BYTES", 5 << 16)  # five pictures at once
    rows = np.random.default_rng(1).permutation(len(images))[:333]
    assert (take_rows(images, rows) == np.load(path)[rows]).all()
    assert (take_rows(images, rows[:0]) == np.load(path)[rows[:0]]).all()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not list the pages of a process")
class TestPagesInMemory:
    def test_a_look_at_all_pictures_leaves_none(self, path: Path, images: Images) -> None:
        assert images.sum() > 0
        assert kib_in_memory(path) >= 2_048
        release_pages(images[3:7])
        assert kib_in_memory(path) == 0

    def test_taking_batching_and_digesting_leave_none(self, path: Path, images: Images) -> None:
        rows = np.arange(len(images))
        pictures = ImageSet(images, rows, ("",) * len(rows), None)
        pictures.take(rows)
        assert kib_in_memory(path) == 0
        digest_pictures(images)
        assert kib_in_memory(path) == 0
        for _ in pictures.batches(100):
            assert kib_in_memory(path) == 0

    def test_batches_of_decoded_pictures_leave_none_behind(self, path: Path, images: Images) -> None:
        for batch in _slices(Decoded(images, np.arange(len(images)), {}), len(images), 100, 0):
            assert kib_in_memory(path) == 0
            assert batch.images.sum() > 0
            assert kib_in_memory(path) >= 48
        assert kib_in_memory(path) == 0

    def test_a_small_map_stays(self, path: Path, images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mapped, "_FREELY_MAPPED_BYTES", 4 << 20)
        take_rows(images, np.arange(len(images)))
        assert kib_in_memory(path) >= 2_048


def test_what_was_written_into_a_map_is_not_lost(path: Path) -> None:
    own = np.load(path, mmap_mode="c")
    own[:] = 7
    release_pages(own)
    assert (take_rows(own.view(np.ndarray), np.arange(len(own))) == 7).all()
