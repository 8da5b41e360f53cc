"""A table that lists pictures: found by name and content, whole, and never silently short of a file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.lists import found_table
from onelook.data.layouts.manifests.readers.json_records import JsonTable
from onelook.data.layouts.manifests.readers.json_table import read_json
from onelook.data.open import open_dataset
from onelook.data.prepare import prepare
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

SIZE = DecodeSettings(height=2, width=2, channels=1)


def write(root: Path, pictures: str, tables: dict[str, str] | None = None) -> Path:
    """Pictures of one grey each, 0, 1, 2, …, and tables with `;` for the end of a line."""
    for number, name in enumerate(pictures.split()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    for name, text in (tables or {}).items():
        (root / name).write_text(text.replace(";", "\n") + "\n")
    return root


def greys(dataset: Dataset, part: str = "all") -> list[int]:
    return dataset.parts[part].pictures.decode(SIZE).images[:, 0, 0, 0].tolist()  # type: ignore[no-any-return]


def labels(dataset: Dataset, part: str = "all") -> list[str]:
    found = dataset.parts[part].labels
    assert found is not None
    return [dataset.class_names[label] for label in found]


# --- found


def test_columns_that_name_each_picture_are_kept_as_ids_of_their_own(tmp_path: Path) -> None:
    rows = "path,label,key,seen;a.png,x,007,1;b.png,y,012,1;c.png,x,,2"
    root = write(tmp_path / "d", "a.png b.png c.png", {"labels.csv": rows.replace("x,,2", "x,900,2")})
    part = open_dataset(root).parts["all"]
    ids = {name: list(each) for name, each in part.other_ids.items()}
    assert ids == {"path": ["a.png", "b.png", "c.png"], "key": ["007", "012", "900"]}  # as they are spelt
    assert part.shared_ids == {"seen": ["1", "1", "2"]}  # a row of a sample may be about two pictures
    root = write(tmp_path / "e", "a.png b.png c.png", {"labels.csv": rows})
    assert list(open_dataset(root).parts["all"].other_ids) == ["path"]  # a picture without a key has no name there


@pytest.mark.parametrize("place", ["", "labels.csv"])
def test_paths_are_relative_to_the_table_and_rows_keep_their_order(tmp_path: Path, place: str) -> None:
    root = write(tmp_path / "d", "im/a.png im/b.png", {"labels.csv": "path,label;im/b.png,dog;./im/a.png,cat"})
    dataset = open_dataset(root / place)
    assert dataset.layout == "manifest"
    assert dataset.parts["all"].ids == ("im/b.png", "im/a.png")
    assert (labels(dataset), greys(dataset)) == (["dog", "cat"], [1, 0])
    assert dataset.notes == ()
    assert dataset.why.startswith("labels.csv lists 2 pictures in the column 'path', and the label in the column 'lab")


def test_a_suffix_and_a_folder_that_are_left_out_are_found_and_said(tmp_path: Path) -> None:
    tables = {"train.csv": "id,breed;01,pug;2,collie", "sample_submission.csv": "id,breed;01,pug"}
    root = write(tmp_path / "d", "train/01.png train/2.png test/01.png test/3.png", tables)
    dataset = open_dataset(root)
    assert dataset.parts["all"].ids == ("train/01.png", "train/2.png")
    assert (labels(dataset), greys(dataset)) == (["pug", "collie"], [0, 1])
    assert "2 pictures in 'train' in the column 'id' ('01' is 'train/01.png')" in dataset.why
    assert "2 pictures in 'test/' that train.csv does not list are left out." in dataset.notes


def test_tab_semicolon_parquet_and_zip_read_alike(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png b.png")
    (root / "t.tsv").write_text("file\tlabel\na.png\tx\nb.png\ty\n")
    (root / "s.csv").write_text("\ufefffile;label\r\na.png;x\r\nb.png;y\r\n")
    parquet.write_table(
        pa.table({"file": ["a.png", "b.png"], "label": ["x", "y"], "raw": [b"1", b"2"]}), root / "p.parquet"
    )
    for name in ("t.tsv", "s.csv", "p.parquet"):
        dataset = open_dataset(root / name)
        assert (dataset.layout, labels(dataset), greys(dataset)) == ("manifest", ["x", "y"], [0, 1])
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        for name in ("a.png", "b.png", "t.tsv"):
            archive.write(root / name, f"wrap/{name}")
    zipped = open_dataset(tmp_path / "d.zip")
    assert (zipped.layout, labels(zipped), greys(zipped)) == ("manifest", ["x", "y"], [0, 1])


def test_a_label_column_of_any_name_is_given_and_alone_it_is_found(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png b.png", {"t.csv": "path,mood,coat,age;a.png,sad,red,3;b.png,glad,blue,4"})
    dataset = open_dataset(root / "t.csv", label_column="mood")
    assert labels(dataset) == ["sad", "glad"]
    assert "Columns that were left out: 'coat' and 'age'." in dataset.notes
    (root / "t.csv").write_text("path,mood,age\na.png,sad,3\nb.png,glad,4\n")
    assert labels(open_dataset(root / "t.csv")) == ["sad", "glad"]  # an age is hardly ever the class
    with pytest.raises(ConfigError, match=r"unknown column 'moot'\. Did you mean 'mood'\?"):
        open_dataset(root / "t.csv", label_column="moot")


def test_labels_that_name_files_too_are_no_paths(tmp_path: Path) -> None:
    for column in ("id", "number"):  # a usual name for paths, and one that is told by its cells alone
        root = write(tmp_path / column, "0.png 1.png 2.png 3.png", {"t.csv": f"digit_kind,{column};0,0;1,1;0,2;1,3"})
        assert open_dataset(root).parts["all"].ids == ("0.png", "1.png", "2.png", "3.png")


def test_the_column_of_which_most_cells_are_files_has_the_paths(tmp_path: Path) -> None:
    text = "path,file,label;old/a.png,a.png,x;b.png,b.png,y;c.png,c.png,x;gone.png,d.png,y"
    root = write(tmp_path / "d", "a.png b.png c.png d.png", {"t.csv": text})
    assert open_dataset(root).parts["all"].ids == ("a.png", "b.png", "c.png", "d.png")
    same = write(tmp_path / "e", "a.png b.png c.png", {"t.csv": "copy,file,label;a.png,b.png,x;b.png,a.png,y"})
    assert open_dataset(same).parts["all"].ids == ("b.png", "a.png")  # `file` is the likelier name


# --- as competitions and other machines write them


def test_dog_breeds_names_without_suffix_and_an_unlisted_test_folder(tmp_path: Path) -> None:
    tables = {"labels.csv": "id,breed;0a1,dingo;0b2,pug;0c3,dingo", "sample_submission.csv": "id,dingo,pug;0d4,0.5,0.5"}
    dataset = open_dataset(
        write(tmp_path / "d", "train/0a1.jpg train/0b2.jpg train/0c3.jpg test/0d4.jpg test/0e5.jpg", tables)
    )
    assert (dataset.layout, labels(dataset)) == ("manifest", ["dingo", "pug", "dingo"])
    assert dataset.parts["all"].ids == ("train/0a1.jpg", "train/0b2.jpg", "train/0c3.jpg")
    assert dataset.notes == ("2 pictures in 'test/' that labels.csv does not list are left out.",)


def test_labels_may_be_where_a_1_stands(tmp_path: Path) -> None:
    tables = {"train.csv": "image_id,healthy,rust,scab;a,0,1,0;b,1,0,0;c,0,0,1.0", "test.csv": "image_id;t1;t2"}
    dataset = open_dataset(write(tmp_path / "d", "im/a.png im/b.png im/c.png im/t1.png im/t2.png", tables))
    assert labels(dataset) == ["rust", "healthy", "scab"]
    assert dataset.why.endswith("and the label is the column with a 1 among 'healthy', 'rust' and 'scab'")
    assert dataset.notes[0].startswith("test.csv lists pictures without labels and was left out: after training,")


def test_several_labels_a_picture_are_said_to_be_too_many(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png b.png", {"t.csv": "id,sunny,foggy;a.png,1,1;b.png,0,1"})
    dataset = open_dataset(root, for_training=False)
    assert dataset.parts["all"].labels is None
    assert dataset.no_classes.startswith("The columns 'sunny' and 'foggy' hold 0 and 1, and some picture has several 1")
    assert dataset.no_classes in dataset.notes
    with pytest.raises(DataError, match="several labels a picture.*name it with --label-column"):
        open_dataset(root)


@pytest.mark.parametrize(
    "before",
    ["/home/ann/pets/", "C:\\Users\\ann\\pets\\", "data/pets/", "../pets/"],
    ids=["absolute", "drive", "above", "up"],
)
def test_paths_of_another_machine_are_found_by_their_ends(tmp_path: Path, before: str) -> None:
    slash = "\\" if "\\" in before else "/"
    rows = [f"{before}{slash.join(path)},{label}" for path, label in ((("im", "a.png"), "x"), (("im", "b.png"), "y"))]
    root = write(tmp_path / "d", "im/a.png im/b.png", {"t.csv": ";".join(["path,label", *rows])})
    for place in (root, root / "t.csv"):
        dataset = open_dataset(place)
        assert (dataset.parts["all"].ids, labels(dataset)) == (("im/a.png", "im/b.png"), ["x", "y"])
        plain = before.replace("\\", "/")
        assert f"The paths in t.csv begin with '{plain}', which is not here" in dataset.notes[0]


def test_windows_slashes_and_a_dot_in_front_are_nothing_to_speak_of(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "im/a.png im/b.png", {"t.csv": "path,label;im\\a.png,x;./im/b.png,y"})
    dataset = open_dataset(root)
    assert (dataset.parts["all"].ids, dataset.notes) == (("im/a.png", "im/b.png"), ())


def test_pictures_of_one_table_may_lie_in_several_folders(tmp_path: Path) -> None:
    tables = {"meta.csv": "lesion_id,image_id,dx,age;L1,i1,nv,40;L1,i2,nv,40;L2,i3,mel,50;L3,i4,mel,60"}
    root = write(tmp_path / "d", "part_1/i1.png part_1/i2.png part_2/i3.png part_2/i4.png", tables)
    dataset = open_dataset(root)  # `dx` is what a label is called, and the folders are none
    assert labels(dataset) == ["nv", "nv", "mel", "mel"]
    assert dataset.parts["all"].ids == ("part_1/i1.png", "part_1/i2.png", "part_2/i3.png", "part_2/i4.png")
    groups = dataset.parts["all"].groups
    assert groups is not None
    assert groups.tolist() == [0, 0, 1, 2]  # of one lesion, and so of one side


def test_a_table_further_down_is_found_and_its_way_up_followed(tmp_path: Path) -> None:
    (tmp_path / "d" / "csv").mkdir(parents=True)
    root = write(tmp_path / "d", "x/1.png x/2.png", {"csv/t.csv": "path,label;../x/1.png,a;../x/2.png,b"})
    assert labels(open_dataset(root)) == ["a", "b"]
    (tmp_path / "e" / "train").mkdir(parents=True)
    inside = write(
        tmp_path / "e", "train/1.png train/2.png test/3.png", {"train/labels.csv": "file,label;1.png,a;2.png,b"}
    )
    assert open_dataset(inside).parts["all"].ids == ("train/1.png", "train/2.png")


def test_tables_of_parts_are_read_as_one(tmp_path: Path) -> None:
    tables = {"train.csv": "id,label;1,a;2,b", "val.csv": "id,label;1,b", "test.csv": "id,label;3,a"}
    root = write(tmp_path / "d", "train/1.png train/2.png val/1.png test/3.png", tables)
    dataset = open_dataset(root)
    assert {name: part.ids for name, part in dataset.parts.items()} == {
        "train": ("train/1.png", "train/2.png"),
        "val": ("val/1.png",),
        "test": ("test/3.png",),
    }
    assert (labels(dataset, "train"), labels(dataset, "val"), greys(dataset, "val")) == (["a", "b"], ["b"], [2])
    assert "The parts come from the names of the tables." in dataset.notes
    named = [piece.split(" lists ")[0] for piece in dataset.why.split("; ")]
    assert named == ["train.csv", "val.csv", "test.csv"]


def test_a_table_says_more_than_a_pattern_that_we_find(tmp_path: Path) -> None:
    eyes = [f"{eye}_{side}" for eye in (10, 11, 12) for side in ("left", "right")]
    rows = ";".join(f"{name},{at % 3}" for at, name in enumerate(eyes))
    root = write(
        tmp_path / "d", " ".join(f"train/{name}.png" for name in eyes), {"trainLabels.csv": f"image,level;{rows}"}
    )
    dataset = open_dataset(root)
    assert (dataset.layout, dataset.class_names) == ("manifest", ("0", "1", "2"))


def test_folders_of_parts_are_no_classes_beside_a_table(tmp_path: Path) -> None:
    tables = {"train.csv": "image_id,label;7.png,0;9.png,1"}
    dataset = open_dataset(write(tmp_path / "d", "train_images/7.png train_images/9.png test_images/8.png", tables))
    assert (dataset.layout, dataset.class_names) == ("manifest", ("0", "1"))


# --- other layouts


def test_a_table_that_says_what_the_folders_say_changes_nothing(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "cat/1.png dog/1.png", {"t.csv": "path,label;cat/1.png,cat;dog/1.png,dog"})
    assert open_dataset(root).layout == "class-folders"


def test_a_table_that_contradicts_the_folders_asks_unless_its_label_is_called_one(tmp_path: Path) -> None:
    rows = "path,mood;cat/1.png,sad;cat/2.png,glad;dog/1.png,sad;dog/2.png,glad"
    root = write(tmp_path / "d", "cat/1.png cat/2.png dog/1.png dog/2.png", {"t.csv": rows})
    with pytest.raises(
        ConfigError, match=r"in 2 ways.*\n  --layout class-folders\n .*\n .*cat 2, dog 2\n  --layout manifest"
    ):
        open_dataset(root)
    assert open_dataset(root, layout="manifest").class_names == ("glad", "sad")
    (root / "t.csv").write_text(rows.replace("mood", "label").replace(";", "\n") + "\n")
    assert open_dataset(root).class_names == ("glad", "sad")


def test_our_own_predictions_are_no_labels(tmp_path: Path) -> None:
    tables = {"predictions.csv": "id,label,confidence;a.png,cat,0.9;b.png,dog,0.8"}
    assert open_dataset(write(tmp_path / "d", "a.png b.png", tables)).layout == "picture-folder"


def test_two_tables_are_not_guessed_at(tmp_path: Path) -> None:
    tables = {"one.csv": "path,label;a.png,x;b.png,y", "two.csv": "path,label;a.png,y;b.png,x"}
    with pytest.raises(
        DataError, match=r"2 tables list pictures: 'one.csv' and 'two.csv'\. Expected one: give the path"
    ):
        open_dataset(write(tmp_path / "d", "a.png b.png", tables))


# --- parts and groups


def test_the_split_column_makes_the_parts(tmp_path: Path) -> None:
    text = "path,label,split;a.png,x,Train;b.png,y,train;c.png,y,validation;d.png,,test;e.png,,test"
    dataset = open_dataset(write(tmp_path / "d", "a.png b.png c.png d.png e.png", {"t.csv": text}))
    assert {name: part.ids for name, part in dataset.parts.items()} == {
        "train": ("a.png", "b.png"),
        "val": ("c.png",),
        "test": ("d.png", "e.png"),
    }
    assert dataset.parts["test"].labels is None
    assert labels(dataset, "val") == ["y"]
    assert "The parts come from the column 'split'." in dataset.notes


def test_each_of_three_labelled_parts_keeps_its_own_labels(tmp_path: Path) -> None:
    text = (
        "path,label,split;a.png,x,test;b.png,z,train;c.png,y,val;d.png,y,train;"
        "e.png,x,val;f.png,z,test;g.png,y,train;h.png,z,test"
    )
    names = "a.png b.png c.png d.png e.png f.png g.png h.png"
    dataset = open_dataset(write(tmp_path / "d", names, {"t.csv": text}))
    assert {name: (labels(dataset, name), greys(dataset, name)) for name in dataset.parts} == {
        "train": (["z", "y", "y"], [1, 3, 6]),
        "val": (["y", "x"], [2, 4]),
        "test": (["x", "z", "z"], [0, 5, 7]),
    }


def test_a_relabelled_regrouped_or_moved_row_makes_other_data(tmp_path: Path) -> None:
    base = "path,label,split,group;a.png,x,train,1;b.png,y,train,2;c.png,x,train,3;d.png,y,val,4"
    others = [
        base.replace("c.png,x", "c.png,y"),
        base.replace("c.png,x,train,3", "c.png,x,train,1"),
        base.replace("c.png,x,train", "c.png,x,val"),
        base.replace("a.png,x,train,1;b.png,y,train,2", "b.png,y,train,2;a.png,x,train,1"),
    ]
    root = write(tmp_path / "d", "a.png b.png c.png d.png")
    prints = {open_dataset(write(root, "", {"t.csv": text})).fingerprint for text in (base, *others, base)}
    assert len(prints) == 5
    gone = [f"{base};{name}.png,x,train,1" for name in ("gone", "lost")]
    assert len({open_dataset(write(root, "", {"t.csv": text})).fingerprint for text in gone} | prints) == 7
    Image.fromarray(np.full((2, 2), 99, np.uint8)).save(root / "d.png")
    assert open_dataset(root).fingerprint not in prints


def test_groups_stay_together_from_table_to_split(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(24)]
    rows = [f"{name},{'ab'[at % 2]},p{at // 4}" for at, name in enumerate(names)]
    root = write(tmp_path / "d", " ".join(names), {"t.csv": ";".join(["path,label,group", *rows])})
    for seed in range(3):
        split = prepare(open_dataset(root), SIZE, val=0.3, seed=seed).split
        sides = split.sides["all"].reshape(6, 4)
        assert (sides == sides[:, :1]).all()
        assert len(split.val) == 8


def test_groups_that_the_given_parts_tear_are_said(tmp_path: Path) -> None:
    text = "path,label,split,group;a.png,x,train,1;b.png,y,train,2;c.png,y,test,2;d.png,x,test,"
    dataset = open_dataset(write(tmp_path / "d", "a.png b.png c.png d.png", {"t.csv": text}))
    assert "1 group stands in more than one part: a score there may be too good." in dataset.notes
    unlabelled = text.replace("c.png,y,", "c.png,,").replace("d.png,x,", "d.png,,")
    notes = open_dataset(write(tmp_path / "e", "a.png b.png c.png d.png", {"t.csv": unlabelled})).notes
    assert "1 group stands in more than one part, and those beside training have no labels." in notes
    groups = dataset.parts["test"].groups
    assert groups is not None
    assert groups.tolist() == [1, -1]


def test_pictures_of_no_group_in_two_parts_tear_nothing(tmp_path: Path) -> None:
    text = "path,label,split,group;a.png,x,train,;b.png,y,train,2;c.png,y,test,;d.png,x,test,"
    dataset = open_dataset(write(tmp_path / "d", "a.png b.png c.png d.png", {"t.csv": text}))
    assert not any("more than one part" in note for note in dataset.notes)


# --- missing


def test_a_missing_file_is_noted_quarantined_and_stops_a_strict_run(tmp_path: Path) -> None:
    text = "path,label;a.png,x;gone.png,x;b.png,y;c.png,x;d.png,y"
    dataset = open_dataset(write(tmp_path / "d", "a.png b.png c.png d.png", {"t.csv": text}))
    assert dataset.notes == ("1 file that t.csv lists is missing: 'gone.png'.",)
    told: list[tuple[int, int]] = []
    prepared = prepare(dataset, SIZE, val=0.5, seed=0, on_progress=lambda *now: told.append(now))
    assert prepared.ledger.counts() == {"found": 5, "used": 4, "quarantined": 1, "duplicate": 0}
    entry = [*prepared.ledger][1]
    assert entry == ("gone.png", "quarantined", "t.csv lists it, but there is no such file")
    assert told[0] == (0, 5)  # the missing one is not there already
    assert told[-1] == (5, 5)
    part = prepared.reading.parts["all"]
    assert part.ids == ("a.png", "b.png", "c.png", "d.png")
    assert part.images[:, 0, 0, 0].tolist() == [0, 1, 2, 3]
    with pytest.raises(DataError, match=r"--strict: 'gone.png' cannot be read: t.csv lists it"):
        prepare(dataset, SIZE, val=0.5, seed=0, strict=True)


def test_a_missing_file_is_no_picture_of_its_class_in_the_summary(tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        Image.new("L", (4, 4)).save(tmp_path / f"{name}.png")
    (tmp_path / "t.csv").write_text("path,label\n1.png,cat\n2.png,cat\n3.png,dog\n4.png,dog\n")
    summary = str(open_dataset(tmp_path)).splitlines()
    assert summary[0].endswith(": 3 pictures of 2 classes")
    assert "  parts    all 3" in summary
    assert [line.split()[:2] for line in summary if line.strip().startswith(("cat", "dog"))] == [
        ["cat", "2"],
        ["dog", "1"],
    ]


def test_a_broken_file_beside_a_missing_one_keeps_its_place(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png c.png", {"t.csv": "path,label;gone.png,x;a.png,x;b.png,y;c.png,y"})
    (root / "b.png").write_bytes(b"no picture")
    decoded = open_dataset(root / "t.csv").parts["all"].pictures.decode(SIZE)
    assert decoded.kept.tolist() == [1, 3]
    assert list(decoded.quarantined) == [0, 2]


def test_where_all_are_missing_nothing_opens(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "x/z.png", {"t.csv": "path,label;a.png,x;b.png,y"})
    with pytest.raises(DataError, match=r"t.csv: not one of 2 files that the column 'path' lists is there, such as 'a"):
        open_dataset(root / "t.csv")


@pytest.mark.parametrize("outside", ["../secret.png", "/etc/secret.png", "im/../../secret.png"])
def test_a_path_that_leads_out_of_the_folder_is_missing(tmp_path: Path, outside: str) -> None:
    write(tmp_path, "secret.png")
    root = write(tmp_path / "d", "a.png b.png", {"t.csv": f"path,label;a.png,x;b.png,y;{outside},y"})
    assert list(open_dataset(root / "t.csv").parts["all"].pictures.decode(SIZE).quarantined) == [2]


def test_an_absolute_path_below_the_folder_is_found(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png b.png")
    write(root, "", {"t.csv": f"path,label;{root}/a.png,x;{root}/b.png,y"})
    assert open_dataset(root / "t.csv").parts["all"].ids == ("a.png", "b.png")


# --- refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,label;a.png,x;b.png,y,z", r"t.csv, line 3: 3 cells, the header has 2\. Expected one cell per column"),
        ("path,label,path;a.png,x,a.png", r"t.csv: the column 'path' occurs twice in the header"),
        ("path,label;a.png,x;,y;,x;b.png,y", r"t.csv, row 3: the column 'path' is empty"),
        ("path,label;a.png,x;b.png,y;a.png,y", r"'a.png' stands there with 'x' .*row 2\) and with 'y' \(row 4\)"),
        (
            "path,label,group;a.png,x,1;b.png,y,2;a.png,x,2",
            r"'a.png' stands there with '1' in the column 'group' .*row 2\) and with '2' \(row 4\)",
        ),
        (
            "path,label,split;a.png,x,train;b.png,y,val;a.png,x,val",
            r"'a.png' stands there with 'train' in the column 'split' .*row 2\) and with 'val' \(row 4\)",
        ),
        ("path,label,split;a.png,x,train;b.png,y,maybe", r"the column 'split' holds 'maybe' \(1 row\)\. Expected"),
        ("path,label;a.png,x;b,y;a,x", r"'a' may be a.jpg or a.png\. Expected names with their suffix"),
    ],
)
def test_a_malformed_table_is_refused_whole(tmp_path: Path, text: str, message: str) -> None:
    root = write(tmp_path / "d", "a.png b.png a.jpg", {"t.csv": text})
    with pytest.raises(DataError, match=message):
        open_dataset(root / "t.csv", layout="manifest")


def test_names_that_fit_two_folders_are_not_guessed_at(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "one/a.png one/b.png two/a.png two/b.png", {"t.csv": "id,label;a,x;b,y"})
    question = r"such as 'a', are found in 'one/' and 'two/' alike\. Choose one:\n  --pictures-in one\n"
    with pytest.raises(ConfigError, match=question) as caught:
        open_dataset(root / "t.csv")
    assert caught.value.options == ("--pictures-in one", "--pictures-in two")
    for asked in ("two", "two/"):
        assert open_dataset(root / "t.csv", pictures_in=asked).parts["all"].ids == ("two/a.png", "two/b.png")
    missing = r"--pictures-in three: no picture that t\.csv lists is there\. Expected one of 'one' and 'two'\."
    with pytest.raises(ConfigError, match=missing):
        open_dataset(root / "t.csv", pictures_in="three")
    (root / "t.csv").unlink()
    with pytest.raises(ConfigError, match="--pictures-in two: d is no table of pictures, its layout is class-folders"):
        open_dataset(root, pictures_in="two")


def test_an_empty_column_is_not_the_label_though_it_is_called_so(tmp_path: Path) -> None:
    rows = ";".join(f"{at}.png,,{'xy'[at % 2]}" for at in range(12))
    root = write(tmp_path / "d", " ".join(f"{at}.png" for at in range(12)), {"t.csv": f"file,tags,mood;{rows}"})
    assert open_dataset(root).class_names == ("x", "y")


def test_rows_that_repeat_another_count_once(tmp_path: Path) -> None:
    root = write(tmp_path / "d", "a.png b.png", {"t.csv": "path,label;a.png,x;b.png,y;a.png,x"})
    dataset = open_dataset(root)
    assert dataset.parts["all"].ids == ("a.png", "b.png")
    assert "1 row of t.csv that repeats another was left out." in dataset.notes


# --- a DataFrame


def test_a_dataframe_lists_pictures_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path / "d", "im/a.png b.png")
    monkeypatch.chdir(root)
    frame = pd.DataFrame({"where": ["b.png", "im/a.png", "im/gone.png"], "label": [1, 0, 1]}, index=[5, 3, 1])
    dataset = open_dataset(frame)
    assert (dataset.layout, dataset.class_names, dataset.rows) == ("manifest", ("0", "1"), 3)
    assert dataset.parts["all"].ids == ("b.png", "im/a.png", "im/gone.png")
    assert (labels(dataset), greys(dataset)) == (["1", "0", "1"], [1, 0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (str(root), f"~/{root.name}"):
        moved = frame.assign(where=[f"{folder}/{path}" for path in frame["where"]])
        assert greys(open_dataset(moved)) == [1, 0]


def test_what_only_looks_like_a_polars_frame_is_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, "a.png b.png c.png d.png")
    columns = {
        "path": [str(root / f"{name}.png") for name in "abcd"],
        "label": ["x", float("nan"), "y", None],
    }
    kind = type(
        "DataFrame",
        (),
        {
            "__module__": "polars.dataframe.frame",
            "columns": list(columns),
            "__getitem__": lambda _, name: columns[name],
        },
    )
    dataset = open_dataset(kind())
    assert labels(dataset) == ["x", "y"]
    assert dataset.notes[0].startswith("2 pictures of the DataFrame have no label and were left out ('label' is empty)")


def test_a_dataframe_of_numbers_holds_pixels() -> None:
    assert open_dataset(pd.DataFrame(np.zeros((3, 16), np.uint8))).layout == "pixel-csv"


def test_a_dataframe_without_files_says_what_it_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        DataError, match=r"none of the column 'p', such as 'a.png', names files that are there\. Expected"
    ):
        open_dataset(pd.DataFrame({"p": ["a.png"], "label": ["x"]}))
    with pytest.raises(DataError, match=r"none of the columns 'p' and 'label' names files that are there"):
        open_dataset(pd.DataFrame({"p": ["what"], "label": ["x"]}))


def test_a_dataframe_with_a_row_without_a_path_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "d", "a.png b.png"))
    frame = pd.DataFrame({"p": ["a.png", None, "b.png"], "label": ["x", "y", "x"]})
    with pytest.raises(DataError, match=r"the column 'p' is empty in row 2\. Expected a path a row"):
        open_dataset(frame)


def test_a_json_file_of_its_own_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (2, 2)).save(tmp_path / "1.png")
    Image.new("L", (2, 2), 9).save(tmp_path / "2.png")
    (tmp_path / "labels.json").write_text(json.dumps({"1.png": "cat", "2.png": "dog"}))
    reads: list[str] = []

    def counted(location: Location, entry: str, most_rows: int | None = None) -> JsonTable | None:
        reads.append(entry)
        return read_json(location, entry, most_rows)

    monkeypatch.setattr(found_table, "read_json", counted)
    assert open_dataset(tmp_path / "labels.json").class_names == ("cat", "dog")
    assert reads == ["labels.json"]


def test_two_columns_that_may_be_the_label_are_no_question_to_predict(tmp_path: Path) -> None:
    rows = [f"{n},{'ab'[n % 2]},{'xy'[n // 2 % 2]}" for n in range(1, 9)]
    names = " ".join(f"{n}.png" for n in range(1, 9))
    table = write(tmp_path / "d", names, {"t.csv": ";".join(["file,kind,mood", *rows])}) / "t.csv"
    with pytest.raises(ConfigError, match="2 columns that may be the label"):
        open_dataset(table)
    dataset = open_dataset(table, needs_labels=False)
    assert dataset.class_names == ()
    assert dataset.parts["all"].ids[:2] == ("1.png", "2.png")


def test_classes_called_like_pictures_of_another_folder_do_not_lead_there(tmp_path: Path) -> None:
    write(tmp_path / "others", "a.png b.png")
    rows = [f"{n},{'ab'[n % 2]}" for n in range(1, 9)]
    names = " ".join(f"{n}.png" for n in range(1, 9))
    table = write(tmp_path / "d", names, {"t.csv": ";".join(["file,kind", *rows])}) / "t.csv"
    assert labels(open_dataset(table)) == list("babababa")


def test_pictures_to_predict_get_no_label_from_a_column_left_over(tmp_path: Path) -> None:
    rows = [f"T_{n},{n}.png,0.{n}" for n in range(1, 9)]
    names = " ".join(f"{n}.png" for n in range(1, 9))
    table = write(tmp_path / "d", names, {"test.csv": ";".join(["id,img_path,margin", *rows])}) / "test.csv"
    dataset = open_dataset(table, needs_labels=False)
    assert dataset.class_names == ()
    assert dataset.no_classes == ""
    assert dataset.notes == ()
    assert dataset.parts["all"].other_ids["id"][:2] == ["T_1", "T_2"]
    labelled = write(
        tmp_path / "e", names, {"t.csv": ";".join(["path,label", *(f"{n}.png,{n % 2}" for n in range(1, 9))])}
    )
    assert open_dataset(labelled / "t.csv", needs_labels=False).class_names == ("0", "1")


@pytest.mark.parametrize(("of_test", "labelled"), [("0.0 1.0", False), ("good 1.0", True), ("good bad", True)])
def test_test_labels_in_numbers_are_not_matched_with_names(tmp_path: Path, of_test: str, labelled: bool) -> None:
    one, other = of_test.split()
    tables = {
        "train.csv": "1.png,good;2.png,bad;3.png,good",
        "test.csv": f"4.png,{one};5.png,{other}",
    }
    dataset = open_dataset(write(tmp_path / "d", "1.png 2.png 3.png 4.png 5.png", tables))
    assert (dataset.parts["test"].labels is not None) == labelled
    assert any("taken as unlabelled" in note and "0.0 and 1.0" in note for note in dataset.notes) != labelled
    if not labelled:
        assert dataset.class_names == ("bad", "good")


def test_names_that_begin_with_their_folder_are_found(tmp_path: Path) -> None:
    """A column of numbers that are names of the same files is about something else: the number of a slice."""
    scans = [(f"00{scan}_01", 100 + 4 * scan + slice_at) for scan in (1, 2) for slice_at in range(4)]
    rows = [f"{scan}_{number}.png,{number},{number % 2 + 1},{'12'[at > 3]}" for at, (scan, number) in enumerate(scans)]
    names = " ".join(f"Images/{scan}/{number}.png" for scan, number in scans)
    tables = {"info.csv": ";".join(["File_name,Slice_index,finding,Train_Test", *rows])}
    dataset = open_dataset(write(tmp_path / "d", names, tables))
    assert dataset.parts["train"].ids == tuple(f"Images/{scan}/{number}.png" for scan, number in scans[:4])
    assert len(dataset.parts["test"]) == 4
    assert any("'001_01_104.png' was taken for 'Images/001_01/104.png'" in note for note in dataset.notes)
    assert any("'Train_Test' (1 is train, 2 is test)" in note for note in dataset.notes)
    lost = {"info.csv": ";".join(["File_name,Slice_index,finding", *(f"{n}_x.png,{n},{n % 2}" for _, n in scans)])}
    assert open_dataset(write(tmp_path / "e", names, lost)).layout != "manifest"


@pytest.mark.parametrize("column", ["Series_ID", "ID"])
def test_a_number_that_is_1_in_all_rows_is_no_class(tmp_path: Path, column: str) -> None:
    rows = [f"{n}.png,1,0,{'ab'[n % 2]}" for n in range(12)]
    names = " ".join(f"{n}.png" for n in range(12))
    tables = {"t.csv": ";".join([f"file,{column},noisy,finding_kind", *rows])}
    assert open_dataset(write(tmp_path / "d", names, tables)).class_names == ("a", "b")


def test_rows_that_lack_the_place_at_their_end_are_separated_by_blanks(tmp_path: Path) -> None:
    rows = [
        f"mdb{n:03d} {'GFD'[n % 3]} " + ("NORM" if n % 2 else f"CIRC {'BM'[n % 4 > 1]} {500 + 7 * n} {400 - 3 * n} 23")
        for n in range(12)
    ]
    names = " ".join(f"mdb{n:03d}.png" for n in range(12))
    root = write(tmp_path / "d", names, {"Info.txt": ";".join([*rows, rows[2].replace("514", "77")])})
    with pytest.raises(ConfigError, match="column 3'\n +2 classes: CIRC") as asked:
        open_dataset(root)
    assert "columns that may be the label" in str(asked.value)
    dataset = open_dataset(root, label_column="column 3")
    assert dataset.class_names == ("CIRC", "NORM")
    assert len(dataset.parts["all"]) == 12
    assert any("1 row of Info.txt that repeats another was left out" in note for note in dataset.notes)


def test_names_of_classes_that_end_in_a_number_keep_their_blanks(tmp_path: Path) -> None:
    rows = [f"{n}.png " + ("Boeing 737 800", "Airbus A300", "Cessna")[n % 3] for n in range(9)]
    names = " ".join(f"{n}.png" for n in range(9))
    dataset = open_dataset(write(tmp_path / "d", names, {"list.txt": ";".join(rows)}))
    assert dataset.class_names == ("Airbus A300", "Boeing 737 800", "Cessna")


def test_a_question_which_column_is_the_label_counts_pictures_and_not_their_rows(tmp_path: Path) -> None:
    rows = "a.png,x,1;a.png,x,1;a.png,x,1;b.png,y,1;c.png,y,2;d.png,x,2"
    root = write(tmp_path / "d", "a.png b.png c.png d.png", {"t.csv": f"path,class,Target;{rows}"})
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    assert "2 classes: x 2, y 2" in str(caught.value)
    assert "2 classes: 1 2, 2 2" in str(caught.value)


@pytest.mark.parametrize("cell", ["0{}a_study", "study-0{}a", "0{}a.mp4"])
def test_cells_that_are_folders_with_a_word_beside_them_lead_to_their_pictures(tmp_path: Path, cell: str) -> None:
    rows = ["id,Negative,Typical"]
    for at in range(9):
        folder = tmp_path / "train" / f"0{at}a" / f"{at}b"
        folder.mkdir(parents=True)
        Image.new("L", (2, 2), at).save(folder / f"{at}c.png")
        rows.append(f"{cell.format(at)},{at % 2},{1 - at % 2}")
    (tmp_path / "studies.csv").write_text("\n".join(rows) + "\n")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("Negative", "Typical")
    assert [len(part) for part in dataset.parts.values()] == [9]


def test_a_mapping_of_folders_to_several_words_names_the_classes(tmp_path: Path) -> None:
    """As `Labels.json` of ImageNet-100, and the mapping of ImageNet on Kaggle, of which the words hold commas."""
    words = {
        f"n0144076{at}": ("tench, Tinca tinca", "cock", "ray, crampfish, torpedo")[at % 3] + f" {at}" for at in range(9)
    }
    for at, code in enumerate(words):
        for number in range(2):
            folder = tmp_path / code
            folder.mkdir(exist_ok=True)
            Image.new("L", (2, 2), 9 * at + number).save(folder / f"{code}_{number}.png")
    (tmp_path / "Labels.json").write_text(json.dumps(words))
    assert open_dataset(tmp_path).class_names == tuple(words.values())
    (tmp_path / "Labels.json").unlink()
    (tmp_path / "synset_mapping.txt").write_text("".join(f"{code} {name}\n" for code, name in words.items()))
    assert open_dataset(tmp_path).class_names == tuple(words.values())


def test_a_row_for_each_kind_of_each_picture_is_several_labels_unless_the_kinds_are_raters(tmp_path: Path) -> None:
    rows = [f"{at}.png,{kind},{(at + place) % 2}" for at in range(6) for place, kind in enumerate(("mass", "oedema"))]
    for at in range(6):
        Image.new("L", (2, 2), at).save(tmp_path / f"{at}.png")
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(["file,condition,present", *rows]) + "\n")
    with pytest.raises(DataError, match="each of the values 'mass' and 'oedema' of 'condition'"):
        open_dataset(tmp_path)
    table.write_text("\n".join(["file,rater,present", *rows, *(f"{at}.png,boss,{at % 2}" for at in range(6))]) + "\n")
    assert open_dataset(tmp_path).class_names == ("0", "1")


def test_cases_with_a_photograph_called_after_them_are_rows_and_no_classes(tmp_path: Path) -> None:
    for at in range(9):
        for kind in ("photo", "mask"):
            folder = tmp_path / f"IM{at}7" / kind
            folder.mkdir(parents=True)
            Image.new("L", (2, 2), at).save(folder / f"IM{at}7.png")
    rows = [f"IM{at}7,{'nv' if at % 2 else 'mel'}" for at in range(9)]
    (tmp_path / "cases.csv").write_text("\n".join(["case,diagnosis", *rows]) + "\n")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("mel", "nv")
    assert all("/photo/" in name for name in dataset.parts["all"].ids)


@pytest.mark.parametrize(("answer", "is_named"), [("n01 0 0 9 9", False), ("tench, Tinca", True)])
def test_codes_stay_where_a_sample_may_ask_for_them(tmp_path: Path, answer: str, is_named: bool) -> None:
    words = {"n01": "tench, Tinca", "n02": "cock"}
    for at, code in enumerate(words):
        for number in range(3):
            (tmp_path / code).mkdir(exist_ok=True)
            Image.new("L", (2, 2), 9 * at + number).save(tmp_path / code / f"{code}_{number}.png")
    (tmp_path / "synset_mapping.txt").write_text("".join(f"{code} {name}\n" for code, name in words.items()))
    (tmp_path / "sample_submission.csv").write_text(f'id,guess\na,"{answer}"\nb,"{answer}"\n')
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == (("tench, Tinca", "cock") if is_named else ("n01", "n02"))
    said = "They keep their codes, as a sample is there; --class-names gives them names."
    assert any(said in note for note in dataset.notes) != is_named


def test_a_mapping_of_short_codes_names_the_classes(tmp_path: Path) -> None:
    for at in range(3):
        for number in range(2):
            (tmp_path / f"c_{at}").mkdir(exist_ok=True)
            Image.new("L", (2, 2), 9 * at + number).save(tmp_path / f"c_{at}" / f"{number}.png")
    (tmp_path / "class_map.json").write_text(json.dumps({"c_0": "Apple Scab", "c_1": "Cedar rust", "c_2": "healthy"}))
    assert open_dataset(tmp_path).class_names == ("Apple Scab", "Cedar rust", "healthy")
