"""Turn paths, bytes, Pillow images and arrays into the pictures that the model takes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.classifier.card import ModelCard
from onelook.data.pictures.decode import decode_picture
from onelook.data.pictures.deep import to_bytes_range
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.protocol import Images, Pictures
from onelook.errors import ConfigError, DataError, shown
from onelook.predictors.predictor import BATCH_SIZE

PictureSource = str | os.PathLike[str] | bytes | NDArray[Any] | Image.Image

_WITH_ALPHA = 4
_CHANNELS = (1, 3, _WITH_ALPHA)  # grey, colour, colour with transparency


def as_sources(inputs: PictureSource | Iterable[PictureSource]) -> Iterable[PictureSource]:
    """Return the pictures to predict, one by one. A single one counts as a list; an array, by its first axis.

    Raises:
        ConfigError: these are no pictures, such as None.
        DataError: an array may be one picture or many.
    """
    if isinstance(inputs, str | bytes | os.PathLike | Image.Image):
        return [inputs]
    if not isinstance(inputs, Iterable):
        raise ConfigError(
            f"the pictures to predict are {shown(inputs)}. Expected a path, bytes, a Pillow image, an array, or a list "
            "of these."
        )
    if isinstance(inputs, np.ndarray) and inputs.dtype.kind in "OU":  # a column of paths
        return list(inputs.ravel())
    if isinstance(inputs, np.ndarray) and inputs.ndim != 4 and not _is_batch_of_grey(inputs):
        raise DataError(
            f"an array of shape {inputs.shape} may be one picture or many. Put one picture in a list, [array]; "
            "give many as (rows, height, width, channels)."
        )
    return inputs


def pictures_in(inputs: object) -> dict[str, Path] | None:
    """Return the pictures in a folder and the folders below, in natural order: id -> path. None if it is no folder.

    Raises:
        DataError: there are no pictures in the folder, or it cannot be read.
    """
    if not isinstance(inputs, str | os.PathLike) or not Path(inputs).is_dir():
        return None
    # Here, because most callers predict pictures that they have.
    from onelook.data.pictures.by_content import picture_names
    from onelook.data.storage.location import Location

    location = Location(Path(inputs))
    found = {name: path for name in picture_names(location) if (path := location.path(name)) is not None}
    if not found:
        raise DataError(f"{inputs}: there are no pictures in this folder. Expected files such as JPEG or PNG.")
    return found


def as_input(source: PictureSource, card: ModelCard) -> Images:
    """Return one picture in the model's form: (height, width, channels), in its dtype and value range.

    Files, bytes and Pillow images are decoded like all pictures. An array with the model's size and dtype stays
    unchanged, unless the model inverts or crops its pictures. A uint8 array counts as a picture with values from 0 to
    255, whatever the model's own range is. Where the model takes bytes, floats from 0 to 1 count as shares of white.
    Any other array must have values in the model's range. An array with two possible meanings is refused.

    Raises:
        DataError: it cannot be read, or does not fit this model.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, card)
    if isinstance(source, str | os.PathLike):
        return from_bytes_range(decode_picture(Path(source), card.decode), card)
    if isinstance(source, bytes | Image.Image):
        return from_bytes_range(decode_picture(source, card.decode), card)
    raise DataError(
        f"a picture was given as {type(source).__name__}. Expected a path, bytes, a NumPy array or a Pillow image."
    )


