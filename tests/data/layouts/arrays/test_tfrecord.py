"""TensorFlow's records: pictures and labels as TensorFlow writes them, and every way in which a file can be wrong."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.data.layouts.arrays.tf_records_as_written import checksum, example, message, write

from onelook.data.layouts.arrays.tf_examples import read_examples
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings


def png(grey: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((4, 6), grey, np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_the_checksum_is_that_of_rfc_3720() -> None:
    crc = (checksum(bytes(32)) - 0xA282_EAD8) & 0xFFFF_FFFF
    assert (crc << 15 | crc >> 17) & 0xFFFF_FFFF == 0x8A91_36AA  # its appendix B.4, of 32 bytes of zero


def test_shards_of_tensorflow_datasets_are_one_data_set_with_the_names_beside(tmp_path: Path) -> None:
    root = tmp_path / "mnist" / "3.0.1"
    for shard in range(2):
        records = [example(image=png(10 * shard + k), label=k % 2) for k in range(3)]
        write(root / f"mnist-train.tfrecord-0000{shard}-of-00002", *records)
    write(root / "mnist-test.tfrecord-00000-of-00001", example(image=png(99), label=1))
    (root / "label.labels.txt").write_text("zero\none\n", "utf-8")
    (root / "features.json").write_text("{}", "utf-8")
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("tfrecord", ("one", "zero"))
    train = dataset.parts["train"]
    assert train.labels is not None
    assert [dataset.class_names[label] for label in train.labels] == ["zero", "one", "zero"] * 2
    decode = DecodeSettings(height=4, width=6, channels=1)
    assert train.pictures.decode(decode).images[:, 0, 0, 0].tolist() == [0, 1, 2, 10, 11, 12]
    assert dataset.parts["test"].pictures.decode(decode).images[0, 0, 0, 0] == 99
    taken = pickle.loads(pickle.dumps(train.pictures.take(np.array([4, 3]))))
    assert taken.decode(decode).images[:, 0, 0, 0].tolist() == [11, 10]


def test_pictures_to_predict_keep_their_ids(tmp_path: Path) -> None:
    of_training = [example(**{"class": k % 2}, id=b"t%d" % k, image=png(k)) for k in range(4)]
    write(tmp_path / "train" / "00-192x192-4.tfrec", *of_training)
    write(tmp_path / "test" / "00-192x192-2.tfrec", *(example(id=b"x%d" % k, image=png(90 + k)) for k in range(2)))
    dataset = open_dataset(tmp_path)
    assert dataset.parts["test"].labels is None
    assert dataset.parts["test"].other_ids == {"id": ["x0", "x1"]}
    assert dataset.class_names == ("0", "1")
    assert dataset.notes == ("Columns that were left out: 'id'.",)


def test_records_of_one_patient_stay_together(tmp_path: Path) -> None:
    records = [example(image=png(k), label=k % 2, patient_id=7 + k // 3) for k in range(6)]
    write(tmp_path / "train.tfrecord", *records, example(image=png(9), label=1))
    part = open_dataset(tmp_path).parts["all"]
    assert part.groups is not None
    assert (part.groups.tolist(), part.group_names) == ([0, 0, 0, 1, 1, 1, -1], ("7", "8"))
    assert open_dataset(tmp_path, ignore_groups=True).parts["all"].groups is None


def test_names_with_slashes_several_numbers_and_floats(tmp_path: Path) -> None:
    records = [
        example(image__encoded=png(k), image__height=4, image__class__label=k % 2 - 1, box=[1, 2], score=0.5)
        for k in range(4)
    ]
    write(tmp_path / "all.tfrecord", *records)
    dataset = open_dataset(tmp_path / "all.tfrecord")
    assert dataset.class_names == ("-1", "0")
    assert "labels in 'image/class/label'" in dataset.why


def test_a_feature_of_several_that_may_be_the_label_is_chosen(tmp_path: Path) -> None:
    records = [example(picture=png(k), breed=b"owl" if k % 2 else b"jay", age=k // 4) for k in range(8)]
    write(tmp_path / "a.tfrecord", *records)
    with pytest.raises(ConfigError, match="2 features of the records may be the label") as asked:
        open_dataset(tmp_path)
    assert asked.value.options == ("--label-column breed", "--label-column age")
    assert open_dataset(tmp_path, label_column="breed").class_names == ("jay", "owl")
    with pytest.raises(ConfigError, match="breeds"):
        open_dataset(tmp_path, label_column="breeds")


def test_several_sizes_are_asked_about(tmp_path: Path) -> None:
    for size in ("192", "512"):
        for part in ("train", "val"):
            write(tmp_path / size / part / "0.tfrec", *(example(image=png(k), label=k % 2) for k in range(4)))
    with pytest.raises(ConfigError, match="2 data sets lie there, or versions of one") as asked:
        open_dataset(tmp_path)
    assert asked.value.options == (f"{tmp_path}/192", f"{tmp_path}/512")
    assert open_dataset(tmp_path / "512").rows == 8


def test_files_of_no_part_are_left_out(tmp_path: Path) -> None:
    for name in ("train", "test", "extra"):
        write(tmp_path / f"{name}.tfrecord", *(example(image=png(k), label=k % 2) for k in range(4)))
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts) == ["train", "test"]
    assert dataset.notes[0] == "TFRecord files of no part were left out: 'extra.tfrecord'."


def test_records_beside_picture_files_are_not_read(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(png(len(name)))
    write(tmp_path / "train.tfrec", example(image=png(1), label=1))
    assert open_dataset(tmp_path).layout == "class-folders"


def test_records_without_encoded_pictures_are_named(tmp_path: Path) -> None:
    write(tmp_path / "train.tfrecord", example(image=bytes(24), label=1))
    with pytest.raises(DataError, match="TFRecord, whose records hold no encoded picture"):
        open_dataset(tmp_path)
    write(tmp_path / "train.tfrecord", example(image=png(1), label=1), example(image=bytes(24), label=1), example(x=1))
    with pytest.raises(DataError, match=r"a record without an encoded picture\. Its features are 'x'"):
        open_dataset(tmp_path)


def test_a_label_that_some_records_lack_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "train.tfrecord", example(image=png(1), label=1), example(image=png(2)), example(image=png(3)))
    with pytest.raises(DataError, match="2 of 3 records have no 'label'"):
        open_dataset(tmp_path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.tfrecord"
    write(path, example(image=png(1), label=1), example(image=png(2), label=0))
    whole = path.read_bytes()

    def reason(content: bytes) -> str:
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            list(read_examples(Location(tmp_path), "train.tfrecord"))
        return str(caught.value)

    assert "packed with gzip" in reason(gzip.compress(whole))
    assert "or damaged in byte 1." in reason(b"\x01" + whole[1:])
    assert "cut short" in reason(whole[:-6])
    assert "or damaged in byte" in reason(whole + b"123")
    huge = struct.pack("<Q", 1 << 60)
    assert "cut short" in reason(huge + struct.pack("<I", checksum(huge)) + bytes(99))
    for content in (b"\x0a\x7f", b"\x0b", b"\xff" * 12, message(1, message(1, message(1, b"\xff") + message(2, b"")))):
        write(path, content)
        assert "no tf.train.Example" in reason(path.read_bytes()), content
