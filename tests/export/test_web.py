"""The folder of `--to web`: what is in it, what it asks npm for, and which models it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.errors import ConfigError
from onelook.export.target import Source
from onelook.export.web import RUNTIME, TARGET, write_web
from onelook.export.write_checked import write_checked
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, Flatten

NETWORK = NetworkSettings(layers=(Flatten(), Dense(units="classes")))


def write(model: Classifier, folder: Path) -> Any:
    """Write the folder, and return what `model.json` says."""
    folder.mkdir()
    write_web(Source(model, model.graph), folder)
    return json.loads((folder / "model.json").read_text())


def test_the_folder_has_all_but_one_package_and_asks_nothing_of_a_network(tmp_path: Path) -> None:
    model = made_up(NETWORK, (6, 5, 3))
    exported = write_checked(Source(model, model.graph), TARGET, tmp_path / "page")
    assert exported.difference < 1e-6
    names = {path.relative_to(exported.path).as_posix() for path in exported.path.rglob("*") if path.is_file()}
    page = {"index.html", "app.js", "content.js", "model.js", "picture.js", "serve.mjs", "style.css"}
    assert names == page | {"model.onnx", "model.json", "package.json"}
    package = json.loads((exported.path / "package.json").read_text())
    assert package["dependencies"] == {RUNTIME[0]: RUNTIME[1]}
    assert re.fullmatch(r"\d+\.\d+\.\d+", RUNTIME[1])  # a version, not a range of them
    assert package["name"] == "onelook-class-0-class-1-class-2"
    for name in page:
        text = (exported.path / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!127\.0\.0\.1|localhost)", text), name
    facts = json.loads((exported.path / "model.json").read_text())
    assert (facts["question"], facts["draw"], facts["examples"]) == ("class 0, class 1 or class 2?", None, 0)
    assert facts["size"] == [6, 5, 3]


@pytest.mark.parametrize(("shade", "ground"), [(20, 0), (230, 255)])
def test_drawings_are_on_the_ground_of_the_model_s_pictures(shade: int, ground: int, tmp_path: Path) -> None:
    model = made_up(NETWORK, (9, 9, 1), classes=5)
    pictures = np.full((16, 9, 9, 1), shade, np.uint8)
    pictures[:, 4, 4] = np.arange(16)[:, np.newaxis]
    golden = type(model.golden)(pictures, model.probabilities(pictures))
    object.__setattr__(model._parts, "golden", golden)
    facts = write(model, tmp_path / "page")
    assert (facts["draw"], facts["examples"], facts["question"]) == ({"ground": ground}, 8, "Which of 5 classes?")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "page" / "examples" / "2.png")), pictures[2, ..., 0])


def test_models_whose_pictures_the_page_cannot_make_are_refused(tmp_path: Path) -> None:
    halves = made_up(NETWORK, (9, 9, 1), dtype="float16", fitted=FittedPreprocess(value_range=(0.0, 1.0)))
    with pytest.raises(ConfigError, match="--to web: the model takes float16"):
        write(halves, tmp_path / "b")
