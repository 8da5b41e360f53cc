"""Four CSV files without headers: train_images, train_labels, test_images, test_labels."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from onelook.data.open import open_dataset
from onelook.errors import DataError

FILES = {
    "train_images.csv": "1,2,3,4\n5,6,7,8\n9,10,11,12\n",
    "train_labels.csv": "0\n3\n0\n",
    "test_images.csv": "255,0,255,0\n",
    "test_labels.csv": "3\n",
}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def write(folder: Path, **changes: str | None) -> Path:
    """A folder `fashion` of the four files, with some changed or (None) left out."""
    folder = folder / "fashion"
    folder.mkdir()
    for name, content in (FILES | {f"{key}.csv": value for key, value in changes.items()}).items():
        if content is not None:
            (folder / name).write_text(content)
    return folder


def test_both_pairs_are_read_and_labels_agree_by_value(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path))
    train, test = dataset.parts["train"], dataset.parts["test"]
    assert (dataset.layout, dataset.name) == ("four-csv", "fashion")
    assert dataset.class_names == ("0", "3")
    assert train.labels.tolist() == [0, 1, 0]  # type: ignore[union-attr]
    assert test.labels.tolist() == [1]  # type: ignore[union-attr]
    assert train.pictures.images[1].reshape(-1).tolist() == [5, 6, 7, 8]  # type: ignore[attr-defined]
    assert test.ids == ("test/1",)
    assert dataset.why == "it holds train_images.csv, train_labels.csv, test_images.csv, test_labels.csv"


def test_labels_of_more_classes_agree_by_value_and_empty_lines_at_the_end_are_none(tmp_path: Path) -> None:
    dataset = open_dataset(
        write(
            tmp_path,
            train_labels="7\n2\n5\n\n\n",
            test_images="255,0,255,0\n0,0,0,1\n",
            test_labels="7\n5\n",
        )
    )
    assert dataset.class_names == ("2", "5", "7")
    assert dataset.parts["train"].labels.tolist() == [2, 0, 1]  # type: ignore[union-attr]
    assert dataset.parts["test"].labels.tolist() == [2, 1]  # type: ignore[union-attr]


def test_a_zip_of_the_folder_reads_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path)
    with zipfile.ZipFile(tmp_path / "fashion.zip", "w") as packed:
        for path in folder.iterdir():
            packed.write(path, f"any name/{path.name}")
    assert open_dataset(tmp_path / "fashion.zip").fingerprint == open_dataset(folder).fingerprint


def test_headers_are_tolerated(tmp_path: Path) -> None:
    headers = {"train_images": "a,b,c,d\n1,2,3,4\n5,6,7,8\n", "train_labels": "label\n0\n3\n"}
    dataset = open_dataset(write(tmp_path, **headers, test_images="0,1,2,3\n9,9,9,9\n"))  # pandas' default header
    assert dataset.parts["train"].pictures.images.shape == (2, 2, 2, 1)  # type: ignore[attr-defined]
    assert dataset.parts["test"].pictures.images.max() == 9  # type: ignore[attr-defined]


def test_one_pair_alone_is_not_parted(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, test_images=None, test_labels=None))
    assert list(dataset.parts) == ["all"]
    assert dataset.parts["all"].ids == ("1", "2", "3")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"train_labels": "0\n3\n"},
            "train_images.csv has 3 rows and train_labels.csv has 2. Expected a label for every picture",
        ),
        ({"train_labels": None}, "train_images.csv is there, train_labels.csv is not. Expected both"),
        ({"test_images": None}, "test_labels.csv is there, test_images.csv is not."),
        (
            {"test_labels": "4\n"},
            "test_labels.csv has classes that the training data has not: 4. Expected only these: 0 and 3.",
        ),
        ({"train_labels": "0\ncat\n0\n"}, "train_labels.csv, line 2: found 'cat', expected one whole number"),
        ({"train_labels": "0\n1.5\n0\n"}, "train_labels.csv, line 2: found '1.5', expected one whole number"),
        ({"train_labels": "0\n\n0\n"}, "train_labels.csv, line 2: found '', expected one whole number"),
        ({"train_labels": "0,1\n1,0\n1,0\n"}, "train_labels.csv, line 2: found '1,0', expected one whole number"),
        ({"train_images": "1,2,3,4,5\n"}, "train_images.csv: 5 values in a row, neither a square (2×2 = 4, 3×3 = 9)"),
        (
            {"train_images": "1,2,3,4\n5,6,7\n9,9,9,9\n"},
            "train_images.csv, line 2 (row 2): 3 values, expected 4, as many as the first row",
        ),
        (
            {"test_images": "1,2,300,4\n"},
            "test_images.csv, line 1 (row 1), column '3': found '300', expected a whole number",
        ),
        ({"train_images": ""}, "train_images.csv: the file is empty."),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, changes: dict[str, str | None], message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(write(tmp_path, **changes))
    assert message in str(caught.value)
    assert str(tmp_path / "fashion") in str(caught.value)


def test_pictures_that_begin_alike_and_go_on_otherwise_are_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path)
    open_dataset(folder)
    (folder / "train_images.csv").write_text("1,2,3,4\n9,9,9,9\n7,7,7,7\n")
    images = open_dataset(folder).parts["train"].pictures.images  # type: ignore[attr-defined]
    assert images.reshape(3, 4).tolist() == [[1, 2, 3, 4], [9] * 4, [7] * 4]


def test_labels_keep_their_zeros_and_another_spelling_is_said(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, train_labels="010\n003\n010\n", test_labels="3\n"))
    assert dataset.class_names == ("003", "010")
    assert dataset.parts["test"].labels.tolist() == [0]  # type: ignore[union-attr]
    assert dataset.notes == (
        "test_labels.csv: The labels are the same numbers in another spelling: 3 was taken for '003'.",
    )


def test_a_number_in_two_spellings_is_one_class_and_said(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, train_labels="3\n03\n10\n"))
    assert dataset.class_names == ("3", "10")
    assert dataset.notes == (
        "train_labels.csv: Labels that are the same number are one class: '03' and '3' are the class 3.",
    )
