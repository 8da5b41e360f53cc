"""`onelook predict` where the pictures to predict lie beside those to learn from, and only tables tell them apart."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.commands.evaluate import evaluate_model
from onelook.commands.predict import Predicted, predict
from onelook.data.open import open_dataset
from onelook.errors import DataError

DARK, LIGHT = 0, 255


def draw(root: Path, pictures: Mapping[str, int]) -> Path:
    """Draw a picture of one brightness under each name."""
    for name, level in pictures.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), level).save(root / name)
    return root


def table(path: Path, header: str, *rows: str) -> Path:
    path.write_text("\n".join([header, *rows, ""]))
    return path


def labels_of(path: Path) -> dict[str, str]:
    with path.open(newline="") as file:
        return {row["id"]: row["label"] for row in csv.DictReader(file)}


def submitted(model: Path, data: Path, sample: Path) -> tuple[dict[str, str], Predicted]:
    out = data.parent / "out.csv"
    found = predict(model, data, out, like=sample)
    return labels_of(out), found


TRAINED = {"pool/w_1.png": DARK, "pool/w_2.png": LIGHT, "pool/w_4.png": DARK}
ASKED = {"pool/w_3.png": LIGHT, "pool/w_5.png": DARK}
LABELLED = ("w_1.png,dark", "w_2.png,light", "w_4.png,dark")


@pytest.fixture
def whales(tmp_path: Path) -> Path:
    """One folder of pictures, of which train.csv lists three."""
    root = draw(tmp_path / "whales", TRAINED | ASKED)
    table(root / "train.csv", "image,label", *LABELLED)
    return root


@pytest.mark.parametrize("ids", [("w_5.png", "w_3.png"), ("w_5", "w_3"), ("pool/w_5.png", "pool/w_3.png")])
def test_a_sample_finds_its_pictures_beside_those_that_a_table_lists(
    brightness_model: Path, whales: Path, ids: Sequence[str]
) -> None:
    sample = table(whales / "sample_submission.csv", "id,label", *(f"{each},dark" for each in ids))
    labels, found = submitted(brightness_model, whales, sample)
    assert labels == {ids[0]: "dark", ids[1]: "light"}
    assert found.explanation is not None
    assert found.explanation.endswith("3 pictures that the sample does not ask for are not in it")


def test_ids_that_no_picture_has_are_refused_by_name(brightness_model: Path, whales: Path) -> None:
    sample = table(whales / "sample_submission.csv", "image,label", "w_3.png,dark", "w_5.png,dark", "w_9.png,dark")
    with pytest.raises(DataError, match=r"asks for 3 ids, the data has 5 pictures; no picture matches 'w_9\.png'; "):
        submitted(brightness_model, whales, sample)
    assert not (whales.parent / "out.csv").exists()


def test_pictures_with_a_label_that_the_sample_asks_for_are_counted(brightness_model: Path, whales: Path) -> None:
    sample = table(whales / "sample_submission.csv", "id,label", "w_2.png,dark", "w_3.png,dark")
    labels, found = submitted(brightness_model, whales, sample)
    assert labels == {"w_2.png": "light", "w_3.png": "light"}
    assert "1 picture of these has a label in the data already" in str(found.explanation)


def test_without_a_sample_every_picture_is_predicted_and_it_is_said_which_no_table_lists(
    brightness_model: Path, whales: Path
) -> None:
    found = predict(brightness_model, whales, whales.parent / "out.csv")
    assert labels_of(whales.parent / "out.csv") == {
        name: "light" if level else "dark" for name, level in (TRAINED | ASKED).items()
    }
    assert {name: len(part) for name, part in found.dataset.parts.items()} == {"labelled": 3, "unlisted": 2}
    assert found.dataset.notes == (
        "2 pictures that train.csv does not list are predicted too: 'pool/w_3.png' and 'pool/w_5.png'.",
    )
    assert open_dataset(whales).rows == 3  # which training still takes alone


def test_a_table_of_the_test_gives_the_ids_that_the_pictures_are_not_called_by(
    brightness_model: Path, tmp_path: Path
) -> None:
    root = draw(tmp_path / "data", TRAINED | ASKED)
    table(root / "train.csv", "key,image,label", *(f"{number + 10},{row}" for number, row in enumerate(LABELLED)))
    table(root / "test.csv", "key,image", "21,w_5.png", "20,w_3.png")
    sample = table(root / "sample_submission.csv", "id,label", "20,dark", "21,dark")
    labels, found = submitted(brightness_model, root, sample)
    assert labels == {"20": "light", "21": "dark"}
    assert {name: part.ids for name, part in found.dataset.parts.items()} == {
        "labelled": ("pool/w_1.png", "pool/w_2.png", "pool/w_4.png"),
        "test": ("pool/w_5.png", "pool/w_3.png"),
    }


@pytest.mark.parametrize("named", ["train_labels.csv", "labels.csv"])
def test_of_two_pictures_with_one_name_the_sample_means_the_one_without_a_label(
    brightness_model: Path, tmp_path: Path, named: str
) -> None:
    root = draw(tmp_path / "data", {f"train/{n}.png": DARK for n in range(1, 5)})
    draw(root, {f"test/{n}.png": LIGHT for n in (1, 2)})
    table(root / named, "id,label", *(f"{n},{'dark' if n % 2 else 'light'}" for n in range(1, 5)))
    sample = table(root / "sample_submission.csv", "id,label", "2,dark", "1,dark")
    assert submitted(brightness_model, root, sample)[0] == {"2": "light", "1": "light"}


def test_pictures_without_a_label_among_labelled_ones_are_predicted_too(brightness_model: Path, tmp_path: Path) -> None:
    root = draw(tmp_path / "data", TRAINED | ASKED)
    table(root / "all.csv", "image,label", *LABELLED, "w_3.png,", "w_5.png,")
    found = predict(brightness_model, root, tmp_path / "out.csv")
    assert {name: len(part) for name, part in found.dataset.parts.items()} == {"labelled": 3, "test": 2}
    assert open_dataset(root).rows == 3


def test_a_column_of_parts_parts_the_pictures_to_predict(brightness_model: Path, tmp_path: Path) -> None:
    root = draw(tmp_path / "data", {f"{part}/{n}.png": DARK for part in ("a", "b") for n in (1, 2)})
    rows = [
        f"{part}/{n}.png,{label},{split}"
        for part, split in (("a", "train"), ("b", "test"))
        for n, label in ((1, "x"), (2, "y"))
    ]
    table(root / "all.csv", "path,label,split", *rows)
    found = predict(brightness_model, root, tmp_path / "out.csv").dataset
    assert {name: part.ids for name, part in found.parts.items()} == {
        "train": ("a/1.png", "a/2.png"),
        "test": ("b/1.png", "b/2.png"),
    }


def test_words_that_are_no_parts_are_no_matter_to_a_prediction(whales: Path) -> None:
    words = ("train", *(f"fold {at}" for at in range(1, len(LABELLED))))
    table(whales / "train.csv", "image,label,split", *map(",".join, zip(LABELLED, words, strict=True)))
    with pytest.raises(DataError, match="the column 'split' holds 'fold 1'"):
        open_dataset(whales, layout="manifest")
    assert open_dataset(whales, layout="manifest", needs_labels=False).rows == 5


def test_a_listed_file_that_is_missing_keeps_its_row(brightness_model: Path, whales: Path) -> None:
    table(whales / "train.csv", "image,label", *LABELLED, "w_7.png,dark")
    found = predict(brightness_model, whales, whales.parent / "out.csv")
    assert found.rows == 6
    assert found.unreadable == {"pool/w_7.png": "train.csv lists it, but there is no such file"}


def test_tables_that_training_must_choose_between_are_no_matter_to_a_prediction(
    brightness_model: Path, whales: Path
) -> None:
    table(whales / "more.csv", "file,kind", "w_3.png,light", "w_5.png,dark")
    table(whales / "train.csv", "image,label", *LABELLED)
    (whales / "train.csv").rename(whales / "labels.csv")
    with pytest.raises(DataError, match="2 tables list pictures"):
        open_dataset(whales)
    found = predict(brightness_model, whales)
    assert sorted(found.batch.ids) == sorted(TRAINED | ASKED)


def test_a_table_of_solutions_scores_its_own_pictures_alone(brightness_model: Path, whales: Path) -> None:
    solution = table(whales / "solution.csv", "image,label", "w_5.png,dark", "w_3.png,light")
    scored = evaluate_model(brightness_model, solution)
    assert (scored.evaluation.rows, scored.evaluation.accuracy) == (2, 1.0)
    assert scored.dataset.parts["all"].ids == ("pool/w_5.png", "pool/w_3.png")


def pixels(path: Path, header: str, rows: Mapping[str, int]) -> None:
    columns = [f"pixel{at}" for at in range(64)]
    table(path, ",".join([header, *columns]), *(",".join([key, *[str(level)] * 64]) for key, level in rows.items()))


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Pixel tables: two pictures to learn from, three to predict."""
    (tmp_path / "digits").mkdir()
    pixels(tmp_path / "digits" / "train.csv", "label", {"dark": DARK, "light": LIGHT})
    return tmp_path / "digits"


