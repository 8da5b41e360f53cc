"""One picture to pixels: as a viewer shows it, at one size, or refused with a reason."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile
from tests.data.pictures import drawn
from tests.data.pictures.drawn import chunk, dicom, png

from onelook.data.dataset import Dataset
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.part import Part
from onelook.data.pictures import formats
from onelook.data.pictures.decode import decode_picture, decode_with_facts
from onelook.data.pictures.eight_bits import to_eight_bits
from onelook.data.pictures.formats import is_grey, open_picture
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.protocol import PictureFacts, PixelSurvey
from onelook.errors import DataError
from onelook.settings import DecodeSettings

ORIENTATION = 0x0112
GREY = DecodeSettings(height=4, width=4, channels=1)
STORED = np.array([[10, 20, 30], [40, 50, 60]], np.uint8)
# What a person sees of STORED, by EXIF orientation, worked out by hand from the standard's "0th row, 0th column".
UPRIGHT = {
    1: [[10, 20, 30], [40, 50, 60]],
    2: [[30, 20, 10], [60, 50, 40]],
    3: [[60, 50, 40], [30, 20, 10]],
    4: [[40, 50, 60], [10, 20, 30]],
    5: [[10, 40], [20, 50], [30, 60]],
    6: [[40, 10], [50, 20], [60, 30]],
    7: [[60, 30], [50, 20], [40, 10]],
    8: [[30, 60], [20, 50], [10, 40]],
}


def settings(height: int, width: int, channels: int = 3, resize: str = "stretch") -> DecodeSettings:
    return DecodeSettings.model_validate({"height": height, "width": width, "channels": channels, "resize": resize})


def file_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


# --- upright


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_picture_stands_upright(orientation: int, kind: str) -> None:
    content = file_bytes(Image.fromarray(STORED), kind, exif=exif(orientation))
    expected = np.array(UPRIGHT[orientation], np.uint8)
    decoded = decode_with_facts(content, settings(*expected.shape, channels=1))
    assert decoded.pixels[:, :, 0].tolist() == expected.tolist()
    assert (decoded.height, decoded.width) == expected.shape


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_a_photograph_stands_upright(orientation: int, kind: str) -> None:
    # Fields of 16 × 16 pixels, so that lossy files keep each one's middle.
    fields = np.kron(STORED, np.ones((16, 16), np.uint8))
    content = file_bytes(Image.fromarray(fields).convert("RGB"), kind, exif=exif(orientation), quality=95)
    expected = np.array(UPRIGHT[orientation], np.uint8)
    height, width = 16 * expected.shape[0], 16 * expected.shape[1]
    picture = decode_with_facts(content, settings(height, width))
    assert np.abs(picture.pixels[8::16, 8::16, 0].astype(int) - expected).max() <= 2
    assert (picture.height, picture.width) == (height, width)


def test_a_pillow_image_stands_upright_and_is_left_as_it_is() -> None:
    image = Image.open(io.BytesIO(file_bytes(Image.fromarray(STORED), exif=exif(6))))
    assert decode_picture(image, settings(3, 2, 1))[:, :, 0].tolist() == UPRIGHT[6]
    assert image.size == (3, 2)
    assert decode_picture(image, settings(3, 2, 1))[:, :, 0].tolist() == UPRIGHT[6]


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(value: int) -> None:
    content = file_bytes(Image.fromarray(STORED), exif=exif(value))
    assert decode_picture(content, settings(2, 3, 1))[:, :, 0].tolist() == STORED.tolist()


def test_damaged_metadata_beside_good_pixels_does_no_harm() -> None:
    content = file_bytes(Image.fromarray(STORED), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff not metadata")
    assert decode_picture(content, settings(2, 3, 1))[:, :, 0].tolist() == STORED.tolist()


# --- modes


def one_pixel(image: Image.Image, kind: str = "PNG", channels: int = 3, **options: object) -> list[int]:
    """The top left pixel of the decoded file."""
    content = file_bytes(image, kind, **options)
    return decode_picture(content, settings(image.height, image.width, channels))[0, 0].tolist()


def test_colour_becomes_grey_by_its_brightness() -> None:
    # ITU-R 601: 0.299 red + 0.587 green + 0.114 blue
    assert one_pixel(Image.new("RGB", (2, 2), (255, 0, 0)), channels=1) == [76]
    assert one_pixel(Image.new("RGB", (2, 2), (0, 255, 0)), channels=1) == [150]
    assert one_pixel(Image.new("RGB", (2, 2), (0, 0, 255)), channels=1) == [29]


def test_grey_becomes_three_equal_channels() -> None:
    assert one_pixel(Image.new("L", (2, 2), 77)) == [77, 77, 77]


def test_black_and_white_becomes_0_and_255() -> None:
    assert one_pixel(Image.new("1", (2, 2), 1), channels=1) == [255]
    assert one_pixel(Image.new("1", (2, 2), 0), channels=1) == [0]


def test_transparent_parts_lie_on_white() -> None:
    assert one_pixel(Image.new("RGBA", (2, 2), (0, 0, 0, 0))) == [255, 255, 255]
    assert one_pixel(Image.new("RGBA", (2, 2), (200, 100, 0, 255))) == [200, 100, 0]
    half = one_pixel(Image.new("RGBA", (2, 2), (0, 0, 0, 128)))
    assert half == [127, 127, 127]  # 255 * (1 - 128 / 255)


def test_grey_with_alpha_lies_on_white_and_stays_grey() -> None:
    assert one_pixel(Image.new("LA", (2, 2), (40, 0)), channels=1) == [255]
    assert one_pixel(Image.new("LA", (2, 2), (40, 255)), channels=1) == [40]


def test_a_palette_is_looked_up_and_its_transparent_entry_lies_on_white() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    assert one_pixel(image) == [255, 0, 0]
    assert one_pixel(image, transparency=0) == [255, 255, 255]
    assert one_pixel(image, "GIF", transparency=0) == [255, 255, 255]
    # Per-entry alpha is what makes Pillow warn on conversion; warnings are errors here.
    assert one_pixel(image, transparency=b"\x00\xff") == [255, 255, 255]


def test_a_colour_key_is_transparent() -> None:
    assert one_pixel(Image.new("RGB", (2, 2), (1, 2, 3)), transparency=(1, 2, 3)) == [255, 255, 255]
    assert one_pixel(Image.new("RGB", (2, 2), (1, 2, 4)), transparency=(1, 2, 3)) == [1, 2, 4]


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_print_colours_become_screen_colours(kind: str) -> None:
    cyan, no_ink = Image.new("CMYK", (8, 8), (255, 0, 0, 0)), Image.new("CMYK", (8, 8), (0, 0, 0, 0))
    assert np.allclose(one_pixel(cyan, kind), [0, 255, 255], atol=2)
    assert np.allclose(one_pixel(no_ink, kind), [255, 255, 255], atol=2)


def _without_adobe(content: bytes) -> bytes:
    """A JPEG without Adobe's own segment, which Pillow writes too."""
    start = content.index(b"\xff\xee")
    length = 2 + struct.unpack(">H", content[start + 2 : start + 4])[0]
    return content[:start] + content[start + length :]


