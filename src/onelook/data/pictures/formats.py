"""Open picture files with Pillow: format, size and orientation from the header, and the reason for a refusal."""

from __future__ import annotations

import importlib
import io
import struct
from importlib.util import find_spec
from typing import IO

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError, features

from onelook.archives import largest_unpacked
from onelook.data.pictures.bands import refuse_unsaid_bands, why_no_tiff
from onelook.data.pictures.by_content import AVIF_BRANDS, DICOM_MARK, DICOM_PREAMBLE, HEIF_BRANDS
from onelook.data.pictures.dicom import open_dicom
from onelook.errors import DataError

# The formats that Pillow may read, the usual ones first. Other formats do not occur in data sets, and the reader of
# PostScript runs a program on its input. HEIF works if a package that reads it is registered.
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "PPM", "DIB", "WEBP", "AVIF", "TIFF", "JPEG2000", "ICO", "TGA")
_OLDER_FORMATS = ("SUN", "PCX", "SGI", "XBM", "XPM", "QOI")
_FORMATS_OF_OTHERS = ("HEIF",)
# Both packages read HEIC; the first one has no encoder, whose licence is the GPL. Its libraries are under the LGPL, so
# none of our extras installs either: see docs/dependencies.md.
_HEIF_PACKAGES = ("pi_heif", "pillow_heif")
_HAS_AVIF = find_spec("PIL.AvifImagePlugin") is not None  # Pillow from 11.3

# Pillow's own limit for a decompression bomb: half a gigabyte of RGB.
MAXIMUM_PIXELS = 178_956_970
# The readers of these formats keep three copies of the whole picture in memory.
_MAXIMUM_PIXELS_AT_ONCE = 100_000_000
_READ_AT_ONCE = ("WEBP", "AVIF", "JPEG2000")
# A progressive JPEG has about ten scans, and each takes a pass over the whole picture. Thousands of empty scans fit
# into a small file, and take minutes.
_MOST_SCANS = 200
_SCAN = b"\xff\xda"

_CUT_SHORT = "a {} that is damaged or cut short: it begins as one does, and the rest cannot be read"
# The first bytes of formats that Pillow reads.
_MARKS = {b"\x89PNG": "PNG", b"\xff\xd8": "JPEG", b"GIF8": "GIF", b"RIFF": "WebP", b"BM": "BMP"}

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# PNG, third edition, section 11.3: chunks that are not needed for the pixels, and that Pillow refuses if they are
# large.
_METADATA = frozenset((b"tEXt", b"zTXt", b"iTXt", b"iCCP"))
_AROUND = 12  # bytes of a chunk besides its data: length, kind and checksum

TURNS_THAT_SWAP_SIDES = (5, 6, 7, 8)  # EXIF orientations


def open_picture(source: bytes | IO[bytes]) -> Image.Image:
    """Open a picture: read its header and check its size. The caller closes it.

    Raises:
        DataError: the file is empty, is not a picture, has too many pixels, or has undeclared bands; or the package
            that reads its format is not installed.
        OSError, and any other exception of Pillow's readers: the header is broken.
    """
    if isinstance(source, bytes) and not source:
        raise DataError("the file is empty (0 bytes)")
    image = open_dicom(source) if _is_dicom(source) else _open_with_pillow(source)
    try:
        _refuse_giant(image)
        if isinstance(source, bytes):
            _refuse_bomb(image, source)
            refuse_unsaid_bands(image, source)
    except DataError:
        image.close()
        raise
    return image


def _is_dicom(source: bytes | IO[bytes]) -> bool:
    if isinstance(source, bytes):
        return source[DICOM_PREAMBLE : DICOM_PREAMBLE + len(DICOM_MARK)] == DICOM_MARK
    start = source.read(DICOM_PREAMBLE + len(DICOM_MARK))
    source.seek(0)
    return start[DICOM_PREAMBLE:] == DICOM_MARK


def _open_with_pillow(source: bytes | IO[bytes]) -> Image.Image:
    try:
        return _opened(source)
    except UnidentifiedImageError as problem:
        start = _start(source)
        if start[4:8] == b"ftyp" and start[8:12] in HEIF_BRANDS and _register_heif():
            return _opened(source)
        raise DataError(_what_it_is_instead(start, source)) from problem
    except Image.DecompressionBombError as problem:
        raise DataError(f"more pixels than the {MAXIMUM_PIXELS:,} that a picture may have") from problem
    except ValueError:  # the texts or the profile of a PNG are larger than Pillow accepts
        content = _whole(source)
        pixels_alone = without_metadata(content)
        if len(pixels_alone) == len(content):
            raise
        return _opened(pixels_alone)


def _opened(source: bytes | IO[bytes]) -> Image.Image:
    if not isinstance(source, bytes):
        source.seek(0)
    return Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=_formats())


