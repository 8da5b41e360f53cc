"""Pictures in files: facts from headers, pixels once, and what is done with those that cannot be read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.cache.entries import read_entry
from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures import from_files, headers
from onelook.data.pictures.decode import decode_with_facts
from onelook.data.pictures.decoding import parallel_decode
from onelook.data.pictures.decoding.decoded_before import StoredPicture
from onelook.data.pictures.decoding.parallel_decode import Unreadable
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.protocol import UnreadablePictureError
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings

SMALL = DecodeSettings(height=6, width=8, channels=3)


def pictures_in(root: Path) -> FilePictures:
    location = Location(root)
    return FilePictures(location, location.entries())


@pytest.fixture
def folder(tmp_path: Path, draw: Callable[..., Path]) -> Path:
    for number in range(12):
        draw(f"data/{number}.png", seed=number)
    return tmp_path / "data"


@pytest.fixture
def decoded_names(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is decoded from now on."""
    seen: list[bytes] = []

    def noting(source: bytes, settings: DecodeSettings) -> object:
        seen.append(source)
        return decode_with_facts(source, settings)

    monkeypatch.setattr(parallel_decode, "decode_with_facts", noting)
    return seen


# --- facts


def test_facts_count_upright_sizes_and_find_colour(tmp_path: Path, draw: Callable[..., Path]) -> None:
    draw("data/1.png", size=(8, 6))
    draw("data/2.png", size=(8, 6), mode="L")
    draw("data/3.bmp", size=(4, 5))
    turned = Image.Exif()
    turned[0x0112] = 6
    for suffix in ("png", "jpg", "tif"):
        Image.new("RGB", (20, 10)).save(tmp_path / "data" / f"turned.{suffix}", exif=turned)
    facts = pictures_in(tmp_path / "data").facts()
    assert facts.sizes == {(6, 8): 2, (5, 4): 1, (20, 10): 3}
    assert (facts.channels, facts.dtype, facts.value_range) == (3, "uint8", (0.0, 255.0))


def test_grey_of_every_kind_is_grey(tmp_path: Path, draw: Callable[..., Path]) -> None:
    draw("data/1.png", mode="L")
    draw("data/2.jpg", mode="L")
    root = tmp_path / "data"
    Image.new("LA", (2, 2)).save(root / "3.png")
    Image.new("1", (2, 2)).save(root / "4.png")
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(root / "5.png")
    Image.new("L", (2, 2)).save(root / "6.gif")
    Image.new("L", (2, 2), 9).convert("P", palette=Image.Palette.ADAPTIVE).save(root / "7.png")
    assert pictures_in(root).facts().channels == 1
    Image.new("RGB", (2, 2), "red").convert("P", palette=Image.Palette.ADAPTIVE).save(root / "8.png")
    assert pictures_in(root).facts().channels == 3


def test_a_smaller_version_in_a_tiff_is_no_further_page(tmp_path: Path) -> None:
    large, small = Image.new("L", (8, 8)), Image.new("L", (4, 4))
    (tmp_path / "data").mkdir()
    for kind in range(4):  # bit 0 means a smaller version, bit 1 a page
        place = tmp_path / "data" / f"{kind}.tif"
        large.save(place, save_all=True, append_images=[small], tiffinfo={254: kind})
    assert pictures_in(tmp_path / "data").facts().kinds == {"paged": 2}
    assert pictures_in(tmp_path / "data").take(np.array([0, 2])).facts().kinds == {"paged": 2}


def test_an_unreadable_header_is_left_out(folder: Path) -> None:
    (folder / "bad.jpg").write_text("no picture")
    (folder / "empty.jpg").write_bytes(b"")
    assert pictures_in(folder).facts().sizes == {(6, 8): 12}
    assert not pictures_in(folder).facts().is_sample


