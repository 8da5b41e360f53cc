"""Parquet as Hugging Face keeps pictures: splits, shards, labels and their names, and rows that cannot be read."""

from __future__ import annotations

import io
import json
import resource
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from onelook.data.layouts.hugging_face.parquet import HfParquet
from onelook.data.layouts.tables import parquet_rows
from onelook.data.layouts.tables.parquet_rows import ParquetRows, read_facts
from onelook.data.open import open_dataset
from onelook.data.prepare import prepare
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

SMALL = DecodeSettings(height=6, width=8, channels=1)
NAMES = ["cat", "dog"]


def png(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 6), level).save(file, "PNG")
    return file.getvalue()


def write(
    path: Path,
    levels: list[int | bytes | None],
    labels: list[Any] | None = None,
    *,
    names: list[str] | None = NAMES,
    image: str = "image",
    label: str = "label",
    row_group_size: int = 2,
    more: dict[str, Any] | None = None,
) -> Path:
    """A file of grey 8×6 pictures of these levels (or of these bytes), as `datasets` writes it."""
    contents = [png(level) if isinstance(level, int) else level for level in levels]
    pictures = [{"bytes": content, "path": f"{at}.png"} for at, content in enumerate(contents)]
    columns: dict[str, Any] = {
        image: pa.array(pictures, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
    }
    features: dict[str, Any] = {image: {"_type": "Image"}}
    if labels is not None:
        columns[label] = labels
        features[label] = {"names": names, "_type": "ClassLabel"} if names else {"dtype": "int64", "_type": "Value"}
    table = pa.table(columns | (more or {}))
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, row_group_size=row_group_size)
    return path


def labels_of(dataset: Any) -> dict[str, list[int]]:
    return {name: part.labels.tolist() for name, part in dataset.parts.items()}


