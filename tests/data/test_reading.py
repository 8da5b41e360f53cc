"""All parts decoded: quarantine, copies, and the ledger of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.data.part import Part
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.protocol import Decoded, OnProgress, PictureFacts, PixelSurvey, UnreadablePictureError
from onelook.data.reading import read_dataset
from onelook.data.splits.given import GivenSplit
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings

ONE_PIXEL = DecodeSettings(height=1, width=1, channels=1)


class Pixels:
    """Pictures of one pixel each; None is one that cannot be read."""

    def __init__(self, values: list[int | None]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def facts(self) -> PictureFacts:
        return PictureFacts({(1, 1): len(self)}, 1, "uint8", (0.0, 255.0))

    def survey(self) -> PixelSurvey:
        return PixelSurvey()

    def decode(
        self, settings: DecodeSettings, on_progress: OnProgress | None = None, *, strict: bool = False, **_: object
    ) -> Decoded:
        if strict and None in self._values:
            raise UnreadablePictureError(self._values.index(None), "broken")
        kept = [position for position, value in enumerate(self._values) if value is not None]
        images = np.array([self._values[position] for position in kept], np.uint8).reshape(-1, 1, 1, 1)
        if on_progress is not None:
            on_progress(len(self), len(self))
        broken = {position: "broken" for position, value in enumerate(self._values) if value is None}
        return Decoded(images, np.array(kept, np.int64), broken)


def dataset(parts: Mapping[str, tuple[list[int | None], str | None]], class_names: str = "ab") -> Dataset:
    """Parts from one-pixel pictures and the letter of each one's class."""
    made = {}
    for name, (values, letters) in parts.items():
        labels = None if letters is None else np.array([class_names.index(letter) for letter in letters], np.int64)
        ids = tuple(f"{name}/{row}" for row in range(1, len(values) + 1))
        made[name] = Part(name, ids, labels, Pixels(values))
    return Dataset("d", "l", "w", tuple(class_names), made, "f")


def test_sizes_and_colour_of_the_originals_are_handed_on(tmp_path: Path) -> None:
    for number, (mode, size) in enumerate((("RGB", (4, 2)), ("L", (3, 5)))):
        Image.new(mode, size, "white" if mode == "L" else "red").save(tmp_path / f"{number}.png")
    files = FilePictures(Location(tmp_path), ["0.png", "1.png"])
    found = Dataset("d", "l", "w", (), {"all": Part("all", ("0", "1"), None, files)}, "f")
    part = read_dataset(found, DecodeSettings(height=2, width=2, channels=3)).parts["all"]
    assert part.sizes is not None
    assert part.sizes.tolist() == [[2, 4], [5, 3]]
    assert part.grey is not None
    assert part.grey.tolist() == [False, True]
    of_arrays = read_dataset(dataset({"all": ([1, 2], "ab")}), ONE_PIXEL).parts["all"]
    assert (of_arrays.sizes, of_arrays.grey) == (None, None)


def test_what_cannot_be_read_is_set_aside_and_the_rest_keeps_its_ids_and_labels() -> None:
    reading = read_dataset(dataset({"all": ([1, None, 3, None, 5], "ababa")}), ONE_PIXEL)
    part = reading.parts["all"]
    assert part.ids == ("all/1", "all/3", "all/5")
    assert part.labels is not None
    assert part.labels.tolist() == [0, 0, 0]
    assert part.images.ravel().tolist() == [1, 3, 5]
    assert part.quarantined == {"all/2": "broken", "all/4": "broken"}
    assert (part.found, part.found_classes) == (5, {0, 1})
    assert reading.ledger.counts() == {"found": 5, "used": 3, "quarantined": 2, "duplicate": 0}
    assert [*reading.ledger][1] == ("all/2", "quarantined", "broken")


def test_a_copy_with_the_same_label_in_the_same_part_is_a_duplicate_of_the_first() -> None:
    reading = read_dataset(dataset({"all": ([7, 8, 7, None, 7, 8], "abaaab")}), ONE_PIXEL)
    part = reading.parts["all"]
    assert part.copy_of.tolist() == [-1, -1, 0, 0, 1]
    assert part.used.tolist() == [0, 1]
    assert [entry.status for entry in reading.ledger] == [
        *("used", "used", "duplicate", "quarantined", "duplicate", "duplicate")
    ]
    assert [*reading.ledger][5] == ("all/6", "duplicate", "an exact copy of 'all/2'")
    assert reading.ledger.counts() == {"found": 6, "used": 2, "quarantined": 1, "duplicate": 3}


def test_a_copy_under_another_label_is_used_and_shares_the_group() -> None:
    part = read_dataset(dataset({"all": ([7, 7, 8], "abb")}), ONE_PIXEL).parts["all"]
    assert part.copy_of.tolist() == [-1, -1, -1]
    assert part.groups.tolist() == [0, 0, 1]


def test_copies_in_another_part_are_used_and_share_the_group() -> None:
    reading = read_dataset(dataset({"train": ([7, 8], "ab"), "test": ([8, 9, 8], "bab")}), ONE_PIXEL)
    assert reading.parts["train"].groups.tolist() == [0, 1]
    assert reading.parts["test"].groups.tolist() == [1, 2, 1]
    assert reading.parts["test"].copy_of.tolist() == [-1, -1, 0]  # a copy within test counts as one
    assert reading.ledger.counts() == {"found": 5, "used": 4, "quarantined": 0, "duplicate": 1}