def test_where_no_header_can_be_read_nothing_is_known_but_that_colour_may_come(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(3):
        (tmp_path / "data" / f"{number}.png").write_bytes(b"")
    facts = pictures_in(tmp_path / "data").facts()
    assert (dict(facts.sizes), facts.channels, facts.is_sample, dict(facts.kinds)) == ({}, 3, False, {})


def test_of_very_many_headers_some_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "FEW_HEADERS", 3)
    monkeypatch.setattr(headers, "MOST_HEADERS", 5)
    for _ in ("first", "from the cache"):
        assert pictures_in(folder).facts().sizes == {(6, 8): 5}
        assert pictures_in(folder).facts().is_sample


def test_a_few_headers_are_enough_where_they_show_several_sizes_and_colour(
    folder: Path, draw: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "FEW_HEADERS", 3)
    draw("data/0.png", size=(9, 9), mode="L")  # the first, the middle and the last are looked at
    facts = pictures_in(folder).facts()
    assert facts.sizes == {(9, 9): 1, (6, 8): 2}
    location = Location(folder)
    part = Part("all", location.entries(), None, FilePictures(location, location.entries()))
    text = str(Dataset("d", "l", "w", (), {"all": part}, "f"))
    assert "many sizes in a sample of 3, 6 to 9 pixels high and 8 to 9 wide" in text


def test_the_few_do_not_settle_it_where_they_are_grey(
    tmp_path: Path, draw: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "FEW_HEADERS", 3)
    for number in range(12):
        draw(f"data/{number}.png", size=(8, number + 1), mode="RGB" if number == 7 else "L")
    assert pictures_in(tmp_path / "data").facts().channels == 3


def test_facts_come_from_the_cache_the_second_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pictures_in(folder).facts()
    monkeypatch.delattr(headers, "open_picture")
    assert pictures_in(folder).facts() == first


# --- pixels


def test_pictures_come_in_the_order_of_their_names(folder: Path) -> None:
    decoded = pictures_in(folder).decode(SMALL)
    assert decoded.images.shape == (12, 6, 8, 3)
    assert decoded.images.dtype == np.uint8
    for number in range(12):
        assert (decoded.images[number] == np.asarray(Image.open(folder / f"{number}.png"))).all()
    assert decoded.kept.tolist() == list(range(12))
    assert decoded.quarantined == {}


@pytest.mark.parametrize("small_pixels", [0, 10_000_000], ids=["all by threads", "all by one thread"])
def test_order_holds_over_threads_and_chunks(folder: Path, small_pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = pictures_in(folder).decode(SMALL).images
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 1)
    monkeypatch.setattr(parallel_decode, "SMALL_PIXELS", small_pixels)
    monkeypatch.setattr("onelook.runtime.available_cores", lambda: 5)
    other = DecodeSettings(height=6, width=8, channels=3, resize="fit")  # another key, the same pixels
    assert (pictures_in(folder).decode(other).images == expected).all()


def test_pictures_are_small_if_most_of_all_are_also_of_those_that_cannot_be_read() -> None:
    sizes = [(48, 48), (48, 48), (48, 49)]
    batch = [StoredPicture(np.zeros((1, 1, 1), np.uint8), *size, True, b"", None) for size in sizes]
    unread = Unreadable("damaged", is_lasting=True)
    assert parallel_decode._are_small([*batch])
    assert parallel_decode._are_small([*batch[:2], unread])
    assert not parallel_decode._are_small([batch[0], batch[2]])
    assert not parallel_decode._are_small([*batch[:2], unread, unread])


def test_threads_take_over_after_small_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):  # the first three batches are small, and the fourth is not
        side = 10 if number < 3 else 20
        Image.new("L", (side, side), number).save(tmp_path / f"{number}.png")
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 1)
    monkeypatch.setattr(parallel_decode, "SMALL_PIXELS", 10 * 10)
    by: list[str] = []

    def noting(source: bytes, settings: DecodeSettings) -> object:
        by.append(threading.current_thread().name.partition("_")[0])
        return decode_with_facts(source, settings)

    monkeypatch.setattr(parallel_decode, "decode_with_facts", noting)
    images = FilePictures(Location(tmp_path), [f"{number}.png" for number in range(9)]).decode(SMALL).images
    assert images[:, 0, 0, 0].tolist() == [*range(9)]
    assert by == ["MainThread"] * 4 + ["decode"] * 5