def levels_of(dataset: Any, part: str) -> list[int]:
    return [int(level) for level in dataset.parts[part].pictures.decode(SMALL).images[:, 0, 0, 0]]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two training shards under `data/`, a validation and a test file, beside a README, as in a repository."""
    root = tmp_path / "pets"
    write(root / "data" / "train-00000-of-00002.parquet", [10, 20, 30], [1, 0, 1])
    write(root / "data" / "train-00001-of-00002-0123456789abcdef.parquet", [40, 50], [0, 1])
    write(root / "data" / "validation-00000-of-00001.parquet", [60, 70], [0, 1])
    write(root / "data" / "test-00000-of-00001.parquet", [80], [1])
    (root / "README.md").write_text("# Pets")
    return root


def test_shards_are_parts_in_order(shards: Path) -> None:
    dataset = open_dataset(shards)
    assert (dataset.layout, dataset.name, dataset.class_names) == ("hf-parquet", "pets", ("cat", "dog"))
    assert labels_of(dataset) == {"train": [1, 0, 1, 0, 1], "val": [0, 1], "test": [1]}
    assert levels_of(dataset, "train") == [10, 20, 30, 40, 50]
    assert levels_of(dataset, "test") == [80]
    assert dataset.parts["val"].ids == ("val/1", "val/2")
    assert dataset.why == "4 Parquet files with pictures in the column 'image', labels in 'label'"
    facts = dataset.parts["train"].pictures.facts()
    assert (facts.sizes, facts.channels) == ({(6, 8): 5}, 1)


def test_bare_numbers_are_the_classes_of_the_training_part_in_every_part(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [1, 2, 3, 4], [9, 5, 7, 5], names=None)
    write(tmp_path / "validation.parquet", [5, 6], [7, 9], names=None)
    write(tmp_path / "test.parquet", [7], [9], names=None)
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("5", "7", "9")
    assert labels_of(dataset) == {"train": [2, 0, 1, 0], "val": [1, 2], "test": [2]}
    write(tmp_path / "train.parquet", [1, 2, 3], [2, 1, 2], names=None)
    write(tmp_path / "validation.parquet", [5], [1], names=None)  # not the class at position 1, which is called 2
    write(tmp_path / "test.parquet", [7], [2], names=None)
    assert labels_of(open_dataset(tmp_path)) == {"train": [1, 0, 1], "val": [0], "test": [1]}
    write(tmp_path / "test.parquet", [7], [8], names=None)
    with pytest.raises(DataError, match="has classes that the training data has not: 8"):
        open_dataset(tmp_path)


def test_a_zip_holds_the_same(shards: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in shards.rglob("*.*"):
            archive.write(path, path.relative_to(shards))
    dataset = open_dataset(tmp_path / "pets.zip")
    assert labels_of(dataset) == labels_of(open_dataset(shards))
    assert levels_of(dataset, "train") == [10, 20, 30, 40, 50]


def test_folders_called_like_parts_are_parts(tmp_path: Path) -> None:
    write(tmp_path / "default" / "train" / "0000.parquet", [1, 2], [0, 1])
    write(tmp_path / "default" / "train" / "0001.parquet", [3, 4], [0, 1])
    write(tmp_path / "default" / "test" / "0000.parquet", [5], [0])
    assert labels_of(open_dataset(tmp_path)) == {"train": [0, 1, 0, 1], "test": [0]}


def test_one_file_is_not_parted_and_its_labels_may_be_words_or_bare_numbers(tmp_path: Path) -> None:
    words = open_dataset(write(tmp_path / "a.parquet", [1, 2, 3], ["b", "a", "b"], names=None, image="img"))
    assert (words.class_names, labels_of(words)) == (("a", "b"), {"all": [1, 0, 1]})
    bare = open_dataset(write(tmp_path / "b.parquet", [1, 2], [7, 3], names=None, label="labels"))
    assert (bare.class_names, labels_of(bare)) == (("3", "7"), {"all": [1, 0]})
    assert bare.parts["all"].ids == ("1", "2")


def test_labels_are_positions_among_the_names_even_where_these_are_numbers(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "a.parquet", [1, 2], [0, 1], names=["9", "0"]))
    assert (dataset.class_names, labels_of(dataset)) == (("9", "0"), {"all": [0, 1]})


def test_pictures_may_be_plain_bytes(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": [png(1), png(2)], "label": [0, 1]}), tmp_path / "a.parquet")
    assert levels_of(open_dataset(tmp_path / "a.parquet"), "all") == [1, 2]


def test_configurations_of_one_data_set_are_asked_about(tmp_path: Path) -> None:
    for folder in ("160px", "full size"):
        for part in ("train", "validation"):
            (tmp_path / "imagenette" / folder).mkdir(parents=True, exist_ok=True)
            write(tmp_path / "imagenette" / folder / f"{part}-00000-of-00001.parquet", [1, 2], [0, 1])
    with pytest.raises(ConfigError, match="lie in 2 folders, as configurations of one data set do") as asked:
        open_dataset(tmp_path)
    root = tmp_path / "imagenette"
    assert asked.value.options == (f"{root}/160px", f"'{root}/full size'")
    assert open_dataset(root / "full size").rows == 4


def test_two_label_columns_ask_for_a_choice(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [1, 2], [0, 1], label="fine_label", more={"coarse_label": [5, 6]})
    with pytest.raises(
        ConfigError, match=r"columns fine_label and coarse_label could each be .* --label-column fine_la"
    ):
        open_dataset(path)
    assert open_dataset(path, label_column="coarse_label").class_names == ("5", "6")
    assert open_dataset(path, label_column="fine_label").class_names == ("cat", "dog")
    with pytest.raises(ConfigError, match="unknown column 'coarse'. Did you mean 'coarse_label'"):
        open_dataset(path, label_column="coarse")


def test_a_test_split_of_minus_ones_is_unlabelled(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [1, 2], [0, 1])
    write(tmp_path / "test.parquet", [3, 4], [-1, -1])
    dataset = open_dataset(tmp_path)
    assert dataset.parts["test"].labels is None
    assert open_dataset(write(tmp_path / "x" / "a.parquet", [1, 2])).parts["all"].labels is None


def test_minus_one_without_names_is_a_class_like_another(tmp_path: Path) -> None:
    assert open_dataset(write(tmp_path / "a.parquet", [1, 2], [-1, 1], names=None)).class_names == ("-1", "1")


# --- rows that cannot be read


def test_a_row_that_is_no_picture_is_set_aside(tmp_path: Path) -> None:
    levels = [1, png(2)[:40], 3, None, b"I am a text", 6]
    dataset = open_dataset(write(tmp_path / "a.parquet", levels, [0, 1, 0, 1, 0, 1]))
    for _ in ("first", "from the cache"):
        decoded = dataset.parts["all"].pictures.decode(SMALL)
        assert decoded.kept.tolist() == [0, 2, 5]
        assert decoded.images[:, 0, 0, 0].tolist() == [1, 3, 6]
        assert list(decoded.quarantined) == [1, 3, 4]
        assert decoded.quarantined[3] == "the file is empty (0 bytes)"
        assert "I am a text" in decoded.quarantined[4]


def test_a_damaged_row_group_sets_its_rows_aside(tmp_path: Path) -> None:
    rows = [np.random.Generator(np.random.PCG64(at)).bytes(300) for at in range(2)]
    path = write(tmp_path / "a.parquet", [1, 2, *rows, 5, 6], [0, 1] * 3)
    content = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content[start : start + 12] = b"\xff" * 12
    path.write_bytes(content)
    decoded = open_dataset(path).parts["all"].pictures.decode(SMALL)
    assert decoded.kept.tolist() == [0, 1, 4, 5]
    assert all("not a Parquet file that can be read" in reason for reason in decoded.quarantined.values())


def test_the_ledger_counts_them(tmp_path: Path) -> None:
    levels: list[int | bytes | None] = [*range(0, 200, 10), b"text", 0]
    dataset = open_dataset(write(tmp_path / "a.parquet", levels, [0, 1] * 11))
    ledger = prepare(dataset, SMALL, val=0.2, seed=0).ledger
    assert ledger.counts() == {"found": 22, "used": 21, "quarantined": 1, "duplicate": 0}
    assert [*ledger][20].id == "21"


def test_no_more_than_a_few_row_groups_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_rows, "_KEPT_BYTES", 100)
    read: list[int] = []
    original = parquet_rows.ParquetRows._read_group
    monkeypatch.setattr(
        parquet_rows.ParquetRows, "_read_group", lambda self, group: read.append(group) or original(self, group)
    )
    dataset = open_dataset(write(tmp_path / "a.parquet", list(range(20)), [0, 1] * 10, row_group_size=4))
    rows = dataset.parts["all"].pictures._location  # type: ignore[attr-defined]
    rows._kept.clear()
    read.clear()
    rows.read("2")  # as a sample does
    for name in dataset.parts["all"].ids:
        rows.read(name)
        assert len(rows._kept) <= 2
    assert read == [0, 1, 2, 3, 4]  # each once, in order


def test_a_row_group_of_which_each_row_was_read_is_kept_no_longer(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "a.parquet", list(range(20)), [0, 1] * 10, row_group_size=10))
    rows = dataset.parts["all"].pictures._location  # type: ignore[attr-defined]
    rows._kept.clear()
    for name in dataset.parts["all"].ids:
        rows.read(name)
        assert list(rows._kept) == [] if name in ("10", "20") else [(int(name) - 1) // 10]


# --- what does not fit


def test_a_missing_shard_is_told(shards: Path) -> None:
    (shards / "data" / "train-00000-of-00002.parquet").unlink()
    with pytest.raises(DataError, match=r"1 of 2 shards is missing beside data/train-00001-of-00002"):
        open_dataset(shards)


@pytest.mark.parametrize("other", ["train-00000-of-00001", "train-00001-of-00002"])
def test_shards_of_two_versions_are_not_one_data_set(shards: Path, other: str) -> None:
    write(shards / "data" / f"{other}.parquet", [90], [0])
    with pytest.raises(DataError, match=r"two sets beside data/train-0000.*Expected each shard once"):
        open_dataset(shards)


def test_files_that_are_no_parts(tmp_path: Path) -> None:
    write(tmp_path / "extra.parquet", [1, 2], [0, 1])
    write(tmp_path / "other.parquet", [1, 2], [0, 1])
    with pytest.raises(DataError, match=r"Parquet files called extra and other\. Expected train, validation and test"):
        open_dataset(tmp_path)
    write(tmp_path / "train.parquet", [1, 2], [0, 1])
    assert open_dataset(tmp_path).notes == ("Parquet files that are no part by name were left out: extra and other.",)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 2], r"the label 2 in row 3, but the file names 2 classes: cat and dog\. Expected 0 to 1\."),
        ([0, None, 1], r"1 of 3 pictures has no label, the first in row 2\."),
        ([0, 1, -1], r"1 of 3 pictures has no label, the first in row 3\."),
        ([[0], [1], [0, 1]], r"the column 'label' holds list<.*Expected one label a picture"),
        ([0.5, 1.0, 0.0], r"the label in row 1 is 0\.5"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, labels: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(write(tmp_path / "a.parquet", [1, 2, 3], labels))


def test_damaged_metadata_only_costs_the_names(tmp_path: Path) -> None:
    table = pa.table({"image": [png(1), png(2)], "label": [0, 1]}).replace_schema_metadata({"huggingface": "{"})
    pq.write_table(table, tmp_path / "a.parquet")
    assert open_dataset(tmp_path / "a.parquet").class_names == ("0", "1")


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, shards: Path) -> None:
    path = write(tmp_path / "a.parquet", [1, 2], [0, 1])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"a\.parquet: not a Parquet file that can be read"):
        open_dataset(path)
    (shards / "data" / "train-00001-of-00002-0123456789abcdef.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"train-00001-of-00002-0123456789abcdef\.parquet: not a Parquet file"):
        open_dataset(shards)


def test_a_table_without_pictures_is_another_layout(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": ["a.png"], "label": [0]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"the columns image and label\. Expected a column 'image' of encoded pictures"):
        open_dataset(tmp_path / "a.parquet", layout="hf-parquet")
    assert HfParquet().recognise(Location(tmp_path / "a.parquet")) is None


def test_files_of_other_columns_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [1, 2], [0, 1])
    write(tmp_path / "test.parquet", [1, 2], [0, 1], image="img")
    with pytest.raises(DataError, match=r"test\.parquet has img and label|train\.parquet has image and label"):
        open_dataset(tmp_path)


def test_a_count_of_rows_that_no_file_of_that_size_has_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": pa.nulls(100_000, pa.binary())}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"says that it has 100,000 rows, in [\d,]+ bytes\. It is damaged"):
        open_dataset(tmp_path / "a.parquet")


def test_a_picture_that_a_file_repeats_is_in_memory_once(tmp_path: Path) -> None:
    rows = 5_000
    images = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([png(9) + bytes(1 << 20)]))
    table = pa.table({"image": images, "label": [row % 2 for row in range(rows)]})
    pq.write_table(table, tmp_path / "a.parquet", dictionary_pagesize_limit=1 << 30, row_group_size=rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    location = Location(tmp_path / "a.parquet")
    pictures = ParquetRows(location, [read_facts(location, "a.parquet")], "image")
    assert pictures.read("1") == pictures.read("5000") == png(9) + bytes(1 << 20)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500 << 10  # KiB, where all rows take 5 GB


def test_a_row_group_that_swells_is_refused_unread(tmp_path: Path) -> None:
    table = pa.table({"image": pa.array([bytes(40 << 20)] * 2)})
    pq.write_table(table, tmp_path / "a.parquet", compression="gzip", use_dictionary=False)
    with pytest.raises(DataError, match=r"a row group that unpacks to 83,886,\d+ bytes, in a file of"):
        read_facts(Location(tmp_path / "a.parquet"), "a.parquet")


def test_texts_that_are_none_are_refused_as_labels(tmp_path: Path) -> None:
    labels = pa.array([b"\xff", b"cat"]).view(pa.string())
    pq.write_table(pa.table({"image": [png(1), png(2)], "label": labels}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="it holds bytes that are not UTF-8 text"):
        open_dataset(tmp_path / "a.parquet")


def test_flipped_bits_end_in_an_error_or_in_quarantine(tmp_path: Path) -> None:
    good = write(tmp_path / "a.parquet", [1, 2, 3, 4], [0, 1, 0, 1]).read_bytes()
    random = np.random.Generator(np.random.PCG64(3))
    for at, bit in zip(random.integers(0, len(good), 60), random.integers(0, 8, 60), strict=True):
        content = bytearray(good)
        content[at] ^= 1 << bit
        (tmp_path / "a.parquet").write_bytes(content)
        try:
            decoded = open_dataset(tmp_path / "a.parquet", for_training=False).parts["all"].pictures.decode(SMALL)
        except DataError:
            continue
        assert len(decoded.kept) + len(decoded.quarantined) == 4


@pytest.mark.parametrize(
    ("columns", "classes", "grouped"),
    [
        ({"patient_id": list("aabb") * 2, "diagnosis": list("xyxy") * 2, "view": list("ccmm") * 2}, ("x", "y"), True),
        ({"subject": list("aabb") * 2}, ("a", "b"), False),  # nothing else may be the class
        ({"diagnosis": list("xyxy") * 2, "patient_id": [None, *"abbaabb"]}, ("x", "y"), True),
    ],
)
def test_groups_in_a_column_are_kept_unless_they_are_the_classes(
    columns: dict[str, Any], classes: tuple[str, ...], grouped: bool, tmp_path: Path
) -> None:
    pictures = [{"bytes": png(20 * at), "path": None} for at in range(8)]
    pq.write_table(pa.table({"image": pictures, **columns}), tmp_path / "train.parquet")
    part = open_dataset(tmp_path).pool
    assert open_dataset(tmp_path).class_names == classes
    if not grouped:
        assert part.groups is None
        return
    groups = columns["patient_id"]
    assert part.groups is not None
    assert [None if group < 0 else part.group_names[group] for group in part.groups] == groups
