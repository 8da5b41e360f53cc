"""Build a classifier from trained weights or a fitted estimator, or load one from disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from pydantic import ValidationError

from onelook.classifier.card import DTYPES, ModelCard, format_of
from onelook.classifier.engines import EngineName, choose_engine
from onelook.classifier.folder import read_model
from onelook.classifier.golden import choose_pictures
from onelook.classifier.model import Classifier
from onelook.classifier.model_parts import ModelParts, make_classical_parts, make_parts
from onelook.classifier.picture_list import PictureList
from onelook.classifier.tensors import Weights
from onelook.classifier.verify import refuse_other_answers
from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError, ModelError
from onelook.files import json_text
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, ViewSettings
from onelook.settings.classical import FittedClassical
from onelook.settings.pictures import ONE_VIEW
from onelook.wording import listed


def build_classifier(
    network: NetworkSettings,
    fitted: FittedPreprocess,
    weights: Weights,
    *,
    decode: DecodeSettings,
    class_names: Sequence[str],
    dtype: DTypeLike,
    value_range: tuple[float, float],
    provenance: Mapping[str, Any],
    metrics: Mapping[str, Any],
    views: ViewSettings = ONE_VIEW,
    golden_pictures: Images | ImageSet | None = None,
    pictures: PictureList | None = None,
    engine: EngineName = "auto",
) -> Classifier:
    """Return a classifier with these trained weights.

    Args:
        network: the architecture.
        fitted: the fixed preparation, with the statistics of the training split.
        weights: the state dict of `build_network`'s module as float32 arrays, and `preprocess.zca_matrix` where
            whitening is on.
        decode: the settings that bring a picture to the model's size.
        class_names: in the order of the network's outputs.
        dtype, value_range: the type and range of the pictures before the preparation; `fitted` has the same range.
        provenance: JSON values: data, split, their fingerprints, recipe, epochs, seed, versions, date.
        metrics: JSON values.
        views: the views of each picture that the network gets; by default the picture alone.
        golden_pictures: pictures that every receiver of the model may see; 16 of them, evenly spread, are saved with
            it. By default they are noise.
        pictures: the list of the training and validation pictures; by default the model has none.
        engine: the engine that runs it.

    Raises:
        ModelError: the weights do not fit the architecture, or have diverged.
        ConfigError: no model can have these names, dtype or ranges; or the engine is not installed.
    """
    choose_engine(engine)  # refuses an unknown engine before the work
    if tuple(value_range) != fitted.value_range:
        raise ConfigError(
            f"value_range is {tuple(value_range)}, the preparation was fitted for {fitted.value_range}. "
            "Expected the same range."
        )
    card = _card(
        format_version=format_of(views, decode=decode, network=network),
        class_names=tuple(class_names),
        decode=decode,
        dtype=dtype,
        preprocess=fitted,
        views=views,
        network=network,
        training=provenance,
        metrics=metrics,
    )
    parts = make_parts(card, dict(weights), choose_pictures(golden_pictures, card), "the trained weights")
    return Classifier(replace(parts, pictures=pictures), engine)


def build_classical(
    estimator: bytes,
    classical: FittedClassical,
    preprocess: FittedPreprocess,
    *,
    decode: DecodeSettings,
    class_names: Sequence[str],
    dtype: DTypeLike,
    provenance: Mapping[str, Any],
    metrics: Mapping[str, Any],
    golden_pictures: Images | ImageSet | None = None,
    pictures: PictureList | None = None,
    network: NetworkSettings | None = None,
    graph: bytes = b"",
) -> Classifier:
    """Return a classifier with this fitted scikit-learn model. `build_classifier` explains the other arguments.

    Args:
        estimator: the content of `model.skops`.
        classical: the description of the model and its features.
        preprocess: the fixed preparation.
        network, graph: the layers that make its features, and the same as the content of an `.onnx` file, where a
            pretrained network makes them.

    Raises:
        ModelError: the estimator does not fit `classical`.
        ConfigError: no model can have these names or this dtype; or scikit-learn or skops is not installed.
    """
    card = _card(
        format_version=format_of(ONE_VIEW, is_classical=True, decode=decode, network=network),
        class_names=tuple(class_names),
        decode=decode,
        dtype=dtype,
        preprocess=preprocess,
        network=network,
        classical=classical,
        training=provenance,
        metrics=metrics,
    )
    parts = make_classical_parts(card, estimator, choose_pictures(golden_pictures, card), graph)
    return Classifier(replace(parts, pictures=pictures))


def _card(*, dtype: DTypeLike, training: Mapping[str, Any], metrics: Mapping[str, Any], **fields: Any) -> ModelCard:
    """Return the checked card.

    Raises:
        ConfigError: no model can have one of the values; the message names the first.
    """
    name = np.dtype(dtype).name
    if name not in DTYPES:
        raise ConfigError(f"pictures of dtype {name}; expected {listed(DTYPES, last='or')}.")
    try:
        return ModelCard(
            dtype=name,  # type: ignore[arg-type]  # one of DTYPES
            training=json.loads(json_text(training)),
            metrics=json.loads(json_text(metrics)),
            **fields,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(f"a model cannot have these {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def load(path: str | Path, engine: EngineName = "auto") -> Classifier:
    """Return the classifier in a run folder, in its `model/`, or in a zip of either. It runs no code from there.

    Args:
        path: the run folder, `model/` or zip.
        engine: the engine that runs it: `auto` (onnx; sklearn for a classical model), `onnx`, `torch` or `sklearn`.

    Raises:
        ModelError: there is no model, or a file is missing, altered, damaged, or has a newer format; or this
            installation has other versions of the packages that run the model, with which it answers otherwise.
        ConfigError: the engine is unknown or not installed.
    """
    choose_engine(engine)
    classifier = Classifier(read_parts(path), engine)
    refuse_other_answers(classifier, path)
    return classifier


def read_parts(path: str | Path) -> ModelParts:
    """Return the content of a model folder, wherever `load` finds it.

    Raises:
        ModelError: as for `load`.
    """
    try:
        return read_model(Path(path))
    except OSError as problem:
        raise ModelError(
            f"{path}: could not be read ({problem.strerror}). Check the path and its permissions."
        ) from problem
