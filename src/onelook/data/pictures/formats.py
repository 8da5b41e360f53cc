"""Picture files opened with Pillow: format, size and orientation from the header, and the reason for a refusal."""

from __future__ import annotations

import io
import threading
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from PIL import ExifTags, Image, ImageFile, UnidentifiedImageError

from onelook.archives import largest_unpacked
from onelook.errors import DataError

_READABLE = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".bmp", ".dib", ".webp", ".avif"),
    *(".tif", ".tiff", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico"),
)
# Pillow does not read HEIC by itself. Taken for pictures all the same, such files are listed as unreadable instead
# of missing from the count without a word.
PICTURE_SUFFIXES = frozenset((*_READABLE, ".heic", ".heif"))

# The formats that Pillow is to know a file by, the usual ones first: others are nobody's pictures, and the reader of
# PostScript runs a program on what it is given. HEIF where a package that reads it has made itself known.
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "PPM", "DIB", "WEBP", "AVIF", "TIFF", "JPEG2000", "ICO", "TGA")
_FORMATS_OF_OTHERS = ("HEIF",)
_HAS_AVIF = find_spec("PIL.AvifImagePlugin") is not None  # Pillow from 11.3

# Where Pillow itself refuses a picture as a decompression bomb: half a gigabyte of RGB.
MAXIMUM_PIXELS = 178_956_970
# Readers of these hold the whole picture three times over before they hand it on.
_MAXIMUM_PIXELS_AT_ONCE = 100_000_000
_READ_AT_ONCE = ("WEBP", "AVIF", "JPEG2000")
# A progressive JPEG comes in ten scans or so, each a walk over all of the picture; thousands of empty ones fit into a
# small file, and take minutes.
_MOST_SCANS = 200
_SCAN = b"\xff\xda"

TURNS_THAT_SWAP_SIDES = (5, 6, 7, 8)  # of the EXIF orientations


def open_picture(source: Path | bytes | IO[bytes]) -> Image.Image:
    """Open a picture: its header is read and its size checked. The caller closes it.

    Raises:
        DataError: the file is empty, no picture, or has more pixels than anyone's picture.
        OSError, and what else Pillow's readers raise: the header is broken.
    """
    if isinstance(source, bytes) and not source:
        raise DataError("the file is empty (0 bytes)")
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_formats())
    except UnidentifiedImageError as problem:
        raise DataError(_what_it_is_instead(source)) from problem
    except Image.DecompressionBombError as problem:
        raise DataError(f"more pixels than the {MAXIMUM_PIXELS:,} that a picture may have") from problem
    try:
        _refuse_giant(image)
        if isinstance(source, bytes):
            _refuse_bomb(image, source)
    except DataError:
        image.close()
        raise
    return image


def _formats() -> list[str]:
    registered = [name for name in _FORMATS_OF_OTHERS if name in Image.OPEN]
    return [name for name in _FORMATS if name != "AVIF" or _HAS_AVIF] + registered


def _refuse_giant(image: Image.Image) -> None:
    most = _MAXIMUM_PIXELS_AT_ONCE if image.format in _READ_AT_ONCE else MAXIMUM_PIXELS
    if image.width * image.height > most:
        raise DataError(
            f"{image.width:,} × {image.height:,} pixels: more than the {most:,} that a {image.format} picture may have"
        )


def _refuse_bomb(image: Image.Image, content: bytes) -> None:
    """Refuse a picture that would unpack to far more than a photograph, before it is unpacked."""
    pixels = image.width * image.height
    unpacked = pixels // 8 if image.mode == "1" else pixels * len(image.getbands())
    if unpacked > largest_unpacked(len(content)):
        raise DataError(
            f"{image.width:,} × {image.height:,} pixels in {len(content):,} bytes: no photograph packs like that, so "
            "it is taken for a decompression bomb"
        )
    if image.format in ("JPEG", "MPO") and (scans := content.count(_SCAN)) > _MOST_SCANS:
        raise DataError(f"a JPEG in {scans:,} scans, at most {_MOST_SCANS} are read. Save it again")


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return the upright (height, width) of an opened picture, in pixels. Only the header is read."""
    # Pillow gives a TIFF's size as it is after turning, but its orientation as it is before. Asked for a PNG's
    # orientation it decodes the whole picture, unless that stands where it belongs, before the pixels.
    is_known = image.format != "TIFF" and (image.format != "PNG" or "exif" in image.info)
    if is_known and orientation(image) in TURNS_THAT_SWAP_SIDES:
        return image.width, image.height
    return image.height, image.width


def is_grey(image: Image.Image) -> bool:
    """Return whether an opened picture has no colour, by its mode or the entries of its palette."""
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;16")


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of an opened picture, 1 to 8; 1 is upright."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged metadata beside good pixels: a viewer shows such a picture unturned
        return 1


class _PillowAsNeeded:
    """A context in which Pillow's process-wide switches are set for decoding, while any thread decodes.

    Warnings from Pillow (odd metadata, large pictures) would garble a progress bar, and a caller who turns
    warnings into errors would lose good pictures; `LOAD_TRUNCATED_IMAGES`, which many a notebook sets, would
    turn half a picture into a half-grey one. Both switches belong to the process, so that the first thread that
    comes sets them and the last one that leaves puts them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._warnings = warnings.catch_warnings()
        self._load_truncated = False

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
                self._load_truncated = ImageFile.LOAD_TRUNCATED_IMAGES
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                ImageFile.LOAD_TRUNCATED_IMAGES = self._load_truncated
                self._warnings.__exit__(kind, error, trace)


PILLOW_AS_NEEDED = _PillowAsNeeded()


def _what_it_is_instead(source: Path | bytes | IO[bytes]) -> str:
    """Return the reason why no format fits the file, from its first bytes."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            start = file.read(64)
    elif isinstance(source, bytes):
        start = source[:64]
    else:
        source.seek(0)
        start = source.read(64)
    if not start:
        return "the file is empty (0 bytes)"
    if start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "a HEIC picture, which Pillow does not read. Save it as JPEG"
    if not any(start.strip(b"\0")):
        return "not a picture: the file holds zeros"
    if start.isascii() and all(byte >= 32 or byte in b"\t\n\r\f" for byte in start):
        return f"not a picture: the file holds text that starts {start[:24].decode().strip()!r}"
    return f"not a picture that can be read: the file starts with the bytes {start[:8].hex(' ')}"
