"""The features that a pretrained network makes of pictures: computed once by ONNX Runtime, cached by content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelook.data.cache.entries import CacheEntry, cache_key, read_entries
from onelook.data.cache.resumable import resumable_entry
from onelook.data.dataset import ImageSet
from onelook.data.duplicates.exact import digest_pictures
from onelook.data.pictures.mapped import take_rows
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.errors import DataError, missing_extra
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.pretrained.backbone import feature_layers
from onelook.models.pretrained.registry import backbone_named
from onelook.models.pretrained.weights import find_weights, read_weights
from onelook.models.shapes import leaves, plan_network, weight_shapes
from onelook.predictors.features_in_8_bits import VERSION as VERSION_IN_8_BITS
from onelook.predictors.features_in_8_bits import FeatureTimes, kept_times, sample_photographs, time_features
from onelook.predictors.onnx_session import GraphFeatures
from onelook.runtime import versions
from onelook.settings import FittedPreprocess, NetworkSettings

Features = NDArray[np.float32]  # (rows, features)

_VERSION = 2  # of the computation here; features of another version are not read
# Measured at 128 and 224 px on two cores: from 32 to 128 pictures a batch, the speed is the same to within its noise.
_BATCH_SIZE = 64
_PREFIX_DIGITS = 20  # of a key, 80 bits: the network; the others are the pictures


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

    def computed(self, dtype: DTypeLike = np.uint8) -> GraphFeatures:
        """Return the network in float32, which computes features; it raises what `graph` raises."""
        return GraphFeatures(self.graph(dtype), self.input_shape)

    @cached_property
    def computed_in_8_bits(self) -> GraphFeatures:
        """The network in 8 bits, which computes features of pictures from 0 to 255; it raises what `graph` raises."""
        graph = self.graph()
        from onelook.predictors.graph.quantize import quantize

        return GraphFeatures(quantize(graph, sample_photographs(self.input_shape)), self.input_shape)


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
    in_8_bits: bool = False,
    on_progress: OnProgress | None = None,
) -> Features:
    """Return the features of every picture of a set, in order: (rows, features), float32.

    Features that were computed before, at this size and with these weights, come from the cache: picture by picture, so
    that a data set in which some pictures are new costs only these. A computation that was interrupted, for example by
    Ctrl-C, is continued. Where a set contains half of an array's pictures or more, the features of all are computed,
    because the other sides of a split need them.

    Args:
        images: decoded pictures.
        backbone: a name, or the result of `load_backbone`.
        value_range, weights: arguments of `load_backbone`; unused where `backbone` is its result.
        in_8_bits: computes them in 8 bits; in the cache, these are apart from those in float32.
        on_progress: called with the pictures done and the pictures to compute; never if all come from the cache.
            Equal pictures count once.

    Raises:
        ConfigError, ModelError: as `load_backbone`.
        DataError: the cache cannot be written.
    """
    pictures = images.images
    if isinstance(backbone, str):
        backbone = load_backbone(backbone, _shape_of(pictures), value_range, weights)
    # The keys of all entries of a network have one beginning, by which they are found.
    arithmetic = ("8 bits", VERSION_IN_8_BITS) if in_8_bits else ()
    key_parts = ("features", _VERSION, backbone.checksum, versions().get("onnxruntime"), *arithmetic)
    prefix = cache_key(*key_parts)[:_PREFIX_DIGITS]
    rows = np.arange(len(pictures)) if 2 * len(images) >= len(pictures) else images.rows
    digests = [digest.tobytes() for digest in digest_pictures(pictures, rows)]
    stored = _Stored.read(prefix)
    missing = {digest: row for digest, row in zip(digests, rows.tolist(), strict=True) if digest not in stored}
    if missing:
        key = prefix + cache_key(b"".join(missing).hex())[_PREFIX_DIGITS:]
        _compute_into_cache(key, pictures, missing, backbone, in_8_bits=in_8_bits, on_progress=on_progress)
        stored = _Stored.read(prefix)
    digest_of = dict(zip(rows.tolist(), digests, strict=True))
    return stored.features([digest_of[row] for row in images.rows.tolist()], backbone.count)


def times_of_features(images: ImageSet, backbone: FeatureNetwork) -> FeatureTimes:
    """Return how long the features take in float32 and in 8 bits, and how they differ, on some of the pictures.

    Args:
        images: decoded pictures, uint8 from 0 to 255.
        backbone: the network.
    """

    def measure() -> FeatureTimes:
        some = images.take(np.unique(np.linspace(0, len(images) - 1, _BATCH_SIZE).astype(np.int64)))
        return time_features(backbone.computed(), backbone.computed_in_8_bits, some)

    return kept_times(measure, backbone.checksum)


class _Stored:
    """The features in the cache that one network made, by the digest of the picture."""

    def __init__(self, entries: Sequence[CacheEntry]) -> None:
        self._entries = entries
        self._place_of = {
            digest.tobytes(): (position, row)
            for position, entry in enumerate(entries)
            for row, digest in enumerate(entry.columns["digests"])
        }

    @classmethod
    def read(cls, prefix: str) -> _Stored:
        """Read the entries whose keys begin with `prefix`."""
        return cls([entry for entry in read_entries(prefix) if len(entry.columns["digests"]) == len(entry.pictures)])

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._place_of

    def features(self, digests: Sequence[bytes], count: int) -> Features:
        """Return the features of these pictures, in memory: (rows, count).

        Raises:
            DataError: some are no longer in the cache.
        """
        try:
            places = np.array([self._place_of[digest] for digest in digests], np.int64).reshape(-1, 2)
        except KeyError as problem:
            raise DataError("the features vanished from the cache before they were used. Start again.") from problem
        found = np.empty((len(digests), count), np.float32)
        for position, entry in enumerate(self._entries):
            of_entry = np.flatnonzero(places[:, 0] == position)
            found[of_entry] = entry.pictures[places[of_entry, 1]]
        return found


def _compute_into_cache(
    key: str,
    pictures: Images,
    missing: Mapping[bytes, int],
    backbone: FeatureNetwork,
    *,
    in_8_bits: bool,
    on_progress: OnProgress | None,
) -> None:
    """Compute the features of the missing pictures, digest -> row, and store them in the cache under the key."""
    features_of = backbone.computed_in_8_bits if in_8_bits else backbone.computed(pictures.dtype)
    with resumable_entry(key, (backbone.count,), np.float32) as writer:
        writer.entry.columns["digests"] = np.frombuffer(b"".join(missing), np.uint8).reshape(len(missing), -1)
        # Without those that an interrupted process stored.
        rows = np.fromiter(missing.values(), np.int64, len(missing))[writer.entry.rows :]
        if on_progress is not None:
            on_progress(0, len(rows))
        for start in range(0, len(rows), _BATCH_SIZE):
            found = features_of(take_rows(pictures, rows[start : start + _BATCH_SIZE]))
            writer.append(found, note=len(found))
            if on_progress is not None:
                on_progress(min(start + _BATCH_SIZE, len(rows)), len(rows))


def _shape_of(pictures: Images) -> tuple[int, int, int]:
    _, height, width, channels = pictures.shape
    return height, width, channels
