"""Run ONNX graphs on this machine's cores. Importing this imports neither torch nor onnx."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.errors import ModelError, in_words
from onelook.optional_packages import import_onnxruntime
from onelook.predictors.predictor import check_images
from onelook.runtime import available_cores

if TYPE_CHECKING:
    import onnxruntime


# The name in a graph of what its last dense layer gets. It is no output of the file, so that other programs read one.
FEATURES = "features"


def open_session(content: bytes, threads: int | None = None) -> onnxruntime.InferenceSession:
    """Return a session that runs the graph, exact and quiet. Callers explain what the runtime raises on damaged graphs.

    Args:
        content: the bytes of an `.onnx` file.
        threads: threads inside one operation; as many as this process may use where not given.
    """
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_cores()
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 3  # errors; users read ours instead
    # A forged graph may name another file as a tensor's content. It gets no folder that it may read from.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    # With a fallback the runtime prints an error on standard output, and tries the same again.
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"], enable_fallback=0)


class GraphFeatures:
    """The features that a pretrained network makes of pictures, computed by an ONNX graph.

    Args:
        graph: the bytes of an `.onnx` file from `images` to `features`; see `refuse_foreign_graph`.
        input_shape: (height, width, channels) of a picture.
        threads: threads inside one operation; as many as this process may use where not given.

    Attributes:
        count: features of a picture.

    Raises:
        ModelError: the graph cannot be loaded, or has other inputs or outputs.
    """

    def __init__(self, graph: bytes, input_shape: tuple[int, int, int], threads: int | None = None) -> None:
        try:
            self._session = open_session(graph, threads)
            (images,), (features,) = self._session.get_inputs(), self._session.get_outputs()
        except Exception as problem:  # the runtime's exceptions share no other base
            raise ModelError(f"model.onnx cannot be loaded ({in_words(problem)}). Copy the model again.") from problem
        if (images.name, features.name, len(features.shape)) != ("images", "features", 2) or (
            tuple(images.shape[1:]) != input_shape
        ):
            raise ModelError(
                f"model.onnx takes '{images.name}' {images.shape} and gives '{features.name}'; expected 'images' of "
                f"{input_shape} and 'features'. The files belong to different models: copy the model again."
            )
        self.input_shape = input_shape
        self.count = int(features.shape[1])

    def __call__(self, images: Images) -> NDArray[np.float32]:
        """Return the features, (rows, features), of raw pictures, (rows, height, width, channels), all at once."""
        check_images(images, self.input_shape)
        try:
            (features,) = self._session.run(["features"], {"images": np.ascontiguousarray(images)})
        except Exception as problem:  # the runtime's exceptions share no other base
            raise ModelError(f"model.onnx fails on pictures ({in_words(problem)}). Copy the model again.") from problem
        found: NDArray[np.float32] = features
        return found
