"""A limited data set: each class by its share, the right pictures with their ids, and all of what scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from onelook.data.limit import limited, stratified_rows
from onelook.data.open import open_dataset
from onelook.errors import ConfigError
from onelook.settings import DecodeSettings

LABELS = np.array([0] * 60 + [1] * 30 + [2] * 9 + [3])


@pytest.mark.parametrize(
    ("limit", "counts"),
    [(50, [30, 15, 4, 1]), (10, [5, 3, 1, 1]), (4, [1, 1, 1, 1]), (100, [60, 30, 9, 1])],
)
def test_each_class_gives_its_share_and_at_least_one(limit, counts):
    rows = stratified_rows(LABELS, limit, seed=1)
    assert np.bincount(LABELS[rows]).tolist() == counts
    assert (np.diff(rows) > 0).all()


def test_the_seed_decides_which_pictures_are_drawn():
    first, again, other = (stratified_rows(LABELS, 20, seed=seed).tolist() for seed in (1, 1, 2))
    assert first == again != other
    assert first != list(range(20))


@pytest.fixture
def tree(tmp_path):
    """Forty training pictures, each of its own brightness, and six to test, in two classes; one cannot be read."""
    for part, count in (("train", 40), ("test", 6)):
        for number in range(count):
            folder = tmp_path / part / ("b" if number % 4 == 0 else "a")
            folder.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 8), number).save(folder / f"{number:02}.png")
    return tmp_path


def test_pictures_labels_and_ids_stay_together_and_the_test_part_whole(tree):
    found = limited(open_dataset(tree), 12, seed=0)
    train, test = found.parts["train"], found.parts["test"]
    assert (len(train), len(test)) == (12, 6)
    decoded = train.pictures.decode(DecodeSettings(height=8, width=8, channels=1))
    numbers = decoded.images[:, 0, 0, 0].tolist()
    assert [f"{number:02}.png" for number in numbers] == [each.rpartition("/")[2] for each in train.ids]
    assert [found.class_names[label] for label in train.labels] == ["b" if n % 4 == 0 else "a" for n in numbers]
    assert np.bincount(train.labels).tolist() == [9, 3]
    assert found.notes[-1].startswith(
        "--limit 12: 12 training pictures of 40, drawn so that each class keeps its share"
    )


def test_arrays_listed_files_and_groups_are_taken_too(tree):
    lines = ["path,label,patient,code"]
    lines += [f"train/{'b' if n % 4 == 0 else 'a'}/{n:02}.png,{n % 2},p{n // 4},x{n}" for n in range(40)]
    (tree / "list.csv").write_text("\n".join([*lines, "train/a/gone.png,1,p9,x40"]))
    listed = limited(open_dataset(tree / "list.csv", label_column="label"), 20, seed=3)
    ids = [name.rpartition("/")[2] for name in listed.pool.ids]
    there = [int(name[:2]) for name in ids if name != "gone.png"]
    assert [listed.pool.group_names[group] for group, name in zip(listed.pool.groups, ids, strict=True)] == [
        "p9" if name == "gone.png" else f"p{int(name[:2]) // 4}" for name in ids
    ]
    decoded = listed.pool.pictures.decode(DecodeSettings(height=8, width=8, channels=1))
    assert decoded.images[:, 0, 0, 0].tolist() == there

    images = np.arange(30, dtype=np.uint8)[:, None, None].repeat(8, 1).repeat(8, 2)
    arrays = limited(open_dataset((images, np.arange(30) % 3)), 9, seed=3).pool
    taken = arrays.pictures.decode(DecodeSettings(height=8, width=8, channels=1)).images[:, 0, 0, 0]
    assert [str(number + 1) for number in taken] == list(arrays.ids)
    assert (taken % 3).tolist() == arrays.labels.tolist()


def test_other_names_of_the_pictures_go_with_them(tree):
    data = open_dataset(tree)
    other_ids = {"code": [f"code of {each}" for each in data.pool.ids], "row": list(map(str, range(40)))}
    found = limited(replace(data, parts={**data.parts, "train": replace(data.pool, other_ids=other_ids)}), 12, seed=0)
    assert found.pool.other_ids == {
        "code": tuple(f"code of {each}" for each in found.pool.ids),
        "row": tuple(str(list(data.pool.ids).index(each)) for each in found.pool.ids),
    }


def test_a_limited_set_is_another_set_and_a_limit_above_it_changes_nothing(tree):
    data = open_dataset(tree)
    found = [limited(data, limit, seed) for limit, seed in ((12, 0), (13, 0), (12, 1))]
    assert len({data.fingerprint, *(each.fingerprint for each in found)}) == 4
    assert limited(data, 40, seed=0) is data


def test_fewer_pictures_than_classes_are_refused(tree):
    data = open_dataset(tree)
    part = replace(data.pool, labels=np.arange(40))
    with pytest.raises(ConfigError, match=r"--limit 12: there are 40 classes. Expected at least one picture of each\."):
        limited(replace(data, parts={"train": part}), 12, seed=0)
