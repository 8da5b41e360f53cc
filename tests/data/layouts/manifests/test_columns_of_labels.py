"""Which column is the label among marks, ranks of living things, wells, and columns that pictures' names begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.commands.inspect import inspect_data
from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.columns.raters.votes import read_votes
from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

Row = Callable[[int], str]


def listed(root: Path, header: str, row: Row, name: Row = "{:05d}.png".format, rows: int = 24) -> Path:
    """A table with a row for each picture; without a header if it is empty."""
    root.mkdir()
    lines = [header] if header else []
    for at in range(rows):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / name(at))
        lines.append(f"{name(at)},{row(at)}")
    (root / "list.csv").write_text("\n".join(lines) + "\n")
    return root


def label_of(dataset: Dataset) -> str:
    return dataset.why.rpartition("the label in the column ")[2].strip("'")


def test_numbers_that_are_the_same_in_all_rows_or_places_in_the_picture_are_no_votes() -> None:
    alike = {"n": ["9", "9", "9"], "m": ["3", "3", "3"], "k": ["1", "1", "1"]}
    assert read_votes(alike, []) is None
    assert read_votes({**alike, "n": ["9", "8", "9"], "m": ["3", "4", "3"]}, []) is not None
    places = {"shape.cx": ["9", "8", "9"], "shape.cy": ["3", "4", "3"], "k": ["1", "1", "1"]}
    assert read_votes(places, []) is None


# --- people's marks


MARKS = [(2, 5, 3), (0, 4, 6), (9, 1, 0)]  # their means are 2.1, 2.6 and 1.1


@pytest.mark.parametrize("mean_column", ["MOS", "value"], ids=["by its name", "by its values alone"])
@pytest.mark.parametrize("total", ["", ",10"], ids=["", "a column of sums"])
def test_marks_from_people_with_their_mean_are_a_number_to_predict(
    tmp_path: Path, mean_column: str, total: str
) -> None:
    def row(at: int) -> str:
        marks = MARKS[at % 3]
        mean = sum(mark * count for mark, count in zip((1, 2, 3), marks, strict=True)) / 10
        return ",".join(map(str, marks)) + f"{total},{mean}"

    header = f"file,c1,c2,c3{',c_total' if total else ''},{mean_column}"
    found = inspect_data(listed(tmp_path / "d", header, row))
    (finding,) = [each for each in found.findings if each.check == "no-classes"]
    assert f"The column '{mean_column}' holds 3 different numbers in 24 rows" in finding.message
    assert found.dataset.class_names == ()


def test_a_mark_is_the_number_to_predict_before_other_decimals(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "file,score,std", lambda at: f"{1 + at / 9:.2f},{at / 31:.2f}")
    (finding,) = [each for each in inspect_data(root).findings if each.check == "no-classes"]
    assert finding.message.startswith("The column 'score' holds 24 different numbers")


def test_votes_stay_votes_without_their_sum_and_with_names_of_classes() -> None:
    columns = {"id": ["a", "b"], "sad": ["7", "2"], "glad": ["2", "6"], "calm": ["1", "2"], "all": ["10", "10"]}
    found = read_votes(columns, ["id"])
    assert found is not None
    assert (found.columns, found.labels) == (("sad", "glad", "calm"), ("sad", "glad"))
    # Numbers of cars, and their sum, differ from row to row: nobody voted.
    assert read_votes({**columns, "glad": ["3", "6"], "all": ["11", "10"]}, ["id"]) is None


def test_a_label_that_is_left_beside_marks_comes_with_a_note(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "file,MOS,camera", lambda at: f"{1 + at / 7:.3f},{'ab'[at % 2]}")
    dataset = open_dataset(root)
    assert label_of(dataset) == "camera"
    assert "'MOS' holds numbers to predict, which onelook does not learn." in dataset.notes


def test_long_numbers_name_pictures_in_a_later_column_too(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "", lambda at: "", "{}.png".format, rows=0)
    lines = []
    for at in range(20):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / f"{95_000 + 7 * at}.png")
        lines.append(f"{at + 1} {95_000 + 7 * at} {at % 2}")
    (root / "list.csv").unlink()
    (root / "list.txt").write_text("\n".join(lines) + "\n")
    (found,) = survey(Location(root)).listing
    assert found.path == "column 2"


# --- ranks of living things


SPECIES = [("Aves", "Passeriformes", "Parus", "Parus major"), ("Aves", "Anseriformes", "Anas", "Anas crecca")]


@pytest.mark.parametrize(
    ("header", "row", "label", "wider"),
    [
        ("class,order,genus,species,class_id", [(*each, str(at)) for at, each in enumerate(SPECIES)], "species", True),
        ("class,order,genus", [each[:3] for each in SPECIES], "genus", True),
        ("Class,Order,Genus,scientificName,label", [(*s, str(at)) for at, s in enumerate(SPECIES)], None, True),
        ("class,order", [("ill", "3"), ("well", "4")], "class", False),  # two ranks alone may mean other things
    ],
)
def test_a_class_beside_other_ranks_is_a_rank(
    tmp_path: Path, header: str, row: Sequence[Sequence[str]], label: str | None, wider: bool
) -> None:
    dataset = open_dataset(listed(tmp_path / "d", f"file,{header}", lambda at: ",".join(row[at % 2])))
    assert label_of(dataset) == (label or "scientificName")
    assert any("--label-column chooses" in note and "wider rank" in note for note in dataset.notes) is wider


# --- facts of a laboratory, and a second table


def test_a_well_is_no_label_but_a_group_and_a_second_table_is_named_with_its_keys(tmp_path: Path) -> None:
    wells = ("B02", "B03", "C05", "C06", "D07", "D08")

    def row(at: int) -> str:
        return f"{wells[at // 4]},{('DMSO', 'taxol', 'ALLN')[at // 8]},{('0.0', '0.3', '3.0')[at // 8]}"

    root = listed(tmp_path / "d", "file,Well,Image_Compound,Image_Dose", row)
    (root / "effect.csv").write_text("compound,dose,effect\nDMSO,0.0,none\ntaxol,0.3,stable\nALLN,3.0,less\n")
    dataset = open_dataset(root)
    assert label_of(dataset) == "Image_Compound"
    assert dataset.parts["all"].group_names == wells
    assert (
        "effect.csv has 'effect' for the values of 'Image_Compound' and 'Image_Dose' in list.csv, and was not joined: "
        "to learn it, write it into a column of that table." in dataset.notes
    )


# --- the beginnings of names


def test_the_number_that_names_begin_with_decides_between_columns_without_names(tmp_path: Path) -> None:
    def name(at: int) -> str:
        return f"{at // 4:03d}_{at:04d}.png"

    root = listed(tmp_path / "d", "", lambda at: f"{30 + at % 3},{5 + at % 2},{at // 4}", name)
    dataset = open_dataset(root)
    assert dataset.class_names == ("0", "1", "2", "3", "4", "5")
    assert any("'column 4' ('000' is '0'), so this column is the label" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        ("{0:02d}_{1}.png", "file,nr,mood", "{0},{2}"),  # a person's number
        ("p{0}_{1}.png", "file,who,mood", "p{0},{2}"),
        ("{0:02d}_{1}.png", "", "{0},{2}"),
    ],
)
def test_numbers_in_names_may_be_persons_and_decide_nothing_beside_words(
    tmp_path: Path, name: str, header: str, row: str
) -> None:
    def cells(at: int) -> tuple[int, int, str]:
        return at // 4, at, ("sad", "glad")[at % 2]

    root = listed(tmp_path / "d", header, lambda at: row.format(*cells(at)), lambda at: name.format(*cells(at)))
    with pytest.raises(ConfigError, match="2 columns that may be the label"):
        open_dataset(root)


def test_words_that_names_begin_with_decide(tmp_path: Path) -> None:
    root = listed(
        tmp_path / "d",
        "file,light,pet",
        lambda at: f"{('sun', 'rain')[at // 12]},{('cat', 'dog')[at % 2]}",
        lambda at: f"{('cat', 'dog')[at % 2]}-{at:03d}.png",
    )
    assert label_of(open_dataset(root, layout="manifest")) == "pet"


def test_a_test_table_with_a_picture_of_each_class_has_the_label_of_the_training_table(tmp_path: Path) -> None:
    root = tmp_path / "d"
    for part, rows in (("train", 24), ("test", 6)):
        (root / part).mkdir(parents=True)
        lines = []
        for at in range(rows):
            name = f"{at * 6 // rows:03d}_{part}_{at:02d}.png"
            Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / part / name)
            lines.append(f"{name};{30 + at % 3};{at * 6 // rows};")
        (root / f"{part}.txt").write_text("\r\n".join(lines) + "\r\n")
    dataset = open_dataset(root, layout="manifest")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 24, "test": 6}
    labels = dataset.parts["test"].labels
    assert labels is not None
    assert [dataset.class_names[each] for each in labels] == ["0", "1", "2", "3", "4", "5"]


# --- boxes and outlines without a class


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("EncodedPixels", "a row for each outline in a picture, and no class (segmentation)"),
        ("bbox", "a row for each box in a picture, and no class (object detection)"),
    ],
)
def test_rows_of_boxes_without_a_class_are_named_and_do_not_repeat(tmp_path: Path, columns: str, said: str) -> None:
    root = listed(tmp_path / "d", f"file,{columns}", lambda at: f"{at} 1 9 2")
    with (root / "list.csv").open("a") as table:
        table.write("".join(f"{at:05d}.png,{at} 20 29 2\n" for at in range(9)))
    found = inspect_data(root)
    assert found.dataset.rows == 24
    (finding,) = [each for each in found.findings if each.check == "no-classes"]
    assert finding.message.startswith(f"list.csv has {said}: not one class a picture")
    assert not any("repeat" in note for note in found.dataset.notes)


# --- a table by its own path


def test_a_table_without_a_header_loses_no_row_by_its_own_path(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "", lambda at: "ab"[at % 2])
    for data in (root, root / "list.csv"):
        assert open_dataset(data).rows == 24


def test_several_labels_in_the_tables_of_two_parts_are_named(tmp_path: Path) -> None:
    for part in ("train", "test"):
        root = listed(tmp_path / part, "file,ill,old,thin", lambda at: f"{at % 2},{at // 2 % 2},{at // 4 % 2}", rows=12)
        (root / "list.csv").rename(tmp_path / f"{part}.csv")
    (finding,) = [each for each in inspect_data(tmp_path).findings if each.check == "no-classes"]
    assert finding.message.startswith("The columns 'ill', 'old' and 'thin' hold 0 and 1, and some picture has several")


def test_a_column_that_tells_the_chief_one_of_several_marks_is_the_label(tmp_path: Path) -> None:
    def row(at: int) -> str:
        chief = at % 3
        return f"{chief},{int(chief == 1 or at == 2)},{int(chief == 2 or at == 4)},{(at // 3) % 4}"

    dataset = open_dataset(listed(tmp_path / "chief", "file,stress,rust,mites,severity", row))
    assert label_of(dataset) == "stress"
    assert any(note.startswith("Each value of 'stress' goes with a 1 in one of") for note in dataset.notes)
    other = listed(tmp_path / "other", "file,site,rust,mites", lambda at: f"{at % 2},{row(at)[2:5]}")
    with pytest.raises(DataError, match="The columns 'site', 'rust' and 'mites' hold 0 and 1"):
        open_dataset(other)


def test_a_usual_label_in_another_table_stands_above_marks_that_are_called_like_one(tmp_path: Path) -> None:
    """DeepFashion's lists have the number of their rows above the header, and one name for all the marks."""
    names = [f"img/{'coat' if at % 2 else 'shirt'}_{at // 4}/img_{at}.png" for at in range(16)]
    for at, name in enumerate(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / name)
    for table, header, cell in (
        ("list_attr_img", "attribute_labels", lambda at: f"{at % 2 * 2 - 1:>2} {at // 2 % 2 * 2 - 1:>2} -1"),
        ("list_category_img", "category_label", lambda at: f"{at % 4 + 1}"),
        ("list_eval_partition", "evaluation_status", lambda at: ("train", "train", "val", "test")[at % 4]),
    ):
        rows = [f"{name:<40} {cell(at)}" for at, name in enumerate(names)]
        (tmp_path / f"{table}.txt").write_text("\n".join(["16", f"image_name{'':<30} {header}", *rows]) + "\n")
    dataset = open_dataset(tmp_path)
    assert label_of(dataset) == "category_label"
    assert {name: len(part.ids) for name, part in dataset.parts.items()} == {"train": 8, "val": 4, "test": 4}