def test_print_colours_are_upside_down_in_adobe_s_jpeg_alone() -> None:
    ink = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    adobe = file_bytes(ink, "JPEG", quality=95)
    plain = _without_adobe(adobe)
    assert np.allclose(decode_picture(adobe, settings(8, 8))[0, 0], [0, 255, 255], atol=2)  # cyan
    # The same numbers as ink that nobody turned upside down: all magenta, yellow and black.
    assert np.allclose(decode_picture(plain, settings(8, 8))[0, 0], [0, 0, 0], atol=2)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_not_cut(kind: str) -> None:
    deep = Image.fromarray(np.array([[0, 256, 257, 32_768, 65_535]], np.uint16))
    pixels = decode_picture(file_bytes(deep, kind), settings(1, 5, 1))
    assert pixels[0, :, 0].tolist() == [0, 1, 1, 128, 255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_which_part_is_used_stay_as_dark_as_they_are(kind: str) -> None:
    # As every viewer shows them. Stretched one by one, two pictures of one camera could not be compared.
    deep = Image.fromarray(np.array([[0, 1_000, 4_095]], np.uint16))
    assert decode_picture(file_bytes(deep, kind), settings(1, 3, 1))[0, :, 0].tolist() == [0, 4, 16]


def tiff(bits: int, photometric: int, content: bytes) -> bytes:
    """A TIFF of two grey pixels beside each other."""
    tags = {256: 2, 257: 1, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: 1, 279: len(content)}
    entries = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags.items())
    header = b"II*\0" + struct.pack("<I", 8 + len(content))
    return header + content + struct.pack("<H", len(tags)) + entries + bytes(4)


