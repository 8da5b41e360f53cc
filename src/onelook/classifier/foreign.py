"""Recognise model files of other libraries by their content, and say what to do with them."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

from onelook.runtime import command_name

_HDF5 = b"\x89HDF\r\n\x1a\n"
_TFLITE = b"TFL3"  # from the fifth byte on
_PICKLE = b"\x80"
_A_PICKLE = "a pickle, which would run its own code when it is read"
# Formats without a fixed mark at their beginning.
_BY_SUFFIX = {
    ".onnx": "an ONNX graph",
    ".pb": "a TensorFlow graph",
    ".safetensors": "a file of weights without their network",
    ".mlmodel": "a Core ML model",
    ".joblib": _A_PICKLE,
    ".pkl": _A_PICKLE,
    ".pickle": _A_PICKLE,
    ".weights": "a file of weights without their network",
}
SUFFIXES = frozenset({*_BY_SUFFIX, ".keras", ".h5", ".hdf5", ".pt", ".pth", ".tflite"})  # of the files of such models


def how_to_train(kind: str = "") -> str:
    """Return what to do instead of training a model of another library.

    Args:
        kind: as `foreign_model` returns it, if it is known.
    """
    if kind.startswith("a Keras model"):
        return (
            f"Turn it into a model folder with `{command_name()} import`, and continue its training with "
            f"`{command_name()} train --from DIR`; or write its network as a TOML file "
            f"(`{command_name()} models --toml cnn > mine.toml` prints one to begin with)."
        )
    return (
        "onelook trains networks that are lists of layers: write yours as a TOML file "
        f"(`{command_name()} models --toml cnn > mine.toml` prints one to begin with), or take a name from "
        f"`{command_name()} models`."
    )


def how_to_use(path: Path, kind: str) -> str:
    """Return what to do instead of using a model of another library.

    Args:
        path: the model's.
        kind: as `foreign_model` returns it.
    """
    if kind.startswith("a Keras model"):
        return f"Turn it into a model folder with `{command_name()} import {shlex.quote(str(path))} --out DIR`."
    return (
        f"onelook takes its own model folders: train one with `{command_name()} train`, and give its run folder here."
    )


def foreign_model(path: Path) -> str | None:
    """Return the kind of a model file or folder of another library, such as "a Keras model"; None for anything else.

    It reads only the first bytes, or the list of files in a zip, and runs nothing.
    """
    if path.is_dir():
        return "a TensorFlow SavedModel" if (path / "saved_model.pb").is_file() else None
    try:
        with path.open("rb") as file:
            start = file.read(16)
        if start.startswith(b"PK"):
            return _zip_kind(path)
    except (OSError, ValueError, zipfile.BadZipFile):
        return None
    if start.startswith(_HDF5):
        return "a Keras model or its weights (HDF5)"
    if start[4:8] == _TFLITE:
        return "a TensorFlow Lite (LiteRT) model"
    return _A_PICKLE if start.startswith(_PICKLE) else _BY_SUFFIX.get(path.suffix.lower())


def _zip_kind(path: Path) -> str | None:
    with zipfile.ZipFile(path) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
    if {"config.json", "model.weights.h5"} <= names:
        return "a Keras model"
    if "data.pkl" in names:
        return "a PyTorch file (a pickle, which would run its own code when it is read)"
    return None
