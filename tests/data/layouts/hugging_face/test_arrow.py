"""Arrow as `save_to_disk` of Hugging Face writes it: parts, labels and their names, and files that cannot be read."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from onelook.data.layouts.tables.arrow_files import read_arrow
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

SMALL = DecodeSettings(height=6, width=8, channels=1)
PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def png(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 6), level).save(file, "PNG")
    return file.getvalue()


def table(levels: Sequence[int | bytes | None], **columns: Any) -> pa.Table:
    """Grey 8×6 pictures of these levels (or of these bytes), with Hugging Face's description of the columns."""
    contents = [png(level) if isinstance(level, int) else level for level in levels]
    pictures = pa.array([{"bytes": content, "path": f"{at}.png"} for at, content in enumerate(contents)], PICTURE)
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    if "label" in columns:
        features["label"] = {"names": ["cat", "dog"], "_type": "ClassLabel"}
    described = json.dumps({"info": {"features": features}})
    return pa.table({"image": pictures, **columns}).replace_schema_metadata({"huggingface": described})


def write(path: Path, rows: pa.Table, *, batch_rows: int = 2, **how: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, rows.schema, **how) as stream:
        stream.write_table(rows, max_chunksize=batch_rows)
    return path


def saved(folder: Path, *tables: pa.Table) -> Path:
    """A folder as `Dataset.save_to_disk` writes it."""
    names = [f"data-{at:05}-of-{len(tables):05}.arrow" for at in range(len(tables))]
    for name, rows in zip(names, tables, strict=True):
        write(folder / name, rows)
    (folder / "dataset_info.json").write_text('{"features": {}}')
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]}))
    return folder


def levels_of(dataset: Any, part: str) -> list[int]:
    return [int(level) for level in dataset.parts[part].pictures.decode(SMALL).images[:, 0, 0, 0]]


