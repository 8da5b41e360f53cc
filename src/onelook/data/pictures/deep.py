"""Read the values of pictures with more than eight bits, and scale them to 0 to 255."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.errors import DataError

Values = NDArray[Any]  # (height, width) or (height, width, channels), whole numbers or floats

# Keys in `image.info` that our DICOM reader sets; see `dicom`.
HIGHEST, WHITE_IS_ZERO, WINDOW = "highest", "white is zero", "window"

# Tags and values of TIFF 6.0, sections 4, 8 and 19.
_BITS_PER_SAMPLE, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_TIFF_WHITE_IS_ZERO, _UNSIGNED, _SIGNED = 0, 1, 2
_SIXTEEN_BITS = 65_535


def is_deep(image: Image.Image) -> bool:
    """Return whether an opened picture has more than eight bits per channel, or signed values, and states no range."""
    return (_is_deep_grey(image) and own_highest(image) is None) or _is_read_otherwise(image)


def own_highest(image: Image.Image) -> int | None:
    """Return the highest value of the depth that a file states, such as 4,095 for the 12 bits of many cameras."""
    if isinstance(highest := image.info.get(HIGHEST), int) and highest < _SIXTEEN_BITS:
        return highest
    sample_bits = _stated(image, _BITS_PER_SAMPLE)
    return (1 << sample_bits) - 1 if sample_bits is not None and 8 < sample_bits < 16 else None


def deep_values(image: Image.Image, content: bytes) -> Values | None:
    """Return the values of a picture that `is_deep`; None if it is not. It must not be loaded yet.

    Args:
        image: the opened picture.
        content: the bytes of its file, which are read again for the low bytes of colour.
    """
    return _grey_values(image) if _is_deep_grey(image) else values_read_otherwise(image, content)


def values_read_otherwise(image: Image.Image, content: bytes) -> Values | None:
    """Return the values of a deep or signed picture that Pillow reads as eight unsigned bits; None for any other.

    They are (height, width) or (height, width, 3). For colour with 16 bits per channel, Pillow keeps only the high
    byte. If the file is read again with swapped bytes, Pillow keeps the low byte instead.
    """
    if _is_of_signed_bytes(image):
        return np.asarray(image).view(np.int8)
    low_bytes = _low_bytes(image)
    if low_bytes is None:
        return None
    with Image.open(io.BytesIO(content), formats=[str(image.format)]) as again:
        again.tile = [each._replace(args=_with_order(each.args, low_bytes)) for each in again.tile]
        low = np.asarray(again)[..., :3].astype(np.uint16)
    if low_bytes == "RGBA":  # grey with alpha: both bytes of the grey are read
        return np.repeat((low[..., :1] << 8) | low[..., 1:2], 3, axis=2)
    return (np.asarray(image)[..., :3].astype(np.uint16) << 8) | low


def _is_deep_grey(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _is_read_otherwise(image: Image.Image) -> bool:
    return _is_of_signed_bytes(image) or _low_bytes(image) is not None


def _is_of_signed_bytes(image: Image.Image) -> bool:
    return image.mode == "L" and _stated(image, _SAMPLE_FORMAT) == _SIGNED


def _grey_values(image: Image.Image) -> Values:
    values = np.asarray(image)
    # Pillow has no mode for 32 unsigned bits, and reads high values as negative.
    is_unsigned = _stated(image, _SAMPLE_FORMAT) == _UNSIGNED and _stated(image, _BITS_PER_SAMPLE) == 32
    return values.view(np.uint32) if image.mode == "I" and is_unsigned else values


def _stated(image: Image.Image, tag: int) -> int | None:
    """Return the value of a TIFF tag for the first band."""
    value = getattr(image, "tag_v2", {}).get(tag)
    return value[0] if isinstance(value, tuple) else value


def _low_bytes(image: Image.Image) -> str | None:
    """Return the raw mode with which Pillow reads the low bytes of deep colour; None for any other picture."""
    tiles: list[Any] = getattr(image, "tile", None) or []
    if not tiles or image.format not in ("PNG", "TIFF"):
        return None
    stored = tiles[0].args if isinstance(tiles[0].args, str) else tiles[0].args[0]
    kind, _, order = str(stored).partition(";16")
    if (kind, order) == ("LA", "B"):
        return "RGBA"
    if kind not in ("RGB", "RGBA") or order not in ("B", "L", "N"):
        return None
    native = "L" if sys.byteorder == "little" else "B"
    return f"{kind};16{'L' if (native if order == 'N' else order) == 'B' else 'B'}"


def _with_order(args: Any, stored: str) -> Any:
    """Return the arguments of a decoder in Pillow with another raw mode."""
    return stored if isinstance(args, str) else (stored, *args[1:])


def scale_deep_grey(image: Image.Image, deep_range: tuple[float, float] | None, ground_value: int) -> Image.Image:
    """Return deep grey scaled to 8 bits, `L`.

    The highest value of the file's depth becomes 255. If the depth is 16 bits or more and the data set has a range, or
    if the file has a window, the ends of that become 0 and 255. The highest value that occurs is never used: so two
    pictures of one camera stay comparable, and a dark one stays dark. Pillow's own conversion clips at 255 instead.

    Raises:
        DataError: its kind of numbers has no usual range, and no range is given.
    """
    values = _grey_values(image)
    highest = own_highest(image)
    asked = None if highest is not None else deep_range or image.info.get(WINDOW)
    if asked is None:
        pixels = _scaled_by_kind(values, _SIXTEEN_BITS if highest is None else highest)
    else:
        pixels = to_bytes_range(values, asked)
    if image.info.get(WHITE_IS_ZERO) or getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _TIFF_WHITE_IS_ZERO:
        pixels = 255 - pixels
    if isinstance(clear := image.info.get("transparency"), int):  # the one transparent grey of a PNG
        pixels[values == clear] = ground_value
    return Image.fromarray(pixels)


def to_bytes_range(values: Values, deep_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return the values scaled from the range to 0–255, rounded and clipped. NaN becomes 0.

    Example:
        >>> to_bytes_range(np.array([-5.0, 0.0, 0.5, 2.0, np.nan]), (0.0, 1.0)).tolist()
        [0, 0, 128, 255, 0]
    """
    low, high = deep_range
    shares = (np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low) - low) * (255 / (high - low))
    pixels: NDArray[np.uint8] = np.floor(np.clip(shares, 0, 255) + 0.5).astype(np.uint8)
    return pixels


def _scaled_by_kind(values: Values, highest: int) -> NDArray[np.uint8]:
    if values.dtype.kind == "f":
        raise DataError("its pixels are floating-point numbers, which have no agreed range. Save it with 8 or 16 bits")
    deep = values.astype(np.int64)
    if deep.size and (deep.min() < 0 or deep.max() > highest):
        raise DataError(
            f"its pixels are 32-bit numbers from {deep.min()} to {deep.max()}, which have no agreed range. "
            "Save it with 8 or 16 bits"
        )
    pixels: NDArray[np.uint8] = ((deep * 255 + highest // 2) // highest).astype(np.uint8)
    return pixels
