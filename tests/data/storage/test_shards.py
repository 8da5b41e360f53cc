"""WebDataset's shards that lie together in a folder are one data set, each read in place."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.data.storage import shards
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings


def shard(path: Path, *labels: str, suffix: str = "cls", key: str = "{:04}") -> Path:
    """Write a tar of pictures of one grey, 10 times their number, each with a file that holds its label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for at, label in enumerate(labels):
            picture = io.BytesIO()
            Image.fromarray(np.full((2, 2), 10 * at, np.uint8)).save(picture, "PNG")
            for end, content in (("png", picture.getvalue()), (suffix, label.encode())):
                member = tarfile.TarInfo(f"{key.format(at)}.{end}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


def labels_of(root: Path, part: str) -> dict[str, str]:
    dataset = open_dataset(root)
    found = dataset.parts[part]
    assert found.labels is not None
    return {name: dataset.class_names[label] for name, label in zip(found.ids, found.labels, strict=True)}


@pytest.mark.parametrize(
    ("first", "second", "val"),
    [
        ("birds-train-000000.tar", "birds-train-000001.tar", "birds-val-000000.tar"),
        ("train/00000.tar", "train/00001.tar", "val/00000.tar"),
        ("data/train_0.tar", "data/train_1.tar", "data/val.tar"),
    ],
)
def test_shards_are_one_data_set_with_their_parts(tmp_path: Path, first: str, second: str, val: str) -> None:
    root = tmp_path / "wds"
    shard(root / first, "owl", "jay")
    shard(root / second, "jay")
    shard(root / val, "jay", "owl")
    (root / "README.md").write_text("Birds.")
    (root / ".DS_Store").touch()
    dataset = open_dataset(root)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 3, "val": 2}
    folder = {name: name.removesuffix(".tar") for name in (first, second, val)}
    assert labels_of(root, "train") == {
        f"{folder[first]}/0000.png": "owl",
        f"{folder[first]}/0001.png": "jay",
        f"{folder[second]}/0000.png": "jay",
    }
    decoded = dataset.parts["val"].pictures.decode(DecodeSettings(height=2, width=2, channels=1))
    assert decoded.images[:, 0, 0, 0].tolist() == [0, 10]
    assert (
        f"3 tar files ({first}, {second} and {val}) are read in place as the shards of one data set." in dataset.notes
    )


def test_shards_without_a_part_in_their_names_are_one_pool(tmp_path: Path) -> None:
    shard(tmp_path / "wds/00000.tar", "owl", "jay", key="pictures/{:02}")
    shard(tmp_path / "wds/00001.tar", "jay")
    assert labels_of(tmp_path / "wds", "all") == {
        "00000/pictures/00.png": "owl",
        "00000/pictures/01.png": "jay",
        "00001/0000.png": "jay",
    }


def test_a_shard_that_changed_gives_another_fingerprint(tmp_path: Path) -> None:
    shard(tmp_path / "wds/a-0.tar", "owl", "jay")
    other = shard(tmp_path / "wds/a-1.tar", "owl", "jay")
    before = open_dataset(tmp_path / "wds").fingerprint
    assert open_dataset(tmp_path / "wds").fingerprint == before
    shard(other, "owl", "hawk")
    assert open_dataset(tmp_path / "wds").fingerprint != before


@pytest.mark.parametrize(
    "files",
    [("a-0.tar",), ("a-0.tar", "b.tar", "c-1.tar"), ("a-0.tar", "a-1.tar", "1.png")],
    ids=["one alone is opened as it is", "another archive", "a picture beside them"],
)
def test_other_folders_with_tars_are_no_shards(tmp_path: Path, files: tuple[str, ...]) -> None:
    for name in files:
        shard(tmp_path / name, "owl", "jay")
    location = Location(tmp_path)
    assert location.shards == ()
    assert {*location.entries()} == {*files}


def test_numbered_tars_without_samples_are_to_be_unpacked(tmp_path: Path) -> None:
    for number in range(2):
        shard(tmp_path / f"a-{number}.tar", "owl", "jay", suffix="xml")
    with pytest.raises(DataError, match=r"archives in it are not looked into\. Unpack a-0\.tar and a-1\.tar here"):
        open_dataset(tmp_path)


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    (tmp_path / "a-0.tar").write_bytes(b"no tar" * 200)
    shard(tmp_path / "a-1.tar", "owl", "jay")
    with pytest.raises(DataError, match=r"a-0\.tar: not a tar that can be read"):
        open_dataset(tmp_path)


def test_more_shards_than_files_may_be_open_are_given_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        shard(tmp_path / f"a-{number}.tar", "owl", "jay")
    monkeypatch.setattr(shards, "MOST_SHARDS", 2)
    with pytest.raises(DataError, match=r"give this folder again\. A single one of them opens by its own path\.$"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("ending", ["zip", "ZIP"])
def test_zips_of_parts_are_one_data_set_however_their_ending_is_spelled(ending: str, tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(picture, "PNG")
    for part in ("train", "test"):
        with zipfile.ZipFile(tmp_path / f"{part}.{ending}", "w") as archive:
            for name in ("owl/1.png", "jay/1.png", "jay/2.png"):
                archive.writestr(name, picture.getvalue())
    found = open_dataset(tmp_path)
    assert ({name: len(part) for name, part in found.parts.items()}, found.class_names) == (
        {"train": 3, "test": 3},
        ("jay", "owl"),
    )


@pytest.mark.parametrize(("preview", "read"), [("card.png", 2), ("data/card.png", 0), ("other/card.png", 0)])
def test_zips_below_the_picture_of_a_card_are_read_and_those_beside_pictures_are_not(
    preview: str, read: int, tmp_path: Path
) -> None:
    picture = io.BytesIO()
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(picture, "PNG")
    (tmp_path / "data").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / preview).write_bytes(picture.getvalue())
    for part in ("train", "test"):
        with zipfile.ZipFile(tmp_path / f"data/{part}.zip", "w") as archive:
            archive.writestr("owl/1.png", picture.getvalue())
            archive.writestr("jay/1.png", picture.getvalue())
    assert len(Location(tmp_path).shards) == read


def test_a_zip_of_a_table_alone_is_read_beside_zips_of_pictures(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(picture, "PNG")
    for name, member in (("train", "1.png"), ("test", "2.png"), ("notes", "notes.txt"), ("labels.csv", "labels.csv")):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr(member, picture.getvalue() if member.endswith("png") else "id,label\n1,owl\n")
    assert Location(tmp_path).shards == ["labels.csv.zip", "test.zip", "train.zip"]