def test_of_twelve_bits_the_highest_value_is_white() -> None:
    assert decode_picture(tiff(12, 1, bytes([0x80, 0x0F, 0xFF])), settings(1, 2, 1))[0, :, 0].tolist() == [128, 255]


@pytest.mark.parametrize(("bits", "content"), [(8, bytes([0, 255])), (16, bytes([0, 0, 255, 255]))])
def test_where_zero_is_white_it_comes_out_white(bits: int, content: bytes) -> None:
    assert decode_picture(tiff(bits, 0, content), settings(1, 2, 1))[0, :, 0].tolist() == [255, 0]
    assert decode_picture(tiff(bits, 1, content), settings(1, 2, 1))[0, :, 0].tolist() == [0, 255]


def test_a_deep_grey_that_is_transparent_lies_on_white() -> None:
    header = struct.pack(">IIBBBBB", 2, 1, 16, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" + struct.pack(">2H", 1_000, 25_700))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        png_chunk(kind, chunk)
        for kind, chunk in (
            (b"IHDR", header),
            (b"tRNS", struct.pack(">H", 1_000)),
            (b"IDAT", pixels),
            (b"IEND", b""),
        )
    )
    assert decode_picture(content, settings(1, 2, 1))[0, :, 0].tolist() == [255, 100]


def test_colour_of_sixteen_bits_is_scaled() -> None:
    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + struct.pack(">3H", 65_535, 32_768, 0))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        png_chunk(kind, chunk) for kind, chunk in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    )
    assert decode_picture(content, settings(1, 1))[0, 0].tolist() == [255, 128, 0]


def test_a_netpbm_says_itself_what_is_white() -> None:
    content = b"P5 2 1 4095\n" + struct.pack(">2H", 4_095, 2_048)
    assert decode_picture(content, settings(1, 2, 1))[0, :, 0].tolist() == [255, 128]


def test_pixels_without_a_range_are_refused() -> None:
    floats = file_bytes(Image.fromarray(np.array([[0.5, 900.0]], np.float32)), "TIFF")
    with pytest.raises(DataError, match="floating-point numbers, which have no agreed range. Save it with 8 or 16"):
        decode_picture(floats, settings(1, 2))
    wide = file_bytes(Image.fromarray(np.array([[-5, 100_000]], np.int32)), "TIFF")
    with pytest.raises(DataError, match="32-bit numbers from -5 to 100000"):
        decode_picture(wide, settings(1, 2))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    first, second = Image.new("RGB", (8, 8), (255, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 255))
    options = {"lossless": True} if kind == "WEBP" else {}
    assert one_pixel(first, kind, save_all=True, append_images=[second], **options) == [255, 0, 0]


def test_an_animation_is_seen_without_the_picture_for_those_who_cannot_see_it_move() -> None:
    still, first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime"))
    options = {"save_all": True, "default_image": True, "append_images": [first, second]}
    assert one_pixel(still, "PNG", **options) == [0, 0, 255]


# --- size


def test_a_picture_of_the_right_size_keeps_its_pixels() -> None:
    pixels = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    for resize in ("stretch", "fit", "crop"):
        assert (decode_picture(file_bytes(Image.fromarray(pixels)), settings(9, 7, 3, resize)) == pixels).all()


def test_shrinking_averages_instead_of_skipping() -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)  # every second pixel white
    small = decode_picture(Image.fromarray(board), settings(8, 8, 1))
    assert small.min() >= 117
    assert small.max() <= 138


@pytest.mark.parametrize(
    ("height", "width", "method"),
    [(20, 20, "HAMMING"), (40, 40, "HAMMING"), (45, 45, "BICUBIC"), (20, 60, "BICUBIC"), (90, 90, "BICUBIC")],
)
def test_a_picture_that_shrinks_a_lot_both_ways_takes_the_quick_filter(height: int, width: int, method: str) -> None:
    scene = Image.fromarray(np.random.Generator(np.random.PCG64(5)).integers(0, 256, (60, 60, 3), dtype=np.uint8))
    expected = np.asarray(scene.resize((width, height), Image.Resampling[method]))
    assert (decode_picture(scene, settings(height, width)) == expected).all()


