"""Folders and a table that both label the pictures: no question where they agree, and the one that says more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.compare_readings import LabelReading, labels_of, says_more
from onelook.data.open import open_dataset
from onelook.data.part import Part
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import ConfigError

Row = tuple[object, ...]


def reading(labels: str, part: str = "all", *, has_groups: bool = False) -> LabelReading:
    """Return a reading with a label for each letter: `AAB` labels the pictures 0, 1 and 2; a dot labels none."""
    found: Mapping[str, str] = {str(at): label for at, label in enumerate(labels) if label != "."}
    return LabelReading(found, dict.fromkeys(found, part), has_groups)


def parted(labels: str, parts: str) -> LabelReading:
    found = reading(labels)
    return LabelReading(found.labels, {name: parts[int(name)] for name in found.labels}, has_groups=False)


@pytest.mark.parametrize(
    ("tables", "folders", "expected"),
    [
        (reading("AABB"), reading("ccdd"), False),
        (reading("........AB"), reading("ccccdddd"), False),  # a few other pictures
        (reading(".....AB"), reading("cccdd"), None),
        (reading("AABBA"), reading("ccdd."), True),
        (reading("AABB."), reading("ccdde"), False),
        (reading("ABAB"), reading("ccdd"), None),
        (reading("AABC"), reading("ccdd"), None),
        (reading("AABB"), reading("ccde"), None),
        (reading("AAAA"), reading("cccc"), None),  # one class each says nothing
        (reading("AABB.."), reading("....cc"), None),
        (reading("AABBA."), reading("ccdd.e"), None),
        (reading("AABB", has_groups=True), reading("ccdd"), True),
        (reading("AABB.", has_groups=True), reading("ccdde"), None),
        (parted("AABB", "rtrt"), reading("ccdd"), True),
        (parted("AABB.", "rtrt"), reading("ccdde"), None),
        (parted("AABB", "rtrt"), parted("ccdd", "rtrt"), False),
        (parted("AABB", "rtrt"), parted("ccdd", "trtr"), None),
        (parted("AABBA", "rtrtv"), parted("ccdd.", "rtrt."), True),
        (reading("AABB"), replace(reading("ccdd"), others=2), True),
        (reading("AABB."), replace(reading("ccdde"), others=2), False),
    ],
)
def test_the_reading_that_says_more_is_told_from_one_that_contradicts(
    tables: LabelReading, folders: LabelReading, expected: bool | None
) -> None:
    assert says_more(tables, folders) is expected


def draw(root: Path, names: Iterable[str]) -> None:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)


def write(file: Path, header: str, rows: Sequence[Row]) -> None:
    file.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")


IN_FOLDERS = [f"train/{name}/{number}.png" for name in ("cat", "dog") for number in range(6)]
IN_TEST = [f"test/unknown{number // 4}/{number}.png" for number in range(8)]


def test_folders_of_a_test_part_alone_are_no_labels(tmp_path: Path) -> None:
    draw(tmp_path, [*IN_FOLDERS, *IN_TEST])
    found = labels_of(open_dataset(tmp_path))
    assert set(found.labels) == set(IN_FOLDERS)
    assert not found.is_parted


def test_the_table_is_read_where_it_labels_more_pictures_than_folders(tmp_path: Path) -> None:
    draw(tmp_path, [*IN_FOLDERS, *IN_TEST])
    # `mark` is no usual name of a label: the table alone is not certain.
    rows = [
        *((name, "AB"["dog" in name]) for name in IN_FOLDERS),
        *((name, "AB"[at % 2]) for at, name in enumerate(IN_TEST)),
    ]
    write(tmp_path / "list.csv", "file,mark", rows)
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names, dataset.rows) == ("manifest", ("A", "B"), 20)


def test_a_table_that_contradicts_the_folders_is_a_question(tmp_path: Path) -> None:
    draw(tmp_path, [*IN_FOLDERS, *IN_TEST])
    write(tmp_path / "list.csv", "file,mark", [(name, "AB"[at % 2]) for at, name in enumerate([*IN_FOLDERS, *IN_TEST])])
    with pytest.raises(ConfigError, match="can be read in 2 ways"):
        open_dataset(tmp_path)


def test_a_table_of_all_pictures_is_read_where_a_part_has_no_class_folders(tmp_path: Path) -> None:
    loose = [f"val/{number}.png" for number in range(6)]
    draw(tmp_path, [*IN_FOLDERS, *loose])
    rows = [
        *((name, "AB"["dog" in name]) for name in IN_FOLDERS),
        *((name, "AB"[at % 2]) for at, name in enumerate(loose)),
    ]
    write(tmp_path / "list.csv", "file,mark", rows)
    assert open_dataset(tmp_path).rows == 18
    draw(tmp_path, [f"test/{number}.png" for number in range(100, 103)])  # pictures to predict
    assert {name: len(part) for name, part in open_dataset(tmp_path).parts.items()} == {"train": 12, "val": 6}
    write(tmp_path / "list.csv", "file,mark", rows[:-1])
    assert {name: len(part) for name, part in open_dataset(tmp_path).parts.items()} == {"train": 12, "val": 5}


def test_codes_are_called_by_the_folders_of_the_training_part(tmp_path: Path) -> None:
    loose = [f"val/{number}.png" for number in range(6)]
    draw(tmp_path, [*IN_FOLDERS, *loose])
    write(tmp_path / "train.csv", "file,label", [(name, int("dog" in name)) for name in IN_FOLDERS])
    write(tmp_path / "val.csv", "file,label", [(name, at % 2) for at, name in enumerate(loose)])
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    labels = dataset.parts["val"].labels
    assert labels is not None
    assert labels.tolist() == [0, 1, 0, 1, 0, 1]
    # A code that no training picture has keeps all codes.
    write(tmp_path / "val.csv", "file,label", [(name, at % 3) for at, name in enumerate(loose)])
    assert open_dataset(tmp_path).class_names == ("0", "1", "2")


def test_folders_with_the_same_names_that_a_table_lists_may_be_kinds_of_pictures(tmp_path: Path) -> None:
    names = [f"{folder}/{at}.png" for folder in ("black", "color") for at in range(100, 112)]
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(tmp_path / name)
    rows = [f"{at},note {at},u{at}" for at in range(100, 112)]
    (tmp_path / "list.csv").write_text("\n".join(["id,comment,url", *rows]) + "\n")
    with pytest.raises(ConfigError, match=r"are in 'black/' and 'color/' alike, so a folder may be a kind") as caught:
        open_dataset(tmp_path)
    assert caught.value.options == ("--layout class-folders", "--pictures-in black", "--pictures-in color")
    assert open_dataset(tmp_path, layout="class-folders").class_names == ("black", "color")
    listed = open_dataset(tmp_path, pictures_in="color")
    assert (listed.layout, listed.rows, listed.class_names) == ("manifest", 12, ())
    (tmp_path / "more").mkdir()
    (tmp_path / "color" / "111.png").rename(tmp_path / "more" / "111.png")
    assert open_dataset(tmp_path).class_names == ("black", "color", "more")


def test_the_first_of_several_labels_that_is_the_folder_is_the_class(tmp_path: Path) -> None:
    lines = []
    for number in range(12):
        name = f"{'ab'[number % 2]}nd/{number}.png"
        (tmp_path / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(tmp_path / "images" / name)
        lines.append(f"{name} {'ab'[number % 2]}nd{' woven' if number > 7 else ''}")
    (tmp_path / "joint.txt").write_text("\n".join(lines) + "\n")
    dataset = open_dataset(tmp_path, layout="manifest")
    assert dataset.class_names == ("and", "bnd")
    told = "In the second column some pictures have more labels than their folder, which is the class."
    assert told in dataset.notes


@pytest.mark.parametrize("sampled", [200, 4])
@pytest.mark.parametrize("listed", [4, 6])
def test_a_table_on_few_pictures_is_no_match_for_class_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sampled: int, listed: int
) -> None:
    monkeypatch.setattr("onelook.data.layouts.manifests.weigh_tables.SAMPLE_ROWS", sampled)
    of_folders = [f"cut/{part}/{kind}/{kind}{at}.png" for part in ("TRAIN", "TEST") for kind in "xy" for at in range(4)]
    draw(tmp_path, [*of_folders, *(f"whole/{at}.png" for at in range(listed))])
    write(tmp_path / "labels.csv", "file,category", [(f"{at}.png", "xy"[at % 2]) for at in range(listed)])
    if listed > 4:  # a third of what the folders label
        with pytest.raises(ConfigError) as caught:
            open_dataset(tmp_path)
        assert [*caught.value.options] == ["--layout class-folders", "--layout manifest"]
        return
    found = open_dataset(tmp_path)
    assert (found.layout, {name: len(part.ids) for name, part in found.parts.items()}) == (
        "class-folders",
        {"train": 8, "test": 8},
    )
    assert any("labels.csv" in note for note in found.notes)


def test_a_table_on_few_pictures_that_has_no_class_folders_beside_it_is_read(tmp_path: Path) -> None:
    draw(tmp_path, [*(f"train/{at}.png" for at in range(12)), *(f"test/{at}.png" for at in range(9))])
    draw(tmp_path, [f"external/{at}.png" for at in range(30, 52)])
    write(tmp_path / "train.csv", "file,category", [(f"train/{at}.png", "xy"[at % 2]) for at in range(12)])
    assert open_dataset(tmp_path).layout == "manifest"


@pytest.mark.parametrize(("column", "is_asked"), [("country", True), ("diagnosis", False)])
def test_a_table_about_folders_with_the_same_words_in_all_is_asked_about_unless_its_label_is_sure(
    tmp_path: Path, column: str, is_asked: bool
) -> None:
    rows = [f"set_id,{column}"]
    for person in range(8):
        rows.append(f"{person},{'north' if person % 2 else 'south'}")
        (tmp_path / "images" / str(person)).mkdir(parents=True)
        for at, name in enumerate(("anger", "fear", "joy")):
            picture = np.full((2, 2), 9 * person + at, np.uint8)
            Image.fromarray(picture).save(tmp_path / "images" / str(person) / f"{name}.png")
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
    if not is_asked:
        assert open_dataset(tmp_path).class_names == ("north", "south")
        return
    with pytest.raises(ConfigError, match="people.csv has a row for each folder") as refused:
        open_dataset(tmp_path)
    assert refused.value.options[-1] == "--label-column country"
    assert open_dataset(tmp_path, label_column="country").class_names == ("north", "south")


def test_labels_that_are_never_trained_on_are_counted_over_all_parts() -> None:
    def part(name: str, labels: list[int]) -> Part:
        pictures = ArrayPictures(np.zeros((len(labels), 1, 1, 1), np.uint8))
        return Part(name, [f"{name}/{at}" for at in range(len(labels))], np.array(labels, np.int64), pictures)

    parts = {name: part(name, labels) for name, labels in (("train", [0, 1]), ("val", [2, 1]), ("test", [2, 0, 2]))}
    found = labels_of(Dataset("d", "class-folders", "why", ("cat", "dog", "eel"), parts, "f"))
    assert found == LabelReading(
        {"train/0": "cat", "train/1": "dog", "val/1": "dog", "test/1": "cat"},
        {"train/0": "train", "train/1": "train", "val/1": "val", "test/1": "test"},
        has_groups=False,
        others=3,
    )
