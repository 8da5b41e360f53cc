"""Pixel tables that are no plain CSV: gzipped, zipped, in Parquet, or a DataFrame. All give what the CSV gives."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

FRAME = pd.DataFrame(
    {"label": [7, 2, 7], "pixel0": [0, 1, 9], "pixel1": [10, 2, 8], "pixel2": [255, 30, 7], "pixel3": [3, 4, 6]}
)
PIXELS = [[0, 10, 255, 3], [1, 2, 30, 4], [9, 8, 7, 6]]


def pixels(dataset: Dataset, part: str = "all") -> list[list[int]]:
    found = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    assert found.dtype == np.uint8
    assert found.shape[1:] == (2, 2, 1)
    return found.reshape(len(found), -1).tolist()  # type: ignore[no-any-return]


def labels(dataset: Dataset, part: str = "all") -> list[str]:
    found = dataset.parts[part].labels
    assert found is not None
    return [dataset.class_names[label] for label in found]


def parquet(path: Path, frame: pd.DataFrame = FRAME, group: int = 2) -> Path:
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=group)
    return path


# --- packed


@pytest.mark.parametrize("name", ["train.csv.gz", "train.csv", "TRAIN.CSV.GZ", "train.csv.zip"])
def test_a_packed_csv_is_the_csv(tmp_path: Path, name: str) -> None:
    text = FRAME.to_csv(index=False).encode()
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("train.csv", text)
    else:
        (tmp_path / name).write_bytes(gzip.compress(text))
    dataset = open_dataset(tmp_path / name)
    assert (dataset.layout, dataset.class_names) == ("pixel-csv", ("2", "7"))
    assert (pixels(dataset), labels(dataset)) == (PIXELS, ["7", "2", "7"])
    assert dataset.name.casefold().startswith("train")
    assert dataset.notes == ()


def test_packed_tables_are_parts_as_plain_ones_are(tmp_path: Path) -> None:
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(FRAME.to_csv(index=False).encode()))
    (tmp_path / "test.csv.gz").write_bytes(gzip.compress(FRAME[1:].to_csv(index=False).encode()))
    assert {name: len(part) for name, part in open_dataset(tmp_path).parts.items()} == {"train": 3, "test": 2}


def test_four_files_may_be_gzipped(tmp_path: Path) -> None:
    (tmp_path / "train_images.csv.gz").write_bytes(gzip.compress(b"4,3,2,1\n5,6,7,8\n"))
    (tmp_path / "train_labels.csv.gz").write_bytes(gzip.compress(b"0\n1\n"))
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, pixels(dataset)) == ("four-csv", [[4, 3, 2, 1], [5, 6, 7, 8]])


def test_a_cut_gzip_is_refused_whole(tmp_path: Path) -> None:
    whole = gzip.compress(FRAME.to_csv(index=False).encode())
    (tmp_path / "train.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(DataError, match=r"train\.csv\.gz: the gzip file is truncated or damaged .* Download it again"):
        open_dataset(tmp_path / "train.csv.gz")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.archives._HARMLESS_BYTES", 1_000)
    rows = b"0,0,0,0,0\n" * 400_000
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(b"label,p0,p1,p2,p3\n" + rows))
    with pytest.raises(DataError, match=r"unpack to more than .* refused"):
        open_dataset(tmp_path / "train.csv.gz")


def test_columns_of_nothing_but_zeros_are_no_way_around_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.data.layouts.pixels.pixel_parquet.largest_unpacked", lambda packed: packed)
    zeros = pa.array(np.zeros(1_000, np.int64))
    pq.write_table(pa.table(dict.fromkeys(map("pixel{}".format, range(784)), zeros)), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"bytes that unpack to 784,000 pixels: pictures do not compress like that"):
        open_dataset(tmp_path / "a.parquet")


def test_tables_that_no_name_tells_apart_are_named(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(FRAME.to_csv(index=False))
    with pytest.raises(DataError, match=r"2 pixel tables, 'one\.csv' and 'two\.csv'\. Expected train, val and test by"):
        open_dataset(tmp_path)


def test_a_real_kaggle_folder_says_what_each_file_is_for(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "train.csv", index=False)
    FRAME.drop(columns="label").to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    dataset = open_dataset(tmp_path)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"all": 3}
    assert dataset.notes == (
        "sample_submission.csv is no data: give it to `onelook predict` with --like.",
        f"{tmp_path}/test.csv has no labels and was left out: after training, predict on it by its own path.",
    )


# --- Parquet


def test_parquet_of_pixels_is_the_csv(tmp_path: Path) -> None:
    dataset = open_dataset(parquet(tmp_path / "digits.parquet"))
    assert (dataset.layout, dataset.class_names) == ("pixel-parquet", ("2", "7"))
    assert (pixels(dataset), labels(dataset)) == (PIXELS, ["7", "2", "7"])
    assert dataset.why == "Parquet with 4 pixel columns, pixel0 to pixel3 (2×2 grey), and the label in column 'label'"
    (tmp_path / "digits.csv").write_text(FRAME.to_csv(index=False))
    assert dataset.fingerprint == open_dataset(tmp_path / "digits.csv").fingerprint


def test_the_order_of_columns_and_whole_floats_do_not_matter(tmp_path: Path) -> None:
    shuffled = FRAME[["pixel3", "pixel0", "label", "pixel2", "pixel1"]].astype({"pixel0": float})
    assert pixels(open_dataset(parquet(tmp_path / "a.parquet", shuffled))) == PIXELS


def test_parquet_parts_and_shards(tmp_path: Path) -> None:
    parquet(tmp_path / "train-00000-of-00002.parquet", FRAME[:2])
    parquet(tmp_path / "train-00001-of-00002.parquet", FRAME[2:])
    parquet(tmp_path / "test.parquet", FRAME[:1].drop(columns="label"))
    dataset = open_dataset(tmp_path)
    assert pixels(dataset) == PIXELS
    assert "test.parquet has no labels and was left out" in dataset.notes[-1]


def test_the_label_may_be_a_name_and_anywhere(tmp_path: Path) -> None:
    named = FRAME.assign(kind=["cat", "dog", "cat"]).drop(columns="label")
    path = parquet(tmp_path / "a.parquet", named)
    assert labels(open_dataset(path, label_column="kind")) == ["cat", "dog", "cat"]
    assert "If the label is among them, name it with --label-column" in open_dataset(path).notes[0]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (256, "column 'pixel2', row 3: found 256, expected a whole number from 0 to 255. The table"),
        (-1, "row 3: found -1"),
        (0.5, "row 3: found 0.5, expected a whole number from 0 to 255. Multiply pixels in 0 to 1 by 255"),
        (None, "row 3: found nan"),
        (float("inf"), "row 3: found inf"),
    ],
)
def test_what_is_no_pixel_is_refused_with_its_place(tmp_path: Path, value: float | None, message: str) -> None:
    path = parquet(tmp_path / "a.parquet", FRAME.assign(pixel2=[1, 2, value]))
    with pytest.raises(DataError) as caught:
        open_dataset(path)
    assert message in str(caught.value)


def test_pixels_that_make_no_square_are_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", FRAME.assign(pixel4=1))
    with pytest.raises(DataError, match=r"5 pixel columns \(pixel0 to pixel4\), neither a square"):
        open_dataset(path)


def test_an_ordinary_table_in_parquet_is_none_of_pixels(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", pd.DataFrame({"age": [1, 2], "size": [2.5, 3], "name": ["a", "b"]}))
    with pytest.raises(DataError, match="neither a column a pixel nor a column with the paths of pictures"):
        open_dataset(path)


# --- DataFrames


def test_a_frame_of_pixels_is_the_csv(tmp_path: Path) -> None:
    dataset = open_dataset(FRAME)
    assert (pixels(dataset), labels(dataset)) == (PIXELS, ["7", "2", "7"])
    assert dataset.why == (
        "a DataFrame with 4 pixel columns, pixel0 to pixel3 (2×2 grey), and the label in column 'label'"
    )
    assert (dataset.name, dataset.notes) == ("table", ())
    (tmp_path / "a.csv").write_text(FRAME.to_csv(index=False))
    assert dataset.fingerprint == open_dataset(tmp_path / "a.csv").fingerprint


def test_frames_may_be_parts_and_columns_numbers() -> None:
    numbered = FRAME.drop(columns="label").set_axis(range(4), axis=1).assign(kind=["a", "b", "a"])
    dataset = open_dataset({"train": numbered, "test": numbered[1:]}, label_column="kind")
    assert pixels(dataset, "train") == PIXELS
    assert labels(dataset, "test") == ["b", "a"]
    with pytest.raises(ConfigError, match="unknown column 'kin'"):
        open_dataset(numbered, label_column="kin")


def test_a_frame_of_fractions_keeps_them() -> None:
    dataset = open_dataset(FRAME.assign(**{f"pixel{n}": FRAME[f"pixel{n}"] / 255 for n in range(4)}))
    facts = dataset.parts["all"].pictures.facts()
    assert (facts.dtype, facts.value_range) == ("float64", (0.0, 1.0))


def test_a_polars_frame_is_read_alike() -> None:
    polars = pytest.importorskip("polars")
    dataset = open_dataset(polars.DataFrame(FRAME.to_dict("list")))
    assert (pixels(dataset), labels(dataset)) == (PIXELS, ["7", "2", "7"])


def test_tables_of_parts_and_shards_in_parquet_agree_by_label(tmp_path: Path) -> None:
    more = FRAME.assign(label=[5, 9, 2], pixel0=[100, 101, 102])
    parquet(tmp_path / "train-00000-of-00002.parquet")
    parquet(tmp_path / "train-00001-of-00002.parquet", more)
    parquet(tmp_path / "test-00000-of-00001.parquet", more.iloc[:2])
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("2", "5", "7", "9")
    assert labels(dataset, "train") == ["7", "2", "7", "5", "9", "2"]
    assert [row[0] for row in pixels(dataset, "train")] == [0, 1, 9, 100, 101, 102]
    assert labels(dataset, "test") == ["5", "9"]


def test_the_row_of_a_wrong_value_is_counted_over_all_that_is_read_at_once(tmp_path: Path) -> None:
    wrong = FRAME.astype({"pixel1": "int64"})
    wrong.loc[2, "pixel1"] = 256
    with pytest.raises(DataError, match=r"column 'pixel1', row 3: found 256, expected a whole number from 0 to 255"):
        open_dataset(parquet(tmp_path / "a.parquet", wrong, group=1))
    (tmp_path / "d").mkdir()
    parquet(tmp_path / "d" / "train-00000-of-00002.parquet")
    parquet(tmp_path / "d" / "train-00001-of-00002.parquet", wrong)
    with pytest.raises(DataError, match=r"column 'pixel1', row 6: found 256"):
        open_dataset(tmp_path / "d")


def test_another_label_column_is_read_from_parquet_and_not_from_the_cache(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", FRAME.assign(kind=["x", "y", "y"]))
    assert labels(open_dataset(path)) == ["7", "2", "7"]
    assert labels(open_dataset(path, label_column="kind")) == ["x", "y", "y"]
