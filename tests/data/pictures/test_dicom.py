"""DICOM by what its header states: the mode, what the values mean, and the pixels of each combination."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.data.pictures.drawn import dicom

from onelook.data.pictures.deep import HIGHEST, WHITE_IS_ZERO, WINDOW
from onelook.data.pictures.dicom import open_dicom
from onelook.errors import DataError

TWELVE = np.array([[0, 1_000], [2_000, 4_095]], np.uint16)
BYTES = np.array([[0, 10], [20, 63]], np.uint8)
SIGNED = np.array([[-2_000, -1], [0, 1_000]], np.int16)
COLOUR = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


@pytest.mark.parametrize(
    ("stored", "more", "mode", "info", "pixels"),
    [
        (TWELVE, {}, "I;16", {HIGHEST: 4_095}, TWELVE),
        (TWELVE, {"bits": 16}, "I;16", {HIGHEST: 65_535}, TWELVE),
        (TWELVE, {"kind": "MONOCHROME1"}, "I;16", {HIGHEST: 4_095, WHITE_IS_ZERO: True}, TWELVE),
        (TWELVE, {"centre": "100", "width": "51"}, "I;16", {WINDOW: (74.5, 124.5)}, TWELVE),
        (TWELVE, {"centre": "100\\7", "width": "3\\9"}, "I;16", {WINDOW: (98.5, 100.5)}, TWELVE),
        (TWELVE, {"centre": "100", "width": "1"}, "I;16", {HIGHEST: 4_095}, TWELVE),  # no window at all
        (TWELVE, {"centre": "100"}, "I;16", {HIGHEST: 4_095}, TWELVE),
        (TWELVE, {"slope": "2", "intercept": "-1024"}, "I", {}, TWELVE.astype(int) * 2 - 1_024),
        (TWELVE, {"intercept": "-1024"}, "I", {}, TWELVE.astype(int) - 1_024),
        (TWELVE, {"slope": "0.5"}, "F", {}, TWELVE * 0.5),
        (TWELVE, {"intercept": "0.25"}, "F", {}, TWELVE + 0.25),
        (TWELVE, {"slope": "600000"}, "F", {}, TWELVE * 6e5),  # beyond 32 bits
        (TWELVE, {"slope": "-600000"}, "F", {}, TWELVE * -6e5),
        (TWELVE, {"slope": "500000"}, "I", {}, TWELVE.astype(int) * 500_000),
        (SIGNED, {}, "I", {}, SIGNED.astype(int)),
        (SIGNED, {"slope": "1000000"}, "I", {}, SIGNED.astype(int) * 1_000_000),  # -2,048 of 12 bits still fits
        (SIGNED, {"slope": "1100000"}, "F", {}, SIGNED * 1.1e6),
        (BYTES, {"bits": 8}, "L", None, BYTES),
        (BYTES, {"bits": 6}, "L", None, np.array([[0, 40], [81, 255]])),
        (BYTES, {"bits": 6, "kind": "MONOCHROME1"}, "L", None, np.array([[255, 215], [174, 0]])),
        (BYTES.astype(np.uint16), {"bits": 8}, "L", None, BYTES),  # eight bits in sixteen
        (TWELVE // 8, {"bits": 9}, "I;16", {HIGHEST: 511}, TWELVE // 8),
        (COLOUR, {"bits": 8, "kind": "RGB"}, "RGB", None, COLOUR),
        (
            COLOUR.astype(np.uint16) * 5_957,
            {"bits": 16, "kind": "RGB"},
            "RGB",
            None,
            (COLOUR * 23.18 + 0.5).astype(int),
        ),
    ],
)
def test_what_the_header_states_decides_the_mode_and_the_values(
    stored: NDArray[Any], more: dict[str, Any], mode: str, info: dict[str, object] | None, pixels: NDArray[Any]
) -> None:
    content = dicom(stored, **more)
    image = open_dicom(content)
    assert (image.mode, image.size, image.format) == (mode, (2, 2), "DICOM")
    assert image.info == ({} if info is None else {WHITE_IS_ZERO: False, **info})
    header = open_dicom(io.BytesIO(content))  # without the pixels
    assert (header.mode, header.info) == (image.mode, image.info)
    found = np.asarray(image)
    np.testing.assert_array_equal(found, pixels.astype(found.dtype))
    assert image.n_frames == 1


def test_more_frames_are_counted_and_a_file_without_pixels_is_refused() -> None:
    frames = np.stack([TWELVE, TWELVE[::-1], TWELVE])
    image = open_dicom(dicom(frames))
    assert image.n_frames == 3
    np.testing.assert_array_equal(np.asarray(image), TWELVE)
    content = dicom(TWELVE)
    at = content.index(b"\xe0\x7f\x10\x00")
    with pytest.raises(DataError) as caught:
        open_dicom(content[:at])
    assert str(caught.value) == "a DICOM file without a picture"
    assert open_dicom(io.BytesIO(content[:at])).size == (2, 2)  # only the header was read
