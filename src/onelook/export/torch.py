"""A classifier as a program of PyTorch, a `.pt2` file of torch.export, which torch runs without onelook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onelook.data.pictures.protocol import Images
from onelook.export.target import Answer, Source, Target, notes_of
from onelook.files import json_text
from onelook.optional_packages import require_torch
from onelook.predictors.predictor import Probabilities

if TYPE_CHECKING:
    from torch.export import ExportedProgram

NOTES = "onelook.json"  # the name of the metadata among the file's extra files
_EXAMPLE_ROWS = 2  # one row would make torch take the number of rows for fixed


def write_torch(source: Source, path: Path) -> None:
    """Write the program, from `images`, (batch, height, width, channels) raw pixels, to (batch, classes).

    The metadata is the extra file `onelook.json`.

    Raises:
        ConfigError: torch is not installed, or the model is a classical one.
    """
    require_torch("--to torch")
    import torch

    torch.export.save(_program(source), path, extra_files={NOTES: json_text(notes_of(source.classifier))})


def _program(source: Source) -> ExportedProgram:
    import torch

    from onelook.predictors.torch import FromChannelsLast, TorchPredictor

    card = source.classifier.card
    predictor = TorchPredictor(
        card.need_network("--to torch"),
        card.preprocess,
        source.classifier.weights,
        card.input_shape,
        len(card.class_names),
        views=card.views,
        temperature=card.temperature,
    )
    example = torch.from_numpy(np.zeros((_EXAMPLE_ROWS, *card.input_shape), card.dtype))
    with torch.no_grad():
        rows = {"images": {0: torch.export.Dim("batch", min=1)}}
        return torch.export.export(FromChannelsLast(predictor.module), (example,), dynamic_shapes=rows)


def read_torch(path: Path) -> Answer:
    """Return a function that predicts with the file, run by torch."""
    import torch

    module = torch.export.load(path).module()

    def answer(images: Images) -> Probabilities:
        with torch.inference_mode():
            probabilities: Probabilities = module(torch.from_numpy(np.ascontiguousarray(images))).numpy()
        return probabilities

    return answer


TARGET = Target(write=write_torch, read=read_torch, ending=".pt2")
