"""Hugging Face's data sets from Python: with the library itself where it is installed, and with a stand-in everywhere.

The stand-in has what is asked of the library, and no more: so that these tests run without it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

AS_IS = DecodeSettings(height=4, width=6, channels=1)


def png(level: int) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(np.full((4, 6), level, np.uint8)).save(file, "PNG")
    return file.getvalue()


# --- the stand-in


def _named(name: str, **facts: Any) -> type:
    return type(
        name, (), {"__module__": "datasets.features", "__init__": lambda self, **kw: vars(self).update(kw), **facts}
    )


Image = _named("Image", decode=True, dtype="PIL.Image.Image")
ClassLabel = _named("ClassLabel", dtype="int64", names=None)
Value = _named("Value", dtype="string")


class _Dataset:
    """As much of `datasets.Dataset` as is used, with its rule: pictures are decoded unless told otherwise."""

    def __init__(
        self, columns: Mapping[str, Sequence[Any]], features: Mapping[str, Any], has_format: bool = True
    ) -> None:
        self._columns, self.features, self._has_format = columns, dict(features), has_format
        self.info = SimpleNamespace(dataset_name="pets", builder_name=None)
        self._fingerprint = f"{hash(repr(columns)):x}"

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def select_columns(self, names: Sequence[str]) -> _Dataset:
        return _Dataset({n: self._columns[n] for n in names}, {n: self.features[n] for n in names}, self._has_format)

    def with_format(self, kind: None) -> _Dataset:
        return _Dataset(self._columns, self.features, has_format=False)

    def cast_column(self, name: str, feature: Any) -> _Dataset:
        return _Dataset(self._columns, {**self.features, name: feature}, self._has_format)

    def __getitem__(self, at: int | slice) -> dict[str, Any]:
        assert not self._has_format, "a training script's own transform must not be run"
        for name, feature in self.features.items():
            assert type(feature).__name__ != "Image" or not feature.decode, f"{name} would be decoded by the library"
        return {name: values[at] for name, values in self._columns.items()}


_Dataset.__name__ = "Dataset"
_Dataset.__module__ = "datasets.arrow_dataset"


def stand_in(images: Sequence[Any], labels: Sequence[Any] | None, names: list[str] | None = None) -> Any:
    columns: dict[str, Sequence[Any]] = {"image": list(images)}
    features: dict[str, Any] = {"image": Image()}
    if labels is not None:
        columns["label"] = list(labels)
        features["label"] = ClassLabel(names=names) if names else Value()
    return _Dataset(columns, features)


def real(images: Sequence[Any], labels: Sequence[Any] | None, names: list[str] | None = None) -> Any:
    datasets = pytest.importorskip("datasets", reason="Hugging Face's `datasets` is not installed")
    columns: dict[str, Any] = {"image": list(images)}
    features: dict[str, Any] = {"image": datasets.Image()}
    if labels is not None:
        columns["label"] = list(labels)
        features["label"] = datasets.ClassLabel(names=names) if names else datasets.Value("string")
    return datasets.Dataset.from_dict(columns, features=datasets.Features(features))


Make = Callable[..., Any]


@pytest.fixture(params=[stand_in, real], ids=["stand-in", "datasets"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


@pytest.fixture(autouse=True)
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))


def encoded(levels: Sequence[int]) -> list[dict[str, Any]]:
    return [{"bytes": png(level), "path": f"{level}.png"} for level in levels]


def test_pictures_labels_and_their_names(make: Make) -> None:
    dataset = open_dataset(make(encoded([5, 250, 9]), [1, 0, 1], ["cat", "dog"]))
    assert dataset.class_names == ("cat", "dog")
    part = dataset.parts["all"]
    assert part.ids == ("1", "2", "3")
    assert part.labels is not None
    assert part.labels.tolist() == [1, 0, 1]
    assert part.pictures.facts().sizes == {(4, 6): 3}
    decoded = part.pictures.decode(AS_IS)
    assert decoded.images[:, 0, 0, 0].tolist() == [5, 250, 9]
    assert dataset.layout == "hf-dataset"
    assert dataset.why == "a Dataset of Hugging Face with pictures in the column 'image', labels in 'label'"


def test_splits_are_parts_whatever_they_are_called(make: Make) -> None:
    train, other = make(encoded([1, 2]), [0, 1], ["cat", "dog"]), make(encoded([3]), [1], ["cat", "dog"])
    dataset = open_dataset({"test": other, "validation": other, "train": train, "extra": other})
    assert list(dataset.parts) == ["train", "val", "test"]
    assert dataset.parts["val"].ids == ("val/1",)
    assert dataset.notes == ("Splits that are no part by name were left out: extra.",)
    capitals = open_dataset({"Test": other, "TRAIN": train, "Extra": other})
    assert {name: part.ids for name, part in capitals.parts.items()} == {
        "train": ("train/1", "train/2"),
        "test": ("test/1",),
    }
    assert capitals.notes == ("Splits that are no part by name were left out: Extra.",)
    alone = open_dataset({"train": train})
    assert list(alone.parts) == ["all"]
    with pytest.raises(DataError, match=r"the splits a and b\. Expected train, .* as data\['train'\]"):
        open_dataset({"a": train, "b": other})


def test_labels_may_be_words_or_missing(make: Make) -> None:
    assert open_dataset(make(encoded([1, 2]), ["dog", "cat"])).class_names == ("cat", "dog")
    assert open_dataset(make(encoded([1, 2]), None)).parts["all"].labels is None
    train, test = make(encoded([1, 2]), [0, 1], ["cat", "dog"]), make(encoded([3]), [-1], ["cat", "dog"])
    assert open_dataset({"train": train, "test": test}).parts["test"].labels is None
    with pytest.raises(DataError, match=r"column 'label' of all: 1 of 3 pictures has no label, the first in row 2"):
        open_dataset(make(encoded([1, 2, 3]), [0, -1, 1], ["cat", "dog"]))


def test_a_picture_may_be_a_file_or_nothing(make: Make, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(77))
    rows = [
        {"bytes": None, "path": str(tmp_path / "a.png")},
        {"bytes": None, "path": str(tmp_path / "gone.png")},
        {"bytes": b"words", "path": None},
        None,
    ]
    decoded = open_dataset(make(rows, [0, 1, 0, 1], ["cat", "dog"])).parts["all"].pictures.decode(AS_IS)
    assert decoded.images[:, 0, 0, 0].tolist() == [77]
    assert decoded.kept.tolist() == [0]
    assert "gone.png: cannot be opened (No such file or directory)" in decoded.quarantined[1]
    assert decoded.quarantined[2].startswith("not a picture")
    assert decoded.quarantined[3] == "the file is empty (0 bytes)"


@pytest.mark.parametrize(("labels", "wrong", "row"), [([0, 1, 2], 2, 3), ([0, -2, 1], -2, 2), ([7, 0, 9], 7, 1)])
def test_a_number_without_a_name_is_refused_with_its_row(labels: list[int], wrong: int, row: int) -> None:
    said = (
        rf"column 'label' of all: the label {wrong} in row {row}, but the file names 2 classes: cat and dog\. .*0 to 1"
    )
    with pytest.raises(DataError, match=said):
        open_dataset(stand_in(encoded([1, 2, 3]), labels, ["cat", "dog"]))


def test_minus_one_is_a_class_where_numbers_have_no_names() -> None:
    assert open_dataset(stand_in(encoded([1, 2, 3]), [-1, 1, -1])).class_names == ("-1", "1")
    assert open_dataset(stand_in(encoded([1, 2]), [-1, -1], ["cat", "dog"])).parts["all"].labels is None


def test_two_splits_of_one_part_and_a_split_without_pictures_are_refused() -> None:
    data = stand_in(encoded([1, 2]), [0, 1], ["cat", "dog"])
    for other in ("val", "valid"):
        with pytest.raises(DataError, match=rf"the splits train, validation and {other}: two of them .* part 'val'"):
            open_dataset({"train": data, "validation": data, other: data})
    with pytest.raises(DataError, match="the split 'test' has no column 'image', which the others have"):
        open_dataset({"train": data, "test": data.select_columns(["label"])})


def test_a_stream_is_refused() -> None:
    stream = type("IterableDataset", (), {"__module__": "datasets.iterable_dataset"})()
    with pytest.raises(DataError, match="is a stream, which cannot be split or read twice.* without streaming=True"):
        open_dataset(stream)


@pytest.mark.parametrize(
    ("dataset_name", "builder_name", "name"),
    [
        *(("pets", "parquet", "pets"), ("user/pets", None, "pets"), ("user/", None, "dataset")),
        *((None, "imagefolder", "imagefolder"), (None, None, "dataset")),
    ],
)
def test_the_name_is_that_of_the_data_set_without_its_owner(
    dataset_name: str | None, builder_name: str | None, name: str
) -> None:
    data = stand_in(encoded([1, 2]), [0, 1], ["cat", "dog"])
    data.info = SimpleNamespace(dataset_name=dataset_name, builder_name=builder_name)
    assert open_dataset(data).name == name


def test_bytes_count_before_a_path_even_if_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(77))
    rows = [{"bytes": png(5), "path": str(tmp_path / "a.png")}, {"bytes": b"", "path": str(tmp_path / "a.png")}]
    decoded = open_dataset(stand_in(rows, [0, 1], ["cat", "dog"])).parts["all"].pictures.decode(AS_IS)
    assert decoded.images[:, 0, 0, 0].tolist() == [5]
    assert decoded.quarantined == {1: "the file is empty (0 bytes)"}


def test_the_same_content_is_known_again(make: Make) -> None:
    one, other = make(encoded([1, 2]), [0, 1], ["cat", "dog"]), make(encoded([1, 3]), [0, 1], ["cat", "dog"])
    assert open_dataset(one).fingerprint == open_dataset(one).fingerprint != open_dataset(other).fingerprint
    columns = {"image": encoded([1, 2]), "label": [0, 1], "kind": [1, 0]}
    features = {"image": Image(), "label": ClassLabel(names=["cat", "dog"]), "kind": ClassLabel(names=["a", "b"])}
    by = [open_dataset(_Dataset(columns, features), label_column=name) for name in ("label", "kind", "label")]
    assert by[0].fingerprint == by[2].fingerprint != by[1].fingerprint


def test_of_several_columns_of_pictures_the_one_with_the_usual_name_is_taken() -> None:
    masks, pictures = encoded([7, 8]), encoded([1, 2])
    features = {"mask": Image(), "image": Image(), "label": ClassLabel(names=["cat", "dog"])}
    data = _Dataset({"mask": masks, "image": pictures, "label": [0, 1]}, features)
    assert open_dataset(data).parts["all"].pictures.decode(AS_IS).images[:, 0, 0, 0].tolist() == [1, 2]
    alone = _Dataset({"mask": masks, "label": [0, 1]}, {name: features[name] for name in ("mask", "label")})
    assert open_dataset(alone).parts["all"].pictures.decode(AS_IS).images[:, 0, 0, 0].tolist() == [7, 8]


def test_a_column_is_asked_for_by_name(make: Make) -> None:
    data = make(encoded([1, 2]), ["dog", "cat"])
    with pytest.raises(ConfigError, match=r"unknown column 'lable'\. Did you mean 'label'\?"):
        open_dataset(data, label_column="lable")
    with pytest.raises(DataError, match=r"the data set has the columns label \(Value\)\. Expected one of pictures"):
        open_dataset(data.select_columns(["label"]))


def test_the_library_s_own_doings() -> None:
    datasets = pytest.importorskip("datasets", reason="Hugging Face's `datasets` is not installed")
    pictures = [Pillow.fromarray(np.full((4, 6), level, np.uint8)) for level in (1, 2, 3)]
    data = real(pictures, [0, 1, 1], ["cat", "dog"])
    splits = datasets.DatasetDict(train=data.select([2, 0]), validation=data.select([1]))
    dataset = open_dataset(splits)
    assert dataset.parts["train"].pictures.decode(AS_IS).images[:, 0, 0, 0].tolist() == [3, 1]
    assert "a DatasetDict of Hugging Face" in dataset.why
    # What a training script has set on its rows is no business of ours.
    changed = data.with_transform(lambda rows: {"image": [0] * len(rows["image"])})
    assert open_dataset(changed).parts["all"].pictures.decode(AS_IS).images[:, 0, 0, 0].tolist() == [1, 2, 3]
    with pytest.raises(DataError, match=r"is a stream, which cannot be split or read twice"):
        open_dataset(data.to_iterable_dataset())
