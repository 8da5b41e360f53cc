"""Write what a model learned to a run's `evidence/learned/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.data.labels import Labels, rows_by_class
from onelook.evaluation.learned.first_layer import draw_class_weights, draw_filters
from onelook.evaluation.learned.index import LEARNED, ClassMaps, Learned, Neighbour, Neighbours, TreePath
from onelook.evaluation.learned.neighbours import comparison_by, find_nearest
from onelook.evaluation.learned.trees import ask_tree, draw_importances
from onelook.evaluation.pictures.index import INDEX, SamplePicture, write_index
from onelook.evaluation.pictures.report_pictures import worst_errors
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.files import atomic_folder
from onelook.predictors.features import PIXELS, features_of
from onelook.predictors.sklearn import last_step

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_MOST_CLASSES = 10  # with feature maps
_MOST_ERRORS, _NEAREST = 8, 5
_MOST_COMPARED = 5_000  # training pictures
_COMPARING_WORK = 100e9  # multiply-adds for their features: about two seconds on two cores
_LONGEST = 96  # pixels of a picture; at most 8 × 6 + 10 of them
_TREES = ("random-forest", "decision-tree")
_LINEAR = ("logistic", "lda")


def write_learned(
    folder: Path,
    classifier: Classifier,
    scored: ImageSet,
    probabilities: NDArray[np.float32],
    train: ImageSet,
    *,
    compare: bool = True,
) -> Learned:
    """Write pictures of what a model learned and their index to `folder`/learned, whole or not at all.

    Args:
        folder: a run's `evidence/`.
        classifier: the model.
        scored: the labelled pictures that it was scored on.
        probabilities: (rows, classes), for the rows of `scored` in order.
        train: the labelled pictures that it was trained on.
        compare: whether the training pictures that are most similar to the worst errors are looked for.
    """
    with atomic_folder(folder / LEARNED) as temporary:
        writer = ThumbnailWriter(
            lambda name, content: (temporary / name).write_bytes(content), classifier.card.value_range, longest=_LONGEST
        )
        if scored.labels is None or train.labels is None:
            learned = Learned()
        else:
            predicted = probabilities.argmax(axis=1)
            worst = worst_errors(probabilities, scored.labels)
            pictures = _Pictures(classifier, scored, scored.labels, predicted, worst, train, train.labels, writer)
            learned = _of_network(pictures) if classifier.card.classical is None else _of_estimator(pictures)
            learned = _with_neighbours(learned, pictures) if compare else learned
        write_index(temporary / INDEX, learned)
    return learned


@dataclass(frozen=True)
class _Pictures:
    """A model with the pictures that it was trained and scored on, and the writer of small ones."""

    classifier: Classifier
    scored: ImageSet
    labels: Labels
    predicted: NDArray[np.int64]
    worst: NDArray[np.int64]  # positions of the errors, the worst first
    train: ImageSet
    train_labels: Labels
    writer: ThumbnailWriter

    def examples(self) -> NDArray[np.int64]:
        """Return the position of one scored picture of each of the first ten classes: the first that is named right."""
        right = self.predicted == self.labels
        of_classes = rows_by_class(self.labels, len(self.classifier.class_names))
        return np.array([rows[right[rows].argmax()] for rows in of_classes if len(rows)][:_MOST_CLASSES], np.int64)

    def write(self, position: int, name: str, *, of_training: bool = False) -> SamplePicture:
        """Write a small picture under this name."""
        pictures = self.train if of_training else self.scored
        (image,) = pictures.take(np.array([position]))
        return SamplePicture(file=self.writer.write(name, image), id=pictures.ids[position])

    def name(self, label: int) -> str:
        """Return the name of a class."""
        return self.classifier.class_names[label]


def _of_network(of: _Pictures) -> Learned:
    from onelook.evaluation.learned.feature_maps import compute_maps, describe_blocks, draw_maps
    from onelook.predictors.network_module import NetworkModule

    card = of.classifier.card
    if card.network is None:
        return Learned()
    shape = card.input_shape
    module = NetworkModule(card.network, card.preprocess, of.classifier.weights, shape, len(card.class_names))
    examples = of.examples()
    maps = compute_maps(module, of.scored.take(examples))
    sheets = [draw_maps(each) for each in maps]
    shown = []
    for number, position in enumerate(examples.tolist() if maps else []):
        files = tuple(f"map-{number:02d}-{block}.png" for block in range(len(maps)))
        for file, sheet in zip(files, sheets, strict=True):
            of.writer.keep(file, sheet[number])
        picture = of.write(position, f"example-{number:02d}")
        shown.append(ClassMaps(class_name=of.name(of.labels[position]), picture=picture, files=files))
    return Learned(
        filters=draw_filters(module.plan, of.classifier.weights, of.writer),
        blocks=describe_blocks(maps),
        maps=tuple(shown),
    )


def _of_estimator(of: _Pictures) -> Learned:
    """Return what a classical model on plain pixels learned; of one on other features there is nothing to draw."""
    card, model = of.classifier.card, last_step(of.classifier.estimator)
    fitted = card.classical
    if fitted is None or fitted.features.name != PIXELS or fitted.features.pca is not None:
        return Learned()
    names = tuple(of.name(label) for label in model.classes_)
    if fitted.name in _LINEAR:
        return Learned(filters=draw_class_weights(model.coef_, card.input_shape, names, of.writer))
    if fitted.name not in _TREES:
        return Learned()
    position = int(of.worst[0]) if len(of.worst) else 0
    (values,) = features_of(of.scored.take(np.array([position])), fitted.features, card.preprocess)
    questions, answer = ask_tree(model, values, card.input_shape, names)
    path = TreePath(
        picture=of.write(position, "asked"),
        label=of.name(of.labels[position]),
        trees=len(getattr(model, "estimators_", (model,))),
        questions=questions,
        answer=answer,
    )
    return Learned(importances=draw_importances(model, card.input_shape, of.writer), path=path)


def _with_neighbours(learned: Learned, of: _Pictures) -> Learned:
    errors = of.worst[:_MOST_ERRORS]
    if not len(errors):
        return learned
    comparison = comparison_by(of.classifier)
    most = min(_MOST_COMPARED, max(_NEAREST, int(_COMPARING_WORK / max(comparison.work, 1))), len(of.train))
    compared = np.linspace(0, len(of.train) - 1, most, dtype=np.int64)
    nearest = find_nearest(comparison, of.scored.take(errors), of.train, compared, _NEAREST)
    found = []
    for number, (error, places) in enumerate(zip(errors.tolist(), nearest.tolist(), strict=True)):
        similar = tuple(
            Neighbour(
                picture=of.write(place, f"near-{number:02d}-{turn}", of_training=True),
                label=of.name(of.train_labels[place]),
            )
            for turn, place in enumerate(places)
        )
        found.append(
            Neighbours(
                picture=of.write(error, f"error-{number:02d}"),
                label=of.name(of.labels[error]),
                predicted=of.name(of.predicted[error]),
                nearest=similar,
            )
        )
    return learned.model_copy(
        update={"neighbours": tuple(found), "compared_by": comparison.by, "searched": most},
    )
