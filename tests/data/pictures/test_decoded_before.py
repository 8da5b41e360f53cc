"""Pictures that another data set has in the cache: found by the content of their files, and not decoded again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.pictures.decode import DecodedPicture, decode_and_copy, decode_with_facts
from onelook.data.pictures.decoding import parallel_decode
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.measures import measure_pixels
from onelook.data.storage.location import Location
from onelook.settings import DecodeSettings

SMALL = DecodeSettings(height=6, width=8, channels=3)
TINY = DecodeSettings(height=3, width=3, channels=3)


def pictures_in(root: Path) -> FilePictures:
    location = Location(root)
    return FilePictures(location, location.entries())


@pytest.fixture
def folder(tmp_path: Path, draw: Callable[..., Path]) -> Path:
    for number in range(12):
        draw(f"data/{number}.png", seed=number, size=(8 + number, 6))
    return tmp_path / "data"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files that are decoded from now on."""
    seen: list[bytes] = []

    def alone(content: bytes, settings: DecodeSettings) -> DecodedPicture:
        seen.append(content)
        return decode_with_facts(content, settings)

    def with_copy(content: bytes, settings: DecodeSettings, copied: DecodeSettings) -> object:
        seen.append(content)
        return decode_and_copy(content, settings, copied)

    monkeypatch.setattr(parallel_decode, "decode_with_facts", alone)
    monkeypatch.setattr(parallel_decode, "decode_and_copy", with_copy)
    return seen


def rename(folder: Path, old: str, new: str) -> None:
    (folder / old).rename(folder / new)


def test_two_renamed_pictures_and_a_new_one_cost_one(
    folder: Path, draw: Callable[..., Path], decoded: list[bytes]
) -> None:
    pictures_in(folder).decode(SMALL, measured=TINY)
    rename(folder, "3.png", "30.png")
    rename(folder, "11.png", "0 first.png")
    draw("data/7 new.png", seed=99)
    decoded.clear()
    found = pictures_in(folder).decode(SMALL, measured=TINY)
    assert decoded == [(folder / "7 new.png").read_bytes()]
    shutil.rmtree(os.environ["ONELOOK_CACHE"])
    anew = pictures_in(folder).decode(SMALL, measured=TINY)
    assert len(decoded) == 14
    for name in ("images", "kept", "sizes", "grey", "measures"):
        assert getattr(found, name).tolist() == getattr(anew, name).tolist(), name
    assert anew.sizes is not None
    assert len({width for _, width in anew.sizes.tolist()}) == 12  # so rows in a wrong order would show


def test_a_moved_folder_and_its_zip_cost_nothing(folder: Path, tmp_path: Path, decoded: list[bytes]) -> None:
    first = np.array(pictures_in(folder).decode(SMALL).images)
    decoded.clear()
    archive = Path(shutil.make_archive(str(tmp_path / "data"), "zip", folder))
    folder.rename(tmp_path / "elsewhere")
    for root in (archive, tmp_path / "elsewhere"):
        assert (pictures_in(root).decode(SMALL).images == first).all()
    assert decoded == []


def test_a_picture_that_was_changed_under_its_name_is_decoded(folder: Path, decoded: list[bytes]) -> None:
    pictures_in(folder).decode(SMALL)
    decoded.clear()
    Image.new("RGB", (8, 6), "white").save(folder / "5.png")
    assert pictures_in(folder).decode(SMALL).images[5].min() == 255
    assert len(decoded) == 1


@pytest.mark.parametrize("other", [{"height": 5}, {"channels": 1}, {"resize": "fit"}, {"ground": "black"}])
def test_another_way_of_decoding_shares_nothing(folder: Path, decoded: list[bytes], other: dict[str, object]) -> None:
    pictures_in(folder).decode(SMALL)
    decoded.clear()
    rename(folder, "3.png", "30.png")
    pictures_in(folder).decode(SMALL.model_copy(update=other))
    assert len(decoded) == 12


def test_what_was_not_measured_is_decoded_to_be_measured_and_then_serves_all(
    folder: Path, decoded: list[bytes]
) -> None:
    assert pictures_in(folder).decode(SMALL).measures is None
    found = pictures_in(folder).decode(SMALL, measured=TINY)
    assert len(decoded) == 24
    copies = np.stack([decode_with_facts(folder / f"{number}.png", TINY).pixels for number in range(12)])
    expected = np.stack([*measure_pixels(copies, (0.0, 255.0)).values()], axis=1)
    assert found.measures is not None
    assert found.measures.tolist() == expected.tolist()
    other = pictures_in(folder).decode(SMALL, measured=SMALL)  # another copy has other measures
    assert len(decoded) == 36
    assert other.measures is not None
    assert other.measures.tolist() != expected.tolist()
    rename(folder, "3.png", "30.png")
    pictures_in(folder).decode(SMALL)
    assert len(decoded) == 36


def test_an_entry_has_measures_of_all_its_pictures_or_of_none(
    folder: Path, draw: Callable[..., Path], decoded: list[bytes]
) -> None:
    pictures_in(folder).decode(SMALL, measured=TINY)
    draw("data/new.png", seed=99)
    found = pictures_in(folder).decode(SMALL)  # as for a prediction, partly with pictures that were measured
    assert len(decoded) == 13
    assert found.measures is None
    rename(folder, "3.png", "30.png")
    again = pictures_in(folder).decode(SMALL)
    assert len(decoded) == 13
    assert sorted(again.images.sum((1, 2, 3)).tolist()) == sorted(found.images.sum((1, 2, 3)).tolist())
    measured = pictures_in(folder).decode(SMALL, measured=TINY).measures
    assert len(decoded) == 14
    assert measured is not None
    assert len(measured) == 13


def test_an_unreadable_picture_has_neither_row_nor_measures(folder: Path) -> None:
    (folder / "4.png").write_text("no picture")
    found = pictures_in(folder).decode(SMALL, measured=TINY)
    assert found.kept.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert found.measures is not None
    assert len(found.images) == len(found.measures) == 11
    copy = decode_with_facts(folder / "5.png", TINY).pixels
    assert found.measures[4].tolist() == [float(value[0]) for value in measure_pixels(copy[None], (0, 255)).values()]


def test_an_entry_that_only_lends_pictures_is_not_kept_for_another_month(folder: Path, cache_folder: Path) -> None:
    pictures_in(folder).decode(SMALL)
    (entry,) = (cache_folder / "pictures").iterdir()
    os.utime(entry, (1e9, 1e9))
    rename(folder, "3.png", "30.png")
    pictures_in(folder).decode(SMALL)
    assert len(list((cache_folder / "pictures").iterdir())) == 1  # it expired when the new entry was finished


def test_an_interrupted_decoding_keeps_the_measures_too(
    folder: Path, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = pictures_in(folder).decode(SMALL, measured=TINY).measures
    shutil.rmtree(os.environ["ONELOOK_CACHE"])
    monkeypatch.setattr(parallel_decode, "BATCH_PICTURES", 2)

    def stop(done: int, _: int) -> None:
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pictures_in(folder).decode(SMALL, stop, measured=TINY)
    decoded.clear()
    found = pictures_in(folder).decode(SMALL, measured=TINY).measures
    assert len(decoded) == 6
    assert expected is not None
    assert found is not None
    assert found.tolist() == expected.tolist()
