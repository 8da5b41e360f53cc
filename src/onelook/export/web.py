"""A classifier as a folder with a page that runs it in the browser, by ONNX Runtime Web."""

from __future__ import annotations

import re
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import JsonValue

from onelook.classifier import Classifier, ModelCard
from onelook.classifier.golden import choose_pictures
from onelook.classifier.inputs import in_bytes
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError
from onelook.export.onnx import read_onnx, write_onnx
from onelook.export.target import Answer, Source, Target, notes_of
from onelook.files import json_text
from onelook.report.theme import page_style
from onelook.wording import counted, listed

RUNTIME = ("onnxruntime-web", "1.30.0")  # the npm package that the page runs on
_MODEL = "model.onnx"
_COPIED = ("index.html", "app.js", "content.js", "model.js", "picture.js", "serve.mjs")
_EXAMPLES = 8
_LARGEST_DRAWN = 64  # pixels a side: of larger pictures a drawing with one pen says little
_NAMED_IN_QUESTION = 4
_NOT_IN_JAVASCRIPT = ("int64", "uint64", "float16")


def write_web(source: Source, folder: Path) -> None:
    """Write the page, the model, and `package.json`, which names the one package that `npm install` fetches.

    Raises:
        ConfigError: the page cannot make the model's pictures.
    """
    card = source.classifier.card
    if card.dtype in _NOT_IN_JAVASCRIPT:
        raise ConfigError(f"--to web: the model takes {card.dtype}, which the page does not write. Use --to onnx.")
    page = package_files("onelook.export") / "web_page"
    for name in _COPIED:
        (folder / name).write_bytes((page / name).read_bytes())
    style = page_style() + (page / "style.css").read_text(encoding="utf-8")
    (folder / "style.css").write_text(style, encoding="utf-8")
    write_onnx(source, folder / _MODEL)
    examples = examples_of(source.classifier)
    (folder / "examples").mkdir()
    for number, example in enumerate(examples, 1):
        Image.fromarray(example[..., 0] if card.decode.channels == 1 else example).save(
            folder / "examples" / f"{number}.png"
        )
    _write_json(folder / "model.json", notes_of(source.classifier) | _facts(source.classifier, len(examples)))
    _write_json(folder / "package.json", _package(card))


def _facts(classifier: Classifier, examples: int) -> dict[str, JsonValue]:
    """Return what the page shows and does, beside the metadata of the model."""
    names = classifier.class_names
    few = len(names) <= _NAMED_IN_QUESTION
    return {
        "question": f"{listed(names, last='or')}?" if few else f"Which of {counted(len(names), 'class')}?",
        "about": f"{counted(len(names), 'class')}: {listed(names, most=12)}",
        "draw": None if (ground := drawing_ground(classifier)) is None else {"ground": ground},
        "examples": examples,
    }


def drawing_ground(classifier: Classifier) -> int | None:
    """Return the shade to draw on, 0 or 255: that of the edges of most golden pictures.

    None for a model of coloured or larger pictures, for which nobody can draw with one pen.
    """
    card = classifier.card
    if card.decode.channels != 1 or max(card.input_shape) > _LARGEST_DRAWN:
        return None
    pictures = in_bytes(classifier.golden.pictures, classifier.card.value_range)
    edges = np.concatenate([pictures[:, side].ravel() for side in (0, -1)])
    return 255 if np.median(edges) > 127 else 0


def examples_of(classifier: Classifier) -> Images:
    """Return some golden pictures, uint8; none if they are noise, as in a model that shows no pictures."""
    golden, card = classifier.golden.pictures, classifier.card
    if np.array_equal(golden, choose_pictures(None, card)):
        return np.zeros((0, *card.input_shape), np.uint8)
    shown = in_bytes(golden[:: max(1, len(golden) // _EXAMPLES)][:_EXAMPLES], card.value_range)
    # As a file was, before the model exchanged dark and light.
    return 255 - shown if card.decode.invert else shown


def _package(card: ModelCard) -> dict[str, JsonValue]:
    words = re.sub(r"[^a-z0-9]+", "-", "-".join(card.class_names[:_NAMED_IN_QUESTION]).lower()).strip("-")
    name, version = RUNTIME
    return {
        "name": f"onelook-{words}"[:100].strip("-"),
        "version": "1.0.0",
        "private": True,
        "type": "module",
        "description": "A picture classifier that runs in the browser. npm install, then npm start.",
        "scripts": {"start": "node serve.mjs"},
        "dependencies": {name: version},
    }


def _write_json(path: Path, value: dict[str, JsonValue]) -> None:
    path.write_text(json_text(value) + "\n", encoding="utf-8", newline="\n")


def read_web(folder: Path) -> Answer:
    """Return a function that predicts with the model in the folder, run by ONNX Runtime."""
    return read_onnx(folder / _MODEL)


TARGET = Target(
    write=write_web,
    read=read_web,
    ending="-web",
    is_folder=True,
    from_graph=True,
    holds_int8=True,
    then="npm install && npm start",
)
