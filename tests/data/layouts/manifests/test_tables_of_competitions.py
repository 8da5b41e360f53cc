"""Several tables and folders beside each other, as competitions hand them out and people keep them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError


def draw(root: Path, names: Sequence[str], tables: Mapping[str, str]) -> Path:
    """Pictures of one grey each, and tables with `;` for the end of a line."""
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    for name, text in tables.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace(";", "\n") + "\n")
    return root


def rows_of(dataset: Dataset) -> Mapping[str, int]:
    return {name: len(part) for name, part in dataset.parts.items()}


def test_boxes_that_a_detector_found_are_no_labels(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(12)]
    images = [{"id": name, "file_name": f"{name}.png", "location": at // 3} for at, name in enumerate(names)]
    notes = [{"image_id": name, "category_id": at % 2} for at, name in enumerate(names)]
    kinds = [{"id": 0, "name": "empty"}, {"id": 1, "name": "deer"}]
    boxes = [{"category": "1", "bbox": [0.1, 0.2, 0.3, 0.3], "conf": 0.8}]
    guesses = {"images": [{"id": name, "detections": boxes} for name in names], "detection_categories": {"1": "animal"}}
    root = draw(tmp_path / "d", [f"train/{name}.png" for name in names], {})
    (root / "annotations.json").write_text(json.dumps({"images": images, "annotations": notes, "categories": kinds}))
    (root / "detector.json").write_text(json.dumps(guesses))
    found = open_dataset(root)
    assert found.class_names == ("deer", "empty")
    assert any(note.startswith("detector.json holds boxes that a detector found") for note in found.notes)
    # People drew these, and are sure of them.
    drawn = [{"id": name, "file": f"{name}.png", "kind": "ab"[at % 2]} for at, name in enumerate(names)]
    sure = [{**record, "detections": [{**boxes[0], "conf": 1.0}]} for record in drawn]
    (root / "annotations.json").unlink()
    (root / "detector.json").write_text(json.dumps(sure))
    assert open_dataset(root, label_column="kind").class_names == ("a", "b")


@pytest.mark.parametrize(("header", "cropped"), [("image,level", 11), ("row,image,level", 11), ("image,level", 7)])
def test_two_tables_of_the_same_names_in_two_folders_are_versions(tmp_path: Path, header: str, cropped: int) -> None:
    """All of the smaller table's names are in the larger one, however many more that has."""
    count = header.count(",")
    rows = [f"{at}_left,{at % 3}" for at in range(12)]
    again = [f"{at},{row}" if count > 1 else row for at, row in enumerate(rows[:cropped])]
    tables = {"labels.csv": ";".join(["image,level", *rows]), "labels_cropped.csv": ";".join([header, *again])}
    names = [f"eyes/{at}_left.png" for at in range(12)] + [f"eyes_cropped/{at}_left.png" for at in range(cropped)]
    root = draw(tmp_path / "d", names, tables)
    with pytest.raises(ConfigError, match=r"(?s)versions of each picture.*--pictures-in eyes\n.*eyes_cropped"):
        open_dataset(root)
    assert {each.partition("/")[0] for each in open_dataset(root, pictures_in="eyes").parts["all"].ids} == {"eyes"}


def test_tables_of_the_same_names_with_other_labels_are_of_other_pictures(tmp_path: Path) -> None:
    tables = {
        f"{kind}/t.csv": ";".join(["file,kind", *(f"{at}.png,{kind}{at % 2}" for at in range(6))]) for kind in "ab"
    }
    root = draw(tmp_path / "d", [f"{kind}/{at}.png" for kind in "ab" for at in range(6)], tables)
    assert rows_of(open_dataset(root)) == {"all": 12}


@pytest.mark.parametrize(("column", "are_versions"), [("camera", True), ("ClassId", False)])
def test_one_value_in_each_table_is_a_fact_of_it_or_a_class(tmp_path: Path, column: str, are_versions: bool) -> None:
    tables = {
        f"{view}.csv": ";".join([f"file,width,{column}", *(f"{at}.png,{at % 3},{view}" for at in range(9))])
        for view in ("side", "top")
    }
    root = draw(tmp_path / "d", [f"{view}/{at}.png" for view in ("side", "top") for at in range(9)], tables)
    if are_versions:
        with pytest.raises(ConfigError, match="versions of each picture"):
            open_dataset(root, label_column="width")
    else:
        assert rows_of(open_dataset(root, label_column="width")) == {"all": 18}