def test_a_zip_gives_what_its_folder_gives(folder: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "data"), "zip", tmp_path, "data")
    in_folder, in_zip = pictures_in(folder), pictures_in(tmp_path / "data.zip")
    assert in_zip.facts() == in_folder.facts()
    assert (in_zip.decode(SMALL).images == in_folder.decode(SMALL).images).all()


def test_one_picture_file_is_a_set_of_one(folder: Path) -> None:
    assert pictures_in(folder / "3.png").decode(SMALL).images.shape == (1, 6, 8, 3)


def test_progress_counts_up_to_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 5)
    calls: list[tuple[int, int]] = []
    pictures_in(folder).decode(SMALL, lambda done, total: calls.append((done, total)))
    assert calls == [(0, 12), (5, 12), (10, 12), (12, 12)]
    calls.clear()
    pictures_in(folder).decode(SMALL, lambda done, total: calls.append((done, total)))
    assert calls == []  # all are there


# --- what is known of the originals


def test_sizes_and_colour_of_the_originals_are_told_a_row_each(tmp_path: Path, draw: Callable[..., Path]) -> None:
    draw("data/1.png", size=(8, 6))
    (tmp_path / "data" / "2.png").write_text("no picture")
    draw("data/3.png", size=(40, 20), mode="L")
    Image.new("RGB", (5, 7), (9, 9, 9)).save(tmp_path / "data" / "4.png")  # stored in colour, and shows none
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.new("RGB", (300, 100), "red").save(tmp_path / "data" / "5.jpg", exif=tags)
    Image.new("RGB", (300, 100), "red").save(tmp_path / "data" / "6.tif", exif=tags)
    for _ in ("first", "from the cache"):
        decoded = pictures_in(tmp_path / "data").decode(SMALL)
        assert decoded.kept.tolist() == [0, 2, 3, 4, 5]
        assert decoded.sizes is not None
        assert decoded.sizes.dtype == np.int64
        assert decoded.sizes.tolist() == [[6, 8], [20, 40], [7, 5], [300, 100], [300, 100]]
        assert decoded.grey is not None
        assert decoded.grey.tolist() == [False, True, True, False, False]


def test_an_original_comes_at_its_own_size_with_the_range_and_the_ground_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_files, "LARGEST_SIDE", 12)
    shades = np.arange(30, dtype=np.uint8).reshape(5, 6) * 8
    colours = np.stack([shades, shades + 5, 255 - shades], axis=2)
    clear = np.dstack([colours, np.full_like(shades, 255)])
    clear[:2, :, 3] = 0
    for name, pixels in {
        "0.png": shades,
        "1.png": colours,
        "2.png": clear,
        "3.png": np.repeat(np.repeat(shades, 4, axis=0), 4, axis=1),  # 20 high and 24 wide
        "4.png": np.full((40, 2), 90, np.uint8),
        "5.png": np.array([[0, 1000], [2000, 2000]], np.uint16),
        "6.png": np.array([[0, 4000], [3000, 2000]], np.uint16),
    }.items():
        Image.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "7.png").write_text("no picture")
    Image.fromarray(np.full((1, 60), 90, np.uint8)).save(tmp_path / "8.png")
    Image.fromarray(np.full((60, 1), 90, np.uint8)).save(tmp_path / "9.png")
    pictures = pictures_in(tmp_path)
    on_white = colours.copy()
    on_white[:2] = 255
    assert pictures.original(0)[:, :, 0].tolist() == shades.tolist()
    assert pictures.original(1).tolist() == colours.tolist()
    assert pictures.original(2).tolist() == on_white.tolist()
    assert pictures.original(3).shape == (10, 12, 1)
    assert pictures.original(4).shape == (12, 1, 1)
    assert [pictures.original(row).shape for row in (8, 9)] == [(1, 12, 1), (12, 1, 1)]  # no side is lost
    assert pictures.original(5).tolist() == [[[0], [62]], [[125], [125]]]  # 12 bits, as 6.png needs
    assert pictures.original(6).tolist() == [[[0], [249]], [[187], [125]]]
    with pytest.raises(DataError) as raised:
        pictures.original(7)
    reason = "not a picture: the file holds text that starts 'no picture'"
    assert str(raised.value) == f"{tmp_path}: '7.png' cannot be read: {reason}"


