"""The copy of a picture that is measured: the same at every size for a model, and for one reading of the file."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from onelook.data.pictures import decode as module
from onelook.data.pictures.decode import decode_and_copy, decode_with_facts
from onelook.errors import DataError
from onelook.settings import DecodeSettings

COPIED = DecodeSettings(height=40, width=40, channels=3)


def settings(side: int, **other: object) -> DecodeSettings:
    return DecodeSettings.model_validate({"height": side, "width": side, "channels": 3, **other})


def jpeg(width: int, height: int, turned: int = 1) -> bytes:
    """Return a photograph of soft noise that may lie on its side."""
    draw = np.random.Generator(np.random.PCG64(width))
    small = Image.fromarray(draw.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = turned
    file = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files that are opened from now on."""
    opened: list[bytes] = []
    open_picture = module.open_picture

    def noting(content: bytes) -> Image.Image:
        opened.append(content)
        return open_picture(content)

    monkeypatch.setattr(module, "open_picture", noting)
    return opened


@pytest.mark.parametrize("turned", [1, 6])
@pytest.mark.parametrize("size", [(320, 240), (1000, 560), (1900, 1800)])
def test_the_copy_is_the_same_whatever_the_model_takes(size: tuple[int, int], turned: int) -> None:
    content = jpeg(*size, turned)
    models = [settings(12), settings(64), settings(224), settings(300), settings(224, resize="crop"), settings(24)]
    copies = [decode_and_copy(content, each, COPIED)[1] for each in models]
    assert all(copy.tolist() == copies[0].tolist() for copy in copies)
    assert copies[0].shape == (40, 40, 3)
    assert copies[0].std() > 5


@pytest.mark.parametrize("side", [12, 64, 224, 300])
def test_a_model_sees_the_picture_that_it_sees_without_a_copy(side: int) -> None:
    content = jpeg(1000, 560)
    picture, _ = decode_and_copy(content, settings(side), COPIED)
    alone = decode_with_facts(content, settings(side))
    assert picture.pixels.tolist() == alone.pixels.tolist()
    assert picture[1:] == alone[1:] == (560, 1000, False)


@pytest.mark.parametrize(
    ("size", "side", "times"),
    [
        ((320, 240), 224, 1),
        ((320, 240), 128, 1),
        ((1900, 1800), 224, 1),  # both are read at a quarter
        ((1900, 1800), 64, 2),  # at an eighth for the model
        ((1900, 1800), 300, 2),  # at half for the model
    ],
)
def test_a_file_is_read_once_unless_the_reader_skips_another_amount(
    size: tuple[int, int], side: int, times: int, readings: list[bytes]
) -> None:
    decode_and_copy(jpeg(*size), settings(side), COPIED)
    assert len(readings) == times


def test_a_model_of_grey_pictures_changes_nothing_about_the_copy(readings: list[bytes]) -> None:
    content = jpeg(320, 240)
    picture, copy = decode_and_copy(content, settings(224, channels=1), COPIED)
    assert picture.pixels.shape == (224, 224, 1)
    assert len(readings) == 2
    assert copy.tolist() == decode_and_copy(content, settings(64), COPIED)[1].tolist()


@pytest.mark.parametrize("kept", [(24, 24), (128, 256), (448, 448), (600, 400), (3000, 10)])
@pytest.mark.parametrize("size", [(320, 240), (897, 896), (895, 2000), (1792, 1793), (3584, 3600)])
def test_the_factor_is_that_of_the_reader(size: tuple[int, int], kept: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new("L", size).save(file, "JPEG")
    with Image.open(file) as image:
        image.draft(None, kept)
        factor = module._shrinks_by(size, kept)
        assert image.size == tuple(-(-side // factor) for side in size)


def test_a_broken_file_has_its_reason() -> None:
    with pytest.raises(DataError, match="the file is cut short"):
        decode_and_copy(jpeg(320, 240)[:4000], settings(64), COPIED)
