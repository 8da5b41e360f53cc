"""The parts of an export: a format, what is written in it, and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from onelook import __version__
from onelook.classifier import Classifier
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError
from onelook.models.describe import describe_layer
from onelook.models.shapes import PlannedLayer
from onelook.predictors.predictor import Probabilities

Answer = Callable[[Images], Probabilities]  # raw pictures, (rows, height, width, channels), to (rows, classes)


@dataclass(frozen=True)
class Source:
    """The model to export, and the ONNX graph for formats that are made from a graph."""

    classifier: Classifier
    graph: bytes  # from raw pictures to probabilities


@dataclass(frozen=True)
class Target:
    """A format: how a model is written, and how what was written is run again.

    Attributes:
        write: writes the model to a path, which is an empty file, or an empty folder.
        read: reads what was written from the disk, and returns what answers for pictures with it.
        ending: the end of the default name, such as ".onnx".
        is_folder: whether a model becomes a folder instead of a file.
        from_graph: whether it is made from the ONNX graph; otherwise from the layers, which a classical model lacks.
    """

    write: Callable[[Source, Path], None]
    read: Callable[[Path], Answer]
    ending: str
    is_folder: bool = False
    from_graph: bool = False


@dataclass(frozen=True)
class Exported:
    """An exported file or folder that gives the model's probabilities."""

    path: Path
    size_bytes: int
    golden_pictures: int  # the number of golden pictures on which it was compared with the model
    random_pictures: int  # and of random ones
    difference: float  # the largest between their probabilities
    class_names: tuple[str, ...]  # in the order of the output

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook export --json`."""
        return {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "golden_pictures": self.golden_pictures,
            "random_pictures": self.random_pictures,
            "difference": self.difference,
            "class_names": list(self.class_names),
        }


def notes_of(classifier: Classifier) -> dict[str, JsonValue]:
    """Return the metadata.

    `size` is (height, width, channels) of a picture, `dtype` and `value_range` describe its numbers. `decode` says how
    a picture becomes these numbers. `onelook` is the version that wrote the file, `model` the checksum of the model's
    `model.json`.
    """
    card = classifier.card
    return {
        "class_names": list(card.class_names),
        "size": list(card.input_shape),
        "dtype": card.dtype,
        "value_range": list(card.value_range),
        "decode": card.decode.model_dump(mode="json"),
        "onelook": __version__,
        "model": card.checksum,
    }


def cannot_hold(file_format: str, planned: PlannedLayer) -> ConfigError:
    """Return the error for a layer that a format has no operators for, with the layer's number and name."""
    return ConfigError(
        f"--to {file_format}: layer {planned.number} ({describe_layer(planned.layer)}) cannot be written: there is no "
        f"translation of '{planned.layer.type}' for this format. Use --to onnx, which holds every layer."
    )