def test_a_saved_dict_of_splits_is_parts_in_order(tmp_path: Path) -> None:
    root = tmp_path / "pets"
    saved(root / "train", table([10, 20, 30], label=[1, 0, 1]), table([40, 50], label=[0, 1]))
    saved(root / "test", table([80, 90], label=[1, 0]))
    (root / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    dataset = open_dataset(root)
    assert (dataset.layout, dataset.name, dataset.class_names) == ("hf-arrow", "pets", ("cat", "dog"))
    assert dataset.why == "3 Arrow files with pictures in the column 'image', labels in 'label'"
    assert {name: part.labels.tolist() for name, part in dataset.parts.items() if part.labels is not None} == {
        "train": [1, 0, 1, 0, 1],
        "test": [1, 0],
    }
    assert (levels_of(dataset, "train"), levels_of(dataset, "test")) == ([10, 20, 30, 40, 50], [80, 90])
    assert dataset.notes == ("5 other files were not read (5 .json).",)
    taken = pickle.loads(pickle.dumps(dataset.parts["train"].pictures.take(np.array([4, 3]))))
    assert taken.decode(SMALL).images[:, 0, 0, 0].tolist() == [50, 40]


def test_one_saved_split_is_not_parted_and_opens_from_a_zip_and_by_its_file(tmp_path: Path) -> None:
    root = saved(tmp_path / "pets", table([1, 2, 3, 4], label=[0, 1, 1, 0]))
    with zipfile.ZipFile(tmp_path / "pets.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in root.iterdir():
            archive.write(path, path.name)
    for place in (root, root / "data-00000-of-00001.arrow", tmp_path / "pets.zip"):
        dataset = open_dataset(place)
        assert (dataset.class_names, levels_of(dataset, "all")) == (("cat", "dog"), [1, 2, 3, 4])


def test_files_of_the_cache_have_the_part_in_their_names(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write(tmp_path / f"mnist-{part}.arrow", table([1, 2], label=[0, 1]))
    assert list(open_dataset(tmp_path).parts) == ["train", "test"]


def test_the_variant_with_an_index_and_bytes_without_a_struct(tmp_path: Path) -> None:
    rows = pa.table({"picture": pa.array([png(7), None, png(9)], pa.large_binary()), "kind": ["a", "b", "a"]})
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file, pa.ipc.new_file(file, rows.schema) as stream:
        stream.write_table(rows)
    dataset = open_dataset(tmp_path / "a.arrow", label_column="kind")
    decoded = dataset.parts["all"].pictures.decode(SMALL)
    assert (decoded.kept.tolist(), decoded.images[:, 0, 0, 0].tolist()) == ([0, 2], [7, 9])
    assert decoded.quarantined == {1: "the file is empty (0 bytes)"}
    assert dataset.class_names == ("a", "b")


def test_two_saved_data_sets_are_asked_about(tmp_path: Path) -> None:
    for name in ("large", "small"):
        saved(tmp_path / name, table([1, 2], label=[0, 1]))
    with pytest.raises(ConfigError, match="lie in 2 folders") as asked:
        open_dataset(tmp_path)
    assert asked.value.options == (f"{tmp_path}/large", f"{tmp_path}/small")


def test_a_missing_shard_is_told(tmp_path: Path) -> None:
    saved(tmp_path, table([1], label=[0]), table([2], label=[1]))
    (tmp_path / "data-00000-of-00002.arrow").unlink()
    with pytest.raises(DataError, match=r"1 of 2 shards is missing beside data-00001-of-00002\.arrow"):
        open_dataset(tmp_path)


def test_pictures_that_lie_elsewhere_are_told(tmp_path: Path) -> None:
    saved(tmp_path, table([None, None], label=[0, 1]))
    with pytest.raises(DataError, match="holds no pictures, at most their paths on another machine"):
        open_dataset(tmp_path)


def test_arrow_without_pictures_is_named(tmp_path: Path) -> None:
    saved(tmp_path, pa.table({"x": [1, 2], "label": [0, 1]}))
    with pytest.raises(DataError, match="Arrow, of which onelook reads encoded pictures"):
        open_dataset(tmp_path)


def test_kinds_that_are_not_read_are_named(tmp_path: Path) -> None:
    def reason(rows: pa.Table, **how: Any) -> str:
        write(tmp_path / "data-00000-of-00001.arrow", rows, **how)
        with pytest.raises(DataError) as caught:
            open_dataset(tmp_path)
        return str(caught.value)

    packed = pa.ipc.IpcWriteOptions(compression="zstd")
    assert "not read here: its columns are packed. Save it as Parquet." in reason(table([1, 2]), options=packed)
    assert "it has dictionaries. Save" in reason(table([1, 2], kind=pa.array(["a", "b"]).dictionary_encode()))
    views = pa.table({"image": pa.array([png(1)] * 2, pa.binary_view())})
    assert "the pictures are of the type binary_view" in reason(views)


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "data-00000-of-00001.arrow", table([1, 2, 3], label=[0, 1, 0]))
    whole = path.read_bytes()
    for size in (0, 7, 100, len(whole) - 300, len(whole) - 8, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(DataError, match=r"arrow: not an Arrow file that can be read\. It is damaged"):
            open_dataset(tmp_path)


def test_a_count_of_rows_that_no_file_of_that_size_has_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.arrow", pa.table({"image": pa.nulls(100_000)}), batch_rows=100_000)
    with pytest.raises(DataError, match=r"says that it has 100,000 rows, in [\d,]+ bytes\. It is damaged"):
        read_arrow(Location(tmp_path / "a.arrow"), "a.arrow")


def test_flipped_bits_end_in_an_error_or_in_quarantine(tmp_path: Path) -> None:
    good = write(tmp_path / "a.arrow", table([1, 2, 3, 4], label=[0, 1, 0, 1])).read_bytes()
    random = np.random.Generator(np.random.PCG64(3))
    for at, bit in zip(random.integers(0, len(good), 60), random.integers(0, 8, 60), strict=True):
        content = bytearray(good)
        content[at] ^= 1 << bit
        (tmp_path / "a.arrow").write_bytes(content)
        try:
            decoded = open_dataset(tmp_path / "a.arrow", for_training=False).parts["all"].pictures.decode(SMALL)
        except DataError:
            continue
        assert len(decoded.kept) + len(decoded.quarantined) == 4
