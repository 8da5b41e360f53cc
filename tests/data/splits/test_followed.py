"""The split of a run is followed in data that has changed: pictures are recognised by their pixels."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from onelook.data.splits.followed import RowsNow, SplitChanges, follow_split
from onelook.data.splits.given import EarlierPictures, GivenSplit, read_split
from onelook.errors import DataError
from onelook.settings import DecodeSettings

SIDES = ("train", "train", "train", "val", "test", "train", "train", "val", "train", "train")
NAMES = tuple("abcdefghij")
CLASSES = ("cat", "dog") * 5


def given(ids: tuple[str, ...] = NAMES, hashes: tuple[str, ...] = NAMES) -> GivenSplit:
    """The split of ten pictures with the ids and the hashes a to j."""
    decode = DecodeSettings(height=1, width=1, channels=1)
    earlier = EarlierPictures("then", decode, dict(zip(ids, hashes, strict=True)))
    sides, classes = (dict(zip(ids, values, strict=True)) for values in (SIDES, CLASSES))
    return GivenSplit("--split run", sides, classes, earlier)


def rows(ids: tuple[str, ...] = NAMES, hashes: tuple[str, ...] = NAMES, classes: tuple[str, ...] = CLASSES) -> RowsNow:
    return RowsNow([*ids], [*hashes], [*classes])


def followed(now: RowsNow, split: GivenSplit | None = None) -> tuple[list[str], SplitChanges]:
    sides, changes = follow_split(split or given(), {"all": now}, "photos")
    return sides["all"].tolist(), changes


def test_nothing_changed() -> None:
    assert followed(rows()) == ([*SIDES], SplitChanges())
    assert SplitChanges().in_words() == ""


def test_renamed_pictures_stay_on_their_side() -> None:
    ids = ("a", "b", "c", "new name", "another", *NAMES[5:])
    assert followed(rows(ids=ids)) == ([*SIDES], SplitChanges(renamed=2))


def test_new_pictures_are_trained_on() -> None:
    now = rows(ids=("k", *NAMES), hashes=("k", *NAMES), classes=("dog", *CLASSES))
    assert followed(now) == (["train", *SIDES], SplitChanges(new=1))


def test_a_picture_under_its_old_id_is_the_same_if_its_pixels_are_nowhere() -> None:
    assert followed(rows(hashes=("a", "b", "c", "altered", *NAMES[4:]))) == ([*SIDES], SplitChanges())


def test_an_altered_picture_keeps_its_name_where_others_were_renamed() -> None:
    # `a` is called otherwise now, and `d` was altered. A name that is the number of a row would say nothing here.
    ids, hashes = ("a new", *NAMES[1:]), ("a", "b", "c", "altered", *NAMES[4:])
    assert followed(rows(ids=ids, hashes=hashes)) == ([*SIDES], SplitChanges(renamed=1))
    numbers = tuple(map(str, range(1, 11)))
    moved = rows(ids=numbers, hashes=("b", "a", "c", "altered", *NAMES[4:]), classes=("dog", "cat", *CLASSES[2:]))
    sides, changes = followed(moved, given(ids=numbers))
    assert (sides[3], changes) == ("train", SplitChanges(renamed=2, new=1, gone=1))


def test_pictures_without_a_class_on_either_side_have_no_other_label() -> None:
    split = given()
    unlabelled = GivenSplit(split.origin, split.side_of, {**split.class_of, "a": ""}, split.earlier)
    assert followed(rows(), unlabelled) == ([*SIDES], SplitChanges())
    assert followed(rows(classes=("", *CLASSES[1:]))) == ([*SIDES], SplitChanges())


@pytest.mark.parametrize("part", ["", "train/"])
def test_pixels_decide_where_ids_are_rows_that_moved(part: str) -> None:
    numbers = tuple(f"{part}{number}" for number in range(1, 11))
    now = rows(ids=numbers, hashes=("new", *NAMES[:4], *NAMES[5:]), classes=("cat", *CLASSES[:4], *CLASSES[5:]))
    sides, changes = followed(now, given(ids=numbers))
    assert sides == ["train", *SIDES[:4], *SIDES[5:]]
    assert changes == SplitChanges(renamed=4, new=1, gone=1)
    # The first is gone and the next two have moved: what is in the first row now is another picture.
    replaced = rows(ids=numbers, hashes=("new", "c", "b", *NAMES[3:]), classes=("cat", "cat", "dog", *CLASSES[3:]))
    assert followed(replaced, given(ids=numbers))[1] == SplitChanges(renamed=2, new=1, gone=1)
    altered = rows(ids=numbers, hashes=("altered", *NAMES[1:]))  # nothing has moved
    assert followed(altered, given(ids=numbers)) == ([*SIDES], SplitChanges())


def test_relabelled_pictures_are_counted() -> None:
    assert followed(rows(classes=("dog", "cat", *CLASSES[2:]))) == ([*SIDES], SplitChanges(relabelled=2))
    renamed = rows(ids=("dog/a", *NAMES[1:]), classes=("dog", *CLASSES[1:]))
    assert followed(renamed)[1] == SplitChanges(renamed=1, relabelled=1)


def test_a_copy_of_a_picture_on_two_sides_does_not_come_into_training() -> None:
    twice = given(hashes=("x", "b", "c", "d", "x", *NAMES[5:]))
    now = rows(ids=(*NAMES, "k"), hashes=("x", "b", "c", "d", "x", *NAMES[5:], "x"), classes=(*CLASSES, "cat"))
    assert followed(now, twice) == ([*SIDES, "test"], SplitChanges())


@pytest.mark.parametrize("own", ["test", "val"])
def test_the_data_s_own_parts_are_kept(own: str) -> None:
    at = SIDES.index(own)
    part = RowsNow([f"{own}/1", f"{own}/2"], [NAMES[at], "z"], [CLASSES[at], "dog"])
    sides, changes = follow_split(given(), {"train": rows(), own: part}, "photos")
    assert sides[own].tolist() == [own, own]
    # What would be of that part by the split is trained on, and is reported as a leak.
    assert sides["train"].tolist() == [side if side != own else "train" for side in SIDES]
    assert changes == SplitChanges()


def test_pictures_that_could_not_be_hashed_are_not_taken_for_each_other() -> None:
    assert followed(rows(ids=("k", *NAMES[1:]), hashes=("", *NAMES[1:])), given(hashes=("", *NAMES[1:])))[1] == (
        SplitChanges(new=1, gone=1)
    )


def test_a_tenth_may_be_gone_and_half_may_be_relabelled() -> None:
    few = rows(ids=NAMES[1:], hashes=NAMES[1:], classes=CLASSES[1:])
    assert followed(few) == ([*SIDES[1:]], SplitChanges(gone=1))
    fewer = rows(ids=NAMES[2:], hashes=NAMES[2:], classes=CLASSES[2:])
    with pytest.raises(
        DataError, match="--split run: it lists 2 pictures that photos has not: 'a' and 'b'.*such as 'c'"
    ):
        followed(fewer)
    assert followed(rows(classes=("cow",) * 5 + CLASSES[5:]))[1] == SplitChanges(relabelled=5)
    with pytest.raises(DataError, match="6 of 10 pictures have another class there.*'a' is 'cat' there and 'cow' here"):
        followed(rows(classes=("cow",) * 6 + CLASSES[6:]))


def test_the_changes_are_words_of_a_sentence() -> None:
    assert SplitChanges(1, 2, 3, 4).in_words() == (
        "; 1 picture has another id now, 2 pictures have another label now, 3 new pictures are trained on, "
        "4 pictures are no longer there"
    )


def test_the_file_of_hashes_counts_only_beside_the_split_that_it_was_written_for(tmp_path: Path) -> None:
    table = tmp_path / "split.csv"
    table.write_text("id,split,class\na,train,cat\nb,val,dog\n")
    (tmp_path / "picture_hashes.csv").write_text("id,hash\na,00\nb,11\n")
    assert read_split(tmp_path).earlier is None  # no run
    decode = DecodeSettings(height=1, width=1, channels=1)
    record: dict[str, Any] = {
        "data": {"fingerprint": "f", "hashed_as": decode.model_dump(mode="json")},
        "split": {"fingerprint": hashlib.sha256(table.read_bytes()).hexdigest()},
    }
    (tmp_path / "run.json").write_text(json.dumps(record))
    assert read_split(tmp_path).earlier == EarlierPictures("f", decode, {"a": "00", "b": "11"})
    table.write_text("id,split,class\na,val,cat\nb,train,dog\n")  # the user's own now
    assert read_split(tmp_path).earlier is None
    record["split"]["fingerprint"] = hashlib.sha256(table.read_bytes()).hexdigest()
    del record["data"]["hashed_as"]
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(DataError, match=r"picture_hashes\.csv or run\.json is damaged.*by the ids alone"):
        read_split(tmp_path)


def test_a_copy_that_was_moved_is_not_gone() -> None:
    # a and b had equal pixels and two labels. Either is moved to the class of the other.
    hashes = ("a", "a", *NAMES[2:])
    for ids, label in ((("a", "cat/b"), "cat"), (("dog/a", "b"), "dog")):
        moved = rows((*ids, *NAMES[2:]), hashes, (label, label, *CLASSES[2:]))
        assert followed(moved, given(hashes=hashes)) == ([*SIDES], SplitChanges(renamed=1, relabelled=1))
    # Both were moved, with their labels.
    both = rows(("1/a", "2/b", *NAMES[2:]), hashes)
    assert followed(both, given(hashes=hashes))[1].gone == 0
    removed = rows(NAMES[:1] + NAMES[2:], hashes[1:], CLASSES[:1] + CLASSES[2:])
    assert followed(removed, given(hashes=hashes))[1] == SplitChanges(gone=1)
