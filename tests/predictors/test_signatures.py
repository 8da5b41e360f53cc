"""A graph is ours by its names, its shapes and its types: each of them counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from onelook.errors import ModelError
from onelook.predictors import onnx_session
from onelook.predictors.onnx import _is_ours
from onelook.predictors.onnx_session import GraphFeatures

IMAGES = {"name": "images", "shape": ["batch", 6, 5, 3], "type": "tensor(uint8)"}
PROBABILITIES = {"name": "probabilities", "shape": ["batch", 4], "type": "tensor(float)"}


@pytest.mark.parametrize(
    ("images", "probabilities", "is_ours"),
    [
        ({}, {}, True),
        ({"type": "tensor(double)"}, {}, True),
        ({"name": "image"}, {}, False),
        ({}, {"name": "logits"}, False),
        ({"shape": ["batch", 6, 5]}, {}, False),
        ({"shape": ["batch", 6, 5, 3, 1]}, {}, False),
        ({}, {"shape": ["batch", 4, 1]}, False),
        ({"shape": ["batch", "height", 5, 3]}, {}, False),
        ({"shape": ["batch", 6, 0, 3]}, {}, False),
        ({}, {"shape": ["batch", None]}, False),
        ({}, {"shape": ["batch", -1]}, False),
        ({"type": "tensor(string)"}, {}, False),
        ({}, {"type": "tensor(double)"}, False),
    ],
)
def test_a_graph_that_predicts(images: dict[str, Any], probabilities: dict[str, Any], is_ours: bool) -> None:
    found: Any = SimpleNamespace(**(IMAGES | images)), SimpleNamespace(**(PROBABILITIES | probabilities))
    assert _is_ours(*found) == is_ours


@pytest.mark.parametrize(
    ("images", "features"),
    [
        ({"name": "image"}, {}),
        ({}, {"name": "probabilities"}),
        ({}, {"shape": ["batch", 7, 1]}),
        ({"shape": ["batch", 5, 6, 3]}, {}),
    ],
)
def test_a_graph_of_features(images: dict[str, Any], features: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def session(images: dict[str, Any], features: dict[str, Any]) -> Any:
        made = (
            SimpleNamespace(**(IMAGES | images)),
            SimpleNamespace(**({"name": "features", "shape": ["b", 7]} | features)),
        )
        return SimpleNamespace(get_inputs=lambda: [made[0]], get_outputs=lambda: [made[1]])

    monkeypatch.setattr(onnx_session, "open_session", lambda *_: session({}, {}))
    found = GraphFeatures(b"", (6, 5, 3))
    assert (found.input_shape, found.count) == ((6, 5, 3), 7)
    monkeypatch.setattr(onnx_session, "open_session", lambda *_: session(images, features))
    with pytest.raises(ModelError, match=r"expected 'images' of \(6, 5, 3\) and 'features'"):
        GraphFeatures(b"", (6, 5, 3))