def in_bytes(pictures: Images, value_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return pictures of a model, in its values, as a screen shows them.

    Example:
        >>> in_bytes(np.array([[[[-1.0], [0.0], [1.0]]]]), (-1.0, 1.0)).ravel().tolist()
        [0, 128, 255]
    """
    low, high = value_range
    shares = (pictures.astype(np.float64) - low) / (high - low)
    return (shares.clip(0, 1) * 255).round().astype(np.uint8)


def from_bytes_range(pixels: NDArray[np.uint8], card: ModelCard) -> Images:
    """Return uint8 pixels, 0 to 255, of any shape, in the model's dtype and value range."""
    low, high = card.value_range
    if card.dtype == "uint8" and (low, high) == (0, 255):
        return pixels
    values = low + pixels.astype(np.float64) * ((high - low) / 255)
    return (values.round() if np.dtype(card.dtype).kind in "iu" else values).astype(card.dtype)


def _from_array(array: NDArray[Any], card: ModelCard) -> Images:
    picture = _channels_last(array)
    if picture.dtype.kind not in "uif":
        raise DataError(f"an array of {array.dtype} is not a picture. Expected whole numbers or floats.")
    if picture.dtype.kind == "f" and not np.isfinite(picture).all():
        raise DataError(f"an array of {array.dtype} holds values that are not numbers. Clean it first.")
    if picture.shape == card.input_shape and _is_native(picture, card) and not card.decode.changes_pixels:
        return picture.astype(card.dtype, copy=False)
    return from_bytes_range(_decoded(_as_bytes(picture, card), card), card)


def in_model_values(pictures: Pictures, card: ModelCard) -> Pictures:
    """Return the pictures of a part in the model's values, or as uint8. Only arrays that are not uint8 are changed.

    The rules are those of `as_input`, so what can be predicted can also be scored.

    Raises:
        DataError: the model does not take such values.
    """
    if not isinstance(pictures, ArrayPictures) or pictures.images.dtype == np.uint8:
        return pictures
    images = pictures.images
    if images.shape[1:] == card.input_shape and _is_native(images, card) and not card.decode.changes_pixels:
        return ArrayPictures(images.astype(card.dtype, copy=False), pictures.value_range)
    as_bytes = np.empty(images.shape, np.uint8)
    for start in range(0, len(images), BATCH_SIZE):  # floats take up to eight times the memory of bytes
        rows = slice(start, start + BATCH_SIZE)
        as_bytes[rows] = _as_bytes(images[rows], card)
    return ArrayPictures(as_bytes)


def _is_native(picture: NDArray[Any], card: ModelCard) -> bool:
    takes = np.dtype(card.dtype)
    return picture.dtype == takes or (picture.dtype.kind == takes.kind == "f")


def _as_bytes(picture: NDArray[Any], card: ModelCard) -> NDArray[np.uint8]:
    """Return one or many pictures, channels last, as uint8 from 0 to 255, whatever the model's own range is.

    Raises:
        DataError: the model does not take such values.
    """
    takes = np.dtype(card.dtype)
    if picture.dtype == np.uint8:
        return picture
    if card.decode.deep_range is not None and takes == np.uint8 and picture.shape[-1] != _WITH_ALPHA:
        return _of_deep_range(picture, card.decode.deep_range)
    if takes == np.uint8 and picture.dtype.kind == "f" and picture.min() >= 0 and picture.max() <= 1:
        scaled: NDArray[np.uint8] = (picture * 255).round().astype(np.uint8)
        return scaled
    if _is_native(picture, card):
        return _to_bytes_range(picture, card)
    if takes == np.uint8 and picture.dtype.kind in "iu" and picture.min() >= 0 and picture.max() <= 255:
        return picture.astype(np.uint8)
    low, high = card.value_range
    raise DataError(
        f"an array of {picture.dtype} with values from {picture.min():g} to {picture.max():g}; the model takes "
        f"{card.dtype} from {low:g} to {high:g}. Scale it to that range, or to uint8 from 0 to 255."
    )


def _of_deep_range(picture: NDArray[Any], deep_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return values in the range of deep training pictures, scaled to 0 to 255 as for a file.

    Raises:
        DataError: a value is outside of this range, or all are in a small part of it, such as floats up to 1.
    """
    low, high = deep_range
    is_other_unit = picture.dtype.kind == "f" and high > 255 and picture.min() >= 0 and picture.max() <= 1
    if picture.min() < low or picture.max() > high or is_other_unit:
        raise DataError(
            f"an array of {picture.dtype} with values from {picture.min():g} to {picture.max():g}; the model takes "
            f"values from {low:g} to {high:g}. Bring it there, or to uint8 from 0 to 255."
        )
    return to_bytes_range(picture, deep_range)


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    """Return (height, width, channels), from that, (height, width) or (channels, height, width)."""
    picture = array[..., None] if array.ndim == 2 else array
    if picture.ndim == 3 and picture.shape[2] not in _CHANNELS:
        picture = np.moveaxis(picture, 0, 2)
    if picture.ndim != 3 or picture.shape[2] not in _CHANNELS or not picture.size:
        raise DataError(
            f"an array of shape {array.shape} is not a picture. Expected (height, width), "
            "or (height, width, channels) with 1, 3 or 4 channels."
        )
    return picture


def _decoded(picture: NDArray[np.uint8], card: ModelCard) -> NDArray[np.uint8]:
    """Return the picture with the model's size and channels, decoded like a file with these pixels."""
    pixels = np.ascontiguousarray(picture[..., 0] if picture.shape[2] == 1 else picture)
    return decode_picture(Image.fromarray(pixels), card.decode)


def _to_bytes_range(picture: NDArray[Any], card: ModelCard) -> NDArray[np.uint8]:
    """Return values of the model's range, scaled to 0 to 255 for a resize.

    Raises:
        DataError: a value lies outside the range.
    """
    low, high = card.value_range
    if picture.min() < low or picture.max() > high:
        raise DataError(
            f"an array of shape {picture.shape} with values from {picture.min():g} to {picture.max():g} has to be "
            f"resized; that needs values in the model's range, {low:g} to {high:g}. "
            f"Resize it to {card.input_shape} yourself."
        )
    shares: NDArray[np.float64] = (picture.astype(np.float64) - low) / (high - low)
    return (shares * 255).round().astype(np.uint8)


def _is_batch_of_grey(array: NDArray[Any]) -> bool:
    """Return whether the array is (rows, height, width), and no single picture with channels."""
    return array.ndim == 3 and array.shape[2] not in _CHANNELS and array.shape[0] not in _CHANNELS[:2]