@pytest.mark.parametrize(("colour", "ground"), [(255, 0), (0, 255)])
def test_an_original_lies_on_the_ground_of_all(tmp_path: Path, colour: int, ground: int) -> None:
    """White icons lie on black, because white would leave nothing of them."""
    for number in range(3):
        pixels = np.full((16, 16, 4), colour, np.uint8)
        pixels[..., 3] = 0
        pixels[4:12, 4 : 8 + number, 3] = 255
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    for number in range(3):
        original = pictures_in(tmp_path).original(number)
        assert original.shape == (16, 16, 3)
        assert (original[0, 0].tolist(), original[5, 5].tolist()) == ([ground] * 3, [colour] * 3)


# --- the cache


def test_nothing_is_decoded_twice(folder: Path, decoded_names: list[bytes]) -> None:
    first = pictures_in(folder).decode(SMALL).images
    assert len(decoded_names) == 12
    assert (pictures_in(folder).decode(SMALL).images == first).all()
    assert len(decoded_names) == 12
    pictures_in(folder).decode(DecodeSettings(height=3, width=3, channels=3))
    assert len(decoded_names) == 24


def test_a_changed_picture_is_seen(folder: Path) -> None:
    pictures_in(folder).decode(SMALL)
    Image.new("RGB", (8, 6), "white").save(folder / "5.png")
    assert pictures_in(folder).decode(SMALL).images[5].min() == 255


def test_two_folders_of_equal_names_sizes_and_dates_are_two(tmp_path: Path) -> None:
    for name, colour in (("one", "black"), ("two", "white")):
        (tmp_path / name).mkdir()
        Image.new("RGB", (8, 6), colour).save(tmp_path / name / "1.bmp")
        os.utime(tmp_path / name / "1.bmp", ns=(0, 0))
    assert pictures_in(tmp_path / "one").decode(SMALL).images.max() == 0
    assert pictures_in(tmp_path / "two").decode(SMALL).images.min() == 255


def test_a_damaged_entry_is_built_again(folder: Path, cache_folder: Path) -> None:
    first = np.array(pictures_in(folder).decode(SMALL).images)
    for path in cache_folder.rglob("pictures.npy"):
        path.write_bytes(path.read_bytes()[:100])
    assert (pictures_in(folder).decode(SMALL).images == first).all()


# --- interrupted


def interrupt_after(pictures: int) -> Callable[[int, int], None]:
    def on_progress(done: int, total: int) -> None:
        if done >= pictures:
            raise KeyboardInterrupt

    return on_progress


@pytest.fixture
def interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch, decoded_names: list[bytes]) -> Path:
    """The folder, of whose 12 pictures 6 were decoded before Ctrl-C; the third is none."""
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 2)
    (folder / "2.png").write_text("no picture")
    with pytest.raises(KeyboardInterrupt):
        pictures_in(folder).decode(SMALL, interrupt_after(6))
    decoded_names.clear()
    return folder


def test_ctrl_c_keeps_what_was_decoded_and_the_next_call_goes_on(
    interrupted: Path, decoded_names: list[bytes], cache_folder: Path
) -> None:
    calls: list[tuple[int, int]] = []
    decoded = pictures_in(interrupted).decode(SMALL, lambda done, total: calls.append((done, total)))
    assert calls[0] == (6, 12)
    assert len(decoded_names) == 6
    for row, position in enumerate(decoded.kept.tolist()):
        assert (decoded.images[row] == np.asarray(Image.open(interrupted / f"{position}.png"))).all()
    assert decoded.kept.tolist() == [0, 1, *range(3, 12)]
    assert list(decoded.quarantined) == [2]
    assert decoded.sizes is not None
    assert decoded.sizes.tolist() == [[6, 8]] * 11
    assert len(list((cache_folder / "pictures").iterdir())) == 1  # the entry, and no beginning of it