def test_a_group_that_holds_whole_classes_is_a_wider_class(tmp_path: Path) -> None:
    rows = [f"{at}.png,c{at % 6},{at % 6 // 2}" for at in range(24)]
    root = draw(tmp_path / "d", [f"{at}.png" for at in range(24)], {"t.csv": ";".join(["name,class,group", *rows])})
    assert open_dataset(root).parts["all"].groups is None
    of_takes = [f"{at}.png,c{at % 6},{at // 3}" for at in range(24)]
    (root / "t.csv").write_text("\n".join(["name,class,group", *of_takes]))
    assert open_dataset(root).parts["all"].groups is not None


def test_names_of_another_column_do_not_name_the_classes(tmp_path: Path) -> None:
    rows = [f"p{at},{at % 7},{at % 3}" for at in range(12)]
    tables = {
        "train.csv": ";".join(["picture,Breed1,speed", *rows]),
        "breed_labels.csv": ";".join(["BreedID,BreedName", *(f"{at},breed {at}" for at in range(7))]),
    }
    root = draw(tmp_path / "d", [f"p{at}.png" for at in range(12)], tables)
    assert open_dataset(root, label_column="speed").class_names == ("0", "1", "2")
    assert open_dataset(root, label_column="Breed1").class_names[:2] == ("breed 0", "breed 1")
    many = ["number,name", *(f"{at},kind {at}" for at in range(1, 200))]  # are no names of three degrees
    (root / "breed_labels.csv").write_text("\n".join(many))
    assert open_dataset(root, label_column="speed").class_names == ("0", "1", "2")


def test_the_table_to_predict_is_not_joined_by_a_fact_of_its_pictures(tmp_path: Path) -> None:
    rows = [f"q{at},{at % 2},{at % 3},{at},{'ab'[at % 2]}" for at in range(12)]
    tests = [f"r{at},{at % 2},{at % 3},{at}" for at in range(3)]
    tables = {
        "train.csv": ";".join(["id,colour,size,age,speed", *rows]),
        "test.csv": ";".join(["id,colour,size,age", *tests]),
    }
    root = draw(tmp_path / "d", [f"q{at}.png" for at in range(12)], tables)
    found = open_dataset(root)
    assert found.class_names == ("a", "b")
    assert not any("were joined" in note for note in found.notes)


@pytest.mark.parametrize(("train", "val"), [(8, 3), (20, 1)])  # few of the names, or most, are in one folder
def test_masks_with_the_names_of_pictures_are_no_rival_of_these(tmp_path: Path, train: int, val: int) -> None:
    parts = [("training", f"t{at}") for at in range(train)] + [("validation", f"v{at}") for at in range(val)]
    names = [f"{kind}/{part}/{name}.png" for kind in ("set/images", "set/annotations") for part, name in parts]
    rows = [f"{name} {('hall', 'shore')[at % 2]}" for at, (_, name) in enumerate(parts)]
    found = open_dataset(draw(tmp_path / "d", names, {"set/scenes.txt": ";".join(rows)}))
    assert rows_of(found) == {"train": train, "val": val}
    assert all(each.startswith("images/") for part in found.parts.values() for each in part.ids)


def test_validate_is_a_word_for_the_part_to_validate_on(tmp_path: Path) -> None:
    parts = {"train": range(8), "validate": range(8, 12), "test": range(12, 16)}
    tables = {
        f"list_{part}.tsv": ";".join(["id\tkind", *(f"x{at}\t{'ab'[at % 2]}" for at in numbers)])
        for part, numbers in parts.items()
    }
    found = open_dataset(draw(tmp_path / "d", [f"x{at}.png" for at in range(16)], tables))
    assert rows_of(found) == {"train": 8, "val": 4, "test": 4}


