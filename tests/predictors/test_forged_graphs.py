"""A graph from a stranger reads nothing but itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from onelook.errors import ModelError
from onelook.predictors.onnx import OnnxPredictor


def graph_with_weights_in_another_file(name: str) -> bytes:
    weights = TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[4, 2], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", name), ("offset", "0"), ("length", "32")):
        weights.external_data.add(key=key, value=value)
    nodes = [
        helper.make_node("Cast", ["images"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["values"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["batch", 2, 2, 1])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])
    graph = helper.make_graph(nodes, "forged", [images], [probabilities], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def test_a_graph_that_names_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.bin").write_bytes(np.zeros((4, 2), np.float32).tobytes())
    forged = graph_with_weights_in_another_file("secret.bin")
    assert len(onnx.load_from_string(forged).graph.initializer) == 1  # the forgery is well formed
    # Refused for where it points, before anything is opened; not for what would be found there.
    with pytest.raises(ModelError, match="External data path validation failed"):
        OnnxPredictor(forged)
