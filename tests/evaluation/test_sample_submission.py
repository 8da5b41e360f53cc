"""Which picture each row of a sample submission means, and which class a column; every join worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from onelook.errors import DataError
from onelook.evaluation.id_columns import IdColumn, id_candidates
from onelook.evaluation.match_ids import Joined, join_sample
from onelook.evaluation.sample_submission import read_sample
from onelook.evaluation.write_submission import class_in, shape_of, write_like

Parts = dict[str, tuple[Sequence[str], Mapping[str, Sequence[str]]]]


def joined(folder: Path, sample: str | bytes, parts: Parts, unlabelled: Sequence[str] = ()) -> Joined:
    path = folder / "sample.csv"
    path.write_bytes(sample if isinstance(sample, bytes) else sample.encode())
    return join_sample(read_sample(path), 0, id_candidates(parts, unlabelled))


def positions(folder: Path, sample: str | bytes, parts: Parts, unlabelled: Sequence[str] = ()) -> list[int]:
    return joined(folder, sample, parts, unlabelled).positions.tolist()


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        (["b", "c", "a"], ["a", "b", "c"]),
        (["b.jpg", "c.jpg", "a.jpg"], ["imgs/a.jpg", "imgs/b.jpg", "imgs/c.jpg"]),
        (["b", "c", "a"], ["imgs/a.jpg", "imgs/b.png", "c.jpeg"]),
        (["x\\b.jpg", "x\\c.jpg", "x\\a.jpg"], ["a.jpg", "b.jpg", "c.jpg"]),
        (["B.JPG", "C.JPG", "A.JPG"], ["a.jpg", "b.jpg", "c.jpg"]),
        (["e\u0301", "c", "a"], ["a", "\u00e9", "c"]),
        (["2", "3", "1"], ["0001", "0002", "0003"]),
        (["002", "003", "001"], ["1.jpg", "2.jpg", "3.jpg"]),
        (["2.0", "3.0", "1.0"], ["1", "2", "3"]),
        (["te_002", "te_003", "te_001"], ["te_001", "te_002", "te_003"]),
    ],
)
def test_a_cycle_of_three_is_joined_in_the_order_of_the_sample(
    asked: list[str], ids: list[str], tmp_path: Path
) -> None:
    sample = "id,label\n" + "".join(f"{each},0\n" for each in asked)
    named = [f"x/{each}" for each in ids] if ids == ["1", "2", "3"] else ids  # or they would be taken for row numbers
    assert positions(tmp_path, sample, {"all": (named, {})}) == [1, 2, 0]


def test_what_is_not_asked_for_is_counted(tmp_path: Path) -> None:
    found = joined(tmp_path, "id,label\nc,0\na,0\n", {"all": (["a", "b", "c", "d"], {})})
    assert found.positions.tolist() == [2, 0]
    assert found.notes == ("2 pictures that the sample does not ask for are not in it",)


def test_rows_are_counted_off_only_where_there_are_as_many_and_no_ids(tmp_path: Path) -> None:
    rows = ["1", "2", "3"]
    assert positions(tmp_path, "id,l\n3,0\n1,0\n2,0\n", {"all": (rows, {})}) == [2, 0, 1]
    with pytest.raises(DataError, match="asks for 2 ids, the data has 3 pictures"):
        joined(tmp_path, "id,l\n3,0\n1,0\n", {"all": (rows, {})})
    with pytest.raises(DataError, match="no picture matches '3', '1' and '2'.*tried were the pictures' names and code"):
        joined(tmp_path, "id,l\n3,0\n1,0\n2,0\n", {"all": (rows, {"code": ["x", "y", "z"]})})


def test_the_samples_header_decides_between_columns(tmp_path: Path) -> None:
    others = {"id": ["2", "0", "1"], "code": ["0", "1", "2"]}
    parts: Parts = {"all": (["a.jpg", "b.jpg", "c.jpg"], others)}
    assert positions(tmp_path, "id,l\n0,0\n1,0\n2,0\n", parts) == [1, 2, 0]
    assert positions(tmp_path, "Code,l\n0,0\n1,0\n2,0\n", parts) == [0, 1, 2]
    with pytest.raises(DataError, match="found in the column 'id' and in the column 'code' of the data"):
        joined(tmp_path, "picture,l\n0,0\n1,0\n2,0\n", parts)
    alike: Parts = {"all": (["a.jpg", "b.jpg", "c.jpg"], {"id": ["2", "0", "1"], "code": ["2", "0", "1"]})}
    assert positions(tmp_path, "picture,l\n0,0\n1,0\n2,0\n", alike) == [1, 2, 0]  # two names of the same pictures


def test_a_column_that_is_not_named_is_found_by_its_values_and_said(tmp_path: Path) -> None:
    found = joined(tmp_path, "key,l\ny,0\nx,0\n", {"all": (["a.jpg", "b.jpg"], {"code": ["x", "y"]})})
    assert found.positions.tolist() == [1, 0]
    assert found.notes == ("ids were joined by the column 'code' of the data",)


def test_a_name_that_stands_in_two_parts_means_the_one_to_predict(tmp_path: Path) -> None:
    parts: Parts = {"train": (["train/1.jpg", "train/2.jpg"], {}), "test": (["test/2.jpg", "test/1.jpg"], {})}
    assert positions(tmp_path, "id,l\n1,0\n2,0\n", parts) == [3, 2]
    assert positions(tmp_path, "id,l\ntrain/2.jpg,0\n", parts) == [1]
    assert positions(tmp_path, "id,l\n1,0\n2,0\n", parts, ["train"]) == [0, 1]
    left = joined(tmp_path, "id,l\n1,0\n", parts, ["train"]).notes
    assert left == ("3 pictures that the sample does not ask for are not in it",)  # of all parts


def test_rows_of_a_part_are_counted_off_as_a_whole_and_beside_ids_not_at_all(tmp_path: Path) -> None:
    parts: Parts = {"train": (["train/1", "train/2", "train/3"], {}), "test": (["test/1", "test/2"], {})}
    assert positions(tmp_path, "id,l\n2,0\n1,0\n", parts, ["test"]) == [4, 3]
    assert positions(tmp_path, "id,l\n3,0\n1,0\n2,0\n", parts, ["test"]) == [2, 0, 1]
    with pytest.raises(DataError, match="asks for 1 id"):
        joined(tmp_path, "id,l\n1,0\n", parts, ["test"])
    ids: Parts = {"train": parts["train"], "test": (["test/0002", "test/0001"], {"key": ["0002", "0001"]})}
    assert positions(tmp_path, "id,l\n1,0\n", ids, ["test"]) == [4]
    assert positions(tmp_path, "key,l\n0002,0\n", ids, ["test"]) == [3]


def test_pictures_with_a_label_are_taken_last_whatever_the_column_is_called(tmp_path: Path) -> None:
    parts: Parts = {"a": (["a/1.jpg", "a/2.jpg"], {"id": ["1", "2"]}), "b": (["b/1.jpg", "b/2.jpg"], {})}
    assert positions(tmp_path, "id,l\n2,0\n1,0\n", parts, ["b"]) == [3, 2]
    assert positions(tmp_path, "id,l\n2,0\n1,0\n", parts, ["a", "b"]) == [1, 0]
    few = joined(tmp_path, "id,l\na/2.jpg,0\nb/1.jpg,0\n", parts, ["b"])
    assert few.positions.tolist() == [1, 2]
    assert few.notes[1:] == ("1 picture of these has a label in the data already",)


def test_the_pictures_of_a_third_part_are_counted_from_both_before_it(tmp_path: Path) -> None:
    parts: Parts = {
        "train": (["train/1.jpg", "train/2.jpg"], {}),
        "val": (["val/1.jpg", "val/2.jpg", "val/3.jpg"], {}),
        "test": (["test/2.jpg", "test/1.jpg"], {"code": ["x", "y"]}),
    }
    assert positions(tmp_path, "id,l\n1,0\n2,0\n", parts) == [6, 5]
    assert positions(tmp_path, "code,l\ny,0\nx,0\n", parts) == [6, 5]
    # Of the parts without labels the test part comes first; else those without labels before the others.
    order = [each.ids[0] for each in id_candidates(parts, ["val"]) if not each.name][1:]
    assert order == ["val/1.jpg", "test/2.jpg", "train/1.jpg"]
    order = [each.ids[0] for each in id_candidates(parts, ["val", "test"]) if not each.name][1:]
    assert order == ["test/2.jpg", "val/1.jpg", "train/1.jpg"]


def test_other_spellings_are_said(tmp_path: Path) -> None:
    found = joined(tmp_path, "id,l\n7,0\n", {"all": (["0007.jpg", "0008.jpg"], {})})
    assert found.notes[0] == "ids were joined as numbers, such as '7' and '0007.jpg'"


def test_a_name_in_two_folders_is_ambiguous_though_the_last_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'x/1\.jpg' and 'y/1\.jpg' stand for the same id '1\.jpg'"):
        joined(tmp_path, "id,l\n1.jpg,0\n2.jpg,0\n", {"all": (["x/1.jpg", "y/1.jpg", "y/2.jpg"], {})})


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["a", "z"], "no picture matches 'z'"),
        (["a", "a"], "'a' and 'a' stand for the same id 'a'"),
    ],
)
def test_what_cannot_be_joined_is_refused_with_examples(asked: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        joined(tmp_path, "id,l\n" + "".join(f"{each},0\n" for each in asked), {"all": (["a", "b"], {})})


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("\ufeffid,label\nb,0\na,0\n".encode(), ","),
        (b"id;label\nb;0\na;0\n", ";"),
        (b"id\tlabel\r\nb\t0\r\na\t0\r\n", "\t"),
        ("id,label\nb,0\na,0\n".encode("utf-16"), ","),
        (b' id , label \n"b",0\n"a",0\n', ","),
    ],
)
def test_a_sample_is_read_as_people_save_it_and_written_with_its_separator(
    content: bytes, delimiter: str, tmp_path: Path
) -> None:
    (tmp_path / "sample.csv").write_bytes(content)
    sample = read_sample(tmp_path / "sample.csv")
    assert (sample.header, sample.delimiter) == (("id", "label"), delimiter)
    shape = shape_of(sample, [IdColumn("", ["a", "b"])], ["cat", "dog"])
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])[shape.joined.positions]
    write_like(sample, tmp_path / "out.csv", shape, probabilities, ["cat", "dog"])
    assert (tmp_path / "out.csv").read_text() == f"id{delimiter}label\nb{delimiter}1\na{delimiter}0\n"


def test_the_first_line_decides_the_separator_whatever_the_rows_have_in_them(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("id;label\na,b,c;0,5\nd,e,f;0,5\n")
    sample = read_sample(tmp_path / "sample.csv")
    assert (sample.header, sample.rows) == (("id", "label"), (("a,b,c", "0,5"), ("d,e,f", "0,5")))


@pytest.mark.parametrize(
    ("lines", "has_header"),
    [
        ("b.png\t0;a.png\t0", False),  # as SIGNATE writes it
        ("b.PNG,dog;a.jpeg,dog", False),
        ("7,0;5,0", False),
        ("0,1;0,0;5,0", True),  # names of columns that pandas made
        ("image.png,label;b.png,0;a.png,0", False),
        ("image,label;b.png,0;a.png,0", True),
        ("id,label;7,0;5,0", True),
    ],
)
def test_a_sample_without_a_header_loses_no_picture_to_one(lines: str, has_header: bool, tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text(lines.replace(";", "\n") + "\n")
    sample = read_sample(tmp_path / "sample.csv")
    rows = lines.count(";") + 1
    assert (sample.has_header, len(sample.rows)) == (has_header, rows - has_header)


def test_a_sample_without_a_header_is_answered_without_one(tmp_path: Path) -> None:
    (tmp_path / "sample.tsv").write_text("b.png\tcat\na.png\tcat\n")
    sample = read_sample(tmp_path / "sample.tsv")
    shape = shape_of(sample, [IdColumn("", ["a.png", "b.png"])], ["cat", "dog"])
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])[shape.joined.positions]
    written = write_like(sample, tmp_path / "out.csv", shape, probabilities, ["cat", "dog"])
    assert (tmp_path / "out.csv").read_text() == "b.png\tdog\na.png\tcat\n"
    assert written.explanation.endswith("the sample has no header, so none is written")


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("is_cat", "cat"),
        ("p_cat", "cat"),
        ("cat_prob", "cat"),
        ("Cat (%)", "cat"),
        ("category", None),
        ("prob", None),
        ("polar_bear_p", "polar bear"),
        ("bear", "bear"),
    ],
)
def test_the_class_that_a_column_names(column: str, found: str | None) -> None:
    assert class_in(column, ["bear", "cat", "polar bear"]) == found


def test_a_column_names_a_number_in_any_spelling() -> None:
    assert class_in("class_1", ["001", "010"]) == "001"
    assert class_in("010", ["1", "10"]) == "10"
    assert class_in("p 2", ["02", "2", "3"]) == "2"


def test_of_pictures_with_one_name_those_of_the_test_folder_are_meant(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("image_name,label\n1.jpg,0\n0.jpg,0\n")
    ids = ["more/A/1.jpg", "test/0.jpg", "test/1.jpg", "train/A/0.jpg", "train/B/1.jpg"]
    joined = shape_of(read_sample(tmp_path / "sample.csv"), [IdColumn("", ids)], ["A", "B"]).joined
    assert joined.positions.tolist() == [2, 1]
    assert "of pictures with the same name those in the test folder were taken, as 'test/1.jpg'" in joined.notes
    for names in (["test/a/0.jpg", "test/b/0.jpg", "test/1.jpg"], ["more/0.jpg", "train/0.jpg", "test/1.jpg"]):
        with pytest.raises(DataError, match=r"stand for the same id '0\.jpg'"):
            shape_of(read_sample(tmp_path / "sample.csv"), [IdColumn("", names)], ["A", "B"])


def test_a_column_that_names_two_classes_is_refused() -> None:
    with pytest.raises(DataError, match="the column 'cat_or_dog' of the sample names 'cat' and 'dog'"):
        class_in("cat_or_dog", ["cat", "dog"])


def test_columns_of_classes_are_matched_by_name_and_never_by_position(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("p_dog,id,p_cat,usage\n0,b,0,x\n0,a,0,y\n")
    sample = read_sample(tmp_path / "sample.csv")
    shape = shape_of(sample, [IdColumn("", ["a", "b"])], ["cat", "dog"])
    probabilities = np.array([[0.9, 0.1], [0.25, 0.75]])[shape.joined.positions]
    written = write_like(sample, tmp_path / "out.csv", shape, probabilities, ["cat", "dog"])
    assert (tmp_path / "out.csv").read_text() == "p_dog,id,p_cat,usage\n0.75,b,0.25,x\n0.1,a,0.9,y\n"
    assert written.explanation == "each class' column holds its probability; 'usage' as in the sample"


@pytest.mark.parametrize(
    "label", ["label", "Labels", "class", "target", "category", "prediction", "Predicted", "y", "LABEL"]
)
def test_a_third_column_is_copied_where_one_has_a_usual_name_of_labels(label: str, tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text(f"usage,{label},id\nx,0,b\ny,0,a\n")
    sample = read_sample(tmp_path / "sample.csv")
    shape = shape_of(sample, [IdColumn("", ["a", "b"])], ["cat", "dog"])
    assert (shape.label, shape.joined.id_column, shape.copied) == (1, 2, (0,))
    assert shape.joined.positions.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("column", "names", "written", "told"),
    [
        ("proba", ["0", "1"], ["0.75", "0.1"], "the probability of '1', the second class, as its name says neither"),
        ("p_cat", ["cat", "dog"], ["0.25", "0.9"], "the probability of 'cat'"),
        ("confidence", ["cat", "dog"], ["0.75", "0.9"], "the probability of the likeliest class"),
        ("probability", ["ant", "cat", "dog"], ["0.75", "0.9"], "the probability of the likeliest class"),
    ],
)
def test_a_column_of_probabilities_beside_the_label_holds_no_copy_of_the_sample(
    column: str, names: list[str], written: list[str], told: str, tmp_path: Path
) -> None:
    (tmp_path / "sample.csv").write_text(f"id,{column},label\nb,0.5,0\na,0.5,0\n")
    sample = read_sample(tmp_path / "sample.csv")
    shape = shape_of(sample, [IdColumn("", ["a", "b"])], names)
    probabilities = np.array([[0.9, 0.1], [0.25, 0.75]])[shape.joined.positions]
    if len(names) > 2:
        probabilities = np.insert(probabilities, 0, 0, axis=1)
    done = write_like(sample, tmp_path / "out.csv", shape, probabilities, names)
    assert [line.split(",")[1] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]] == written
    assert f"'{column}' holds {told}" in done.explanation


def test_without_one_usual_name_of_labels_three_columns_are_refused(tmp_path: Path) -> None:
    for header in ("usage,answer,id", "class,label,id"):
        (tmp_path / "sample.csv").write_text(f"{header}\nx,0,b\ny,0,a\n")
        with pytest.raises(DataError) as refused:
            shape_of(read_sample(tmp_path / "sample.csv"), [IdColumn("", ["a", "b"])], ["cat", "dog"])
        assert str(refused.value) == (
            f"{tmp_path / 'sample.csv'}: has 3 columns: {header.replace(',', ', ')}. Expected two, for id and label, "
            "or an id and one for each class: cat, dog."
        )


def test_a_mismatch_names_what_is_missing_on_both_sides(tmp_path: Path) -> None:
    ids = [f"x/{letter}.jpg" for letter in "abcdefg"]
    with pytest.raises(DataError) as refused:
        joined(tmp_path, "id,l\nb,0\nz,0\nc,0\n", {"all": (ids, {"key": list("hijklmn"), "code": list("opqrstu")})})
    assert str(refused.value) == (
        f"{tmp_path / 'sample.csv'}: asks for 3 ids, the data has 7 pictures; no picture matches 'z'; it does not ask "
        "for 'x/a.jpg', 'x/d.jpg', 'x/e.jpg' and 2 more (tried were the pictures' names and key and code). Expected "
        "ids that are all found in the data: nothing was written."
    )


def test_two_ids_that_are_the_same_number_are_not_joined_as_numbers(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="asks for 2 ids, the data has 3 pictures"):
        joined(tmp_path, "id,l\n1,0\n01,0\n", {"all": (["x/001.jpg", "x/0001.jpg", "x/2.jpg"], {})})


def test_rows_that_are_counted_off_are_compared_whole(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no picture matches '01', '02' and '03'"):
        joined(tmp_path, "id,l\n01,0\n02,0\n03,0\n", {"all": (["1", "2", "3"], {})})


@pytest.mark.parametrize(
    ("names", "sample", "written"),
    [
        (("1", "10"), ["00", "01"], ["10", "01"]),  # as wide as the widest class
        (("1", "10"), ["0", "1"], ["10", "1"]),
        (("01", "10"), ["1", "11"], ["10", "01"]),  # 11 is no class: own spelling
    ],
)
def test_numbers_of_classes_are_as_wide_as_those_of_the_sample(
    names: tuple[str, str], sample: list[str], written: list[str], tmp_path: Path
) -> None:
    (tmp_path / "sample.csv").write_text("id,label\nb,{}\na,{}\n".format(*sample))
    read = read_sample(tmp_path / "sample.csv")
    shape = shape_of(read, [IdColumn("", ["a", "b"])], names)
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])[shape.joined.positions]
    write_like(read, tmp_path / "out.csv", shape, probabilities, names)
    assert (tmp_path / "out.csv").read_text() == "id,label\nb,{}\na,{}\n".format(*written)