def test_a_list_of_names_tells_which_column_is_the_label(tmp_path: Path) -> None:
    places, kinds = ("Met", "Cleveland"), ("bronze", "clay", "oil")
    rows = [f"{places[at % 2]}_{at}.png,{kinds[at % 3]},{places[at % 2]}" for at in range(18)]
    names = [row.partition(",")[0] for row in rows]
    tables = {"art.csv": ";".join(["file,material,museum", *rows]), "kinds.csv": "0,bronze;1,clay;2,oil;3,wood"}
    found = open_dataset(draw(tmp_path / "d", names, tables))
    assert found.class_names == kinds
    assert any(note.startswith("kinds.csv lists the values of 'material'") for note in found.notes)
    (tmp_path / "d" / "kinds.csv").write_text("0,brick\n1,glass\n")  # of other things
    assert open_dataset(tmp_path / "d").class_names == ("Cleveland", "Met")


@pytest.mark.parametrize(
    ("file", "is_own"), [("mine_0.05.csv", True), ("test_labels.csv", False), ("solution.csv", False)]
)
def test_an_answer_to_a_sample_is_no_table_of_labels(tmp_path: Path, file: str, is_own: bool) -> None:
    ids = ";".join(f"{at},0.5" for at in range(4))
    own = ";".join(f"{at},{at % 2}" for at in range(4))
    names = [f"train/{kind}.{at}.png" for kind in ("cat", "dog") for at in range(6)]
    tables = {"sample_submission.csv": f"id,label;{ids}", file: f"id,label;{own}"}
    root = draw(tmp_path / "d", [*names, *(f"test/{at}.png" for at in range(4))], tables)
    found = open_dataset(root, layout="labelled-names")
    assert (rows_of(found), found.class_names) == ({"train": 12, "test": 4}, ("cat", "dog"))
    assert any(note.startswith(f"{file} lists the pictures to predict") for note in found.notes) == is_own


def test_annotations_may_point_to_pictures_that_are_called_by_their_ids(tmp_path: Path) -> None:
    counts = {"train": 8, "validation": 4, "test": 4}
    root = draw(
        tmp_path / "d", [f"{part}/{at}.png" for part, count in counts.items() for at in range(1, count + 1)], {}
    )
    for part, count in counts.items():
        images = [{"image_id": at, "url": [f"https://example.org/{at}x.jpg"]} for at in range(1, count + 1)]
        labels = [{"image_id": at, "label_id": at % 2} for at in range(1, count + 1)]
        told = {"images": images} if part == "test" else {"images": images, "annotations": labels}
        (root / f"{part}.json").write_text(json.dumps(told))
    found = open_dataset(root)
    assert (rows_of(found), found.class_names) == ({"train": 8, "val": 4}, ("0", "1"))
    assert all(each.startswith("validation/") for each in found.parts["val"].ids)
    several = [{"imageId": str(at), "labelId": [str(at % 3), str(at % 2)]} for at in range(1, 9)]
    (root / "train.json").write_text(json.dumps({"images": several, "annotations": several}))
    with pytest.raises(DataError, match="several categories"):
        open_dataset(root / "train.json")


def test_a_table_of_names_without_suffixes_may_list_many_pictures_that_are_not_here(tmp_path: Path) -> None:
    rows = [f"{1 + at * 7919:08x},{'ab'[at // 9 % 2]}" for at in range(60)]
    some = [f"im/{row[:8]}.png" for row in rows[::6]]
    root = draw(tmp_path / "d", some, {"t.csv": ";".join(["name,kind", *rows])})
    found = open_dataset(root)
    assert found.class_names == ("a", "b")
    assert any("50 files that t.csv lists are missing" in note for note in found.notes)


def test_a_table_of_one_box_a_picture_and_no_class_is_object_detection(tmp_path: Path) -> None:
    rows = [f"{at}.png,{at}.5,2{at % 3}.5,{at},7{at}" for at in range(6)]
    root = draw(tmp_path / "d", [f"{at}.png" for at in range(6)], {"t.csv": ";".join(["file,x,y,w,h", *rows])})
    with pytest.raises(DataError, match="object detection"):
        open_dataset(root)


def test_a_folder_of_resized_pictures_is_left_out_though_some_classes_lack_copies(tmp_path: Path) -> None:
    names = [f"images/{kind}/{kind}_{at}.png" for kind in ("ann", "bob", "cy", "dot", "eve") for at in range(4)]
    copies = [f"resized/{name.rpartition('/')[2]}" for name in names[:16]]
    found = open_dataset(draw(tmp_path / "d", [*names, *copies], {}))
    assert (rows_of(found), len(found.class_names)) == ({"all": 20}, 5)
    some = draw(tmp_path / "e", [*names, *copies[:9]], {})  # fewer may be other pictures
    with pytest.raises(ConfigError, match="each may be the class"):
        open_dataset(some)


