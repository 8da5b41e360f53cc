"""Pixel tables: what is read, and what each malformed file is told."""

from __future__ import annotations

import hashlib
import mmap
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.pixels.header import is_row_of_values
from onelook.data.layouts.tables import plain_grid, text
from onelook.data.layouts.tables.cache import PixelTable, cached_table
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

HEADER = "label,pixel0,pixel1,pixel2,pixel3"
ROWS = ["7,0,10,255,3", "2,1,2,30,4", "7,9,8,7,6"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ONELOOK_CACHE", str(folder))
    return folder


def write(folder: Path, *lines: str, name: str = "train.csv", end: str = "\n") -> Path:
    path = folder / name
    path.write_bytes((end.join(lines) + end).encode())
    return path


def images(dataset: Dataset, part: str = "all") -> list[list[int]]:
    pictures = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return pictures.reshape(len(pictures), -1).tolist()  # type: ignore[no-any-return]


def is_mapped(array: object) -> bool:
    """Whether an array's memory is a file's."""
    while array is not None and not isinstance(array, mmap.mmap):
        array = getattr(array, "base", None)
    return array is not None


PIXELS = [[0, 10, 255, 3], [1, 2, 30, 4], [9, 8, 7, 6]]


def test_reads_pixels_labels_and_says_why(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, HEADER, *ROWS))
    part = dataset.parts["all"]
    assert dataset.layout == "pixel-csv"
    assert dataset.name == "train"
    assert dataset.class_names == ("2", "7")
    assert part.labels is not None
    assert part.labels.tolist() == [1, 0, 1]
    assert part.labels.dtype == np.int64
    assert part.ids == ("1", "2", "3")
    assert part.pictures.facts().sizes == {(2, 2): 3}
    assert part.pictures.facts().channels == 1
    assert images(dataset) == PIXELS
    assert (
        dataset.why == "a CSV header with 4 pixel columns, pixel0 to pixel3 (2×2 grey), and the label in column 'label'"
    )
    assert dataset.notes == ()


def test_columns_may_come_in_any_order_and_are_sorted_by_number(tmp_path: Path) -> None:
    shuffled = write(tmp_path, "pixel10,pixel9,Class,pixel2,pixel1", "4,3,cat,2,1", "8,7,dog,6,5")
    dataset = open_dataset(shuffled)
    assert images(dataset) == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert dataset.class_names == ("cat", "dog")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_last", [True, False])
def test_line_ends_and_a_missing_last_one_change_nothing(tmp_path: Path, end: str, is_last: bool) -> None:
    path = write(tmp_path, HEADER, *ROWS, end=end)
    if not is_last:
        path.write_bytes(path.read_bytes().removesuffix(end.encode()))
    assert images(open_dataset(path)) == PIXELS


@pytest.mark.parametrize(
    "lines",
    [
        ["\ufeff" + HEADER, *ROWS],  # a byte order mark, as Excel writes
        [HEADER.replace(",", ";"), *(row.replace(",", ";") for row in ROWS)],
        [HEADER.replace(",", "\t"), *(row.replace(",", "\t") for row in ROWS)],
        [HEADER, ROWS[0], "", *ROWS[1:], "", ""],  # empty lines
        [HEADER, '"7","0","10","255","3"', *ROWS[1:]],
        [HEADER, "7, 0, 10, 255, 3", *ROWS[1:]],
        [HEADER, "7,0.0,10.0,255.0,3.0", *ROWS[1:]],  # as pandas writes a column that once held NaN
        [HEADER, "7,000,010,255,03", *ROWS[1:]],
    ],
    ids=["bom", "semicolon", "tab", "empty lines", "quotes", "blanks", "whole floats", "leading zeros"],
)
def test_what_stands_in_real_files_is_read_all_the_same(tmp_path: Path, lines: list[str]) -> None:
    dataset = open_dataset(write(tmp_path, *lines))
    assert images(dataset) == PIXELS
    assert dataset.class_names == ("2", "7")


