"""Export a classifier as one `.onnx` file."""

from __future__ import annotations

from pathlib import Path

from onelook.classifier import Classifier
from onelook.classifier.golden import TOLERANCE, largest_difference
from onelook.errors import ConfigError, ModelError
from onelook.export import Exported
from onelook.files import atomic_path, json_text
from onelook.predictors.graph_fields import with_notes
from onelook.predictors.onnx import OnnxPredictor
from onelook.runtime import command_name


def export_onnx(classifier: Classifier, out: Path) -> Exported:
    """Write the graph to `out`, and keep it only if it gives the model's probabilities.

    The file takes `images`, (batch, height, width, channels) raw pixels, and gives `probabilities`, (batch, classes);
    it contains the preparation. Its metadata has the `class_names` and how a picture is decoded (`decode`), as JSON. It
    is read back from the disk and run on the golden pictures before it gets its name. An existing file is replaced.

    Raises:
        ModelError: the file's probabilities differ by more than 1e-4 from the golden probabilities, or from those that
            the model gives now. No file is kept.
        ConfigError: `out` is a folder, or cannot be written.
    """
    if out.is_dir():
        raise ConfigError(f"{out}: is a folder. Name a file, such as {out / 'model.onnx'}.")
    golden = classifier.golden
    with atomic_path(out) as temporary:
        temporary.write_bytes(with_notes(classifier.graph, _notes(classifier)))
        replayed = OnnxPredictor(temporary).probabilities(golden.pictures)
        difference = max(
            largest_difference(replayed, golden.probabilities),
            largest_difference(replayed, classifier.probabilities(golden.pictures)),
        )
        if not difference <= TOLERANCE:
            raise ModelError(
                f"{out}: the exported file's probabilities differ by {difference:.2g} from the model's, expected at "
                f"most {TOLERANCE:g}. It was not kept. Check the model with `{command_name()} verify`; if that passes, "
                "please report this, with the network."
            )
        size = temporary.stat().st_size
    return Exported(out, size, len(golden.pictures), difference, classifier.class_names)


def _notes(classifier: Classifier) -> dict[str, str]:
    """Return what a program that has only the file needs to know of the model, as JSON."""
    decode = classifier.decode.model_dump(mode="json")
    return {"class_names": json_text(list(classifier.class_names)), "decode": json_text(decode)}
