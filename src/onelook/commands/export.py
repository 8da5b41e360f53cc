"""`onelook export`: write a model in a format that runs without onelook."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import load
from onelook.errors import ConfigError
from onelook.export import EXPORTS
from onelook.export.target import Exported, Source, Target
from onelook.export.write_checked import refuse_place, write_checked
from onelook.files import refuse_overwriting


def export_model(model: str | Path, file_format: str, out: str | Path | None = None) -> Exported:
    """Write the model in another format. It is kept only if it predicts what the model predicts.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        file_format: a name in `onelook.export.EXPORTS`, such as `onnx`.
        out: the file or folder; by default named after the model, in the current folder.

    Raises:
        ConfigError: the format is unknown, `out` cannot be written or is inside the model's folder, a package is not
            installed, or the format cannot hold this model.
        ModelError: the model is damaged, or what was written predicts something else than the model.
    """
    target: Target = EXPORTS.load(file_format)
    source = Path(model).resolve()
    path = Path(out) if out is not None else Path(f"{_name(source)}{target.ending}")
    if path.resolve().parent in (source, source / "model"):
        raise ConfigError(
            f"--out {path}: is inside the model's folder, which must stay unchanged. Name another folder."
        )
    refuse_place(target, path)
    refuse_overwriting(path, (model,), "--out")
    classifier = load(model)
    classifier.card.need_network(f"--to {file_format}")
    return write_checked(Source(classifier, classifier.graph), target, path)


def _name(source: Path) -> str:
    """Return the name of the model's run; without a run, that of the folder or the zip."""
    return source.parent.name if source.name == "model" else source.stem if source.is_file() else source.name
