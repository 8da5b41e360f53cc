"""`Classifier`: predict pictures, save the model, load other weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.card import ModelCard
from onelook.classifier.engines import EngineName, build_predictor, choose_engine
from onelook.classifier.folder import write_model
from onelook.classifier.golden import Golden
from onelook.classifier.inputs import PictureSource, as_input, as_sources, from_bytes_range, pictures_in
from onelook.classifier.model_parts import ModelParts, make_classical_parts, make_parts
from onelook.classifier.picture_list import PictureList
from onelook.classifier.prediction import Prediction, Predictions
from onelook.classifier.signature_file import count_features
from onelook.classifier.tensors import Weights, from_safetensors, to_safetensors
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError, DataError, ModelError
from onelook.files import write_bytes
from onelook.notebook import html_of
from onelook.predictors.predictor import BATCH_SIZE, Features, OnFeatures, Predictor, Probabilities
from onelook.settings import DecodeSettings
from onelook.settings.opening import OpeningKeywords, opening_options
from onelook.settings.python_words import python_words
from onelook.signature.pixel_statistics import Statistics, pixel_statistics
from onelook.signature.signature import Signature
from onelook.signature.unlikeness import Unlikeness
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.evaluation.result import Evaluation


class Classifier:
    """A trained, portable model: class names, decode settings, weights, and a predictor.

    `onelook.load` reads one from disk, `build_classifier` makes one from trained weights.

    Args:
        parts: the content of a model folder.
        engine: what runs it: `onnx`, `torch` or `sklearn`; `auto` is `sklearn` for a classical model, else `onnx`.
        threads: threads inside one operation of ONNX Runtime; by default as many as this process may use.

    Raises:
        ModelError: the engine cannot run the parts.
        ConfigError: the engine is unknown or not installed.
    """

    def __init__(self, parts: ModelParts, engine: EngineName = "auto", threads: int | None = None) -> None:
        self._engine = choose_engine(engine, parts.card)
        self._threads = threads
        self._parts = parts
        signature = parts.signature
        self._gives_features = signature is not None and signature.features is not None
        self._predictor = self._build_predictor(parts, features=self._gives_features)

    def __reduce__(self) -> tuple[type[Classifier], tuple[ModelParts, EngineName]]:
        """Pickle the content of the model's folder; another process builds its predictor anew."""
        return Classifier, (self._parts, self._engine)

    def __repr__(self) -> str:
        height, width, channels = self.card.input_shape
        return (
            f"Classifier({counted(len(self.class_names), 'class')}, pictures of {height}×{width}×{channels}, "
            f"engine {self.engine})"
        )

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: what the model is, its classes, what it takes, some of its answers."""
        return html_of("onelook.report.notebook.classifier:classifier_html", self)

    def _build_predictor(self, parts: ModelParts, *, features: bool) -> Predictor:
        return build_predictor(
            self._engine,
            parts.card,
            parts.weights,
            parts.graph,
            parts.estimator,
            features=features,
            threads=self._threads,
        )

    @property
    def card(self) -> ModelCard:
        """Everything that is known of the model except its weights."""
        return self._parts.card

    @property
    def class_names(self) -> tuple[str, ...]:
        """The class names, in the order of the probabilities."""
        return self.card.class_names

    @property
    def decode(self) -> DecodeSettings:
        """The settings that bring a picture to the model's size."""
        return self.card.decode

    @property
    def weights(self) -> Weights:
        """The state dict as arrays, float32; empty for a classical model."""
        return self._parts.weights

    @property
    def graph(self) -> bytes:
        """The content of `model.onnx`; for a classical model the graph of its features, or nothing."""
        return self._parts.graph

    @property
    def estimator(self) -> Any:
        """The fitted scikit-learn model of a classical model; None for a network."""
        return getattr(self._predictor, "estimator", None)

    @property
    def golden(self) -> Golden:
        """The pictures that are saved with the model, and their probabilities."""
        return self._parts.golden

    @property
    def pictures(self) -> PictureList | None:
        """The list of the training and validation pictures; None if the model has none."""
        return self._parts.pictures

    @property
    def signature(self) -> Signature | None:
        """The look of the training pictures; None if that is not known."""
        return self._parts.signature

    @property
    def engine(self) -> str:
        """The engine that runs the model: `onnx`, `torch` or `sklearn`."""
        return self._engine

    def predict(self, inputs: PictureSource | Iterable[PictureSource]) -> list[Prediction]:
        """Return a prediction for every picture, in order.

        Args:
            inputs: paths, encoded bytes, Pillow images and arrays, in any mixture; an array of many,
                (rows, height, width, channels); or the path of a folder: all its pictures, in natural order, each
                prediction with the picture's path below the folder as `id`. See `as_input` for the values that an
                array may have.

        Raises:
            DataError: a picture cannot be read or does not fit this model; the message has its number or path.
        """
        found = pictures_in(inputs)
        batches = self._batches(inputs if found is None else found.values())
        predictions = Predictions(one for images in batches for one in self._predictions(images))
        if found is None:
            return predictions
        return Predictions(replace(one, id=name) for name, one in zip(found, predictions, strict=True))

    def predict_decoded(self, pictures: Sequence[Images]) -> list[Prediction]:
        """Return a prediction for each of some pictures, in the form that `as_input` returns.

        They are not decoded again.
        """
        return self._predictions(np.stack(pictures)) if len(pictures) else []

    def _predictions(self, images: Images) -> list[Prediction]:
        probabilities, unlikeness = self.judge(images)
        how: dict[int, str] = {}
        if unlikeness is not None:
            how = {row: unlikeness.how([row]) for row in np.flatnonzero(unlikeness.is_unlike).tolist()}
        return [self._prediction(row, how.get(at)) for at, row in enumerate(probabilities)]

    def predict_proba(self, inputs: PictureSource | Iterable[PictureSource]) -> Probabilities:
        """Return (rows, classes), float32: the probability of each class, in the order of `class_names`.

        Args:
            inputs: as for `predict`; `probabilities` is faster for pictures that have the model's size.

        Raises:
            DataError: as for `predict`.
        """
        found = pictures_in(inputs)
        batches = self._batches(inputs if found is None else found.values())
        rows = [self._predictor.probabilities(images) for images in batches]
        return np.concatenate(rows) if rows else np.empty((0, len(self.class_names)), np.float32)

    def evaluate(self, data: Any, **options: Unpack[OpeningKeywords]) -> Evaluation:
        """Return the scores on the test part of labelled data; without one on its validation part, or on all of it.

        Args:
            data: as for `open_dataset`. Its classes are matched with the model's by name.
            **options: how the data is opened, as for `open_dataset`.

        Raises:
            ConfigError: an option is wrong.
            DataError: the data is wrong, unlabelled, or has classes that the model does not know.
        """
        # Loaded by name: the scores lie above the portable model, which has to work without them.
        evaluate = import_module("onelook.commands.evaluate").evaluate_classifier
        call = import_module("onelook.commands.in_python").in_python(evaluate)
        evaluation: Evaluation = call(self, data, opening=opening_options(options, "evaluate")).evaluation
        return replace(evaluation, warnings=tuple(map(python_words, evaluation.warnings)))

    def probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        """Return (rows, classes), float32, each row summing to 1; one row for every picture, in order.

        Args:
            images: (rows, height, width, channels) with the model's size; in its dtype and value range, or uint8
                from 0 to 255.
            on_features: called with the features that the network makes of each batch; never by a model whose signature
                has none.

        Raises:
            DataError: the pictures have another size or dtype.
        """
        return self._probabilities(images, on_features)

    @property
    def feature_count(self) -> int:
        """The number of features that the network makes of a picture before its last layer; 0 if it has none."""
        return count_features(self.card)

    def judge(self, images: Images, on_features: OnFeatures | None = None) -> tuple[Probabilities, Unlikeness | None]:
        """Return what `probabilities` does, and how far the pictures are from those that the model learnt from.

        Args:
            images: as for `probabilities`.
            on_features: called with the features of each batch, (rows, `feature_count`), float32; never by a model
                that has none.

        Returns:
            The second is None if the model does not know what its training pictures look like.

        Raises:
            DataError: as for `probabilities`.
        """
        signature = self.signature
        if on_features is not None and not self._gives_features:
            self._predictor = self._build_predictor(self._parts, features=self.feature_count > 0)
            self._gives_features = True
        if signature is None:
            return self._probabilities(images, on_features), None
        of_features: list[NDArray[np.float32]] = []

        def take(found: Features) -> None:
            if signature.features is not None:
                of_features.append(signature.features_of(found))
            if on_features is not None:
                on_features(found)

        probabilities = self._probabilities(images, take)
        statistics = pixel_statistics(images, self.card.value_range)
        distances = signature.look_of(statistics)
        if of_features:
            distances = np.maximum(distances, np.concatenate(of_features))
        return probabilities, Unlikeness(signature, statistics, distances)

    def _probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        if images.dtype != np.uint8 or self.card.dtype == "uint8":
            return self._predictor.probabilities(images, on_features)
        # In slices, because floats take up to eight times the memory of bytes.
        probabilities = np.empty((len(images), len(self.class_names)), np.float32)
        for start in range(0, len(images), BATCH_SIZE):
            rows = slice(start, start + BATCH_SIZE)
            in_range = from_bytes_range(images[rows], self.card)
            probabilities[rows] = self._predictor.probabilities(in_range, on_features)
        return probabilities

    def as_input(self, source: PictureSource, number: int | None = None) -> Images:
        """Return one picture in the form that `probabilities` takes, without the axis of rows.

        Raises:
            DataError: it cannot be read or does not fit this model; the message has its `number`.
        """
        try:
            return as_input(source, self.card)
        except DataError as problem:
            if number is None:
                raise
            raise DataError(f"picture {number}: {problem}") from problem

    def save(self, folder: str | Path, *, picture_list: bool = True) -> Path:
        """Write the model to `folder`, whole or not at all, and return its path. A model there is replaced.

        Args:
            folder: the folder, which is made.
            picture_list: whether the list of the training and validation pictures is saved too. Without it, nobody
                can ask the model whether it has seen a picture.

        Raises:
            ConfigError: `folder` is a file, or contains something else than a model.
        """
        write_model(self._parts if picture_list else replace(self._parts, pictures=None), Path(folder))
        return Path(folder)

    def save_weights(self, path: str | Path) -> Path:
        """Write only the weights, as safetensors, and return the path.

        Raises:
            ConfigError: the model is a classical one, without weights.
        """
        self.card.need_network("save_weights")
        write_bytes(Path(path), to_safetensors(self.weights))
        return Path(path)

    def load_weights(self, path: str | Path) -> None:
        """Replace the weights by those of a safetensors file, of the same architecture.

        The graph and the golden probabilities are made again. The metrics and the temperature of the old weights and
        the list of their training pictures are removed.

        Raises:
            ModelError: the file is missing or damaged, or its tensors do not fit the architecture; the classifier
                does not change.
            ConfigError: the package `onnx`, which writes the graph, is not installed; or the model is a classical one.
        """
        self.card.need_network("load_weights")
        path = Path(path)
        if not path.is_file():
            raise ModelError(f"{path}: missing. Expected a .safetensors file, such as save_weights writes.")
        content = path.read_bytes()
        source = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest()}
        card = self.card.model_copy(
            update={"training": {**self.card.training, "weights_replaced_by": source}, "metrics": {}}
        ).with_temperature(1.0)
        parts = make_parts(card, from_safetensors(content, str(path)), self.golden.pictures, str(path))
        self._predictor = self._build_predictor(parts, features=False)
        self._gives_features = False
        self._parts = parts

    def with_temperature(self, temperature: float) -> Classifier:
        """Return the same model with another temperature, which is kept in its card and its graph.

        The logarithms of its probabilities are divided by it, so above 1 the answers are less sure. Which class is the
        likeliest does not change. `onelook train` fits the temperature on the validation pictures.

        Args:
            temperature: above 0; 1 leaves the probabilities as the network was trained to give them.

        Raises:
            ConfigError: the temperature is not above 0; or the package `onnx`, which writes the graph, is not
                installed.
        """
        if not 0 < temperature < float("inf"):
            raise ConfigError(f"temperature is {temperature}, expected a number above 0.")
        card, parts = self.card.with_temperature(float(temperature)), self._parts
        if card.classical is not None:
            made = make_classical_parts(card, parts.estimator, parts.golden.pictures, parts.graph)
        else:
            made = make_parts(card, parts.weights, parts.golden.pictures, "the model's weights")
        return Classifier(replace(made, pictures=parts.pictures, signature=parts.signature), self._engine)

    def with_decode(self, *, invert: bool | None = None, crop_to_content: bool | None = None) -> Classifier:
        """Return the same model with other settings for its pictures, which are kept in its card.

        Args:
            invert: whether dark and light are exchanged; by default as now.
            crop_to_content: whether the content is cut out, put on an even ground, and centred as the digits of MNIST
                are; by default as now.
        """
        changes = {"invert": invert, "crop_to_content": crop_to_content}
        decode = self.decode.model_copy(update={name: value for name, value in changes.items() if value is not None})
        return Classifier(replace(self._parts, card=self.card.with_decode(decode)), self._engine)

    def with_threads(self, threads: int) -> Classifier:
        """Return the same model, which ONNX Runtime runs with so many threads; its answers are the same.

        With one, several batches can be predicted side by side, which is faster than one on all cores.
        """
        return Classifier(self._parts, self._engine, threads)

    def with_signature(self, signature: Signature | None) -> Classifier:
        """Return the same model with a signature of its training pictures, by which it recognises others."""
        return Classifier(replace(self._parts, signature=signature), self._engine)

    def describe(self, batches: Iterable[Images]) -> tuple[Statistics, Features | None]:
        """Return what a signature is made of: statistics of the pixels, and the features that the network makes.

        Args:
            batches: pictures, each batch as for `probabilities`; one picture at least.

        Returns:
            (rows, statistics) and (rows, features); the second is None if the model has no features.
        """
        card = self.card
        has_features = self.feature_count > 0
        statistics: list[Statistics] = []
        features: list[Features] = []
        predictor = self._build_predictor(self._parts, features=has_features)
        for images in batches:
            statistics.append(pixel_statistics(images, card.value_range))
            if has_features:
                is_native = images.dtype != np.uint8 or card.dtype == "uint8"
                predictor.probabilities(images if is_native else from_bytes_range(images, card), features.append)
        return np.concatenate(statistics), np.concatenate(features) if has_features else None

    def _batches(self, inputs: PictureSource | Iterable[PictureSource]) -> Iterator[Images]:
        """Yield the decoded pictures, a batch of them in memory at a time."""
        number = 0
        for batch in _batches(as_sources(inputs)):
            yield np.stack([self.as_input(source, at) for at, source in enumerate(batch, number + 1)])
            number += len(batch)

    def _prediction(self, row: NDArray[np.float32], unlike: str | None) -> Prediction:
        best = int(row.argmax())
        by_class = dict(zip(self.class_names, row.tolist(), strict=True))
        return Prediction(self.class_names[best], float(row[best]), by_class, unlike=unlike)


def _batches(sources: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield batches of the predictors' size, so that a thousand photographs are never in memory at once."""
    iterator = iter(sources)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch
