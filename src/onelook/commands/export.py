"""`onelook export`: a model as one file that runs on its own."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import load
from onelook.errors import ConfigError
from onelook.export import EXPORTS, Exported


def export_model(model: str | Path, file_format: str, out: str | Path | None = None) -> Exported:
    """Write the model in another format. The file is kept only if it says what the model says.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        file_format: a name in `onelook.export.EXPORTS`, such as `onnx`.
        out: the file; by default named after the model, in the current folder.

    Raises:
        ConfigError: an unknown format, `out` is a folder or lies in the model's own, or the model is no network.
        ModelError: the model is damaged, or the file says something else than the model.
    """
    write = EXPORTS.load(file_format)
    source = Path(model).resolve()
    target = Path(out) if out is not None else Path(f"{_name(source)}.{file_format}")
    if target.resolve().parent in (source, source / "model"):
        raise ConfigError(f"--out {target}: lies in the model's own folder, which is kept as it was saved.")
    classifier = load(model)
    classifier.card.need_network(f"--to {file_format}")
    exported: Exported = write(classifier, target)
    return exported


def _name(source: Path) -> str:
    """The run's name where the model is a run's, else the folder's or the zip's."""
    return source.parent.name if source.name == "model" else source.stem if source.is_file() else source.name
