"""Files that hold more than pixels, or more bands than a picture: read without these, or refused in a sentence."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from tests.data.pictures.drawn import chunk, png, tiff

from onelook.data.pictures.decode import decode_picture
from onelook.data.pictures.formats import without_metadata
from onelook.data.pictures.from_files import FilePictures
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings

GREY = DecodeSettings(height=2, width=2, channels=1)
COLOUR = DecodeSettings(height=2, width=2, channels=3)
PIXELS = np.array([[1, 2], [3, 4]], np.uint8)
LARGE = zlib.compress(b"x" * 3_000_000)
TEXTS = {
    "text": chunk(b"zTXt", b"Comment\0\0" + LARGE),
    "international text": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LARGE),
    "colour profile": chunk(b"iCCP", b"large\0\0" + LARGE),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_large_text_or_profile_is_no_matter(kind: str, tmp_path: Path) -> None:
    before, after = png(PIXELS, TEXTS[kind]), png(PIXELS, after=TEXTS[kind])
    for number, content in enumerate((before, after)):
        assert decode_picture(content, GREY)[..., 0].tolist() == PIXELS.tolist()
        (tmp_path / f"{number}.png").write_bytes(content)
    location = Location(tmp_path)
    assert FilePictures(location, location.entries()).facts().sizes == {(2, 2): 2}


def test_a_picture_with_a_large_text_still_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    content = png(PIXELS, chunk(b"eXIf", exif.tobytes()[6:]), TEXTS["text"])
    assert decode_picture(content, GREY)[..., 0].tolist() == [[4, 3], [2, 1]]


def test_damage_beside_a_large_text_is_damage() -> None:
    content = png(PIXELS, TEXTS["text"])
    with pytest.raises(DataError, match="cut short|damaged"):
        decode_picture(content[:-30], GREY)


def test_what_is_cut_short_or_no_png_keeps_all_of_its_bytes() -> None:
    content = png(PIXELS, chunk(b"tEXt", b"a\0b"))
    assert without_metadata(content) == png(PIXELS)
    assert without_metadata(content[:-5]) == png(PIXELS)[:-5]
    at = content.index(b"tEXt")
    for end in range(at - 4, at + 10):  # within the text, so that nothing of it is whole
        assert without_metadata(content[:end]) == content[:end]
    assert without_metadata(b"GIF89a tEXt") == b"GIF89a tEXt"


# --- bands


def bands(count: int, dtype: type = np.uint8) -> np.ndarray:
    return np.arange(4 * count, dtype=dtype).reshape(2, 2, count)


@pytest.mark.parametrize("packed", [False, True])
def test_a_fourth_band_that_nobody_explains_is_refused(packed: bool) -> None:
    content = tiff(bands(4), extra=(0,), packed=packed)
    with pytest.raises(DataError, match=r"^4 bands, and the file does not say what the last shows \(near infrared\?\)"):
        decode_picture(content, COLOUR)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_fourth_band_of_one_value_shows_nothing_and_is_left_out(packed: bool, dtype: type) -> None:
    pixels = bands(4, dtype)
    pixels[..., 3] = 255
    shown = decode_picture(tiff(pixels, extra=(0,), packed=packed), COLOUR)
    assert shown.tolist() == (pixels[..., :3] >> (8 if dtype is np.uint16 else 0)).tolist()


def test_a_fourth_band_that_is_alpha_is_one() -> None:
    pixels = bands(4)
    pixels[..., 3] = [[255, 255], [255, 0]]
    shown = decode_picture(tiff(pixels, extra=(2,)), COLOUR)
    assert shown.tolist() == [[[0, 1, 2], [4, 5, 6]], [[8, 9, 10], [255, 255, 255]]]


@pytest.mark.parametrize("packed", [False, True])
def test_a_second_band_of_one_value_beside_grey_is_left_out_too(packed: bool) -> None:
    pixels = bands(2)
    pixels[..., 1] = 9
    shown = decode_picture(tiff(pixels, extra=(0,), photometric=1, packed=packed), GREY)
    assert shown.tolist() == pixels[..., :1].tolist()


def test_grey_with_a_second_band_that_nobody_explains_is_refused() -> None:
    with pytest.raises(DataError, match="^2 bands, and the file does not say"):
        decode_picture(tiff(bands(2), extra=(0,), photometric=1), GREY)


def test_more_bands_are_refused_by_their_number() -> None:
    for order in "<>":
        with pytest.raises(DataError, match="^6 bands, and the file does not say what the last 3 show"):
            decode_picture(tiff(bands(6), extra=(0, 0, 0), order=order), COLOUR)
        with pytest.raises(DataError, match="^a TIFF of 13 bands of 16 bits, where one to four are read"):
            decode_picture(tiff(bands(13, np.uint16), photometric=1, order=order), COLOUR)


def test_four_bands_that_are_not_called_colours_are_refused_as_such() -> None:
    with pytest.raises(DataError, match="^a TIFF of 4 bands of 8 bits that does not call them colours, so what each"):
        decode_picture(tiff(bands(4), extra=(0, 0, 0), photometric=1), COLOUR)


def test_broken_tags_of_a_tiff_have_a_reason() -> None:
    with pytest.raises(DataError, match="a TIFF whose description cannot be read|a TIFF of|damaged"):
        decode_picture(b"II*\0" + bytes([255]) * 40, COLOUR)


# --- the terminal


def test_no_library_writes_to_the_terminal(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(file, "TIFF", compression="tiff_lzw")
    whole = file.getvalue()
    for number, at in enumerate(range(8, len(whole), 5)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        (tmp_path / f"{number}.tif").write_bytes(damaged)
    (tmp_path / "many.tif").write_bytes(tiff(bands(13, np.uint16), photometric=1))
    program = """
import contextlib, pathlib, sys
from onelook.data.pictures.decode import decode_picture
from onelook.errors import DataError
from onelook.settings import DecodeSettings
for path in pathlib.Path(sys.argv[1]).iterdir():
    with contextlib.suppress(DataError):
        decode_picture(path, DecodeSettings(height=2, width=2, channels=3))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_pillow_s_own_log_is_given_back() -> None:
    import logging

    before = list(logging.getLogger("PIL").handlers)
    decode_picture(png(PIXELS), GREY)
    assert logging.getLogger("PIL").handlers == before
    assert TiffImagePlugin.logger.parent is not None
