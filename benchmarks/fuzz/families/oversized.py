"""Pictures that say or are more than they should: giant headers, decompression bombs, scans without end."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind
from PIL import Image

_SIDES = (0, 1, 13_000, 16_383, 30_000, 65_535, 1 << 20, (1 << 31) - 1, (1 << 32) - 1)


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, depth: int, colour: int, packed: bytes, *between: bytes) -> bytes:
    """A PNG of these packed pixels, with chunks between header and pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [_png_chunk(b"IHDR", header), *between, _png_chunk(b"IDAT", packed), _png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _zeros(count: int) -> bytes:
    """So many zeros, packed by zlib, without ever being there."""
    packer, block = zlib.compressobj(9), b"\0" * (1 << 20)
    whole, rest = divmod(count, len(block))
    return b"".join([*(packer.compress(block) for _ in range(whole)), packer.compress(block[:rest]), packer.flush()])


def _png_header(bench: Bench) -> bytes:
    return png(bench.pick(_SIDES), bench.pick(_SIDES), bench.pick((1, 8, 16)), bench.pick((0, 2, 6)), _zeros(100))


def _png_bomb(bench: Bench) -> bytes:
    side, (depth, colour, bits) = bench.pick((5_000, 13_000, 20_000)), bench.pick(((1, 0, 1), (8, 0, 8), (8, 6, 32)))
    return png(side, side, depth, colour, _zeros(min(side * (side * bits // 8 + 1), 1 << 29)))


def _png_text_bomb(bench: Bench) -> bytes:
    name = bench.pick((b"zTXt", b"iCCP"))
    return png(4, 4, 8, 0, _zeros(20), *[_png_chunk(name, b"note\0\0" + _zeros(50 << 20))] * bench.between(1, 8))


def _jpeg_header(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".jpg")[1])
    at = next(at for at in range(len(content) - 9) if content[at] == 0xFF and content[at + 1] in (0xC0, 0xC2))
    content[at + 5 : at + 9] = struct.pack(">HH", bench.pick((0, 65_535, 13_000)), bench.pick((0, 1, 65_535, 13_000)))
    return bytes(content)


def _jpeg_scans(bench: Bench) -> bytes:
    """A progressive JPEG whose last scan follows thousands of times: each is a walk over all of the picture."""
    content = good.saved(Image.new("RGB", (6_000, 6_000), "red"), "JPEG", progressive=True, quality=1)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * bench.between(2_000, 5_000) + b"\xff\xd9"


def _bmp(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".bmp")[1])
    content[18:26] = struct.pack("<II", bench.pick(_SIDES), bench.pick(_SIDES))
    return bytes(content)


def _gif(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".gif")[1])
    content[6:10] = struct.pack("<HH", 65_535, bench.pick((1, 2_000, 65_535)))
    return bytes(content)


def _ppm(bench: Bench) -> bytes:
    side = bench.pick(("99999", "9" * 5000, "-1", "0", "1e9", "13000"))
    return (
        f"P{bench.between(1, 6)}\n{side} {bench.pick((side, '1'))}\n{bench.pick((255, 65535, 0))}\n".encode() + b"123"
    )


def _webp(bench: Bench) -> bytes:
    if bench.chance(0.5):
        return good.saved(Image.new("RGB", (12_000, 12_000), "red"), "WEBP", lossless=True, quality=0, method=0)
    content = bytearray(bench.picture(".webp")[1])
    content[20:34] = b"\xff" * 14
    return bytes(content)


def _tiff(bench: Bench) -> bytes:
    """Width, height and strip lengths set to giants, or the directory made to follow itself."""
    content = bytearray(bench.picture(".tif")[1])
    start = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[start : start + 2], "little")
    if bench.chance(0.3):
        after = start + 2 + 12 * count
        content[after : after + 4] = start.to_bytes(4, "little")
        return bytes(content)
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag = int.from_bytes(content[at : at + 2], "little")
        if tag in (256, 257, 258, 277, 278, 279) and bench.chance(0.5):
            content[at + 8 : at + 12] = struct.pack("<I", bench.pick(_SIDES))
        elif bench.chance(0.1):
            content[at + 4 : at + 8] = struct.pack("<I", bench.pick(_SIDES))
    return bytes(content)


def _tiff_bomb(bench: Bench) -> bytes:
    return good.saved(Image.new(bench.pick(("L", "RGBA")), (11_000, 11_000)), "TIFF", compression="tiff_adobe_deflate")


def _gif_bomb(bench: Bench) -> bytes:
    return good.saved(Image.new("P", (bench.pick((9_000, 13_000)), 9_000)), "GIF")


def _jp2(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".jp2")[1])
    at = content.index(b"\xff\x51")
    content[at + 6 : at + 14] = struct.pack(">II", bench.pick(_SIDES), bench.pick(_SIDES))
    return bytes(content)


