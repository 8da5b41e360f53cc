"""Pictures out of the ordinary: deep, signed, of many bands or pages, DICOM, with large texts, alpha or no suffix."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind
from numpy.typing import NDArray
from PIL import Image


def deep(bench: Bench) -> Case:
    """Whole numbers and floats of 16 and 32 bits, whose range is measured before they are decoded."""
    found = bench.photos()
    values: NDArray[Any] = bench.rng.integers(-1_000, 3_000, (9, 11))
    kind = bench.pick([np.uint16, np.int32, np.float32])
    content = good.encoded(values.clip(0).astype(kind) if kind is np.uint16 else values.astype(kind), "TIFF")
    bench.write("data/cat/whole.tif", content)
    bench.write("data/dog/damaged.tif", bench.damaged(content))
    return Case(INSPECT, found + 2)


def bands(bench: Bench) -> Case:
    """TIFF whose tags claim other bands, kinds and numbers of bits than there are."""
    found = bench.photos()
    count = bench.between(1, 14)
    content = _tiff(bench, count, bench.pick([8, 12, 16, 32, 64]), bench.pick([1, 2, 3, 9]))
    bench.write("data/cat/bands.tif", bench.damaged(content) if bench.chance(0.5) else content)
    return Case(INSPECT, found + 1)


def dicom(bench: Bench) -> Case:
    found = bench.photos()
    content = _dicom(bench)
    name = bench.pick(["scan.dcm", "scan", "IM0001"])
    # Behind the preamble, so that it stays DICOM.
    bench.write(f"data/cat/{name}", content[:132] + bench.damaged(content[132:]))
    return Case(INSPECT, found + 1)


def large_texts(bench: Bench) -> Case:
    found = bench.photos()
    _, content = bench.picture(".png")
    kind, start = bench.pick([(b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"), (b"iCCP", b"a\0\0")])
    text = start + zlib.compress(bytes(bench.between(1, 4) << 20))
    chunk = struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))
    after_header = 33
    whole = content[:after_header] + chunk + content[after_header:]
    bench.write("data/cat/text.png", bench.damaged(whole) if bench.chance(0.5) else whole)
    return Case(INSPECT, found + 1)


def alpha(bench: Bench) -> Case:
    """White shapes, for which another ground is looked for, some of them damaged."""
    for number in range(bench.between(2, 6)):
        pixels = np.full((12, 12, 4), 255, np.uint8)
        pixels[..., 3] = bench.rng.integers(0, 2, (12, 12)) * 255
        content = good.saved(Image.fromarray(pixels), "PNG")
        bench.write(f"data/{'cat' if number % 2 else 'dog'}/{number}.png", content)
    bench.write("data/cat/damaged.png", bench.damaged(content))
    return Case(INSPECT, number + 2)


def without_suffix(bench: Bench) -> Case:
    """Pictures, texts and noise under names that say nothing; what is no picture by its first bytes is no row."""
    found = bench.photos()
    _, content = bench.picture(bench.pick([".jpg", ".png", ".gif"]))
    bench.write("data/cat/3f9a0c", content)
    bench.write(
        f"data/dog/{bench.pick(['notes', 'a.xyz', 'x.0001'])}", bench.pick([b"", b"a text\n", bench.rng.bytes(400)])
    )
    return Case(INSPECT, found + 1)


def pages(bench: Bench) -> Case:
    """TIFF and GIF of several pages, of other sizes and modes, some damaged."""
    found = bench.photos()
    images = [
        Image.fromarray(bench.rng.integers(0, 256, (bench.between(1, 12), bench.between(1, 12)), dtype=np.uint8))
        for _ in range(bench.between(2, 5))
    ]
    images = [image.convert(bench.pick(["L", "RGB", "1", "P"])) for image in images]
    for name in ("cat", "dog"):
        kind = bench.pick(["TIFF", "GIF"])
        content = good.saved(images[0], kind, save_all=True, append_images=images[1:])
        bench.write(f"data/{name}/pages.{kind.lower()}", bench.damaged(content) if bench.chance(0.6) else content)
    return Case(INSPECT, found + 2)


def _tiff(bench: Bench, bands: int, bits: int, kind: int) -> bytes:
    data = bench.rng.bytes(8 * 8 * bands * max(bits // 8, 1))
    tags = {256: 8, 257: 8, 258: bits, 259: 1, 262: bench.pick([0, 1, 2, 3, 5]), 273: 8, 277: bands, 278: 8}
    tags |= {279: len(data), 284: bench.pick([1, 2]), 338: bench.pick([0, 1, 2, 9]), 339: kind}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def _dicom(bench: Bench) -> bytes:
    """A small picture of 12 bits, with slope, intercept and window."""

    def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
        value += b" " * (len(value) % 2) if kind != b"UI" else b"\0" * (len(value) % 2)
        size = struct.pack("<HI", 0, len(value)) if kind == b"OW" else struct.pack("<H", len(value))
        return struct.pack("<HH", group, number) + kind + size + value

    numbers = ((0x10, 8), (0x11, 8), (0x100, 16), (0x101, 12), (0x102, 11), (0x103, bench.between(0, 1)))
    texts = ((0x1050, b"40"), (0x1051, b"400"), (0x1052, b"-1024"), (0x1053, bench.pick([b"1", b"0.5", b"x"])))
    meta = element(2, 0x10, b"UI", bench.pick([b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.4.50"]))
    body = element(0x28, 2, b"US", struct.pack("<H", bench.pick([1, 3])))
    body += element(0x28, 4, b"CS", bench.pick([b"MONOCHROME1", b"MONOCHROME2", b"RGB", b"PALETTE COLOR"]))
    body += b"".join(element(0x28, number, b"US", struct.pack("<H", value)) for number, value in numbers)
    body += b"".join(element(0x28, number, b"DS", value) for number, value in texts)
    body += element(0x7FE0, 0x10, b"OW", bench.rng.bytes(128))
    return bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta + body


KINDS = (
    Kind("oddities", "deep", deep, weight=4),
    Kind("oddities", "bands", bands, weight=4),
    Kind("oddities", "DICOM", dicom, weight=6),
    Kind("oddities", "large texts", large_texts, weight=2),
    Kind("oddities", "alpha", alpha, weight=2),
    Kind("oddities", "pages", pages, weight=2),
    Kind("oddities", "without suffix", without_suffix, weight=2),
)