def test_stretch_ignores_the_shape() -> None:
    halves = np.zeros((10, 40, 3), np.uint8)
    halves[:, 20:] = 255
    pixels = decode_picture(Image.fromarray(halves), settings(8, 8))
    assert pixels.shape == (8, 8, 3)
    assert pixels[:, 0].max() == 0
    assert pixels[:, 7].min() == 255


def test_fit_keeps_all_and_pads_with_black() -> None:
    pixels = decode_picture(Image.new("RGB", (40, 20), "white"), settings(8, 8, 3, "fit"))
    assert pixels[2:6].min() == 255  # 40 x 20 becomes 8 x 4, two black rows above and below
    assert pixels[:2].max() == 0
    assert pixels[6:].max() == 0


def test_fit_rounds_the_other_side_to_the_nearest_pixel() -> None:
    pixels = decode_picture(Image.new("L", (33, 20), 255), settings(8, 8, 1, "fit"))[:, :, 0]
    assert pixels.min(axis=1).tolist() == [0, 255, 255, 255, 255, 255, 0, 0]  # 20 × 8 / 33 = 4.85 rows, so 5
    pixels = decode_picture(Image.new("L", (19, 33), 255), settings(8, 8, 1, "fit"))[:, :, 0]
    assert pixels.min(axis=0).tolist() == [0, 255, 255, 255, 255, 255, 0, 0]  # 19 × 8 / 33 = 4.61 columns


@pytest.mark.parametrize(
    ("mode", "grey"),
    [
        *((mode, True) for mode in ("1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L")),
        *((mode, False) for mode in ("RGB", "RGBA", "CMYK", "YCbCr", "HSV")),
    ],
)
def test_which_modes_have_no_colour(mode: str, grey: bool) -> None:
    assert is_grey(Image.new(mode, (2, 2))) == grey


@pytest.mark.parametrize(
    ("entries", "grey"),
    [
        ([0, 0, 0, 90, 90, 90, 255, 255, 255], True),
        ([0, 0, 0, 90, 90, 91], False),  # blue alone differs
        ([0, 0, 0, 90, 91, 90], False),
        ([9, 0, 0, 90, 90, 90], False),
    ],
)
def test_a_palette_has_colour_where_one_of_its_entries_does(entries: list[int], grey: bool) -> None:
    image = Image.new("P", (2, 2))
    image.putpalette(entries)
    assert is_grey(image) == grey


def test_colour_anywhere_is_colour() -> None:
    for row, column, channel in ((0, 0, 0), (3, 0, 1), (1, 3, 2)):
        pixels = np.full((4, 4, 3), 90, np.uint8)
        assert decode_with_facts(file_bytes(Image.fromarray(pixels)), settings(4, 4)).is_grey
        pixels[row, column, channel] = 91
        assert not decode_with_facts(file_bytes(Image.fromarray(pixels)), settings(4, 4)).is_grey


def test_crop_keeps_the_centre() -> None:
    thirds = np.zeros((10, 30), np.uint8)
    thirds[:, 10:20] = 255
    pixels = decode_picture(Image.fromarray(thirds), settings(5, 5, 1, "crop"))
    assert pixels[:, 1:4].min() == 255
    assert pixels.min() > 230  # the last column's filter reaches half a pixel past the edge