def test_labels_with_zeros_in_front_are_called_so(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, HEADER, "010,0,10,255,3", "001,1,2,30,4", "002,9,8,7,6"))
    assert dataset.class_names == ("001", "002", "010")
    labels = dataset.parts["all"].labels
    assert labels is not None
    assert labels.tolist() == [2, 0, 1]
    assert images(dataset) == PIXELS
    assert dataset.notes == ()


def test_a_number_in_several_spellings_is_one_class_and_said_each_time(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "01,0,10,255,3", "1,1,2,30,4", "2,9,8,7,6")
    for dataset in (open_dataset(path), open_dataset(path)):  # the second one comes from the cache
        assert dataset.class_names == ("1", "2")
        assert dataset.notes == (
            f"{path}: Labels that are the same number are one class: '01' and '1' are the class 1.",
        )


def test_a_test_table_with_the_other_spelling_has_the_same_classes(tmp_path: Path) -> None:
    write(tmp_path, HEADER, "010,0,10,255,3", "001,1,2,30,4", "002,9,8,7,6")
    test = write(tmp_path, HEADER, "10,0,10,255,3", "2,9,8,7,6", name="test.csv")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("001", "002", "010")
    labels = dataset.parts["test"].labels
    assert labels is not None
    assert labels.tolist() == [2, 1]
    note = "The labels are the same numbers in another spelling: 2 was taken for '002' and 10 for '010'."
    assert f"{test}: {note}" in dataset.notes


def test_what_an_earlier_version_kept_of_a_table_is_not_taken(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "010,0,10,255,3", "001,1,2,30,4")
    key = hashlib.sha256(f"1|{hashlib.sha256(path.read_bytes()).hexdigest()}|0".encode()).hexdigest()
    kept = PixelTable(np.zeros((2, 4), np.uint8), np.array([1, 0]), ("1", "10"))
    assert cached_table(key, lambda: kept).class_names == ("1", "10")
    dataset = open_dataset(path)
    assert dataset.class_names == ("001", "010")
    assert images(dataset) == PIXELS[:2]


def test_without_a_label_column_nothing_is_labelled(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, "pixel0,pixel1,pixel2,pixel3", "1,2,3,4", name="test.csv"))
    assert dataset.parts["all"].labels is None
    assert dataset.class_names == ()
    assert "no label column" in dataset.why


def test_the_label_column_can_be_named_and_a_wrong_name_is_matched_to_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, "shape,pixel0,pixel1,pixel2,pixel3", "round,1,2,3,4", "flat,5,6,7,8")
    unlabelled = open_dataset(path)
    assert unlabelled.parts["all"].labels is None
    assert "columns that are no pixels were left out: 'shape'. If the label is among them" in unlabelled.notes[0]
    assert open_dataset(path, label_column="shape").class_names == ("flat", "round")
    with pytest.raises(ConfigError, match=r"unknown column 'shap'. Did you mean 'shape'\?"):
        open_dataset(path, label_column="shap")


def test_of_two_columns_that_may_be_the_label_the_likelier_name_is_taken(tmp_path: Path) -> None:
    for first, second in (("y", "label"), ("label", "y"), ("digit", "class"), ("target", "category")):
        path = write(tmp_path, f"{first},{second},pixel0,pixel1,pixel2,pixel3", "a,0,1,2,3,4", "b,1,5,6,7,8")
        likelier = {"label", "class", "target"} & {first, second}
        assert open_dataset(path).class_names == (("a", "b") if first in likelier else ("0", "1")), (first, second)


@pytest.mark.parametrize(
    "name",
    ["label", "labels", "class", "target", "y", "category", "class_name", "class_id", "classname", "digit", "Label"],
)
def test_every_usual_name_of_a_label_column_is_known(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, f"pixel0,pixel1,{name},pixel2,pixel3", "1,2,a,3,4", "5,6,b,7,8")
    dataset = open_dataset(path)
    assert dataset.class_names == ("a", "b")
    assert images(dataset) == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_numbered_label_column_that_is_named_is_no_pixel(tmp_path: Path) -> None:
    path = write(tmp_path, "p0,p1,p2,p3,p4", "1,2,3,4,200", "5,6,7,8,201")
    dataset = open_dataset(path, label_column="p4")
    assert dataset.class_names == ("200", "201")
    assert images(dataset) == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_the_label_named_after_an_open_without_it_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    path = write(tmp_path, "kind,label,pixel0,pixel1,pixel2,pixel3", "a,0,1,2,3,4", "b,0,5,6,7,8", "b,1,5,6,7,8")
    assert open_dataset(path).class_names == ("0", "1")
    assert open_dataset(path, label_column="kind").class_names == ("a", "b")


