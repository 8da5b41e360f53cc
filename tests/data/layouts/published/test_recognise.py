"""Published data sets are recognised by their pictures and labels, or by a published file; nothing else is."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.class_names import names_as_in
from onelook.data.dataset import Dataset
from onelook.data.join_parts import add_part
from onelook.data.layouts.published import recognise
from onelook.data.layouts.published.known_pictures import add_pictures, is_known, read_filter
from onelook.data.open import open_dataset
from onelook.planning.facts import facts_of

CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
ROWS = 40


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """Forty pictures with their labels, which are the known pictures of Fashion-MNIST in this test."""
    drawn = np.random.default_rng(3).integers(0, 256, (ROWS, 28, 28), dtype=np.uint8)
    labels = np.arange(ROWS) % 10
    known = add_pictures(zip(drawn, labels.tolist(), strict=True))
    empty = bytes(len(known))
    monkeypatch.setattr(recognise, "read_filter", lambda name: known if name == "fashion_mnist" else empty)
    return drawn, labels


def saved(folder: Path, images: np.ndarray, labels: np.ndarray) -> Path:
    folder.mkdir(exist_ok=True)
    np.savez(folder / "some.npz", x_train=images, y_train=labels)
    return folder


def test_the_classes_get_the_published_names_and_one_note(pictures: tuple[np.ndarray, ...], tmp_path: Path) -> None:
    dataset = open_dataset(saved(tmp_path / "anything", *pictures))
    assert dataset.class_names == CLOTHES
    assert dataset.codes == tuple("0123456789")
    notes = [note for note in dataset.notes if "Fashion-MNIST" in note]
    assert len(notes) == 1
    assert "'T-shirt/top' for 0" in notes[0]
    assert "--class-names" in notes[0]


def test_copies_in_a_table_and_in_files_are_recognised(pictures: tuple[np.ndarray, ...], tmp_path: Path) -> None:
    images, labels = pictures
    some = (labels > 2) & (labels < 6)  # a part of the data, with three of the classes
    header = ",".join(["label", *(f"pixel{number}" for number in range(784))])
    table = np.column_stack([labels[some], images[some].reshape(some.sum(), -1)])
    np.savetxt(tmp_path / "copy.csv", table, fmt="%d", delimiter=",", header=header, comments="")
    assert open_dataset(tmp_path / "copy.csv").class_names == CLOTHES[3:6]
    for row, (pixels, label) in enumerate(zip(images, labels.tolist(), strict=True)):
        (tmp_path / "files" / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / "files" / str(label) / f"{row}.png")
    assert open_dataset(tmp_path / "files").class_names == CLOTHES


@pytest.mark.parametrize("change", ["labels", "pixels", "few"])
def test_other_labels_other_pixels_and_few_pictures_are_not(
    change: str, pictures: tuple[np.ndarray, ...], tmp_path: Path
) -> None:
    images, labels = pictures
    if change == "labels":
        labels = (labels + 1) % 10
    elif change == "pixels":
        images = 255 - images
    else:
        images, labels = images[:9], labels[:9]
    dataset = open_dataset(saved(tmp_path / "other", images, labels))
    assert dataset.class_names == tuple(map(str, range(min(10, len(labels)))))
    assert (dataset.codes, dataset.published) == ((), "")


def test_a_third_of_the_pictures_is_enough_and_less_is_not(
    pictures: tuple[np.ndarray, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognise, "_LEAST", 1)
    images, labels = pictures
    for known, is_recognised in ((12, True), (11, False)):  # 30 % of 40
        mixed = images.copy()
        mixed[known:] = 255 - mixed[known:]
        assert bool(open_dataset(saved(tmp_path / str(known), mixed, labels)).published) == is_recognised


def test_names_of_the_user_and_arrays_are_left_alone(pictures: tuple[np.ndarray, ...], tmp_path: Path) -> None:
    folder = saved(tmp_path / "own", *pictures)
    own = tuple("abcdefghij")
    assert open_dataset(folder, class_names=own).class_names == own
    assert open_dataset(pictures).class_names == tuple("0123456789")  # y keeps its values


def test_kuzushiji_is_recognised_by_its_label_file_and_not_mirrored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    content = gzip.compress(struct.pack(">2I", 0x0801, 20) + bytes(range(10)) * 2, mtime=0)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(content)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x0803, 20, 28, 28) + images.tobytes())
    assert open_dataset(tmp_path).published == ""
    kuzushiji = replace(recognise._SETS[-1], label_files=frozenset({hashlib.sha256(content).hexdigest()}))
    monkeypatch.setattr(recognise, "_SETS", (kuzushiji,))
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    assert facts_of(dataset).why_not_mirrored == "Japanese characters"


def test_the_packaged_filters_hold_what_a_stranger_would_know() -> None:
    for name in ("mnist", "fashion_mnist"):
        known = read_filter(name)
        assert len(known) == 65_536
        strangers = np.random.default_rng(1).integers(0, 256, (2_000, 28, 28), dtype=np.uint8)
        assert sum(is_known(known, each, 3) for each in strangers) < 0.06 * len(strangers)


def test_earlier_models_and_runs_have_numbers_as_names(pictures: tuple[np.ndarray, ...], tmp_path: Path) -> None:
    dataset: Dataset = open_dataset(saved(tmp_path / "data", *pictures))
    numbers = tuple("0123456789")
    assert names_as_in(dataset, numbers).class_names == numbers
    assert names_as_in(dataset, CLOTHES) is dataset
    # Names that a user gave to the numbers are matched by number, as before.
    assert names_as_in(dataset, ["top", "trousers"]).class_names == numbers


def test_a_part_that_is_too_small_to_be_recognised_is_matched_by_number(
    pictures: tuple[np.ndarray, ...], tmp_path: Path
) -> None:
    images, labels = pictures
    large = open_dataset(saved(tmp_path / "large", images, labels))
    small = open_dataset(saved(tmp_path / "small", images[:5], labels[:5]), for_training=False)
    assert (large.codes != (), small.codes) == (True, ())
    for dataset, other in ((large, small), (replace(large, class_names=large.codes, codes=()), large)):
        joined = add_part(dataset, other, "test")
        assert joined.class_names == dataset.class_names
        assert joined.parts["test"].labels is not None
        assert joined.parts["test"].labels[:5].tolist() == [0, 1, 2, 3, 4]
