"""A scikit-learn estimator over `workflow.train`, for arrays."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onelook.errors import ConfigError, DataError, missing_extra

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
except ImportError as error:
    raise missing_extra("scikit-learn", "train", "onelook.ImageClassifier") from error

if TYPE_CHECKING:
    from onelook.classifier import Classifier


class ImageClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Trains on pictures in an array, with scikit-learn's words.

    Pictures are (rows, height, width) or (rows, height, width, channels), of any numeric dtype, which is kept.

    Args:
        model: a network by name, or a TOML file.
        recipe: a published training, instead of a model.
        epochs, batch_size: picked from the data where None.
        val: share of the training pictures to tune on.
        time_limit: such as "3m".
        seed: start of all random numbers.
        device: auto, cpu or cuda.
        settings: any other fields of `TrainSettings`, by name.

    Attributes:
        classes_: (classes,), the distinct labels, sorted.
        classifier_: the trained model, as `onelook.load` gives it.

    Example:
        >>> ImageClassifier(epochs=3).get_params()["epochs"]
        3
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        recipe: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        val: float | None = None,
        time_limit: str | float | None = None,
        seed: int = 0,
        device: str = "auto",
        settings: dict[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.recipe = recipe
        self.epochs = epochs
        self.batch_size = batch_size
        self.val = val
        self.time_limit = time_limit
        self.seed = seed
        self.device = device
        self.settings = settings

    def fit(self, X: ArrayLike, y: ArrayLike) -> ImageClassifier:  # noqa: N803 - scikit-learn's names
        """Trains on pictures `X` with labels `y` of shape (rows,).

        Raises:
            DataError: `X` holds no pictures, or the rows of `X` and `y` differ in number.
            ConfigError: a setting is wrong, or torch is not installed.
        """
        from onelook.workflow.train import train

        if "folds" in (self.settings or {}):
            raise ConfigError(
                "ImageClassifier fits one classifier, and folds are several. For cross-validation use scikit-learn's "
                "cross_val_score on it, or onelook.train with folds."
            )
        images, labels = _pictures(X), np.asarray(y)
        if labels.shape != (len(images),):
            raise DataError(f"y has the shape {labels.shape}, expected ({len(images)},): one label for each picture.")
        self.classes_, positions = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise DataError(f"y holds one class only, {self.classes_.tolist()}. A classifier needs at least two.")
        chosen = {name: value for name, value in self.get_params().items() if name != "settings"}
        with TemporaryDirectory(prefix="onelook-") as folder:
            run = train(
                (images, positions.astype(np.int64)),
                out=Path(folder) / "run",
                quiet=True,
                class_names=tuple(map(str, self.classes_)),
                **chosen,
                **(self.settings or {}),
            )
            self.classifier_: Classifier = run.classifier()
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:  # noqa: N803
        """(rows, classes), in the order of `classes_`."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        probabilities: NDArray[np.float32] = self.classifier_.probabilities(_pictures(X))
        return probabilities

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803
        """The likeliest label of each picture, (rows,), of the dtype of `y`."""
        probabilities = self.predict_proba(X)
        chosen: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return chosen


def _pictures(values: ArrayLike) -> NDArray[Any]:
    """(rows, height, width, channels)."""
    images = np.asarray(values)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4:
        raise DataError(
            f"X has the shape {images.shape}, expected (rows, height, width) or (rows, height, width, channels). "
            "Rows of flattened pictures need a reshape: X.reshape(len(X), 28, 28)."
        )
    return images