def test_the_unlabelled_pixel_table_of_a_folder_is_predicted_by_its_ids(brightness_model: Path, digits: Path) -> None:
    pixels(digits / "test.csv", "id", {"0003": DARK, "0002": LIGHT, "0001": DARK})
    sample = table(digits / "sample_submission.csv", "id,label", "0001,dark", "0002,dark")
    labels, found = submitted(brightness_model, digits, sample)
    assert labels == {"0001": "dark", "0002": "light"}
    assert {name: len(part) for name, part in found.dataset.parts.items()} == {"train": 2, "test": 3}
    # Rows of the other table are no ids of this one: 2 is 0002, and never the second row of train.csv.
    sample = table(digits / "sample_submission.csv", "id,label", "2,dark", "1,dark")
    assert submitted(brightness_model, digits, sample)[0] == {"2": "light", "1": "dark"}


def test_rows_of_a_pixel_table_in_a_folder_are_counted_off_only_as_a_whole(
    brightness_model: Path, digits: Path
) -> None:
    columns = ",".join(f"pixel{at}" for at in range(64))
    table(digits / "test.csv", columns, *(",".join([str(level)] * 64) for level in (LIGHT, DARK, DARK)))
    whole = table(digits / "sample_submission.csv", "id,label", "3,dark", "1,dark", "2,dark")
    assert submitted(brightness_model, digits, whole)[0] == {"3": "dark", "1": "light", "2": "dark"}
    some = table(digits / "sample_submission.csv", "id,label", "1,dark")
    with pytest.raises(DataError, match="no picture matches|asks for 1 id"):
        submitted(brightness_model, digits, some)


