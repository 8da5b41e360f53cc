"""IDX files: MNIST's four, gzipped or not, and every way in which one can be wrong."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

TRAIN = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
TEST = np.full((2, 4, 5), 200, np.uint8)


def idx(values: np.ndarray | list[int], magic: int | None = None) -> bytes:
    array = np.asarray(values, np.uint8)
    return struct.pack(f">{1 + array.ndim}I", magic or 0x0800 + array.ndim, *array.shape) + array.tobytes()


def write(folder: Path, **changes: bytes | None) -> Path:
    """A folder of the four files, gzipped where the name says so; some changed or (None) left out."""
    content: dict[str, bytes | None] = {
        "train_images": idx(TRAIN),
        "train_labels": idx([5, 0, 5]),
        "t10k_images": idx(TEST),
        "t10k_labels": idx([0, 5]),
    }
    for key, value in (content | changes).items():
        part, kind = key.split("_")
        axes = 3 if kind == "images" else 1
        if value is not None:
            (folder / f"{part}-{kind}-idx{axes}-ubyte").write_bytes(value)
    return folder


def test_of_a_file_and_its_gzipped_copy_the_plain_one_is_taken_whichever_comes_first(tmp_path: Path) -> None:
    write(tmp_path)
    plain, packed = "train-images-idx3-ubyte", "train-images.idx3-ubyte.gz"  # in the order of their names
    for plain_name, packed_name in ((plain, packed), (packed.removesuffix(".gz"), f"{plain}.gz")):
        (tmp_path / plain).rename(tmp_path / plain_name)
        (tmp_path / packed_name).write_bytes(gzip.compress(idx(TRAIN[::-1])))
        images = open_dataset(tmp_path).parts["train"].pictures.images  # type: ignore[attr-defined]
        np.testing.assert_array_equal(images[..., 0], TRAIN)
        (tmp_path / packed_name).unlink()


def test_labels_of_more_classes_agree_by_value(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, train_labels=idx([9, 0, 5]), t10k_labels=idx([9, 5])))
    assert dataset.class_names == ("0", "5", "9")
    assert dataset.parts["train"].labels.tolist() == [2, 0, 1]  # type: ignore[union-attr]
    assert dataset.parts["test"].labels.tolist() == [2, 1]  # type: ignore[union-attr]


def test_four_files_are_two_labelled_parts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path))
    train, test = dataset.parts["train"], dataset.parts["test"]
    assert dataset.layout == "idx"
    assert dataset.class_names == ("0", "5")
    assert train.labels.tolist() == [1, 0, 1]  # type: ignore[union-attr]
    assert test.labels.tolist() == [0, 1]  # type: ignore[union-attr]
    np.testing.assert_array_equal(train.pictures.images[..., 0], TRAIN)  # type: ignore[attr-defined]
    assert train.pictures.facts().sizes == {(4, 5): 3}
    assert dataset.why == "IDX files by name: train-images-idx3-ubyte and t10k-images-idx3-ubyte"


@pytest.mark.parametrize("rename", [lambda name: f"{name}.gz", lambda name: name.replace("-idx", ".idx")])
def test_other_spellings_hold_the_same(tmp_path: Path, rename) -> None:  # type: ignore[no-untyped-def]
    plain, other = tmp_path / "plain", tmp_path / "other"
    plain.mkdir()
    other.mkdir()
    for path in write(plain).iterdir():
        name = rename(path.name)
        content = path.read_bytes()
        (other / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert open_dataset(other).fingerprint == open_dataset(plain).fingerprint


def test_a_file_beside_its_gzipped_copy_counts_once(tmp_path: Path) -> None:
    for path in list(write(tmp_path).iterdir()):
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert open_dataset(tmp_path).rows == 5


def test_the_t10k_pair_alone_is_not_parted(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, train_images=None, train_labels=None))
    assert {name: part.ids for name, part in dataset.parts.items()} == {"all": ("1", "2")}


def test_pictures_without_any_labels_are_unlabelled(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, train_labels=None, t10k_labels=None))
    assert dataset.class_names == ()
    assert all(part.labels is None for part in dataset.parts.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_images": idx(TRAIN)[:-7]}, "truncated. The header says 3 × 4 × 5 = 60 bytes, but 53 follow it."),
        ({"train_images": idx(TRAIN) + b"\0"}, "too long. The header says 3 × 4 × 5 = 60 bytes, but 61 follow it."),
        ({"train_images": b"\0\0\x08"}, "3 bytes, shorter than the header of 16 that IDX images have."),
        (
            {"train_images": idx(TRAIN, magic=0x0D03)},
            "starts with the number 0x00000d03, expected 0x00000803 (images of unsigned bytes).",
        ),
        (
            {"train_labels": idx(TRAIN)},
            "starts with the number 0x00000803, expected 0x00000801 (labels of unsigned bytes).",
        ),
        ({"train_images": gzip.compress(idx(TRAIN))[:-9]}, "the gzip file is truncated or damaged"),
        (
            {"train_labels": idx([5, 0])},
            "train-images-idx3-ubyte has 3 pictures and train-labels-idx1-ubyte has 2 labels.",
        ),
        ({"train_labels": None}, "train-images-idx3-ubyte is there, the labels of the same part are not."),
        ({"t10k_images": None}, "t10k-labels-idx1-ubyte is there, the images of the same part are not."),
        ({"t10k_labels": idx([0, 9])}, "has classes that the training data has not: 9. Expected only these: 0 and 5."),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, changes: dict[str, bytes | None], message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(write(tmp_path, **changes))
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 28, 28), (3, 0, 28), (0xFFFFFFFF, 0, 28), (0, 0, 0)])
def test_files_that_hold_nothing_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    images, labels = struct.pack(">4I", 0x0803, *shape), struct.pack(">2I", 0x0801, shape[0])
    with pytest.raises(DataError, match="holds nothing. Expected images of at least one picture"):
        open_dataset(write(tmp_path, train_images=images, train_labels=labels))


def test_dimensions_whose_product_runs_over_are_no_match(tmp_path: Path) -> None:
    header = struct.pack(">4I", 0x0803, 1 << 31, 1 << 31, 4)  # 2^64, which is 0 in sixty-four bits
    with pytest.raises(DataError, match="= 18,446,744,073,709,551,616 bytes, but 0 follow it"):
        open_dataset(write(tmp_path, train_images=header))


def test_a_gzip_that_swells_is_refused_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.archives._HARMLESS_BYTES", 1 << 16)
    with pytest.raises(DataError, match="unpack to more than 2"):
        open_dataset(write(tmp_path, train_images=gzip.compress(bytes(1 << 20))))


def test_two_data_sets_in_one_folder_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "emnist-train-images-idx3-ubyte").write_bytes(idx(TRAIN))
    with pytest.raises(ConfigError, match="IDX files of 2 data sets lie there") as asked:
        open_dataset(tmp_path)
    assert asked.value.options == (
        f"{tmp_path}/emnist-train-images-idx3-ubyte",
        f"{tmp_path}/train-images-idx3-ubyte --test {tmp_path}/t10k-images-idx3-ubyte",
    )
    raw = tmp_path / "sets" / "wrapped"
    for name in ("FashionMNIST", "KMNIST"):
        (raw / name / "raw").mkdir(parents=True)
        write(raw / name / "raw")
    with pytest.raises(ConfigError) as asked:
        open_dataset(tmp_path / "sets")
    assert asked.value.options == (f"{raw}/FashionMNIST/raw", f"{raw}/KMNIST/raw")


@pytest.mark.skipif(not os.environ.get("ONELOOK_DATA"), reason="reads MNIST from $ONELOOK_DATA, which is not set")
def test_mnist_has_its_published_counts() -> None:
    dataset = open_dataset(Path(os.environ["ONELOOK_DATA"]) / "mnist")
    train = dataset.parts["train"]
    assert train.labels is not None
    # Class counts as LeCun, Cortes and Burges give them.
    assert np.bincount(train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert len(dataset.parts["test"]) == 10_000
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_emnist_is_turned_upright_and_named_by_the_mapping_of_its_own_split(tmp_path: Path) -> None:
    pictures = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    for part in ("train", "test"):
        (tmp_path / f"emnist-letters-{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pictures)))
        (tmp_path / f"emnist-letters-{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx([2, 1])))
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n")
    (tmp_path / "emnist-balanced-mapping.txt").write_text("1 49\n2 50\n")
    for data in (tmp_path, tmp_path / "emnist-letters-test-images-idx3-ubyte.gz"):
        dataset = open_dataset(data)
        part = next(iter(dataset.parts.values()))
        np.testing.assert_array_equal(part.pictures.images[..., 0], pictures.transpose(0, 2, 1))  # type: ignore[attr-defined]
        assert [dataset.class_names[label] for label in part.labels] == ["B", "A"]  # type: ignore[union-attr]
        assert any("transposed), and were turned upright" in note for note in dataset.notes)
        assert "The classes are called as 'emnist-letters-mapping.txt' says: 1 is 'A' and 2 is 'B'." in dataset.notes


def test_a_single_file_of_pictures_takes_the_labels_of_its_own_part_and_set(tmp_path: Path) -> None:
    pictures = np.zeros((2, 3, 3), np.uint8)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(pictures))
    for name, labels in {"train": [3, 1], "t10k": [4, 4], "emnist-train": [5, 5]}.items():
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(idx(labels))
    dataset = open_dataset(tmp_path / "train-images-idx3-ubyte")
    assert [dataset.class_names[label] for label in dataset.parts["all"].labels] == ["3", "1"]  # type: ignore[union-attr]
    assert dataset.notes == ("The labels were taken from 'train-labels-idx1-ubyte', which lies beside the file.",)


def test_rows_of_labels_give_the_first_number_as_in_qmnist(tmp_path: Path) -> None:
    rows = np.array([[5, 0, 70], [0, 1, 70], [5, 2, 71]], ">i4")
    head = struct.pack(">III", 0x0C02, 3, 3)
    (tmp_path / "qmnist-train-images-idx3-ubyte").write_bytes(idx(TRAIN))
    path = tmp_path / "qmnist-train-labels-idx2-int.gz"
    path.write_bytes(gzip.compress(head + rows.tobytes()))
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("0", "5")
    assert dataset.parts["all"].labels.tolist() == [1, 0, 1]  # type: ignore[union-attr]
    assert dataset.notes == (f"The label is the first of the 3 numbers in each row of {path.name}.",)
    assert open_dataset(tmp_path / "qmnist-train-images-idx3-ubyte").class_names == ("0", "5")
    path.write_bytes(gzip.compress(head + rows.tobytes()[:-1]))
    with pytest.raises(DataError, match=r"truncated\. The header says 3 × 3 × 4 = 36 bytes, but 35 follow it"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("rows", "end", "is_asked"), [(3, "\n", False), (3, "", False), (2, "\n", True), (4, "", True)]
)
def test_pixel_tables_with_as_many_rows_are_the_same_pictures_once_more(
    tmp_path: Path, rows: int, end: str, is_asked: bool
) -> None:
    """Fashion-MNIST lies on Kaggle as IDX files and as tables."""
    header = ",".join(["label", *(f"pixel{at}" for at in range(16))])
    for part, count in (("train", rows), ("test", 2)):
        lines = [f"{at % 2},{','.join(['1'] * 16)}" for at in range(count)]
        (tmp_path / f"mode_{part}.csv").write_text("\n".join([header, *lines]) + end)
    if is_asked:
        with pytest.raises(ConfigError, match="can be read in 2 ways"):
            open_dataset(write(tmp_path))
    else:
        assert open_dataset(write(tmp_path)).layout == "idx"
    assert open_dataset(tmp_path, layout="pixel-csv").layout == "pixel-csv"


def test_files_in_folders_of_their_own_names_are_the_same_set(tmp_path: Path) -> None:
    """As Kaggle unpacks MNIST: each file beside a folder of its name with the file in it."""
    for path in list(write(tmp_path).iterdir()):
        content = path.read_bytes()
        path.rename(tmp_path / path.name.replace("-idx", ".idx"))
        path.mkdir()
        (path / path.name).write_bytes(content)
    dataset = open_dataset(tmp_path)
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "train": [1, 0, 1],
        "test": [0, 1],
    }
    assert any(note.startswith("4 files are there once more and were not read:") for note in dataset.notes)
