"""Pictures that are decoded a batch at a time are those that are decoded at once, wherever a batch begins."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.data.pictures.decoding import in_batches
from onelook.data.pictures.decoding.in_batches import decoded_alone, decoded_in_batches
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.protocol import Decoded, Pictures
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings

SETTINGS = DecodeSettings(height=4, width=4, channels=1)
NAMES = tuple(f"{number}.png" for number in range(7))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven pictures of one shade each; the fourth cannot be read."""
    for number, name in enumerate(NAMES):
        Image.new("L", (4, 4), number * 30).save(tmp_path / name)
    (tmp_path / "3.png").write_bytes(b"no picture")
    return tmp_path


def rows_of(batches: list[Decoded], size: int, start: int = 0) -> dict[int, int | str]:
    """The shade of each picture by its position, or the reason why it cannot be read."""
    found: dict[int, int | str] = {}
    for at, batch in enumerate(batches):
        first = start + at * size
        assert len(batch.kept) + len(batch.quarantined) <= size
        shades = batch.images[:, 0, 0, 0].tolist()
        found |= {first + row: shade for row, shade in zip(batch.kept.tolist(), shades, strict=True)}
        found |= {first + row: reason for row, reason in batch.quarantined.items()}
    return dict(sorted(found.items()))


def pictures_of(kind: str, folder: Path) -> Pictures:
    location = Location(folder)
    if kind == "files":
        return FilePictures(location, NAMES)
    names = [None if at in (0, 5) else name for at, name in enumerate(NAMES)]
    return ListedPictures(location, names, {0: "missing 0", 5: "missing 5"})


@pytest.mark.parametrize("kind", ["files", "list"])
@pytest.mark.parametrize("most", [0, 1 << 20])  # bytes that go through the cache: none, all
@pytest.mark.parametrize("place", [(3, 0), (3, 3), (3, 6), (2, 2), (7, 0), (100, 0)])
def test_batches_hold_every_picture_at_its_place(
    kind: str, most: int, place: tuple[int, int], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, start = place
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", most)
    pictures = pictures_of(kind, folder)
    told: list[int] = []
    batches = decoded_in_batches(
        pictures, SETTINGS, size, start=start, on_progress=lambda done, total: told.append(done)
    )
    found = rows_of(list(batches), size, start)
    assert [*found] == list(range(start, 7))
    for at, shade in found.items():
        if isinstance(shade, str):
            assert shade.startswith("missing" if kind == "list" and at in (0, 5) else "not a picture"), at
        else:
            assert (shade, at in (0, 5) and kind == "list", at == 3) == (at * 30, False, False)
    assert told == sorted(told)
    assert told[-1] == 7


class Endless:
    """Many pictures in memory, which counts those that were read."""

    root = Path("many")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.read_so_far = 0

    def read(self, name: str) -> bytes:
        self.read_so_far += 1
        return self.content

    def path(self, name: str) -> None:
        return None

    def fingerprint(self, names: object = None) -> str:
        return "many"


def test_only_a_few_batches_are_read_ahead_of_the_consumer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", 0)
    monkeypatch.setattr("onelook.runtime.available_cores", lambda: 2)
    store = Endless((folder / "6.png").read_bytes())
    names = [f"{number}.png" for number in range(5_000)]
    batches = decoded_in_batches(FilePictures(store, names), SETTINGS, 10)  # type: ignore[arg-type]
    taken = sum(len(batch.kept) for batch, _ in zip(batches, range(50), strict=False))
    before = -1
    while before != store.read_so_far:  # until the threads wait for the consumer
        before = store.read_so_far
        time.sleep(0.05)
    batches.close()  # type: ignore[attr-defined]
    # Threads decode 64 pictures at a time: five times that are ahead, and one is being taken.
    assert 500 <= taken <= store.read_so_far <= taken + 7 * 64


def test_what_is_streamed_is_not_kept_and_what_is_kept_is_not_decoded_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", 0)
    pictures = FilePictures(Location(folder), NAMES)
    streamed = rows_of(list(decoded_in_batches(pictures, SETTINGS, 3)), 3)
    assert pictures.cached(SETTINGS) is None
    pictures.decode(SETTINGS)
    monkeypatch.setattr(FilePictures, "one_by_one", None)
    assert rows_of(list(decoded_in_batches(pictures, SETTINGS, 3)), 3) == streamed


@pytest.mark.parametrize("most", [0, 1 << 20])
def test_pictures_of_which_none_can_be_read_are_an_error(
    most: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", most)
    for name in NAMES:
        (folder / name).write_bytes(b"no picture")
    pictures = FilePictures(Location(folder), NAMES)
    with pytest.raises(DataError, match=r"none of 7 pictures can be read\. The first, '0\.png': not a picture"):
        list(decoded_in_batches(pictures, SETTINGS, 3))


@pytest.mark.parametrize("most", [0, 1 << 20])
@pytest.mark.parametrize("side", [4, 8])
def test_arrays_are_prepared_and_resized_batch_by_batch(most: int, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", most)
    shades = np.arange(7, dtype=np.uint8) * 20
    images = np.broadcast_to(shades[:, None, None, None], (7, side, side, 1))

    def brighter(pictures: Pictures) -> Pictures:
        assert isinstance(pictures, ArrayPictures)
        return ArrayPictures(pictures.images + np.uint8(1))

    batches = decoded_in_batches(ArrayPictures(images), SETTINGS, 3, start=3, prepare=brighter)
    assert rows_of(list(batches), 3, 3) == {3: 61, 4: 81, 5: 101, 6: 121}


def test_pictures_are_decoded_alone_as_with_the_cache_and_need_not_be_readable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = open_dataset(folder, needs_labels=False).parts["all"].pictures
    expected = rows_of(list(decoded_in_batches(pictures, SETTINGS, 3)), 3)
    for name in ("decode", "cached"):
        monkeypatch.delattr(FilePictures, name)
    assert rows_of(list(decoded_alone(pictures, SETTINGS, 3)), 3) == expected
    unread = [row for row, found in expected.items() if isinstance(found, str)]
    (batch,) = decoded_alone(pictures.take(np.array(unread[:1])), SETTINGS, 3)
    assert (len(batch.kept), list(batch.quarantined)) == (0, [0])


def test_the_rest_of_a_part_may_be_unreadable_and_not_all_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", 0)
    pictures = FilePictures(Location(folder), ["1.png", "3.png"])
    (batch,) = decoded_in_batches(pictures, SETTINGS, 1, start=1)
    assert (len(batch.kept), list(batch.quarantined)) == (0, [0])
    with pytest.raises(DataError, match=r"the only picture cannot be read, '3\.png'"):
        list(decoded_in_batches(FilePictures(Location(folder), ["3.png"]), SETTINGS, 1))
