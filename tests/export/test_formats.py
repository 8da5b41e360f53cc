"""Each format holds a network: what the disk holds answers alike, for any number of pictures, and knows its classes.

`tests/end_to_end/test_exports.py` does the same for every layer, and for every network that `onelook models` lists.
"""

from __future__ import annotations

import json
import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.errors import ConfigError
from onelook.export import EXPORTS
from onelook.export.compare import random_pictures
from onelook.export.target import Source, Target
from onelook.export.write_checked import write_checked
from onelook.models.shapes import plan_network
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings
from onelook.settings.network import ActivationLayer, Branch, Conv, Dense, Flatten, Merge
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, ZeroPad

FORMATS = [name for name in EXPORTS if name not in ("onnx", "web")]  # which have tests of their own


def need_package_of(name: str) -> None:
    package = {"litert": "ai_edge_litert"}.get(name, name)
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


def notes_in(path: Path) -> Any:
    """The metadata of an exported model, read as a program would that has only the file."""
    match path.suffix:
        case ".pt2":
            import torch

            extra = {"onelook.json": ""}
            torch.export.load(path, extra_files=extra)
            return json.loads(extra["onelook.json"])
        case ".keras":
            with zipfile.ZipFile(path) as archive:
                return json.loads(archive.read("onelook.json"))
        case ".tflite":
            from ai_edge_litert import schema_py_generated as schema

            model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
            (metadata,) = model.metadata
            assert metadata.name == b"onelook"
            return json.loads(bytes(model.buffers[metadata.buffer].data))
        case _:
            import openvino

            model = openvino.Core().read_model(path / "model.xml")
            names = ("class_names", "size", "dtype", "value_range", "decode")
            return {name: json.loads(model.get_rt_info(["onelook", name]).astype(str)) for name in names}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras on torch, with NumPy 2
@pytest.mark.parametrize("name", FORMATS)
def test_what_the_disk_holds_answers_as_the_model_and_has_its_metadata(
    name: str, small_network: Classifier, tmp_path: Path
) -> None:
    need_package_of(name)
    target: Target = EXPORTS.load(name)
    exported = write_checked(Source(small_network, small_network.graph), target, tmp_path / f"m{target.ending}")
    assert exported.difference < 1e-5
    assert exported.path.is_dir() == target.is_folder
    pictures = random_pictures(small_network.card)
    expected = small_network.probabilities(pictures)
    assert len(set(expected.argmax(axis=1).tolist())) > 1  # the comparison sees different answers
    assert np.median(expected.max(axis=1)) < 0.99
    answer = target.read(exported.path)
    for rows in (slice(0, 1), slice(0, 5)):
        np.testing.assert_allclose(answer(pictures[rows]), expected[rows], atol=1e-5)
    notes = notes_in(exported.path)
    assert notes["class_names"] == ["class 0", "class 1", "class 2"]
    assert (notes["size"], notes["dtype"], notes["value_range"]) == ([7, 6, 1], "uint8", [0, 255])
    assert notes["decode"] == small_network.decode.model_dump(mode="json")


TWO = (Branch(layers=(Conv(filters=4, padding="same"),)), Branch())
NEW_LAYERS = (
    *(
        Rescale(multiplier=(0.02,), offset=(-1.0,)),
        ZeroPad(top=1, right=2),
        Conv(filters=4, dilation=2, padding="same"),
    ),
    *(ActivationLayer(function="leaky_relu", slope=0.4, maximum=0.8), Merge(how="add", branches=TWO)),
    *(
        Conv(filters=4, kernel=1, activation="mish"),
        Merge(how="multiply", branches=TWO),
        Reshape(height=4, width=16, channels=4),
    ),
    *(ActivationLayer(function="softsign"), Flatten(), Dense(units="classes")),
)
MORE_LAYERS = (
    *(
        PRelu(shared=False),
        Crop(bottom=1),
        Conv(filters=4, kernel=1),
        PRelu(),
        ActivationLayer(function="elu", slope=0.3),
    ),
    *(Merge(how=how, branches=TWO) for how in ("average", "maximum", "minimum", "subtract", "concatenate")),
)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras on torch, with NumPy 2
@pytest.mark.parametrize(
    ("name", "layers"), [(name, (*NEW_LAYERS[:-2], *MORE_LAYERS, *NEW_LAYERS[-2:])) for name in ("keras", "litert")]
)
def test_layers_of_imported_models_go_back(name: str, layers: tuple[Any, ...], tmp_path: Path) -> None:
    need_package_of(name)
    preprocess = FittedPreprocess(settings=PreprocessSettings(scale="none"))
    model = made_up(NetworkSettings(layers=layers), (7, 6, 1), fitted=preprocess)
    exported = write_checked(Source(model, model.graph), EXPORTS.load(name), tmp_path / f"m{EXPORTS.load(name).ending}")
    assert exported.difference < 1e-5


@pytest.mark.parametrize("name", ["keras", "litert"])
def test_a_layer_without_a_translation_is_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    need_package_of(name)
    model = made_up(NetworkSettings(layers=(Flatten(), Dense(units="classes"))), (3, 3, 1))
    first, last = plan_network(model.card.need_network("a test"), (1, 3, 3), 3)
    new = SimpleNamespace(**{**vars(first), "layer": SimpleNamespace(type="swirl"), "number": "1"})
    monkeypatch.setattr(f"onelook.export.{name}.plan_network", lambda *_: (new, last))
    with pytest.raises(ConfigError, match=rf"--to {name}: layer 1 \(swirl\) cannot be written: .* Use --to onnx"):
        EXPORTS.load(name).write(Source(model, model.graph), tmp_path / f"m.{name}")
