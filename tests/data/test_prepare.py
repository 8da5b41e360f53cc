"""From files on disk to a split: everything between opening and training, together."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from onelook.data.dataset import Dataset
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.layouts.folders.class_folders import ClassFolders
from onelook.data.layouts.folders.picture_folder import PictureFolder
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.prepare import Prepared, prepare
from onelook.data.splits.folds import split_of_fold
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError


@pytest.fixture
def root(tmp_path: Path, draw: Callable[..., Path]) -> Path:
    """Ten cats, ten dogs and four test pictures; one cat is there twice, one dog is half a file."""
    for number in range(10):
        draw(f"data/train/cat/{number}.png", seed=number)
        draw(f"data/train/dog/{number}.png", seed=100 + number)
    for number in range(4):
        draw(f"data/test/{'cat' if number < 2 else 'dog'}/{number}.png", seed=200 + number)
    root = tmp_path / "data"
    shutil.copy(root / "train/cat/3.png", root / "train/cat/copy.png")
    content = (root / "train/dog/5.png").read_bytes()
    (root / "train/dog/5.png").write_bytes(content[: len(content) // 2])
    return root


def opened(root: Path) -> Dataset:
    return ClassFolders().open(Location(root), LayoutOptions())


def prepared(root: Path, seed: int = 0, strict: bool = False) -> Prepared:
    dataset = opened(root)
    return prepare(dataset, choose_decode_settings(dataset), val=0.2, seed=seed, strict=strict)


def test_every_picture_is_accounted_for(root: Path) -> None:
    found = prepared(root)
    assert found.ledger.counts() == {"found": 25, "used": 23, "quarantined": 1, "duplicate": 1}
    by_id = {entry.id: entry for entry in found.ledger}
    assert by_id["train/cat/copy.png"].reason == "an exact copy of 'train/cat/3.png'"
    assert by_id["train/dog/5.png"].status == "quarantined"
    assert len([*found.split.entries()]) == 23
    assert {entry.id for entry in found.split.entries()} == {
        entry.id for entry in found.ledger if entry.status == "used"
    }
    assert (len(found.split.train), len(found.split.val)) == (15, 4)
    assert found.split.test is not None
    assert len(found.split.test) == 4


def test_labels_follow_their_pictures(root: Path) -> None:
    found = prepared(root)
    for side in (found.split.train, found.split.val, found.split.test):
        assert side is not None
        assert side.labels is not None
        for picture_id, label in zip(side.ids, side.labels.tolist(), strict=True):
            assert f"/{found.reading.class_names[label]}/" in picture_id


def test_preparing_twice_gives_the_same(root: Path) -> None:
    first, second = prepared(root), prepared(root)
    assert first.split.fingerprint == second.split.fingerprint
    assert prepared(root, seed=1).split.fingerprint != first.split.fingerprint


def test_a_zip_is_prepared_as_its_folder_is(root: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "data"), "zip", root)
    assert prepared(tmp_path / "data.zip").split.fingerprint == prepared(root).split.fingerprint


def test_strict_ends_at_the_unreadable_picture(root: Path) -> None:
    with pytest.raises(DataError, match="--strict: 'train/dog/5.png' cannot be read: the file is cut short"):
        prepared(root, strict=True)


def test_what_is_wrong_with_the_request_is_said_before_pictures_are_read(root: Path, cache_folder: Path) -> None:
    dataset = opened(root)
    settings = choose_decode_settings(dataset)
    entries = set(cache_folder.rglob("entry.json"))
    with pytest.raises(ConfigError, match="--val 2: expected a share"):
        prepare(dataset, settings, val=2, seed=0)
    unlabelled = PictureFolder().open(Location(root / "test"), LayoutOptions())
    with pytest.raises(DataError, match="the pictures of the part 'all' have no labels"):
        prepare(unlabelled, settings, val=0.1, seed=0)
    assert set(cache_folder.rglob("entry.json")) == entries


def test_of_folds_the_first_one_validates(root: Path) -> None:
    dataset = opened(root)
    found = prepare(dataset, choose_decode_settings(dataset), val=0.2, seed=3, folds=3)
    parts, names = found.reading.parts, found.reading.class_names
    splits = [split_of_fold(parts, names, fold=fold, folds=3, seed=3).fingerprint for fold in (1, 2, 3)]
    assert len(set(splits)) == 3
    assert found.split.fingerprint == splits[0]
