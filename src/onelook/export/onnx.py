"""A classifier as one `.onnx` file, with everything in its metadata that a program needs that has only the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from onelook import __version__
from onelook.classifier import Classifier
from onelook.export.target import Answer, Source, Target
from onelook.files import json_text
from onelook.predictors.graph_fields import with_notes
from onelook.predictors.onnx import OnnxPredictor


def write_onnx(source: Source, path: Path) -> None:
    """Write the graph with its metadata.

    The file takes `images`, (batch, height, width, channels) raw pixels, and gives `probabilities`, (batch, classes);
    it contains the preparation.
    """
    path.write_bytes(with_notes(source.graph, notes_of(source.classifier, source.graph)))


def notes_of(classifier: Classifier, graph: bytes) -> dict[str, str]:
    """Return the metadata: values as JSON, by name.

    `size` is (height, width, channels) of a picture, `dtype` and `value_range` tell its numbers. `decode` says how a
    picture becomes these numbers. `onelook` is the version that wrote the file, `model` the checksum of the model's
    `model.json`. `checksum` is the SHA-256 of the file's first `checksum_bytes` bytes, which are the graph; the
    metadata follows it.
    """
    card = classifier.card
    values = {
        "class_names": list(classifier.class_names),
        "size": list(card.input_shape),
        "dtype": card.dtype,
        "value_range": list(card.value_range),
        "decode": classifier.decode.model_dump(mode="json"),
        "onelook": __version__,
        "model": card.checksum,
        "checksum": hashlib.sha256(graph).hexdigest(),
        "checksum_bytes": len(graph),
    }
    return {name: json_text(value) for name, value in values.items()}


def read_onnx(path: Path) -> Answer:
    """Return what answers with the file, run by ONNX Runtime."""
    return OnnxPredictor(path).probabilities


TARGET = Target(write=write_onnx, read=read_onnx, ending=".onnx", from_graph=True)
