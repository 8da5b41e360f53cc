"""A split that was made before: read, checked against the data, and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.data.prepare import Prepared, prepare
from onelook.data.splits.given import read_split
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

DECODE = DecodeSettings(height=1, width=4, channels=1)


def pictures(*values: int) -> np.ndarray:
    """Pictures of 1×4 grey, one of each value."""
    return np.repeat(np.array(values, np.uint8), 4).reshape(-1, 1, 4)


def prepared(data: object, table: Path, **options: object) -> Prepared:
    return prepare(open_dataset(data), DECODE, val=0.5, seed=0, given=read_split(table), **options)  # type: ignore[arg-type]


@pytest.fixture
def six() -> tuple[np.ndarray, list[str]]:
    return pictures(1, 2, 3, 4, 5, 6), list("cdcdcd")


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_every_picture_goes_where_the_table_says(six: object, tmp_path: Path) -> None:
    table = write(tmp_path / "mine.csv", "split,id", "Train,1", "test,6", "train,2", "valid,3", "val,4", "training,5")
    split = prepared(six, table).split
    assert split.train.ids == ("1", "2", "5")
    assert split.val.ids == ("3", "4")
    assert split.test is not None
    assert split.test.ids == ("6",)


def test_of_columns_of_one_name_the_first_counts(six: object, tmp_path: Path) -> None:
    lines = ["ID,Split,split,id", *(f"{row},{'val' if row > 4 else 'train'},test,x{row}" for row in range(1, 7))]
    assert prepared(six, write(tmp_path / "mine.csv", *lines)).split.val.ids == ("5", "6")


def test_the_split_that_was_written_gives_the_same_again(six: object, tmp_path: Path) -> None:
    first = prepare(open_dataset(six), DECODE, val=0.4, seed=3).split
    first.write(tmp_path / "split.csv")
    for given in (tmp_path / "split.csv", tmp_path):  # the file, or the run's folder
        again = prepared(six, given).split
        assert again.fingerprint == first.fingerprint
        assert [*again.entries()] == [*first.entries()]


def test_copies_that_a_run_did_not_use_follow_the_one_that_it_did(tmp_path: Path) -> None:
    data = pictures(1, 2, 3, 4, 1, 2, 3, 4), list("cdcdcdcd")
    first = prepare(open_dataset(data), DECODE, val=0.5, seed=0).split
    first.write(tmp_path / "split.csv")
    again = prepared(data, tmp_path / "split.csv")
    assert again.split.fingerprint == first.fingerprint
    assert again.ledger.counts() == {"found": 8, "used": 4, "quarantined": 0, "duplicate": 4}
    assert {part: side.tolist() for part, side in again.split.sides.items()} == {
        part: side.tolist() for part, side in first.sides.items()
    }


def test_a_copy_under_another_label_does_not_follow_the_listed_one(tmp_path: Path) -> None:
    data = pictures(1, 2, 3, 4, 1, 1), list("cdcddc")
    lines = ["id,split", "1,train", "2,train", "3,val", "4,val"]
    with pytest.raises(DataError, match=r"it does not list 1 picture of 6 in the data: '5'\. Expected every picture"):
        prepared(data, write(tmp_path / "mine.csv", *lines))
    sides = prepared(data, write(tmp_path / "mine.csv", *lines, "5,val")).split.sides
    assert sides["all"].tolist() == ["train", "train", "val", "val", "val", "train"]


def test_a_copy_that_is_not_listed_follows_the_first_of_those_that_are(tmp_path: Path) -> None:
    data = pictures(1, 2, 3, 4, 1, 1, 1), list("cdcdccc")
    for first, second in (("train", "val"), ("val", "train")):
        lines = ["id,split", f"1,{first}", "2,train", "3,val", "4,val", f"5,{second}", "6,train"]
        sides = prepared(data, write(tmp_path / "mine.csv", *lines)).split.sides["all"]
        assert sides.tolist() == [first, "train", "val", "val", second, "train", first]


def test_copies_on_two_sides_are_kept_there_and_both_used(tmp_path: Path) -> None:
    data = pictures(1, 2, 3, 4, 1, 1), list("cdcdcc")
    lines = ["id,split", "1,train", "2,train", "3,val", "4,val", "5,test", "6,train"]
    found = prepared(data, write(tmp_path / "mine.csv", *lines))
    assert found.split.train.ids == ("1", "2")
    assert found.split.test is not None
    assert found.split.test.ids == ("5",)
    assert [entry.status for entry in found.ledger] == ["used"] * 5 + ["duplicate"]
    assert [*found.ledger][5].reason == "an exact copy of '1'"


def test_a_test_part_of_the_data_s_own_stays_unless_it_is_listed(tmp_path: Path) -> None:
    data = {"train": (pictures(1, 2, 3, 4), list("cdcd")), "test": (pictures(7, 8), list("cd"))}
    lines = ["id,split", *(f"train/{row},{'val' if row < 3 else 'train'}" for row in range(1, 5))]
    split = prepared(data, write(tmp_path / "mine.csv", *lines)).split
    assert split.test is not None
    assert split.test.ids == ("test/1", "test/2")


@pytest.mark.parametrize(
    ("of_val", "message"),
    [("val/1,val", "does not list 1 picture of 2 in the data: 'val/2'"), ("val/1,train", "takes 1 picture out of")],
)
def test_a_val_part_that_is_listed_in_part_is_not_taken_for_one_that_is_not(
    of_val: str, message: str, tmp_path: Path
) -> None:
    data = {"train": (pictures(1, 2, 3, 4), list("cdcd")), "val": (pictures(7, 8), list("cd"))}
    table = write(tmp_path / "mine.csv", "id,split", *(f"train/{row},train" for row in range(1, 5)), of_val)
    with pytest.raises(DataError, match=message):
        prepared(data, table)


def test_a_split_made_before_there_was_a_test_set_still_fits(six: tuple, tmp_path: Path) -> None:
    prepare(open_dataset(six), DECODE, val=0.4, seed=0).split.write(tmp_path / "split.csv")
    data = {"train": six, "test": (pictures(7, 8), list("cd"))}
    split = prepared(data, tmp_path).split
    assert {each.removeprefix("train/") for each in [*split.train.ids, *split.val.ids]} == set("123456")


def test_groups_stand_in_a_further_column(tmp_path: Path) -> None:
    rows = ["path,label,group"]
    for number in range(8):
        Image.new("L", (4, 1), 20 * number).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{'cd'[number % 2]},{'' if number > 5 else f'patient-{number // 2}'}")
    write(tmp_path / "table.csv", *rows)
    first = prepare(open_dataset(tmp_path / "table.csv"), DECODE, val=0.25, seed=0).split
    first.write(tmp_path / "split.csv")
    lines = (tmp_path / "split.csv").read_text().splitlines()
    assert lines[0] == "id,split,class,group"
    assert sorted(line.split(",")[3] for line in lines[1:]) == ["", ""] + [f"patient-{n // 2}" for n in range(6)]
    assert prepared(tmp_path / "table.csv", tmp_path / "split.csv").split.fingerprint == first.fingerprint


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["id,split", "1,train"], r"it does not list 5 pictures of 6 in the data: '2', '3', '4' and 2 more\. Expected"),
        (
            ["id,split", *(f"{row},train" for row in range(1, 10))],
            r"it lists 3 pictures that arrays has not: '7', '8' and '9'\. Expected ids of this data, such as",
        ),
        (["id,split", "1,train", "2,val", "1,val"], r"1 id stands there more than once: '1'\. Expected each once"),
        (
            ["id,split", "1,train", "2,hold-out", "3,", "4,hold-out"],
            r"3 of 4 rows are of no split that is known: 'hold-out' \(2\) and '' \(1\), first '2'\. Expected train",
        ),
        (
            ["id,split,class", "1,train,c", "2,train,c", "3,val,d"],
            r"2 pictures have another class there than in the data: '2' is 'c' there and 'd' here; '3' is 'd' there",
        ),
        (["path,part", "1,train"], r"its columns are 'path', 'part'\. Expected 'id' and 'split'"),
        (["id,split", "1,train", "2"], r"line 3 has 1 cell, the header 2"),
        (["id,split", "1,train", "2,val,d"], r"line 3 has 3 cells, the header 2"),
        (["id,split"], r"it lists no pictures"),
        (["id,split", *(f"{row},train" for row in range(1, 7))], r"no picture to validate on, .*: 6 in train\."),
        (["id,split", *(f"{row},val" for row in range(1, 7))], r"no picture to train on: 6 in val\. Expected some"),
        (
            ["id,split", *(f"{row},{'val' if row % 2 else 'train'}" for row in range(1, 7))],
            r"all 3 training pictures of the given split are of one class, 'd'\. Expected two classes or more",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_counts(six: object, lines: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        prepared(six, write(tmp_path / "mine.csv", *lines))


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ({"train/1": "test"}, r"it adds 1 picture to the data's own test part: 'train/1'\. The parts that data comes"),
        ({"test/2": "train"}, r"it takes 1 picture out of the data's own test part: 'test/2'\."),
    ],
)
def test_no_picture_changes_sides_with_a_test_part(ids: dict[str, str], message: str, tmp_path: Path) -> None:
    data = {"train": (pictures(1, 2, 3, 4), list("cdcd")), "test": (pictures(7, 8), list("cd"))}
    sides = {**{f"train/{row}": "train" for row in range(1, 5)}, "test/1": "test", "test/2": "test", **ids}
    table = write(tmp_path / "mine.csv", "id,split", *(f"{each},{side}" for each, side in sides.items()))
    with pytest.raises(DataError, match=message):
        prepared(data, table)


def test_a_wrong_path_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file\. Expected the split\.csv of a run, or its folder"):
        read_split(tmp_path / "nothing.csv")
    with pytest.raises(ConfigError, match=r"a folder without split\.csv"):
        read_split(tmp_path)


def test_what_is_no_text_is_wrong_data(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_bytes(b"id,split\n\xff\xfe,train\n")
    with pytest.raises(DataError, match="no table of text"):
        read_split(tmp_path)


def test_tabs_semicolons_and_spaces_at_the_end_of_an_id_are_read(tmp_path: Path) -> None:
    for delimiter in "\t;":
        table = write(tmp_path / "mine.tsv", delimiter.join(("ID", "Split")), delimiter.join(("cat /1.jpg ", " test ")))
        assert dict(read_split(table).side_of) == {"cat /1.jpg ": "test"}


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_spreadsheets_write_it(mark: str, end: str, tmp_path: Path) -> None:
    content = mark + end.join(("id;split;class", "1.jpg;train;cat", '"a;b.jpg";TEST;dog', "", ""))
    (tmp_path / "mine.csv").write_bytes(content.encode())
    found = read_split(tmp_path / "mine.csv")
    assert dict(found.side_of) == {"1.jpg": "train", "a;b.jpg": "test"}
    assert dict(found.class_of) == {"1.jpg": "cat", "a;b.jpg": "dog"}


def test_beside_an_unreadable_picture_those_that_a_split_lacks_are_named(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / "data" / "cd"[number % 2]).mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 1), 20 * number).save(tmp_path / "data" / "cd"[number % 2] / f"{number}.png")
    (tmp_path / "data" / "c" / "0.png").write_bytes(b"")
    lines = ["id,split", "c/2.png,train", "d/1.png,train", "d/3.png,val"]
    expected = r"it does not list 3 pictures of 7 in the data: 'c/4\.png', 'c/6\.png' and 'd/5\.png'\. Expected"
    with pytest.raises(DataError, match=expected):
        prepared(tmp_path / "data", write(tmp_path / "mine.csv", *lines))


def test_the_class_may_be_the_name_or_the_code_that_the_data_had(six: tuple, tmp_path: Path) -> None:
    named = replace(open_dataset(six), class_names=("cat", "dog"), codes=("7", "8"))
    sides = [f"{row},{'val' if row > 4 else 'train'}" for row in range(1, 7)]
    for classes in (["7", "8"] * 3, ["cat", "8"] * 3, [""] * 6):
        lines = [f"{side},{name}" for side, name in zip(sides, classes, strict=True)]
        found = read_split(write(tmp_path / "mine.csv", "id,split,class", *lines)).sides(named)["all"]
        assert found.tolist() == ["train"] * 4 + ["val"] * 2
    swapped = [f"{side},{name}" for side, name in zip(sides, ["8", "7"] * 3, strict=True)]
    with pytest.raises(
        DataError, match=r"6 pictures have another class .*: '1' is '8' there and 'cat' here; '2' is '7'"
    ):
        read_split(write(tmp_path / "mine.csv", "id,split,class", *swapped)).sides(named)


def test_a_copy_follows_the_one_of_its_label_also_behind_an_unreadable_picture(tmp_path: Path) -> None:
    # Three pictures are equal, a cat and two dogs; the second dog is not listed.
    shades = {"cats/1.png": None, "cats/2.png": 9, "cats/3.png": 5, "dogs/4.png": 9, "dogs/5.png": 9, "dogs/6.png": 7}
    for name, shade in shades.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"") if shade is None else Image.new("L", (4, 1), shade).save(path)
    sides = {
        "cats/1.png": "train",
        "cats/2.png": "train",
        "cats/3.png": "val",
        "dogs/4.png": "val",
        "dogs/6.png": "train",
    }
    table = write(tmp_path / "mine.csv", "id,split", *(f"{name},{side}" for name, side in sides.items()))
    found = prepared(tmp_path / "data", table).split.sides["all"]
    assert found.tolist() == ["train", "val", "val", "val", "train"]