def _register_heif() -> bool:
    """Let Pillow read HEIC if a package for it is installed; return whether Pillow can read it."""
    for package in _HEIF_PACKAGES:
        if find_spec(package) is not None:
            importlib.import_module(package).register_heif_opener()
            return True
    return False


def _formats() -> list[str]:
    registered = [name for name in _FORMATS_OF_OTHERS if name in Image.OPEN]
    return [name for name in _FORMATS if name != "AVIF" or _HAS_AVIF] + [*_OLDER_FORMATS, *registered]


def _refuse_giant(image: Image.Image) -> None:
    most = _MAXIMUM_PIXELS_AT_ONCE if image.format in _READ_AT_ONCE else MAXIMUM_PIXELS
    if image.width * image.height > most:
        raise DataError(
            f"{image.width:,} × {image.height:,} pixels: more than the {most:,} that a {image.format} picture may have"
        )


def _refuse_bomb(image: Image.Image, content: bytes) -> None:
    """Refuse a picture that is far larger than a photograph when decoded, before it is decoded."""
    pixels = image.width * image.height
    unpacked = pixels // 8 if image.mode == "1" else pixels * len(image.getbands())
    if unpacked > largest_unpacked(len(content)):
        raise DataError(
            f"{image.width:,} × {image.height:,} pixels in {len(content):,} bytes: no photograph packs like that, so "
            "it is taken for a decompression bomb"
        )
    if image.format in ("JPEG", "MPO") and (scans := content.count(_SCAN)) > _MOST_SCANS:
        raise DataError(f"a JPEG in {scans:,} scans, at most {_MOST_SCANS} are read. Save it again")


def without_metadata(content: bytes) -> bytes:
    """Return the file without its texts and its colour profile; a file that is not a PNG is returned unchanged.

    Bytes after the last whole chunk are kept, so that a truncated file stays truncated.

    Example:
        >>> end = struct.pack(">I4sI", 0, b"IEND", 0xAE426082)
        >>> without_metadata(PNG_SIGNATURE + struct.pack(">I4s2sI", 2, b"tEXt", b"a", 0) + end) == PNG_SIGNATURE + end
        True
    """
    if not content.startswith(PNG_SIGNATURE):
        return content
    kept, position = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while position + _AROUND <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        after = position + _AROUND + length
        if after > len(content):
            break
        if kind not in _METADATA:
            kept.append(content[position:after])
        position = after
    return b"".join((*kept, content[position:]))


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return the upright (height, width) of an opened picture, in pixels. Only the header is read."""
    # For a TIFF, Pillow returns the size after rotation, but the orientation before it. For the orientation of a PNG it
    # decodes the whole picture, unless the orientation is before the pixels, where it belongs.
    is_known = image.format != "TIFF" and (image.format != "PNG" or "exif" in image.info)
    if is_known and orientation(image) in TURNS_THAT_SWAP_SIDES:
        return image.width, image.height
    return image.height, image.width


def is_grey(image: Image.Image) -> bool:
    """Return whether an opened picture has no colour, by its mode or by the colours of its palette."""
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;16")


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of an opened picture, 1 to 8; 1 is upright."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged metadata with good pixels: viewers do not rotate such a picture
        return 1


def _start(source: bytes | IO[bytes]) -> bytes:
    if isinstance(source, bytes):
        return source[:64]
    source.seek(0)
    return source.read(64)


def _whole(source: bytes | IO[bytes]) -> bytes:
    if isinstance(source, bytes):
        return source
    source.seek(0)
    return source.read()


def _what_it_is_instead(start: bytes, source: bytes | IO[bytes]) -> str:
    """Return the reason why no format fits the file, by its first bytes."""
    if start[4:8] == b"ftyp" and start[8:12] in HEIF_BRANDS:
        return (
            "a HEIC picture, which Pillow does not read. Save it as JPEG, or install what reads it: pip install pi-heif"
        )
    if start[4:8] == b"ftyp" and start[8:12] in AVIF_BRANDS:
        if _HAS_AVIF and features.check("avif"):
            return _CUT_SHORT.format("AVIF")
        return "an AVIF picture, which this Pillow does not read. Update it: pip install -U pillow"
    if start[:4] in (b"II*\0", b"MM\0*"):
        return why_no_tiff(start, _whole(source))
    return _what_it_holds(start)


def _what_it_holds(start: bytes) -> str:
    if not start:
        return "the file is empty (0 bytes)"
    if not any(start.strip(b"\0")):
        return "not a picture: the file holds zeros"
    if name := next((name for mark, name in _MARKS.items() if start.startswith(mark)), None):
        return _CUT_SHORT.format(name)
    if start.isascii() and all(byte >= 32 or byte in b"\t\n\r\f" for byte in start):
        return f"not a picture: the file holds text that starts {start[:24].decode().strip()!r}"
    return f"not a picture that can be read: the file starts with the bytes {start[:8].hex(' ')}"
