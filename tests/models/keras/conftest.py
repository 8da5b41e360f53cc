"""Files that Keras 2.15 and Keras 3 wrote, and what Keras itself predicts with them."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

KERAS = Path(__file__).parents[2] / "fixtures" / "keras"
VERSIONS = ("2.15", "3.15")
EXPECTED = {version: json.loads((KERAS / f"keras-{version}/expected.json").read_text()) for version in VERSIONS}

Change = Callable[[dict[str, Any]], Any]
Forge = Callable[..., Path]


@dataclass(frozen=True)
class KerasFiles:
    """The stored files, unpacked when they are asked for."""

    folder: Path

    def path(self, version: str, name: str, ending: str) -> Path:
        """The path of one file."""
        folder = self.folder / version
        if not (folder / f"{name}.{ending}").exists():
            own = KERAS / f"keras-{version}/{name}.tar.xz"
            with tarfile.open(own if own.exists() else own.with_name("layers.tar.xz")) as archive:
                archive.extractall(folder, filter="data")
        return folder / f"{name}.{ending}"


def expected(version: str, name: str) -> NDArray[np.float64]:
    """The probabilities of two classes or more, from what Keras returned."""
    outputs = np.array(EXPECTED[version]["outputs"][name])
    if name == "logits":
        return np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    if name == "one-logit":
        outputs = 1 / (1 + np.exp(-outputs))
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs


@pytest.fixture(scope="session")
def keras_files(tmp_path_factory: pytest.TempPathFactory) -> KerasFiles:
    return KerasFiles(tmp_path_factory.mktemp("keras"))


@pytest.fixture
def forge(keras_files: KerasFiles, tmp_path: Path) -> Forge:
    """`forge(name, change)`: a `.keras` file of Keras 3 with another description; `change` gets it as a dictionary."""

    def forged(name: str, change: Change, version: str = "3.15") -> Path:
        path = tmp_path / f"{name}.keras"
        with zipfile.ZipFile(keras_files.path(version, name, "keras")) as archive:
            members = {member: archive.read(member) for member in archive.namelist()}
        config = json.loads(members["config.json"])
        change(config)
        members["config.json"] = json.dumps(config).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return forged


def layer_named(config: dict[str, Any], name: str) -> Any:
    """The entry of a layer in a model's description."""
    return next(layer for layer in config["config"]["layers"] if layer["config"].get("name") == name)
