"""`onelook export`: write a model in a format that runs without onelook."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from onelook.classifier import load
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.errors import ConfigError, missing_extra
from onelook.export import EXPORTS
from onelook.export.calibration import labelled_pictures
from onelook.export.classical_graph import classical_graph
from onelook.export.int8 import CALIBRATION_PICTURES, measure
from onelook.export.target import Exported, Source, Target
from onelook.export.write_checked import refuse_place, write_checked
from onelook.files import refuse_overwriting
from onelook.wording import counted, listed


@dataclass(frozen=True)
class Int8Request:
    """The request to write a model in 8 bits."""

    data: Any  # labelled pictures, as for `open_dataset`
    most_lost_points: float = 1.0  # percentage points of accuracy
    on_progress: OnProgress | None = None  # called with pictures decoded and pictures in all


def export_model(
    model: str | Path, file_format: str, out: str | Path | None = None, *, int8: Int8Request | None = None
) -> Exported:
    """Write the model in another format. It is kept only if it predicts what the model predicts.

    In 8 bits it predicts something else: then it is kept if that costs no more accuracy than allowed.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        file_format: a name in `onelook.export.EXPORTS`, such as `onnx`.
        out: the file or folder; by default named after the model, in the current folder.
        int8: writes it in 8 bits, and with which data; by default it has the model's float32.

    Raises:
        ConfigError: the format is unknown, `out` cannot be written or is inside the model's folder, a package is not
            installed, the format cannot hold this model, or 8 bits cost too much accuracy.
        DataError: the data for 8 bits is wrong or has no labels.
        ModelError: the model is damaged, or what was written predicts something else than the model.
    """
    target: Target = EXPORTS.load(file_format)
    if int8 is not None and not target.holds_int8:
        holding = [name for name in EXPORTS if EXPORTS.load(name).holds_int8]
        raise ConfigError(f"--int8 with --to {file_format}: expected --to {listed(holding, last='or')}.")
    source = Path(model).resolve()
    path = Path(out) if out is not None else Path(f"{_name(source)}{target.ending}")
    if path.resolve().parent in (source, source / "model"):
        raise ConfigError(
            f"--out {path}: is inside the model's folder, which must stay unchanged. Name another folder."
        )
    refuse_place(target, path)
    refuse_overwriting(path, (model,), "--out")
    classifier = load(model)
    if not target.holds_classical or int8 is not None:
        classifier.card.need_network(f"--to {file_format}" if int8 is None else "--int8")
    if int8 is None:
        return write_checked(Source(classifier, classical_graph(classifier)), target, path)
    pictures = labelled_pictures(classifier, int8.data, CALIBRATION_PICTURES, int8.on_progress)
    graph = _in_8_bits(classifier.graph, pictures.calibration)
    result = measure(classifier, graph, pictures.scored, pictures.labels, len(pictures.calibration))
    if result.lost_points > int8.most_lost_points:
        raise ConfigError(
            f"--int8: in 8 bits the model answers {result.after.right:,} of {counted(result.rows, 'picture')} rightly, "
            f"in float32 {result.before.right:,}: {result.lost_points:.1f} points less, allowed "
            f"{int8.most_lost_points:g}. Nothing was written. Allow more with --allow-loss, or leave out "
            "--int8.",
            options=[f"--allow-loss {math.ceil(result.lost_points)}"],
        )
    return replace(write_checked(Source(classifier, graph, is_model=False), target, path), int8=result)


def _in_8_bits(graph: bytes, calibration: Images) -> bytes:
    try:
        from onelook.predictors.graph.quantize import quantize
    except ImportError as error:
        raise missing_extra(error.name or "onnx", "train", "--int8") from error
    return quantize(graph, calibration)


def _name(source: Path) -> str:
    """Return the name of the model's run; without a run, that of the folder or the zip."""
    return source.parent.name if source.name == "model" else source.stem if source.is_file() else source.name
