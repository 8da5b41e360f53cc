"""The features that a pretrained network makes of pictures: computed once by ONNX Runtime, cached by content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelook.data.cache.entries import cache_key, read_entry
from onelook.data.cache.resumable import resumable_entry
from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.errors import DataError, missing_extra
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.pretrained.backbone import feature_layers
from onelook.models.pretrained.registry import backbone_named
from onelook.models.pretrained.weights import find_weights, read_weights
from onelook.models.shapes import leaves, plan_network, weight_shapes
from onelook.predictors.onnx_session import GraphFeatures
from onelook.runtime import versions
from onelook.settings import FittedPreprocess, NetworkSettings

Features = NDArray[np.float32]  # (rows, features)

_VERSION = 1  # of the computation here; features of another version are not read
# Measured at 128 and 224 px on two cores: from 32 to 128 pictures a batch, the speed is the same to within its noise.
_BATCH_SIZE = 64
_HASHED_AT_ONCE = 256  # pictures read from a memory map together


@dataclass(frozen=True)
class FeatureNetwork:
    """The layers of a network that make features, with their weights and the preparation that they expect."""

    network: NetworkSettings
    layers: int  # the number of layers, from the first, that make the features
    weights: Mapping[str, NDArray[np.float32]]  # state dict; weights of later layers are ignored
    preprocess: FittedPreprocess
    input_shape: tuple[int, int, int]  # (height, width, channels)

    @cached_property
    def checksum(self) -> str:
        """A checksum that changes with anything that decides the features."""
        plan = plan_network(self.network, self._planes, num_classes=2)[: self.layers]
        digest = hashlib.sha256(self.network.model_dump_json().encode())
        digest.update(f"{self.layers} {self.input_shape} {self.preprocess.model_dump_json()}".encode())
        for name in weight_shapes(plan):
            digest.update(np.ascontiguousarray(self.weights[name]).data)
        return digest.hexdigest()

    @property
    def count(self) -> int:
        """The number of features of a picture."""
        shape = plan_network(self.network, self._planes, num_classes=2)[self.layers - 1].output_shape
        return shape[0]

    @property
    def multiply_adds(self) -> int:
        """The work for the features of a picture."""
        plan = plan_network(self.network, self._planes, num_classes=2)[: self.layers]
        return sum(leaf.multiply_adds for leaf in leaves(plan))

    @property
    def _planes(self) -> tuple[int, int, int]:
        height, width, channels = self.input_shape
        return channels, height, width

    def graph(self, dtype: DTypeLike = np.uint8) -> bytes:
        """Return the bytes of an `.onnx` file from `images`, (batch, height, width, channels), to `features`.

        Raises:
            ConfigError: the package `onnx` is not installed.
            ModelError: the weights do not fit the network.
        """
        try:
            from onelook.predictors.graph.build import write_feature_graph
        except ImportError as error:
            raise missing_extra("onnx", "train", "writing an ONNX graph") from error
        return write_feature_graph(
            self.network, self.preprocess, self.weights, self.input_shape, dtype, layers=self.layers
        )


def load_backbone(
    name: str,
    input_shape: tuple[int, int, int],
    value_range: tuple[float, float] = (0.0, 255.0),
    weights: str | None = None,
) -> FeatureNetwork:
    """Return the pretrained network with that name, for pictures of that size.

    Args:
        name: one of `BACKBONES`, or `timm:<name>`.
        input_shape: (height, width, channels); one channel counts as the same grey in three.
        value_range: lowest and highest value of the pictures.
        weights: a file, or a folder with one file; by default the weights of the installed package.

    Raises:
        ConfigError: the name is unknown; the weights are not installed, or not at that path.
        ModelError: the weights belong to another network, or are damaged.
    """
    backbone = backbone_named(name)
    height, width, channels = input_shape
    network = network_named(name, ModelInput(height, width, channels, num_classes=2, rows=1))
    layers = feature_layers(network)
    expected = weight_shapes(plan_network(network, (channels, height, width), num_classes=2)[:layers])
    numbers = read_weights(backbone, find_weights(backbone, weights), expected)
    return FeatureNetwork(network, layers, numbers, backbone.preprocess(value_range, channels), input_shape)


def embed(
    images: ImageSet,
    backbone: str | FeatureNetwork,
    *,
    value_range: tuple[float, float] = (0.0, 255.0),
    weights: str | None = None,
    on_progress: OnProgress | None = None,
) -> Features:
    """Return the features of every picture of a set, in order: (rows, features), float32.

    Features that were computed before for the same pictures, at this size, with these weights, come from the cache. A
    computation that was interrupted, for example by Ctrl-C, is continued. Where a set contains half of an array's
    pictures or more, the features of all are computed, because the other sides of a split need them.

    Args:
        images: decoded pictures.
        backbone: a name, or the result of `load_backbone`.
        value_range, weights: arguments of `load_backbone`; unused where `backbone` is its result.
        on_progress: called with the pictures done and the pictures to compute; never if all come from the cache.

    Raises:
        ConfigError, ModelError: as `load_backbone`.
        DataError: the cache cannot be written.
    """
    pictures = images.images
    if isinstance(backbone, str):
        backbone = load_backbone(backbone, _shape_of(pictures), value_range, weights)
    content = _fingerprint(pictures)
    whole = _key(backbone, content)
    if (found := read_entry(whole)) is not None:
        return _rows_in_memory(found.pictures, images.rows)
    if 2 * len(images) >= len(pictures):
        features = _compute_into_cache(whole, pictures, np.arange(len(pictures)), backbone, on_progress)
        return _rows_in_memory(features, images.rows)
    part = _key(backbone, content, hashlib.sha256(images.rows.tobytes()).hexdigest())
    if (found := read_entry(part)) is not None:
        return np.asarray(found.pictures)
    return np.asarray(_compute_into_cache(part, pictures, images.rows, backbone, on_progress))


def _compute_into_cache(
    key: str, pictures: Images, rows: NDArray[np.int64], backbone: FeatureNetwork, on_progress: OnProgress | None
) -> Images:
    """Compute the features of these rows, store them in the cache under the key, and return them."""
    features_of = GraphFeatures(backbone.graph(pictures.dtype), backbone.input_shape)
    with resumable_entry(key, (backbone.count,), np.float32) as writer:
        rows = rows[writer.entry.rows :]  # without those that an interrupted process stored
        if on_progress is not None:
            on_progress(0, len(rows))
        for start in range(0, len(rows), _BATCH_SIZE):
            found = features_of(pictures[rows[start : start + _BATCH_SIZE]])
            writer.append(found, note=len(found))
            if on_progress is not None:
                on_progress(min(start + _BATCH_SIZE, len(rows)), len(rows))
    entry = read_entry(key)
    if entry is None:
        raise DataError("the features vanished from the cache before they were used. Start again.")
    return entry.pictures


def _key(backbone: FeatureNetwork, content: str, *parts: str) -> str:
    return cache_key("features", _VERSION, backbone.checksum, content, versions().get("onnxruntime"), *parts)


def _fingerprint(pictures: Images) -> str:
    """Return a checksum of every pixel; it reads 1.5 GB a second on processors with SHA instructions."""
    digest = hashlib.sha256(f"{pictures.shape} {pictures.dtype}".encode())
    for start in range(0, len(pictures), _HASHED_AT_ONCE):
        digest.update(np.ascontiguousarray(pictures[start : start + _HASHED_AT_ONCE]).data)
    return digest.hexdigest()


def _rows_in_memory(features: NDArray[Any], rows: NDArray[np.int64]) -> Features:
    """Return these rows of a memory map, in memory."""
    return np.asarray(features[rows], np.float32)


def _shape_of(pictures: Images) -> tuple[int, int, int]:
    _, height, width, channels = pictures.shape
    return height, width, channels
