"""Tables beside pictures as people and programs write them: encodings, headers, spellings, and several tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from onelook.commands.inspect import inspect_data
from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.layouts.tables.encodings import decode_table
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError


def draw(root: Path, names: Sequence[str]) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    return root


def labels_of(dataset: Dataset, part: str = "all") -> Mapping[str, str]:
    """The class of each picture by its id."""
    found = dataset.parts[part]
    assert found.labels is not None
    return {each: dataset.class_names[label] for each, label in zip(found.ids, found.labels, strict=True)}


NAMES = [f"im/{number:02d}.png" for number in range(1, 5)]
TOLD = {"im/01.png": "cat", "im/02.png": "dog", "im/03.png": "cat", "im/04.png": "dog"}
ROWS = [(name.removeprefix("im/"), label) for name, label in TOLD.items()]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("list.csv", "".join(f"{name},{label}\n" for name, label in ROWS)),  # no header: the first picture is one
        ("list.txt", "".join(f"{name} {label}\n" for name, label in ROWS)),
        ("list.txt", "file\tkind\n" + "".join(f"{name}\t{label}\n" for name, label in ROWS)),
        ("list.csv", "file;weight;kind\n" + "".join(f"{name};1,5;{label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\r" + "".join(f"{name},{label}\r" for name, label in ROWS)),
        ("list.csv", "file,kind,,\n" + "".join(f"{name},{label},,\n" for name, label in ROWS)),  # from a spreadsheet
        ("list.csv", "file,kind,\n" + "".join(f"{name},{label},\n" for name, label in ROWS)),
        ("list.csv", "file,,kind,\n" + "".join(f"{name},17,{label},3.5\n" for name, label in ROWS)),
        ("list.csv", " file , kind \n" + "".join(f"{name} , {label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\n" + "".join(f"C:\\data\\im\\{name},{label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\n" + "".join(f"/kaggle/input/x/{name},{label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\n" + "".join(f"{name.removesuffix('.png')},{label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\n" + "".join(f"{name.replace('png', 'PNG')},{label}\n" for name, label in ROWS)),
        ("list.csv", "file,kind\n" + "".join(f"{name.replace('png', 'jpg')},{label}\n" for name, label in ROWS)),
        ("list.csv", "number,kind\n" + "".join(f"{int(name[:2])},{label}\n" for name, label in ROWS)),
        ("list.txt", "#file kind\n#kind: cats, dogs\n" + "".join(f"{name} {label}\n" for name, label in ROWS)),
        ("list.csv", "# May 3, Ann\n# file,kind\n" + "".join(f"{name},{label}\n" for name, label in ROWS)),
        ("list.csv", "# by Ann\nfile,kind\n# day 1\n" + "".join(f"{name},{label}\n" for name, label in ROWS)),
        ("list.tsv", "% file\tkind\n\n" + "".join(f"{name}\t{label}\n" for name, label in ROWS)),
        ("list.json", json.dumps([{"file": name, "kind": label} for name, label in ROWS])),
        ("list.json", json.dumps(dict(ROWS))),
        ("list.json", json.dumps({"labels": [list(row) for row in ROWS]})),
        ("list.json", json.dumps({"cat": ["01.png", "03.png"], "dog": ["02.png", "04.png"]})),
        ("list.jsonl", "".join(json.dumps({"file_name": name, "kind": label}) + "\n" for name, label in ROWS)),
    ],
    ids=[
        *(
            "no header",
            "blanks",
            "tabs",
            "semicolons",
            "returns",
            "blank columns",
            "a blank column",
            "columns without a name",
        ),
        *("padded", "backslashes", "another machine", "no suffix"),
        *("capitals", "another suffix", "lost zeros"),
        *("header in the comment", "header in a comment", "comments around the header", "percent signs"),
        *("records", "mapping", "pairs", "by class", "lines"),
    ],
)
def test_a_list_is_found_whatever_it_was_written_with(tmp_path: Path, file: str, content: str) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / file).write_text(content, newline="")
    assert labels_of(open_dataset(root)) == TOLD


def test_a_column_called_by_the_sign_of_comments_is_a_column(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "list.csv").write_text("#,file,kind\n" + "".join(f"7,{name},{label}\n" for name, label in ROWS))
    found = open_dataset(root)
    assert labels_of(found) == TOLD
    assert any("Columns that were left out: '#'" in note for note in found.notes)


def test_a_header_in_a_comment_names_the_columns(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    rows = "".join(f"{name[:2]} {label} {int(name[:2]) % 2} {int(name[:2]) % 2}\n" for name, label in ROWS)
    (root / "list.txt").write_text("#Image SPECIES CLASS GROUP ID\n#GROUP ID: 0 and 1\n" + rows)
    with pytest.raises(ConfigError, match="unknown column 'x'") as caught:
        open_dataset(root, label_column="x")
    assert all(each in str(caught.value) for each in ("SPECIES", "CLASS", "GROUP ID"))


@pytest.mark.parametrize("text", ["{0}", "file kind\n{0}", "# names begin with #\n{0}", "{0}\n# the end"])
def test_a_name_that_begins_with_the_sign_of_comments_is_a_name(tmp_path: Path, text: str) -> None:
    names = ["im/#1.png", "im/#2.png", "im/3.png"]
    root = draw(tmp_path / "d", names)
    (root / "list.txt").write_text(text.format("#1.png cat\n#2.png dog\n3.png cat"))
    assert labels_of(open_dataset(root)) == dict(zip(names, ("cat", "dog", "cat"), strict=True))


def test_a_damaged_row_below_comments_is_named_by_its_line(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "list.csv").write_text("# one\n# two\nfile,kind\n01.png,cat\n02.png,dog,old\n03.png,cat\n04.png,dog\n")
    found = open_dataset(root)
    assert "02.png" not in labels_of(found)
    assert any("1 line of list.csv was left out (line 5): the header has 2 cells" in note for note in found.notes)


def test_codes_that_names_of_files_spell_out_are_called_by_the_names(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"im/{kind}_{i}.png" for kind in ("red_oak", "elm") for i in range(3)])
    rows = [f"{kind}_{i},{kind == 'elm':d},{i == 0:d}\n" for kind in ("red_oak", "elm") for i in range(3)]
    (root / "list.csv").write_text("file,class_id,species\n" + "".join(rows))
    found = open_dataset(root)
    assert labels_of(found)["im/red_oak_1.png"] == "red_oak"
    assert any("which say the same as the column 'class_id'" in note for note in found.notes)
    assert any("'species' (2 classes) may be the label too" in note for note in found.notes)
    assert open_dataset(root, label_column="class_id").class_names == ("0", "1")


@pytest.mark.parametrize(
    ("encoding", "kinds", "folder"),
    [
        ("cp949", ("개", "고양이"), "사진"),
        ("shift_jis", ("いぬ", "ねこ"), "写真"),
        ("cp1252", ("Äpfel", "Birnen"), "Früchte"),
        ("utf-8-sig", ("chêne", "hêtre"), "forêt"),
        ("utf-16", ("дуб", "бук"), "лес"),
        ("cp1251", ("кошка", "собака"), "фото"),
        ("gb18030", ("苹果", "香蕉"), "图片"),
    ],
)
def test_the_encoding_is_told_by_trying_and_by_the_files(
    tmp_path: Path, encoding: str, kinds: tuple[str, str], folder: str
) -> None:
    names = [f"{folder}/{number}.png" for number in range(4)]
    root = draw(tmp_path / "d", names)
    rows = "".join(f"{name},{kinds[number % 2]}\n" for number, name in enumerate(names))
    (root / "list.csv").write_bytes(f"file,label\n{rows}".encode(encoding))
    assert set(labels_of(open_dataset(root)).values()) == set(kinds)


def test_bytes_that_are_no_text_have_no_encoding() -> None:
    assert decode_table(b"\x00\x01\x02\xff" * 100) == []
    assert decode_table("naïve,été\n".encode("cp1252"))[0].encoding == "cp1252"


def test_a_long_word_that_is_no_utf8_is_no_puzzle(tmp_path: Path) -> None:
    content = b"x" * 200_000 + b"\xff\n"  # which took a minute, when each letter began a search of its own
    assert decode_table(content, is_beginning=True)


def test_numbers_that_happen_to_be_names_of_files_are_no_list(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", ["3.png", "4.png", "a.png", "b.png"])
    (root / "weather.csv").write_text("day,rain,sky\n2021-05-01,3,grey\n2021-05-02,4,blue\n")
    dataset = open_dataset(root, for_training=False)
    assert (dataset.layout, dataset.class_names) == ("picture-folder", ())


@pytest.mark.parametrize(
    ("file", "cell", "said"),
    [
        ("my cat {} (1)é.png", "my%20cat%20{}%20%281%29%C3%A9.png", "as in an address of the web"),
        (
            "c{}.png",
            "https://photos.example.org/65/c{}.png?size=large&x=1",
            "begin with 'https://photos.example.org/65/'",
        ),
        ("c {}.png", "file:///C:/data/c%20{}.png", "begin with 'file:///C:/data/'"),
        ("c{}.png", "'c{}.png'", ""),
        ("c{}.png", "“c{}.png”", ""),
        ("000{}.png", '="000{}"', ""),
        ("oak leaf {} (old).png", "oak_leaf_{}_old", "other signs between the words"),
        ("img_000{}.png", "{}", "numbers in the names"),
        ("DSC000{}.PNG", "dsc{}", "lack the zeros in front"),
        ("c{}.png", "c{}.png.jpg", "another suffix"),
        ("C{}.png", "c{}.jpeg", "other capitals and another suffix"),
        ("000{}.png", "{}.0", "lack the zeros in front"),
    ],
)
def test_names_are_found_in_other_spellings_and_the_note_says_which(
    tmp_path: Path, file: str, cell: str, said: str
) -> None:
    root = draw(tmp_path / "d", [f"im/{file.format(number)}" for number in range(1, 9)])
    kinds = ["cat", "dog", "dog", "cat", "dog", "cat", "cat", "dog"]
    rows = (f"{cell.format(number)},{kind}\n" for number, kind in enumerate(kinds, start=1))
    (root / "list.csv").write_text("image_id,kind\n" + "".join(rows))
    found = open_dataset(root)
    assert labels_of(found) == {f"im/{file.format(number)}": kind for number, kind in enumerate(kinds, start=1)}
    assert said in " ".join(found.notes)


def test_capitals_that_set_files_apart_are_kept_where_only_the_suffix_differs(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", ["im/a1.png", "im/A1.png", "im/a2.png", "im/A2.png"])
    (root / "list.csv").write_text("file,kind\na1.JPG,cat\nA1.JPG,dog\na2.JPG,cat\nA2.JPG,dog\n")
    told = {"im/a1.png": "cat", "im/A1.png": "dog", "im/a2.png": "cat", "im/A2.png": "dog"}
    assert labels_of(open_dataset(root)) == told


@pytest.mark.parametrize("cell", ["https://farm{0}.example.org/30{0}/{1}", "D:\\box{0}\\{1}", "old/{0}/{1}"])
def test_paths_with_other_beginnings_are_found_by_the_names_of_the_files(tmp_path: Path, cell: str) -> None:
    root = draw(tmp_path / "d", NAMES)
    rows = "".join(f"{cell.format(at, name)},{label}\n" for at, (name, label) in enumerate(ROWS))
    (root / "list.csv").write_text(f"file,kind\n{rows}")
    found = open_dataset(root)
    assert labels_of(found) == TOLD
    assert "The paths in list.csv lead nowhere: the pictures were found by their names alone." in found.notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file,kind\n", "list.csv has a header and no rows."),
        ("id,kind\n" + "1.23E+06,cat\n1.23E+06,dog\n" * 4, "numbers such as '1.23E+06' in the column 'id', which a"),
    ],
)
def test_a_table_that_cannot_join_says_why(tmp_path: Path, content: str, said: str) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "list.csv").write_text(content)
    assert said in " ".join(open_dataset(root, for_training=False).notes)


def test_a_table_of_folders_without_a_label_is_named(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"sub-{n}/{kind}/{n}.png" for n in range(1, 9) for kind in ("anat", "func")])
    (root / "participants.tsv").write_text("participant_id\tage\n" + "".join(f"sub-{n}\t{n}\n" for n in range(1, 9)))
    notes = open_dataset(root).notes
    assert any(note.startswith("participants.tsv has a row for each folder in the column 'part") for note in notes)


def test_numbers_of_some_pictures_alone_are_no_list_of_them(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"im/img_{number:03d}.png" for number in range(40)])
    rows = "".join(f"{number},{'ab'[number % 2]}\n" for number in range(12))
    (root / "list.csv").write_text(f"id,kind\n{rows}")
    found = open_dataset(root, for_training=False)
    assert found.layout == "picture-folder"
    assert any("list.csv has a label for each 'id', such as '0', but no picture is called so" in n for n in found.notes)
    (root / "list.csv").write_text(f",kind\n{rows}")
    notes = open_dataset(root, for_training=False).notes
    assert any("list.csv has a label for each number in its first column, such as '0', but" in note for note in notes)


def test_lists_of_pixels_in_a_table_name_no_pictures(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"im/{number}.png" for number in range(8)])
    values = [{"key": list(range(number, number + 300)), "kind": "ab"[number % 2]} for number in range(8)]
    (root / "list.json").write_text(json.dumps(values))
    assert not any("has a label for each" in note for note in open_dataset(root, for_training=False).notes)


@pytest.mark.parametrize("pictures", [range(0, 60, 3), range(50, 60)])
def test_a_table_of_more_pictures_than_there_are_lists_these(tmp_path: Path, pictures: range) -> None:
    root = draw(tmp_path / "d", [f"im/p{number}.png" for number in pictures])
    rows = "".join(f"p{number}.png,{'ab'[number // 4 % 2]}\n" for number in range(60))
    (root / "list.csv").write_text(f"file,label\n{rows}")
    found = open_dataset(root)
    assert {each: kind for each, kind in labels_of(found).items() if (root / each).exists()} == {
        f"im/p{number}.png": "ab"[number // 4 % 2] for number in pictures
    }
    assert any(f"{60 - len(pictures)} files that list.csv lists are missing" in note for note in found.notes)


def test_a_table_of_predictions_is_named_as_such(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "p.csv").write_text("id,label,confidence\n" + "".join(f"{name},cat,0.5\n" for name in NAMES))
    notes = open_dataset(root, for_training=False).notes
    assert "p.csv holds predictions, which are no labels. It was left out." in notes


def test_a_table_that_names_other_pictures_says_so(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"{number}.png" for number in range(4)])
    (root / "old.csv").write_text("file,label\n" + "".join(f"x{number}.jpg,cat\n" for number in range(9)))
    notes = " ".join(open_dataset(root, for_training=False).notes)
    assert "old.csv names pictures in the column 'file', such as 'x0.jpg', and none of them is here" in notes


PATIENTS = [f"P{number:02d}" for number in range(8)]
DIAGNOSES = ["ill", "ill", "well", "ill", "well", "well", "ill", "well"]


def patients(tmp_path: Path, name: str, header: str = "patient,age,diagnosis") -> Path:
    """Two pictures of each patient, and a table with a row for each of them."""
    root = draw(tmp_path / "d", [name.format(patient, i) for patient in PATIENTS for i in (1, 2)])
    rows = (f"{patient},{30 + at},{DIAGNOSES[at]}\n" for at, patient in enumerate(PATIENTS))
    (root / "patients.csv").write_text(f"{header}\n{''.join(rows)}")
    return root


@pytest.mark.parametrize("name", ["scans/{}_{}.png", "scans/{}/{}.png", "{}/mri/{}.png", "a/{0}-left/{0}-{1}.png"])
@pytest.mark.parametrize("header", ["patient,age,diagnosis", "id,years,result"])
def test_a_row_for_several_pictures_labels_them_all_and_keeps_them_together(
    tmp_path: Path, name: str, header: str
) -> None:
    found = open_dataset(patients(tmp_path, name, header), label_column=header.split(",")[2])
    wanted = {name.format(p, i): kind for p, kind in zip(PATIENTS, DIAGNOSES, strict=True) for i in (1, 2)}
    assert labels_of(found) == wanted
    part = found.parts["all"]
    assert part.groups is not None
    by_group = {part.group_names[group] for group in part.groups}
    assert by_group == set(PATIENTS)
    assert np.unique(part.groups, return_counts=True)[1].tolist() == [2] * 8
    assert any("each of the 16 pictures has the label of its row" in note for note in found.notes)


def test_the_label_of_such_rows_is_chosen_as_of_others(tmp_path: Path) -> None:
    assert open_dataset(patients(tmp_path, "scans/{}/{}.png")).class_names == ("ill", "well")


def test_a_row_without_pictures_among_such_rows_is_listed_and_a_key_that_stands_twice_is_refused(
    tmp_path: Path,
) -> None:
    root = patients(tmp_path, "scans/{}_{}.png")
    with (root / "patients.csv").open("a") as file:
        file.write("P77,50,ill\n")
    found = open_dataset(root)
    assert found.parts["all"].ids[-1] == "P77"
    assert any("1 file that patients.csv lists is missing: 'P77'" in note for note in found.notes)
    many = "".join(f"Q{number},40,ill\n" for number in range(220))
    (root / "patients.csv").write_text("patient,age,diagnosis\n" + many)
    for i in (1, 2):
        draw(root, [f"scans/Q{number}_{i}.png" for number in range(220)])
    with (root / "patients.csv").open("a") as file:
        file.write("Q7,50,well\n")
    with pytest.raises(DataError, match="the column 'patient' has 'Q7' twice"):
        open_dataset(root)


@pytest.mark.parametrize(
    ("file", "header"),
    [("birds.csv", "species,family"), ("birds.csv", "class_id,family"), ("names.csv", "id,family")],
)
def test_a_table_with_a_row_for_each_class_leaves_the_folders_the_classes(
    tmp_path: Path, file: str, header: str
) -> None:
    root = draw(tmp_path / "d", [f"sp{number:02d}/{i}.png" for number in range(9) for i in (1, 2)])
    rows = (f"sp{number:02d},{'ab'[number % 2]}\n" for number in range(9))
    (root / file).write_text(f"{header}\n{''.join(rows)}")
    found = open_dataset(root)
    assert (found.layout, len(found.class_names)) == ("class-folders", 9)


def test_a_table_of_few_of_the_pictures_does_not_outrank_the_folders_of_all(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"set2/{kind}/x{n}.png" for kind in "ab" for n in range(20)])
    draw(root, [f"set1/jpg/blood_{n:03d}.png" for n in range(6)])
    (root / "set1" / "labels.csv").write_text("Image,Category\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(6)))
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    assert "--layout manifest" in caught.value.options or "labels.csv lists these pictures" in str(caught.value)


def test_a_table_of_folders_that_are_individuals_or_classes_is_a_question(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"n{number:04d}/{i}.png" for number in range(9) for i in (1, 2)])
    rows = (f"n{number:04d},{'ab'[number % 2]}\n" for number in range(9))
    (root / "info.csv").write_text(f"id,colour\n{''.join(rows)}")
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    assert caught.value.options == ("--layout class-folders", "--layout manifest")


def test_a_table_in_each_folder_lists_the_pictures_there(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"{kind}/{number}.png" for kind in ("ant", "bee") for number in range(6)])
    for kind in ("ant", "bee"):
        rows = "".join(f"{number}.png,{kind},1,2,9,9\n" for number in range(6))
        (root / kind / "_annotations.csv").write_text(f"filename,class,xmin,ymin,xmax,ymax\n{rows}")
    assert open_dataset(root).counts == {"ant": 6, "bee": 6}


def test_a_table_that_names_each_folder_leaves_the_folders_the_classes(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"n{number:04d}/{i}.png" for number in range(9) for i in (1, 2)])
    (root / "breeds.csv").write_text("id,breed\n" + "".join(f"n{number:04d},breed {number}\n" for number in range(9)))
    found = open_dataset(root)
    assert (found.layout, len(found.class_names)) == ("class-folders", 9)
    assert any(note.startswith("breeds.csv has a row for each folder in the column 'id'") for note in found.notes)


def test_several_labels_of_rows_for_several_pictures_are_named_and_not_trained_on(tmp_path: Path) -> None:
    keys = [f"{number:04x}-bb" for number in range(8)]
    root = draw(tmp_path / "d", [f"train/{key}_{colour}.png" for key in keys for colour in ("red", "blue")])
    rows = "".join(f"{key},{('16 0', '7', '25 2')[number % 3]}\n" for number, key in enumerate(keys))
    (root / "train.csv").write_text(f"Id,Target\n{rows}")
    notes = " ".join(open_dataset(root, for_training=False).notes)
    assert "The cells of 'Id' in train.csv are beginnings of names of several pictures" in notes
    assert "The column 'Target' holds several labels a picture" in notes
    with pytest.raises(DataError, match="several labels a picture"):
        open_dataset(root)


def test_a_table_whose_key_is_the_name_of_no_picture_is_named_with_both_spellings(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"shots/{kind}/s{number}.png" for kind in "xy" for number in range(6)])
    rows = "".join(f"obs-{number},{('frog', 'toad')[number % 2]}\n" for number in range(12))
    (root / "train.csv").write_text(f"observation,species\n{rows}")
    notes = " ".join(open_dataset(root).notes)
    assert "train.csv has a label for each 'observation', such as 'obs-0', but no picture is called so" in notes
    assert "are called as 'shots/x/s0.png'" in notes


def test_a_question_about_folders_names_the_table_beside_them(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"e{i}/p{k}/{n}.png" for i in (1, 2) for k in (1, 2) for n in range(3)])
    rows = "".join(f"e1-p2-{number},{number % 3}\n" for number in range(12))
    (root / "train.csv").write_text(f"id_code,sirna\n{rows}")
    with pytest.raises(ConfigError, match="train.csv has a label for each 'id_code', such as 'e1-p2-0'") as caught:
        open_dataset(root)
    assert "--label-from folder:1" in caught.value.options


# --- what is to be predicted


MANY = [f"im/{number:02d}.png" for number in range(24)]


def table(root: Path, name: str, header: str, *cells: Sequence[object], names: Sequence[str] = MANY) -> Path:
    """A table with a column of the pictures and others."""
    rows = [",".join(map(str, row)) for row in zip([name.partition("/")[2] for name in names], *cells, strict=True)]
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("\n".join([header, *rows]) + "\n")
    return root


CHAIN = [number % 2 for number in range(24)]
HOTEL = [("ann", "bob", "cleo", "dan")[number % 4] for number in range(24)]


def test_two_columns_that_may_be_it_are_a_question_that_shows_both(tmp_path: Path) -> None:
    root = table(draw(tmp_path / "d", MANY), "t.csv", "image,chain,hotel,weight", CHAIN, HOTEL, range(24))
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    assert caught.value.options == ("--label-column chain", "--label-column hotel")
    assert "4 classes: ann 6, bob 6, cleo 6, dan 6" in str(caught.value)
    assert open_dataset(root, label_column="chain").class_names == ("0", "1")


def test_a_sample_or_a_table_without_it_says_which_column_it_is(tmp_path: Path) -> None:
    root = table(draw(tmp_path / "d", MANY), "train.csv", "image,chain,hotel", CHAIN, HOTEL)
    (root / "sample_submission.csv").write_text("image,hotel\nx.png,ann\n")
    assert open_dataset(root).class_names == ("ann", "bob", "cleo", "dan")
    (root / "sample_submission.csv").write_text("image,chain\nx.png,1\n")
    assert open_dataset(root).class_names == ("0", "1")
    (root / "sample_submission.csv").unlink()
    (root / "test.csv").write_text("image,chain\nx.png,1\n")
    assert open_dataset(root).class_names == ("ann", "bob", "cleo", "dan")


def test_names_are_preferred_to_their_codes_and_indexes_constants_and_decimals_are_no_labels(tmp_path: Path) -> None:
    codes = [("ann", "bob", "cleo", "dan").index(name) for name in HOTEL]
    same, share = ["x"] * 24, [f"{number / 7:.3f}" for number in range(24)]
    root = table(
        draw(tmp_path / "d", MANY), "t.csv", "image,,same,share,class,who", range(24), same, share, codes, HOTEL
    )
    dataset = open_dataset(root)
    assert dataset.class_names == ("ann", "bob", "cleo", "dan")
    assert "The columns 'class' and 'who' say the same: the classes are called as in 'who'." in dataset.notes


def test_folders_that_a_table_has_as_a_column_are_not_the_label_where_the_sample_names_another(tmp_path: Path) -> None:
    names = [f"pics/{chain}/{number}.png" for number, chain in enumerate(CHAIN)]
    root = draw(tmp_path / "d", [*names, "new/x.png"])
    rows = "".join(f"{number}.png,{CHAIN[number]},{HOTEL[number]}\n" for number in range(24))
    (root / "t.csv").write_text(f"image,chain,hotel\n{rows}")
    (root / "sample_submission.csv").write_text("image,hotel\nx.png,ann\n")
    dataset = open_dataset(root)
    assert (dataset.layout, dataset.class_names) == ("manifest", ("ann", "bob", "cleo", "dan"))


def test_blank_labels_are_left_out_and_counted(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "t.csv").write_text("file,label\n01.png,cat\n02.png,dog\n03.png,\n04.png,\n")
    dataset = open_dataset(root)
    assert labels_of(dataset) == {"im/01.png": "cat", "im/02.png": "dog"}
    assert dataset.set_aside.keys() == {"im/03.png", "im/04.png"}
    assert any(note.startswith("2 pictures of t.csv have no label and were left out") for note in dataset.notes)


def test_the_majority_of_raters_is_the_label_and_a_tie_is_none(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    said = {"01": "cat cat dog", "02": "dog dog dog", "03": "cat dog", "04": "cat cat cat"}
    rows = [f"{name}.png,r{at},{label}" for name, of in said.items() for at, label in enumerate(of.split())]
    (root / "t.csv").write_text("\n".join(["file,rater,label", *rows]) + "\n")
    dataset = open_dataset(root)
    assert labels_of(dataset) == {"im/01.png": "cat", "im/02.png": "dog", "im/04.png": "cat"}
    assert any("on 2 of 4 pictures they disagree, 1 tie left out" in note for note in dataset.notes)


def test_a_column_of_a_class_without_pictures_is_named(tmp_path: Path) -> None:
    cells = [[int(number % 2 == at) for number in range(24)] for at in range(4)]
    root = table(draw(tmp_path / "d", MANY), "labels.csv", "image,a,b,c,UNK", *cells)
    found = open_dataset(root)
    assert found.class_names == ("a", "b")
    assert "No picture is of the classes 'c' or 'UNK', though they have columns." in found.notes


def test_what_is_1_in_every_row_is_no_label_beside_others(tmp_path: Path) -> None:
    cells = [[1] * 24, [1] * 24, ["ab"[number % 2] for number in range(24)]]
    root = table(draw(tmp_path / "d", MANY), "wells.csv", "image,TableNumber,Replicate,compound", *cells)
    assert open_dataset(root).class_names == ("a", "b")


@pytest.mark.parametrize("header", ["image_id,x,y,w,h,kind", "filename,xmin,ymin,xmax,ymax,class"])
def test_rows_of_boxes_are_one_picture_and_boxes_of_several_classes_are_several_labels(
    tmp_path: Path, header: str
) -> None:
    root = draw(tmp_path / "d", MANY)
    rows = [f"{n:02d},1,2,{5 + box},6,{'ab'[n % 2]}\n" for n in range(24) for box in range(1 + n % 3)]
    (root / "boxes.csv").write_text(f"{header}\n{''.join(rows)}")
    assert labels_of(open_dataset(root)) == {name: "ab"[n % 2] for n, name in enumerate(MANY)}
    (root / "boxes.csv").write_text(f"{header}\n{''.join(rows)}01,1,2,3,4,a\n04,1,2,3,4,b\n04,1,2,3,4,b\n")
    found = open_dataset(root, for_training=False)
    assert found.no_classes.startswith("boxes.csv has a row for each box in a picture, and 2 of 24 pictures have boxes")
    with pytest.raises(DataError, match="several labels a picture"):
        open_dataset(root)


def test_columns_of_votes_give_the_class_with_most_of_them(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "t.csv").write_text("file,sad,glad,calm\n01.png,8,1,1\n02.png,0,9,1\n03.png,5,5,0\n04.png,1,2,7\n")
    dataset = open_dataset(root)
    assert labels_of(dataset) == {"im/01.png": "sad", "im/02.png": "glad", "im/04.png": "calm"}
    assert any("hold votes" in note and "1 tie left out" in note for note in dataset.notes)


def test_a_class_with_few_votes_is_no_mark_of_its_own(tmp_path: Path) -> None:
    """FER+ gives ten votes a picture; in a share of it `fear` and `unknown` have none or one."""
    root = draw(tmp_path / "d", NAMES)
    rows = ["01.png,8,1,1,0", "02.png,0,9,0,1", "03.png,3,7,0,0", "04.png,6,2,1,1"]
    (root / "t.csv").write_text("\n".join(["file,sad,glad,fear,unknown", *rows]))
    assert labels_of(open_dataset(root)) == {
        **{"im/01.png": "sad", "im/02.png": "glad"},
        **{"im/03.png": "glad", "im/04.png": "sad"},
    }


def test_a_column_that_says_none_of_all_is_no_label_beside_another(tmp_path: Path) -> None:
    cells = [["True", "False"][number % 2] for number in range(24)], ["none"] * 24
    found = open_dataset(table(draw(tmp_path / "d", MANY), "o.csv", "image,Contrast,ContrastTag", *cells))
    assert found.class_names == ("False", "True")
    assert "'ContrastTag' holds 'none' in all rows, so it is not the label." in found.notes
    alone = table(draw(tmp_path / "e", MANY), "o.csv", "image,ContrastTag", cells[1])
    assert open_dataset(alone, for_training=False).class_names == ("none",)


# --- several tables


def test_a_second_table_on_the_same_pictures_adds_its_columns(tmp_path: Path) -> None:
    root = table(draw(tmp_path / "d", MANY), "truth.csv", "image,label", HOTEL)
    table(root, "meta.csv", "image,lesion_id,site", [f"L{number // 3}" for number in range(24)], ["arm"] * 24)
    part = open_dataset(root).parts["all"]
    assert part.groups is not None
    assert part.groups.tolist() == [number // 3 for number in range(24)]


def test_lists_of_parts_make_the_parts_of_class_folders(tmp_path: Path) -> None:
    names = [f"images/{kind}/{number}.png" for kind in ("pie", "pho") for number in range(6)]
    root = draw(tmp_path / "d", names)
    (root / "meta").mkdir()
    for part, numbers in (("train", range(4)), ("test", range(4, 6))):
        lines = [f"{kind}/{number}" for kind in ("pie", "pho") for number in numbers]
        (root / "meta" / f"{part}.txt").write_text("\n".join(lines) + "\n")
    dataset = open_dataset(root)
    assert dataset.class_names == ("pho", "pie")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 8, "test": 4}
    assert "The parts come from the names of the tables." in dataset.notes


def test_a_list_of_a_part_beside_a_table_of_all_makes_the_parts(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"images/{number}.png" for number in range(12)])
    (root / "labels.csv").write_text("file,label\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(12)))
    (root / "test.txt").write_text("".join(f"{number}.png\n" for number in range(4)))
    dataset = open_dataset(root)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 8, "test": 4}
    assert "The parts come from test.txt." in dataset.notes


@pytest.mark.parametrize("folders", [False, True])
def test_a_table_of_patients_says_the_label_of_their_pictures(tmp_path: Path, folders: bool) -> None:
    names = [f"{'ab'[n % 2]}/{n:02d}.png" if folders else f"im/{n:02d}.png" for n in range(24)]
    root = draw(tmp_path / "d", names)
    rows = "".join(f"{name},P{at // 3}\n" for at, name in enumerate(names))
    (root / "images.csv").write_text(f"file,Patient_ID\n{rows}")
    (root / "patients.csv").write_text(
        "patient_id,age,diagnosis\n" + "".join(f"P{p},{40 + p},{'ill' if p % 3 else 'well'}\n" for p in range(9))
    )
    found = open_dataset(root)
    assert labels_of(found) == {name: "ill" if at // 3 % 3 else "well" for at, name in enumerate(names)}
    groups = found.parts["all"].groups
    assert groups is not None
    assert len(set(groups.tolist())) == 8
    assert "The columns of patients.csv by 'Patient_ID' were joined to images.csv." in found.notes


def test_a_table_of_what_pictures_share_is_not_joined_to_one_with_labels(tmp_path: Path) -> None:
    root = table(
        draw(tmp_path / "d", MANY), "labels.csv", "file,label,site", ["ab"[n % 2] for n in range(24)], [0] * 24
    )
    (root / "sites.csv").write_text("site,species\n0,oak\n1,elm\n2,oak\n")
    assert open_dataset(root).class_names == ("a", "b")


def test_text_files_joined_by_a_number_are_one_table(tmp_path: Path) -> None:
    names = [f"images/{1 + number // 4:03d}.{('wren', 'tern')[number // 4]}/{number}.png" for number in range(8)]
    root = draw(tmp_path / "d", names)
    rows = list(enumerate(names, start=1))
    (root / "images.txt").write_text("".join(f"{at} {name.removeprefix('images/')}\n" for at, name in rows))
    (root / "image_class_labels.txt").write_text("".join(f"{at} {1 + (at - 1) // 4}\n" for at, _ in rows))
    (root / "train_test_split.txt").write_text("".join(f"{at} {at % 2}\n" for at, _ in rows))
    (root / "classes.txt").write_text("1 001.wren\n2 002.tern\n")
    dataset = open_dataset(root)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 4, "test": 4}
    assert len(dataset.class_names) == 2
    assert set(labels_of(dataset, "test")) == {name for at, name in rows if at % 2 == 0}


def test_annotations_in_cocos_form_give_the_category_of_each_picture(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    content = {
        "images": [{"id": 10 + at, "file_name": name} for at, (name, _) in enumerate(ROWS)],
        "annotations": [
            {"id": at, "image_id": 10 + at, "category_id": 7 if label == "cat" else 9}
            for at, (_, label) in enumerate(ROWS)
        ],
        "categories": [{"id": 7, "name": "cat"}, {"id": 9, "name": "dog"}],
    }
    (root / "train.json").write_text(json.dumps(content))
    assert labels_of(open_dataset(root)) == TOLD
    content["annotations"].append({"id": 99, "image_id": 10, "category_id": 9, "bbox": [0, 0, 1, 1]})
    (root / "train.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match="several labels a picture"):
        open_dataset(root)


@pytest.mark.parametrize("file", ["labels.csv", "_annotations.coco.json"])
@pytest.mark.parametrize("below", ["", "images/"])
def test_a_table_in_each_part_means_its_own_folder_where_the_parts_have_the_same_names(
    tmp_path: Path, below: str, file: str
) -> None:
    kinds = {"train": "cat dog dog cat dog cat", "valid": "dog cat dog", "test": "cat cat dog"}
    root = tmp_path / "d"
    for part, of_part in kinds.items():
        names = [f"{number}.png" for number in range(len(of_part.split()))]
        draw(root, [f"{part}/{below}{name}" for name in names])
        if file.endswith("json"):
            ids = {"cat": 1, "dog": 2}
            content = {
                "images": [{"id": at, "file_name": name} for at, name in enumerate(names)],
                "annotations": [{"image_id": at, "category_id": ids[k]} for at, k in enumerate(of_part.split())],
                "categories": [{"id": number, "name": kind} for kind, number in ids.items()],
            }
            (root / part / file).write_text(json.dumps(content))
        else:
            rows = zip(names, of_part.split(), strict=True)
            (root / part / file).write_text("image,label\n" + "".join(f"{name},{kind}\n" for name, kind in rows))
    found = open_dataset(root)
    for part, called in (("train", "train"), ("valid", "val"), ("test", "test")):
        wanted = {f"{part}/{below}{at}.png": kind for at, kind in enumerate(kinds[part].split())}
        assert labels_of(found, called) == wanted


def test_a_missing_picture_of_one_part_is_not_looked_for_in_another(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"train/{n}.png" for n in range(19)] + [f"test/{n}.png" for n in range(30)])
    (root / "train.csv").write_text("image,label\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(20)))
    found = open_dataset(root)
    assert set(labels_of(found)) == {f"train/{n}.png" for n in range(20)}
    assert any("1 file that train.csv lists is missing: 'train/19.png'" in note for note in found.notes)


def test_a_metadata_file_in_each_part_lists_the_pictures_beside_it(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"{part}/{number}.png" for part in ("train", "test") for number in range(4)])
    for part in ("train", "test"):
        lines = [{"file_name": f"{number}.png", "label": ("cat", "dog")[number % 2]} for number in range(4)]
        (root / part / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    dataset = open_dataset(root)
    assert labels_of(dataset, "test")["test/1.png"] == "dog"
    assert labels_of(dataset, "train")["train/2.png"] == "cat"


# --- names of classes


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("map.json", json.dumps({"0": "cat", "1": "dog"})),
        ("map.json", json.dumps({"cat": 0, "dog": 1})),
        ("classmap.csv", "index,code,name\n0,U+0,cat\n1,U+1,dog\n"),
        ("classes.txt", "cat\ndog\n"),
        ("set-mapping.txt", "0 cat\n1 dog\n"),
    ],
    ids=["numbers", "names", "table", "list", "pairs"],
)
def test_numbers_get_the_names_that_a_file_beside_them_gives(tmp_path: Path, file: str, content: str) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "train.csv").write_text("file,label\n01.png,0\n02.png,1\n03.png,0\n04.png,1\n")
    (root / file).write_text(content)
    dataset = open_dataset(root)
    assert labels_of(dataset) == TOLD
    assert any(note.startswith(f"The classes have the names in {file}") for note in dataset.notes)
    assert open_dataset(root, class_names=["a", "b"]).class_names == ("a", "b")


def test_a_list_of_names_begins_with_the_first_and_may_name_classes_without_pictures(tmp_path: Path) -> None:
    root = table(draw(tmp_path / "d", MANY), "labels.csv", "image,label", [number % 2 for number in range(24)])
    (root / "classes.txt").write_text("cat\ndog\nbird\n")
    found = open_dataset(root)
    assert found.class_names == ("cat", "dog")
    assert found.notes[-1].endswith("0 is 'cat' and 1 is 'dog'. No picture is of the class 'bird'.")
    (root / "classes.txt").write_text("class\nowl\newe\n")
    assert open_dataset(root).class_names == ("owl", "ewe")


def test_numbers_that_do_not_count_from_0_keep_their_numbers_and_the_names_are_said(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", NAMES)
    (root / "train.csv").write_text("file,label\n01.png,1\n02.png,2\n03.png,1\n04.png,2\n")
    (root / "map.json").write_text(json.dumps({"1": "cat", "2": "dog"}))
    dataset = open_dataset(root)
    assert dataset.class_names == ("1", "2")
    assert any("map.json names the classes (1 is 'cat' and 2 is 'dog')" in note for note in dataset.notes)


# --- what is no classification


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["clear primary", "haze primary", "agriculture clear water", "cloudy"], "several labels a picture"),
        (["scab", "rust", "rust scab", "healthy"], "several labels a picture"),
        (["Edema|Mass", "Mass", "Edema", "None"], "several labels a picture"),
        (["16 0", "7", "25 2 0", "3"], "several labels a picture"),
        (["['a' 'b']", "['a']", "['b']", "['c']"], "several labels a picture"),
        ([f"{number}.{number}5" for number in range(1, 9)], "a number to predict"),
    ],
)
def test_labels_that_are_no_classes_are_named_and_not_trained_on(
    tmp_path: Path, cells: Sequence[str], message: str
) -> None:
    root = table(
        draw(tmp_path / "d", MANY), "t.csv", "image,labels", [cells[number % len(cells)] for number in range(24)]
    )
    dataset = open_dataset(root, for_training=False)
    assert (dataset.class_names, dataset.parts["all"].labels) == ((), None)
    assert message in dataset.no_classes
    assert [each.severity for each in inspect_data(root).findings if each.check == "no-classes"] == ["error"]
    with pytest.raises(DataError, match=message):
        open_dataset(root)


@pytest.mark.parametrize(
    "names",
    [
        ["golden retriever", "labrador retriever", "poodle"],
        ["glioma tumor", "no tumor", "pituitary tumor"],
        ["Common wheat", "Common Chickweed", "Maize"],
        ["Apple, red", "Banana", "Kiwi"],
    ],
)
def test_names_of_several_words_are_classes(tmp_path: Path, names: Sequence[str]) -> None:
    cells = [f'"{names[number % 3]}"' for number in range(24)]
    root = table(draw(tmp_path / "d", MANY), "t.csv", "image,label", cells)
    assert set(open_dataset(root).class_names) == set(names)


# --- parts and groups


def test_a_table_gives_the_loose_pictures_of_a_part_the_classes_of_the_folders(tmp_path: Path) -> None:
    names = [f"train/{code}/images/{code}_{number}.png" for code in ("n01", "n02") for number in range(3)]
    root = draw(tmp_path / "d", [*names, *(f"val/images/val_{number}.png" for number in range(4)), "test/images/a.png"])
    (root / "val" / "val_annotations.txt").write_text(
        "".join(f"val_{number}.png\tn0{1 + number % 2}\t0\t0\t{number}\t9\n" for number in range(4))
    )
    for code in ("n01", "n02"):
        rows = "".join(f"{code}_{number}.png\t0\t0\t1\t1\n" for number in range(3))
        (root / "train" / code / f"{code}_boxes.txt").write_text(rows)
    (root / "words.txt").write_text("n00\tthing\nn01\tgoldfish\nn02\tsalamander\n")
    dataset = open_dataset(root)
    assert dataset.class_names == ("goldfish", "salamander")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 6, "val": 4, "test": 1}
    assert labels_of(dataset, "val")["val/images/val_1.png"] == "salamander"
    assert "The parts come from the folders." in dataset.notes
    assert dataset.parts["test"].labels is None


@pytest.mark.parametrize(
    ("column", "cells", "are_groups"),
    [
        ("session", [number // 4 for number in range(24)], True),
        ("location", [number % 5 for number in range(24)], True),
        ("seq_id", [f"s{number // 3}" for number in range(24)], True),
        ("subject", [f"p{number // 6}" for number in range(24)], True),
        ("location", range(24), False),  # nearly every one has its own
        ("location", [number % 2 for number in range(24)], False),  # two places are too few to split
        ("patient_age", [30 + number // 4 for number in range(24)], False),
    ],
)
def test_columns_of_what_pictures_have_in_common_are_groups_unless_each_has_its_own(
    tmp_path: Path, column: str, cells: Sequence[object], are_groups: bool
) -> None:
    root = table(draw(tmp_path / "d", MANY), "t.csv", f"image,label,{column}", HOTEL, list(cells))
    dataset = open_dataset(root)
    groups = dataset.parts["all"].groups
    assert (groups is not None) == are_groups
    if groups is not None:
        assert len(set(groups.tolist())) == len(set(cells))
        assert any("stay together" in note and "--no-groups" in note for note in dataset.notes)
        ignored = open_dataset(root, ignore_groups=True)
        assert ignored.parts["all"].groups is None
        assert not any("stay together" in note for note in ignored.notes)


@pytest.mark.parametrize(
    ("pattern", "are_groups"),
    [
        ("{kind}/{track:05d}_{frame:05d}.png", True),
        ("{kind}/{kind}-10160{track}-{frame}.png", True),
        ("{kind}/{track}_10{frame}.png", True),  # counted from 100
        ("{kind}/head_{track}_s1_100{frame}.png", True),
        ("{kind}/{track}{frame}.png", False),
        ("{kind}/{kind}_{track}{frame}.png", False),  # one running number
        ("{kind}/{track:05d}_7{frame}.png", False),  # 70, 71, 72: cut out of something longer
    ],
)
def test_frames_of_one_track_are_a_group_by_their_names(tmp_path: Path, pattern: str, are_groups: bool) -> None:
    names = [
        pattern.format(kind=kind, track=track, frame=frame)
        for kind in ("cat", "dog")
        for track in range(3)
        for frame in range(4)
    ]
    part = open_dataset(draw(tmp_path / "d", names)).parts["all"]
    assert (part.groups is not None) == are_groups
    if part.groups is not None:
        assert len(set(part.groups.tolist())) == 6
    assert open_dataset(tmp_path / "d", ignore_groups=True).parts["all"].groups is None


def test_two_eyes_are_of_one_person(tmp_path: Path) -> None:
    names = [f"im/{person}_{side}.png" for person in range(10, 16) for side in ("left", "right")]
    root = draw(tmp_path / "d", names)
    rows = "".join(f"{name[3:-4]},{number // 2 % 2}\n" for number, name in enumerate(names))
    (root / "labels.csv").write_text(f"image,level\n{rows}")
    groups = open_dataset(root).parts["all"].groups
    assert groups is not None
    assert groups.tolist() == [number // 2 for number in range(12)]


def test_labels_of_a_table_keep_their_zeros_unless_a_number_has_two_spellings(tmp_path: Path) -> None:
    draw(tmp_path, NAMES)
    labels = ["010", "001", "010", "001"]
    table = tmp_path / "labels.csv"
    table.write_text("file,label\n" + "".join(f"{name},{label}\n" for name, label in zip(NAMES, labels, strict=True)))
    assert labels_of(open_dataset(tmp_path)) == dict(zip(NAMES, labels, strict=True))
    table.write_text(table.read_text().replace("001", "1", 1))
    mixed = open_dataset(tmp_path)
    assert labels_of(mixed) == dict(zip(NAMES, ["10", "1", "10", "1"], strict=True))
    assert "Labels that are the same number are one class: '001' and '1' are the class 1." in mixed.notes


def test_a_file_names_classes_that_are_counted_with_zeros_in_front(tmp_path: Path) -> None:
    draw(tmp_path, NAMES)
    rows = [f"{name},{label}" for name, label in zip(NAMES, ["001", "000", "001", "000"], strict=True)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]))
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    assert list(labels_of(open_dataset(tmp_path)).values()) == ["dog", "cat", "dog", "cat"]


def test_a_table_for_each_part_gives_the_parts_beside_class_folders(tmp_path: Path) -> None:
    names = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(4)]
    draw(tmp_path, names)
    for part, numbers in (("train", "012"), ("test", "3")):
        rows = [f"{name},{name[:3]}\n" for name in names if name[4] in numbers]
        (tmp_path / f"{part}.csv").write_text("path,label\n" + "".join(rows))
    dataset = open_dataset(tmp_path)
    assert dataset.parts["test"].ids == ("cat/3.png", "dog/3.png")
    assert len(dataset.parts["train"]) == 6


def test_tables_for_each_part_say_nothing_new_where_folders_are_the_parts(tmp_path: Path) -> None:
    names = [f"{part}/{name}/1.png" for part in ("train", "test") for name in ("cat", "dog")]
    draw(tmp_path, names)
    for part in ("train", "test"):
        rows = [f"{name},{name.split('/')[1]}\n" for name in names if name.startswith(part)]
        (tmp_path / f"{part}.csv").write_text("path,label\n" + "".join(rows))
    assert open_dataset(tmp_path).layout == "class-folders"


@pytest.mark.parametrize("categories", [3, 1.5, True, "cat", None, {"id": 1}, [3, None]])
def test_coco_with_categories_of_another_kind_has_numbers_for_classes(tmp_path: Path, categories: object) -> None:
    draw(tmp_path, NAMES)
    images = [{"id": number, "file_name": name} for number, name in enumerate(NAMES)]
    annotations = [{"image_id": number, "category_id": 7 + number % 2} for number in range(4)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "coco.json").write_text(json.dumps(content))
    assert labels_of(open_dataset(tmp_path)) == dict(zip(NAMES, "7878", strict=True))


def test_a_table_that_joins_by_a_key_is_not_said_to_name_missing_pictures(tmp_path: Path) -> None:
    names = [f"im/0{number % 3 + 1}/{7919 * number:08d}abc.png" for number in range(12)]
    draw(tmp_path, names)
    keys = [f"{name[6:10]}-{name[10:17]}" for name in names]
    (tmp_path / "images.txt").write_text("".join(f"{key} {name[3:]}\n" for key, name in zip(keys, names, strict=True)))
    (tmp_path / "image_labels.txt").write_text(
        "".join(f"{key} {name[4:5]}\n" for key, name in zip(keys, names, strict=True))
    )
    looked = survey(Location(tmp_path))
    assert list(looked.others) == ["image_labels.txt"]
    assert looked.notes == ()


def test_a_parquet_file_without_plain_columns_beside_a_list_is_left_out(tmp_path: Path) -> None:
    draw(tmp_path, NAMES)
    (tmp_path / "list.csv").write_text("file,kind\n" + "".join(f"{name},{kind}\n" for name, kind in ROWS))
    parquet.write_table(pa.table({"features": [[0.5, 1.5]] * 4}), tmp_path / "features.parquet")
    assert labels_of(open_dataset(tmp_path)) == TOLD


def test_a_table_of_which_most_rows_are_too_short_is_refused_by_its_row(tmp_path: Path) -> None:
    draw(tmp_path, [f"{part}/{part}{number}.png" for part in ("train", "test") for number in range(6)])
    rows = [f"test{number}.png,{('cat', 'dog')[number % 2]}\n" for number in range(6)]
    (tmp_path / "test" / "labels.tsv").write_text("file_name,label\n" + "".join(rows))
    damaged = "fhle_na}e\fllabul\ntsainp.tnc-cat\ntsain1,dog\vtrain3.png\x1ccat\ntrain3.png,dog\ntrain4.png,cat\n"
    (tmp_path / "train" / "labels.tsv").write_text(damaged)
    with pytest.raises(DataError, match=r"labels\.tsv, row 2: the column .* is empty"):
        open_dataset(tmp_path)
