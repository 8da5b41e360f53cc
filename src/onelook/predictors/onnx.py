"""Predict with ONNX Runtime, and build the graph that it runs. Importing this imports neither torch nor onnx."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelook.data.pictures.protocol import Images
from onelook.errors import DataError, ModelError, in_words, missing_extra
from onelook.predictors.graph_fields import with_output
from onelook.predictors.onnx_session import FEATURES, open_session
from onelook.predictors.predictor import BATCH_SIZE, OnFeatures, Probabilities, check_images, predict_in_batches
from onelook.settings.network import NetworkSettings
from onelook.settings.pictures import ONE_VIEW, FittedPreprocess, ViewSettings

if TYPE_CHECKING:
    import onnxruntime

_NUMPY_TYPES = {
    "tensor(bool)": np.bool_,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(uint16)": np.uint16,
    "tensor(int16)": np.int16,
    "tensor(uint32)": np.uint32,
    "tensor(int32)": np.int32,
    "tensor(uint64)": np.uint64,
    "tensor(int64)": np.int64,
    "tensor(float16)": np.float16,
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
}


def build_graph(
    network: NetworkSettings,
    fitted: FittedPreprocess,
    weights: Mapping[str, NDArray[Any]],
    input_shape: tuple[int, int, int],
    dtype: DTypeLike = np.uint8,
    *,
    num_classes: int | None = None,
    views: ViewSettings = ONE_VIEW,
    temperature: float = 1.0,
) -> bytes:
    """Return the whole classifier as the bytes of an `.onnx` file.

    Its input is `images`, (batch, height, width, channels), raw values; its output `probabilities`,
    (batch, classes), float32.

    Args:
        network: the layers.
        fitted: the fixed preparation, which becomes a part of the graph.
        weights: the state dict of `build_network`'s module as arrays, and `preprocess.zca_matrix` where
            whitening is on.
        input_shape: (height, width, channels) of a picture.
        dtype: of the raw pictures.
        num_classes: the number of classes; where not given, it is read from the weights of the last layer.
        views: the views of each picture, which become a part of the graph; by default the picture alone.
        temperature: divides the logits before softmax.

    Raises:
        ConfigError: the package `onnx` is not installed, or the network does not fit the pictures.
        ModelError: the weights or the statistics of the preparation do not fit this network.
    """
    try:
        from onelook.predictors.graph.build import write_graph
    except ImportError as error:
        raise missing_extra("onnx", "train", "writing an ONNX graph") from error
    if num_classes is None:
        num_classes = _count_outputs(weights)
    return write_graph(
        network, fitted, weights, input_shape, dtype, num_classes=num_classes, views=views, temperature=temperature
    )


class OnnxPredictor:
    """A predictor that runs a graph of `build_graph` with only ONNX Runtime and NumPy.

    Args:
        source: path of the `.onnx` file, or its bytes.
        threads: threads inside one operation; as many as this process may use where not given.
        batch_size: pictures in a batch; fewer for a graph with several views of each.
        features: whether it also gives the features of the last dense layer, which the graph must have.

    Raises:
        ModelError: the file is missing, damaged, or not such a graph.
    """

    name = "onnx"

    def __init__(
        self,
        source: Path | str | bytes,
        threads: int | None = None,
        batch_size: int = BATCH_SIZE,
        *,
        features: bool = False,
    ) -> None:
        content, where = (source, "the ONNX graph") if isinstance(source, bytes) else _read(Path(source))
        try:
            session = open_session(with_output(content, FEATURES) if features else content, threads)
            (images,), (probabilities, *_) = session.get_inputs(), session.get_outputs()
            is_ours = _is_ours(images, probabilities)
        except Exception as error:  # the runtime's exceptions share no other base
            raise ModelError(
                f"{where} cannot be loaded ({in_words(error)}). The file is damaged; save the model again."
            ) from error
        if not is_ours:
            raise ModelError(
                f"{where} is not a onelook graph: it takes '{images.name}' {images.shape} and gives "
                f"'{probabilities.name}'; expected 'images' (batch, height, width, channels) and 'probabilities'."
            )
        _, height, width, channels = images.shape
        self.input_shape: tuple[int, int, int] = (height, width, channels)
        self.num_classes: int = probabilities.shape[1]
        self.dtype = np.dtype(_NUMPY_TYPES[images.type])
        self._session = session
        self._batch_size = batch_size
        self._gives_features = features

    def probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        """Return one row for every picture, in order; see `Predictor.probabilities`.

        Raises:
            DataError: the pictures are of another size or dtype than the model's.
        """
        check_images(images, self.input_shape)
        if images.dtype != self.dtype:
            # A silent cast would make floats in [0, 1] black pictures.
            raise DataError(
                f"pictures have the dtype {images.dtype}; the model takes {self.dtype}. "
                f"Scale them to the model's range of values, then convert them to {self.dtype}."
            )
        told = on_features if self._gives_features else None
        return predict_in_batches(images, partial(self._predict, told), self.num_classes, self._batch_size)

    def _predict(self, on_features: OnFeatures | None, batch: Images) -> Probabilities:
        outputs = ["probabilities"] if on_features is None else ["probabilities", FEATURES]
        try:
            probabilities, *features = self._session.run(outputs, {"images": np.ascontiguousarray(batch)})
        except Exception as error:  # as above; the pictures are checked already, so the graph is wrong
            raise ModelError(f"the ONNX graph fails on pictures ({in_words(error)}). Save the model again.") from error
        if on_features is not None:
            on_features(features[0][: len(batch)])  # where there are several views, the first is the picture itself
        result: Probabilities = probabilities
        return result


def _is_ours(images: onnxruntime.NodeArg, probabilities: onnxruntime.NodeArg) -> bool:
    """Return whether a graph's input and output are those of `build_graph`."""
    _, *picture = images.shape
    _, *classes = probabilities.shape
    sizes = [*picture, *classes]
    return (
        (images.name, probabilities.name) == ("images", "probabilities")
        and (len(picture), len(classes)) == (3, 1)
        and all(isinstance(size, int) and size > 0 for size in sizes)
        and images.type in _NUMPY_TYPES
        and probabilities.type == "tensor(float)"
    )


def _read(path: Path) -> tuple[bytes, str]:
    try:
        return path.read_bytes(), str(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}). Save the model again.") from error


def _count_outputs(weights: Mapping[str, NDArray[Any]]) -> int:
    """Return the number of outputs of the last layer with weights; later layers do not change it."""
    positions = [name.removesuffix(".weight").split(".") for name in weights if name.endswith(".weight")]
    layers = [position for position in positions if "shortcut" not in position]
    if not layers:
        raise ModelError("there are no weights. Expected the state dict of the network.")
    last = max(layers, key=lambda position: [int(step) for step in position if step.isdecimal()])
    return int(weights[f"{'.'.join(last)}.weight"].shape[0])