def _avif(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".avif")[1])
    at = content.index(b"ispe")
    content[at + 8 : at + 16] = struct.pack(">II", bench.pick(_SIDES), bench.pick(_SIDES))
    return bytes(content)


def _ico(bench: Bench) -> bytes:
    """An icon of 16 × 16 by its directory, whose picture is a PNG of something else."""
    inside = bench.pick((_png_bomb, _png_header))(bench)
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inside), 22) + inside


def _tga(bench: Bench) -> bytes:
    content = bytearray(bench.picture(".tga")[1])
    content[12:16] = struct.pack("<HH", bench.pick((0, 13_000, 65_535)), bench.pick((0, 13_000, 65_535)))
    return bytes(content)


def _exif(bench: Bench) -> bytes:
    """Orientations and offsets that no camera writes."""
    exif = Image.Exif()
    exif[0x0112] = bench.pick((0, 9, 65_535))
    exif[0x9286] = "x" * 1000
    content = good.saved(Image.new("RGB", (20, 10), "red"), "JPEG", exif=exif)
    at = re.search(b"Exif\0\0", content)
    start = at.end() if at else 0
    return content[:start] + bench.damaged(content[start : start + 60]) + content[start + 60 :]


def _made(suffix: str, make: Callable[[Bench], bytes]) -> Callable[[Bench], Case]:
    def case(bench: Bench) -> Case:
        found = bench.photos()
        bench.write(f"data/cat/large{suffix}", make(bench))
        return Case(INSPECT, found + 1)

    return case


def long_thin(bench: Bench) -> Case:
    """As honest as a picture can be that is 60,000 pixels long and one high."""
    found = bench.photos()
    line = np.zeros((1, 60_000), np.uint8) if bench.chance(0.5) else np.zeros((60_000, 1), np.uint8)
    bench.write("data/cat/line.png", good.encoded(line, "PNG"))
    return Case(INSPECT, found + 1, is_sound=True)


KINDS = (
    Kind("oversized", "PNG header", _made(".png", _png_header), weight=4),
    Kind("oversized", "PNG bomb", _made(".png", _png_bomb), weight=2, is_heavy=True),
    Kind("oversized", "PNG notes that unpack", _made(".png", _png_text_bomb), is_heavy=True),
    Kind("oversized", "JPEG header", _made(".jpg", _jpeg_header), weight=3),
    Kind("oversized", "JPEG of thousands of scans", _made(".jpg", _jpeg_scans), is_heavy=True),
    Kind("oversized", "BMP header", _made(".bmp", _bmp), weight=3),
    Kind("oversized", "GIF screen", _made(".gif", _gif), weight=2),
    Kind("oversized", "GIF bomb", _made(".gif", _gif_bomb), is_heavy=True),
    Kind("oversized", "PPM header", _made(".ppm", _ppm), weight=3),
    Kind("oversized", "WebP canvas", _made(".webp", _webp), is_heavy=True),
    Kind("oversized", "TIFF directory", _made(".tif", _tiff), weight=5),
    Kind("oversized", "TIFF bomb", _made(".tif", _tiff_bomb), is_heavy=True),
    Kind("oversized", "JPEG 2000 header", _made(".jp2", _jp2), weight=2),
    Kind("oversized", "AVIF header", _made(".avif", _avif), weight=2),
    Kind("oversized", "icon with a bomb inside", _made(".ico", _ico), weight=2, is_heavy=True),
    Kind("oversized", "TGA header", _made(".tga", _tga), weight=2),
    Kind("oversized", "EXIF", _made(".jpg", _exif), weight=3),
    Kind("oversized", "long and thin", long_thin),
)
