"""Picture files that Pillow does not write: PNG and TIFF of any depth and number of bands, and DICOM."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

PNG = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # by the number of channels


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(pixels: NDArray[Any], *before: bytes, after: bytes = b"") -> bytes:
    """A PNG of (height, width) or (height, width, channels), uint8 or uint16, with chunks around its pixels."""
    height, width = pixels.shape[:2]
    bits, channels = 8 * pixels.itemsize, 1 if pixels.ndim == 2 else pixels.shape[2]
    header = struct.pack(">IIBBBBB", width, height, bits, _COLOUR_TYPES[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(f">u{pixels.itemsize}").tobytes() for row in pixels)
    chunks = (chunk(b"IHDR", header), *before, chunk(b"IDAT", zlib.compress(rows)), after, chunk(b"IEND", b""))
    return PNG + b"".join(chunks)


def tiff(
    pixels: NDArray[Any],
    *,
    extra: tuple[int, ...] = (),
    packed: bool = False,
    photometric: int | None = None,
    order: str = "<",
) -> bytes:
    """A TIFF of (height, width) or (height, width, bands) in one strip.

    Args:
        extra: what the bands behind the colours are: 0 unsaid, 2 alpha.
        packed: with Deflate, for which Pillow takes another reader.
        photometric: 0 where zero is white; by default what the number of bands says.
        order: of the bytes: < the lowest first, > the highest first.
    """
    height, width = pixels.shape[:2]
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    plain = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    data = zlib.compress(plain) if packed else plain
    data += bytes(len(data) % 2)
    kind = (2 if bands - len(extra) == 3 else 1) if photometric is None else photometric
    number = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    tags = [
        *((256, [width]), (257, [height]), (258, [8 * pixels.itemsize] * bands), (259, [8 if packed else 1])),
        *((262, [kind]), (273, [8]), (277, [bands]), (278, [height]), (279, [len(data)]), (284, [1])),
        *([(338, list(extra))] if extra else []),
        (339, [number] * bands),
    ]
    beyond = 8 + len(data) + 2 + 12 * len(tags) + 4
    directory, values = struct.pack(f"{order}H", len(tags)), b""
    for tag, numbers in tags:
        packed_numbers = struct.pack(f"{order}{len(numbers)}I", *numbers)
        is_inside = len(numbers) == 1
        place = packed_numbers if is_inside else struct.pack(f"{order}I", beyond + len(values))
        values += b"" if is_inside else packed_numbers
        directory += struct.pack(f"{order}HHI", tag, 4, len(numbers)) + place
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", 8 + len(data)) + data + directory + bytes(4) + values


def dicom(stored: NDArray[np.integer[Any]], *, kind: str = "MONOCHROME2", bits: int = 12, **more: str) -> bytes:
    """A DICOM file of (height, width), of (frames, height, width), or of colours, uncompressed, written by hand.

    Args:
        stored: signed or unsigned, 8 or 16 bits each; (height, width, 3) where the kind is RGB.
        kind: the photometric interpretation.
        bits: how many are used.
        more: numbers as text: slope, intercept, centre, width.
    """
    numbers = {"centre": (0x28, 0x1050), "width": (0x28, 0x1051), "intercept": (0x28, 0x1052), "slope": (0x28, 0x1053)}
    samples = 3 if kind == "RGB" else 1
    height, width = stored.shape[:2] if samples == 3 else stored.shape[-2:]
    is_signed, wide = int(stored.dtype.kind == "i"), 8 * stored.itemsize
    elements = [(0x28, 0x02, b"US", struct.pack("<H", samples)), (0x28, 0x04, b"CS", kind.encode())]
    if samples == 3:
        elements.append((0x28, 0x06, b"US", struct.pack("<H", 0)))
    elif stored.ndim == 3:
        elements.append((0x28, 0x08, b"IS", b"%d" % len(stored)))
    for number, value in ((0x10, height), (0x11, width), (0x100, wide), (0x101, bits), (0x102, bits - 1)):
        elements.append((0x28, number, b"US", struct.pack("<H", value)))
    elements.append((0x28, 0x103, b"US", struct.pack("<H", is_signed)))
    elements += [(*numbers[name], b"DS", text.encode()) for name, text in more.items()]
    elements.append((0x7FE0, 0x10, b"OW", stored.astype(f"<{stored.dtype.kind}{stored.itemsize}").tobytes()))
    meta = _element(0x02, 0x02, b"UI", b"1.2.840.10008.5.1.4.1.1.7") + _element(
        0x02, 0x10, b"UI", b"1.2.840.10008.1.2.1"
    )
    length = _element(0x02, 0x00, b"UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + length + meta + b"".join(_element(*each) for each in sorted(elements))


def _element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    value += (b"\0" if kind == b"UI" else b" ") * (len(value) % 2)
    size = struct.pack("<HI", 0, len(value)) if kind == b"OW" else struct.pack("<H", len(value))
    return struct.pack("<HH", group, number) + kind + size + value
