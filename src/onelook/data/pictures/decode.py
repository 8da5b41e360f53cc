"""Decode a picture to pixels, in the same way in training, evaluation, prediction and the server.

The pixels are those that a viewer shows: upright, with the colours of the palette, with transparent parts on a ground,
scaled to eight bits; of an animation, the first frame. This needs only numpy and Pillow, and pydicom for DICOM.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from onelook.data.pictures.crop_to_content import crop_to_content
from onelook.data.pictures.deep import values_read_otherwise
from onelook.data.pictures.eight_bits import go_to_first_frame, to_eight_bits, with_values
from onelook.data.pictures.formats import (
    TURNS_THAT_SWAP_SIDES,
    is_grey,
    open_picture,
    orientation,
    without_metadata,
)
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.resize import resized
from onelook.errors import DataError, in_words
from onelook.settings.pictures import DecodeSettings

# Raised when the pixels of a file change: cached pictures are then decoded again.
DECODE_VERSION = 4

_SHRUNK_WHILE_READING = ("JPEG", "MPO")
# (width, height) that the reader keeps for a copy. Twice 224, the size at which most photographs are learnt: then one
# reading of the file serves both, also of a photograph of a phone, where another takes as long again.
_KEPT_FOR_COPIES = (448, 448)
# (width, height) that it keeps where the content is cut out: a tenth of each side still has 100 pixels.
_KEPT_FOR_CONTENT = (1024, 1024)

# Pictures with more pixels than this are decoded one at a time, on any number of cores: each may take a gigabyte.
_LARGE_PIXELS = 25_000_000
_ONE_LARGE = threading.Lock()

_OBJECT = re.compile(r" ?<[\w.]+ object at 0x[0-9a-f]+>")  # the name in Pillow for bytes without a file

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodedPicture(NamedTuple):
    """The pixels of a picture, and facts about the original."""

    pixels: NDArray[np.uint8]  # (height, width, channels), as the settings define
    height: int  # of the upright original
    width: int
    is_grey: bool  # whether it has no colour, by its mode or because the channels of `pixels` are equal


_WithCopy = tuple[DecodedPicture, NDArray[np.uint8] | None]


def decode_picture(source: Path | bytes | Image.Image, settings: DecodeSettings) -> NDArray[np.uint8]:
    """Return one picture, decoded by the settings: (height, width, channels), uint8.

    Args:
        source: a file, the bytes of a file, or a Pillow image (which is not changed).

    Raises:
        DataError: the picture cannot be read completely; the error has the reason (and the path, if there is one).

    Example:
        >>> red = Image.new("RGB", (40, 20), "red")
        >>> decode_picture(red, DecodeSettings(height=2, width=3, channels=3))[0, 0].tolist()
        [255, 0, 0]
    """
    return decode_with_facts(source, settings).pixels


def decode_with_facts(source: Path | bytes | Image.Image, settings: DecodeSettings) -> DecodedPicture:
    """Return one picture as `decode_picture` does, with the size of the original and whether it has colour.

    Raises:
        DataError: as in `decode_picture`.

    Example:
        >>> grey = Image.new("RGB", (40, 20), "grey")
        >>> decode_with_facts(grey, DecodeSettings(height=2, width=3, channels=3))[1:]
        (20, 40, True)
    """
    with _explained(source):
        if isinstance(source, Image.Image):
            return _decoded(source, settings)[0]
        return _decoded_file(_content(source) if isinstance(source, Path) else source, settings)[0]


def decode_and_copy(
    content: bytes, settings: DecodeSettings, copied: DecodeSettings
) -> tuple[DecodedPicture, NDArray[np.uint8]]:
    """Return one picture as `decode_with_facts` does, and a copy of it, decoded by the settings `copied`.

    The copy is the same with all `settings`, so what is measured on it does not depend on the size for a model. The
    file is decoded once for both, except where a JPEG's reader skips more detail for one than for the other.

    Args:
        content: the bytes of a file.

    Raises:
        DataError: as in `decode_picture`.
    """
    with _explained(content):
        decoded, copy = _decoded_file(content, settings, copied)
        if copy is None:
            copy = _decoded_file(content, copied, kept=_KEPT_FOR_COPIES)[0].pixels
    return decoded, copy


@contextmanager
def _explained(source: Path | bytes | Image.Image) -> Iterator[None]:
    """Turn every error of decoding into a `DataError` with the reason."""
    try:
        with PILLOW_AS_NEEDED:
            yield
    except DataError as problem:
        raise _with_path(source, str(problem)) from problem
    # Pillow's decoders raise any exception for broken bytes; one picture must never end a run.
    except Exception as problem:
        raise _with_path(source, _reason(problem)) from problem


def _decoded_file(
    content: bytes, settings: DecodeSettings, copied: DecodeSettings | None = None, kept: tuple[int, int] | None = None
) -> _WithCopy:
    try:
        with open_picture(content) as image:
            go_to_first_frame(image)
            return _decoded(image, settings, content, copied, kept)
    except ValueError:  # texts after the pixels of a PNG may be larger than Pillow accepts
        pixels_alone = without_metadata(content)
        if len(pixels_alone) == len(content):
            raise
        return _decoded_file(pixels_alone, settings, copied, kept)


def _decoded(
    image: Image.Image,
    settings: DecodeSettings,
    content: bytes = b"",
    copied: DecodeSettings | None = None,
    kept: tuple[int, int] | None = None,
) -> _WithCopy:
    """Return the picture, and its copy where one is asked for and this reading of the file is good for it.

    Args:
        kept: (width, height) that the reader of a JPEG has to keep; by default twice that of the settings.
    """
    stored_size = image.size
    if copied is not None and not _show_alike(settings, copied):
        copied = None
    if content and image.format in _SHRUNK_WHILE_READING:
        kept = kept or _twice_the_size(image, settings)
        if _shrinks_by(stored_size, kept) != _shrinks_by(stored_size, _KEPT_FOR_COPIES):
            copied = None
        image.draft(None, kept)  # the reader skips detail that the resize would remove
    if image.width * image.height > _LARGE_PIXELS:
        with _ONE_LARGE:
            return _loaded(image, settings, content, stored_size, copied)
    return _loaded(image, settings, content, stored_size, copied)


def _loaded(
    image: Image.Image,
    settings: DecodeSettings,
    content: bytes,
    stored_size: tuple[int, int],
    copied: DecodeSettings | None,
) -> _WithCopy:
    shrunk_size = image.size
    # Before loading, because an image loses the storage mode of its colours when it is loaded.
    values = values_read_otherwise(image, content) if settings.deep_range is not None and content else None
    image.load()  # a truncated file fails here; the orientation is read later, because TIFF requires it
    # Pillow rotates a TIFF while it loads it, and some readers know the size only then.
    width, height = stored_size if image.size == shrunk_size else image.size
    lies = orientation(image)
    if lies in TURNS_THAT_SWAP_SIDES:
        width, height = height, width
    seen = to_eight_bits(image if values is None else with_values(image, values, settings), settings)
    if lies in _TURNS:
        seen = seen.transpose(_TURNS[lies])
    pixels = _pixels(seen, settings)
    copy = None if copied is None else pixels if copied == settings else _pixels(seen, copied)
    return DecodedPicture(pixels, height, width, is_grey(image) or _has_equal_channels(pixels)), copy


def _pixels(seen: Image.Image, settings: DecodeSettings) -> NDArray[np.uint8]:
    if settings.crop_to_content:
        seen = crop_to_content(seen, settings.width, settings.height)
    seen = resized(seen, settings.width, settings.height, settings.resize)
    pixels = np.array(ImageOps.invert(seen) if settings.invert else seen)
    return pixels.reshape(settings.height, settings.width, settings.channels)


def _has_equal_channels(pixels: NDArray[np.uint8]) -> bool:
    """Return whether a colour picture shows no colour. The first row is enough for nearly all coloured ones."""
    if pixels.shape[2] == 1:
        return False
    return all(bool((part == part[..., :1]).all()) for part in (pixels[:1], pixels))


def _twice_the_size(image: Image.Image, settings: DecodeSettings) -> tuple[int, int]:
    """Return twice the size in the settings, as (width, height) of a picture that may lie on its side.

    More is kept where only a part of the picture is used.
    """
    if settings.crop_to_content:
        return _KEPT_FOR_CONTENT
    width, height = 2 * settings.width, 2 * settings.height
    return (height, width) if orientation(image) in TURNS_THAT_SWAP_SIDES else (width, height)


def _show_alike(one: DecodeSettings, other: DecodeSettings) -> bool:
    """Return whether pictures decoded by both settings are read from their file in the same way."""
    return (one.channels, one.ground, one.deep_range, one.crop_to_content) == (
        other.channels,
        other.ground,
        other.deep_range,
        other.crop_to_content,
    )


def _shrinks_by(size: tuple[int, int], kept: tuple[int, int]) -> int:
    """Return the factor by which Pillow shrinks a JPEG of this size while it reads it."""
    most = min(size[0] // kept[0], size[1] // kept[1])
    return max((factor for factor in (2, 4, 8) if factor <= most), default=1)


def _content(path: Path) -> bytes:
    status = path.stat()
    if S_ISDIR(status.st_mode):
        raise DataError("a folder, not a picture")
    if not S_ISREG(status.st_mode):  # a pipe blocks for ever, and a device may never end
        raise DataError("no plain file, and so no picture")
    return path.read_bytes()


def _with_path(source: Path | bytes | Image.Image, reason: str) -> DataError:
    return DataError(f"{source}: {reason}" if isinstance(source, Path) else reason)


def _reason(problem: Exception) -> str:
    if isinstance(problem, FileNotFoundError):
        return "no such file"
    if isinstance(problem, MemoryError):
        return "too large for this machine's memory"
    if "truncated" in str(problem).lower():
        missing = re.search(r"\d+ bytes not processed", str(problem))
        return f"the file is cut short{f' ({missing[0]})' if missing else ''}"
    return f"damaged or of a kind that cannot be read ({_OBJECT.sub('', in_words(problem))})"