@pytest.mark.parametrize("resize", ["stretch", "fit", "crop"])
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (333, 77), (3, 2)])
def test_every_shape_comes_out_at_the_size_asked_for(resize: str, size: tuple[int, int]) -> None:
    pixels = decode_picture(Image.new("RGB", size, "white"), settings(13, 29, 3, resize))
    assert pixels.shape == (13, 29, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    assert (resize == "fit") or pixels.min() == 255


@pytest.mark.parametrize("orientation", [1, 6])
def test_reading_a_large_jpeg_small_does_not_show(orientation: int) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    scene = Image.fromarray(rng.integers(0, 256, (12, 24, 3), dtype=np.uint8)).resize((1200, 600))
    content = file_bytes(scene, "JPEG", quality=95, exif=exif(orientation))
    wanted = settings(100, 50) if orientation == 6 else settings(50, 100)
    in_full = Image.open(io.BytesIO(content))
    in_full.load()
    slowly = decode_picture(in_full, wanted)
    quickly = decode_picture(content, wanted)
    assert quickly.shape == slowly.shape
    assert np.abs(quickly.astype(int) - slowly).mean() < 1.5  # of 255
    assert np.abs(quickly.astype(int) - slowly).max() < 24


def test_a_large_jpeg_that_lies_on_its_side_keeps_the_detail_that_it_needs_upright() -> None:
    # Stored 1,600 wide and 800 high, seen 800 wide and 1,600 high, wanted wide: a reader that took the sides as they
    # are stored would keep a quarter of both, and so as many columns as are wanted, not twice as many.
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (50, 100, 3), dtype=np.uint8)
    content = file_bytes(Image.fromarray(noise).resize((1600, 800)), "JPEG", quality=95, exif=exif(6))
    in_full = Image.open(io.BytesIO(content))
    in_full.load()
    wanted = settings(40, 200)
    apart = decode_picture(content, wanted).astype(int) - decode_picture(in_full, wanted)
    assert np.abs(apart).mean() < 1  # 0.3 measured, and 5.8 where the sides are as stored


# --- what cannot be read


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG with a header and no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b""))


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


BEGINS_AS_ONE = "that is damaged or cut short: it begins as one does, and the rest cannot be read"
UNKNOWN = "not a picture that can be read: the file starts with the bytes"
NO_HEIC = "a HEIC picture, which Pillow does not read. Save it as JPEG, or install what reads it: pip install pi-heif"
TOO_MANY = "more pixels than the 178,956,970 that a picture may have"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b"hello, I am no picture\n", "not a picture: the file holds text that starts 'hello, I am no picture'"),
        (
            b"A page\x0c of\r\n\twords, longer than what is shown",
            r"not a picture: the file holds text that starts 'A page\x0c of\r\n\twords, long'",
        ),
        (b"caf\xc3\xa9 and milk", f"{UNKNOWN} 63 61 66 c3 a9 20 61 6e"),
        (b"\0" * 500, "not a picture: the file holds zeros"),
        (b"\0\0\x07\x08\x09\x0a\x0b\x0c\x0d", f"{UNKNOWN} 00 00 07 08 09 0a 0b 0c"),
        (b"\x93NUMPY\x01\x00", f"{UNKNOWN} 93 4e 55 4d 50 59 01 00"),
        (b"\x89PNG\r\n\x1a\n", f"a PNG {BEGINS_AS_ONE}"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0", "the file is cut short"),
        (b"\xff\xd8\xff\xe0", f"a JPEG {BEGINS_AS_ONE}"),
        (b"GIF89a", f"a GIF {BEGINS_AS_ONE}"),
        (b"RIFF\0\0\0\0WEBP", f"a WebP {BEGINS_AS_ONE}"),
        (b"BM\x01", f"a BMP {BEGINS_AS_ONE}"),
        (b"II*\0", "a TIFF whose description cannot be read"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", NO_HEIC),
        (b"\0\0\0\x18ftypmsf1\0\0\0\0", NO_HEIC),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", f"{UNKNOWN} 00 00 00 18 66 74 79 70"),
        (b"\0\0\0\x18heicheic\0\0\0\0", f"{UNKNOWN} 00 00 00 18 68 65 69 63"),
        (png_that_claims(50_000, 50_000), TOO_MANY),
        (png_that_claims(20_000, 9_000), TOO_MANY),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        decode_picture(content, settings(8, 8))
    assert str(raised.value) == reason
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        decode_picture(path, settings(8, 8))
    assert str(raised.value) == f"{path}: {reason}"


def test_a_picture_may_have_as_many_pixels_and_scans_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.archives._HARMLESS_BYTES", 1)
    monkeypatch.setattr("onelook.archives._MAXIMUM_COMPRESSION", 1)
    drawn = Image.fromarray(np.random.default_rng(0).integers(0, 256, (10, 20, 3), dtype=np.uint8))
    Image.init()
    at_once = [kind for kind in ("WEBP", "JPEG2000", "AVIF") if kind in Image.SAVE]  # as Pillow was built
    for kind, limit in {"PNG": "MAXIMUM_PIXELS", **dict.fromkeys(at_once, "_MAXIMUM_PIXELS_AT_ONCE")}.items():
        content = file_bytes(drawn, kind) + bytes(600)
        with monkeypatch.context() as changed:
            changed.setattr(formats, limit, 200)
            assert open_picture(content).size == (20, 10)
            changed.setattr(formats, limit, 199)
            with pytest.raises(DataError) as raised:
                open_picture(content)
            assert str(raised.value) == f"20 × 10 pixels: more than the 199 that a {kind} picture may have"
    packed = file_bytes(Image.new("RGB", (10, 20)), "PNG")
    assert open_picture(packed + bytes(600 - len(packed))).size == (10, 20)
    with pytest.raises(DataError) as raised:
        open_picture(packed + bytes(599 - len(packed)))
    assert str(raised.value) == (
        "10 × 20 pixels in 599 bytes: no photograph packs like that, so it is taken for a decompression bomb"
    )
    several = {"save_all": True, "append_images": [drawn]}  # as a camera adds a small preview
    for kind, options in {"JPEG": {}, "MPO": several}.items():
        scans = file_bytes(drawn, kind, progressive=True, **options) + bytes(600)
        count = scans.count(b"\xff\xda")
        monkeypatch.setattr(formats, "_MOST_SCANS", count)
        assert open_picture(scans).format == kind
        monkeypatch.setattr(formats, "_MOST_SCANS", count - 1)
        with pytest.raises(DataError, match=f"^a JPEG in {count} scans, at most {count - 1} are read. Save it again$"):
            open_picture(scans)


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("GIF", {}), ("TIFF", {"compression": "tiff_adobe_deflate"})])
def test_a_picture_that_unpacks_beyond_reason_is_refused_unread(
    kind: str, how: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.archives._HARMLESS_BYTES", 1 << 20)
    file = io.BytesIO()
    Image.new("L", (3000, 3000)).save(file, kind, **how)
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match=r"3,000 × 3,000 pixels in [\d,]+ bytes: no photograph packs like that"):
        decode_picture(file.getvalue(), GREY)


