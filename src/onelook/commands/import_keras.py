"""`onelook import`: turn a Keras file into a portable model, without Keras and without running its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from onelook.classifier import Classifier
from onelook.classifier.build import build_classifier
from onelook.errors import ConfigError, ModelError, unknown_name
from onelook.files import checksum, refuse_unwritable_folder
from onelook.models.keras.network import KerasNetwork, read_keras_network
from onelook.report.model_readme import write_imported_readme
from onelook.runtime import versions
from onelook.settings import DecodeSettings, FittedPreprocess, PreprocessSettings
from onelook.settings.parse import parse_image_size, parse_names
from onelook.wording import counted, listed

Scale = Literal["unit", "signed", "none"]
# What the notebook does to its pixels, in the words of our own preparation.
_SCALES: dict[Scale, Literal["unit", "symmetric", "none"]] = {"unit": "unit", "signed": "symmetric", "none": "none"}
_PARTS = ("train", "Train", "training", "Training")  # folders of a data set that hold the folders of the classes
_SHOWN = 10  # class names in a message


@dataclass(frozen=True, repr=False)
class Imported:
    """A model that was imported and saved."""

    path: Path
    classifier: Classifier
    scale: Scale
    keras_version: str  # of the Keras that wrote the file; empty if the file does not say
    notes: tuple[str, ...]  # sentences about what was taken for granted

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook import --json`."""
        return {
            "path": str(self.path),
            "class_names": list(self.classifier.class_names),
            "input_shape": list(self.classifier.card.input_shape),
            "scale": self.scale,
            "keras_version": self.keras_version or None,
            "notes": list(self.notes),
        }


def import_model(
    file: str | Path,
    out: str | Path,
    *,
    class_names: str | Sequence[str] | None = None,
    scale: str | None = None,
    image_size: str | int | Sequence[int] | None = None,
) -> Imported:
    """Turn a Keras file into a model folder, and return what was written.

    Args:
        file: a `.keras` or `.h5` file that Keras 2 or 3 wrote.
        out: the new folder.
        class_names: in the order of Keras' outputs: `a,b,c`, a list, or the folder of the training pictures.
        scale: what the notebook does to the pixels: `unit` (/ 255), `signed` (/ 127.5 - 1) or `none`. By default
            `none` if the network rescales by itself, else `unit`.
        image_size: of the pictures, for a network that takes any: `180`, or `180x160` for height x width.

    Raises:
        ConfigError: an option is wrong, or `out` holds something.
        ModelError: the file is damaged or no Keras model, or a layer of it cannot be imported.
    """
    target = Path(out)
    refuse_unwritable_folder(target, "--out")
    if target.is_dir() and any(target.iterdir()):
        raise ConfigError(f"--out {target}: holds files already. Name a new folder.")
    classifier, scaled, notes = _read(Path(file), class_names, scale, image_size)
    classifier.save(target)
    write_imported_readme(classifier, target, notes)
    version = classifier.card.training["keras_version"]
    return Imported(target, classifier, scaled, str(version or ""), notes)


def import_keras(
    file: str | Path,
    *,
    class_names: str | Sequence[str] | None = None,
    scale: str | None = None,
    image_size: str | int | Sequence[int] | None = None,
    say: Callable[[str], None] = print,
) -> Classifier:
    """Return the classifier in a Keras file; `import_model` explains the arguments, and saves it too.

    Args:
        file, class_names, scale, image_size: as for `import_model`.
        say: gets the lines about what was taken for granted.

    Raises:
        ConfigError, ModelError: as for `import_model`.
    """
    classifier, _, notes = _read(Path(file), class_names, scale, image_size)
    for note in notes:
        say(note)
    return classifier


def _read(
    file: Path,
    class_names: str | Sequence[str] | None,
    scale: str | None,
    image_size: str | int | Sequence[int] | None,
) -> tuple[Classifier, Scale, tuple[str, ...]]:
    if scale is not None and scale not in _SCALES:
        raise unknown_name("--scale", scale, _SCALES)
    found = read_keras_network(file, None if image_size is None else parse_image_size(image_size))
    scaled, about_scale = _scale(found, scale)
    names, about_names = _class_names(found, class_names)
    height, width, channels = found.picture
    preprocess = FittedPreprocess(settings=PreprocessSettings(scale=_SCALES[scaled]))
    try:
        classifier = build_classifier(
            found.network,
            preprocess,
            found.weights,
            decode=DecodeSettings(height=height, width=width, channels=channels),
            class_names=names,
            dtype="uint8",
            value_range=preprocess.value_range,
            provenance={
                "imported_from": file.name,
                "imported_sha256": checksum(file),
                "keras_version": found.version or None,
                "date": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": versions(),
            },
            metrics={},
        )
    except ModelError as problem:
        raise ModelError(f"{file}: the network cannot be used: {problem}") from problem
    return classifier, scaled, (*found.notes, *about_scale, *about_names)


def _scale(found: KerasNetwork, scale: str | None) -> tuple[Scale, list[str]]:
    """Return how pixels are scaled before the network, and what to say about it."""
    given = next((name for name in _SCALES if name == scale), None)
    if given is None and found.has_rescaling:
        return "none", ["The network rescales its pixels itself, so it gets them from 0 to 255 (--scale none)."]
    if given is None:
        note = "The network does not rescale its pixels, so pixels / 255 is taken (--scale unit). If the training had"
        return "unit", [f"{note} other values, import it again with --scale signed (from -1 to 1) or none (0 to 255)."]
    if given != "none" and found.has_rescaling:
        return given, [f"The network rescales its pixels itself, and --scale {given} rescales them before it."]
    return given, []


def _class_names(found: KerasNetwork, given: str | Sequence[str] | None) -> tuple[tuple[str, ...], list[str]]:
    """Return the names of the classes, and what to say about them."""
    count = found.num_classes
    if given is None:
        order = "no is 0, yes is 1" if found.is_binary else "in the order of Keras' outputs"
        note = f"The file has no class names, so they are 0 to {count - 1} ({order}). Give them with --class-names."
        return tuple(map(str, range(count))), [note]
    folder = Path(given) if isinstance(given, str) else None
    names = _folder_names(folder, count) if folder is not None and folder.is_dir() else parse_names(given)
    if len(names) != count:
        hint = ""
        if folder is not None and "," not in str(given) and not folder.is_dir():
            hint = f" If {folder} is meant as a folder: there is none with that path."
        raise ConfigError(
            f"--class-names: {counted(len(names), 'name')} ({listed(names, most=_SHOWN, last='')}), but the network "
            f"has {counted(count, 'class')}. Name them all, in the order of Keras' outputs.{hint}"
        )
    return names, []


def _folder_names(folder: Path, count: int) -> tuple[str, ...]:
    """Return the names of the folders in a folder of training pictures, sorted as Keras numbers classes."""
    places = [folder, *(folder / name for name in _PARTS if (folder / name).is_dir())]
    found = [tuple(sorted(each.name for each in place.iterdir() if _is_class(each))) for place in places]
    return next((names for names in found if len(names) == count), found[0])


def _is_class(entry: Path) -> bool:
    return entry.is_dir() and not entry.name.startswith(".")
