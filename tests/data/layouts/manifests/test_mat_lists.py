"""Labels, parts and names of classes in Matlab's files beside pictures, and what is said of files that hold none."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.readers.mat_tables import without_files_a_picture
from onelook.data.open import open_dataset
from onelook.errors import DataError

HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
NAMES = [f"jpg/image_{number:03d}.jpg" for number in range(1, 9)]
LABELS = {"labels": np.array([[1, 2, 1, 2, 1, 2, 1, 2]])}


def draw(root: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    return root


def cells(*texts: str) -> Any:
    found = np.empty((1, len(texts)), object)
    found[0] = texts
    return found


def classes_of(dataset: Dataset, part: str = "all") -> dict[str, str]:
    found = dataset.parts[part]
    assert found.labels is not None
    return {name: dataset.class_names[label] for name, label in zip(found.ids, found.labels, strict=True)}


def said(dataset: Dataset) -> str:
    return " ".join(dataset.notes)


def test_blanks_around_texts_are_of_matlab_s_rows_of_equal_length_and_not_of_the_class(tmp_path: Path) -> None:
    draw(tmp_path, *NAMES)
    padded = [("cat", "horse")[at % 2].ljust(5) for at in range(8)]
    savemat(tmp_path / "l.mat", {"names": np.array([f"{name}  " for name in NAMES]), "labels": np.array(padded)})
    found = classes_of(open_dataset(tmp_path))
    assert found == {name: ("cat", "horse")[at % 2] for at, name in enumerate(NAMES)}


def test_a_number_in_a_name_is_the_number_of_its_label(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", {"labels": np.array([[3, 3, 3, 3, 3, 3, 3, 7]])})
    found = classes_of(open_dataset(tmp_path))
    assert found == {**dict.fromkeys(NAMES, "3"), NAMES[7]: "7"}


def test_numbers_from_0_belong_to_labels_from_the_first(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *(f"im/{number}.png" for number in range(6))) / "l.mat", {"y": [5, 5, 5, 5, 5, 8]})
    dataset = open_dataset(tmp_path)
    assert classes_of(dataset)["im/5.png"] == "8"
    assert "counted from 0" in said(dataset)


def test_pictures_that_were_not_fetched_are_missing_and_move_no_label(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES[2:]) / "l.mat", {"labels": np.array([[1, 1, 2, 1, 2, 2, 2, 2]])})
    dataset = open_dataset(tmp_path)
    assert classes_of(dataset)[NAMES[2]] == "2"
    assert classes_of(dataset)[NAMES[3]] == "1"
    assert "2 files that l.mat lists are missing: 'jpg/image_001.jpg' and 'jpg/image_002.jpg'." in dataset.notes


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"labels": np.array([[1, 2, 1]])}, NAMES),  # of other pictures
        ({"labels": np.arange(1, 30)[None] % 2}, NAMES),
        ({"labels": LABELS["labels"]}, ["a.jpg", "b.jpg", "c.jpg"]),  # no numbers
        ({"area": LABELS["labels"]}, NAMES),  # not called like labels
        ({"trnid": LABELS["labels"], "tstid": np.array([[1]])}, NAMES),
    ],
)
def test_what_does_not_fit_is_left_out_and_said(tmp_path: Path, content: dict[str, Any], names: list[str]) -> None:
    savemat(draw(tmp_path, *names) / "l.mat", content)
    dataset = open_dataset(tmp_path, for_training=False)
    assert (dataset.layout, dataset.class_names) == ("picture-folder", ())
    assert "l.mat was left out: it lists no pictures that are here with a class for each. It holds" in said(dataset)


def test_numbers_that_start_anew_in_each_folder_are_no_labels_numbers(tmp_path: Path) -> None:
    names = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(1, 5)]
    savemat(draw(tmp_path, *names) / "l.mat", {"labels": [[1, 2, 1, 2]]})
    assert open_dataset(tmp_path).layout == "class-folders"


def test_masks_of_the_same_numbers_are_no_examples(tmp_path: Path) -> None:
    masks = [f"a/segmim_{number:03d}.jpg" for number in range(1, 9)]
    savemat(draw(tmp_path, *masks, *NAMES) / "l.mat", LABELS)
    dataset = open_dataset(tmp_path)
    assert list(classes_of(dataset)) == NAMES
    assert "8 pictures in 'a/' that l.mat does not list are left out." in dataset.notes


@pytest.mark.parametrize(
    "variables", [("trnid", "valid", "tstid"), ("TRNind", "VALind", "TSTind"), ("tr1", "val1", "te1")]
)
def test_parts_are_rows_by_number(tmp_path: Path, variables: tuple[str, ...]) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", LABELS)
    rows = dict(zip(variables, ([8, 1, 2], [7, 6], [3, 4]), strict=True))
    savemat(tmp_path / "setid.mat", rows)
    dataset = open_dataset(tmp_path)
    assert {name: part.ids for name, part in dataset.parts.items()} == {
        "train": (NAMES[0], NAMES[1], NAMES[7]),
        "val": (NAMES[5], NAMES[6]),
        "test": (NAMES[2], NAMES[3]),
    }
    assert "1 picture in none of them left out." in said(dataset)
    assert "'jpg/image_005.jpg'" in said(dataset)


@pytest.mark.parametrize(
    "rows",
    [
        *(([1, 2, 9], [3]), ([1, 2], [2]), ([1, 1], [2]), ([0, 1], [2]), ([1.5, 2], [3])),
        *(([1, 2, 3],), ([], [1, 2, 3])),  # of one part alone
    ],
)
def test_numbers_of_no_rows_or_of_two_parts_make_no_parts(tmp_path: Path, rows: tuple[list[float], ...]) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", LABELS)
    savemat(tmp_path / "s.mat", dict(zip(("trnid", "tstid"), rows, strict=False)))
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts) == ["all"]
    assert "s.mat was left out" in said(dataset)


def test_a_part_may_have_one_picture(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", {**LABELS, "trnid": [1, 2, 3, 4, 5, 6], "tstid": 8})
    assert open_dataset(tmp_path).parts["test"].ids == (NAMES[7],)


def test_of_several_splits_the_first_is_taken_and_said(tmp_path: Path) -> None:
    content = {"trn2": [1, 2], "tst2": [3, 4], "trn1": [5, 6], "tst1": [7, 8], **LABELS}
    savemat(draw(tmp_path, *NAMES) / "l.mat", content)
    dataset = open_dataset(tmp_path)
    assert dataset.parts["train"].ids == (NAMES[4], NAMES[5])
    assert "It has 2 splits; the first is used." in said(dataset)


@pytest.mark.parametrize(("codes", "train"), [([1, 1, 0, 0], 0), ([0, 0, 1, 1], 2)])
def test_a_field_says_which_are_tested_on(tmp_path: Path, codes: list[int], train: int) -> None:
    names = [f"{number}.png" for number in range(4)]
    records = np.zeros((1, 4), [(field, object) for field in ("fname", "class", "test")])
    for at, name in enumerate(names):
        records[0, at] = (name, 1 + at % 2, codes[at])
    savemat(draw(tmp_path, *names) / "cars.mat", {"annotations": records})
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts["test"].ids) == names[train : train + 2]


def test_a_field_with_one_number_in_all_rows_makes_no_parts(tmp_path: Path) -> None:
    content = {"file": cells(*NAMES), "class": LABELS["labels"], "set": np.ones((1, 8))}
    savemat(draw(tmp_path, *NAMES) / "l.mat", content)
    alone = open_dataset(tmp_path)
    assert (list(alone.parts), [note for note in alone.notes if "The parts come" in note]) == (["all"], [])
    savemat(tmp_path / "l.mat", {**content, "set": np.array([[1, 1, 1, 1, 2, 2, 3, 3]])})
    assert {name: len(part) for name, part in open_dataset(tmp_path).parts.items()} == {"train": 4, "val": 2, "test": 2}


def test_the_row_numbers_of_another_file_are_those_of_another_list(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "list.mat", {"file": cells(*NAMES), "class": LABELS["labels"]})
    savemat(tmp_path / "other.mat", {"trnid": [1, 2, 3, 4], "tstid": [5, 6, 7, 8]})
    assert list(open_dataset(tmp_path).parts) == ["all"]


def test_a_list_is_read_from_the_folder_that_is_called_like_it(tmp_path: Path) -> None:
    draw(tmp_path, *(f"cars_{part}/{number}.png" for part in ("test", "train") for number in range(4)))
    for part in ("train", "test"):
        content = {"fname": cells("0.png", "1.png", "2.png", "3.png"), "label": [1, 2, 2, 1]}
        savemat(tmp_path / f"cars_{part}.mat", content)
    dataset = open_dataset(tmp_path)
    assert dataset.parts["train"].ids == tuple(f"cars_train/{number}.png" for number in range(4))
    assert dataset.parts["test"].ids == tuple(f"cars_test/{number}.png" for number in range(4))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"class_names": cells("ant", "bee")}, ("ant", "bee")),
        ({"meta": {"classes": cells("ant", "bee", "cat")}}, ("ant", "bee")),
        ({"names": np.array(["ant", "bee"])}, ("ant", "bee")),
        ({"class_names": cells("ant")}, ("1", "2")),  # too few
        ({"class_names": cells("ant", "ant")}, ("1", "2")),  # alike
        ({"authors": cells("Ann", "Bob")}, ("1", "2")),
    ],
)
def test_names_of_classes_count_from_1(tmp_path: Path, content: dict[str, Any], expected: tuple[str, ...]) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", LABELS)
    savemat(tmp_path / "meta.mat", content)
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == expected
    assert classes_of(dataset)[NAMES[0]] == expected[0]


def test_names_of_classes_count_from_1_where_the_first_class_has_no_pictures(tmp_path: Path) -> None:
    content = {"labels": LABELS["labels"] + 1, "class_names": cells("ant", "bee", "cat", "dog")}
    savemat(draw(tmp_path, *NAMES) / "l.mat", content)
    assert open_dataset(tmp_path).class_names == ("bee", "cat")


def test_names_of_classes_that_count_from_0(tmp_path: Path) -> None:
    content = {"labels": LABELS["labels"] - 1, "classes": cells("ant", "bee")}
    savemat(draw(tmp_path, *NAMES) / "l.mat", content)
    assert open_dataset(tmp_path).class_names == ("ant", "bee")


def test_classes_keep_the_numbers_that_a_sample_submission_asks_for(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", {**LABELS, "class_names": cells("ant", "bee")})
    (tmp_path / "sample_submission.csv").write_text("id,labels\n9,1\n")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("1", "2")
    assert "1 is 'ant' and 2 is 'bee'. They keep the numbers of the sample." in said(dataset)


def test_classes_of_thousands_of_digits_get_no_names(tmp_path: Path) -> None:
    giant = "9" * 5_000
    draw(tmp_path, "1.png", "2.png")
    (tmp_path / "labels.csv").write_text(f"file,label\n1.png,7\n2.png,{giant}\n")
    for content in ({"class_names": cells("ant", "bee")}, None):
        if content is not None:
            savemat(tmp_path / "names.mat", content)
        assert sorted(open_dataset(tmp_path).class_names) == ["7", giant]
        (tmp_path / "names.mat").unlink(missing_ok=True)


def test_a_json_file_names_the_numbers_of_a_matlab_file(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "imagelabels.mat", LABELS)
    (tmp_path / "cat_to_name.json").write_text('{"1": "rose", "2": "tulip"}')
    assert classes_of(open_dataset(tmp_path))[NAMES[0]] == "rose"


def test_ones_by_number_are_classes_called_by_a_list(tmp_path: Path) -> None:
    ones = np.eye(3)[np.arange(8) % 3]
    savemat(draw(tmp_path, *NAMES) / "l.mat", {"labels": ones})
    assert classes_of(open_dataset(tmp_path))[NAMES[1]] == "labels 2"
    savemat(tmp_path / "l.mat", {"labels": ones.T, "attributes": cells("red", "green", "blue")})
    assert classes_of(open_dataset(tmp_path))[NAMES[1]] == "green"


def test_several_ones_are_no_classes(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", {"labels": np.array([[1, 1, 0], [0, 0, 1]] * 4)})
    dataset = open_dataset(tmp_path, for_training=False)
    assert "several labels a picture" in dataset.no_classes


def test_folders_of_numbers_get_names_where_there_is_one_for_each(tmp_path: Path) -> None:
    draw(tmp_path, "1/a.png", "2/b.png")
    savemat(tmp_path / "m.mat", {"class_names": cells("ant", "bee", "cat")})
    assert open_dataset(tmp_path).class_names == ("1", "2")
    savemat(tmp_path / "m.mat", {"class_names": cells("ant", "bee")})
    assert open_dataset(tmp_path).class_names == ("ant", "bee")


def test_a_list_that_only_repeats_the_folders_changes_nothing(tmp_path: Path) -> None:
    names = ["cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"]
    savemat(draw(tmp_path, *names) / "l.mat", {"file_list": cells(*names), "labels": [1, 1, 2, 2]})
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("class-folders", ("cat", "dog"))


def test_features_of_the_pictures_are_no_pictures(tmp_path: Path) -> None:
    names = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(10)]
    savemat(draw(tmp_path, *names) / "features.mat", {"fc7": np.zeros((20, 64))})
    dataset = open_dataset(tmp_path)
    assert dataset.layout == "class-folders"
    assert "features.mat was left out" in said(dataset)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (HEADER + b"\x0f\0\0\0\xff\xff\0\0abc", "The file is truncated"),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64" + bytes(200), "version 7.3, which is HDF5 inside"),
        (b"MATLAB 5.0 MAT-file" + b" " * 105, "no Matlab file that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_stops_nothing(tmp_path: Path, content: bytes, words: str) -> None:
    draw(tmp_path, "cat/1.png", "dog/1.png")
    (tmp_path / "labels.mat").write_bytes(content)
    dataset = open_dataset(tmp_path)
    assert dataset.layout == "class-folders"
    assert "labels.mat was not read:" in said(dataset)
    assert words in said(dataset)
    assert said(dataset).count("labels.mat") == 1


def test_a_file_a_picture_is_no_list_and_is_not_read(tmp_path: Path) -> None:
    draw(tmp_path, *(f"{name}/image_{number}.png" for name in ("cat", "dog") for number in range(11)))
    (tmp_path / "boxes").mkdir()
    for number in range(11):
        (tmp_path / "boxes" / f"box_{number}.mat").write_bytes(b"damaged")
    dataset = open_dataset(tmp_path)
    assert "11 Matlab files of one picture each, such as 'boxes/box_0.mat', were not read" in said(dataset)
    assert "was not read." not in said(dataset)


def test_files_that_say_nothing_are_named_in_one_sentence(tmp_path: Path) -> None:
    draw(tmp_path, "cat/1.png", "dog/1.png")
    for name in ("a", "b", "c", "d", "e"):
        savemat(tmp_path / f"{name}.mat", {"x": [1.5, 2.5]})
    notes = [note for note in open_dataset(tmp_path).notes if "left out" in note]
    assert notes == [
        "a.mat, b.mat, c.mat and 2 more were left out: they list no pictures that are here with a class for each."
    ]


def test_damaged_files_are_named_and_counted(tmp_path: Path) -> None:
    draw(tmp_path, "cat/1.png", "dog/1.png")
    for name in "abcde":
        (tmp_path / f"{name}.mat").write_bytes(b"damaged")
    notes = [note for note in open_dataset(tmp_path).notes if "not read" in note]
    (note,) = notes
    assert note.startswith("a.mat, b.mat, c.mat and 2 more were not read. The first: no Matlab file that can be read")


def test_numbers_of_classes_are_no_names_of_pictures(tmp_path: Path) -> None:
    draw(tmp_path, *(f"n0{name}/{number}.png" for name in (1, 2) for number in range(1, 6)))
    records = np.zeros((1, 2), [("ID", object), ("WNID", object)])
    for at in (0, 1):
        records[0, at] = (at + 1, f"n0{at + 1}")
    savemat(tmp_path / "meta.mat", {"synsets": records})
    assert open_dataset(tmp_path).layout == "class-folders"


def test_few_files_alike_may_be_lists() -> None:
    assert without_files_a_picture(["s/1.mat", "s/2.mat", "labels.mat"]) == (["s/1.mat", "s/2.mat", "labels.mat"], [])


def test_its_own_path_says_to_give_the_folder(tmp_path: Path) -> None:
    savemat(draw(tmp_path, *NAMES) / "l.mat", {"file_list": cells(*NAMES), **LABELS})
    with pytest.raises(DataError, match="for a list of picture files, give the folder that holds both"):
        open_dataset(tmp_path / "l.mat")
