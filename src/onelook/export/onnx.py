"""A classifier as one `.onnx` file, with everything in its metadata that a program needs that has only the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from onelook.export.target import Answer, Source, Target, notes_of
from onelook.files import json_text
from onelook.predictors.graph_fields import with_notes
from onelook.predictors.onnx import OnnxPredictor


def write_onnx(source: Source, path: Path) -> None:
    """Write the graph with its metadata.

    The file takes `images`, (batch, height, width, channels) raw pixels, and gives `probabilities`, (batch, classes);
    it contains the preparation. `checksum` in its metadata is the SHA-256 of its first `checksum_bytes` bytes, which
    are the graph; the metadata follows it.
    """
    graph = source.graph
    notes = {**notes_of(source.classifier), "checksum": hashlib.sha256(graph).hexdigest(), "checksum_bytes": len(graph)}
    path.write_bytes(with_notes(graph, {name: json_text(value) for name, value in notes.items()}))


def read_onnx(path: Path) -> Answer:
    """Return a function that predicts with the file, run by ONNX Runtime."""
    return OnnxPredictor(path).probabilities


TARGET = Target(
    write=write_onnx, read=read_onnx, ending=".onnx", from_graph=True, holds_int8=True, holds_classical=True
)
