"""Weights in `.h5` files are found by their names, also those of layers in models in models, and with slashes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from onelook.errors import ModelError
from onelook.models.keras.file import KerasFile, LayerPlace, WeightReader, open_keras_file

h5py = pytest.importorskip("h5py")


@contextmanager
def opened(path: Path, groups: dict[str, list[str]]) -> Iterator[KerasFile]:
    """A file with these weights in these groups; each has its number as its values."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = "{}"
        number = 0
        for group, names in groups.items():
            made = file.require_group(f"model_weights/{group}")
            made.attrs["weight_names"] = [name.encode() for name in names]
            for name in names:
                number += 1
                made[name] = np.full(2, number, np.float32)
    with open_keras_file(path) as found:
        yield found


def value(file: KerasFile, *names: str, weight: str = "kernel") -> float:
    return float(WeightReader(file).read(LayerPlace(names), 0, (weight,), (2,))[0])


def test_names_with_slashes(tmp_path: Path) -> None:
    """As those of DenseNet and MobileNetV3 in Keras 2, in a model around them and by themselves."""
    names = ["conv1/conv/kernel:0", "conv1/conv/bias:0", "conv1/bn/gamma:0", "conv/kernel:0"]
    with opened(tmp_path / "mine.h5", {"densenet": names, "conv1/conv": ["conv1/conv/kernel:0"]}) as file:
        assert value(file, "densenet", "conv1/conv") == 1
        assert value(file, "densenet", "conv1/conv", weight="bias") == 2
        assert value(file, "densenet", "conv1/bn", weight="gamma") == 3
        assert value(file, "densenet", "conv") == 4
        assert value(file, "conv1/conv") == 5


def test_names_below_inner_models(tmp_path: Path) -> None:
    with opened(tmp_path / "mine.h5", {"base": ["base/inner/dense/kernel", "base/other_dense/kernel"]}) as file:
        assert value(file, "base", "inner", "dense") == 1
        assert value(file, "base", "other_dense") == 2


def test_a_list_that_is_divided(tmp_path: Path) -> None:
    """Keras divides lists of more than 64 kB, as HDF5 wants it."""
    with opened(tmp_path / "mine.h5", {"base": ["a/kernel:0", "b/kernel:0"]}) as file:
        assert value(file, "base", "b") == 2
    with h5py.File(tmp_path / "mine.h5", "r+") as file:
        attributes = file["model_weights/base"].attrs
        del attributes["weight_names"]
        attributes["weight_names0"], attributes["weight_names1"] = [b"a/kernel:0"], [b"b/kernel:0"]
    with open_keras_file(tmp_path / "mine.h5") as file:
        assert value(file, "base", "b") == 2


def test_many_layers_in_one_group_are_read_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps grow with the layers: reading all headers for each would be refused as a file without end."""
    count = 60
    with opened(tmp_path / "mine.h5", {"base": [f"conv_{at}/kernel:0" for at in range(count)]}) as file:
        monkeypatch.setattr("onelook.hdf5.file._MOST_STEPS", 100 * count)
        assert [value(file, "base", f"conv_{at}") for at in range(count)] == [*range(1, count + 1)]


@pytest.mark.parametrize(
    ("place", "said"),
    [(("base", "other"), "has no weight 'kernel'"), (("other",), "has no weight 'kernel'")],
)
def test_missing_weights(place: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with opened(tmp_path / "mine.h5", {"base": ["a/kernel:0"]}) as file, pytest.raises(ModelError, match=said):
        value(file, *place)


def test_a_weight_that_is_listed_and_not_there(tmp_path: Path) -> None:
    with opened(tmp_path / "mine.h5", {"base": ["a/kernel:0"]}):
        pass
    with h5py.File(tmp_path / "mine.h5", "r+") as file:
        del file["model_weights/base/a/kernel:0"]
    with open_keras_file(tmp_path / "mine.h5") as file, pytest.raises(ModelError, match="in the file's list, but not"):
        value(file, "base", "a")


def test_weights_alone_are_no_model(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "mine.h5", "w") as file:
        file["dense/kernel"] = np.zeros(3, np.float32)
    with (
        pytest.raises(ModelError, match="holds no network, at most its weights .model.save_weights.. Expected a whole"),
        open_keras_file(tmp_path / "mine.h5"),
    ):
        pass