def test_extra_columns_are_left_out_and_said_whatever_they_hold(tmp_path: Path) -> None:
    path = write(tmp_path, "id," + HEADER + ",source", f"10000,{ROWS[0]},web", f"10001,{ROWS[1]},scan 7")
    dataset = open_dataset(path)
    assert images(dataset) == PIXELS[:2]
    assert dataset.notes == (f"{path}: columns that are no pixels were left out: 'id' and 'source'.",)


def test_colour_has_three_values_a_pixel_and_the_order_is_said(tmp_path: Path) -> None:
    header = ",".join(["label", *(f"pixel{number}" for number in range(12))])
    dataset = open_dataset(write(tmp_path, header, "0," + ",".join(map(str, range(12))), "1" + ",0" * 12))
    pictures = dataset.parts["all"].pictures
    assert pictures.facts().channels == 3
    assert pictures.images[0, 0, 1].tolist() == [3, 4, 5]  # type: ignore[attr-defined]
    assert any("red, green and blue of the first pixel" in note for note in dataset.notes)


def test_labels_past_three_digits_and_text_in_late_rows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_grid, "_BLOCK_BYTES", 8)  # many blocks, so that labels change kind between them
    numbers = open_dataset(write(tmp_path, HEADER, "1,1,2,3,4", "2,1,2,3,4", "12345,1,2,3,4", "-1,1,2,3,4"))
    assert numbers.class_names == ("-1", "1", "2", "12345")
    texts = open_dataset(write(tmp_path, HEADER, "1,1,2,3,4", "2,1,2,3,4", "two words,1,2,3,4", name="b.csv"))
    assert texts.class_names == ("1", "2", "two words")
    assert texts.parts["all"].labels.tolist() == [0, 1, 2]  # type: ignore[union-attr]


def test_train_and_test_in_one_folder_or_zip_are_parts(tmp_path: Path) -> None:
    data = tmp_path / "digit-recognizer"
    data.mkdir()
    write(data, HEADER, *ROWS)
    write(data, HEADER, ROWS[1], name="test.csv")
    write(data, "ImageId,Label", "1,0", name="sample_submission.csv")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        for path in data.iterdir():
            packed.write(path, path.name)
    for place in (data, tmp_path / "packed.zip"):
        dataset = open_dataset(place)
        assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 3, "test": 1}
        assert dataset.parts["test"].labels.tolist() == [0]  # type: ignore[union-attr]
        assert dataset.parts["test"].ids == ("test/1",)
        assert dataset.notes == ("sample_submission.csv is no data: give it to `onelook predict` with --like.",)


def test_labels_of_the_test_table_are_those_of_the_training_table(tmp_path: Path) -> None:
    data = tmp_path / "digits"
    data.mkdir()
    write(data, HEADER, *ROWS, "5,1,1,1,1")
    write(data, HEADER, "5,0,0,0,1", "7,0,0,0,2", name="test.csv")
    dataset = open_dataset(data)
    assert dataset.class_names == ("2", "5", "7")
    assert dataset.parts["test"].labels.tolist() == [1, 2]  # type: ignore[union-attr]
    write(data, HEADER, "5,0,0,0,1", "3,0,0,0,2", name="test.csv")
    with pytest.raises(DataError, match=r"test\.csv has classes that the training data has not: 3"):
        open_dataset(data)
    write(data, "label," + ",".join(f"p{at}" for at in range(9)), "5" + ",0" * 9, name="test.csv")
    with pytest.raises(DataError, match=r"test\.csv has pictures of 9 pixels, .*train\.csv of 4\. Expected the same"):
        open_dataset(data)