def test_training_leaves_the_unlabelled_pixel_table_out_as_before(digits: Path) -> None:
    pixels(digits / "test.csv", "id", {"0003": DARK, "0002": LIGHT, "0001": DARK})
    dataset = open_dataset(digits)
    assert dataset.rows == 2
    assert any("has no labels and was left out" in note for note in dataset.notes)
    assert np.array_equal(dataset.parts["all"].labels, [0, 1])


def test_the_row_of_a_side_of_a_patient_is_the_mean_of_its_views(brightness_model: Path, tmp_path: Path) -> None:
    """RSNA's breast cancer detection: `prediction_id` is a patient and a side, in two views or more."""
    views = {"10008/7.png": DARK, "10008/8.png": LIGHT, "10008/9.png": LIGHT, "10009/5.png": DARK}
    root = draw(tmp_path / "rsna", {f"test_images/{name}": level for name, level in views.items()})
    (root / "test_images/10009/6.png").write_bytes(b"no picture")
    sides = ("10008_L", "10008_R", "10008_R", "10009_L", "10009_L")
    rows = [
        (*name.removesuffix(".png").split("/"), side) for name, side in zip([*views, "10009/6.png"], sides, strict=True)
    ]
    table(root / "test.csv", "patient_id,image_id,prediction_id", *map(",".join, rows))
    draw(root, {f"train_images/{patient}/{patient}1.png": DARK for patient in (1, 2)})
    table(root / "train.csv", "patient_id,image_id,light", "1,11,0", "2,21,0")
    sample = table(
        root / "sample_submission.csv", "prediction_id,light", "10009_L,0.02", "10008_R,0.02", "10008_L,0.02"
    )
    out = tmp_path / "out.csv"
    found = predict(brightness_model, root, out, like=sample)
    (_, first), (_, second), (_, third) = (line.split(",") for line in out.read_text().split()[1:])
    assert float(first) < 0.5 < float(second)
    assert float(third) < 0.5
    assert found.rows == 3
    assert list(found.unreadable) == ["test_images/10009/6.png"]
    assert "each row is the mean of the probabilities of its pictures, as of 2 pictures for '10009_L'" in str(
        found.explanation
    )
