"""Evidence from what was read and split: nothing lost, nothing counted twice."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.checks.measures.measure import measure_part
from onelook.data.dataset import ReadPart
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.duplicates.near.pairs import NearPair
from onelook.data.layouts.folders.class_folders import ClassFolders
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.prepare import Prepared, prepare
from onelook.data.reading import Reading
from onelook.data.splits.split import Split, SplitPart
from onelook.data.storage.location import Location


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """Five cats and five dogs, a copy, a broken one, and a test set with one leaked and one broken picture."""
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    rng = np.random.Generator(np.random.PCG64(0))
    root = tmp_path / "data"
    for part, count in (("train", 5), ("test", 2)):
        for name in ("cat", "dog"):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = rng.integers(0, 256, (4, 4), dtype=np.uint8)
                Image.fromarray(pixels).save(root / part / name / f"{number}.png")
    shutil.copy(root / "train/cat/0.png", root / "train/cat/9.png")
    shutil.copy(root / "train/dog/1.png", root / "test/dog/9.png")
    (root / "train/dog/8.png").write_text("text")
    (root / "test/cat/7.png").write_text("text")
    dataset = ClassFolders().open(Location(root), LayoutOptions())
    return prepare(dataset, choose_decode_settings(dataset), val=0.3, seed=0)


def test_a_split_data_set_has_three_sides(prepared: Prepared) -> None:
    evidence = Evidence.of_prepared(prepared)
    assert list(evidence.splits) == ["train", "val", "test"]
    train, val, test = evidence.splits.values()
    assert len(train.ids) + len(val.ids) == 11  # the copy is on its original's side
    assert len(test.ids) == 5
    assert train.quarantined.keys() == {"train/dog/8.png"}
    assert val.quarantined == {}
    assert test.quarantined.keys() == {"test/cat/7.png"}
    for split in evidence.splits.values():
        for row in np.flatnonzero(split.copy_of >= 0):
            assert split.groups[row] == split.groups[split.copy_of[row]]
    copies = [split.ids[row] for split in (train, val) for row in np.flatnonzero(split.copy_of >= 0)]
    assert copies == ["train/cat/9.png"]


def test_what_cannot_be_read_counts_once_where_a_given_split_tests_a_part_of_the_same_pictures(
    prepared: Prepared,
) -> None:
    side = prepared.split.sides["train"].astype("U5")
    side[:2] = "test"
    sides = {"train": np.where(side == "val", "train", side)}
    evidence = Evidence.of_prepared(replace(prepared, split=_on_sides(prepared, sides), reading=_alone(prepared)))
    assert list(evidence.splits) == ["train", "test"]
    assert evidence.splits["train"].quarantined.keys() == {"train/dog/8.png"}
    assert evidence.splits["test"].quarantined == {}


def test_a_copy_knows_its_original_by_its_row_in_the_split(prepared: Prepared) -> None:
    """Sides are drawn at random: here they are set so that pictures before the original go to the other side."""
    part = prepared.reading.parts["train"]
    original, copy = part.ids.index("train/cat/0.png"), part.ids.index("train/cat/9.png")
    order = np.array([row for row in range(len(part.ids)) if row not in (original, copy)] + [original, copy])
    groups = np.arange(len(order), dtype=np.int64) * 5 % 7  # such as patients
    moved = replace(_reordered(part, order), given_groups=groups)
    side = np.array(["val"] * 3 + ["train"] * (len(order) - 3))
    sides = {"train": side, "test": prepared.split.sides["test"]}
    reading = replace(prepared.reading, parts={**prepared.reading.parts, "train": moved})
    evidence = Evidence.of_prepared(replace(prepared, split=_on_sides(prepared, sides), reading=reading))
    train = evidence.splits["train"]
    assert train.ids[-2:] == ("train/cat/0.png", "train/cat/9.png")
    assert train.copy_of.tolist() == [-1] * (len(train.ids) - 1) + [len(train.ids) - 2]
    (found,) = [finding for finding in find_problems(evidence) if finding.check == "duplicates"]
    assert found.pairs == (("train/cat/0.png", "train/cat/9.png"),)
    for name, split in evidence.splits.items():
        rows = [moved.ids.index(one) if one in moved.ids else -1 for one in split.ids]
        if name != "test":
            assert split.labels is not None
            assert moved.labels is not None
            assert split.labels.tolist() == moved.labels[rows].tolist()
            assert split.groups.tolist() == moved.groups[rows].tolist()
            assert split.near_groups.tolist() == moved.near_groups[rows].tolist()
            assert split.given_groups is not None
            assert split.given_groups.tolist() == groups[rows].tolist()
            measures = measure_part(moved)
            assert split.measures.keys() == measures.keys() >= {"entropy", "height"}
            for measure, values in split.measures.items():
                assert values.tolist() == measures[measure][rows].tolist()


def test_near_pairs_are_told_by_the_rows_of_the_splits(prepared: Prepared) -> None:
    part = prepared.reading.parts["train"]
    side = np.array(["val", "train", "train", "val", "train", "train", "val", "train", "train", "train", "train"])
    pairs = (NearPair("train", 4, "train", 2), NearPair("train", 6, "test", 1))
    split = _on_sides(prepared, {"train": side, "test": prepared.split.sides["test"]})
    made = replace(prepared, split=split, reading=replace(prepared.reading, near_pairs=pairs))
    evidence = Evidence.of_prepared(made)
    first, second = evidence.near_pairs
    assert (first.part, second.part, second.other_part) == ("train", "val", "test")
    assert evidence.splits["train"].ids[first.row] == part.ids[4]
    assert evidence.splits["train"].ids[first.other_row] == part.ids[2]
    assert evidence.splits["val"].ids[second.row] == part.ids[6]
    assert evidence.splits["test"].ids[second.other_row] == prepared.reading.parts["test"].ids[1]


def test_a_data_set_as_it_was_found_has_its_own_parts(prepared: Prepared) -> None:
    evidence = Evidence.of_reading(prepared.reading)
    assert {name: len(split.ids) for name, split in evidence.splits.items()} == {"train": 11, "test": 5}
    parts = {
        name: replace(part, given_groups=np.arange(len(part.ids)), near_groups=np.arange(len(part.ids)) + at)
        for at, (name, part) in enumerate(prepared.reading.parts.items())
    }
    pairs = (NearPair("train", 4, "test", 2),)
    evidence = Evidence.of_reading(replace(prepared.reading, parts=parts, near_pairs=pairs))
    assert (evidence.class_names, evidence.near_pairs) == (prepared.reading.class_names, pairs)
    for name, split in evidence.splits.items():
        part = parts[name]
        assert (split.ids, split.quarantined) == (part.ids, part.quarantined)
        for fact in ("labels", "groups", "near_groups", "copy_of", "given_groups"):
            assert getattr(split, fact).tolist() == getattr(part, fact).tolist()
        assert {measure: values.tolist() for measure, values in split.measures.items()} == {
            measure: values.tolist() for measure, values in measure_part(part).items()
        }
    torn = [finding for finding in find_problems(evidence) if finding.check == "torn-groups"]
    assert [(finding.split, finding.count) for finding in torn] == [("test", 5)]


def test_both_tell_the_same_troubles(prepared: Prepared) -> None:
    for evidence in (Evidence.of_prepared(prepared), Evidence.of_reading(prepared.reading)):
        findings = find_problems(evidence)
        found = {finding.check: finding for finding in findings}
        assert set(found) == {"unreadable", "duplicates", "leak-exact"}
        assert [finding.ids for finding in findings if finding.check == "unreadable"] == [
            ("train/dog/8.png",),
            ("test/cat/7.png",),
        ]
        assert found["duplicates"].ids == ("train/cat/9.png",)
        assert found["leak-exact"].ids == ("test/dog/9.png",)


def _reordered(part: ReadPart, order: NDArray[np.int64]) -> ReadPart:
    """The part with its rows in another order."""
    place = np.argsort(order)
    assert part.labels is not None
    return replace(
        part,
        ids=tuple(part.ids[row] for row in order.tolist()),
        images=part.images[order],
        labels=part.labels[order],
        groups=part.groups[order],
        near_groups=part.near_groups[order],
        copy_of=np.where(part.copy_of[order] < 0, -1, place[part.copy_of[order]]),
        sizes=None if part.sizes is None else part.sizes[order],
        grey=None if part.grey is None else part.grey[order],
    )


def _on_sides(prepared: Prepared, sides: Mapping[str, NDArray[np.str_]]) -> Split:
    reading = prepared.reading
    parts = [SplitPart(reading.parts[name], side, reading.class_names) for name, side in sides.items()]
    return replace(prepared.split, parts=parts)


def _alone(prepared: Prepared) -> Reading:
    """The reading without its test part."""
    reading = prepared.reading
    return replace(reading, parts={"train": reading.parts["train"]}, near_pairs=())
