"""An ONNX graph loaded to be run on this machine's cores, with every setting that keeps it exact and quiet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from onelook.runtime import available_cores, import_onnxruntime

if TYPE_CHECKING:
    import onnxruntime


def open_session(content: bytes, threads: int | None = None) -> onnxruntime.InferenceSession:
    """The graph, ready to run; what the runtime raises over a damaged one is the caller's to put into words.

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
    options.log_severity_level = 3  # errors; they reach the user as ours
    # A forged graph may name another file as a tensor's content: there is no folder that it may read from.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    # Else it prints of an error on standard output, and tries the same again.
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"], enable_fallback=0)
