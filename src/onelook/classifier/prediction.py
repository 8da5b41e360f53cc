"""`Prediction`: the answer of a classifier for one picture."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.errors import ConfigError
from onelook.notebook import html_of
from onelook.wording import percent


@dataclass(frozen=True, repr=False)
class Prediction:
    """A classifier's answer for one picture.

    Attributes:
        class_name: the likeliest class; `label` is the same.
        probability: of that class, in [0, 1].
        probabilities: of every class, in the model's order; they sum to 1.
        id: the picture's path below the folder, if a folder was predicted; else None.
        unlike: how the picture is unlike those that the model learnt from, in words; None if it is like them, or if
            the model does not know what they look like.
    """

    class_name: str
    probability: float
    probabilities: dict[str, float]
    id: str | None = None
    unlike: str | None = None

    @property
    def label(self) -> str:
        """The likeliest class: the same as `class_name`, with the name of the column in `predictions.csv`."""
        return self.class_name

    def top(self, count: int = 3) -> list[tuple[str, float]]:
        """Return the likeliest classes and their probabilities, the likeliest first. Ties keep the model's order.

        Args:
            count: how many classes, at least 1; a model with fewer classes gives all of them.

        Raises:
            ConfigError: `count` is less than 1.

        Example:
            >>> Prediction("eel", 0.5, {"cat": 0.2, "dog": 0.3, "eel": 0.5}).top(2)
            [('eel', 0.5), ('dog', 0.3)]
        """
        if count < 1:
            raise ConfigError(f"top({count}): expected 1 or more classes.")
        return sorted(self.probabilities.items(), key=lambda item: -item[1])[:count]

    def __repr__(self) -> str:
        # Without the probabilities of all classes: a list of predictions is read as a table.
        name = "" if self.id is None else f"{self.id!r}: "
        return f"Prediction({name}{self.class_name!r}, {percent(self.probability)})"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: a bar for each of the likeliest classes."""
        return html_of("onelook.report.notebook.classifier:prediction_html", self)


class Predictions(list[Prediction]):
    """A list of predictions, which a notebook shows as a table."""

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the first predictions, with bars, and how many more there are."""
        return html_of("onelook.report.notebook.classifier:predictions_html", self)
