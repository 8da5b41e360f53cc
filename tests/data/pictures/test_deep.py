"""Pictures of more than eight bits, by the range of their data set: whole numbers, floats, colour, DICOM."""

from __future__ import annotations

import builtins
import importlib.util
import struct
from pathlib import Path

import numpy as np
import pytest
from tests.data.pictures.drawn import chunk, dicom, png, tiff

from onelook.data.pictures.decode import decode_picture, decode_with_facts
from onelook.errors import DataError
from onelook.settings import DecodeSettings
from onelook.settings.pictures import Ground


def decode(width: int, low: float, high: float, *, channels: int = 1, ground: Ground = "white") -> DecodeSettings:
    values = {"height": 1, "width": width, "channels": channels, "deep_range": (low, high), "ground": ground}
    return DecodeSettings.model_validate(values)


def grey(content: bytes, settings: DecodeSettings) -> list[int]:
    pixels: list[int] = decode_picture(content, settings)[0, :, 0].tolist()
    return pixels


def test_of_sixteen_bits_those_that_the_data_uses_are_spread_over_all_of_eight() -> None:
    values = np.array([[0, 1, 16, 2_048, 4_095, 5_000]], np.uint16)
    for content in (png(values), tiff(values), tiff(values, packed=True)):
        assert grey(content, decode(6, 0, 4_095)) == [0, 0, 1, 128, 255, 255]


def test_signed_numbers_and_those_of_32_bits_have_the_range_of_their_data() -> None:
    hounsfield = np.array([[-2_000, -1_024, 0, 3_071]], np.int16)
    assert grey(tiff(hounsfield), decode(4, -1_024, 3_071)) == [0, 0, 64, 255]
    assert grey(tiff(hounsfield.astype(np.int32)), decode(4, -1_024, 3_071)) == [0, 0, 64, 255]
    wide = np.array([[60_000, 75_000, 90_000]], np.uint32)
    assert grey(tiff(wide), decode(3, 60_000, 90_000)) == [0, 128, 255]


def test_floats_have_the_range_of_their_data_and_what_is_no_number_is_black() -> None:
    floats = np.array([[0.0, 0.5, 1.0, np.nan, np.inf, -np.inf]], np.float32)
    assert grey(tiff(floats), decode(6, 0, 1)) == [0, 128, 255, 0, 255, 0]
    assert grey(tiff(floats), decode(6, -1, 1)) == [128, 191, 255, 0, 255, 0]
    with pytest.raises(DataError, match=r"1 band of floating-point numbers of 64 bits.*Save it as float32, or with 8"):
        grey(tiff(floats.astype(np.float64)), decode(6, 0, 1))


@pytest.mark.parametrize(("ground", "shown"), [("white", [0, 85, 255, 255]), ("black", [0, 85, 0, 255])])
def test_the_one_grey_that_is_transparent_has_the_ground_and_darker_ones_keep_their_own(
    ground: Ground, shown: list[int]
) -> None:
    content = png(np.array([[0, 10, 20, 30]], np.uint16), chunk(b"tRNS", struct.pack(">H", 20)))
    assert grey(content, decode(4, 0, 30, ground=ground)) == shown


def test_where_zero_is_white_the_ends_change_places() -> None:
    assert grey(tiff(np.array([[0, 4_095]], np.uint16), photometric=0), decode(2, 0, 4_095)) == [255, 0]


def test_colour_of_sixteen_bits_keeps_its_low_bytes() -> None:
    # Pillow alone keeps the high byte of each, by which all of these would be 0.
    values = np.array([[[0, 100, 255], [255, 0, 51]]], np.uint16)
    for content in (png(values), tiff(values), tiff(values, packed=True)):
        pixels = decode_picture(content, decode(2, 0, 255, channels=3))
        assert pixels.tolist() == [[[0, 100, 255], [255, 0, 51]]]


def test_signed_bytes_and_the_highest_numbers_of_32_bits_keep_their_sign() -> None:
    # Pillow takes -1 of eight bits for 255, and 4,000,000,000 of 32 for a negative number.
    assert grey(tiff(np.array([[-100, -1, 100]], np.int8)), decode(3, -100, 100)) == [0, 126, 255]
    large = np.array([[3_000_000_000, 4_000_000_000]], np.uint32)
    assert grey(tiff(large), decode(2, 3_000_000_000, 4_000_000_000)) == [0, 255]


def test_deep_grey_with_alpha_keeps_its_low_bytes() -> None:
    values = np.array([[[0, 65_535], [2_048, 65_535], [4_095, 65_535], [4_095, 0]]], np.uint16)
    assert grey(png(values), decode(4, 0, 4_095, ground="black")) == [0, 128, 255, 0]


def test_deep_colour_with_alpha_lies_on_the_ground() -> None:
    values = np.array([[[255, 100, 0, 65_535], [255, 100, 0, 0]]], np.uint16)
    for ground, value in (("white", 255), ("black", 0)):
        settings = decode(2, 0, 255, channels=3, ground=ground)  # type: ignore[arg-type]
        for content in (png(values), tiff(values, extra=(2,)), tiff(values, extra=(2,), packed=True)):
            assert decode_picture(content, settings).tolist() == [[[255, 100, 0], [value] * 3]]