def test_an_unlabelled_test_table_beside_a_labelled_one_is_left_out_and_said(tmp_path: Path) -> None:
    data = tmp_path / "kaggle"
    data.mkdir()
    write(data, HEADER, *ROWS)
    write(data, "pixel0,pixel1,pixel2,pixel3", "1,2,3,4", name="test.csv")
    dataset = open_dataset(data)
    assert list(dataset.parts) == ["all"]
    assert dataset.notes == (
        f"{data}/test.csv has no labels and was left out: after training, predict on it by its own path.",
    )


# --- malformed files: refused whole, with file, line, row, column, what was found and what was expected


WHOLE = "expected a whole number from 0 to 255"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2,1,2,abc,4", f"line 3 (row 2), column 'pixel2': found 'abc', {WHOLE}. The file is refused whole."),
        ("2,1,256,3,4", f"line 3 (row 2), column 'pixel1': found '256', {WHOLE}. The file is refused whole."),
        ("2,1000,2,3,4", f"line 3 (row 2), column 'pixel0': found '1000', {WHOLE}. The file is refused whole."),
        ("2,1,2,3,-4", f"line 3 (row 2), column 'pixel3': found '-4', {WHOLE}. The file is refused whole."),
        ("2,1,2,3,1.5", f"line 3 (row 2), column 'pixel3': found '1.5', {WHOLE}. The file is refused whole."),
        ("2,1,2,3,0.5", f"column 'pixel3': found '0.5', {WHOLE}. Multiply pixels in 0 to 1 by 255 and round them."),
        ("2,1,2,3,inf", f"column 'pixel3': found 'inf', {WHOLE}."),
        ("2,1,2,3", "line 3 (row 2): 4 values, expected 5, as many as the header has."),
        ("2,1,2,3,4,5", "line 3 (row 2): 6 values, expected 5, as many as the header has."),
        ("2,1,,3,4", "1 missing value, the first at line 3 (row 2), column 'pixel1'. Expected a value in every cell"),
        ("2,,NaN,?,4", "3 missing values, the first at line 3 (row 2), column 'pixel0'."),
        (",1,2,3,4", "1 missing value, the first at line 3 (row 2), column 'label'."),
    ],
)
def test_a_wrong_cell_or_row_refuses_the_file(tmp_path: Path, cache: Path, row: str, message: str) -> None:
    path = write(tmp_path, HEADER, ROWS[0], row, ROWS[2])
    with pytest.raises(DataError) as caught:
        open_dataset(path)
    assert str(caught.value).startswith(f"{path}")
    assert message in str(caught.value)
    assert not list(cache.rglob("*.npy"))  # nothing half-read is kept


def test_the_line_is_counted_over_empty_lines_and_the_row_is_not(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 5 \(row 3\), column 'pixel0': found 'x'"):
        open_dataset(write(tmp_path, HEADER, ROWS[0], "", ROWS[1], "2,x,2,3,4"))


def test_783_pixel_columns_are_counted_and_the_missing_one_is_named(tmp_path: Path) -> None:
    names = [f"pixel{number}" for number in range(784) if number != 412]
    path = write(tmp_path, ",".join(["label", *names]), ",".join(["1"] * 784))
    with pytest.raises(DataError) as caught:
        open_dataset(path)
    assert str(caught.value) == (
        f"{path}: 783 pixel columns (pixel0 to pixel783), neither a square (27×27 = 729, 28×28 = 784) nor three "
        "times one (3×16×16 = 768, 3×17×17 = 867). 'pixel412' is missing."
    )


def test_a_wrong_number_of_columns_without_a_gap_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"5 pixel columns .* Expected all pixels of square pictures, row by row\."):
        open_dataset(write(tmp_path, "label,a0,a1,a2,a3,a4", "1,1,1,1,1,1"))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the column 'pixel1' occurs twice in the header"):
        open_dataset(write(tmp_path, "label,pixel0,pixel1,pixel1,pixel2", "1,1,1,1,1"))