def test_strict_goes_no_further_where_what_was_decoded_has_a_bad_one(
    interrupted: Path, decoded_names: list[bytes]
) -> None:
    with pytest.raises(UnreadablePictureError) as caught:
        pictures_in(interrupted).decode(SMALL, strict=True)
    assert (caught.value.position, decoded_names) == (2, [])


def test_a_beginning_is_no_entry(interrupted: Path, cache_folder: Path) -> None:
    (beginning,) = (cache_folder / "pictures").iterdir()
    assert beginning.name.endswith(".unfinished")
    assert read_entry(beginning.name.removesuffix(".unfinished")) is None


def test_of_a_damaged_beginning_the_good_part_is_used(
    interrupted: Path, cache_folder: Path, decoded_names: list[bytes]
) -> None:
    (path,) = cache_folder.rglob("pictures.npy")
    content = bytearray(path.read_bytes())
    content[-1 - 6 * 8 * 3 * 2] ^= 1  # in the second of the three batches, of 2, 1 and 2 pictures
    path.write_bytes(content)
    expected = [position for position in range(12) if position != 2]
    decoded = pictures_in(interrupted).decode(SMALL)
    assert decoded.kept.tolist() == expected
    assert len(decoded_names) == 10
    for row, position in enumerate(expected):
        assert (decoded.images[row] == np.asarray(Image.open(interrupted / f"{position}.png"))).all()


def test_a_picture_that_could_not_be_opened_is_not_gone_on_from(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded_names: list[bytes]
) -> None:
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 2)
    (folder / "2.png").unlink()
    (folder / "2.png").symlink_to(tmp_path / "later.png")
    with pytest.raises(KeyboardInterrupt):
        pictures_in(folder).decode(SMALL, interrupt_after(8))
    decoded_names.clear()
    assert list(pictures_in(folder).decode(SMALL).quarantined) == [2]
    assert len(decoded_names) == 9  # all but the first batch, and the picture that is not there


def test_another_that_decodes_the_same_at_once_is_not_disturbed(folder: Path, cache_folder: Path) -> None:
    others: list[np.ndarray] = []

    def another(done: int, total: int) -> None:
        if done == 0:
            others.append(np.array(pictures_in(folder).decode(SMALL).images))

    mine = pictures_in(folder).decode(SMALL, another).images
    assert (mine == others[0]).all()
    assert len(mine) == 12
    assert len(list((cache_folder / "pictures").iterdir())) == 1


_DECODE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from onelook.data.pictures.decoding import parallel_decode
from onelook.data.pictures.from_files import FilePictures
from onelook.data.storage.location import Location
from onelook.settings import DecodeSettings

def on_progress(done, total):
    if done >= 6:
        os.kill(os.getpid(), signal.SIGKILL)

parallel_decode.BATCH_PICTURES = 2
location = Location(Path(sys.argv[1]))
FilePictures(location, location.entries()).decode(DecodeSettings(height=6, width=8, channels=3), on_progress)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system that can kill a process on the spot")
def test_a_killed_process_is_gone_on_from(folder: Path, decoded_names: list[bytes], cache_folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _DECODE_AND_DIE, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    calls: list[tuple[int, int]] = []
    decoded = pictures_in(folder).decode(SMALL, lambda done, total: calls.append((done, total)))
    assert calls[0] == (6, 12)
    assert len(decoded_names) == 6
    for number in range(12):
        assert (decoded.images[number] == np.asarray(Image.open(folder / f"{number}.png"))).all()
    assert len(list((cache_folder / "pictures").iterdir())) == 1  # neither a beginning nor the killed one's lock


# --- strict


def test_strict_stops_at_the_first_and_what_was_decoded_is_used_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch, decoded_names: list[bytes]
) -> None:
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 2)
    monkeypatch.setattr("onelook.runtime.available_cores", lambda: 1)
    for name in ("5.png", "10.png"):
        (folder / name).write_text("no picture")
    for _ in ("first", "again"):
        with pytest.raises(UnreadablePictureError, match="picture 6 cannot be read: not a picture") as caught:
            pictures_in(folder).decode(SMALL, strict=True)
        assert caught.value.position == 5
    assert b"no picture" in decoded_names
    assert len(decoded_names) < 20  # far from all of both times
    decoded_names.clear()
    assert list(pictures_in(folder).decode(SMALL).quarantined) == [5, 10]
    assert len(decoded_names) == 8
    with pytest.raises(UnreadablePictureError, match="picture 6 cannot be read"):
        pictures_in(folder).decode(SMALL, strict=True)


