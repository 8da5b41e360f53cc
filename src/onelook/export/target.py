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
from onelook.metrics.interval import wilson_interval
from onelook.models.describe import describe_layer
from onelook.models.shapes import PlannedLayer
from onelook.predictors.predictor import Probabilities

Answer = Callable[[Images], Probabilities]  # raw pictures, (rows, height, width, channels), to (rows, classes)


@dataclass(frozen=True)
class Source:
    """The model to export, and the ONNX graph for formats that are made from a graph."""

    classifier: Classifier
    graph: bytes  # from raw pictures to probabilities
    is_model: bool = True  # whether the graph is the model's own, and not one in 8 bits


@dataclass(frozen=True)
class Target:
    """A format: how a model is written, and how what was written is run again.

    Attributes:
        write: writes the model to a path, which is an empty file, or an empty folder.
        read: reads what was written from the disk, and returns what answers for pictures with it.
        ending: the end of the default name, such as ".onnx".
        is_folder: whether a model becomes a folder instead of a file.
        from_graph: whether it is made from the ONNX graph; otherwise from the layers, which a classical model lacks.
        holds_int8: whether the graph may be one in 8 bits.
        then: what a user does with the folder next, as words for the shell.
        holds_classical: whether the graph may be that of a classical model, with operators for machine learning.
    """

    write: Callable[[Source, Path], None]
    read: Callable[[Path], Answer]
    ending: str
    is_folder: bool = False
    from_graph: bool = False
    holds_int8: bool = False
    holds_classical: bool = False
    then: str = ""


@dataclass(frozen=True)
class Measured:
    """The accuracy, size and speed of one file."""

    right: int
    size_bytes: int
    pictures_per_second: float

    def accuracy(self, rows: int) -> tuple[float, tuple[float, float]]:
        """Return the share of right answers, and its 95 % interval."""
        return self.right / rows, wilson_interval(self.right, rows)


@dataclass(frozen=True)
class Int8Result:
    """The graph in 8 bits beside the one in float32, on the same labelled pictures."""

    rows: int  # labelled pictures
    calibration_pictures: int
    before: Measured
    after: Measured
    changed: int  # pictures that get another answer

    @property
    def lost_points(self) -> float:
        """The percentage points of accuracy that the 8 bits cost."""
        return 100 * (self.before.right - self.after.right) / self.rows

    def to_dict(self) -> dict[str, JsonValue]:
        """Return plain JSON values."""
        sides: dict[str, JsonValue] = {}
        for name, side in (("before", self.before), ("after", self.after)):
            accuracy, interval = side.accuracy(self.rows)
            sides[name] = {
                "accuracy": accuracy,
                "accuracy_interval": list(interval),
                "size_bytes": side.size_bytes,
                "pictures_per_second": side.pictures_per_second,
            }
        return {
            "rows": self.rows,
            "calibration_pictures": self.calibration_pictures,
            "lost_points": self.lost_points,
            "changed": self.changed,
            **sides,
        }


@dataclass(frozen=True)
class Exported:
    """An exported file or folder that gives the model's probabilities."""

    path: Path
    size_bytes: int
    golden_pictures: int  # the number of golden pictures on which it was compared with the model
    random_pictures: int  # and of random ones
    difference: float  # the largest between their probabilities
    class_names: tuple[str, ...]  # in the order of the output
    then: str = ""  # what a user does next, as words for the shell
    int8: Int8Result | None = None  # for a file in 8 bits, which was compared with the graph in 8 bits

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook export --json`."""
        found: dict[str, JsonValue] = {
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "golden_pictures": self.golden_pictures,
            "random_pictures": self.random_pictures,
            "difference": self.difference,
            "class_names": list(self.class_names),
        }
        return found if self.int8 is None else {**found, "int8": self.int8.to_dict()}


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