def test_a_table_without_a_header_is_told_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the first line holds values, not names of columns\. Expected a header"):
        open_dataset(write(tmp_path, *ROWS, "0,0,0,0,0"))


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.csv: a header and no rows\. Expected a row a picture\."):
        open_dataset(write(tmp_path, HEADER))


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "train.csv").touch()
    with pytest.raises(DataError, match=r"train\.csv: the file is empty\. Expected a table of pixels\."):
        open_dataset(tmp_path / "train.csv")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, *ROWS)
    path.write_bytes(path.read_bytes() + b"7,\xff\xfe,1,2,3\n")
    with pytest.raises(
        DataError, match=r"train\.csv(, after line \d+)?: not readable as CSV text .*Expected UTF-8 text\."
    ):
        open_dataset(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"label,p0,p1,p2,p3\r1,2,3,4,5\r", "its lines end with carriage returns alone"),
        (b"label,p0,p1,p2," + b"x" * 200_000 + b"\n1,2,3,4,5\n", "that starts with 'label,p0,p1,p2,xxx"),
        (b"1," * 250_000, "250,001 columns, expected at most 200,000. Keep pictures of that size as files"),
        ("label,p0,p1,p2,p3\n".encode("utf-16"), "is not UTF-8 text"),
        (b"label,p0,p1,p2,p3\nb\xe9b\xe9,2,3,4,5\n", "bytes that are not UTF-8 text"),
    ],
)
def test_text_of_other_kinds_is_told_in_plain_words(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "train.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        open_dataset(tmp_path / "train.csv")


def test_one_class_only_is_refused_for_training_and_read_for_prediction(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, ROWS[0], ROWS[2])
    with pytest.raises(DataError, match=r"train: all 2 labelled pictures are of one class, '7'\. Expected two"):
        open_dataset(path)
    assert open_dataset(path, for_training=False).class_names == ("7",)


# --- the cache


def test_the_second_open_reads_no_cell_and_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, HEADER, *ROWS)
    first = open_dataset(path)

    def refuse(*_: object) -> None:
        raise AssertionError("the table was read again")

    monkeypatch.setattr(text, "read_plain_grid", refuse)
    second = open_dataset(path)
    assert images(second) == images(first)
    assert second.fingerprint == first.fingerprint
    assert second.class_names == first.class_names
    assert is_mapped(second.parts["all"].pictures.images)  # type: ignore[attr-defined]


def test_other_content_under_the_same_name_is_read_anew(tmp_path: Path) -> None:
    before = open_dataset(write(tmp_path, HEADER, *ROWS))
    after = open_dataset(write(tmp_path, HEADER, *ROWS[:2]))
    assert (before.rows, after.rows) == (3, 2)
    assert before.fingerprint != after.fingerprint


def test_a_damaged_cache_entry_is_read_anew(tmp_path: Path, cache: Path) -> None:
    path = write(tmp_path, HEADER, *ROWS)
    open_dataset(path)
    for kept in cache.rglob("*.npy"):
        kept.write_bytes(kept.read_bytes()[:-2])
    assert images(open_dataset(path)) == PIXELS


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    monkeypatch.setenv("ONELOOK_CACHE", str(blocked))
    assert images(open_dataset(write(tmp_path, HEADER, *ROWS))) == PIXELS


