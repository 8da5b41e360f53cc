"""The outputs for a classifier and for its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from onelook.classifier.card import ModelCard
from onelook.classifier.golden import Golden
from onelook.classifier.prediction import Prediction
from onelook.evaluation.pictures.thumbnails import thumbnail
from onelook.report.notebook.cell import render_cell
from onelook.report.page_wording import percent, short_probability
from onelook.report.pictures import MEDIA_TYPES, data_uri
from onelook.wording import counted, listed, spread

_MOST_CLASSES = 40  # named
_GOLDEN = 7  # pictures
_TOP = 5  # classes of one prediction
_MOST_PREDICTIONS = 20  # rows
_RESIZED = {
    "stretch": "other sizes are stretched to it",
    "fit": "other shapes are padded",
    "crop": "of other shapes the centre is taken",
}


class ShownModel(Protocol):
    """The facts of a classifier that its output needs."""

    @property
    def card(self) -> ModelCard:
        """Everything that is known of the model except its weights."""
        ...

    @property
    def golden(self) -> Golden:
        """The pictures that are saved with the model, and their probabilities."""
        ...

    @property
    def engine(self) -> str:
        """The engine that runs the model."""
        ...


@dataclass(frozen=True)
class Answer:
    """A picture of the model, and what it says to it."""

    address: str
    class_name: str
    share: str


@dataclass(frozen=True)
class ShownClassifier:
    """The content of the output for a classifier."""

    title: str
    facts: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Bar:
    """A class with the length of its bar in percent."""

    id: str
    class_name: str
    share: str
    bar: float
    next_best: str


@dataclass(frozen=True)
class ShownPredictions:
    """The content of the output for one prediction, or for several: then each row has its picture's id."""

    title: str
    several: bool
    rows: tuple[Bar, ...]
    more: str


def classifier_html(model: ShownModel) -> str:
    """Return the HTML that a notebook shows for a classifier.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    card = model.card
    return render_cell(
        "classifier.html",
        ShownClassifier(
            f"Classifier of {counted(len(card.class_names), 'class')}", tuple(_facts(model)), tuple(_answers(model))
        ),
    )


def prediction_html(prediction: Prediction) -> str:
    """Return the HTML that a notebook shows for one prediction.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    top = prediction.top(_TOP)
    rows = tuple(Bar("", name, short_probability(value), 100 * value, "") for name, value in top)
    left = len(prediction.probabilities) - len(top)
    more = f"And {counted(left, 'less likely class', 'less likely classes')}." if left else ""
    return render_cell("predictions.html", ShownPredictions(prediction.id or "", False, rows, more))


def predictions_html(predictions: Sequence[Prediction]) -> str:
    """Return the HTML that a notebook shows for a list of predictions.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    rows = []
    for at, one in enumerate(predictions[:_MOST_PREDICTIONS]):
        second = one.top(2)[1:]
        share = short_probability(one.probability)
        next_best = f"{second[0][0]}, {short_probability(second[0][1])}" if second else ""
        rows.append(Bar(one.id or str(at), one.class_name, share, 100 * one.probability, next_best))
    left = len(predictions) - len(rows)
    more = f"And {counted(left, 'more picture')}." if left else ""
    return render_cell(
        "predictions.html", ShownPredictions(counted(len(predictions), "prediction"), True, tuple(rows), more)
    )


def _facts(model: ShownModel) -> list[tuple[str, str]]:
    card = model.card
    height, width, channels = card.input_shape
    colour = "grey" if channels == 1 else "colour"
    facts = [
        ("classes", listed(card.class_names, most=_MOST_CLASSES)),
        ("takes", f"pictures of {height}×{width}, {colour}; {_RESIZED[card.decode.resize]}"),
        ("arrays", f"{card.dtype} with values {spread(*card.value_range)}, or {_other_values(card)}"),
        ("engine", model.engine),
    ]
    origin = [str(card.training[key]) for key in ("model", "data", "date") if card.training.get(key)]
    if origin:
        facts.insert(0, ("trained", ", ".join(origin)))
    accuracy = card.metrics.get("val_accuracy")
    if isinstance(accuracy, float):
        facts.append(("score", f"{percent(accuracy, 2)} of its validation pictures right"))
    return facts


def _other_values(card: ModelCard) -> str:
    """Return the other values that an array may have, as `as_input` takes them."""
    if card.decode.deep_range is not None:
        return f"values {spread(*card.decode.deep_range)}"
    return "floats from 0 to 1" if card.dtype == "uint8" else "uint8 with values 0 to 255"


def _answers(model: ShownModel) -> list[Answer]:
    """Return some of the pictures that are saved with the model, and its answers; none for a model without pictures."""
    if not model.card.training:
        return []  # made by hand: its pictures are noise
    golden = model.golden
    answers = []
    for picture, row in zip(golden.pictures[:_GOLDEN], golden.probabilities[:_GOLDEN], strict=True):
        content, suffix = thumbnail(picture, model.card.value_range, longest=128)
        best = int(row.argmax())
        answers.append(
            Answer(
                data_uri(MEDIA_TYPES[suffix], content),
                model.card.class_names[best],
                short_probability(float(row[best])),
            )
        )
    return answers