def test_a_large_drawing_in_black_and_white_is_no_bomb() -> None:
    file = io.BytesIO()
    Image.new("1", (9_000, 9_000), 1).save(file, "TIFF", compression="group4")  # 81 million pixels, 10 MB unpacked
    assert decode_picture(file.getvalue(), GREY).min() == 255


def test_a_jpeg_of_thousands_of_scans_is_refused_unread() -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "JPEG", progressive=True)
    content = file.getvalue()
    last = content.rindex(b"\xff\xda")
    with pytest.raises(DataError, match="a JPEG in 1,0.. scans, at most 200 are read"):
        decode_picture(content[:-2] + content[last:-2] * 1_000 + b"\xff\xd9", GREY)


@pytest.mark.parametrize("kind", ["EPS", "PDF", "DDS"])
def test_formats_that_nobody_means_by_a_picture_are_not_tried(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "check_call", lambda *words, **how: pytest.fail("a program was started"))
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **how: pytest.fail("a program was started"))
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind)
    with pytest.raises(DataError, match="not a picture"):
        decode_picture(file.getvalue(), GREY)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "I;16", "PA", "CMYK", "L", "RGB"])
@pytest.mark.parametrize("wanted", ["L", "RGB"])
def test_a_large_picture_is_seen_strip_by_strip_as_in_one(
    mode: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    colour = Image.fromarray(rng.integers(0, 256, (37, 20, 4), dtype=np.uint8))
    image = (
        Image.fromarray(rng.integers(0, 65536, (37, 20), dtype=np.uint16))
        if mode == "I;16"
        else colour.convert("RGB").quantize(9).convert("PA")
        if mode == "PA"
        else colour.convert(mode)
    )
    whole = np.asarray(to_eight_bits(image, settings(1, 1, 1 if wanted == "L" else 3)))
    monkeypatch.setattr("onelook.data.pictures.eight_bits._STRIP_PIXELS", 100)
    assert (np.asarray(to_eight_bits(image, settings(1, 1, 1 if wanted == "L" else 3))) == whole).all()


_INK = Image.merge("CMYK", [Image.linear_gradient("L").resize((9, 12))] * 3 + [Image.new("L", (9, 12), 128)])


@pytest.mark.parametrize(
    "content",
    [
        file_bytes(_INK, "JPEG"),
        _without_adobe(file_bytes(_INK, "JPEG")),
        png(np.arange(9 * 12, dtype=np.uint8).reshape(12, 9), chunk(b"tRNS", struct.pack(">H", 40))),
        png(np.arange(9 * 12, dtype=np.uint16).reshape(12, 9) * 600, chunk(b"tRNS", struct.pack(">H", 24_000))),
        drawn.tiff(np.arange(9 * 12, dtype=np.uint16).reshape(12, 9) * 600, photometric=0),
        dicom(np.arange(9 * 12, dtype=np.uint16).reshape(12, 9) * 37, kind="MONOCHROME1", centre="1000", width="1500"),
    ],
    ids=["print colours of Adobe", "print colours", "a clear grey", "a clear deep grey", "zero is white", "DICOM"],
)
def test_each_strip_of_a_large_picture_knows_what_its_file_says(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = decode_picture(content, settings(12, 9))
    monkeypatch.setattr("onelook.data.pictures.eight_bits._STRIP_PIXELS", 20)
    assert (decode_picture(content, settings(12, 9)) == whole).all()
    assert whole.std() > 20


def test_what_pillow_says_of_its_own_insides_is_not_told() -> None:
    with pytest.raises(DataError) as caught:
        decode_picture(b"P5\n\x124 4\n255\n" + bytes(16), GREY)
    assert str(caught.value) == "damaged or of a kind that cannot be read (its content does not follow its format)"


def test_a_path_to_what_never_ends_is_not_read() -> None:
    with pytest.raises(DataError, match="/dev/zero: no plain file, and so no picture"):
        decode_picture(Path("/dev/zero"), GREY)


def test_a_bomb_is_refused_by_its_size_where_pillow_would_let_it_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(DataError, match="50,000 × 40,000 pixels: more than the 178,956,970"):
        decode_picture(png_that_claims(50_000, 40_000), settings(8, 8))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone.png: no such file"):
        decode_picture(tmp_path / "gone.png", settings(8, 8))
    with pytest.raises(DataError, match="a folder, not a picture"):
        decode_picture(tmp_path, settings(8, 8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF", "PPM"])
@pytest.mark.parametrize("allowed_elsewhere", [False, True])
def test_half_a_picture_is_none(kind: str, allowed_elsewhere: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", allowed_elsewhere)  # as many a notebook does
    pixels = np.random.Generator(np.random.PCG64(2)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = file_bytes(Image.fromarray(pixels), kind)
    assert decode_picture(content, settings(64, 64)).shape == (64, 64, 3)
    with pytest.raises(DataError, match="cut short|damaged|not a picture"):
        decode_picture(content[: len(content) // 2], settings(64, 64))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is allowed_elsewhere


def test_the_first_of_several_threads_remembers_the_switch_and_the_last_one_sets_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with PILLOW_AS_NEEDED:
        with PILLOW_AS_NEEDED:  # as a second thread does
            assert ImageFile.LOAD_TRUNCATED_IMAGES is False
        assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_a_picture_cut_short_is_told_without_pillow_s_own_words() -> None:
    noise = np.random.Generator(np.random.PCG64(2)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = file_bytes(Image.fromarray(noise), "JPEG")
    with pytest.raises(DataError, match=r"the file is cut short( \(\d+ bytes not processed\))?$"):
        decode_picture(content[: len(content) // 2], settings(64, 64))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "PPM", "TIFF", "AVIF"])
@pytest.mark.parametrize("is_header_whole", [True, False])
def test_what_was_not_downloaded_whole_is_said_to_be_cut_short(kind: str, is_header_whole: bool) -> None:
    noise = np.random.Generator(np.random.PCG64(2)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = file_bytes(Image.fromarray(noise), kind)
    kept = 3 * len(content) // 4 if is_header_whole else 20
    with pytest.raises(DataError, match="cut short") as caught:
        decode_picture(content[:kept], settings(64, 64))
    assert "pip install" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF"])
def test_any_broken_byte_gives_pixels_or_a_reason(kind: str) -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    content = file_bytes(Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)), kind)
    reasons, readable = [], 0
    for _ in range(30):
        broken = bytearray(content)
        for position in rng.integers(0, min(len(broken), 200), 4):
            broken[position] = int(rng.integers(0, 256))
        try:
            readable += decode_picture(bytes(broken), settings(8, 8)).shape == (8, 8, 3)
        except DataError as problem:
            reasons.append(str(problem))
    assert all(reasons)
    assert readable + len(reasons) == 30


# --- the process around it


def test_the_callers_switches_are_put_back() -> None:
    filters = list(warnings.filters)
    content = file_bytes(Image.new("RGB", (32, 32)), "JPEG")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: decode_picture(content, settings(8, 8)), range(200)))
    assert list(warnings.filters) == filters
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_pillows_warnings_are_neither_seen_nor_errors(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    content = file_bytes(Image.new("RGB", (40, 40), "white"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)  # 1,600 pixels: Pillow warns of a bomb, and does not refuse
    with pytest.warns(Image.DecompressionBombWarning):
        Image.open(io.BytesIO(content)).close()
    for action in ("error", "always"):
        warnings.simplefilter(action)
        assert decode_picture(content, settings(2, 2)).min() == 255
    assert not recwarn


def test_it_needs_numpy_and_pillow_alone() -> None:
    heavy = ("torch", "pyarrow", "sklearn", "pandas", "scipy", "matplotlib", "onnxruntime")
    program = f"import sys, onelook.data.pictures.decode; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- which size and channels


class Facts:
    """Pictures of which only the facts are known."""

    def __init__(self, sizes: dict[tuple[int, int], int], channels: int) -> None:
        self._facts = PictureFacts(sizes, channels, "uint8", (0.0, 255.0))

    def __len__(self) -> int:
        return sum(self._facts.sizes.values())

    def facts(self) -> PictureFacts:
        return self._facts

    def survey(self) -> PixelSurvey:
        return PixelSurvey()

    def decode(self, *_: object) -> None:
        raise AssertionError("facts are enough")


def dataset(*facts: Facts) -> Dataset:
    parts = {name: Part(name, (), None, fact) for name, fact in zip(("train", "val", "test"), facts, strict=False)}
    return Dataset("d", "l", "w", ("a", "b"), parts, "f")


def test_pictures_of_one_size_keep_it() -> None:
    assert choose_decode_settings(dataset(Facts({(28, 30): 5}, 1), Facts({(28, 30): 2}, 1))) == settings(28, 30, 1)


def test_pictures_of_many_sizes_become_128_by_128() -> None:
    assert choose_decode_settings(dataset(Facts({(28, 28): 5}, 3), Facts({(30, 28): 2}, 3))) == settings(128, 128, 3)


def test_the_test_part_decides_neither_size_nor_channels() -> None:
    train = Facts({(28, 28): 5}, 1)
    assert choose_decode_settings(dataset(train, train, Facts({(30, 28): 2}, 3))) == settings(28, 28, 1)
    only = Dataset("d", "l", "w", (), {"test": Part("test", (), None, Facts({(30, 28): 2}, 3))}, "f")
    assert choose_decode_settings(only) == settings(30, 28, 3)


def test_large_photographs_of_one_size_become_128_by_128() -> None:
    assert choose_decode_settings(dataset(Facts({(256, 256): 5}, 3))) == settings(256, 256, 3)
    assert choose_decode_settings(dataset(Facts({(3000, 4000): 5}, 3))) == settings(128, 128, 3)


def test_the_size_that_is_asked_for_is_taken() -> None:
    assert choose_decode_settings(dataset(Facts({(28, 28): 5}, 3)), (64, 96), "fit") == settings(64, 96, 3, "fit")


def test_one_coloured_part_makes_all_coloured_and_an_unreadable_one_does_not() -> None:
    assert choose_decode_settings(dataset(Facts({(8, 8): 5}, 1), Facts({(8, 8): 1}, 3))).channels == 3
    assert choose_decode_settings(dataset(Facts({(8, 8): 5}, 1), Facts({}, 3))) == settings(8, 8, 1)
    assert choose_decode_settings(dataset(Facts({}, 3))) == settings(128, 128, 3)
