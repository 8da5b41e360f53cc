"""A scikit-learn estimator for pictures in arrays and files."""

from __future__ import annotations

import os
from math import isqrt
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
    from onelook.settings import DecodeSettings

_SIZE_OF_FILES = (64, 64)  # the size of pictures in files, unless the settings have an `image_size`


class EstimatorDataError(DataError, ValueError):
    """The data for `fit` or `predict` is wrong. A ValueError too, as scikit-learn's tools expect."""


class ImageClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier with scikit-learn's methods. With its defaults it passes scikit-learn's own `check_estimator`.

    Pictures are (rows, height, width) or (rows, height, width, channels), flat rows (rows, pixels), or a list of paths.
    Arrays may have any numeric dtype. A flat row is a square grey picture if its length is a square number, a square
    colour picture if a third of the length is, and otherwise a single line of pixels; `image_shape` sets another shape.
    The pixels show whether a square colour picture lies pixel by pixel or plane by plane, as CIFAR-10's rows do.
    Files become colour pictures of 64×64 pixels; `settings={"image_size": "128"}` sets another size.

    Nothing is written to disk, and copies and damaged pictures are not searched; `onelook.train` does that. From 50
    pictures on, a share is kept for validation and decides which epoch is kept; with fewer, all are trained on.
    Predictions are computed in float64, so that the result for a picture does not depend on the others.

    Args:
        model: a network or a classical model by name, or a TOML file.
        recipe: a published training, instead of a model.
        epochs, batch_size: None picks them from the data.
        val: the share of the training pictures for validation.
        time_limit: the limit of the training time, such as "3m".
        image_shape: (height, width) or (height, width, channels) of flat rows.
        seed: the seed of all random numbers; the caller's generators are not changed.
        device: auto, cpu or cuda.
        settings: any other fields of `TrainSettings`, by name.

    Attributes:
        classes_: (classes,), the distinct labels, sorted.
        n_features_in_: the number of values of a picture; for files, of a decoded one.
        classifier_: the trained model, of the same kind as from `onelook.load`; built when it is first used.

    Example:
        >>> X = np.repeat([[[0, 9], [0, 9]], [[9, 0], [9, 0]]], 10, axis=0)
        >>> ImageClassifier().fit(X, ["right"] * 10 + ["left"] * 10).predict(X[[0, 10]]).tolist()
        ['right', 'left']
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
        image_shape: tuple[int, ...] | None = None,
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
        self.image_shape = image_shape
        self.seed = seed
        self.device = device
        self.settings = settings

    def fit(self, X: Any, y: ArrayLike) -> ImageClassifier:  # noqa: N803 - scikit-learn's names
        """Train on pictures `X` with labels `y` of shape (rows,).

        Raises:
            EstimatorDataError: `X` is not pictures, or `y` does not have one label for each, from several classes.
            ConfigError: a setting is wrong, or torch is not installed.
        """
        from sklearn.utils.multiclass import check_classification_targets

        from onelook.estimator.fit_arrays import fit_arrays

        self._decode: DecodeSettings | None = None  # the settings for decoding if X is files
        images, y = self._training_pictures(X, y)
        check_classification_targets(y)
        classes, positions = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise EstimatorDataError(
                f"y holds one class only, {classes.tolist()}. A classifier needs at least two; one class tells nothing."
            )
        chosen = {name: value for name, value in self.get_params().items() if name not in ("settings", "image_shape")}
        self.classes_ = classes
        self._fit = fit_arrays(
            images,
            positions.astype(np.int64),
            tuple(map(str, classes)),
            {**chosen, **(self.settings or {})},
            self._decode,
        )
        return self

    def predict_proba(self, X: Any) -> NDArray[np.floating[Any]]:  # noqa: N803
        """Return the probabilities, (rows, classes), in the order of `classes_`."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        images = self._known_pictures(X)
        probabilities: NDArray[np.floating[Any]] = self._fit.probabilities(images)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the likeliest label of each picture, (rows,), of the dtype of `y`."""
        probabilities = self.predict_proba(X)
        chosen: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return chosen

    @property
    def classifier_(self) -> Classifier:
        """The trained model, to be saved, loaded and served without scikit-learn.

        Raises:
            AttributeError: it is not fitted.
        """
        from onelook.estimator.array_model import ArrayModel

        if "_fit" not in self.__dict__:
            raise AttributeError("this ImageClassifier is not fitted: it has no classifier_ yet. Call fit first.")
        found: Classifier = self._fit.classifier() if isinstance(self._fit, ArrayModel) else self._fit
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _training_pictures(self, X: Any, y: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:  # noqa: N803
        """Return pictures, (rows, height, width, channels), and labels, (rows,); remember the shape of the pictures."""
        from sklearn.utils.validation import check_consistent_length, check_X_y, column_or_1d, validate_data

        if _are_files(X):
            labels = column_or_1d(y, warn=True)
            check_consistent_length(X, labels)
            images = self._from_files(X, is_fitting=True)
            self._flat_shape: tuple[int, int, int] | None = None
        elif (axes := _axes(X)) in (3, 4):
            images, labels = check_X_y(X, y, allow_nd=True, dtype="numeric")
            images = _with_channels(images)
            self._flat_shape = None
        else:
            rows, labels = validate_data(self, X, y, dtype="numeric", allow_nd=axes > 2)
            self._flat_shape = _shape_of_rows(rows.shape[1], self.image_shape)
            self._by_planes = self.image_shape is None and _lies_in_planes(rows, self._flat_shape)
            images = self._from_rows(rows, self._flat_shape)
        self._picture_shape = images.shape[1:]
        if self._flat_shape is None:
            self.n_features_in_ = int(np.prod(images.shape[1:]))
        return _plain(images), labels

    def _known_pictures(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return pictures in the form that `fit` used, (rows, height, width, channels).

        Raises:
            EstimatorDataError: they have another shape.
        """
        from sklearn.utils.validation import check_array, validate_data

        if _are_files(X):
            images = self._from_files(X, is_fitting=False)
        elif self._flat_shape is not None:
            rows = validate_data(self, X, dtype="numeric", reset=False)
            images = self._from_rows(rows, self._flat_shape)
        else:
            images = _with_channels(check_array(X, allow_nd=True, dtype="numeric"))
        if images.shape[1:] != self._picture_shape:
            expected = "×".join(map(str, self._picture_shape))
            raise EstimatorDataError(
                f"X has pictures of {'×'.join(map(str, images.shape[1:]))}, and ImageClassifier was fitted on "
                f"{expected} (height × width × channels). Bring them to that size."
            )
        return _plain(images)

    def _from_rows(self, rows: NDArray[Any], shape: tuple[int, int, int]) -> NDArray[Any]:
        """Return flat rows as pictures, in the order of colours that `fit` found."""
        if not self.__dict__.get("_by_planes"):  # an older pickle has none
            return rows.reshape(len(rows), *shape)
        height, width, channels = shape
        return np.ascontiguousarray(rows.reshape(len(rows), channels, height, width).transpose(0, 2, 3, 1))

    def _from_files(self, paths: Any, *, is_fitting: bool) -> NDArray[np.uint8]:
        """Decode pictures in files, (rows, height, width, 3); for prediction, with the settings of the fit."""
        from onelook.estimator.files import choose_for_files, decode_files
        from onelook.settings import DecodeSettings
        from onelook.settings.parse import parse_image_size

        size = (self.settings or {}).get("image_size")
        height, width = _SIZE_OF_FILES if size is None else parse_image_size(size)
        resize = (self.settings or {}).get("resize", "stretch")
        decode = DecodeSettings(height=height, width=width, channels=3, resize=resize)
        if is_fitting:
            self._decode = decode = choose_for_files(paths, decode)
        return decode_files(paths, self.__dict__.get("_decode") or decode)  # an older pickle has none


def _are_files(values: Any) -> bool:
    """Return whether these are paths: a list, tuple or one-dimensional array of texts or `Path`s."""
    if isinstance(values, np.ndarray):
        values = values.tolist() if values.ndim == 1 and values.dtype.kind in "OU" else []
    return (
        isinstance(values, list | tuple)
        and len(values) > 0
        and all(isinstance(each, str | os.PathLike) for each in values)
    )


def _axes(values: Any) -> int:
    """Return the number of axes of an array, or of values that become one."""
    if hasattr(values, "ndim"):
        return int(values.ndim)
    if hasattr(values, "shape"):
        return len(values.shape)
    try:
        return np.asarray(values).ndim
    except ValueError:  # rows of different lengths; scikit-learn explains them better
        return 2


def _with_channels(images: NDArray[Any]) -> NDArray[Any]:
    """Return grey pictures, or pictures with channels last, as (rows, height, width, channels)."""
    if images.ndim == 3:
        return images[..., np.newaxis]
    if images.ndim == 4 and images.shape[3] in (1, 3):
        return images
    raise EstimatorDataError(
        f"X has the shape {images.shape}; expected (rows, height, width), (rows, height, width, 1 or 3), flat rows "
        "(rows, pixels), or a list of paths."
    )


def _shape_of_rows(values: int, image_shape: tuple[int, ...] | None) -> tuple[int, int, int]:
    """Return (height, width, channels) of flat rows.

    Raises:
        ConfigError: the given shape has another number of values.
    """
    if image_shape is not None:
        shape = (*image_shape, 1) if len(image_shape) == 2 else tuple(image_shape)
        if len(shape) != 3 or int(np.prod(shape)) != values or shape[2] not in (1, 3):
            raise ConfigError(
                f"image_shape = {image_shape}; expected (height, width) or (height, width, 1 or 3) with {values:,} "
                "values in all, as many as a row of X has."
            )
        return shape
    for channels in (1, 3):
        side = isqrt(values // channels)
        if side * side * channels == values:
            return side, side, channels
    return 1, values, 1


def _lies_in_planes(rows: NDArray[Any], shape: tuple[int, int, int]) -> bool:
    """Return whether the pixels of flat pictures in colour show that all red values come first, as in CIFAR-10."""
    from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order

    return shape[2] == 3 and colour_order(rows) is ColourOrder.PLANES


def _plain(images: NDArray[Any]) -> NDArray[Any]:
    """Return the array in a form for models: in this machine's byte order, with at most 64 bits, readable by torch."""
    if not images.flags.writeable:
        images = images.copy()  # torch warns about read-only memory
    if images.dtype.kind == "b":
        return images.astype(np.uint8)
    if images.dtype.itemsize > 8:
        return images.astype(np.float64)
    return images.astype(images.dtype.newbyteorder("="), copy=False)