def test_strict_is_content_with_good_pictures(folder: Path) -> None:
    assert len(pictures_in(folder).decode(SMALL, strict=True).images) == 12


# --- quarantine


def test_an_unreadable_picture_is_set_aside_with_its_reason(folder: Path) -> None:
    (folder / "3.png").write_bytes((folder / "3.png").read_bytes()[:150])
    (folder / "5.png").write_text("I am a text")
    (folder / "11.png").write_bytes(b"")
    for _ in ("first", "from the cache"):
        decoded = pictures_in(folder).decode(SMALL)
        assert decoded.kept.tolist() == [0, 1, 2, 4, 6, 7, 8, 9, 10]
        assert len(decoded.images) == 9
        assert (decoded.images[3] == np.asarray(Image.open(folder / "4.png"))).all()
        assert list(decoded.quarantined) == [3, 5, 11]
        assert "cut short" in decoded.quarantined[3]
        assert decoded.quarantined[5] == "not a picture: the file holds text that starts 'I am a text'"
        assert decoded.quarantined[11] == "the file is empty (0 bytes)"


@pytest.mark.parametrize("batch", [5, 16])
def test_a_picture_that_could_not_be_opened_is_tried_again(
    folder: Path, tmp_path: Path, decoded_names: list[bytes], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", batch)
    (folder / "99.png").symlink_to(tmp_path / "later.png")
    assert "cannot be opened" in pictures_in(folder).decode(SMALL).quarantined[12]
    decoded_names.clear()
    assert list(pictures_in(folder).decode(SMALL).quarantined) == [12]
    assert decoded_names == []  # the others are not decoded again for its sake
    assert pictures_in(folder).cached(SMALL) is not None
    shutil.copy(folder / "0.png", tmp_path / "later.png")
    assert pictures_in(folder).cached(SMALL) is None
    assert pictures_in(folder).decode(SMALL).quarantined == {}


def test_a_picture_that_can_be_opened_now_is_read_beside_one_that_still_cannot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    location, refused = Location(folder), {"1.png", "4.png"}
    read = location.read

    def read_what_is_allowed(name: str) -> bytes:
        if name in refused:
            raise DataError("cannot be opened (Permission denied)")
        return read(name)

    monkeypatch.setattr(location, "read", read_what_is_allowed)
    for allowed, left in ((set(), [1, 4]), ({"4.png"}, [1]), ({"1.png"}, [])):
        refused -= allowed
        decoded = FilePictures(location, location.entries()).decode(SMALL)
        assert list(decoded.quarantined) == left
        assert decoded.kept.tolist() == [row for row in range(12) if row not in left]


def test_a_member_damaged_in_the_zip_is_set_aside(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3):
            archive.write(folder / f"{number}.png", f"{number}.png")
    content = bytearray(path.read_bytes())
    content[content.index(b"1.png") + 100] ^= 0xFF
    path.write_bytes(content)
    decoded = pictures_in(path).decode(SMALL)
    assert decoded.kept.tolist() == [0, 2]
    assert "damaged inside the zip" in decoded.quarantined[1]


def test_nothing_but_unreadable_pictures_is_an_error(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(3):
        (tmp_path / "data" / f"{number}.jpg").write_text("text")
    with pytest.raises(DataError, match=r"data: none of 3 pictures can be read. The first, '0.jpg': not a picture"):
        pictures_in(tmp_path / "data").decode(SMALL)
    assert list((cache_folder / "pictures").iterdir()) == []