def test_a_mark_that_a_sample_asks_for_is_the_label_beside_a_column_that_the_test_lacks_too(tmp_path: Path) -> None:
    root = listed(
        tmp_path / "d", "image,cancer,biopsy,density", lambda at: f"{at % 2},{int(at % 5 == 0)},{'ABCD'[at // 2 % 4]}"
    )
    (root / "list.csv").rename(root / "train.csv")
    (root / "test.csv").write_text("image,view\nx.png,CC\n")
    (root / "sample_submission.csv").write_text("image,cancer\nx.png,0.02\n")
    assert label_of(open_dataset(root)) == "cancer"


def test_a_mark_that_says_what_the_folders_say_stands_above_a_category_of_few_pictures(tmp_path: Path) -> None:
    """As in FracAtlas, whose outlines name the fractured pictures alone."""
    for folder in ("Fractured", "Non_fractured"):
        (tmp_path / "images" / folder).mkdir(parents=True)
    rows, outlined = ["image_id,hand,leg,fractured"], ["image_id,category"]
    for at in range(24):
        is_fractured = at % 3 == 0
        folder = "Fractured" if is_fractured else "Non_fractured"
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / "images" / folder / f"{at:02d}.png")
        rows.append(f"{at:02d}.png,{at % 2},{at // 2 % 2},{int(is_fractured)}")
        outlined += [f"{at:02d}.png,{'crack' if at % 2 else 'break'}"] if is_fractured else []
    (tmp_path / "dataset.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "masks.csv").write_text("\n".join(outlined) + "\n")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("Fractured", "Non_fractured")
    assert len(dataset.parts["all"]) == 24


def test_numbers_of_the_training_pictures_are_named_beside_a_folder_to_predict(tmp_path: Path) -> None:
    """As Galaxy Zoo, whose folder of the test is not in the table."""
    (tmp_path / "images_test_rev1").mkdir()
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / "images_test_rev1" / "7.png")
    header = ",".join(["id", *(f"Class{at // 3 + 1}.{at % 3 + 1}" for at in range(9))])  # as many as a picture has
    listed(tmp_path / "images_training_rev1", header, lambda at: ",".join(f"0.{at + more:03d}1" for more in range(9)))
    (tmp_path / "images_training_rev1" / "list.csv").rename(tmp_path / "training_solutions_rev1.csv")
    with pytest.raises(DataError, match="numbers to predict, and no classes"):
        open_dataset(tmp_path)