def test_drawings_of_some_of_the_pictures_in_a_table_are_no_classes(tmp_path: Path) -> None:
    rows = [f"eye-{at},{'ab'[at % 2]}" for at in range(12)]
    names = [f"whole/eye-{at}.png" for at in range(12)] + [f"cup/eye-{at}.png" for at in range(0, 12, 3)]
    found = open_dataset(draw(tmp_path / "d", names, {"eyes.csv": ";".join(["name,types", *rows])}))
    assert (rows_of(found), found.class_names) == ({"all": 12}, ("a", "b"))
    assert all(each.startswith("whole/") for each in found.parts["all"].ids)


def test_a_table_to_predict_with_a_row_for_several_pictures_is_named_as_such(tmp_path: Path) -> None:
    rows = [f"{'ab'[at % 2]},{at % 3},{at},pet{at:02d},{at % 4}" for at in range(16)]
    tests = [f"{'ab'[at % 2]},{at % 3},{at},odd{at:02d}" for at in range(3)]
    tables = {
        "train/train.csv": ";".join(["kind,colour,age,id,speed", *rows]),
        "test/test.csv": ";".join(["kind,colour,age,id", *tests]),
    }
    names = [f"train_images/pet{at:02d}-{shot}.png" for at in range(16) for shot in (1, 2)]
    found = open_dataset(draw(tmp_path / "d", [*names, "test_images/odd00-1.png"], tables), label_column="speed")
    assert rows_of(found) == {"all": 32}
    wanted = "test/test.csv has the columns of train/train.csv without 'speed': it seems to list pictures to predict."
    assert wanted in found.notes


@pytest.mark.parametrize(
    ("file", "is_answer"),
    [("blend.csv", True), ("pseudo_labels.csv", True), ("test_predictions.csv", True), ("true.csv", False)],
)
@pytest.mark.parametrize("has_sample", [True, False])
def test_answers_on_the_test_pictures_are_not_their_labels(
    tmp_path: Path, file: str, is_answer: bool, has_sample: bool
) -> None:
    tables = {
        "train.csv": ";".join(["id,kind", *(f"x{at},{'ab'[at % 2]}" for at in range(12))]),
        file: ";".join(["id,kind", *(f"y{at},{'ab'[at // 2 % 2]}" for at in range(6))]),
    }
    if has_sample:
        tables["sample_submission.csv"] = ";".join(["id,a,b", *(f"y{at},0.5,0.5" for at in range(6))])
    names = [f"train/x{at}.png" for at in range(12)] + [f"test/y{at}.png" for at in range(6)]
    found = open_dataset(draw(tmp_path / "d", names, tables))
    is_left_out = any(note.startswith(f"{file} lists the pictures to predict") for note in found.notes)
    assert is_left_out == (is_answer and (has_sample or file != "blend.csv"))
    test = found.parts.get("test")
    assert (test is None or test.labels is None) or not is_left_out


def test_probabilities_beside_the_label_are_no_labels(tmp_path: Path) -> None:
    rows = [f"x{at},{'ab'[at % 2]}" for at in range(12)]
    tables = {
        "labels.csv": ";".join(["id,kind", *rows]),
        "oof.csv": ";".join(["id,a,b", *(f"x{at},0.{at + 10},0.{90 - at}" for at in range(12))]),
        "sample_submission.csv": "id,a,b;z1,0.5,0.5;z2,0.5,0.5",
    }
    assert open_dataset(draw(tmp_path / "d", [f"x{at}.png" for at in range(12)], tables)).class_names == ("a", "b")


def test_a_question_about_columns_names_a_price_as_a_number_to_predict(tmp_path: Path) -> None:
    rows = [f"{at}.png,{'abc'[at % 3]},{at // 2 % 4},{195000 + 977 * at}" for at in range(24)]
    root = draw(
        tmp_path / "d", [f"{at}.png" for at in range(24)], {"t.csv": ";".join(["file,town,rooms,price", *rows])}
    )
    with pytest.raises(ConfigError, match="'price' holds numbers to predict, which onelook does not learn. Choose one"):
        open_dataset(root)