def test_the_fast_and_the_careful_reader_agree_on_a_large_table(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pixels, labels = random.integers(0, 256, (700, 400)), random.integers(0, 120, 700)
    header = ",".join(["label", *(f"pixel{number}" for number in range(400))])
    rows = [",".join(map(str, [label, *row])) for label, row in zip(labels, pixels.tolist(), strict=True)]
    fast = open_dataset(write(tmp_path, header, *rows))  # 1 MB: several blocks
    careful = open_dataset(write(tmp_path, header, *rows[:-1], rows[-1] + " ", name="careful.csv"))
    assert images(fast) == pixels.tolist() == images(careful)
    assert fast.fingerprint == careful.fingerprint
    assert [int(fast.class_names[label]) for label in fast.parts["all"].labels] == labels.tolist()  # type: ignore[union-attr]


def test_a_further_pixel_table_beside_train_and_test_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    write(tmp_path, HEADER, *ROWS)
    write(tmp_path, "id,pixel0,pixel1,pixel2,pixel3", "0,1,2,3,4", name="test.csv")
    write(tmp_path, HEADER, ROWS[0], name="Dig-MNIST.csv")
    dataset = open_dataset(tmp_path)
    assert images(dataset) == PIXELS
    assert dataset.notes[-2:] == (
        "Dig-MNIST.csv is a pixel table of no part by its name and was left out: give its own path, or name it with "
        "--test.",
        f"{tmp_path}/test.csv has no labels and was left out: after training, predict on it by its own path.",
    )
    (tmp_path / "train.csv").unlink()
    with pytest.raises(DataError, match="2 pixel tables, 'Dig-MNIST.csv' and 'test.csv'"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("planes", [True, False])
def test_the_order_of_colours_is_told_by_the_pixels(tmp_path: Path, planes: bool) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    colour = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1)[None] + np.arange(6)[:, None, None, None]
    flat = (colour.transpose(0, 3, 1, 2) if planes else colour).reshape(6, 192).tolist()
    header = ",".join(["label", *(f"pixel{at}" for at in range(192))])
    dataset = open_dataset(
        write(tmp_path, header, *(",".join(map(str, [at % 2, *row])) for at, row in enumerate(flat)))
    )
    np.testing.assert_array_equal(dataset.parts["all"].pictures.images, colour)  # type: ignore[attr-defined]
    assert ("plane by plane" if planes else "pixel by pixel") in dataset.notes[0]


def test_of_a_cache_entry_without_its_labels_nothing_is_believed(tmp_path: Path, cache: Path) -> None:
    path = write(tmp_path, HEADER, *ROWS)
    labels = open_dataset(path).parts["all"].labels
    for kept in cache.rglob("labels.npy"):
        kept.unlink()
    again = open_dataset(path).parts["all"].labels
    assert labels is not None
    assert again is not None
    assert again.tolist() == labels.tolist()


def test_two_tables_without_labels_are_two_parts_called_by_their_own_ids(tmp_path: Path) -> None:
    header = "file,pixel0,pixel1,pixel2,pixel3"
    write(tmp_path, header, "b.png,1,2,3,4", "a.png,5,6,7,8")
    write(tmp_path, header, "a.png,9,9,9,9", "c.png,8,8,8,8", name="test.csv")
    dataset = open_dataset(tmp_path)
    assert {name: part.ids for name, part in dataset.parts.items()} == {
        "train": ("train/b.png", "train/a.png"),
        "test": ("test/a.png", "test/c.png"),
    }
    assert not [note for note in dataset.notes if "was left out: after training" in note]
    alone = open_dataset(tmp_path / "test.csv")
    assert alone.parts["all"].ids == ("a.png", "c.png")


def test_a_line_of_numbers_is_a_header_only_where_each_is_above_the_one_before() -> None:
    assert not is_row_of_values(["0", "1", "2", "3"])
    assert not is_row_of_values(["label", "0", "1", "2"])
    assert is_row_of_values(["0", "0", "3", "7"])
    assert is_row_of_values(["cat", "0", "4", "4"])
    assert is_row_of_values(["5", "4", "9", "cat"])
    assert not is_row_of_values(["x", "4", "3", "cat"])


def test_a_list_of_boxes_without_a_header_is_no_pixel_table(tmp_path: Path) -> None:
    write(tmp_path, "./cat/1.jpg,57,72,52,72,cat", "./dog/2.jpg,3,4,5,6,dog", name="annotation.txt")
    for name in ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / name)
    assert open_dataset(tmp_path).layout == "class-folders"


def test_tables_in_folders_of_their_own_are_parts(tmp_path: Path) -> None:
    for part in ("train", "test"):
        (tmp_path / "d" / f"sign_{part}").mkdir(parents=True)
        write(tmp_path / "d" / f"sign_{part}", HEADER, *ROWS, name=f"sign_{part}.csv")
    dataset = open_dataset(tmp_path / "d")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 3, "test": 3}
    # Beside pictures they are about the pictures, and beside tables further up they are left out.
    for name in ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"):
        (tmp_path / "d" / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / "d" / name)
    assert open_dataset(tmp_path / "d").layout == "class-folders"
