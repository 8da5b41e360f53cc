"""An NPY file a class: its name, its parts, and what is no class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelook.data.layouts.arrays import class_arrays, shards
from onelook.data.layouts.arrays.class_arrays import ClassArrays
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError


def put(folder: Path, name: str, rows: int, value: int, shape: tuple[int, ...] = (64,)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{name}.npy", np.full((rows, *shape), value, np.uint8))


def test_each_file_is_a_class_called_by_its_name(tmp_path: Path) -> None:
    for at, name in enumerate(("picture frame", "ant", "camera")):
        put(tmp_path, f"full_numpy_bitmap_{name}", at + 1, 10 * at)
    (tmp_path / "readme.md").write_text("words")
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("class-arrays", ("ant", "camera", "picture frame"))
    part = dataset.parts["all"]
    values = part.pictures.images[:, 0, 0, 0].tolist()  # type: ignore[attr-defined]
    named = [dataset.class_names[label] for label in part.labels]  # type: ignore[union-attr]
    assert sorted(zip(named, values, strict=True)) == [
        ("ant", 10), ("ant", 10), ("camera", 20), ("camera", 20), ("camera", 20), ("picture frame", 0)
    ]  # fmt: skip
    assert dataset.notes == (
        "Each file was taken for a class, called by its name.",
        "Files that are no arrays of a class were left out: readme.md.",
    )


def test_files_in_train_and_test_are_these_parts(tmp_path: Path) -> None:
    for part, rows in (("train", 3), ("test", 2)):
        for name in ("cat", "dog"):
            put(tmp_path / part, name, rows, len(name), (8, 8, 3))
    dataset = open_dataset(tmp_path)
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "train": [0, 0, 0, 1, 1, 1],
        "test": [0, 0, 1, 1],
    }


def test_many_pictures_are_joined_on_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value, name in enumerate(("ant", "bee", "cat")):
        put(tmp_path / "d", name, 3 + value, value)
    in_memory = open_dataset(tmp_path / "d")
    monkeypatch.setattr(class_arrays, "_MOST_IN_MEMORY", 0)
    monkeypatch.setattr(shards, "_BLOCK_ROWS", 2)
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    dataset = open_dataset(tmp_path / "d")
    images = dataset.parts["all"].pictures.images  # type: ignore[attr-defined]
    assert not images.flags.writeable  # a map of a file
    np.testing.assert_array_equal(images, in_memory.parts["all"].pictures.images)  # type: ignore[attr-defined]
    assert dataset.fingerprint == in_memory.fingerprint
    (entry,) = (tmp_path / "cache").rglob("pictures.npy")
    written = entry.stat().st_mtime_ns
    open_dataset(tmp_path / "d")
    assert entry.stat().st_mtime_ns == written
    put(tmp_path / "d", "ant", 3, 9)
    changed = open_dataset(tmp_path / "d")
    assert (changed.parts["all"].pictures.images[:3] == 9).all()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("names", "shapes"),
    [
        (["cat", "dog"], [(64,), (81,)]),  # of two sizes
        (["cat", "dog"], [(3,), (3,)]),  # too few numbers for a picture
        (["x_train", "x_test"], [(64,), (64,)]),  # parts, no classes
        (["cat"], [(64,)]),
    ],
)
def test_other_arrays_are_no_classes(tmp_path: Path, names: list[str], shapes: list[tuple[int, ...]]) -> None:
    for name, shape in zip(names, shapes, strict=True):
        put(tmp_path, name, 2, 0, shape)
    assert ClassArrays().recognise(Location(tmp_path)) is None


def test_asked_for_on_arrays_of_two_shapes_it_says_which_differ(tmp_path: Path) -> None:
    put(tmp_path, "cat", 2, 0)
    put(tmp_path, "dog", 2, 0, (81,))
    with pytest.raises(DataError, match=r"'cat.npy' holds pictures of the shape \(8, 8, 1\), 'dog.npy' of \(9, 9, 1\)"):
        open_dataset(tmp_path, layout="class-arrays")


def test_python_objects_are_refused_with_the_file(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        np.save(tmp_path / f"{name}.npy", np.array([None, 1], object), allow_pickle=True)
    with pytest.raises(DataError, match=r"'cat\.npy': it holds Python objects"):
        open_dataset(tmp_path, layout="class-arrays")


@pytest.mark.parametrize("names", ["0000 0001 0002", "case_1 case_2", "Patient7 Patient12"])
def test_numbers_of_exams_and_persons_are_no_classes(tmp_path: Path, names: str) -> None:
    for name in names.split():
        put(tmp_path, name, 5, 7, (8, 8))
    assert ClassArrays().recognise(Location(tmp_path)) is None
    with pytest.raises(DataError, match="a volume, or several pictures"):
        open_dataset(tmp_path)
    assert len(open_dataset(tmp_path, layout="class-arrays").class_names) == len(names.split())


@pytest.mark.parametrize("names", ["0 1 2", "class_0 class_1", "digit7 digit8", "ant1 bee"])
def test_short_numbers_and_words_for_classes_stay_classes(tmp_path: Path, names: str) -> None:
    for name in names.split():
        put(tmp_path, name, 5, 7, (8, 8))
    assert len(open_dataset(tmp_path).class_names) == len(names.split())


@pytest.mark.parametrize("planes", [True, False])
def test_pictures_spread_over_each_file_show_the_order_of_colours(tmp_path: Path, planes: bool) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    drawn = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1) + np.arange(100)[:, None, None, None] % 7
    pictures = np.concatenate([np.full((200, 8, 8, 3), 255), drawn]).astype(np.uint8)  # white ones first
    rows = (pictures.transpose(0, 3, 1, 2) if planes else pictures).reshape(300, 192)
    for name in ("cat", "dog"):
        np.save(tmp_path / f"{name}.npy", rows)
    images = open_dataset(tmp_path).parts["all"].pictures.images  # type: ignore[attr-defined]
    np.testing.assert_array_equal(images, np.concatenate([pictures, pictures]))