def test_unlabelled_pictures_are_never_duplicates() -> None:
    reading = read_dataset(dataset({"test": ([7, 7], None)}), ONE_PIXEL)
    assert reading.parts["test"].labels is None
    assert reading.ledger.counts() == {"found": 2, "used": 2, "quarantined": 0, "duplicate": 0}


def test_given_groups_stay_with_their_pictures_past_one_that_cannot_be_read() -> None:
    data = dataset({"train": ([1, None, 3, 4], "abab"), "test": ([None, 5], "ab")})
    parts = {
        name: replace(part, groups=np.array(groups, np.int64), group_names=("ann", "bob", "cy"))
        for (name, part), groups in zip(data.parts.items(), ([2, 0, 1, -1], [0, 2]), strict=True)
    }
    reading = read_dataset(replace(data, parts=parts), ONE_PIXEL)
    groups = {name: part.given_groups for name, part in reading.parts.items()}
    assert groups["train"] is not None
    assert groups["test"] is not None
    assert (groups["train"].tolist(), groups["test"].tolist()) == ([2, 1, -1], [2])
    assert reading.parts["test"].group_names == ("ann", "bob", "cy")


def test_one_picture_that_a_split_puts_on_all_three_sides_is_used_on_each() -> None:
    data = dataset({"all": ([7, 7, 8, 7, 7, 7, 9], "aabaaab")})
    sides = ["val", "test", "train", "train", "val", "test", "val"]
    given = GivenSplit("mine", {f"all/{row}": side for row, side in enumerate(sides, 1)}, {})
    part = read_dataset(data, ONE_PIXEL, given=given).parts["all"]
    assert part.copy_of.tolist() == [-1, -1, -1, -1, 0, 1, -1]
    assert part.given_side is not None
    assert part.given_side.tolist() == sides


def test_pictures_that_were_set_aside_are_in_the_ledger_and_end_a_strict_run() -> None:
    data = replace(dataset({"all": ([1, 2], "ab")}), set_aside={"stray.png": "it lies in no class folder"})
    reading = read_dataset(data, ONE_PIXEL)
    assert reading.ledger.counts() == {"found": 3, "used": 2, "quarantined": 1, "duplicate": 0}
    assert [*reading.ledger][-1] == ("stray.png", "quarantined", "it lies in no class folder")
    with pytest.raises(DataError, match="--strict: 'stray.png' cannot be read: it lies in no class folder"):
        read_dataset(data, ONE_PIXEL, strict=True)


def test_the_fingerprint_is_of_pixels_in_their_order() -> None:
    def prints(*values: int) -> str:
        return read_dataset(dataset({"all": (list(values), "a" * len(values))}), ONE_PIXEL).parts["all"].fingerprint

    assert len({prints(1, 2, 3), prints(2, 1, 3), prints(1, 2, 4), prints(1, 2)}) == 4
    assert prints(1, 2, 3) == prints(1, 2, 3)


def test_strict_stops_at_the_first_and_names_it() -> None:
    with pytest.raises(DataError, match=r"--strict: 'train/2' cannot be read: broken\. Replace or"):
        read_dataset(dataset({"train": ([1, None, None], "aba")}), ONE_PIXEL, strict=True)
    with pytest.raises(DataError, match=r"--strict: 'test/1' cannot be read: broken\. Replace or"):
        read_dataset(dataset({"train": ([1], "a"), "test": ([None, 1], "ab")}), ONE_PIXEL, strict=True)


def test_progress_runs_over_all_parts() -> None:
    calls: list[tuple[int, int]] = []
    parts = dataset({"train": ([1, 2, 3], "aba"), "val": ([4], "a"), "test": ([5, 6], "ab")})
    read_dataset(parts, ONE_PIXEL, on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(3, 6), (4, 6), (6, 6), (6, 6)]


def test_parts_that_are_there_already_are_no_work_that_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    for number in range(6):
        path = tmp_path / "data" / ("train", "val", "test")[number // 2] / "ab"[number % 2] / "1.png"
        path.parent.mkdir(parents=True)
        Image.new("L", (1, 1), 40 * number).save(path)
    calls: list[tuple[int, int]] = []
    for _ in range(2):
        calls.clear()
        data = open_dataset(tmp_path / "data")
        read_dataset(data, ONE_PIXEL, on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(6, 6)]


def test_a_test_picture_ties_no_training_pictures_together(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.repeat(np.arange(1, 5, dtype=np.uint8) * 60, 16).reshape(4, 4, 4)
    data = open_dataset({"train": (images[:3], list("cdc")), "test": (images[3:], ["c"])})
    decode = DecodeSettings(height=4, width=4, channels=1)
    # Pictures 0 and 1 are near copies of the test picture, 3; 1 and 2 of each other.
    monkeypatch.setattr("onelook.data.reading.near_pairs", lambda *_: np.array([[0, 3], [1, 3], [1, 2]]))
    train = read_dataset(data, decode).parts["train"]
    first, second, third = train.near_groups.tolist()
    assert first != second == third