def test_a_large_deep_colour_is_scaled_strip_by_strip_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).integers(0, 4_096, (37, 20, 3)).astype(np.uint16)
    settings = DecodeSettings(height=37, width=20, channels=3, deep_range=(0, 4_095))
    whole = decode_picture(png(values), settings)
    monkeypatch.setattr("onelook.data.pictures.eight_bits._STRIP_PIXELS", 100)
    assert (decode_picture(png(values), settings) == whole).all()
    assert (whole == np.floor(values * (255 / 4_095) + 0.5)).all()


def test_eight_bits_are_never_touched_by_a_range() -> None:
    values = np.array([[0, 100, 255]], np.uint8)
    assert grey(png(values), decode(3, 0, 4_095)) == [0, 100, 255]


def test_a_file_that_says_its_own_bits_keeps_to_them() -> None:
    # TIFF of 12 bits in 12: 3 bytes hold two values, 0x800 and 0xFFF.
    content = bytearray(tiff(np.zeros((1, 3), np.uint8)))
    content[8:11] = bytes([0x80, 0x0F, 0xFF])
    for tag, value in ((256, 2), (258, 12)):
        at = content.index(tag.to_bytes(2, "little") + b"\x04\0\x01\0\0\0") + 8
        content[at : at + 4] = value.to_bytes(4, "little")
    assert grey(bytes(content), decode(2, 0, 1_023)) == [128, 255]


# --- DICOM

STORED = np.array([[0, 1_000, 4_095]], np.uint16)


def test_dicom_keeps_to_the_bits_that_it_states_below_16() -> None:
    assert grey(dicom(STORED), decode(3, 0, 16_383)) == [0, 62, 255]
    assert grey(dicom(STORED, bits=16), decode(3, 0, 16_380)) == [0, 16, 64]


def test_dicom_is_scaled_by_its_bits_where_no_range_is_known() -> None:
    plain = DecodeSettings(height=1, width=3, channels=1)
    assert grey(dicom(STORED), plain) == [0, 62, 255]
    assert grey(dicom(STORED, bits=16), plain) == [0, 4, 16]
    assert decode_with_facts(dicom(STORED), plain)[1:] == (1, 3, True)


def test_of_monochrome1_the_lowest_value_is_white() -> None:
    assert grey(dicom(STORED, kind="MONOCHROME1"), decode(3, 0, 4_095)) == [255, 193, 0]


def test_dicom_values_are_rescaled_before_a_range_counts() -> None:
    # 0 · 2 - 1,024 is -1,024; 1,000 becomes 976, and 4,095 becomes 7,166.
    assert grey(dicom(STORED, slope="2", intercept="-1024"), decode(3, -1_024, 976)) == [0, 255, 255]
    assert grey(dicom(STORED, slope="0.5", intercept="0"), decode(3, 0, 1_000)) == [0, 128, 255]
    # Of a slope below 0 the highest number is the lowest value, here beyond what 32 bits hold.
    steep = dicom(np.array([[0, 13_107, 65_535]], np.uint16), bits=16, slope="-100000")
    assert grey(steep, decode(3, -6_553_500_000, 0)) == [255, 204, 0]
    signed = np.array([[-1_024, 0, 1_024]], np.int16)
    assert grey(dicom(signed), decode(3, -1_024, 1_024)) == [0, 128, 255]


def test_dicom_shows_its_window_where_no_range_is_known() -> None:
    # PS3.3, C.11.2.1.2: of centre 1,000.5 and width 1,001 the ends are 500 and 1,500.
    plain = DecodeSettings(height=1, width=3, channels=1)
    values = np.array([[500, 1_000, 2_000]], np.uint16)
    assert grey(dicom(values, centre="1000.5", width="1001"), plain) == [0, 128, 255]
    # Of several windows the first one; and the range of the data stands above them all.
    several = dicom(values, centre="1000.5\\50", width="1001\\20")
    assert grey(several, plain) == [0, 128, 255]
    assert grey(several, decode(3, 0, 2_000)) == [64, 128, 255]


def test_of_several_frames_the_first_is_taken() -> None:
    frames = np.stack([STORED, STORED[:, ::-1]])
    assert grey(dicom(frames), decode(3, 0, 4_095)) == [0, 62, 255]


def test_dicom_without_its_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "onelook.data.pictures.dicom.find_spec", lambda name: None if name == "pydicom" else found(name)
    )
    with pytest.raises(DataError, match=r"a DICOM picture needs the package 'pydicom'.*pip install 'onelook\[dicom\]'"):
        decode_picture(dicom(STORED), decode(3, 0, 4_095))


def test_dicom_cut_short_has_a_reason_and_no_traceback(tmp_path: Path) -> None:
    content = dicom(np.zeros((40, 40), np.uint16))
    for end in (140, 200, 300, len(content) - 100):
        path = tmp_path / f"{end}.dcm"
        path.write_bytes(content[:end])
        with pytest.raises(DataError, match=f"{end}.dcm: "):
            decode_picture(path, decode(3, 0, 4_095))


def test_ordinary_pictures_are_read_without_looking_for_pydicom(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.startswith("pydicom"):
            raise AssertionError(name)
        return original(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    assert grey(png(np.array([[7]], np.uint8)), DecodeSettings(height=1, width=1, channels=1)) == [7]
