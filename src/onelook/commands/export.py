"""`onelook export`: write a model as one file that runs without onelook."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import load
from onelook.errors import ConfigError
from onelook.export import EXPORTS, Exported
from onelook.files import refuse_overwriting, refuse_unwritable


def export_model(model: str | Path, file_format: str, out: str | Path | None = None) -> Exported:
    """Write the model in another format. The file is kept only if it predicts what the model predicts.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        file_format: a name in `onelook.export.EXPORTS`, such as `onnx`.
        out: the file; by default named after the model, in the current folder.

    Raises:
        ConfigError: the format is unknown, `out` cannot be written or is inside the model's folder, or the model is not
            a network.
        ModelError: the model is damaged, or the file predicts something else than the model.
    """
    write = EXPORTS.load(file_format)
    source = Path(model).resolve()
    target = Path(out) if out is not None else Path(f"{_name(source)}.{file_format}")
    if target.resolve().parent in (source, source / "model"):
        raise ConfigError(
            f"--out {target}: is inside the model's folder, which must stay unchanged. Name another folder."
        )
    refuse_unwritable(target)
    refuse_overwriting(target, (model,), "--out")
    classifier = load(model)
    classifier.card.need_network(f"--to {file_format}")
    exported: Exported = write(classifier, target)
    return exported


def _name(source: Path) -> str:
    """Return the name of the model's run; without a run, that of the folder or the zip."""
    return source.parent.name if source.name == "model" else source.stem if source.is_file() else source.name
