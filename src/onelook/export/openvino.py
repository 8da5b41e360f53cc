"""A classifier as a folder with an OpenVINO model, for Intel's processors and graphics chips."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from onelook.data.pictures.protocol import Images
from onelook.export.target import Answer, Source, Target, notes_of
from onelook.files import json_text
from onelook.optional_packages import import_openvino
from onelook.predictors.predictor import Probabilities

_MODEL = "model.xml"
# Without it OpenVINO computes in 16 bits where the processor has instructions for that: another model's answers.
_EXACT = {"INFERENCE_PRECISION_HINT": "f32"}


def write_openvino(source: Source, folder: Path) -> None:
    """Write `model.xml`, which has the metadata under `onelook`, and `model.bin`, float32.

    Raises:
        ConfigError: OpenVINO is not installed.
    """
    openvino = import_openvino("--to openvino")
    # Not `convert_model`, which reports its use to its makers.
    model = openvino.Core().read_model(io.BytesIO(source.graph))
    for name, value in notes_of(source.classifier).items():
        model.set_rt_info(json_text(value, indent=None), ["onelook", name])
    openvino.save_model(model, folder / _MODEL, compress_to_fp16=False)


def read_openvino(folder: Path) -> Answer:
    """Return a function that predicts with the folder, run by OpenVINO in float32."""
    openvino = import_openvino("--to openvino")
    compiled = openvino.Core().compile_model(folder / _MODEL, "CPU", _EXACT)

    def answer(images: Images) -> Probabilities:
        (probabilities,) = compiled(np.ascontiguousarray(images)).to_tuple()
        return np.asarray(probabilities, np.float32)

    return answer


TARGET = Target(write=write_openvino, read=read_openvino, ending="-openvino", is_folder=True, from_graph=True)
